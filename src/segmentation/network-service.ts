import { VirtualBackgroundError, createAbortError, serializeError, toVirtualBackgroundError } from '../errors';
import type { Mask, Size } from '../types';
import { createDownloads, createSegmenter, type ModelLoadCallbacks } from './create-segmenter';
import type { ControlRequest, ControlResponse, LoadRequest } from './messages';
import { inputSizesFor, type SegmenterSpec } from './network-input';
import type { NetworkRuntime } from './network-runtime';
import type { Segmenter } from './segmenter';
import { firstSelfieFiles } from './selfie-segmenter';

/** Frame that the warm-up stands for. */
const WARM_UP_FRAME = { width: 640, height: 360 };
const WARM_UP_RUNS = 3;

/** A mask, and how long its network took. */
export interface SegmentedPicture {
  mask: Mask;
  inferenceMs: number;
}

/** A load that the window asked for; `id` null = what ran before a loss, made again. */
interface Load {
  id: number | null;
  request: LoadRequest;
}

/**
 * The far end of the segmentation messages: loads one network at a time and finds people with it. The same in the
 * segmentation worker, in the page where there is no worker, and in the thread that draws.
 */
export class NetworkService<Picture extends Size> {
  /** The network in use changed; null = there is none. */
  onSpecChange: (spec: SegmenterSpec | null) => void = () => undefined;
  readonly #reply: (response: ControlResponse) => void;
  readonly #runtime: NetworkRuntime<Picture>;
  #segmenter: Segmenter | null = null;
  #spec: SegmenterSpec | null = null;
  /** What was loaded last, to be made again after a lost context. */
  #loaded: LoadRequest | null = null;
  /** The load under way, and what ends it and what it fetches. */
  #load: Load | null = null;
  #loading = new AbortController();
  #inferences = 0;
  #isSegmenting = false;
  #isDisposed = false;
  /** One thing at a time on this thread: loading and inference would only disturb each other's timing. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(reply: (response: ControlResponse) => void, runtime: NetworkRuntime<Picture>) {
    this.#reply = reply;
    this.#runtime = runtime;
  }

  /** The network in use, or null. */
  get spec(): SegmenterSpec | null {
    return this.#spec;
  }

  handle(message: ControlRequest): void {
    if (this.#isDisposed) return;
    switch (message.type) {
      case 'load':
        return this.#beginLoad({ id: message.id, request: message.request });
      case 'cancel':
        if (message.id === this.#load?.id) this.#endLoad();
        return;
      case 'unload':
        this.#endLoad();
        this.#loaded = null;
        return this.#replaceSegmenter(null, null);
      case 'ping':
        return this.#reply({ type: 'pong', inference: this.#isSegmenting ? this.#inferences : 0 });
      case 'dispose':
        return this.dispose();
      case 'connect':
    }
  }

  /** The context in which the networks were is back, without them: they are made again. */
  renew(): void {
    if (this.#isDisposed) return;
    const load = this.#load ?? (this.#loaded && { id: null, request: this.#loaded });
    this.#endLoad();
    this.#replaceSegmenter(null, null);
    this.#queue = this.#queue.then(() => this.#runtime.dispose?.());
    if (load) this.#beginLoad(load);
  }

  /**
   * Finds people in a small picture, after those that came before.
   *
   * @throws VirtualBackgroundError `segmentation-failed`, `model-load-failed`
   */
  segment(picture: Picture): Promise<SegmentedPicture> {
    const result = this.#queue.then(() => this.#segment(picture));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  /** Frees everything. Safe to call twice. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#endLoad();
    this.#loaded = null;
    this.#replaceSegmenter(null, null);
    this.#queue = this.#queue.then(() => this.#runtime.dispose?.());
  }

  #beginLoad(load: Load): void {
    this.#endLoad();
    this.#load = load;
    void this.#run(load, this.#loading.signal);
  }

  /** No one waits for an answer any more. */
  #endLoad(): void {
    this.#load = null;
    this.#loading.abort(createAbortError());
    this.#loading = new AbortController();
  }

  async #run({ id, request }: Load, signal: AbortSignal): Promise<void> {
    try {
      const { segmenter, inferenceMs } = await this.#make(request, this.#callbacksOf(id, signal));
      if (signal.aborted) return segmenter.dispose();
      this.#load = null;
      this.#loaded = request;
      const spec = { ...segmenter.spec, inferenceMs };
      this.#replaceSegmenter(segmenter, spec);
      if (id !== null) this.#reply({ type: 'loaded', id, spec });
    } catch (error) {
      // What a lost context makes fail begins again when it is back, see renew().
      if (signal.aborted || this.#runtime.isLost) return;
      this.#load = null;
      const failure = toVirtualBackgroundError(error, 'model-load-failed', `model '${request.model}' could not be loaded`);
      this.#handleFailedLoad(id, failure);
    }
  }

  #handleFailedLoad(id: number | null, error: VirtualBackgroundError): void {
    if (id === null) return this.#reply({ type: 'broken', error: serializeError(error) });
    this.#reply({ type: 'load-failed', id, error: serializeError(error) });
    // The context was lost during the load, and the network that had been in use with it.
    if (!this.#segmenter && this.#loaded) this.#beginLoad({ id: null, request: this.#loaded });
  }

  #callbacksOf(id: number | null, signal: AbortSignal): ModelLoadCallbacks & { signal: AbortSignal } {
    return {
      onProgress: (progress) => {
        if (id !== null && !signal.aborted) this.#reply({ type: 'progress', id, progress });
      },
      onWarning: (warning) => this.#reply({ type: 'warning', id: id ?? 0, warning: serializeError(warning) }),
      signal,
    };
  }

