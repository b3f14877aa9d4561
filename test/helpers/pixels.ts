import { expect } from 'chai';
import type { Size } from '../../src/types';

export type Rgb = readonly [number, number, number];

/** RGBA bytes, rows from the top left. */
export interface Picture extends Size {
  data: Uint8ClampedArray | Uint8Array;
}

export const RED: Rgb = [255, 0, 0];
export const GREEN: Rgb = [0, 255, 0];
export const BLUE: Rgb = [0, 0, 255];
export const WHITE: Rgb = [255, 255, 255];
export const BLACK: Rgb = [0, 0, 0];
/** Nothing else in the tests has it: where it shows, the room shows. */
export const ROOM: Rgb = [255, 0, 255];

export function createCanvas({ width, height }: Size): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('No 2D canvas');
  return context;
}

export const css = ([red, green, blue]: Rgb): string => `rgb(${red} ${green} ${blue})`;

export function solidCanvas(size: Size, color: Rgb): HTMLCanvasElement {
  const canvas = createCanvas(size);
  fill(canvas, color);
  return canvas;
}

/** Fills a rectangle given in shares of the canvas. */
export function fill(canvas: HTMLCanvasElement, color: Rgb, [left, top, right, bottom] = [0, 0, 1, 1]): void {
  const context = contextOf(canvas);
  context.fillStyle = css(color);
  const { width, height } = canvas;
  context.fillRect(left * width, top * height, (right - left) * width, (bottom - top) * height);
}

/** Vertical stripes, black and white, from the left. */
export function stripedCanvas(size: Size, period: number): HTMLCanvasElement {
  return paintedCanvas(size, (x) => (x % period < period / 2 ? BLACK : WHITE));
}

export function paintedCanvas(size: Size, colorAt: (x: number, y: number) => Rgb): HTMLCanvasElement {
  const canvas = createCanvas(size);
  const image = new ImageData(size.width, size.height);
  for (let index = 0; index < size.width * size.height; index += 1) {
    image.data.set([...colorAt(index % size.width, Math.floor(index / size.width)), 255], index * 4);
  }
  contextOf(canvas).putImageData(image, 0, 0);
  return canvas;
}

/** What a canvas, video or bitmap shows, read back as any page would. */
export function readPicture(source: CanvasImageSource, size: Size): Picture {
  const canvas = createCanvas(size);
  contextOf(canvas).drawImage(source, 0, 0, size.width, size.height);
  const { data } = contextOf(canvas).getImageData(0, 0, size.width, size.height);
  return { ...size, data };
}

export function readCanvas(canvas: HTMLCanvasElement): Picture {
  return readPicture(canvas, { width: canvas.width, height: canvas.height });
}

/** Colour at a place given in shares of the picture. */
export function colorAt(picture: Picture, x: number, y: number): Rgb {
  const column = Math.min(picture.width - 1, Math.floor(x * picture.width));
  const row = Math.min(picture.height - 1, Math.floor(y * picture.height));
  return pixelAt(picture, column, row);
}

export function pixelAt({ data, width }: Picture, column: number, row: number): Rgb {
  const index = (row * width + column) * 4;
  return [data[index] as number, data[index + 1] as number, data[index + 2] as number];
}

/** Largest difference of any channel. */
export const distance = (a: Rgb, b: Rgb): number => Math.max(...a.map((value, channel) => Math.abs(value - (b[channel] as number))));

export function expectColor(actual: Rgb, expected: Rgb, tolerance = 2, where = ''): void {
  expect(distance(actual, expected), `${where} expected ${css(expected)}, got ${css(actual)}`).to.be.at.most(tolerance);
}

/** Asserts that every pixel of the picture is near a colour. */
export function expectAll(picture: Picture, expected: Rgb, tolerance = 2): void {
  let worst = expected;
  const measure = (color: Rgb): number => {
    if (distance(color, expected) > distance(worst, expected)) worst = color;
    return distance(color, expected);
  };
  expect(farthest(picture, measure), `from ${css(expected)} to ${css(worst)}`).to.be.at.most(tolerance);
}

/** The largest value of a measure over all pixels. */
export function farthest(picture: Picture, measure: (color: Rgb, column: number, row: number) => number): number {
  let largest = -Infinity;
  for (let row = 0; row < picture.height; row += 1) {
    for (let column = 0; column < picture.width; column += 1) {
      largest = Math.max(largest, measure(pixelAt(picture, column, row), column, row));
    }
  }
  return largest;
}

/** Pixels that a test takes. */
export function countPixels(picture: Picture, takes: (color: Rgb, column: number, row: number) => boolean): number {
  let count = 0;
  for (let row = 0; row < picture.height; row += 1) {
    for (let column = 0; column < picture.width; column += 1) {
      if (takes(pixelAt(picture, column, row), column, row)) count += 1;
    }
  }
  return count;
}

/**
 * Amplitude of vertical stripes of a period in the green channel of a row, 0…162 for full black and white: how
 * well they can be told. Windowed (Hann), so that a slope across the picture doesn't count as stripes.
 */
export function stripeAmplitude(picture: Picture, row: number, period: number): number {
  const columns = Math.floor(picture.width / period) * period;
  const values = Array.from({ length: columns }, (_value, column) => pixelAt(picture, column, row)[1]);
  const mean = values.reduce((sum, value) => sum + value, 0) / columns;
  let [cosine, sine, weights] = [0, 0, 0];
  values.forEach((value, column) => {
    const weight = 1 - Math.cos((2 * Math.PI * (column + 0.5)) / columns);
    cosine += weight * (value - mean) * Math.cos((2 * Math.PI * column) / period);
    sine += weight * (value - mean) * Math.sin((2 * Math.PI * column) / period);
    weights += weight;
  });
  return (2 * Math.hypot(cosine, sine)) / weights;
}
