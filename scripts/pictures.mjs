/**
 * Makes the pictures of the docs, from the running demo with its drawn sample: docs/pictures/.
 *
 *   npm run pictures
 *
 * - `demo.webp`: the demo
 * - `backgrounds.webp`: what the camera sees, and what goes out with some backgrounds
 * - `stages.webp`: stages of the matte, as the `debug` attribute shows them
 * - `moving.webp`: a person who moves, as the stream shows them; needs ffmpeg
 */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch } from 'puppeteer-core';
import { createServer } from 'vite';
import { baseBrowserFlags, findBrowser } from './find-browser.mjs';
import { ROOT } from './paths.mjs';

const FOLDER = join(ROOT, 'docs/pictures');
const MOST_KB = 200;
const TIME_LIMIT_MS = 300_000;
const PAGE = { width: 1280, height: 860 };
const PANEL = { width: 480, height: 270, gap: 8 };
/** Small and still, so that a machine without a GPU keeps up: where masks are late, the curtain would be in the picture. */
const ADDRESS = '?source=sample&model=selfie&quality=low&width=640&height=360&mirrored=0&pose=still&hair=long&background=scene:office';
const MOVING_ADDRESS = '?source=sample&model=selfie&quality=medium&width=640&height=360&mirrored=0&pose=sway&hair=short&background=scene:beach';
/** Three seconds: every frame is a new picture of the person, and there is nothing that a longer one would show. */
const MOVING = { width: 480, height: 270, frames: 30, frameRate: 10 };

const BACKGROUNDS = [{ background: 'none' }, { background: 'blur:12' }, { background: 'bokeh:14' }, { background: 'scene:beach' }, { background: 'scene:bookshelf' }, { background: '#20585c' }];
const STAGES = [{ debug: null }, { debug: 'mask' }, { debug: 'matte' }, { debug: 'blocks' }].map((stage) => ({ background: 'scene:office', ...stage }));

/** Runs in the page: resolves when the demo sends. */
async function waitForDemo() {
  const camera = document.querySelector('#camera');
  if (camera.state !== 'running') {
    await new Promise((running) => camera.addEventListener('vbc-state-change', () => camera.state === 'running' && running()));
  }
}

/**
 * Runs in the page: draws what goes out with each of some settings, side by side.
 *
 * @returns {Promise<string>} a WebP picture as a data URL
 */
async function drawStrip({ settings, columns, panel: { width, height, gap } }) {
  /** Waits for as many frames as a new picture, its mask and the steadying over time take, none of them the curtain. */
  const settle = async (camera, video) => {
    for (let since = camera.stats.curtainFrames, frame = 0; frame < 60; frame += 1) {
      await new Promise((shown) => video.requestVideoFrameCallback(shown));
      if (camera.stats.curtainFrames === since) continue;
      since = camera.stats.curtainFrames;
      frame = 0;
    }
  };
  const camera = document.querySelector('#camera');
  const video = Object.assign(document.createElement('video'), { srcObject: camera.stream, muted: true });
  await video.play();
  const rows = Math.ceil(settings.length / columns);
  const canvas = Object.assign(document.createElement('canvas'), { width: columns * (width + gap) - gap, height: rows * (height + gap) - gap });
  const context = canvas.getContext('2d');
  for (const [index, setting] of settings.entries()) {
    Object.assign(camera, setting);
    await settle(camera, video);
    context.drawImage(video, (index % columns) * (width + gap), Math.floor(index / columns) * (height + gap), width, height);
  }
  return canvas.toDataURL('image/webp', 0.82);
}

/** Runs in the page: frames of the stream in even steps of time, as data URLs. */
async function takeFrames({ width, height, frames, frameRate }) {
  const video = Object.assign(document.createElement('video'), { srcObject: document.querySelector('#camera').stream, muted: true });
  await video.play();
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const taken = [];
  for (let next = performance.now(); taken.length < frames; ) {
    await new Promise((shown) => video.requestVideoFrameCallback(shown));
    if (performance.now() < next) continue;
    next += 1000 / frameRate;
    canvas.getContext('2d').drawImage(video, 0, 0, width, height);
    taken.push(canvas.toDataURL('image/png'));
  }
  return taken;
}

/** @param {string[]} frames PNG pictures as data URLs @returns {Promise<Buffer>} an animated WebP */
async function animate(frames, frameRate) {
  const folder = await mkdtemp(join(tmpdir(), 'moving-'));
  try {
    for (const [index, frame] of frames.entries()) await writeFile(join(folder, `${index}.png`), Buffer.from(frame.split(',')[1], 'base64'));
    const file = join(folder, 'moving.webp');
    execFileSync('ffmpeg', ['-loglevel', 'error', '-framerate', `${frameRate}`, '-i', join(folder, '%d.png'), '-c:v', 'libwebp_anim', '-quality', '55', '-loop', '0', file]);
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function write(name, bytes) {
  if (bytes.length > MOST_KB * 1024) throw new Error(`${name} has ${(bytes.length / 1024).toFixed(0)} KB, more than ${MOST_KB}`);
  await writeFile(join(FOLDER, name), bytes);
  console.log(`docs/pictures/${name}: ${(bytes.length / 1024).toFixed(0)} KB`);
}

const server = await createServer({ root: ROOT, configFile: join(ROOT, 'vite.config.ts'), logLevel: 'warn', server: { port: 0, host: '127.0.0.1', hmr: false, watch: null } });
let browser;
try {
  await server.listen();
  browser = await launch({ executablePath: findBrowser(), headless: true, args: baseBrowserFlags(), defaultViewport: PAGE, protocolTimeout: TIME_LIMIT_MS });
  await mkdir(FOLDER, { recursive: true });
  const page = await browser.newPage();
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]);
  const open = async (address) => {
    await page.goto(`http://127.0.0.1:${server.httpServer.address().port}/${address}`, { timeout: TIME_LIMIT_MS });
    await page.evaluate(waitForDemo);
  };
  await open(ADDRESS);
  const draw = (settings, columns) => page.evaluate(drawStrip, { settings, columns, panel: PANEL });
  const strip = async (name, settings, columns) => {
    const address = await draw(settings, columns);
    await write(name, Buffer.from(address.split(',')[1], 'base64'));
  };
  await draw([{}], 1); // until the picture is steady
  await page.waitForFunction(() => !document.querySelector('#camera').shadowRoot.querySelector('[part=status]')?.checkVisibility({ opacityProperty: true, visibilityProperty: true }), { timeout: 15_000 }).catch(() => undefined);
  await write('demo.webp', Buffer.from(await page.screenshot({ type: 'webp', quality: 80 })));
  await strip('backgrounds.webp', BACKGROUNDS, 3);
  await strip('stages.webp', STAGES, 4);
  await open(MOVING_ADDRESS);
  await draw([{}], 1);
  await write('moving.webp', await animate(await page.evaluate(takeFrames, MOVING), MOVING.frameRate));
} finally {
  await browser?.close();
  await server.close();
}
