import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { launch } from 'puppeteer-core';
import { buildPackage } from '../../scripts/build.mjs';
import { baseBrowserFlags, findBrowser } from '../../scripts/find-browser.mjs';
import { DIST } from '../../scripts/paths.mjs';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' };
/** As strict as WASM allows; `blob:` is what the element's own pictures need, scripts have none of it. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self' blob:; media-src 'self' blob:";
const PAGE = `<!doctype html><title>single file</title>
<virtual-background-camera model="selfie" background="teal"></virtual-background-camera>
<script type="module" src="/virtual-background-camera.js"></script>`;

/** Runs in the page. */
async function startElement() {
  const violations = [];
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => violations.push(`${violatedDirective} ${blockedURI}`));
  await customElements.whenDefined('virtual-background-camera');
  const element = document.querySelector('virtual-background-camera');
  await element.start();
  const { state } = element;
  const tracks = element.stream.getTracks().map(({ kind, readyState }) => `${kind} ${readyState}`);
  await element.stop();
  return { state, tracks, violations };
}

describe('the single-file build', () => {
  let server;
  let browser;
  const requests = [];

  before(async () => {
    await buildPackage({ ifStale: true });
    server = createServer(async (request, response) => {
      const path = new URL(request.url, 'http://localhost').pathname;
      requests.push(path);
      const body = path === '/' ? PAGE : await readFile(join(DIST, path)).catch(() => null);
      response.writeHead(body ? 200 : 404, { 'Content-Security-Policy': POLICY, 'Content-Type': TYPES[extname(path) || '.html'] ?? 'application/octet-stream' });
      response.end(body);
    });
    await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
    const flags = [...baseBrowserFlags(), '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];
    browser = await launch({ executablePath: findBrowser(), headless: true, args: flags });
  });

  after(async () => {
    await browser?.close();
    server?.close();
  });

  it('should run under a strict content security policy, its one file being page script and workers', async () => {
    const page = await browser.newPage();
    const foreign = [];
    page.on('request', (request) => {
      if (!request.url().startsWith('http://127.0.0.1:') && !request.url().startsWith('blob:')) foreign.push(request.url());
    });
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const { state, tracks, violations } = await page.evaluate(startElement);
    assert.equal(state, 'running');
    assert.deepEqual(tracks, ['video live']);
    assert.deepEqual(violations, []);
    assert.deepEqual(foreign, []);
    const scripts = [...new Set(requests.filter((path) => path.endsWith('.js')))];
    assert.deepEqual(scripts, ['/virtual-background-camera.js']);
  });

  it('should export what the package does', async () => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const exported = await page.evaluate(async (url) => Object.entries(await import(url)).filter(([, value]) => value !== undefined).map(([name]) => name), '/virtual-background-camera.js');
    assert.deepEqual(exported.sort(), Object.keys(await import('virtual-background-camera')).sort());
  });

  it('should work without a user interface where there are no custom elements, as in content scripts', async () => {
    const page = await browser.newPage();
    await page.evaluateOnNewDocument(() => Object.defineProperty(window, 'customElements', { value: null }));
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const { state, tracks } = await page.evaluate(async (url) => {
      const { createVirtualBackground } = await import(url);
      const background = await createVirtualBackground('camera', { model: 'selfie', background: 'teal' });
      const tracks = background.stream.getTracks().map(({ kind, readyState }) => `${kind} ${readyState}`);
      const { state } = background;
      background.stop();
      return { state, tracks };
    }, '/virtual-background-camera.js');
    assert.deepEqual({ state, tracks }, { state: 'running', tracks: ['video live'] });
  });
});
