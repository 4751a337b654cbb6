package phone

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"kula/protocol"
	"kula/wallet"
)

// Host is the device. Its methods may take as long as they need.
type Host interface {
	// Records are the journal's, oldest first.
	Records() ([][]byte, error)
	// Append returns nil only when the records survive whatever happens next: all of them, or none on an error.
	Append(records ...[]byte) error
	// PublicKey is the n-th device key, made when first asked for.
	PublicKey(n uint32) ([]byte, error)
	// Sign signs with the device key whose public part is given.
	Sign(public, hash []byte) ([]byte, error)
	// Fetch makes an HTTP request. It fails only when there is no answer.
	Fetch(Request) (*Response, error)
	// Wait lets time pass.
	Wait(seconds int)
	// Random fills b from a source that nobody can guess.
	Random(b []byte) error
	// Now is the device's clock in Unix seconds.
	Now() uint64
	// Emit tells the page of something that it did not ask for.
	Emit(event Object)
}

// Request is an HTTP request.
type Request struct {
	Method, URL string
	Headers     map[string]string
	Body        []byte
}

// Response is what was answered; the names of its headers are in lower case.
type Response struct {
	Status  int
	Headers map[string]string
	Body    []byte
}

// journal writes events to the host. After a failure nobody knows whether the record is there, and a wallet that went
// on could give one number of its chain to two payments: so it writes nothing more, and the phone opens another.
type journal struct {
	host   Host
	behind bool // it is older than it was: nothing more may be written, or a chain would go on from there twice
	dead   atomic.Bool

	writing sync.Mutex // of the host's records; close is for who writes them past the wallet
}

// close waits for a record that is being written. After it the wallet writes nothing more: what stands in the host is
// the caller's alone until it calls the function returned, and the wallet is read again before it is used.
func (j *journal) close() (release func()) {
	j.dead.Store(true)
	j.writing.Lock()
	return j.writing.Unlock
}

// Append is called by the wallet alone, one at a time.
func (j *journal) Append(record []byte) error {
	j.writing.Lock()
	defer j.writing.Unlock()
	if j.behind {
		return fail(CodeBehind, "journal", "this journal is older than it was: retire the purses in it, and restore with the 24 words")
	}
	if j.dead.Load() {
		return fail(CodeJournal, "journal", "this wallet stopped when its journal could not be written")
	}
	if err := j.host.Append(record); err != nil {
		j.dead.Store(true)
		return hostFailed(err, CodeJournal, "journal", "it could not be written down, so it has not happened")
	}
	return nil
}

// keys are the device's, in the host.
type keys struct{ host Host }

// Public asks the host.
func (k keys) Public(n uint32) (key protocol.Key, err error) {
	b, err := k.host.PublicKey(n)
	if err != nil || len(b) != len(key) {
		return key, noKey(err)
	}
	copy(key[:], b)
	return key, protocol.CheckKey(key)
}

// Sign asks the host, and looks whether what came would be believed: a bad signature must not get into the journal.
func (k keys) Sign(key protocol.Key, h protocol.Hash) (s protocol.Signature, err error) {
	b, err := k.host.Sign(key[:], h[:])
	if err != nil || len(b) != len(s) {
		return s, noKey(err)
	}
	copy(s[:], b)
	if claim := (protocol.Claim{Key: key, Hash: h, Signature: s}); !claim.Verify() {
		return protocol.Signature{}, noKey(nil)
	}
	return s, nil
}

func noKey(err error) error {
	return hostFailed(err, CodeNoKey, "key", "this device's key does not sign")
}

// hostFailed is what a host's error means to a command. The host may know better: that another tab has the wallet.
func hostFailed(err error, code, where, detail string) error {
	var own *Failure
	if errors.As(err, &own) {
		return own
	}
	if err != nil {
		detail += ": " + err.Error()
	}
	return fail(code, where, detail)
}

// random is the host's randomness.
type random struct{ host Host }

// Read fills b.
func (r random) Read(b []byte) (int, error) {
	if err := r.host.Random(b); err != nil {
		return 0, err
	}
	return len(b), nil
}

var (
	_ wallet.Journal = (*journal)(nil)
	_ wallet.Keys    = keys{}
	_ io.Reader      = random{}
)
