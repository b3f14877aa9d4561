import { resolveAssetUrls } from '../assets';
import { VirtualBackgroundError, toVirtualBackgroundError } from '../errors';
import type { SegmenterSpec } from '../segmentation/network-input';
import type { SegmentationClient } from '../segmentation/segmentation-client';
import type { ModelName, Quality } from '../types';
import type { EngineSettings } from './settings';

/** One inference at `medium` up to which the better level is affordable, and above which only the lesser is. */
const HIGH_BELOW_MS = 12;
const LOW_ABOVE_MS = 80;

export interface LoadedModel {
  spec: SegmenterSpec;
  quality: Quality;
}

export interface ModelLoaderOptions {
  client: SegmentationClient;
  settings: EngineSettings;
  signal: AbortSignal;
  onWarning(warning: VirtualBackgroundError): void;
}

/**
 * Loads what `model` and `quality` ask for, and the bundled model where BodyPix cannot be had and
 * `model-fallback` allows it.
 *
 * @throws VirtualBackgroundError `model-load-failed`, `worker-unavailable`, `aborted`
 */
export async function loadModel({ client, settings, signal, onWarning }: ModelLoaderOptions): Promise<LoadedModel> {
  try {
    return await loadAtQuality(client, settings, settings.model);
  } catch (error) {
    const failure = toVirtualBackgroundError(error, 'model-load-failed', `model '${settings.model}' could not be loaded`);
    signal.throwIfAborted();
    if (failure.code === 'aborted' || settings.model === 'selfie' || settings.modelFallback === 'none') throw failure;
    onWarning(new VirtualBackgroundError('model-fallback', `${failure.message}; carrying on with the bundled model 'selfie'`, { cause: failure }));
    return loadAtQuality(client, settings, 'selfie');
  }
}

async function loadAtQuality(client: SegmentationClient, settings: EngineSettings, model: ModelName): Promise<LoadedModel> {
  const load = (quality: Quality): Promise<SegmenterSpec> =>
    client.load({ model, quality, backend: settings.backend, modelUrl: settings.modelUrl, assets: resolveAssetUrls(settings.assetBase) });
  if (settings.quality !== 'auto') return { spec: await load(settings.quality), quality: settings.quality };
  const spec = await load('medium');
  const quality = chooseQuality(spec.inferenceMs);
  // The bundled model is one network for every level; only the compositor's effort differs.
  if (quality === 'medium' || model === 'selfie') return { spec, quality };
  return { spec: await load(quality), quality };
}

/** @param inferenceMs one inference at `medium` */
export function chooseQuality(inferenceMs: number): Quality {
  if (inferenceMs <= HIGH_BELOW_MS) return 'high';
  return inferenceMs > LOW_ABOVE_MS ? 'low' : 'medium';
}
