// IndexedDB, as promises. One database for each profile: its journal, its device keys, and who may write.
import { Refusal } from './protocol';

export type Store = 'journal' | 'keys' | 'meta';

export const databaseName = (profile: string) => `kula-${profile}`;

export function openDatabase(profile: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName(profile), 1);
    request.onupgradeneeded = () => {
      for (const store of ['journal', 'keys', 'meta'] satisfies Store[]) request.result.createObjectStore(store);
    };
    request.onsuccess = () => {
      const db = request.result;
      db.onversionchange = () => db.close(); // another tab forgets this profile
      resolve(db);
    };
    request.onerror = () => reject(new Refusal('journal_failed', String(request.error)));
    request.onblocked = () => reject(new Refusal('locked', 'another tab holds the database'));
  });
}

/**
 * Resolves when it is gone. Blocked, it waits: the browser deletes it as soon as the others have closed it, so to say
 * that it was refused would leave a person whose journal vanishes later.
 */
export function deleteDatabase(profile: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(databaseName(profile));
    request.onsuccess = () => resolve();
    request.onerror = () => reject(new Refusal('journal_failed', String(request.error)));
  });
}

/** What one request gives. */
export function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * Writes in one transaction, and resolves only when the browser says that it is on the disk. When `work` throws,
 * nothing of it is written.
 */
export async function write<T>(
  db: IDBDatabase,
  stores: Store[],
  work: (tx: IDBTransaction) => Promise<T>,
  refused = 'journal_failed',
): Promise<T> {
  try {
    const tx = db.transaction(stores, 'readwrite', { durability: 'strict' });
    const done = new Promise<void>((resolve, reject) => {
      tx.oncomplete = () => resolve();
      tx.onabort = () => reject(tx.error ?? new Error('the browser gave the transaction up'));
    });
    const [result] = await Promise.all([
      work(tx).catch((thrown: unknown) => {
        abort(tx);
        throw thrown;
      }),
      done,
    ]);
    return result;
  } catch (thrown) {
    if (thrown instanceof Refusal) throw thrown;
    throw new Refusal(isFull(thrown) ? 'phone_full' : refused, String(thrown));
  }
}

/** Whether the browser found no room for it. */
const isFull = (thrown: unknown): boolean => thrown instanceof DOMException && thrown.name === 'QuotaExceededError';

function abort(tx: IDBTransaction): void {
  try {
    tx.abort();
  } catch {
    // it has ended already
  }
}
