import { expect, test } from 'vitest';
import type { Expiring } from './api';
import { dueOf } from './due';

const one = (amount: string, at: number, what: Expiring['what'] = 'received'): Expiring =>
  ({ entry: amount, what, amount, at }) as Expiring;
const tell = (at: number) => `before day ${Math.floor(at / 86_400)}`;

test('what has the same last day is said once', () => {
  const day = 86_400;
  expect(dueOf([one('250', 5 * day), one('80.5', 5 * day + 60), one('3', 6 * day)], tell)).toEqual([
    { before: 'before day 5', amount: '330.5' },
    { before: 'before day 6', amount: '3' },
  ]);
});

test('what the bank has put on the phone is not to be brought there', () => {
  expect(dueOf([one('250', 0, 'loaded')], tell)).toEqual([]);
});
