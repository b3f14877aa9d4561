import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, SHARED } from '../../scripts/paths.mjs';
import { STORE, hashFiles, hashOf, readJson, writeWhole } from './store.mjs';

const DEV_MANIFEST = join(SHARED, 'testdata/dev/manifest.json');
/** The set's own scorer; it works on any set with a manifest like its. */
export const SCORER = join(SHARED, 'testdata/dev/score.mjs');

/** Drawn figures with exact alpha, and what each is there for. */
const DRAWN = [
  { id: 'drawn_sway', pose: 'sway', hair: 'short', frames: 60, about: 'sub-pixel edges: slow sway' },
  { id: 'drawn_strands', pose: 'sway', hair: 'strands', frames: 60, about: 'hair strands up to a pixel wide' },
  { id: 'drawn_wave', pose: 'wave', hair: 'short', frames: 60, about: 'thin arm and fingers, waving' },
  { id: 'drawn_walk', pose: 'walk', hair: 'long', frames: 106, about: 'one body width a second, both ways' },
  { id: 'drawn_hold', pose: 'hold', hair: 'short', frames: 60, about: 'a hand with a mug' },
];

/** @returns {Promise<any[]>} items of the dev set, each with `set` and `manifestFile` */
export async function readDevItems() {
  const { items } = JSON.parse(await readFile(DEV_MANIFEST, 'utf8'));
  return Promise.all(items.map(async (item) => {
    const { size, mtimeMs } = await stat(join(SHARED, 'testdata/dev', item.file));
    return { ...item, set: 'dev', manifestFile: DEV_MANIFEST, framesFolder: `frames/${item.id}-${hashOf(size, mtimeMs)}` };
  }));
}

/**
 * The drawn figures as a set of their own, beside what the page has drawn before.
 *
 * @param {(item: any, folder: string) => Promise<void>} storeMattes writes the exact mattes of one into the store
 */
export async function makeDrawnItems(storeMattes) {
  const key = hashOf(DRAWN, await hashFiles([join(ROOT, 'demo/drawn-sample.ts'), join(ROOT, 'demo/drawn-sample')]));
  const folder = `drawn-${key}`;
  const items = DRAWN.map(({ id, pose, hair, frames, about }) => ({
    id,
    type: 'drawn',
    how: 'exact',
    file: '',
    width: 640,
    height: 360,
    fps: 30,
    frames,
    framesFolder: '',
    drawn: { pose, hair },
    mattes: `${id}/%04d.png`,
    matteFrames: Array.from({ length: frames }, (_, frame) => frame),
    notes: about,
  }));
  const manifestFile = join(STORE, folder, 'manifest.json');
  if (!(await readJson(manifestFile))) {
    for (const item of items) await storeMattes(item, `${folder}/${item.id}`);
    await writeWhole(manifestFile, JSON.stringify({ set: 'drawn', items }));
  }
  return items.map((item) => ({ ...item, set: 'drawn', manifestFile }));
}

/** @param {string[]} wanted parts of ids, or a set or a type: `dev`, `drawn`, `clip`, `still`; none = all */
export function chooseItems(items, wanted) {
  if (wanted.length === 0) return items;
  const chosen = items.filter(({ id, set, type }) => wanted.some((one) => one === set || one === type || id.includes(one)));
  if (chosen.length === 0) throw new Error(`--item ${wanted.join(',')} names no item; there are: ${items.map(({ id }) => id).join(' ')}`);
  return chosen;
}

/** Every so many pictures, or all; with `pairs` the next one too, which the flicker columns need. */
export function chooseFrames({ matteFrames }, { every, pairs }) {
  return matteFrames.filter((_frame, index) => index % every === 0 || (pairs && index % every === 1 % every));
}

/** A few pictures, evenly over the item. */
export function chooseSheetFrames({ frames }, count) {
  return frames === 1 ? [0] : Array.from({ length: count }, (_, index) => Math.round(((index + 0.5) / count) * (frames - 1)));
}
