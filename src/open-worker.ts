import { trustScript } from './assets';
import { VirtualBackgroundError } from './errors';

/** The package's workers; `engine-gl` is `engine` with TensorFlow.js for the shared GPU context. */
export type WorkerName = 'engine' | 'engine-gl' | 'segmentation' | 'ticker' | 'scene';

export interface OpenWorkerOptions {
  /** Ends the wait, and the worker with it. */
  signal?: AbortSignal;
  /** The worker was refused, and what the server sends for its script is the reason. */
  onWarning?(warning: VirtualBackgroundError): void;
}

/** How long a worker's script may take until it runs: it may come over a slow line. A refusal comes at once. */
const RUN_LIMIT_MS = 30_000;
/** How long a server may take to answer what lies at the address of a worker that was refused. */
const ANSWER_LIMIT_MS = 5000;

let singleFileUrl: string | null = null;

/** For the single-file build: the same script serves as page script and as every worker. */
export function useSingleFileWorkers(url: string): void {
  singleFileUrl = url;
}

let isBlobForbidden = false;

/** The page wants no `blob:` workers: none is made from now on, by any element in it. */
export function forbidBlobWorkers(): void {
  isBlobForbidden = true;
}

/** Tells the page that a worker's script runs. To be called in the worker, once its listeners are there. */
export function announceWorker(scope: typeof globalThis): void {
  scope.postMessage('running');
}

/**
 * Starts one of the package's workers and waits until its script runs. Browsers refuse workers in two ways: by a throw, or
 * later by an event (a script from another origin in Firefox, `worker-src`, a sandboxed frame, a server that answers HTML).
 *
 * @returns a worker that was sent nothing yet, which the caller terminates; null where it was refused, so that the page's
 *   thread has to do its work
 * @throws the signal's reason
 */
export async function openWorker(name: WorkerName, { signal, onWarning }: OpenWorkerOptions = {}): Promise<Worker | null> {
  const address = addressOf(name);
  try {
    return await (isForeign(address) ? openImporter(name, address, signal) : untilRunning(() => createWorker(name), signal));
  } catch (reason) {
    signal?.throwIfAborted();
    if (onWarning) {
      void explainRefusal(name, address, reason).then((warning) => {
        if (warning && !signal?.aborted) onWarning(warning);
      });
    }
    return null;
  }
}

async function untilRunning(create: () => Worker, signal?: AbortSignal): Promise<Worker> {
  signal?.throwIfAborted();
  const worker = create();
  const settled = new AbortController();
  try {
    await new Promise<unknown>((resolve, reject) => {
      const listening = { signal: settled.signal };
      worker.addEventListener('message', resolve, listening);
      worker.addEventListener(
        'error',
        (event) => {
          event.preventDefault();
          reject(new Error(event.message ? `fails: ${event.message}` : ''));
        },
        listening,
      );
      signal?.addEventListener(
        'abort',
        () => {
          worker.terminate();
          reject(signal.reason as Error);
        },
        listening,
      );
      const timer = setTimeout(() => reject(new Error(`did not run in ${RUN_LIMIT_MS / 1000} s`)), RUN_LIMIT_MS);
      settled.signal.addEventListener('abort', () => clearTimeout(timer));
    });
    return worker;
  } catch (reason) {
    worker.terminate();
    throw reason;
  } finally {
    settled.abort();
  }
}

type StartWorker = new (url: string | URL, options: WorkerOptions) => Worker;

function createWorker(name: WorkerName): Worker {
  return startWorker(name, function startTrusted(url: string | URL, options: WorkerOptions) {
    return new globalThis.Worker(trustScript(url), options);
  } as unknown as StartWorker);
}

function addressOf(name: WorkerName): string {
  let address = '';
  startWorker(name, function noteAddress(url: string | URL) {
    address = String(url);
  } as unknown as StartWorker);
  return address;
}

