/**
 * Faults that only the browser's own driver can inject: the GPU process killed, the permission taken back, a page
 * hidden, frozen, left and come back to. The room of these tests is drawn in the page, or is a camera's, and carries a
 * colour code.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { launch } from 'puppeteer-core';
import { buildPackage } from '../../scripts/build.mjs';
import { baseBrowserFlags, findBrowser } from '../../scripts/find-browser.mjs';
import { DIST } from '../../scripts/paths.mjs';
import { noteFaultResult } from '../../scripts/test-runner/fault-server.mjs';
import { makeCodedCamera } from '../support/coded-camera.mjs';
import { addCounts, bundleStage, piecesOf } from '../support/fault-stage.mjs';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' };
const HOSTS = ['worker', 'window'];
const LIMIT = { timeout: 180_000 };
const PATIENCE_MS = 60_000;
const BACKGROUND = [140, 60, 130];
/** A browser gives readers some frames at a time of each camera, far fewer than these. */
const MOST_HELD = 100;
/** While a page is hidden, the last picture of a source that stands still would come again every two seconds or so. */
const HIDDEN_FRAMES = 20;
const HIDDEN_LIMIT_MS = 20_000;
const FROZEN_MS = 4000;
const TOKEN = 'the page that was left';
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

describe('faults that the browser injects', () => {
  let server;
  let browser;
  let camera;
  let origin;
  const tabs = [];

  before(async () => {
    await buildPackage({ ifStale: true });
    const bundled = await bundleStage({ background: BACKGROUND, mostHeld: MOST_HELD });
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
    camera = await makeCodedCamera();
    await startBrowser();
  });

  /** A new one: after the third crash of its GPU process a browser does without GPU. */
  async function startBrowser() {
    await browser?.close();
    const flags = [...baseBrowserFlags(), '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera}`];
    browser = await launch({ executablePath: findBrowser(), headless: true, ignoreDefaultArgs: DRIVER_FLAGS, args: flags });
  }

  after(async () => {
    await browser?.close();
    server?.close();
  });

  /** Of a case that failed, too: a camera that stays on would be met by the next. */
  afterEach(async () => {
    for (const tab of tabs.splice(0)) await tab.close().catch(() => undefined);
    await browser.defaultBrowserContext().clearPermissionOverrides();
  });

  async function open(host, source = 'room') {
    const tab = await browser.newPage();
    tabs.push(tab);
    await tab.goto(`${origin}/?host=${host}`);
    await tab.waitForFunction(() => globalThis.stage);
    await tab.evaluate((from) => globalThis.stage.start(from), source);
    assert.ok(tab.workers().length > 0, 'workers that the driver sees');
    return tab;
  }

  const allowCamera = () => browser.defaultBrowserContext().overridePermissions(origin, ['camera']);

  async function crashGpuProcess() {
    const session = await browser.target().createCDPSession();
    // The answer to this never comes: the process that should give it is gone.
    void session.send('Browser.crashGpuProcess').catch(() => undefined);
  }

  const look = (tab) => tab.evaluate(() => globalThis.stage.look());

  /** Looks until it is so. */
  async function until(tab, isSo, patienceMs = PATIENCE_MS) {
    const end = Date.now() + patienceMs;
    for (;;) {
      const seen = await look(tab);
      if (isSo(seen)) return seen;
      if (Date.now() > end) assert.fail(`Waited ${patienceMs / 1000} s; saw ${JSON.stringify(seen)}`);
      await sleep(50);
    }
  }

  /** Stops the element, and counts the workers and the tracks, its own and the camera's, that it leaves. */
  async function countLeaks(tab) {
    await tab.evaluate(() => globalThis.stage.stop());
    const left = async () => tab.workers().length + (await tab.evaluate(() => globalThis.stage.liveTracks()));
    const end = Date.now() + PATIENCE_MS / 10;
    while ((await left()) > 0 && Date.now() < end) await sleep(50);
    return left();
  }

  /** Ends a case: nothing may be left, and its row is written. */
  async function finish(tab, { name, host, injected, expected, seen, recoveryMs = seen.lastMs - seen.markMs }) {
    const leaks = await countLeaks(tab);
    const passed = seen.raw === 0 && leaks === 0 && seen.frames > 0;
    noteFaultResult({ name, browser: 'Chromium', host, injected, expected, raw: seen.raw, frames: seen.frames, pieces: piecesOf(seen), recoveryMs: recoveryMs === null ? null : Math.round(recoveryMs), leaks, passed });
    assert.equal(seen.raw, 0, 'frames with the room');
    assert.equal(leaks, 0, 'workers and live tracks that were left');
    assert.ok(seen.frames > 0, 'frames that were looked at');
  }

  const assertGoesOn = ({ errors, sameStream, track }) =>
    assert.deepEqual({ errors, sameStream, track }, { errors: [], sameStream: true, track: 'live' });

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
      await crashGpuProcess();
      await until(tab, ({ warnings }) => warnings.includes('webgl-context-lost'));
      await until(tab, ({ state }) => state === 'running');
      await tab.evaluate(() => globalThis.stage.watchAnew());
      const seen = await until(tab, ({ state, back }) => state === 'running' && back);
      Object.assign(seen, addCounts(await tab.evaluate(() => globalThis.stage.earlier), seen));
      assertGoesOn(seen);
      const [injected, expected] = ["the browser's GPU process crashes", 'a warning, the last safe picture, then the picture again on the same track'];
      await finish(tab, { name: 'gpu: process killed', host, injected, expected, seen });
    });

    it(`gpu: process killed as the room is covered, host="${host}"`, LIMIT, async () => {
      await startBrowser();
      const tab = await open(host);
      await tab.evaluate(() => globalThis.stage.showRoom());
      await tab.evaluate(() => globalThis.stage.mark());
      await crashGpuProcess();
      await tab.evaluate(() => globalThis.stage.coverRoom());
      await until(tab, ({ warnings }) => warnings.includes('webgl-context-lost'));
      await tab.evaluate(() => globalThis.stage.watchAnew());
      const seen = await until(tab, ({ state, back }) => state === 'running' && back);
      assertGoesOn(seen);
      const [injected, expected] = ["the background changes from none to a colour as the browser's GPU process crashes", 'who joins once that is known sees no room'];
      await finish(tab, { name: 'gpu: process killed as the room is covered', host, injected, expected, seen });
    });

    it(`page: hidden, host="${host}"`, LIMIT, async () => {
      await allowCamera();
      const tab = await open(host, 'camera');
      const before = await browser.newPage();
      await before.bringToFront();
      await tab.waitForFunction(() => document.visibilityState === 'hidden', { polling: 100 });
      await tab.evaluate(() => globalThis.stage.mark());
      const atFirst = await look(tab);
      const isGoingOn = ({ state, outputFrames, sinceMark }) => state === 'running' && outputFrames > atFirst.outputFrames && sinceMark > HIDDEN_FRAMES;
      const hidden = await until(tab, isGoingOn, HIDDEN_LIMIT_MS);
      await before.close();
      await tab.bringToFront();
      await tab.waitForFunction(() => document.visibilityState === 'visible', { polling: 100 });
      const seen = await until(tab, ({ state, sinceMark: count }) => state === 'running' && count > hidden.sinceMark + 10);
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
      Object.assign(seen, addCounts(before, seen));
      assertGoesOn(seen);
      const [injected, expected] = ['another page is visited, then back', 'browsers keep no page with a live track: it starts again'];
      await finish(tab, { name: 'page: left while it runs', host, injected, expected, seen });
    });

    it(`page: stopped, left and come back to, host="${host}"`, LIMIT, async () => {
      const tab = await open(host);
      assert.equal(await countLeaks(tab), 0);
      const before = await look(tab);
      await tab.evaluate((token) => void (globalThis.token = token), TOKEN);
      assert.deepEqual(await leaveAndComeBack(tab), [], 'what kept the page out of the cache of left pages');
      assert.equal(await tab.evaluate(() => globalThis.token), TOKEN, 'left in the kept page');
      await tab.evaluate(() => globalThis.stage.start('room').then(() => globalThis.stage.mark()));
      const seen = await until(tab, ({ state, back }) => state === 'running' && back);
      Object.assign(seen, addCounts(before, seen));
      assertGoesOn(seen);
      const [injected, expected] = ['stopped; another page is visited, then back to the kept one; started', 'the picture'];
      await finish(tab, { name: 'page: stopped, left and come back to', host, injected, expected, seen });
    });

    it(`camera: no more frames for readers, host="${host}"`, LIMIT, async () => {
      await allowCamera();
      const tab = await open(host, 'camera');
      const before = await look(tab);
      assert.equal(await countLeaks(tab), 0);
      const held = await tab.evaluate(() => globalThis.stage.holdFrames());
      assert.ok(held > 0 && held < MOST_HELD, `${held} frames were given`);
      const markMs = Date.now();
      await tab.evaluate(() => globalThis.stage.start('camera', { isSeen: true }));
      const seen = await until(tab, ({ state, frames }) => state === 'running' && frames > 10);
      assert.ok(await tab.evaluate(() => globalThis.stage.holdsAll()), 'the camera still gives readers nothing');
      assertGoesOn(seen);
      await tab.evaluate(() => globalThis.stage.letGo());
      Object.assign(seen, { markMs, ...addCounts(before, seen) });
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
      assert.deepEqual({ error: seen.error, track: seen.track }, { error: 'source-ended', track: 'ended' });
      const [injected, expected] = ['the permission is revoked while it runs', 'the error source-ended; the outgoing track ends, too'];
      await finish(tab, { name: 'camera: permission taken back', host, injected, expected, seen, recoveryMs: null });
    });
  }
});
