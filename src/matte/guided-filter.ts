import type { Quality, Size } from '../types';
import { WindowSums, type Window } from './window-sums';

/** Reach of a window on either side, in cells of the network's mask; but at least a texel, at most this share of the longer side. */
const REACH_CELLS = 0.8;
const MOST_REACH = 0.05;
/** Variance of the guide (0…1 each channel) below which the picture counts as flat. */
const EPSILON: Record<Quality, number> = { low: 1e-3, medium: 1e-3, high: 5e-4 };
/** Variance of p below which a window holds too little of one side to tell its colour. */
const LEAST = 0.005;
/** Variance of p of a window that lies on one side altogether. */
const FLAT = 1e-7;
/**
 * A soft mask rises more slowly than the edge under it, so a window's line ends short of both sides' colours, and
 * texels that hold both bring the spread down. Chosen by colour error and spill of drawn figures (npm run score).
 */
const BEYOND = 1.6;
const SPREAD = 1.4;

export interface GuidedRequest {
  /** Person probability, of the guide's size. */
  probability: Float32Array;
  /** The small picture of the same frame, RGBA 0…255, sRGB-encoded. */
  guide: Uint8Array;
  /** Size of one mask cell in pixels of the guide. */
  cell: number;
  quality: Quality;
}

/**
 * Fits the person probability to the small picture's edges: for each texel the line `alpha = a·(RGB − 0.5) + b`, into
 * which the composite pass puts each full-size frame's own colours, so that the edge is as sharp as the frame. The same
 * sums, read the other way round, give the colours of the person and of the room on either side of the edge.
 *
 * He, Sun, Tang, "Guided Image Filtering", 2010, on a small copy as in He and Sun, "Fast Guided Filter", 2015. The guide
 * is luma and two colour differences, which hardly depend on each other in pictures, so that its 3 × 3 covariance comes
 * down to its diagonal. Small windows of small pictures: cheaper here than as passes of a software GPU
 * (`npm run bench -- --passes`), and the same on every GPU.
 */
export class GuidedFilter {
  readonly size: Size;
  /** a in the first three of each four values, b in the fourth. */
  readonly lines: Float32Array;
  /** The person's colour around each texel, RGB 0…255, and the mean probability as the fourth byte. */
  readonly person: Uint8Array;
  /** The room's. */
  readonly room: Uint8Array;
  /** Mean probability of each window. */
  readonly mean: Float32Array;
  readonly #channels = [createChannel(), createChannel(), createChannel()] as const;
  readonly #sums: WindowSums;
  /** The lines before they are smoothed. */
  readonly #fitted: Float32Array;

  constructor(size: Size) {
    const count = size.width * size.height;
    this.size = { width: size.width, height: size.height };
    this.lines = new Float32Array(4 * count);
    this.#fitted = new Float32Array(4 * count);
    this.person = new Uint8Array(4 * count);
    this.room = new Uint8Array(4 * count);
    this.mean = new Float32Array(count);
    this.#sums = new WindowSums(size);
  }

