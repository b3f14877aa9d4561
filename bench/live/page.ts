import type { Running } from '../page';
import { CameraFrames, openCamera, recordCameraFrames } from './camera-frames';
import type { Clip } from './clip';
import { makeClip } from './clip-maker';
import { startContestant, type Contestant } from './contestants';
import { judge, type Verdict } from './judge';
import { Recorder } from './recorder';
import { SheetKeeper, drawLiveSheet } from './sheet';

let running: Running | null = null;
let counter: Recorder | null = null;
let framesBefore = 0;

const outgoing = (): MediaStreamTrack => (running as Running).stream.getVideoTracks()[0] as MediaStreamTrack;

export interface ShootTask {
  clip: Clip;
  settlePictures: number;
  predictions: string;
  /** Where to draw a sheet in results/, and how many moments; null for none. */
  sheet: { file: string; title: string; moments: number } | null;
}

/** What the script asks of the page. */
const api = {
  makeClip,
  recordCameraFrames,

  /** Starts a contestant and something that reads its track; resolves when pictures come out, with the time that took. */
  async start(contestant: Contestant, clip: Clip): Promise<number> {
    const startMs = performance.now();
    running = await startContestant(contestant, clip);
    const firstPictureMs = performance.now() - startMs;
    counter = new Recorder();
    counter.count(outgoing());
    return firstPictureMs;
  },

  async beginWindow(): Promise<void> {
    framesBefore = await (counter as Recorder).countedFrames();
  },

  /** @returns frames that came out since the window began */
  async endWindow(): Promise<number> {
    return (await (counter as Recorder).countedFrames()) - framesBefore;
  },

  /** Takes what comes out for one loop of the clip, then judges it. */
  async shoot({ clip, settlePictures, predictions, sheet }: ShootTask): Promise<Verdict & { stats: unknown }> {
    const camera = await openCamera(clip);
    const recorder = new Recorder();
    // Clones: the tracks themselves belong to the contestant, and end when it is stopped.
    const tracks = [camera.clone(), outgoing().clone()];
    const [seen = [], shown = []] = await recorder.record(tracks, (clip.pictures * 1000) / 30);
    const stats = running?.stats?.() ?? null;
    for (const track of [...tracks, camera]) track.stop();
    recorder.close();
    counter?.close();
    running?.stop();
    const keeper = new SheetKeeper(clip, sheet?.moments ?? 0);
    const verdict = await judge({ clip, camera: seen, output: shown, settlePictures, predictions }, await CameraFrames.open(clip), (shot) => sheet && keeper.add(shot));
    if (sheet) await drawLiveSheet(sheet.title, keeper.rows, clip, sheet.file);
    return { ...verdict, stats };
  },
};

export type LiveApi = typeof api;
(globalThis as unknown as { live: LiveApi }).live = api;
