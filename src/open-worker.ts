import { addressOfWorker, createWorker, type WorkerName } from './assets';
import { VirtualBackgroundError } from './errors';

/** How long a worker's script may take until it runs: it may come over a slow line. */
const RUN_LIMIT_MS = 30_000;
/** How long the answer to "what lies at this address?" may take. */
const ANSWER_LIMIT_MS = 5000;

/** Tells the page that this worker's script runs; to be called once its listeners are there. */
export function announceWorker(scope: typeof globalThis): void {
  scope.postMessage('running');
}

/**
 * Starts one of the package's workers and waits for its sign of life. Browsers refuse workers in two ways: by a throw,
 * or later by an event (a script of another origin in Firefox, `worker-src`, sandboxed frames, a server that answers
 * HTML). Here both are a rejection, and the caller lets the page's thread do the work.
 *
 * @param abandoned ends the wait, and the worker with it
 * @returns a worker that has said nothing else yet; the caller terminates it
 * @throws whatever the browser gives as a reason: a DOMException, a TypeError or an `error` event; the signal's reason
 */
export async function openWorker(name: WorkerName, abandoned?: AbortSignal): Promise<Worker> {
  abandoned?.throwIfAborted();
  const worker = createWorker(name);
  const settled = new AbortController();
  const { signal } = settled;
  try {
    await new Promise<void>((resolve, reject) => {
      worker.addEventListener('message', () => resolve(), { signal });
      const refuse = (event: Event): void => {
        event.preventDefault();
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the browser gives no other reason
        reject(event);
      };
      worker.addEventListener('error', refuse, { signal });
      const timer = setTimeout(() => reject(new Error(`its script did not run in ${RUN_LIMIT_MS / 1000} s`)), RUN_LIMIT_MS);
      signal.addEventListener('abort', () => clearTimeout(timer));
      const abandon = (): void => {
        worker.terminate();
        reject(abandoned?.reason as Error);
      };
      abandoned?.addEventListener('abort', abandon, { signal });
    });
    return worker;
  } catch (reason) {
    worker.terminate();
    throw reason;
  } finally {
    settled.abort();
  }
}

/**
 * Why a worker was refused, as far as the package's files are the reason: asks its address.
 *
 * @param reason what {@link openWorker} rejected with
 * @returns the warning `worker-unavailable`, which names the address; null where the file is as it should be and the
 *   browser or the page's policy wants no worker of it
 */
export async function explainRefusal(name: WorkerName, reason: unknown): Promise<VirtualBackgroundError | null> {
  const address = addressOfWorker(name);
  // Browsers make no worker of a script from elsewhere. A sandboxed frame's origin is 'null'.
  if (new URL(address).origin !== globalThis.origin) return null;
  const answer = reason instanceof Error && !(reason instanceof DOMException) ? reason.message : await answerOf(address);
  const fault = answer ?? scriptErrorOf(reason);
  if (fault === null) return null;
  return new VirtualBackgroundError(
    'worker-unavailable',
    `The ${name} worker could not be started, and the page's thread does its work: ${address} ${fault}; serve the package's scripts unchanged, in one folder`,
    { cause: reason },
  );
}

/** What is wrong with what a server sends as a script; null: nothing, or it may not be asked. */
async function answerOf(address: string): Promise<string | null> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    await response.body?.cancel();
    if (!response.ok) return `answers ${response.status}`;
    const type = response.headers.get('content-type')?.split(';')[0] ?? '';
    return /javascript|ecmascript/.test(type) ? null : `answers with the type '${type}' in place of a script`;
  } catch {
    // `connect-src` may forbid to ask.
    return null;
  }
}

/** A script that was loaded and threw says so. */
function scriptErrorOf(reason: unknown): string | null {
  const message = typeof ErrorEvent === 'function' && reason instanceof ErrorEvent ? reason.message : '';
  return message ? `failed: ${message}` : null;
}
