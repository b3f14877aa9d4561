/**
 * A picture's number as a small pattern on the person, where a virtual background leaves it alone. Each picture
 * that comes out tells by it which one went in.
 *
 * Sixteen square cells, four by four: a light one and a dark one that say what light and dark are, nine for the
 * number and five to check it. They are lighter and darker than the clothes that they lie on, and of their colour: halved
 * colour resolution takes nothing of it, and a network hardly sees it.
 */
import type { Size } from '../../src/types';

/** Cells a side. */
export const CODE_CELLS = 4;
/** Side of a cell in pixels at 640 × 360: 10 by 10 pixels in all on a network's 256 × 144, a badge on the chest. */
const CELL = 6;
/**
 * How much lighter or darker cells are than what they lie on, of 255: enough to survive JPEG and half transparency. A
 * fixed light and dark grey made tasks-vision cut holes into a dark shirt.
 */
const RELIEF = 30;
/** The least difference of light and dark, of 255, that is still read: with 60 % of the background over the code. */
const LEAST_CONTRAST = 24;
/** Share of the contrast around the middle in which a cell is neither light nor dark. */
const UNSURE = 0.3;
const NUMBER_BITS = 9;
const CHECK_MODULUS = 31;

/** The highest number that the code has room for. */
export const LARGEST_NUMBER = 2 ** NUMBER_BITS - 1;

/** The middle of a code, pixels from the top left. */
export interface Place {
  x: number;
  y: number;
}

/** Side of one cell, pixels; even, so that cells begin where a colour sample of 4:2:0 does. */
export function cellSize({ width }: Size): number {
  return 2 * Math.round((CELL * width) / 640 / 2);
}

/** Side of the whole code, pixels. */
export function codeSize(size: Size): number {
  return CODE_CELLS * cellSize(size);
}

/** @returns for each cell, by rows, whether it is light */
export function cellsOf(number: number): boolean[] {
  if (!Number.isInteger(number) || number < 0 || number > LARGEST_NUMBER) throw new RangeError(`The code has room for 0 to ${LARGEST_NUMBER}; got ${number}`);
  // Multiplied, so that neighbours differ in more than their last bits.
  const word = number * 32 + ((number * 11 + 5) % CHECK_MODULUS);
  const bits = Array.from({ length: NUMBER_BITS + 5 }, (_, bit) => ((word >> bit) & 1) === 1);
  return [true, ...bits, false];
}

/** @param pixels RGBA, which is drawn on */
export function drawCode(pixels: Uint8ClampedArray, number: number, place: Place, size: Size): void {
  const cell = cellSize(size);
  const ground = meanColor(pixels, place, size);
  for (const [index, light] of cellsOf(number).entries()) {
    const corner = cellCorner(index, place, size);
    const color = ground.map((channel) => channel + (light ? RELIEF : -RELIEF));
    for (let y = corner.y; y < corner.y + cell; y++) {
      for (let x = corner.x; x < corner.x + cell; x++) pixels.set(color, (y * size.width + x) * 4);
    }
  }
}

/** What the code lies on, moved off black and white so that there is room for lighter and darker. */
function meanColor(pixels: Uint8ClampedArray, place: Place, size: Size): number[] {
  const side = codeSize(size);
  const { x: left, y: top } = cellCorner(0, place, size);
  const sums = [0, 0, 0];
  for (let y = top; y < top + side; y++) {
    for (let x = left; x < left + side; x++) for (const channel of [0, 1, 2]) sums[channel]! += pixels[(y * size.width + x) * 4 + channel] as number;
  }
  return sums.map((sum) => Math.min(255 - RELIEF, Math.max(RELIEF, sum / side ** 2)));
}

/**
 * Whether a picture carries a number's code at a place.
 *
 * @param pixels RGBA
 */
export function carriesCode(pixels: Uint8ClampedArray, size: Size, number: number, place: Place): boolean {
  const levels = Array.from({ length: CODE_CELLS ** 2 }, (_, index) => readCell(pixels, size, cellCorner(index, place, size)));
  const [light, dark] = [levels[0] as number, levels.at(-1) as number];
  const contrast = light - dark;
  if (contrast < LEAST_CONTRAST) return false;
  return cellsOf(number).every((expected, index) => {
    const level = ((levels[index] as number) - dark) / contrast;
    return expected ? level > 0.5 + UNSURE / 2 : level < 0.5 - UNSURE / 2;
  });
}

/**
 * Which of some pictures this is: the one whose code stands where that picture has it.
 *
 * @param places of all numbers, by number
 * @returns null where no code can be read, or more than one
 */
export function readNumber(pixels: Uint8ClampedArray, size: Size, places: readonly Place[]): number | null {
  const found = places.flatMap((place, number) => (carriesCode(pixels, size, number, place) ? [number] : []));
  return found.length === 1 ? (found[0] as number) : null;
}

function cellCorner(index: number, { x, y }: Place, size: Size): Place {
  const cell = cellSize(size);
  const half = codeSize(size) / 2;
  return { x: x - half + (index % CODE_CELLS) * cell, y: y - half + Math.floor(index / CODE_CELLS) * cell };
}

/** Mean luminance of a cell's inner part, whose outer pixels JPEG and scaling mix with the neighbours'. */
function readCell(pixels: Uint8ClampedArray, size: Size, corner: Place): number {
  const cell = cellSize(size);
  const inset = Math.max(1, Math.floor(cell / 4));
  let sum = 0;
  for (let y = corner.y + inset; y < corner.y + cell - inset; y++) {
    for (let x = corner.x + inset; x < corner.x + cell - inset; x++) {
      const at = (y * size.width + x) * 4;
      sum += 0.299 * (pixels[at] as number) + 0.587 * (pixels[at + 1] as number) + 0.114 * (pixels[at + 2] as number);
    }
  }
  return sum / (cell - 2 * inset) ** 2;
}
