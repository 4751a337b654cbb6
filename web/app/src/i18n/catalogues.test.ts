import { describe, expect, test } from 'vitest';
import {
  amount,
  before,
  catalogue,
  date,
  languages,
  loadCatalogue,
  preferredLanguage,
  sayAmount,
  setLanguage,
  t,
  when,
} from '.';
import { groupOfCode, knownCodes } from './codes';
import { currencies } from './currencies';
import { en } from './en/index';
import type { Catalogue, Lang, Plural } from './types';

const langs = Object.keys(languages) as Lang[];
const all: Catalogue[] = await Promise.all(langs.map(loadCatalogue));
const drafts = all.filter((one) => one.lang !== 'en');

const forms = (message: string | Plural): string[] =>
  typeof message === 'string' ? [message] : [message.other, message.one];
const holes = (text: string): string => [...new Set(text.match(/\{\w+\}/g))].sort().join(' ');
/** What stands on the screen: a name or an amount takes about ten letters. */
const shown = (text: string): string => text.replace(/\{\w+\}/g, '0123456789');

/** Every text of a catalogue, both forms of a plural. */
const texts = (one: Catalogue): { key: string; text: string }[] =>
  [
    ...Object.entries(one.words),
    ...Object.entries(one.errors).map(([group, text]) => [`error.${group}`, text] as const),
  ].flatMap(([key, message]) => forms(message).map((text) => ({ key, text })));
/** Those that are not as they should be, for the report. */
const wrong = (one: Catalogue, isWrong: (text: string, key: string) => boolean): string[] =>
  texts(one)
    .filter(({ key, text }) => isWrong(text, key))
    .map(({ key, text }) => `${key}: ${text}`);

const english = new Map(texts(en).map(({ key, text }) => [key, holes(text)]));
const short = /^(word\.to$|money\.(other|times)$|do\.|when\.at$|settings\.o)/;

/** Where what to do says what happened. */
const oneIsEnough = /^error\.(payeeConnect|payerLimit)$/;

describe.each(all.map((one) => [one.lang, one] as const))('%s', (lang, one) => {
  test('says what it is', () => {
    expect(one.lang).toBe(lang);
    expect(one.name).toBe(languages[lang]);
    expect(one.draft).toBe(lang !== 'en');
    expect(new Set(one.locale.months).size).toBe(12);
    expect(new Set(one.locale.days).size).toBe(7);
  });

  test('every text has the parameters of the English one, and words', () => {
    expect(wrong(one, (text, key) => holes(text) !== english.get(key))).toEqual([]);
    expect(wrong(one, (text) => text.trim() !== text)).toEqual([]);
    expect(wrong(one, (text, key) => !short.test(key) && text.replace(/\{\w+\}|[^\p{L}]/gu, '').length < 2)).toEqual(
      [],
    );
  });

  test('fits a screen of 320 px', () => {
    expect(wrong(one, (text, key) => text.length > mostOf(key))).toEqual([]);
    expect(
      wrong(one, (text) =>
        shown(text)
          .split(/[\s-]+/)
          .some((word) => word.length > 20),
      ),
    ).toEqual([]);
  });

  test('uses no word of the bank', () => expect(wrong(one, (text) => bankWords.test(text))).toEqual([]));

  test('an error says what happened and what to do: two parts', () => {
    expect(
      wrong(one, (text, key) => key.startsWith('error.') && !oneIsEnough.test(key) && !/[.,?!:;] .*[.?!]$/.test(text)),
    ).toEqual([]);
  });

  test('every picture has its own name', () => {
    const names = Object.values(one.pictures);
    expect(new Set(names).size).toBe(64);
    for (const name of names) expect(name.length).toBeLessThanOrEqual(24);
  });

  test('every currency is said in words', async () => {
    await setLanguage(lang);
    for (const code of Object.keys(currencies)) {
      expect(sayAmount('1250', code)).not.toContain(code);
      expect(sayAmount('1250', code)).toMatch(/1[,.\u00a0]250/);
    }
    expect(sayAmount('3', 'SHELLS')).toContain('SHELLS');
    expect(sayAmount('3', 'other')).toContain('other');
    await setLanguage('en');
  });
});

const bankWords =
  /\b(expir\w*|redeem\w*|token\w*|transact\w*|ledger|blockchain|crypto\w*|signature|invalid|null|undefined|purse id|jeton\w*|échéan\w*|encaiss\w*)\b|wallet error/i;

/** Letters at most, by what the text is for. */
function mostOf(key: string): number {
  if (key.startsWith('do.')) return 22;
  if (key.endsWith('.title')) return 36;
  if (/^(state|word|settings|when|history)\./.test(key)) return 100;
  return key.startsWith('error.') ? 190 : 160;
}

