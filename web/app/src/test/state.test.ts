// The state of the page, with a worker that answers as the real one does.
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

interface Asked {
  id: number;
  cmd: string;
  args: Record<string, unknown>;
}

/** Holds locks for all tabs, which here are one page. */
class FakeWorker {
  static all: FakeWorker[] = [];
  static refuse: string | undefined;
  asked: Asked[] = [];
  over = false;
  onmessage: ((event: { data: unknown }) => void) | undefined;
  onerror: unknown;
  constructor() {
    FakeWorker.all.push(this);
  }
  postMessage(asked: Asked) {
    this.asked.push(asked);
    const refuse = FakeWorker.refuse;
    queueMicrotask(() =>
      this.say(
        refuse
          ? { id: asked.id, error: { code: refuse, where: '', detail: '' } }
          : { id: asked.id, ok: { network: 'n' } },
      ),
    );
  }
  say(data: unknown) {
    if (!this.over) this.onmessage?.({ data });
  }
  terminate() {
    this.over = true;
  }
}

const last = () => FakeWorker.all.filter((worker) => !worker.over).at(-1)!;
const commands = () => last().asked.map(({ cmd, args }) => [cmd, args]);

async function page() {
  vi.resetModules();
  vi.stubGlobal('Worker', FakeWorker);
  vi.stubGlobal('location', { hash: '', origin: 'https://bank.example' });
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('history', { replaceState: () => undefined });
  vi.stubGlobal('navigator', { onLine: true });
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
  return import('../state');
}

beforeEach(() => {
  FakeWorker.all = [];
  FakeWorker.refuse = undefined;
});

describe('who is here', () => {
  it('nobody at first; then a person whose wallet has no bank; then one that has', async () => {
    const state = await page();
    await state.begin();
    expect(state.phase.value).toBe('nobody');
    const ana = await state.addPerson('Ana');
    expect(state.phase.value).toBe('new');
    expect(commands()).toEqual([['device.start', { profile: ana.id, takeOver: false, mark: '' }]]);
    await state.openWallet('n');
    expect(state.phase.value).toBe('ready');
    const again = await page();
    await again.begin();
    expect(again.phase.value).toBe('ready');
    expect(again.profile.value?.name).toBe('Ana');
  });

  it('nobody is handed the words, or the payment, of who was here before', async () => {
    const state = await page();
    await state.begin();
    const carried = await import('../screens/shared/carried');
    carried.words.value = ['abandon'];
    carried.bill.value = new Uint8Array(3);
    await state.keep({ syncedAt: 1 });
    expect(carried.words.value).toEqual(['abandon']); // it is the same person
    await state.addPerson('Ben');
    expect([carried.words.value, carried.bill.value]).toEqual([undefined, undefined]);
    await state.forgetPerson();
  });

  it('a PIN stands before the wallet, and before a wallet that was left open', async () => {
    const state = await page();
    await state.begin();
    await state.setPin('2580');
    await state.choose(state.profile.value!);
    expect(state.phase.value).toBe('pin');
    expect(last().asked).toEqual([]);
    expect(await state.unlock('0000')).toBe(false);
    expect(state.phase.value).toBe('pin');
    expect(await state.unlock('2580')).toBe(true);
    expect(state.phase.value).toBe('ready');
    state.lock();
    expect(state.phase.value).toBe('pin');
    const started = last();
    expect(await state.unlock('2580')).toBe(true);
    expect(last()).toBe(started); // the wallet was not closed meanwhile
    expect(state.phase.value).toBe('ready');
  });

  it('no PIN is asked while a payment is open', async () => {
    const state = await page();
    await state.begin();
    await state.unlock('2580');
    const done = state.payment();
    state.lock();
    expect(state.phase.value).toBe('ready');
    done();
    done();
    expect(state.paying.value).toBe(false);
    state.lock();
    expect(state.phase.value).toBe('pin');
  });
});

describe('a full phone', () => {
  const { put } = IDBObjectStore.prototype;
  afterEach(() => void Object.assign(IDBObjectStore.prototype, { put }));

  /** No room for anything, but where a record was deleted. */
  const fill = () => {
    const remove = IDBObjectStore.prototype.delete;
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    IDBObjectStore.prototype.delete = function (key) {
      if (key === 'reserve') Object.assign(IDBObjectStore.prototype, { put, delete: remove });
      return remove.call(this, key);
    };
  };

  it('lets in who knows the PIN, and counts who does not', async () => {
    const state = await page();
    await state.begin();
    fill();
    expect(await state.unlock('0000')).toBe(false);
    expect(state.profile.value?.pin?.wrong).toBe(1);
    expect(await state.unlock('2580')).toBe(true); // there is room now, and some is set aside again
    await vi.waitFor(async () => {
      const db = await import('../profiles');
      expect(await db.hasReserve()).toBe(true);
      expect((await db.allProfiles()).map(({ name }) => name)).toEqual(['Ana']);
    });
    state.lock();
    fill();
    expect(await state.unlock('2580')).toBe(true);
  });
});

