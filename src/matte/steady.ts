import type { Size } from '../types';
import { mix, smoothstep } from './curves';

/** Where the picture is still, a new mask counts less the sooner it follows the last one: a mean over this long. */
const REST_MS = 400;
/** Change of a colour channel, 0…255, between a camera's noise (averaged over the small picture's pixel) and motion. */
const NOISE = 0.025 * 255;
const MOTION = 0.1 * 255;

export interface SteadyRequest extends Size {
  /** Of this mask; steadied in place. */
  probability: Float32Array;
  /** The small picture of this mask's frame, RGBA 0…255. */
  guide: Uint8Array;
  /** Of the mask before; null = there is none of the same size to compare with. */
  lastGuide: Uint8Array | null;
  /** Between the two masks' frames. */
  elapsedMs: number;
  /** 0 = every mask as it comes, 1 = as steady as can be. */
  strength: number;
}

/**
 * Steadies the person probability where the picture is still and lets it through where it moves, so that the edge neither
 * flickers nor trails.
 */
export class Steadier {
  #history: Float32Array | null = null;

  apply({ probability, guide, lastGuide, elapsedMs, strength, width, height }: SteadyRequest): void {
    const history = this.#history?.length === probability.length ? this.#history : null;
    const rest = history && lastGuide ? strength * Math.exp(-Math.max(0, elapsedMs) / REST_MS) : 0;
    if (rest > 0) blend({ now: probability, before: history as Float32Array, changes: changesOf(guide, lastGuide as Uint8Array, { width, height }), gain: 1 - rest });
    const kept = history ?? new Float32Array(probability.length);
    kept.set(probability);
    this.#history = kept;
  }

  /** What comes next has nothing to do with what came before. */
  clear(): void {
    this.#history = null;
  }
}

function blend({ now, before, changes, gain: least }: { now: Float32Array; before: Float32Array; changes: Float32Array; gain: number }): void {
  for (let at = 0; at < now.length; at++) {
    const seen = now[at] as number;
    const known = before[at] as number;
    const disagreement = Math.abs(seen - known);
    if (disagreement === 0) continue;
    const moved = changes[at] as number;
    let gain = least;
    if (moved > NOISE) {
      // Where the picture moves, an edge that goes along makes a big difference; small ones are the network's mood.
      const follow = mix(mix(least, 1, 0.35), 1, smoothstep(0.1, 0.35, disagreement));
      gain = mix(least, follow, smoothstep(NOISE, MOTION, moved));
    }
    // A network that has changed its mind for good is believed, sooner than one that wavers.
    gain = Math.max(gain, 0.5 * smoothstep(0.5, 0.9, disagreement));
    now[at] = known + gain * (seen - known);
  }
}

/**
 * How much the picture has changed at each place, 0…255, the largest of the three channels. Two corners between four
 * pixels each count, too: an edge that moves by less than a pixel changes only one side of it.
 */
function changesOf(guide: Uint8Array, lastGuide: Uint8Array, { width, height }: Size): Float32Array {
  const changes = new Float32Array(width * height);
  let above = new Float32Array(width + 1);
  let below = new Float32Array(width + 1);
  changesAtCorners(guide, lastGuide, { width, height }, 0, above);
  for (let y = 0, at = 0; y < height; y++) {
    changesAtCorners(guide, lastGuide, { width, height }, y + 1, below);
    for (let x = 0; x < width; x++, at++) {
      const pixel = at * 4;
      let most = Math.max(above[x] as number, below[x + 1] as number);
      for (let channel = pixel; channel < pixel + 3; channel++) most = Math.max(most, Math.abs((guide[channel] as number) - (lastGuide[channel] as number)));
      changes[at] = most;
    }
    [above, below] = [below, above];
  }
  return changes;
}

/** Changes of the means of the four pixels around each corner of the pixels of two rows. */
function changesAtCorners(guide: Uint8Array, lastGuide: Uint8Array, { width, height }: Size, row: number, into: Float32Array): void {
  const upper = 4 * Math.max(0, row - 1) * width;
  const lower = 4 * Math.min(height - 1, row) * width;
  for (let x = 0; x <= width; x++) {
    const left = 4 * Math.max(0, x - 1);
    const right = 4 * Math.min(width - 1, x);
    const [topLeft, topRight, bottomLeft, bottomRight] = [upper + left, upper + right, lower + left, lower + right];
    let most = 0;
    for (let channel = 0; channel < 3; channel++) {
      const [a, b, c, d] = [topLeft + channel, topRight + channel, bottomLeft + channel, bottomRight + channel];
      const now = (guide[a] as number) + (guide[b] as number) + (guide[c] as number) + (guide[d] as number);
      const before = (lastGuide[a] as number) + (lastGuide[b] as number) + (lastGuide[c] as number) + (lastGuide[d] as number);
      most = Math.max(most, Math.abs(now - before));
    }
    into[x] = most / 4;
  }
}
