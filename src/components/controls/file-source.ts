import type { VirtualBackgroundCamera } from '../virtual-background-camera';

/** Names of the files that cameras play: a `source` is an address, and an address has no name. */
const names = new Map<string, string>();

/** Lets a camera play a file. The file is let go when the camera plays something else. */
export function setFileSource(camera: VirtualBackgroundCamera, file: File): void {
  const url = URL.createObjectURL(file);
  names.set(url, file.name);
  camera.source = url;
  const handleSourceChange = (): void => {
    if (camera.source === url) return;
    camera.removeEventListener('vbc-source-change', handleSourceChange);
    URL.revokeObjectURL(url);
    names.delete(url);
  };
  camera.addEventListener('vbc-source-change', handleSourceChange);
}

/** Name of the file that the camera plays; null: it plays something else. */
export function fileNameOf({ source }: VirtualBackgroundCamera): string | null {
  return typeof source === 'string' ? (names.get(source) ?? null) : null;
}
