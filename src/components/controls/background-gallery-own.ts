import { forget, readRemembered, remember } from './background-gallery-storage';

/** A picture or a movie that the person added. */
export interface OwnBackground {
  readonly id: string;
  readonly file: File;
  /** Milliseconds since 1970. */
  readonly added: number;
}

/** More are of little use, and each may hold some megabytes. */
export const MAX_OWN = 12;

/** What the person added since the page was loaded, oldest first. All galleries of a page share it. */
export class OwnBackgrounds {
  #items: readonly OwnBackground[] = [];
  #recalled: Promise<void> | null = null;
  readonly #forgotten = new Set<string>();
  /** In the browser's storage. A page that remembers nothing gets no database there. */
  readonly #stored = new Set<string>();
  readonly #listeners = new Set<() => void>();

  get items(): readonly OwnBackground[] {
    return this.#items;
  }

  /** Calls back at every change. @returns a function that ends it */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Adds a file; one that is there already is not added twice. Beyond {@link MAX_OWN} the oldest goes.
   *
   * @param keep also for the next visit, where the browser stores anything
   */
  add(file: File, keep: boolean): OwnBackground {
    const known = this.#items.find((item) => isSameFile(item.file, file));
    if (known) return known;
    const added = Date.now();
    const item = { id: `own-${added}-${Math.random().toString(36).slice(2)}`, file, added };
    const items = [...this.#items, item];
    for (const { id } of items.slice(0, -MAX_OWN)) this.#forget(id);
    this.#set(items.slice(-MAX_OWN));
    if (keep) {
      this.#stored.add(item.id);
      void remember(item);
    }
    return item;
  }

  /** Also from the browser's storage. */
  remove(id: string): void {
    this.#forgotten.add(id);
    this.#forget(id);
    this.#set(this.#items.filter((item) => item.id !== id));
  }

  /** Brings back what earlier visits left; once a page. */
  recall(): Promise<void> {
    return (this.#recalled ??= readRemembered().then((remembered) => {
      for (const { id } of remembered) this.#stored.add(id);
      const known = new Set(this.#items.map(({ id }) => id));
      const back = remembered.filter(({ id }) => !known.has(id) && !this.#forgotten.has(id));
      if (back.length > 0) this.#set([...back, ...this.#items].slice(-MAX_OWN));
    }));
  }

  #forget(id: string): void {
    if (this.#stored.delete(id)) void forget(id);
  }

  #set(items: readonly OwnBackground[]): void {
    this.#items = items;
    for (const listener of [...this.#listeners]) listener();
  }
}

const isSameFile = (one: File, other: File): boolean =>
  one.name === other.name && one.size === other.size && one.type === other.type && one.lastModified === other.lastModified;

export const ownBackgrounds = new OwnBackgrounds();
