import { expect } from 'chai';
import * as tf from '@tensorflow/tfjs-core';
import { load } from '@tensorflow-models/body-pix';
import { resolveAssetUrls } from '../../src/assets';
import { Downloads } from '../../src/segmentation/downloads';
import { BodyPixSegmenter, bodyPixModelUrl, type BodyPixVariant } from '../../src/segmentation/body-pix-segmenter';
import { segmentPicture, startBackend } from '../../src/segmentation/tf-runtime';
import type { Mask, Size } from '../../src/types';
import { BODY_PIX_FOLDER, intersectionOverUnion, itWithPeople, readBitmap, readFrame, readItem } from '../support/shared';

const FOLDER = new URL(BODY_PIX_FOLDER, location.href).href;

/** What the package's `medium` makes of a frame: half the size, in whole strides plus one. */
function packageInputSize(frame: Size, stride: number): Size {
  const valid = (pixels: number): number => ((pixels - 1) % stride === 0 ? pixels : Math.floor(pixels / stride) * stride + 1);
  return { width: valid(frame.width * 0.5), height: valid(frame.height * 0.5) };
}

/** The mask at a frame pixel: bilinear, by the mask's own geometry. */
function sampleMask({ data, width, height, geometry }: Mask, x: number, y: number, frame: Size): number {
  const column = (((x + 0.5) / frame.width) * geometry.scaleX + geometry.offsetX) * width - 0.5;
  const row = (((y + 0.5) / frame.height) * geometry.scaleY + geometry.offsetY) * height - 0.5;
  const clamp = (value: number, size: number): number => Math.min(size - 1, Math.max(0, value));
  const x0 = Math.floor(column);
  const y0 = Math.floor(row);
  const at = (i: number, j: number): number => data[clamp(j, height) * width + clamp(i, width)] as number;
  const top = at(x0, y0) + (at(x0 + 1, y0) - at(x0, y0)) * (column - x0);
  const bottom = at(x0, y0 + 1) + (at(x0 + 1, y0 + 1) - at(x0, y0 + 1)) * (column - x0);
  return top + (bottom - top) * (row - y0);
}

describe('BodyPixSegmenter', () => {
  for (const outputStride of [16, 8] as const) {
    itWithPeople(`should find the person that the package's segmentPerson finds (stride ${outputStride})`, async () => {
      const variant: BodyPixVariant = { multiplier: 0.5, outputStride, longSide: 321 };
      const url = bodyPixModelUrl(variant, FOLDER);
      const backend = await startBackend('wasm', resolveAssetUrls());
      const net = await load({ architecture: 'MobileNetV1', multiplier: 0.5, outputStride, quantBytes: 2, modelUrl: url });
      const ours = await BodyPixSegmenter.load({ url, variant, backend, downloads: new Downloads(), mayChange: true });
      for (const [id, frameNumber] of [['lab_woman', 10], ['asl_dark_hoodie', 20], ['exact_suit_office', 30]] as const) {
        const bitmap = await readFrame(await readItem(id), frameNumber);
        const frame = readBitmap(bitmap);
        const theirs = await net.segmentPerson(frame, { internalResolution: 'medium', segmentationThreshold: 0.5 });
        const input = packageInputSize(frame, outputStride);
        const padding = packagePadding(frame, input);
        const padded = { width: frame.width + 2 * padding.x, height: frame.height + 2 * padding.y };
        const before = tf.memory().numTensors;
        const mask = await segmentPicture(ours, { ...input, pixels: packageInput(frame, input, padding) });
        expect(tf.memory().numTensors, 'tensors').to.equal(before);
        const iou = intersectionOverUnion(
          frame.width * frame.height,
          (index) => theirs.data[index] === 1,
          (index) => sampleMask(mask, (index % frame.width) + padding.x, Math.floor(index / frame.width) + padding.y, padded) > 0,
        );
        console.log(`parity ${id} stride ${outputStride}: IoU ${iou.toFixed(4)}`);
        expect(iou, id).to.be.at.least(0.98);
        bitmap.close();
      }
      ours.dispose();
      net.dispose();
    });
  }
});

/**
 * The small picture as the package makes it, so that both networks see the same: padded to the network's
 * aspect ratio (here by at most a few rows), then TensorFlow's bilinear sampling. Drawn from canvases, as
 * our own small picture is, the network's answer moves by up to 4 % IoU on these clips: that is the
 * difference of the downscaling, not of the segmenter.
 */
function packageInput(frame: ImageData, { width, height }: Size, { x, y }: Padding): Uint8Array {
  return tf.tidy(() => {
    const image = tf.cast<tf.Tensor3D>(tf.browser.fromPixels(frame), 'float32');
    const resized = tf.image.resizeBilinear(tf.pad3d(image, [[y, y], [x, x], [0, 0]]), [height, width]);
    return Uint8Array.from(tf.concat([tf.round(resized), tf.fill([height, width, 1], 255)], 2).dataSync());
  });
}

interface Padding {
  /** Columns added on either side, frame pixels. */
  x: number;
  /** Rows added on either side, frame pixels. */
  y: number;
}

function packagePadding(frame: Size, input: Size): Padding {
  const aspect = input.width / input.height;
  if (frame.width / frame.height < aspect) return { x: Math.round(0.5 * (aspect * frame.height - frame.width)), y: 0 };
  return { x: 0, y: Math.round(0.5 * (frame.width / aspect - frame.height)) };
}
