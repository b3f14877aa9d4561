import type { ProgressDetail } from '../types';
import { canDigest, checkIntegrity } from './integrity';
import { ModelCache } from './model-cache';

export interface DownloadFile {
  url: string;
  /** Size, where it is known beforehand: a file of another size is refused. */
  bytes?: number;
  /** Whether the answer's own word on its size may be shown; a file that names others is but the beginning. */
  isIndex?: boolean;
}

/** Files that belong together: kept, and looked for in the cache, all or none. */
export interface DownloadSet<Content> {
  files: readonly DownloadFile[];
  /** Whether what lies at these addresses may be another file one day. */
  mayChange: boolean;
  /** Digests of all the files' bytes, one after the other; see {@link checkIntegrity}. */
  integrity?: string | undefined;
  /** How long the files may take, milliseconds; left out: as long as they like. */
  limitMs?: number | undefined;
  /**
   * Makes what is wanted of the files' bytes.
   *
   * @throws {Error} naming the file that is not what it should be
   */
  take(parts: ArrayBuffer[]): Content | Promise<Content>;
}

export interface DownloadOptions {
  /** Ends every download. */
  signal?: AbortSignal | undefined;
  /** Keeps files for the next visit, and looks there first. Default: false. */
  cache?: boolean;
  onProgress?(progress: ProgressDetail): void;
}

interface Count {
  loaded: number;
  /** Undefined while not known. */
  total: number | undefined;
}

interface Downloaded {
  bytes: ArrayBuffer;
  headers: Headers;
}

/** The files that one load fetches, and how far they have come together. */
export class Downloads {
  readonly signal: AbortSignal;
  readonly #onProgress: (progress: ProgressDetail) => void;
  #cache: Promise<ModelCache | null>;
  readonly #counts = new Map<string, Count>();

  constructor({ signal = new AbortController().signal, cache = false, onProgress = () => undefined }: DownloadOptions = {}) {
    this.signal = signal;
    this.#onProgress = onProgress;
    this.#cache = cache ? ModelCache.open() : Promise.resolve(null);
  }

  /** For files that the same network may want later: nobody watches, and only `signal` ends them. */
  forLater(signal: AbortSignal): Downloads {
    const later = new Downloads({ signal });
    later.#cache = this.#cache;
    return later;
  }

  /** Files that will be asked for: they count from now on, so that the sum doesn't grow on the way. */
  expect(files: readonly DownloadFile[]): void {
    for (const file of files) this.#count(file);
  }

