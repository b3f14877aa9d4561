/** One byte of a file changed on its way: the element must not work with it, whatever the file. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { launch } from 'puppeteer-core';
import { buildPackage } from '../../scripts/build.mjs';
import { baseBrowserFlags, findBrowser } from '../../scripts/find-browser.mjs';
import { DIST, SHARED, hasShared } from '../../scripts/paths.mjs';
import { watchPage } from '../support/watched-page.mjs';
import { fileIn, serve } from '../support/worker-pages.mjs';

const LIMIT = { timeout: 180_000 };
const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
const BODY_PIX = 'models/bodypix/mobilenet/quant2/050/model-stride16.json';
const WEIGHTS = 'models/bodypix/mobilenet/quant2/050/group1-shard1of1.bin';
const page = (attributes) => `<!doctype html><html lang="en"><title>integrity</title><link rel="icon" href="/icon.svg">
<virtual-background-camera width="320" height="180" quality="low" background="teal" backend="wasm" ${attributes}></virtual-background-camera>
<script type="module" src="/virtual-background-camera.js"></script>`;

/** Runs in the page: starts on a drawn source of this shape, and tells how it ended. */
async function start({ width, height }) {
  await customElements.whenDefined('virtual-background-camera');
  const element = document.querySelector('virtual-background-camera');
  const warnings = [];
  element.addEventListener('vbc-warning', ({ detail }) => warnings.push(`${detail.code}: ${detail.message}`));
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  setInterval(() => context.fillRect(0, 0, Math.random() * width, height), 50);
  element.source = canvas.captureStream(20);
  const telling = new Promise((told) => {
    element.addEventListener('vbc-warning', ({ detail: { code, message } }) => code !== 'overloaded' && code !== 'model-fallback' && told({ code, message }));
  });
  // A network that is looked for only when a picture needs it fails after the start has begun to wait for its mask.
  const error = await Promise.race([element.start().then(() => null, ({ code, message }) => ({ code, message })), telling]);
  // BodyPix takes over from the bundled network, or cannot.
  const isSettled = () => element.model !== 'body-pix' || element.stats.model === 'body-pix' || warnings.some((text) => text.startsWith('model-fallback'));
  while (!error && !isSettled()) await new Promise((later) => setTimeout(later, 20));
  const { state, stats, stream } = element;
  element.stop();
  return { error, state, warnings, model: stats.model, rawFrames: stats.rawFrames, hasStream: stream !== null };
}

describe('files that were tampered with', () => {
  let server;
  let browser;
  let attributes = '';
  let tampered = null;

  before(async () => {
    await buildPackage({ ifStale: true });
    server = await serve(async (path) => {
      if (path === '/') return page(attributes);
      if (path === '/icon.svg') return '<svg xmlns="http://www.w3.org/2000/svg"/>';
      const body = await (path.startsWith('/models/') ? fileIn(SHARED)(path) : fileIn(DIST)(path));
      if (!body || path !== tampered) return body;
      const changed = Buffer.from(body);
      // In the middle of a comment, a weight or a function: of the same length, and mostly still readable.
      const at = path.endsWith('.js') ? 4 : changed.length >> 1;
      changed[at] ^= 1;
      return changed;
    }, ISOLATED);
    const flags = [...baseBrowserFlags(), '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];
    browser = await launch({ executablePath: findBrowser(), headless: true, args: flags, protocolTimeout: LIMIT.timeout });
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  /** A visit of somebody who was never here. */
  async function visit({ file, attributes: wanted, size = { width: 320, height: 180 }, cores }) {
    attributes = wanted;
    tampered = file;
    server.requests.length = 0;
    const context = await browser.createBrowserContext();
    try {
      const tab = await context.newPage();
      const watched = await watchPage(tab, { cores });
      await tab.goto(server.url);
      const result = await tab.evaluate(start, size);
      return { ...result, threads: [...watched.workers.values()].filter(({ url }) => url.includes('threads.worker')).length };
    } finally {
      await context.close();
    }
  }

  const PORTRAIT = { width: 180, height: 320 };
  for (const [name, size] of [
    ['selfie-landscape.json'], ['selfie-landscape.bin'], ['selfie-general.json', PORTRAIT], ['selfie-general.bin', PORTRAIT], ['tfjs-backend-wasm-simd.wasm'],
  ]) {
    it(`should not start with a changed ${name}, and name it`, LIMIT, async (context) => {
      const file = `/assets/${name}`;
      const { error, state, hasStream, rawFrames } = await visit({ file, attributes: 'model="selfie"', size });
      if (!server.requests.includes(file)) return context.skip('this machine does not ask for it at the start');
      assert.deepEqual({ state, hasStream, rawFrames }, { state: 'failed', hasStream: false, rawFrames: 0 });
      assert.equal(error.code, 'model-load-failed');
      assert.ok(error.message.includes(name), error.message);
    });
  }

  for (const name of ['tfjs-backend-wasm-threads.worker.js', 'tfjs-backend-wasm-threaded-simd.wasm']) {
    it(`should do without threads where ${name} was changed`, LIMIT, async () => {
      const { error, state, threads } = await visit({ file: `/assets/${name}`, attributes: 'model="selfie"', cores: 8 });
      assert.deepEqual({ error, state, threads }, { error: null, state: 'running', threads: 0 });
      assert.ok(server.requests.includes(`/assets/${name}`));
      assert.ok(server.requests.includes('/assets/tfjs-backend-wasm-simd.wasm'), 'one thread alone');
    });
  }

  const needsWeights = { ...LIMIT, skip: hasShared() ? false : 'no ../shared/models beside the checkout' };
  const bodyPix = async (more = '') => {
    const digest = createHash('sha384').update(await readFile(join(SHARED, WEIGHTS))).digest('base64');
    return `model="body-pix" model-url="/${BODY_PIX}" model-integrity="sha384-${digest}" ${more}`;
  };

  it("should take BodyPix's weights as they are, by the page's digest", needsWeights, async () => {
    const { error, state, model, warnings } = await visit({ file: null, attributes: await bodyPix() });
    assert.deepEqual({ error, state, model, warnings: warnings.filter((text) => !text.startsWith('overloaded')) }, { error: null, state: 'running', model: 'body-pix', warnings: [] });
  });

  it('should refuse BodyPix with changed weights, and go on with the bundled model where it may', needsWeights, async () => {
    const alone = await visit({ file: `/${WEIGHTS}`, attributes: await bodyPix('model-fallback="none"') });
    assert.deepEqual({ state: alone.state, code: alone.error?.code, hasStream: alone.hasStream, rawFrames: alone.rawFrames }, { state: 'failed', code: 'model-load-failed', hasStream: false, rawFrames: 0 });
    const withFallback = await visit({ file: `/${WEIGHTS}`, attributes: await bodyPix() });
    assert.deepEqual({ state: withFallback.state, model: withFallback.model }, { state: 'running', model: 'selfie' });
    assert.ok(withFallback.warnings.some((text) => text.startsWith('model-fallback')), withFallback.warnings.join());
  });
});
