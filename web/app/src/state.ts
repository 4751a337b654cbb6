// What the screens show: who is here, what their wallet says, and whether something is under way.
import { computed, signal } from '@preact/signals';
import type { Failure, Home } from './api';
import { keepMark, markOf } from './mark';
import { go } from './router';
import { Refusal, call, failureOf, listen, stop, warmUp } from './rpc';
import { makePin, restarted, tryPin } from './pin';
import type { Pin } from './pin';
import {
  allProfiles,
  keepCount,
  keepReserve,
  mergeProfile,
  newProfile,
  removeProfile,
  saveProfile,
  storedProfile,
} from './profiles';
import type { Profile } from './profiles';
import type { Started } from './worker/protocol';

export type { Profile } from './profiles';

/**
 * starting: reading who is here · nobody: no one yet, or nobody chosen · pin: chosen, not let in · opening ·
 * new: let in, and has no bank yet · ready · elsewhere: open in another tab · broken: `failure` says why.
 */
export type Phase = 'starting' | 'nobody' | 'pin' | 'opening' | 'new' | 'ready' | 'elsewhere' | 'broken';

export const phase = signal<Phase>('starting');
export const failure = signal<Failure | undefined>(undefined);
export const profiles = signal<Profile[]>([]);
export const profile = signal<Profile | undefined>(undefined);
export const home = signal<Home | undefined>(undefined);
export const device = signal<Started | undefined>(undefined);
export const progress = signal<{ done: number; all: number; sent: number; got: number } | undefined>(undefined);
export const online = signal(navigator.onLine);

/** What was shared with the app, or opened with it, and waits to be read: scan takes it. */
export const arrived = signal<{ bytes?: Uint8Array; text?: string } | undefined>(undefined);

/** Whether the PIN was typed, or none was needed, since the screen was last locked. */
let trusted = false;
/** Whether the wallet is to be taken from another tab. */
let force = false;

const open = signal(0);

/** Whether a payment is open: no update, no PIN, no reload now. */
export const paying = computed(() => open.value > 0);

/** Whether the screen is to be locked when the payment that is open has ended. */
let lockLater = false;
/** Milliseconds from one screen of a payment to the next, on a slow phone. */
const nextScreen = 3_000;

/** Says that a payment is open, until the function that it returns is called: `useEffect(payment, [])`. */
export function payment(): () => void {
  open.value++;
  let over = false;
  return () => {
    if (over) return;
    over = true;
    open.value--;
    if (lockLater) setTimeout(() => lockLater && lock(), nextScreen);
  };
}

listen((event) => {
  if (event.event === 'changed') home.value = event.home;
  else if (event.event === 'progress') progress.value = event;
  else if (event.event === 'kept') keepMark(event.profile, event.mark);
  else if (event.event === 'taken') {
    trusted = false; // who comes back to this tab later may be somebody else
    broke(new Refusal('locked'));
  } else broke(event.error);
});

for (const kind of ['online', 'offline'] as const) {
  addEventListener(kind, () => (online.value = navigator.onLine));
}

/** The wallet is closed, and the screen says why. */
function broke(thrown: unknown): void {
  failure.value = failureOf(thrown);
  stop(failure.value);
  home.value = undefined;
  device.value = undefined;
  phase.value = failure.value.code === 'locked' ? 'elsewhere' : 'broken';
}

/** Says at once, in words, where Kula cannot work: else the person would see some error of the browser's. */
function standsHere(): void {
  if (globalThis.isSecureContext === false) throw new Refusal('insecure_page', location.origin);
  const missing = ['Worker', 'WebAssembly', 'indexedDB', 'crypto'].find((part) => !(part in globalThis));
  if (missing) throw new Refusal('browser_old', missing);
}

/** Reads who is on this phone; with one person there is nothing to choose. */
export async function begin(): Promise<void> {
  try {
    standsHere();
    warmUp();
    profiles.value = await allProfiles();
  } catch (thrown) {
    broke(thrown);
    return;
  }
  const [only, ...others] = profiles.value;
  if (only && others.length === 0) await choose(only);
  else phase.value = 'nobody';
}

/** This person wants to use the phone. */
export async function choose(one: Profile): Promise<void> {
  if (profile.value) leave();
  profile.value = one;
  const stored = await look();
  if (!stored) return;
  if (stored.pin && !stored.till)
    phase.value = 'pin'; // who stands at a till need not know the PIN
  else await enter();
}

/** Tries a PIN; the wallet opens when it is right. */
export async function unlock(digits: string): Promise<boolean> {
  const one = await look();
  if (!one) return false;
  const count = async (pin: Pin) => hold(await keepCount(one.id, pin));
  const right = !one.pin || (await tryPin(one.pin, digits, Date.now(), count)).right;
  if (right) {
    if (one.pin) void keepReserve();
    await enter();
  }
  return right;
}

