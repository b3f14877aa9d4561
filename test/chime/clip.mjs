import assert from 'node:assert/strict';
import { MAX_ROOM_SHARE, rangesOf } from './judge.mjs';
import { BLUE, GREEN } from './participant.mjs';
import { regionsOf } from './regions.mjs';

const LOOK_MS = 2000;

/**
 * The person's colours in the camera's own picture. Fails where a raw room would not be told from a flat colour, for
 * then the tests would prove nothing.
 *
 * @param {import('./stage.mjs').Stage} stage
 */
export async function readPersonRanges(stage) {
  const page = await stage.openPage();
  const { frames } = await page.evaluate(async (regions, flats, lookMs) => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 360 } });
    const watch = globalThis.watchTrack(stream.getVideoTracks()[0], regions, flats);
    await new Promise((resolve) => setTimeout(resolve, lookMs));
    return globalThis.takeWatched(watch);
  }, regionsOf(stage.camera.id), [GREEN, BLUE], LOOK_MS);
  await page.close();
  assert.ok(frames.length > 10, `the camera gives pictures: ${frames.length}`);
  assert.ok(frames.every(({ off }) => off > 3 * MAX_ROOM_SHARE), 'a raw room is told from a flat colour');
  return rangesOf(frames);
}
