/** The one-file build from a server of another origin, under the policies that a page may have for workers. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch } from 'puppeteer-core';
import { buildPackage } from '../../scripts/build.mjs';
import { isFirefoxMissing } from '../../scripts/find-browser.mjs';
import { ensureCameraClip } from '../../scripts/make-camera-clip.mjs';
import { DIST } from '../../scripts/paths.mjs';
import { launchOptionsOf } from '../../scripts/test-runner/browsers.mjs';
import { fileIn, serve } from '../support/worker-pages.mjs';
import { composite, TEAL } from './support/composite.mjs';

const LIMIT = { timeout: 240_000 };
const MEASURED_MS = 5000;

/** Runs in the page before the package: notes which workers it is given. */
const WATCH = `globalThis.made = [];
globalThis.Worker = class extends Worker {
  constructor(url, options) {
    super(url, options);
    const note = { scheme: new URL(url, location.href).protocol, name: options?.name, answered: false };
    this.addEventListener('message', () => (note.answered = true));
    made.push(note);
  }
};`;

const page = (cdn, attributes) => `<!doctype html><title>cdn</title><link rel="icon" href="data:,">
<script src="/watch.js"></script>
<script type="module" src="${cdn}/virtual-background-camera.js"></script>
<virtual-background-camera model="selfie" backend="wasm" quality="low" width="640" height="360" background="teal" ${attributes}></virtual-background-camera>`;

/** A policy that lets the script of the other server run. @param workers what it says of workers */
const policyFor = (cdn, workers) => `script-src 'self' ${cdn} 'wasm-unsafe-eval'; ${workers}; report-uri /csp-report`;

describe('the one-file build from another origin', () => {
  let cdn;
  const servers = [];

  before(async () => {
    await buildPackage({ ifStale: true });
    cdn = await serve(fileIn(DIST), { 'Access-Control-Allow-Origin': '*' });
    servers.push(cdn);
  });

  after(() => servers.forEach((server) => server.close()));

  for (const name of ['chromium', 'firefox']) {
    describe(name, { skip: name === 'firefox' && isFirefoxMissing() }, () => {
      const best = name === 'chromium' ? 'worker' : 'window';
      let browser;

      before(async () => {
        browser = await launch({ ...(await launchOptionsOf(name, await ensureCameraClip())), protocolTimeout: LIMIT.timeout });
      }, LIMIT);

      after(() => browser?.close());

      /** Runs the element of a page with a policy, and says where its work was done. */
      async function run({ attributes = '', policy } = {}, inspect = () => undefined) {
        const files = { '/': page(cdn.url, attributes), '/watch.js': WATCH };
        const server = await serve(async (path) => files[path] ?? null, policy ? { 'Content-Security-Policy': policy } : {});
        servers.push(server);
        const tab = await browser.newPage();
        await tab.goto(`${server.url}/`);
        const { state, rawFrames, host } = await tab.evaluate(composite, TEAL, name === 'chromium');
        assert.deepEqual({ state, rawFrames }, { state: 'running', rawFrames: 0 });
        await inspect(tab);
        const made = await tab.evaluate(() => globalThis.made);
        await tab.close();
        const answered = [...new Set(made.filter((worker) => worker.answered).map((worker) => worker.name))].sort();
        return { host, answered, schemes: [...new Set(made.map(({ scheme }) => scheme))], violated: server.reports.map((report) => report['violated-directive'].split(' ')[0]) };
      }

      /** How busy the page's thread is with a running element. */
      async function measure(tab, context) {
        await tab.evaluate(() => document.querySelector('virtual-background-camera').start());
        const begin = await tab.metrics();
        await new Promise((later) => setTimeout(later, MEASURED_MS));
        const end = await tab.metrics();
        const share = (end.TaskDuration - begin.TaskDuration) / (end.Timestamp - begin.Timestamp);
        context.diagnostic(`the page's thread was busy for ${(share * 100).toFixed(1)} % of the time`);
      }

      it('should do its work in workers, which import the script', LIMIT, async (context) => {
        const { host, answered, schemes, violated } = await run({}, (tab) => name === 'chromium' && measure(tab, context));
        assert.deepEqual({ host, schemes, violated }, { host: best, schemes: ['blob:'], violated: [] });
        assert.deepEqual(answered, [...(best === 'worker' ? ['engine'] : []), 'segmentation']);
      });

      it('should do the same under a policy that allows it', LIMIT, async () => {
        const { host, answered, violated } = await run({ policy: policyFor(cdn.url, 'worker-src blob:') });
        assert.deepEqual({ host, violated }, { host: best, violated: [] });
        assert.ok(answered.includes('segmentation'));
      });

      it('should make no blob: worker where an attribute forbids it', LIMIT, async () => {
        assert.deepEqual(await run({ attributes: 'no-blob-workers' }), { host: 'window', answered: [], schemes: [], violated: [] });
      });

      it("should go on in the page's thread where the policy refuses such workers, and ask once", LIMIT, async () => {
        const { host, answered, violated } = await run({ policy: policyFor(cdn.url, "worker-src 'self'") });
        assert.deepEqual({ host, answered, violated: violated.length }, { host: 'window', answered: [], violated: 1 });
      });

      it('should make no worker of a blob: under Trusted Types', LIMIT, async () => {
        const trusted = "worker-src blob:; require-trusted-types-for 'script'; trusted-types lit-html virtual-background-camera";
        const { host, answered, schemes } = await run({ policy: policyFor(cdn.url, trusted) });
        assert.deepEqual({ host, answered, schemes }, { host: 'window', answered: [], schemes: [] });
      });
    });
  }
});
