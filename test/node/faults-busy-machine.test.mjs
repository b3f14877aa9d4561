/**
 * A machine whose processor belongs to others: masks get late, and no frame may go out with a late one. The frame rate
 * may fall as it likes.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { launch } from 'puppeteer-core';
import { buildPackage } from '../../scripts/build.mjs';
import { baseBrowserFlags, findBrowser } from '../../scripts/find-browser.mjs';
import { DIST } from '../../scripts/paths.mjs';
import { noteFaultResult } from '../../scripts/test-runner/fault-server.mjs';
import { whileBusy } from '../support/busy-processes.mjs';
import { bundleStage, piecesOf } from '../support/fault-stage.mjs';
import { fileIn, serve } from '../support/worker-pages.mjs';

const HOSTS = ['worker', 'window'];
/** As many as the machines that run these tests have cores. */
const BUSY_PROCESSES = 2;
/** Seconds in which the person walks there and back; fewer frames where each takes longer. */
const FRAMES = { wasm: 40, webgl: 8 };
const LIMIT = { timeout: 120_000 };
const BACKGROUND = [140, 60, 130];

const page = (host, backend) => `<!doctype html><title>busy machine</title><link rel="icon" href="data:,">
<virtual-background-camera model="selfie" model-cache="none" quality="low" background="rgb(${BACKGROUND.join(' ')})" host="${host}" backend="${backend}"></virtual-background-camera>
<script type="module" src="/virtual-background-camera.js"></script>
<script type="module" src="/stage.js"></script>`;

describe('a machine with other things to do', () => {
  let server;
  let browser;
  const tabs = [];

  before(async () => {
    await buildPackage({ ifStale: true });
    const scripts = await bundleStage({ background: BACKGROUND, mostHeld: 0 });
    const findDist = fileIn(DIST);
    const pages = Object.fromEntries(HOSTS.flatMap((host) => Object.keys(FRAMES).map((backend) => [`/${host}/${backend}`, page(host, backend)])));
    server = await serve(async (path) => pages[path] ?? scripts[path] ?? findDist(path), {});
    browser = await launch({ executablePath: findBrowser(), headless: true, args: baseBrowserFlags() });
  });

  after(async () => {
    await browser?.close();
    server?.close();
  });

  afterEach(async () => {
    for (const tab of tabs.splice(0)) await tab.close().catch(() => undefined);
  });

  for (const [backend, frames] of Object.entries(FRAMES)) {
    for (const host of HOSTS) {
      const name = `${backend === 'webgl' ? 'shared context: ' : ''}machine: busy`;
      it(`${name}, host="${host}"`, LIMIT, async () => {
        const tab = await browser.newPage();
        tabs.push(tab);
        await tab.goto(`${server.url}/${host}/${backend}`);
        await tab.waitForFunction(() => globalThis.stage);
        await tab.evaluate(() => globalThis.stage.start('room', { pose: 'walk' }));
        const seen = await whileBusy(BUSY_PROCESSES, async () => {
          await tab.evaluate(() => globalThis.stage.mark());
          await tab.waitForFunction((count) => globalThis.stage.look().sinceMark >= count, { polling: 100, timeout: LIMIT.timeout / 2 }, frames);
          return tab.evaluate(() => globalThis.stage.look());
        });
        await tab.evaluate(() => globalThis.stage.stop());
        const limits = await tab.evaluate(() => globalThis.stage.limits);
        const passed = seen.raw === 0 && seen.errors.length === 0 && seen.pieceShare <= limits.mean && seen.mostPieceShare <= limits.worst;
        const [injected, expected] = [`${BUSY_PROCESSES} other processes burn the processor`, 'fewer frames, each with its own mask'];
        noteFaultResult({ name, browser: 'Chromium', host, injected, expected, raw: seen.raw, frames: seen.frames, pieces: piecesOf(seen), recoveryMs: null, leaks: 0, passed });
        assert.deepEqual(seen.errors, []);
        assert.equal(seen.raw, 0, 'frames with the room');
        assert.ok(seen.pieceShare <= limits.mean, `pieces in the mean: ${seen.pieceShare}`);
        assert.ok(seen.mostPieceShare <= limits.worst, `pieces in the worst frame: ${seen.mostPieceShare}`);
      });
    }
  }
});
