import type { FrameSource } from '../capture/frame-source';
import { VirtualBackgroundError, createAbortError, deserializeError, toVirtualBackgroundError } from '../errors';
import { OutgoingStream, type HolderSettings } from '../output/outgoing-stream';
import type { EngineState, ProgressDetail, SourceSettings } from '../types';
import { BackgroundPlayer } from './background/background-player';
import { Effort } from './quality/effort';
import { openHost } from '../pipeline/hosts/create-host';
import type { PipelineHost } from '../pipeline/hosts/host';
import { NewestWork } from './latest';
import type { PipelineEvent, PipelineSettings, PipelineStats, SnapshotFormat } from '../pipeline/messages';
import type { LoadedModel } from './model/model-loader';
import { ModelSlot } from './model/model-slot';
import { toPipelineSettings } from './pipeline-settings';
import { requireRoom, type Place } from './place';
import { ProgressReporter } from './progress';
import type { QualityStep } from './quality/quality-controller';
import { SavingsWatch } from './savings';
import { CAMERA_KEYS, MODEL_KEYS, PICTURE_KEYS, type EngineSettings } from './settings';
import { SourceSlot } from './source-slot';

export interface RunCallbacks {
  onState(state: EngineState): void;
  onProgress(progress: ProgressDetail | null): void;
  onWarning(warning: VirtualBackgroundError): void;
  /** A change could not be made; what ran goes on. */
  onError(error: VirtualBackgroundError): void;
  /** The run cannot go on; its owner disposes it. */
  onFatal(error: VirtualBackgroundError): void;
  onStats(stats: PipelineStats): void;
  /** Frames come from the newly opened source from now on. */
  onSourceChange(): void;
  /** The system's own blur went on or off, or another source came. */
  onSystemBlur(): void;
  onQualityStep(step: QualityStep): void;
  /** Whoever held the stream's track stopped it, and nobody asked for the stream again for a while. */
  onAbandoned(): void;
}

export interface RunOptions {
  place: Place;
  /** When the source ends: wait for another one instead of failing. */
  outlivesSource: boolean;
  /** What the holder of the last run's track had set on it. */
  held: HolderSettings | null;
}

/** `stop()` on a track fires no event, nor does `enabled`, so tracks are looked at: a disabled one gives black frames at once. */
const WATCH_MS = 100;
/** How long a page that heard of the source's end may take to name another one, before the outgoing track ends. */
const LOSS_MS = 2000;

/** Everything that lives from one start to one stop. Owns the host, the model, the source and the background. */
export class Run {
  /** Of the run's own: lives whatever becomes of the one that was handed out. Null until there is a host. */
  previewStream: MediaStream | null = null;
  readonly #callbacks: RunCallbacks;
  readonly #abort = new AbortController();
  readonly #place: Place;
  readonly #maskChannel = new MessageChannel();
  /** Null until the browser has said where it draws. */
  #host: PipelineHost | null = null;
  /** What the host is told as soon as it is there. */
  #untold: ((host: PipelineHost) => void)[] = [];
  #announceHost: (host: PipelineHost) => void = () => undefined;
  readonly #source: SourceSlot;
  readonly #model: ModelSlot;
  readonly #background: BackgroundPlayer;
  readonly #progress: ProgressReporter;
  readonly #savings: SavingsWatch;
  #settings: EngineSettings;
  readonly #effort: Effort;
  readonly #loaded = new NewestWork();
  readonly #opened = new NewestWork();
  readonly #held: HolderSettings | null;
  /** Null until there is a host. */
  #outgoing: OutgoingStream | null = null;
  readonly #outlivesSource: boolean;
  readonly #watch: ReturnType<typeof setInterval>;
  #state: EngineState = 'opening';
  /** What is missing for the picture; then the state is `interrupted`. */
  readonly #interruptions = new Set<'source' | 'frames' | 'person'>();
  /** Runs while the source is lost and the page may name another one. */
  #lossTimer: ReturnType<typeof setInterval> | undefined;
  #announceDrawn: () => void = () => undefined;
  #hasShown = false;

