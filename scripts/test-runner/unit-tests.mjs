/**
 * Tests that need no browser: arithmetic, tables and state machines, whose result is the same everywhere. They run in
 * Node, all of them in seconds.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { CACHE, ROOT } from '../paths.mjs';

const FOLDER = join(CACHE, 'unit');

export const UNIT_TESTS = [
  'test/bench/live.test.ts',
  'test/bench/measures.test.ts',
  'test/chime/content-share.test.ts',
  'test/chime/join-information.test.ts',
  'test/chime/video-state.test.ts',
  'test/engine/latest.test.ts',
  'test/engine/model/backend-memory.test.ts',
  'test/engine/model/model-loader.test.ts',
  'test/engine/model/model-slot.test.ts',
  'test/engine/quality/effort.test.ts',
  'test/engine/quality/quality-controller.test.ts',
  'test/engine/state.test.ts',
  'test/masks/crop.test.ts',
  'test/masks/distance.test.ts',
  'test/masks/mask-loop.test.ts',
  'test/masks/regions.test.ts',
  'test/masks/runs.test.ts',
  'test/masks/tracker.test.ts',
  'test/masks/worker-source.test.ts',
  'test/matte/matte-filter.test.ts',
  'test/pipeline/hosts/frame-clock.test.ts',
  'test/pipeline/hosts/output-limiter.test.ts',
  'test/pipeline/meter.test.ts',
  'test/pipeline/picture-age.test.ts',
  'test/pipeline/wake-watch.test.ts',
  'test/segmentation/network-input.test.ts',
];

/** The names that Mocha declares in a page; Node's runner has them, too. */
const BDD = ['describe', 'it', 'before', 'after', 'beforeEach', 'afterEach'].join(', ');

/**
 * Makes a script for Node out of each test.
 *
 * @param {string[]} files some of {@link UNIT_TESTS}
 * @returns {Promise<string[]>} the scripts, in the same order
 */
export async function buildUnitTests(files) {
  await rm(FOLDER, { recursive: true, force: true });
  await build({
    entryPoints: files.map((file) => join(ROOT, file)),
    outdir: FOLDER,
    outbase: ROOT,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    tsconfig: join(ROOT, 'tsconfig.json'),
    sourcemap: 'inline',
    banner: { js: `import { ${BDD} } from 'node:test'; Object.assign(globalThis, { ${BDD} });` },
    logLevel: 'warning',
  });
  return files.map((file) => join(FOLDER, file.replace(/\.ts$/, '.mjs')));
}
