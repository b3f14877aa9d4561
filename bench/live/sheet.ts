import { createContext, store, toGrey } from '../score/pixels';
import type { Clip } from './clip';
import type { Shot } from './judge';

const TILE_WIDTH = 480;
const GAP = 6;
const LABEL = 24;
const COLUMNS = ['what the camera shows', 'what comes out', 'its alpha', 'where the room is seen (red)'];

/** Keeps pictures of some moments and of the worst one. */
export class SheetKeeper {
  readonly #wanted: number[];
  readonly #kept: Shot[] = [];
  #worst: { shot: Shot; seen: number } | null = null;

  /** @param moments how many pictures are kept, evenly over the clip, beside the worst */
  constructor(clip: Clip, moments: number) {
    this.#wanted = Array.from({ length: moments }, (_, index) => Math.round(((index + 0.5) / moments) * clip.pictures));
  }

  add(shot: Shot): void {
    const seen = shot.room.reduce((sum, pixel) => sum + pixel, 0);
    if (!this.#worst || seen > this.#worst.seen) this.#worst = { shot, seen };
    // The picture itself need not have come out; the nearest that did is as good.
    for (const [index, wanted] of this.#wanted.entries()) {
      const kept = this.#kept[index];
      if (!kept || Math.abs(shot.number - wanted) < Math.abs(kept.number - wanted)) this.#kept[index] = shot;
    }
  }

  /** @returns the pictures to draw, each with what is said of it */
  get rows(): { shot: Shot; label: string }[] {
    const rows = this.#kept.map((shot) => ({ shot, label: `picture ${shot.number}` }));
    if (this.#worst) rows.push({ shot: this.#worst.shot, label: `picture ${this.#worst.shot.number}, in which the room is seen most` });
    return rows;
  }
}

/** Writes source and output side by side, a row a moment, into results/. */
export async function drawLiveSheet(title: string, rows: readonly { shot: Shot; label: string }[], { width, height }: Clip, file: string): Promise<void> {
  const tileHeight = Math.round((TILE_WIDTH * height) / width);
  const context = createContext(COLUMNS.length * (TILE_WIDTH + GAP), 2 * LABEL + rows.length * (tileHeight + LABEL));
  context.fillStyle = '#15171a';
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.fillStyle = '#f2f2f2';
  context.textBaseline = 'middle';
  context.font = 'bold 16px sans-serif';
  context.fillText(title, GAP, LABEL / 2);
  context.font = '14px sans-serif';
  for (const [column, name] of COLUMNS.entries()) context.fillText(name, column * (TILE_WIDTH + GAP) + GAP, LABEL * 1.5);
  context.imageSmoothingQuality = 'high';
  for (const [row, { shot, label }] of rows.entries()) {
    const top = 2 * LABEL + row * (tileHeight + LABEL);
    context.fillStyle = '#f2f2f2';
    context.fillText(label, GAP, top + LABEL / 2);
    for (const [column, image] of picturesOf(shot, width, height).entries()) {
      const bitmap = await createImageBitmap(image);
      context.drawImage(bitmap, column * (TILE_WIDTH + GAP), top + LABEL, TILE_WIDTH, tileHeight);
      bitmap.close();
    }
  }
  await store(file, await context.canvas.convertToBlob(), '/score-results');
}

function picturesOf({ frame, output, alpha, room }: Shot, width: number, height: number): ImageData[] {
  const marked = toGrey(alpha, width, height);
  for (const [pixel, seen] of room.entries()) if (seen) marked.data.set([255, 0, 0], pixel * 4);
  return [new ImageData(frame, width, height), new ImageData(output, width, height), toGrey(alpha, width, height), marked];
}
