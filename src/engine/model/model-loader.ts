import { resolveAssetUrls } from '../../assets';
import { VirtualBackgroundError, toVirtualBackgroundError } from '../../errors';
import type { LoadRequest } from '../../segmentation/messages';
import type { SegmenterSpec } from '../../segmentation/network-input';
import type { Backend, ModelName, Quality } from '../../types';
import type { EngineSettings } from '../settings';
import type { BackendMemory } from './backend-memory';

/** Inference time at `medium` up to which `high` is affordable, milliseconds. */
const HIGH_BELOW_MS = 12;
/** Inference time at `medium` above which only `low` is affordable, milliseconds. */
const LOW_ABOVE_MS = 80;
/** A GPU that is this fast needs no comparison: half of the time between two frames is left over. */
const GPU_GOOD_BELOW_MS = 15;
/** The processor has more to do than the GPU (the page, the call, the encoder), so WASM must be this many times faster. */
const WASM_HANDICAP = 1.5;
/** BodyPix is the same network at `low` and `medium`, with an input whose longer side has 257 and 369 pixels. */
const LOW_TO_MEDIUM = (369 / 257) ** 2;

/** A place where networks run. */
export interface ModelHost {
  /** @throws VirtualBackgroundError `model-load-failed`, `worker-unavailable`, `aborted` */
  load(request: LoadRequest, signal: AbortSignal): Promise<SegmenterSpec>;
  /** Frees what was loaded. Does nothing where nothing was. */
  unload(): void;
}

export interface ModelHosts {
  /** The segmentation worker, on WASM where that starts. */
  worker: ModelHost;
  /** The pipeline's own GPU context; null where it is not to run networks. */
  sharedContext: ModelHost | null;
}

export type ModelPlace = keyof ModelHosts;

const PLACE_OF: Record<Backend, ModelPlace> = { wasm: 'worker', webgl: 'sharedContext' };
const BACKEND_OF: Record<ModelPlace, Backend> = { worker: 'wasm', sharedContext: 'webgl' };
const OTHER: Record<ModelPlace, ModelPlace> = { worker: 'sharedContext', sharedContext: 'worker' };

export interface LoadedModel {
  spec: SegmenterSpec;
  quality: Quality;
  place: ModelPlace;
  /** One inference at `medium` in this place, milliseconds. Where only another quality was measured: no less than that. */
  mediumMs: number;
}

export interface ModelLoaderOptions {
  hosts: ModelHosts;
  settings: EngineSettings;
  /** Data or power are to be saved: `auto` takes the smallest network and measures no others. */
  saving: boolean;
  /** Where the network runs that makes the masks at present; null at the start of a run. */
  current: ModelPlace | null;
  memory: BackendMemory;
  signal: AbortSignal;
  onWarning(warning: VirtualBackgroundError): void;
}

/**
 * Loads what `model` and `quality` ask for where it runs best, and the bundled model where BodyPix is
 * unavailable and `model-fallback` allows it. Afterwards one place has a network: the one that is returned, or
 * `current` when this throws.
 *
 * @throws VirtualBackgroundError `model-load-failed`, `worker-unavailable`, `aborted`
 */
export async function loadModel(options: ModelLoaderOptions): Promise<LoadedModel> {
  const { settings, signal, onWarning } = options;
  try {
    return await loadAndUnload(options, settings.model);
  } catch (error) {
    const failure = toVirtualBackgroundError(error, 'model-load-failed', `model '${settings.model}' could not be loaded`);
    signal.throwIfAborted();
    // No place is left in which another model could be loaded.
    if (failure.code === 'aborted' || failure.code === 'worker-unavailable') throw failure;
    if (settings.model === 'selfie' || settings.modelFallback === 'none') throw failure;
    onWarning(new VirtualBackgroundError('model-fallback', `${failure.message}; carrying on with the bundled model 'selfie'`, { cause: failure }));
    return loadAndUnload(options, 'selfie');
  }
}

/** @param mediumMs one inference at `medium`, milliseconds */
export function chooseQuality(mediumMs: number): Quality {
  if (mediumMs <= HIGH_BELOW_MS) return 'high';
  return mediumMs > LOW_ABOVE_MS ? 'low' : 'medium';
}

/** Leaves a network in one place alone, however the load ends. */
async function loadAndUnload(options: ModelLoaderOptions, model: ModelName): Promise<LoadedModel> {
  const { hosts, signal } = options;
  let keep = options.current;
  try {
    const loaded = await loadWhereBest(options, model);
    signal.throwIfAborted();
    keep = loaded.place;
    return loaded;
  } finally {
    if (keep !== 'worker') hosts.worker.unload();
    if (keep !== 'sharedContext') hosts.sharedContext?.unload();
  }
}

async function loadWhereBest(options: ModelLoaderOptions, model: ModelName): Promise<LoadedModel> {
  const { hosts, settings, memory, signal } = options;
  if (settings.backend === 'webgl' && hosts.sharedContext) return loadIn('sharedContext', options, model);
  const isChoice = settings.backend === 'auto' && hosts.sharedContext !== null;
  const { place, spec } = isChoice ? await choosePlace(options, model) : { place: 'worker' as const, spec: null };
  try {
    return await loadIn(place, options, model, spec);
  } catch (error) {
    signal.throwIfAborted();
    // Without a shared context in this run, it is the next start that compares again.
    if (settings.backend === 'auto') memory.forget(model);
    if (!isChoice) throw error;
    const other = OTHER[place];
    const loaded = await loadIn(other, options, model).catch((second: unknown) => {
      throw clearerFailure(error, second);
    });
    memory.remember(model, BACKEND_OF[other]);
    return loaded;
  }
}

