// What came in on a day: for a till, and for the day's end. What it is worth is for the bank to say.
import type { Row } from './api';
import { sum } from './totals';

export interface Takings {
  asset: string;
  decimals: number;
  received: Row[];
  given: Row[];
  /** All that was received together, and all that was given back. */
  total: string;
  givenTotal: string;
  /** The first day by which something of it must be at the bank; 0: none must. */
  earliest: number;
}

/** What was received and given back from one moment to another, by currency. */
export function takingsOf(rows: Row[], from: number, until = Infinity): Takings[] {
  const inside = rows.filter(({ at }) => at >= from && at < until);
  const assets = [...new Set(inside.filter(counts).map(({ asset }) => asset))];
  return assets.map((asset) => {
    const received = inside.filter((row) => row.asset === asset && row.act === 'received');
    const given = inside.filter((row) => row.asset === asset && row.act === 'gave back');
    const deadlines = received.map(({ deadline }) => deadline).filter(Boolean);
    return {
      asset,
      decimals: [...received, ...given][0]?.decimals ?? 0,
      received,
      given,
      total: sum(received.filter(isMoney).map(({ amount }) => amount)),
      givenTotal: sum(given.map(({ amount }) => amount)),
      earliest: deadlines.length ? Math.min(...deadlines) : 0,
    };
  });
}

const counts = ({ act }: Row): boolean => act === 'received' || act === 'gave back';

/** What the bank has refused is none. */
const isMoney = ({ state }: Row): boolean => state !== 'dishonoured';

/** Midnight of a day of this phone's calendar ("2026-11-21"), and the next one, in seconds. */
export function boundsOf(day: string): [from: number, until: number] {
  const [y = 0, m = 1, d = 1] = day.split('-').map(Number);
  const at = (n: number) => Math.floor(new Date(y, m - 1, d + n).getTime() / 1000);
  return [at(0), at(1)];
}

/** A day as such a text. */
export function dayOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** A table that every spreadsheet opens: no cell of it is taken for a formula. */
export function csv(lines: string[][]): string {
  const cell = (text: string) => {
    const risky = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text);
    const safe = risky ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  };
  return lines.map((line) => line.map(cell).join(',') + '\r\n').join('');
}
