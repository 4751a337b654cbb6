// The purses that a person has, and sums.
import type { Home, Purse } from '../../api';

/** Those that can be used, in the order of the wallet. */
export function openPurses(home: Home | undefined): Purse[] {
  return home?.purses.filter((purse) => purse.phase === 'open' && !purse.revoked) ?? [];
}

/** Whether there is something in it: amounts are decimal text. */
export const some = (amount: string): boolean => /[1-9]/.test(amount);
