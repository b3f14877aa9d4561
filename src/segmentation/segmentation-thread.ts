import { toVirtualBackgroundError, type VirtualBackgroundError } from '../errors';
import { openWorker } from '../open-worker';
import type { ControlRequest, ControlResponse } from './messages';

/** How often the thread is asked for a sign of life. */
export const LOOK_MS = 1000;
/**
 * Polls in a row at which nothing has got on: the same inference, or no answer at all. Polls, not time: while the whole
 * machine or the page is still, nothing polls. A mask that takes so long is worth nothing.
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

/** The way to a thread that runs networks. */
export interface ThreadLink {
  post(message: ControlRequest, transfer: Transferable[]): void;
  /** Ends what is at the other end, and everything it holds. */
  end(): void;
  /** Whether the thread is another one than this: only then a hang can be noticed. */
  isApart: boolean;
}

export interface ThreadEvents {
  onResponse(response: ControlResponse): void;
  /** The thread broke. @param message empty where the browser tells none */
  onError(message: string): void;
  /** The thread is not wanted any more. */
  signal: AbortSignal;
}

/** Starts a thread that runs networks, or joins one. */
export type OpenThread = (events: ThreadEvents) => Promise<ThreadLink>;

/**
 * The segmentation worker. Where it is refused, the same service runs in the page.
 *
 * @param onWarning it was refused because of what the server sends for its script
 */
export function openSegmentationWorker(onWarning: (warning: VirtualBackgroundError) => void): OpenThread {
  return async ({ onResponse, onError, signal }) => {
    const worker = await openWorker('segmentation', { signal, onWarning });
    if (!worker) {
      const { SegmentationService } = await import('./service');
      const service = new SegmentationService(onResponse);
      return { post: (message) => service.handle(message), end: () => service.handle({ type: 'dispose' }), isApart: false };
    }
    worker.addEventListener('message', (event: MessageEvent<ControlResponse>) => onResponse(event.data));
    worker.addEventListener('error', (event) => onError(event.message));
    return { post: (message, transfer) => worker.postMessage(message, transfer), end: () => worker.terminate(), isApart: true };
  };
}

/**
 * The thread that draws, which runs networks in its own GPU context.
 *
 * @param connect hands the other end of the port to that thread
 */
export function openDrawingThread(connect: (port: MessagePort) => void): OpenThread {
  return ({ onResponse }) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event: MessageEvent<ControlResponse>) => onResponse(event.data);
    connect(port2);
    const post = (message: ControlRequest, transfer: Transferable[]): void => port1.postMessage(message, transfer);
    const end = (): void => {
      post({ type: 'dispose' }, []);
      port1.close();
    };
    return Promise.resolve({ post, end, isApart: true });
  };
}

/** One thread that runs networks, and the watch that is kept on it. */
export class SegmentationThread {
  /** Set by the owner while a network is loaded. */
  isLoading = false;
  readonly #callbacks: SegmentationThreadCallbacks;
  readonly #opening: Promise<ThreadLink>;
  #link: ThreadLink | null = null;
  #watch: ReturnType<typeof setInterval> | undefined;
  #hasAnswered = false;
  #inference = 0;
  #idleLooks = 0;
  readonly #ended = new AbortController();

  constructor(open: OpenThread, callbacks: SegmentationThreadCallbacks) {
    this.#callbacks = callbacks;
    this.#opening = open({ onResponse: (response) => this.#handleResponse(response), onError: (message) => this.#handleError(message), signal: this.#ended.signal });
    this.#opening.then(
      (link) => this.#handleOpen(link),
      (error: unknown) => {
        if (!this.#disposed) callbacks.onUnavailable(toVirtualBackgroundError(error, 'worker-unavailable', 'The segmentation worker could not be started'));
      },
    );
  }

  post(message: ControlRequest, transfer: Transferable[] = []): void {
    void this.#opening.then((link) => link.post(message, transfer), () => undefined);
  }

  /** Ends the thread and everything it holds. Safe to call twice. */
  dispose(): void {
    if (this.#disposed) return;
    this.#ended.abort();
    clearInterval(this.#watch);
    if (this.#link) this.#link.end();
    else void this.#opening.then((link) => link.end(), () => undefined);
  }

  get #disposed(): boolean {
    return this.#ended.signal.aborted;
  }

  #handleOpen(link: ThreadLink): void {
    this.#link = link;
    if (link.isApart && !this.#disposed) this.#watch = setInterval(() => this.#look(link), LOOK_MS);
  }

  #look(link: ThreadLink): void {
    this.#idleLooks += 1;
    const limit = this.isLoading ? STUCK_LOADING_LOOKS : STUCK_LOOKS;
    // What runs networks may still be on its way.
    if (this.#hasAnswered && this.#idleLooks > limit) return this.#callbacks.onBroken(`it has not answered for ${(limit * LOOK_MS) / 1000} s`);
    link.post({ type: 'ping' }, []);
  }

  #handleResponse(response: ControlResponse): void {
    if (this.#disposed) return;
    this.#hasAnswered = true;
    if (response.type !== 'pong') return this.#callbacks.onResponse(response);
    if (response.inference === 0 || response.inference !== this.#inference) this.#idleLooks = 0;
    this.#inference = response.inference;
  }

  #handleError(message: string): void {
    if (!this.#disposed) this.#callbacks.onBroken(message || 'it broke');
  }
}
