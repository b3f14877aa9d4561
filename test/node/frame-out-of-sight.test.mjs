/** A frame of another origin that is out of sight, or not displayed, while its page is visible: browsers give it no frame callbacks. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch } from 'puppeteer-core';
import { buildPackage } from '../../scripts/build.mjs';
import { isFirefoxMissing } from '../../scripts/find-browser.mjs';
import { ensureCameraClip } from '../../scripts/make-camera-clip.mjs';
import { DIST } from '../../scripts/paths.mjs';
import { launchOptionsOf } from '../../scripts/test-runner/browsers.mjs';
import { fileIn, serve } from '../support/worker-pages.mjs';

const LIMIT = { timeout: 240_000 };
/** More than any frame that was on its way, and than browsers that give one callback a second would. */
const SOME_FRAMES = 30;

const OUTER = `<!doctype html><title>outer</title><link rel="icon" href="data:,"><body style="height: 6000px">`;
const INNER = `<!doctype html><title>inner</title><link rel="icon" href="data:,">
<script>
globalThis.workers = [];
globalThis.Worker = class extends Worker {
  constructor(url, options) {
    super(url, options);
    workers.push(options?.name);
  }
};
</script>
<script type="module" src="/virtual-background-camera.js"></script>
<virtual-background-camera model="selfie" backend="wasm" quality="low" width="320" height="180" background="none" host="window"></virtual-background-camera>`;

/** Runs in the page: a frame in view. */
function addFrame(url) {
  const frame = Object.assign(document.createElement('iframe'), { src: url, allow: 'camera; autoplay' });
  frame.style.cssText = 'position: absolute; top: 10px; width: 640px; height: 360px';
  document.body.append(frame);
}

/** Runs in the frame: resolves when so many pictures more have gone out. */
async function awaitPictures(count) {
  const { stats } = document.querySelector('virtual-background-camera');
  const first = stats.outputFrames;
  while (document.querySelector('virtual-background-camera').stats.outputFrames < first + count) await new Promise((later) => setTimeout(later, 50));
  return { hidden: document.hidden, workers: globalThis.workers };
}

describe('a frame out of sight', () => {
  let inner;
  let outer;

  before(async () => {
    await buildPackage({ ifStale: true });
    const file = fileIn(DIST);
    inner = await serve(async (path) => (path === '/' ? INNER : file(path)), {});
    outer = await serve(async () => OUTER, {});
  }, LIMIT);

  after(() => {
    inner?.close();
    outer?.close();
  });

  for (const name of ['chromium', 'firefox']) {
    describe(name, { skip: name === 'firefox' && isFirefoxMissing() }, () => {
      let browser;

      before(async () => {
        browser = await launch({ ...(await launchOptionsOf(name, await ensureCameraClip())), protocolTimeout: LIMIT.timeout });
      }, LIMIT);

      after(() => browser?.close());

      it('should go on by the ticks of a worker, and by frame callbacks again when it is back', LIMIT, async () => {
        const page = await browser.newPage();
        // Another site: a frame of the same one gets its callbacks wherever it is.
        await page.goto(outer.url.replace('127.0.0.1', 'localhost'));
        await page.evaluate(addFrame, `${inner.url}/`);
        const frame = await page.waitForFrame(async (found) => found.url().startsWith(inner.url));
        await frame.evaluate(() => customElements.whenDefined('virtual-background-camera').then(() => document.querySelector('virtual-background-camera').start()).then(() => undefined));
        await frame.evaluate(awaitPictures, SOME_FRAMES);
        for (const style of ['top: 5000px', 'display: none']) {
          await page.evaluate((text) => (document.querySelector('iframe').style.cssText += `;${text}`), style);
          const { hidden, workers } = await frame.evaluate(awaitPictures, SOME_FRAMES);
          assert.equal(hidden, false, style);
          assert.ok(workers.includes('ticker'), style);
        }
        await page.evaluate(() => (document.querySelector('iframe').style.cssText += '; display: block; top: 10px'));
        await frame.evaluate(awaitPictures, SOME_FRAMES);
        assert.equal(await frame.evaluate(() => document.querySelector('virtual-background-camera').state), 'running');
      });
    });
  }
});
