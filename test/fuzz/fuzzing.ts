import fc from 'fast-check';

/** How long to look for a failure, and from which seed: `FUZZ_SECONDS` and `FUZZ_SEED` of the run. */
interface Fuzzing {
  seconds: number;
  seed: number | null;
}

const { fuzz } = (await (await fetch('/__test-env.json')).json()) as { fuzz: Fuzzing };

/** Of this run: `FUZZ_SEED=<seed>` repeats it. */
export const SEED = fuzz.seed ?? Math.floor(Math.random() * 2 ** 31);
export const SECONDS = fuzz.seconds;

/** Settings of fast-check for a property that is tried for some seconds. */
export function forSeconds(seconds: number): fc.Parameters<unknown> {
  return { seed: SEED, numRuns: 1_000_000, interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false, verbose: fc.VerbosityLevel.Verbose };
}

/** Collects what nobody caught, until {@link Uncaught.stop}. */
export class Uncaught {
  readonly errors: string[] = [];
  readonly #abort = new AbortController();

  constructor() {
    const { signal } = this.#abort;
    window.addEventListener('error', ({ message }) => this.errors.push(message), { signal });
    window.addEventListener('unhandledrejection', (event) => this.errors.push(`unhandled: ${describe(event.reason)}`), { signal });
  }

  stop(): void {
    this.#abort.abort();
  }
}

/** Also of values that cannot become text. */
export function describe(value: unknown): string {
  try {
    return value instanceof Error ? `${value.name}: ${value.message}` : fc.stringify(value);
  } catch {
    return `an unprintable ${typeof value}`;
  }
}

/** A value of any kind, as fast-check can print it. */
export class Boxed {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }

  [fc.toStringMethod](): string {
    return describe(this.value);
  }
}