  /**
   * Fetches files, or finds them in the cache. What `take` refuses is not kept; what was kept and is refused is
   * fetched again.
   *
   * @throws {Error} naming the file; the signal's reason
   */
  async fetch<Content>(set: DownloadSet<Content>): Promise<Content> {
    this.expect(set.files);
    try {
      const cache = await this.#cache;
      const kept = cache && (await this.#takeKept(cache, set));
      if (kept) return kept.content;
      const downloaded = await this.#downloadAll(set);
      const parts = downloaded.map(({ bytes }) => bytes);
      if (!isCheckedByBrowser(set)) await checkDigest(set, parts);
      const content = await set.take(parts);
      // Nobody waits for the disk.
      downloaded.forEach(({ bytes, headers }, index) => void cache?.write((set.files[index] as DownloadFile).url, bytes, headers));
      return content;
    } catch (error) {
      this.signal.throwIfAborted();
      for (const { url } of set.files) this.#counts.delete(url);
      throw error;
    }
  }

  async #takeKept<Content>(cache: ModelCache, set: DownloadSet<Content>): Promise<{ content: Content } | null> {
    const { files, mayChange } = set;
    const parts = await Promise.all(files.map(({ url }) => cache.read(url, mayChange, this.signal)));
    this.signal.throwIfAborted();
    try {
      const whole = parts.map((part, index) => checkSize(part, files[index] as DownloadFile));
      await checkDigest(set, whole);
      const content = await set.take(whole);
      files.forEach((file, index) => Object.assign(this.#count(file), { loaded: whole[index]?.byteLength, total: whole[index]?.byteLength }));
      this.#tell();
      return { content };
    } catch {
      await Promise.all(files.map(({ url }) => cache.delete(url)));
      return null;
    }
  }

  /** The first that fails ends the others. */
  async #downloadAll<Content>(set: DownloadSet<Content>): Promise<Downloaded[]> {
    const ending = new AbortController();
    this.signal.throwIfAborted();
    this.signal.addEventListener('abort', () => ending.abort(this.signal.reason), { once: true, signal: ending.signal });
    const { limitMs } = set;
    const timer = limitMs === undefined ? undefined : setTimeout(() => ending.abort(new Error(`No answer in ${limitMs} ms`)), limitMs);
    const init = { signal: ending.signal, ...(set.integrity && isCheckedByBrowser(set) ? { integrity: set.integrity } : {}) };
    try {
      return await Promise.all(set.files.map((file) => this.#download(file, init)));
    } finally {
      clearTimeout(timer);
      ending.abort();
    }
  }

  async #download(file: DownloadFile, init: RequestInit): Promise<Downloaded> {
    const { url } = file;
    const response = await fetch(url, init);
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    const type = response.headers.get('Content-Type') ?? '';
    // Servers of apps send the app's page for every address that they do not know.
    if (type.startsWith('text/html')) throw new Error(`${url} is a web page (${response.status}, ${type}) in place of the file`);
    const count = this.#count(file);
    if (!file.isIndex) count.total ??= contentLength(response);
    const bytes = await this.#read(response, file, count);
    count.total = bytes.byteLength;
    checkSize(bytes, file);
    return { bytes, headers: response.headers };
  }

  async #read(response: Response, file: DownloadFile, count: Count): Promise<ArrayBuffer> {
    const reader = response.body?.getReader();
    if (!reader) return response.arrayBuffer();
    const chunks: Uint8Array[] = [];
    try {
      for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
        chunks.push(chunk.value);
        count.loaded += chunk.value.byteLength;
        // More than there is to have: the server's word on the size was about something else, or the file is.
        if (count.total !== undefined && count.loaded > count.total) count.total = undefined;
        if (file.bytes !== undefined && count.loaded > file.bytes) throw sizeError(file.url, `more than ${file.bytes}`, file.bytes);
        this.#tell();
      }
    } catch (error) {
      void reader.cancel().catch(() => undefined);
      this.signal.throwIfAborted();
      if (!(error instanceof TypeError)) throw error;
      // A connection that breaks, and one that ends before the announced length.
      throw new Error(`${file.url} broke off after ${count.loaded} of ${file.bytes ?? contentLength(response) ?? 'unknown'} bytes`, { cause: error });
    }
    return joinBytes(chunks);
  }

  #count(file: DownloadFile): Count {
    let count = this.#counts.get(file.url);
    if (!count) this.#counts.set(file.url, (count = { loaded: 0, total: file.bytes }));
    return count;
  }

  #tell(): void {
    if (this.signal.aborted) return;
    const counts = [...this.#counts.values()];
    const loaded = counts.reduce((sum, count) => sum + count.loaded, 0);
    const total = counts.reduce((sum, count) => sum + (count.total ?? Number.NaN), 0);
    this.#onProgress({ phase: 'model', loaded, ...(Number.isNaN(total) ? {} : { total }) });
  }
}

/**
 * The browser's own check withholds the bytes until all are there, and says nothing about what is wrong, so it is
 * left to pages where there is no other.
 */
function isCheckedByBrowser({ files, integrity }: DownloadSet<unknown>): boolean {
  return integrity !== undefined && files.length === 1 && !canDigest();
}

async function checkDigest({ files, integrity }: DownloadSet<unknown>, parts: ArrayBuffer[]): Promise<void> {
  if (integrity === undefined) return;
  const bytes = parts.length === 1 ? (parts[0] as ArrayBuffer) : joinBytes(parts);
  await checkIntegrity(bytes, integrity, files.map(({ url }) => url).join(' + '));
}

/** The bytes of one or more buffers in one. */
export function joinBytes(parts: readonly (ArrayBuffer | Uint8Array)[]): ArrayBuffer {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part instanceof Uint8Array ? part : new Uint8Array(part), offset);
    offset += part.byteLength;
  }
  return joined.buffer;
}

/** Of the file itself: a compressed answer tells its length on the way. */
function contentLength({ headers }: Response): number | undefined {
  const length = Number(headers.get('Content-Length') ?? Number.NaN);
  return headers.has('Content-Encoding') || !Number.isFinite(length) ? undefined : length;
}

function checkSize(part: ArrayBuffer | null, { url, bytes }: DownloadFile): ArrayBuffer {
  if (!part) throw new Error(`${url} is not there`);
  if (bytes !== undefined && part.byteLength !== bytes) throw sizeError(url, part.byteLength, bytes);
  return part;
}

function sizeError(url: string, got: number | string, expected: number): Error {
  return new Error(`${url} has ${got} bytes instead of ${expected}: the file is incomplete or another one`);
}
