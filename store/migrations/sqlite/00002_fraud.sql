-- Proofs of fraud: one for each purse that was caught, whole, so that it can be handed on as it is.

-- +goose Up
DROP TABLE fraud_proof;
CREATE TABLE fraud_proof (
	purse  INTEGER PRIMARY KEY REFERENCES purse (number),
	hash   BLOB NOT NULL UNIQUE,
	at     INTEGER NOT NULL,
	event  INTEGER NOT NULL UNIQUE, -- place in the feed from which on wallets hear of it
	bundle BLOB NOT NULL            -- the FraudProof, its entries and their sheets, and the Enrolment
);

-- +goose Down
SELECT 1;
