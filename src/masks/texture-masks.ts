import type { Compositor } from '../gl/compositor';
import type { LoadRequest } from '../segmentation/messages';
import type { ModelLoadCallbacks } from '../segmentation/create-segmenter';
import { inputSizeFor, type SegmenterSpec } from '../segmentation/network-input';
import type { TextureSegmenter } from '../segmentation/texture-segmenter';
import type { Size } from '../types';

/** Makes a segmenter in a context; brings TensorFlow.js along, so it is only called when needed. */
export type CreateTextureSegmenter = (gl: WebGL2RenderingContext) => Promise<TextureSegmenter>;

/** Share of the GPU's time that inference may take; drawing, the page and the encoder want some too. */
const GPU_SHARE = 0.6;

/** Of a load that nobody waits for. */
const SILENT: ModelLoadCallbacks = { onProgress: () => undefined, onWarning: () => undefined };

/**
 * Masks made in the compositor's own context: drawn before the frame that they belong to, so that picture and
 * mask are one. At most one inference is queued on the GPU.
 */
export class TextureMasks {
  readonly #create: CreateTextureSegmenter;
  readonly #onInference: (durationMs: number) => void;
  #compositor: Compositor;
  #creating: Promise<TextureSegmenter> | null = null;
  #segmenter: TextureSegmenter | null = null;
  /** Counts loads: what a superseded one brings is dropped. */
  #run = 0;
  #spec: SegmenterSpec | null = null;
  /** The load under way. */
  #request: object | null = null;
  /** What a context that came back gets again: not one that failed. */
  #loaded: LoadRequest | null = null;
  #restores = 0;
  #waiting: (() => void)[] = [];
  #fence: WebGLSync | null = null;
  #queuedMs = 0;
  #nextMs = -Infinity;

  constructor(compositor: Compositor, create: CreateTextureSegmenter, onInference: (durationMs: number) => void) {
    this.#compositor = compositor;
    this.#create = create;
    this.#onInference = onInference;
  }

  get spec(): SegmenterSpec | null {
    return this.#spec;
  }

  /**
   * Waits for a context that is lost meanwhile, and begins anew in it.
   *
   * @returns null when superseded
   * @throws VirtualBackgroundError `model-load-failed`
   */
  async load(load: LoadRequest, callbacks: ModelLoadCallbacks): Promise<SegmenterSpec | null> {
    const request = {};
    this.#request = request;
    for (;;) {
      const restores = this.#restores;
      const result = await this.#make(load, callbacks).catch((error: unknown) => ({ error }));
      if (callbacks.signal?.aborted && this.#request === request) this.#request = null;
      if (this.#request !== request) return null;
      if (this.#compositor.context.gl.isContextLost()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      if (this.#request !== request) return null;
      if (restores !== this.#restores) continue;
      this.#request = null;
      if (result && 'error' in result) throw result.error;
      if (result) this.#loaded = load;
      return result;
    }
  }

  async #make(load: LoadRequest, callbacks: ModelLoadCallbacks): Promise<SegmenterSpec | null> {
    const run = ++this.#run;
    const creating = (this.#creating ??= this.#create(this.#compositor.context.gl));
    const segmenter = await creating;
    if (run !== this.#run) return null;
    this.#segmenter = segmenter;
    const spec = await segmenter.load(load, callbacks);
    if (run !== this.#run) return null;
    if (spec) this.#spec = spec;
    return spec;
  }

  /**
   * Makes the mask of the compositor's current frame.
   *
   * @returns whether there is a new mask
   */
  update(frameSize: Size, timeMs: number, inputScale = 1): boolean {
    if (!this.#segmenter || !this.#spec || !this.#isFree() || timeMs < this.#nextMs) return false;
    const size = inputSizeFor(this.#spec.input, frameSize, inputScale);
    const input = this.#compositor.drawSegmenterInput(size);
    const mask = input && this.#segmenter.segment(input, size);
    if (!mask) return false;
    this.#compositor.setDenseMask(mask);
    mask.release();
    const { gl } = this.#compositor.context;
    this.#fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    this.#queuedMs = performance.now();
    this.#nextMs = timeMs + this.#spec.inferenceMs / GPU_SHARE;
    return true;
  }

  /** The context was lost and came back: everything in it is gone and made again. */
  async restore(compositor: Compositor): Promise<void> {
    this.#discard();
    this.#compositor = compositor;
    this.#restores += 1;
    for (const wake of this.#waiting.splice(0)) wake();
    // Who loads begins anew, see load().
    if (!this.#loaded || this.#request) return;
    await this.#make(this.#loaded, SILENT).catch((error: unknown) => {
      // Lost again: the next context gets it.
      if (!compositor.context.gl.isContextLost()) throw error;
    });
  }

  /** No masks until the next {@link load}. */
  unload(): void {
    this.#request = null;
    this.#loaded = null;
    for (const wake of this.#waiting.splice(0)) wake();
    const { gl } = this.#compositor.context;
    if (this.#fence) gl.deleteSync(this.#fence);
    this.#discard();
  }

  /** Frees the segmenter, also one that is still being made, and makes what is under way outdated. */
  #discard(): void {
    this.#run += 1;
    if (this.#segmenter) this.#segmenter.dispose();
    else void this.#creating?.then((segmenter) => segmenter.dispose(), () => undefined);
    this.#creating = null;
    this.#segmenter = null;
    this.#spec = null;
    this.#fence = null;
  }

  #isFree(): boolean {
    if (!this.#fence) return true;
    const { gl } = this.#compositor.context;
    if (gl.clientWaitSync(this.#fence, 0, 0) === gl.TIMEOUT_EXPIRED) return false;
    gl.deleteSync(this.#fence);
    this.#fence = null;
    // Seen a frame later, so this is an upper bound; the warm-up's figure is the better one when it is longer.
    this.#onInference(Math.min(performance.now() - this.#queuedMs, this.#spec?.inferenceMs ?? Infinity));
    return true;
  }
}
