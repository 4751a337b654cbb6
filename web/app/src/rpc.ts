// The page's end of the worker: call('pay', {…}) resolves with what api.ts says, or rejects with a Refusal.
import type { Failure } from './api';
import { Refusal } from './worker/protocol';
import type { AnyCommand, ArgsOf, FromWorker, OkOf, WorkerEvent } from './worker/protocol';

export { Refusal, failureOf } from './worker/protocol';

interface Waiting {
  resolve(value: unknown): void;
  reject(refusal: Refusal): void;
}

const waiting = new Map<number, Waiting>();
const listeners = new Set<(event: WorkerEvent) => void>();
let worker: Worker | undefined;
let lastId = 0;

/** Starts the worker, which at once begins to load the rules. Calling it early makes the first command quicker. */
export function warmUp(): void {
  if (worker) return;
  worker = new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module', name: 'kula' });
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => receive(data);
  worker.onerror = (event) => ended({ code: 'internal', where: '', detail: event.message });
}

/** Ends the worker: its lock and its journal are free, what it was asked is refused. */
export function stop(why: Failure = { code: 'not_open', where: '', detail: '' }): void {
  worker?.terminate();
  worker = undefined;
  for (const { reject } of waiting.values()) reject(new Refusal(why.code, why.detail, why.where));
  waiting.clear();
}

export function call<C extends AnyCommand>(cmd: C, args: ArgsOf<C>): Promise<OkOf<C>> {
  warmUp();
  const id = ++lastId;
  return new Promise<OkOf<C>>((resolve, reject) => {
    waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
    worker?.postMessage({ id, cmd, args });
  });
}

/** Calls back for everything that the worker says unasked. Returns how to stop that. */
export function listen(listener: (event: WorkerEvent) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function receive(message: FromWorker): void {
  if ('event' in message) {
    if (message.event === 'ended') ended(message.error);
    else tell(message);
    return;
  }
  const one = waiting.get(message.id);
  waiting.delete(message.id);
  if ('error' in message) one?.reject(new Refusal(message.error.code, message.error.detail, message.error.where));
  else one?.resolve(message.ok);
}

function ended(error: Failure): void {
  stop(error);
  tell({ event: 'ended', error });
}

function tell(event: WorkerEvent): void {
  for (const listener of listeners) listener(event);
}
