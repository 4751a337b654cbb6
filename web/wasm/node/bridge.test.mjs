// The bridge from end to end, with no browser: kula.wasm in threads, journals on disk, a real bank over HTTP.
// `make build` comes first; KULA and KULA_WASM name another program and directory.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Phone } from './phone.mjs';

const root = resolve(import.meta.dirname, '../../..');
const kula = process.env.KULA ?? join(root, 'bin/kula');
const built = process.env.KULA_WASM ?? join(root, 'web/app/wasm');
const program = { wasm: join(built, 'kula.wasm'), exec: join(built, 'wasm_exec.js'), slow: 20 };
const home = mkdtempSync(join(tmpdir(), 'kula-bridge-'));
const phones = [];
let bank;
let url;
let operator;

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

async function startBank() {
  const [wallets, staff, console, ledger] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  url = `http://127.0.0.1:${wallets}`;
  operator = `http://127.0.0.1:${staff}`;
  bank = spawn(
    kula,
    ['up', '--json', '--home', home, '--listen', `127.0.0.1:${wallets}`, '--operator-listen', `127.0.0.1:${staff}`].concat([
      '--console-listen',
      `127.0.0.1:${console}`,
      '--ledger-listen',
      `127.0.0.1:${ledger}`,
    ]),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  await new Promise((running, failed) => {
    bank.once('error', failed).once('exit', (code) => failed(new Error(`kula up ended with ${code}: ${said}`)));
    bank.stdout.on('data', (text) => whole((said += text)) && running());
  });
}

/** What up says in JSON comes when everything is there. */
function whole(said) {
  try {
    return JSON.parse(said).ready;
  } catch {
    return false;
  }
}

async function phone(name) {
  const dir = join(home, name);
  mkdirSync(dir, { recursive: true });
  const p = await Phone.on(dir, program);
  phones.push(p);
  p.journal = () => statSync(join(dir, 'journal')).size;
  return p;
}

/** A phone with an open purse. */
async function enrolled(name) {
  const p = await phone(name);
  const seen = await p.call('look', { url });
  await p.call('open', { network: seen.network });
  await p.call('trust', { bytes: seen.bytes });
  const args = {
    anchor: seen.anchor,
    name,
    asset: seen.assets[0].code,
    kind: 'circulating',
    seed: new Uint8Array(randomBytes(64)),
  };
  const { purses } = await p.call('enrol', args);
  assert.equal(purses.length, 1);
  assert.equal(purses[0].phase, 'open');
  assert.equal(purses[0].name, name);
  p.purse = purses[0].id;
  return p;
}

const refused = (code) => (error) => error.code === code && typeof error.where === 'string' && error.detail !== '';

before(startBank, { timeout: 120_000 });
after(async () => {
  await Promise.all(phones.map((p) => p.close()));
  if (bank && bank.exitCode === null) {
    const ended = new Promise((done) => bank.once('exit', done));
    bank.kill('SIGTERM');
    await ended;
  }
  rmSync(home, { recursive: true, force: true });
});

test('two phones enrol, pay without a bank, and settle', { timeout: 240_000 }, async () => {
  const mary = await enrolled('Mary');
  const tom = await enrolled('Tom');
  const cash = [
    'anchor',
    'teller',
    'in',
    mary.purse,
    '500',
    '--officer',
    'mere',
    '--home',
    join(home, 'anchor'),
    '--url',
    operator,
  ];
  await promisify(execFile)(kula, cash);
  await mary.call('deposit', { purse: mary.purse }).then((to) => assert.match(to.address, /^G/));
  // It goes through the ledger, for which the phone waits.
  const paidIn = await mary.call('sync', { refresh: true });
  assert.equal(paidIn.home.purses[0].spendable, '500');
  assert.equal(paidIn.presented, 0);

  const bill = await tom.call('request', { amount: '120', memo: 'two fish' });
  const scanned = await mary.call('read', { text: bill.text });
  assert.equal(scanned.kind, 'bill');
  const quote = await mary.call('quote', { bytes: scanned.bytes });
  assert.equal(quote.payee, 'Tom');
  assert.equal(quote.amount, '120');

  // What could not be written down has not happened, and nothing of it leaves.
  await mary.call('test:fail');
  await assert.rejects(mary.call('pay', { bytes: scanned.bytes }), refused('journal_failed'));

  const before = mary.journal();
  const paid = await mary.call('pay', { bytes: scanned.bytes });
  assert.ok(mary.journal() >= before);
  const got = await tom.call('accept', { bytes: (await tom.call('read', { text: paid.text })).bytes });
  assert.equal(got.amount, '120');
  assert.equal(got.picture, paid.picture);
  assert.equal(got.payerName, 'Mary'); // whom Tom has never met
  assert.ok(paid.bytes.length < 480);
  assert.equal((await tom.call('home')).purses[0].spendable, '120');
  await mary.call('theyHaveIt', { entry: paid.entry, picture: got.picture });
  await mary.call('acknowledged', { bytes: got.ack });

  const synced = await tom.call('sync');
  assert.equal(synced.receipts, 1);
  assert.equal(synced.home.purses[0].loaded, '120');
  assert.deepEqual(synced.problems, []);
  await mary.call('complain', { subject: paid.entry, about: 'mistake' });
  const told = await mary.call('sync');
  assert.deepEqual(told.problems, []);
  assert.deepEqual(
    told.cases.map(({ subject, number }) => [subject, number]),
    [[paid.entry, 1]],
  );
  const { rows } = await mary.call('history');
  assert.equal(rows.length, 1);
  assert.equal(rows[0].state, 'honoured');
  assert.ok(mary.events.some((e) => e.event === 'changed') && tom.events.some((e) => e.event === 'progress'));

  // The journal is all there is.
  const { network } = await mary.call('home');
  await mary.close();
  const again = await phone('Mary');
  const { undelivered, purses } = await again.call('open', { network });
  assert.deepEqual(undelivered, []);
  assert.equal(purses[0].spendable, '380');
});

test('a phone that is lost is found with the words, and ended', { timeout: 120_000 }, async () => {
  const seed = () => new Uint8Array(64).fill(7);
  const old = await phone('Old');
  const bankSeen = await old.call('look', { url });
  const fresh = await phone('Fresh');
  for (const p of [old, fresh]) {
    await p.call('open', { network: bankSeen.network });
    await p.call('trust', { bytes: bankSeen.bytes });
    await p.call('enrol', { anchor: bankSeen.anchor, name: 'Ana', asset: 'VUV', kind: 'circulating', seed: seed() });
  }
  const purses = await fresh.call('purses', { seed: seed() });
  assert.equal(purses.length, 2);
  const lost = purses.find((p) => !p.here);
  const here = purses.find((p) => p.here);
  await fresh.call('revoke', { seed: seed(), purse: lost.purse, successor: here.purse });
  const told = await old.call('sync');
  assert.equal(told.home.purses[0].revoked, true);
  await assert.rejects(
    fresh.call('enrol', { anchor: bankSeen.anchor, name: 'Ana', asset: 'VUV', kind: 'circulating', seed: seed() }),
    refused('has_purse'),
  );
});

test('no bank, no harm', { timeout: 60_000 }, async () => {
  const p = await phone('Away');
  await assert.rejects(p.call('look', { url: `http://127.0.0.1:${await freePort()}` }), refused('no_answer'));
  await assert.rejects(p.call('look', { url: 'http://bank.example' }), refused('bad_argument'));
  await assert.rejects(p.call('home'), refused('not_open'));
});