interface Choice {
  place: ModelPlace;
  /** Of the network at {@link firstQuality}, where it is loaded there already. */
  spec: SegmenterSpec | null;
}

/**
 * A run stays where it is: comparing in the middle of a call would compile shaders while frames are drawn, and measure
 * under their load.
 */
async function choosePlace(options: ModelLoaderOptions, model: ModelName): Promise<Choice> {
  const remembered = options.memory.recall(model);
  const place = options.current ?? (remembered && PLACE_OF[remembered]);
  return place ? { place, spec: null } : compare(options, model);
}

/** Measures the same network at the same input in both places, and frees the slower one. */
async function compare(options: ModelLoaderOptions, model: ModelName): Promise<Choice> {
  const { hosts, memory } = options;
  const onGpu = await measure('sharedContext', options, model);
  if (onGpu.spec && onGpu.spec.inferenceMs <= GPU_GOOD_BELOW_MS) {
    memory.remember(model, 'webgl');
    return { place: 'sharedContext', spec: onGpu.spec };
  }
  const onProcessor = await measure('worker', options, model);
  if (!onGpu.spec && !onProcessor.spec) throw clearerFailure(onGpu.failure, onProcessor.failure);
  const place = fasterPlace(onGpu.spec, onProcessor.spec);
  // The times of two variants of BodyPix, of which one place could fetch only the lesser, say nothing about the places.
  const isComparable = !onGpu.spec || !onProcessor.spec || onGpu.spec.variant === onProcessor.spec.variant;
  if (isComparable) memory.remember(model, BACKEND_OF[place]);
  hosts[OTHER[place]]?.unload();
  return { place, spec: place === 'worker' ? onProcessor.spec : onGpu.spec };
}

function fasterPlace(onGpu: SegmenterSpec | null, onProcessor: SegmenterSpec | null): ModelPlace {
  if (!onProcessor) return 'sharedContext';
  if (!onGpu) return 'worker';
  if (onGpu.variant !== onProcessor.variant) return 'sharedContext';
  return onProcessor.inferenceMs * WASM_HANDICAP > onGpu.inferenceMs ? 'sharedContext' : 'worker';
}

/** A place that cannot load the network leaves it to the other one. */
async function measure(place: ModelPlace, options: ModelLoaderOptions, model: ModelName): Promise<{ spec: SegmenterSpec | null; failure: unknown }> {
  try {
    return { spec: await loadNetwork(place, options, model, firstQuality(options)), failure: null };
  } catch (failure) {
    options.signal.throwIfAborted();
    return { spec: null, failure };
  }
}

/** @param first the network at {@link firstQuality}, where it is loaded there already */
async function loadIn(place: ModelPlace, options: ModelLoaderOptions, model: ModelName, first: SegmenterSpec | null = null): Promise<LoadedModel> {
  const measured = firstQuality(options);
  const spec = first ?? (await loadNetwork(place, options, model, measured));
  const mediumMs = estimateMedium(spec.inferenceMs, model, measured);
  const loaded: LoadedModel = { spec, quality: measured, place, mediumMs };
  if (options.settings.quality !== 'auto' || options.saving) return loaded;
  const quality = chooseQuality(mediumMs);
  // The bundled model is one network for every level; only the compositor's effort differs.
  if (quality === 'medium' || model === 'selfie') return { ...loaded, quality };
  try {
    return { ...loaded, spec: await loadNetwork(place, options, model, quality), quality };
  } catch (error) {
    // The network that works stays loaded until another one has warmed up.
    if (error instanceof VirtualBackgroundError && error.code === 'model-load-failed') return loaded;
    throw error;
  }
}

/** The quality that is loaded first, and whose time is compared. */
function firstQuality({ settings, saving }: ModelLoaderOptions): Quality {
  if (settings.quality !== 'auto') return settings.quality;
  // BodyPix has the same file at `low` and `medium`.
  return saving ? 'low' : 'medium';
}

/** `high` takes longer than `medium` would, so its own time errs on the cautious side. */
function estimateMedium(inferenceMs: number, model: ModelName, measured: Quality): number {
  return measured === 'low' && model === 'body-pix' ? inferenceMs * LOW_TO_MEDIUM : inferenceMs;
}

/** @throws VirtualBackgroundError; the signal's reason, at once */
async function loadNetwork(place: ModelPlace, options: ModelLoaderOptions, model: ModelName, quality: Quality): Promise<SegmenterSpec> {
  const { hosts, settings, signal } = options;
  const { backend, modelUrl, modelIntegrity, modelCache } = settings;
  const host = hosts[place];
  if (!host) throw new VirtualBackgroundError('model-load-failed', `model '${model}' could not be loaded: this run shares no GPU context`);
  signal.throwIfAborted();
  try {
    const assets = resolveAssetUrls(settings.assetBase);
    return await untilAborted(host.load({ model, quality, backend, modelUrl, modelIntegrity, modelCache, assets }, signal), signal);
  } catch (error) {
    signal.throwIfAborted();
    throw toVirtualBackgroundError(error, 'model-load-failed', `model '${model}' could not be loaded`);
  }
}

/** A host may notice the abort late, when it waits for a lost context for example. */
function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const handleAbort = (): void => reject(toVirtualBackgroundError(signal.reason, 'aborted', 'The load was ended'));
    signal.addEventListener('abort', handleAbort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', handleAbort));
  });
}

/**
 * The second place's failure is the one to report, unless there is no such place: then another model may still load in
 * the first one.
 */
function clearerFailure(first: unknown, second: unknown): unknown {
  return second instanceof VirtualBackgroundError && second.code === 'worker-unavailable' ? first : second;
}
