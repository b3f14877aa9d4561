import type { VirtualBackgroundCamera } from '../../../src/index.ts';
import { DrawnSample, type DrawnSampleOptions } from '../../drawn-sample.ts';
import { isNoCamera, noCameraText } from '../../page/no-camera.ts';

export interface OwnPictureCallbacks {
  onProblem(message: string): void;
  /** It was started elsewhere: by a control element. */
  onStarted(): void;
  /** It was stopped, or its start cancelled, elsewhere. */
  onStopped(): void;
  /** It ran and failed: the camera was unplugged, or the element gave up. */
  onBroken(): void;
}

/** The element's picture, for as long as it is wanted: of the camera, and where there is none, of a drawn person. */
export class OwnPicture {
  readonly #camera: VirtualBackgroundCamera;
  readonly #callbacks: OwnPictureCallbacks;
  #sample: DrawnSample | null = null;
  /** The drawn person is not a stand-in, but what the page was asked for. */
  #asked: DrawnSampleOptions | null = null;
  #isWanted = false;
  #isRunning = false;

  constructor(camera: VirtualBackgroundCamera, callbacks: OwnPictureCallbacks) {
    this.#camera = camera;
    this.#callbacks = callbacks;
    camera.addEventListener('vbc-state-change', ({ detail: { state } }) => {
      if (state === 'running') this.#isRunning = true;
      if (state === 'opening' && !this.#isWanted) callbacks.onStarted();
      if (state === 'idle' && this.#isWanted) this.#handleEnd(() => callbacks.onStopped());
      if (state === 'failed' && this.#isRunning) this.#handleEnd(() => callbacks.onBroken());
    });
    camera.addEventListener('vbc-source-change', ({ detail: { source } }) => {
      if (source === 'camera') this.#dropSample();
    });
  }

  /** Of the drawn person, whether there is a camera or not. */
  useSample(options: DrawnSampleOptions): void {
    this.#asked = options;
  }

  /** @returns the element's stream; null when not even the drawn person can be shown, or the signal aborted */
  async start(signal: AbortSignal): Promise<MediaStream | null> {
    this.#isWanted = true;
    if (this.#asked && !this.#sample) this.#showSample(this.#asked);
    const stream = await this.#startElement();
    if (signal.aborted) return null;
    if (stream) return stream;
    const { error } = this.#camera;
    const isStandIn = error !== null && isNoCamera(error.code);
    if (error) this.#callbacks.onProblem(isStandIn ? noCameraText(error.code) : error.message);
    if (!isStandIn) return null;
    this.#showSample();
    const drawn = await this.#startElement();
    return signal.aborted ? null : drawn;
  }

  /** Ends the picture, its camera and the drawn person before it returns. */
  stop(): void {
    this.#isWanted = false;
    this.#isRunning = false;
    this.#camera.stop();
    if (!this.#sample) return;
    this.#dropSample();
    // The next start asks for the camera again.
    this.#camera.source = 'camera';
  }

  #startElement(): Promise<MediaStream | null> {
    return this.#camera.start().catch(() => null);
  }

  #handleEnd(tell: () => void): void {
    this.#isWanted = false;
    this.#isRunning = false;
    tell();
  }

  #showSample(options: DrawnSampleOptions = {}): void {
    const { width, height } = this.#camera;
    const sample = new DrawnSample({ width, height, ...options });
    this.#dropSample();
    this.#sample = sample;
    this.#camera.source = sample.captureStream();
  }

  #dropSample(): void {
    this.#sample?.stop();
    this.#sample = null;
  }
}
