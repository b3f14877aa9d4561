import { toVirtualBackgroundError } from '../errors';
import { openWorker } from '../open-worker';
import type { SceneAnswer, SceneOrder } from './messages';

/** Pictures kept, as JPEG: each scene in two sizes and some over. */
const MAX_KEPT = 24;

/** Small pictures are asked for one after another: between two of them the worker stays. */
const IDLE_MS = 1500;

interface Waiting {
  resolve(picture: Blob): void;
  reject(reason: unknown): void;
}

interface Job {
  readonly key: string;
  readonly order: SceneOrder;
  /** Empty when nobody wants the picture any more. */
  readonly waiting: Set<Waiting>;
}

/**
 * Paints scenes one after another: in a worker, so that the page stays smooth, or in the page where there are no
 * canvases in workers or the worker does not run. The worker lives for as long as there is something to paint, and a moment
 * longer.
 */
export class ScenePainter {
  #worker: Worker | null = null;
  #workerRuns = typeof OffscreenCanvas !== 'undefined';
  #jobs: Job[] = [];
  #running = false;
  #idle: ReturnType<typeof setTimeout> | undefined;
  readonly #pictures = new Map<string, Blob>();

  /**
   * The scene as a JPEG; a picture asked for twice is painted once.
   *
   * @param signal drops the order, unless it was begun or somebody else waits for the same picture
   * @throws VirtualBackgroundError `background-load-failed`; the signal's reason
   */
  paint(order: SceneOrder, signal?: AbortSignal): Promise<Blob> {
    const key = `${order.name} ${order.width}x${order.height}`;
    const known = this.#pictures.get(key);
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    if (known) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const job = this.#jobs.find((other) => other.key === key) ?? this.#add(key, order);
      const abort = (): void => {
        job.waiting.delete(waiting);
        reject(signal?.reason as Error);
      };
      const settle = <Value>(settled: (value: Value) => void) => (value: Value): void => {
        signal?.removeEventListener('abort', abort);
        settled(value);
      };
      const waiting: Waiting = { resolve: settle(resolve), reject: settle(reject) };
      job.waiting.add(waiting);
      signal?.addEventListener('abort', abort, { once: true });
      if (!this.#running) void this.#run();
    });
  }

  #add(key: string, order: SceneOrder): Job {
    const job: Job = { key, order, waiting: new Set() };
    this.#jobs.push(job);
    return job;
  }

  async #run(): Promise<void> {
    this.#running = true;
    clearTimeout(this.#idle);
    for (let job = this.#next(); job; job = this.#next()) {
      try {
        const picture = await this.#paintAnywhere(job.order);
        this.#keep(job.key, picture);
        for (const { resolve } of job.waiting) resolve(picture);
      } catch (error) {
        const failure = toVirtualBackgroundError(error, 'background-load-failed', `background scene:${job.order.name} could not be painted`);
        for (const { reject } of job.waiting) reject(failure);
      }
      this.#jobs = this.#jobs.filter((other) => other !== job);
    }
    this.#running = false;
    this.#idle = setTimeout(() => this.#dismissWorker(), IDLE_MS);
  }

  /** The largest first: a background that a call waits for goes before small pictures to choose from. */
  #next(): Job | undefined {
    this.#jobs = this.#jobs.filter(({ waiting }) => waiting.size > 0);
    return this.#jobs.reduce<Job | undefined>((best, job) => (best && best.order.width >= job.order.width ? best : job), undefined);
  }

  async #paintAnywhere(order: SceneOrder): Promise<Blob> {
    const worker = await this.#findWorker();
    if (worker) {
      try {
        return await this.#paintInWorker(worker, order);
      } catch {
        // The page can do it too; it takes its time there.
      }
    }
    const { name, ...size } = order;
    const { paintSceneFile } = await import('./painters');
    return paintSceneFile(name, size);
  }

  /** @returns null where there is none, which is not asked again */
  async #findWorker(): Promise<Worker | null> {
    if (!this.#workerRuns) return null;
    this.#worker ??= await openWorker('scene');
    this.#workerRuns = this.#worker !== null;
    return this.#worker;
  }

  #paintInWorker(worker: Worker, order: SceneOrder): Promise<Blob> {
    return new Promise((resolve, reject) => {
      worker.onerror = () => {
        this.#workerRuns = false;
        this.#dismissWorker();
        reject(new Error('The worker that paints scenes broke'));
      };
      worker.onmessage = ({ data }: MessageEvent<SceneAnswer>) => {
        if (data.type === 'picture') resolve(data.picture);
        else reject(new Error(data.message));
      };
      worker.postMessage(order);
    });
  }

  #keep(key: string, picture: Blob): void {
    this.#pictures.set(key, picture);
    const [oldest] = this.#pictures.keys();
    if (this.#pictures.size > MAX_KEPT && oldest !== undefined) this.#pictures.delete(oldest);
  }

  #dismissWorker(): void {
    this.#worker?.terminate();
    this.#worker = null;
  }
}

let shared: ScenePainter | undefined;

/** One painter for the page: a scene painted for one element serves all. */
export function sharedScenePainter(): ScenePainter {
  return (shared ??= new ScenePainter());
}
