import type { Size } from '../../src/types';
import { DrawnMeasures, type DrawnFigures } from './drawn-measures';
import { openFrames, openMattes, timeOf } from './frames';
import { pictureFile, type Task } from './item';
import { measureRoomShare } from './measures';
import { openMatter, type Shot } from './matters';
import { drawStrip } from './sheets';
import { encodePng, store, toGrey } from './pixels';

/** What is known of an item beside the scorer's columns. */
export interface Figures {
  drawn: DrawnFigures | null;
  /** In how much of the scored pictures the room is seen, 0…1; of items with exact mattes. */
  room: { mean: number; worst: number } | null;
}

/** Runs a method over an item; writes alphas and strips. */
export async function runTask(task: Task): Promise<Figures> {
  const { item, scored, sheets } = task;
  const frames = openFrames(item);
  const mattes = openMattes(item);
  const roomShares: number[] = [];
  const matter = await openMatter(task);
  const drawn = item.type === 'drawn' ? new DrawnMeasures(item) : null;
  const isMeasured = (frame: number): boolean => drawn !== null && frame % task.measureEvery === 0;
  const shots = new Set([...scored, ...sheets, ...Array.from({ length: item.frames }, (_, frame) => frame).filter(isMeasured)]);
  try {
    let last = -1;
    for (const frame of choosePresented(task, shots, matter.needsAll)) {
      if (frame !== last + 1) matter.reset();
      last = frame;
      const bitmap = await frames.read(frame);
      await matter.present(bitmap, timeOf(item, frame));
      bitmap.close();
      if (!shots.has(frame)) continue;
      const shot = matter.shoot(frame);
      if (scored.includes(frame)) {
        await store(pictureFile(task.predictions, frame), await encodePng(toGrey(shot.alpha, item.width, item.height)));
        if (mattes) roomShares.push(measureRoomShare(await mattes(frame), shot.alpha, item));
      }
      if (sheets.includes(frame)) await store(pictureFile(task.strips, frame), await toStrip(shot, item));
      if (isMeasured(frame)) drawn?.measure(shot);
    }
    const room = roomShares.length === 0 ? null : { mean: roomShares.reduce((sum, share) => sum + share, 0) / roomShares.length, worst: Math.max(...roomShares) };
    return { drawn: drawn?.figures ?? null, room };
  } finally {
    matter.dispose();
    frames.close();
  }
}

function toStrip({ image, mask, alpha, onBright, onPicture }: Shot, { width, height }: Size): Promise<Blob> {
  return drawStrip([image, toGrey(mask, width, height), toGrey(alpha, width, height), onBright(), onPicture()]);
}

/** Pictures that count, and those that a filter over time has to see before them. */
function choosePresented({ item, leadIn }: Task, shots: ReadonlySet<number>, needsAll: boolean): number[] {
  const reach = needsAll ? (leadIn ?? item.frames) : 0;
  const presented: number[] = [];
  let next = Infinity;
  for (let frame = item.frames - 1; frame >= 0; frame--) {
    if (shots.has(frame)) next = frame;
    if (next - frame <= reach) presented.unshift(frame);
  }
  return presented;
}
