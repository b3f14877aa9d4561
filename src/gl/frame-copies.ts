import type { PictureRect, Quality, Size, SmallPicture } from '../types';
import type { GpuFrame } from './frame-ring';
import type { GlContext, RenderTarget } from './gl-context';
import type { SmallCopyPass } from './small-copy-pass';

/** Longer side of the picture that guides the matte; the matte has its size. */
const GUIDE_LONG_SIDE: Record<Quality, number> = { low: 128, medium: 160, high: 256 };

/** Size of the small picture that guides the matte of a frame, pixels. */
export function guideSizeFor({ width, height }: Size, quality: Quality): Size {
  const scale = Math.min(1, GUIDE_LONG_SIDE[quality] / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * Small copies of frames: what a network sees, and the guide of the mask in use and of the previous one, against
 * which the picture's changes are seen.
 */
export class FrameCopies {
  readonly #context: GlContext;
  readonly #pass: SmallCopyPass;
  #input: RenderTarget | null = null;
  #current: RenderTarget | null = null;
  #last: RenderTarget | null = null;
  #hasCurrent = false;
  #hasLast = false;

  constructor(context: GlContext, pass: SmallCopyPass) {
    this.#context = context;
    this.#pass = pass;
  }

  /** The small picture of the mask in use. */
  get guide(): RenderTarget | null {
    return this.#hasCurrent ? this.#current : null;
  }

  /** Of the previous mask, if it has the same size. */
  get lastGuide(): RenderTarget | null {
    const { guide } = this;
    return guide && this.#hasLast && this.#last?.width === guide.width && this.#last.height === guide.height ? this.#last : null;
  }

  /** What a network is to see of a frame; the copies keep ownership, until the next call. */
  drawInput({ texture, size: sourceSize }: GpuFrame, size: Size, rect: PictureRect | null): RenderTarget {
    this.#input = this.#pass.draw(this.#input, { source: texture, sourceSize, size, ...(rect && { rect }) });
    return this.#input;
  }

  /**
   * A new mask's guide; the one before becomes {@link lastGuide}.
   *
   * @param picture the same copy made in memory, if there is one
   */
  takeGuide({ texture, size: sourceSize }: GpuFrame, quality: Quality, picture: SmallPicture | null): void {
    const next = picture
      ? this.#upload(this.#last, picture)
      : this.#pass.draw(this.#last, { source: texture, sourceSize, size: guideSizeFor(sourceSize, quality) });
    [this.#current, this.#last] = [next, this.#current];
    this.#hasLast = this.#hasCurrent;
    this.#hasCurrent = true;
  }

  /** What came before has nothing to do with what comes. */
  clear(): void {
    this.#hasCurrent = false;
    this.#hasLast = false;
  }

  dispose(): void {
    for (const target of [this.#input, this.#current, this.#last]) if (target) this.#context.deleteTarget(target);
    this.#input = null;
    this.#current = null;
    this.#last = null;
    this.clear();
  }

  #upload(into: RenderTarget | null, picture: SmallPicture): RenderTarget {
    const target = this.#context.fitTarget(into, picture, 'rgba8');
    this.#context.uploadBytes(target.texture, picture);
    return target;
  }
}
