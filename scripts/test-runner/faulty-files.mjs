import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { ROOT, SHARED } from '../paths.mjs';

const ADDRESS = /^\/__faulty\/([\w-]+)\/(files|log|release)(?:\/([^/]*)\/(.+))?$/;
const TYPES = { '.bin': 'application/octet-stream', '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' };

/** By the key of a test: its requests, and what lets held files go on. */
const records = new Map();

function recordOf(key) {
  if (!records.has(key)) {
    let release;
    const released = new Promise((resolve) => {
      release = resolve;
    });
    records.set(key, { requests: [], release, released });
  }
  return records.get(key);
}

async function readServed(path) {
  const [root, rest] = path.startsWith('shared/') ? [SHARED, path.slice('shared/'.length)] : [join(ROOT, 'src/assets'), path.replace(/^assets\//, '')];
  const file = normalize(join(root, rest));
  return file.startsWith(root + sep) && extname(file) in TYPES ? readFile(file).catch(() => null) : null;
}

/** What is done to bytes, in place. The noise is the same each time. */
const DAMAGES = {
  changed: (bytes) => (bytes[Math.floor(bytes.length / 3)] ^= 1),
  zeros: (bytes) => bytes.fill(0),
  noise: (bytes) => {
    let seed = 1;
    for (let index = bytes.length >> 1; index < bytes.length * 0.6; index += 1) bytes[index] = (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 16;
  },
};

/** Sends one half, and the other when the test says so; tells when the browser hangs up before. */
async function hold(response, bytes, record, request) {
  const half = Math.floor(bytes.length / 2);
  response.write(bytes.subarray(0, half));
  await record.released;
  request.finished = !request.aborted;
  response.end(bytes.subarray(half));
}

/** As a connection that dies: less than was announced. */
function breakOff(response, bytes) {
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)));
  setTimeout(() => response.destroy(), 200);
}

function send(response, bytes, fault, record, request) {
  if (fault === 'held') void hold(response, bytes, record, request);
  else if (fault === 'broken') breakOff(response, bytes);
  else {
    request.finished = true;
    response.end(fault === 'short' ? bytes.subarray(0, -1) : bytes);
  }
}

/**
 * Test server: files with something wrong.
 *
 * - `/__faulty/<key>/files/<faults>/assets/…` is a file of src/assets, `…/shared/…` one of ../shared. `<faults>` is
 *   `none`, or `<fault>:<end of the file's name>`, several joined by `+`: `short` (the last byte is missing), `changed`
 *   (one bit is another), `zeros` (all of it), `noise` (in a tenth of it), `broken` (the connection ends half-way), `held` (half of it until released), `gone` (404),
 *   `page` (said to be a web page).
 * - `/__faulty/<key>/log`: what was asked for with this key: `[{ method, path, finished, aborted }]`
 * - `/__faulty/<key>/release`: held files go on.
 *
 * Nothing of it is kept in the browser's HTTP cache.
 */
export function faultyFiles() {
  return async (context, next) => {
    const [, key, what, faults, path] = ADDRESS.exec(decodeURIComponent(context.path)) ?? [];
    if (!key) return next();
    const record = recordOf(key);
    if (what !== 'files') {
      if (what === 'release') record.release();
      context.body = record.requests;
      return undefined;
    }
    const request = { method: context.method, path, finished: false, aborted: false };
    record.requests.push(request);
    // From the first moment on: the browser may hang up while the file is being read here.
    context.res.once('close', () => {
      request.aborted = !request.finished;
    });
    const bytes = await readServed(path);
    const fault = faults.split('+').map((part) => part.split(':')).find(([, end]) => end && path.endsWith(end))?.[0];
    // Written past the runner, which would have the browser keep everything.
    context.respond = false;
    const headers = { 'Cache-Control': 'no-store', 'Access-Control-Allow-Origin': '*' };
    if (!bytes || fault === 'gone') {
      request.finished = true;
      context.res.writeHead(404, headers).end();
      return undefined;
    }
    DAMAGES[fault]?.(bytes);
    context.res.writeHead(200, {
      ...headers,
      'Content-Type': fault === 'page' ? 'text/html; charset=utf-8' : TYPES[extname(path)],
      'Content-Length': bytes.length - (fault === 'short' ? 1 : 0),
      'Last-Modified': 'Sun, 02 Feb 2020 02:02:02 GMT',
    });
    if (context.method === 'HEAD') {
      request.finished = true;
      context.res.end();
    } else send(context.res, bytes, fault, record, request);
    return undefined;
  };
}
