import type { VirtualBackgroundCamera, VirtualBackgroundError } from '../../../src/index.ts';
import { DrawnSample } from '../../drawn-sample.ts';

const NO_CAMERA: Partial<Record<VirtualBackgroundError['code'], string>> = {
  'camera-not-found': 'This device has no camera that the browser can see. A drawn person takes your place.',
  'camera-denied': 'The camera is not allowed for this page. A drawn person takes your place; allow the camera in the address bar and choose it again.',
  'camera-in-use': 'Another program uses the camera. A drawn person takes your place; close that program and choose the camera again.',
  'insecure-context': 'Browsers give the camera only to https pages and to localhost. A drawn person takes your place.',
};

export interface OwnPictureCallbacks {
  onProblem(message: string): void;
  /** It ran and ended without {@link OwnPicture.stop}: the camera was unplugged, or the element gave up. */
  onEnded(): void;
}

/** The element's picture, for as long as it is wanted: of the camera, and where there is none, of a drawn person. */
export class OwnPicture {
  readonly #camera: VirtualBackgroundCamera;
  readonly #callbacks: OwnPictureCallbacks;
  #sample: DrawnSample | null = null;
  #isRunning = false;

  constructor(camera: VirtualBackgroundCamera, callbacks: OwnPictureCallbacks) {
    this.#camera = camera;
    this.#callbacks = callbacks;
    camera.addEventListener('vbc-state-change', ({ detail: { state } }) => {
      if (state === 'running') this.#isRunning = true;
      if (state === 'idle' || state === 'failed') this.#handleEnd();
    });
    camera.addEventListener('vbc-source-change', ({ detail: { source } }) => {
      if (source === 'camera') this.#dropSample();
    });
  }

  /** @returns the element's stream; null when not even the drawn person can be shown, or the signal aborted */
  async start(signal: AbortSignal): Promise<MediaStream | null> {
    const stream = await this.#startElement();
    if (signal.aborted) return null;
    if (stream) return stream;
    const { error } = this.#camera;
    this.#callbacks.onProblem((error && NO_CAMERA[error.code]) ?? error?.message ?? 'The camera cannot be used.');
    if (!error || !(error.code in NO_CAMERA)) return null;
    this.#useSample();
    const drawn = await this.#startElement();
    return signal.aborted ? null : drawn;
  }

  /** Ends the picture, its camera and the drawn person before it returns. */
  stop(): void {
    this.#isRunning = false;
    this.#camera.stop();
    if (!this.#sample) return;
    this.#dropSample();
    // The next start asks for the camera again.
    this.#camera.source = 'camera';
  }

  /** From the camera again, after another one was chosen. */
  useCamera(): void {
    this.#camera.source = 'camera';
  }

  #startElement(): Promise<MediaStream | null> {
    return this.#camera.start().catch(() => null);
  }

  #handleEnd(): void {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#callbacks.onEnded();
  }

  #useSample(): void {
    const sample = new DrawnSample({ width: this.#camera.width, height: this.#camera.height });
    this.#dropSample();
    this.#sample = sample;
    this.#camera.source = sample.captureStream();
  }

  #dropSample(): void {
    this.#sample?.stop();
    this.#sample = null;
  }
}
