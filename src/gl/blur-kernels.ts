import type { Size } from '../types';

/** For a shader's `u_taps` and `u_count`: x and y in texture coordinates, weight. */
export interface Taps {
  data: number[];
  count: number;
}

/** Size of `u_taps` in blur.frag.glsl: three standard deviations of the widest Gaussian. */
const MAX_GAUSSIAN_TAPS = 9;
/** Size of `u_taps` in blur-disc.frag.glsl. */
const MAX_DISC_TAPS = 128;
/** Points along each axis of a texel at which the disc's cover is taken. */
const COVER_POINTS = 8;

/**
 * A Gaussian's weights for one side, against 1 for the centre.
 *
 * @param sigma standard deviation in texels
 * @param texel one texel along the direction, texture coordinates
 */
export function gaussianTaps(sigma: number, [texelX, texelY]: readonly [number, number]): Taps {
  const count = Math.min(MAX_GAUSSIAN_TAPS, Math.max(1, Math.ceil(3 * sigma)));
  const data = Array.from({ length: count }, (_value, index) => {
    const distance = index + 1;
    return [distance * texelX, distance * texelY, Math.exp((-0.5 * distance * distance) / (sigma * sigma))];
  }).flat();
  return { data, count };
}

/**
 * A disc's weights: the share of each texel that it covers.
 *
 * @param radius in texels along each axis, above 0; shrunk where it would need more taps than the shader holds
 * @param size of the picture whose texels they are
 */
export function discTaps(radius: { x: number; y: number }, { width, height }: Size): Taps {
  const data: number[] = [];
  const reach = { x: Math.ceil(radius.x - 0.5), y: Math.ceil(radius.y - 0.5) };
  for (let row = -reach.y; row <= reach.y; row += 1) {
    for (let column = -reach.x; column <= reach.x; column += 1) {
      const weight = coverOf(column, row, radius);
      if (weight > 0) data.push(column / width, row / height, weight);
    }
  }
  const count = data.length / 3;
  return count <= MAX_DISC_TAPS ? { data, count } : discTaps({ x: radius.x * 0.9, y: radius.y * 0.9 }, { width, height });
}

function coverOf(column: number, row: number, radius: { x: number; y: number }): number {
  let inside = 0;
  for (let index = 0; index < COVER_POINTS * COVER_POINTS; index += 1) {
    const x = column - 0.5 + ((index % COVER_POINTS) + 0.5) / COVER_POINTS;
    const y = row - 0.5 + (Math.floor(index / COVER_POINTS) + 0.5) / COVER_POINTS;
    if (Math.hypot(x / radius.x, y / radius.y) <= 1) inside += 1;
  }
  return inside / (COVER_POINTS * COVER_POINTS);
}
