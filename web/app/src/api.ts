/**
 * What the phone's screens can ask of the wallet in the worker, and what they get. web/phone (Go) answers; a test there
 * reads this file and fails when a command, a field or a type differs. So keep to plain interfaces: names, string,
 * number, boolean, Uint8Array, arrays, unions of words, and `?` for what may be absent.
 *
 * Conventions: an Amount is a decimal string in units ("12.5"); a Hash or purse is 64 hex digits; an Account is "G…";
 * a Time is Unix seconds, 0 when there is none; an entry is the hash of a payment.
 */

export type Amount = string;
export type Hash = string;
export type Account = string;
export type Time = number;

/** What a command fails with. `code` chooses the sentence (catalogue `errors`), `where` says what it is about. */
export interface Failure {
  code: string;
  where: string;
  detail: string;
}

/** Failures of the device itself, beside the wallet's and the bank's own codes. */
export type DeviceCode =
  | 'journal_failed' // writing down failed: it has not happened
  | 'journal_behind' // the journal is older than it was: read-only until retire()
  | 'no_answer' // no route to the bank, or its answer got lost: nothing is lost, try again
  | 'not_the_bank' // something answered that is not a bank: a hotel's sign-in page, a proxy
  | 'locked' // the wallet is open in another tab
  | 'phone_full' // no room: it has not happened
  | 'browser_old' // it lacks what Kula stands on
  | 'insecure_page' // plain http: the browser gives no keys here
  | 'bad_backup' // no backup, damaged, or of other words
  | 'no_key' // this device's key is gone
  | 'not_open' // open() comes first
  | 'has_purse' // enrol where this wallet has such a purse already
  | 'not_empty' // importBackup into a wallet that has a history
  | 'bad_argument'
  | 'wrong_picture'
  | 'unexpected' // an error without a code of its own
  | 'internal'; // the Go program is broken: start the worker anew

export interface Asset {
  code: string;
  issuer: Account;
  decimals: number;
  step: Amount;
}

export interface Bank {
  anchor: Account;
  name: string;
  network: Hash;
  serial: number;
  endpoint: string;
  assets: Asset[];
  trusted: boolean;
  newsAt: Time; // of its newest notice
  bytes: Uint8Array; // its charter and notice: for trust(), or to show to another phone
}

export interface Expiring {
  at: Time;
  amount: Amount;
  what: 'loaded' | 'received';
  entry: Hash; // of what was received; empty for what is loaded
  why: string; // the code of why it must reach the bank before it can be spent; empty: it can be
}

export interface Purse {
  id: Hash;
  phase: 'enrolling' | 'open' | 'retired';
  revoked: boolean;
  anchor: Account;
  bankName: string;
  account: Account;
  name: string; // by which payers know this person; empty before the bank has confirmed it
  asset: string;
  decimals: number;
  kind: 'circulating' | 'payout';
  spendable: Amount;
  perBill: Amount;
  loaded: Amount;
  received: Amount;
  passedOn: Amount;
  toBank: Amount;
  credited: Amount;
  atBank: Amount;
  atBankTime: Time;
  underWay: Amount;
  giveBack: Amount;
  expiring: Expiring[];
  syncedAt: Time;
  needsSheet: boolean;
}

export interface Row {
  hash: Hash; // the entry's; for a bill the bill's
  bill: Hash;
  act: 'requested' | 'received' | 'paid' | 'unloaded' | 'gave back';
  at: Time;
  purse: Hash;
  amount: Amount; // "0": the payer names it
  covered: Amount; // of a payment that the bank has refused: what it paid all the same
  asset: string;
  decimals: number;
  other: Account; // empty: anybody, or not known
  otherName: string;
  memo: string;
  state: RowState;
  seen: boolean; // the person marked "they have it" after comparing pictures: a note to self, and no proof
  deadline: Time; // bring it to the bank before; 0: nothing to do
  depth: number;
  giveBack: boolean;
  refund: Hash; // the entry that refunds this, or that this refunds; empty: none
  acked: boolean;
  transaction: Hash; // on Stellar; empty: none yet
}

