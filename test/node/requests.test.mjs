/**
 * What a whole visit asks of the network, seen from outside of the page by the browser's own log. Every name of the
 * world ends at a port of this machine where nobody listens.
 */
import assert from 'node:assert/strict';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { launch } from 'puppeteer-core';
import { buildPackage } from '../../scripts/build.mjs';
import { baseBrowserFlags, findBrowser } from '../../scripts/find-browser.mjs';
import { ensureCameraClip } from '../../scripts/make-camera-clip.mjs';
import { CACHE, DIST } from '../../scripts/paths.mjs';
import { readNetLog } from '../support/net-log.mjs';
import { fileIn, serve } from '../support/worker-pages.mjs';

const LIMIT = { timeout: 240_000 };
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="36"><rect width="64" height="36" fill="#00c000"/></svg>';
/** The one name that the README lists, for BodyPix's weights. */
const WEIGHTS_HOST = 'https://storage.googleapis.com';
const NOTHING = { urls: [], connections: [], lookUps: [] };
const DEAD_END = '127.0.0.1:9';

const pageWith = (attributes) => `<!doctype html><html lang="en"><title>requests</title><link rel="icon" href="/picture.svg">
<virtual-background-camera width="320" height="180" ${attributes}></virtual-background-camera>
<script type="module" src="/virtual-background-camera.js"></script>`;

/** Runs in the page: what a user does in a visit. */
async function visit(steps) {
  await customElements.whenDefined('virtual-background-camera');
  const element = document.querySelector('virtual-background-camera');
  // BodyPix, which has nothing to take over with in any of these visits.
  const gaveUp = element.model === 'body-pix' && new Promise((told) => element.addEventListener('vbc-warning', ({ detail }) => detail.code === 'model-fallback' && told()));
  await element.start();
  await gaveUp;
  const drawn = async () => {
    const { outputFrames } = element.stats;
    while (element.stats.outputFrames < outputFrames + 3) await new Promise((later) => setTimeout(later, 20));
  };
  for (const [name, value] of steps) {
    element[name] = value;
    await element.updateComplete;
    await drawn();
  }
  const { model, host } = element.stats;
  // Masks may be late on a machine that has other things to do.
  const state = element.state === 'interrupted' ? 'running' : element.state;
  element.stop();
  await new Promise((later) => setTimeout(later, 500));
  return { model, host, state };
}

describe('requests of a whole visit', () => {
  let camera;
  before(async () => {
    await buildPackage({ ifStale: true });
    camera = await ensureCameraClip();
  });

  /**
   * A visit in a browser of its own, whose log is read when it has ended.
   *
   * @returns what was asked elsewhere than at the page's own server
   */
  async function makeVisit({ attributes, steps, tamper = async () => undefined }) {
    const folder = join(CACHE, `net-log-${process.pid}`);
    await mkdir(folder, { recursive: true });
    const log = join(folder, 'log.json');
    const server = await serve(async (path) => ({ '/': pageWith(attributes), '/picture.svg': SVG })[path] ?? fileIn(DIST)(path), {});
    const browser = await launch({
      executablePath: findBrowser(),
      headless: true,
      protocolTimeout: LIMIT.timeout,
      args: [
        ...baseBrowserFlags(), '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera.file}`,
        `--log-net-log=${log}`, `--host-resolver-rules=MAP * ${DEAD_END}, EXCLUDE 127.0.0.1`,
      ],
    });
    let result;
    try {
      const page = await browser.newPage();
      await page.goto(server.url);
      await tamper(page);
      result = await page.evaluate(visit, steps);
    } finally {
      await browser.close();
      server.close();
    }
    try {
      const { urls, connections, lookUps } = await readNetLog(log, 'http://127.0.0.1');
      const isOwn = (url) => url.startsWith(`${server.url}/`) || url === server.url;
      return {
        ...result,
        ownRequests: urls.filter(isOwn).length,
        foreign: {
          urls: urls.filter((url) => !isOwn(url) && !/^(blob|data):/.test(url)),
          connections: connections.filter((origin) => !isOwn(origin)),
          lookUps: lookUps.filter((host) => !isOwn(host)),
        },
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  const STEPS = [['background', '/picture.svg'], ['background', 'blur'], ['background', 'scene:studio'], ['quality', 'medium'], ['quality', 'high'], ['background', '#102030'], ['quality', 'auto'], ['people', 'main']];

  it('should notice a request, a look-up and a connection that a page makes', LIMIT, async () => {
    const tamper = (page) => page.evaluate(async () => {
      await fetch('http://fetched.example/').catch(() => undefined);
      for (const [rel, href] of [['dns-prefetch', 'http://looked-up.example'], ['preconnect', 'http://connected.example']]) document.head.append(Object.assign(document.createElement('link'), { rel, href }));
      await new Promise((later) => setTimeout(later, 500));
    });
    const { foreign } = await makeVisit({ attributes: 'model="selfie" backend="wasm" host="worker"', steps: [], tamper });
    assert.deepEqual(foreign.urls, ['http://fetched.example/']);
    assert.deepEqual(foreign.connections.sort(), ['http://connected.example', 'http://fetched.example']);
    assert.deepEqual(foreign.lookUps, [`http://${DEAD_END}`]);
  });

  for (const host of ['worker', 'window']) {
    it(`should go nowhere but to the page's own server, ${host} host`, LIMIT, async () => {
      const { foreign, ownRequests, ...result } = await makeVisit({ attributes: `model="selfie" host="${host}" background="teal"`, steps: STEPS });
      assert.deepEqual(foreign, NOTHING);
      assert.deepEqual(result, { model: 'selfie', host, state: 'running' });
      assert.ok(ownRequests > 5, `${ownRequests} of its own were seen`);
    });
  }

  it("should go nowhere else when the model's address of the page has nothing and the bundled one takes over", LIMIT, async () => {
    const { foreign, model } = await makeVisit({ attributes: 'model="body-pix" model-url="/nothing/" background="teal"', steps: [['background', 'blur']] });
    assert.deepEqual({ foreign, model }, { foreign: NOTHING, model: 'selfie' });
  });

  it('should ask for the weights of BodyPix where the README says, and for nothing else, when left to its defaults', LIMIT, async () => {
    const { foreign, model } = await makeVisit({ attributes: 'background="teal"', steps: [['background', 'blur']] });
    assert.equal(model, 'selfie', 'nothing answers there: the bundled model');
    assert.ok(foreign.urls.length > 0);
    assert.deepEqual(foreign.urls.filter((url) => !url.startsWith(`${WEIGHTS_HOST}/tfjs-models/savedmodel/bodypix/`)), []);
    assert.deepEqual(foreign.connections, [WEIGHTS_HOST]);
  });
});
