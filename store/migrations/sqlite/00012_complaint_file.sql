-- +goose Up
-- What a phone brought to prove a complaint that its holder made on it.
CREATE TABLE complaint_file (
	complaint INTEGER PRIMARY KEY REFERENCES complaint (number),
	account   BLOB NOT NULL,
	bundle    BLOB NOT NULL
);
CREATE INDEX complaint_file_account ON complaint_file (account);

-- +goose Down
SELECT 1;
