import * as tf from '@tensorflow/tfjs-core';
import { load, type BodyPix } from '@tensorflow-models/body-pix';
import { BODY_PIX_VARIANTS, bodyPixModelUrl, type BodyPixVariant } from '../../src/segmentation/body-pix-segmenter';
import type { Method } from './item';
import { startTensorFlow } from './masks';

/** As the package's README has it for webcams, which is also its default. */
const THRESHOLD = 0.7;

/** The package's own way to a mask: person or not, pixel by pixel. */
export interface PackagePerson {
  /** @returns 0 or 255 a pixel */
  segment(frame: ImageData): Promise<Uint8ClampedArray>;
}

export async function openPackage(method: Extract<Method, { kind: 'package' | 'same-net' }>, modelUrl: string): Promise<PackagePerson> {
  await startTensorFlow();
  const { net, variant } = await loadFirst(method.kind === 'same-net' ? BODY_PIX_VARIANTS[method.quality] : [{ multiplier: 0.5, outputStride: method.outputStride, longSide: 0 }], modelUrl);
  return {
    async segment(frame) {
      // The package takes a share of the picture's size; ours is a size.
      const internalResolution = method.kind === 'package' ? method.internalResolution : variant.longSide / Math.max(frame.width, frame.height);
      const { data } = await net.segmentPerson(frame, { internalResolution, segmentationThreshold: THRESHOLD });
      return Uint8ClampedArray.from(data, (person) => person * 255);
    },
  };
}

/** The best variant that can be had, as the product takes it. */
async function loadFirst(variants: readonly BodyPixVariant[], modelUrl: string): Promise<{ net: BodyPix; variant: BodyPixVariant }> {
  for (const [index, variant] of variants.entries()) {
    const { multiplier, outputStride } = variant;
    try {
      const handler = tf.io.http(bodyPixModelUrl(variant, modelUrl)) as unknown as string;
      return { variant, net: await load({ architecture: 'MobileNetV1', multiplier, outputStride, quantBytes: 2, modelUrl: handler }) };
    } catch (error) {
      if (index === variants.length - 1) throw error;
    }
  }
  throw new Error('No variant');
}
