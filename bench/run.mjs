/**
 * npm run bench: what one machine makes of each model, quality and size, beside the bare floor and the method of
 * 2020, in one run of real Chromium. Prints a table and writes results/bench.json. Read the ratios: machines
 * are shared and noisy.
 *
 *   npm run bench -- [--size 640x360,1280x720] [--only TEXT] [--seconds 6] [--quick] [--host worker|window]
 *   npm run bench -- --passes     single passes instead: wall and processor time with a finish after each
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launch } from 'puppeteer-core';
import { baseBrowserFlags, findBrowser } from '../scripts/find-browser.mjs';
import { ROOT, hasShared } from '../scripts/paths.mjs';
import { ensureBenchCamera } from './camera.mjs';
import { treeCpuMs } from './process-cpu.mjs';
import { serveSources } from './serve.mjs';

const { values: options } = parseArgs({
  options: {
    size: { type: 'string', default: '640x360,1280x720' },
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '6' },
    host: { type: 'string', default: 'auto' },
    quick: { type: 'boolean', default: false },
    passes: { type: 'boolean', default: false },
    json: { type: 'string', default: 'results/bench.json' },
  },
});
const WINDOW_MS = Number(options.seconds) * 1000;
const WARM_UP_MS = 2500;
const LATENCY_MS = 3000;
const MODEL_FOLDER = '/shared/models/bodypix/';

/** @returns {{name: string, contestant: object}[]} */
function contestants() {
  const list = [{ name: 'floor', contestant: { kind: 'floor' } }];
  const people = hasShared();
  if (people) {
    const modelUrl = `${MODEL_FOLDER}mobilenet/quant2/050/model-stride16.json`;
    for (const backend of ['wasm', 'webgl']) list.push({ name: `2020 method, ${backend}`, contestant: { kind: 'method-2020', backend, modelUrl } });
  }
  const engine = (model, quality, background) => ({
    name: `${model} ${quality} ${background}`,
    contestant: { kind: 'engine', settings: { model, quality, background, modelUrl: MODEL_FOLDER, modelFallback: 'none', host: options.host } },
  });
  for (const background of ['image', 'blur']) {
    for (const model of people ? ['body-pix', 'selfie'] : ['selfie']) {
      for (const quality of options.quick ? ['medium'] : ['low', 'medium', 'high', 'auto']) list.push(engine(model, quality, background));
    }
  }
  list.push({ name: 'compositing alone, image', contestant: { kind: 'held-mask' } });
  list.push({ name: 'none (upload, draw, hand out)', contestant: { kind: 'engine', settings: { model: 'selfie', background: 'none', quality: 'medium', host: options.host } } });
  return list.filter(({ name }) => name === 'floor' || name.includes(options.only));
}

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const percentile = (values, share) => values.length ? [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] : Number.NaN;

async function taskSeconds(client) {
  const { metrics } = await client.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration').value;
}

const BROWSER_FLAGS = [...baseBrowserFlags(), '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--enable-precise-memory-info', '--js-flags=--expose-gc'];
const PASS_REPETITIONS = 150;

/** Whole renders, of which each adds a pass to the one before. */
function passCases() {
  const color = { kind: 'color', color: [0, 0.5, 0] };
  const picture = { kind: 'picture', fit: 'cover' };
  const list = [['frame alone', { kind: 'none' }, 'medium', false], ['curtain, colour', color, 'medium', false]];
  for (const quality of ['low', 'medium', 'high']) {
    list.push([`picture, ${quality}`, picture, quality, true], [`picture, ${quality}, new mask`, picture, quality, true, true], [`blur, ${quality}`, { kind: 'blur', radius: null }, quality, true]);
  }
  // What a radius and a shape add to the default blur above.
  for (const radius of [4, 40]) list.push([`blur ${radius} px, medium`, { kind: 'blur', radius }, 'medium', true]);
  list.push(['bokeh, high', { kind: 'blur', radius: null, shape: 'disc' }, 'high', true], ['bokeh 10 px, high', { kind: 'blur', radius: 10, shape: 'disc' }, 'high', true]);
  list.push(['curtain, blur', { kind: 'blur', radius: null }, 'medium', false]);
  return list.map(([name, background, quality, usesMask, newMask = false]) => ({ name, background, quality, usesMask, newMask }));
}

async function measurePasses(url, size) {
  const browser = await launch({ executablePath: findBrowser(), headless: true, args: BROWSER_FLAGS });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    await page.waitForFunction('globalThis.bench !== undefined', { timeout: 120_000 });
    const rows = [];
    for (const passCase of ['upload', 'input', 'plain blend', ...passCases()]) {
      const before = treeCpuMs(browser.process().pid);
      const wallMs = await page.evaluate((...args) => globalThis.bench.timePass(...args), size, passCase, PASS_REPETITIONS);
      const cpuMs = (treeCpuMs(browser.process().pid) - before) / PASS_REPETITIONS;
      rows.push({ name: passCase.name ?? passCase, ...size, wallMs, cpuMs });
      console.log(`${rows.at(-1).name.padEnd(24)} ${wallMs.toFixed(2).padStart(7)} ${cpuMs.toFixed(2).padStart(7)}`);
    }
    return rows;
  } finally {
    await browser.close();
  }
}

