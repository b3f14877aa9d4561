/**
 * A long visit, whose figures must stay flat: heaps after a garbage collection, GL objects, tensors, tracks, workers,
 * the event loop, frames a second.
 *
 *   npm run soak                              30 minutes at 640×360, worker host, the background changed at every look
 *   npm run soak -- --minutes 5 --host window
 *   npm run soak -- --cycles                  1,000 starts and stops, then 5,000 changes of the background
 *
 * Ends with status 1 where something grows beyond the bounds of soak-judge.mjs, fails, or shows the room.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../scripts/paths.mjs';
import { COUNTS, describeRows, judge, unexplained } from './soak-judge.mjs';
import { openSoakPage } from './soak-page.mjs';
import { BACKGROUNDS, changeBackgrounds, settle, startAndStop } from './soak-use.mjs';

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    host: { type: 'string', default: 'worker' },
    cycles: { type: 'boolean', default: false },
    starts: { type: 'string', default: '1000' },
    changes: { type: 'string', default: '5000' },
  },
});
const LOOK_MS = 5000;
const WARM_UP_STARTS = 20;
/** Compiled code and caches come in the first minute; each background has to have been there once. */
const WARM_UP_MS = Math.max(40_000, Math.min(60_000, Number(options.minutes) * 6000));
const sleep = (ms) => new Promise((later) => setTimeout(later, ms));

const line = ({ state, pageHeapMb, workerHeapMb, browserMb, glObjects, tensors, tracks, bitmaps, workers, nodes, delay }, fps) =>
  `${state}, ${fps.toFixed(1)} fps; heap ${pageHeapMb.toFixed(1)} + ${workerHeapMb.toFixed(1)} MB, browser ${browserMb.toFixed(0)} MB; ` +
  `${glObjects} GL objects, ${tensors} tensors, ${tracks} tracks, ${bitmaps} bitmaps, ${workers} workers, ${nodes} nodes; event loop ${delay.median.toFixed(0)}/${delay.p95.toFixed(0)} ms`;

async function soak(opened) {
  const { page } = opened;
  await page.evaluate(() => globalThis.camera.start().then(() => undefined));
  const start = performance.now();
  const end = start + WARM_UP_MS + Number(options.minutes) * 60_000;
  const samples = [];
  let before = null;
  for (let look = 0; performance.now() < end; look += 1) {
    await sleep(LOOK_MS);
    // Always in the same mode: its passes and pictures are what it holds.
    await page.evaluate(changeBackgrounds, 1, ['teal']);
    await sleep(500);
    const sample = await opened.sample();
    const isWarm = performance.now() - start > WARM_UP_MS;
    const fps = before ? ((sample.frames - before.frames) * 1000) / (sample.timeMs - before.timeMs) : 0;
    console.log(`${Math.round((performance.now() - start) / 1000)} s${isWarm ? '' : ' (warm-up)'}: ${line(sample, fps)}`);
    if (isWarm) samples.push(sample);
    before = sample;
    await page.evaluate((background) => void (globalThis.camera.background = background), BACKGROUNDS[look % BACKGROUNDS.length]);
  }
  return { samples, rows: judge(samples, { timing: true }) };
}

async function cycles(opened) {
  const { page } = opened;
  const samples = [];
  const look = async (what) => {
    await page.evaluate(settle);
    const sample = await opened.sample();
    console.log(`${what}: ${line(sample, 0)}`);
    samples.push(sample);
  };
  const PARTS = 20;
  await page.evaluate(startAndStop, WARM_UP_STARTS);
  for (let part = 1; part <= PARTS; part += 1) {
    await page.evaluate(startAndStop, Math.ceil(Number(options.starts) / PARTS));
    await look(`${Math.round((part * Number(options.starts)) / PARTS)} starts`);
  }
  // What the first fifty leave is kept for the next ones.
  const rows = judge(samples.splice(0).slice(PARTS / 4), { memory: true });
  await page.evaluate(() => globalThis.camera.start().then(() => undefined));
  await page.evaluate(changeBackgrounds, 200, BACKGROUNDS);
  for (let part = 1; part <= PARTS; part += 1) {
    await page.evaluate(changeBackgrounds, Math.ceil(Number(options.changes) / PARTS), BACKGROUNDS);
    await look(`${Math.round((part * Number(options.changes)) / PARTS)} backgrounds`);
  }
  rows.push(...judge(samples, { memory: true }));
  await page.evaluate(() => globalThis.camera.stop());
  await look('stopped');
  const atTheEnd = samples.at(-1);
  for (const name of COUNTS) rows.push({ name: `${name}, end`, first: 0, last: atTheEnd[name], growth: atTheEnd[name], bound: '0', ok: atTheEnd[name] === 0 });
  return { samples, rows };
}

const opened = await openSoakPage({ host: options.host, timeoutMs: 1_800_000, ...(options.cycles ? { width: 160, height: 96 } : {}) });
try {
  const { samples, rows } = await (options.cycles ? cycles : soak)(opened);
  const last = samples.at(-1);
  console.log(`\n${describeRows(rows)}`);
  const broken = rows.filter(({ ok }) => !ok).map(({ name }) => name);
  if (last.problems.length) broken.push(...last.problems);
  const starts = options.cycles ? Number(options.starts) + WARM_UP_STARTS + 1 : 1;
  const messages = unexplained(opened.watched.messages, starts);
  if (messages.length) broken.push(...messages.slice(0, 5));
  const folder = join(ROOT, 'results');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `soak-${options.cycles ? 'cycles-' : ''}${options.host}.json`), JSON.stringify({ options, counts: COUNTS, rows, samples }, null, 1));
  console.log(broken.length ? `\nBroken: ${broken.join('; ')}` : '\nFlat.');
  process.exitCode = broken.length ? 1 : 0;
} finally {
  await opened.close();
}
