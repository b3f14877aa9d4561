/** npm run score: see `npm run score -- --help`. */
import { rm, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launch } from 'puppeteer-core';
import { baseBrowserFlags, findBrowser } from '../scripts/find-browser.mjs';
import { ROOT, SHARED, hasShared } from '../scripts/paths.mjs';
import { runLive } from './live/run.mjs';
import { SCORER, chooseFrames, chooseItems, chooseSheetFrames, makeDrawnItems, readDevItems } from './score/items.mjs';
import { chooseMethods } from './score/methods.mjs';
import { readOptions } from './score/options.mjs';
import { lineOf, renderReport } from './score/report.mjs';
import { Scorer } from './score/scorer.mjs';
import { STORE, hashFiles, hashOf, readJson, storePlugin, writeWhole } from './score/store.mjs';
import { serveSources } from './serve.mjs';

/** Every third picture of a drawn figure, whatever is scored: spill and trail are means over many. */
const MEASURE_EVERY = 3;
const MODEL_URL = '/shared/models/bodypix/';

const inRoot = (paths) => paths.map((path) => join(ROOT, path));
const score = (...names) => inRoot(names.map((name) => `bench/score/${name}.ts`));
const NETWORKS = [...inRoot(['src/segmentation/body-pix-segmenter.ts', 'src/segmentation/selfie-segmenter.ts', 'src/segmentation/network-input.ts', 'src/assets']), join(SHARED, 'models/bodypix')];
const JUDGES = [SCORER, ...score('frames', 'runner', 'measures', 'distance')];
const PACKAGE = [...JUDGES, ...score('baselines'), ...NETWORKS, ...inRoot(['node_modules/@tensorflow-models/body-pix/package.json'])];
/** What a method's figures hang on beside its own settings. */
/** Masks are kept by themselves, so that these are cheap to draw again. */
const PIPELINE = [...JUDGES, ...score('masks', 'matters', 'drivers'), ...inRoot(['src'])];
const SOURCES = {
  package: PACKAGE,
  'same-net': PACKAGE,
  raw: PIPELINE,
  ours: PIPELINE,
};
/** What a drawn figure's hang on beside. */
const DRAWN = [...score('measures', 'drawn-measures', 'sheets'), ...inRoot(['demo/drawn-sample.ts', 'demo/drawn-sample'])];

async function openPage(browser, url) {
  const page = await browser.newPage();
  const broken = new Promise((_resolve, reject) => page.on('pageerror', reject));
  broken.catch((error) => console.error(error.message));
  page.on('console', (message) => {
    // Readbacks are what this is about, and that the store does not have a file yet is the usual answer.
    if (!/Failed to load resource|GL Driver Message/.test(message.text()) && ['warn', 'error'].includes(message.type())) console.error(message.text());
  });
  await page.goto(`${url}bench/score.html`);
  await Promise.race([page.waitForFunction('globalThis.score !== undefined', { timeout: 300_000 }), broken]);
  return page;
}

/** One method, item after item; the scorer works beside. */
class MethodRun {
  constructor({ method, items, options, scorer, masks }) {
    Object.assign(this, { method, items, options, scorer, masks });
    // The others know nothing of any of this, so what is known of them holds whatever it is.
    const { leadIn } = method.kind === 'ours' ? options : { leadIn: null };
    this.settings = method.kind === 'ours' ? { lightWrap: 0, ...method.settings, ...options.settings } : {};
    this.pace = { leadIn };
    this.name = `${method.id.replaceAll('/', '-')}-${hashOf(this.settings, this.pace, options.every, options.pairs)}`;
  }