  constructor(settings: EngineSettings, callbacks: RunCallbacks, { place, outlivesSource, held }: RunOptions) {
    this.#settings = settings;
    this.#place = place;
    this.#held = held;
    this.#callbacks = callbacks;
    this.#outlivesSource = outlivesSource;
    this.#progress = new ProgressReporter((progress) => callbacks.onProgress(progress));
    this.#savings = new SavingsWatch(() => this.#handleSavings());
    this.#abort.signal.addEventListener('abort', () => this.#savings.release());
    this.#source = new SourceSlot({
      signal: this.#abort.signal,
      onOpen: (source) => this.#takeSource(source),
      onChange: () => callbacks.onSourceChange(),
      onPrompt: () => this.#progress.beginCamera(),
      onSystemBlur: () => callbacks.onSystemBlur(),
      onWarning: (warning) => callbacks.onWarning(warning),
      onEnded: () => this.#handleSourceEnded(),
      onFollow: (opened) => this.#change(this.#opened, opened, ['opening']),
      onStall: (isStalled) => this.#interrupt('frames', isStalled),
      onHidden: (isHidden) => this.#tellHost((host) => host.hideSource(isHidden)),
      onNoPicture: (error, hasGivenFrames) => this.#handleNoPicture(error, hasGivenFrames),
    });
    this.#background = new BackgroundPlayer({
      signal: this.#abort.signal,
      host: new Promise((resolve) => {
        this.#announceHost = resolve;
      }),
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
    this.#configureEffort(null);
    this.#watch = setInterval(() => this.#watchTracks(), WATCH_MS);
    this.#model = new ModelSlot({
      signal: this.#abort.signal,
      maskPort: this.#maskChannel.port2,
      host: { connectSegmentation: (port) => this.#tellHost((host) => host.connectSegmentation(port)) },
      sharesContext: place.sharesContext,
      memory: place.memory,
      onProgress: (progress) => this.#progress.noteModel(progress),
      onWarning: (warning) => callbacks.onWarning(warning),
      onChange: () => this.#followModel(),
      onCrash: (error) => callbacks.onError(error),
    });
  }

  /** The stream to hand out, with a live track in it again if its holder stopped the last one; null before there is a host. */
  takeStream(): MediaStream | null {
    this.#outgoing?.renew();
    return this.#outgoing?.stream ?? null;
  }

  /** Stops the handed-out track as its holder would. */
  release(): void {
    this.#outgoing?.release();
  }

  /** What the holder of the stream's track has set on it. */
  get held(): HolderSettings | null {
    return this.#outgoing?.held ?? this.#held;
  }

  get sourceSettings(): SourceSettings | null {
    return this.#source.current;
  }

  get hostKind(): PipelineHost['kind'] | null {
    return this.#host?.kind ?? null;
  }

  get hasFailedSource(): boolean {
    return this.#source.hasFailed;
  }

  /** What segments at present. */
  get model(): LoadedModel | null {
    return this.#model.model;
  }

  get effort(): Pick<Effort, 'settings' | 'levelName'> {
    return this.#effort;
  }

  /**
   * Opens the source and the host and loads the model side by side; resolves when the first frame that may be shown went
   * out.
   *
   * @throws VirtualBackgroundError
   */
  async start(): Promise<void> {
    const drawn = new Promise<void>((resolve) => {
      this.#announceDrawn = resolve;
    });
    if (this.#place.renderer) this.#loaded.begin(this.#loadModel());
    this.#opened.begin(this.#source.change(this.#settings));
    const background = this.#background.begin(this.#settings.background);
    const [{ host, outgoing }] = await Promise.all([this.#openHost(), this.#opened.settled()]);
    this.#setState('loading');
    await Promise.all([background, drawn, this.#background.kind.kind === 'none' ? undefined : this.#loaded.settled()]);
    await outgoing.settle(() => host.drawnSize, this.#abort.signal);
    this.#abort.signal.throwIfAborted();
    this.#setState('running');
    // The curtain may have come down again while something else was waited for.
    if (this.#interruptions.size > 0) this.#setState('interrupted');
    this.#report(this.#loaded.settled());
  }

  /** @throws VirtualBackgroundError `webgl2-unavailable`, `shader-failed`, `output-unsupported`, `canvas-read-blocked`, `aborted` */
  async #openHost(): Promise<{ host: PipelineHost; outgoing: OutgoingStream }> {
    const { renderer, sharesContext, drawsInWorker } = this.#place;
    const { signal } = this.#abort;
    const host = await openHost({
      inWorker: drawsInWorker,
      signal,
      settings: this.#pipelineSettings(),
      maskPort: this.#maskChannel.port1,
      frameRate: this.#settings.frameRate,
      sharesContext,
      hasWebgl2: renderer !== null,
      onEvent: (event) => this.#handlePipelineEvent(event),
      onWarning: (warning) => this.#callbacks.onWarning(warning),
    });
    if (signal.aborted) host.dispose();
    signal.throwIfAborted();
    this.#host = host;
    const outgoing = (this.#outgoing = new OutgoingStream(host.track, this.#held));
    this.previewStream = new MediaStream([host.track]);
    // What was set meanwhile.
    this.#configure();
    for (const tell of this.#untold.splice(0)) tell(host);
    this.#announceHost(host);
    return { host, outgoing };
  }

  #tellHost(tell: (host: PipelineHost) => void): void {
    if (this.#host) tell(this.#host);
    else this.#untold.push(tell);
  }

  /** Whether the system blurs the camera's background by itself, and whether that can be ended from here. */
  get systemBlur(): Pick<SourceSlot, 'systemBlur' | 'canSwitchSystemBlurOff' | 'switchSystemBlurOff'> {
    return this.#source;
  }

  /** What the stream shows; null when nothing can be drawn. */
  snapshot(format: SnapshotFormat): Promise<Blob | null> {
    return this.#host?.snapshot(format) ?? Promise.resolve(null);
  }

  /**
   * Takes over changed settings; failures are reported and change nothing.
   *
   * @param named what was set, be it to what it was: a source that could not be had is asked for again
   */
  apply(settings: EngineSettings, named: readonly (keyof EngineSettings)[]): void {
    const before = this.#settings;
    this.#settings = settings;
    const changed = (keys: readonly (keyof EngineSettings)[]): boolean => keys.some((key) => settings[key] !== before[key]);
    if (changed(['background'])) this.#changeBackground();
    else if (changed(['backgroundFit'])) this.#configure();
    if (changed(PICTURE_KEYS)) this.#configure();
    // What the start still waits for, it tells the failure of itself.
    if (changed(MODEL_KEYS) && this.#place.renderer) this.#change(this.#loaded, this.#loadModel(), ['opening', 'loading']);
    const isRetry = named.includes('source') && (this.hasFailedSource || this.#interruptions.has('source'));
    const isCamera = settings.source === 'camera';
    if (isRetry || changed(['source']) || (isCamera && changed(CAMERA_KEYS))) this.#change(this.#opened, this.#source.change(settings, before), ['opening']);
    // The page may have put something else into it.
    else if (named.includes('source')) this.#source.inspect();
  }

  #changeBackground(): void {
    const { background } = this.#settings;
    try {
      if (!this.#place.renderer) requireRoom(background);
    } catch (error) {
      this.#callbacks.onError(toVirtualBackgroundError(error, 'internal', 'The background could not be changed'));
    }
    void this.#background.show(background);
  }

  #change(kind: NewestWork, work: Promise<void>, awaitedIn: readonly EngineState[]): void {
    kind.begin(work);
    if (!awaitedIn.includes(this.#state)) this.#report(work);
  }

  /** Opens a source that was lost, unless the page has named another one already. @returns null where none is lost */
  recoverSource(): Promise<void> | null {
    if (this.#lossTimer === undefined) return null;
    if (!this.#source.isChanging) this.#change(this.#opened, this.#source.change(this.#settings), []);
    return this.#opened.settled();
  }

  /** Ends everything at once. Safe to call twice. */
  dispose(): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort(createAbortError());
    clearInterval(this.#watch);
    clearInterval(this.#lossTimer);
    this.#progress.end();
    this.#outgoing?.end();
    this.#source.release();
    this.#model.dispose();
    this.#host?.dispose();
  }

  /** Tells the holder of the stream's track that it ended with the run; comes last, since a listener may start again. */
  tellEnded(): void {
    this.#outgoing?.tellEnded();
  }

  #watchTracks(): void {
    this.#source.inspect();
    this.#outgoing?.setContentHint(this.#source.contentHint);
    if (this.#outgoing?.isAbandoned()) this.#callbacks.onAbandoned();
  }

  #pipelineSettings(): PipelineSettings {
    return toPipelineSettings(this.#settings, this.#background.kind, this.#effort.settings);
  }

  #configure(): void {
    this.#host?.configure(this.#pipelineSettings());
  }

  #setState(state: EngineState): void {
    if (this.#abort.signal.aborted || state === this.#state) return;
    this.#state = state;
    this.#callbacks.onState(state);
  }

  #interrupt(want: 'source' | 'frames' | 'person', isMissing: boolean): void {
    if (isMissing) this.#interruptions.add(want);
    else this.#interruptions.delete(want);
    if (this.#state === 'running' || this.#state === 'interrupted') this.#setState(this.#interruptions.size > 0 ? 'interrupted' : 'running');
  }

  #report(work: Promise<void>): void {
    work.catch((error: unknown) => {
      const failure = toVirtualBackgroundError(error, 'internal', 'The change could not be made');
      if (failure.code !== 'aborted' && !this.#abort.signal.aborted) this.#callbacks.onError(failure);
    });
  }

  async #loadModel(): Promise<void> {
    const endProgress = this.#progress.beginModel();
    try {
      await this.#model.load(this.#settings, this.#savings.active);
    } finally {
      endProgress();
    }
  }

  #takeSource(source: FrameSource): void {
    this.#tellHost((host) => host.setSource(source));
    this.#effort.reset();
    clearInterval(this.#lossTimer);
    this.#lossTimer = undefined;
    this.#interrupt('source', false);
  }

  /** The page hears of it first: what it names then goes on in the same track. */
  #handleSourceEnded(): void {
    this.#interrupt('source', true);
    if (this.#outlivesSource || this.#lossTimer !== undefined) return;
    const error = new VirtualBackgroundError('source-ended', 'The camera or the shared screen ended (unplugged, or stopped by its permission): start again');
    if (this.#isStarting) return this.#callbacks.onFatal(error);
    this.#lossTimer = setInterval(() => {
      if (!this.#source.isChanging) this.#callbacks.onFatal(error);
    }, LOSS_MS);
    this.#callbacks.onError(error);
  }

  #handleNoPicture(error: VirtualBackgroundError, hasGivenFrames: boolean): void {
    if (this.#isStarting) this.#callbacks.onFatal(error);
    else if (!hasGivenFrames) this.#callbacks.onError(error);
  }

  get #isStarting(): boolean {
    return this.#state === 'opening' || this.#state === 'loading';
  }

  /** The effort follows at once; the network stays, since another one would have to be fetched. */
  #handleSavings(): void {
    if (this.#settings.quality === 'auto') this.#followModel();
  }

  #followModel(): void {
    this.#configureEffort();
    this.#configure();
  }

  #configureEffort(model = this.#model.model): void {
    this.#effort.configure({ quality: this.#settings.quality, model, softwareGl: this.#place.renderer?.software ?? true, saving: this.#savings.active });
  }

  #handleStats(stats: PipelineStats, sentMs: number): void {
    this.#callbacks.onStats(stats);
    // Starting up and waiting for masks say nothing about the load to come; a hidden page has nobody to please.
    if (this.#state !== 'running' || document.hidden) return this.#effort.reset();
    // From a worker, the message's own delay tells how late the page's thread is.
    const delayMs = this.hostKind === 'worker' ? performance.timeOrigin + performance.now() - sentMs : null;
    if (this.#effort.update(stats, this.#settings.frameRate, delayMs)) this.#configure();
  }

  /** A network that is fetched for pictures of this shape alone: without it the first mask would never come. */
  #handleWarning(error: VirtualBackgroundError): void {
    if (error.code === 'autoplay-refused') this.#source.noteRefused();
    if (error.code === 'model-load-failed' && !this.#hasShown) this.#callbacks.onFatal(error);
    else this.#callbacks.onWarning(error);
  }

  #handlePipelineEvent(event: PipelineEvent): void {
    if (this.#abort.signal.aborted) return;
    switch (event.type) {
      case 'drawn':
        // Of a source that the page has disabled, the curtain is all there is to be seen.
        this.#hasShown ||= event.as !== 'curtain' || this.#source.isDisabled;
        if (this.#hasShown) this.#announceDrawn();
        this.#interrupt('person', event.as === 'curtain');
        return;
      case 'stats':
        return this.#handleStats(event.stats, event.sentMs);
      case 'warning':
        return this.#handleWarning(deserializeError(event.error));
      case 'silence':
        return this.#source.noteSilence(event.isSilent);
      case 'context-lost':
        this.#callbacks.onWarning(new VirtualBackgroundError('webgl-context-lost', 'The GPU took the context away; waiting for it to come back'));
        this.#interrupt('person', true);
        return;
      case 'context-restored':
        this.#tellHost((host) => this.#background.refresh(host));
        return;
      case 'failed':
        // The network may be what the context could not stand.
        if (this.model?.place === 'sharedContext') this.#model.forgetPlace();
        this.#callbacks.onFatal(deserializeError(event.error));
    }
  }
}
