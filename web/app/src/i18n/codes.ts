// Which sentence belongs to which code. Codes that mean the same to a person share one. codes_test.go reads this
// table and fails when the Go code gains a code that is not here.
import type { ErrorGroup } from './types';

/** Codes by group. Those of web/phone and of the device stand here as well. */
const groups: Readonly<Partial<Record<ErrorGroup, string>>> = {
  damaged:
    'truncated trailing_bytes nonzero_padding not_canonical unsorted duplicate bad_text bad_time bad_asset bad_quorum ' +
    'bad_terms overflow missing_document unknown_context ' +
    'frames_missing frames_contradict',
  notKula: 'not_kula',
  tooBig: 'too_large',
  update: 'unknown_type unknown_value wrong_version newer_version',
  wrongNetwork: 'wrong_network',
  notGenuine: 'bad_key bad_signature unproven_key deadline_too_late unknown_sheet wrong_amount wrong_reference',
  moreSigners: 'below_threshold needs_cosigner',
  cheat: 'incompatible_entries condemned',
  unknownBank: 'unknown_anchor anchor_not_trusted',
  noCommonBank: 'no_common_bank',
  bankNews: 'unknown_issuing_key',
  dates: 'not_yet_valid clock_contradicted',
  payerConnect: 'expired behind_base',
  stopped: 'revoked',
  replaced: 'purse_revoked purse_retired',
  otherBank: 'wrong_anchor',
  notForYou: 'wrong_payer wrong_payee',
  ownCode: 'own_bill',
  otherMoney: 'wrong_asset',
  amount: 'bad_amount',
  smallCoin: 'below_step',
  perPayment: 'over_bill_limit',
  payerLimit: 'over_spend_limit',
  notEnough: 'not_enough',
  paidAlready: 'already_paid',
  tooManyHands: 'too_deep too_many_incomes',
  tooLittleTime: 'deadline_too_near',
  bringFirst: 'needs_bank',
  declined: 'declined',
  startAgain: 'out_of_turn not_a_wallet',
  interrupted: 'interrupted timeout',
  busy: 'unavailable',
  nobodyThere: 'unreachable',
  asFile: 'too_large_for_qr',
  noCode: 'no_qr_code',
  noPurse: 'no_purse unknown_purse',
  hasPurse: 'has_purse',
  notEmpty: 'not_empty',
  falseBank: 'challenge_not_the_banks',
  otherSite: 'challenge_of_another_domain',
  couldSpend: 'challenge_could_spend',
  otherAccount: 'challenge_for_another',
  bankTime: 'challenge_out_of_time',
  connectFirst: 'no_sheet stale_statement',
  notKnown: 'not_known not_found',
  olderThanHeld: 'older_than_held',
  keyTaken: 'key_used device_key_taken',
  typeAmount: 'no_amount',
  overHolding: 'over_holding',
  otherDevice: 'not_first_signer not_a_signer',
  memory: 'bad_event journal_contradiction journal_behind',
  notEnrolled: 'not_enrolled',
  givenBack: 'already_given_back',
  notRefund: 'not_a_refund',
  refusedByBank: 'not_honoured',
  giveBack: 'to_give_back',
  bankWaits: 'parked',
  bankWaitsPayee: 'payee_unknown',
  late: 'late',
  bringIncome: 'statement_waits',
  bringLater: 'parked_full',
  seeBank: 'frozen contradicted forbidden',
  notSigned: 'bad_account',
  tryAgain: 'bad_challenge unauthenticated request_timeout',
  feeTooLarge: 'too_little',
  address: 'bad_destination',
  noCash: 'no_cash',
  inParts: 'too_many body_too_large',
  bankFault: 'internal purse_not_ended loss_not_covered clock_ahead bad_stellar_toml not_a_challenge',
  appFault:
    'bad_request idempotency_key_reused method_not_allowed unsupported_media_type not_open bad_argument unexpected',
  wait: 'rate_limited',
  complaints: 'too_many_complaints',
  notWritten: 'journal_failed',
  noAnswer: 'no_answer',
  notTheBank: 'not_the_bank',
  twoTabs: 'locked',
  noKey: 'no_key',
  wrongPicture: 'wrong_picture',
  phoneFull: 'phone_full',
  badBackup: 'bad_backup',
  browserOld: 'browser_old',
  insecure: 'insecure_page',
};

const groupOf = new Map<string, ErrorGroup>();
for (const [group, codes] of Object.entries(groups) as [ErrorGroup, string][]) {
  for (const code of codes.split(' ')) groupOf.set(code, group);
}

/** What a code means when it is about what the payer itself has received (wallet's onBacking). */
const onBacking: Readonly<Record<string, ErrorGroup>> = {
  not_enough: 'notEnough',
  too_deep: 'bringFirst',
  too_many_incomes: 'bringFirst',
  deadline_too_near: 'bringFirst',
  too_large: 'tooLong',
  incompatible_entries: 'cheatBehind',
  not_honoured: 'cheatBehind',
};

/** What a code means only when it is about one thing: `code where`. */
const about: Readonly<Record<string, ErrorGroup>> = {
  'expired bill': 'oldRequest',
  'expired card': 'payeeConnect',
  'missing_document card': 'noName',
  'wrong_payee card': 'notGenuine', // the card is not that of who signed the bill
  'unknown_type header': 'notKula', // a newer Kula says so in its version
};

/** The group of a code. `where` is what it is about, as in Failure. */
export function groupOfCode(code: string, where = ''): ErrorGroup {
  if (where === 'backing' && Object.hasOwn(onBacking, code)) return onBacking[code];
  const exact = `${code} ${where}`;
  if (Object.hasOwn(about, exact)) return about[exact];
  return groupOf.get(code) ?? 'unknown';
}

export const knownCodes: readonly string[] = [...groupOf.keys()];
