import { openFrames, createSample, timeOf } from '../score/frames';
import { pictureFile } from '../score/item';
import { createContext, encodePng, readGrey, readStored, store, toGrey } from '../score/pixels';
import { cameraFile, matteFolder, type Clip, type ClipSource } from './clip';
import { LARGEST_NUMBER, drawCode } from './code.ts';
import { PlaceFinder } from './place.ts';
import { BackgroundChooser } from './unblend.ts';

/** As of a webcam's own JPEG; the code survives much less. */
const JPEG_QUALITY = 0.92;

/** Makes the camera's clip from an item's pictures and exact mattes: each picture gets its number. */
export async function makeClip(source: ClipSource): Promise<Clip> {
  const { id, folder, item, sourceFrames, width, height } = source;
  if (sourceFrames.length > LARGEST_NUMBER + 1) throw new Error(`${id}: the code has room for ${LARGEST_NUMBER + 1} pictures`);
  const frames = openFrames(item);
  const finder = new PlaceFinder(source);
  const colors = new BackgroundChooser();
  const context = createContext(width, height);
  const places: Clip['places'][number][] = [];
  const jpegs: Blob[] = [];
  const exact = item.type === 'drawn' ? createSample(item, 'none') : null;
  for (const [number, frame] of sourceFrames.entries()) {
    const matteFile = pictureFile(matteFolder(folder), number);
    if (exact) await store(matteFile, await encodePng(toGrey(exact.alpha(timeOf(item, frame)), width, height)));
    const place = finder.find(await readMatte(matteFile));
    places.push(place);
    const bitmap = await frames.read(frame);
    context.drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    const image = context.getImageData(0, 0, width, height);
    colors.add(image.data);
    drawCode(image.data, number, place, source);
    context.putImageData(image, 0, 0);
    jpegs.push(await context.canvas.convertToBlob({ type: 'image/jpeg', quality: JPEG_QUALITY }));
  }
  frames.close();
  await store(cameraFile(folder), new Blob(jpegs));
  const { color, distance } = colors.choose();
  return { id, folder, width, height, pictures: sourceFrames.length, places, background: color, backgroundDistance: distance, leastMargin: finder.leastMargin };
}

/** @returns the alpha of a grey PNG in the store, 0…255 a pixel */
export async function readMatte(file: string): Promise<Uint8ClampedArray> {
  const stored = await readStored(file);
  if (!stored) throw new Error(`${file} is missing`);
  return readGrey(await createImageBitmap(stored, { colorSpaceConversion: 'none' }));
}
