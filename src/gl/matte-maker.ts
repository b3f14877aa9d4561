import { VirtualBackgroundError } from '../errors';
import type { Mask, MatteLook, PictureRect, Quality, Size, SmallPicture } from '../types';
import { FrameCopies } from './frame-copies';
import type { GpuFrame } from './frame-ring';
import { GuidedPass, type Matte } from './guided-pass';
import type { GlContext, RenderTarget } from './gl-context';
import { MaskPass } from './mask-pass';
import type { SmallCopyPass } from './small-copy-pass';
import { TimePass } from './time-pass';

/** Even the hardest edge is not cut from pixel to pixel. */
const LEAST_SOFTNESS = 0.02;

export interface MaskOptions {
  quality: Quality;
  /** When the mask's frame arrived, milliseconds; any clock that only goes forward. */
  timeMs?: number;
  /** The small picture that guides the matte, of {@link guideSizeFor}'s size; drawn from the frame when left out. */
  guide?: SmallPicture | null;
}

/**
 * From the network's mask to the matte, in drawing order: resolve, steady over time, fit to the picture's
 * edges. Drawn once a mask. A matte belongs to the frame whose mask it was made of, and to no other.
 */
export class MatteMaker {
  readonly #context: GlContext;
  readonly #copies: FrameCopies;
  readonly #mask: MaskPass;
  readonly #time: TimePass;
  readonly #guided: GuidedPass;
  /** Whose mask is in use. */
  #frame: GpuFrame | null = null;
  /** Of the mask in use; null = to be made. */
  #resolved: { raw: RenderTarget; steady: RenderTarget } | null = null;
  #matte: { matte: Matte; key: string } | null = null;
  #timeMs = 0;
  #elapsedMs = 0;

  constructor(context: GlContext, copy: SmallCopyPass) {
    this.#context = context;
    this.#copies = new FrameCopies(context, copy);
    this.#mask = new MaskPass(context);
    this.#time = new TimePass(context);
    this.#guided = new GuidedPass(context);
  }

  /** Whether there is a mask that was made for this frame. */
  hasMaskOf(frame: GpuFrame): boolean {
    return this.#frame === frame;
  }

  /** Probability as the network gave it and as time steadied it, both in red; null before {@link resolve}. */
  get stages(): { raw: RenderTarget; steady: RenderTarget } | null {
    return this.#resolved;
  }

  /** What a network is to see of a frame; the maker keeps ownership. */
  drawInput(frame: GpuFrame, size: Size, rect: PictureRect | null): RenderTarget {
    return this.#copies.drawInput(frame, size, rect);
  }

  /**
   * The mask that was made for a frame; the array stays the caller's.
   *
   * @throws VirtualBackgroundError `internal` where the GPU has no memory left; the frame has no mask then
   */
  setMask(frame: GpuFrame, mask: Mask, { quality, timeMs = performance.now(), guide = null }: MaskOptions): void {
    this.#mask.setMask(mask);
    // A texture that found no memory holds another frame's picture or mask still: one would cut the room from the other.
    if (this.#context.takeOutOfMemory()) throw new VirtualBackgroundError('internal', 'The GPU has no memory left for frames');
    this.#copies.takeGuide(frame, quality, guide);
    this.#frame = frame;
    this.#elapsedMs = timeMs - this.#timeMs;
    this.#timeMs = timeMs;
    this.#resolved = null;
    this.#matte = null;
  }

  clear(): void {
    this.#mask.clear();
    this.#copies.clear();
    this.#time.clear();
    this.#frame = null;
    this.#resolved = null;
    this.#matte = null;
  }

  /** @returns null without a mask of this frame; what it returns is the maker's until the next call */
  resolve(frame: GpuFrame, quality: Quality, look: MatteLook, output: Size): Matte | null {
    if (!this.hasMaskOf(frame)) return null;
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
    this.#frame = null;
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
