import { pixelAt, type Picture } from './pixels';

/** sRGB code 0…255 to linear light 0…1 (IEC 61966-2-1). */
export function toLinear(code: number): number {
  const value = code / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** Linear light 0…1 to an sRGB code 0…255. */
export function toCode(light: number): number {
  return 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);
}

/** Green along a row or a column, in linear light. */
export function lightAlong(picture: Picture, axis: 'row' | 'column', at: number): number[] {
  const length = axis === 'row' ? picture.width : picture.height;
  return Array.from({ length }, (_value, index) => toLinear(axis === 'row' ? pixelAt(picture, index, at)[1] : pixelAt(picture, at, index)[1]));
}

/** Where a rising profile first passes a level, in pixels. */
export function crossing(profile: readonly number[], level: number): number {
  const index = profile.findIndex((value) => value >= level);
  const [before, after] = [profile[index - 1] ?? Number.NaN, profile[index] ?? Number.NaN];
  return index - 1 + (level - before) / (after - before);
}

/** Standard deviation in pixels of the Gaussian that made a rising step from black to white into this profile. */
export function edgeSigma(profile: readonly number[]): number {
  // A normal distribution's share one standard deviation below and above its mean.
  return (crossing(profile, 0.8413) - crossing(profile, 0.1587)) / 2;
}
