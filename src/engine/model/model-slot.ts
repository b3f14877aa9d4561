import { createAbortError, type VirtualBackgroundError } from '../../errors';
import { probeRenderer } from '../../gl/renderer';
import { SegmentationClient, connectToPipeline } from '../../segmentation/segmentation-client';
import { openDrawingThread, openSegmentationWorker, type SegmentationThread } from '../../segmentation/segmentation-thread';
import type { ProgressDetail } from '../../types';
import { recallBackend } from './backend-memory';
import type { PipelineHost } from '../../pipeline/hosts/host';
import { Latest } from '../latest';
import { loadModel, type LoadedModel, type ModelHosts } from './model-loader';
import type { EngineSettings } from '../settings';

export interface ModelSlotOptions {
  signal: AbortSignal;
  /** The end of the pipeline's mask channel that names the worker; the slot takes ownership. */
  maskPort: MessagePort;
  host: PipelineHost;
  /** Whether the host can run networks in its own GPU context. */
  sharesContext: boolean;
  onProgress(progress: ProgressDetail): void;
  onWarning(warning: VirtualBackgroundError): void;
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
   * Loads what the settings name; a newer call ends an older one, and what that fetches.
   *
   * @param saving data or power are to be saved
   * @throws VirtualBackgroundError `model-load-failed`, `worker-unavailable`, `aborted`
   */
  async load(settings: EngineSettings, saving: boolean): Promise<void> {
    const signal = this.#work.begin(createAbortError());
    const model = await loadModel({ hosts: this.#hosts, settings, saving, signal, onWarning: (warning) => this.#options.onWarning(warning) });
    signal.throwIfAborted();
    this.#model = model;
  }

  dispose(): void {
    this.#worker?.dispose();
    this.#context?.dispose();
    this.#options.maskPort.close();
  }

  /** Made when first needed: a network in the pipeline's own context needs no worker. */
  #openWorker(): SegmentationClient {
    const { maskPort, onProgress, onWarning, onCrash } = this.#options;
    const onThread = (thread: SegmentationThread): void => connectToPipeline(thread, maskPort);
    return new SegmentationClient({ open: openSegmentationWorker, place: 'The segmentation worker', onThread, onProgress, onWarning, onCrash });
  }

  #openContext(): SegmentationClient {
    const { host, onProgress, onWarning, onCrash } = this.#options;
    const open = openDrawingThread((port) => host.connectSegmentation(port));
    return new SegmentationClient({ open, place: 'The network in the GPU context', onProgress, onWarning, onCrash });
  }
}

/** Whether a network in the pipeline's own GPU context is wanted, or may be the better one. */
export function mayShareContext({ backend }: EngineSettings): boolean {
  if (backend !== 'auto') return backend === 'webgl';
  if (recallBackend() === 'wasm') return false;
  const renderer = probeRenderer();
  return renderer !== null && !renderer.software;
}
