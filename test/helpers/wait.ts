/** Long enough for a model on a busy software-GL machine; a test that waits so long has failed anyway. */
const PATIENCE_MS = 30_000;

/** A promise that a test settles itself. */
export interface Deferred<Value> {
  promise: Promise<Value>;
  resolve(value: Value): void;
  reject(reason: unknown): void;
}

export function defer<Value = void>(): Deferred<Value> {
  let resolve!: (value: Value) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<Value>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

/**
 * Asks again and again until the answer is truthy.
 *
 * @param what for the message of the failure: "the state 'running'"
 * @returns the answer
 */
export async function waitFor<Value>(what: string, ask: () => Value | Promise<Value>, patienceMs = PATIENCE_MS): Promise<Exclude<Value, false | null | undefined>> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const value = await ask();
    if (value) return value as Exclude<Value, false | null | undefined>;
    if (performance.now() > end) throw new Error(`Waited ${patienceMs / 1000} s for ${what}`);
    await nextTask(10);
  }
}

/** The next event of a type, or the first that the filter takes. */
export function nextEvent<Detail = unknown>(
  target: EventTarget,
  type: string,
  accepts: (event: CustomEvent<Detail>) => boolean = () => true,
): Promise<CustomEvent<Detail>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => finish(() => reject(new Error(`Waited ${PATIENCE_MS / 1000} s for the event '${type}'`))), PATIENCE_MS);
    const handle = (event: Event): void => {
      if (accepts(event as CustomEvent<Detail>)) finish(() => resolve(event as CustomEvent<Detail>));
    };
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      target.removeEventListener(type, handle);
      settle();
    };
    target.addEventListener(type, handle);
  });
}

/** Lets timers, messages and promise callbacks run. */
export function nextTask(delayMs = 0): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });
}

/** What a promise that has to fail failed with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`Expected a rejection; got ${String(value)}`);
    },
    (error: unknown) => error,
  );
}
