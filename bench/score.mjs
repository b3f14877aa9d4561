/**
 * npm run score: runs the real pipeline (real shaders and networks, in Chromium) over the test people and scores
 * its alpha against the reference mattes with the set's own scorer. Needs ../shared.
 *
 *   npm run score -- [--every 15] [--only ITEM,ITEM] [--model selfie,body-pix] [--quality low,medium,high]
 */
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launch } from 'puppeteer-core';
import { baseBrowserFlags, findBrowser } from '../scripts/find-browser.mjs';
import { CACHE, SHARED, hasShared } from '../scripts/paths.mjs';
import { serveSources } from './serve.mjs';

const { values: options } = parseArgs({
  options: {
    every: { type: 'string', default: '15' },
    only: { type: 'string', default: '' },
    model: { type: 'string', default: 'body-pix,selfie' },
    quality: { type: 'string', default: 'low,medium,high' },
  },
});

if (!hasShared()) {
  console.log('The test people are not here: ../shared/testdata/dev is missing.');
  process.exit(1);
}
const manifestFile = join(SHARED, 'testdata/dev/manifest.json');
const manifest = JSON.parse(await readFile(manifestFile, 'utf8'));
const chosen = options.only && new Set(options.only.split(','));
const items = manifest.items.filter((item) => !chosen || chosen.has(item.id));

async function predict(page, folder) {
  for (const item of items) {
    await mkdir(join(folder, item.id), { recursive: true });
    await page.evaluate(() => globalThis.score.begin());
    for (const frame of item.matteFrames.filter((_frame, index) => index % Number(options.every) === 0)) {
      const png = await page.evaluate((...args) => globalThis.score.alpha(...args), item, frame);
      await writeFile(join(folder, item.id, `${String(frame).padStart(4, '0')}.png`), Buffer.from(png, 'base64'));
    }
  }
}

function readScores(folder) {
  const file = join(folder, 'scores.json');
  const only = ['--only', items.map(({ id }) => id).join(',')];
  execFileSync(process.execPath, [join(SHARED, 'testdata/dev/score.mjs'), '--manifest', manifestFile, '--pred', folder, '--json', file, ...only], { stdio: ['ignore', 'pipe', 'inherit'] });
  return readFile(file, 'utf8').then(JSON.parse);
}

const server = await serveSources();
const browser = await launch({ executablePath: findBrowser(), headless: true, args: baseBrowserFlags() });
try {
  for (const model of options.model.split(',')) {
    for (const quality of options.quality.split(',')) {
      const page = await browser.newPage();
      page.on('pageerror', (error) => console.error(error.message));
      await page.goto(`${server.url}bench/score.html`);
      await page.waitForFunction('globalThis.score !== undefined', { timeout: 120_000 });
      await page.evaluate((...args) => globalThis.score.load(...args), model, quality, '/shared/models/bodypix/');
      const folder = join(CACHE, 'score', `${model}-${quality}`);
      await rm(folder, { recursive: true, force: true });
      await predict(page, folder);
      const scores = await readScores(folder);
      const { iou, bf3, mad, edge } = scores.sums.at(-1);
      console.log(`${`${model} ${quality}`.padEnd(16)} IoU ${iou.toFixed(3)}  BF.3 ${bf3.toFixed(3)}  MAD ${mad.toFixed(1)}  edge ${edge.toFixed(0)}`);
      await page.close();
    }
  }
} finally {
  await browser.close();
  await server.close();
}
