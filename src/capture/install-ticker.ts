import { announceWorker } from '../open-worker';

export interface TickerRequest {
  /** Milliseconds between two ticks. */
  intervalMs: number;
}

/** Makes a worker's global scope post a message at a steady rate; browsers don't slow workers of hidden pages. */
export function installTickerWorker(scope: typeof globalThis): void {
  let timer: ReturnType<typeof setInterval> | undefined;
  scope.addEventListener('message', (event: MessageEvent<TickerRequest>) => {
    clearInterval(timer);
    timer = setInterval(() => scope.postMessage(null), event.data.intervalMs);
  });
  announceWorker(scope);
}
