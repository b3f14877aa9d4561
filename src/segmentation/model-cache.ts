const PREFIX = 'virtual-background-camera:models:';
/** Counted up when what is kept, or under which address, changes; caches of other versions are deleted. */
const NAME = `${PREFIX}1`;
/** Every variant of BodyPix and the package's own files together are fewer. */
const MAX_FILES = 32;
/** What a file is compared by, and what it is. */
const KEPT_HEADERS = ['Content-Type', 'ETag', 'Last-Modified'];
const VALIDATORS = ['ETag', 'Last-Modified'];

/**
 * Model files in the browser's Cache Storage, so that the second visit needs no network. Nothing here ever fails:
 * where a browser keeps nothing (private windows, a full disk) the files come from the network as before.
 */
export class ModelCache {
  readonly #cache: Cache;

  private constructor(cache: Cache) {
    this.#cache = cache;
  }

  /** @returns null where there is no Cache Storage: in pages that aren't secure, and where the browser forbids it */
  static async open(): Promise<ModelCache | null> {
    if (!globalThis.isSecureContext || !('caches' in globalThis)) return null;
    try {
      const names = await caches.keys();
      await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name)));
      return new ModelCache(await caches.open(NAME));
    } catch {
      return null;
    }
  }

  /**
   * @param mayChange asks the server first whether the file is still the same, by its headers; without a network,
   *   what was kept is used
   * @throws the signal's reason
   */
  async read(url: string, mayChange: boolean, signal: AbortSignal): Promise<ArrayBuffer | null> {
    const kept = await this.#cache.match(url).catch(() => undefined);
    signal.throwIfAborted();
    if (!kept || (mayChange && !(await isCurrent(url, kept, signal)))) return null;
    return kept.arrayBuffer().catch(() => null);
  }

  /** @param headers of the answer that brought the file */
  async write(url: string, bytes: ArrayBuffer, headers: Headers): Promise<void> {
    const kept = KEPT_HEADERS.flatMap((name) => (headers.has(name) ? [[name, headers.get(name) as string] as [string, string]] : []));
    try {
      await this.#cache.put(url, new Response(bytes, { headers: kept }));
      const requests = await this.#cache.keys();
      await Promise.all(requests.slice(0, Math.max(0, requests.length - MAX_FILES)).map((request) => this.#cache.delete(request)));
    } catch {
      // The disk is full, or the page may not keep anything.
    }
  }

  async delete(url: string): Promise<void> {
    await this.#cache.delete(url).catch(() => false);
  }
}

async function isCurrent(url: string, kept: Response, signal: AbortSignal): Promise<boolean> {
  let now: Response;
  try {
    now = await fetch(url, { method: 'HEAD', cache: 'no-cache', signal });
  } catch {
    signal.throwIfAborted();
    return true;
  }
  const known = VALIDATORS.filter((name) => kept.headers.has(name) && now.headers.has(name));
  return now.ok && known.length > 0 && known.every((name) => kept.headers.get(name) === now.headers.get(name));
}
