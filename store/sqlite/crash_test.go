package sqlite

import (
	"errors"
	"path/filepath"
	"testing"

	"kula/anchor"
)

// TestCrashTransactionThatSQLiteEnds: when the disk fails in the middle, SQLite rolls the whole transaction back by
// itself. What comes after in the same batch must not be written on its own: its caller is told that the batch failed.
func TestCrashTransactionThatSQLiteEnds(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "anchor.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	failed := errors.New("disk I/O error")
	var after error
	err = s.Update(t.Context(), func(t anchor.Tx) error {
		before := t.Savepoint(func() error { return t.SetCursor("before") })
		broken := t.Savepoint(func() error {
			in := t.(*tx)
			_, err := in.conn.ExecContext(in.ctx, "ROLLBACK") // as SQLite does
			return errors.Join(failed, err)
		})
		after = t.Savepoint(func() error { return t.SetCursor("after") })
		if before != nil || !errors.Is(broken, failed) {
			return errors.Join(before, broken)
		}
		return nil
	})
	if err == nil || after == nil {
		t.Errorf("the batch: %v; what came after: %v", err, after)
	}
	for range 2 { // and the connection is good again
		var cursor string
		err = s.View(t.Context(), func(r anchor.Reader) (err error) {
			cursor, err = r.Cursor()
			return err
		})
		if err != nil || cursor == "before" || cursor == "after" {
			t.Fatalf("the store says %q, %v", cursor, err)
		}
		if err := s.Update(t.Context(), func(t anchor.Tx) error { return t.SetCursor("later") }); err != nil {
			t.Fatal(err)
		}
	}
}
