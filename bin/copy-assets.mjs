import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFaults, isKnown, loadVariants, modelPath, parseVariant, sha256 } from './body-pix.mjs';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const SCRIPT = 'virtual-background-camera.js';
const A_WORKER = 'engine.worker.js';
const BODY_PIX = 'body-pix';
/** Says what was copied, so that `--check` finds what changed since. */
export const RECORD = 'virtual-background-camera.assets.json';

/**
 * @typedef {object} Command
 * @property {string} folder where to
 * @property {boolean} script also the one-file build
 * @property {boolean} workers also the workers' scripts
 * @property {import('./body-pix.mjs').Variant[]} variants of BodyPix
 * @property {string} from address or folder of BodyPix's weights
 * @property {boolean} acceptUnknown
 * @property {boolean} force
 * @property {boolean} dryRun
 *
 * @typedef {'new' | 'unchanged' | 'replaced' | 'different' | 'missing' | 'wrong'} State
 *   `different`: another file is there already, and it stays
 * @typedef {{ path: string, state: State, bytes?: number, known?: boolean | null, reason?: string }} Entry
 * @typedef {{ entries: Entry[], done: boolean, layout: { assets: string, bodyPix: string | null, script: string | null, workers: boolean }, integrity?: string, planned?: string[] }} Result
 *   paths are below the folder; `integrity`: for `model-integrity`; `planned`: what a dry run did not fetch
 */

/** Below the folder: beside a script, files lie where it looks for them. */
const assetsFolder = ({ script, workers }) => (script || workers ? 'assets' : '.');

/** @param {{ script: boolean, workers: boolean }} wanted */
async function readPackageFiles(wanted) {
  const dist = join(PACKAGE, 'dist');
  const names = await readdir(join(dist, 'assets')).catch(() => {
    throw new Error(`the package has no folder dist/assets (in its own repository: npm run build); looked in ${PACKAGE}`);
  });
  const scripts = (await readdir(dist)).filter((name) => (wanted.workers && name.endsWith('.worker.js')) || (wanted.script && name === SCRIPT));
  const files = [
    ...names.sort().map((name) => ({ path: posix.join(assetsFolder(wanted), name), file: join(dist, 'assets', name) })),
    ...scripts.sort().map((name) => ({ path: name, file: join(dist, name) })),
  ];
  return Promise.all(files.map(async ({ path, file }) => ({ path, content: await readFile(file) })));
}

async function readVersion() {
  return JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8')).version;
}

/** @param {string} file @returns {Promise<Buffer | null>} null when there is none */
async function readIfThere(file) {
  try {
    return await readFile(file);
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw new Error(`${file} cannot be read: ${error.message}`, { cause: error });
  }
}

async function stateOf(file, content, force) {
  const there = await readIfThere(file);
  if (!there) return 'new';
  if (there.equals(content)) return 'unchanged';
  return force ? 'replaced' : 'different';
}

/** Files appear whole or not at all: all are written beside their places before the first is renamed. */
async function writeAll(files) {
  const parts = files.map(({ file, content }) => ({ file, content, part: `${file}.${randomUUID()}.part` }));
  try {
    for (const { part, content } of parts) {
      await mkdir(dirname(part), { recursive: true });
      await writeFile(part, content);
    }
    for (const { part, file } of parts) await rename(part, file);
  } finally {
    await Promise.all(parts.map(({ part }) => rm(part, { force: true })));
  }
}

async function readRecord(folder) {
  const text = await readIfThere(join(folder, RECORD));
  try {
    return text && JSON.parse(text.toString('utf8'));
  } catch {
    return null;
  }
}

async function assertFolder(folder, mustExist) {
  const found = await stat(folder).catch(() => null);
  if (found && !found.isDirectory()) throw new Error(`${folder} is no folder`);
  if (!found && mustExist) throw new Error(`there is no folder ${folder}`);
}

const layoutOf = ({ script, workers, variants }) => ({
  assets: assetsFolder({ script, workers }),
  bodyPix: variants.length ? BODY_PIX : null,
  script: script ? SCRIPT : null,
  workers,
});

