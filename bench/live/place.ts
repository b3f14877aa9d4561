import type { Size } from '../../src/types';
import { distancesTo } from '../score/distance.ts';
import { codeSize, type Place } from './code.ts';

/** Where the code stands stays the same as long as it lies at least this deep, as a share of the deepest place. */
const DEEP_ENOUGH = 0.7;
/** Alpha from which a pixel is the person through and through. */
const OPAQUE = 250;

/**
 * Follows a person from picture to picture with a place for the code that lies deep inside of them: a place that
 * even a late or a clumsy mask still shows.
 */
export class PlaceFinder {
  readonly #size: Size;
  #last: Place | null = null;
  /** How far the code's corners were from the person's edge at worst, pixels. */
  leastMargin = Infinity;

  constructor(size: Size) {
    this.#size = size;
  }

  /**
   * @param matte exact alpha, 0…255
   * @throws Error where the person has no room for the code
   */
  find(matte: Uint8ClampedArray): Place {
    const { width, height } = this.#size;
    const half = codeSize(this.#size) / 2;
    const distances = distancesTo((pixel) => (matte[pixel] as number) < OPAQUE, this.#size);
    const corner = half * Math.SQRT2;
    // The picture's side may be as near as the person's edge, but it meets the code's sides and not its corners.
    const depthAt = ({ x, y }: Place): number => Math.min(distances[y * width + x] as number, Math.min(x, y, width - x, height - y) - half + corner);
    let deepest: Place = { x: half, y: half };
    // Even, as cells are: see cellSize().
    for (let y = 2 * Math.ceil(half / 2); y <= height - half; y += 2) {
      for (let x = 2 * Math.ceil(half / 2); x <= width - half; x += 2) if (depthAt({ x, y }) > depthAt(deepest)) deepest = { x, y };
    }
    const kept = this.#last && depthAt(this.#last) >= DEEP_ENOUGH * depthAt(deepest) ? this.#last : deepest;
    const margin = depthAt(kept) - corner;
    if (margin < 0) throw new Error(`The person has no room for the code: ${(-margin).toFixed(1)} px too narrow`);
    this.leastMargin = Math.min(this.leastMargin, margin);
    this.#last = kept;
    return kept;
  }
}
