-- The anchor's store. Hashes, keys and accounts are raw blobs; amounts are stroops; times are Unix
-- seconds; documents are in their own encoding with their signatures.

-- +goose Up

-- What the anchor said to everybody.
CREATE TABLE charter (
	serial INTEGER PRIMARY KEY,
	hash   BLOB NOT NULL UNIQUE,
	raw    BLOB NOT NULL,
	event  INTEGER NOT NULL -- place in the feed from which on wallets hear of it
);

CREATE TABLE notice (
	epoch INTEGER PRIMARY KEY,
	hash  BLOB NOT NULL UNIQUE,
	raw   BLOB NOT NULL
);

-- Counters and the rail's cursor.
CREATE TABLE counter (
	name  TEXT PRIMARY KEY,
	value INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE rail_cursor (
	id     INTEGER PRIMARY KEY CHECK (id = 1),
	cursor TEXT NOT NULL
);

-- Purses: one row has all that deciding on a payment needs.
CREATE TABLE purse (
	number         INTEGER PRIMARY KEY,
	id             BLOB NOT NULL UNIQUE,
	account        BLOB NOT NULL,
	enrolment      BLOB NOT NULL,
	name           TEXT NOT NULL,
	tier           TEXT NOT NULL,
	reference      INTEGER NOT NULL UNIQUE,
	enrolled_at    INTEGER NOT NULL,
	frozen         BOOLEAN NOT NULL DEFAULT FALSE,
	contradicted   BOOLEAN NOT NULL DEFAULT FALSE,
	revoked        BOOLEAN NOT NULL DEFAULT FALSE,
	successor      INTEGER NOT NULL DEFAULT 0,
	loaded         INTEGER NOT NULL DEFAULT 0,
	income         INTEGER NOT NULL DEFAULT 0,
	late_income    INTEGER NOT NULL DEFAULT 0,
	newest_income  INTEGER NOT NULL DEFAULT 0,
	honoured       INTEGER NOT NULL DEFAULT 0,
	inherited      INTEGER NOT NULL DEFAULT 0,
	lapsed         INTEGER NOT NULL DEFAULT 0,
	open           INTEGER NOT NULL DEFAULT 0,
	statement      BLOB NOT NULL,
	statement_time INTEGER NOT NULL DEFAULT 0,
	base_seq       INTEGER NOT NULL DEFAULT 0,
	base_spent     INTEGER NOT NULL DEFAULT 0,
	as_of          INTEGER NOT NULL DEFAULT 0,
	waiting        BOOLEAN NOT NULL DEFAULT FALSE,
	lapsed_through INTEGER NOT NULL DEFAULT 0,
	redeem_by      INTEGER NOT NULL DEFAULT 0,
	credit_used    INTEGER NOT NULL DEFAULT 0, -- of the charter's credit line
	guarantee_paid INTEGER NOT NULL DEFAULT 0  -- by the guarantee fund for this purse
);
CREATE INDEX purse_account ON purse (account);
CREATE INDEX purse_heirs ON purse (number) WHERE revoked AND successor <> 0;

-- A device key signs for one purse in the world, ever.
CREATE TABLE device_key (
	key   BLOB PRIMARY KEY,
	purse INTEGER NOT NULL REFERENCES purse (number)
) WITHOUT ROWID;

CREATE TABLE card (
	number INTEGER PRIMARY KEY,
	purse  INTEGER NOT NULL REFERENCES purse (number),
	hash   BLOB NOT NULL UNIQUE,
	raw    BLOB NOT NULL
);
CREATE INDEX card_purse ON card (purse, number);

CREATE TABLE challenge (
	nonce   BLOB PRIMARY KEY,
	purse   INTEGER NOT NULL REFERENCES purse (number),
	expires INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX challenge_expires ON challenge (expires);

CREATE TABLE sheet (
	number    INTEGER PRIMARY KEY,
	hash      BLOB NOT NULL UNIQUE,
	purse     INTEGER NOT NULL REFERENCES purse (number),
	statement BLOB NOT NULL,
	base_seq  INTEGER NOT NULL,
	redeem_by INTEGER NOT NULL,
	closed    BOOLEAN NOT NULL DEFAULT FALSE,
	raw       BLOB NOT NULL
);
CREATE INDEX sheet_statement ON sheet (statement, number);
CREATE INDEX sheet_open ON sheet (redeem_by) WHERE NOT closed;
CREATE INDEX sheet_purse ON sheet (purse, number);

-- What was issued to each purse, in order: wallets read on from where they were.
CREATE TABLE event (
	purse    INTEGER NOT NULL,
	cursor   INTEGER NOT NULL,
	kind     INTEGER NOT NULL,
	document INTEGER NOT NULL,
	PRIMARY KEY (purse, cursor)
) WITHOUT ROWID;

-- Every entry that was presented and is genuine. Rows are appended; what is looked for by hash or by
-- place in a chain stands in small indexes.
CREATE TABLE entry (
	number    INTEGER PRIMARY KEY,
	hash      BLOB NOT NULL,
	purse     INTEGER NOT NULL,
	seq       INTEGER NOT NULL,
	spent     INTEGER NOT NULL,
	amount    INTEGER NOT NULL,
	deadline  INTEGER NOT NULL,
	payee     INTEGER NOT NULL,
	payee_key BLOB,
	at        INTEGER NOT NULL,
	covered   BOOLEAN NOT NULL,
	open      BOOLEAN NOT NULL,
	raw       BLOB NOT NULL,
	bill      BLOB,
	memo      BLOB,
	receipt   BLOB
);
CREATE UNIQUE INDEX entry_hash ON entry (hash);
CREATE INDEX entry_chain ON entry (purse, seq);
CREATE INDEX entry_open ON entry (deadline) WHERE open;
CREATE INDEX entry_open_purse ON entry (purse) WHERE open;
CREATE INDEX entry_open_key ON entry (payee_key) WHERE open AND payee = 0;

CREATE TABLE lapse (
	number INTEGER PRIMARY KEY,
	purse  INTEGER NOT NULL REFERENCES purse (number),
	seq    INTEGER NOT NULL,
	amount INTEGER NOT NULL,
	entry  BLOB, -- null: entries that were never presented
	at     INTEGER NOT NULL
);
CREATE INDEX lapse_purse ON lapse (purse, seq);
CREATE UNIQUE INDEX lapse_entry ON lapse (entry) WHERE entry IS NOT NULL;

CREATE TABLE contradiction (
	first  BLOB NOT NULL,
	second BLOB NOT NULL,
	purse  INTEGER NOT NULL REFERENCES purse (number),
	at     INTEGER NOT NULL,
	PRIMARY KEY (first, second)
) WITHOUT ROWID;

CREATE TABLE unload (
	bill        BLOB PRIMARY KEY,
	purse       INTEGER NOT NULL REFERENCES purse (number),
	raw         BLOB NOT NULL,
	memo        BLOB NOT NULL,
	destination TEXT NOT NULL,
	text        TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE delivery (
	number INTEGER PRIMARY KEY,
	hash   BLOB NOT NULL,
	bundle BLOB NOT NULL,
	at     INTEGER NOT NULL,
	raw    BLOB NOT NULL
);
CREATE INDEX delivery_bundle ON delivery (bundle);

-- The books. A transaction's postings stand in its row, for they are never read apart.
CREATE TABLE journal (
	number   INTEGER PRIMARY KEY,
	id       TEXT NOT NULL,
	kind     TEXT NOT NULL,
	asset    TEXT NOT NULL,
	at       INTEGER NOT NULL,
	postings TEXT NOT NULL -- "account amount" for each, in stroops, separated by ";"
);
CREATE UNIQUE INDEX journal_id ON journal (id);

CREATE TABLE balance (
	account TEXT NOT NULL,
	asset   TEXT NOT NULL,
	amount  INTEGER NOT NULL,
	PRIMARY KEY (account, asset)
) WITHOUT ROWID;

CREATE TABLE teller_slip (
	number    INTEGER PRIMARY KEY,
	key       TEXT NOT NULL UNIQUE,
	direction TEXT NOT NULL,
	officer   TEXT NOT NULL,
	purse     INTEGER NOT NULL REFERENCES purse (number),
	account   BLOB NOT NULL,
	asset     TEXT NOT NULL,
	amount    INTEGER NOT NULL,
	at        INTEGER NOT NULL
);
CREATE INDEX teller_officer ON teller_slip (officer, number);
CREATE INDEX teller_account ON teller_slip (account, asset);

-- The Stellar network.
CREATE TABLE incoming (
	operation   INTEGER PRIMARY KEY,
	paging      TEXT NOT NULL,
	tx          BLOB NOT NULL,
	at          INTEGER NOT NULL,
	kind        INTEGER NOT NULL,
	sender      TEXT NOT NULL,
	asset       TEXT NOT NULL,
	amount      INTEGER NOT NULL,
	memo_id     INTEGER,
	muxed_id    INTEGER,
	other_memo  BOOLEAN NOT NULL,
	state       INTEGER NOT NULL,
	purse       INTEGER NOT NULL,
	reason      TEXT NOT NULL
);
CREATE INDEX incoming_state ON incoming (state, operation);

CREATE TABLE envelope (
	id        INTEGER PRIMARY KEY,
	hash      BLOB NOT NULL UNIQUE,
	xdr       TEXT NOT NULL,
	channel   TEXT NOT NULL,
	max_time  INTEGER NOT NULL,
	stored_at INTEGER NOT NULL,
	verdict   INTEGER NOT NULL DEFAULT 0, -- zero: under way
	code      TEXT NOT NULL DEFAULT '',
	closed_at INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX envelope_open ON envelope (verdict) WHERE closed_at = 0; -- one at a time

CREATE TABLE payout (
	id          INTEGER PRIMARY KEY,
	purse       INTEGER NOT NULL,
	entry       INTEGER NOT NULL,
	receipt     BLOB NOT NULL,
	source      INTEGER NOT NULL,
	destination TEXT NOT NULL,
	asset       TEXT NOT NULL,
	amount      INTEGER NOT NULL,
	fee         INTEGER NOT NULL,
	memo        TEXT NOT NULL,
	claimable   BOOLEAN NOT NULL,
	state       INTEGER NOT NULL,
	alone       BOOLEAN NOT NULL,
	code        TEXT NOT NULL,
	attempts    INTEGER NOT NULL,
	envelope    INTEGER NOT NULL,
	operation   INTEGER NOT NULL,
	tx          BLOB NOT NULL,
	raw         BLOB,
	queued_at   INTEGER NOT NULL
);
CREATE INDEX payout_state ON payout (state, id);
CREATE UNIQUE INDEX payout_entry ON payout (entry) WHERE entry <> 0;
CREATE INDEX payout_envelope ON payout (envelope, operation) WHERE envelope <> 0;
CREATE INDEX payout_destination ON payout (destination, state);

-- Used from the next issues on: the transparency log, backing, the guarantee, correspondents, couriers.
CREATE TABLE log_leaf (
	place INTEGER PRIMARY KEY,
	entry BLOB NOT NULL, -- whose receipt it is
	hash  BLOB
);

CREATE TABLE backing (
	entry  BLOB NOT NULL, -- stands on
	income BLOB NOT NULL, -- this entry
	PRIMARY KEY (entry, income)
) WITHOUT ROWID;

CREATE TABLE fraud_proof (
	hash  BLOB PRIMARY KEY,
	purse INTEGER NOT NULL REFERENCES purse (number),
	raw   BLOB NOT NULL,
	at    INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE cover (
	entry     BLOB PRIMARY KEY, -- honoured before its funds came
	purse     INTEGER NOT NULL REFERENCES purse (number),
	credit    INTEGER NOT NULL,
	guarantee INTEGER NOT NULL,
	repaid    INTEGER NOT NULL,
	at        INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE correspondent (
	anchor   BLOB PRIMARY KEY,
	per_bill INTEGER NOT NULL,
	total    INTEGER NOT NULL,
	endpoint TEXT NOT NULL,
	charter  BLOB
) WITHOUT ROWID;

CREATE TABLE clearing (
	batch       BLOB NOT NULL,
	entry       BLOB NOT NULL,
	anchor      BLOB NOT NULL,
	direction   INTEGER NOT NULL,
	amount      INTEGER NOT NULL,
	state       INTEGER NOT NULL,
	deadline    INTEGER NOT NULL,
	delivery    BLOB,
	transaction_hash BLOB,
	PRIMARY KEY (batch, entry)
) WITHOUT ROWID;

CREATE TABLE mail (
	number   INTEGER PRIMARY KEY,
	purse    INTEGER NOT NULL REFERENCES purse (number),
	digest   BLOB NOT NULL UNIQUE,
	sealed   BLOB NOT NULL,
	received INTEGER NOT NULL
);

-- +goose Down
SELECT 1;
