/**
 * Makes the reference values of test/segmentation/selfie-parity.test.ts: runs MediaPipe's own selfie solution
 * (npm package `@mediapipe/selfie_segmentation`) in a headless browser on a drawn portrait and stores what its
 * networks say. Needed again only when that package or the portrait changes; the results are committed.
 *
 *   node scripts/make-selfie-reference.mjs
 *
 * Writes to test/segmentation/reference/, for each of the two networks:
 *   <name>.png          the picture, of exactly the network's input size
 *   <name>.mask.bin.gz  person probability, round(p * 65535) as little-endian uint16, row by row, gzip
 */
import { createServer } from 'node:http';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { launch } from 'puppeteer-core';
import { baseBrowserFlags, findBrowser } from './find-browser.mjs';
import { ROOT } from './paths.mjs';

const OUTPUT = join(ROOT, 'test/segmentation/reference');
const PACKAGE = dirname(createRequire(import.meta.url).resolve('@mediapipe/selfie_segmentation/package.json'));
const PAGE_MODULES = fileURLToPath(new URL('./selfie-reference/', import.meta.url));
const TIME_LIMIT_MS = 120_000;

const NETWORKS = [
  { name: 'landscape', modelSelection: 1, width: 256, height: 144 },
  { name: 'general', modelSelection: 0, width: 256, height: 256 },
];

const CONTENT_TYPES = { html: 'text/html', js: 'text/javascript', mjs: 'text/javascript', wasm: 'application/wasm' };
const PAGE = '<!doctype html><meta charset="utf-8"><title>reference</title><script src="/package/selfie_segmentation.js"></script>';

/** Serves the page, its modules and the package, on a port of the system's choice. */
async function serve() {
  const server = createServer(async ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const [, folder, file] = /^\/(package|modules)\/([\w.-]+)$/.exec(pathname) ?? [];
    const body = pathname === '/' ? PAGE : await readFile(join(folder === 'package' ? PACKAGE : PAGE_MODULES, file ?? '-')).catch(() => null);
    const type = CONTENT_TYPES[pathname === '/' ? 'html' : pathname.split('.').pop()] ?? 'application/octet-stream';
    response.writeHead(body === null ? 404 : 200, { 'Content-Type': type }).end(body);
  });
  await new Promise((listening) => { server.listen(0, '127.0.0.1', listening); });
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/** Runs in the page. Bytes travel as base64 text. */
async function runInPage({ width, height, modelSelection }) {
  const { drawPortrait } = await import('/modules/portrait.mjs');
  const { runLegacySolution } = await import('/modules/legacy-solution.mjs');
  const toBase64 = async (blob) => {
    const reader = new FileReader();
    reader.readAsDataURL(blob);
    await new Promise((loaded) => { reader.onload = loaded; });
    return reader.result.slice(reader.result.indexOf(',') + 1);
  };
  const canvas = drawPortrait(width, height);
  const pixels = canvas.getContext('2d').getImageData(0, 0, width, height).data;
  const results = await runLegacySolution(canvas, modelSelection);
  const png = await new Promise((made) => { canvas.toBlob(made, 'image/png'); });
  const parts = { png, pixels: new Blob([pixels]), ...Object.fromEntries(Object.entries(results).map(([key, values]) => [key, new Blob([values])])) };
  return Object.fromEntries(await Promise.all(Object.entries(parts).map(async ([key, blob]) => [key, await toBase64(blob)])));
}

/** @param {string} base64 */
const bytesOf = (base64) => new Uint8Array(Buffer.from(base64, 'base64'));
/** @param {string} base64 */
const floatsOf = (base64) => new Float32Array(bytesOf(base64).buffer);

/** @param {Float32Array} values @param {(value: number, index: number) => number} measure */
const largest = (values, measure) => values.reduce((most, value, index) => Math.max(most, measure(value, index)), 0);

/**
 * The reference is worthless if the network saw another picture than the PNG, or if rows come in another order.
 */
function assertHonest({ input, mask, pixels, bitmapAlpha }) {
  const rgb = pixels.filter((_, index) => index % 4 < 3);
  const inputError = largest(input, (value, index) => Math.abs(value - rgb[index] / 255));
  if (inputError > 1e-3) throw new Error(`the network did not see the drawn picture: channels differ by up to ${inputError}`);
  const maskError = largest(mask, (value, index) => Math.abs(value - bitmapAlpha[index] / 255));
  if (maskError > 1 / 255) throw new Error(`the network's mask is not the one that the solution hands out: they differ by up to ${maskError}`);
  const covered = mask.filter((value) => value > 0.5).length / mask.length;
  if (covered < 0.1 || covered > 0.9) throw new Error(`the network finds a person in ${covered} of the picture; it should be about a third`);
  return { inputError, maskError, covered };
}

async function makeReference(page, network) {
  const raw = await page.evaluate(runInPage, network);
  const results = { input: floatsOf(raw.input), mask: floatsOf(raw.mask), pixels: bytesOf(raw.pixels), bitmapAlpha: bytesOf(raw.bitmapAlpha) };
  const findings = assertHonest(results);
  const mask = new Uint16Array(results.mask.map((probability) => Math.round(probability * 65535)));
  await writeFile(join(OUTPUT, `${network.name}.png`), bytesOf(raw.png));
  await writeFile(join(OUTPUT, `${network.name}.mask.bin.gz`), gzipSync(new Uint8Array(mask.buffer), { level: 9 }));
  console.log(network.name, findings);
}

const server = await serve();
const browser = await launch({ executablePath: findBrowser(), headless: true, args: baseBrowserFlags(), protocolTimeout: TIME_LIMIT_MS });
try {
  await mkdir(OUTPUT, { recursive: true });
  for (const network of NETWORKS) {
    const page = await browser.newPage();
    page.on('pageerror', (error) => { console.error(error); });
    await page.goto(server.url);
    await makeReference(page, network);
    await page.close();
  }
} finally {
  await browser.close();
  server.close();
}
