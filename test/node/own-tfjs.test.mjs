/** A page that uses TensorFlow.js itself, beside the element: each copy keeps its engine, flags, backends and kernels to itself. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { launch } from 'puppeteer-core';
import { buildPackage } from '../../scripts/build.mjs';
import { baseBrowserFlags, findBrowser } from '../../scripts/find-browser.mjs';
import { ensureCameraClip } from '../../scripts/make-camera-clip.mjs';
import { DIST } from '../../scripts/paths.mjs';
import { composite, TEAL } from './support/composite.mjs';
import { fileIn, serve } from '../support/worker-pages.mjs';

const LIMIT = { timeout: 240_000 };
const requireHere = createRequire(import.meta.url);
const folderOf = (name) => join(dirname(requireHere.resolve(`@tensorflow/${name}/package.json`)), 'dist');
const SCRIPTS = ['core', 'backend-cpu', 'backend-webgl', 'backend-wasm'].map((name) => `/tfjs-${name}/tf-${name}.min.js`);

/** Runs in the page: starts its own TensorFlow.js. */
async function startOwn(scripts, backend) {
  for (const url of scripts) {
    const script = Object.assign(document.createElement('script'), { src: url });
    await new Promise((loaded, failed) => {
      script.onload = loaded;
      script.onerror = failed;
      document.head.append(script);
    });
  }
  const { tf } = globalThis;
  tf.wasm.setWasmPaths('/assets/');
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend(backend);
  globalThis.kept = tf.tensor1d([1, 2, 3]);
  await tf.add(globalThis.kept, 1).data();
}

/** Runs in the page: what its own TensorFlow.js says and can do. */
async function examine() {
  const { tf, kept } = globalThis;
  const sum = tf.add(kept, 1);
  const result = [...(await sum.data())];
  sum.dispose();
  const { registry, registryFactory } = tf.engine();
  return {
    backend: tf.getBackend(),
    backends: [Object.keys(registry).sort(), Object.keys(registryFactory).sort()],
    flags: { ...tf.env().flags },
    kernels: ['cpu', 'webgl', 'wasm'].map((name) => tf.getKernelsForBackend(name).length),
    tensors: tf.memory().numTensors,
    kept: [...(await kept.data())],
    sum: result,
  };
}

describe("a page's own TensorFlow.js", () => {
  let server;
  let browser;

  before(async () => {
    await buildPackage({ ifStale: true });
    const find = async (path) => {
      if (path === '/') return '<!doctype html><title>own</title><link rel="icon" href="data:,"><p>own';
      const [, name, file] = /^\/(tfjs-[\w-]+)\/(.+)$/.exec(path) ?? [];
      return name ? fileIn(folderOf(name))(file) : fileIn(DIST)(path);
    };
    server = await serve(find, {});
    const camera = await ensureCameraClip();
    const flags = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera.file}`];
    browser = await launch({ executablePath: findBrowser(), headless: true, args: [...baseBrowserFlags(), ...flags], protocolTimeout: LIMIT.timeout });
  });

  after(async () => {
    await browser?.close();
    server?.close();
  });

  async function open() {
    const page = await browser.newPage();
    const messages = [];
    page.on('console', (message) => /already registered|backend/i.test(message.text()) && messages.push(message.text()));
    page.on('pageerror', ({ message }) => messages.push(message));
    await page.evaluateOnNewDocument(() => {
      globalThis.Worker = class {
        constructor() {
          throw new DOMException('no workers here', 'SecurityError');
        }
      };
    });
    await page.goto(`${server.url}/`);
    return { page, messages };
  }

  const addElement = async (attributes) => {
    await import('/virtual-background-camera.js');
    const element = Object.assign(document.createElement('virtual-background-camera'), { model: 'selfie', background: 'teal', ...attributes });
    document.body.append(element);
  };

  for (const [own, attributes] of [['webgl', { host: 'window', backend: 'webgl' }], ['wasm', { host: 'window', backend: 'wasm' }]]) {
    it(`should be untouched by an element whose networks run in the page's thread, both on ${own}`, LIMIT, async () => {
      const { page, messages } = await open();
      await page.evaluate(startOwn, SCRIPTS, own);
      const before = await page.evaluate(examine);
      assert.deepEqual([before.backend, before.kept, before.sum], [own, [1, 2, 3], [2, 3, 4]]);
      await page.evaluate(addElement, attributes);
      assert.deepEqual(await page.evaluate(examine), before);
      const { state, rawFrames } = await page.evaluate(composite, TEAL);
      assert.deepEqual({ state, rawFrames }, { state: 'running', rawFrames: 0 });
      assert.deepEqual(await page.evaluate(examine), before);
      assert.deepEqual(messages, []);
      await page.close();
    });
  }

  it('should find nothing of the element when it comes later, and leave that alone', LIMIT, async () => {
    const { page, messages } = await open();
    await page.evaluate(addElement, { host: 'window', backend: 'wasm' });
    await page.evaluate(async () => {
      await document.querySelector('virtual-background-camera').start();
    });
    assert.deepEqual(await page.evaluate(() => [globalThis._tfengine, globalThis._tfGlobals].filter(Boolean)), []);
    await page.evaluate(startOwn, SCRIPTS, 'cpu');
    const own = await page.evaluate(examine);
    assert.deepEqual([own.backend, own.backends[0]], ['cpu', ['cpu']]);
    const { state, rawFrames } = await page.evaluate(composite, TEAL);
    assert.deepEqual({ state, rawFrames }, { state: 'running', rawFrames: 0 });
    assert.deepEqual(messages, []);
    await page.close();
  });
});
