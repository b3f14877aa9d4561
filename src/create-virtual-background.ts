import { Engine, type EngineCallbacks } from './engine/engine';
import { DEFAULT_SETTINGS, type EngineSettings } from './engine/settings';
import { VirtualBackgroundError, createAbortError } from './errors';
import type { EngineState, EngineStats, ProgressDetail, SourceInput, SourceSettings } from './types';

/** Settings as the element's attributes of the same names, callbacks, and what ends it. */
export interface VirtualBackgroundOptions extends Partial<Omit<EngineSettings, 'source'>>, Omit<EngineCallbacks, 'onStreamChange'> {
  /** Stops it, at any time. */
  signal?: AbortSignal;
  /**
   * When the source ends, waits in the state `interrupted` for another one (`set({ source })`), for apps that turn
   * the camera off and on; otherwise it fails with `source-ended`. Default: false.
   */
  keepAlive?: boolean;
}

const CALLBACKS = ['onStateChange', 'onProgress', 'onWarning', 'onError', 'onStats', 'onSourceChange', 'onSystemBlurChange', 'onQualityStep'] as const;

/** A virtual background without a user interface. Made by {@link createVirtualBackground}. */
export class VirtualBackground {
  readonly #engine: Engine;
  #stream: MediaStream | null = null;

  /** @internal */
  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * The outgoing video, without audio. The same object with the same track until it ends; then that one, ended. When
   * whoever held the track stopped it, reading this puts a live one in its place; if nobody does for ten seconds, it
   * stops by itself.
   */
  get stream(): MediaStream {
    return (this.#stream = this.#engine.stream ?? this.#stream ?? new MediaStream());
  }

  /** `idle` before and after, `opening`, `loading`, `running`, `interrupted` or `failed`. */
  get state(): EngineState {
    return this.#engine.state;
  }

  /** The last error; null after a successful start. */
  get error(): VirtualBackgroundError | null {
    return this.#engine.error;
  }

  /** Figures of the last second or two, renewed twice a second. */
  get stats(): Readonly<EngineStats> {
    return this.#engine.stats;
  }

  /** What is waited for at present, and how far it is; null: nothing. */
  get progress(): ProgressDetail | null {
    return this.#engine.progress;
  }

  /** Whether the system or the browser blurs the camera's background by itself, before it gets here. */
  get systemBlur(): boolean {
    return this.#engine.systemBlur;
  }

  /** Device, name, facing mode and size of what the frames come from at present; null while nothing is open. */
  get sourceSettings(): SourceSettings | null {
    return this.#engine.sourceSettings;
  }

  get settings(): Readonly<EngineSettings> {
    return this.#engine.settings;
  }

  /**
   * Changes settings, also while it runs; `source` takes another track or stream. All or nothing.
   *
   * @throws VirtualBackgroundError `attribute-invalid`; what cannot be loaded is told to `onError`
   */
  set(patch: Partial<EngineSettings>): void {
    this.#engine.set(patch);
  }

  /**
   * Starts again after it ended, with another track in another stream. While it runs: the stream it has.
   *
   * @throws VirtualBackgroundError
   */
  async start(): Promise<MediaStream> {
    await this.#engine.start();
    return this.stream;
  }

  /**
   * A still of what the stream shows now: composited, at the output's size.
   *
   * @param type media type, as of `canvas.toBlob()`: one that the browser cannot write becomes PNG
   * @param quality 0…1, for types that lose something
   * @throws VirtualBackgroundError `snapshot-unavailable` when it does not run, or the GPU context is lost
   */
  snapshot(type = 'image/png', quality?: number): Promise<Blob> {
    return this.#engine.snapshot(type, quality);
  }

  /** Ends the stream and frees everything, from any state. A track that the page gave goes on. */
  stop(): void {
    this.#engine.stop();
  }
}

/**
 * Puts a virtual background behind the person in a track, a stream or a camera, for apps with a user interface of
 * their own.
 *
 * A track or stream stays the caller's, and may be stopped after {@link VirtualBackground.stop}. What goes out is at
 * most `width` × `height` at `frameRate` (1280 × 720 at 30), whatever comes in.
 *
 * @param source a live MediaStreamTrack or MediaStream, a playing video element, the URL of a movie, `camera` or `screen`
 * @returns after the first composited frame
 * @throws VirtualBackgroundError `attribute-invalid`; the reason why it cannot start; `aborted` by the signal
 */
export async function createVirtualBackground(source: SourceInput, options: VirtualBackgroundOptions = {}): Promise<VirtualBackground> {
  const { signal, keepAlive = false, ...rest } = options;
  const settings: Partial<EngineSettings> = {};
  const callbacks: EngineCallbacks = {};
  for (const [key, value] of Object.entries(rest)) {
    if (value === undefined) continue;
    if ((CALLBACKS as readonly string[]).includes(key)) Object.assign(callbacks, { [key]: value });
    else if (key in DEFAULT_SETTINGS && key !== 'source') Object.assign(settings, { [key]: value });
    else throw new VirtualBackgroundError('attribute-invalid', `createVirtualBackground() has no option '${key}'`);
  }
  if (signal?.aborted) throw createAbortError();
  const engine = new Engine(callbacks, { outlivesSource: keepAlive });
  engine.set({ ...settings, source });
  signal?.addEventListener('abort', () => engine.stop(), { once: true });
  const background = new VirtualBackground(engine);
  await background.start();
  return background;
}