describe('where Kula cannot work', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('it says so in words: a page without https, a browser that is too old', async () => {
    const state = await page();
    vi.stubGlobal('isSecureContext', false);
    await state.begin();
    expect([state.phase.value, state.failure.value?.code]).toEqual(['broken', 'insecure_page']);
    vi.stubGlobal('isSecureContext', true);
    const { WebAssembly } = globalThis;
    delete (globalThis as { WebAssembly?: unknown }).WebAssembly;
    await state.begin();
    globalThis.WebAssembly = WebAssembly;
    expect([state.phase.value, state.failure.value?.code]).toEqual(['broken', 'browser_old']);
  });
});

describe('two tabs', () => {
  it('count wrong PINs together, and the one that is old knows the new PIN', async () => {
    const one = await page();
    await one.begin();
    const other = await page();
    await other.begin();
    expect([one.phase.value, other.phase.value]).toEqual(['pin', 'pin']);
    for (const digits of ['0000', '0001', '0002']) expect(await one.unlock(digits)).toBe(false);
    expect(await other.unlock('2580')).toBe(false); // not even tried: there is a wait now
    expect(other.profile.value?.pin?.wrong).toBe(3);
    await one.keep({ pin: { ...one.profile.value!.pin!, wrong: 0 } });
    expect(await one.unlock('2580')).toBe(true);
    await one.setPin('1379');
    await one.keep({ syncedAt: 5 });
    expect(await other.unlock('2580')).toBe(false);
    expect(other.phase.value).toBe('pin');
    expect(await other.unlock('1379')).toBe(true);
    expect(other.profile.value?.syncedAt).toBe(5);
    await other.setPin('2580');
  });

  it('of which one forgets somebody: the other does not bring them back', async () => {
    const one = await page();
    await one.begin();
    const eve = await one.addPerson('Eve');
    const other = await page();
    await other.begin();
    await other.choose(eve);
    await one.forgetPerson();
    await expect(other.keep({ name: 'Eva' })).rejects.toMatchObject({ code: 'locked' });
    await other.takeOver();
    expect(other.phase.value).toBe('nobody');
    expect(other.profiles.value.map(({ name }) => name)).toEqual(['Ana']);
  });

  it('the second asks before it takes over, and whose wallet was taken can take it back', async () => {
    const state = await page();
    await state.begin();
    FakeWorker.refuse = 'locked';
    await state.unlock('2580');
    expect(state.phase.value).toBe('elsewhere');
    FakeWorker.refuse = undefined;
    await state.takeOver(); // the PIN was typed a moment ago
    expect(state.phase.value).toBe('ready');
    expect(commands()[0]).toEqual(['device.start', { profile: state.profile.value?.id, takeOver: true, mark: '' }]);
    const mine = last();
    mine.say({ event: 'taken' });
    expect(state.phase.value).toBe('elsewhere');
    expect(state.home.value).toBeUndefined();
    expect(mine.over).toBe(true);
    await state.takeOver(); // the PIN was typed before somebody else came by
    expect(state.phase.value).toBe('pin');
    expect(FakeWorker.all.every((worker) => worker.over)).toBe(true);
    await state.unlock('2580');
    expect(state.phase.value).toBe('ready');
    expect(commands()[0]).toEqual(['device.start', { profile: state.profile.value?.id, takeOver: true, mark: '' }]);
  });

  it('the page remembers how far the journal was, before anybody is answered, and forgets it with the person', async () => {
    const state = await page();
    const held = new Map<string, string>();
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => held.get(key) ?? null,
      setItem: (key: string, value: string) => void held.set(key, value),
      removeItem: (key: string) => void held.delete(key),
    });
    await state.begin();
    const fay = await state.addPerson('Fay');
    last().say({ event: 'kept', profile: fay.id, mark: '7 abc' });
    expect([...held.values()]).toEqual(['7 abc']);
    await state.choose(fay);
    expect(commands()).toEqual([['device.start', { profile: fay.id, takeOver: false, mark: '7 abc' }]]);
    await state.forgetPerson();
    expect(held.size).toBe(0);
  });

  it('a broken worker says so, and "try again" starts another', async () => {
    const state = await page();
    await state.begin();
    await state.unlock('2580');
    last().say({ event: 'ended', error: { code: 'internal', where: '', detail: 'panic' } });
    expect(state.phase.value).toBe('broken');
    expect(state.failure.value?.detail).toBe('panic');
    await state.enter();
    expect(state.phase.value).toBe('ready');
  });
});
