/** A canvas in a page or in a worker. */
export type AnyCanvas = HTMLCanvasElement | OffscreenCanvas;

/** A 2D context in a page or in a worker. */
export type Context2D = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Gradient stops: position 0…1 and a CSS colour. */
export type Stops = ReadonlyArray<readonly [position: number, colour: string]>;

/** Makes a canvas of the given size in pixels; an OffscreenCanvas where there is no document. */
export function createCanvas(width: number, height: number): AnyCanvas {
  if (typeof document === 'undefined') return new OffscreenCanvas(width, height);
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

/** The 2D context of a canvas. */
export function contextOf(canvas: AnyCanvas): Context2D {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser gave no 2D canvas context, so nothing can be drawn');
  return context;
}

/** A gradient from (x0, y0) to (x1, y1). */
export function linear(
  context: Context2D,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
  stops: Stops,
): CanvasGradient {
  const gradient = context.createLinearGradient(x0, y0, x1, y1);
  for (const [position, colour] of stops) gradient.addColorStop(position, colour);
  return gradient;
}

/** A number in 0…1 that depends on the index alone, so that scattered things lie the same in each picture. */
export function scatter(index: number, salt = 0): number {
  let bits = Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d);
  bits = Math.imul(bits ^ (bits >>> 12), 0x297a2d39);
  return ((bits ^ (bits >>> 15)) >>> 0) / 0x100000000;
}
