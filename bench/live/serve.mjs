import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { build } from 'esbuild';
import { CACHE, DIST, ROOT, SHARED } from '../../scripts/paths.mjs';
import { STORE, writeWhole } from '../score/store.mjs';
import { RIVALS, readRivalModel } from './rivals.mjs';

const PAGE = join(CACHE, 'live/page');
const TYPES = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm', '.html': 'text/html' };
const HTML = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Live score</title><link rel="icon" href="data:,"><script type="module" src="/page/page.js"></script></html>';

/** What lies where. The element is the built one, as any page's server would hold it. */
const FOLDERS = {
  '/dist/': DIST,
  '/page/': PAGE,
  '/shared/': SHARED,
  '/rivals/': RIVALS,
  '/tfjs-wasm/': join(ROOT, 'node_modules/@tensorflow/tfjs-backend-wasm/dist'),
  '/score-store/': STORE,
  '/score-results/': join(ROOT, 'results'),
};
/** The only ones that the page may write to. */
const WRITABLE = new Set(['/score-store/', '/score-results/']);

async function bundlePage() {
  await build({
    entryPoints: ['page.ts', 'recorder.worker.ts'].map((name) => join(ROOT, 'bench/live', name)),
    outdir: PAGE,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    // The script that TensorFlow.js looks for under Node.
    external: ['fs', 'path', 'crypto', 'util', 'worker_threads', 'perf_hooks', 'os', 'url'],
    logLevel: 'error',
  });
}

/** Whoever would send something elsewhere (tasks-vision reports its use to Google) is kept from it. */
const POLICY = "connect-src 'self' blob: data:";

/** @returns {Promise<{ url: string, close: () => void }>} a server with the page, the built element and all that they read */
export async function servePages({ rivals }) {
  await bundlePage();
  if (rivals) await writeWhole(join(PAGE, 'selfie-landscape.tflite'), await readRivalModel());
  const server = createServer((request, response) => {
    answer(request).then(
      ({ type, body }) => response.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': POLICY }).end(body),
      (error) => response.writeHead(error.code === 'ENOENT' ? 404 : 500).end(String(error.message)),
    );
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

async function answer(request) {
  const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
  if (path === '/') return { type: TYPES['.html'], body: HTML };
  const address = Object.keys(FOLDERS).find((start) => path.startsWith(start));
  if (!address) throw Object.assign(new Error(`Nothing at ${path}`), { code: 'ENOENT' });
  const file = join(FOLDERS[address], path.slice(address.length));
  const type = TYPES[extname(path)] ?? 'application/octet-stream';
  if (request.method !== 'PUT') return { type, body: await readFile(file) };
  if (!WRITABLE.has(address)) throw new Error(`${path} cannot be written`);
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  await writeWhole(file, Buffer.concat(chunks));
  return { type, body: '' };
}
