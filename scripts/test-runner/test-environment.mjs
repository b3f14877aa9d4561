import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { SHARED } from '../paths.mjs';

const TYPES = {
  '.bin': 'application/octet-stream',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.png': 'image/png',
  '.webm': 'video/webm',
};

/**
 * Test server: `/__test-env.json` says what this machine has, and `/shared/…` is the folder of test people and
 * model weights beside the checkout (404 where there is none).
 *
 * @param {{shared: boolean, sharedReason: string, cameraClip: string, cameraPlaysClip: boolean}} environment
 */
export function testEnvironment(environment) {
  return async (context, next) => {
    if (context.path === '/__test-env.json') {
      const { FUZZ_SECONDS, FUZZ_SEED } = process.env;
      context.body = { ...environment, fuzz: { seconds: Number(FUZZ_SECONDS) || 20, seed: FUZZ_SEED ? Number(FUZZ_SEED) : null } };
      return undefined;
    }
    if (!context.path.startsWith('/shared/')) return next();
    context.status = 404;
    const file = join(SHARED, decodeURIComponent(context.path.slice('/shared/'.length)));
    const type = TYPES[extname(file)];
    const info = environment.shared && type && file.startsWith(SHARED + sep) ? await stat(file).catch(() => null) : null;
    if (!info?.isFile()) return undefined;
    context.status = 200;
    context.type = type;
    context.length = info.size;
    context.set('Access-Control-Allow-Origin', '*');
    context.body = createReadStream(file);
    return undefined;
  };
}
