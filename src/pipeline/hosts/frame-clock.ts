/** Without a frame for so long, a source counts as standing still. */
export const STALL_MS = 250;
/** Longer than a source that gives one frame a second takes for it. */
const STILL_MS = 1500;
/** Until the source has shown its own: 30 frames a second. */
const NOMINAL_INTERVAL = 1_000_000 / 30;
/** Jitter makes a gap half as long again; only a clear one is a loss. */
const MISSED_RATIO = 1.75;
/** A camera's clock jitters, so its rate is learned over some frames. */
const LEARNING_RATE = 0.1;
/** A source's clock may run off from ours by so much between two frames (they queue up while we are busy), microseconds. */
const MAX_DRIFT = 2_000_000;
/** So many gaps in a row of another length are a source of another rate: losses come among shorter gaps. */
const SLOWER_AFTER = 8;
const FASTER_AFTER = 3;
const SLOWER_RATIO = 1.4;
const FASTER_RATIO = 0.7;

/**
 * Timestamps of the output: those of the source, moved so that they rise steadily across changes of the
 * source (encoders drop frames whose time goes backwards). All in microseconds unless named otherwise.
 */
export class FrameClock {
  #offset: number | null = null;
  #lastInput: number | null = null;
  #lastTimestamp = 0;
  #lastOutput = 0;
  #lastWallMs = -Infinity;
  #lastSourceMs = -Infinity;
  #interval = NOMINAL_INTERVAL;
  #isCamera = true;
  /** Gaps in a row that are clearly longer, or shorter, than the interval. */
  readonly #slower: number[] = [];
  readonly #faster: number[] = [];

  /**
   * The next timestamp belongs to another source.
   *
   * @param isCamera whether it keeps time by itself: a canvas, a screen or a call has pauses of its own
   */
  reset(isCamera = true): void {
    this.#isCamera = isCamera;
    this.#offset = null;
    this.#lastInput = null;
    this.#interval = NOMINAL_INTERVAL;
    this.#slower.length = 0;
    this.#faster.length = 0;
  }

  /**
   * Frames of the source that are missing before this one. Those that came while we were busy were dropped
   * here; where the whole machine is busy, the camera's own process drops some before we see them.
   *
   * @param waited whether we had to wait for this frame: then a gap may be the source's own
   */
  countMissed(timestamp: number, waited: boolean): number {
    const gap = this.#lastInput === null ? 0 : timestamp - this.#lastInput;
    this.#lastInput = timestamp;
    if (gap <= 0) return 0;
    if (waited) {
      this.#learn(gap);
      if (!this.#isCamera) return 0;
    }
    const ratio = gap / this.#interval;
    return ratio < MISSED_RATIO ? 0 : Math.round(ratio) - 1;
  }

  #learn(gap: number): void {
    const ratio = gap / this.#interval;
    const other = ratio > SLOWER_RATIO ? this.#slower : ratio < FASTER_RATIO ? this.#faster : null;
    if (other !== this.#slower) this.#slower.length = 0;
    if (other !== this.#faster) this.#faster.length = 0;
    if (!other) {
      this.#interval += (gap - this.#interval) * LEARNING_RATE;
      return;
    }
    other.push(gap);
    if (other.length < (other === this.#slower ? SLOWER_AFTER : FASTER_AFTER)) return;
    // The shortest: the others may have lost frames, too.
    this.#interval = Math.min(...other);
    other.length = 0;
  }

  next(timestamp: number, nowMs = performance.now()): number {
    // A clock that was set is as good as another source's.
    if (Math.abs(timestamp - this.#lastTimestamp - (nowMs - this.#lastSourceMs) * 1000) > MAX_DRIFT) this.#offset = null;
    this.#lastTimestamp = timestamp;
    if (this.#offset === null) {
      const elapsed = Number.isFinite(this.#lastWallMs) ? (nowMs - this.#lastWallMs) * 1000 : 0;
      this.#offset = this.#lastOutput + Math.max(1, elapsed) - timestamp;
    }
    this.#lastWallMs = nowMs;
    this.#lastSourceMs = nowMs;
    this.#lastOutput = Math.max(this.#lastOutput + 1, Math.round(timestamp + this.#offset));
    return this.#lastOutput;
  }

  /** For a picture that is sent again while the source stands still. */
  nextStill(nowMs: number): number {
    const elapsed = Number.isFinite(this.#lastWallMs) ? (nowMs - this.#lastWallMs) * 1000 : 0;
    this.#lastWallMs = nowMs;
    this.#lastOutput += Math.max(1, Math.round(elapsed));
    this.#offset = null;
    return this.#lastOutput;
  }

  /** Whether nothing went out for a while, be it the source's own or its last picture again. */
  isStill(nowMs: number): boolean {
    return nowMs - this.#lastWallMs > STILL_MS;
  }

  /** Whether the source stands still, however often its last picture was sent again. */
  isStalled(nowMs: number): boolean {
    return nowMs - this.#lastSourceMs > STALL_MS;
  }
}
