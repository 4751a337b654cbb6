// What must be brought to the bank, and until when.
import type { Expiring } from './api';
import { sum } from './totals';

export interface Due {
  before: string;
  amount: string;
}

/** What was received, together where the last day is told in the same words (before 3 March); the nearest first. */
export function dueOf(expiring: Expiring[], tell: (at: number) => string): Due[] {
  const days = new Map<string, string[]>();
  for (const { what, at, amount } of expiring) {
    if (what === 'received') days.set(tell(at), [...(days.get(tell(at)) ?? []), amount]);
  }
  return [...days].map(([before, amounts]) => ({ before, amount: sum(amounts) }));
}
