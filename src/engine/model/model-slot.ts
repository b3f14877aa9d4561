import { VirtualBackgroundError, createAbortError, toVirtualBackgroundError } from '../../errors';
import type { Renderer } from '../../gl/renderer';
import { SegmentationClient, connectToPipeline, disconnectFromPipeline } from '../../segmentation/segmentation-client';
import { openDrawingThread, openSegmentationWorker, type SegmentationThread } from '../../segmentation/segmentation-thread';
import type { BackendSetting, ModelName, ProgressDetail } from '../../types';
import type { BackendMemory } from './backend-memory';
import type { PipelineHost } from '../../pipeline/hosts/host';
import { Latest } from '../latest';
import { loadModel, type LoadedModel, type ModelHosts } from './model-loader';
import type { EngineSettings } from '../settings';

export interface ModelSlotOptions {
  signal: AbortSignal;
  /** The end of the pipeline's mask channel that names the worker; the slot takes ownership. */
  maskPort: MessagePort;
  host: Pick<PipelineHost, 'connectSegmentation'>;
  /** Whether the host can run networks in its own GPU context. */
  sharesContext: boolean;
  memory: BackendMemory;
  onProgress(progress: ProgressDetail): void;
  onWarning(warning: VirtualBackgroundError): void;
  /** {@link ModelSlot.model} is another one. */
  onChange(): void;
  /** The worker broke and could not be replaced; masks stop coming. */
  onCrash(error: VirtualBackgroundError): void;
}

/** The network of a run: the one in use, and the one that is being loaded to take its place. Owns both. */
export class ModelSlot {
  readonly #options: ModelSlotOptions;
  readonly #work: Latest;
  readonly #hosts: ModelHosts;
  #worker: SegmentationClient | null = null;
  #context: SegmentationClient | null = null;
  #model: LoadedModel | null = null;
  /** The setting is read at the start of a run; the pipeline was made for it. */
  #backend: BackendSetting | null = null;
  /** Settles when the last load has ended and freed what it left in the other place. */
  #ended: Promise<unknown> = Promise.resolve();

  constructor(options: ModelSlotOptions) {
    this.#options = options;
    this.#work = new Latest(options.signal);
    this.#hosts = {
      worker: { load: (request, signal) => (this.#worker ??= this.#openWorker()).load(request, signal), unload: () => this.#worker?.unload() },
      sharedContext: options.sharesContext
        ? { load: (request, signal) => (this.#context ??= this.#openContext()).load(request, signal), unload: () => this.#context?.unload() }
        : null,
    };
  }

  /** What segments at present. */
  get model(): LoadedModel | null {
    return this.#model;
  }

  /**
   * Loads what the settings name; a newer call ends an older one, and what that fetches. The first load resolves with the
   * network of {@link firstModel}; the one that the settings name takes over later, as in any other change.
   *
   * @param saving data or power are to be saved
   * @throws VirtualBackgroundError `model-load-failed`, `worker-unavailable`, `aborted`
   */
  async load(settings: EngineSettings, saving: boolean): Promise<void> {
    const model = firstModel(settings);
    const isFirst = this.#model === null && model !== settings.model;
    if (!isFirst || !(await this.#loadStandIn({ ...settings, model }, saving))) return this.#begin(settings, saving);
    this.#begin(settings, saving).catch((error: unknown) => {
      const failure = toVirtualBackgroundError(error, 'model-load-failed', `model '${settings.model}' could not be loaded`);
      if (failure.code !== 'aborted') this.#options.onCrash(failure);
    });
  }

  /** @returns false where the bundled network is missing: then the start waits for the other one */
  async #loadStandIn(settings: EngineSettings, saving: boolean): Promise<boolean> {
    try {
      await this.#begin(settings, saving);
      return true;
    } catch (error) {
      if (error instanceof VirtualBackgroundError && error.code === 'model-load-failed') return false;
      throw error;
    }
  }

  #begin(settings: EngineSettings, saving: boolean): Promise<void> {
    const signal = this.#work.begin(createAbortError());
    // The aborted load unloads what it loaded, which must not be what this one loads. An abort ends it at once.
    const load = this.#ended.then(() => this.#load(settings, saving, signal));
    this.#ended = load.catch(() => undefined);
    return load;
  }

  /** The network stopped working where it runs: the next start compares again. */
  forgetPlace(): void {
    if (this.#model) this.#options.memory.forget(this.#model.spec.model);
  }

  dispose(): void {
    this.#worker?.dispose();
    this.#context?.dispose();
    this.#options.maskPort.close();
  }

  async #load(settings: EngineSettings, saving: boolean, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { memory, onWarning } = this.#options;
    const backend = (this.#backend ??= settings.backend);
    const current = this.#model?.place ?? null;
    // Kept even if it was superseded in the last moment, because it is what runs now.
    this.#model = await loadModel({ hosts: this.#hosts, settings: { ...settings, backend }, saving, current, memory, signal, onWarning });
    this.#options.onChange();
    signal.throwIfAborted();
  }

  /** Made when first needed: a network in the pipeline's own context needs no worker. */
  #openWorker(): SegmentationClient {
    const { maskPort, onProgress, onWarning, onCrash } = this.#options;
    const onThread = (thread: SegmentationThread): void => connectToPipeline(thread, maskPort);
    return new SegmentationClient({
      open: openSegmentationWorker(onWarning),
      place: 'The segmentation worker',
      onThread,
      onProgress,
      onWarning,
      onGone: () => disconnectFromPipeline(maskPort),
      // An idle worker that breaks takes no masks away.
      onCrash: (error) => {
        if (this.#model?.place === 'sharedContext') return;
        this.forgetPlace();
        onCrash(error);
      },
    });
  }

  #openContext(): SegmentationClient {
    const { host, onProgress, onWarning, onCrash } = this.#options;
    const open = openDrawingThread((port) => host.connectSegmentation(port));
    return new SegmentationClient({
      open,
      place: 'The network in the GPU context',
      onProgress,
      onWarning,
      onCrash: (error) => {
        if (this.#model?.place === 'worker') return;
        this.forgetPlace();
        onCrash(error);
      },
    });
  }
}

/**
 * The network that a run starts with: no start waits for BodyPix where the bundled network may stand in for it. BodyPix
 * then takes over as any other change of the model does.
 */
export function firstModel({ model, modelFallback }: Pick<EngineSettings, 'model' | 'modelFallback'>): ModelName {
  return modelFallback === 'none' ? model : modelFallback;
}

/**
 * Whether a network in the pipeline's own GPU context is wanted, or may be the better one.
 *
 * @param model the network that the run starts with: the next ones run where that one does
 * @param renderer what draws WebGL2, null = nothing does
 */
export function mayShareContext({ backend, model }: Pick<EngineSettings, 'backend' | 'model'>, renderer: Renderer | null, memory: BackendMemory): boolean {
  if (backend !== 'auto') return backend === 'webgl';
  // Where the processor draws, it runs networks faster as WASM.
  return renderer !== null && !renderer.software && memory.recall(model) !== 'wasm';
}
