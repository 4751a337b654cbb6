package office

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Record is one line of the audit trail. Each carries the hash of itself and of the one before, so that a line which
// was changed, taken out or put in breaks the chain. Only the newest lines could be cut off unseen: so the newest hash
// leaves the machine with every slip, every file for the regulator and in the log, and Verify looks for it.
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
	Head    string `json:"head"`            // hash of the newest: note it down
	Noted   int64  `json:"noted,omitempty"` // the line whose hash was noted down
}

// verifyPage is how many records are read at a time.
const verifyPage = 1000

// ErrBroken is what Verify's errors wrap.
var ErrBroken = errors.New("the audit trail was tampered with")

// Has reports whether a word stands anywhere in the record, in small letters or capitals.
func (r *Record) Has(word string) bool {
	all := strings.Join([]string{r.Officer, r.Act, r.Object, r.Detail, r.Document, r.From, r.Outcome}, "\n")
	return strings.Contains(strings.ToLower(all), strings.ToLower(strings.TrimSpace(word)))
}

// markLength is how much of a hash leaves the machine on paper: nobody makes a line that begins with given sixteen letters.
const markLength = 16

// Mark is a record's number and the beginning of its hash, for paper; of no record, nothing.
func (r *Record) Mark() string {
	if r == nil {
		return ""
	}
	h := hex.EncodeToString(r.Hash[:])
	return fmt.Sprintf("%d: %s %s %s %s", r.Number, h[:4], h[4:8], h[8:12], h[12:markLength])
}

// Head is the newest record; nil: there is none.
func (o *Office) Head(ctx context.Context) (last *Record, err error) {
	err = o.store.ViewOffice(ctx, func(r Reader) error {
		last, err = r.LastRecord()
		return err
	})
	if errors.Is(err, ErrNoRecord) {
		return nil, nil
	}
	return last, err
}

// readNoted takes a hash as people write it: with spaces, in capitals, its first sixteen letters or all of it, the number before it.
func readNoted(text string) (string, error) {
	if _, hash, numbered := strings.Cut(text, ":"); numbered {
		text = hash
	}
	text = strings.ToLower(strings.Join(strings.Fields(text), ""))
	if _, err := hex.DecodeString(text); err != nil || text != "" && len(text) < markLength {
		return "", Refuse("a mark of the trail is at least sixteen digits and letters from a to f")
	}
	return text, nil
}

// Verify reads the whole trail. noted is a hash that it had before, or how that begins, or empty.
func (o *Office) Verify(ctx context.Context, noted string) (v Verdict, err error) {
	if noted, err = readNoted(noted); err != nil {
		return v, err
	}
	err = o.store.ViewOffice(ctx, func(r Reader) error {
		var last Record
		for {
			page, err := r.Records(last.Number, verifyPage)
			if err != nil || len(page) == 0 {
				v.Records, v.Head = last.Number, hex.EncodeToString(last.Hash[:])
				return err
			}
			for _, record := range page {
				want := record.chain(last.Hash)
				if record.Number != last.Number+1 || !bytes.Equal(want[:], record.Hash[:]) {
					return fmt.Errorf("%w: at number %d", ErrBroken, last.Number+1)
				}
				last = *record
				if noted != "" && strings.HasPrefix(hex.EncodeToString(last.Hash[:]), noted) {
					v.Noted = last.Number
				}
			}
		}
	})
	if err == nil && noted != "" && v.Noted == 0 {
		err = fmt.Errorf("%w: the hash that was noted down is not in it: lines were cut off, or all of it was written anew", ErrBroken)
	}
	return v, err
}