  apply({ probability, guide, cell, quality }: GuidedRequest): void {
    const { width, height } = this.size;
    const reach = Math.round(Math.max(1, Math.min(MOST_REACH * Math.max(width, height), REACH_CELLS * cell)));
    const epsilon = EPSILON[quality];
    this.#sums.fill(probability, guide);
    this.#sums.forEach(reach, (at, window) => {
      const p = window.mean(0);
      const variance = window.mean(1) - p * p;
      if (variance > FLAT) this.#solve(at, window, p, variance, epsilon);
      else this.#keepFlat(guide, 4 * at, p);
      this.mean[at] = p;
      this.person[4 * at + 3] = 255 * p + 0.5;
    });
    smooth(this.#fitted, this.size, this.lines);
  }

  /** On one side there is no line, and both colours are the picture's own. */
  #keepFlat(guide: Uint8Array, to: number, p: number): void {
    for (let channel = 0; channel < 3; channel++) {
      this.#fitted[to + channel] = 0;
      this.person[to + channel] = this.room[to + channel] = guide[to + channel] as number;
    }
    this.#fitted[to + 3] = p;
  }

  #solve(at: number, window: Window, p: number, variance: number, epsilon: number): void {
    // In a window of two plain colours, p of it the person's, the one lies sqrt((1 − p) / p) spreads from the mean and
    // the other as far the other way round: the line goes no further.
    const odds = Math.sqrt((1 - p + 0.02) / (p + 0.02));
    const [luma, blue, red] = this.#channels;
    solveChannel(luma, window, 2, { p, variance, epsilon, odds });
    solveChannel(blue, window, 5, { p, variance, epsilon, odds });
    solveChannel(red, window, 8, { p, variance, epsilon, odds });
    const to = 4 * at;
    const fitted = this.#fitted;
    fitted[to] = 0.299 * luma.slope - 0.169 * blue.slope + 0.5 * red.slope;
    fitted[to + 1] = 0.587 * luma.slope - 0.331 * blue.slope - 0.419 * red.slope;
    fitted[to + 2] = 0.114 * luma.slope + 0.5 * blue.slope - 0.081 * red.slope;
    fitted[to + 3] = p - luma.slope * luma.mean - blue.slope * blue.mean - red.slope * red.mean;
    writeColor(this.person, to, luma.person, blue.person, red.person);
    writeColor(this.room, to, luma.room, blue.room, red.room);
  }
}

/** A channel of a window's line: written again for each window. */
interface Channel {
  mean: number;
  slope: number;
  person: number;
  room: number;
}

interface WindowFit {
  /** Mean and variance of the probability. */
  p: number;
  variance: number;
  epsilon: number;
  odds: number;
}

const createChannel = (): Channel => ({ mean: 0, slope: 0, person: 0, room: 0 });

/** @param sum the channel's first in {@link Window.mean} */
function solveChannel(channel: Channel, window: Window, sum: number, { p, variance, epsilon, odds }: WindowFit): void {
  const mean = window.mean(sum);
  const together = window.mean(sum + 1) - mean * p;
  const ownVariance = Math.max(0, window.mean(sum + 2) - mean * mean);
  channel.mean = mean;
  channel.slope = together / (ownVariance + epsilon);
  // The same sums the other way round: the colour that goes with each probability, carried on to 1 and to 0.
  const perProbability = (BEYOND * together) / (variance + LEAST);
  const spread = SPREAD * Math.sqrt(ownVariance);
  channel.person = mean + Math.min(spread * odds, Math.max(-spread * odds, perProbability * (1 - p)));
  channel.room = mean - Math.min(spread / odds, Math.max(-spread / odds, perProbability * p));
}

function writeColor(into: Uint8Array, at: number, luma: number, blue: number, red: number): void {
  into[at] = toByte(luma + 1.402 * red);
  into[at + 1] = toByte(luma - 0.344 * blue - 0.714 * red);
  into[at + 2] = toByte(luma + 1.772 * blue);
}

/** @param value −0.5…0.5 */
function toByte(value: number): number {
  const byte = 255 * (value + 0.5) + 0.5;
  return byte < 0 ? 0 : byte > 255 ? 255 : byte;
}

/** Neighbouring windows overlap, and a pixel takes the mean of the lines that were fitted around it: 1, 2, 1 along both axes. */
function smooth(fitted: Float32Array, { width, height }: Size, into: Float32Array): void {
  const stride = 4 * width;
  const row = new Float32Array(stride);
  for (let y = 0, to = 0; y < height; y++) {
    const above = Math.max(0, y - 1) * stride;
    const here = y * stride;
    const below = Math.min(height - 1, y + 1) * stride;
    for (let at = 0; at < stride; at++) row[at] = (fitted[above + at] as number) + 2 * (fitted[here + at] as number) + (fitted[below + at] as number);
    for (let at = 0; at < stride; at++, to++) {
      const left = at < 4 ? at : at - 4;
      const right = at < stride - 4 ? at + 4 : at;
      into[to] = ((row[left] as number) + 2 * (row[at] as number) + (row[right] as number)) / 16;
    }
  }
}
