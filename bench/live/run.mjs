/** npm run score -- --live: the built element in a page, in real time, read from its outgoing track. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { buildPackage } from '../../scripts/build.mjs';
import { ROOT } from '../../scripts/paths.mjs';
import { treeCpuMs } from '../process-cpu.mjs';
import { Scorer } from '../score/scorer.mjs';
import { STORE } from '../score/store.mjs';
import { openLivePage } from './browser.mjs';
import { startBusyProcesses } from './busy.mjs';
import { SETTLE_PICTURES, cameraFileOf, ensureClip } from './clips.mjs';
import { chooseLiveItems, readLiveItems } from './items.mjs';
import { chooseLiveMethods } from './methods.mjs';
import { liveLineOf, renderLiveReport } from './report.mjs';
import { ensureRivals } from './rivals.mjs';
import { servePages } from './serve.mjs';

/** From the first picture on: graphs are compiled by then, and quality="auto" has had its first looks around. */
const WARM_UP_MS = 3000;
const PREDICTIONS = 'live/predictions';

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

export async function runLive(options) {
  const methods = chooseLiveMethods(options.methods);
  const items = chooseLiveItems(await readLiveItems(), options.items);
  const rivals = methods.some(({ id }) => id === 'tasks-vision');
  if (rivals) await ensureRivals();
  if (methods.some(({ contestant }) => contestant.kind === 'ours')) await buildPackage({ ifStale: true });
  const server = await servePages({ rivals });
  const groups = [];
  try {
    for (const item of items) {
      const { clip, scorerItem } = await ensureClip(item, server.url);
      const rows = [];
      groups.push({ item, clip, rows });
      for (const method of methods) {
        rows.push(await measureOrFail({ method, item, clip, scorerItem, options, serverUrl: server.url }));
        console.log(liveLineOf({ item: item.id, ...rows.at(-1) }));
        // Each time, so that a run that is cut short leaves what it has found.
        await writeResults(groups, options);
      }
    }
  } finally {
    server.close();
  }
  const report = await writeResults(groups, options);
  console.log(`\n${report}\nEverything: results/${options.name}.md and results/${options.name}.json${options.sheets ? '; sheets: results/sheets/' : ''}`);
}

/** A method that fails on a clip is told of in its place, and the others go on. */
async function measureOrFail(task) {
  const { id, label } = task.method;
  try {
    return { id, label, result: await measure(task) };
  } catch (error) {
    return { id, label, error: error.message.split('\n')[0] };
  }
}

async function measure({ method, item, clip, scorerItem, options, serverUrl }) {
  const name = method.id.replaceAll('/', '-');
  const predictions = `${PREDICTIONS}/${name}`;
  await rm(join(STORE, predictions, clip.id), { recursive: true, force: true });
  const { browser, page } = await openLivePage(serverUrl, cameraFileOf(clip), method.id);
  const endBusy = startBusyProcesses(options.busy);
  const [load] = loadavg();
  let run;
  try {
    const contestant = { ...method.contestant, attributes: options.settings };
    const firstPictureMs = await page.evaluate((...args) => globalThis.live.start(...args), contestant, clip);
    await sleep(WARM_UP_MS);
    const window = await measureCpu(browser, page, options.seconds * 1000);
    const task = {
      clip,
      settlePictures: SETTLE_PICTURES,
      predictions: `${predictions}/${clip.id}`,
      sheet: options.sheets ? { file: `sheets/live-${clip.id}-${name}.png`, title: `${clip.id}, ${method.label}`, moments: options.sheetFrames } : null,
    };
    const verdict = await page.evaluate((one) => globalThis.live.shoot(one), task);
    run = { firstPictureMs, window, verdict, load };
  } finally {
    endBusy();
    await browser.close();
  }
  // The scorer wants a core for itself, so it comes after the browser is gone.
  const scores = run.verdict.roomShares.length > 0 ? await new Scorer().score(scorerItem, predictions) : null;
  return summarize(run, scores, item);
}

/** What the browser and all its processes use while nobody takes pictures. */
async function measureCpu(browser, page, windowMs) {
  await page.evaluate(() => globalThis.live.beginWindow());
  const [cpuBefore, startMs] = [treeCpuMs(browser.process().pid), performance.now()];
  await sleep(windowMs);
  const frames = await page.evaluate(() => globalThis.live.endWindow());
  return { frames, cpuMs: treeCpuMs(browser.process().pid) - cpuBefore, durationMs: performance.now() - startMs };
}

function summarize({ firstPictureMs, window, verdict, load }, scores, { exact }) {
  const { newShare, newFps, frames, unread, latencyMs, roomShares, stats } = verdict;
  const shares = roomShares.map(({ share }) => share * 100);
  return {
    scores,
    // Beyond a matte that is only good, not exact, there may be a bit of the person.
    room: exact && shares.length > 0 ? { mean: mean(shares), worst: Math.max(...shares), worstPicture: roomShares.find(({ share }) => share * 100 === Math.max(...shares)).number } : null,
    newFps, frames, unread, latencyMs, firstPictureMs,
    // Frames that show the same picture again are no frames.
    cpuMsPerFrame: window.cpuMs / (window.frames * newShare),
    cpuCores: window.cpuMs / window.durationMs,
    windowFps: (window.frames * 1000) / window.durationMs,
    stats,
    load,
  };
}

/** @returns {Promise<string>} the report, Markdown */
async function writeResults(groups, options) {
  const results = join(ROOT, 'results');
  await mkdir(results, { recursive: true });
  const machine = `${cpus().length} × ${cpus()[0].model.trim()}`;
  const notes = [
    `the built element and its rivals on ${machine}${options.busy > 0 ? `, beside ${options.busy} busy processes` : ''}; windows of ${options.seconds} s and one loop of the clip`,
    `the first ${SETTLE_PICTURES} pictures after the clip jumps to its start do not count`,
    ...(Object.keys(options.settings).length > 0 ? [`attributes: ${JSON.stringify(options.settings)}`] : []),
  ];
  const report = renderLiveReport(groups, notes);
  await writeFile(join(results, `${options.name}.md`), report);
  const plain = groups.map(({ item, clip, rows }) => ({ id: item.id, about: item.about, background: clip.background, backgroundDistance: clip.backgroundDistance, leastMargin: clip.leastMargin, rows }));
  await writeFile(join(results, `${options.name}.json`), `${JSON.stringify({ date: new Date().toISOString(), machine, options, items: plain }, null, 1)}\n`);
  return report;
}
