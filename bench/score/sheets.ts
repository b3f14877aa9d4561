import type { BackgroundMode } from '../../src/gl/compositor';
import { drawLake } from '../../src/scenes/lake';
import type { Size } from '../../src/types';
import { createContext, readStored, store } from './pixels';

/** Bright, and far from what rooms and people are like, so that what is left of the room shows. */
export const BRIGHT = [0.1, 1, 0.3] as const;
export const BRIGHT_BACKGROUND: BackgroundMode = { kind: 'color', color: BRIGHT };
export const PICTURE_BACKGROUND: BackgroundMode = { kind: 'picture', fit: 'cover' };

const COLUMNS = ['input', 'mask as the network gives it', 'matte', 'over a bright colour', 'over a picture'] as const;
const TILE_WIDTH = 480;
const GAP = 6;
const LABEL = 26;

/** The colour and the picture that people are put before, as pixels. */
export function drawBright({ width, height }: Size): ImageData {
  const context = createContext(width, height);
  context.fillStyle = `rgb(${BRIGHT.map((channel) => Math.round(channel * 255)).join(' ')})`;
  context.fillRect(0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

export function drawPicture({ width, height }: Size): ImageData {
  const { canvas } = createContext(width, height);
  drawLake(canvas);
  return (canvas.getContext('2d') as OffscreenCanvasRenderingContext2D).getImageData(0, 0, width, height);
}

/** Pictures of one method and one picture of an item, side by side; as many as {@link COLUMNS}. */
export async function drawStrip(pictures: readonly ImageData[]): Promise<Blob> {
  const [first] = pictures as [ImageData];
  const height = Math.round((TILE_WIDTH * first.height) / first.width);
  const context = createContext(pictures.length * (TILE_WIDTH + GAP), height);
  for (const [index, picture] of pictures.entries()) {
    const bitmap = await createImageBitmap(picture);
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, index * (TILE_WIDTH + GAP), 0, TILE_WIDTH, height);
    bitmap.close();
  }
  return context.canvas.convertToBlob();
}

/** One sheet: a row a method. */
export async function drawSheet(title: string, rows: readonly { label: string; strip: string }[], file: string): Promise<void> {
  const strips: { label: string; bitmap: ImageBitmap }[] = [];
  for (const { label, strip } of rows) {
    const blob = await readStored(strip);
    if (blob) strips.push({ label, bitmap: await createImageBitmap(blob) });
  }
  const [first] = strips;
  if (!first) return;
  const { width, height } = first.bitmap;
  const context = createContext(width, 2 * LABEL + strips.length * (height + LABEL));
  context.fillStyle = '#15171a';
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.fillStyle = '#f2f2f2';
  context.textBaseline = 'middle';
  context.font = 'bold 17px sans-serif';
  context.fillText(title, GAP, LABEL / 2);
  context.font = '15px sans-serif';
  for (const [column, name] of COLUMNS.entries()) context.fillText(name, column * (TILE_WIDTH + GAP) + GAP, LABEL * 1.5);
  context.font = 'bold 15px sans-serif';
  for (const [row, { label, bitmap }] of strips.entries()) {
    const top = 2 * LABEL + row * (height + LABEL);
    context.fillText(label, GAP, top + LABEL / 2);
    context.drawImage(bitmap, 0, top + LABEL);
    bitmap.close();
  }
  await store(file, await context.canvas.convertToBlob(), '/score-results');
}
