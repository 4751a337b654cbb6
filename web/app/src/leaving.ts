// Whoever leaves the app alone for a while finds the PIN before it: hidden, or open on a table.
import { place } from './router';
import { settings } from './settings';
import { lock, paying } from './state';

const look = 10_000; // milliseconds between two looks

/** What a person may only look at for minutes: a code that another phone scans, a camera, the bank at work. */
const watched = ['receive', 'scan', 'sync'];

/** Watches from now on. Returns how to stop that. At a till nothing is locked: it has no PIN before it. */
export function lockWhenLeft(): () => void {
  let usedAt = Date.now();
  let hiddenAt = 0;
  const left = (since: number): boolean => {
    const { lockAfter } = settings.value;
    return lockAfter > 0 && Date.now() - since > lockAfter * 60_000;
  };
  const used = () => (usedAt = Date.now());
  const changed = () => {
    if (document.visibilityState === 'hidden') {
      hiddenAt = Date.now();
      return;
    }
    if (hiddenAt && left(hiddenAt)) lock(); // a payment that is open ends first
    hiddenAt = 0;
    used();
  };
  const timer = setInterval(() => {
    if (paying.value || watched.includes(place.value.name)) used();
    else if (!hiddenAt && left(usedAt)) lock();
  }, look);
  const kinds = ['pointerdown', 'keydown', 'scroll'] as const;
  for (const kind of kinds) addEventListener(kind, used, { capture: true, passive: true });
  document.addEventListener('visibilitychange', changed);
  return () => {
    clearInterval(timer);
    for (const kind of kinds) removeEventListener(kind, used, { capture: true });
    document.removeEventListener('visibilitychange', changed);
  };
}
