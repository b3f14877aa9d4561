import { expect } from 'chai';
import { BackendMemory } from '../../../src/engine/model/backend-memory';

/** The part of a page's storage that is used. */
class FakeStorage implements Storage {
  readonly #items = new Map<string, string>();
  readonly [name: string]: unknown;

  get length(): number {
    return this.#items.size;
  }

  clear(): void {
    this.#items.clear();
  }

  key(index: number): string | null {
    return [...this.#items.keys()][index] ?? null;
  }

  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.#items.set(key, value);
  }

  removeItem(key: string): void {
    this.#items.delete(key);
  }
}

describe('<virtual-background-camera> BackendMemory', () => {
  let storage: FakeStorage;
  let renderer: string;
  let renderers = 0;

  beforeEach(() => {
    storage = new FakeStorage();
    // What the page remembers lives as long as the page.
    renderers += 1;
    renderer = `renderer ${renderers} of the memory's test`;
  });

  function create(name = renderer): BackendMemory {
    return new BackendMemory(name, () => storage);
  }

  it('should remember each model by itself, for the next run of the page', () => {
    expect(create().recall('body-pix')).to.equal(null);
    create().remember('body-pix', 'webgl');
    create().remember('selfie', 'wasm');
    expect(create().recall('body-pix')).to.equal('webgl');
    expect(create().recall('selfie')).to.equal('wasm');
    create().forget('selfie');
    expect(create().recall('selfie')).to.equal(null);
    expect(create().recall('body-pix')).to.equal('webgl');
  });

  it('should not recall what was found on another renderer', () => {
    create().remember('body-pix', 'webgl');
    expect(create(`${renderer}, the other GPU`).recall('body-pix')).to.equal(null);
  });

  it('should recall what an earlier page of the visit stored', () => {
    create().remember('body-pix', 'wasm');
    const [key, value] = [storage.key(0) as string, 'webgl'];
    // As another page would, for a renderer that this one has not asked about.
    storage.setItem(key.replace(renderer, `${renderer}, next page`), value);
    expect(create(`${renderer}, next page`).recall('body-pix')).to.equal('webgl');
    storage.setItem(key.replace(renderer, `${renderer}, nonsense`), 'cuda');
    expect(create(`${renderer}, nonsense`).recall('body-pix')).to.equal(null);
  });

  it('should do without a storage that is forbidden', () => {
    const memory = new BackendMemory(renderer, () => {
      throw new DOMException('The document is sandboxed', 'SecurityError');
    });
    expect(memory.recall('body-pix')).to.equal(null);
    memory.remember('body-pix', 'webgl');
    expect(memory.recall('body-pix')).to.equal('webgl');
    memory.forget('body-pix');
    expect(memory.recall('body-pix')).to.equal(null);
  });

  it('should forget even what the storage keeps', () => {
    create().remember('body-pix', 'webgl');
    storage.removeItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    create().forget('body-pix');
    expect(create().recall('body-pix')).to.equal(null);
  });
});
