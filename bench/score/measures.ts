import type { Size } from '../../src/types';
import { distancesTo } from './distance.ts';

/** Widths of the wrong pixels on either side of a moving figure; see {@link measureTrail}. */
export interface Trail {
  /** Pixels. */
  behind: number;
  /** Pixels. */
  front: number;
  /** Pictures that counted. */
  frames: number;
}

/** An alpha that is further off than this counts as wrong: 10 %. */
const WRONG = 25.5;
/** How far from the figure's rim the trail is looked for, pixels at 640 × 360. */
const TRAIL_REACH = 64;
/** The way must have been the same for this long, or what is behind was in front a moment ago. */
export const STEADY_MS = 300;

/**
 * Which way a figure moves over the pictures of {@link STEADY_MS}.
 *
 * @param centres the figure's middle in each of them, pixels
 * @returns 1 = to the right, -1 = to the left, 0 = it turned or stood
 */
export function directionOf(centres: readonly number[]): -1 | 0 | 1 {
  const steps = centres.slice(1).map((centre, index) => Math.sign(centre - (centres[index] as number)));
  const [first] = steps;
  return first && steps.every((step) => step === first) ? (first as -1 | 1) : 0;
}

/** @returns the middle of a matte's opaque pixels, pixels from the left; NaN of an empty one */
export function centreOf(matte: Uint8ClampedArray, { width }: Size): number {
  let sum = 0;
  let count = 0;
  for (let index = 0; index < matte.length; index++) {
    if ((matte[index] as number) < 128) continue;
    sum += (index % width) + 0.5;
    count += 1;
  }
  return sum / count;
}

/**
 * The error band behind a moving figure against the one in front. In each row that the figure crosses, its
 * outermost opaque pixels (reference alpha at least one half) on the left and on the right are its two rims. From
 * 64 pixels (at 640 × 360) outside a rim to 64 inside, but no further than half way to the other rim, the pixels
 * whose alpha is off by more than 10 % are counted: that is the band's width. Rows with a rim nearer to the
 * picture's side than that do not count, on either side of the figure.
 *
 * @param reference exact alpha, 0…255
 * @param direction 1 = the figure moves to the right
 * @returns mean over the rows, or null when no row counts
 */
export function measureTrail(
  reference: Uint8ClampedArray,
  predicted: Uint8ClampedArray,
  { width, height }: Size,
  direction: -1 | 1,
): { behind: number; front: number } | null {
  const reach = Math.round((TRAIL_REACH * width) / 640);
  let [left, right, rows] = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    const row = reference.subarray(y * width, (y + 1) * width);
    const first = row.findIndex((alpha) => alpha >= 128);
    const last = row.findLastIndex((alpha) => alpha >= 128);
    if (first < reach || last >= width - reach) continue;
    const inside = Math.min(reach, (last - first + 1) / 2);
    const isWrong = (x: number): boolean => Math.abs((predicted[y * width + x] as number) - (row[x] as number)) > WRONG;
    for (let x = first - reach; x < first + inside; x++) if (isWrong(x)) left += 1;
    for (let x = last + reach; x > last - inside; x--) if (isWrong(x)) right += 1;
    rows += 1;
  }
  if (rows === 0) return null;
  return direction > 0 ? { behind: left / rows, front: right / rows } : { behind: right / rows, front: left / rows };
}

/**
 * Pixels within a distance of a matte's rim: opaque pixels with a neighbour that is not (as the scorer has it;
 * the picture's side is no rim).
 *
 * @param radius pixels
 */
export function edgeBand(matte: Uint8ClampedArray, { width, height }: Size, radius: number): Uint8Array {
  const band = new Uint8Array(width * height);
  const isInside = (x: number, y: number): boolean => (matte[y * width + x] as number) >= 128;
  const reach = Math.floor(radius);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!isInside(x, y)) continue;
      const isRim = (x > 0 && !isInside(x - 1, y)) || (x + 1 < width && !isInside(x + 1, y)) || (y > 0 && !isInside(x, y - 1)) || (y + 1 < height && !isInside(x, y + 1));
      if (!isRim) continue;
      for (let v = Math.max(0, y - reach); v <= Math.min(height - 1, y + reach); v++) {
        for (let u = Math.max(0, x - reach); u <= Math.min(width - 1, x + reach); u++) {
          if ((u - x) ** 2 + (v - y) ** 2 <= radius * radius) band[v * width + u] = 1;
        }
      }
    }
  }
  return band;
}

/** RGBA pictures of one size, 0…255, opaque. */
export interface SpillPictures {
  /** What is judged: the person over the new background. */
  output: Uint8ClampedArray;
  /** With what alpha it was put there, 0…255; as long as a picture has pixels. */
  alpha: Uint8ClampedArray;
  /** The person's own colours, carried on beyond the rim: see {@link spreadColors}. */
  own: Uint8ClampedArray;
  /** The old background alone. */
  room: Uint8ClampedArray;
  /** The new background alone. */
  background: Uint8ClampedArray;
}

