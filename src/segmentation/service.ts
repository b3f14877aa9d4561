import { VirtualBackgroundError, serializeError, toVirtualBackgroundError } from '../errors';
import type { Backend } from '../types';
import { createSegmenter } from './create-segmenter';
import type { ControlRequest, ControlResponse, DataRequest, DataResponse, LoadRequest } from './messages';
import { inputSizeFor, type SegmenterSpec } from './network-input';
import type { Segmenter, SmallPicture } from './segmenter';
import { segmentPicture, startBackend } from './tf-runtime';
import type { ThreadChoice } from './thread-choice';

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
  #newest = 0;
  /** One thing at a time on this thread: loading and inference would only disturb each other's timing. */
  #queue: Promise<void> = Promise.resolve();

  /** @param threads left out where inference has this thread alone: in a page, which may not wait for others */
  constructor(reply: (response: ControlResponse) => void, threads?: ThreadChoice) {
    this.#reply = reply;
    this.#threads = threads;
  }

  handle(message: ControlRequest): void {
    if (message.type === 'load') {
      this.#newest = message.id;
      void this.#load(message.id, message.request);
    } else if (message.type === 'connect') {
      this.#connect(message.port);
    } else if (message.type === 'unload') {
      this.#newest = -1;
      this.#replaceSegmenter(null);
      this.#send({ type: 'spec', spec: null });
    } else {
      this.#newest = -1;
      this.#port?.close();
      this.#port = null;
      this.#replaceSegmenter(null);
    }
  }

  async #load(id: number, request: LoadRequest): Promise<void> {
    try {
      const backend = await startBackend(request.backend, request.assets, (assets) => this.#threads?.start(assets) ?? null);
      const segmenter = await this.#createSegmenter(id, request, backend);
      if (id !== this.#newest) return segmenter.dispose();
      const inferenceMs = await this.#warmUp(segmenter).catch((error: unknown) => {
        segmenter.dispose();
        throw error;
      });
      if (id !== this.#newest) return segmenter.dispose();
      this.#replaceSegmenter(segmenter);
      this.#spec = { ...segmenter.spec, inferenceMs };
      this.#send({ type: 'spec', spec: this.#spec });
      this.#reply({ type: 'loaded', id, spec: this.#spec });
    } catch (error) {
      const failure = toVirtualBackgroundError(error, 'model-load-failed', `model '${request.model}' could not be loaded`);
      this.#reply({ type: 'load-failed', id, error: serializeError(failure) });
    }
  }

  #createSegmenter(id: number, request: LoadRequest, backend: Backend): Promise<Segmenter> {
    const { model } = request;
    return createSegmenter(request, backend, {
      onProgress: (fraction) => {
        if (id === this.#newest) this.#reply({ type: 'progress', id, progress: { model, fraction } });
      },
      onWarning: (warning) => this.#reply({ type: 'warning', id, warning: serializeError(warning) }),
    });
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
    }
  }

  #send(response: DataResponse, transfer: Transferable[] = []): void {
    this.#port?.postMessage(response, transfer);
  }
}
