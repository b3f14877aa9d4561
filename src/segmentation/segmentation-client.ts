import { VirtualBackgroundError, createAbortError, deserializeError } from '../errors';
import type { ProgressDetail } from '../types';
import type { ControlResponse, DataResponse, LoadRequest } from './messages';
import type { SegmenterSpec } from './network-input';
import { SegmentationThread, type OpenThread } from './segmentation-thread';

export interface SegmentationClientOptions {
  open: OpenThread;
  /** Where networks run, for messages: "the segmentation worker". */
  place: string;
  /** A thread was started: the first, or one in place of one that broke. */
  onThread?(thread: SegmentationThread): void;
  /** The thread that ran the network broke and is not replaced. Comes before {@link onCrash} or the load's rejection. */
  onGone?(): void;
  onProgress(progress: ProgressDetail): void;
  onWarning(warning: VirtualBackgroundError): void;
  /** What runs the network broke and could not be replaced; masks stop coming. */
  onCrash(error: VirtualBackgroundError): void;
}

interface PendingLoad {
  id: number;
  request: LoadRequest;
  resolve(spec: SegmenterSpec): void;
  reject(error: VirtualBackgroundError): void;
}

/** What breaks more often than this within {@link RESTART_WINDOW_MS} is not replaced any more. */
export const MAX_RESTARTS = 3;
const RESTART_WINDOW_MS = 5 * 60_000;

/** Gives a segmentation worker a data channel to the pipeline. @param pipelinePort the other end of the pipeline's; stays the caller's */
export function connectToPipeline(thread: SegmentationThread, pipelinePort: MessagePort): void {
  const { port1, port2 } = new MessageChannel();
  thread.post({ type: 'connect', port: port1 }, [port1]);
  pipelinePort.postMessage({ type: 'connect', port: port2 } satisfies DataResponse, [port2]);
}

/** Nobody answers the pipeline any more: what it is owed will not come. */
export function disconnectFromPipeline(pipelinePort: MessagePort): void {
  const { port1: nobody } = new MessageChannel();
  pipelinePort.postMessage({ type: 'connect', port: nobody } satisfies DataResponse, [nobody]);
}

/**
 * The window's end of what runs networks, wherever that is: loads models. What breaks or hangs is replaced, and
 * loads the same network again; a warning says so.
 */
export class SegmentationClient {
  readonly #options: SegmentationClientOptions;
  #thread: SegmentationThread;
  #pending: PendingLoad | null = null;
  #loads = 0;
  /** What answers the pipeline, to be loaded again by the next thread. */
  #loaded: LoadRequest | null = null;
  /** Of the load that puts {@link #loaded} into a new thread; null when that is done. */
  #reloadId: number | null = null;
  readonly #restarts: number[] = [];
  /** Why nothing can be loaded any more. */
  #broken: VirtualBackgroundError | null = null;
  #disposed = false;

  constructor(options: SegmentationClientOptions) {
    this.#options = options;
    this.#thread = this.#createThread();
  }

  /**
   * Loads a model; the previous one stays in use until the new one has warmed up. A newer call rejects an
   * older one with `aborted`.
   *
   * @param signal ends the load and what it fetches
   * @throws VirtualBackgroundError `model-load-failed`, `worker-unavailable`, `aborted`
   */
  load(request: LoadRequest, signal?: AbortSignal): Promise<SegmenterSpec> {
    this.#pending?.reject(createAbortError());
    this.#pending = null;
    if (this.#broken) return Promise.reject(this.#broken);
    if (signal?.aborted) return Promise.reject(createAbortError());
    const id = ++this.#loads;
    const result = new Promise<SegmenterSpec>((resolve, reject) => {
      this.#pending = { id, request, resolve, reject };
    });
    signal?.addEventListener('abort', () => this.#cancel(id), { once: true });
    this.#thread.post({ type: 'load', id, request });
    this.#thread.isLoading = true;
    return result;
  }

  /** Does nothing when the load is over. */
  #cancel(id: number): void {
    const pending = this.#settle(id);
    if (!pending) return;
    this.#thread.post({ type: 'cancel', id });
    this.#thread.isLoading = false;
    pending.reject(createAbortError());
  }

  /** Frees the network; what ran it waits for the next {@link load}. */
  unload(): void {
    this.#loaded = null;
    this.#thread.post({ type: 'unload' });
  }

  /** Ends what runs networks and everything it holds. Safe to call twice. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#pending?.reject(createAbortError());
    this.#pending = null;
    this.#thread.dispose();
  }

  #createThread(): SegmentationThread {
    const thread = new SegmentationThread(this.#options.open, {
      onResponse: (response) => this.#handleResponse(response),
      onUnavailable: (error) => this.#giveUp(error),
      onBroken: (reason) => this.#restart(reason),
    });
    this.#options.onThread?.(thread);
    return thread;
  }

  #restart(reason: string): void {
    this.#thread.dispose();
    const now = performance.now();
    this.#restarts.push(now);
    const failure = `${this.#options.place} failed: ${reason}`;
    const recent = this.#restarts.filter((time) => now - time < RESTART_WINDOW_MS).length;
    if (recent > MAX_RESTARTS) return this.#giveUp(new VirtualBackgroundError('segmentation-failed', `${failure}; it failed ${recent} times in a short while: stop and start again`));
    this.#thread = this.#createThread();
    this.#reload();
    this.#options.onWarning(new VirtualBackgroundError('segmentation-failed', `${failure}; it is started again, and until then only the background is shown`));
    const pending = this.#pending;
    this.#pending = null;
    pending?.reject(new VirtualBackgroundError('model-load-failed', `model '${pending.request.model}' could not be loaded: ${reason}`));
  }

  #reload(): void {
    if (!this.#loaded) return;
    this.#reloadId = ++this.#loads;
    this.#thread.post({ type: 'load', id: this.#reloadId, request: this.#loaded });
    this.#thread.isLoading = true;
  }

  #handleResponse(response: ControlResponse): void {
    if (this.#disposed) return;
    switch (response.type) {
      case 'progress':
        if (response.id === this.#pending?.id) this.#options.onProgress(response.progress);
        return;
      case 'warning':
        this.#options.onWarning(deserializeError(response.warning));
        return;
      case 'loaded':
        this.#finishLoad(response.id, (pending) => {
          this.#loaded = pending.request;
          pending.resolve(response.spec);
        });
        this.#reloadId = null;
        return;
      case 'load-failed':
        this.#handleFailedLoad(response.id, deserializeError(response.error));
        return;
      case 'broken':
        return this.#giveUp(deserializeError(response.error));
      case 'pong':
    }
  }

  #handleFailedLoad(id: number, error: VirtualBackgroundError): void {
    const isReload = id === this.#reloadId;
    this.#finishLoad(id, (pending) => pending.reject(error));
    if (isReload) this.#giveUp(error);
    // It had come in between.
    else if (this.#reloadId !== null) this.#reload();
  }

  #finishLoad(id: number, settle: (pending: PendingLoad) => void): void {
    if (id === this.#loads) this.#thread.isLoading = false;
    const pending = this.#settle(id);
    if (pending) settle(pending);
  }

  #settle(id: number): PendingLoad | null {
    const pending = this.#pending;
    if (pending?.id !== id) return null;
    this.#pending = null;
    return pending;
  }

  #giveUp(error: VirtualBackgroundError): void {
    if (this.#disposed) return;
    this.#broken = error;
    this.#options.onGone?.();
    const pending = this.#pending;
    this.#pending = null;
    if (pending) pending.reject(error);
    else this.#options.onCrash(error);
  }
}
