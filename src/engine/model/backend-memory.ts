import type { Backend, ModelName } from '../../types';

const PREFIX = 'virtual-background-camera.backend';

/** What this page knows, also where storage is forbidden. Null: forgotten, whatever the storage still says. */
const known = new Map<string, Backend | null>();

/**
 * Which backend was found better for a model, for the rest of the visit, so that not every start has to compare.
 * `webgl` stands for the pipeline's own GPU context and `wasm` for the segmentation worker. Outcomes are kept for each
 * renderer, because a laptop may change from one GPU to another between two starts.
 */
export class BackendMemory {
  readonly #renderer: string;
  readonly #storage: () => Storage;

  /**
   * @param renderer its name; an outcome on another one is not recalled
   * @param storage may throw where the page's storage is forbidden
   */
  constructor(renderer: string, storage: () => Storage = () => sessionStorage) {
    this.#renderer = renderer;
    this.#storage = storage;
  }

  recall(model: ModelName): Backend | null {
    const key = this.#key(model);
    const inPage = known.get(key);
    if (inPage !== undefined) return inPage;
    const stored = this.#attempt((storage) => storage.getItem(key));
    return stored === 'wasm' || stored === 'webgl' ? stored : null;
  }

  remember(model: ModelName, backend: Backend): void {
    const key = this.#key(model);
    known.set(key, backend);
    this.#attempt((storage) => storage.setItem(key, backend));
  }

  /** The next start compares again. */
  forget(model: ModelName): void {
    const key = this.#key(model);
    known.set(key, null);
    this.#attempt((storage) => storage.removeItem(key));
  }

  #key(model: ModelName): string {
    return `${PREFIX}.${model}.${this.#renderer}`;
  }

  /** Storage may be forbidden or full; then the page's own memory has to do. */
  #attempt<Result>(use: (storage: Storage) => Result): Result | null {
    try {
      return use(this.#storage());
    } catch {
      return null;
    }
  }
}
