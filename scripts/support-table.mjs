/**
 * Writes the tables of browsers between the markers `<!-- support:start -->` and `<!-- support:end -->`: into
 * docs/browsers.md what came of the last whole test runs, what each browser has, and the versions that the used APIs
 * ask for; into README.md the same in three columns: tested, expected, not.
 *
 *   npm test && npm run support
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from 'puppeteer-core';
import { ensureCameraClip } from './make-camera-clip.mjs';
import { CACHE, ROOT } from './paths.mjs';
import { replaceSection } from './readme-figures.mjs';
import { launchOptionsOf } from './test-runner/browsers.mjs';
import { probeCapabilities } from './test-runner/capabilities.mjs';

/** First versions with what the sources use, by the compatibility tables of MDN; the newest of a column counts. */
const NEEDS = [
  { api: 'WebGL2', chrome: 56, firefox: 51, safari: 15 },
  { api: 'module workers', chrome: 80, firefox: 114, safari: 15 },
  { api: 'ES2022 classes', chrome: 94, firefox: 93, safari: 16.4 },
  { api: '`AbortSignal.throwIfAborted()`', chrome: 100, firefox: 97, safari: 15.4 },
  { api: "a track's frames in a worker, else `requestVideoFrameCallback()` and `canvas.captureStream()`", chrome: 94, firefox: 132, safari: 15.4 },
];
const CONTROLS_NEED = [
  { api: 'the popover attribute', chrome: 114, firefox: 125, safari: 17 },
  { api: '`light-dark()` in CSS', chrome: 123, firefox: 120, safari: 17.5 },
];
const BROWSERS = [['chrome', 'Chrome and Edge'], ['firefox', 'Firefox'], ['safari', 'Safari']];

const readJson = async (name) => JSON.parse(await readFile(join(CACHE, name), 'utf8').catch(() => 'null'));

/** The need that decides for a browser. */
function deciding(needs, browser) {
  return needs.reduce((newest, need) => (need[browser] > newest[browser] ? need : newest));
}

function requiredVersions(needs) {
  return BROWSERS.map(([key, name]) => {
    const { api, [key]: version } = deciding(needs, key);
    return `${name} ${version} (${api})`;
  }).join(', ');
}

async function probe(name) {
  const server = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>probe</title>'));
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const browser = await launch(await launchOptionsOf(name, await ensureCameraClip()));
  try {
    const page = await browser.newPage();
    await page.goto(`http://localhost:${server.address().port}/`);
    return { browser: await browser.version(), ...(await page.evaluate(probeCapabilities)) };
  } finally {
    await browser.close();
    server.close();
  }
}

const LACKS = {
  frameStreams: "frames in a worker",
  offscreenWebgl2: 'WebGL2 in a worker',
  floatTargets: 'drawing into float textures (blur of the shape `disc` becomes Gaussian)',
  canvasFrameRate: "a canvas track's frame rate",
  peerConnection: 'RTCPeerConnection',
};

const describeLacks = (found) => Object.entries(LACKS).filter(([name]) => !found[name]).map(([, text]) => text).join('; ') || 'nothing that is used';

const describeTests = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** `firefox/153.7.0` → `Firefox 153`. */
const shortName = (browser) => browser.replace(/^Headless/, '').replace(/^\w/, (letter) => letter.toUpperCase()).replace(/\/(\d+).*/, ' $1');

async function tableRows() {
  const rows = [];
  for (const name of ['chromium', 'firefox']) {
    const totals = await readJson(`${name}-totals.json`);
    if (!totals) {
      console.error(`${name}: no totals; run the whole suite first: npm test -- --only ${name === 'chromium' ? 'browser' : name}`);
      continue;
    }
    const found = await probe(name).catch((error) => {
      console.error(error.message);
      return null;
    });
    if (!found) continue;
    rows.push([shortName(found.browser), found.frameStreams ? 'a worker' : 'the window', describeTests(totals), describeLacks(found)]);
  }
  const webkit = await readJson('webkit-capabilities.json');
  if (webkit) rows.push([webkit.browser, 'the window', '`test/node/webkit.test.mjs`', describeLacks(webkit)]);
  return rows;
}

const line = (cells) => `| ${cells.join(' | ')} |`;

/** @param {string[][]} rows of the browsers @returns {string} Markdown for docs/browsers.md */
export function longSection(rows) {
  const heads = ['browser', 'frames are drawn in', 'tests', 'lacks'];
  return [
    `Needed: ${requiredVersions(NEEDS)}. The controls: ${requiredVersions([...NEEDS, ...CONTROLS_NEED])}. What the tests ran in last:`,
    '',
    line(heads),
    line(heads.map(() => '---')),
    ...rows.map(line),
  ].join('\n');
}

/** @param {string[][]} rows of the browsers, the name first @returns {string} Markdown for README.md */
export function shortSection(rows) {
  const version = (needs, browser) => deciding(needs, browser)[browser];
  const expected = BROWSERS.map(([key, name]) => {
    const [needed, controls] = [NEEDS, [...NEEDS, ...CONTROLS_NEED]].map((needs) => version(needs, key));
    return `${name} from ${needed}${controls > needed ? ` (controls: ${controls})` : ''}`;
  });
  const heads = ['tested at every change', 'expected to work', 'does not work'];
  return [
    line(heads),
    line(heads.map(() => '---')),
    line([rows.map(([name]) => name).join(', '), expected.join('; '), 'older ones; anything without WebGL2']),
  ].join('\n');
}

async function main() {
  const rows = await tableRows();
  if (!rows.length) throw new Error('Nothing to write: no test run left its totals');
  for (const [page, section] of [['README.md', shortSection(rows)], ['docs/browsers.md', longSection(rows)]]) {
    const file = join(ROOT, page);
    await writeFile(file, replaceSection(await readFile(file, 'utf8'), 'support', section));
    console.log(`${page}: written`);
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await main();
  process.exit();
}
