/**
 * The element under the strictest content security policy that it can live with, Trusted Types included, sent with
 * the page, its scripts and its workers. Whatever the page or a worker says on its console fails the test.
 */
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { launch } from 'puppeteer-core';
import { build as buildApp } from 'vite';
import { buildPackage } from '../../scripts/build.mjs';
import { baseBrowserFlags, findBrowser } from '../../scripts/find-browser.mjs';
import { ensureCameraClip } from '../../scripts/make-camera-clip.mjs';
import { CACHE, DIST, SHARED, hasShared } from '../../scripts/paths.mjs';
import { recordMovie } from '../support/recorded-movie.mjs';
import { BACKGROUNDS, elementPage, fileOfPages, policy, runThrough, STRICT, violate, VIOLATIONS_PAGE, WITHOUT_WASM } from '../support/strict-page.mjs';
import { watchPage } from '../support/watched-page.mjs';
import { fileIn, serve } from '../support/worker-pages.mjs';

const LIMIT = { timeout: 240_000 };
const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

describe('a strict content security policy', () => {
  const PAGES = {};
  const appFolder = join(CACHE, `csp-app-${process.pid}`);
  const servers = [];
  let browser;
  let movie;

  const find = (pages) => async (path) => {
    if (path in pages) return pages[path];
    if (path.startsWith('/models/')) return fileIn(SHARED)(path);
    if (path.startsWith('/app/')) return fileIn(join(appFolder, 'dist'))(path.slice('/app/'.length));
    return (await fileOfPages(path, movie)) ?? fileIn(DIST)(path);
  };
  async function serveWith(headers, pages = PAGES) {
    const server = await serve(find(pages), headers);
    servers.push(server);
    return server;
  }

  let strict;
  before(async () => {
    await buildPackage({ ifStale: true });
    const camera = await ensureCameraClip();
    browser = await launch({
      executablePath: findBrowser(),
      headless: true,
      protocolTimeout: LIMIT.timeout,
      args: [...baseBrowserFlags(), '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera.file}`],
    });
    movie = await recordMovie(browser);
    await mkdir(appFolder, { recursive: true });
    await writeFile(join(appFolder, 'index.html'), '<script type="module" src="/main.js"></script>');
    await writeFile(join(appFolder, 'main.js'), `import ${JSON.stringify(join(DIST, 'define.js'))};`);
    const output = { entryFileNames: 'main.js' };
    await buildApp({ root: appFolder, base: '/app/', configFile: false, logLevel: 'error', publicDir: false, build: { modulePreload: false, rolldownOptions: { output } } });
    strict = await serveWith({ 'Content-Security-Policy': STRICT });
  });

  after(async () => {
    await browser?.close();
    for (const server of servers) server.close();
    await rm(appFolder, { recursive: true, force: true });
  });

  async function open(server, path, options) {
    const context = await browser.createBrowserContext();
    await context.overridePermissions(server.url, ['camera']);
    const page = await context.newPage();
    const watched = await watchPage(page, options);
    server.reports.length = 0;
    await page.goto(server.url + path);
    return { page, watched, close: () => context.close() };
  }

  /** Runs an element with these attributes through backgrounds, and asserts that nobody complained. */
  async function run({ server = strict, script, attributes, backgrounds, cores }) {
    const path = `/${Object.keys(PAGES).length}.html`;
    PAGES[path] = elementPage(script, attributes);
    const { page, watched, close } = await open(server, path, { cores });
    try {
      const result = await page.evaluate(runThrough, backgrounds).catch((error) => {
        throw new Error(`${error.message}\n${watched.messages.join('\n')}`, { cause: error });
      });
      assert.deepEqual({ messages: watched.messages, reports: server.reports }, { messages: [], reports: [] });
      assert.deepEqual({ state: result.state, shown: result.shown, problems: result.problems, rawFrames: result.rawFrames }, { state: 'running', shown: backgrounds, problems: [], rawFrames: 0 });
      assert.notEqual(result.controlsDrawn, false);
      return { ...result, requests: watched.requests };
    } finally {
      await close();
    }
  }

  it('should be noticed by this test when it is violated, in the page and in workers', LIMIT, async () => {
    PAGES['/violations.html'] = VIOLATIONS_PAGE;
    const { page, watched, close } = await open(strict, '/violations.html');
    try {
      await page.evaluate(violate);
      const wanted = [/^page: .*require-trusted-types-for/, /^page: .*style-src/, /^worker .*connect-src/];
      const isTold = (pattern) => watched.messages.some((message) => pattern.test(message));
      // The reports come in their own time; without them the test runs out of it.
      while (!wanted.every(isTold) || strict.reports.length < wanted.length) await new Promise((later) => setTimeout(later, 50));
    } finally {
      await close();
    }
  });

  const ONE_FILE = '/virtual-background-camera.js';
  const BUNDLED = '/app/main.js';

  it('should not be violated by the one-file build, worker host', LIMIT, async () => {
    const { host, backend } = await run({ script: ONE_FILE, attributes: 'model="selfie" host="worker" backend="wasm"', backgrounds: BACKGROUNDS });
    assert.deepEqual({ host, backend }, { host: 'worker', backend: 'wasm' });
  });

  it('should not be violated by an app made with a bundler, window host', LIMIT, async () => {
    const { host, backend } = await run({ script: BUNDLED, attributes: 'model="selfie" host="window" backend="wasm"', backgrounds: BACKGROUNDS });
    assert.deepEqual({ host, backend }, { host: 'window', backend: 'wasm' });
  });

  for (const [name, script, host] of [['an app made with a bundler', BUNDLED, 'worker'], ['the one-file build', ONE_FILE, 'window']]) {
    it(`should not be violated by BodyPix, ${name}, ${host} host`, { ...LIMIT, skip: hasShared() ? false : 'no ../shared/models beside the checkout' }, async () => {
      const result = await run({ script, attributes: `model="body-pix" model-url="/models/bodypix/" host="${host}" backend="wasm"`, backgrounds: ['teal', '/picture.png'] });
      assert.deepEqual({ host: result.host, model: result.model }, { host, model: 'body-pix' });
    });
  }

  it('should not be violated by threads', LIMIT, async (context) => {
    const server = await serveWith({ ...ISOLATED, 'Content-Security-Policy': STRICT });
    const { requests } = await run({ server, script: ONE_FILE, attributes: 'model="selfie" backend="wasm"', backgrounds: ['teal'], cores: 8 });
    assert.ok(requests.some((url) => /threaded-simd\.wasm$/.test(url)), 'threads were tried');
    context.diagnostic(`threads answered in time: ${!requests.some((url) => /wasm-simd\.wasm$/.test(url))}`);
  });

  for (const [name, script, host] of [['the one-file build', ONE_FILE, 'worker'], ['an app made with a bundler', BUNDLED, 'window']]) {
    it(`should do without 'wasm-unsafe-eval' on WebGL, ${name}, ${host} host`, LIMIT, async () => {
      const server = await serveWith({ 'Content-Security-Policy': WITHOUT_WASM });
      const result = await run({ server, script, attributes: `model="selfie" host="${host}" backend="webgl"`, backgrounds: ['teal', '/picture.svg'] });
      assert.deepEqual({ host: result.host, backend: result.backend }, { host, backend: 'webgl' });
    });
  }

  it("should run in the page's thread where Trusted Types leave our policy out", LIMIT, async () => {
    const server = await serveWith({ 'Content-Security-Policy': policy("'self' 'wasm-unsafe-eval'", "require-trusted-types-for 'script'; trusted-types lit-html") });
    PAGES['/no-workers.html'] = elementPage(ONE_FILE, 'model="selfie" backend="wasm"');
    const { page, watched, close } = await open(server, '/no-workers.html');
    try {
      const result = await page.evaluate(runThrough, ['teal']);
      assert.deepEqual({ state: result.state, host: result.host, problems: result.problems, rawFrames: result.rawFrames }, { state: 'running', host: 'window', problems: [], rawFrames: 0 });
      assert.equal(watched.workers.size, 0);
      assert.ok(watched.messages.some((message) => /trusted-types/.test(message)), 'the browser tells the page what is missing');
    } finally {
      await close();
    }
  });
});
