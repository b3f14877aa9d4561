import { expect } from 'chai';
import '../../src/define';
import { itWithFrameStreams } from '../helpers/browser';
import { HOSTS } from '../helpers/element';
import type { ModelName } from '../../src/types';
import {
  BODY_PIX_FOLDER,
  environment,
  intersectionOverUnion,
  itWithPeople,
  openClip,
  readBitmap,
  readItem,
  readMatte,
  seekFrame,
  type Item,
} from '../support/shared';

const GREEN = '#00ff00';
const SAMPLES = 8;
const SMALL = { width: 64, height: 36 };

interface Reference {
  matte: Uint8Array;
  small: ImageData;
  smallMatte: Uint8Array;
}

/** Every frame of the clip that the camera loops, with its matte. */
async function readReferences(item: Item): Promise<Reference[]> {
  const video = await openClip(item);
  const references: Reference[] = [];
  for (const frame of item.matteFrames) {
    const bitmap = await seekFrame(video, item, frame);
    const matte = await readMatte(item, frame);
    const small = readBitmap(bitmap, SMALL.width, SMALL.height);
    references.push({ matte, small, smallMatte: shrinkMatte(matte, item) });
    bitmap.close();
  }
  return references;
}

function shrinkMatte(matte: Uint8Array, { width, height }: Item): Uint8Array {
  return Uint8Array.from({ length: SMALL.width * SMALL.height }, (_value, index) => {
    const x = Math.floor((((index % SMALL.width) + 0.5) * width) / SMALL.width);
    const y = Math.floor(((Math.floor(index / SMALL.width) + 0.5) * height) / SMALL.height);
    return matte[y * width + x] as number;
  });
}

/** The clip's frame that an output frame shows, judged by the person alone. */
function matchReference(output: ImageData, references: Reference[]): Reference {
  const small = readImageData(output);
  const distance = ({ small: candidate, smallMatte }: Reference): number => {
    let sum = 0;
    let count = 0;
    for (let index = 0; index < smallMatte.length; index++) {
      if ((smallMatte[index] as number) < 250) continue;
      for (let channel = 0; channel < 3; channel++) sum += Math.abs((small.data[index * 4 + channel] as number) - (candidate.data[index * 4 + channel] as number));
      count += 1;
    }
    return sum / Math.max(1, count);
  };
  return references.reduce((best, candidate) => (distance(candidate) < distance(best) ? candidate : best));
}

function readImageData(image: ImageData): ImageData {
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  return readBitmap(canvas, SMALL.width, SMALL.height);
}

/** Whether a pixel is rather the green background than anything of the clip. */
function isGreen({ data }: ImageData, index: number): boolean {
  const [red = 0, green = 0, blue = 0] = [data[index * 4], data[index * 4 + 1], data[index * 4 + 2]];
  return green - Math.max(red, blue) > 100;
}

/** Decoded frames of a stream, as a viewer gets them. */
async function readStream(stream: MediaStream, count: number): Promise<ImageData[]> {
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = stream;
  await video.play();
  const frames: ImageData[] = [];
  while (frames.length < count) {
    await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    frames.push(readBitmap(await createImageBitmap(video)));
    // Spread over the clip rather than bunched together.
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  video.srcObject = null;
  return frames;
}

function itWithPeopleAndFrameStreams(title: string, test: () => Promise<void>): void {
  if (environment.shared) itWithFrameStreams(title, test);
  else itWithPeople(title, test);
}

describe('<virtual-background-camera> with a person before the camera', () => {
  for (const model of ['body-pix', 'selfie'] as const satisfies readonly ModelName[]) {
    for (const host of HOSTS) {
      const itOn = host === 'worker' ? itWithPeopleAndFrameStreams : itWithPeople;
      itOn(`should keep the person and replace the room (${model}, ${host})`, async () => {
        const item = await readItem(environment.cameraClip);
        const references = await readReferences(item);
        const camera = document.createElement('virtual-background-camera');
        // Where the browser's own camera is a drawn pattern, the clip itself comes in.
        const clip = environment.cameraPlaysClip ? null : await openClip(item);
        if (clip) {
          clip.loop = true;
          await clip.play();
          camera.source = clip;
        }
        Object.assign(camera, { background: GREEN, model, host, quality: 'high', modelUrl: BODY_PIX_FOLDER, modelFallback: 'none', width: item.width, height: item.height });
        document.body.append(camera);
        try {
          const frames = await readStream(await camera.start(), SAMPLES);
          const scores = frames.map((frame) => {
            const { matte } = matchReference(frame, references);
            const iou = intersectionOverUnion(matte.length, (index) => (matte[index] as number) >= 128, (index) => !isGreen(frame, index));
            let room = 0;
            let leaked = 0;
            for (let index = 0; index < matte.length; index++) {
              if ((matte[index] as number) > 0) continue;
              room += 1;
              if (!isGreen(frame, index)) leaked += 1;
            }
            return { iou, leaked: leaked / room };
          });
          const iou = median(scores.map((score) => score.iou));
          const leaked = median(scores.map((score) => score.leaked));
          console.log(`people ${model} ${host}: IoU ${iou.toFixed(3)}, room left ${(leaked * 100).toFixed(2)} %`, JSON.stringify(camera.stats));
          expect(iou, 'IoU with the reference matte').to.be.at.least(model === 'selfie' ? 0.93 : 0.88);
          expect(leaked, 'share of the room left').to.be.below(0.05);
          expect(camera.stats.rawFrames).to.equal(0);
        } finally {
          camera.remove();
          camera.stop();
          clip?.removeAttribute('src');
        }
      });
    }
  }
});

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
