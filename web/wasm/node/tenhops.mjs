// How long a phone takes over a ten-hop payment: KULA_TEN_HOPS=DIR go test -run TenHops ./web/phone, and then
// node tenhops.mjs DIR. Every time it is a fresh phone, with a program that is cold, as when a person opens the app and is
// paid. On a busy machine the time that passes says little, what its thread had a processor for says more.
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Phone } from './phone.mjs';

const built = process.env.KULA_WASM ?? resolve(import.meta.dirname, '../../app/wasm');
const program = { wasm: join(built, 'kula.wasm'), exec: join(built, 'wasm_exec.js') };
const [from] = process.argv.slice(2);
const payment = readFileSync(join(from, 'payment'));
const taken = [];
for (let i = 0; i < 7; i++) {
  const dir = mkdtempSync(join(tmpdir(), 'kula-hops-'));
  cpSync(from, dir, { recursive: true });
  const phone = await Phone.on(dir, program);
  await phone.call('test:clock', { ahead: 1_800_000_112 - Math.floor(Date.now() / 1000) });
  await phone.call('open', { network: 'phone test' });
  const opened = phone.ms;
  const got = await phone.call('accept', { bytes: new Uint8Array(payment) });
  if (got.depth !== 10) throw new Error(`depth ${got.depth}`);
  taken.push({ opened, accepted: phone.ms, cpu: phone.cpu });
  await phone.close();
  rmSync(dir, { recursive: true, force: true });
}
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)].toFixed(1);
const accepted = taken.map((t) => t.accepted);
console.log(
  `ten hops, ${payment.length} bytes: accepted in ${median(accepted)} ms (best ${Math.min(...accepted).toFixed(1)}), ${median(taken.map((t) => t.cpu))} ms of its processor; opened in ${median(taken.map((t) => t.opened))} ms`,
);
