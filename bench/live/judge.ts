import { findRoom } from '../score/measures.ts';
import { pictureFile } from '../score/item';
import { encodePng, store, toGrey } from '../score/pixels';
import type { CameraFrames } from './camera-frames';
import { matteFolder, type Clip } from './clip';
import { readMatte } from './clip-maker';
import { readNumber } from './code.ts';
import { latenciesOf, percentile, type Sighting } from './latency.ts';
import { toRgba, type RecordedFrame } from './recording';
import { unblend } from './unblend.ts';

export interface JudgeTask {
  clip: Clip;
  /** What the camera and the contestant handed out at the same time. */
  camera: readonly RecordedFrame[];
  output: readonly RecordedFrame[];
  /** Pictures below this number do not count: the clip has just jumped from its end to its start. */
  settlePictures: number;
  /** Folder in the store for the alphas. */
  predictions: string;
}

/** One picture that came out. */
export interface Shot {
  number: number;
  /** RGBA. */
  output: Uint8ClampedArray<ArrayBuffer>;
  frame: Uint8ClampedArray<ArrayBuffer>;
  alpha: Uint8ClampedArray;
  room: Uint8Array;
}

export interface Verdict {
  /** Frames that came out, and how many of them showed no readable code. */
  frames: number;
  unread: number;
  /** Frames a second that showed another picture than the frame before them. */
  newFps: number;
  /** Share of the frames that did. */
  newShare: number;
  /** From the camera to the end of the track. */
  latencyMs: { p50: number; p95: number };
  /** In how much of each scored picture the room is seen, 0…1. */
  roomShares: { number: number; share: number }[];
}

/** Tells what each frame that came out shows, how late it came, and with what alpha it was cut out. */
export async function judge(task: JudgeTask, cameraFrames: CameraFrames, onShot: (shot: Shot) => void): Promise<Verdict> {
  const { clip, camera, output } = task;
  const seen = await sight(camera, clip);
  const shown = await sight(output, clip);
  const changes = shown.filter(({ number }, index) => number !== null && number !== shown[index - 1]?.number);
  const durationMs = output.length > 1 ? (output.at(-1) as RecordedFrame).timeMs - (output[0] as RecordedFrame).timeMs : 0;
  const latencies = latenciesOf(seen, changes);
  const roomShares: Verdict['roomShares'] = [];
  const scored = new Set<number>();
  for (const [index, { number }] of shown.entries()) {
    if (number === null || number < task.settlePictures || scored.has(number)) continue;
    scored.add(number);
    const shot = await cutOut(number, output[index] as RecordedFrame, clip, cameraFrames);
    await store(pictureFile(task.predictions, number), await encodePng(toGrey(shot.alpha, clip.width, clip.height)));
    roomShares.push({ number, share: shot.room.reduce((sum, pixel) => sum + pixel, 0) / shot.room.length });
    onShot(shot);
  }
  return {
    frames: output.length,
    unread: shown.filter(({ number }) => number === null).length,
    // Each change ends an interval, but for the first frame, which begins the first.
    newFps: durationMs > 0 ? (Math.max(0, changes.length - 1) * 1000) / durationMs : 0,
    newShare: output.length > 0 ? changes.length / output.length : 0,
    latencyMs: { p50: percentile(latencies, 0.5), p95: percentile(latencies, 0.95) },
    roomShares,
  };
}

async function sight(frames: readonly RecordedFrame[], clip: Clip): Promise<Sighting[]> {
  const sightings: Sighting[] = [];
  for (const frame of frames) sightings.push({ timeMs: frame.timeMs, number: readNumber(await toRgba(frame, clip), clip, clip.places) });
  return sightings;
}

async function cutOut(number: number, recorded: RecordedFrame, clip: Clip, cameraFrames: CameraFrames): Promise<Shot> {
  const output = await toRgba(recorded, clip);
  const frame = await cameraFrames.read(number);
  const alpha = unblend(output, frame, clip.background);
  const room = findRoom(await readMatte(pictureFile(matteFolder(clip.folder), number)), alpha, clip);
  return { number, output, frame, alpha, room };
}
