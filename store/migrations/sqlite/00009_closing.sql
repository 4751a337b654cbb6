-- Purses that were closed for good (next of kin, a court): where what is left goes.

-- +goose Up
CREATE TABLE closing (
	purse       INTEGER PRIMARY KEY REFERENCES purse (number),
	destination TEXT NOT NULL, -- empty: not known yet
	memo        TEXT NOT NULL,
	document    TEXT NOT NULL,
	at          INTEGER NOT NULL
);

-- +goose Down
SELECT 1;
