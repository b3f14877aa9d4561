import { openSource, type FrameSource } from '../capture/frame-source';
import { VirtualBackgroundError, createAbortError, deserializeError, toVirtualBackgroundError } from '../errors';
import type { DrawnAs } from '../gl/compositor';
import { probeRenderer } from '../gl/renderer';
import { SegmentationClient } from '../segmentation/segmentation-client';
import type { EngineState, ModelProgress } from '../types';
import { withFit } from './background';
import { recallBackend } from './backend-memory';
import { BackgroundPlayer } from './background-player';
import { Effort } from './effort';
import { createHost } from './hosts/create-host';
import type { PipelineHost } from './hosts/host';
import { Latest, NewestWork } from './latest';
import type { PipelineEvent, PipelineSettings, PipelineStats } from './messages';
import { loadModel, type LoadedModel, type ModelHost, type ModelHosts } from './model-loader';
import type { QualityStep } from './quality-controller';
import type { EngineSettings } from './settings';

export interface RunCallbacks {
  onState(state: EngineState): void;
  onProgress(progress: ModelProgress | null): void;
  onWarning(warning: VirtualBackgroundError): void;
  /** A change could not be made; what ran goes on. */
  onError(error: VirtualBackgroundError): void;
  /** The run cannot go on; its owner disposes it. */
  onFatal(error: VirtualBackgroundError): void;
  onStats(stats: PipelineStats): void;
  /** Frames come from the newly opened source from now on. */
  onSourceChange(): void;
  onQualityStep(step: QualityStep): void;
}

const CAMERA_KEYS = ['deviceId', 'facingMode', 'width', 'height', 'frameRate'] as const;
const MODEL_KEYS = ['model', 'modelUrl', 'modelFallback', 'quality'] as const;

/** Everything that lives from one start to one stop. Owns the host, the model, the source and the background. */
export class Run {
  readonly stream: MediaStream;
  readonly #callbacks: RunCallbacks;
  readonly #abort = new AbortController();
  readonly #host: PipelineHost;
  readonly #maskPort: MessagePort;
  readonly #modelHosts: ModelHosts;
  #segmentation: SegmentationClient | null = null;
  readonly #sourceWork = new Latest(this.#abort.signal);
  readonly #modelWork = new Latest(this.#abort.signal);
  readonly #background: BackgroundPlayer;
  #settings: EngineSettings;
  #source: FrameSource | null = null;
  #loadedModel: LoadedModel | null = null;
  readonly #effort: Effort;
  readonly #model = new NewestWork();
  readonly #opened = new NewestWork();
  #state: EngineState = 'opening';
  #lastDrawn: DrawnAs | null = null;
  #announceDrawn: () => void = () => undefined;

