import type { Strain } from './load-judge';

/** Calm that is asked for before a step up; doubled each time such a step had to be taken back. */
const CALM_MS = 5000;
const CALM_LIMIT_MS = 60_000;
/** A step up that holds for so long was right. */
const PROBATION_MS = 20_000;
/** What one strained half second takes from the calm: an accident delays, it doesn't start all over. */
const ACCIDENT_MS = 2000;
/** After a step the figures are of two levels, and resizing itself may cost a frame. Just under two samples. */
const SETTLE_MS = 900;
const MEMORY = 5;

export interface DialReading {
  timeMs: number;
  elapsedMs: number;
  strain: Strain;
  /** Whether it could go up. */
  roomy: boolean;
  /** How many times the usual calm the next step up takes, where trying it out is dear; 1 = as usual. */
  patience?: number;
}

/**
 * One adjustable effort, 0 the best. Goes down after two strained samples in a row or three of five, by two
 * positions under heavy strain; goes up, one position at a time, after calm that grows with every failure.
 */
export class EffortDial {
  readonly #count: number;
  #position: number;
  #strains: Strain[] = [];
  #calmMs = 0;
  #neededCalmMs = CALM_MS;
  #raisedMs: number | null = null;
  #settledMs = -Infinity;

  constructor(count: number, position: number) {
    this.#count = count;
    this.#position = Math.min(Math.max(0, position), count - 1);
  }

  get position(): number {
    return this.#position;
  }

  /** Whether there is nothing cheaper. */
  get isLowest(): boolean {
    return this.#position === this.#count - 1;
  }

  /** Forgets everything but the position. */
  reset(): void {
    this.#strains = [];
    this.#calmMs = 0;
    this.#neededCalmMs = CALM_MS;
    this.#raisedMs = null;
    this.#settledMs = -Infinity;
  }

  /** Something else was changed: what follows at once is its doing. */
  settle(timeMs: number): void {
    this.#strains = [];
    this.#settledMs = timeMs + SETTLE_MS;
  }

  /** @returns by how much it turned: 0, -1 for a step up, 1 or 2 for steps down */
  turn({ timeMs, elapsedMs, strain, roomy, patience = 1 }: DialReading): number {
    if (timeMs < this.#settledMs) return 0;
    if (this.#raisedMs !== null && timeMs - this.#raisedMs > PROBATION_MS) {
      this.#raisedMs = null;
      this.#neededCalmMs = CALM_MS;
    }
    this.#strains = [...this.#strains, strain].slice(-MEMORY);
    if (strain > 0) this.#calmMs = Math.max(0, this.#calmMs - ACCIDENT_MS);
    else if (roomy) this.#calmMs += elapsedMs;
    if (this.#isOverloaded()) return this.#lower(timeMs);
    return this.#calmMs >= Math.min(CALM_LIMIT_MS, this.#neededCalmMs * patience) ? this.#raise(timeMs) : 0;
  }

  #isOverloaded(): boolean {
    const [before = 0, now = 0] = this.#strains.slice(-2);
    return (before > 0 && now > 0) || this.#strains.filter((strain) => strain > 0).length >= 3;
  }

  #lower(timeMs: number): number {
    const heavy = this.#strains.slice(-2).every((strain) => strain === 2);
    const takenBack = this.#raisedMs !== null;
    if (takenBack) this.#neededCalmMs = Math.min(CALM_LIMIT_MS, this.#neededCalmMs * 2);
    this.#raisedMs = null;
    // One back is where it was well a moment ago.
    return this.#move(heavy && !takenBack ? 2 : 1, timeMs);
  }

  #raise(timeMs: number): number {
    this.#raisedMs = timeMs;
    return this.#move(-1, timeMs);
  }

  #move(steps: number, timeMs: number): number {
    const position = Math.min(Math.max(0, this.#position + steps), this.#count - 1);
    const moved = position - this.#position;
    this.#position = position;
    if (moved === 0) return 0;
    this.#calmMs = 0;
    this.settle(timeMs);
    return moved;
  }
}
