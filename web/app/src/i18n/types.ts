// What a catalogue of words is. English is the measure: its keys and its {parameters} are what every
// other language must have, so a key that is missing or too many fails tsc.
import type { words } from './en/words';
import type { errors } from './en/errors';
import type { PictureName } from '../pictures/names';

export type Lang = 'en' | 'fr' | 'bi' | 'tpi' | 'to' | 'sm' | 'fj';

/** What is said of one, and of other numbers. */
export type Plural = { readonly one: string; readonly other: string };

type English = typeof words;
export type Key = keyof English;

/** All words of a language. Where English has a plural, a language without forms of number has one text. */
export type Words = { readonly [K in Key]: English[K] extends string ? string : string | Plural };

/** A group of codes that mean the same to a person. */
export type ErrorGroup = keyof typeof errors;

type Names<S> = S extends `${string}{${infer P}}${infer Rest}` ? P | Names<Rest> : never;
type Text<M> = M extends { readonly other: infer S } ? S : M;

/** The parameters of a key: counts ({n}, {all}) are numbers, everything else is text. */
export type Params<K extends Key> = {
  readonly [P in Names<Text<English[K]>>]: P extends 'n' | 'all' ? number : string;
};

/** What t() takes after the key: nothing when the key has no parameters. */
export type Args<K extends Key> = [Names<Text<English[K]>>] extends [never] ? [] : [params: Params<K>];

type Twelve = readonly [string, string, string, string, string, string, string, string, string, string, string, string];
type Seven = readonly [string, string, string, string, string, string, string];

/** How a language writes numbers and dates. Browsers know nothing of bi, sm and fj, so we do not ask them. */
export type Locale = {
  readonly decimal: '.' | ',';
  readonly group: ',' | '\u00a0';
  readonly plural: 'other' | 'one' | 'zero-one'; // no forms; one for 1; one for 0 and 1, as in French
  readonly currency: 'before' | 'after'; // where the sign stands: K5 or 5 K
  readonly months: Twelve;
  readonly days: Seven; // from Sunday
  readonly date: string; // {d} {month}
  readonly dateYear: string; // {d} {month} {y}
  readonly first?: string; // how the first day of a month is written, when not 1
};

export type Catalogue = {
  readonly lang: Lang;
  readonly name: string; // as its speakers call it
  readonly draft: boolean; // not yet checked by a speaker
  readonly locale: Locale;
  readonly words: Words;
  readonly errors: Readonly<Record<ErrorGroup, string>>; // {code} in `unknown` only
  readonly pictures: Readonly<Record<PictureName, string>>;
};
