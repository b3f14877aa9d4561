import { drawnBackgroundBlob, type DrawnBackground } from '../drawn-backgrounds.ts';

/** What the worker is asked for; width and height in pixels. */
export interface PaintOrder {
  key: number;
  id: string;
  width: number;
  height: number;
}

export type PaintAnswer = { key: number; blob: Blob } | { key: number; message: string };

interface Waiting {
  resolve: (blob: Blob) => void;
  reject: (error: Error) => void;
}

/**
 * Paints the drawn backgrounds in a worker, so that the page stays smooth; in the page where the browser has no
 * canvas in workers. A picture asked for twice is painted once.
 */
export class BackgroundPainter {
  #worker: Worker | null = null;
  readonly #waiting = new Map<number, Waiting>();
  readonly #pictures = new Map<string, Promise<Blob>>();

  constructor() {
    if (typeof OffscreenCanvas === 'undefined') return;
    this.#worker = new Worker(new URL('./background.worker.ts', import.meta.url), { type: 'module' });
    this.#worker.onmessage = ({ data }: MessageEvent<PaintAnswer>) => this.#handleAnswer(data);
    this.#worker.onerror = () => this.#handleWorkerError();
  }

  /** The background as a JPEG of the given size in pixels. */
  paint(background: DrawnBackground, width: number, height: number): Promise<Blob> {
    const name = `${background.id} ${width}x${height}`;
    const known = this.#pictures.get(name);
    if (known) return known;
    const picture = this.#worker
      ? this.#order(this.#worker, { key: this.#pictures.size, id: background.id, width, height })
          .catch(() => drawnBackgroundBlob(background, { width, height }))
      : drawnBackgroundBlob(background, { width, height });
    this.#pictures.set(name, picture);
    return picture;
  }

  #order(worker: Worker, order: PaintOrder): Promise<Blob> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(order.key, { resolve, reject });
      worker.postMessage(order);
    });
  }

  #handleAnswer(answer: PaintAnswer): void {
    const waiting = this.#waiting.get(answer.key);
    this.#waiting.delete(answer.key);
    if ('blob' in answer) waiting?.resolve(answer.blob);
    else waiting?.reject(new Error(answer.message));
  }

  /** A worker that cannot run is given up; what it owed is painted in the page. */
  #handleWorkerError(): void {
    this.#worker?.terminate();
    this.#worker = null;
    for (const { reject } of this.#waiting.values()) reject(new Error('The painting worker does not run here'));
    this.#waiting.clear();
  }
}
