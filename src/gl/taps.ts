import type { Size } from '../types';

const MAX_TAPS = 8;

/**
 * Bilinear fetches along each axis that cover one target pixel's footprint in the source; each covers two texels.
 * More than one is always an even number: an odd one puts a fetch on the middle texel of an odd footprint (five,
 * as 1280 to 256), which then weighs as much as the rest.
 */
export function tapsFor(source: Size, target: Size): number {
  const ratio = Math.max(source.width / target.width, source.height / target.height);
  return ratio <= 2 ? 1 : Math.min(MAX_TAPS, 2 * Math.ceil(ratio / 4));
}
