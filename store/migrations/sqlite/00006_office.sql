-- The bank's staff: officers, how they sign in, what waits for a second person, and the audit trail. Of secrets, only
-- hashes are kept. Lines of the trail, like officers, are never taken out.

-- +goose Up
CREATE TABLE officer (
	id      INTEGER PRIMARY KEY,
	name    TEXT NOT NULL UNIQUE,
	roles   INTEGER NOT NULL,
	handle  BLOB NOT NULL UNIQUE,
	added   INTEGER NOT NULL,
	removed INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE passkey (
	id         INTEGER PRIMARY KEY,
	officer    INTEGER NOT NULL REFERENCES officer (id),
	credential BLOB NOT NULL UNIQUE,
	label      TEXT NOT NULL,
	data       TEXT NOT NULL,
	added      INTEGER NOT NULL,
	used       INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX passkey_officer ON passkey (officer);

CREATE TABLE sign_in_link (
	token   BLOB PRIMARY KEY,
	officer INTEGER NOT NULL REFERENCES officer (id),
	expires INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE officer_session (
	token   BLOB PRIMARY KEY,
	officer INTEGER NOT NULL REFERENCES officer (id),
	browser BLOB NOT NULL,
	how     TEXT NOT NULL,
	since   INTEGER NOT NULL,
	seen    INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE office_request (
	id         INTEGER PRIMARY KEY,
	key        TEXT NOT NULL UNIQUE,
	kind       TEXT NOT NULL,
	object     TEXT NOT NULL,
	args       TEXT NOT NULL,
	told       TEXT NOT NULL,
	reason     TEXT NOT NULL,
	document   TEXT NOT NULL,
	asked_by   INTEGER NOT NULL REFERENCES officer (id),
	asked_at   INTEGER NOT NULL,
	expires    INTEGER NOT NULL,
	state      TEXT NOT NULL,
	decided_by INTEGER NOT NULL DEFAULT 0,
	decided_at INTEGER NOT NULL DEFAULT 0,
	why        TEXT NOT NULL DEFAULT '',
	CHECK (asked_by <> decided_by OR state = 'withdrawn')
);
CREATE INDEX office_request_open ON office_request (id) WHERE state = 'open';

CREATE TABLE audit (
	number   INTEGER PRIMARY KEY,
	at       INTEGER NOT NULL,
	officer  TEXT NOT NULL,
	roles    TEXT NOT NULL,
	act      TEXT NOT NULL,
	object   TEXT NOT NULL,
	detail   TEXT NOT NULL,
	document TEXT NOT NULL,
	origin   TEXT NOT NULL,
	outcome  TEXT NOT NULL,
	hash     BLOB NOT NULL -- of this line and the hash of the one before
);
CREATE INDEX audit_object ON audit (object, number);

-- +goose StatementBegin
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit BEGIN
	SELECT RAISE (ABORT, 'the audit trail is only ever added to');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_never_shrinks BEFORE DELETE ON audit BEGIN
	SELECT RAISE (ABORT, 'the audit trail is only ever added to');
END;
-- +goose StatementEnd

-- +goose Down
SELECT 1;
