import type { Size } from '../types';

/** Output pixels along each side of a block, that are judged together. */
export const BLOCK = 8;
/** Light wraps around the person as far as the mean probability is below this. */
const INSIDE = 0.97;

export const VERDICTS = ['background', 'rim', 'person'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** One of {@link VERDICTS} for each block of output pixels, by its index, top row first; hold for any frame's colours. */
export interface Verdicts extends Size {
  values: Uint8Array;
}

export interface VerdictRequest {
  /** Of the matte's texels. */
  size: Size;
  lines: Float32Array;
  /** Mean probability of each texel's window. */
  mean: Float32Array;
  output: Size;
  /** Probabilities between which the person fades in. */
  edge: readonly [number, number];
}

/**
 * Tells for each block of output pixels whether it is surely background, surely person or a rim, so that only what is
 * seen gets drawn. Linear filtering never leaves the range of the texels that it mixes, and a colour lies within 0…1: so
 * the lines of the texels under a block, and one around it, bound the matte of each of its pixels.
 */
export function judgeBlocks({ size, lines, mean, output, edge }: VerdictRequest): Verdicts {
  const count = size.width * size.height;
  const [lowest, highest] = [new Float32Array(count), new Float32Array(count)];
  for (let at = 0, line = 0; at < count; at++, line += 4) {
    const reach = 0.5 * (Math.abs(lines[line] as number) + Math.abs(lines[line + 1] as number) + Math.abs(lines[line + 2] as number));
    lowest[at] = (lines[line + 3] as number) - reach;
    // Negative, so that of these, too, the least is looked for.
    highest[at] = -(lines[line + 3] as number) - reach;
  }
  const blocks: Size = { width: Math.ceil(output.width / BLOCK), height: Math.ceil(output.height / BLOCK) };
  const columns = rangesAlong(blocks.width, output.width, size.width);
  const rows = rangesAlong(blocks.height, output.height, size.height);
  const values = new Uint8Array(blocks.width * blocks.height);
  const least = leastOf(lowest, size, columns, rows);
  const most = leastOf(highest, size, columns, rows);
  const within = leastOf(mean, size, columns, rows);
  for (let at = 0; at < values.length; at++) {
    const isBackground = -(most[at] as number) <= edge[0];
    const isPerson = (least[at] as number) >= edge[1] && (within[at] as number) > INSIDE;
    values[at] = VERDICTS.indexOf(isBackground ? 'background' : isPerson ? 'person' : 'rim');
  }
  return { ...blocks, values };
}

/** First and last texel that a block's pixels are filtered from. */
function rangesAlong(blocks: number, pixels: number, texels: number): Int32Array {
  const ranges = new Int32Array(2 * blocks);
  for (let block = 0; block < blocks; block++) {
    const [start, end] = [block * BLOCK, Math.min(pixels, (block + 1) * BLOCK)].map((pixel) => (pixel / pixels) * texels) as [number, number];
    ranges[2 * block] = Math.max(0, Math.floor(start - 0.5));
    ranges[2 * block + 1] = Math.min(texels - 1, Math.floor(end + 0.5));
  }
  return ranges;
}

/** The least value of the texels of each block. */
function leastOf(values: Float32Array, size: Size, columns: Int32Array, rows: Int32Array): Float32Array {
  const across = columns.length / 2;
  const along = new Float32Array(across * size.height);
  for (let row = 0, to = 0; row < size.height; row++) {
    for (let block = 0; block < across; block++, to++) {
      let least = Infinity;
      for (let at = row * size.width + (columns[2 * block] as number), end = row * size.width + (columns[2 * block + 1] as number); at <= end; at++) least = Math.min(least, values[at] as number);
      along[to] = least;
    }
  }
  const found = new Float32Array((across * rows.length) / 2);
  for (let row = 0, to = 0; row < rows.length / 2; row++) {
    for (let block = 0; block < across; block++, to++) {
      let least = Infinity;
      for (let texels = rows[2 * row] as number; texels <= (rows[2 * row + 1] as number); texels++) least = Math.min(least, along[texels * across + block] as number);
      found[to] = least;
    }
  }
  return found;
}
