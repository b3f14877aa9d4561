import type { VirtualBackgroundCamera } from '../../src/define.ts';

export interface IdleParts {
  /** Around the element; has its state in `data-state`. */
  picture: HTMLElement;
  /** A sentence and a start button, in the middle of the picture. */
  idle: HTMLElement;
  /** Takes the focus from the button that goes. */
  focusNext: HTMLElement;
}

/** What is seen while the camera is off. During a start the button stays, to cancel it. */
export function installIdle(camera: VirtualBackgroundCamera, { picture, idle, focusNext }: IdleParts): void {
  camera.addController({
    hostUpdated: () => {
      const { state } = camera;
      const isOn = state === 'running' || state === 'interrupted';
      if (isOn && idle.contains(document.activeElement)) focusNext.focus({ preventScroll: true });
      picture.dataset['state'] = state;
      idle.hidden = isOn;
    },
  });
}
