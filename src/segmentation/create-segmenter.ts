import { VirtualBackgroundError, toVirtualBackgroundError } from '../errors';
import type { Backend, ProgressDetail } from '../types';
import { BODY_PIX_VARIANTS, BodyPixSegmenter, bodyPixModelUrl, type BodyPixVariant } from './body-pix-segmenter';
import { Downloads } from './downloads';
import type { LoadRequest } from './messages';
import type { Segmenter } from './segmenter';
import { SelfieSegmenter } from './selfie-segmenter';

/** What a load tells, and what ends it. */
export interface ModelLoadCallbacks {
  /** Of the phases `model` and `compile`. */
  onProgress(progress: ProgressDetail): void;
  onWarning(warning: VirtualBackgroundError): void;
  /** Ends the load and what it fetches. */
  signal?: AbortSignal;
}

/** What a request fetches, with the callbacks of its load. */
export function createDownloads({ modelCache }: LoadRequest, { onProgress, signal }: ModelLoadCallbacks): Downloads {
  return new Downloads({ signal, cache: modelCache === 'storage', onProgress });
}

/**
 * Loads what a request names on the backend that runs already.
 *
 * @param downloads left out when nothing was fetched for this load so far
 * @throws VirtualBackgroundError `model-load-failed`; the signal's reason
 */
export async function createSegmenter(request: LoadRequest, backend: Backend, callbacks: ModelLoadCallbacks, downloads = createDownloads(request, callbacks)): Promise<Segmenter> {
  const { model, modelUrl, modelIntegrity, quality, assets } = request;
  if (model === 'selfie') return SelfieSegmenter.load({ assets, backend, downloads });
  const variants = BODY_PIX_VARIANTS[quality];
  for (const [index, variant] of variants.entries()) {
    try {
      const url = bodyPixModelUrl(variant, modelUrl);
      return await BodyPixSegmenter.load({ url, variant, backend, downloads, integrity: modelIntegrity ?? undefined, mayChange: modelUrl !== null });
    } catch (error) {
      downloads.signal.throwIfAborted();
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