/** @param Worker named as it is because bundlers look for the words `new Worker(new URL(` and a literal address */
function startWorker(name: WorkerName, Worker: StartWorker): Worker {
  if (singleFileUrl) return new Worker(singleFileUrl, { type: 'module', name });
  switch (name) {
    case 'engine':
      return new Worker(new URL(/* @vite-ignore */ './engine.worker.ts', import.meta.url), { type: 'module', name: 'engine' });
    case 'engine-gl':
      return new Worker(new URL(/* @vite-ignore */ './engine-gl.worker.ts', import.meta.url), { type: 'module', name: 'engine-gl' });
    case 'segmentation':
      return new Worker(new URL(/* @vite-ignore */ './segmentation.worker.ts', import.meta.url), { type: 'module', name: 'segmentation' });
    case 'ticker':
      return new Worker(new URL(/* @vite-ignore */ './ticker.worker.ts', import.meta.url), { type: 'module', name: 'ticker' });
    case 'scene':
      return new Worker(new URL(/* @vite-ignore */ './scene.worker.ts', import.meta.url), { type: 'module', name: 'scene' });
  }
}

/** Other schemes than http have rules of their own, by which browsers refuse what they do not allow. */
function isForeign(address: string): boolean {
  const { protocol, origin } = new URL(address, globalThis.location?.href);
  return protocol.startsWith('http') && origin !== globalThis.origin;
}

/** Whether the page lets a `blob:` worker import the package's script. The first such worker finds it out for the visit. */
let trial: Promise<boolean> | null = null;

/**
 * A script from another origin cannot be a worker, but a worker of the page's own can import it: one of a `blob:`. Where the
 * page's policy or Trusted Types refuse that, the browser reports it to the page once, and nothing of it runs.
 *
 * @returns null where it was refused before, or the page forbids it
 * @throws what {@link untilRunning} throws
 */
async function openImporter(name: WorkerName, address: string, signal?: AbortSignal): Promise<Worker | null> {
  const isRefused = trial !== null && !(await trial);
  if (isRefused || isBlobForbidden) return null;
  const url = URL.createObjectURL(new Blob([importerOf(address)], { type: 'text/javascript' }));
  const opening = untilRunning(() => new globalThis.Worker(url, { type: 'module', name }), signal).finally(() => URL.revokeObjectURL(url));
  trial ??= opening.then(
    () => true,
    () => {
      // A start that was given up says nothing: whoever waits for the outcome tries it for themselves.
      const isUnknown = signal?.aborted === true;
      if (isUnknown) trial = null;
      return isUnknown;
    },
  );
  return opening;
}

/**
 * The import is a dynamic one, for which the page's policy has to allow the script's origin in `script-src` only; a static
 * one would have to be in `worker-src` as well.
 */
function importerOf(address: string): string {
  // The failure of an import is no error event of the worker by itself.
  return `import(${JSON.stringify(address)}).catch((error) => setTimeout(() => { throw error; }));`;
}

/**
 * Tells a broken deployment from a browser or a policy that wants no worker of a script, by what lies at its address.
 *
 * @returns the warning `worker-unavailable`; null where the script is as it should be
 */
async function explainRefusal(name: WorkerName, address: string, reason: unknown): Promise<VirtualBackgroundError | null> {
  const isOwn = reason instanceof Error && !(reason instanceof DOMException || reason instanceof TypeError);
  // Of an import from another origin the page's policy may be the reason.
  const ownFault = isOwn && !isForeign(address) ? reason.message : '';
  const fault = (await faultAt(address)) || ownFault;
  if (!fault) return null;
  const message = `The worker '${name}' could not be started, so the page's thread does its work: ${address} ${fault}. Serve the files of the package unchanged, in one folder`;
  return new VirtualBackgroundError('worker-unavailable', message, { cause: reason });
}

/** What is wrong with what a server sends as a script; empty: nothing, or the page may not ask. */
async function faultAt(address: string): Promise<string> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    await response.body?.cancel();
    if (!response.ok) return `answers ${response.status}`;
    const type = response.headers.get('content-type')?.split(';')[0] ?? '';
    return /javascript|ecmascript/.test(type) ? '' : `answers with the type '${type}' in place of a script`;
  } catch {
    // `connect-src` may forbid it.
    return '';
  }
}
