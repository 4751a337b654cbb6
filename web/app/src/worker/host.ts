// What the Go program may ask of this device.
import type { Event, Host, HostRequest, HostResponse } from '../api';
import type { Journal } from './journal';
import type { Keys } from './keys';
import { Refusal } from './protocol';

const patience = 60_000; // the bank answers a sync within a minute, or it is asked again

/** What belongs to a profile: there is none while the program is loaded, and none any more when it was taken over. */
export interface Opened {
  journal: Journal;
  keys: Keys;
}

export function hostOf(opened: () => Opened, emit: (event: Event) => void): Host {
  return {
    records: async () => opened().journal.records(),
    append: async (record) => opened().journal.append(record),
    appendAll: async (records) => opened().journal.append(...records),
    publicKey: async (n) => opened().keys.publicKey(n),
    sign: async (publicKey, hash) => opened().keys.sign(publicKey, hash),
    fetch: ask,
    random: (n) => crypto.getRandomValues(new Uint8Array(n)),
    now: () => Math.floor(Date.now() / 1000),
    wait: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
    emit,
  };
}

/** One request to the bank. It throws only when there is no answer. */
export async function ask(request: HostRequest): Promise<HostResponse> {
  const url = new URL(request.url);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new Refusal('bad_argument', url.protocol);
  try {
    const answer = await fetch(url, {
      method: request.method,
      headers: request.headers,
      body: request.body?.slice(),
      signal: AbortSignal.timeout(patience),
      cache: 'no-store',
      redirect: 'manual', // a bank sends nobody elsewhere: a hotel's network does
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    });
    if (answer.type === 'opaqueredirect') throw new Refusal('not_the_bank', 'it sends elsewhere');
    const body = new Uint8Array(await answer.arrayBuffer());
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body };
  } catch (thrown) {
    if (thrown instanceof Refusal) throw thrown;
    throw new Refusal('no_answer', String(thrown));
  }
}
