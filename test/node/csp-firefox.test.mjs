/** The strict content security policy of csp.test.mjs in Firefox, which tells of violations by its reports. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch } from 'puppeteer-core';
import { buildPackage } from '../../scripts/build.mjs';
import { isFirefoxMissing } from '../../scripts/find-browser.mjs';
import { DIST } from '../../scripts/paths.mjs';
import { launchOptionsOf } from '../../scripts/test-runner/browsers.mjs';
import { recordMovie } from '../support/recorded-movie.mjs';
import { BACKGROUNDS, elementPage, fileOfPages, runThrough, STRICT, violate, VIOLATIONS_PAGE, WITHOUT_WASM } from '../support/strict-page.mjs';
import { fileIn, serve } from '../support/worker-pages.mjs';

const LIMIT = { timeout: 240_000 };
const SCRIPT = '/virtual-background-camera.js';

describe('a strict content security policy in Firefox', { skip: isFirefoxMissing() }, () => {
  const PAGES = {
    '/wasm.html': elementPage(SCRIPT, 'model="selfie" backend="wasm"'),
    '/webgl.html': elementPage(SCRIPT, 'model="selfie" backend="webgl"'),
    '/violations.html': VIOLATIONS_PAGE,
  };
  const servers = [];
  let browser;
  let movie;

  const find = async (path) => {
    if (path in PAGES) return PAGES[path];
    return (await fileOfPages(path, movie)) ?? fileIn(DIST)(path);
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
    await page.evaluate(violate);
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
      // Reports come in their own time.
      await new Promise((later) => setTimeout(later, 500));
      assert.deepEqual({ errors, reports: server.reports }, { errors: [], reports: [] });
      assert.deepEqual({ state: result.state, shown: result.shown, problems: result.problems, rawFrames: result.rawFrames }, { state: 'running', shown: backgrounds, problems: [], rawFrames: 0 });
      assert.deepEqual({ host: result.host, backend: result.backend }, { host: 'window', backend });
      assert.equal(result.controlsDrawn, true);
      assert.ok(requests.length > 3, 'requests were seen');
      assert.deepEqual(requests.filter((url) => !url.startsWith(`${server.url}/`) && !url.startsWith('blob:')), []);
      await page.close();
    });
  }
});
