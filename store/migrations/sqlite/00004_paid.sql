-- What was honoured before the column existed was paid. A contradiction is kept as its proof only.

-- +goose Up

UPDATE entry SET paid = amount WHERE paid = 0 AND substr(receipt, 101, 4) = x'00000001'; -- the outcome: honoured
DROP TABLE contradiction;

-- +goose Down
SELECT 1;
