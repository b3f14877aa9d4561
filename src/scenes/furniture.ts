import { linear, scatter, type Context2D } from './canvas';
import { mix } from './tools';

/** A place in design units: left and lower edge of what stands there. */
export interface Place {
  x: number;
  y: number;
}

export interface Leaves extends Place {
  /** Length of a leaf, design units, and how many there are. */
  size: number;
  count: number;
  /** How far the leaves fan out, radians. */
  fan: number;
  seed: number;
  /** Colours of a leaf's root and of the darkest and the lightest tip: red, green, blue. */
  root: string;
  dark: readonly [number, number, number];
  light: readonly [number, number, number];
}

/** Long leaves that fan out from one point, the further ones first. */
export function paintLeaves(context: Context2D, { x, y, size, count, fan, seed, root, dark, light }: Leaves): void {
  for (let index = 0; index < count; index += 1) {
    const length = size * (0.6 + 0.55 * scatter(index, seed + 1));
    const part = (index / count + scatter(index, seed + 2)) / 2;
    const tip = dark.map((value, channel) => Math.round(mix(value, light[channel] ?? value, part))).join(' ');
    context.save();
    context.translate(x, y);
    context.rotate(-Math.PI / 2 + (scatter(index, seed) - 0.5) * fan);
    context.fillStyle = linear(context, [length * 0.15, 0, length, 0], [[0, root], [1, `rgb(${tip})`]]);
    context.beginPath();
    context.moveTo(0, 0);
    context.bezierCurveTo(length * 0.35, -length * 0.1, length * 0.75, -length * 0.16, length, length * 0.03);
    context.bezierCurveTo(length * 0.7, length * 0.13, length * 0.35, length * 0.08, 0, 0);
    context.fill();
    context.restore();
  }
}

export interface Pot extends Place {
  width: number;
  height: number;
  /** Lower edge's share of the width. */
  taper: number;
  /** Lit side, middle, shaded side. */
  colours: readonly [string, string, string];
}

/** A pot or a vase; `x` is its middle, `y` where it stands. */
export function paintPot(context: Context2D, { x, y, width, height, taper, colours: [lit, middle, shaded] }: Pot): void {
  context.fillStyle = linear(context, [x - width / 2, 0, x + width / 2, 0], [[0, middle], [0.3, lit], [1, shaded]]);
  context.beginPath();
  context.moveTo(x - width / 2, y - height);
  context.lineTo(x + width / 2, y - height);
  context.bezierCurveTo(x + width / 2, y - height * 0.4, x + (width * taper) / 2, y - height * 0.1, x + (width * taper) / 2, y);
  context.lineTo(x - (width * taper) / 2, y);
  context.bezierCurveTo(x - (width * taper) / 2, y - height * 0.1, x - width / 2, y - height * 0.4, x - width / 2, y - height);
  context.fill();
}

/** A shadow on what something stands on; `x` is the middle. */
export function paintContact(context: Context2D, { x, y }: Place, width: number, alpha: number): void {
  context.fillStyle = `rgb(40 30 22 / ${alpha * 100}%)`;
  context.beginPath();
  context.ellipse(x + width * 0.06, y, width * 0.58, Math.max(4, width * 0.07), 0, 0, 2 * Math.PI);
  context.fill();
}

/** The shadow on the floor before a long piece of furniture whose foot is at `y`. */
export function paintFloorShadow(context: Context2D, { x, y }: Place, width: number): void {
  context.fillStyle = linear(context, [0, y, 0, y + 56], [[0, 'rgb(44 32 22 / 36%)'], [0.35, 'rgb(44 32 22 / 16%)'], [1, 'rgb(44 32 22 / 0%)']]);
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + width, y);
  context.lineTo(x + width + 40, y + 56);
  context.lineTo(x + 10, y + 56);
  context.fill();
}

export interface Books extends Place {
  width: number;
  /** Middle height of a book, design units. */
  height: number;
  seed: number;
  /** Bindings: red, green, blue 0…255. */
  bindings: readonly (readonly [number, number, number])[];
}

/** A row of upright books; every now and then one leans. */
export function paintBooks(context: Context2D, { x, y, width, height, seed, bindings }: Books): void {
  let at = x;
  for (let index = 0; ; index += 1) {
    const thickness = height * mix(0.1, 0.26, scatter(index, seed) ** 1.4);
    if (at + thickness > x + width) return;
    // Volumes of one edition stand together: neighbours share height and binding.
    const edition = Math.floor(index / 3 + scatter(index, seed + 1) * 0.9);
    const tall = height * mix(0.74, 1.08, scatter(edition, seed + 2));
    const binding = bindings[Math.floor(scatter(edition, seed + 3) * bindings.length)] ?? [120, 110, 100];
    const shade = mix(0.9, 1.06, scatter(index, seed + 4));
    const colour = (light: number): string => `rgb(${binding.map((value) => Math.round(Math.min(255, value * shade * light))).join(' ')})`;
    const leans = index > 0 && scatter(index, seed + 5) > 0.98;
    context.save();
    // A leaning book's head touches its neighbour.
    context.translate(at + (leans ? tall * 0.12 : 0), y);
    if (leans) context.rotate(-0.12);
    context.fillStyle = linear(context, [0, 0, thickness, 0], [[0, colour(0.82)], [0.3, colour(1.08)], [1, colour(0.76)]]);
    context.fillRect(0, -tall, thickness - 1.5, tall);
    if (scatter(edition, seed + 6) > 0.45) {
      context.fillStyle = colour(scatter(edition, seed + 7) > 0.5 ? 1.5 : 0.6);
      context.fillRect(2, -tall * 0.86, thickness - 5, tall * 0.035);
      context.fillRect(2, -tall * 0.2, thickness - 5, tall * 0.02);
    }
    context.restore();
    at += thickness + (leans ? tall * 0.12 : 0);
  }
}

/** Books that lie on each other. @returns the height of the pile */
export function paintPile(context: Context2D, { x, y }: Place, width: number, colours: readonly string[]): number {
  let top = y;
  for (const [index, colour] of colours.entries()) {
    const thickness = width * mix(0.12, 0.19, scatter(index, 77));
    const inset = width * 0.1 * scatter(index, 78);
    top -= thickness;
    context.fillStyle = colour;
    context.fillRect(x + inset, top, width - 1.6 * inset, thickness - 1.5);
    context.fillStyle = 'rgb(255 250 240 / 35%)';
    context.fillRect(x + inset, top + 1.5, width - 1.6 * inset, 3);
  }
  return y - top;
}
