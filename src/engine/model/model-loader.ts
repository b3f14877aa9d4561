import { resolveAssetUrls } from '../../assets';
import { VirtualBackgroundError, toVirtualBackgroundError } from '../../errors';
import type { LoadRequest } from '../../segmentation/messages';
import type { SegmenterSpec } from '../../segmentation/network-input';
import type { ModelName, Quality } from '../../types';
import { rememberBackend } from './backend-memory';
import type { EngineSettings } from '../settings';

/** One inference at `medium` up to which the better level is affordable, and above which only the lesser is. */
const HIGH_BELOW_MS = 12;
const LOW_ABOVE_MS = 80;
/** A GPU this fast is not worth a comparison. */
const GPU_GOOD_BELOW_MS = 15;
/** The processor has other things to do than a GPU: WASM must be so much faster. */
const WASM_HANDICAP = 1.5;

/** A place where networks run. */
export interface ModelHost {
  /** @throws VirtualBackgroundError `model-load-failed`, `worker-unavailable`, `aborted` */
  load(request: LoadRequest, signal: AbortSignal): Promise<SegmenterSpec>;
  /** Frees what was loaded. */
  unload(): void;
}

export interface ModelHosts {
  /** The segmentation worker, on WASM where that starts. */
  worker: ModelHost;
  /** The pipeline's own GPU context, where that may pay. */
  sharedContext: ModelHost | null;
}

export interface LoadedModel {
  spec: SegmenterSpec;
  quality: Quality;
}

export interface ModelLoaderOptions {
  hosts: ModelHosts;
  settings: EngineSettings;
  /** Data or power are to be saved: `auto` takes the smallest network and compares no others. */
  saving: boolean;
  signal: AbortSignal;
  onWarning(warning: VirtualBackgroundError): void;
}

/**
 * Loads what `model` and `quality` ask for where it runs best, and the bundled model where BodyPix cannot be
 * had and `model-fallback` allows it.
 *
 * @throws VirtualBackgroundError `model-load-failed`, `worker-unavailable`, `aborted`
 */
export async function loadModel(options: ModelLoaderOptions): Promise<LoadedModel> {
  const { settings, signal, onWarning } = options;
  try {
    return await loadWhereBest(options, settings.model);
  } catch (error) {
    const failure = toVirtualBackgroundError(error, 'model-load-failed', `model '${settings.model}' could not be loaded`);
    signal.throwIfAborted();
    // Without its worker no other model can be loaded either.
    if (failure.code === 'aborted' || failure.code === 'worker-unavailable') throw failure;
    if (settings.model === 'selfie' || settings.modelFallback === 'none') throw failure;
    onWarning(new VirtualBackgroundError('model-fallback', `${failure.message}; carrying on with the bundled model 'selfie'`, { cause: failure }));
    return loadWhereBest(options, 'selfie');
  }
}

async function loadWhereBest(options: ModelLoaderOptions, model: ModelName): Promise<LoadedModel> {
  const { settings, signal } = options;
  const { worker, sharedContext } = options.hosts;
  if (!sharedContext) return loadAtQuality(worker, options, model);
  const onGpu = await tryGpu(sharedContext, options, model);
  if (onGpu && (settings.backend === 'webgl' || onGpu.spec.inferenceMs <= GPU_GOOD_BELOW_MS)) {
    if (settings.backend === 'auto') rememberBackend('webgl');
    return onGpu;
  }
  const onProcessor = await loadAtQuality(worker, options, model);
  signal.throwIfAborted();
  if (onGpu && onProcessor.spec.inferenceMs * WASM_HANDICAP > onGpu.spec.inferenceMs) {
    worker.unload();
    rememberBackend('webgl');
    return onGpu;
  }
  sharedContext.unload();
  rememberBackend('wasm');
  return onProcessor;
}

/** Null where the GPU can't: then the processor is asked, and its failure, if any, is the one told. */
async function tryGpu(host: ModelHost, options: ModelLoaderOptions, model: ModelName): Promise<LoadedModel | null> {
  try {
    return await loadAtQuality(host, options, model);
  } catch (error) {
    options.signal.throwIfAborted();
    if (options.settings.backend === 'webgl') throw error;
    return null;
  }
}

async function loadAtQuality(host: ModelHost, { settings, saving, signal }: ModelLoaderOptions, model: ModelName): Promise<LoadedModel> {
  const { backend, modelUrl, modelIntegrity, modelCache } = settings;
  const assets = resolveAssetUrls(settings.assetBase);
  const load = (quality: Quality): Promise<SegmenterSpec> => host.load({ model, quality, backend, modelUrl, modelIntegrity, modelCache, assets }, signal);
  if (settings.quality !== 'auto') return { spec: await load(settings.quality), quality: settings.quality };
  // `low` and `medium` are the same file.
  if (saving) return { spec: await load('low'), quality: 'low' };
  const spec = await load('medium');
  const quality = chooseQuality(spec.inferenceMs);
  // The bundled model is one network for every level; only the compositor's effort differs.
  if (quality === 'medium' || model === 'selfie') return { spec, quality };
  try {
    return { spec: await load(quality), quality };
  } catch (error) {
    // The network that works stays loaded until another has warmed up.
    if (error instanceof VirtualBackgroundError && error.code === 'model-load-failed') return { spec, quality: 'medium' };
    throw error;
  }
}

/** @param inferenceMs one inference at `medium` */
export function chooseQuality(inferenceMs: number): Quality {
  if (inferenceMs <= HIGH_BELOW_MS) return 'high';
  return inferenceMs > LOW_ABOVE_MS ? 'low' : 'medium';
}