  /** @throws VirtualBackgroundError `webgl2-unavailable`, `shader-failed`, `output-unsupported` */
  constructor(settings: EngineSettings, callbacks: RunCallbacks) {
    this.#settings = settings;
    this.#callbacks = callbacks;
    this.#background = new BackgroundPlayer({
      signal: this.#abort.signal,
      initial: settings.background,
      frameRate: settings.frameRate,
      onChange: () => this.#configure(),
      onError: (error) => callbacks.onError(error),
    });
    this.#effort = new Effort({
      onStep: (step) => callbacks.onQualityStep(step),
      onOverload: (reason) => {
        const message = `quality '${this.#settings.quality}' is more than this machine can do: ${reason}`;
        callbacks.onWarning(new VirtualBackgroundError('overloaded', message));
      },
    });
    this.#configureEffort();
    const channel = new MessageChannel();
    this.#maskPort = channel.port2;
    const sharesContext = mayShareContext(settings);
    this.#host = createHost(settings.host, {
      settings: this.#pipelineSettings(),
      maskPort: channel.port1,
      frameRate: settings.frameRate,
      sharesContext,
      onEvent: (event) => this.#handlePipelineEvent(event),
    });
    this.stream = new MediaStream([this.#host.track]);
    this.#modelHosts = {
      worker: { load: (request) => this.#segmentationClient().load(request), unload: () => this.#segmentation?.unload() },
      sharedContext: sharesContext ? this.#sharedContextHost() : null,
    };
  }

  get hostKind(): PipelineHost['kind'] {
    return this.#host.kind;
  }

  /** What segments at present. */
  get model(): LoadedModel | null {
    return this.#loadedModel;
  }

  get effort(): Pick<Effort, 'settings' | 'levelName'> {
    return this.#effort;
  }

  /**
   * Opens the source and loads the model side by side; resolves when the first frame that may be shown went out.
   *
   * @throws VirtualBackgroundError
   */
  async start(): Promise<void> {
    const drawn = new Promise<void>((resolve) => {
      this.#announceDrawn = resolve;
    });
    this.#model.begin(this.#loadModel());
    this.#opened.begin(this.#changeSource());
    const background = this.#background.show(this.#settings.background, this.#host);
    await this.#opened.settled();
    this.#setState('loading');
    await Promise.all([background, drawn, this.#background.kind.kind === 'none' ? undefined : this.#model.settled()]);
    this.#abort.signal.throwIfAborted();
    this.#setState('running');
    // The curtain may have come down again while something else was waited for.
    if (this.#lastDrawn === 'curtain') this.#setState('interrupted');
    this.#report(this.#model.settled());
  }

  /** Takes over changed settings; failures are reported and change nothing. */
  apply(settings: EngineSettings): void {
    const before = this.#settings;
    this.#settings = settings;
    const changed = (keys: readonly (keyof EngineSettings)[]): boolean => keys.some((key) => settings[key] !== before[key]);
    if (changed(['background'])) void this.#background.show(settings.background, this.#host);
    else if (changed(['backgroundFit'])) this.#configure();
    // What the start still waits for, it tells the failure of itself.
    if (changed(MODEL_KEYS)) this.#change(this.#model, this.#loadModel(), ['opening', 'loading']);
    const isCamera = settings.source === 'camera';
    if (changed(['source']) || (isCamera && changed(CAMERA_KEYS))) this.#change(this.#opened, this.#changeSource(before), ['opening']);
  }

  #change(kind: NewestWork, work: Promise<void>, awaitedIn: readonly EngineState[]): void {
    kind.begin(work);
    if (!awaitedIn.includes(this.#state)) this.#report(work);
  }

  /** Ends everything at once. Safe to call twice. */
  dispose(): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort(createAbortError());
    this.#source?.track?.removeEventListener('ended', this.#handleSourceEnded);
    this.#source?.release();
    this.#segmentation?.dispose();
    this.#maskPort.close();
    this.#host.dispose();
  }

  /** Made when first needed: a network in the pipeline's own context needs no worker. */
  #segmentationClient(): SegmentationClient {
    if (this.#segmentation) return this.#segmentation;
    this.#segmentation = new SegmentationClient({
      onProgress: (progress) => this.#callbacks.onProgress(progress),
      onWarning: (warning) => this.#callbacks.onWarning(warning),
      onCrash: (error) => this.#callbacks.onError(error),
    });
    this.#segmentation.connect(this.#maskPort);
    return this.#segmentation;
  }

  #sharedContextHost(): ModelHost {
    return {
      load: (request) =>
        this.#host.loadModel(request, {
          onProgress: (fraction) => this.#callbacks.onProgress({ model: request.model, fraction }),
          onWarning: (warning) => this.#callbacks.onWarning(warning),
        }),
      unload: () => this.#host.unloadModel(),
    };
  }

  #pipelineSettings(): PipelineSettings {
    return { background: withFit(this.#background.kind, this.#settings.backgroundFit), ...this.#effort.settings };
  }

  #configure(): void {
    this.#host.configure(this.#pipelineSettings());
  }

  #setState(state: EngineState): void {
    if (this.#abort.signal.aborted || state === this.#state) return;
    this.#state = state;
    this.#callbacks.onState(state);
  }

  #report(work: Promise<void>): void {
    work.catch((error: unknown) => {
      const failure = toVirtualBackgroundError(error, 'internal', 'The change could not be made');
      if (failure.code !== 'aborted' && !this.#abort.signal.aborted) this.#callbacks.onError(failure);
    });
  }

  async #loadModel(): Promise<void> {
    const signal = this.#modelWork.begin(createAbortError());
    try {
      const model = await loadModel({
        hosts: this.#modelHosts,
        settings: this.#settings,
        signal,
        onWarning: (warning) => this.#callbacks.onWarning(warning),
      });
      signal.throwIfAborted();
      this.#loadedModel = model;
      this.#configureEffort();
      this.#configure();
    } finally {
      if (!signal.aborted) this.#callbacks.onProgress(null);
    }
  }

  async #changeSource(before?: EngineSettings): Promise<void> {
    const signal = this.#sourceWork.begin(createAbortError());
    if (before && (await this.#adjustCamera(before))) return;
    const source = await openSource(this.#settings.source, this.#settings, signal);
    if (signal.aborted) source.release();
    signal.throwIfAborted();
    try {
      this.#host.setSource(source);
    } catch (error) {
      source.release();
      throw error;
    }
    const previous = this.#source;
    previous?.track?.removeEventListener('ended', this.#handleSourceEnded);
    this.#source = source;
    source.track?.addEventListener('ended', this.#handleSourceEnded);
    this.#effort.reset();
    previous?.release();
    this.#callbacks.onSourceChange();
  }

  /** A running camera takes another size or rate without being opened again. */
  async #adjustCamera(before: EngineSettings): Promise<boolean> {
    const { source, deviceId, facingMode, width, height, frameRate } = this.#settings;
    const sameDevice = source === before.source && deviceId === before.deviceId && facingMode === before.facingMode;
    const track = this.#source?.track;
    if (!sameDevice || source !== 'camera' || !track) return false;
    try {
      await track.applyConstraints({ width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: frameRate } });
    } catch (error) {
      throw new VirtualBackgroundError('camera-constraints', 'width, height or frame-rate could not be changed on the running camera', { cause: error });
    }
    return true;
  }

  readonly #handleSourceEnded = (): void => {
    this.#callbacks.onFatal(
      new VirtualBackgroundError('source-ended', 'The camera or the shared screen ended (unplugged, or stopped by its permission): start again'),
    );
  };

  #configureEffort(): void {
    this.#effort.configure({ quality: this.#settings.quality, model: this.#loadedModel, softwareGl: probeRenderer()?.software ?? true });
  }

  #handleStats(stats: PipelineStats, sentMs: number): void {
    this.#callbacks.onStats(stats);
    // Starting up and waiting for masks say nothing about the load to come; a hidden page has nobody to please.
    if (this.#state !== 'running' || document.hidden) return this.#effort.reset();
    // From a worker, the message's own delay tells how late the page's thread is.
    const delayMs = this.#host.kind === 'worker' ? performance.timeOrigin + performance.now() - sentMs : null;
    if (this.#effort.update(stats, this.#settings.frameRate, delayMs)) this.#configure();
  }

  #handlePipelineEvent(event: PipelineEvent): void {
    if (this.#abort.signal.aborted) return;
    switch (event.type) {
      case 'drawn':
        this.#lastDrawn = event.as;
        if (event.as !== 'curtain') this.#announceDrawn();
        if (this.#state === 'running' && event.as === 'curtain') this.#setState('interrupted');
        else if (this.#state === 'interrupted' && event.as !== 'curtain') this.#setState('running');
        return;
      case 'stats':
        this.#handleStats(event.stats, event.sentMs);
        return;
      case 'warning':
        this.#callbacks.onWarning(deserializeError(event.error));
        return;
      case 'context-lost':
        this.#callbacks.onWarning(new VirtualBackgroundError('webgl-context-lost', 'The GPU took the context away; waiting for it to come back'));
        if (this.#state === 'running') this.#setState('interrupted');
        return;
      case 'context-restored':
        return;
      case 'failed':
        this.#callbacks.onFatal(deserializeError(event.error));
    }
  }
}

/** Whether a network in the pipeline's own GPU context is wanted, or may be the better one. */
function mayShareContext({ backend }: EngineSettings): boolean {
  if (backend !== 'auto') return backend === 'webgl';
  if (recallBackend() === 'wasm') return false;
  const renderer = probeRenderer();
  return renderer !== null && !renderer.software;
}
