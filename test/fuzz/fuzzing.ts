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

/** Objects that fail when they are looked at, which JSON-like garbage never does. */
const TRAPS: readonly unknown[] = [
  Object.create(null),
  { toString: () => { throw new Error('no text'); } },
  { valueOf: () => 5, toString: () => '0.5' },
  { get [Symbol.toPrimitive]() { throw new Error('no primitive'); } },
  new Proxy({}, { get: () => { throw new Error('no property'); }, getPrototypeOf: () => { throw new Error('no prototype'); } }),
  Symbol('garbage'), 10n, () => 'blur', class {}, new Map(), document.createElement('p'), document.createElement('video'), new MediaStream(), new Blob([]), [], ['blur'], new String('blur'),
];
// As numbers: fast-check prints what it draws from.
const traps = fc.nat({ max: TRAPS.length - 1 }).map((index) => TRAPS[index]);
/** Texts that are nearly right, or far too much. */
export const words = fc.constantFrom('', ' ', 'blur:0', 'blur:1e9', 'bokeh:', 'none ', 'NONE', 'url(x)', 'rgb(1 2 3 / 0)', 'javascript:alert(1)', 'data:text/html,x', 'http://[', '//', 'scene:', 'scene:nowhere', '-1', 'NaN', 'Infinity', '1e400', '\0', '\ud800', '💥'.repeat(500));
/** Values of any kind. */
export const garbage = fc
  .oneof(fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withTypedArray: true }), traps, words, fc.double(), fc.string({ unit: 'binary' }))
  .map((value) => new Boxed(value));
