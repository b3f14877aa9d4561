import type { Quality, Size } from '../types';
import type { GlContext, RenderTarget } from './gl-context';
import type { PictureRect, SmallCopyPass } from './small-copy-pass';

/** Longer side of the picture that guides the matte; the matte has its size. */
const GUIDE_LONG_SIDE: Record<Quality, number> = { low: 128, medium: 160, high: 256 };

/** A frame on the GPU. */
export interface FrameTexture {
  texture: WebGLTexture;
  /** Pixels, as shown. */
  size: Size;
}

/**
 * Small copies of frames. What the networks see is made of the newest frame; the guides belong to masks, and a
 * mask comes later than the frame that it was made of, so three of them take turns: one that waits for its
 * mask, the one of the mask in use and the one before, against which the picture's changes are seen.
 */
export class FrameCopies {
  readonly #context: GlContext;
  readonly #pass: SmallCopyPass;
  #input: RenderTarget | null = null;
  #detail: RenderTarget | null = null;
  #waiting: RenderTarget | null = null;
  #current: RenderTarget | null = null;
  #last: RenderTarget | null = null;
  #isWaiting = false;
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

  /** Of the mask before, if it has the same size. */
  get lastGuide(): RenderTarget | null {
    const { guide } = this;
    return guide && this.#hasLast && this.#last?.width === guide.width && this.#last.height === guide.height ? this.#last : null;
  }

  /** The whole frame for the network. A guide of the same frame then waits for the mask. */
  drawInput(frame: FrameTexture, size: Size, quality: Quality): RenderTarget {
    this.#drawGuide(frame, quality);
    this.#input = this.#pass.draw(this.#input, { source: frame.texture, sourceSize: frame.size, size });
    return this.#input;
  }

  /** A part of the frame for the network. A guide of the frame then waits for the mask. */
  drawDetail(frame: FrameTexture, size: Size, rect: PictureRect, quality: Quality): RenderTarget {
    this.#drawGuide(frame, quality);
    this.#detail = this.#pass.draw(this.#detail, { source: frame.texture, sourceSize: frame.size, size, rect });
    return this.#detail;
  }

  /** The mask of the frame whose copy was drawn last has come. */
  takeGuide(): void {
    if (!this.#isWaiting) return;
    [this.#waiting, this.#current, this.#last] = [this.#last, this.#waiting, this.#current];
    this.#isWaiting = false;
    this.#hasLast = this.#hasCurrent;
    this.#hasCurrent = true;
  }

  /** What came before has nothing to do with what comes. */
  clear(): void {
    this.#isWaiting = false;
    this.#hasCurrent = false;
    this.#hasLast = false;
  }

  dispose(): void {
    for (const target of [this.#input, this.#detail, this.#waiting, this.#current, this.#last]) if (target) this.#context.deleteTarget(target);
    this.#input = null;
    this.#detail = null;
    this.#waiting = null;
    this.#current = null;
    this.#last = null;
    this.clear();
  }

  #drawGuide({ texture, size }: FrameTexture, quality: Quality): void {
    const scale = Math.min(1, GUIDE_LONG_SIDE[quality] / Math.max(size.width, size.height));
    const guideSize = { width: Math.max(1, Math.round(size.width * scale)), height: Math.max(1, Math.round(size.height * scale)) };
    this.#waiting = this.#pass.draw(this.#waiting, { source: texture, sourceSize: size, size: guideSize });
    this.#isWaiting = true;
  }
}
