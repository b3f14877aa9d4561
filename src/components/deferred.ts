/** A promise that is settled from outside, at most once. A rejection nobody listens to is not an incident. */
export class Deferred<Value> {
  readonly promise: Promise<Value>;
  #resolve: (value: Value) => void = () => undefined;
  #reject: (reason: Error) => void = () => undefined;
  #settled = false;

  constructor() {
    this.promise = new Promise<Value>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.promise.catch(() => undefined);
  }

  get settled(): boolean {
    return this.#settled;
  }

  resolve(value: Value): void {
    this.#settled = true;
    this.#resolve(value);
  }

  reject(reason: Error): void {
    this.#settled = true;
    this.#reject(reason);
  }
}
