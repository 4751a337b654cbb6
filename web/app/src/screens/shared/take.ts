// Takes in whatever was scanned, pasted, opened or shared, and goes to the screen that it is for.
import type { Caught, Found } from '../../api';
import { decodeFile } from '../../decoder';
import { t } from '../../i18n';
import { go } from '../../router';
import { Refusal, call } from '../../rpc';
import { home, profile } from '../../state';
import { failure, seen, soundOf, success } from '../../ui/feedback';
import { say } from '../../ui/Toast';
import * as carried from './carried';

export interface Seen {
  text?: string;
  bytes?: Uint8Array;
}

/** Not a code of ours at all: a price tag of a shop, an address of a web page. */
export const notKula = 'not_kula';

const ours = /^(KULA\d:|S0IB)/;
const lookingOurs = /^KULA\d:/i;
const moving = /^KULA2:/;

/** Of which moving code a frame is: what all of its frames begin with. Empty: it is none. */
export const filmOf = (text: string): string => (moving.test(text.trim()) ? text.trim().slice(0, 18) : '');

/** The text of a code of ours, without what stands around it; of no other, and of none that was written anew by hand. */
export function ourText(seen: string): string {
  const text = seen.trim();
  if (ours.test(text)) return text;
  throw new Refusal(lookingOurs.test(text) ? 'bad_text' : notKula);
}

/** The text in a file that holds a code as text; undefined: it holds a bundle itself. */
function textIn(bytes: Uint8Array): string | undefined {
  const text = (length: number) => new TextDecoder().decode(bytes.subarray(0, length));
  if (text(2) === 'KB') return undefined;
  return moving.test(ourText(text(32))) ? text(bytes.length) : undefined;
}

const most = 2 << 20; // bytes: what the bank may send, as text

const pictures = [
  [0x89, 0x50, 0x4e, 0x47],
  [0xff, 0xd8, 0xff],
  [0x52, 0x49, 0x46, 0x46], // WebP
];
const isPicture = (bytes: Uint8Array): boolean => pictures.some((head) => head.every((byte, i) => bytes[i] === byte));

/** Resolves with how much of a moving code is here; 1 when something was taken in. */
export async function take({ text, bytes }: Seen): Promise<number> {
  if (bytes && isPicture(bytes)) {
    text = await decodeFile(new Blob([bytes.slice()])).catch(() => undefined);
    if (!text) throw new Refusal('no_qr_code');
    bytes = undefined;
  }
  if ((bytes ?? text ?? '').length > most) throw new Refusal('too_large');
  text = text === undefined ? bytes && textIn(bytes) : ourText(text);
  if (text !== undefined && moving.test(text)) {
    const caught = await catchAll(text);
    if (!caught.bytes) return caught.progress;
    bytes = caught.bytes;
    text = undefined;
  }
  seen();
  if (!home.value) takeFirstBank(bytes ?? new TextEncoder().encode(text));
  else await route(await call('read', bytes ? { bytes } : { text }));
  return 1;
}

/** A frame of a moving code, or several, each on a line of its own: a false one among them does not spoil the others. */
async function catchAll(text: string): Promise<Caught> {
  let caught: Caught = { progress: 0 };
  let refused: unknown;
  for (const line of text.trim().split(/[\r\n]+/)) {
    try {
      caught = await call('catchFrame', { text: line });
      refused = undefined;
    } catch (thrown) {
      refused = thrown;
    }
    if (caught.bytes) return caught;
  }
  if (refused !== undefined) throw refused;
  return caught;
}

/** Before there is a wallet only a bank makes sense; look() says whether it is one. */
function takeFirstBank(bytes: Uint8Array): void {
  if (!profile.value) throw new Refusal('no_purse');
  carried.charter.value = bytes;
  go('bank', '', { replace: true });
}

async function route(found: Found): Promise<void> {
  switch (found.kind) {
    case 'charter':
      carried.charter.value = found.bytes;
      return go('bank', '', { replace: true });
    case 'bill':
      carried.bill.value = found.bytes;
      return go('pay', '', { replace: true });
    case 'payment':
      if (!found.mine) throw new Refusal('wrong_payee'); // it pays a request that is not ours
      return takePayment(found.bytes);
    case 'ack':
      await call('acknowledged', { bytes: found.bytes });
      success();
      return go('they-have-it', found.of, { replace: true });
    case 'unknown':
      throw new Refusal(notKula);
    default:
      return takeNews(found.bytes);
  }
}

/** In the journal before anybody is told that it has come. */
async function takePayment(bytes: Uint8Array): Promise<void> {
  const got = await call('accept', { bytes });
  carried.accepted.value = got;
  if (got.refused || got.again)
    failure(); // no cheerful sound for a photograph of an old payment
  else success();
  go('receive', got.entry, { replace: true });
}

async function takeNews(bytes: Uint8Array): Promise<void> {
  const got = await call('takeReply', { bytes });
  soundOf(got);
  if (got.problems.length > 0) {
    carried.synced.value = got;
    return go('sync', '', { replace: true });
  }
  say(t('sync.answered', { n: got.receipts }));
  go('home', '', { replace: true });
}
