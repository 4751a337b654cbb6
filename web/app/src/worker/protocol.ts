// What the page and its worker say to each other: the wallet's commands (api.ts), and a few about the device.
import type { Args, Command, Event, Failure, Ok } from '../api';

/** Commands that the worker answers itself, before and beside the wallet. */
export interface DeviceCommands {
  /** Takes the profile's journal for this tab. `takeOver`: also from a tab that has it; that one writes nothing more.
   * `mark`: what the page remembers of the journal. */
  'device.start': { args: { profile: string; takeOver?: boolean; mark?: string }; ok: Started };
  /** Removes a profile from this phone: journal and keys. There is no way back. */
  'device.forget': { args: { profile: string }; ok: Record<string, never> };
}

export interface Started {
  records: number;
  /** The journal is older than its mark: it can be read, and written again after `retire`. */
  behind: boolean;
  /** How this phone signs: by the browser, or (old browsers) in JavaScript with a seed that the browser keeps sealed. */
  keys: 'webcrypto' | 'sealed';
}

export type DeviceCommand = keyof DeviceCommands;
export type AnyCommand = Command | DeviceCommand;
export type ArgsOf<C extends AnyCommand> = C extends DeviceCommand
  ? DeviceCommands[C]['args']
  : C extends Command
    ? Args<C>
    : never;
export type OkOf<C extends AnyCommand> = C extends DeviceCommand
  ? DeviceCommands[C]['ok']
  : C extends Command
    ? Ok<C>
    : never;

export interface Request {
  id: number;
  cmd: AnyCommand;
  args: ArgsOf<AnyCommand>;
}

/** What the worker posts unasked: the wallet's events, that another tab took the journal, and what to remember of it. */
export type WorkerEvent =
  Event | { event: 'taken' } | { event: 'kept'; profile: string; mark: string } | { event: 'ended'; error: Failure };

export type FromWorker = { id: number; ok: unknown } | { id: number; error: Failure } | WorkerEvent;

/** A Failure that can be thrown. */
export class Refusal extends Error implements Failure {
  constructor(
    readonly code: string,
    readonly detail = '',
    readonly where = '',
  ) {
    super(detail ? `${code}: ${detail}` : code);
    this.name = 'Refusal';
  }
}

/** Whatever was thrown, as a Failure. */
export function failureOf(thrown: unknown): Failure {
  if (thrown && typeof thrown === 'object' && 'code' in thrown && typeof thrown.code === 'string') {
    const { code, where = '', detail = '' } = thrown as Partial<Failure> & { code: string };
    return { code, where: String(where), detail: String(detail) };
  }
  return { code: 'internal', where: '', detail: thrown instanceof Error ? thrown.message : String(thrown) };
}
