import { VirtualBackgroundError } from '../errors';
import type { Compositor } from '../gl/compositor';
import type { FrameImage, Size } from '../types';

const NO_MEMORY = 'background needs more memory than the GPU has left; a plain colour stands in';

/** The picture behind the person, kept for a GPU context that comes back. Owns its bitmap. */
export class BackgroundPicture {
  readonly #onWarning: (error: VirtualBackgroundError) => void;
  #bitmap: ImageBitmap | null = null;

  constructor(onWarning: (error: VirtualBackgroundError) => void) {
    this.#onWarning = onWarning;
  }

  /** Takes ownership of the bitmap; null = no picture. Without a compositor it waits for {@link restore}. */
  set(compositor: Compositor | null, bitmap: ImageBitmap | null): void {
    this.#replace(bitmap);
    if (bitmap) this.restore(compositor);
    else compositor?.clearPicture();
  }

  /** One frame of a movie; it stays the caller's. */
  setFrame(compositor: Compositor | null, image: FrameImage, size: Size): void {
    this.#replace(null);
    compositor?.setPicture(image, size);
  }

  /** Shows it in a context that has none of it yet. */
  restore(compositor: Compositor | null): void {
    if (!compositor || !this.#bitmap) return;
    const { context } = compositor;
    context.takeOutOfMemory();
    compositor.setPicture(this.#bitmap, this.#bitmap);
    if (!context.takeOutOfMemory()) return;
    this.set(compositor, null);
    this.#onWarning(new VirtualBackgroundError('background-load-failed', NO_MEMORY));
  }

  #replace(bitmap: ImageBitmap | null): void {
    if (this.#bitmap !== bitmap) this.#bitmap?.close();
    this.#bitmap = bitmap;
  }
}
