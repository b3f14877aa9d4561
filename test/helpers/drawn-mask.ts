import { FULL_FRAME_GEOMETRY, stridedGeometry } from '../../src/segmentation/network-input';
import type { Mask } from '../../src/types';

/** Depth inside a shape in pixels of a 640×360 frame; negative outside. */
export type Shape = (x: number, y: number) => number;

export const FRAME = { width: 640, height: 360 };

export function circle(centerX: number, centerY: number, radius: number): Shape {
  return (x, y) => radius - Math.hypot(x - centerX, y - centerY);
}

export function box(left: number, top: number, right: number, bottom: number): Shape {
  return (x, y) => Math.min(x - left, right - x, y - top, bottom - y);
}

export function union(...shapes: Shape[]): Shape {
  return (x, y) => Math.max(...shapes.map((shape) => shape(x, y)));
}

export function without(shape: Shape, hole: Shape): Shape {
  return (x, y) => Math.min(shape(x, y), -hole(x, y));
}

/** Head and shoulders down to the picture's lower border; the head is 90 pixels wide, the shoulders 200. */
export function person(centerX: number, top = 80): Shape {
  return union(circle(centerX, top + 55, 45), box(centerX - 20, top + 80, centerX + 20, top + 130), box(centerX - 100, top + 115, centerX + 100, 600));
}

export interface Grid {
  name: string;
  width: number;
  height: number;
  geometry: Mask['geometry'];
  /** Pixels of the frame from a logit of 0 to one of 1. */
  softness: number;
}

export const SELFIE_GRID: Grid = { name: '256×144', width: 256, height: 144, geometry: FULL_FRAME_GEOMETRY, softness: 1.5 };
export const SQUARE_GRID: Grid = { name: '256×256', width: 256, height: 256, geometry: FULL_FRAME_GEOMETRY, softness: 1.5 };

/** BodyPix cells of 16 network pixels. */
export function bodyPixGrid(width: number, height: number): Grid {
  const input = { width: 16 * (width - 1) + 1, height: 16 * (height - 1) + 1 };
  return { name: `${width}×${height}`, width, height, geometry: stridedGeometry(input, { width, height }, 16), softness: 160 / width };
}

/** Samples a shape where the grid's cells look at the frame. */
export function drawMask(grid: Grid, shape: Shape, kind: Mask['kind'] = 'logit'): Mask {
  const { width, height, geometry, softness } = grid;
  const data = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = (((column + 0.5) / width - geometry.offsetX) / geometry.scaleX) * FRAME.width;
      const y = (((row + 0.5) / height - geometry.offsetY) / geometry.scaleY) * FRAME.height;
      const logit = Math.max(-9, Math.min(9, shape(x, y) / softness));
      data[row * width + column] = kind === 'logit' ? logit : toProbability(logit);
    }
  }
  return { width, height, data, kind, geometry };
}

export function toProbability(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** Repeatable noise: even in -1…1. */
export function createNoise(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    // Xorshift, after Marsaglia (2003).
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) / 0x7fffffff) - 1;
  };
}