  async #make(request: LoadRequest, callbacks: ModelLoadCallbacks & { signal: AbortSignal }): Promise<{ segmenter: Segmenter; inferenceMs: number }> {
    const downloads = createDownloads(request, callbacks);
    // What is known beforehand, so that the bar doesn't jump back when one file follows the other.
    if (request.model === 'selfie') downloads.expect(firstSelfieFiles(request.assets));
    await this.#runtime.expectFiles?.(request, downloads);
    // What a lost context left is freed first.
    await this.#queue;
    const backend = await this.#runtime.start(request, downloads);
    const segmenter = await createSegmenter(request, backend, callbacks, downloads);
    try {
      callbacks.signal.throwIfAborted();
      callbacks.onProgress({ phase: 'compile' });
      return { segmenter, inferenceMs: await this.#warmUp(segmenter, callbacks.signal) };
    } catch (error) {
      segmenter.dispose();
      throw error;
    }
  }

  async #warmUp(segmenter: Segmenter, signal: AbortSignal): Promise<number> {
    const { whole } = inputSizesFor(segmenter.spec.input, WARM_UP_FRAME);
    await this.#runtime.prepare?.(segmenter, whole, signal);
    const blank = this.#runtime.createBlank(whole);
    try {
      const measure = (): Promise<number> => this.#measure(segmenter, blank.picture, signal);
      return await (this.#runtime.choose?.(measure) ?? measure());
    } finally {
      blank.dispose();
    }
  }

  /** First runs compile and allocate; the best of the next ones tells the speed. */
  async #measure(segmenter: Segmenter, picture: Picture, signal: AbortSignal): Promise<number> {
    let best = Infinity;
    for (let run = 0; run < WARM_UP_RUNS; run++) {
      // In between, the network in use answers what came meanwhile: a change of networks must not stop the masks.
      await nextTask();
      signal.throwIfAborted();
      const start = performance.now();
      await this.#runtime.segment(segmenter, picture);
      if (run > 0) best = Math.min(best, performance.now() - start);
    }
    return best;
  }

  #replaceSegmenter(next: Segmenter | null, spec: SegmenterSpec | null): void {
    const previous = this.#segmenter;
    const changed = next !== null || previous !== null;
    this.#segmenter = next;
    this.#spec = spec;
    // An inference may be under way: the old network goes when the queue is empty.
    if (previous) this.#queue = this.#queue.then(() => previous.dispose());
    if (changed || spec === null) this.onSpecChange(spec);
  }

  async #segment(picture: Picture): Promise<SegmentedPicture> {
    const segmenter = this.#segmenter;
    if (!segmenter) throw new VirtualBackgroundError('segmentation-failed', 'No model is loaded');
    // What is fetched first takes its time; only an inference can hang.
    await segmenter.prepare?.(picture);
    this.#inferences += 1;
    this.#isSegmenting = true;
    try {
      const start = performance.now();
      const mask = await this.#runtime.segment(segmenter, picture);
      const inferenceMs = performance.now() - start;
      this.#runtime.note?.(inferenceMs);
      return { mask, inferenceMs };
    } finally {
      this.#isSegmenting = false;
    }
  }
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