/** The person wants the wallet here that is open in another tab; whose PIN was not typed here since types it first. */
export async function takeOver(): Promise<void> {
  force = true;
  const one = await look();
  if (one?.pin && !one.till && !trusted) phase.value = 'pin';
  else await enter();
}

/** Opens the chosen person's wallet: from another tab only when takeOver was called. */
export async function enter(): Promise<void> {
  const one = profile.value;
  if (!one) return;
  trusted = true;
  lockLater = false;
  const takeOver = force;
  force = false;
  if (home.value && device.value) {
    phase.value = one.network ? 'ready' : 'new'; // the screen was locked, the wallet was not closed
    return;
  }
  phase.value = 'opening';
  failure.value = undefined;
  try {
    device.value ??= await call('device.start', { profile: one.id, takeOver, mark: markOf(one.id) });
    if (one.network) await openWallet(one.network);
    else phase.value = 'new';
  } catch (thrown) {
    broke(thrown);
  }
}

/** Opens the wallet on a network (Bank.network) and remembers it: the first bank decides. */
export async function openWallet(network: string): Promise<Home> {
  const opened = await call('open', { network });
  if (profile.value?.network !== network) await keep({ network });
  home.value = opened;
  phase.value = 'ready';
  return opened;
}

/** The purses of a journal that is older than it was are retired: the 24 words bring the money back (worker/journal.ts). */
export async function retire(): Promise<void> {
  home.value = await call('retire', {});
  if (device.value) device.value = { ...device.value, behind: false };
}

/** Makes a person on this phone, who becomes the chosen one. */
export async function addPerson(name: string): Promise<Profile> {
  const one = newProfile(name);
  await saveProfile(one);
  profiles.value = [...profiles.value, one];
  await choose(one);
  return one;
}

/** Writes something about the chosen person down. */
export async function keep(part: Partial<Profile>): Promise<void> {
  const one = profile.value;
  if (one) hold(await mergeProfile(one.id, part));
}

function hold(changed: Profile): void {
  if (profile.value?.id === changed.id) profile.value = changed;
  profiles.value = profiles.value.map((p) => (p.id === changed.id ? changed : p));
}

/**
 * The chosen person as the disk has them: another tab may have changed the PIN, or counted wrong ones. Nobody is chosen
 * any more when they were forgotten there.
 */
async function look(): Promise<Profile | undefined> {
  const one = profile.value;
  if (!one) return undefined;
  const stored = await storedProfile(one.id);
  if (!stored) {
    profiles.value = profiles.value.filter(({ id }) => id !== one.id);
    leave();
    return undefined;
  }
  const pin = stored.pin && restarted(stored.pin, Date.now());
  hold(pin ? await mergeProfile(one.id, { pin }) : stored);
  return profile.value;
}

export async function setPin(digits: string): Promise<void> {
  await keep({ pin: await makePin(digits) });
  await keepReserve();
}

/** Who forgot the PIN shows by the 24 words' seed that the wallet is theirs; the PIN is then gone. */
export async function forgotPin(seed: Uint8Array): Promise<boolean> {
  const one = profile.value;
  if (!one?.account) return false;
  device.value ??= await call('device.start', { profile: one.id, mark: markOf(one.id) }); // who has just opened the app is not let in yet
  const { account } = await call('account', { seed });
  if (account !== one.account) return false;
  await keep({ pin: undefined });
  await enter();
  return true;
}

/** Asks for the PIN again; the wallet stays open behind it. In the middle of a payment it is asked when that has ended. */
export function lock(): void {
  lockLater = paying.value;
  const one = profile.value;
  if (one?.pin && !one.till && !paying.value && (phase.value === 'ready' || phase.value === 'new')) phase.value = 'pin';
  if (phase.value !== 'ready') trusted = false;
}

/** Closes the wallet; somebody else may be chosen. */
export function leave(): void {
  trusted = false;
  lockLater = false;
  force = false;
  stop();
  warmUp();
  home.value = undefined;
  device.value = undefined;
  progress.value = undefined;
  profile.value = undefined;
  phase.value = 'nobody';
}

/** Removes the chosen person from this phone for good: journal, keys, PIN. Their money must be at the bank. */
export async function forgetPerson(): Promise<void> {
  const one = profile.value;
  if (!one) return;
  leave();
  await call('device.forget', { profile: one.id });
  const { forgetFaces } = await import('./faces');
  await forgetFaces(one.id);
  await removeProfile(one.id);
  keepMark(one.id, '');
  profiles.value = profiles.value.filter((p) => p.id !== one.id);
  go('home', '', { replace: true });
}
