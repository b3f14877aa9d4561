import { VirtualBackgroundError } from '../errors';
import type { GlContext } from './gl-context';

/** Of the small picture that is read back: no noise looks like it by chance. */
const SIDE = 4;
/** Furthest that a channel may be off: some browsers add a last bit of noise against fingerprints, which harms nothing. */
const TOLERANCE = 8;

/** Colours far from each other, opaque. */
function testPixels(): Uint8Array {
  return Uint8Array.from({ length: SIDE * SIDE * 4 }, (_value, index) => (index % 4 === 3 ? 255 : 20 + ((index * 89) % 216)));
}

function blocked(cause?: unknown): VirtualBackgroundError {
  const message = 'The browser hands out false pixels of canvases, as a guard against fingerprints: allow this site to read canvas data, then start again';
  return new VirtualBackgroundError('canvas-read-blocked', message, { cause });
}

function check(expected: Uint8Array, read: ArrayLike<number>): void {
  if (expected.some((value, index) => Math.abs(value - (read[index] ?? -TOLERANCE - 1)) > TOLERANCE)) throw blocked();
}

/**
 * Makes sure that what is read back of the GPU is what is there: networks and masks are made of it.
 *
 * @throws VirtualBackgroundError `canvas-read-blocked`
 */
export function checkReadPixels(context: GlContext): void {
  const pixels = testPixels();
  const read = new Uint8Array(pixels.length);
  const target = context.createTarget({ width: SIDE, height: SIDE }, 'rgba8');
  try {
    context.uploadBytes(target.texture, { width: SIDE, height: SIDE, pixels });
    context.readPixels(target, read);
  } finally {
    context.deleteTarget(target);
  }
  if (!context.gl.isContextLost()) check(pixels, read);
}

/**
 * The same of a 2D canvas: where its pixels are false when they are read, they are in a stream of it as well.
 *
 * @throws VirtualBackgroundError `canvas-read-blocked`
 */
export function checkCanvasStream(): void {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: SIDE, height: SIDE });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return;
  const pixels = testPixels();
  for (let index = 0; index < SIDE * SIDE; index += 1) {
    context.fillStyle = `rgb(${pixels.subarray(index * 4, index * 4 + 3).join(' ')})`;
    context.fillRect(index % SIDE, Math.floor(index / SIDE), 1, 1);
  }
  let read: Uint8ClampedArray;
  try {
    read = context.getImageData(0, 0, SIDE, SIDE).data;
  } catch (error) {
    throw blocked(error);
  }
  check(pixels, read);
}
