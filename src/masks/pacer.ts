import type { Mask, Quality } from '../types';

/**
 * Share of one core that finding the person may take, where it runs on the processor: the rest is for drawing,
 * for the encoder and for the page. Masks come less often in between; the picture doesn't.
 */
export const INFERENCE_SHARE: Record<Quality, number> = { low: 0.25, medium: 0.42, high: 0.8 };
/** How far an outline may move before it wants a new mask, as a share of the picture's width: 2 px of 640. */
const BEARABLE_SHIFT = 0.003;
/** Even for a person who sits still, who may get up at any time. */
const CALM_INTERVAL_MS: Record<Quality, number> = { low: 150, medium: 140, high: 66 };

/**
 * The next mask is asked for after this at the latest, whatever it costs: the one before is too old two seconds after its
 * frame, and the inference has to fit in between.
 */
export const LONGEST_INTERVAL_MS = 1000;

export interface MaskCost {
  inferenceMs: number;
  /** Drawing and reading the small picture. */
  inputMs: number;
}

/**
 * Says when the next mask is due: often while the outline moves, seldom while it rests, and no more often than the
 * share of the processor allows, as long as the masks don't grow too old by that.
 */
export class MaskPacer {
  #previous: { mask: Mask; timeMs: number } | null = null;
  #intervalMs = 0;
  /** What the last masks and their input took, milliseconds of one core. */
  #costsMs = [0, 0];

  /** Another source or another network: masks cannot be compared. */
  reset(): void {
    this.#previous = null;
    this.#intervalMs = 0;
    this.#costsMs = [0, 0];
  }

  /** From one request to the next, milliseconds. */
  get intervalMs(): number {
    return this.#intervalMs;
  }

  /** The last mask was only half of what is wanted: the other half is due at once. */
  hurry(): void {
    this.#intervalMs = 0;
  }

  /**
   * @param timeMs when the mask's frame arrived
   * @param share of one core
   */
  update(mask: Mask, timeMs: number, { inferenceMs, inputMs }: MaskCost, quality: Quality, share = INFERENCE_SHARE[quality]): void {
    // Where GL is software the matte's passes come out of the same processor; they cost about twice what the input did.
    const costMs = inferenceMs + 3 * inputMs;
    this.#costsMs = [...this.#costsMs.slice(-2), costMs];
    // The median of three: one that was held up, or the first, which compiles shaders, would put off the next for seconds.
    const affordableMs = ([...this.#costsMs].sort((a, b) => a - b)[1] as number) / share;
    const previous = this.#previous;
    this.#previous = { mask, timeMs };
    let wantedMs = 0;
    if (previous && comparable(previous.mask, mask)) {
      const shift = outlineShift(previous.mask, mask) / (mask.width * mask.geometry.scaleX);
      const elapsedMs = Math.max(1, timeMs - previous.timeMs);
      wantedMs = Math.min(CALM_INTERVAL_MS[quality], (BEARABLE_SHIFT * elapsedMs) / Math.max(shift, 1e-6));
    }
    this.#intervalMs = Math.min(LONGEST_INTERVAL_MS, Math.max(affordableMs, wantedMs));
  }
}

function comparable(a: Mask, b: Mask): boolean {
  const sameSize = a.width === b.width && a.height === b.height && a.kind === b.kind;
  return sameSize && a.geometry.offsetX === b.geometry.offsetX && a.geometry.offsetY === b.geometry.offsetY && a.geometry.scaleX === b.geometry.scaleX;
}

/**
 * Mean distance that the outline moved between two masks, in cells: the area that changed sides, divided by
 * the outline's length. Coarse networks move in fractions of a cell, so the area is counted softly.
 */
export function outlineShift(before: Mask, after: Mask): number {
  const { data, width, height, kind } = after;
  const inside = kind === 'logit' ? 0 : 0.5;
  const softness = kind === 'logit' ? 4 : 1;
  let changed = 0;
  let outline = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const value = data[at] as number;
      const was = before.data[at] as number;
      const isInside = value > inside;
      if (x + 1 < width && (data[at + 1] as number) > inside !== isInside) outline += 1;
      if (y + 1 < height && (data[at + width] as number) > inside !== isInside) outline += 1;
      changed += Math.abs(clamp((value - inside) / softness) - clamp((was - inside) / softness));
    }
  }
  return outline === 0 ? (changed > 1 ? Infinity : 0) : changed / outline;
}

function clamp(value: number): number {
  return Math.min(0.5, Math.max(-0.5, value));
}
