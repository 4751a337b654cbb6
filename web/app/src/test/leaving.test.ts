// When the PIN is asked again, by a clock of the test's own.
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

class Quiet {
  postMessage() {}
  terminate() {}
}

const handlers = new Map<string, () => void>();
const page = {
  visibilityState: 'visible',
  addEventListener: (kind: string, run: () => void) => handlers.set(kind, run),
};

async function wallet(lockAfter = 5) {
  vi.resetModules();
  vi.stubGlobal('Worker', Quiet);
  vi.stubGlobal('location', { hash: '', origin: 'https://bank.example' });
  vi.stubGlobal('addEventListener', page.addEventListener);
  vi.stubGlobal('document', page);
  vi.stubGlobal('history', { replaceState: () => undefined });
  vi.stubGlobal('navigator', { onLine: true });
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
  const state = await import('../state');
  const { change } = await import('../settings');
  change({ lockAfter });
  const { place } = await import('../router');
  const { newProfile } = await import('../profiles');
  const pin = { salt: new Uint8Array(16), rounds: 1, hash: new Uint8Array(32), length: 4, wrong: 0, wrongAt: 0 };
  state.profile.value = { ...newProfile('Ana'), pin };
  state.phase.value = 'ready';
  const { lockWhenLeft } = await import('../leaving');
  lockWhenLeft();
  return { state, place };
}

const minutes = (n: number) => vi.advanceTimersByTime(n * 60_000);
const hide = (hidden: boolean) => {
  page.visibilityState = hidden ? 'hidden' : 'visible';
  handlers.get('visibilitychange')?.();
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  hide(false);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the PIN is asked again', () => {
  it('when the phone was hidden a while; after a payment that was open meanwhile, not between two of its screens', async () => {
    const { state } = await wallet();
    const first = state.payment();
    hide(true);
    minutes(6);
    hide(false);
    expect(state.phase.value).toBe('ready');
    first();
    const second = state.payment();
    vi.advanceTimersByTime(10_000);
    expect(state.phase.value).toBe('ready');
    second();
    vi.advanceTimersByTime(10_000);
    expect(state.phase.value).toBe('pin');
  });

  it('when nobody touched it for a while, open as it lies there', async () => {
    const { state } = await wallet();
    minutes(4);
    handlers.get('pointerdown')?.();
    minutes(4);
    expect(state.phase.value).toBe('ready');
    minutes(2);
    expect(state.phase.value).toBe('pin');
  });

  it('not while a code waits to be scanned, in a payment, at a till, or when the person wants it at the start only', async () => {
    const { state, place } = await wallet();
    place.value = { ...place.value, name: 'receive' };
    minutes(30);
    place.value = { ...place.value, name: 'home' };
    const done = state.payment();
    minutes(30);
    done();
    minutes(4);
    expect(state.phase.value).toBe('ready');
    state.profile.value = { ...state.profile.value!, till: 1 };
    minutes(30);
    expect(state.phase.value).toBe('ready');
    const other = await wallet(0);
    minutes(600);
    expect(other.state.phase.value).toBe('ready');
  });
});
