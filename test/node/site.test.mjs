/** The demo and the meeting page as static files, under a path that nobody knew when they were built, and a strict policy. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { launch } from 'puppeteer-core';
import { build } from 'vite';
import { buildPackage } from '../../scripts/build.mjs';
import { isFirefoxMissing } from '../../scripts/find-browser.mjs';
import { ensureCameraClip } from '../../scripts/make-camera-clip.mjs';
import { CACHE, ROOT } from '../../scripts/paths.mjs';
import { launchOptionsOf } from '../../scripts/test-runner/browsers.mjs';
import { STRICT } from '../support/strict-page.mjs';
import { fileIn, serve } from '../support/worker-pages.mjs';
import { composite, TEAL } from './support/composite.mjs';

const LIMIT = { timeout: 240_000 };
const PATH = '/some/path/';
const folder = join(CACHE, `site-${process.pid}`);

describe('the site', () => {
  let server;

  before(async () => {
    await buildPackage({ ifStale: true });
    await build({ root: ROOT, configFile: join(ROOT, 'vite.config.ts'), logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
    const find = async (path) => (path.startsWith(PATH) ? fileIn(folder)(path.slice(PATH.length).replace(/^$|\/$/, '$&index.html')) : null);
    server = await serve(find, { 'Content-Security-Policy': STRICT });
  }, LIMIT);

  after(async () => {
    server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Opens a page of the site; `missing`: addresses that gave nothing. */
  async function open(browser, path) {
    const page = await browser.newPage();
    const missing = [];
    page.on('response', (response) => response.status() >= 400 && missing.push(response.url()));
    server.requests.length = 0;
    server.reports.length = 0;
    await page.goto(server.url + PATH + path);
    return { page, missing };
  }

  for (const name of ['chromium', 'firefox']) {
    describe(name, { skip: name === 'firefox' && isFirefoxMissing() }, () => {
      let browser;

      before(async () => {
        browser = await launch({ ...(await launchOptionsOf(name, await ensureCameraClip())), protocolTimeout: LIMIT.timeout });
      }, LIMIT);

      after(() => browser?.close());

      it('should play the demo', LIMIT, async () => {
        const { page, missing } = await open(browser, '?model=selfie&quality=low&background=teal&source=sample');
        const { state, rawFrames, host } = await page.evaluate(composite, TEAL);
        assert.deepEqual({ state, rawFrames, host }, { state: 'running', rawFrames: 0, host: name === 'chromium' ? 'worker' : 'window' });
        assert.deepEqual({ missing, reports: server.reports }, { missing: [], reports: [] });
        for (const file of ['segmentation.worker', 'tfjs-backend-wasm-simd', 'selfie-landscape']) {
          assert.ok(server.requests.some((path) => path.startsWith(`${PATH}assets/${file}-`)), file);
        }
        await page.close();
      });

      it('should show the own picture on the meeting page, and offer no meeting of this machine', LIMIT, async () => {
        const { page, missing } = await open(browser, 'demo/meeting/');
        const seen = await page.evaluate(async (teal) => {
          const camera = document.querySelector('virtual-background-camera');
          Object.assign(camera, { model: 'selfie', background: teal });
          await camera.start();
          const { state, stats } = camera;
          const { display } = getComputedStyle(document.querySelector('#join-form'));
          return { state, rawFrames: stats.rawFrames, local: display, paste: document.querySelector('#paste-form').checkVisibility() };
        }, 'teal');
        assert.deepEqual(seen, { state: 'running', rawFrames: 0, local: 'none', paste: true });
        assert.deepEqual(missing, []);
        await page.close();
      });
    });
  }
});
