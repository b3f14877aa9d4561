import type { ProgressDetail } from '../types';

/** Ten times a second at most: people read no faster, and each is an event and a drawing of the page. */
const INTERVAL_MS = 100;

/**
 * What a run waits for, put together from its source and its model, which come side by side: the question of the
 * browser goes first, since only a person can answer it.
 */
export class ProgressReporter {
  readonly #tell: (progress: ProgressDetail | null) => void;
  #prompts = 0;
  #loads = 0;
  #model: ProgressDetail | null = null;
  #told: ProgressDetail | null = null;
  #toldMs = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isScheduled = false;
  #ended = false;

  constructor(tell: (progress: ProgressDetail | null) => void) {
    this.#tell = tell;
  }

  /** The browser asks for permission, or opens what it gave. @returns to be called once that is over */
  beginCamera(): () => void {
    this.#prompts += 1;
    return this.#once(() => (this.#prompts -= 1));
  }

  /** @returns to be called once the load is over, whatever came of it */
  beginModel(): () => void {
    this.#loads += 1;
    // Before the first byte there is something to wait for already.
    this.#model = { phase: 'model' };
    return this.#once(() => (this.#loads -= 1));
  }

  /** Counts only while a load is under way: nobody waits for a network that is made again after a lost GPU context. */
  noteModel(progress: ProgressDetail): void {
    if (this.#loads === 0) return;
    this.#model = progress;
    this.#schedule();
  }

  /** Nothing is told any more; that nothing is waited for, whoever ends it tells. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  #once(end: () => void): () => void {
    this.#schedule();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      end();
      this.#schedule();
    };
  }

  get #current(): ProgressDetail | null {
    if (this.#prompts > 0) return { phase: 'camera' };
    return this.#loads > 0 ? this.#model : null;
  }

  #schedule(): void {
    if (this.#ended) return;
    // What begins together is told together.
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => this.#handleNews());
  }

  #handleNews(): void {
    this.#isScheduled = false;
    clearTimeout(this.#timer);
    const waitMs = this.#toldMs + INTERVAL_MS - performance.now();
    if (waitMs <= 0 || this.#current === null) this.#send(this.#current);
    else this.#timer = setTimeout(() => this.#send(this.#current), waitMs);
  }

  #send(progress: ProgressDetail | null): void {
    if (this.#ended || isSame(progress, this.#told)) return;
    this.#told = progress;
    this.#toldMs = performance.now();
    this.#tell(progress);
  }
}

function isSame(a: ProgressDetail | null, b: ProgressDetail | null): boolean {
  return a === b || (a?.phase === b?.phase && a?.loaded === b?.loaded && a?.total === b?.total);
}
