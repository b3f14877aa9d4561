/**
 * Faults that only the browser's own driver can inject: the GPU process killed, the permission taken back, a page
 * hidden, frozen, left and come back to. The room of these tests is drawn in the page, or is a camera's, and carries a
 * colour code.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { build } from 'esbuild';
import { launch } from 'puppeteer-core';
import { buildPackage } from '../../scripts/build.mjs';
import { baseBrowserFlags, findBrowser } from '../../scripts/find-browser.mjs';
import { DIST, ROOT } from '../../scripts/paths.mjs';
import { noteFaultResult } from '../../scripts/test-runner/fault-server.mjs';
import { makeCodedCamera } from '../support/coded-camera.mjs';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' };
const HOSTS = ['worker', 'window'];
const LIMIT = { timeout: 180_000 };
const PATIENCE_MS = 60_000;
const BACKGROUND = [40, 60, 90];
const FROZEN_MS = 4000;
/** By these puppeteer keeps hidden pages going, and reloads those that the browser would have kept. */
const DRIVER_FLAGS = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--disable-back-forward-cache',
];

const page = (host) => `<!doctype html><title>faults</title><link rel="icon" href="data:,">
<virtual-background-camera model="selfie" model-cache="none" quality="low" background="rgb(${BACKGROUND.join(' ')})" host="${host}"></virtual-background-camera>
<script type="module" src="/virtual-background-camera.js"></script>
<script type="module" src="/stage.js"></script>`;

const sleep = (ms) => new Promise((later) => setTimeout(later, ms));

/** The page's half: the same detector as in the browser's own tests. */
const STAGE = `
import { CodedRoom, RawFrameDetector } from './test/support/raw-frame-detector.ts';
const element = document.querySelector('virtual-background-camera');
const events = { states: [], errors: [], warnings: [] };
element.addEventListener('vbc-state-change', ({ detail }) => events.states.push(detail.state));
element.addEventListener('vbc-error', ({ detail }) => events.errors.push(detail.code));
element.addEventListener('vbc-warning', ({ detail }) => events.warnings.push(detail.code));
const now = () => performance.timeOrigin + performance.now();
/** Whether the detector finds the room in the camera itself. */
async function seesRoom() {
  const camera = await navigator.mediaDevices.getUserMedia({ video: true });
  const detector = new RawFrameDetector();
  detector.watch(camera.getVideoTracks()[0]);
  while (detector.readings.length < 10) await new Promise((later) => setTimeout(later, 20));
  detector.stop();
  camera.getVideoTracks()[0].stop();
  return detector.count().raw >= 9;
}
const held = [];
globalThis.stage = {
  /** Takes frames of the camera and closes none, until the browser gives no more. @returns how many */
  async holdFrames() {
    const camera = await navigator.mediaDevices.getUserMedia({ video: true });
    const reader = new MediaStreamTrackProcessor({ track: camera.getVideoTracks()[0] }).readable.getReader();
    for (;;) {
      const next = await Promise.race([reader.read(), new Promise((later) => setTimeout(later, 1000))]);
      if (!next) return held.length;
      held.push(next.value);
    }
  },
  async start(source, isSeen = false) {
    await customElements.whenDefined('virtual-background-camera');
    if (source === 'camera' && !isSeen && !(await seesRoom())) throw new Error('The camera does not show the coded room');
    this.room = source === 'camera' ? null : new CodedRoom();
    element.source = this.room?.stream ?? 'camera';
    this.detector = new RawFrameDetector({ background: ${JSON.stringify(BACKGROUND)} });
    this.stream = await element.start();
    this.detector.watch(this.stream.getVideoTracks()[0]);
  },
  /** With a worker of its own: the one before may have lost the GPU, too. */
  watchAnew() {
    this.earlier = this.detector.count();
    // The drawn person was in the GPU's memory.
    this.room.resize(320, 180);
    this.detector.stop();
    this.detector = new RawFrameDetector({ background: ${JSON.stringify(BACKGROUND)} });
    this.detector.watch(this.stream.getVideoTracks()[0]);
    this.marked = 0;
  },
  /** Ends all; what the package's own should have let go of is counted by the driver. */
  stop() {
    element.stop();
    this.detector?.stop();
    this.room?.stop();
  },
  mark() {
    this.markMs = now();
    this.marked = this.detector.readings.length;
  },
  look() {
    const { readings } = this.detector;
    const back = readings.slice(this.marked).findLast((reading) => this.detector.showsPerson(reading));
    return {
      ...this.detector.count(),
      ...events,
      state: element.state,
      error: element.error?.code ?? null,
      sinceMark: readings.length - this.marked,
      lastMs: readings.at(-1)?.atMs ?? 0,
      back: Boolean(back),
      person: readings.at(-1)?.person ?? null,
      sameStream: element.stream === this.stream,
      track: this.stream?.getVideoTracks()[0]?.readyState,
      raw: this.detector.count().raw + element.stats.rawFrames,
      markMs: this.markMs,
    };
  },
};`;

