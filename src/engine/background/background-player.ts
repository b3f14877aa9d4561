import { VideoFrames } from '../../capture/video-frames';
import { VirtualBackgroundError, createAbortError, toVirtualBackgroundError } from '../../errors';
import { FALLBACK_COLOR } from '../../gl/fallback-color';
import type { BackgroundInput } from '../../types';
import { loadBackground, parseBackground, type BackgroundKind, type LoadedBackground } from './background';
import type { PipelineHost } from '../../pipeline/hosts/host';
import { Latest } from '../latest';

export interface BackgroundPlayerOptions {
  /** Ends all work. */
  signal: AbortSignal;
  /** What backgrounds are shown to; pending for as long as it is not there. */
  host: Promise<PipelineHost>;
  /** What stands behind the person until the first background is there. */
  initial: BackgroundInput;
  /** Frames a second of a movie while the page is hidden. */
  frameRate: number;
  /** `kind` changed. */
  onChange(): void;
  /** The background could not be had; the one before stays. */
  onError(error: VirtualBackgroundError): void;
}

/** A server that answers no more must not keep a call waiting: a plain colour stands in until it does. */
export const BACKGROUND_PATIENCE_MS = 5000;
const FALLBACK: BackgroundKind = { kind: 'color', color: FALLBACK_COLOR };

/** Loads backgrounds, newest first, and shows them to the host: images once, movies frame by frame. */
export class BackgroundPlayer {
  readonly #options: BackgroundPlayerOptions;
  readonly #work: Latest;
  #kind: BackgroundKind;
  #loaded: LoadedBackground | null = null;
  #movieFrames: VideoFrames | null = null;

  constructor(options: BackgroundPlayerOptions) {
    this.#options = options;
    this.#work = new Latest(options.signal);
    this.#kind = initialKind(options.initial);
    options.signal.addEventListener('abort', () => this.#release(), { once: true });
  }

  /** What is drawn at present. */
  get kind(): BackgroundKind {
    return this.#kind;
  }

  /** As {@link show}, for the first background: resolves after {@link BACKGROUND_PATIENCE_MS} at the latest. */
  begin(input: BackgroundInput): Promise<void> {
    return Promise.race([this.show(input), new Promise<void>((resolve) => setTimeout(resolve, BACKGROUND_PATIENCE_MS))]);
  }

  /** Resolves when the background is shown, or its failure was told. */
  async show(input: BackgroundInput): Promise<void> {
    const signal = this.#work.begin(createAbortError());
    try {
      const parsed = parseBackground(input);
      // At once: nothing that is drawn after the change may show what was before.
      if (parsed) return this.#use({ kind: parsed, bitmap: null, movie: null, release: () => undefined });
      // From the open room to a picture that still has to load: the room is no longer wanted.
      if (this.#kind.kind === 'none') this.#setKind(FALLBACK);
      const background = await loadBackground(input, signal);
      const host = await this.#options.host;
      if (signal.aborted) {
        background.bitmap?.close();
        background.release();
        return;
      }
      this.#use(background, host);
    } catch (error) {
      if (signal.aborted) return;
      this.#options.onError(toVirtualBackgroundError(error, 'background-load-failed', 'background could not be loaded'));
    }
  }

  /** Shows a moving background's picture again, which the host has lost: it may stand still, and no other would come. */
  refresh(host: PipelineHost): void {
    try {
      if (this.#loaded?.movie) host.setPictureFrame(this.#loaded.movie);
    } catch {
      // The page has taken its movie away: nothing of it to show.
    }
  }

  #use(background: LoadedBackground, host?: PipelineHost): void {
    this.#release();
    this.#loaded = background;
    if (background.bitmap) host?.setPicture(background.bitmap);
    if (background.movie && host) this.#playMovie(background.movie, host);
    this.#setKind(background.kind);
  }

  #playMovie(movie: HTMLVideoElement, host: PipelineHost): void {
    let readable = true;
    const showFrame = (): void => {
      try {
        host.setPictureFrame(movie);
      } catch (error) {
        readable = false;
        this.#movieFrames?.stop();
        const message = 'background movie is on another origin, which must send it with CORS';
        this.#options.onError(new VirtualBackgroundError('background-cross-origin', message, { cause: error }));
      }
    };
    showFrame();
    if (readable) this.#movieFrames = new VideoFrames({ video: movie, hiddenFrameRate: this.#options.frameRate, onFrame: showFrame });
  }

  #setKind(kind: BackgroundKind): void {
    this.#kind = kind;
    this.#options.onChange();
  }

  #release(): void {
    this.#movieFrames?.stop();
    this.#movieFrames = null;
    this.#loaded?.release();
    this.#loaded = null;
  }
}

/** Until a picture is loaded, and where the input is wrong, a plain colour stands in; never the room. */
function initialKind(input: BackgroundInput): BackgroundKind {
  try {
    return parseBackground(input) ?? FALLBACK;
  } catch {
    return FALLBACK;
  }
}
