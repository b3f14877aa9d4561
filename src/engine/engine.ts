import { VirtualBackgroundError, createAbortError, toVirtualBackgroundError } from '../errors';
import { forbidBlobWorkers } from '../open-worker';
import type { HolderSettings } from '../output/outgoing-stream';
import type { EngineState, EngineStats, ProgressDetail, SourceSettings } from '../types';
import type { PipelineStats } from '../pipeline/messages';
import { findPlace, type Place } from './place';
import type { QualityStep } from './quality/quality-controller';
import { Run } from './run';
import { DEFAULT_SETTINGS, validateSetting, type EngineSettings } from './settings';
import { canTransition } from './state';

export interface EngineCallbacks {
  onStateChange?(state: EngineState): void;
  /** `stream` became available or null. */
  onStreamChange?(stream: MediaStream | null): void;
  /** What is waited for, at most ten times a second; null when nothing is any more. */
  onProgress?(progress: ProgressDetail | null): void;
  onWarning?(warning: VirtualBackgroundError): void;
  onError?(error: VirtualBackgroundError): void;
  onStats?(stats: EngineStats): void;
  /** Frames come from a newly opened source. */
  onSourceChange?(): void;
  /** The system or the browser began or ceased to blur the camera's background by itself. */
  onSystemBlurChange?(systemBlur: boolean): void;
  /** `quality="auto"` took a step. */
  onQualityStep?(step: QualityStep): void;
}

const NO_FIGURES: PipelineStats = {
  inputFps: 0, outputFps: 0, segmentationMs: 0, compositeMs: 0, latencyMs: 0, maskAgeMs: 0,
  droppedFrames: 0, outputFrames: 0, rawFrames: 0, curtainFrames: 0,
  width: 0, height: 0,
};

export interface EngineOptions {
  /** When the source ends: wait, interrupted, for another one (`set({ source })`) instead of failing. Default: false. */
  outlivesSource?: boolean;
}

/**
 * The virtual background without a user interface: settings in, one lasting video stream out. One engine
 * runs at most one {@link Run} at a time.
 */
export class Engine {
  readonly #callbacks: EngineCallbacks;
  readonly #outlivesSource: boolean;
  #settings: EngineSettings;
  #state: EngineState = 'idle';
  #run: Run | null = null;
  #started: Promise<MediaStream> | null = null;
  #starts = 0;
  #stream: MediaStream | null = null;
  #error: VirtualBackgroundError | null = null;
  #figures: PipelineStats = NO_FIGURES;
  #progress: ProgressDetail | null = null;
  #systemBlur = false;
  /** Of the last run's track, unless the page has ended that run. */
  #held: HolderSettings | null = null;
  #rejectStart: (error: VirtualBackgroundError) => void = () => undefined;

  constructor(callbacks: EngineCallbacks = {}, { outlivesSource = false }: EngineOptions = {}) {
    this.#callbacks = callbacks;
    this.#outlivesSource = outlivesSource;
    this.#settings = { ...DEFAULT_SETTINGS };
  }

  get settings(): Readonly<EngineSettings> {
    return this.#settings;
  }

  get state(): EngineState {
    return this.#state;
  }

  /** The last error; null after a successful start. */
  get error(): VirtualBackgroundError | null {
    return this.#error;
  }

  /**
   * Video only; null before the first frame that may be shown and after {@link stop}. When whoever held its track
   * stopped it, reading it puts a live track into the same stream; if nobody does for ten seconds, the engine stops.
   */
  get stream(): MediaStream | null {
    return this.#stream && (this.#run?.takeStream() ?? null);
  }

  /** Whether the source that was set last could not be had; another goes on in its place. Setting it again asks for it again. */
  get hasFailedSource(): boolean {
    return this.#run?.hasFailedSource ?? false;
  }

  /** What the frames come from at present; null while nothing is open. */
  get sourceSettings(): SourceSettings | null {
    return this.#run?.sourceSettings ?? null;
  }

  /** The same picture from the first frame of the source on: shows the curtain while the model loads. Not to be sent. */
  get previewStream(): MediaStream | null {
    return this.#run?.previewStream ?? null;
  }

