package office

import (
	"context"
	"errors"
	"fmt"
)

// What callers branch on.
var (
	ErrNoRecord   = errors.New("there is nothing by that name")
	ErrBadRequest = errors.New("the request does not make sense")
	ErrTaken      = errors.New("there is an officer of that name")
	ErrBadLink    = errors.New("this sign-in link was used before, or is too old: ask for a new one")
	ErrNoSession  = errors.New("you are not signed in")
	ErrDecided    = errors.New("this was decided before, or withdrawn, or it is too old")
	ErrOvertaken  = errors.New("something else was done to it since this was asked for: look at it again, and ask anew")
	ErrOwnRequest = errors.New("somebody else has to decide on what you asked for")
	ErrForbidden  = errors.New("your role does not allow this")
)

// Refusal is a request that does not make sense, and what to do about it.
type Refusal struct{ text string }

// Refuse makes one.
func Refuse(format string, args ...any) error { return &Refusal{fmt.Sprintf(format, args...)} }

func (r *Refusal) Error() string { return r.text }

// Is lets callers branch on ErrBadRequest.
func (r *Refusal) Is(target error) bool { return target == ErrBadRequest } //nolint:errorlint // this is what errors.Is asks

// Store keeps what the office must not forget. It lies in the bank's own database: a Tx is also what the bank's own
// transactions offer, so that both write together.
type Store interface {
	// ViewOffice runs f on one consistent state.
	ViewOffice(ctx context.Context, f func(Reader) error) error
	// UpdateOffice runs f as the only writer, in one transaction.
	UpdateOffice(ctx context.Context, f func(Tx) error) error
}

// Reader is what can be asked. Finders of one thing return ErrNoRecord when it is not there.
type Reader interface {
	CaseReader
	Officers() ([]*Officer, error) // those who were removed too
	Officer(id int64) (*Officer, error)
	OfficerNamed(name string) (*Officer, error)
	OfficerByHandle(handle []byte) (*Officer, error)
	Passkeys(officer int64) ([]*Passkey, error)
	OfficerSession(token Digest) (*Session, error)
	Request(id int64) (*Request, error)
	RequestByKey(key string) (*Request, error)
	Requests(before int64, limit int) ([]*Request, error) // newest first; before zero: from the newest on
	OpenRequests(now uint64, limit int) ([]*Request, error)
	LastRecord() (*Record, error)
	Records(after int64, limit int) ([]*Record, error)        // oldest first
	RecordsBefore(before int64, limit int) ([]*Record, error) // newest first; before zero: from the newest on
	RecordsOf(object string, limit int) ([]*Record, error)    // newest first
}

// Tx is a Reader that also writes.
type Tx interface {
	Reader
	CaseWriter
	InsertOfficer(*Officer) error // sets its ID
	SaveOfficer(*Officer) error
	InsertPasskey(*Passkey) error // sets its ID
	SavePasskey(*Passkey) error
	RemovePasskey(officer, id int64) error
	InsertLink(*Link) error
	// TakeLink removes a link and returns it.
	TakeLink(token Digest) (*Link, error)
	DropLinks(officer int64) error
	InsertSession(*Session) error
	TouchSession(token Digest, seen uint64) error
	EndSession(token Digest) error
	EndSessions(officer int64) error
	DropSessions(seenBefore, since uint64) error
	InsertRequest(*Request) error // sets its ID
	// DecideRequest writes the decision on a request that is open; ErrDecided when it is not.
	DecideRequest(*Request) error
	InsertRecord(*Record) error
}

// Digest is the SHA-256 of a secret: who reads the database cannot sign in with what is in it.
type Digest [32]byte