export type RowState =
  | 'open' // a bill of ours
  | 'paid'
  | 'expired'
  | 'standing'
  | 'proposed' // a payment made
  | 'written'
  | 'handed over'
  | 'acknowledged'
  | 'lapsed'
  | 'received' // a payment received
  | 'presented'
  | 'paid out'
  | 'honoured' // either
  | 'dishonoured';

/** Something the home screen should say. */
export interface Warning {
  code: WarningCode;
  purse: Hash; // empty when it is about none
  at: Time;
}

export type WarningCode =
  | 'clock_contradicted' // ask for the date
  | 'revoked' // of `purse`
  | 'own_purse' // somebody else signs in the name of `purse`: go to the bank
  | 'needs_sheet' // sync when there is a connection
  | 'bring_soon' // received money of `purse` must reach the bank before `at`
  | 'give_back';

export interface Home {
  network: Hash;
  time: Time; // as the wallet takes it to be
  clock: number; // seconds by which signed times are ahead of this phone's date; 0: they agree
  banks: Bank[];
  purses: Purse[];
  undelivered: Row[]; // payments made that nothing says were received, and that are not marked as seen
  warnings: Warning[];
}

export interface Bill {
  bill: Hash;
  purse: Hash;
  amount: Amount;
  memo: string;
  expires: Time;
  bytes: Uint8Array;
  text: string; // for the QR code
}

export interface Quote {
  payee: string; // the name, as known to the bank
  payeeAccount: Account;
  anchor: Account;
  bankName: string;
  purse: Hash;
  amount: Amount;
  open: boolean; // the payer names the amount; without one given `amount` is "0" and nothing below `most` is known
  standing: boolean;
  asset: string;
  decimals: number;
  memo: string;
  unload: boolean;
  most: Amount; // at most so much can be paid on this bill now
  depth: number;
  deadline: Time;
  guaranteed: Amount;
  bytes: number; // as it will be shown: more than 660 do not fit in one QR code
  paidBy: Hash; // the entry that pays it already; empty: none
  oddDate: boolean;
}

export interface Paid {
  entry: Hash;
  amount: Amount;
  asset: string;
  decimals: number;
  bytes: Uint8Array;
  text: string; // for the QR code; empty when it does not fit in one
  digits: string;
  picture: number; // 0…63: what the payee's phone will show. Not to be shown as the answer.
  again: boolean;
  complete: boolean; // else other devices of the purse must sign
}

export interface Accepted {
  entry: Hash;
  bill: Hash;
  amount: Amount;
  asset: string;
  decimals: number;
  memo: string;
  payer: Account;
  payerName: string; // as the bank knows them; empty: no genuine card of theirs was ever here
  ack: Uint8Array;
  ackText: string;
  digits: string;
  picture: number;
  depth: number;
  deadline: Time;
  guaranteed: Amount;
  again: boolean;
  giveBack: boolean;
  refused: boolean;
}

export type FoundKind = 'charter' | 'bill' | 'payment' | 'ack' | 'evidence' | 'news' | 'reply' | 'unknown';

/** What was scanned, opened or shared. */
export interface Found {
  kind: FoundKind;
  bytes: Uint8Array;
  of: Hash; // the bill of a bill or payment, the entry of an ack; else empty
  mine: boolean; // a bill of ours, a payment of one, an ack of a payment of ours
}

export interface History {
  rows: Row[]; // newest first
  more: boolean;
}

/** A row with what proves it. */
export interface Detail {
  row: Row;
  digits: string; // empty for a bill
  picture: number;
  reason: '' | 'late' | 'uncovered' | 'contradicted'; // why the bank refused it
  documents: DocumentLine[];
  bytes: Uint8Array; // the documents, to keep or to hand to somebody
  answer: Uint8Array; // of what was received: our signed answer to the payer; empty: there is none
}

export interface DocumentLine {
  type: string;
  hash: Hash;
}

export interface Person {
  account: Account;
  name: string; // empty: only their account is known
  last: Time;
  times: number;
  paid: boolean; // I have paid them
}

