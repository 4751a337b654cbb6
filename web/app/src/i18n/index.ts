// The words of the app: t(key, params), and amounts, dates and refusals in the language of the person.
import { signal } from '@preact/signals';
import { groupOfCode } from './codes';
import { currencies } from './currencies';
import { en } from './en/index';
import * as format from './format';
import { pictureNames } from '../pictures/names';
import type { Args, Catalogue, Key, Lang, Plural } from './types';

export type { Args, Catalogue, Key, Lang, Params } from './types';
export { currencies };
export { groupOfCode } from './codes';

/** Languages as their speakers call them, in the order in which they are offered. */
export const languages: Readonly<Record<Lang, string>> = {
  en: 'English',
  fr: 'Français',
  bi: 'Bislama',
  tpi: 'Tok Pisin',
  to: 'Lea faka-Tonga',
  sm: 'Gagana Sāmoa',
  fj: 'Vosa vakaviti',
};

// English is in the first bundle, so that there are words before anything else is there.
const load: Readonly<Record<Lang, () => Promise<Catalogue>>> = {
  en: () => Promise.resolve(en),
  fr: () => import('./fr/index').then((m) => m.fr),
  bi: () => import('./bi/index').then((m) => m.bi),
  tpi: () => import('./tpi/index').then((m) => m.tpi),
  to: () => import('./to/index').then((m) => m.to),
  sm: () => import('./sm/index').then((m) => m.sm),
  fj: () => import('./fj/index').then((m) => m.fj),
};

export const catalogue = signal<Catalogue>(en);
let wanted: Lang = 'en';

export const isLang = (text: string): text is Lang => Object.hasOwn(languages, text);

/** The first of the browser's languages that we have. */
export function preferredLanguage(list: readonly string[]): Lang {
  return list.map((tag) => tag.toLowerCase().split('-')[0]).find(isLang) ?? 'en';
}

/** Changes all words at once. The choice made last wins, however slowly it loads. False: it could not be fetched. */
export async function setLanguage(lang: Lang): Promise<boolean> {
  wanted = lang;
  const loaded = await load[lang]().catch(() => undefined);
  if (!loaded || wanted !== lang) return false;
  catalogue.value = loaded;
  return true;
}

/** A catalogue for looking at, without changing the words of the app. */
export const loadCatalogue = (lang: Lang): Promise<Catalogue> => load[lang]();

/** The words for a key. A plural is chosen by the parameter n. */
export function t<K extends Key>(key: K, ...args: Args<K>): string {
  const { words, locale } = catalogue.value;
  const message: string | Plural = words[key];
  const params = (args[0] ?? {}) as Readonly<Record<string, string | number>>;
  const text = format.pluralForm(locale, Number(params.n), message);
  return format.fill(locale, text, params);
}

/** What a refusal means to the person, and what to do next. */
export function errorText(failure: { readonly code: string; readonly where?: string }): string {
  const { errors, locale } = catalogue.value;
  return format.fill(locale, errors[groupOfCode(failure.code, failure.where)], { code: failure.code });
}

const seconds = (): number => Math.floor(Date.now() / 1000);

/** An amount for the eye: K1,000.50. */
export const amount = (text: string, code: string, decimals?: number): string =>
  format.formatAmount(catalogue.value.locale, text, code, decimals);

/** An amount for the ear: 1,000.50 kina. */
export function sayAmount(text: string, code: string, decimals?: number): string {
  const { locale } = catalogue.value;
  const places = decimals ?? (Object.hasOwn(currencies, code) ? currencies[code].decimals : 0);
  const spoken = format.formatNumber(locale, format.withDecimals(text, places));
  const key = `money.${code}`;
  return isMoney(key) ? t(key, { amount: spoken }) : t('money.other', { amount: spoken, code });
}

type MoneyKey = Exclude<Extract<Key, `money.${Uppercase<string>}`>, 'money.other'>;
const isMoney = (key: string): key is MoneyKey => /^money\.[A-Z]/.test(key) && Object.hasOwn(en.words, key);

export const number = (n: number): string => format.formatNumber(catalogue.value.locale, String(n));
/** 3 March, and the year when it is another. */
export const date = (at: number, now = seconds()): string => format.formatDate(catalogue.value.locale, at, now);
/** today, in 2 days, 3 March. */
export const when = (at: number, now = seconds()): string => format.formatWhen(catalogue.value, at, now);
/** before 3 March: for {before} in keys such as home.bring. */
export const before = (at: number, now = seconds()): string => format.formatBefore(catalogue.value, at, now);
export const time = format.formatTime;

/** The name of picture n, 0 to 63. */
export const pictureName = (n: number): string => catalogue.value.pictures[pictureNames[n]];