/**
 * Copies, unless a different file is in the way of any.
 *
 * @param {Command} command
 * @returns {Promise<Result>}
 * @throws {Error} when something cannot be fetched, read or written, or weights are not what they should be; then nothing was written
 */
export async function copyAssets(command) {
  const { folder, variants, from, acceptUnknown, force, dryRun } = command;
  await assertFolder(folder, false);
  const weights = variants.length && !dryRun ? await loadVariants({ variants, from, acceptUnknown }) : { files: [], integrity: '' };
  const files = [...(await readPackageFiles(command)), ...weights.files.map(({ path, ...rest }) => ({ ...rest, path: posix.join(BODY_PIX, path) }))];
  const entries = [];
  for (const { path, content, known } of files) {
    entries.push({ path, known, bytes: content.length, state: await stateOf(join(folder, path), content, force) });
  }
  const result = { entries, done: false, layout: layoutOf(command), integrity: weights.integrity, planned: dryRun ? variants.map((variant) => posix.join(BODY_PIX, modelPath(variant))) : [] };
  if (dryRun || entries.some(({ state }) => state === 'different')) return result;

  const earlier = (await readRecord(folder))?.files;
  const written = Object.fromEntries(files.map(({ path, content }) => [path, { bytes: content.length, sha256: sha256(content) }]));
  const record = { package: 'virtual-background-camera', version: await readVersion(), files: { ...earlier, ...written } };
  const wanted = files.filter((_file, index) => entries[index].state !== 'unchanged');
  await writeAll([...wanted, { path: RECORD, content: `${JSON.stringify(record, null, 2)}\n` }].map(({ path, content }) => ({ file: join(folder, path), content })));
  return { ...result, done: true };
}

/** Variants of which a folder has a model.json. */
async function foundVariants(folder) {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names
    .map((name) => /^mobilenet\/quant2\/(\d+)\/model-stride(\d+)\.json$/.exec(name.replaceAll('\\', '/')))
    .map((match) => match && parseVariant(`${match[1]}/${match[2]}`))
    .filter(Boolean);
}

/**
 * Compares a folder with the package, with what its record says was copied, and weights with their model.json.
 *
 * @param {Command} command
 * @returns {Promise<Result>} `done` when nothing is wrong
 * @throws {Error} when there is no such folder
 */
export async function checkAssets(command) {
  const { folder } = command;
  await assertFolder(folder, true);
  const recorded = (await readRecord(folder))?.files ?? {};
  // What was copied with scripts is looked for with them.
  const wanted = { script: command.script || SCRIPT in recorded, workers: command.workers || A_WORKER in recorded };
  const entries = [];
  for (const { path, content } of await readPackageFiles(wanted)) {
    const state = await stateOf(join(folder, path), content, false);
    const name = { new: 'missing', different: 'wrong' }[state] ?? state;
    entries.push({ path, state: name, bytes: content.length, reason: name === 'wrong' ? 'not the file of this version of the package' : undefined });
  }
  const looked = new Set(entries.map(({ path }) => path));
  for (const [path, { sha256: digest }] of Object.entries(recorded)) {
    if (looked.has(path)) continue;
    const content = await readIfThere(join(folder, path));
    const state = content ? (sha256(content) === digest ? 'unchanged' : 'wrong') : 'missing';
    entries.push({ path, state, bytes: content?.length, known: content && isKnown(path.replace(/^body-pix\//, ''), content), reason: state === 'wrong' ? 'changed since it was copied' : undefined });
  }
  const weights = join(folder, BODY_PIX);
  const here = await foundVariants(weights);
  const variants = command.variants.length ? command.variants : here;
  for (const reason of await findFaults(weights, variants)) entries.push({ path: BODY_PIX, state: 'wrong', reason });
  const done = entries.every(({ state }) => state === 'unchanged');
  return { entries, done, layout: layoutOf({ ...wanted, variants }) };
}
