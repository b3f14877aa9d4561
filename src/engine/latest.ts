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