async function bundleStage() {
  const shared = { bundle: true, format: 'esm', write: false, absWorkingDir: ROOT, target: 'es2022', logLevel: 'silent' };
  const [stage, worker] = await Promise.all([
    build({ ...shared, stdin: { contents: STAGE, resolveDir: ROOT, loader: 'js' } }),
    build({ ...shared, entryPoints: ['test/support/raw-frame-detector.worker.ts'] }),
  ]);
  return { '/stage.js': stage.outputFiles[0].text, '/raw-frame-detector.worker.ts': worker.outputFiles[0].text };
}

describe('faults that the browser injects', () => {
  let server;
  let browser;
  let origin;

  before(async () => {
    await buildPackage({ ifStale: true });
    const bundled = await bundleStage();
    server = createServer(async (request, response) => {
      const { pathname, searchParams } = new URL(request.url, 'http://localhost');
      const own = { '/': page(searchParams.get('host')), '/elsewhere': '<!doctype html><title>elsewhere</title>', ...bundled }[pathname];
      const body = own ?? (await readFile(join(DIST, pathname)).catch(() => null));
      const type = pathname.endsWith('.ts') ? 'text/javascript' : (TYPES[extname(pathname) || '.html'] ?? 'application/octet-stream');
      response.writeHead(body ? 200 : 404, { 'Content-Type': type });
      response.end(body);
    });
    await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
    origin = `http://127.0.0.1:${server.address().port}`;
    const camera = await makeCodedCamera();
    const flags = [...baseBrowserFlags(), '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera}`];
    browser = await launch({ executablePath: findBrowser(), headless: true, ignoreDefaultArgs: DRIVER_FLAGS, args: flags });
  });

  after(async () => {
    await browser?.close();
    server?.close();
  });

  async function open(host, source = 'room') {
    const tab = await browser.newPage();
    await tab.goto(`${origin}/?host=${host}`);
    await tab.waitForFunction(() => globalThis.stage);
    await tab.evaluate((from) => globalThis.stage.start(from), source);
    assert.ok(tab.workers().length > 0, 'workers that the driver sees');
    return tab;
  }

  const allowCamera = () => browser.defaultBrowserContext().overridePermissions(origin, ['camera']);

  const look = (tab) => tab.evaluate(() => globalThis.stage.look());

  /** Looks until it is so. */
  async function until(tab, isSo) {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const seen = await look(tab);
      if (isSo(seen)) return seen;
      if (Date.now() > end) assert.fail(`Waited ${PATIENCE_MS / 1000} s; saw ${JSON.stringify(seen)}`);
      await sleep(50);
    }
  }

  /** Stops the element, and counts the workers and tracks that it leaves. */
  async function countLeaks(tab) {
    await tab.evaluate(() => globalThis.stage.stop());
    const left = async () => tab.workers().length + Number(await tab.evaluate(() => globalThis.stage.stream?.getVideoTracks()[0]?.readyState === 'live'));
    const end = Date.now() + PATIENCE_MS / 10;
    while ((await left()) > 0 && Date.now() < end) await sleep(50);
    return left();
  }

  /** Ends a case: nothing may be left, and its row is written. */
  async function finish(tab, { name, host, injected, expected, seen, recoveryMs = seen.lastMs - seen.markMs }) {
    const leaks = await countLeaks(tab);
    noteFaultResult({ name, browser: 'Chromium', host, injected, expected, raw: seen.raw, frames: seen.frames, recoveryMs: recoveryMs === null ? null : Math.round(recoveryMs), leaks });
    await tab.close();
    assert.equal(leaks, 0, 'workers and live tracks that were left');
    assert.ok(seen.frames > 0, 'frames that were looked at');
  }

  const assertGoesOn = ({ raw, errors, sameStream, track }) =>
    assert.deepEqual({ raw, errors, sameStream, track }, { raw: 0, errors: [], sameStream: true, track: 'live' });

  /** Another page, and back. @returns why the browser did not keep the page; empty where it did */
  async function leaveAndComeBack(tab) {
    const session = await tab.createCDPSession();
    await session.send('Page.enable');
    const reasons = [];
    session.on('Page.backForwardCacheNotUsed', ({ notRestoredExplanations }) => reasons.push(...notRestoredExplanations.map(({ reason }) => reason)));
    await tab.goto(`${origin}/elsewhere`);
    await tab.goBack();
    await tab.waitForFunction(() => globalThis.stage);
    await session.detach();
    return reasons;
  }

  for (const host of HOSTS) {
    it(`gpu: process killed, host="${host}"`, LIMIT, async () => {
      const tab = await open(host);
      await tab.evaluate(() => globalThis.stage.mark());
      // The answer to this never comes: the process that should give it is gone.
      const session = await browser.target().createCDPSession();
      void session.send('Browser.crashGpuProcess').catch(() => undefined);
      await until(tab, ({ warnings }) => warnings.includes('webgl-context-lost'));
      await until(tab, ({ state }) => state === 'running');
      await tab.evaluate(() => globalThis.stage.watchAnew());
      const seen = await until(tab, ({ state, back }) => state === 'running' && back);
      const { frames, raw } = await tab.evaluate(() => globalThis.stage.earlier);
      seen.raw += raw;
      seen.frames += frames;
      assertGoesOn(seen);
      const [injected, expected] = ["the browser's GPU process crashes", 'a warning, the last safe picture, then the picture again on the same track'];
      await finish(tab, { name: 'gpu: process killed', host, injected, expected, seen });
    });

    it(`page: hidden, host="${host}"`, LIMIT, async () => {
      await allowCamera();
      const tab = await open(host, 'camera');
      const before = await browser.newPage();
      await before.bringToFront();
      await tab.waitForFunction(() => document.visibilityState === 'hidden');
      await tab.evaluate(() => globalThis.stage.mark());
      const { sinceMark } = await until(tab, ({ sinceMark: count }) => count > 20);
      await before.close();
      await tab.bringToFront();
      await tab.waitForFunction(() => document.visibilityState === 'visible');
      const seen = await until(tab, ({ state, sinceMark: count }) => state === 'running' && count > sinceMark + 10);
      assertGoesOn(seen);
      const [injected, expected] = ['another tab lies before the page, and goes away', 'frames all the while'];
      await finish(tab, { name: 'page: hidden', host, injected, expected, seen, recoveryMs: null });
    });

    it(`page: frozen and resumed, host="${host}"`, LIMIT, async () => {
      const tab = await open(host);
      const session = await tab.createCDPSession();
      await session.send('Page.setWebLifecycleState', { state: 'frozen' });
      await sleep(FROZEN_MS);
      await session.send('Page.setWebLifecycleState', { state: 'active' });
      await tab.evaluate(() => globalThis.stage.mark());
      const seen = await until(tab, ({ state, back, sinceMark }) => state === 'running' && back && sinceMark > 5);
      assertGoesOn(seen);
      const [injected, expected] = [`the page is frozen for ${FROZEN_MS / 1000} s`, 'the picture again on the same track'];
      await finish(tab, { name: 'page: frozen and resumed', host, injected, expected, seen });
    });

    it(`page: left while it runs, host="${host}"`, LIMIT, async () => {
      const tab = await open(host);
      await tab.evaluate(() => globalThis.stage.mark());
      const before = await look(tab);
      assert.deepEqual(await leaveAndComeBack(tab), ['LiveMediaStreamTrack']);
      await tab.evaluate(() => globalThis.stage.start('room').then(() => globalThis.stage.mark()));
      const seen = await until(tab, ({ state, back }) => state === 'running' && back);
      seen.raw += before.raw;
      seen.frames += before.frames;
      assertGoesOn(seen);
      const [injected, expected] = ['another page is visited, then back', 'browsers keep no page with a live track: it starts anew'];
      await finish(tab, { name: 'page: left while it runs', host, injected, expected, seen });
    });

    it(`page: stopped, left and come back to, host="${host}"`, LIMIT, async () => {
      const tab = await open(host);
      const before = await look(tab);
      assert.equal(await countLeaks(tab), 0);
      assert.deepEqual(await leaveAndComeBack(tab), [], 'what kept the page out of the cache of left pages');
      await tab.evaluate(() => globalThis.stage.start('room').then(() => globalThis.stage.mark()));
      const seen = await until(tab, ({ state, back }) => state === 'running' && back);
      assert.deepEqual(seen.states.slice(0, 2), before.states.slice(0, 2), 'the page of before, with what it noted');
      seen.raw += before.raw;
      seen.frames += before.frames;
      assertGoesOn(seen);
      const [injected, expected] = ['stopped; another page is visited, then back to the kept one; started', 'the picture'];
      await finish(tab, { name: 'page: stopped, left and come back to', host, injected, expected, seen });
    });

    it(`camera: no more frames for readers, host="${host}"`, LIMIT, async () => {
      await allowCamera();
      const tab = await open(host, 'camera');
      await tab.evaluate(() => globalThis.stage.stop());
      const held = await tab.evaluate(() => globalThis.stage.holdFrames());
      assert.ok(held > 0 && held < 100, `${held} frames were given`);
      await tab.evaluate(() => globalThis.stage.mark());
      await tab.evaluate(() => globalThis.stage.start('camera', true));
      const seen = await until(tab, ({ state, sinceMark }) => state === 'running' && sinceMark > 10);
      assertGoesOn(seen);
      const [injected, expected] = ["the page holds so many of the camera's frames that the browser gives none to readers any more", 'they are taken from a video element'];
      await finish(tab, { name: 'camera: no more frames for readers', host, injected, expected, seen });
    });

    it(`camera: permission taken back, host="${host}"`, LIMIT, async () => {
      await allowCamera();
      const tab = await open(host, 'camera');
      await until(tab, ({ frames }) => frames > 10);
      const session = await browser.target().createCDPSession();
      await session.send('Browser.setPermission', { permission: { name: 'camera' }, setting: 'denied', origin });
      const seen = await until(tab, ({ state }) => state === 'failed');
      assert.deepEqual({ error: seen.error, track: seen.track, raw: seen.raw }, { error: 'source-ended', track: 'ended', raw: 0 });
      const [injected, expected] = ['the permission is revoked while it runs', 'the error source-ended; the outgoing track ends, too'];
      await finish(tab, { name: 'camera: permission taken back', host, injected, expected, seen, recoveryMs: null });
      await browser.defaultBrowserContext().clearPermissionOverrides();
    });
  }
});
