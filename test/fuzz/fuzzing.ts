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

/**
 * Tries a property for some seconds. fast-check turns away from the try that is under way when they are over; that one
 * runs to its end and counts all the same, before anything else begins in the page.
 */
export async function assertFor<Values extends [unknown, ...unknown[]]>(
  seconds: number,
  arbitraries: [...{ [Index in keyof Values]: fc.Arbitrary<Values[Index]> }],
  predicate: (...values: Values) => void | Promise<void>,
): Promise<void> {
  let underWay = Promise.reject<void>(new Error('Nothing was tried'));
  underWay.catch(() => undefined);
  const property = fc.asyncProperty<Values>(...arbitraries, (...values) => {
    underWay = (async () => predicate(...values))();
    return underWay;
  });
  await fc.assert(property, { seed: SEED, numRuns: 1_000_000, interruptAfterTimeLimit: seconds * 1000, reporter: throwFailure });
  await underWay;
}

/** With the message of what failed, which test runners don't show as a cause. */
function throwFailure<Values>(details: fc.RunDetails<Values>): void {
  const isUnfinished = details.interrupted && details.counterexample === null;
  if (details.failed && !isUnfinished) throw new Error(`${describe(details.errorInstance)}\n${fc.defaultReportMessage(details) ?? ''}`);
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
