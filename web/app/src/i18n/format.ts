// Numbers, amounts and dates in each language. Amounts are decimal text and stay exact: nothing here counts in floats.
import { currencies } from './currencies';
import type { Catalogue, Locale, Plural } from './types';

const day = 86_400_000;

/** Groups of three before the point, the language's point after it; what follows the point is given as it is. */
export function formatNumber(locale: Locale, text: string): string {
  const [whole, rest] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, locale.group);
  return rest ? grouped + locale.decimal + rest : grouped;
}

/** Fills up to the currency's decimals and cuts only zeros: "12.5" is 12.50 in kina and 12.5 in vatu. */
export function withDecimals(amount: string, decimals: number): string {
  const [whole, rest = ''] = amount.split('.');
  const kept = rest.replace(/0+$/, '');
  return kept || decimals ? (whole || '0') + '.' + kept.padEnd(decimals, '0') : whole || '0';
}

/** An amount for the eye: K1,000.50, 1 000 VT. Unknown money by its code. */
export function formatAmount(locale: Locale, amount: string, code: string, decimals?: number): string {
  const money = Object.hasOwn(currencies, code) ? currencies[code] : undefined;
  const number = formatNumber(locale, withDecimals(amount, decimals ?? money?.decimals ?? 0));
  if (!money) return number + '\u00a0' + code;
  // Where the sign is letters only (VT), it stands after the number in every language.
  const after = locale.currency === 'after' || (money.sign.length === 2 && !money.sign.includes('$'));
  return after ? number + '\u00a0' + money.sign : money.sign + number;
}

/** The form for a number; the text itself where the language has no forms. */
export function pluralForm(locale: Locale, n: number, message: string | Plural): string {
  if (typeof message === 'string') return message;
  const one = locale.plural === 'one' ? n === 1 : locale.plural === 'zero-one' && (n === 0 || n === 1);
  return one ? message.one : message.other;
}

/** The text with its {parameters}. Counts are written as the language writes numbers. */
export function fill(locale: Locale, text: string, params: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => {
    if (!Object.hasOwn(params, name)) return hole;
    const value = params[name];
    return typeof value === 'number' ? formatNumber(locale, String(value)) : value;
  });
}

/** A day of this phone's calendar: 3 March, and the year when it is not this one. */
export function formatDate(locale: Locale, at: number, now: number): string {
  const date = new Date(at * 1000);
  const pattern = date.getFullYear() === new Date(now * 1000).getFullYear() ? locale.date : locale.dateYear;
  const d = date.getDate();
  return fill(locale, pattern, {
    d: d === 1 && locale.first ? locale.first : String(d),
    month: locale.months[date.getMonth()],
    y: String(date.getFullYear()),
  });
}

/** 14:05, the same in every language. */
export function formatTime(at: number): string {
  const date = new Date(at * 1000);
  return String(date.getHours()).padStart(2, '0') + ':' + String(date.getMinutes()).padStart(2, '0');
}

/** Days of the calendar from now to then; hours do not count. */
export function daysBetween(now: number, at: number): number {
  const midnight = (seconds: number): number => {
    const date = new Date(seconds * 1000);
    return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  };
  return Math.round((midnight(at) - midnight(now)) / day);
}

/** When something was or will be: today, in 2 days, 3 March. */
export function formatWhen(catalogue: Catalogue, at: number, now: number): string {
  const { words, locale } = catalogue;
  if (!at) return words['when.never'];
  const days = daysBetween(now, at);
  if (days === 0) return fill(locale, words['when.at'], { date: words['when.today'], time: formatTime(at) });
  if (days === 1) return words['when.tomorrow'];
  if (days === -1) return words['when.yesterday'];
  if (days > 1 && days < 7) return fill(locale, pluralForm(locale, days, words['when.inDays']), { n: days });
  if (days < 0 && days > -7) return fill(locale, pluralForm(locale, -days, words['when.daysAgo']), { n: -days });
  return formatDate(locale, at, now);
}

/** A last day: before 3 March; with the hour when it is near; that it is over when it is. */
export function formatBefore(catalogue: Catalogue, at: number, now: number): string {
  const { words, locale } = catalogue;
  const days = daysBetween(now, at);
  if (at <= now) return fill(locale, words['when.past'], { date: formatDate(locale, at, now) });
  if (days === 0) return fill(locale, words['when.beforeToday'], { time: formatTime(at) });
  if (days === 1) return fill(locale, words['when.beforeTomorrow'], { time: formatTime(at) });
  return fill(locale, words['when.before'], { date: formatDate(locale, at, now) });
}
