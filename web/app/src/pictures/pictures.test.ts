import { expect, test } from 'vitest';
import { alike, pictureChoices } from './choices';
import { pictureNames } from './names';
import { drawings } from './paths';

test('64 pictures, all different, small', () => {
  expect(new Set(pictureNames).size).toBe(64);
  expect(Object.keys(drawings).sort()).toEqual([...pictureNames].sort());
  const lines = pictureNames.map((name) => drawings[name].join(' '));
  expect(new Set(lines).size).toBe(64);
  expect(lines.join('').length).toBeLessThan(25_000);
  for (const line of lines) expect(line).toMatch(/^M[-MmLlHhVvCcAaZz\d. ]+$/);
});

test('every picture has three others beside it that are unlike it, in any place', () => {
  const places = [0, 0, 0, 0];
  for (let right = 0; right < 64; right++) {
    for (let times = 0; times < 20; times++) {
      const choices = pictureChoices(right);
      expect(choices).toHaveLength(4);
      expect(new Set(choices).size).toBe(4);
      expect(choices).toContain(right);
      places[choices.indexOf(right)]++;
      for (const n of choices) expect(n >= 0 && n < 64).toBe(true);
    }
  }
  for (const n of places) expect(n).toBeGreaterThan(200); // of 320: the place gives nothing away
});

test('what looks alike is not offered together', () => {
  const index = (name: (typeof pictureNames)[number]): number => pictureNames.indexOf(name);
  for (const [a, b] of [
    ['sun', 'star'],
    ['moon', 'banana'],
    ['mountain', 'volcano'],
    ['dog', 'cow'],
    ['palm', 'tree'],
  ] as const) {
    for (let times = 0; times < 200; times++) expect(pictureChoices(index(a))).not.toContain(index(b));
  }
});

test('every picture stands in one row of what is alike', () => {
  expect(alike.flat().sort()).toEqual([...pictureNames].sort());
});
