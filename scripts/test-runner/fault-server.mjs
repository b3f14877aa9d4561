import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { CACHE, ROOT } from '../paths.mjs';

/**
 * Where tests that inject faults leave their results, a file each, since several runners write at the same time;
 * `npm run reliability` makes a page of them.
 */
const FAULT_RESULTS = join(CACHE, 'fault-results');

const ASSETS = join(ROOT, 'src/assets');
const SLOW_MS = 10_000;
const FIRST_FRAMES_MS = 500;
const TYPES = { '.json': 'application/json', '.bin': 'application/octet-stream', '.wasm': 'application/wasm', '.js': 'text/javascript' };

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const crcTable = Array.from({ length: 256 }, (_value, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc >>> 0;
});

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const sum = body.reduce((crc, byte) => crcTable[(crc ^ byte) & 0xff] ^ (crc >>> 8), 0xffffffff) ^ 0xffffffff;
  const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  crc.writeUInt32BE(sum >>> 0);
  return Buffer.concat([length, body, crc]);
}

/** A black PNG of one bit a pixel: a picture of any size in a few kilobytes. */
function blackPng(width, height) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = Buffer.alloc(height * (1 + Math.ceil(width / 8)));
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

/** What is done to a file of the package on its way. */
const DAMAGES = {
  truncated: (file, name) => (name.endsWith('.bin') ? file.subarray(0, Math.floor(file.length / 2)) : file),
  zeros: (file, name) => (name.endsWith('.bin') ? Buffer.alloc(file.length) : file),
  shape: (file, name) => (name.endsWith('landscape.json') ? readFileSync(join(ASSETS, 'selfie-general.json')) : file),
  slow: (file) => file,
};

async function answerAsset(context, damage, name) {
  // Time for the camera's first frames, which nobody may see.
  await sleep(FIRST_FRAMES_MS);
  const file = await readFile(join(ASSETS, name)).catch(() => null);
  if (!file || !(damage in DAMAGES) || name.includes('..')) {
    context.status = 404;
    return;
  }
  const patience = Number(context.query.ms ?? SLOW_MS);
  if (damage === 'slow' && name.endsWith('.bin')) await sleep(patience);
  context.type = TYPES[name.slice(name.lastIndexOf('.'))] ?? 'application/octet-stream';
  context.body = DAMAGES[damage](file, name);
}

async function readBody(context) {
  const parts = [];
  for await (const part of context.req) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}

/** What makes a row: a case on a host in a browser. */
export const faultKey = ({ name, browser, host }) => `${name} (${browser}, ${host})`;

/** Adds a row, in place of the one of the same case. */
export function noteFaultResult(row) {
  mkdirSync(FAULT_RESULTS, { recursive: true });
  writeFileSync(join(FAULT_RESULTS, `${createHash('sha256').update(faultKey(row)).digest('hex')}.json`), `${JSON.stringify(row, null, 1)}\n`);
}

export function readFaultResults() {
  if (!existsSync(FAULT_RESULTS)) return [];
  return readdirSync(FAULT_RESULTS).map((name) => JSON.parse(readFileSync(join(FAULT_RESULTS, name), 'utf8')));
}

export function forgetFaultResults() {
  rmSync(FAULT_RESULTS, { recursive: true, force: true });
}

/**
 * Test server that answers badly: `/__faults/assets/<damage>/…/<file>` gives the package's files damaged,
 * `/__faults/black.png?side=20000` a picture of any size, `/__faults/empty.png` nothing, `/__faults/stall.png` no end;
 * a POST to `/__faults/result` notes what came of a case.
 */
export function faultServer() {
  return async (context, next) => {
    const [, place, ...rest] = context.path.split('/').slice(1);
    if (!context.path.startsWith('/__faults/')) return next();
    context.status = 200;
    if (place === 'result') {
      noteFaultResult(await readBody(context));
      context.body = {};
    } else if (place === 'assets') await answerAsset(context, rest[0], rest.at(-1));
    else if (place === 'black.png') {
      const side = Number(context.query.side ?? 1);
      context.type = 'image/png';
      context.body = blackPng(side, side);
    } else if (place === 'empty.png') {
      context.type = 'image/png';
      context.body = Buffer.alloc(0);
    } else if (place.startsWith('stall.')) {
      // Until the browser gives up or the page goes.
      context.respond = false;
      context.res.writeHead(200, { 'Content-Type': place.endsWith('.png') ? 'image/png' : 'video/webm' });
      context.res.flushHeaders();
    } else context.status = 404;
    return undefined;
  };
}