  /** What is waited for at present; null: nothing. */
  get progress(): ProgressDetail | null {
    return this.#progress;
  }

  /** Whether the system or the browser blurs the camera's background by itself, before it gets here. */
  get systemBlur(): boolean {
    return this.#systemBlur;
  }

  /** Whether {@link switchSystemBlurOff} may succeed. */
  get canSwitchSystemBlurOff(): boolean {
    return this.#run?.systemBlur.canSwitchSystemBlurOff ?? false;
  }

  /** @throws VirtualBackgroundError `camera-constraints` when the camera refuses */
  async switchSystemBlurOff(): Promise<void> {
    await this.#run?.systemBlur.switchSystemBlurOff();
  }

  get stats(): Readonly<EngineStats> {
    const run = this.#run;
    return {
      ...this.#figures,
      backend: run?.model?.spec.backend ?? null,
      model: run?.model?.spec.model ?? null,
      quality: run?.effort.settings.quality ?? null,
      level: run?.effort.levelName ?? '',
      host: run?.hostKind ?? null,
    };
  }

  /**
   * Checks a setting without taking it over.
   *
   * @returns the value in the form that {@link set} keeps
   * @throws VirtualBackgroundError `attribute-invalid`
   */
  check<Key extends keyof EngineSettings>(key: Key, value: unknown): EngineSettings[Key] {
    return validateSetting(key, value);
  }

  /**
   * Changes settings, also while running. All or nothing.
   *
   * @throws VirtualBackgroundError `attribute-invalid`, naming the first attribute that breaks its rule
   */
  set(patch: Partial<EngineSettings>): void {
    const valid: Partial<EngineSettings> = {};
    const keys = Object.keys(patch) as (keyof EngineSettings)[];
    for (const key of keys) {
      Object.assign(valid, { [key]: validateSetting(key, patch[key]) });
    }
    if (valid.noBlobWorkers) forbidBlobWorkers();
    this.#settings = { ...this.#settings, ...valid };
    this.#run?.apply(this.#settings, keys);
  }

