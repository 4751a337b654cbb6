// @vitest-environment node
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { screenFor } from '../guard';
import { originOf } from '../origin';
import { typed } from '../ui/typed';

describe('which screen', () => {
  it('nothing but the PIN before the PIN', () => {
    for (const asked of ['home', 'pay', 'history', 'receipt', 'settings', 'backup', 'sync'] as const) {
      expect(screenFor('pin', asked, true)).toBe('pin');
    }
  });
  it('nothing of a wallet without a wallet', () => {
    expect(screenFor('nobody', 'pay', false)).toBe('welcome');
    expect(screenFor('nobody', 'home', true)).toBe('profiles');
    expect(screenFor('new', 'pay', true)).toBe('welcome');
    expect(screenFor('new', 'bank', true)).toBe('bank');
  });
  it('at a till nothing that pays', () => {
    for (const asked of [
      'home',
      'pay',
      'settings',
      'pin',
      'profiles',
      'backup',
      'history',
      'people',
      'lost',
    ] as const) {
      expect(screenFor('ready', asked, true, true)).toBe('till');
    }
    expect(screenFor('ready', 'give-back', true, true)).toBe('give-back');
  });
  it('nothing of the first day for whoever goes back to it', () => {
    for (const asked of ['welcome', 'words', 'restore'] as const) expect(screenFor('ready', asked, true)).toBe('home');
  });
  it('everything with one', () => {
    expect(screenFor('ready', 'pay', true)).toBe('pay');
    for (const phase of ['starting', 'opening', 'elsewhere', 'broken'] as const) {
      expect(screenFor(phase, 'pay', true)).toBeUndefined();
    }
  });
});

describe('whose page', () => {
  it('is told by scheme, name and port', () => {
    expect(originOf('https://bank.example/kula')).toBe('https://bank.example');
    expect(originOf('http://127.0.0.1:8420')).toBe(originOf('http://localhost:8420/'));
    expect(originOf('http://localhost:8421')).not.toBe(originOf('http://localhost:8420'));
    expect(originOf('https://bank.example')).not.toBe(originOf('http://bank.example'));
    expect(originOf('https://bank.example.evil')).not.toBe(originOf('https://bank.example'));
    expect(originOf('bank')).toBe('');
  });
});

describe('the keys for an amount', () => {
  const type = (keys: string, decimals: number) =>
    [...keys].reduce((value, key) => typed(value, key === '<' ? 'delete' : key, decimals), '');
  it.each([
    ['12.50', 2, '12.50'],
    ['12.505', 2, '12.50'],
    ['.5', 2, '0.5'],
    ['007', 2, '7'],
    ['0.05', 2, '0.05'],
    ['1..2', 2, '1.2'],
    ['1.2', 0, '12'],
    ['12<3', 0, '13'],
    ['1.<', 2, '1'],
    ['<', 2, ''],
    ['12345678901', 0, '123456789'],
  ])('%s with %i decimals is %s', (keys, decimals, want) => expect(type(keys, decimals)).toBe(want));
});

// WCAG 2: the contrast of two colours, from 1 to 21.
function contrast(a: string, b: string): number {
  const light = (hex: string) => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5]
      .map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
      .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [dark = 0, bright = 0] = [light(a), light(b)].sort((x, y) => x - y);
  return (bright + 0.05) / (dark + 0.05);
}

describe('colours', () => {
  const css = readFileSync(new URL('../styles/base.css', import.meta.url), 'utf8');
  const blocks = [...css.matchAll(/\{([^{}]*--ground:[^{}]*)\}/g)].map((match) =>
    Object.fromEntries([...(match[1] ?? '').matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6})/g)].map((m) => [m[1], m[2]])),
  );
  const text = [
    ['--text', '--ground'],
    ['--text', '--surface'],
    ['--soft', '--ground'],
    ['--soft', '--surface'],
    ['--main', '--ground'],
    ['--main', '--surface'],
    ['--on-main', '--main'],
    ['--on-main-soft', '--main-soft'],
    ['--on-bad', '--bad'],
    ['--bad', '--surface'],
    ['--good', '--surface'],
    ['--text', '--bad-soft'],
    ['--text', '--good-soft'],
    ['--on-warn', '--warn-soft'],
  ];
  const edges = [
    ['--line', '--ground'],
    ['--line', '--surface'],
    ['--focus', '--ground'],
    ['--focus', '--surface'],
  ];
  it('light, dark by the phone, dark by choice, and high contrast', () => expect(blocks).toHaveLength(4));
  it('dark is dark, however it was chosen', () => expect(blocks[1]).toEqual(blocks[2]));
  it.each([0, 1, 3])('theme %i can be read by weak eyes', (n) => {
    const theme = blocks[n] ?? {};
    for (const [a = '', b = ''] of text)
      expect(contrast(theme[a]!, theme[b]!), `${a} on ${b}`).toBeGreaterThanOrEqual(4.5);
    for (const [a = '', b = ''] of edges)
      expect(contrast(theme[a]!, theme[b]!), `${a} on ${b}`).toBeGreaterThanOrEqual(3);
  });
});

describe('what is written', () => {
  const files = readdirSync(new URL('..', import.meta.url), { recursive: true, encoding: 'utf8' });
  it('no file is longer than 500 lines', () => {
    for (const file of files.filter((name) => /\.(ts|tsx|css)$/.test(name))) {
      const lines = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8').split('\n').length;
      expect(lines, file).toBeLessThanOrEqual(501);
    }
  });
  it('no style asks for text below 16 px', () => {
    for (const file of files.filter((name) => name.endsWith('.css'))) {
      const css = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
      for (const [, size = '', unit] of css.matchAll(/font-size:\s*([\d.]+)(rem|em|px)/g)) {
        expect(Number(size), `${file}: ${size}${unit}`).toBeGreaterThanOrEqual(unit === 'px' ? 16 : 1);
      }
    }
  });
});
