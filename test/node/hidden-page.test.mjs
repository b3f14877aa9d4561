/**
 * A page that is really hidden: its tab lies behind another one, in a browser without the flags by which
 * drivers keep hidden pages going.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { launch } from 'puppeteer-core';
import { buildPackage } from '../../scripts/build.mjs';
import { baseBrowserFlags, findBrowser } from '../../scripts/find-browser.mjs';
import { ensureCameraClip } from '../../scripts/make-camera-clip.mjs';
import { DIST } from '../../scripts/paths.mjs';

const VISIBLE_MS = 3000;
const HIDDEN_MS = 4000;
/** Until the page was told, and its ticks come. */
const SETTLE_MS = 500;
const TIME_LIMIT_MS = 180_000;
/** The machine may be busy with something else for a while: then the whole measurement is made again. */
const ATTEMPTS = 3;
const MIN_HIDDEN_FPS = 8;
const MIN_HIDDEN_SHARE = 0.5;

const DRIVER_FLAGS = ['--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding'];
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' };

const pageFor = (host) => `<!doctype html><title>hidden page</title><link rel="icon" href="data:,">
<virtual-background-camera source="camera" width="640" height="360" model="selfie" background="#00ff00" host="${host}"></virtual-background-camera>
<script type="module" src="/virtual-background-camera.js"></script>`;

/**
 * Counts the frames of a track, in a worker, where nothing is slowed. Of each six it looks at one whether its
 * picture is another than that of the last it looked at: looking at all would itself take frames away.
 */
const COUNTER = `
const canvas = new OffscreenCanvas(48, 27);
const context = canvas.getContext('2d', { willReadFrequently: true });
const counts = { frames: 0, looks: 0, changes: 0 };
let last = '';
function look(frame) {
  context.drawImage(frame, 0, 0, canvas.width, canvas.height);
  const picture = context.getImageData(0, 0, canvas.width, canvas.height).data.join();
  counts.looks += 1;
  if (picture !== last) counts.changes += 1;
  last = picture;
}
async function count(readable) {
  const reader = readable.getReader();
  for (;;) {
    const { done, value: frame } = await reader.read();
    if (done) return;
    counts.frames += 1;
    if (counts.frames % 6 === 0) look(frame);
    frame.close();
  }
}
onmessage = ({ data }) => {
  if (data.readable) count(data.readable);
  else postMessage({ ...counts, timeMs: performance.now() });
};`;

/** Runs in the page: starts the element, and counts what it sends and how the page's own timers go. */
async function startElement() {
  await customElements.whenDefined('virtual-background-camera');
  const element = document.querySelector('virtual-background-camera');
  await element.start();
  const { readable } = new MediaStreamTrackProcessor({ track: element.stream.getVideoTracks()[0] });
  const worker = new Worker('/count-frames.js');
  worker.postMessage({ readable }, [readable]);
  let timers = 0;
  setInterval(() => {
    timers += 1;
  }, 20);
  globalThis.takeCounts = async () => {
    const counted = await new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.postMessage({});
    });
    const { state, stats } = element;
    return { ...counted, timers, drawn: stats.outputFrames, dropped: stats.droppedFrames, raw: stats.rawFrames, host: stats.host, state, visibility: document.visibilityState };
  };
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const takeCounts = (tab) => tab.evaluate(() => globalThis.takeCounts());

/** What happened in some seconds; `frames`, `drawn`, `dropped` and `timers` become rates a second. */
async function measure(tab, durationMs) {
  const start = await takeCounts(tab);
  await sleep(durationMs);
  const end = await takeCounts(tab);
  const seconds = (end.timeMs - start.timeMs) / 1000;
  const rate = (name) => (end[name] - start[name]) / seconds;
  return {
    ...end,
    fps: rate('frames'),
    drawn: rate('drawn'),
    dropped: rate('dropped'),
    timers: rate('timers'),
    changed: (end.changes - start.changes) / Math.max(1, end.looks - start.looks),
    visibility: start.visibility === end.visibility ? end.visibility : 'changed',
  };
}

const describeRates = ({ fps, drawn, dropped, timers }) =>
  `${fps.toFixed(1)} frames a second delivered, ${drawn.toFixed(1)} drawn, ${dropped.toFixed(1)} dropped; the page's own timers: ${timers.toFixed(1)}`;