  /**
   * Asks for the source and starts. Repeated calls return the same promise.
   *
   * @returns the stream, after the first frame that may be shown
   * @throws VirtualBackgroundError the reason, or `aborted` after {@link stop}
   */
  start(): Promise<MediaStream> {
    if (!this.#started) {
      const starts = this.#starts;
      const starting = this.#start();
      // It failed at once, or a listener of its state stopped it, and perhaps started again.
      if (this.#starts !== starts + 1) return starting;
      this.#started = starting;
    }
    // Whoever starts it wants a live track in it, and a source that was lost again.
    if (this.#stream) this.#run?.takeStream();
    const started = this.#started;
    return this.#run?.recoverSource()?.then(() => started) ?? started;
  }

  /**
   * A still of what the stream shows now: composited, at the output's size, never mirrored. While the picture is
   * hidden because the person was lost, that is the curtain; with `background` `none` it is the room, as in the stream.
   *
   * @param type media type, as of `canvas.toBlob()`: one that the browser cannot write becomes PNG
   * @param quality 0…1, for types that lose something
   * @throws VirtualBackgroundError `snapshot-unavailable` before the first composited frame, after the end, and while
   *   the GPU context is lost
   */
  async snapshot(type = 'image/png', quality?: number): Promise<Blob> {
    const picture = this.#stream && (await this.#run?.snapshot({ type, quality }));
    if (picture) return picture;
    throw new VirtualBackgroundError('snapshot-unavailable', 'There is no picture: start() has to have shown one, and the GPU must not have lost it');
  }

  /** Stops the handed-out track as its holder would; see {@link stream}. */
  release(): void {
    if (this.#stream) this.#run?.release();
  }

  /** Ends the run from any state, and the output track with it. */
  stop(): void {
    this.#end('idle', createAbortError(), { keepsHeld: false });
  }

  /** Tells of an error that a user interface met on the engine's behalf. */
  reportError(error: VirtualBackgroundError): void {
    this.#error = error;
    this.#callbacks.onError?.(error);
  }

  async #start(): Promise<MediaStream> {
    this.#error = null;
    this.#figures = NO_FIGURES;
    const start = ++this.#starts;
    this.#setState('opening');
    // A listener of the state may have stopped it again.
    if (start !== this.#starts) throw createAbortError();
    const stopped = new Promise<never>((_resolve, reject) => {
      this.#rejectStart = reject;
    });
    stopped.catch(() => undefined);
    try {
      const run = this.#createRun(findPlace(this.#settings));
      await Promise.race([run.start(), stopped]);
      return run.takeStream() as MediaStream;
    } catch (error) {
      const failure = toVirtualBackgroundError(error, 'internal', 'The virtual background could not be started');
      if (failure.code !== 'aborted') this.#fail(failure);
      throw failure;
    }
  }

  #createRun(place: Place): Run {
    const run: Run = new Run(this.#settings, {
      onState: (state) => {
        const stream = state === 'running' && !this.#stream ? run.takeStream() : null;
        if (stream) this.#setStream(stream);
        this.#setState(state);
      },
      onProgress: (progress) => this.#setProgress(run, progress),
      onWarning: (warning) => this.#callbacks.onWarning?.(warning),
      onError: (error) => this.reportError(error),
      onFatal: (error) => {
        if (this.#run === run) this.#fail(error);
      },
      onStats: (stats) => this.#setStats(run, stats),
      onSourceChange: () => this.#handleSourceChange(),
      onSystemBlur: () => this.#updateSystemBlur(),
      onQualityStep: (step) => this.#callbacks.onQualityStep?.(step),
      onAbandoned: () => {
        if (this.#run === run) this.#end('idle', createAbortError());
      },
    }, { place, outlivesSource: this.#outlivesSource, held: this.#held });
    this.#run = run;
    return run;
  }

  #setProgress(run: Run, progress: ProgressDetail | null): void {
    if (this.#run !== run) return;
    this.#progress = progress;
    this.#callbacks.onProgress?.(progress);
  }

  #updateSystemBlur(): void {
    const systemBlur = this.#run?.systemBlur.systemBlur ?? false;
    if (systemBlur === this.#systemBlur) return;
    this.#systemBlur = systemBlur;
    this.#callbacks.onSystemBlurChange?.(systemBlur);
  }

  #setStats(run: Run, stats: PipelineStats): void {
    this.#figures = stats;
    if (this.#run === run) this.#callbacks.onStats?.(this.stats);
  }

  #handleSourceChange(): void {
    if (this.#error?.code === 'source-ended') this.#error = null;
    this.#callbacks.onSourceChange?.();
  }

  #fail(error: VirtualBackgroundError): void {
    if (this.#state === 'idle' || this.#state === 'failed') return;
    const isNews = this.#error !== error;
    // Listeners of the state change may read it.
    this.#error = error;
    this.#end('failed', error);
    if (isNews) this.reportError(error);
  }

  #end(state: 'idle' | 'failed', reason: VirtualBackgroundError, { keepsHeld = true } = {}): void {
    const run = this.#run;
    this.#run = null;
    this.#started = null;
    this.#starts += 1;
    if (!keepsHeld) this.#held = null;
    else if (this.#stream) this.#held = run?.held ?? null;
    run?.dispose();
    this.#rejectStart(reason);
    // Both are true before either is told: a listener may start again.
    const stream = this.#stream;
    this.#stream = null;
    const wasWaiting = this.#progress !== null;
    this.#progress = null;
    this.#setState(state);
    if (wasWaiting && !this.#progress) this.#callbacks.onProgress?.(null);
    if (stream) this.#callbacks.onStreamChange?.(null);
    this.#updateSystemBlur();
    run?.tellEnded();
  }

  #setStream(stream: MediaStream): void {
    this.#stream = stream;
    this.#callbacks.onStreamChange?.(stream);
  }

  #setState(state: EngineState): void {
    if (state === this.#state) return;
    if (!canTransition(this.#state, state)) {
      throw new VirtualBackgroundError('internal', `State '${this.#state}' does not lead to '${state}'`);
    }
    this.#state = state;
    this.#callbacks.onStateChange?.(state);
  }
}
