-- What officers write down about people: who they are, and what they complain of. Lines are added and never changed;
-- only a complaint's end is written into its row.

-- +goose Up
CREATE TABLE identity (
	number    INTEGER PRIMARY KEY,
	key       TEXT NOT NULL UNIQUE, -- of the form: sent twice, it is one
	account   BLOB NOT NULL,
	name      TEXT NOT NULL,
	evidence  TEXT NOT NULL, -- where the papers are, and which
	tier      TEXT NOT NULL, -- that they are good for
	screening TEXT NOT NULL, -- which lists were looked at, and what was found
	answer    TEXT NOT NULL, -- why what was found is somebody else
	officer   TEXT NOT NULL,
	at        INTEGER NOT NULL
);
CREATE INDEX identity_account ON identity (account, number);

CREATE TABLE complaint (
	number    INTEGER PRIMARY KEY,
	key       TEXT NOT NULL UNIQUE,
	purse     TEXT NOT NULL, -- in hex; empty: of nobody's purse
	who       TEXT NOT NULL,
	about     TEXT NOT NULL,
	opened_by TEXT NOT NULL,
	opened_at INTEGER NOT NULL,
	closed_by TEXT NOT NULL DEFAULT '',
	closed_at INTEGER NOT NULL DEFAULT 0,
	outcome   TEXT NOT NULL DEFAULT ''
);
CREATE INDEX complaint_open ON complaint (number) WHERE closed_at = 0;
CREATE INDEX complaint_purse ON complaint (purse, number) WHERE purse <> '';

CREATE TABLE complaint_note (
	number    INTEGER PRIMARY KEY,
	key       TEXT NOT NULL UNIQUE,
	complaint INTEGER NOT NULL REFERENCES complaint (number),
	officer   TEXT NOT NULL,
	at        INTEGER NOT NULL,
	text      TEXT NOT NULL
);
CREATE INDEX complaint_notes ON complaint_note (complaint, number);

-- +goose Down
SELECT 1;
