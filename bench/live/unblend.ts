/** Red, green and blue, 0…255. */
export type Color = readonly [number, number, number];

/**
 * The alpha with which a picture was put over one flat colour: O = αF + (1 − α)B in each of three channels, solved for
 * α by least squares.
 *
 * @param output RGBA, what came out
 * @param frame RGBA, what went in
 * @returns 0…255; 0 where frame and colour are the same, since nothing can be seen of it there
 */
export function unblend(output: Uint8ClampedArray, frame: Uint8ClampedArray, [red, green, blue]: Color): Uint8ClampedArray {
  const alpha = new Uint8ClampedArray(output.length / 4);
  for (let pixel = 0, at = 0; pixel < alpha.length; pixel++, at += 4) {
    const r = (frame[at] as number) - red;
    const g = (frame[at + 1] as number) - green;
    const b = (frame[at + 2] as number) - blue;
    const length = r * r + g * g + b * b;
    if (length === 0) continue;
    const along = ((output[at] as number) - red) * r + ((output[at + 1] as number) - green) * g + ((output[at + 2] as number) - blue) * b;
    alpha[pixel] = (255 * along) / length;
  }
  return alpha;
}

/** Colours that rooms and people seldom have. */
const CANDIDATES: readonly Color[] = [[0, 255, 0], [255, 0, 255], [0, 0, 255], [0, 255, 255], [255, 255, 0], [255, 0, 0]];
/** One pixel of so many is looked at: colours repeat. */
const SAMPLE_EVERY = 7;
/** A colour is judged by how near it the nearest pixels are, but for these few. */
const NEAREST_SHARE = 0.002;

/** Gathers a clip's pictures and says which flat colour is furthest from all that is in them. */
export class BackgroundChooser {
  /** For each candidate how many pixels lie at each distance, of 0…441. */
  readonly #counts = CANDIDATES.map(() => new Uint32Array(443));
  #pixels = 0;

  /** @param pixels RGBA */
  add(pixels: Uint8ClampedArray): void {
    for (let at = 0; at < pixels.length; at += 4 * SAMPLE_EVERY) {
      this.#pixels += 1;
      for (const [index, [red, green, blue]] of CANDIDATES.entries()) {
        const counts = this.#counts[index] as Uint32Array;
        const distance = Math.round(Math.hypot((pixels[at] as number) - red, (pixels[at + 1] as number) - green, (pixels[at + 2] as number) - blue));
        counts[distance] = (counts[distance] as number) + 1;
      }
    }
  }

  /** @returns the colour, and its distance from the nearest pixels, 0…441 */
  choose(): { color: Color; distance: number } {
    const distances = this.#counts.map((counts) => {
      let seen = 0;
      return counts.findIndex((count) => (seen += count) > NEAREST_SHARE * this.#pixels);
    });
    const distance = Math.max(...distances);
    return { color: CANDIDATES[distances.indexOf(distance)] as Color, distance };
  }
}
