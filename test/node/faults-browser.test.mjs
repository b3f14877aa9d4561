/**
 * Faults that only the browser's own driver can inject: the GPU process killed, the permission taken back, a page
 * frozen, a page left and come back to. The room of these tests is drawn in the page and carries a colour code.
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

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' };
const HOSTS = ['worker', 'window'];
const LIMIT = { timeout: 120_000 };
const PATIENCE_MS = 60_000;
const BACKGROUND = [40, 60, 90];
const FROZEN_MS = 4000;

const page = (host) => `<!doctype html><title>faults</title><link rel="icon" href="data:,">
<virtual-background-camera model="selfie" model-cache="none" quality="low" background="rgb(${BACKGROUND.join(' ')})" host="${host}"></virtual-background-camera>
<script type="module" src="/virtual-background-camera.js"></script>
<script type="module" src="/stage.js"></script>`;

/** The page's half: the same detector as in the browser's own tests. */
const STAGE = `
import { CodedRoom, RawFrameDetector } from './test/support/raw-frame-detector.ts';
const element = document.querySelector('virtual-background-camera');
const events = { states: [], errors: [], warnings: [] };
element.addEventListener('vbc-state-change', ({ detail }) => events.states.push(detail.state));
element.addEventListener('vbc-error', ({ detail }) => events.errors.push(detail.code));
element.addEventListener('vbc-warning', ({ detail }) => events.warnings.push(detail.code));
const now = () => performance.timeOrigin + performance.now();
globalThis.stage = {
  async start(source) {
    await customElements.whenDefined('virtual-background-camera');
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
      nowMs: now(),
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
    const flags = [...baseBrowserFlags(), '--use-fake-device-for-media-stream'];
    browser = await launch({ executablePath: findBrowser(), headless: true, args: flags });
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
    return tab;
  }

  const look = (tab) => tab.evaluate(() => globalThis.stage.look());

  /** Looks until it is so. */
  async function until(tab, isSo) {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const seen = await look(tab);
      if (isSo(seen)) return seen;
      if (Date.now() > end) assert.fail(`Waited ${PATIENCE_MS / 1000} s; saw ${JSON.stringify(seen)}`);
      await new Promise((later) => setTimeout(later, 50));
    }
  }

  const note = (name, host, injected, expected, { raw, frames }, recoveryMs) =>
    noteFaultResult({ name, browser: 'Chromium', host, injected, expected, raw, frames, recoveryMs: recoveryMs === null ? null : Math.round(recoveryMs), leaks: 0 });

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
      assert.deepEqual({ raw: seen.raw, errors: seen.errors, sameStream: seen.sameStream, track: seen.track }, { raw: 0, errors: [], sameStream: true, track: 'live' });
      note('gpu: process killed', host, "the browser's GPU process crashes", 'a warning, the last safe picture, then the picture again on the same track', seen, seen.lastMs - seen.markMs);
      await tab.close();
    });

    it(`page: frozen and resumed, host="${host}"`, LIMIT, async () => {
      const tab = await open(host);
      const session = await tab.createCDPSession();
      await session.send('Page.setWebLifecycleState', { state: 'frozen' });
      await new Promise((later) => setTimeout(later, FROZEN_MS));
      await session.send('Page.setWebLifecycleState', { state: 'active' });
      await tab.evaluate(() => globalThis.stage.mark());
      const seen = await until(tab, ({ state, back, sinceMark }) => state === 'running' && back && sinceMark > 5);
      assert.deepEqual({ raw: seen.raw, errors: seen.errors, sameStream: seen.sameStream, track: seen.track }, { raw: 0, errors: [], sameStream: true, track: 'live' });
      note('page: frozen and resumed', host, `the page is frozen for ${FROZEN_MS / 1000} s`, 'the picture again on the same track', seen, seen.lastMs - seen.markMs);
      await tab.close();
    });

    it(`page: left and come back to, host="${host}"`, LIMIT, async () => {
      const tab = await open(host);
      await tab.evaluate(() => globalThis.stage.mark());
      const before = await look(tab);
      await tab.goto(`${origin}/elsewhere`);
      await tab.goBack();
      await tab.waitForFunction(() => globalThis.stage);
      // From the cache with all that ran, or loaded anew: then it starts anew.
      const isKept = await tab.evaluate(() => Boolean(globalThis.stage.detector));
      if (!isKept) await tab.evaluate(() => globalThis.stage.start('room'));
      await tab.evaluate(() => globalThis.stage.mark());
      const seen = await until(tab, ({ state, back }) => state === 'running' && back);
      assert.equal(seen.raw + before.raw, 0);
      assert.deepEqual(seen.errors, []);
      note('page: left and come back to', host, 'another page is visited, then back', 'the picture again, or a page that starts anew', { raw: 0, frames: seen.frames + before.frames }, seen.lastMs - seen.markMs);
      await tab.close();
    });

    it(`camera: permission taken back, host="${host}"`, LIMIT, async () => {
      const context = browser.defaultBrowserContext();
      await context.overridePermissions(origin, ['camera']);
      const tab = await open(host, 'camera');
      await tab.evaluate(() => globalThis.stage.mark());
      const session = await browser.target().createCDPSession();
      await session.send('Browser.setPermission', { permission: { name: 'camera' }, setting: 'denied', origin });
      const seen = await until(tab, ({ state }) => state === 'failed');
      assert.deepEqual({ error: seen.error, track: seen.track, raw: seen.raw }, { error: 'source-ended', track: 'ended', raw: 0 });
      note('camera: permission taken back', host, 'the permission is revoked while it runs', 'the error source-ended; the outgoing track ends, too', seen, null);
      await context.clearPermissionOverrides();
      await tab.close();
    });
  }
});
