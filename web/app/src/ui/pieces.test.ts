import { expect, test } from 'vitest';
import { currencies } from '../i18n';
import { split } from './pieces';

const pieces = (amount: string, code: string) => {
  const { notes, coins, rest } = split(amount, currencies[code]);
  return [...notes, ...coins].map(({ piece, n }) => `${n}×${piece.value}`).join(' ') + (rest && ` +${rest}`);
};

test.each([
  ['27350', 'VUV', '2×10000 1×5000 1×2000 1×200 1×100 1×50'],
  ['3', 'VUV', ' +3'],
  ['12.5', 'VUV', '1×10 +2.5'],
  ['188.85', 'PGK', '1×100 1×50 1×20 1×10 1×5 1×2 1×1 1×0.5 1×0.2 1×0.1 1×0.05'],
  ['0.4', 'TOP', '2×0.2'],
  ['9', 'WST', '1×5 2×2'],
  ['0.15', 'FJD', '1×0.1 1×0.05'],
  ['0.0000001', 'AUD', ' +0.0000001'],
  ['922337203685.4775807', 'NZD', '9223372036×100 1×50 1×20 1×10 1×5 2×0.2 +0.0775807'],
  ['0', 'VUV', ''],
])('%s %s', (amount, code, want) => expect(pieces(amount, code)).toBe(want));

test('no fewer pieces are possible, for every amount up to two of the largest coins', () => {
  for (const [code, money] of Object.entries(currencies)) {
    const values = [...money.notes, ...money.coins].map((piece) => Math.round(piece.value * 100));
    const smallest = Math.min(...values);
    const fewest = [0];
    for (let sum = 1; sum * smallest <= 2 * Math.max(...money.coins.map((piece) => piece.value * 100)); sum++) {
      const ways = values.filter((v) => v <= sum * smallest).map((v) => fewest[sum - v / smallest] + 1);
      fewest[sum] = Math.min(...ways.filter((n) => !Number.isNaN(n)));
      const { notes, coins } = split(String((sum * smallest) / 100), money);
      expect(
        [...notes, ...coins].reduce((n, pile) => n + pile.n, 0),
        `${sum * smallest} ${code}`,
      ).toBe(fewest[sum]);
    }
  }
});
