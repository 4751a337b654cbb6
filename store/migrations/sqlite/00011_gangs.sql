-- A purse may have ten thousand payments waiting, and as many lapses: to look through them, or through its
-- chain, an index suffices.

-- +goose Up
DROP INDEX entry_open_purse;
CREATE INDEX entry_open_purse ON entry (purse, seq, spent, amount, paid) WHERE open;
DROP INDEX entry_chain;
CREATE INDEX entry_chain ON entry (purse, seq, number, amount, covered);
DROP INDEX lapse_purse;
CREATE INDEX lapse_purse ON lapse (purse, seq, amount);

-- +goose Down
SELECT 1;