export interface Problem {
  document: Hash;
  code: string;
  detail: string;
}

export type About = 'refused' | 'undelivered' | 'mistake' | 'cheated';

/** What the bank is to look at. */
export interface Complaint {
  subject: Hash; // the payment, or the proof of a case
  about: About;
  at: Time;
  number: number; // by which the bank calls it; 0: it gets it at the next sync
}

export interface Synced {
  presented: number;
  receipts: number;
  payouts: number;
  sheets: number;
  problems: Problem[];
  heard: Heard;
  atBank: Amount; // of the last purse that was asked about
  coming: Amount; // likewise: paid in at the counter, and still not there
  cases: Complaint[]; // those that have got a number now
  clockAhead: number; // seconds by which this phone's date is ahead of the bank's; 0: they agree
  home: Home;
}

/** What was new in the news. */
export interface Heard {
  charters: number;
  notices: number;
  condemned: Hash[]; // purses that have spent money twice
  sightings: number;
  ownPurse: Hash[];
  forged: boolean;
}

export interface Case {
  purse: Hash;
  account: Account;
  anchor: Account;
  proof: Hash;
  at: Time;
  own: boolean;
  atBank: boolean;
  received: Hash[];
}

export interface Evidence {
  bytes: Uint8Array;
  cases: Case[];
  count: number;
}

export interface AccountPurse {
  purse: Hash;
  name: string;
  asset: string;
  atBank: Amount;
  state: string;
  here: boolean; // on this phone
}

export interface Deposit {
  address: Account;
  memoId: string;
  muxed: string;
}

export interface Unload {
  bytes: Uint8Array; // the bank's bill: for quote and pay
  amount: Amount;
  fee: Amount; // kept by the bank of the amount
  asset: string;
  decimals: number;
}

export interface Bytes {
  bytes: Uint8Array;
}

export interface AccountOf {
  account: Account;
}

export interface Frames {
  fits: boolean; // text holds all of it
  text: string;
  id: number;
  count: number; // of frames of the film, to be shown over and over
  needed: number; // how many the other side must catch, or one or two more
  size: number;
}

export interface Frame {
  text: string;
}

export interface Caught {
  progress: number; // 0…1
  bytes?: Uint8Array; // when it is whole; and again with each frame of it
}

export interface Nothing {}

/** Every command: what it takes, and what it gives. */
export interface Commands {
  /** Reads the journal. network: as Bank.network has it, or the network's passphrase. */
  open: { args: { network: string; behind?: boolean }; ok: Home }; // behind: the worker's own word, see retire
  home: { args: Nothing; ok: Home };
  /** A bank's charter, verified and not yet trusted; works before open. */
  look: { args: { url?: string; bytes?: Uint8Array }; ok: Bank };
  trust: { args: { bytes: Uint8Array }; ok: Bank };
  request: {
    args: { purse?: Hash; amount?: Amount; memo?: string; standing?: boolean; overHolding?: boolean };
    ok: Bill;
  };
  quote: { args: { bytes: Uint8Array; purse?: Hash; amount?: Amount; givesBack?: Hash }; ok: Quote };
  /** Written down for good before it resolves. */
  pay: { args: { bytes: Uint8Array; purse?: Hash; amount?: Amount; givesBack?: Hash }; ok: Paid };
  again: { args: { entry: Hash }; ok: Paid };
  handed: { args: { entry: Hash }; ok: Home };
  /** The payer tapped a picture; fails with wrong_picture. */
  theyHaveIt: { args: { entry: Hash; picture: number }; ok: Home };
  accept: { args: { bytes: Uint8Array }; ok: Accepted };
  acknowledged: { args: { bytes: Uint8Array }; ok: Home };
  read: { args: { bytes?: Uint8Array; text?: string }; ok: Found };
  history: { args: { limit?: number; before?: Hash }; ok: History };
  row: { args: { hash: Hash }; ok: Detail };
  people: { args: Nothing; ok: Person[] };
  /** One purse, or all. */
  sync: { args: { purse?: Hash; refresh?: boolean }; ok: Synced };
  outbox: { args: { purse: Hash }; ok: Bytes };
  takeReply: { args: { bytes: Uint8Array; purse?: Hash }; ok: Synced };
  news: { args: { most?: number }; ok: Bytes };
  evidence: { args: Nothing; ok: Evidence };
  /** About one document there is one; the bank gets it at the next sync. */
  complain: { args: { subject: Hash; about: About }; ok: Complaint };
  complaints: { args: Nothing; ok: Complaint[] };
  setClock: { args: { today: Time }; ok: Home };
  exportBackup: { args: Nothing; ok: Bytes };
  /** Into an empty wallet, after open. Every purse in it is retired: its money comes back through the bank. */
  importBackup: { args: { bytes: Uint8Array }; ok: Home };
  /** For a journal that is older than it was: its purses never pay again, and it can be written. */
  retire: { args: Nothing; ok: Home };
  deposit: { args: { purse: Hash }; ok: Deposit };
  /** The bank's bill for money that leaves the purse: show the fee, then quote and pay its bytes, then sync. */
  unload: { args: { purse: Hash; amount: Amount; destination: string; memo?: string }; ok: Unload };

