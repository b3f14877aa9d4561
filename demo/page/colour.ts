import type { VirtualBackgroundCamera } from '../../src/define.ts';

/** The browser's colour picker gives a background, and shows the one in use where that is such a colour. */
export function installColour(camera: VirtualBackgroundCamera, input: HTMLInputElement): void {
  input.addEventListener('input', () => (camera.background = input.value));
  camera.addController({
    hostUpdated: () => {
      const { background } = camera;
      if (typeof background === 'string' && /^#[\da-f]{6}$/i.test(background)) input.value = background;
    },
  });
}
