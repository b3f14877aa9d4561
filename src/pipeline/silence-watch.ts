import { FALLBACK_COLOR } from '../gl/fallback-color';
import type { PipelineSettings } from './messages';

/** How long the last picture of a source that gives no other may stay: the person in it may have left. */
export const SILENT_MS = 2000;
const LOOK_MS = 250;
/** What counts of a look that comes late: where the thread was blocked, frames are waiting behind it. */
const MOST_PER_LOOK_MS = 1000;

export interface SilenceWatchOptions {
  /** What is on show must go: the source is silent, or its picture is not to be seen. */
  onConceal(): void;
  /** Also called with false at the first frame of each source. */
  onSilence(isSilent: boolean): void;
}

/**
 * Knows whether the picture on show may stay. A track that is muted, stalled or out of reach need not say so: it is
 * noticed by the frames that do not come. A disabled track gives black frames, which the page has to report.
 */
export class SilenceWatch {
  readonly #options: SilenceWatchOptions;
  #timer: ReturnType<typeof setInterval> | undefined;
  #isSteady = false;
  #isAwaited = false;
  #isSilent = false;
  #isHidden = false;
  #isConcealed = false;
  #silentMs = 0;
  #lookedMs = performance.now();

  constructor(options: SilenceWatchOptions) {
    this.#options = options;
  }

  /** Whether the source says that its picture is not to be seen. */
  get isHidden(): boolean {
    return this.#isHidden;
  }

  /**
   * Frames of another source follow.
   *
   * @param isSteady whether it keeps giving frames; of one that does not, only the first is waited for
   */
  expect(isSteady: boolean): void {
    this.#isSteady = isSteady;
    this.#isAwaited = true;
    this.#isSilent = false;
    this.#silentMs = 0;
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS);
  }

  /** The source's picture is not to be seen from now on, or is again. */
  hide(isHidden: boolean): void {
    if (isHidden === this.#isHidden) return;
    this.#isHidden = isHidden;
    if (isHidden) this.#conceal();
  }

  noteFrame(): void {
    const isNews = this.#isAwaited || this.#isSilent;
    this.#isAwaited = false;
    this.#isSilent = false;
    this.#silentMs = 0;
    this.#isConcealed = this.#isHidden;
    if (isNews) this.#options.onSilence(false);
  }

  /** Where the open room is wanted, a plain colour stands in for it while it is not to be seen. */
  drawn(settings: PipelineSettings): PipelineSettings {
    const hidesRoom = this.#isConcealed && settings.background.kind === 'none';
    return hidesRoom ? { ...settings, background: { kind: 'color', color: FALLBACK_COLOR } } : settings;
  }

  /** Safe to call twice. */
  dispose(): void {
    clearInterval(this.#timer);
  }

  #conceal(): void {
    this.#isConcealed = true;
    this.#options.onConceal();
  }

  #look(): void {
    const now = performance.now();
    const elapsedMs = Math.min(now - this.#lookedMs, MOST_PER_LOOK_MS);
    this.#lookedMs = now;
    if (this.#isSilent || !(this.#isSteady || this.#isAwaited)) return;
    this.#silentMs += elapsedMs;
    if (this.#silentMs < SILENT_MS) return;
    this.#isSilent = true;
    this.#conceal();
    this.#options.onSilence(true);
  }
}
