// Takes in whatever was scanned, pasted, opened or shared, and goes to the screen that it is for.
import type { Found } from '../../api';
import { t } from '../../i18n';
import { go } from '../../router';
import { Refusal, call } from '../../rpc';
import { home, profile } from '../../state';
import { failure, seen, success } from '../../ui/feedback';
import { say } from '../../ui/Toast';
import * as carried from './carried';

export interface Seen {
  text?: string;
  bytes?: Uint8Array;
}

/** Not a code of ours at all: a price tag of a shop, an address of a web page. */
export const notKula = 'not_kula';

const ours = /^\s*(KULA\d:|S0IB)/i;
export const looksOurs = (text: string): boolean => ours.test(text);
const moving = /^\s*KULA2:/i;

/** Resolves with how much of a moving code is here; 1 when something was taken in. */
export async function take({ text, bytes }: Seen): Promise<number> {
  if (text !== undefined && !looksOurs(text)) throw new Refusal(notKula);
  if (text !== undefined && moving.test(text)) {
    const caught = await call('catchFrame', { text: text.trim() });
    if (!caught.bytes) return caught.progress;
    bytes = caught.bytes;
    text = undefined;
  }
  seen();
  if (!home.value) takeFirstBank(bytes ?? new TextEncoder().encode(text?.trim()));
  else await route(await call('read', bytes ? { bytes } : { text }));
  return 1;
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
  if (got.refused) failure();
  else success();
  go('receive', got.entry, { replace: true });
}

async function takeNews(bytes: Uint8Array): Promise<void> {
  const got = await call('takeReply', { bytes });
  say(t('sync.answered', { n: got.receipts }));
  go('home', '', { replace: true });
}
