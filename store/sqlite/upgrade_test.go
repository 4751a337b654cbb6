package sqlite_test

import (
	"bytes"
	"database/sql"
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/pressly/goose/v3"

	"kula/anchor"
	"kula/protocol"
	"kula/store/migrations"
	"kula/store/sqlite"
)

func receiptOf(outcome protocol.Outcome) []byte {
	r := &protocol.Receipt{
		Anchor: protocol.AccountID{1}, Entry: protocol.Hash{2}, Bill: protocol.Hash{3}, Outcome: outcome, Reason: protocol.ReasonNone, Amount: 10, At: 1,
		Credited: protocol.Credit{Kind: protocol.CreditPurse, To: protocol.Hash{4}},
	}
	if outcome == protocol.Dishonoured {
		r.Reason, r.Credited = protocol.ReasonUncovered, protocol.Credit{Kind: protocol.CreditNone}
	}
	return protocol.Encode(r)
}

// TestUpgrade: a store from before the overdraft has payments in it. Those that were honoured are paid, and nobody owes
// anything on them; those that were not still count.
func TestUpgrade(t *testing.T) {
	ctx, path := t.Context(), filepath.Join(t.TempDir(), "anchor.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := fs.Sub(migrations.SQLite, "sqlite")
	if err != nil {
		t.Fatal(err)
	}
	old, err := goose.NewProvider(goose.DialectSQLite3, db, steps)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.UpTo(ctx, 1); err != nil {
		t.Fatal(err)
	}
	run := func(statement string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(ctx, statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	run("INSERT INTO purse (number, id, account, enrolment, name, tier, reference, enrolled_at, statement) VALUES (7, randomblob(32), randomblob(32), x'', 'Mere  Ann Tavo', '', 7, 1, x'')")
	for i, receipt := range [][]byte{receiptOf(protocol.Honoured), receiptOf(protocol.Dishonoured), nil} {
		run(`INSERT INTO entry (number, hash, purse, seq, spent, amount, deadline, payee, at, covered, open, raw, receipt)
			VALUES (?, ?, 7, ?, 0, 10, 9, 8, 1, FALSE, ?, x'', ?)`, i+1, bytes.Repeat([]byte{byte(i)}, 32), i+1, receipt == nil, receipt)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	err = s.View(ctx, func(r anchor.Reader) error {
		unpaid, err := r.UnpaidTo(8, 5)
		if err == nil && (len(unpaid) != 1 || unpaid[0].Amount != 20) {
			t.Fatalf("%+v", unpaid[0])
		}
		for begins, want := range map[string]int{"mer": 1, "ann": 1, "tavo": 1, "": 3, "ere": 0} { // its name is found by its words
			found, _, named := r.PursesNamed(begins, anchor.NamePlace{}, 9)
			if err = errors.Join(err, named); len(found) != want {
				t.Errorf("%q: %d", begins, len(found))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
