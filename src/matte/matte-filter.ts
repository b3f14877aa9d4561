import type { Mask, Quality, Size, SmallPicture } from '../types';
import { GuidedFilter } from './guided-filter';
import { resolveMask } from './probability';
import { Steadier } from './steady';
import { judgeBlocks, type Verdicts } from './verdicts';

export interface MatteRequest {
  /** Of the same frame as the guide. */
  mask: Mask;
  guide: SmallPicture;
  /** Of the previous mask; null = there was none, or it has nothing to do with this one. */
  lastGuide: SmallPicture | null;
  /** Between the two masks' frames. */
  elapsedMs: number;
  quality: Quality;
  /** See {@link Steadier}. */
  strength: number;
}

/** What a person's edge looks like, at the guide's size. Borrowed from the filter until it is used again. */
export interface Matte extends Size {
  /** Person probability as the network gave it, and as time steadied it, 0…1. */
  raw: Float32Array;
  steady: Float32Array;
  /** The line alpha = a·(RGB − 0.5) + b: a in three values of each four, b in the fourth. */
  lines: Float32Array;
  /** The person's colour around each texel, RGB 0…255, sRGB-encoded, and the mean probability, 0…255. */
  person: Uint8Array;
  /** The room's colour, RGB 0…255; the fourth byte says nothing. */
  room: Uint8Array;
  /** Mean probability around each texel, 0…1. */
  mean: Float32Array;
}

/**
 * From the network's mask to the matte, as arithmetic on small arrays: resolve, steady over time, fit to the picture's
 * edges. The same for both mask sources and on every GPU.
 */
export class MatteFilter {
  readonly #steadier = new Steadier();
  #guided: GuidedFilter | null = null;
  #raw = new Float32Array(0);
  #steady = new Float32Array(0);

  make({ mask, guide, lastGuide, elapsedMs, quality, strength }: MatteRequest): Matte {
    const size = { width: guide.width, height: guide.height };
    const guided = this.#fit(size);
    const [raw, steady] = [this.#raw, this.#steady];
    resolveMask(mask, size, raw);
    steady.set(raw);
    const isComparable = lastGuide?.width === size.width && lastGuide.height === size.height;
    this.#steadier.apply({ ...size, probability: steady, guide: guide.pixels, lastGuide: isComparable ? lastGuide.pixels : null, elapsedMs, strength });
    const cell = size.width / (mask.width * mask.geometry.scaleX);
    guided.apply({ probability: steady, guide: guide.pixels, cell, quality });
    return { ...size, raw, steady, lines: guided.lines, person: guided.person, room: guided.room, mean: guided.mean };
  }

  /** What comes next has nothing to do with what came before. */
  clear(): void {
    this.#steadier.clear();
  }

  #fit(size: Size): GuidedFilter {
    const { width, height } = size;
    if (this.#guided?.size.width === width && this.#guided.size.height === height) return this.#guided;
    this.#raw = new Float32Array(width * height);
    this.#steady = new Float32Array(width * height);
    this.#guided = new GuidedFilter(size);
    return this.#guided;
  }
}

/** Which parts of the output a matte leaves in doubt. */
export function verdictsOf({ width, height, lines, mean }: Matte, output: Size, edge: readonly [number, number]): Verdicts {
  return judgeBlocks({ size: { width, height }, lines, mean, output, edge });
}
