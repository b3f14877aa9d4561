import { VirtualBackgroundError, toVirtualBackgroundError } from '../errors';
import type { Backend } from '../types';
import { BODY_PIX_VARIANTS, BodyPixSegmenter, bodyPixModelUrl, type BodyPixVariant } from './body-pix-segmenter';
import type { LoadRequest } from './messages';
import type { Segmenter } from './segmenter';
import { SelfieSegmenter } from './selfie-segmenter';

export interface ModelLoadCallbacks {
  /** Of the download, 0…1. */
  onProgress(fraction: number): void;
  onWarning(warning: VirtualBackgroundError): void;
}

/**
 * Loads what a request names on the backend that runs already.
 *
 * @throws VirtualBackgroundError `model-load-failed`
 */
export async function createSegmenter(request: LoadRequest, backend: Backend, callbacks: ModelLoadCallbacks): Promise<Segmenter> {
  const { model, modelUrl, quality, assets } = request;
  const { onProgress } = callbacks;
  if (model === 'selfie') return SelfieSegmenter.load({ assets, backend, onProgress });
  const variants = BODY_PIX_VARIANTS[quality];
  for (const [index, variant] of variants.entries()) {
    try {
      return await BodyPixSegmenter.load({ url: bodyPixModelUrl(variant, modelUrl), variant, backend, onProgress });
    } catch (error) {
      const next = variants[index + 1];
      if (!next || bodyPixModelUrl(next, modelUrl) === bodyPixModelUrl(variant, modelUrl)) throw error;
      callbacks.onWarning(variantWarning(next, error));
    }
  }
  throw new VirtualBackgroundError('internal', `quality '${quality}' names no BodyPix variant`);
}

function variantWarning(next: BodyPixVariant, error: unknown): VirtualBackgroundError {
  const { message } = toVirtualBackgroundError(error, 'model-load-failed', 'BodyPix');
  return new VirtualBackgroundError('model-variant-unavailable', `${message}; trying the variant with multiplier ${next.multiplier.toFixed(2)} instead`);
}
