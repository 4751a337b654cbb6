// How a bill or a payment stands, in the words of the person.
import type { Amount, Row } from '../api';
import { amount, t } from '.';
import type { Key } from './types';

type State = Pick<Row, 'act' | 'state' | 'covered' | 'seen' | 'asset' | 'decimals'>;

/** What a payee is told otherwise than the payer. */
const received = { honoured: 'state.honouredIn', dishonoured: 'state.dishonouredIn' } as const;

const states = {
  open: 'state.open',
  paid: 'state.paid',
  expired: 'state.late',
  standing: 'state.standing',
  proposed: 'state.proposed',
  written: 'state.written',
  'handed over': 'state.handedOver',
  acknowledged: 'state.acknowledged',
  lapsed: 'state.lapsed',
  received: 'state.received',
  presented: 'state.presented',
  'paid out': 'state.paidOut',
  honoured: 'state.honouredOut',
  dishonoured: 'state.dishonouredOut',
} as const satisfies Record<Row['state'], Key>;

const isSome = (covered: Amount): boolean => /[1-9]/.test(covered);

/** How it stands: "not yet received: show it to them". */
export function stateText(row: State): string {
  if (row.act === 'received' && (row.state === 'honoured' || row.state === 'dishonoured')) {
    const covered = row.state === 'dishonoured' && isSome(row.covered);
    return covered
      ? t('state.coveredIn', { amount: amount(row.covered, row.asset, row.decimals) })
      : t(received[row.state]);
  }
  if (row.seen && (row.state === 'written' || row.state === 'handed over')) return t('state.seen');
  return t(states[row.state]);
}

const acts = {
  requested: 'history.requested',
  received: 'history.received',
  paid: 'history.paid',
  unloaded: 'history.unloaded',
  'gave back': 'history.gaveBack',
} as const satisfies Record<Row['act'], Key>;

/** What it was: "You paid". */
export const actText = (act: Row['act']): string => t(acts[act]);
