import { describe, expect, test } from 'vitest';
import { currencies } from './currencies';
import { en } from './en/index';
import * as format from './format';

const at = (text: string): number => new Date(text).getTime() / 1000; // in the zone of this machine, as a phone does
const now = at('2026-11-21T15:00:00');

describe('numbers', () => {
  test.each([
    ['0', '0'],
    ['999', '999'],
    ['1000', '1,000'],
    ['1234567.5', '1,234,567.5'],
    ['12.0000001', '12.0000001'],
  ])('%s', (text, want) => expect(format.formatNumber(en.locale, text)).toBe(want));

  test('decimals are filled up, and nothing but zeros is cut', () => {
    expect(format.withDecimals('12.5', 2)).toBe('12.50');
    expect(format.withDecimals('12.500', 0)).toBe('12.5');
    expect(format.withDecimals('12.000', 0)).toBe('12');
    expect(format.withDecimals('0.0000001', 2)).toBe('0.0000001');
  });
});

describe('amounts', () => {
  test.each([
    ['VUV', '1000', '1,000\u00a0VT'],
    ['PGK', '1000.5', 'K1,000.50'],
    ['TOP', '7', 'T$7.00'],
    ['WST', '0.1', 'WS$0.10'],
    ['FJD', '12.25', 'FJ$12.25'],
    ['AUD', '100', 'A$100.00'],
    ['NZD', '0', 'NZ$0.00'],
    ['SHELLS', '12.5', '12.5\u00a0SHELLS'],
    ['constructor', '3', '3\u00a0constructor'],
  ])('%s', (code, text, want) => expect(format.formatAmount(en.locale, text, code)).toBe(want));

  test('the bank’s own number of decimals counts', () => {
    expect(format.formatAmount(en.locale, '5', 'PGK', 0)).toBe('K5');
    expect(format.formatAmount(en.locale, '5', 'VUV', 2)).toBe('5.00\u00a0VT');
  });

  test('notes and coins fall in value', () => {
    for (const money of Object.values(currencies)) {
      const values = [...money.notes, ...money.coins].map((piece) => piece.value);
      expect(values).toEqual([...new Set(values)].sort((a, b) => b - a));
    }
  });
});

describe('dates', () => {
  test.each([
    ['2027-03-03T12:00:00', '3 March 2027'],
    ['2026-12-01T00:00:01', '1 December'],
    ['2026-01-31T23:59:59', '31 January'],
  ])('%s', (text, want) => expect(format.formatDate(en.locale, at(text), now)).toBe(want));

  test.each([
    ['2026-11-21T09:05:00', 'today, 09:05'],
    ['2026-11-22T00:00:01', 'tomorrow'],
    ['2026-11-20T23:59:59', 'yesterday'],
    ['2026-11-23T23:00:00', 'in 2 days'],
    ['2026-11-18T01:00:00', '3 days ago'],
    ['2026-11-28T15:00:00', '28 November'],
  ])('when: %s', (text, want) => expect(format.formatWhen(en, at(text), now)).toBe(want));

  test.each([
    ['2027-03-03T12:00:00', 'before 3 March 2027'],
    ['2026-11-23T00:00:01', 'before 23 November'],
    ['2026-11-21T18:30:00', 'today, before 18:30'],
    ['2026-11-22T08:00:00', 'before tomorrow, 08:00'],
    ['2026-11-21T14:59:59', 'the last day was 21 November'],
  ])('before: %s', (text, want) => expect(format.formatBefore(en, at(text), now)).toBe(want));

  test('no time is never', () => expect(format.formatWhen(en, 0, now)).toBe('never'));
});

test('parameters are put in once, and what stands in them is left alone', () => {
  expect(format.fill(en.locale, '{a} {n} {b}', { a: '{b}', n: 1500, b: 'x' })).toBe('{b} 1,500 x');
});