describe('plurals', () => {
  const counted = async (lang: Lang, n: number): Promise<string> => {
    await setLanguage(lang);
    const text = t('people.times', { n });
    await setLanguage('en');
    return text;
  };
  test.each([
    ['en', 0, '0 payments'],
    ['en', 1, '1 payment'],
    ['en', 2, '2 payments'],
    ['fr', 0, '0 paiement'],
    ['fr', 1, '1 paiement'],
    ['fr', 2, '2 paiements'],
    ['fr', 1500, '1\u00a0500 paiements'],
    ['bi', 1, '1 pemen'],
    ['bi', 2, '2 pemen'],
    ['tpi', 7, '7 peimen'],
    ['to', 1, 'totongi ʻe 1'],
    ['to', 1500, 'totongi ʻe 1,500'],
    ['sm', 1, '1 totogi'],
    ['fj', 3, '3 na isau'],
  ] as const)('%s %i', async (lang, n, want) => expect(await counted(lang, n)).toBe(want));

  test('a language without forms of number has none in its catalogue', () => {
    for (const one of all) {
      const plurals = Object.values(one.words).filter((message) => typeof message !== 'string');
      expect(plurals.length > 0, one.lang).toBe(one.locale.plural !== 'other');
    }
  });
});

test('drafts are marked, and no draft was left in English', () => {
  for (const one of drafts) {
    const same = Object.entries(one.words).filter(
      ([key, message]) => JSON.stringify(message) === JSON.stringify(en.words[key as keyof typeof en.words]),
    );
    expect(same.length, one.lang + same.map(([key]) => key).join(' ')).toBeLessThan(25);
    for (const [group, text] of Object.entries(one.errors)) {
      expect(text, group).not.toBe(en.errors[group as keyof typeof en.errors]);
    }
  }
});

test('the browser’s languages choose', () => {
  expect(preferredLanguage(['de-DE', 'fr-NC', 'en'])).toBe('fr');
  expect(preferredLanguage(['BI'])).toBe('bi');
  expect(preferredLanguage(['de', 'toString', 'constructor'])).toBe('en');
  expect(preferredLanguage([])).toBe('en');
});

test('the language chosen last wins', async () => {
  await Promise.all([setLanguage('fr'), setLanguage('to'), setLanguage('bi')]);
  expect(catalogue.value.lang).toBe('bi');
  await setLanguage('en');
});

test('codes', () => {
  for (const code of knownCodes) expect(groupOfCode(code), code).not.toBe('unknown');
  expect(groupOfCode('no_such_code')).toBe('unknown');
  expect(groupOfCode('constructor')).toBe('unknown');
  expect(groupOfCode('constructor', 'backing')).toBe('unknown');
  expect(groupOfCode('too_deep')).toBe('tooManyHands');
  expect(groupOfCode('too_deep', 'backing')).toBe('bringFirst');
  expect(groupOfCode('expired', 'bill')).toBe('oldRequest');
});

describe('dates and amounts', () => {
  const at = (text: string): number => new Date(text).getTime() / 1000;
  const now = at('2026-11-21T15:00:00');
  test.each([
    ['en', '3 March 2027', 'before 1 December', 'in 3 days', 'K1,000.50', '1,000\u00a0VT'],
    ['fr', '3 mars 2027', 'avant le 1er décembre', 'dans 3 jours', '1\u00a0000,50\u00a0K', '1\u00a0000\u00a0VT'],
    ['bi', '3 Maj 2027', 'bifo long 1 Disemba', '3 dei i kam', 'K1,000.50', '1,000\u00a0VT'],
    ['tpi', '3 Mas 2027', 'paslain long 1 Disemba', 'bihain long 3 de', 'K1,000.50', '1,000\u00a0VT'],
    ['to', '3 ʻo Maʻasi 2027', 'ki muʻa he 1 ʻo Tīsema', 'ʻi he ʻaho ʻe 3', 'K1,000.50', '1,000\u00a0VT'],
    ['sm', '3 Mati 2027', 'aʻo lei oo i le 1 Tesema', 'i aso e 3', 'K1,000.50', '1,000\u00a0VT'],
    ['fj', '3 ni Maji 2027', 'ni bera na 1 ni Tiseba', 'ena loma ni siga e 3', 'K1,000.50', '1,000\u00a0VT'],
  ] as const)('%s', async (lang, year, last, soon, kina, vatu) => {
    await setLanguage(lang);
    expect(date(at('2027-03-03T12:00:00'), now)).toBe(year);
    expect(before(at('2026-12-01T12:00:00'), now)).toBe(last);
    expect(when(at('2026-11-24T12:00:00'), now)).toBe(soon);
    expect(amount('1000.5', 'PGK')).toBe(kina);
    expect(amount('1000', 'VUV')).toBe(vatu);
    await setLanguage('en');
  });
});
