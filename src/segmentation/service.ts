import { VirtualBackgroundError, createAbortError, serializeError, toVirtualBackgroundError } from '../errors';
import { createDownloads, createSegmenter, type ModelLoadCallbacks } from './create-segmenter';
import type { Downloads } from './downloads';
import type { ControlRequest, ControlResponse, DataRequest, DataResponse, LoadRequest } from './messages';
import { inputSizeFor, type SegmenterSpec } from './network-input';
import { packageFile } from './package-files';
import type { Segmenter, SmallPicture } from './segmenter';
import { firstSelfieFiles } from './selfie-segmenter';
import { isWasmStarted, segmentPicture, startBackend } from './tf-runtime';
import type { ThreadChoice } from './thread-choice';
import { singleThreadFile } from './wasm-backend';

/** Frame that the warm-up stands for. */
const WARM_UP_FRAME = { width: 640, height: 360 };
const WARM_UP_RUNS = 3;

/**
 * The far end of the segmentation messages: loads one network at a time and answers the pipeline's small
 * pictures. Lives in segmentation.worker.ts, or in the page where a worker can't be had.
 */
export class SegmentationService {
  readonly #reply: (response: ControlResponse) => void;
  readonly #threads: ThreadChoice | undefined;
  #segmenter: Segmenter | null = null;
  #spec: SegmenterSpec | null = null;
  #port: MessagePort | null = null;
  /** Of the load that counts; ends it and what it fetches. */
  #loading = new AbortController();
  #loadId = 0;
  #inferences = 0;
  #isSegmenting = false;
  /** One thing at a time on this thread: loading and inference would only disturb each other's timing. */
  #queue: Promise<void> = Promise.resolve();

  /** @param threads left out where inference has this thread alone: in a page, which may not wait for others */
  constructor(reply: (response: ControlResponse) => void, threads?: ThreadChoice) {
    this.#reply = reply;
    this.#threads = threads;
  }

  handle(message: ControlRequest): void {
    switch (message.type) {
      case 'load':
        this.#endLoad();
        this.#loadId = message.id;
        void this.#load(message.id, message.request, this.#loading.signal);
        return;
      case 'cancel':
        if (message.id === this.#loadId) this.#endLoad();
        return;
      case 'connect':
        this.#connect(message.port);
        return;
      case 'unload':
        this.#endLoad();
        this.#replaceSegmenter(null);
        this.#send({ type: 'spec', spec: null });
        return;
      case 'ping':
        this.#reply({ type: 'pong', inference: this.#isSegmenting ? this.#inferences : 0 });
        return;
      case 'dispose':
        this.#endLoad();
        this.#port?.close();
        this.#port = null;
        this.#replaceSegmenter(null);
    }
  }

  /** Nobody waits for an answer any more. */
  #endLoad(): void {
    this.#loading.abort(createAbortError());
    this.#loading = new AbortController();
  }

  async #load(id: number, request: LoadRequest, signal: AbortSignal): Promise<void> {
    const callbacks: ModelLoadCallbacks = {
      onProgress: (progress) => {
        if (!signal.aborted) this.#reply({ type: 'progress', id, progress });
      },
      onWarning: (warning) => this.#reply({ type: 'warning', id, warning: serializeError(warning) }),
      signal,
    };
    const downloads = createDownloads(request, callbacks);
    try {
      await this.#expectFiles(request, downloads);
      const startThreads = (assets: LoadRequest['assets'], files: Downloads) => this.#threads?.start(assets, files) ?? null;
      const backend = await startBackend(request.backend, request.assets, { downloads, startThreads });
      const segmenter = await createSegmenter(request, backend, callbacks, downloads);
      if (signal.aborted) return segmenter.dispose();
      callbacks.onProgress({ phase: 'compile' });
      const inferenceMs = await this.#warmUp(segmenter).catch((error: unknown) => {
        segmenter.dispose();
        throw error;
      });
      if (signal.aborted) return segmenter.dispose();
      this.#replaceSegmenter(segmenter);
      this.#spec = { ...segmenter.spec, inferenceMs };
      this.#send({ type: 'spec', spec: this.#spec });
      this.#reply({ type: 'loaded', id, spec: this.#spec });
    } catch (error) {
      if (signal.aborted) return;
      const failure = toVirtualBackgroundError(error, 'model-load-failed', `model '${request.model}' could not be loaded`);
      this.#reply({ type: 'load-failed', id, error: serializeError(failure) });
    }
  }

  /** What is known beforehand, so that the bar doesn't jump back when one file follows the other. */
  async #expectFiles({ model, backend, assets }: LoadRequest, downloads: Downloads): Promise<void> {
    if (model === 'selfie') downloads.expect(firstSelfieFiles(assets));
    if (backend === 'webgl' || isWasmStarted()) return;
    // With threads it is another file, of nearly the same size.
    const name = await singleThreadFile();
    if (!this.#threads) downloads.expect([packageFile(name, assets.wasm[name])]);
  }

  #warmUp(segmenter: Segmenter): Promise<number> {
    const size = inputSizeFor(segmenter.spec.input, WARM_UP_FRAME);
    const picture = { ...size, pixels: new Uint8Array(size.width * size.height * 4) };
    const measure = (): Promise<number> => this.#measure(segmenter, picture);
    return this.#threads?.choose(measure) ?? measure();
  }

  /** First runs compile and allocate; the best of the next ones tells the speed. */
  async #measure(segmenter: Segmenter, picture: SmallPicture): Promise<number> {
    let best = Infinity;
    for (let run = 0; run < WARM_UP_RUNS; run++) {
      // In between, the network before answers what came meanwhile: a change of networks must not stop the masks.
      await nextTask();
      const start = performance.now();
      await segmentPicture(segmenter, picture);
      if (run > 0) best = Math.min(best, performance.now() - start);
    }
    return best;
  }

  #replaceSegmenter(next: Segmenter | null): void {
    const previous = this.#segmenter;
    this.#segmenter = next;
    this.#spec = null;
    // An inference may be under way: the old network goes when the queue is empty.
    if (previous) this.#queue = this.#queue.then(() => previous.dispose());
  }

  #connect(port: MessagePort): void {
    this.#port?.close();
    this.#port = port;
    port.onmessage = (event: MessageEvent<DataRequest>) => {
      this.#queue = this.#queue.then(() => this.#segment(event.data));
    };
    if (this.#spec) this.#send({ type: 'spec', spec: this.#spec });
  }

  async #segment({ id, buffer, width, height }: DataRequest): Promise<void> {
    this.#inferences += 1;
    this.#isSegmenting = true;
    try {
      const segmenter = this.#segmenter;
      if (!segmenter) throw new VirtualBackgroundError('segmentation-failed', 'No model is loaded');
      const start = performance.now();
      const mask = await segmentPicture(segmenter, { pixels: new Uint8Array(buffer), width, height });
      const inferenceMs = performance.now() - start;
      this.#threads?.note(inferenceMs);
      this.#send({ type: 'mask', id, mask, buffer, inferenceMs }, [buffer, mask.data.buffer]);
    } catch (error) {
      const failure = toVirtualBackgroundError(error, 'segmentation-failed', 'The person could not be found');
      this.#send({ type: 'segment-failed', id, buffer, error: serializeError(failure) }, [buffer]);
    } finally {
      this.#isSegmenting = false;
    }
  }

  #send(response: DataResponse, transfer: Transferable[] = []): void {
    this.#port?.postMessage(response, transfer);
  }
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