async function measure(url, size, { name, contestant }, camera) {
  const browser = await launch({
    executablePath: findBrowser(),
    headless: true,
    args: [...BROWSER_FLAGS, `--use-file-for-fake-video-capture=${camera.file}`],
  });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(`${name}: ${error.message}`));
    page.on('console', (message) => { if (message.type() === 'error') console.error(`${name}: ${message.text()}`); });
    await page.goto(url);
    await page.waitForFunction('globalThis.bench !== undefined', { timeout: 120_000 });
    const client = await page.createCDPSession();
    await client.send('Performance.enable');
    const firstFrameMs = await page.evaluate((benchCase) => globalThis.bench.start(benchCase), { ...size, contestant });
    await sleep(WARM_UP_MS);
    await page.evaluate(() => { globalThis.gc(); return globalThis.bench.beginWindow(); });
    const cpuBefore = treeCpuMs(browser.process().pid);
    const taskBefore = await taskSeconds(client);
    const heapBefore = await page.evaluate(() => performance.memory.usedJSHeapSize);
    const start = performance.now();
    await sleep(WINDOW_MS);
    const { frames, delaysMs, stats, heapBytes } = await page.evaluate(() => globalThis.bench.endWindow());
    const elapsedMs = performance.now() - start;
    const cpuMs = treeCpuMs(browser.process().pid) - cpuBefore;
    const busy = ((await taskSeconds(client)) - taskBefore) / (elapsedMs / 1000);
    const latency = await page.evaluate((code, durationMs) => globalThis.bench.latency(code, durationMs), camera.code, LATENCY_MS);
    return {
      name, ...size, fps: (frames * 1000) / elapsedMs, cpuMsPerFrame: cpuMs / frames, cpuCores: cpuMs / elapsedMs, busy,
      delayP95Ms: percentile(delaysMs, 0.95), latencyP50Ms: percentile(latency.latenciesMs, 0.5), latencyP95Ms: percentile(latency.latenciesMs, 0.95),
      latencySamples: latency.latenciesMs.length, firstFrameMs, heapGrowthBytes: heapBytes - heapBefore, stats,
    };
  } finally {
    await browser.close();
  }
}

function printRow(row, floor) {
  const ratio = floor ? row.cpuMsPerFrame / floor.cpuMsPerFrame : 1;
  const { stats } = row;
  const cells = [
    row.name.padEnd(30), row.fps.toFixed(1).padStart(5), row.cpuMsPerFrame.toFixed(1).padStart(7), ratio.toFixed(2).padStart(6),
    `${(row.busy * 100).toFixed(1)} %`.padStart(7), row.delayP95Ms.toFixed(1).padStart(6), row.latencyP50Ms.toFixed(0).padStart(5), row.latencyP95Ms.toFixed(0).padStart(5),
    row.firstFrameMs.toFixed(0).padStart(6),
    stats ? `${stats.segmentationMs.toFixed(0).padStart(5)} ${stats.compositeMs.toFixed(1).padStart(5)}  ${stats.host}/${stats.backend}/${stats.quality}` : '',
  ];
  console.log(cells.join(' '));
}

const server = await serveSources();
const url = `${server.url}bench/page.html`;
const rows = [];
try {
  for (const text of options.size.split(',')) {
    const [width, height] = text.split('x').map(Number);
    if (options.passes) {
      console.log(`\n${text}: ${PASS_REPETITIONS} repetitions\npass                     wall ms  CPU ms`);
      rows.push(...(await measurePasses(url, { width, height })));
      continue;
    }
    const camera = await ensureBenchCamera({ width, height });
    console.log(`\n${text} at 30 fps in; ${camera.clip}; ${cpus().length} × ${cpus()[0].model.trim()}; windows of ${options.seconds} s`);
    console.log(`${'who'.padEnd(30)}   fps  CPU-ms  ×floor    busy  delay   p50   p95  first   seg  comp  host/backend/quality`);
    let floor = null;
    for (const entry of contestants()) {
      try {
        const row = await measure(url, { width, height }, entry, camera);
        floor ??= row;
        rows.push({ ...row, cpuRatioToFloor: row.cpuMsPerFrame / floor.cpuMsPerFrame });
        printRow(row, floor);
      } catch (error) {
        console.log(`${entry.name.padEnd(30)} failed: ${error.message.split('\n')[0]}`);
      }
    }
  }
} finally {
  await server.close();
}
const file = join(ROOT, options.json);
await mkdir(join(file, '..'), { recursive: true });
await writeFile(file, JSON.stringify({ date: new Date().toISOString(), cores: cpus().length, processor: cpus()[0].model, rows }, null, 1));
console.log(`\nwritten: ${options.json}`);
