import * as tf from '@tensorflow/tfjs-core';
import { BackendWasm, setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import type { BackendWasmThreadedSimdModule, WasmFactoryConfig } from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd';
import createModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js';
import type { AssetUrls } from '../assets';

/** How long the threads may take to answer once the code is there. */
const ANSWER_LIMIT_MS = 5000;
const MAX_THREADS = 4;

/**
 * Threads for inference, the calling one included; below 2: none besides it. A thread that waits for the next
 * operation keeps its core busy, and one that has to share a core holds all others up, so most cores are left to
 * the picture, the encoder and everybody else. (The backend itself never takes more than half of them.)
 *
 * @param cores logical processors, as `navigator.hardwareConcurrency` has them
 */
export function threadCountFor(cores: number): number {
  return Math.min(MAX_THREADS, Math.floor(cores / 4));
}

/** A WASM backend that can work on several threads. */
export interface WasmThreads {
  /** Works on one thread until {@link use}. */
  readonly backend: tf.KernelBackend;
  /** Threads that share the work after {@link use}, the calling one included. */
  readonly count: number;
  /** From the next inference on. Once only: what was dropped doesn't come back. */
  use(): void;
  /** Back to one thread; ends the others. Safe to call twice. */
  drop(): void;
}

/**
 * Starts TensorFlow.js' WASM backend with threads at hand, where the thread that calls is a worker and the page is
 * isolated from other origins, without which no memory can be shared.
 *
 * The backend's own start makes its threads of `blob:` scripts, which a strict content security policy forbids.
 * So its module is made here, through what Emscripten leaves open in a module's settings, and the threads run a
 * file of this package. Nothing of the browser or of TensorFlow.js is patched.
 *
 * @returns null where there are too few cores, or threads can't be had or don't answer
 */
export async function startWasmThreads(assets: AssetUrls): Promise<WasmThreads | null> {
  const count = threadCountFor(navigator.hardwareConcurrency);
  if (count < 2 || !globalThis.crossOriginIsolated || !(await supportsThreads())) return null;
  const workers = new ThreadWorkers(assets.wasmThreads);
  try {
    workers.start(count - 1);
    const code = await Promise.race([compile(assets.wasm['tfjs-backend-wasm-threaded-simd.wasm']), workers.failure]);
    const module = await Promise.race([instantiate(code, workers), workers.failure, rejectLater(ANSWER_LIMIT_MS)]);
    setThreadsCount(1);
    const backend = new BackendWasm(module);
    workers.release();
    return {
      backend,
      count,
      use: () => module.tfjs.initWithThreadsCount(count),
      drop: () => {
        module.tfjs.initWithThreadsCount(1);
        workers.terminate();
      },
    };
  } catch {
    // What failed to load stands in the browser's console already, and one thread does the same work.
    workers.terminate();
    return null;
  }
}

async function supportsThreads(): Promise<boolean> {
  const flags = await Promise.all(['WASM_HAS_SIMD_SUPPORT', 'WASM_HAS_MULTITHREAD_SUPPORT'].map((name) => tf.env().getAsync(name)));
  return flags.every(Boolean);
}

/** Workers that wait for Emscripten to make threads of them. */
class ThreadWorkers {
  readonly url: string;
  readonly all: Worker[] = [];
  /** Rejects when the script of one can't be loaded, or throws before {@link release}. */
  readonly failure: Promise<never>;
  #fail!: (error: Error) => void;
  readonly #starting = new AbortController();

  constructor(url: string) {
    this.url = url;
    this.failure = new Promise((_resolve, reject) => {
      this.#fail = reject;
    });
    this.failure.catch(() => undefined);
  }

  /** @throws DOMException `SecurityError` when the script lies on another origin */
  start(count: number): void {
    while (this.all.length < count) {
      const worker = new Worker(this.url, { name: 'wasm-thread' });
      this.all.push(worker);
      const onError = (event: Event): void => {
        // Emscripten's own listener throws, which would count as a failure of the worker that this runs in.
        event.stopImmediatePropagation();
        event.preventDefault();
        this.#fail(new Error('A thread of the WASM backend could not be started'));
      };
      worker.addEventListener('error', onError, { signal: this.#starting.signal });
    }
  }

  /** From now on they are Emscripten's. */
  release(): void {
    this.#starting.abort();
  }

  terminate(): void {
    for (const worker of this.all) worker.terminate();
  }
}

async function compile(url: string): Promise<WebAssembly.Module> {
  const response = await fetch(url, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  // Streaming wants this media type, which not every server gives.
  if (response.headers.get('Content-Type') === 'application/wasm') return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** With what Emscripten gives every module; its types are no part of the package. */
interface EmscriptenModule extends BackendWasmThreadedSimdModule {
  cwrap<Wrapped extends (...values: number[]) => number | void>(name: string, returns: 'number' | null, takes: 'number'[]): Wrapped;
}

/** The part of Emscripten's pool of threads that is used here. */
interface ThreadPool {
  unusedWorkers: Worker[];
  initMainThread(): void;
}

/** Resolves when every thread has the module. */
async function instantiate(code: WebAssembly.Module, workers: ThreadWorkers): Promise<BackendWasmThreadedSimdModule> {
  const settings: WasmFactoryConfig = {
    // Where a further thread would come from, were one ever asked for.
    locateFile: (path) => (path.endsWith('.worker.js') ? workers.url : path),
    // Told to each thread, whose script has the factory in it already.
    mainScriptUrlOrBlob: workers.url,
    instantiateWasm: (imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void) => {
      void WebAssembly.instantiate(code, imports).then((instance) => receive(instance, code));
      return {};
    },
  };
  // The pool starts eight workers, used or not; it is met on its way into the module and given ours.
  let pool: ThreadPool | undefined;
  Object.defineProperty(settings, 'PThread', {
    get: () => pool,
    set: (made: ThreadPool) => {
      pool = made;
      made.initMainThread = () => made.unusedWorkers.push(...workers.all);
    },
  });
  const module = (await createModule(settings)) as EmscriptenModule;
  // What the backend's own start adds (tfjs-backend-wasm, backend_wasm.ts).
  module.tfjs = {
    init: module.cwrap('init', null, []),
    initWithThreadsCount: module.cwrap('init_with_threads_count', null, ['number']),
    getThreadsCount: module.cwrap('get_threads_count', 'number', []),
    registerTensor: module.cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: module.cwrap('dispose_data', null, ['number']),
    dispose: module.cwrap('dispose', null, []),
  };
  return module;
}

function rejectLater(limitMs: number): Promise<never> {
  return new Promise((_resolve, reject) => setTimeout(() => reject(new Error(`No answer in ${limitMs} ms`)), limitMs));
}
