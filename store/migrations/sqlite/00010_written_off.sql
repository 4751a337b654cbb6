-- What the anchor advanced for a purse and has given up: part of credit_used and guarantee_paid, which go on counting.

-- +goose Up
ALTER TABLE purse ADD COLUMN credit_lost INTEGER NOT NULL DEFAULT 0;
ALTER TABLE purse ADD COLUMN guarantee_lost INTEGER NOT NULL DEFAULT 0;

-- +goose Down
SELECT 1;
