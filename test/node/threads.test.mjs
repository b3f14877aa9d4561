/**
 * Threads of the WASM backend, on pages that are isolated from other origins and allow scripts of their own origin
 * only. The browser is told of eight cores, whatever the machine has: on few, nothing is started.
 */
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { build as bundle } from 'esbuild';
import { launch } from 'puppeteer-core';
import { build as buildApp, createServer as createViteServer } from 'vite';
import { buildPackage } from '../../scripts/build.mjs';
import { baseBrowserFlags, findBrowser } from '../../scripts/find-browser.mjs';
import { CACHE, DIST, ROOT } from '../../scripts/paths.mjs';
import { fileIn, serve, watchWorkers } from '../support/worker-pages.mjs';

const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src *; img-src 'self' blob:; media-src 'self' blob:; report-uri /csp-report";
const THREAD_SCRIPT = 'tfjs-backend-wasm-threads.worker.js';
const CORES = 8;
/** Of eight cores a quarter; the calling thread is one of them. */
const THREADS = 2;
/** Of one test. */
const LIMIT = { timeout: 180_000 };
/** The machine may stand still for a while: threads that didn't answer in time are asked again, on a new page. */
const ATTEMPTS = 3;

const tag = (attributes = '') => `<virtual-background-camera model="selfie" background="teal" backend="wasm" ${attributes}></virtual-background-camera>`;
const elementPage = (script, attributes) => `<!doctype html><title>threads</title>${tag(attributes)}<script type="module" src="${script}"></script>`;

/** By the address of its script, in which bundlers put a hash. */
const isThread = (url) => /-threads\.worker[^/]*\.js$/.test(url);

/** Asks again until it is so; the test's own time limit ends it otherwise. */
async function until(isSo) {
  while (!isSo()) await new Promise((later) => setTimeout(later, 50));
}

/** Runs in the page. */
async function startElement() {
  await customElements.whenDefined('virtual-background-camera');
  const element = document.querySelector('virtual-background-camera');
  await element.start();
  const { state, stats } = element;
  return { state, backend: stats.backend, isolated: globalThis.crossOriginIsolated };
}

let browser;

