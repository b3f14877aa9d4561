import { contextOf, createCanvas, scatter, type AnyCanvas, type Context2D } from './canvas';

/* Every background is drawn in units of a 1920 × 1080 picture and scaled to the canvas it gets. */

export const DESIGN_WIDTH = 1920;
export const DESIGN_HEIGHT = 1080;

/** Red, green, blue 0…255 and alpha 0…1. */
export type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

/** A picture in design units that covers the canvas, cut evenly where the proportions differ; grain on top. */
export function paintDesign(canvas: AnyCanvas, paint: (context: Context2D) => void): void {
  const context = contextOf(canvas);
  const scale = Math.max(canvas.width / DESIGN_WIDTH, canvas.height / DESIGN_HEIGHT);
  context.save();
  context.setTransform(
    scale, 0, 0, scale,
    (canvas.width - DESIGN_WIDTH * scale) / 2,
    (canvas.height - DESIGN_HEIGHT * scale) / 2,
  );
  paint(context);
  context.restore();
  paintGrain(context, canvas);
}

/** Smoothstep: 0 up to `from`, 1 from `to` on, and a soft way between. */
export function smoothstep(from: number, to: number, value: number): number {
  const part = Math.min(Math.max((value - from) / (to - from), 0), 1);
  return part * part * (3 - 2 * part);
}

/** Between two numbers, by a part of 0…1. */
export const mix = (from: number, to: number, part: number): number => from + (to - from) * part;

function latticeValue(x: number, y: number, seed: number): number {
  return scatter(Math.imul(x, 374761393) + Math.imul(y, 668265263), seed);
}

/** Smooth noise of 0…1 whose lumps are one unit wide. */
export function noise(x: number, y: number, seed = 0): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [fractionX, fractionY] = [x - left, y - top];
  const [partX, partY] = [fractionX * fractionX * (3 - 2 * fractionX), fractionY * fractionY * (3 - 2 * fractionY)];
  return mix(
    mix(latticeValue(left, top, seed), latticeValue(left + 1, top, seed), partX),
    mix(latticeValue(left, top + 1, seed), latticeValue(left + 1, top + 1, seed), partX),
    partY,
  );
}

/** Layers of noise, each half as wide and half as strong as the one before; 0…1. */
export function layeredNoise(x: number, y: number, octaves: number, seed = 0): number {
  let sum = 0;
  let weight = 0;
  for (let octave = 0; octave < octaves; octave += 1) {
    const strength = 0.5 ** octave;
    sum += strength * noise(x * 2 ** octave, y * 2 ** octave, seed + octave);
    weight += strength;
  }
  return sum / weight;
}

/**
 * Fills a rectangle of design units by a function of the place, computed on a coarse grid and smoothed.
 *
 * @param step Design units a grid cell; coarser where a cell would be smaller than a pixel.
 */
export function paintField(
  context: Context2D,
  { x, y, width, height, step: finest }: { x: number; y: number; width: number; height: number; step: number },
  colourAt: (x: number, y: number) => Rgba,
): void {
  const step = Math.max(finest, 1 / context.getTransform().a);
  const columns = Math.ceil(width / step - 0.01);
  const rows = Math.ceil(height / step - 0.01);
  const field = createCanvas(columns, rows);
  const fieldContext = contextOf(field);
  const image = fieldContext.createImageData(columns, rows);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const [red, green, blue, alpha] = colourAt(x + (column + 0.5) * step, y + (row + 0.5) * step);
      image.data.set([red, green, blue, alpha * 255], 4 * (row * columns + column));
    }
  }
  fieldContext.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'high';
  context.drawImage(field, x, y, columns * step, rows * step);
}

/** A shape under a line of heights: fills from `lineY(x)` down to the bottom of the picture. */
export function fillBelow(context: Context2D, lineY: (x: number) => number, step = 4): void {
  context.beginPath();
  context.moveTo(-10, DESIGN_HEIGHT + 10);
  for (let x = -10; x <= DESIGN_WIDTH + 10; x += step) context.lineTo(x, lineY(x));
  context.lineTo(DESIGN_WIDTH + 10, DESIGN_HEIGHT + 10);
  context.closePath();
  context.fill();
}

/** A canvas for a part of a picture, in the same design units and at the same scale as the context it is for. */
export function createLayer(context: Context2D, height = DESIGN_HEIGHT): Context2D {
  const scale = context.getTransform().a;
  const layer = contextOf(createCanvas(Math.round(DESIGN_WIDTH * scale), Math.round(height * scale)));
  layer.scale(scale, scale);
  return layer;
}

/**
 * Paints something out of focus: draws it on a canvas halved `halvings` times and doubles it up again.
 *
 * @param halvings 1 (slightly soft) … 6 (only light and colour are left), for a picture of 1920 × 1080.
 */
export function paintSoft(context: Context2D, halvings: number, paint: (context: Context2D) => void): void {
  const layer = createLayer(context);
  paint(layer);
  const { width, height } = layer.canvas;
  const steps = Math.round(halvings + Math.log2(context.getTransform().a));
  let picture: AnyCanvas = layer.canvas;
  const resize = (step: number): void => {
    const next = createCanvas(Math.max(1, Math.round(width / 2 ** step)), Math.max(1, Math.round(height / 2 ** step)));
    const nextContext = contextOf(next);
    nextContext.imageSmoothingQuality = 'high';
    nextContext.drawImage(picture, 0, 0, next.width, next.height);
    picture = next;
  };
  for (let step = 1; step <= steps; step += 1) resize(step);
  for (let step = steps - 1; step >= 1; step -= 1) resize(step);
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, DESIGN_WIDTH, DESIGN_HEIGHT);
}

/** A soft round light; colour is CSS without alpha, e.g. `255 200 120`. */
export function paintGlow(
  context: Context2D,
  { x, y, radius, rgb, strength }: { x: number; y: number; radius: number; rgb: string; strength: number },
): void {
  const gradient = context.createRadialGradient(x, y, 0, x, y, radius);
  for (let step = 0; step <= 8; step += 1) {
    const fall = (1 - step / 8) ** 2.2;
    gradient.addColorStop(step / 8, `rgb(${rgb} / ${(strength * fall * 100).toFixed(2)}%)`);
  }
  context.fillStyle = gradient;
  context.fillRect(x - radius, y - radius, radius * 2, radius * 2);
}

const GRAIN_SIZE = 256;
const GRAIN_ALPHA = 8;

/** Fine grain, which hides the steps of 8-bit gradients also after video coding. */
function paintGrain(context: Context2D, { width, height }: AnyCanvas): void {
  const tile = createCanvas(GRAIN_SIZE, GRAIN_SIZE);
  const tileContext = contextOf(tile);
  const image = tileContext.createImageData(GRAIN_SIZE, GRAIN_SIZE);
  for (let pixel = 0; pixel < GRAIN_SIZE * GRAIN_SIZE; pixel += 1) {
    const shade = scatter(pixel, 91) < 0.5 ? 0 : 255;
    image.data.set([shade, shade, shade, GRAIN_ALPHA * scatter(pixel, 92)], 4 * pixel);
  }
  tileContext.putImageData(image, 0, 0);
  const pattern = context.createPattern(tile, 'repeat');
  if (!pattern) return;
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = pattern;
  context.fillRect(0, 0, width, height);
  context.restore();
}
