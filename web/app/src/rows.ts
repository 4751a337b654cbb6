// A row of the history in plain words: what it was, how it stands, and whether that is good.
import type { Row } from './api';
import { amount, t } from './i18n';

export function actText({ act }: Row): string {
  switch (act) {
    case 'requested':
      return t('history.requested');
    case 'received':
      return t('history.received');
    case 'paid':
      return t('history.paid');
    case 'unloaded':
      return t('history.unloaded');
    case 'gave back':
      return t('history.gaveBack');
  }
}

/** Whether it is money that came in. */
export const isIncome = ({ act }: Row): boolean => act === 'received';

/** Whether it is money that went out. */
export const isPayment = ({ act }: Row): boolean => act === 'paid' || act === 'gave back' || act === 'unloaded';

/** Whether nothing shows yet that the payee has it. */
export const isUnderWay = ({ state, seen }: Row): boolean => !seen && (state === 'written' || state === 'handed over');

/** Whether showing it again can still bring it to the payee. */
export const canShowAgain = (row: Row): boolean =>
  isPayment(row) && ['proposed', 'written', 'handed over', 'acknowledged'].includes(row.state);

/**
 * Whether it can be given back: it is money, and was not given back before. At a till only to a payer who is known still:
 * nothing would keep a helper from giving the money of another to themselves.
 */
export const canGiveBack = (row: Row, atTill: boolean): boolean =>
  isIncome(row) && !row.refund && row.state !== 'dishonoured' && (row.other !== '' || !atTill);

export function stateText(row: Row): string {
  switch (row.state) {
    case 'open':
      return t('state.open');
    case 'paid':
      return t('state.paid');
    case 'expired':
      return t('state.late');
    case 'standing':
      return t('state.standing');
    case 'proposed':
      return t('state.proposed');
    case 'written':
      return t(row.seen ? 'state.seen' : 'state.written');
    case 'handed over':
      return t(row.seen ? 'state.seen' : 'state.handedOver');
    case 'acknowledged':
      return t('state.acknowledged');
    case 'lapsed':
      return t('state.lapsed');
    case 'received':
      return t('state.received');
    case 'presented':
      return t('state.presented');
    case 'paid out':
      return t('state.paidOut');
    case 'honoured':
      return t(isIncome(row) ? 'state.honouredIn' : 'state.honouredOut');
    case 'dishonoured':
      return refusedText(row);
  }
}

function refusedText(row: Row): string {
  if (!isIncome(row)) return t('state.dishonouredOut');
  if (Number(row.covered) === 0) return t('state.dishonouredIn');
  return t('state.coveredIn', { amount: amount(row.covered, row.asset, row.decimals) });
}

export type Tone = 'good' | 'waiting' | 'bad' | 'over';

/** How it stands, for a sign beside the words: never for a colour alone. */
export function toneOf(row: Row): Tone {
  switch (row.state) {
    case 'dishonoured':
      return 'bad';
    case 'honoured':
    case 'paid out':
    case 'acknowledged':
    case 'paid':
      return 'good';
    case 'expired':
    case 'lapsed':
      return 'over';
    default:
      return row.seen ? 'good' : 'waiting';
  }
}