/** Colours closer than this (of 255, Euclidean) say nothing about which of them shows. */
const DISTINCT = 64;

/**
 * How much of the old room's colour is left in what was kept of the picture. The output less the new background's
 * share is the kept layer: its colour lies somewhere between the person's own and the room's. The place on that
 * line, times the layer's alpha, is the pixel's spill: 0 = none of the room, 1 = the room alone, fully opaque.
 * Whether a pixel should have been kept at all is the matte's matter, not the colour's. Colours as they are
 * encoded (sRGB), which is how they are blended.
 *
 * @param band pixels that count, not 0
 * @returns mean over the band, or null when no pixel counts
 */
export function measureSpill({ output, alpha, own, room, background }: SpillPictures, band: Uint8Array): number | null {
  let [sum, pixels] = [0, 0];
  for (let pixel = 0; pixel < band.length; pixel++) {
    const at = pixel * 4;
    if (!band[pixel] || (own[at + 3] as number) === 0) continue;
    const kept = (alpha[pixel] as number) / 255;
    let [along, length] = [0, 0];
    for (let channel = at; channel < at + 3; channel++) {
      const difference = (room[channel] as number) - (own[channel] as number);
      const layer = (output[channel] as number) - (1 - kept) * (background[channel] as number);
      along += (layer - kept * (own[channel] as number)) * difference;
      length += difference * difference;
    }
    if (length < DISTINCT * DISTINCT) continue;
    sum += Math.min(kept, Math.max(0, along / length));
    pixels += 1;
  }
  return pixels === 0 ? null : sum / pixels;
}

/** From this alpha on a pixel's own colour is known well enough. */
const KNOWN = 64;

/**
 * A figure's own colours, carried on from its rim to the pixels around it.
 *
 * @param figure RGBA, straight alpha
 * @param reach pixels
 * @returns RGB, and alpha 255 where there is a colour
 */
export function spreadColors(figure: Uint8ClampedArray, { width, height }: Size, reach: number): Uint8ClampedArray {
  const own = new Uint8ClampedArray(figure.length);
  let rim: number[] = [];
  for (let at = 0; at < figure.length; at += 4) {
    if ((figure[at + 3] as number) < KNOWN) continue;
    own.set([figure[at] as number, figure[at + 1] as number, figure[at + 2] as number, 255], at);
    rim.push(at / 4);
  }
  for (let step = 0; step < reach; step++) {
    const next: number[] = [];
    for (const pixel of rim) {
      const x = pixel % width;
      const y = (pixel - x) / width;
      for (const [u, v] of [[x - 1, y], [x + 1, y], [x, y - 1], [x, y + 1]] as const) {
        const to = (v * width + u) * 4;
        if (u < 0 || v < 0 || u >= width || v >= height || own[to + 3]) continue;
        own.copyWithin(to, pixel * 4, pixel * 4 + 4);
        next.push(to / 4);
      }
    }
    rim = next;
  }
  return own;
}

/** Plain alpha blending: the frame, the room in it and all, weighed with the matte. All RGBA but the matte. */
export function blendPlainly(frame: Uint8ClampedArray, background: Uint8ClampedArray, matte: Uint8ClampedArray): Uint8ClampedArray<ArrayBuffer> {
  const blended = new Uint8ClampedArray(frame.length);
  for (let at = 0; at < frame.length; at++) {
    const alpha = at % 4 === 3 ? 1 : (matte[at >> 2] as number) / 255;
    blended[at] = (frame[at] as number) * alpha + (background[at] as number) * (1 - alpha);
  }
  return blended;
}

/** How near the person the room may be seen without counting: what lies there is the edge's matter. Pixels at 640 × 360. */
const ROOM_MARGIN = 4;
/** From this much of the person's matte on (5 %) a pixel is the person's own; below it lies the coding's noise. */
const PERSON = 13;
/** From this alpha on (10 %, the same as {@link WRONG}) the eye tells the room from the new background. */
const SEEN = WRONG;

/**
 * In how much of the picture the room is seen: pixels further than 4 pixels (at 640 × 360) from the person's exact
 * matte whose alpha is over 10 %.
 *
 * @param reference exact alpha, 0…255
 * @returns share of all the picture's pixels, 0…1
 */
export function measureRoomShare(reference: Uint8ClampedArray, predicted: Uint8ClampedArray, size: Size): number {
  const seen = findRoom(reference, predicted, size);
  return seen.reduce((sum, pixel) => sum + pixel, 0) / seen.length;
}

/** @returns 1 for each pixel in which the room is seen, as {@link measureRoomShare} counts them */
export function findRoom(reference: Uint8ClampedArray, predicted: Uint8ClampedArray, size: Size): Uint8Array {
  const margin = (ROOM_MARGIN * size.width) / 640;
  const distances = distancesTo((pixel) => (reference[pixel] as number) >= PERSON, size);
  return Uint8Array.from(distances, (distance, pixel) => (distance > margin && (predicted[pixel] as number) > SEEN ? 1 : 0));
}
