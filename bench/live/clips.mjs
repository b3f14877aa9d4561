import { copyFile, mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../../scripts/paths.mjs';
import { STORE, hashFiles, hashOf, readJson, writeWhole } from '../score/store.mjs';
import { openLivePage } from './browser.mjs';

/** After the jump from a clip's end to its start, a third of a second in which no method is judged. */
export const SETTLE_PICTURES = 10;

const MADE_BY = ['bench/live/clip-maker.ts', 'bench/live/code.ts', 'bench/live/place.ts', 'bench/live/unblend.ts', 'bench/live/camera-frames.ts', 'demo/drawn-sample.ts', 'demo/drawn-sample'];

const pictureName = (number) => `${String(number).padStart(4, '0')}.png`;

/**
 * The clip of an item, made now unless it lies in the store.
 *
 * @param {any} liveItem of {@link readLiveItems}
 * @returns {Promise<{ clip: any, scorerItem: any }>} `scorerItem`: what the set's scorer has to know of it
 */
export async function ensureClip(liveItem, serverUrl) {
  const { id, item, sourceFrames } = liveItem;
  const key = hashOf(item, sourceFrames, await hashFiles(MADE_BY.map((path) => join(ROOT, path))));
  const folder = `live/${id}-${key}`;
  const file = join(STORE, folder, 'clip.json');
  const manifestFile = join(STORE, folder, 'manifest.json');
  const known = await readJson(file);
  if (known) return { clip: known, scorerItem: { id, manifestFile } };
  console.log(`Making the clip ${id} ...`);
  await copyMattes(item, sourceFrames, folder);
  await writeWhole(manifestFile, JSON.stringify({ set: 'live', items: [scorerItemOf(liveItem, folder)] }));
  const clip = await makeClip({ id, folder, item, sourceFrames, width: item.width, height: item.height }, serverUrl);
  await writeWhole(file, JSON.stringify(clip));
  return { clip, scorerItem: { id, manifestFile } };
}

export const cameraFileOf = (clip) => join(STORE, clip.folder, 'camera.mjpeg');

/** The set's mattes by the camera's numbers; a drawn figure's are drawn with its pictures. */
async function copyMattes(item, sourceFrames, folder) {
  if (item.type === 'drawn') return;
  for (const kind of ['mattes', 'ignore']) {
    if (!item[kind]) continue;
    await mkdir(join(STORE, folder, kind), { recursive: true });
    for (const [number, frame] of sourceFrames.entries()) {
      const from = join(dirname(item.manifestFile), item[kind].replace('%04d', String(frame).padStart(4, '0')));
      // There is no picture of what to ignore where that is nothing.
      if (kind === 'mattes' || existsSync(from)) await copyFile(from, join(STORE, folder, kind, pictureName(number)));
    }
  }
}

function scorerItemOf({ id, item, sourceFrames }) {
  const { width, height, how, ignoreRects, cuts = [] } = item;
  return {
    id, type: 'clip', how, width, height, fps: 30, frames: sourceFrames.length, ignoreRects,
    mattes: 'mattes/%04d.png',
    ...(item.ignore ? { ignore: 'ignore/%04d.png' } : {}),
    cuts: cuts.map((frame) => sourceFrames.indexOf(frame)).filter((number) => number >= 0),
    matteFrames: sourceFrames.map((_frame, number) => number).filter((number) => number >= SETTLE_PICTURES),
  };
}

async function makeClip(source, serverUrl) {
  const maker = await openLivePage(serverUrl);
  let clip;
  try {
    clip = await maker.page.evaluate((one) => globalThis.live.makeClip(one), source);
  } finally {
    await maker.browser.close();
  }
  const player = await openLivePage(serverUrl, cameraFileOf(clip));
  try {
    await player.page.evaluate((one) => globalThis.live.recordCameraFrames(one), clip);
  } finally {
    await player.browser.close();
  }
  return clip;
}
