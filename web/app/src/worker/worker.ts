// The wallet's worker: everything that touches keys, the journal or the rules happens here, away from the screen.
import type { Args, Command, Kula } from '../api';
import { deleteDatabase, openDatabase } from './database';
import { hostOf } from './host';
import type { Opened } from './host';
import { Journal } from './journal';
import { Keys, browserSigns } from './keys';
import { lockProfile } from './lock';
import type { DeviceCommands, FromWorker, Request, Started } from './protocol';
import { Refusal, failureOf } from './protocol';
import { compile, start } from './wasm';

let opened: Opened | undefined;
let starting = false;

const post = (message: FromWorker) => postMessage(message);

function open(): Opened {
  if (!opened) throw new Refusal('not_open', 'device.start comes first');
  return opened;
}

// The program starts before anybody is chosen: it is what takes longest.
const kula: Promise<Kula> = compile().then((module) =>
  start(module, hostOf(open, post), (why) => {
    opened = undefined;
    post({ event: 'ended', error: { ...failureOf(why), code: 'internal' } });
  }),
);
kula.catch(() => undefined); // whoever awaits it hears of it

/** The lock first, then the journal: nothing reads what another tab still writes. */
async function startProfile({ profile, takeOver, mark }: DeviceCommands['device.start']['args']): Promise<Started> {
  if (starting) throw new Refusal('bad_argument', 'this worker has a profile');
  starting = true;
  await lockProfile(profile, takeOver ?? false, () => {
    opened = undefined;
    post({ event: 'taken' });
  });
  const [db, signs] = await Promise.all([openDatabase(profile), browserSigns()]);
  const journal = await Journal.take(db, mark, (mark) => post({ event: 'kept', profile, mark }));
  const keys = new Keys(journal, signs ? 'webcrypto' : 'sealed');
  await kula;
  opened = { journal, keys };
  return { records: journal.size, behind: journal.behind, keys: keys.kind };
}

async function forget({ profile }: DeviceCommands['device.forget']['args']): Promise<Record<string, never>> {
  if (starting) throw new Refusal('bad_argument', 'this worker has a profile');
  await lockProfile(profile, false, () => undefined);
  await deleteDatabase(profile);
  return {};
}

async function carryOut({ cmd, args }: Request): Promise<unknown> {
  if (cmd === 'device.start') return startProfile(args as DeviceCommands['device.start']['args']);
  if (cmd === 'device.forget') return forget(args as DeviceCommands['device.forget']['args']);
  const { behind } = open().journal;
  return (await kula).call(cmd, (cmd === 'open' ? { ...args, behind } : args) as Args<Command>);
}

onmessage = async ({ data }: MessageEvent<Request>) => {
  try {
    post({ id: data.id, ok: await carryOut(data) });
  } catch (thrown) {
    post({ id: data.id, error: failureOf(thrown) });
  }
};
