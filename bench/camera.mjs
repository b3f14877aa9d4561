/**
 * The bench's camera: the test clip at the wanted size, each picture carrying its number as a row of black and
 * white blocks on the person's chest, where a virtual background leaves it alone.
 */
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launch } from 'puppeteer-core';
import { baseBrowserFlags, findBrowser } from '../scripts/find-browser.mjs';
import { ensureCameraClip } from '../scripts/make-camera-clip.mjs';
import { CACHE } from '../scripts/paths.mjs';

/** Number of pictures; the code has room for 256. */
const PICTURES = 150;

/** Where the code is, as shares of the frame: left edge, top edge, width and height of one block. */
export const CODE = { bits: 9, left: { lab_woman: 0.55, drawn: 0.39 }, top: 0.87, width: 0.024, height: 0.045 };

/** Splits concatenated JPEGs. */
function splitPictures(movie) {
  const pictures = [];
  for (let start = 0; start < movie.length; ) {
    let end = movie.indexOf(Buffer.from([0xff, 0xd8, 0xff]), start + 3);
    if (end < 0) end = movie.length;
    pictures.push(movie.subarray(start, end));
    start = end;
  }
  return pictures;
}

/** Runs in the page. */
async function encodePicture({ jpeg, index, width, height, code }) {
  const bytes = Uint8Array.from(atob(jpeg), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  context.drawImage(bitmap, 0, 0, width, height);
  // Parity in the last bit: a torn or blended code is thrown away.
  const parity = index.toString(2).replaceAll('0', '').length % 2;
  const value = index * 2 + parity;
  for (let bit = 0; bit < code.bits; bit += 1) {
    context.fillStyle = (value >> bit) & 1 ? '#fff' : '#000';
    context.fillRect((code.left + bit * code.width) * width, code.top * height, code.width * width, code.height * height);
  }
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 });
  const out = new Uint8Array(await blob.arrayBuffer());
  let text = '';
  for (const byte of out) text += String.fromCharCode(byte);
  return btoa(text);
}

/**
 * @param {{width: number, height: number}} size
 * @returns {Promise<{file: string, clip: string, code: {bits: number, left: number, top: number, width: number, height: number}}>}
 */
export async function ensureBenchCamera({ width, height }) {
  const { id: clip, file: source } = await ensureCameraClip();
  const code = { ...CODE, left: CODE.left[clip] };
  const file = join(CACHE, 'camera', `bench-${clip}-${width}x${height}.mjpeg`);
  if (existsSync(file)) return { file, clip, code };
  const pictures = splitPictures(await readFile(source)).slice(0, PICTURES);
  const browser = await launch({ executablePath: findBrowser(), headless: true, args: baseBrowserFlags() });
  try {
    const page = await browser.newPage();
    const encoded = [];
    for (const [index, picture] of pictures.entries()) {
      const base64 = await page.evaluate(encodePicture, { jpeg: picture.toString('base64'), index, width, height, code });
      encoded.push(Buffer.from(base64, 'base64'));
    }
    await writeFile(`${file}.part`, Buffer.concat(encoded));
    await rename(`${file}.part`, file);
  } finally {
    await browser.close();
  }
  return { file, clip, code };
}
