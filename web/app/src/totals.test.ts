import { expect, test } from 'vitest';
import { less, sum } from './totals';

test.each([
  [[], '0'],
  [['12.5', '0.05'], '12.55'],
  [['922337203685.4775807', '0.0000001'], '922337203685.4775808'],
  [['0.1', '0.2'], '0.3'],
])('%j make %s', (amounts, want) => expect(sum(amounts)).toBe(want));

test('less may be below nothing', () => {
  expect(less('5', '2.5')).toBe('2.5');
  expect(less('1', '1.05')).toBe('-0.05');
});
