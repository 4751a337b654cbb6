// A wallet in a thread of its own, as a browser's worker has it, on a host made of node: the journal is a file that is
// forced to the disk, keys are files, fetch is node's.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, webcrypto } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

const { dir, wasm, exec } = workerData;
const journal = join(dir, 'journal');
let failing = false; // the next append is refused
let clock = 0; // what is added to the clock

const framed = (record) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(record.length);
  return Buffer.concat([length, record]);
};

let writing = 0; // appends that have not resolved: a call that is answered meanwhile has not waited for them

async function write(records) {
  writing++;
  try {
    await new Promise((done) => setTimeout(done, workerData.slow ?? 0));
    await toDisk(records);
  } finally {
    writing--;
  }
}

async function toDisk(records) {
  const file = await open(journal, 'a', 0o600);
  try {
    await file.write(Buffer.concat(records.map(framed)));
    if (failing) {
      failing = false;
      throw new Error('the disk is full');
    }
    await file.datasync();
  } finally {
    await file.close();
  }
}

function records() {
  if (!existsSync(journal)) return [];
  const all = readFileSync(journal);
  const list = [];
  for (let at = 0; at < all.length;) {
    const end = at + 4 + all.readUInt32BE(at);
    list.push(new Uint8Array(all.subarray(at + 4, end)));
    at = end;
  }
  return list;
}

const rawPublic = (key) => new Uint8Array(createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(-32));

function key(n) {
  const path = join(dir, `key${n}`);
  if (!existsSync(path)) {
    writeFileSync(path, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }), {
      mode: 0o600,
    });
  }
  return createPrivateKey(readFileSync(path));
}

globalThis.kulaHost = {
  records: async () => records(),
  append: (record) => write([record]),
  appendAll: (list) => write(list),
  publicKey: async (n) => rawPublic(key(n)),
  sign: async (publicKey, hash) => {
    for (let n = 0; existsSync(join(dir, `key${n}`)); n++) {
      if (Buffer.compare(rawPublic(key(n)), publicKey) === 0) return new Uint8Array(sign(null, hash, key(n)));
    }
    throw new Error('not a key of this device');
  },
  fetch: async ({ method, url, headers, body }) => {
    const answer = await fetch(url, { method, headers, body, signal: AbortSignal.timeout(20_000) });
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: new Uint8Array(await answer.arrayBuffer()),
    };
  },
  random: (n) => webcrypto.getRandomValues(new Uint8Array(n)),
  wait: (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds)),
  now: () => Math.floor(Date.now() / 1000) + clock,
  emit: (event) => parentPort.postMessage(event),
};

/** Milliseconds that this thread had a processor for, where the system tells (Linux). */
const own = '/proc/thread-self/schedstat';
const worked = () => (existsSync(own) ? Number(readFileSync(own, 'utf8').split(' ')[0]) / 1e6 : performance.now());

await import(exec); // sets globalThis.Go
const go = new globalThis.Go();
const { instance } = await WebAssembly.instantiate(readFileSync(wasm), go.importObject);
void go.run(instance);

parentPort.on('message', async ({ id, cmd, args }) => {
  try {
    if (cmd === 'test:fail') failing = true;
    else if (cmd === 'test:clock') clock = args.ahead;
    else {
      const begun = performance.now();
      const used = worked();
      const ok = await globalThis.kula.call(cmd, args);
      parentPort.postMessage({ id, ok, ms: performance.now() - begun, cpu: worked() - used, writing });
      return;
    }
    parentPort.postMessage({ id });
  } catch (error) {
    parentPort.postMessage({ id, error });
  }
});
parentPort.postMessage({ event: 'ready' });
