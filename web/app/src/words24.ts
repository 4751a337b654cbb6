// The 24 words (BIP-39, English) and the seed they stand for. Loaded only where words are shown or typed.
import { entropyToMnemonic, mnemonicToEntropy, mnemonicToSeedWebcrypto } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';

export const wordCount = 24;

/** New words, from 256 bits of the browser's randomness. */
export function newWords(): string[] {
  const entropy = crypto.getRandomValues(new Uint8Array(32));
  const words = entropyToMnemonic(entropy, wordlist).split(' ');
  entropy.fill(0);
  return words;
}

/** What a person typed, as words. */
export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .split(/[^a-z]+/)
    .filter(Boolean);
}

/** Words of the list that begin so, to tap instead of typing; each word is certain after four letters. */
export function suggestions(start: string, most = 4): string[] {
  const begun = start.toLowerCase();
  return begun ? wordlist.filter((word) => word.startsWith(begun)).slice(0, most) : [];
}

/**
 * What is wrong with words that were typed: a word that is not in the list (its place, from 1), too few or too many, or
 * words that do not fit together.
 */
export type Wrong = { unknown: number } | { count: number } | { sum: true };

export function whatIsWrong(words: string[]): Wrong | undefined {
  const unknown = words.findIndex((word) => !wordlist.includes(word));
  if (unknown >= 0) return { unknown: unknown + 1 };
  if (words.length !== wordCount) return { count: words.length };
  try {
    mnemonicToEntropy(words.join(' '), wordlist).fill(0);
    return undefined;
  } catch {
    return { sum: true };
  }
}

/** The 64 bytes that accounts are made from. Whoever asks for them wipes them: `seed.fill(0)`. */
export async function seedOf(words: string[]): Promise<Uint8Array> {
  return mnemonicToSeedWebcrypto(words.join(' '));
}
