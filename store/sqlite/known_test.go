package sqlite_test

import (
	"errors"
	"path/filepath"
	"testing"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
	"kula/store/sqlite"
	"kula/store/storetest"
)

// TestAnotherProcessWrites: two stores on one file, as when an officer's command runs beside the bank. Neither believes
// what it remembers from before the other wrote.
func TestAnotherProcessWrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), "anchor.db")
	stores := []anchor.Store{open(t, path), open(t, path)}
	p := storetest.Purse("ana")
	for i := range int64(8) {
		err := stores[i%2].Update(t.Context(), func(tx anchor.Tx) error {
			if i == 0 {
				return tx.InsertPurse(p)
			}
			held, err := tx.PurseByNumber(p.Number)
			if err != nil {
				return err
			}
			if held.Loaded != money.Amount(i-1) {
				t.Errorf("update %d finds %s", i, held.Loaded)
			}
			held.Loaded++
			leaf, err := tx.NextLeaf(protocol.Hash{byte(i)})
			if err == nil && leaf != uint64(i-1) {
				t.Errorf("update %d writes leaf %d", i, leaf)
			}
			return errors.Join(err, tx.SavePurse(held), tx.Tell(p.Number, anchor.EventCard, i))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range stores {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestScratchRemembersRightly: a scratch store keeps to the same suite, as far as one connection can.
func TestScratchRemembersRightly(t *testing.T) {
	storetest.Remembered(t, func(t *testing.T, path string) anchor.Store {
		s, err := sqlite.OpenScratch(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}
