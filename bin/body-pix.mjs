import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the BodyPix package itself looks for its weights. */
export const GOOGLE = 'https://storage.googleapis.com/tfjs-models/savedmodel/bodypix/';

/** The networks that the element asks for, by its qualities. */
export const USED_VARIANTS = ['050/16', '050/8', '075/8'];

const TIME_LIMIT_MS = 60_000;
const VARIANT = /^(050|075|100)\/(8|16)$/;
/** Bytes of one value in a weights file. */
const TYPE_BYTES = { float32: 4, int32: 4, uint16: 2, float16: 2, uint8: 1, bool: 1 };

/**
 * SHA-256 of copies that were looked at, by path. Google's own files are not among them so far.
 *
 * @type {Record<string, string[]>}
 */
const { files: KNOWN } = JSON.parse(readFileSync(new URL('./body-pix-digests.json', import.meta.url), 'utf8'));

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** @typedef {{ width: string, stride: string }} Variant */

/** @param {string} name such as `050/16` @returns {Variant | null} */
export function parseVariant(name) {
  const [, width, stride] = VARIANT.exec(name) ?? [];
  return width ? { width, stride } : null;
}

const folderOf = ({ width }) => `mobilenet/quant2/${width}`;
/** Path of a variant's model.json below a folder in Google's layout. @param {Variant} variant */
export const modelPath = (variant) => `${folderOf(variant)}/model-stride${variant.stride}.json`;

const isAddress = (place) => /^https?:\/\//i.test(place);
const isGoogle = (place) => place.replace(/\/*$/, '/') === GOOGLE;

async function fetchBytes(url) {
  let response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(TIME_LIMIT_MS) });
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    const bytes = Buffer.from(await response.arrayBuffer());
    const announced = response.headers.get('content-length');
    // A compressed body is longer than announced, and then its length says nothing.
    if (announced !== null && !response.headers.has('content-encoding') && Number(announced) !== bytes.length) {
      throw new Error(`${bytes.length} of ${announced} bytes came`);
    }
    return bytes;
  } catch (error) {
    throw new Error(`${url} cannot be fetched: ${error.cause?.message ?? error.message}`, { cause: error });
  }
}

async function readFrom(place, path) {
  if (isAddress(place)) return fetchBytes(new URL(path, place.endsWith('/') ? place : `${place}/`).href);
  try {
    return await readFile(join(place, path));
  } catch (error) {
    throw new Error(`${join(place, path)} cannot be read: ${error.message}`, { cause: error });
  }
}

/**
 * What a model.json says of its weights files.
 *
 * @param {Uint8Array} bytes
 * @param {string} name for messages
 * @returns {{ paths: string[], size: number }} `size`: of all files together, bytes
 * @throws {Error} when it is no graph model, or names files outside its own folder
 */
export function readModel(bytes, name) {
  let manifest;
  try {
    manifest = JSON.parse(Buffer.from(bytes).toString('utf8')).weightsManifest;
  } catch {
    throw new Error(`${name} is no model.json: it holds no JSON`);
  }
  if (!Array.isArray(manifest) || !manifest.length) throw new Error(`${name} is no model.json: it names no weights`);
  const paths = manifest.flatMap((group) => group.paths ?? []);
  for (const path of paths) {
    if (!/^[\w-][\w.-]*$/.test(path)) throw new Error(`${name} names a weights file outside its folder: '${path}'`);
  }
  let size = 0;
  for (const { name: weight, shape, dtype, quantization } of manifest.flatMap((group) => group.weights ?? [])) {
    const each = TYPE_BYTES[quantization?.dtype ?? dtype];
    if (!each) throw new Error(`${name} has weights of an unknown type: '${quantization?.dtype ?? dtype}' (${weight})`);
    size += shape.reduce((product, length) => product * length, 1) * each;
  }
  if (!paths.length || !size) throw new Error(`${name} is no model.json: it names no weights`);
  return { paths: [...new Set(paths)], size };
}

/**
 * Fails unless the weights files of a model have together the size that it states.
 *
 * @param {Uint8Array} model
 * @param {string} name of the model, for messages
 * @param {(path: string) => Promise<Uint8Array>} read gives a weights file by its name
 * @returns {Promise<Uint8Array[]>} the weights files
 */
async function checkSize(model, name, read) {
  const { paths, size } = readModel(model, name);
  const parts = [];
  for (const path of paths) parts.push(await read(path));
  const total = parts.reduce((sum, { length }) => sum + length, 0);
  if (total !== size) throw new Error(`${name} states ${size} bytes of weights; ${paths.join(', ')} ${paths.length > 1 ? 'have' : 'has'} ${total}`);
  return parts;
}

/**
 * Whether a file is one of the copies whose SHA-256 is known; null when none is known of that path.
 *
 * @param {string} path below a folder in Google's layout
 * @param {Uint8Array} bytes
 */
export const isKnown = (path, bytes) => KNOWN[path]?.includes(sha256(bytes)) ?? null;

/**
 * The files of some variants, whole and checked: sizes by each model.json, SHA-256 where one is known.
 *
 * @param {{ variants: Variant[], from: string, acceptUnknown: boolean }} options `from`: address or folder in Google's layout
 * @returns {Promise<{ files: { path: string, content: Uint8Array, known: boolean | null }[], integrity: string }>}
 *   paths are below a folder in Google's layout; `integrity` is for the attribute `model-integrity`
 * @throws {Error} naming the file
 */
export async function loadVariants({ variants, from, acceptUnknown }) {
  const files = new Map();
  const digests = new Set();
  const load = async (path) => {
    if (!files.has(path)) files.set(path, await readFrom(from, path));
    return files.get(path);
  };
  for (const variant of variants) {
    const model = await load(modelPath(variant));
    const parts = await checkSize(model, modelPath(variant), (path) => load(`${folderOf(variant)}/${path}`));
    digests.add(`sha256-${createHash('sha256').update(Buffer.concat(parts)).digest('base64')}`);
  }
  const checked = [...files].map(([path, content]) => {
    const known = isKnown(path, content);
    // Google's address is where the weights come from: what it sends over https is theirs.
    if (known === false && !acceptUnknown && !isGoogle(from)) {
      throw new Error(`${path} from ${from} has the SHA-256 ${sha256(content)}, which is not a known one. If you trust that place, add --accept-unknown.`);
    }
    return { path, content, known };
  });
  return { files: checked, integrity: [...digests].join(' ') };
}

/**
 * Looks at weights that lie in a folder.
 *
 * @param {string} folder in Google's layout
 * @param {Variant[]} variants
 * @returns {Promise<string[]>} what is wrong
 */
export async function findFaults(folder, variants) {
  const faults = [];
  for (const variant of variants) {
    try {
      const read = (path) => readFrom(folder, path);
      await checkSize(await read(modelPath(variant)), modelPath(variant), (path) => read(`${folderOf(variant)}/${path}`));
    } catch (error) {
      faults.push(error.message);
    }
  }
  return faults;
}
