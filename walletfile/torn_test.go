package walletfile

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/wallet"
)

// story is a closed wallet that has paid, and where each of its records ends.
func story(t *testing.T) (dir string, data []byte, ends []int) {
	t.Helper()
	bank := tinybank.New(testNetwork, 1, start)
	dir = filepath.Join(t.TempDir(), "mary")
	mary := enrolled(t, bank, dir, "Mary", 100*money.Unit)
	tom := enrolled(t, bank, filepath.Join(t.TempDir(), "tom"), "Tom.", 0)
	must(mary.Pay(now, must(tom.Request(now, wallet.RequestParams{Amount: money.Unit, Memo: "fish"}))(t), wallet.PayParams{}))(t)
	check(t, errors.Join(mary.Close(), tom.Close()))
	data = must(os.ReadFile(filepath.Join(dir, journalName)))(t)
	for at := journalHeader; at < len(data); {
		payload, ok := unframe(data[at:])
		if !ok {
			t.Fatal("a fresh journal is not readable")
		}
		at += frameHeader + len(payload)
		ends = append(ends, at)
	}
	return dir, data, ends
}

// TestTornJournal cuts the journal at every byte. What is left of whole records is there; what is not a
// whole record is cut off, kept beside, and reported; and the wallet goes on.
func TestTornJournal(t *testing.T) {
	dir, data, ends := story(t)
	last := ends[len(ends)-2]
	for cut := range len(data) + 1 {
		records, good, err := readRecords(testNetwork, data[:cut])
		if cut < journalHeader {
			if err == nil {
				t.Fatalf("cut at %d: half a header was taken", cut)
			}
			continue
		}
		whole := 0
		for whole < len(ends) && ends[whole] <= cut {
			whole++
		}
		if err != nil || len(records) != whole || good > cut {
			t.Fatalf("cut at %d: %d records, want %d, %v", cut, len(records), whole, err)
		}
		if cut >= last {
			reopenTorn(t, dir, data[:cut], cut != last && cut != len(data))
		}
	}
}

func reopenTorn(t *testing.T, from string, data []byte, torn bool) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "w")
	copyDir(t, from, dir)
	check(t, os.WriteFile(filepath.Join(dir, journalName), data, fileMode))
	w := must(Open(dir, options()))(t)
	if (w.Torn != nil) != torn {
		t.Fatalf("%d bytes: torn: %v, want %v", len(data), w.Torn, torn)
	}
	if torn {
		saved := must(os.ReadFile(w.Torn.Saved))(t)
		if !bytes.HasSuffix(data, saved) || len(saved) != w.Torn.Bytes {
			t.Fatal("what was cut off is not what was kept")
		}
	}
	must(w.Request(now, wallet.RequestParams{}))(t)
	check(t, w.Close())
	again := must(Open(dir, options()))(t)
	if again.Torn != nil || len(again.History(now)) == 0 {
		t.Fatalf("after going on: %v", again.Torn)
	}
	check(t, again.Close())
}

// TestTornZeros: some file systems lengthen a file before its data is there.
func TestTornZeros(t *testing.T) {
	dir, data, _ := story(t)
	reopenTorn(t, dir, append(bytes.Clone(data), make([]byte, 300)...), true)
}

// TestCorruptJournal damages every byte before the last record. That is no crash: the wallet refuses to
// open and changes nothing.
func TestCorruptJournal(t *testing.T) {
	dir, data, ends := story(t)
	last := ends[len(ends)-2]
	for at := range last {
		damaged := bytes.Clone(data)
		damaged[at] ^= 0x40
		_, _, err := readRecords(testNetwork, damaged)
		if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrNetwork) {
			t.Fatalf("damage at byte %d: %v", at, err)
		}
	}
	damaged := bytes.Clone(data)
	damaged[last-5] ^= 1
	check(t, os.WriteFile(filepath.Join(dir, journalName), damaged, fileMode))
	if _, err := Open(dir, options()); !errors.Is(err, ErrCorrupt) {
		t.Fatalf("opened: %v", err)
	}
	if !bytes.Equal(must(os.ReadFile(filepath.Join(dir, journalName)))(t), damaged) {
		t.Fatal("a damaged journal was changed")
	}
}