  account: { args: { seed: Uint8Array }; ok: AccountOf };
  enrol: {
    args: {
      anchor: Account;
      name: string;
      asset: string;
      kind: 'circulating' | 'payout';
      seed: Uint8Array; // the BIP-39 seed, 64 bytes; wiped
    };
    ok: Home;
  };
  purses: { args: { seed: Uint8Array; anchor?: Account }; ok: AccountPurse[] };
  revoke: { args: { seed: Uint8Array; purse: Hash; successor?: Hash; anchor?: Account }; ok: Home };
  /** symbol: how many bytes a frame carries (100 to 600; 300 when absent): fewer make sparser codes. */
  frames: { args: { bytes: Uint8Array; symbol?: number }; ok: Frames };
  frame: { args: { id: number; n: number }; ok: Frame };
  /** For text that begins with "KULA2:"; all other text is for read. */
  catchFrame: { args: { text: string }; ok: Caught };
}

export type Command = keyof Commands;
export type Args<C extends Command> = Commands[C]['args'];
export type Ok<C extends Command> = Commands[C]['ok'];

/** What the worker posts without being asked. */
export type Event =
  { event: 'changed'; home: Home } | { event: 'progress'; done: number; all: number; sent: number; got: number };

/** Messages between page and worker. */
export interface Call<C extends Command = Command> {
  id: number;
  cmd: C;
  args: Args<C>;
}
export type Reply<C extends Command = Command> = { id: number; ok: Ok<C> } | { id: number; error: Failure };

/** What an HTTP request of the wallet looks like to the host. */
export interface HostRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: Uint8Array;
}
export interface HostResponse {
  status: number;
  headers: Record<string, string>; // names in lower case
  body: Uint8Array;
}

/** What the worker gives the Go program as globalThis.kulaHost before it starts. */
export interface Host {
  /** The journal, oldest first. */
  records(): Promise<Uint8Array[]>;
  /** Resolves only when the record survives whatever happens next. */
  append(record: Uint8Array): Promise<void>;
  /** The same for several at once, in one transaction: all or none. */
  appendAll(records: Uint8Array[]): Promise<void>;
  /** The n-th device key, from 0, made when first asked for. */
  publicKey(n: number): Promise<Uint8Array>;
  sign(publicKey: Uint8Array, hash: Uint8Array): Promise<Uint8Array>;
  /** Never throws for a status; throws when there is no answer. */
  fetch(request: HostRequest): Promise<HostResponse>;
  random(n: number): Uint8Array | Promise<Uint8Array>;
  wait(seconds: number): Promise<void>;
  /** Unix seconds. */
  now(): number;
  /** Changed and progress events, for the page. */
  emit(event: Event): void;
}

/** What the Go program gives as globalThis.kula. A refused promise holds a Failure. */
export interface Kula {
  call<C extends Command>(cmd: C, args: Args<C>): Promise<Ok<C>>;
}
