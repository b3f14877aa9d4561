import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { loadBackground } from '../../engine/background/background';
import { paintScene, parseScene } from '../../engine/background/background-scene';
import type { BackgroundInput, Size } from '../../types';

/** Twice the size that a tile usually has, for screens with fine pixels. */
export const THUMBNAIL_SIZE: Size = { width: 288, height: 162 };

type Host = ReactiveControllerHost & HTMLElement;

/**
 * Draws the pictures of tiles once they come into view, one after another. A tile's picture is a
 * `<canvas data-thumbnail="<key>">` in the host's shadow; `data-drawn` or `data-failed` tells how it went.
 */
export class Thumbnails implements ReactiveController {
  readonly #host: Host;
  readonly #find: (key: string) => BackgroundInput | undefined;
  #observer: IntersectionObserver | null = null;
  #work = new AbortController();
  #queue: HTMLCanvasElement[] = [];
  #seen = new WeakSet<HTMLCanvasElement>();
  #running = false;

  constructor(host: Host, find: (key: string) => BackgroundInput | undefined) {
    this.#host = host;
    this.#find = find;
    host.addController(this);
  }

  hostConnected(): void {
    this.#work = new AbortController();
    this.#seen = new WeakSet();
    // Emulated pages, in which apps test themselves, have none and draw nothing.
    if (typeof IntersectionObserver === 'function') this.#observer = new IntersectionObserver((entries) => this.#handleView(entries), { rootMargin: '120px' });
    this.#host.requestUpdate();
  }

  hostUpdated(): void {
    for (const canvas of this.#host.shadowRoot?.querySelectorAll<HTMLCanvasElement>('canvas[data-thumbnail]') ?? []) {
      if (this.#seen.has(canvas) || 'drawn' in canvas.dataset) continue;
      this.#seen.add(canvas);
      this.#observer?.observe(canvas);
    }
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
    this.#observer = null;
    this.#queue = [];
    this.#work.abort();
  }

  #handleView(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      this.#observer?.unobserve(target);
      this.#queue.push(target as HTMLCanvasElement);
    }
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let canvas = this.#queue.shift(); canvas; canvas = this.#queue.shift()) {
      const value = this.#find(canvas.dataset['thumbnail'] ?? '');
      if (value === undefined || !canvas.isConnected) continue;
      const { signal } = this.#work;
      try {
        await drawThumbnail(canvas, value, signal);
        delete canvas.dataset['failed'];
        canvas.dataset['drawn'] = '';
      } catch {
        if (!signal.aborted) canvas.dataset['failed'] = '';
      }
    }
    this.#running = false;
  }
}

/** Draws a background so that it covers the canvas, a plain colour too; of a movie its first frame. */
async function drawThumbnail(canvas: HTMLCanvasElement, value: BackgroundInput, signal: AbortSignal): Promise<void> {
  const scene = typeof value === 'string' ? parseScene(value.trim()) : null;
  if (scene) {
    const bitmap = await createImageBitmap(await paintScene(scene, THUMBNAIL_SIZE, signal));
    drawCovering(canvas, bitmap, bitmap);
    bitmap.close();
    return;
  }
  const { kind, bitmap, movie, release } = await loadBackground(value, signal);
  try {
    if (kind.kind === 'color') fillWith(canvas, kind.color);
    else if (bitmap) drawCovering(canvas, bitmap, bitmap);
    else if (movie) drawCovering(canvas, movie, { width: movie.videoWidth, height: movie.videoHeight });
  } finally {
    bitmap?.close();
    release();
  }
}

function fillWith(canvas: HTMLCanvasElement, color: readonly number[]): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  context.fillStyle = `rgb(${color.map((value) => value * 255).join(' ')})`;
  context.fillRect(0, 0, canvas.width, canvas.height);
}

function drawCovering(canvas: HTMLCanvasElement, source: CanvasImageSource, { width, height }: Size): void {
  canvas.width = THUMBNAIL_SIZE.width;
  canvas.height = THUMBNAIL_SIZE.height;
  const context = canvas.getContext('2d');
  if (!context) return;
  const zoom = Math.max(canvas.width / width, canvas.height / height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(source, (canvas.width - width * zoom) / 2, (canvas.height - height * zoom) / 2, width * zoom, height * zoom);
}
