import type { OwnBackground } from './background-gallery-own';

const DATABASE = 'virtual-background-camera';
const STORE = 'backgrounds';
/** What one visit leaves to the next: at most so many files, of at most so many bytes each. */
export const MAX_REMEMBERED = 8;
export const MAX_REMEMBERED_BYTES = 16 * 1024 * 1024;

/** Private windows, full disks and blocked storage must not keep anybody from using a picture now. */
async function inStore<Value>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<Value>): Promise<Value | undefined> {
  try {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: 'id' });
    const database = await settled(opening);
    try {
      const transaction = database.transaction(STORE, mode);
      const done = new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error ?? new Error('The storage stopped'));
      });
      const [value] = await Promise.all([settled(work(transaction.objectStore(STORE))), done]);
      return value;
    } finally {
      database.close();
    }
  } catch {
    return undefined;
  }
}

function settled<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The storage refused'));
  });
}

/** Oldest first; none where the browser stores nothing. */
export async function readRemembered(): Promise<OwnBackground[]> {
  const found = await inStore<unknown[]>('readonly', (store) => store.getAll() as IDBRequest<unknown[]>);
  return (found ?? []).filter(isOwnBackground).sort((one, other) => one.added - other.added);
}

const isOwnBackground = (value: unknown): value is OwnBackground =>
  typeof value === 'object' && value !== null && 'file' in value && value.file instanceof File && 'id' in value && 'added' in value;

/** Keeps it for the next visit, unless it is too large; the oldest beyond the limit goes. */
export async function remember(item: OwnBackground): Promise<void> {
  if (item.file.size > MAX_REMEMBERED_BYTES) return;
  await inStore('readwrite', (store) => store.put(item));
  const all = await readRemembered();
  for (const { id } of all.slice(0, -MAX_REMEMBERED)) await forget(id);
}

export async function forget(id: string): Promise<void> {
  await inStore('readwrite', (store) => store.delete(id));
}
