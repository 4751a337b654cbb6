// The purses that a person has, and sums.
import type { Home, Purse } from '../../api';

/** Those that can be used, in the order of the wallet. */
export function openPurses(home: Home | undefined): Purse[] {
  return home?.purses.filter((purse) => purse.phase === 'open' && !purse.revoked) ?? [];
}

/** Whether there is something in it: amounts are decimal text. */
export const some = (amount: string): boolean => /[1-9]/.test(amount);

const places = 7;
const units = (amount: string): bigint => {
  const [whole = '', rest = ''] = amount.split('.');
  return BigInt(whole + rest.padEnd(places, '0').slice(0, places));
};

/** Whether one amount is less than another. */
export const less = (a: string, b: string): boolean => units(a) < units(b);
