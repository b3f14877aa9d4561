import type { Size } from '../types';

/** Sums that are kept of each window: of p, p², and of each of the guide's three channels c: c, c·p, c². */
export const SUMS = 11;

/**
 * Means over square windows of any size at the same cost, by a summed-area table (Crow, 1984). Windows end where the
 * picture does.
 */
export class WindowSums {
  readonly #size: Size;
  /** SUMS values for each corner between texels; of everything above and left of it. */
  readonly #table: Float64Array;

  constructor(size: Size) {
    this.#size = size;
    this.#table = new Float64Array((size.width + 1) * (size.height + 1) * SUMS);
  }

  /**
   * @param probability 0…1
   * @param guide RGBA 0…255; its channels are luma and two colour differences (BT.601), centred on grey, which keeps the
   * differences of large sums apart
   */
  fill(probability: Float32Array, guide: Uint8Array): void {
    const { width, height } = this.#size;
    const table = this.#table;
    const stride = (width + 1) * SUMS;
    for (let y = 0, at = 0; y < height; y++) {
      let to = (y + 1) * stride + SUMS;
      let [ofP, ofPP, ofY, ofYP, ofYY, ofU, ofUP, ofUU, ofV, ofVP, ofVV] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
      for (let x = 0; x < width; x++, at++, to += SUMS) {
        const p = probability[at] as number;
        const r = (guide[4 * at] as number) / 255 - 0.5;
        const g = (guide[4 * at + 1] as number) / 255 - 0.5;
        const b = (guide[4 * at + 2] as number) / 255 - 0.5;
        const luma = 0.299 * r + 0.587 * g + 0.114 * b;
        const blue = -0.169 * r - 0.331 * g + 0.5 * b;
        const red = 0.5 * r - 0.419 * g - 0.081 * b;
        const above = to - stride;
        table[to] = (table[above] as number) + (ofP += p);
        table[to + 1] = (table[above + 1] as number) + (ofPP += p * p);
        table[to + 2] = (table[above + 2] as number) + (ofY += luma);
        table[to + 3] = (table[above + 3] as number) + (ofYP += luma * p);
        table[to + 4] = (table[above + 4] as number) + (ofYY += luma * luma);
        table[to + 5] = (table[above + 5] as number) + (ofU += blue);
        table[to + 6] = (table[above + 6] as number) + (ofUP += blue * p);
        table[to + 7] = (table[above + 7] as number) + (ofUU += blue * blue);
        table[to + 8] = (table[above + 8] as number) + (ofV += red);
        table[to + 9] = (table[above + 9] as number) + (ofVP += red * p);
        table[to + 10] = (table[above + 10] as number) + (ofVV += red * red);
      }
    }
  }

  /**
   * Calls back for the window around each texel, row by row.
   *
   * @param reach of a window on either side, whole texels
   */
  forEach(reach: number, visit: (at: number, window: Window) => void): void {
    const { width, height } = this.#size;
    const window = new Window(this.#table);
    for (let y = 0, at = 0; y < height; y++) {
      const top = Math.max(0, y - reach);
      const bottom = Math.min(height, y + reach + 1);
      for (let x = 0; x < width; x++, at++) {
        const left = Math.max(0, x - reach);
        const right = Math.min(width, x + reach + 1);
        window.moveTo(top * (width + 1), bottom * (width + 1), left, right, (bottom - top) * (right - left));
        visit(at, window);
      }
    }
  }
}

/** The window that a visit is about. */
export class Window {
  readonly #table: Float64Array;
  #topLeft = 0;
  #topRight = 0;
  #bottomLeft = 0;
  #bottomRight = 0;
  #weight = 0;

  constructor(table: Float64Array) {
    this.#table = table;
  }

  moveTo(top: number, bottom: number, left: number, right: number, area: number): void {
    this.#topLeft = (top + left) * SUMS;
    this.#topRight = (top + right) * SUMS;
    this.#bottomLeft = (bottom + left) * SUMS;
    this.#bottomRight = (bottom + right) * SUMS;
    this.#weight = 1 / area;
  }

  /** @param sum 0 = p, 1 = p², then c, c·p and c² for each channel */
  mean(sum: number): number {
    const table = this.#table;
    const all = (table[this.#bottomRight + sum] as number) - (table[this.#bottomLeft + sum] as number) - (table[this.#topRight + sum] as number) + (table[this.#topLeft + sum] as number);
    return all * this.#weight;
  }
}