describe('a hidden page', () => {
  let server;
  let browser;
  /** Lies over the page that shall be hidden. */
  let cover;

  before(async () => {
    await buildPackage({ ifStale: true });
    const camera = await ensureCameraClip();
    server = createServer(async (request, response) => {
      const { pathname, searchParams } = new URL(request.url, 'http://localhost');
      const own = { '/': pageFor(searchParams.get('host')), '/count-frames.js': COUNTER }[pathname];
      const body = own ?? (await readFile(join(DIST, pathname)).catch(() => null));
      response.writeHead(body ? 200 : 404, { 'Content-Type': TYPES[extname(pathname) || '.html'] ?? 'application/octet-stream' });
      response.end(body);
    });
    await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
    browser = await launch({
      executablePath: findBrowser(),
      headless: true,
      args: [...baseBrowserFlags(), '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera.file}`],
      ignoreDefaultArgs: DRIVER_FLAGS,
    });
    cover = await browser.newPage();
  });

  after(async () => {
    await browser?.close();
    server?.close();
  });

  async function open(host) {
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${server.address().port}/?host=${host}`);
    await tab.evaluate(startElement);
    return tab;
  }

  /** Visible, then hidden. */
  async function measureBoth(tab) {
    await tab.bringToFront();
    await sleep(SETTLE_MS);
    const visible = await measure(tab, VISIBLE_MS);
    await cover.bringToFront();
    await sleep(SETTLE_MS);
    return { visible, hidden: await measure(tab, HIDDEN_MS) };
  }

  for (const host of ['worker', 'window']) {
    it(`should keep sending new frames, ${host} host`, { timeout: TIME_LIMIT_MS }, async (test) => {
      const tab = await open(host);
      let measured;
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        measured = await measureBoth(tab);
        for (const [name, rates] of Object.entries(measured)) test.diagnostic(`${host} host, ${name}: ${describeRates(rates)}`);
        if (measured.hidden.fps > MIN_HIDDEN_FPS && measured.hidden.fps > MIN_HIDDEN_SHARE * measured.visible.fps) break;
      }
      const { visible, hidden } = measured;
      assert.equal(hidden.host, host);
      assert.equal(visible.visibility, 'visible');
      assert.equal(hidden.visibility, 'hidden');
      assert.ok(hidden.timers < 3, `hidden, so that its own timers are slowed: ${hidden.timers}`);
      assert.ok(hidden.fps > MIN_HIDDEN_FPS, describeRates(hidden));
      assert.ok(hidden.fps > MIN_HIDDEN_SHARE * visible.fps, `${describeRates(hidden)}; visible: ${describeRates(visible)}`);
      assert.ok(hidden.changed > 0.5, `the frames are new pictures: ${hidden.changed}`);
      assert.equal(hidden.raw, 0);

      await tab.bringToFront();
      let again;
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        await sleep(SETTLE_MS);
        again = await measure(tab, VISIBLE_MS);
        test.diagnostic(`${host} host, visible again: ${describeRates(again)}, ${again.state}`);
        if (again.state === 'running' && again.fps > MIN_HIDDEN_SHARE * hidden.fps) break;
      }
      assert.equal(again.visibility, 'visible');
      assert.equal(again.state, 'running');
      assert.ok(again.fps > MIN_HIDDEN_SHARE * hidden.fps, describeRates(again));
      assert.equal(again.raw, 0);
      await tab.close();
    });

    it(`should give a still of the stream, ${host} host`, { timeout: TIME_LIMIT_MS }, async (test) => {
      const tab = await open(host);
      await cover.bringToFront();
      await sleep(SETTLE_MS);
      const still = await tab.evaluate(async () => {
        const element = document.querySelector('virtual-background-camera');
        const startMs = performance.now();
        const blob = await element.snapshot('image/jpeg', 0.9);
        const durationMs = performance.now() - startMs;
        const { width, height } = await createImageBitmap(blob);
        const { width: wanted, height: high } = element.stream.getVideoTracks()[0].getSettings();
        return { visibility: document.visibilityState, type: blob.type, size: [width, height], streamed: [wanted, high], durationMs };
      });
      test.diagnostic(`${host} host, hidden: a still in ${still.durationMs.toFixed(0)} ms`);
      assert.equal(still.visibility, 'hidden');
      assert.equal(still.type, 'image/jpeg');
      assert.deepEqual(still.size, still.streamed);
      await tab.close();
    });
  }
});
