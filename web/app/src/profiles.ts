// The people who share this phone. Each has a journal and keys of their own (worker/), a PIN, and a face.
import { answer } from './worker/database';
import { Refusal } from './worker/protocol';
import type { Pin } from './pin';

export interface Profile {
  /** Names the journal: kula-<id>. */
  id: string;
  name: string;
  /** Order of making. */
  made: number;
  /** The network of the person's bank, as Bank.network has it; empty until a bank is chosen. */
  network: string;
  /** The Stellar account of their words: who forgot the PIN shows by the words that it is theirs. */
  account: string;
  pin?: Pin;
  /** Since when the phone is a shop's till, in seconds: to receive and give back only, until the PIN is typed. */
  till?: number;
  photo?: Blob;
  /** When the bank was last reached. The journal notes it twice a day at most. */
  syncedAt?: number;
  /** When records were last sealed into a backup file. */
  backedUpAt?: number;
}

let opened: Promise<IDBDatabase> | undefined;

function database(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open('kula', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('profiles', { keyPath: 'id' });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Refusal('journal_failed', String(request.error)));
  });
  return opened;
}

/** Everybody on this phone, oldest first. */
export async function allProfiles(): Promise<Profile[]> {
  const db = await database();
  const all = await answer<Profile[]>(db.transaction('profiles').objectStore('profiles').getAll());
  return all.filter(({ id }) => id !== reserve).sort((a, b) => a.made - b.made);
}

/** Somebody as they stand on the disk: another tab may have changed their PIN. Undefined: forgotten there. */
export async function storedProfile(id: string): Promise<Profile | undefined> {
  const db = await database();
  return answer<Profile | undefined>(db.transaction('profiles').objectStore('profiles').get(id));
}

/** Writes a profile down; when it resolves, it is on the disk. */
export async function saveProfile(profile: Profile): Promise<void> {
  await changeProfiles((store) => store.put(profile));
}

/** Writes a part of a profile down, and leaves what another tab wrote of the rest. Gives the whole of it. */
export async function mergeProfile(id: string, part: Partial<Profile>): Promise<Profile> {
  let merged: Profile | undefined;
  await changeProfiles((store) => {
    const read = store.get(id);
    read.onsuccess = () => {
      if (read.result) store.put((merged = { ...(read.result as Profile), ...part }));
    };
    return read;
  });
  if (!merged) throw new Refusal('locked', 'this person was forgotten in another tab');
  return merged;
}

/**
 * The room that a wrong PIN is counted in on a full phone. Without it whoever has a PIN would be shut out of a phone that
 * is full, or nothing would be counted there.
 */
const reserve = 'reserve';
const reserved = 64 << 10; // bytes, random ones: others would be packed into few

export async function hasReserve(): Promise<boolean> {
  const db = await database();
  return (await answer(db.transaction('profiles').objectStore('profiles').getKey(reserve))) !== undefined;
}

/** Sets room aside while there is some. */
export async function keepReserve(): Promise<void> {
  if (await hasReserve()) return;
  const room = crypto.getRandomValues(new Uint8Array(reserved));
  await changeProfiles((store) => store.put({ id: reserve, room })).catch(() => undefined);
}

/** Writes the count of a PIN down, on a full phone where the reserve was. */
export async function keepCount(id: string, pin: Pin): Promise<Profile> {
  try {
    return await mergeProfile(id, { pin });
  } catch (thrown) {
    if ((thrown as Refusal).code !== 'journal_failed') throw thrown;
  }
  await changeProfiles((store) => store.delete(reserve));
  return mergeProfile(id, { pin });
}

export async function removeProfile(id: string): Promise<void> {
  await changeProfiles((store) => store.delete(id));
}

async function changeProfiles(change: (store: IDBObjectStore) => IDBRequest): Promise<void> {
  const db = await database();
  await new Promise<void>((resolve, reject) => {
    const tx = db.transaction('profiles', 'readwrite', { durability: 'strict' });
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(new Refusal('journal_failed', String(tx.error)));
    change(tx.objectStore('profiles'));
  });
}

export function newProfile(name: string): Profile {
  return { id: crypto.randomUUID(), name, made: Date.now(), network: '', account: '' };
}
