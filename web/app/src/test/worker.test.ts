// The journal, the keys and the lock as the browser runs them, on an IndexedDB in memory.
import 'fake-indexeddb/auto';
import * as ed25519 from '@noble/ed25519';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IDBFactory } from 'fake-indexeddb';
import { databaseName, deleteDatabase, openDatabase } from '../worker/database';
import { Journal } from '../worker/journal';
import { Keys } from '../worker/keys';
import { lockProfile } from '../worker/lock';
import { Refusal, failureOf } from '../worker/protocol';

const bytes = (...list: number[]) => new Uint8Array(list);
const profile = 'one';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

async function open(): Promise<Journal> {
  return Journal.take(await openDatabase(profile));
}

describe('the journal', () => {
  it('gives back what was appended, in its order', async () => {
    const journal = await open();
    expect(await journal.records()).toEqual([]);
    await Promise.all([journal.append(bytes(1)), journal.append(bytes(2), bytes(3)), journal.append(bytes(4))]);
    expect(journal.size).toBe(4);
    const again = await open();
    expect(again.size).toBe(4);
    expect(await again.records()).toEqual([bytes(1), bytes(2), bytes(3), bytes(4)]);
  });

  it('takes a record as it is when append is called', async () => {
    const journal = await open();
    const record = bytes(7);
    const written = journal.append(record);
    record[0] = 8;
    await written;
    expect(await (await open()).records()).toEqual([bytes(7)]);
  });

  it('lets nobody write after another tab has taken over: a chain has one head', async () => {
    const first = await open();
    await first.append(bytes(1));
    const second = await open();
    await expect(first.append(bytes(2))).rejects.toMatchObject({ code: 'locked' });
    await second.append(bytes(3));
    expect(await (await open()).records()).toEqual([bytes(1), bytes(3)]);
  });

  it('does not write a record over another, even with the token of the owner', async () => {
    const first = await open();
    const second = await open();
    const owner = (second as unknown as { owner: string }).owner;
    (first as unknown as { owner: string }).owner = owner;
    await second.append(bytes(1));
    await expect(first.append(bytes(2))).rejects.toMatchObject({ code: 'journal_failed' });
    expect(await (await open()).records()).toEqual([bytes(1)]);
  });

  it('writes all of several records or none', async () => {
    const journal = await open();
    await journal.append(bytes(1));
    const unwritable = { slice: () => () => 0 } as unknown as Uint8Array; // a function cannot be stored
    await expect(journal.append(bytes(2), unwritable)).rejects.toMatchObject({ code: 'journal_failed' });
    await journal.append(bytes(3));
    expect(await (await open()).records()).toEqual([bytes(1), bytes(3)]);
  });

  describe('on a full phone', () => {
    const { put, add } = IDBObjectStore.prototype;
    const full = () => {
      IDBObjectStore.prototype.put = IDBObjectStore.prototype.add = () => {
        throw new DOMException('full', 'QuotaExceededError');
      };
    };
    const room = () => Object.assign(IDBObjectStore.prototype, { put, add });
    afterEach(room);

    it('can be read, and written when there is room again', async () => {
      await (await open()).append(bytes(1));
      full();
      const journal = await open();
      expect(await journal.records()).toEqual([bytes(1)]);
      await expect(journal.append(bytes(2))).rejects.toMatchObject({ code: 'phone_full' });
      room();
      await journal.append(bytes(3));
      await journal.append(bytes(4));
      expect(await (await open()).records()).toEqual([bytes(1), bytes(3), bytes(4)]);
    });

    it('a tab that only reads writes nothing over what another has written, nor after it', async () => {
      const writer = await open();
      await writer.append(bytes(1));
      full();
      const [late, later] = [await open(), await open()];
      room();
      await writer.append(bytes(2));
      await expect(late.append(bytes(3))).rejects.toMatchObject({ code: 'journal_failed' });
      const other = await open();
      await expect(later.append(bytes(4))).rejects.toMatchObject({ code: 'locked' });
      await expect(writer.append(bytes(5))).rejects.toMatchObject({ code: 'locked' });
      await other.append(bytes(6));
      expect(await (await open()).records()).toEqual([bytes(1), bytes(2), bytes(6)]);
    });
  });

  describe('and its mark', () => {
    const take = async (mark?: string) => {
      const marks: string[] = [];
      const journal = await Journal.take(await openDatabase(profile), mark, (now) => void marks.push(now));
      return { journal, marks };
    };
    /** The database as it was: what a copy of the browser's files brings back. */
    const putBack = (...records: Uint8Array[]) => {
      globalThis.indexedDB = new IDBFactory();
      return open().then((journal) => journal.append(...records));
    };

    it('is told before append resolves, and when the journal is read', async () => {
      const { journal, marks } = await take();
      expect(marks).toEqual([]);
      await journal.append(bytes(1), bytes(2));
      expect(marks.map((mark) => mark.split(' ')[0])).toEqual(['2']);
      expect((await take()).marks).toEqual(marks);
    });

    it('says that the journal was put back as it was: shorter, or gone on from there', async () => {
      const { journal, marks } = await take();
      await journal.append(bytes(1), bytes(2));
      await journal.append(bytes(3));
      const mark = marks.at(-1);
      await putBack(bytes(1), bytes(2));
      expect((await take(mark)).journal.behind).toBe(true);
      expect((await take(mark)).marks).toEqual([]); // the old mark holds until the purses are retired
      await putBack(bytes(1), bytes(2), bytes(4), bytes(5));
      expect((await take(mark)).journal.behind).toBe(true);
      const again = await take(mark);
      await again.journal.append(bytes(6)); // Restored
      expect((await take(again.marks.at(-1))).journal.behind).toBe(false);
    });

    it('does not bite when it was cleared, when its own write was lost, or when there is nothing to lose', async () => {
      const { journal, marks } = await take();
      await journal.append(bytes(1));
      await journal.append(bytes(2));
      for (const mark of ['', 'rubbish', ...marks]) expect((await take(mark)).journal.behind, mark).toBe(false);
      globalThis.indexedDB = new IDBFactory();
      expect((await take(marks.at(-1))).journal.behind).toBe(false);
    });
  });

  it('refuses to open with a record missing', async () => {
    const journal = await open();
    await journal.append(bytes(1), bytes(2), bytes(3));
    const tx = journal.db.transaction('journal', 'readwrite');
    tx.objectStore('journal').delete(1);
    await new Promise((done) => (tx.oncomplete = done));
    await expect(open()).rejects.toMatchObject({ code: 'journal_contradiction' });
  });
});

