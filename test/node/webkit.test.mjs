/**
 * The built element in WebKit, as far as WebKitGTK goes: what Safari has, but for the camera, which WebKitGTK
 * builds have only with a real one. What it cannot do is written down in docs/browsers.md.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { build } from 'esbuild';
import { buildPackage } from '../../scripts/build.mjs';
import { CACHE, DIST, ROOT } from '../../scripts/paths.mjs';
import { probeCapabilities } from '../../scripts/test-runner/capabilities.mjs';
import { ensureDisplay } from '../../scripts/test-runner/display.mjs';
import { startWebDriver } from '../support/web-driver.mjs';

const DRIVER = '/usr/bin/WebKitWebDriver';
const TIME_LIMIT_MS = 240_000;
const TYPES = { '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' };

const PAGE = `<!doctype html><title>WebKit</title><link rel="icon" href="data:,">
<virtual-background-camera model="selfie" background="#0000ff" quality="low"></virtual-background-camera>
<script type="module" src="/virtual-background-camera.js"></script>`;

/** The small browser that comes with the library; Debian names its folder by the library's version. */
async function findMiniBrowser() {
  const folders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/libexec'];
  for (const folder of folders) {
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith('webkit2gtk-') || name.startsWith('webkitgtk-'));
    const found = names.sort().map((name) => join(folder, name, 'MiniBrowser')).find((path) => existsSync(path));
    if (found) return found;
  }
  return null;
}

/** Runs in the page: a drawn person goes in; what does the preview show? */
const RUN_ELEMENT = `
const { DrawnSample } = await import('/drawn-sample.js');
const element = document.querySelector('virtual-background-camera');
await customElements.whenDefined('virtual-background-camera');
const sample = new DrawnSample({ width: 320, height: 180, background: 'plain', pose: 'still' });
// WebKitGTK takes two pictures of the sample's own canvas and then no more.
const room = document.createElement('canvas');
room.width = 320;
room.height = 180;
const brush = room.getContext('2d');
const started = performance.now();
const ticker = setInterval(() => {
  sample.draw(performance.now() - started);
  brush.drawImage(sample.canvas, 0, 0);
}, 50);
const source = room.captureStream(20);
element.source = source;
const errors = [];
element.addEventListener('vbc-error', ({ detail }) => errors.push(detail.code + ': ' + detail.message));
element.addEventListener('vbc-warning', ({ detail }) => errors.push(detail.code + ': ' + detail.message));
const limit = new Promise((resolve) => setTimeout(resolve, 120000, 'late'));
const stream = await Promise.race([element.start(), limit]).catch((error) => String(error));
const preview = element.shadowRoot.querySelector('[part=preview]');
const canvas = document.createElement('canvas');
canvas.width = 32;
canvas.height = 18;
const context = canvas.getContext('2d', { willReadFrequently: true });
const look = () => {
  context.drawImage(preview, 0, 0, 32, 18);
  return { corner: [...context.getImageData(1, 1, 1, 1).data], middle: [...context.getImageData(16, 9, 1, 1).data] };
};
let picture = look();
const isBlue = ([red, green, blue]) => blue > 200 && red < 60 && green < 60;
for (let index = 0; index < 300 && !(isBlue(picture.corner) && !isBlue(picture.middle)); index += 1) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  picture = look();
}
const { state, stats } = element;
const tracks = stream && stream.getTracks ? stream.getTracks().map(({ kind, readyState }) => kind + ' ' + readyState) : [String(stream)];
element.stop();
clearInterval(ticker);
source.getTracks()[0].stop();
return { errors, tracks, state, host: stats.host, model: stats.model, backend: stats.backend, rawFrames: stats.rawFrames, outputFrames: stats.outputFrames, after: element.state, ...picture };
`;

async function bundleSample() {
  const { outputFiles } = await build({ entryPoints: [join(ROOT, 'demo/drawn-sample.ts')], bundle: true, write: false, format: 'esm', target: 'es2022' });
  return outputFiles[0].contents;
}

async function serve(sample) {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname;
    const own = { '/': PAGE, '/drawn-sample.js': sample }[path];
    const body = own ?? (await readFile(join(DIST, path)).catch(() => null));
    response.writeHead(body ? 200 : 404, { 'Content-Type': path === '/' ? 'text/html' : (TYPES[extname(path)] ?? 'application/octet-stream') });
    response.end(body);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

const binary = await findMiniBrowser();
const skip = binary && existsSync(DRIVER) ? false : 'WebKitGTK is not installed (Debian: webkit2gtk-driver and gstreamer1.0-plugins-good)';

describe('WebKitGTK', { skip }, () => {
  let stopDisplay;
  let server;
  let browser;

  before(async () => {
    await buildPackage({ ifStale: true });
    stopDisplay = await ensureDisplay();
    server = await serve(await bundleSample());
    browser = await startWebDriver({ driver: DRIVER, capabilities: { 'webkitgtk:browserOptions': { binary, args: ['--automation'] } } });
    await browser.open(server.url);
  }, { timeout: TIME_LIMIT_MS });

  after(async () => {
    await browser?.close();
    server?.close();
    stopDisplay?.();
  });

  it('should have what the element needs on the window', { timeout: TIME_LIMIT_MS }, async (test) => {
    const found = await browser.run(`return (${probeCapabilities})();`);
    test.diagnostic(JSON.stringify(found));
    const { browserName, browserVersion } = browser.capabilities;
    await mkdir(CACHE, { recursive: true });
    await writeFile(join(CACHE, 'webkit-capabilities.json'), JSON.stringify({ browser: `WebKitGTK (${browserName}) ${browserVersion}`, ...found }));
    for (const name of ['webgl2', 'captureStream', 'videoFrameCallback', 'wasmSimd']) assert.equal(found[name], true, name);
  });

  it('should put a background behind a drawn person', { timeout: TIME_LIMIT_MS }, async (test) => {
    const seen = await browser.run(RUN_ELEMENT);
    test.diagnostic(JSON.stringify(seen));
    assert.deepEqual(seen.tracks, ['video live'], seen.errors.join('\n'));
    assert.equal(seen.state, 'running');
    assert.equal(seen.host, 'window');
    assert.equal(seen.model, 'selfie');
    assert.equal(seen.rawFrames, 0);
    const [red, green, blue] = seen.corner;
    assert.ok(blue > 200 && red < 60 && green < 60, `the background: ${seen.corner}`);
    assert.ok(seen.middle[2] < 200 || seen.middle[0] > 60, `the person: ${seen.middle}`);
    assert.equal(seen.after, 'idle');
  });
});
