/**
 * One kind of work of which only the newest counts: each `begin` aborts the signal of the one before, and
 * the parent's abort ends them all.
 */
export class Latest {
  readonly #parent: AbortSignal;
  #current: AbortController | null = null;

  constructor(parent: AbortSignal) {
    this.#parent = parent;
    parent.addEventListener('abort', () => this.#current?.abort(parent.reason), { once: true });
  }

  begin(reason: Error): AbortSignal {
    this.#current?.abort(reason);
    this.#current = new AbortController();
    if (this.#parent.aborted) this.#current.abort(this.#parent.reason);
    return this.#current.signal;
  }
}

/** Work that may be started again before it is done; all callers wait for the newest run. */
export class NewestWork {
  #newest: Promise<void> = Promise.resolve();

  begin(work: Promise<void>): void {
    this.#newest = work;
    // Told by whoever waits; a superseded failure is nobody's business.
    work.catch(() => undefined);
  }

  /** @throws what the newest work throws */
  async settled(): Promise<void> {
    for (;;) {
      const work = this.#newest;
      try {
        await work;
        if (work === this.#newest) return;
      } catch (error) {
        if (work === this.#newest) throw error;
      }
    }
  }
}
