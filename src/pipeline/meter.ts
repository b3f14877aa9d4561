/** Events a second over a sliding window. */
export class RateMeter {
  readonly #windowMs: number;
  readonly #times: number[] = [];

  constructor(windowMs = 2000) {
    this.#windowMs = windowMs;
  }

  add(timeMs: number): void {
    this.#times.push(timeMs);
    this.#trim(timeMs);
  }

  /** Events a second, 0 when fewer than two fell into the window. */
  rate(nowMs: number): number {
    this.#trim(nowMs);
    const first = this.#times[0];
    const last = this.#times[this.#times.length - 1];
    if (first === undefined || last === undefined || last <= first) return 0;
    // A stalled source reads as a falling rate, not as its last good one.
    const span = Math.max(last - first, nowMs - first - 2 * ((last - first) / (this.#times.length - 1)));
    return ((this.#times.length - 1) * 1000) / span;
  }

  #trim(nowMs: number): void {
    while (this.#times.length > 0 && (this.#times[0] as number) < nowMs - this.#windowMs) this.#times.shift();
  }
}

/** Median of the last few values. */
export class MedianMeter {
  readonly #capacity: number;
  readonly #values: number[] = [];
  #next = 0;

  constructor(capacity = 31) {
    this.#capacity = capacity;
  }

  add(value: number): void {
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#capacity;
  }

  clear(): void {
    this.#values.length = 0;
    this.#next = 0;
  }

  /** 0 when nothing was added. */
  get median(): number {
    if (this.#values.length === 0) return 0;
    const sorted = [...this.#values].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] as number;
  }
}
