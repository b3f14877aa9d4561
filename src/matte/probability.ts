import type { Mask, Size } from '../types';

type Layer = Omit<Mask, 'rect' | 'around'>;

/** Where along one axis of a mask each value of the wanted size lies: neighbouring cells and what each counts. */
interface Taps {
  count: number;
  cells: Int32Array;
  weights: Float32Array;
}

/** Width of the seam along the sides of a part of the frame, as a share of the part: nobody is to stand in it. */
const SEAM = 0.03;
/** Sides this near to the frame's own have no seam. */
const SIDE_SLACK = 1e-3;
const WHOLE_FRAME = { x: 0, y: 0, width: 1, height: 1 } as const;

/**
 * The network's coarse output as a smooth person probability at the size of the small picture. A mask that is coarser is
 * interpolated by a uniform cubic B-spline, a finer one linearly, since the spline would only soften it. Outside the part
 * of the frame that the mask shows, `around` counts, or nobody is there; along the part's sides one fades into the other.
 *
 * @param into `width * height` probabilities 0…1, 1 = person, top row first
 */
export function resolveMask({ around, rect = WHOLE_FRAME, ...mask }: Mask, size: Size, into: Float32Array): void {
  resample(mask, size, into);
  const shares = { x: sharesAlong(rect.x, rect.width, size.width), y: sharesAlong(rect.y, rect.height, size.height) };
  if (!shares.x && !shares.y) return;
  const outside = around ? new Float32Array(into.length) : null;
  if (around && outside) resample(around, size, outside);
  for (let y = 0, at = 0; y < size.height; y++) {
    const down = shares.y?.[y] ?? 1;
    for (let x = 0; x < size.width; x++, at++) {
      const share = Math.min(down, shares.x?.[x] ?? 1);
      const there = outside?.[at] ?? 0;
      into[at] = there + share * ((into[at] as number) - there);
    }
  }
}

/** How much the part counts at each place along an axis, 0…1; null where it is the frame's own extent. */
function sharesAlong(from: number, extent: number, count: number): Float32Array | null {
  const [startsInside, endsInside] = [from >= SIDE_SLACK, from + extent <= 1 - SIDE_SLACK];
  if (!startsInside && !endsInside) return null;
  return Float32Array.from({ length: count }, (_share, index) => {
    const place = ((index + 0.5) / count - from) / extent;
    const nearest = Math.min(startsInside ? place : 1, endsInside ? 1 - place : 1);
    return Math.min(1, Math.max(0, nearest / SEAM));
  });
}

function resample({ data, width, height, kind, geometry }: Layer, size: Size, into: Float32Array): void {
  const isCoarse = width * geometry.scaleX < size.width;
  const columns = tapsAlong(size.width, width, geometry.scaleX, geometry.offsetX, isCoarse);
  const rows = tapsAlong(size.height, height, geometry.scaleY, geometry.offsetY, isCoarse);
  const line = new Float32Array(width);
  for (let y = 0, to = 0; y < size.height; y++) {
    line.fill(0);
    for (let tap = y * rows.count; tap < (y + 1) * rows.count; tap++) {
      const weight = rows.weights[tap] as number;
      const start = (rows.cells[tap] as number) * width;
      for (let x = 0; x < width; x++) line[x] = (line[x] as number) + weight * (data[start + x] as number);
    }
    for (let x = 0, tap = 0; x < size.width; x++, to++) {
      let value = 0;
      for (let end = tap + columns.count; tap < end; tap++) value += (columns.weights[tap] as number) * (line[columns.cells[tap] as number] as number);
      // Fails closed: what is no number is background.
      into[to] = Number.isNaN(value) ? 0 : kind === 'logit' ? 1 / (1 + Math.exp(-value)) : value;
    }
  }
}

/** Sigg and Hadwiger, "Fast Third-Order Texture Filtering", GPU Gems 2, chapter 20, names the weights of the spline. */
function tapsAlong(count: number, cells: number, scale: number, offset: number, isCubic: boolean): Taps {
  const taps = { count: isCubic ? 4 : 2, cells: new Int32Array(count * (isCubic ? 4 : 2)), weights: new Float32Array(count * (isCubic ? 4 : 2)) };
  for (let index = 0, at = 0; index < count; index++) {
    const position = (((index + 0.5) / count) * scale + offset) * cells - 0.5;
    const base = Math.floor(position);
    const f = position - base;
    const weights = isCubic ? [(1 - f) ** 3 / 6, (4 - 6 * f ** 2 + 3 * f ** 3) / 6, (1 + 3 * f + 3 * f ** 2 - 3 * f ** 3) / 6, f ** 3 / 6] : [1 - f, f];
    const first = isCubic ? base - 1 : base;
    for (const [tap, weight] of weights.entries()) {
      taps.cells[at] = Math.min(cells - 1, Math.max(0, first + tap));
      taps.weights[at] = weight;
      at += 1;
    }
  }
  return taps;
}
