// The app's lock. A PIN keeps a child, a neighbour or a quick thief out of an unlocked phone; it is no key: what
// protects the money of a stolen phone is to report it (docs/protocol.md, "Lost phones").

export interface Pin {
  salt: Uint8Array<ArrayBuffer>;
  rounds: number;
  hash: Uint8Array;
  /** How many digits, so that the last one opens without another tap. */
  length: number;
  /** Wrong ones since the last right one. */
  wrong: number;
  /** When the last wrong one was typed, in milliseconds. */
  wrongAt: number;
}

const usual = 210_000; // rounds: a second on a cheap phone

/** Milliseconds to wait after so many wrong ones: three are free. */
export function delayAfter(wrong: number): number {
  const minutes = [0, 0, 0, 0.5, 1, 5, 15, 60];
  return (minutes[wrong] ?? 240) * 60_000;
}

/** When, by the clock that nobody can set, this page saw the wrong one of that wrongAt: it runs as long as the page. */
const ticks = new Map<number, number>();

/**
 * How long to wait still. A clock that was set back does not make it longer than it was; restarted() then lets the wait
 * begin anew, or it would not end before the clock is where it was. One that was set forward ends nothing as long as the
 * app runs.
 */
export function waitFor(pin: Pin, now: number, tick = performance.now()): number {
  const delay = delayAfter(pin.wrong);
  const passed = Math.min(now - pin.wrongAt, tick - (ticks.get(pin.wrongAt) ?? -Infinity));
  return Math.min(delay, Math.max(0, delay - passed));
}

/** The PIN with its wait counted from now, when the last wrong one is in the future: the clock was set back. */
export function restarted(pin: Pin, now: number, tick = performance.now()): Pin | undefined {
  if (pin.wrongAt <= now) return undefined;
  ticks.set(now, tick);
  return { ...pin, wrongAt: now };
}

export async function makePin(digits: string, rounds = usual): Promise<Pin> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  return { salt, rounds, hash: await stretch(digits, salt, rounds), length: digits.length, wrong: 0, wrongAt: 0 };
}

export type Verdict = { right: boolean; pin: Pin };

/**
 * Judges a PIN. The try is counted, and `keep` has written that down, before the answer is known: pulling the battery
 * gives no free tries.
 */
export async function tryPin(
  pin: Pin,
  digits: string,
  now: number,
  keep: (pin: Pin) => Promise<void>,
  tick = performance.now(),
): Promise<Verdict> {
  if (waitFor(pin, now, tick) > 0) return { right: false, pin };
  const counted = { ...pin, wrong: pin.wrong + 1, wrongAt: now };
  ticks.set(now, tick);
  await keep(counted);
  const hash = await stretch(digits, pin.salt, pin.rounds);
  if (!same(hash, pin.hash)) return { right: false, pin: counted };
  const cleared = { ...pin, wrong: 0, wrongAt: 0 };
  try {
    await keep(cleared);
  } catch {
    return { right: true, pin: counted }; // the phone is full: one try too many stays counted
  }
  return { right: true, pin: cleared };
}

async function stretch(digits: string, salt: Uint8Array<ArrayBuffer>, iterations: number): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(digits), 'PBKDF2', false, ['deriveBits']);
  return new Uint8Array(
    await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, key, 256),
  );
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}
