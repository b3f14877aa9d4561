import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgl';
import { load } from '@tensorflow-models/body-pix';
import type { BenchCase, Contestant, Running } from './page';

type Method2020 = Extract<Contestant, { kind: 'method-2020' }> & {
  /** Where TensorFlow.js finds its WASM files: a folder, or an address for each. */
  wasmPaths: Parameters<typeof setWasmPaths>[0];
  /** A CSS colour; a gradient unless given. */
  background?: string;
};

/**
 * The method of the 2020 article: BodyPix `segmentPerson` on a 2D canvas, then a JavaScript loop that replaces
 * pixel by pixel, and `putImageData`. Settings as the package recommends (medium, threshold 0.7).
 */
export async function startMethod2020(
  track: MediaStreamTrack,
  { width, height }: BenchCase,
  { backend, modelUrl, wasmPaths, background: color }: Method2020,
): Promise<Running> {
  if (backend === 'wasm') setWasmPaths(wasmPaths);
  await tf.setBackend(backend);
  await tf.ready();
  const net = await load({ architecture: 'MobileNetV1', multiplier: 0.5, outputStride: 16, quantBytes: 2, modelUrl });
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
  const background = drawBackground(width, height, color);
  const video: HTMLVideoElement = Object.assign(document.createElement('video'), { muted: true, playsInline: true, width, height });
  video.srcObject = new MediaStream([track]);
  await video.play();
  let stopped = false;
  const loop = async (): Promise<void> => {
    context.drawImage(video, 0, 0, width, height);
    const { data: mask } = await net.segmentPerson(canvas, { internalResolution: 'medium', segmentationThreshold: 0.7 });
    const image = context.getImageData(0, 0, width, height);
    for (let pixel = 0; pixel < mask.length; pixel++) {
      if (mask[pixel] === 1) continue;
      const at = pixel * 4;
      image.data[at] = background.data[at] as number;
      image.data[at + 1] = background.data[at + 1] as number;
      image.data[at + 2] = background.data[at + 2] as number;
    }
    context.putImageData(image, 0, 0);
    if (!stopped) requestAnimationFrame(() => void loop());
  };
  await loop();
  const stream = canvas.captureStream(30);
  return {
    stream,
    stop: () => {
      stopped = true;
      video.srcObject = null;
      for (const output of stream.getTracks()) output.stop();
    },
  };
}

function drawBackground(width: number, height: number, color?: string): ImageData {
  const context = new OffscreenCanvas(width, height).getContext('2d') as OffscreenCanvasRenderingContext2D;
  const gradient = context.createLinearGradient(0, 0, width, height);
  gradient.addColorStop(0, '#0b486b');
  gradient.addColorStop(1, '#f56217');
  context.fillStyle = color ?? gradient;
  context.fillRect(0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}
