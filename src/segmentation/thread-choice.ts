import type { KernelBackend } from '@tensorflow/tfjs-core';
import type { AssetUrls } from '../assets';
import type { Downloads } from './downloads';
import type { WasmThreads } from './wasm-threads';

type StartWasmThreads = (assets: AssetUrls, downloads: Downloads) => Promise<WasmThreads | null>;

/** Threads must save this much of the time to be worth the cores that they keep busy while they wait. */
const WORTH_SHARE = 0.75;
/** So much slower than at first means that the threads wait for cores that somebody else has. */
const HELD_UP_FACTOR = 3;
/** In a row, for one may be anything. */
const HELD_UP_INFERENCES = 5;

/**
 * Whether inference shares its work with threads: only where a measurement finds that faster, and only for as long
 * as their cores are free. Threads that have to share a core wait for each other at every operation of the network
 * and then take many times as long as one alone, so they are given up for good.
 */
export class ThreadChoice {
  readonly #startThreads: StartWasmThreads;
  #threads: WasmThreads | null = null;
  #inUse = false;
  #bestMs = Infinity;
  #heldUp = 0;

  constructor(startThreads: StartWasmThreads) {
    this.#startThreads = startThreads;
  }

  /** The backend that can have threads; null where there are none to be had. */
  async start(assets: AssetUrls, downloads: Downloads): Promise<KernelBackend | null> {
    this.#threads = await this.#startThreads(assets, downloads);
    return this.#threads?.backend ?? null;
  }

  /**
   * Measures a new network and decides, where that is still open.
   *
   * @param measure one inference, milliseconds
   * @returns the same, in the way chosen
   */
  async choose(measure: () => Promise<number>): Promise<number> {
    const firstMs = await measure();
    this.#heldUp = 0;
    this.#bestMs = firstMs;
    if (!this.#threads || this.#inUse) return firstMs;
    this.#threads.use();
    this.#inUse = true;
    this.#bestMs = await measure();
    if (this.#bestMs <= WORTH_SHARE * firstMs) return this.#bestMs;
    this.#drop();
    return firstMs;
  }

  /** Takes note of an inference. */
  note(inferenceMs: number): void {
    if (!this.#inUse) return;
    this.#heldUp = inferenceMs > HELD_UP_FACTOR * this.#bestMs ? this.#heldUp + 1 : 0;
    if (this.#heldUp >= HELD_UP_INFERENCES) this.#drop();
  }

  #drop(): void {
    this.#threads?.drop();
    this.#threads = null;
    this.#inUse = false;
  }
}
