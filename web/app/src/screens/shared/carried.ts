// What one screen hands to the next, in memory only: when the page is killed it is gone, and the next screen asks anew.
import { computed, effect, signal } from '@preact/signals';
import type { Accepted, Synced } from '../../api';
import { profile } from '../../state';

/** The 24 words, from where they were made or typed until the bank knows their account. Written down nowhere. */
export const words = signal<string[] | undefined>(undefined);

/** A bank that was scanned and is not chosen yet. */
export const charter = signal<Uint8Array | undefined>(undefined);

/** What is to be paid, not paid yet. */
export const bill = signal<Uint8Array | undefined>(undefined);

/** What the last payment that came was. The journal has it too, but not whether it had come before. */
export const accepted = signal<Accepted | undefined>(undefined);

/** What the bank said in a file that was opened, when it is to be read. */
export const synced = signal<Synced | undefined>(undefined);

const who = computed(() => profile.value?.id);

// Somebody else's words would open a purse of theirs: nothing is handed from one person to the next.
effect(() => {
  void who.value;
  words.value = charter.value = bill.value = accepted.value = synced.value = undefined;
});
