/** A call between two browsers: one with the element and a camera, one that receives; by Janus, or by plain WebRTC. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { build } from 'esbuild';
import { launch } from 'puppeteer-core';
import { buildPackage } from '../../scripts/build.mjs';
import { baseBrowserFlags, findBrowser } from '../../scripts/find-browser.mjs';
import { DIST, ROOT } from '../../scripts/paths.mjs';
import { makeCodedCamera } from '../support/coded-camera.mjs';
import { ROOM, startJanus } from './janus.mjs';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' };
const SIZE = { width: 640, height: 360 };
/** By these, drivers keep hidden pages going. */
const DRIVER_FLAGS = ['--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding'];
const WAIT_MS = 45_000;

/** From the smallest, as Janus counts them. Chromium sends two of a picture of this size, and three of larger ones. */
export const ENCODINGS = [
  { rid: 'h', maxBitrate: 1_500_000 },
  { rid: 'l', scaleResolutionDownBy: 2, maxBitrate: 400_000 },
];
export const VIOLET = [140, 60, 130];
export const OLIVE = [120, 110, 50];
export const cssOf = (color) => `rgb(${color.join(' ')})`;

const SENDER = `<!doctype html><title>sender</title><link rel="icon" href="data:,">
<virtual-background-camera></virtual-background-camera>
<script type="module" src="/virtual-background-camera.js"></script><script type="module" src="/call.js"></script>`;
const RECEIVER = '<!doctype html><title>receiver</title><link rel="icon" href="data:,"><script type="module" src="/call.js"></script>';

async function bundlePages() {
  const shared = { bundle: true, format: 'esm', write: false, absWorkingDir: ROOT, target: 'es2022', logLevel: 'silent' };
  const [page, worker] = await Promise.all(['test/media-server/page.mjs', 'test/support/raw-frame-detector.worker.ts'].map((entry) => build({ ...shared, entryPoints: [entry] })));
  return new Map([['/', SENDER], ['/receiver', RECEIVER], ['/call.js', page.outputFiles[0].text], ['/raw-frame-detector.worker.ts', worker.outputFiles[0].text]]);
}

function openBrowser(camera) {
  return launch({
    executablePath: findBrowser(),
    headless: true,
    ignoreDefaultArgs: DRIVER_FLAGS,
    args: [
      ...baseBrowserFlags(),
      '--allow-loopback-in-peer-connection',
      // Plain addresses in offers: a name of multicast DNS is not found everywhere.
      '--disable-features=WebRtcHideLocalIpsWithMdns',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${camera}`,
    ],
  });
}

const sleep = (ms) => new Promise((later) => setTimeout(later, ms));

export class Call {
  #server;
  #janus = null;
  #browsers = [];
  problems = [];

  /** @param {{janus?: boolean}} [options] false: plain WebRTC only */
  static async open({ janus = true } = {}) {
    const call = new Call();
    try {
      await call.#open(janus);
      return call;
    } catch (error) {
      await call.close();
      throw error;
    }
  }

  async #open(janus) {
    await buildPackage({ ifStale: true });
    const files = await bundlePages();
    this.#server = createServer(async (request, response) => {
      const { pathname } = new URL(request.url, 'http://localhost');
      const body = files.get(pathname) ?? (await readFile(join(DIST, pathname)).catch(() => null));
      const type = pathname.endsWith('.ts') ? 'text/javascript' : (TYPES[extname(pathname) || '.html'] ?? 'application/octet-stream');
      response.writeHead(body ? 200 : 404, { 'Content-Type': type }).end(body);
    });
    await new Promise((listening) => this.#server.listen(0, '127.0.0.1', listening));
    this.#janus = janus ? await startJanus() : null;
    const camera = await makeCodedCamera(SIZE);
    [this.sender, this.receiver] = await Promise.all(['', 'receiver'].map((path) => this.#openPage(camera, path)));
  }

  async #openPage(camera, path) {
    const browser = await openBrowser(camera);
    this.#browsers.push(browser);
    const page = await browser.newPage();
    page.on('pageerror', (error) => this.problems.push(error));
    await page.goto(`http://127.0.0.1:${this.#server.address().port}/${path}`);
    await page.waitForFunction(() => globalThis.call);
    return page;
  }

  /** Calls a function of the page. */
  run(page, name, ...values) {
    return page.evaluate((wanted, ...given) => globalThis.call[wanted](...given), name, ...values);
  }

  start(attributes = {}) {
    return this.run(this.sender, 'start', { ...SIZE, 'frame-rate': 15, model: 'selfie', quality: 'low', background: cssOf(VIOLET), ...attributes });
  }

  /** The element's stream goes to the server in two sizes; the receiver gets it from there. @returns milliseconds to the first frame */
  async connectByJanus() {
    const place = { url: this.#janus.url, room: ROOM };
    const started = performance.now();
    const feed = await this.run(this.sender, 'publish', { ...place, encodings: ENCODINGS });
    await this.run(this.receiver, 'subscribe', { ...place, feed });
    return this.#watchFirst(started);
  }

  async connectPlainly() {
    const started = performance.now();
    const answer = await this.run(this.receiver, 'answer', await this.run(this.sender, 'offer'));
    await this.run(this.sender, 'accept', answer);
    return this.#watchFirst(started);
  }

  async #watchFirst(started) {
    await this.run(this.receiver, 'watch', VIOLET);
    await this.untilFrames(1);
    return performance.now() - started;
  }

  async untilFrames(count) {
    const from = await this.run(this.receiver, 'frames');
    await this.#until(`${count} frames`, async () => (await this.run(this.receiver, 'frames')) >= from + count);
  }

  /** Until the last decoded frame is so. @param {(frame: object) => boolean} isSo */
  untilLast(what, isSo) {
    return this.#until(what, async () => {
      const last = await this.run(this.receiver, 'last');
      return last !== null && isSo(last) ? last : null;
    });
  }

  async #until(what, look) {
    const end = Date.now() + WAIT_MS;
    for (;;) {
      const found = await look();
      if (found) return found;
      if (Date.now() > end) throw new Error(`Waited ${WAIT_MS / 1000} s for ${what}; last: ${JSON.stringify(await this.run(this.receiver, 'last'))}`);
      await sleep(100);
    }
  }

  /** Another tab lies before the page while something is done. */
  async whileHidden(page, act) {
    const cover = await page.browser().newPage();
    await cover.bringToFront();
    await page.waitForFunction(() => document.visibilityState === 'hidden', { polling: 100 });
    try {
      return await act();
    } finally {
      await cover.close();
      await page.bringToFront();
    }
  }

  /** What arrives in some time. */
  async measure(durationMs) {
    const before = await this.run(this.receiver, 'figures');
    await sleep(durationMs);
    const after = await this.run(this.receiver, 'figures');
    const seconds = (after.timeMs - before.timeMs) / 1000;
    return {
      fps: (after.frames - before.frames) / seconds,
      kbps: ((after.bytes - before.bytes) * 8) / 1000 / seconds,
      bufferMs: (1000 * (after.bufferedSeconds - before.bufferedSeconds)) / Math.max(1, after.emitted - before.emitted),
      freezes: after.freezes - before.freezes,
      size: `${after.width}×${after.height}`,
      codec: after.codec,
    };
  }

  async close() {
    await Promise.all(this.#browsers.map((browser) => browser.close()));
    await this.#janus?.close();
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}
