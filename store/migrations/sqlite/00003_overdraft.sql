-- What the anchor pays for overdrawn purses. credit_used and guarantee_paid of a purse, and the table
-- cover, are from the start; here is what they lacked.

-- +goose Up

ALTER TABLE entry ADD COLUMN advanced INTEGER NOT NULL DEFAULT 0; -- out of credit line and guarantee, paid back or not
ALTER TABLE entry ADD COLUMN paid INTEGER NOT NULL DEFAULT 0;     -- to the payee, in all

CREATE INDEX entry_unpaid ON entry (payee) WHERE paid < amount AND NOT covered;
CREATE INDEX cover_open ON cover (purse) WHERE repaid < credit + guarantee;
CREATE INDEX purse_failing ON purse (number) WHERE contradicted OR credit_used > 0 OR guarantee_paid > 0;

-- What the bank moves from its own funds into the guarantee: once for each key.
CREATE TABLE funding (
	key     TEXT PRIMARY KEY,
	officer TEXT NOT NULL,
	asset   TEXT NOT NULL,
	amount  INTEGER NOT NULL,
	payout  INTEGER NOT NULL REFERENCES payout (id),
	at      INTEGER NOT NULL
) WITHOUT ROWID;

-- +goose Down
SELECT 1;
