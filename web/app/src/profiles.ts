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
  return all.sort((a, b) => a.made - b.made);
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
