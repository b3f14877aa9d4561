import type { BackgroundFit, BackgroundInput, VirtualBackgroundCamera } from '../../../src/define.ts';

/** Puts a shared screen behind the person for as long as it lasts; what is chosen meanwhile comes after it. */
export class ScreenBehind {
  readonly #camera: VirtualBackgroundCamera;
  #before: { background: BackgroundInput; fit: BackgroundFit } | null = null;

  constructor(camera: VirtualBackgroundCamera) {
    this.#camera = camera;
    document.documentElement.addEventListener('vbc-background-select', (event) => {
      if (!this.#before) return;
      event.preventDefault();
      this.#before.background = event.detail.background;
    });
  }

  /** @param screen null takes it away again */
  show(screen: MediaStream | null): void {
    const camera = this.#camera;
    if (screen) {
      this.#before ??= { background: camera.background, fit: camera.backgroundFit };
      camera.backgroundFit = 'contain';
      camera.background = screen;
    } else if (this.#before) {
      camera.backgroundFit = this.#before.fit;
      camera.background = this.#before.background;
      this.#before = null;
    }
  }
}
