/** A page with the built element, and what lives in it and its workers: for the soak, and for its short form in CI. */
import { readFileSync } from 'node:fs';
import { launch } from 'puppeteer-core';
import { buildPackage } from '../scripts/build.mjs';
import { baseBrowserFlags, findBrowser } from '../scripts/find-browser.mjs';
import { ensureCameraClip } from '../scripts/make-camera-clip.mjs';
import { DIST } from '../scripts/paths.mjs';
import { processTree } from '../test/chime/process-tree.mjs';
import { countLiveObjects } from '../test/support/live-objects.mjs';
import { watchPage } from '../test/support/watched-page.mjs';
import { fileIn, serve } from '../test/support/worker-pages.mjs';

const MB = 1024 * 1024;
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="36"><rect width="64" height="36" fill="#c06020"/></svg>';

/** Runs in the page: notes how late timers come. */
function watchEventLoop() {
  const TICK_MS = 50;
  let delays = [];
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    delays.push(Math.max(0, now - last - TICK_MS));
    last = now;
  }, TICK_MS);
  globalThis.takeDelays = () => {
    const sorted = delays.sort((a, b) => a - b);
    delays = [];
    return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, p95: sorted[Math.floor(sorted.length * 0.95)] ?? 0 };
  };
}

/** Memory of a process and its children that is theirs alone, MB; NaN where there is no /proc. */
function memoryMb(rootPid) {
  let kilobytes = 0;
  for (const pid of processTree(rootPid)) {
    try {
      kilobytes += Number(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1').match(/^Pss:\s+(\d+)/m)?.[1] ?? 0);
    } catch {
      // ended meanwhile
    }
  }
  return kilobytes ? kilobytes / 1024 : Number.NaN;
}

const sum = (objects) => {
  const total = {};
  for (const object of objects) for (const [key, value] of Object.entries(object)) total[key] = (total[key] ?? 0) + value;
  return total;
};

/**
 * Opens a page with an element on the fake camera; it doesn't start yet.
 *
 * @param {{ host: 'worker' | 'window', width?: number, height?: number, attributes?: string, timeoutMs?: number }} options
 *   `timeoutMs`: longest single call into the page
 */
export async function openSoakPage({ host, width = 640, height = 360, attributes = '', timeoutMs = 240_000 }) {
  await buildPackage({ ifStale: true });
  const camera = await ensureCameraClip();
  const html = `<!doctype html><html lang="en"><title>soak</title><link rel="icon" href="/picture.svg">
<virtual-background-camera host="${host}" width="${width}" height="${height}" model="selfie" backend="wasm" quality="low" background="teal" ${attributes}></virtual-background-camera>
<script type="module" src="/virtual-background-camera.js"></script>`;
  const server = await serve(async (path) => ({ '/': html, '/picture.svg': SVG })[path] ?? fileIn(DIST)(path), {});
  const browser = await launch({
    executablePath: findBrowser(),
    headless: true,
    protocolTimeout: timeoutMs,
    args: [...baseBrowserFlags(), '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera.file}`],
  });
  const close = async () => {
    await browser.close();
    server.close();
  };
  try {
    const page = await browser.newPage();
    const watched = await watchPage(page, { onWorker: (session) => session.send('Runtime.evaluate', { expression: `(${countLiveObjects})()` }) });
    const session = await page.createCDPSession();
    await page.evaluateOnNewDocument(countLiveObjects);
    await page.evaluateOnNewDocument(watchEventLoop);
    await page.goto(server.url);
    await page.evaluate(async () => {
      await customElements.whenDefined('virtual-background-camera');
      globalThis.camera = document.querySelector('virtual-background-camera');
      globalThis.problems = [];
      globalThis.camera.addEventListener('vbc-error', ({ detail }) => globalThis.problems.push(`${detail.code}: ${detail.message}`));
    });
    return { page, watched, close, sample: () => sample({ page, session, watched, browserPid: browser.process().pid }) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Heap after garbage collection, in MB, and what lives, in a global scope. */
async function scopeOf(session) {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const { result } = await session.send('Runtime.evaluate', { expression: 'globalThis.liveObjects?.()', returnByValue: true });
  return { heapMb: usedSize / MB, objects: result.value ?? {} };
}

async function sample({ page, session, watched, browserPid }) {
  const own = await scopeOf(session);
  const scopes = [];
  // One that ends while it is looked at doesn't count.
  for (const worker of watched.workers.values()) await scopeOf(worker.session).then((scope) => scopes.push(scope), () => undefined);
  const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
  const told = await page.evaluate(() => {
    const { state, stats } = globalThis.camera;
    return { state, frames: stats.outputFrames, rawFrames: stats.rawFrames, timeMs: performance.now(), delay: globalThis.takeDelays(), problems: [...globalThis.problems] };
  });
  const { tracks = 0, bitmaps = 0, tensors = 0, ...gl } = sum([own, ...scopes].map(({ objects }) => objects));
  return {
    ...told,
    pageHeapMb: own.heapMb,
    workerHeapMb: scopes.reduce((total, { heapMb }) => total + heapMb, 0),
    browserMb: memoryMb(browserPid),
    glObjects: Object.values(gl).reduce((total, count) => total + count, 0),
    gl,
    tensors,
    tracks,
    bitmaps,
    workers: watched.workers.size,
    nodes,
    listeners: jsEventListeners,
  };
}
