// The wallet's worker: everything that touches keys, the journal or the rules happens here, away from the screen.
import type { Args, Command, Kula } from '../api';
import { deleteDatabase, openDatabase } from './database';
import { hostOf } from './host';
import { Journal } from './journal';
import { Keys, browserSigns } from './keys';
import { lockProfile } from './lock';
import type { DeviceCommands, FromWorker, Request, Started } from './protocol';
import { Refusal, failureOf } from './protocol';
import { compile, start } from './wasm';

const module = compile();
module.catch(() => undefined); // whoever awaits it hears of it

let kula: Kula | undefined;

const post = (message: FromWorker) => postMessage(message);

/** The lock first, then the journal, then the rules: nothing reads what another tab still writes. */
async function startProfile({ profile, takeOver }: DeviceCommands['device.start']['args']): Promise<Started> {
  if (kula) throw new Refusal('bad_argument', 'a profile is open already');
  await lockProfile(profile, takeOver ?? false, () => {
    kula = undefined;
    post({ event: 'taken' });
  });
  const [db, signs] = await Promise.all([openDatabase(profile), browserSigns()]);
  const journal = await Journal.take(db);
  const keys = new Keys(journal, signs ? 'webcrypto' : 'sealed');
  kula = await start(await module, hostOf(journal, keys, post), (why) => {
    kula = undefined;
    post({ event: 'ended', error: { ...failureOf(why), code: 'internal' } });
  });
  return { records: journal.size, keys: keys.kind };
}

async function forget({ profile }: DeviceCommands['device.forget']['args']): Promise<Record<string, never>> {
  if (kula) throw new Refusal('bad_argument', 'this worker has a wallet open');
  await lockProfile(profile, false, () => undefined);
  await deleteDatabase(profile);
  return {};
}

function carryOut({ cmd, args }: Request): Promise<unknown> {
  if (cmd === 'device.start') return startProfile(args as DeviceCommands['device.start']['args']);
  if (cmd === 'device.forget') return forget(args as DeviceCommands['device.forget']['args']);
  if (!kula) throw new Refusal('not_open', 'device.start comes first');
  return kula.call(cmd, args as Args<Command>);
}

onmessage = async ({ data }: MessageEvent<Request>) => {
  try {
    post({ id: data.id, ok: await carryOut(data) });
  } catch (thrown) {
    post({ id: data.id, error: failureOf(thrown) });
  }
};
