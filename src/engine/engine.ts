import { VirtualBackgroundError, createAbortError, toVirtualBackgroundError } from '../errors';
import type { EngineState, EngineStats, ModelProgress } from '../types';
import type { PipelineStats } from './messages';
import type { QualityStep } from './quality-controller';
import { Run } from './run';
import { DEFAULT_SETTINGS, validateSetting, type EngineSettings } from './settings';
import { canTransition } from './state';

export interface EngineCallbacks {
  onStateChange?(state: EngineState): void;
  /** `stream` became available or null. */
  onStreamChange?(stream: MediaStream | null): void;
  /** Progress of a model download; null when there is none. */
  onProgress?(progress: ModelProgress | null): void;
  onWarning?(warning: VirtualBackgroundError): void;
  onError?(error: VirtualBackgroundError): void;
  onStats?(stats: EngineStats): void;
  /** Frames come from a newly opened source. */
  onSourceChange?(): void;
  /** `quality="auto"` took a step. */
  onQualityStep?(step: QualityStep): void;
}

const NO_FIGURES: PipelineStats = {
  inputFps: 0, outputFps: 0, segmentationMs: 0, compositeMs: 0, maskAgeMs: 0,
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

  /** The same picture from the moment of {@link start}: shows the curtain while the model loads. Not to be sent. */
  get previewStream(): MediaStream | null {
    return this.#run?.previewStream ?? null;
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
    for (const key of Object.keys(patch) as (keyof EngineSettings)[]) {
      Object.assign(valid, { [key]: validateSetting(key, patch[key]) });
    }
    this.#settings = { ...this.#settings, ...valid };
    this.#run?.apply(this.#settings);
  }

  /**
   * Asks for the source and starts. Repeated calls return the same promise.
   *
   * @returns the stream, after the first frame that may be shown
   * @throws VirtualBackgroundError the reason, or `aborted` after {@link stop}
   */
  start(): Promise<MediaStream> {
    this.#started ??= this.#start();
    // Whoever starts it wants a live track in it.
    if (this.#stream) this.#run?.takeStream();
    return this.#started;
  }

  /** Stops the handed-out track as its holder would; see {@link stream}. */
  release(): void {
    if (this.#stream) this.#run?.release();
  }

  /** Ends the run from any state, and the output track with it. */
  stop(): void {
    this.#end('idle', createAbortError());
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
      const run = this.#createRun();
      await Promise.race([run.start(), stopped]);
      return run.takeStream();
    } catch (error) {
      const failure = toVirtualBackgroundError(error, 'internal', 'The virtual background could not be started');
      if (failure.code !== 'aborted') this.#fail(failure);
      throw failure;
    }
  }

  #createRun(): Run {
    const run: Run = new Run(this.#settings, {
      onState: (state) => {
        if (state === 'running' && !this.#stream) this.#setStream(run.takeStream());
        this.#setState(state);
      },
      onProgress: (progress) => this.#callbacks.onProgress?.(progress),
      onWarning: (warning) => this.#callbacks.onWarning?.(warning),
      onError: (error) => this.reportError(error),
      onFatal: (error) => {
        if (this.#run === run) this.#fail(error);
      },
      onStats: (stats) => this.#setStats(run, stats),
      onSourceChange: () => this.#callbacks.onSourceChange?.(),
      onQualityStep: (step) => this.#callbacks.onQualityStep?.(step),
      onAbandoned: () => {
        if (this.#run === run) this.stop();
      },
    }, { outlivesSource: this.#outlivesSource });
    this.#run = run;
    return run;
  }

  #setStats(run: Run, stats: PipelineStats): void {
    this.#figures = stats;
    if (this.#run === run) this.#callbacks.onStats?.(this.stats);
  }

  #fail(error: VirtualBackgroundError): void {
    if (this.#state === 'idle' || this.#state === 'failed') return;
    // Listeners of the state change may read it.
    this.#error = error;
    this.#end('failed', error);
    this.reportError(error);
  }

  #end(state: 'idle' | 'failed', reason: VirtualBackgroundError): void {
    const run = this.#run;
    this.#run = null;
    this.#started = null;
    this.#starts += 1;
    run?.dispose();
    this.#rejectStart(reason);
    this.#callbacks.onProgress?.(null);
    // Both are true before either is told: a listener may start anew.
    const stream = this.#stream;
    this.#stream = null;
    this.#setState(state);
    if (stream) this.#callbacks.onStreamChange?.(null);
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