  async run(page) {
    const sources = await hashFiles(SOURCES[this.method.kind]);
    const drawn = await hashFiles(DRAWN);
    const results = [];
    for (const item of this.items) results.push(await this.#runItem(page, item, item.set === 'drawn' ? [sources, drawn] : sources));
    // What the scorer is still at.
    this.results = await Promise.all(results.map(async ({ scores, ...result }) => ({ ...result, scores: await scores })));
    console.log(lineOf(this.method.label, this.results));
  }

  stripFile(item, frame) {
    return `strips/${this.name}/${item.id}/${String(frame).padStart(4, '0')}.png`;
  }

  async #runItem(page, item, sources) {
    const { method, options } = this;
    const predictions = `predictions/${this.name}`;
    const work = {
      method,
      item,
      scored: chooseFrames(item, options),
      sheets: options.sheets ? chooseSheetFrames(item, options.sheetFrames) : [],
      measureEvery: MEASURE_EVERY,
      settings: this.settings,
      ...this.pace,
      masks: this.masks,
    };
    const known = join(STORE, `known/${hashOf(sources, { ...work, method: { ...method, label: '' } })}.json`);
    const earlier = options.fresh ? null : await readJson(known);
    if (earlier) return { item, ...earlier };
    const task = {
      ...work,
      predictions: `${predictions}/${item.id}`,
      strips: `strips/${this.name}/${item.id}`,
      modelUrl: new URL(MODEL_URL, page.url()).href,
    };
    await rm(join(STORE, task.predictions), { recursive: true, force: true });
    const figures = await page.evaluate((one) => globalThis.score.runTask(one), task);
    const scores = this.scorer.score(item, predictions).then(async (found) => {
      await writeWhole(known, JSON.stringify({ figures, scores: found }));
      return found;
    });
    return { item, figures, scores };
  }
}

async function writeSheets(page, runs, items, count) {
  for (const item of items) {
    for (const frame of chooseSheetFrames(item, count)) {
      const rows = runs.map((run) => ({ label: run.method.label, strip: run.stripFile(item, frame) }));
      const file = `sheets/${item.id}-${String(frame).padStart(4, '0')}.png`;
      await page.evaluate((...args) => globalThis.score.drawSheet(...args), `${item.id}, picture ${frame}`, rows, file);
    }
  }
  console.log(`Sheets: results/sheets/`);
}

function describe(options) {
  return [
    `pictures scored: ${options.every === 1 ? 'all' : `every ${options.every}th`}${options.pairs ? ' and the one after it' : ''}; the pipeline saw ${options.leadIn === null ? 'all' : `the ${options.leadIn} before each`} in order`,
    'each picture with its own mask',
    `settings: ${JSON.stringify({ lightWrap: 0, ...options.settings })}`,
  ];
}

async function main() {
  const options = readOptions();
  if (!options) return;
  if (!hasShared()) throw new Error('The test people are not here: ../shared/testdata/dev is missing.');
  if (options.live) return runLive(options);
  const methods = chooseMethods(options.methods);
  const server = await serveSources([storePlugin()]);
  const browser = await launch({ executablePath: findBrowser(), headless: true, args: baseBrowserFlags(), protocolTimeout: 0 });
  try {
    const first = await openPage(browser, server.url);
    const drawn = await makeDrawnItems((item, folder) => first.evaluate((...args) => globalThis.score.storeMattes(...args), item, folder));
    const items = chooseItems([...(await readDevItems()), ...drawn], options.items);
    const shared = { items, options, scorer: new Scorer(), masks: `masks/${await hashFiles(NETWORKS)}` };
    const runs = methods.map((method) => new MethodRun({ method, ...shared }));
    const waiting = [...runs];
    await Promise.all(Array.from({ length: options.jobs }, async () => {
      for (let run = waiting.shift(); run; run = waiting.shift()) {
        const page = await openPage(browser, server.url);
        await run.run(page);
        await page.close();
      }
    }));
    if (options.sheets) await writeSheets(first, runs, items, options.sheetFrames);
    await writeResults(runs, options);
  } finally {
    await browser.close();
    await server.close();
  }
}

async function writeResults(runs, options) {
  const results = join(ROOT, 'results');
  await mkdir(results, { recursive: true });
  const report = renderReport(runs, describe(options));
  const plain = runs.map(({ method, settings, results: rows }) => ({
    method: method.id,
    settings,
    items: rows.map(({ item, scores, figures }) => ({ id: item.id, set: item.set, type: item.type, scores, figures })),
  }));
  await writeFile(join(results, `${options.name}.md`), `${report.summary}\n${report.items}`);
  await writeFile(join(results, `${options.name}.json`), `${JSON.stringify({ options, runs: plain }, null, 1)}\n`);
  console.log(`\n${report.items}\n${report.summary}`);
  console.log(`Everything: results/${options.name}.md and results/${options.name}.json`);
}

await main();
