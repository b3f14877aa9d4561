/**
 * Makes the movie that the tests' fake camera plays: an MJPEG file (JPEG pictures one after another), which
 * Chromium's `--use-file-for-fake-video-capture` plays at 30 pictures a second in a loop. No ffmpeg: a browser
 * decodes the clip, picture by picture.
 *
 * Where `../shared` has test people it is a person's clip, elsewhere the project's drawn sample.
 *
 *   node scripts/make-camera-clip.mjs [--force] [clip id]
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { launch } from 'puppeteer-core';
import { baseBrowserFlags, findBrowser } from './find-browser.mjs';
import { CACHE, ROOT, SHARED, hasShared } from './paths.mjs';

const CAMERA_FPS = 30;
const PERSON_CLIP = 'lab_woman';
const DRAWN = { id: 'drawn', width: 640, height: 360, fps: 30, frames: 90 };
const JPEG_QUALITY = 0.92;
const TIME_LIMIT_MS = 120_000;

/** Runs in the page: seeks to the middle of every source picture, in order, and hands over each as a JPEG. */
async function decodeClip({ width, height, fps, frames, quality }) {
  const video = document.createElement('video');
  // From memory, since seeking wants a server that answers range requests.
  const clip = await (await fetch('/clip')).blob();
  Object.assign(video, { src: URL.createObjectURL(clip), muted: true, preload: 'auto' });
  await new Promise((loaded, failed) => {
    video.onloadeddata = loaded;
    video.onerror = () => failed(new Error(`The browser cannot play the clip: ${video.error?.message}`));
  });
  const show = async (index) => {
    const presented = new Promise((done) => video.requestVideoFrameCallback((_now, { mediaTime }) => done(mediaTime)));
    const seeked = new Promise((done) => { video.onseeked = done; });
    video.currentTime = (index + 0.5) / fps;
    await seeked;
    return Math.round((await presented) * fps);
  };
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  await show(frames - 1); // a picture that is up already would not be presented again
  for (let index = 0; index < frames; index += 1) {
    const shown = await show(index);
    if (shown !== index) throw new Error(`Asked for picture ${index} of the clip, the browser showed ${shown}`);
    context.drawImage(video, 0, 0, width, height);
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality });
    await fetch('/frame', { method: 'POST', body: blob });
  }
}

/** Runs in the page: draws the project's own sample. */
async function drawSample({ width, height, fps, frames, quality }) {
  const { DrawnSample } = await import('/drawn-sample.js');
  const sample = new DrawnSample({ width, height });
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  for (let index = 0; index < frames; index += 1) {
    sample.draw((index * 1000) / fps);
    context.drawImage(sample.canvas, 0, 0, width, height);
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality });
    await fetch('/frame', { method: 'POST', body: blob });
  }
}

async function bundleDrawnSample() {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'demo/drawn-sample.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    loader: { '.png': 'dataurl', '.jpg': 'dataurl', '.svg': 'dataurl' },
  });
  return outputFiles[0].contents;
}

/** Serves the page's few files and gathers the pictures that it posts. */
async function serve(files) {
  const pictures = [];
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      const parts = [];
      for await (const part of request) parts.push(part);
      pictures.push(Buffer.concat(parts));
      response.end();
      return;
    }
    const file = files[request.url];
    if (file) response.setHeader('Content-Type', file.type).setHeader('Content-Length', file.body.length);
    response.writeHead(file ? 200 : 404).end(file?.body);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { pictures, url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

async function takePictures(extraFiles, inPage, options) {
  const server = await serve({ '/': { type: 'text/html', body: '<!doctype html><title>clip</title>' }, ...extraFiles });
  const browser = await launch({ executablePath: findBrowser(), headless: true, args: baseBrowserFlags(), protocolTimeout: TIME_LIMIT_MS });
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.evaluate(inPage, { ...options, quality: JPEG_QUALITY });
    if (server.pictures.length !== options.frames) throw new Error(`Got ${server.pictures.length} of ${options.frames} pictures`);
    return server.pictures;
  } finally {
    await browser.close();
    server.close();
  }
}

async function takePersonClip(id) {
  const manifest = JSON.parse(await readFile(join(SHARED, 'testdata/dev/manifest.json'), 'utf8'));
  const clip = manifest.items.find((item) => item.type === 'clip' && item.id === id);
  if (!clip) throw new Error(`No clip '${id}' in the shared test data`);
  const repeat = CAMERA_FPS / clip.fps;
  if (!Number.isInteger(repeat)) throw new Error(`${id} has ${clip.fps} pictures a second, which does not divide ${CAMERA_FPS}`);
  const body = await readFile(join(SHARED, 'testdata/dev', clip.file));
  const pictures = await takePictures({ '/clip': { type: 'video/webm', body } }, decodeClip, clip);
  return pictures.flatMap((picture) => Array(repeat).fill(picture));
}

/**
 * The fake camera's movie, made now when `.cache/camera/` has none or an outdated one.
 *
 * @param {{id?: string, force?: boolean}} [options] `id`: a clip of the shared test data, or `drawn`
 * @returns {Promise<{id: string, file: string}>}
 */
export async function ensureCameraClip({ id = hasShared() ? PERSON_CLIP : DRAWN.id, force = false } = {}) {
  const folder = join(CACHE, 'camera');
  const file = join(folder, `${id}.mjpeg`);
  const keyFile = join(folder, `${id}.key`);
  const drawing = id === DRAWN.id ? await bundleDrawnSample() : '';
  const key = createHash('sha256').update(drawing).update(await readFile(fileURLToPath(import.meta.url))).digest('hex');
  const fresh = existsSync(file) && (await readFile(keyFile, 'utf8').catch(() => '')) === key;
  if (fresh && !force) return { id, file };
  const pictures = drawing
    ? await takePictures({ '/drawn-sample.js': { type: 'text/javascript', body: drawing } }, drawSample, DRAWN)
    : await takePersonClip(id);
  await mkdir(folder, { recursive: true });
  const part = `${file}.${process.pid}.part`;
  await writeFile(part, Buffer.concat(pictures));
  await rename(part, file);
  await writeFile(keyFile, key);
  return { id, file };
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const words = process.argv.slice(2);
  const { id, file } = await ensureCameraClip({ id: words.find((word) => !word.startsWith('--')), force: words.includes('--force') });
  console.log(`${id}: ${file}`);
}
