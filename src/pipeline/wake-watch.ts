/** More than a clock that is set by the network is moved by at a time. */
const SLEPT_MS = 1000;

/**
 * Tells whether the machine slept: on most systems `performance.now()` stands still meanwhile, so that what was seen
 * before would pass for new (w3c/hr-time, issue 115).
 */
export class WakeWatch {
  #offset: number | null = null;

  /** Whether it did since the last call, or its clock was set. */
  hasSlept(): boolean {
    const before = this.#offset;
    this.#offset = Date.now() - performance.now();
    return before !== null && Math.abs(this.#offset - before) > SLEPT_MS;
  }
}
