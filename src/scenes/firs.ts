import { scatter, type Context2D } from './canvas';
import { DESIGN_WIDTH, fillBelow } from './tools';

/** A line of firs, in design units. */
export interface FirLine {
  /** Height of the ground at x. */
  base: (x: number) => number;
  /** Middle height of a tree and mean distance between trees. */
  height: number;
  spacing: number;
  /** Another seed scatters the trees differently. */
  seed: number;
  fill: CanvasGradient;
}

/** A tree line: pointed firs of scattered height on a gentle hill. */
export function paintFirs(context: Context2D, { base, height, spacing, seed, fill }: FirLine): void {
  context.fillStyle = fill;
  fillBelow(context, (x) => base(x) - height * 0.12);
  for (let index = -1; index * spacing < DESIGN_WIDTH + spacing; index += 1) {
    const x = (index + scatter(index + 2, seed)) * spacing;
    const tall = height * (0.5 + 0.7 * scatter(index + 2, seed + 1));
    const y = base(x);
    context.beginPath();
    context.moveTo(x, y - tall);
    for (let branch = 1; branch <= 7; branch += 1) {
      const width = tall * 0.17 * (branch / 7) * (0.8 + 0.4 * scatter(index * 9 + branch, seed + 2));
      context.lineTo(x + width, y - tall * (1 - branch / 7) + tall * 0.03);
      context.lineTo(x + width * 0.45, y - tall * (1 - branch / 7));
    }
    for (let branch = 7; branch >= 1; branch -= 1) {
      const width = tall * 0.17 * (branch / 7) * (0.8 + 0.4 * scatter(index * 9 + branch, seed + 3));
      context.lineTo(x - width * 0.45, y - tall * (1 - branch / 7));
      context.lineTo(x - width, y - tall * (1 - branch / 7) + tall * 0.03);
    }
    context.closePath();
    context.fill();
  }
}
