// Prints what the phone wallet weighs and how long it takes: "name measured limit ok|over". Fails when one is over.
// The browser tests measure times and write them to budgets/times.json: { "name": milliseconds }.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist)));

/** Bytes as they travel. */
function weight(name) {
  const packed = new URL(`${name}.br`, dist);
  return existsSync(packed) ? statSync(packed).size : brotliCompressSync(readFileSync(new URL(name, dist))).length;
}

/** A chunk of the build with all that it imports at once. */
function closure(key, found = new Set()) {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`the build has no ${key}`);
  for (const file of [chunk.file, ...(chunk.css ?? [])]) found.add(file);
  for (const other of chunk.imports ?? []) closure(other, found);
  return found;
}

const sum = (files) => [...files].reduce((total, file) => total + weight(file), 0);

/** The page with all scripts and styles that it names, and the heavier of the two other screens that can come first. */
function firstPaint() {
  const page = readFileSync(new URL('index.html', dist), 'utf8');
  const named = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1]);
  if (named.length < 3) throw new Error('index.html names less than a script, its styles and main');
  const others = ['profiles', 'language'].map((name) => sum(closure(`src/screens/${name}.tsx`, new Set(named))));
  return weight('index.html') + Math.max(...others);
}

const wasm = readdirSync(new URL('assets/', dist)).find((name) => name.endsWith('.wasm'));
const file = new URL('../budgets/times.json', import.meta.url);
const times = existsSync(file) ? JSON.parse(readFileSync(file)) : {};
const budgets = [
  { name: 'wasm', measured: weight(`assets/${wasm}`) / 1000, limit: 950, unit: 'kB' },
  { name: 'first-paint', measured: firstPaint() / 1000, limit: 60, unit: 'kB' },
  { name: 'open-offline-6x', measured: times['open-offline-6x'], limit: 1000, unit: 'ms' },
  { name: 'ten-hops-6x', measured: times['ten-hops-6x'], limit: 400, unit: 'ms' },
];

for (const { name, measured, limit, unit } of budgets) {
  if (measured === undefined) {
    console.error(`${name} was not measured: run make browser, then make budgets again`);
    process.exitCode = 1;
    continue;
  }
  const verdict = measured <= limit ? 'ok' : 'over';
  console.log(`${name} ${Math.round(measured * 10) / 10}${unit} ${limit}${unit} ${verdict}`);
  if (verdict === 'over') process.exitCode = 1;
}
