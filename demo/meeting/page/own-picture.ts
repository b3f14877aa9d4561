import type { VirtualBackgroundCamera, VirtualBackgroundError } from '../../../src/index.ts';
import { DrawnSample } from '../../drawn-sample.ts';

const NO_CAMERA: Partial<Record<VirtualBackgroundError['code'], string>> = {
  'camera-not-found': 'This device has no camera that the browser can see. A drawn person takes your place.',
  'camera-denied': 'The camera is not allowed for this page. A drawn person takes your place; allow the camera in the address bar and choose it again.',
  'camera-in-use': 'Another program uses the camera. A drawn person takes your place; close that program and choose the camera again.',
  'insecure-context': 'Browsers give the camera only to https pages and to localhost. A drawn person takes your place.',
};

/** Keeps the element going: where there is no camera, with the drawn person. */
export class OwnPicture {
  readonly #camera: VirtualBackgroundCamera;
  readonly #onProblem: (message: string) => void;

  constructor(camera: VirtualBackgroundCamera, onProblem: (message: string) => void) {
    this.#camera = camera;
    this.#onProblem = onProblem;
  }

  /** @returns the element's stream; null when not even the drawn person can be shown */
  async start(): Promise<MediaStream | null> {
    try {
      return await this.#camera.start();
    } catch {
      return this.#startSample();
    }
  }

  /** From the camera again, after another one was chosen. */
  useCamera(): void {
    this.#camera.source = 'camera';
    if (this.#camera.state === 'failed') void this.start();
  }

  async #startSample(): Promise<MediaStream | null> {
    const { error } = this.#camera;
    this.#onProblem((error && NO_CAMERA[error.code]) ?? error?.message ?? 'The camera cannot be used.');
    if (!error || !(error.code in NO_CAMERA)) return null;
    const sample = new DrawnSample({ width: this.#camera.width, height: this.#camera.height });
    sample.draw(0);
    this.#camera.source = sample.captureStream();
    try {
      return await this.#camera.start();
    } catch {
      return null;
    }
  }
}
