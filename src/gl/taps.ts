import type { Size } from '../types';

const MAX_TAPS = 8;

/** Bilinear fetches along each axis that cover one target pixel's footprint in the source; each covers two texels. */
export function tapsFor(source: Size, target: Size): number {
  const ratio = Math.max(source.width / target.width, source.height / target.height);
  return Math.min(MAX_TAPS, Math.max(1, Math.ceil(ratio / 2)));
}
