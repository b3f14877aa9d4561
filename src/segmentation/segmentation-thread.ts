import { createWorker } from '../assets';
import { VirtualBackgroundError, toVirtualBackgroundError } from '../errors';
import type { ControlRequest, ControlResponse } from './messages';

/** How often the worker is looked after. */
export const LOOK_MS = 1000;
/**
 * Looks in a row at which nothing has got on: the same inference, or no answer at all. Looks, not time: while the whole
 * machine or the page stands still, nobody looks. A mask that takes so long is worth nothing.
 */
export const STUCK_LOOKS = 10;
/** The same while a network is made ready, which may keep a slow machine's thread busy. */
export const STUCK_LOADING_LOOKS = 60;

export interface SegmentationThreadCallbacks {
  onResponse(response: ControlResponse): void;
  /** It could not be started: another one would not be, either. */
  onUnavailable(error: VirtualBackgroundError): void;
  /** It ran, and broke or hangs; its owner disposes it. */
  onBroken(reason: string): void;
}

/**
 * One segmentation worker, and the eye that is kept on it. Where none can be made (the script lies on another
 * origin) the same service runs in the page, where a hang could not be noticed: it would hang the page.
 */
export class SegmentationThread {
  /** Set by the owner while a network is loaded. */
  isLoading = false;
  readonly #callbacks: SegmentationThreadCallbacks;
  readonly #send: Promise<(message: ControlRequest, transfer: Transferable[]) => void>;
  #worker: Worker | null = null;
  #watch: ReturnType<typeof setInterval> | undefined;
  #hasAnswered = false;
  #inference = 0;
  #idleLooks = 0;
  #disposed = false;

  constructor(callbacks: SegmentationThreadCallbacks) {
    this.#callbacks = callbacks;
    this.#send = this.#open();
    this.#send.catch((error: unknown) => {
      if (!this.#disposed) callbacks.onUnavailable(toVirtualBackgroundError(error, 'worker-unavailable', 'The segmentation worker could not be started'));
    });
  }

  post(message: ControlRequest, transfer: Transferable[] = []): void {
    void this.#send.then((send) => send(message, transfer), () => undefined);
  }

  /** Ends the worker and everything it holds. Safe to call twice. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    clearInterval(this.#watch);
    if (this.#worker) this.#worker.terminate();
    else this.post({ type: 'dispose' });
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
    worker.addEventListener('error', (event) => this.#handleError(event.message));
    this.#watch = setInterval(() => this.#look(worker), LOOK_MS);
    return (message, transfer) => worker.postMessage(message, transfer);
  }

  async #openInPage(): Promise<(message: ControlRequest) => void> {
    const { SegmentationService } = await import('./service');
    const service = new SegmentationService((response) => this.#handleResponse(response));
    return (message) => service.handle(message);
  }

  #look(worker: Worker): void {
    this.#idleLooks += 1;
    const limit = this.isLoading ? STUCK_LOADING_LOOKS : STUCK_LOOKS;
    // Its script may still be on the way.
    if (this.#hasAnswered && this.#idleLooks > limit) return this.#callbacks.onBroken(`it has not answered for ${(limit * LOOK_MS) / 1000} s`);
    worker.postMessage({ type: 'ping' } satisfies ControlRequest);
  }

  #handleResponse(response: ControlResponse): void {
    if (this.#disposed) return;
    this.#hasAnswered = true;
    if (response.type !== 'pong') return this.#callbacks.onResponse(response);
    if (response.inference === 0 || response.inference !== this.#inference) this.#idleLooks = 0;
    this.#inference = response.inference;
  }

  #handleError(message: string): void {
    if (this.#disposed) return;
    if (this.#hasAnswered) return this.#callbacks.onBroken(message || 'it broke');
    const detail = message || 'its script could not be loaded';
    this.#callbacks.onUnavailable(new VirtualBackgroundError('worker-unavailable', `The segmentation worker failed: ${detail}`));
  }
}
