// A backup file: the records of the journal, sealed with a key that only the 24 words give. It holds no key.
//
//   "KULABACKUP1" | salt (16) | iv (12) | AES-256-GCM(records), the first three being authenticated with it
//   key = HKDF-SHA-256(seed of the 24 words, salt, "kula backup 1")
import { Refusal } from './worker/protocol';

const magic = new TextEncoder().encode('KULABACKUP1');
const saltSize = 16;
const ivSize = 12;
const head = magic.length + saltSize + ivSize;

async function keyOf(seed: Uint8Array, salt: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const master = await crypto.subtle.importKey('raw', seed.slice(), 'HKDF', false, ['deriveKey']);
  const info = new TextEncoder().encode('kula backup 1');
  const kind = { name: 'AES-GCM', length: 256 };
  return crypto.subtle.deriveKey({ name: 'HKDF', hash: 'SHA-256', salt, info }, master, kind, false, [
    'encrypt',
    'decrypt',
  ]);
}

/** Seals records (exportBackup) for a file. */
export async function sealBackup(seed: Uint8Array, records: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const file = new Uint8Array(head);
  file.set(magic);
  crypto.getRandomValues(file.subarray(magic.length));
  const { salt, iv } = partsOf(file);
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: file },
    await keyOf(seed, salt),
    records.slice(),
  );
  const whole = new Uint8Array(head + sealed.byteLength);
  whole.set(file);
  whole.set(new Uint8Array(sealed), head);
  return whole;
}

/** Opens a file for importBackup. Refuses with bad_backup when it is no backup, damaged, or of other words. */
export async function openBackup(seed: Uint8Array, file: Uint8Array): Promise<Uint8Array> {
  if (!isBackup(file)) throw new Refusal('bad_backup', 'no backup of Kula');
  const own = file.slice();
  const { salt, iv } = partsOf(own);
  try {
    const opened = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv, additionalData: own.subarray(0, head) },
      await keyOf(seed, salt),
      own.subarray(head),
    );
    return new Uint8Array(opened);
  } catch {
    throw new Refusal('bad_backup', 'other words, or the file is damaged');
  }
}

export function isBackup(file: Uint8Array): boolean {
  return file.length > head && magic.every((byte, i) => file[i] === byte);
}

function partsOf(file: Uint8Array<ArrayBuffer>) {
  const salt = file.slice(magic.length, magic.length + saltSize);
  const iv = file.slice(magic.length + saltSize, head);
  return { salt, iv };
}
