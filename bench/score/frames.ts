import { DrawnSample } from '../../demo/drawn-sample.ts';
import { pictureFile, type Item } from './item';
import { encodePng, readGrey, readPixels, readStored, store, toGrey } from './pixels';

const DEV_SET = '/shared/testdata/dev';

/** An item's pictures, one after the other. */
export interface Frames {
  /** The picture is the caller's. */
  read(frame: number): Promise<ImageBitmap>;
  close(): void;
}

export function openFrames(item: Item): Frames {
  if (item.type === 'drawn') return openDrawn(item);
  if (item.type === 'still') return { read: () => fetchBitmap(`${DEV_SET}/${item.file}`), close: () => undefined };
  return openClip(item);
}

/**
 * The exact mattes of an item, 0…255 a pixel.
 *
 * @returns null where the item has none
 */
export function openMattes(item: Item): ((frame: number) => Promise<Uint8ClampedArray>) | null {
  const { how, mattes } = item;
  if (how !== 'exact' || !mattes) return null;
  if (item.type !== 'drawn') return async (frame) => readGrey(await fetchBitmap(`${DEV_SET}/${mattes.replace('%04d', String(frame).padStart(4, '0'))}`));
  const sample = createSample(item, 'none');
  return (frame) => Promise.resolve(sample.alpha(timeOf(item, frame)));
}

/** Milliseconds from the first picture. */
export function timeOf(item: Item, frame: number): number {
  return item.fps === 0 ? 0 : (frame * 1000) / item.fps;
}

export function createSample(item: Item, background: 'room' | 'none', person = true): DrawnSample {
  return new DrawnSample({ width: item.width, height: item.height, ...item.drawn, background, person });
}

/** Writes the exact mattes of a drawn figure, for the scorer. */
export async function storeMattes(item: Item, folder: string): Promise<void> {
  const sample = createSample(item, 'none');
  for (let frame = 0; frame < item.frames; frame++) {
    await store(pictureFile(folder, frame), await encodePng(toGrey(sample.alpha(timeOf(item, frame)), item.width, item.height)));
  }
}

function openDrawn(item: Item): Frames {
  const sample = createSample(item, 'room');
  return {
    read: (frame) => {
      sample.draw(timeOf(item, frame));
      return createImageBitmap(sample.canvas);
    },
    close: () => undefined,
  };
}

/** Seeking is slow and not always exact, so each clip is taken apart once, and its pictures kept. */
function openClip(item: Item): Frames {
  let clip: HTMLVideoElement | null = null;
  const close = (): void => {
    clip?.removeAttribute('src');
    clip?.load();
    clip = null;
  };
  const read = async (frame: number): Promise<ImageBitmap> => {
    const file = pictureFile(item.framesFolder, frame);
    const stored = await readStored(file);
    if (stored) return decode(stored);
    clip ??= await openVideo(`${DEV_SET}/${item.file}`);
    const bitmap = await seek(clip, item, frame);
    await store(file, await encodePng(readPixels(bitmap, item.width, item.height)));
    return bitmap;
  };
  return { read, close };
}

const SEEK_TRIES = 5;

async function seek(clip: HTMLVideoElement, item: Item, frame: number): Promise<ImageBitmap> {
  for (let attempt = 0; attempt < SEEK_TRIES; attempt++) {
    // `seeked` comes before the picture can be read; a picture that is up already is not presented again.
    const presented = new Promise<number | null>((resolve) => {
      clip.requestVideoFrameCallback((_now, { mediaTime }) => resolve(mediaTime));
      setTimeout(() => resolve(null), 1000);
    });
    // Elsewhere within the same picture at each try, since a seek to where the clip stands does nothing.
    clip.currentTime = (frame + 0.5 + 0.05 * attempt) / item.fps;
    const mediaTime = await presented;
    if (mediaTime !== null && Math.round(mediaTime * item.fps) === frame) return createImageBitmap(clip);
    clip.currentTime = ((frame + 2) % item.frames) / item.fps;
    await new Promise((resolve) => (clip.onseeked = resolve));
  }
  throw new Error(`${item.id}: picture ${frame} could not be sought`);
}

async function openVideo(address: string): Promise<HTMLVideoElement> {
  const clip = document.createElement('video');
  clip.muted = true;
  clip.src = URL.createObjectURL(await (await fetch(address)).blob());
  await new Promise((resolve, reject) => {
    clip.onloadeddata = resolve;
    clip.onerror = () => reject(new Error(`Cannot play ${address}`));
  });
  return clip;
}

async function fetchBitmap(address: string): Promise<ImageBitmap> {
  return decode(await (await fetch(address)).blob());
}

function decode(blob: Blob): Promise<ImageBitmap> {
  return createImageBitmap(blob, { colorSpaceConversion: 'none' });
}
