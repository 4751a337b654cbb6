// The bank's answer in a file, and what other apps may put before the person.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Home, Row } from '../api';
import { canGiveBack } from '../rows';
import { sharedByPhone } from '../share-target';

const bank: { problems: { document: string; code: string }[]; ownPurse: string[] } = { problems: [], ownPurse: [] };

/** A worker whose bank says what stands in `bank`. */
class Answering {
  onmessage: ((event: { data: unknown }) => void) | undefined;
  postMessage({ id, cmd }: { id: number; cmd: string }) {
    const reply = { receipts: 1, problems: bank.problems, heard: { ownPurse: bank.ownPurse } };
    const ok = cmd === 'read' ? { kind: 'reply', bytes: new Uint8Array(2) } : reply;
    queueMicrotask(() => this.onmessage?.({ data: { id, ok } }));
  }
}

const shaken: number[][] = [];
vi.stubGlobal('Worker', Answering);
vi.stubGlobal('location', { hash: '', origin: 'https://bank.example' });
vi.stubGlobal('addEventListener', () => undefined);
vi.stubGlobal('history', { replaceState: () => undefined });
vi.stubGlobal('navigator', { onLine: true, languages: [], vibrate: (pattern: number[]) => shaken.push(pattern) });
vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });

const { take } = await import('../screens/shared/take');
const carried = await import('../screens/shared/carried');
const { place } = await import('../router');
const { home } = await import('../state');

describe('the bank’s answer in a file', () => {
  const glad = [60, 60, 120];
  beforeEach(() => {
    home.value = {} as Home;
    shaken.length = 0;
    Object.assign(bank, { problems: [], ownPurse: [] });
    place.value = { ...place.value, name: 'scan' };
  });

  it('that has nothing against anything is good', async () => {
    await take({ text: 'KULA1:ABC' });
    expect(place.value.name).toBe('home');
    expect(shaken.at(-1)).toEqual(glad);
  });

  it('with questions in it is not passed over: they are shown, and nothing sounds cheerful', async () => {
    bank.problems = [{ document: 'ab', code: 'parked' }];
    await take({ text: 'KULA1:ABC' });
    expect(place.value.name).toBe('sync');
    expect(carried.synced.value?.problems).toEqual(bank.problems);
    expect(shaken.at(-1)).not.toEqual(glad);
  });

  it('that somebody else signs in the person’s name is no good news', async () => {
    bank.ownPurse = ['ab'];
    await take({ text: 'KULA1:ABC' });
    expect(shaken.at(-1)).not.toEqual(glad);
  });
});

it('at a till nothing is given back to nobody knows whom', () => {
  const row = (other: string) => ({ act: 'received', refund: '', state: 'honoured', other }) as Row;
  expect(canGiveBack(row(''), true)).toBe(false);
  expect(canGiveBack(row(''), false)).toBe(true);
  expect(canGiveBack(row('GABC'), true)).toBe(true);
});

describe('what is shared', () => {
  const own = 'https://bank.example';
  const post = (part: object) =>
    sharedByPhone(
      { mode: 'navigate', destination: 'document', referrer: '', headers: new Headers(), ...part } as Request,
      own,
    );

  it('comes from the phone, or from this page', () => {
    for (const referrer of ['', 'about:client', `${own}/`, 'android-app://files'])
      expect(post({ referrer })).toBe(true);
    expect(post({ headers: new Headers({ origin: own }) })).toBe(true);
  });

  it('from another page is not taken', () => {
    for (const referrer of ['https://evil.example/', 'http://bank.example/', 'https://bank.example.evil/', 'https://'])
      expect(post({ referrer }), referrer).toBe(false);
    expect(post({ headers: new Headers({ origin: 'https://evil.example' }) })).toBe(false);
    expect(post({ mode: 'no-cors' })).toBe(false);
    expect(post({ destination: 'iframe' })).toBe(false);
  });
});
