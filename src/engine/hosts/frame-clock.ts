/** Without a frame for so long, a source counts as standing still. */
export const STALL_MS = 250;
/** Until the source has shown its own: 30 frames a second. */
const NOMINAL_INTERVAL = 1_000_000 / 30;
/** Jitter makes a gap half as long again; only a clear one is a loss. */
const MISSED_RATIO = 1.75;
/** A camera's clock jitters, so its rate is learned over some frames. */
const LEARNING_RATE = 0.2;

/**
 * Timestamps of the output: those of the source, moved so that they rise steadily across changes of the
 * source (encoders drop frames whose time goes backwards). All in microseconds unless named otherwise.
 */
export class FrameClock {
  #offset: number | null = null;
  #lastInput: number | null = null;
  #lastOutput = 0;
  #lastWallMs = -Infinity;
  #lastSourceMs = -Infinity;
  #interval = NOMINAL_INTERVAL;

  /** The next timestamp belongs to another source. */
  reset(): void {
    this.#offset = null;
    this.#lastInput = null;
    this.#interval = NOMINAL_INTERVAL;
  }

  /**
   * Frames of the source that were dropped because we came too late for them.
   *
   * @param waited whether we had to wait for this frame: then none was dropped, and a gap is the source's own
   */
  countMissed(timestamp: number, waited: boolean): number {
    const gap = this.#lastInput === null ? 0 : timestamp - this.#lastInput;
    this.#lastInput = timestamp;
    if (gap <= 0) return 0;
    const ratio = gap / this.#interval;
    if (!waited) return ratio < MISSED_RATIO ? 0 : Math.round(ratio) - 1;
    this.#interval += (gap - this.#interval) * LEARNING_RATE;
    return 0;
  }

  next(timestamp: number, nowMs = performance.now()): number {
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

  /** Whether the source stands still, however often its last picture was sent again. */
  isStalled(nowMs: number): boolean {
    return nowMs - this.#lastSourceMs > STALL_MS;
  }
}
