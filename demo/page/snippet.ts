import type { VirtualBackgroundCamera } from '../../src/index.ts';

const ATTRIBUTES = ['background-fit', 'quality', 'model', 'model-url'] as const;

/** The markup of an element with the settings in use. Files appear as an address to replace. */
export function markupOf(camera: VirtualBackgroundCamera, background: string, isFile: boolean): string {
  const lines = [`  background="${escape(isFile ? `/backgrounds/${background}` : background)}"`];
  for (const name of ATTRIBUTES) {
    const value = camera.getAttribute(name);
    if (value) lines.push(`  ${name}="${escape(value)}"`);
  }
  if (camera.mirrored) lines.push('  mirrored');
  return `<virtual-background-camera\n  autostart\n${lines.join('\n')}\n></virtual-background-camera>`;
}

const escape = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
