/** The strict content security policy of csp.test.mjs in Firefox, which tells of violations by its reports. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { launch } from 'puppeteer-core';
import { buildPackage } from '../../scripts/build.mjs';
import { findFirefox } from '../../scripts/find-browser.mjs';
import { DIST, ROOT } from '../../scripts/paths.mjs';
import { launchOptionsOf } from '../../scripts/test-runner/browsers.mjs';
import { recordMovie } from '../support/recorded-movie.mjs';
import { BACKGROUNDS, elementPage, runThrough, STRICT, SVG, WITHOUT_WASM } from '../support/strict-page.mjs';
import { fileIn, serve } from '../support/worker-pages.mjs';

const LIMIT = { timeout: 240_000 };
const SCRIPT = '/virtual-background-camera.js';

function isMissing() {
  try {
    findFirefox();
    return false;
  } catch (error) {
    return error.message;
  }
}

describe('a strict content security policy in Firefox', { skip: isMissing() }, () => {
  const PAGES = {
    '/wasm.html': elementPage(SCRIPT, 'model="selfie" backend="wasm"'),
    '/webgl.html': elementPage(SCRIPT, 'model="selfie" backend="webgl"'),
    '/violations.html': '<!doctype html><title>violations</title><link rel="icon" href="/picture.svg">',
  };
  const servers = [];
  let browser;
  let movie;

  const find = async (path) => {
    if (path in PAGES) return PAGES[path];
    if (path === '/picture.svg') return SVG;
    if (path === '/page.css') return 'virtual-background-camera { inline-size: 320px; }';
    if (path === '/picture.png') return readFile(join(ROOT, 'test/segmentation/reference/landscape.png'));
    if (path === '/movie.webm') return movie;
    if (path === '/forbidden.worker.js') return "fetch('http://other.invalid/').catch(() => undefined);";
    return fileIn(DIST)(path);
  };

  before(async () => {
    await buildPackage({ ifStale: true });
    browser = await launch(await launchOptionsOf('firefox'));
    movie = await recordMovie(browser);
  }, LIMIT);

  after(async () => {
    await browser?.close();
    for (const server of servers) server.close();
  });

  async function open(path, policy) {
    const server = await serve(find, { 'Content-Security-Policy': policy });
    servers.push(server);
    const page = await browser.newPage();
    const errors = [];
    const requests = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(server.url + path);
    return { server, page, errors, requests };
  }

  it('should be noticed by this test when it is violated, in the page and in workers', LIMIT, async () => {
    const { server, page } = await open('/violations.html', STRICT);
    await page.evaluate(() => {
      try {
        document.body.innerHTML = '<p>text</p>';
      } catch {
        // by Trusted Types
      }
      document.body.append(Object.assign(document.createElement('style'), { textContent: 'p { color: red }' }));
      globalThis.worker = new Worker(trustedTypes.createPolicy('virtual-background-camera', { createScriptURL: (url) => url }).createScriptURL('/forbidden.worker.js'));
    });
    const wanted = ['require-trusted-types-for', 'style-src', 'connect-src'];
    const isReported = (name) => server.reports.some((report) => (report['effective-directive'] ?? report['violated-directive']).startsWith(name));
    while (!wanted.every(isReported)) await new Promise((later) => setTimeout(later, 50));
    await page.close();
  });

  for (const [name, path, policy, backend, backgrounds] of [
    ['the network on WASM', '/wasm.html', STRICT, 'wasm', BACKGROUNDS],
    ["WebGL without 'wasm-unsafe-eval'", '/webgl.html', WITHOUT_WASM, 'webgl', ['teal', '/picture.svg']],
  ]) {
    it(`should not be violated, ${name}`, LIMIT, async () => {
      const { server, page, errors, requests } = await open(path, policy);
      const result = await page.evaluate(runThrough, backgrounds).catch((error) => {
        throw new Error(`${error.message}\n${[...errors, ...server.reports.map((report) => JSON.stringify(report))].join('\n')}`, { cause: error });
      });
      assert.deepEqual({ errors, reports: server.reports }, { errors: [], reports: [] });
      assert.deepEqual({ state: result.state, shown: result.shown, problems: result.problems, rawFrames: result.rawFrames }, { state: 'running', shown: backgrounds, problems: [], rawFrames: 0 });
      assert.deepEqual({ host: result.host, backend: result.backend }, { host: 'window', backend });
      assert.ok(requests.length > 3, 'requests were seen');
      assert.deepEqual(requests.filter((url) => !url.startsWith(`${server.url}/`) && !url.startsWith('blob:')), []);
      await page.close();
    });
  }
});
