package office

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
)

// Record is one line of the audit trail. Each carries the hash of itself and of the one before, so that a line which
// was changed, taken out or put in breaks the chain. Only the newest lines could be cut off unseen: whoever watches
// notes down the newest hash now and then, and Verify looks for it.
type Record struct {
	Number   int64
	At       uint64
	Officer  string // who; "the machine" for what was typed on the bank's own machine
	Roles    string // what they were allowed then
	Act      string // what
	Object   string // on what: a purse, an officer, a request
	Detail   string
	Document string // the paper that it stands on
	From     string // the address it came from
	Outcome  string // "done", "asked", or why not
	Hash     Digest
}

// Outcomes of what went well; any other says what was wrong.
const (
	Done  = "done"
	Asked = "asked"
)

func (r *Record) chain(before Digest) Digest {
	h := sha256.New()
	h.Write([]byte("kula audit 1\n"))
	h.Write(before[:])
	var fixed [16]byte
	binary.BigEndian.PutUint64(fixed[:8], uint64(r.Number)) //nolint:gosec // keeps its bits
	binary.BigEndian.PutUint64(fixed[8:], r.At)
	h.Write(fixed[:])
	for _, text := range []string{r.Officer, r.Roles, r.Act, r.Object, r.Detail, r.Document, r.From, r.Outcome} {
		var size [4]byte
		binary.BigEndian.PutUint32(size[:], uint32(len(text))) //nolint:gosec // maxText
		h.Write(size[:])
		h.Write([]byte(text))
	}
	return Digest(h.Sum(nil))
}

// maxText bounds what one field of a record holds.
const maxText = 2000

func shorten(text *string) {
	if len(*text) > maxText {
		*text = (*text)[:maxText]
	}
}

// Write appends a record to the trail.
func Write(tx Tx, r *Record) error {
	for _, text := range []*string{&r.Officer, &r.Roles, &r.Act, &r.Object, &r.Detail, &r.Document, &r.From, &r.Outcome} {
		shorten(text)
	}
	last, err := tx.LastRecord()
	if errors.Is(err, ErrNoRecord) {
		last, err = &Record{}, nil
	}
	if err != nil {
		return err
	}
	r.Number = last.Number + 1
	r.Hash = r.chain(last.Hash)
	return tx.InsertRecord(r)
}

// Verdict is what Verify found.
type Verdict struct {
	Records int64  `json:"records"`
	Head    string `json:"head"` // hash of the newest: note it down
}

// verifyPage is how many records are read at a time.
const verifyPage = 1000

// ErrBroken is what Verify's errors wrap.
var ErrBroken = errors.New("the audit trail was tampered with")

// Verify reads the whole trail. noted is a hash that it had before, or empty.
func (o *Office) Verify(ctx context.Context, noted string) (v Verdict, err error) {
	found := noted == ""
	err = o.store.ViewOffice(ctx, func(r Reader) error {
		var last Record
		for {
			page, err := r.Records(last.Number, verifyPage)
			if err != nil || len(page) == 0 {
				v = Verdict{last.Number, hex.EncodeToString(last.Hash[:])}
				return err
			}
			for _, record := range page {
				want := record.chain(last.Hash)
				if record.Number != last.Number+1 || !bytes.Equal(want[:], record.Hash[:]) {
					return fmt.Errorf("%w: at number %d", ErrBroken, last.Number+1)
				}
				last = *record
				found = found || hex.EncodeToString(last.Hash[:]) == noted
			}
		}
	})
	if err == nil && !found {
		err = fmt.Errorf("%w: the hash that was noted down is not in it: lines were cut off, or all of it was written anew", ErrBroken)
	}
	return v, err
}
