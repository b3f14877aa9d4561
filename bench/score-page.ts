import { resolveAssetUrls } from '../src/assets';
import { Compositor } from '../src/gl/compositor';
import { createSegmenter } from '../src/segmentation/create-segmenter';
import { inputSizeFor } from '../src/segmentation/network-input';
import type { Segmenter } from '../src/segmentation/segmenter';
import { segmentPicture, startBackend } from '../src/segmentation/tf-runtime';
import type { ModelName, Quality, Size } from '../src/types';

const WHITE = { kind: 'color', color: [1, 1, 1] } as const;
const BLACK = { kind: 'color', color: [0, 0, 0] } as const;
const DEV_SET = '/shared/testdata/dev';

interface Item extends Size {
  type: 'clip' | 'still';
  file: string;
  fps: number;
}

let segmenter: Segmenter | null = null;
let compositor: Compositor | null = null;
let quality: Quality = 'medium';
let video: HTMLVideoElement | null = null;

async function readFrame(item: Item, frame: number): Promise<ImageBitmap> {
  if (item.type === 'still') return createImageBitmap(await (await fetch(`${DEV_SET}/${item.file}`)).blob());
  const clip = video ?? (await openClip(item));
  video = clip;
  const presented = new Promise((resolve) => clip.requestVideoFrameCallback(resolve));
  clip.currentTime = (frame + 0.5) / item.fps;
  // `seeked` comes before the picture can be read; a picture that is up already is not presented again.
  await Promise.race([presented, new Promise((resolve) => setTimeout(resolve, 500))]);
  return createImageBitmap(clip);
}

async function openClip(item: Item): Promise<HTMLVideoElement> {
  const clip = document.createElement('video');
  clip.muted = true;
  clip.src = URL.createObjectURL(await (await fetch(`${DEV_SET}/${item.file}`)).blob());
  await new Promise((resolve) => (clip.onloadeddata = resolve));
  return clip;
}

/** The pipeline's alpha, as a viewer could measure it: the same frame over white less the same over black. */
function readAlpha(target: Compositor, { width, height }: Size): ImageData {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
  const read = (background: typeof WHITE | typeof BLACK): ImageData => {
    target.render({ background, quality }, true);
    context.drawImage(target.context.canvas, 0, 0);
    return context.getImageData(0, 0, width, height);
  };
  const onWhite = read(WHITE);
  const onBlack = read(BLACK);
  for (let at = 0; at < onWhite.data.length; at += 4) {
    const alpha = 255 - ((onWhite.data[at + 1] as number) - (onBlack.data[at + 1] as number));
    onBlack.data[at] = onBlack.data[at + 1] = onBlack.data[at + 2] = alpha;
  }
  return onBlack;
}

async function toBase64Png(image: ImageData): Promise<string> {
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

const api = {
  async load(model: ModelName, level: Quality, modelUrl: string): Promise<void> {
    quality = level;
    const assets = resolveAssetUrls();
    const backend = await startBackend('wasm', assets);
    const request = { model, quality, backend, modelUrl: new URL(modelUrl, location.href).href, assets } as const;
    segmenter = await createSegmenter(request, backend, { onProgress: () => undefined, onWarning: () => undefined });
  },

  begin(): void {
    compositor?.dispose();
    compositor = new Compositor(new OffscreenCanvas(2, 2));
    video = null;
  },

  /** @returns the alpha of a frame as a PNG, base64 */
  async alpha(item: Item, frame: number): Promise<string> {
    if (!segmenter || !compositor) throw new Error('load and begin come first');
    const bitmap = await readFrame(item, frame);
    compositor.setFrame(bitmap, bitmap);
    const size = inputSizeFor(segmenter.spec.input, bitmap);
    const pixels = new Uint8Array(size.width * size.height * 4);
    compositor.readSegmenterInput(size, pixels);
    compositor.setMask(await segmentPicture(segmenter, { ...size, pixels }));
    const png = await toBase64Png(readAlpha(compositor, bitmap));
    bitmap.close();
    return png;
  },
};

export type ScoreApi = typeof api;
(globalThis as unknown as { score: ScoreApi }).score = api;
