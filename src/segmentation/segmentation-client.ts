import { createWorker } from '../assets';
import { VirtualBackgroundError, createAbortError, deserializeError, toVirtualBackgroundError } from '../errors';
import type { ModelProgress } from '../types';
import type { ControlRequest, ControlResponse, LoadRequest } from './messages';
import type { SegmenterSpec } from './network-input';

export interface SegmentationClientCallbacks {
  onProgress(progress: ModelProgress): void;
  onWarning(warning: VirtualBackgroundError): void;
  /** The worker itself broke after it had started; masks stop coming. */
  onCrash(error: VirtualBackgroundError): void;
}

interface PendingLoad {
  id: number;
  resolve(spec: SegmenterSpec): void;
  reject(error: VirtualBackgroundError): void;
}

/**
 * The window's end of the segmentation worker: loads models and hands the pipeline its data channel. Where
 * no worker can be made (the script lies on another origin) the same service runs in the page.
 */
export class SegmentationClient {
  readonly #callbacks: SegmentationClientCallbacks;
  readonly #send: Promise<(message: ControlRequest, transfer: Transferable[]) => void>;
  #worker: Worker | null = null;
  #pending: PendingLoad | null = null;
  #loads = 0;
  /** Why nothing can be loaded any more. */
  #broken: VirtualBackgroundError | null = null;
  #disposed = false;

  constructor(callbacks: SegmentationClientCallbacks) {
    this.#callbacks = callbacks;
    this.#send = this.#open();
    this.#send.catch((error: unknown) => {
      this.#fail(toVirtualBackgroundError(error, 'worker-unavailable', 'The segmentation worker could not be started'));
    });
  }

  /**
   * Loads a model; the previous one stays in use until the new one has warmed up. A newer call rejects an
   * older one with `aborted`.
   *
   * @throws VirtualBackgroundError `model-load-failed`, `worker-unavailable`, `aborted`
   */
  load(request: LoadRequest): Promise<SegmenterSpec> {
    this.#pending?.reject(createAbortError());
    this.#pending = null;
    if (this.#broken) return Promise.reject(this.#broken);
    const id = ++this.#loads;
    const result = new Promise<SegmenterSpec>((resolve, reject) => {
      this.#pending = { id, resolve, reject };
    });
    this.#post({ type: 'load', id, request });
    return result;
  }

  /** Gives the pipeline its channel: the port is transferred to the service. */
  connect(port: MessagePort): void {
    this.#post({ type: 'connect', port }, [port]);
  }

  /** Frees the network; the worker waits for the next {@link load}. */
  unload(): void {
    this.#post({ type: 'unload' });
  }

  /** Ends the worker and everything it holds. Safe to call twice. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#pending?.reject(createAbortError());
    this.#pending = null;
    if (this.#worker) this.#worker.terminate();
    else this.#post({ type: 'dispose' });
  }

  #post(message: ControlRequest, transfer: Transferable[] = []): void {
    void this.#send.then((send) => send(message, transfer), () => undefined);
  }

  async #open(): Promise<(message: ControlRequest, transfer: Transferable[]) => void> {
    let worker: Worker;
    try {
      worker = createWorker('segmentation');
    } catch {
      return this.#openInPage();
    }
    this.#worker = worker;
    worker.addEventListener('message', (event: MessageEvent<ControlResponse>) => this.#handleResponse(event.data));
    worker.addEventListener('error', (event) => {
      const detail = event.message || 'its script could not be loaded';
      this.#fail(new VirtualBackgroundError('worker-unavailable', `The segmentation worker failed: ${detail}`));
    });
    return (message, transfer) => worker.postMessage(message, transfer);
  }

  async #openInPage(): Promise<(message: ControlRequest) => void> {
    const { SegmentationService } = await import('./service');
    const service = new SegmentationService((response) => this.#handleResponse(response));
    return (message) => service.handle(message);
  }

  #handleResponse(response: ControlResponse): void {
    if (this.#disposed) return;
    switch (response.type) {
      case 'progress':
        this.#callbacks.onProgress(response.progress);
        return;
      case 'warning':
        this.#callbacks.onWarning(deserializeError(response.warning));
        return;
      case 'loaded':
        this.#settle(response.id)?.resolve(response.spec);
        return;
      case 'load-failed':
        this.#settle(response.id)?.reject(deserializeError(response.error));
    }
  }

  #settle(id: number): PendingLoad | null {
    const pending = this.#pending;
    if (pending?.id !== id) return null;
    this.#pending = null;
    return pending;
  }

  #fail(error: VirtualBackgroundError): void {
    if (this.#disposed) return;
    this.#broken = error;
    const pending = this.#pending;
    this.#pending = null;
    if (pending) pending.reject(error);
    else this.#callbacks.onCrash(error);
  }
}
