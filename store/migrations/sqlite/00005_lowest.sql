-- The lowest open sheet of a purse is looked for with every Statement; closed ones pile up.

-- +goose Up
CREATE INDEX sheet_lowest ON sheet (purse, base_seq, number) WHERE NOT closed;

-- +goose Down
SELECT 1;
