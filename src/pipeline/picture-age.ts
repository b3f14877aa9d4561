import type { DrawnAs } from '../gl/compositor';
import { MedianMeter } from './meter';

/**
 * How far the picture on show may fall behind the source before the curtain falls: a blink or two, in which nobody
 * has left the room, and more than a slow machine's mask takes.
 */
export const HOLD_MS = 500;
/** Where each picture takes longer than that, the curtain would rise and fall with every one: so many are waited for … */
const HELD_PICTURES = 3;
/** … but no longer than this: a person who has left must not stay. */
const LONGEST_HOLD_MS = 2000;
/** The first pictures of a run compile shaders and fetch what closer looks need: as long is waited for them. */
const FIRST_PICTURES = 3;

/** How old the picture on show is beside the source, and how old it may be. All times are milliseconds. */
export class PictureAge {
  readonly #held = new MedianMeter(15);
  #heldCount = 0;
  /** When the newest frame arrived, by its own time and by this thread's clock. */
  #newest = { timeMs: -Infinity, atMs: -Infinity };
  /** Since when newer frames than the one on show have been waiting, by their own times; null = none is. */
  #owedSinceMs: number | null = null;
  #shownAtMs = -Infinity;

  /** How long a picture may stay on show, once newer frames wait. */
  get limitMs(): number {
    if (this.#heldCount < FIRST_PICTURES) return LONGEST_HOLD_MS;
    return Math.min(LONGEST_HOLD_MS, Math.max(HOLD_MS, HELD_PICTURES * this.#held.median));
  }

  /** How much longer the picture on show may stay, by this thread's clock. */
  get restMs(): number {
    return this.#shownAtMs + this.limitMs - performance.now();
  }

  /** Whether the picture on show is too old beside a frame. Both ways: a clock may be set back. */
  isTooOldBeside(timeMs: number): boolean {
    return this.#owedSinceMs !== null && Math.abs(timeMs - this.#owedSinceMs) > this.limitMs;
  }

  /** A frame arrived that waits for its mask. */
  noteArrival(timeMs: number): void {
    this.#newest = { timeMs, atMs: performance.now() };
    this.#owedSinceMs ??= timeMs;
  }

  /** From when a frame went to the network until it was drawn. */
  noteHeld(durationMs: number): void {
    this.#held.add(durationMs);
    this.#heldCount += 1;
  }

  /** @param isNextUnderWay whether a newer frame waits for its mask already */
  noteShown(drawn: DrawnAs, isNextUnderWay: boolean): void {
    this.#shownAtMs = performance.now();
    if (drawn !== 'person') return;
    // Counted from now: a picture that was long on its way, or long in the drawing, is new all the same.
    this.#owedSinceMs = isNextUnderWay ? this.#newest.timeMs + this.#shownAtMs - this.#newest.atMs : null;
  }

  /** Frames of another source follow. */
  reset(): void {
    this.#owedSinceMs = null;
  }
}
