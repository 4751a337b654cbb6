import { describe, expect, it } from 'vitest';
import { openBackup, sealBackup } from '../backup';
import { newWords, seedOf, suggestions, whatIsWrong, wordsOf } from '../words24';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
// From BIP-39's own vectors, with no passphrase: SEP-5 test 2 begins with its words.
const known = 'abandon '.repeat(23).trim().split(' ').concat('art');

describe('the 24 words', () => {
  it('are of the list, fit together, and differ', () => {
    const words = newWords();
    expect(words).toHaveLength(24);
    expect(whatIsWrong(words)).toBeUndefined();
    expect(newWords()).not.toEqual(words);
  });
  it('give the seed that every wallet makes of them', async () => {
    expect(hex(await seedOf(known))).toBe(
      '408b285c123836004f4b8842c89324c1f01382450c0d439af345ba7fc49acf705489c6fc77dbd4e3dc1dd8cc6bc9f043db8ada1e243c4a0eafb290d399480840',
    );
  });
  it('are told apart from what is wrong', () => {
    expect(whatIsWrong(wordsOf(' Abandon  ABANDON,abandon '))).toEqual({ count: 3 });
    expect(whatIsWrong(['abandon', 'abandom'])).toEqual({ unknown: 2 });
    expect(whatIsWrong([...known.slice(0, 23), 'zoo'])).toEqual({ sum: true });
    expect(suggestions('aban')).toEqual(['abandon']);
    expect(suggestions('')).toEqual([]);
  });
});

describe('a backup', () => {
  it('opens with the words that sealed it, and with no others', async () => {
    const [mine, other] = [await seedOf(known), await seedOf(newWords())];
    const records = new Uint8Array([1, 2, 3]);
    const file = await sealBackup(mine, records);
    expect(await openBackup(mine, file)).toEqual(records);
    await expect(openBackup(other, file)).rejects.toMatchObject({ code: 'bad_backup' });
    for (const i of [12, 30, file.length - 1]) {
      const damaged = file.slice();
      damaged[i]! ^= 1;
      await expect(openBackup(mine, damaged)).rejects.toMatchObject({ code: 'bad_backup' });
    }
    await expect(openBackup(mine, new Uint8Array(60))).rejects.toMatchObject({ code: 'bad_backup' });
  });
});
