/**
 * Exact Euclidean distances, in two passes of lower envelopes of parabolas.
 *
 * P. F. Felzenszwalb, D. P. Huttenlocher: Distance Transforms of Sampled Functions, Theory of Computing 8 (2012).
 */
import type { Size } from '../../src/types';

/** Stands for "no such pixel in this column": far more than any picture's diagonal squared, and still exact as a double. */
const FAR = 1e12;

/**
 * @param isSet tells of a pixel, by its index, whether it is one that distances are measured to
 * @returns for each pixel the distance, in pixels, between its middle and that of the nearest such pixel; `Infinity`
 *   everywhere when there is none
 */
export function distancesTo(isSet: (pixel: number) => boolean, { width, height }: Size): Float32Array {
  const squares = new Float64Array(width * height);
  for (let pixel = 0; pixel < squares.length; pixel++) squares[pixel] = isSet(pixel) ? 0 : FAR;
  const line = new Line(Math.max(width, height));
  for (let x = 0; x < width; x++) line.transform(squares, x, width, height);
  for (let y = 0; y < height; y++) line.transform(squares, y * width, 1, width);
  return Float32Array.from(squares, (square) => (square >= FAR ? Infinity : Math.sqrt(square)));
}

/** One row or column at a time. */
class Line {
  readonly #values: Float64Array;
  /** Where the parabolas of the lower envelope stand, and from where on each is the lowest. */
  readonly #places: Int32Array;
  readonly #starts: Float64Array;

  constructor(longest: number) {
    this.#values = new Float64Array(longest);
    this.#places = new Int32Array(longest);
    this.#starts = new Float64Array(longest + 1);
  }

  transform(squares: Float64Array, offset: number, step: number, count: number): void {
    for (let index = 0; index < count; index++) this.#values[index] = squares[offset + index * step] as number;
    const last = this.#buildEnvelope(count);
    let parabola = 0;
    for (let index = 0; index < count; index++) {
      while (parabola < last && (this.#starts[parabola + 1] as number) < index) parabola += 1;
      const place = this.#places[parabola] as number;
      squares[offset + index * step] = Math.min(FAR, (index - place) ** 2 + (this.#values[place] as number));
    }
  }

  /** @returns the index of the envelope's last parabola */
  #buildEnvelope(count: number): number {
    let last = 0;
    this.#places[0] = 0;
    this.#starts[0] = -Infinity;
    for (let index = 1; index < count; index++) {
      let crossing = this.#crossing(this.#places[last] as number, index);
      while (last > 0 && crossing <= (this.#starts[last] as number)) {
        last -= 1;
        crossing = this.#crossing(this.#places[last] as number, index);
      }
      last += 1;
      this.#places[last] = index;
      this.#starts[last] = crossing;
    }
    return last;
  }

  #crossing(left: number, right: number): number {
    return ((this.#values[right] as number) + right * right - (this.#values[left] as number) - left * left) / (2 * (right - left));
  }
}
