// @vitest-environment node
// Words that no screen says are seven translations for nothing, or a screen that forgot to say them.
import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { groupOfCode, knownCodes } from './codes';
import { en } from './en/index';

const root = new URL('..', import.meta.url);
const code = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.includes('.test.') && !/^i18n\/\w+\//.test(name))
  .map((name) => readFileSync(new URL(name, root), 'utf8'))
  .join('\n');

/** Keys that are put together: `money.${code}`. */
const composed = /^money\./;

test('every key of the catalogues is said somewhere', () => {
  const silent = Object.keys(en.words).filter((key) => !composed.test(key) && !code.includes(`'${key}'`));
  expect(silent).toEqual([]);
});

test('every sentence about an error has a code that leads to it', () => {
  const led = new Set(['unknown', 'oldRequest', 'payeeConnect', 'noName', 'tooLong', 'cheatBehind']);
  for (const known of knownCodes) led.add(groupOfCode(known));
  expect(Object.keys(en.errors).filter((group) => !led.has(group))).toEqual([]);
});
