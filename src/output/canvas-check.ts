import { createReadError } from '../errors';

/** Pixels of the test picture: noise does not look like it by chance. */
const PIXELS = 8;
/** Some browsers add a little noise to the last bits against fingerprints, which harms nothing. Of 255. */
const TOLERANCE = 8;

/**
 * Makes sure that the browser hands out what is on canvases. Where it does not (Firefox' `resistFingerprinting`, extensions
 * that block), a canvas' stream would show noise or nothing, without a word.
 *
 * @throws VirtualBackgroundError `canvas-read-blocked`
 */
export function checkCanvasRead(): void {
  const canvas = document.createElement('canvas');
  canvas.width = PIXELS;
  canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  // What has no 2D canvas at all is another fault, and told elsewhere.
  if (!context) return;
  const levels = Array.from({ length: PIXELS }, (_value, index) => 20 + ((index * 89) % 216));
  for (const [index, level] of levels.entries()) {
    context.fillStyle = `rgb(${level} ${255 - level} ${level})`;
    context.fillRect(index, 0, 1, 1);
  }
  const { data } = readAll(context);
  const isTrue = levels.every((level, index) => [level, 255 - level, level].every((value, channel) => Math.abs(value - (data[index * 4 + channel] ?? NaN)) <= TOLERANCE));
  if (!isTrue) throw createReadError();
}

function readAll(context: CanvasRenderingContext2D): ImageData {
  try {
    return context.getImageData(0, 0, PIXELS, 1);
  } catch (error) {
    throw createReadError(error);
  }
}
