-- What the bank's officers look for. Indexes on entry are ascending with its rows, or small.

-- +goose Up

-- A purse's name, word by word, in small letters.
CREATE TABLE purse_word (
	word  TEXT NOT NULL,
	purse INTEGER NOT NULL REFERENCES purse (number),
	PRIMARY KEY (word, purse)
) WITHOUT ROWID;

INSERT OR IGNORE INTO purse_word (word, purse)
WITH RECURSIVE split (word, rest, purse) AS (
	SELECT '', lower(name) || ' ', number FROM purse
	UNION ALL
	SELECT substr(rest, 1, instr(rest, ' ') - 1), substr(rest, instr(rest, ' ') + 1), purse FROM split WHERE rest <> ''
)
SELECT word, purse FROM split WHERE word <> '';

CREATE INDEX purse_heard ON purse (statement_time, number);

CREATE INDEX entry_at ON entry (at, amount);
CREATE INDEX entry_bill ON entry (substr(raw, 57, 8)) WHERE amount > 0;                             -- where the bill's hash begins
CREATE INDEX entry_memo ON entry (CAST(substr(memo, 25) AS TEXT) COLLATE NOCASE) WHERE memo IS NOT NULL; -- after tag, salt and length

CREATE INDEX payout_purse ON payout (purse, id);
CREATE INDEX payout_at ON payout (queued_at);
CREATE INDEX incoming_purse ON incoming (purse, operation);
CREATE INDEX incoming_at ON incoming (at);
CREATE INDEX teller_at ON teller_slip (at);

-- +goose Down
SELECT 1;
