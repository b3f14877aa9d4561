import type { Mask, MatteLook, Quality, Size } from '../types';
import { FrameCopies, type FrameTexture } from './frame-copies';
import { GuidedPass, type Matte } from './guided-pass';
import type { GlContext, RenderTarget } from './gl-context';
import { MaskPass, type DenseMask } from './mask-pass';
import type { PictureRect, SmallCopyPass } from './small-copy-pass';
import { TimePass } from './time-pass';

/** Even the hardest edge is not cut from pixel to pixel. */
const LEAST_SOFTNESS = 0.02;

/**
 * From the network's mask to the matte, in drawing order: resolve, steady over time, fit to the picture's
 * edges. Drawn once a mask, not once a frame.
 */
export class MatteMaker {
  readonly #context: GlContext;
  readonly #copies: FrameCopies;
  readonly #mask: MaskPass;
  readonly #time: TimePass;
  readonly #guided: GuidedPass;
  /** Of the mask in use; null = to be made. */
  #resolved: { raw: RenderTarget; steady: RenderTarget } | null = null;
  #matte: { matte: Matte; key: string } | null = null;
  #quality: Quality = 'medium';
  #timeMs = 0;
  #elapsedMs = 0;

  constructor(context: GlContext, copy: SmallCopyPass) {
    this.#context = context;
    this.#copies = new FrameCopies(context, copy);
    this.#mask = new MaskPass(context);
    this.#time = new TimePass(context);
    this.#guided = new GuidedPass(context);
  }

  get hasMask(): boolean {
    return this.#mask.mask !== null;
  }

  /** Probability as the network gave it and as time steadied it, both in red; null before {@link resolve}. */
  get stages(): { raw: RenderTarget; steady: RenderTarget } | null {
    return this.#resolved;
  }

  /** The whole frame, or a part of it, as the network sees it. Its mask comes later: see {@link setMask}. */
  drawInput(frame: FrameTexture, size: Size, rect?: PictureRect): RenderTarget {
    return rect ? this.#copies.drawDetail(frame, size, rect, this.#quality) : this.#copies.drawInput(frame, size, this.#quality);
  }

  /** A mask of the frame that {@link drawInput} got last; the array stays the caller's. `timeMs`: when it arrived. */
  setMask(mask: Mask, timeMs: number): void {
    this.#mask.setMask(mask);
    this.#takeMask(timeMs);
  }

  /** The same of a mask on the GPU. */
  setDenseMask(mask: DenseMask, timeMs: number): void {
    this.#mask.setDenseMask(mask);
    this.#takeMask(timeMs);
  }

  clear(): void {
    this.#mask.clear();
    this.#copies.clear();
    this.#time.clear();
    this.#resolved = null;
    this.#matte = null;
  }

  /** @returns null without a mask; what it returns is the maker's until the next call */
  resolve(quality: Quality, look: MatteLook, output: Size): Matte | null {
    this.#quality = quality;
    const edge = edgeOf(look);
    const key = [quality, ...edge, output.width, output.height].join();
    if (this.#matte?.key === key) return this.#matte.matte;
    const { guide } = this.#copies;
    const resolved = guide && this.#steady(guide, look.temporalStrength);
    const { cellWidth } = this.#mask;
    if (!resolved || !cellWidth) return null;
    const matte = this.#guided.render({ probability: resolved.steady, guide, cell: cellWidth * guide.width, quality, output, edge });
    this.#matte = { matte, key };
    return matte;
  }

  dispose(): void {
    for (const part of [this.#copies, this.#mask, this.#time, this.#guided]) part.dispose();
    this.#resolved = null;
    this.#matte = null;
  }

  #takeMask(timeMs: number): void {
    this.#elapsedMs = timeMs - this.#timeMs;
    this.#timeMs = timeMs;
    this.#copies.takeGuide();
    this.#resolved = null;
    this.#matte = null;
  }

  #steady(guide: RenderTarget, strength: number): { raw: RenderTarget; steady: RenderTarget } | null {
    if (this.#resolved) return this.#resolved;
    const raw = this.#mask.render(guide);
    if (!raw) return null;
    // Eight bits are too few for a memory: small steps would be lost in it.
    const steady = this.#context.floatTargets
      ? this.#time.render({ probability: raw, guide, lastGuide: this.#copies.lastGuide, elapsedMs: this.#elapsedMs, strength })
      : raw;
    this.#resolved = { raw, steady };
    return this.#resolved;
  }
}

/** Probabilities between which the person fades in. */
export function edgeOf({ edgeSoftness }: MatteLook): readonly [number, number] {
  const reach = Math.max(LEAST_SOFTNESS, edgeSoftness) / 2;
  return [0.5 - reach, 0.5 + reach];
}