describe.each(['webcrypto', 'sealed'] as const)('keys by %s', (kind) => {
  const hash = new Uint8Array(32).fill(5);

  it('sign, and are the same after the app was closed', async () => {
    const keys = new Keys(await open(), kind);
    const publicKey = await keys.publicKey(0);
    expect(publicKey).toHaveLength(32);
    expect(await keys.publicKey(0)).toEqual(publicKey);
    expect(await keys.publicKey(1)).not.toEqual(publicKey);
    const later = new Keys(await open(), kind);
    const signature = await later.sign(publicKey, hash);
    expect(await ed25519.verifyAsync(signature, hash, publicKey)).toBe(true);
    expect(await later.publicKey(0)).toEqual(publicKey);
  });

  it('never leave the browser', async () => {
    const journal = await open();
    await new Keys(journal, kind).publicKey(0);
    const store = journal.db.transaction('keys').objectStore('keys').getAll();
    await new Promise((done) => (store.onsuccess = done));
    const [record] = store.result as Record<string, unknown>[];
    const secret = (kind === 'webcrypto' ? record?.['privateKey'] : record?.['sealedBy']) as CryptoKey;
    expect(secret.extractable).toBe(false);
    await expect(crypto.subtle.exportKey(kind === 'webcrypto' ? 'pkcs8' : 'raw', secret)).rejects.toThrow();
    for (const value of Object.values(record ?? {})) {
      if (value instanceof Uint8Array && value.length === 32) expect(value).toEqual(record?.['publicKey']);
    }
  });

  it('are not made by a tab that was taken over, nor used for a stranger', async () => {
    const first = await open();
    await open();
    await expect(new Keys(first, kind).publicKey(0)).rejects.toMatchObject({ code: 'locked' });
    const keys = new Keys(await open(), kind);
    await expect(keys.sign(bytes(1, 2, 3), hash)).rejects.toMatchObject({ code: 'no_key' });
  });
});

describe('a person who is forgotten', () => {
  it('is gone when that is said, also where another tab is slow to close: never refused and deleted later', async () => {
    const slow = await openDatabase(profile);
    slow.onversionchange = null;
    let gone: unknown;
    const deleted = deleteDatabase(profile).then(
      () => (gone = true),
      (thrown: unknown) => (gone = thrown),
    );
    await new Promise((blocked) => (indexedDB.open('another').onsuccess = blocked));
    expect(gone).toBeUndefined();
    slow.close();
    await deleted;
    expect(gone).toBe(true);
    expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain(databaseName(profile));
  });
});

describe('the lock', () => {
  it('that the browser refuses outright is said: nobody waits for ever', async () => {
    const request = () => Promise.reject(new DOMException('no', 'SecurityError'));
    vi.stubGlobal('navigator', { locks: { request } });
    await expect(lockProfile(profile, false, () => undefined)).rejects.toMatchObject({ code: 'locked' });
    vi.unstubAllGlobals();
  });
});

describe('failures', () => {
  it('keep their code, whatever threw them', () => {
    expect(failureOf(new Refusal('locked', 'why', 'purse'))).toEqual({ code: 'locked', detail: 'why', where: 'purse' });
    expect(failureOf({ code: 'expired', where: 'bill', detail: '' })).toEqual({
      code: 'expired',
      where: 'bill',
      detail: '',
    });
    expect(failureOf(new DOMException('x', 'AbortError')).code).toBe('internal');
    expect(failureOf('boom')).toEqual({ code: 'internal', where: '', detail: 'boom' });
  });
});
