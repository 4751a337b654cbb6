// The device's keys. The browser makes them and never gives them out: not to us, not to an extension, not to a copy of
// the page. Where it knows no Ed25519 (Chromium before 137, old WebViews), a seed of ours lies sealed by an AES key
// that the browser does not give out either; the seed is in memory only while something is signed.
import { answer, write } from './database';
import type { Journal } from './journal';
import { Refusal } from './protocol';

type KeyRecord = { publicKey: Uint8Array } & (
  | { kind: 'webcrypto'; privateKey: CryptoKey }
  | { kind: 'sealed'; iv: Uint8Array<ArrayBuffer>; sealed: ArrayBuffer; sealedBy: CryptoKey }
);

const algorithm = { name: 'Ed25519' };

/** Whether the browser signs Ed25519 by itself. */
export async function browserSigns(): Promise<boolean> {
  try {
    await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
    return true;
  } catch {
    return false;
  }
}

export class Keys {
  private readonly known = new Map<string, KeyRecord>();

  constructor(
    private readonly journal: Journal,
    readonly kind: 'webcrypto' | 'sealed',
  ) {}

  /** The public half of the n-th key; made, and written down for good, when first asked for. */
  async publicKey(n: number): Promise<Uint8Array> {
    if (!Number.isSafeInteger(n) || n < 0) throw new Refusal('bad_argument', 'the number of a key');
    const found = (await this.read(n)) ?? (await this.make(n));
    this.known.set(hex(found.publicKey), found);
    return found.publicKey.slice();
  }

  async sign(publicKey: Uint8Array, hash: Uint8Array): Promise<Uint8Array> {
    const key = this.known.get(hex(publicKey)) ?? (await this.find(publicKey));
    if (!key) throw new Refusal('no_key', 'this key was not made on this device');
    try {
      return await signWith(key, hash.slice());
    } catch (thrown) {
      throw new Refusal('no_key', String(thrown));
    }
  }

  private async read(n: number): Promise<KeyRecord | undefined> {
    const store = this.journal.db.transaction('keys').objectStore('keys');
    return answer<KeyRecord | undefined>(store.get(n)).catch((thrown: unknown) => {
      throw new Refusal('no_key', String(thrown));
    });
  }

  private async find(publicKey: Uint8Array): Promise<KeyRecord | undefined> {
    const all = await answer<KeyRecord[]>(this.journal.db.transaction('keys').objectStore('keys').getAll());
    for (const key of all) this.known.set(hex(key.publicKey), key);
    return this.known.get(hex(publicKey));
  }

  private async make(n: number): Promise<KeyRecord> {
    const key = await (this.kind === 'webcrypto' ? browserKey() : sealedKey());
    await write(
      this.journal.db,
      ['keys', 'meta'],
      async (tx) => {
        await this.journal.own(tx);
        await answer(tx.objectStore('keys').add(key, n));
      },
      'no_key',
    );
    return key;
  }
}

async function browserKey(): Promise<KeyRecord> {
  const pair = (await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])) as CryptoKeyPair;
  const probe = crypto.getRandomValues(new Uint8Array(32));
  const signature = await crypto.subtle.sign(algorithm, pair.privateKey, probe);
  if (!(await crypto.subtle.verify(algorithm, pair.publicKey, signature, probe))) {
    throw new Refusal('no_key', 'this browser signs wrongly');
  }
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return { kind: 'webcrypto', publicKey, privateKey: pair.privateKey };
}

async function sealedKey(): Promise<KeyRecord> {
  const { getPublicKeyAsync } = await import('@noble/ed25519');
  const seed = crypto.getRandomValues(new Uint8Array(32));
  try {
    const sealedBy = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, sealedBy, seed);
    return { kind: 'sealed', publicKey: await getPublicKeyAsync(seed), iv, sealed, sealedBy };
  } finally {
    seed.fill(0);
  }
}

async function signWith(key: KeyRecord, hash: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (key.kind === 'webcrypto') return new Uint8Array(await crypto.subtle.sign(algorithm, key.privateKey, hash));
  const { signAsync } = await import('@noble/ed25519');
  const opened = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: key.iv }, key.sealedBy, key.sealed);
  const seed = new Uint8Array(opened);
  try {
    return await signAsync(hash, seed);
  } finally {
    seed.fill(0);
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}
