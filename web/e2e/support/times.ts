import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const file = resolve(import.meta.dirname, '../../app/budgets/times.json');

/** Writes down how many milliseconds something took, for `make budgets`, which knows the limits. */
export function note(name: string, milliseconds: number): void {
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>) : {};
  mkdirSync(resolve(file, '..'), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...before, [name]: milliseconds }, null, 2) + '\n');
}
