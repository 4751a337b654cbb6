// The journal of one profile. A record that append() has resolved for survives whatever happens next.
//
// Two tabs must never both write: a chain with two heads is what the bank takes for theft. The Web Lock (lock.ts) keeps
// the second tab out; should it fail, or be taken over while the first tab is in the middle of a payment, this file
// still holds: whoever opens the journal writes its own token into it, every append looks for that token in the
// transaction that writes, and every record has its number, which can be taken once.
import { answer, write } from './database';
import { Refusal } from './protocol';

const ownerKey = 'owner';

export class Journal {
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly db: IDBDatabase,
    private readonly owner: string,
    private held: Uint8Array[] | undefined,
    private next: number,
  ) {}

  /** Makes this tab the only one that can write, and reads everything that was written. */
  static async take(db: IDBDatabase): Promise<Journal> {
    const owner = crypto.randomUUID();
    const [records, numbers] = await write(db, ['journal', 'meta'], async (tx) => {
      tx.objectStore('meta').put(owner, ownerKey);
      const journal = tx.objectStore('journal');
      return Promise.all([answer<Uint8Array[]>(journal.getAll()), answer(journal.getAllKeys())]);
    });
    if (numbers.some((number, i) => number !== i)) throw new Refusal('journal_contradiction', 'records are missing');
    return new Journal(db, owner, records, records.length);
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
  }

  /** Throws when another tab has taken over. */
  async own(tx: IDBTransaction): Promise<void> {
    if ((await answer<unknown>(tx.objectStore('meta').get(ownerKey))) !== this.owner) {
      throw new Refusal('locked', 'this wallet was opened in another tab');
    }
  }
}
