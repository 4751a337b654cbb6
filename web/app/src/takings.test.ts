import { expect, test } from 'vitest';
import type { Row } from './api';
import { boundsOf, csv, dayOf, takingsOf } from './takings';

const row = (part: Partial<Row>): Row =>
  ({
    act: 'received',
    asset: 'PGK',
    decimals: 2,
    amount: '1',
    at: 100,
    state: 'received',
    deadline: 0,
    ...part,
  }) as Row;

test('what the bank refused is counted and is no money; the first deadline is told', () => {
  const [pgk, vuv] = takingsOf(
    [
      row({ amount: '12.5', deadline: 900 }),
      row({ amount: '0.05', deadline: 700 }),
      row({ amount: '100', state: 'dishonoured' }),
      row({ amount: '2.5', act: 'gave back' }),
      row({ amount: '50', asset: 'VUV', decimals: 0 }),
      row({ amount: '7', at: 99 }),
      row({ amount: '7', at: 200 }),
      row({ amount: '7', act: 'paid' }),
    ],
    100,
    200,
  );
  expect(pgk).toMatchObject({ total: '12.55', givenTotal: '2.5', earliest: 700, decimals: 2 });
  expect(pgk.received.length).toBe(3);
  expect(vuv).toMatchObject({ total: '50', earliest: 0 });
});

test('a day is from midnight to midnight of this phone', () => {
  const [from, until] = boundsOf('2026-11-21');
  expect(until - from).toBe(86_400);
  expect(dayOf(from)).toBe('2026-11-21');
  expect(dayOf(until - 1)).toBe('2026-11-21');
});

test('a table is no program', () => {
  expect(csv([['=1+1', 'a,b', 'say "hi"', '-12.5']])).toBe('\'=1+1,"a,b","say ""hi""",-12.5\r\n');
});
