// The journal of one profile. A record that append() has resolved for survives whatever happens next.
//
// Two tabs must never both write: a chain with two heads is what the bank takes for theft. The Web Lock (lock.ts) keeps
// the second tab out; should it fail, or be taken over while the first tab is in the middle of a payment, this file
// still holds: whoever opens the journal writes its own token into it, every append looks for that token in the
// transaction that writes, and every record has its number, which can be taken once. On a phone that is full the token
// is written with the first record that finds room: until then it is enough that nobody else has written theirs.
//
// A database can be put back as it was, from a copy of the browser's files. Its chain would go on a second time from
// there. So the page keeps a mark outside of it (mark.ts): how long the journal was, and what its last record was.
import { answer, write } from './database';
import type { Store } from './database';
import { Refusal } from './protocol';

const ownerKey = 'owner';

export class Journal {
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly db: IDBDatabase,
    private readonly owner: string,
    private held: Uint8Array[] | undefined,
    private next: number,
    /** Whose token was there when this tab only read: as long as it is, nobody has opened the journal since. */
    private readonly before: unknown = owner,
    /** It is older than its mark: it is read, and goes on only after its purses were retired. */
    readonly behind = false,
    private readonly kept: (mark: string) => void = () => undefined,
  ) {}

  /**
   * Makes this tab the only one that can write, and reads everything that was written. `kept` hears of each mark, after
   * what it stands for is on the disk and before append() resolves.
   */
  static async take(db: IDBDatabase, mark = '', kept?: (mark: string) => void): Promise<Journal> {
    const owner = crypto.randomUUID();
    const stores: Store[] = ['journal', 'meta'];
    const [before, records, numbers] = await write(db, stores, async (tx) => {
      await answer(tx.objectStore('meta').put(owner, ownerKey));
      return everything(tx);
    }).catch(async (refused: unknown) => {
      try {
        return await everything(db.transaction(stores)); // the phone is full: what is there can be shown
      } catch {
        throw refused;
      }
    });
    if (numbers.some((number, i) => number !== i)) throw new Refusal('journal_contradiction', 'records are missing');
    const behind = records.length > 0 && !(await agrees(mark, records));
    if (!behind && records.length > 0) kept?.(await markOf(records, records.length));
    return new Journal(db, owner, records, records.length, before, behind, kept);
  }

  get size(): number {
    return this.next;
  }

  /** Everything, oldest first. */
  async records(): Promise<Uint8Array[]> {
    const held = this.held;
    this.held = undefined; // read once at the start: not kept in memory twice
    return held ?? (await answer<Uint8Array[]>(this.db.transaction('journal').objectStore('journal').getAll()));
  }

  /** Adds records, all or none. Rejected, it has not happened; one after the other, whoever asks. */
  append(...records: Uint8Array[]): Promise<void> {
    const copies = records.map((record) => record.slice());
    const turn = this.last.then(() => this.add(copies));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async add(records: Uint8Array[]): Promise<void> {
    await write(this.db, ['journal', 'meta'], async (tx) => {
      await this.own(tx);
      const journal = tx.objectStore('journal');
      records.forEach((record, i) => journal.add(record, this.next + i)); // one that fails ends the transaction
    });
    this.held = undefined;
    this.next += records.length;
    this.kept(await markOf(records, this.next));
  }

  /** Throws when another tab has taken over. */
  async own(tx: IDBTransaction): Promise<void> {
    const meta = tx.objectStore('meta');
    const owner = await answer<unknown>(meta.get(ownerKey));
    if (owner === this.owner) return;
    if (owner !== this.before) throw new Refusal('locked', 'this wallet was opened in another tab');
    meta.put(this.owner, ownerKey); // there is room now
  }
}

/** What is to be remembered of a journal of so many records, of which these are the last. */
async function markOf(records: Uint8Array[], count: number): Promise<string> {
  const sum = await crypto.subtle.digest('SHA-256', records[records.length - 1]?.slice() ?? new Uint8Array());
  return `${count} ${Array.from(new Uint8Array(sum, 0, 8), (b) => b.toString(16).padStart(2, '0')).join('')}`;
}

/**
 * Whether these records are those of the mark, or go on from them. No mark: the person cleared it, or there never was
 * one. A mark that is behind is one whose own write was lost.
 */
async function agrees(mark: string, records: Uint8Array[]): Promise<boolean> {
  const count = Number(/^(\d+) [0-9a-f]{16}$/.exec(mark)?.[1] ?? 0);
  if (count === 0) return true;
  return count <= records.length && mark === (await markOf(records.slice(0, count), count));
}

/** The owner, the records, and their numbers. */
function everything(tx: IDBTransaction): Promise<[unknown, Uint8Array[], IDBValidKey[]]> {
  const journal = tx.objectStore('journal');
  return Promise.all([
    answer<unknown>(tx.objectStore('meta').get(ownerKey)),
    answer<Uint8Array[]>(journal.getAll()),
    answer(journal.getAllKeys()),
  ]);
}