before(async () => {
  await buildPackage({ ifStale: true });
  const flags = [...baseBrowserFlags(), '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];
  browser = await launch({ executablePath: findBrowser(), headless: true, args: flags });
});
after(() => browser?.close());

/** Starts the element of a served page, takes it away again, and tells what happened. */
async function runElement(url, { cores = CORES } = {}) {
  const context = await browser.createBrowserContext();
  try {
    await context.overridePermissions(new URL(url).origin, ['camera']);
    const page = await context.newPage();
    const errors = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    const workers = await watchWorkers(page, cores);
    await page.goto(url);
    const started = await page.evaluate(startElement);
    const workersWhileRunning = workers.live().length;
    await page.evaluate(() => document.querySelector('virtual-background-camera').remove());
    await until(() => workers.live().length === 0);
    return { ...started, errors, workersWhileRunning, seen: workers.seen, threadsSeen: workers.seen.filter(isThread).length };
  } finally {
    await context.close();
  }
}

/** As {@link runElement}, until the threads were there in time. `requests` is emptied before each try. */
async function runElementWithThreads(url, requests, options) {
  for (let attempt = 1; ; attempt += 1) {
    requests.length = 0;
    const result = await runElement(url, options);
    // One thread alone has a module of its own.
    if (attempt === ATTEMPTS || !requests.some((path) => /wasm-simd.*\.wasm$/.test(path))) return result;
  }
}

function assertThreads({ state, backend, isolated, errors, workersWhileRunning, seen, threadsSeen }, requests) {
  assert.deepEqual({ state, backend, isolated, errors }, { state: 'running', backend: 'wasm', isolated: true, errors: [] });
  assert.equal(threadsSeen, THREADS - 1);
  assert.ok(workersWhileRunning > 0);
  assert.deepEqual(seen.filter((url) => !url.startsWith('http')), [], 'workers of blob: or data: addresses');
  assert.ok(requests.some((path) => /wasm-threaded-simd.*\.wasm$/.test(path)), 'the module for threads');
  assert.ok(!requests.some((path) => /wasm-simd.*\.wasm$/.test(path)), 'no module for one thread alone');
}

function assertNoThreads({ state, backend, errors }, requests) {
  assert.deepEqual({ state, backend, errors }, { state: 'running', backend: 'wasm', errors: [] });
  assert.ok(requests.some((path) => /wasm-simd.*\.wasm$/.test(path)), 'the module for one thread alone');
}

describe('threads of the element', () => {
  const servers = [];
  after(() => servers.forEach(({ close }) => close()));

  const PAGES = {
    '/': elementPage('/virtual-background-camera.js'),
    '/copied.html': elementPage('/virtual-background-camera.js', 'asset-base="/copied"'),
    '/changed.html': elementPage('/virtual-background-camera.js', 'asset-base="/changed"'),
    '/missing.html': elementPage('/virtual-background-camera.js', 'asset-base="/without-threads"'),
    '/foreign.html': '',
  };
  const findInPackage = async (path) => {
    if (path.startsWith('/without-threads/')) return path.endsWith(THREAD_SCRIPT) ? null : fileIn(DIST)(path.replace('/without-threads/', '/assets/'));
    const file = PAGES[path] ?? (await fileIn(DIST)(path.replace(/^\/(copied|changed)\//, '/assets/')));
    // As a tool on the server might: it would still run.
    return path === `/changed/${THREAD_SCRIPT}` ? `\n${file}` : file;
  };
  async function serveHere(find, headers) {
    const server = await serve(find, headers);
    servers.push(server);
    return server;
  }

  let strict;
  before(async () => {
    strict = await serveHere(findInPackage, { ...ISOLATED, 'Content-Security-Policy': POLICY });
    const foreign = await serveHere(fileIn(DIST), { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' });
    PAGES['/foreign.html'] = elementPage('/virtual-background-camera.js', `asset-base="${foreign.url}/assets"`);
  });

  it('should tell this test of a script that the policy forbids', LIMIT, async () => {
    const page = await browser.newPage();
    await page.goto(strict.url);
    await page.evaluate(() => void new Worker(URL.createObjectURL(new Blob(['']))));
    await until(() => strict.reports.length);
    assert.equal(strict.reports[0]['blocked-uri'], 'blob');
    await page.close();
    strict.reports.length = 0;
  });

  it('should come from a file of the package, and end with the element', LIMIT, async () => {
    assertThreads(await runElementWithThreads(strict.url, strict.requests), strict.requests);
    assert.deepEqual(strict.reports, []);
  });

  it('should come from where asset-base says', LIMIT, async () => {
    assertThreads(await runElementWithThreads(`${strict.url}/copied.html`, strict.requests), strict.requests);
    assert.ok(strict.requests.includes(`/copied/${THREAD_SCRIPT}`));
    assert.deepEqual(strict.reports, []);
  });

  it('should be done without where their file is missing', LIMIT, async () => {
    strict.requests.length = 0;
    assertNoThreads(await runElement(`${strict.url}/missing.html`), strict.requests);
    assert.ok(strict.requests.includes(`/without-threads/${THREAD_SCRIPT}`));
  });

  it('should be done without where their file is another one', LIMIT, async () => {
    strict.requests.length = 0;
    const result = await runElement(`${strict.url}/changed.html`);
    assertNoThreads(result, strict.requests);
    assert.ok(strict.requests.includes(`/changed/${THREAD_SCRIPT}`));
    assert.equal(result.threadsSeen, 0);
  });

  it('should be done without where their file lies on another origin', LIMIT, async () => {
    const foreign = servers[1];
    const result = await runElement(`${strict.url}/foreign.html`);
    assertNoThreads(result, foreign.requests);
    assert.equal(result.threadsSeen, 0);
  });

  it('should be done without on a machine of few cores', LIMIT, async () => {
    strict.requests.length = 0;
    const result = await runElement(strict.url, { cores: 4 });
    assertNoThreads(result, strict.requests);
    assert.equal(result.threadsSeen, 0);
  });

  it('should be done without in a page that is not isolated', LIMIT, async () => {
    const open = await serveHere(findInPackage, {});
    const result = await runElement(open.url);
    assertNoThreads(result, open.requests);
    assert.deepEqual({ isolated: result.isolated, threadsSeen: result.threadsSeen }, { isolated: false, threadsSeen: 0 });
  });

  it('should be found by the bundler of an app', LIMIT, async () => {
    const folder = join(CACHE, `thread-app-${process.pid}`);
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'index.html'), elementPage('/main.js'));
      await writeFile(join(folder, 'main.js'), `import ${JSON.stringify(join(DIST, 'define.js'))};`);
      await buildApp({ root: folder, configFile: false, logLevel: 'error', publicDir: false });
      const app = await serveHere((path) => fileIn(join(folder, 'dist'))(path === '/' ? 'index.html' : path), { ...ISOLATED, 'Content-Security-Policy': POLICY });
      assertThreads(await runElementWithThreads(app.url, app.requests), app.requests);
      assert.deepEqual(app.reports, []);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("should work from sources on the demo's server", LIMIT, async () => {
    const requests = [];
    const page = {
      name: 'threads-page',
      configureServer({ middlewares }) {
        middlewares.use((request, response, next) => {
          requests.push(request.url.split('?')[0]);
          if (request.url !== '/threads.html') return next();
          response.setHeader('Content-Type', 'text/html');
          for (const [name, value] of Object.entries(ISOLATED)) response.setHeader(name, value);
          return response.end(elementPage('/src/define.ts'));
        });
      },
    };
    const vite = await createViteServer({ root: ROOT, configFile: join(ROOT, 'vite.config.ts'), logLevel: 'error', server: { port: 0, hmr: false, watch: null, headers: ISOLATED }, plugins: [page] });
    try {
      await vite.listen();
      assertThreads(await runElementWithThreads(`${vite.resolvedUrls.local[0]}threads.html`, requests), requests);
    } finally {
      await vite.close();
    }
  });
});

describe('threads themselves', () => {
  let server;
  let answers = true;
  let script;

  before(async () => {
    const { outputFiles } = await bundle({
      entryPoints: [join(ROOT, 'test/support/threads.worker.ts')], bundle: true, write: false, format: 'esm', platform: 'browser', target: 'es2022', logLevel: 'error',
    });
    script = outputFiles[0].contents;
    const find = async (path) => {
      if (path === '/') return '<!doctype html><title>threads</title>';
      if (path === '/test.worker.js') return script;
      return path.endsWith(THREAD_SCRIPT) && !answers ? undefined : fileIn(DIST)(path);
    };
    server = await serve(find, { ...ISOLATED, 'Content-Security-Policy': POLICY });
  });
  after(() => server.close());

  /** A page with the test's worker, which answers `ask`. */
  async function openWorker() {
    const page = await browser.newPage();
    const workers = await watchWorkers(page, CORES);
    await page.goto(server.url);
    await page.evaluate(() => {
      const worker = (globalThis.worker = new Worker('/test.worker.js', { type: 'module' }));
      globalThis.ask = (action) => new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage(action);
      });
    });
    return { page, workers, ask: (action) => page.evaluate((name) => globalThis.ask(name), action) };
  }

  async function openWithThreads() {
    for (let attempt = 1; ; attempt += 1) {
      const opened = await openWorker();
      const count = await opened.ask('start');
      if (count > 1 || attempt === ATTEMPTS) return { ...opened, count };
      await opened.page.close();
    }
  }

  const difference = (a, b) => a.reduce((worst, value, at) => Math.max(worst, Math.abs(value - b[at])), 0);

  it('should find the same person as one alone', LIMIT, async (context) => {
    const { page, workers, ask, count } = await openWithThreads();
    assert.equal(count, THREADS);
    const alone = await ask('segment');
    await ask('use');
    const together = await ask('segment');
    assert.deepEqual([alone.threads, together.threads, workers.live().filter(isThread).length], [1, THREADS, THREADS - 1]);
    assert.ok(Math.max(...alone.mask) > 0 && Math.min(...alone.mask) < 0, 'a person and a room');
    const worst = difference(alone.mask, together.mask);
    context.diagnostic(`largest difference of a logit: ${worst}`);
    assert.ok(worst < 1e-4, `${worst}`);
    await ask('drop');
    await until(() => workers.live().filter(isThread).length === 0);
    const again = await ask('segment');
    assert.equal(again.threads, 1);
    assert.ok(difference(alone.mask, again.mask) < 1e-4);
    assert.deepEqual(server.reports, []);
    await page.close();
  });

  it('should end with the worker that started them', LIMIT, async () => {
    const { page, workers, ask } = await openWithThreads();
    await ask('use');
    assert.equal((await ask('segment')).threads, THREADS);
    await page.evaluate(() => globalThis.worker.terminate());
    await until(() => workers.live().length === 0);
    await page.close();
  });

  it('should be done without when they do not answer', LIMIT, async () => {
    answers = false;
    try {
      const { page, workers, ask } = await openWorker();
      assert.equal(await ask('start'), 1);
      assert.deepEqual(workers.live().filter(isThread), []);
      const { mask, threads } = await ask('segment');
      assert.equal(threads, 1);
      assert.ok(mask.every(Number.isFinite) && Math.max(...mask) > 0);
      await page.close();
    } finally {
      answers = true;
    }
  });
});
