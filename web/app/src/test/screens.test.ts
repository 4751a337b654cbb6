import { expect, test, vi } from 'vitest';

vi.stubGlobal('location', { hash: '', origin: 'http://localhost' });
vi.stubGlobal('addEventListener', () => undefined);
vi.stubGlobal('navigator', { onLine: true, languages: [] });
vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });

const { less, some } = await import('../screens/shared/purses');
const { noonOf } = await import('../screens/shared/Clock');
const { ourText } = await import('../screens/shared/take');

test('amounts are decimal text, and are compared as such', () => {
  expect(some('0')).toBe(false);
  expect(some('0.00')).toBe(false);
  expect(some('')).toBe(false);
  expect(some('0.05')).toBe(true);
  expect(less('9', '10')).toBe(true);
  expect(less('10', '9')).toBe(false);
  expect(less('0.5', '0.25')).toBe(false);
  expect(less('12.5', '12.50')).toBe(false);
  expect(less('900719925474.0992', '900719925474.0993')).toBe(true);
});

test('a date that is no day of the calendar is refused', () => {
  expect(new Date(noonOf(29, 2, 2028)! * 1000).getDate()).toBe(29);
  expect(noonOf(29, 2, 2027)).toBeUndefined();
  expect(noonOf(31, 4, 2027)).toBeUndefined();
  expect(noonOf(1, 13, 2027)).toBeUndefined();
  expect(noonOf(0, 1, 2027)).toBeUndefined();
  expect(noonOf(1, 1, 27)).toBeUndefined();
});

test('codes of others are told from damaged ones of ours', () => {
  expect(ourText('KULA1:6N9270')).toBe('KULA1:6N9270');
  expect(ourText(' KULA2:AB\n')).toBe('KULA2:AB');
  expect(ourText('S0IBAAAA')).toBe('S0IBAAAA');
  expect(() => ourText('kula1:6n9270')).toThrow('bad_text');
  expect(() => ourText('https://example.com/KULA1:')).toThrow('not_kula');
  expect(() => ourText('')).toThrow('not_kula');
});
