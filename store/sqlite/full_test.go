package sqlite

import (
	"strings"
	"testing"

	"kula/anchor"
)

// TestFullInsideATransaction: the disk fills up in the middle of one job of several. SQLite then gives
// up the whole transaction by itself: none of the jobs has happened, and the next transaction is whole.
func TestFullInsideATransaction(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir()+"/anchor.db")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	in := <-s.write
	if _, err := in.conn.ExecContext(t.Context(), "PRAGMA max_page_count = 120"); err != nil {
		t.Fatal(err)
	}
	s.write <- in
	jobs := func(sizes ...int) error {
		return s.Update(t.Context(), func(tx anchor.Tx) error {
			for i, size := range sizes {
				_ = tx.Savepoint(func() error {
					if err := tx.Tell(1, anchor.EventCard, int64(i)); err != nil {
						return err
					}
					return tx.SetCursor(strings.Repeat("x", size))
				})
			}
			return nil
		})
	}
	events := func() (found []anchor.Event) {
		err := s.View(t.Context(), func(r anchor.Reader) (err error) {
			found, err = r.Events(1, 0, 100)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if err := jobs(1, 4<<20, 2, 3); err == nil || len(events()) != 0 {
		t.Fatal("a transaction that did not fit is half there", err, events())
	}
	if err := jobs(1, 2); err != nil || len(events()) != 2 {
		t.Fatal("the store did not recover", err, events())
	}
}
