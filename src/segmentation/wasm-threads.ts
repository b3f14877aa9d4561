import * as tf from '@tensorflow/tfjs-core';
import { BackendWasm, setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import type { BackendWasmModule } from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm';
import type { WasmFactoryConfig } from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd';
import createModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js';
import { trustScript, type AssetUrls } from '../assets';
import type { Downloads } from './downloads';
import { checkPackageScript } from './package-files';
import { compileFile, instantiateModule } from './wasm-backend';

/** How long the threads may take to answer once the code is there. */
const ANSWER_LIMIT_MS = 5000;
const MAX_THREADS = 4;
const CODE = 'tfjs-backend-wasm-threaded-simd.wasm';
const SCRIPT = 'tfjs-backend-wasm-threads.worker.js';

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
 * The script is fetched and checked before it is run. The browser then fetches it once more, as a rule from its own
 * cache: that finds a file of another version or a broken copy, not a server that answers differently each time.
 *
 * @returns null where there are too few cores, or threads can't be had or don't answer
 */
export async function startWasmThreads(assets: AssetUrls, downloads: Downloads): Promise<WasmThreads | null> {
  const count = threadCountFor(navigator.hardwareConcurrency);
  if (count < 2 || !globalThis.crossOriginIsolated || !(await supportsThreads())) return null;
  // Browsers make no worker of a script from elsewhere.
  if (new URL(assets.wasmThreads, location.href).origin !== location.origin) return null;
  const workers = new ThreadWorkers(assets);
  try {
    await checkPackageScript(downloads, SCRIPT, assets.wasmThreads, ANSWER_LIMIT_MS);
    workers.start(count - 1);
    const code = await Promise.race([compileFile(downloads, CODE, assets.wasm[CODE]), workers.failure]);
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
    workers.terminate();
    downloads.signal.throwIfAborted();
    // One thread does the same work; what is wrong with the files, it tells as well.
    return null;
  }
}

async function supportsThreads(): Promise<boolean> {
  const flags = await Promise.all(['WASM_HAS_SIMD_SUPPORT', 'WASM_HAS_MULTITHREAD_SUPPORT'].map((name) => tf.env().getAsync(name)));
  return flags.every(Boolean);
}

/** Workers that wait for Emscripten to make threads of them. */
class ThreadWorkers {
  /** Of the script that each of them runs. */
  readonly url: string;
  readonly #trusted: string | URL;
  readonly all: Worker[] = [];
  /** Rejects when the script of one can't be loaded, or throws before {@link release}. */
  readonly failure: Promise<never>;
  #fail!: (error: Error) => void;
  readonly #starting = new AbortController();

  constructor({ wasmThreads, own }: AssetUrls) {
    this.url = wasmThreads;
    this.#trusted = own ? trustScript(wasmThreads) : wasmThreads;
    this.failure = new Promise((_resolve, reject) => {
      this.#fail = reject;
    });
    this.failure.catch(() => undefined);
  }

  /** @throws DOMException `SecurityError` when the script lies on another origin */
  start(count: number): void {
    while (this.all.length < count) {
      const worker = new Worker(this.#trusted, { name: 'wasm-thread' });
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

/** The part of Emscripten's pool of threads that is used here. */
interface ThreadPool {
  unusedWorkers: Worker[];
  initMainThread(): void;
}

/** Resolves when every thread has the module. */
function instantiate(code: WebAssembly.Module, workers: ThreadWorkers): Promise<BackendWasmModule> {
  const settings: WasmFactoryConfig = {
    // Where a further thread would come from, were one ever asked for.
    locateFile: (path) => (path.endsWith('.worker.js') ? workers.url : path),
    // Told to each thread, whose script has the factory in it already.
    mainScriptUrlOrBlob: workers.url,
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
  return instantiateModule(createModule, code, settings);
}

function rejectLater(limitMs: number): Promise<never> {
  return new Promise((_resolve, reject) => setTimeout(() => reject(new Error(`No answer in ${limitMs} ms`)), limitMs));
}
