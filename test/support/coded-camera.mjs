/** The movie of a camera that sees the coded room of the raw-frame detector, and nobody in it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { CACHE, ROOT } from '../../scripts/paths.mjs';

const FOLDER = join(CACHE, 'camera');
/** Cells of 20 × 20 pixels: none shares its colour samples with the next. */
const SIZE = { width: 320, height: 180 };
const FRAME_RATE = 30;

async function importRoomCode() {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'test/support/raw-frame-detector-code.ts')],
    bundle: true,
    format: 'esm',
    write: false,
    logLevel: 'silent',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

/** BT.601, limited range: what Chromium takes a Y4M file for. @param {readonly number[]} rgb 0…255 */
function toYuv([red, green, blue]) {
  return [
    16 + (65.481 * red + 128.553 * green + 24.966 * blue) / 255,
    128 + (-37.797 * red - 74.203 * green + 112 * blue) / 255,
    128 + (112 * red - 93.786 * green - 18.214 * blue) / 255,
  ].map(Math.round);
}

/** As much of a 2D canvas as the code is drawn with, on planes of 4:2:0. */
class Planes {
  fillStyle = '';

  constructor({ width, height }) {
    this.width = width;
    this.y = Buffer.alloc(width * height);
    this.u = Buffer.alloc((width * height) / 4);
    this.v = Buffer.alloc((width * height) / 4);
  }

  fillRect(left, top, width, height) {
    const [y, u, v] = toYuv(this.fillStyle.match(/\d+/g).map(Number));
    for (let row = top; row < top + height; row += 1) this.y.fill(y, row * this.width + left, row * this.width + left + width);
    for (let row = top / 2; row < (top + height) / 2; row += 1) {
      const [start, end] = [left, left + width].map((column) => (row * this.width + column) / 2);
      this.u.fill(u, start, end);
      this.v.fill(v, start, end);
    }
  }
}

/**
 * @param {{width: number, height: number}} [size] in pixels, multiples of 32 and 18
 * @returns {Promise<string>} a file for `--use-file-for-fake-video-capture`
 */
export async function makeCodedCamera(size = SIZE) {
  const { drawRoomCode, ROOM_NUMBERS } = await importRoomCode();
  const parts = [Buffer.from(`YUV4MPEG2 W${size.width} H${size.height} F${FRAME_RATE}:1 Ip A1:1 C420\n`)];
  for (let number = 0; number < ROOM_NUMBERS; number += 1) {
    const planes = new Planes(size);
    drawRoomCode(planes, size, number);
    parts.push(Buffer.from('FRAME\n'), planes.y, planes.u, planes.v);
  }
  await mkdir(FOLDER, { recursive: true });
  const file = join(FOLDER, `coded-room-${size.width}.y4m`);
  await writeFile(file, Buffer.concat(parts));
  return file;
}
