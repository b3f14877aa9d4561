import { waitFor } from '../helpers/wait';

/** Real people for tests: clips, reference mattes and BodyPix weights, where `/shared/` is served. */
export interface TestEnvironment {
  shared: boolean;
  sharedReason: string;
  cameraClip: string;
  /** Whether the fake camera shows that clip: Firefox' draws a pattern. */
  cameraPlaysClip: boolean;
}

export const environment = (await (await fetch('/__test-env.json')).json()) as TestEnvironment;

export const BODY_PIX_FOLDER = '/shared/models/bodypix/';
const DEV_SET = '/shared/testdata/dev';

export interface Item {
  id: string;
  type: 'clip' | 'still';
  file: string;
  width: number;
  height: number;
  fps: number;
  mattes: string;
  matteFrames: number[];
}

/** `it` that is skipped, with the reason in its title, where ../shared is missing. */
export function itWithPeople(title: string, test: (this: Mocha.Context) => Promise<void>): void {
  if (environment.shared) it(title, test);
  else it.skip(`${title} (skipped: ${environment.sharedReason})`, test);
}

export async function readItems(): Promise<Item[]> {
  const manifest = (await (await fetch(`${DEV_SET}/manifest.json`)).json()) as { items: Item[] };
  return manifest.items;
}

export async function readItem(id: string): Promise<Item> {
  const item = (await readItems()).find((candidate) => candidate.id === id);
  if (!item) throw new Error(`No item '${id}' in the manifest`);
  return item;
}

/** One frame of a clip, or the still, at its own size. */
export async function readFrame(item: Item, frame = 0): Promise<ImageBitmap> {
  if (item.type === 'still') return createImageBitmap(await (await fetch(`${DEV_SET}/${item.file}`)).blob());
  const video = await openClip(item);
  try {
    return await seekFrame(video, item, frame);
  } finally {
    video.removeAttribute('src');
    video.load();
  }
}

export async function openClip(item: Item): Promise<HTMLVideoElement> {
  const video = document.createElement('video');
  video.muted = true;
  // The test server answers no range requests, without which a movie cannot be sought.
  video.src = URL.createObjectURL(await (await fetch(`${DEV_SET}/${item.file}`)).blob());
  await new Promise((resolve, reject) => {
    video.onloadeddata = resolve;
    video.onerror = () => reject(new Error(`Cannot play ${item.file}`));
  });
  return video;
}

export async function seekFrame(video: HTMLVideoElement, item: Item, frame: number): Promise<ImageBitmap> {
  await new Promise((resolve) => {
    video.onseeked = resolve;
    video.currentTime = (frame + 0.5) / item.fps;
  });
  // `seeked` may come before the picture can be read.
  return waitFor('the picture', () => createImageBitmap(video).catch(() => null));
}

/** Reference matte, 0…255, row-major, top row first, at the item's size. */
export async function readMatte(item: Item, frame = 0): Promise<Uint8Array> {
  const name = item.mattes.replace('%04d', String(frame).padStart(4, '0'));
  const bitmap = await createImageBitmap(await (await fetch(`${DEV_SET}/${name}`)).blob(), { colorSpaceConversion: 'none' });
  const { data } = readBitmap(bitmap);
  bitmap.close();
  return Uint8Array.from({ length: data.length / 4 }, (_value, index) => data[index * 4] as number);
}

export function readBitmap(source: CanvasImageSource & { width: number; height: number }, width = source.width, height = source.height): ImageData {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('No 2D canvas');
  context.drawImage(source, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

/** Intersection over union of two masks given as predicates over pixel indices. */
export function intersectionOverUnion(count: number, a: (index: number) => boolean, b: (index: number) => boolean): number {
  let intersection = 0;
  let union = 0;
  for (let index = 0; index < count; index++) {
    const inA = a(index);
    const inB = b(index);
    if (inA && inB) intersection += 1;
    if (inA || inB) union += 1;
  }
  return union === 0 ? 1 : intersection / union;
}
