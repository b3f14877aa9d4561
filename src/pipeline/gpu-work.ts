import type { Compositor } from '../gl/compositor';

/** What the GPU is asked to do. Each fails on its own: that the curtain can be drawn says nothing of the person's shaders. */
export type Work = 'upload' | 'copy' | 'mask' | 'person' | 'curtain';

/** From the first call that fails until a lost context would have been reported. */
const FAILURE_GRACE_MS = 1000;

/**
 * Calls to a GPU that may be on its way out. One that is being lost makes calls fail, or do nothing, before it reports
 * so, the longer when its whole process has died: so what fails counts only when no loss is reported for a while.
 */
export class GpuWork {
  readonly #onFailure: (error: unknown) => void;
  readonly #timers = new Map<Work, ReturnType<typeof setTimeout>>();

  /** @param onFailure a call has failed, and the GPU was not lost */
  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  /** @returns what the call returns; 'not-drawn' where it failed or the context is lost */
  attempt<Outcome>(work: Work, { context }: Compositor, call: () => Outcome): Outcome | 'not-drawn' {
    try {
      const outcome = call();
      if (context.gl.isContextLost()) return 'not-drawn';
      this.#forgive(work);
      return outcome;
    } catch (error) {
      if (!context.gl.isContextLost() && !this.#timers.has(work)) {
        this.#timers.set(work, setTimeout(() => this.#onFailure(error), FAILURE_GRACE_MS));
      }
      return 'not-drawn';
    }
  }

  /** What has failed does not count: the context is lost, or nobody needs it any more. */
  forgiveAll(): void {
    for (const work of this.#timers.keys()) this.#forgive(work);
  }

  #forgive(work: Work): void {
    clearTimeout(this.#timers.get(work));
    this.#timers.delete(work);
  }
}
