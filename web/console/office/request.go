package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Request is what one officer asked for and another decides on.
type Request struct {
	ID       int64
	Key      string // of the form that was sent: sent twice, it is one request
	Kind     string
	Object   string // usually a purse
	Args     json.RawMessage
	Told     string // what it asks for, in words, as it stood on the screen
	Reason   string
	Document string
	AskedBy  int64
	AskedAt  uint64
	Expires  uint64
	State    RequestState
	Decided  int64 // by whom
	At       uint64
	Why      string // it was refused
}

// RequestState is the phase of a request.
type RequestState string

// Phases. An open one whose time is over is as good as refused.
const (
	RequestOpen      RequestState = "open"
	RequestDone      RequestState = "done"
	RequestRefused   RequestState = "refused"
	RequestWithdrawn RequestState = "withdrawn"
	RequestExpired   RequestState = "expired" // never stored
)

// StateAt is its phase at a time.
func (r *Request) StateAt(now uint64) RequestState {
	if r.State == RequestOpen && now >= r.Expires {
		return RequestExpired
	}
	return r.State
}

// RequestLife is how long a request waits for a second person: over a weekend.
const RequestLife = 4 * 24 * 3600

// Ask stores a request, and its line in the trail. The same form sent again is the same request.
func (o *Office) Ask(ctx context.Context, who Actor, r Request) (*Request, error) {
	r.Reason, r.Document = strings.TrimSpace(r.Reason), strings.TrimSpace(r.Document)
	if r.Key == "" || r.Reason == "" {
		return nil, Refuse("say why")
	}
	asked := &r
	err := o.store.UpdateOffice(ctx, func(tx Tx) error {
		before, err := tx.RequestByKey(r.Key)
		if err == nil {
			if before.AskedBy != who.Officer.ID || before.Kind != r.Kind || before.Object != r.Object || string(before.Args) != string(r.Args) {
				return Refuse("that form was sent before with something else in it")
			}
			asked = before
			return nil
		}
		if !errors.Is(err, ErrNoRecord) {
			return err
		}
		r.AskedBy, r.AskedAt, r.Expires, r.State = who.Officer.ID, o.now(), o.now()+RequestLife, RequestOpen
		if err := tx.InsertRequest(&r); err != nil {
			return err
		}
		return Write(tx, o.record(who, r.Kind, r.Object, r.numbered()+r.Told+": "+r.Reason, r.Document, Asked))
	})
	return asked, err
}

func (r *Request) numbered() string { return fmt.Sprintf("request %d: ", r.ID) }

// Approve decides on a request inside the transaction that carries it out: either all of it is stored or nothing.
// Whoever asked cannot approve, and only an officer who still has the role can.
func (o *Office) Approve(tx Tx, who Actor, id int64) error {
	r, err := o.decidable(tx, who, id)
	if err != nil {
		return err
	}
	r.State, r.Decided, r.At = RequestDone, who.Officer.ID, o.now()
	if err := tx.DecideRequest(r); err != nil {
		return err
	}
	return Write(tx, o.record(who, r.Kind, r.Object, r.numbered()+r.Told+", asked for by "+o.nameOf(tx, r.AskedBy), r.Document, Done))
}

func (o *Office) nameOf(tx Reader, id int64) string {
	officer, err := tx.Officer(id)
	if err != nil {
		return "?"
	}
	return officer.Name
}

// decidable reads a request anew, and the officer too: what was true when the page was drawn may not be any more.
func (o *Office) decidable(tx Tx, who Actor, id int64) (*Request, error) {
	r, err := tx.Request(id)
	if err != nil {
		return nil, err
	}
	officer, err := tx.Officer(who.Officer.ID)
	switch {
	case err != nil:
		return nil, err
	case officer.Removed != 0 || !officer.Roles.Any(Approve):
		return nil, ErrForbidden
	case r.AskedBy == officer.ID:
		return nil, ErrOwnRequest
	case r.StateAt(o.now()) != RequestOpen:
		return nil, ErrDecided
	}
	return r, nil
}

// Refuse says no, with a reason.
func (o *Office) Refuse(ctx context.Context, who Actor, id int64, why string) error {
	why = strings.TrimSpace(why)
	if why == "" {
		return Refuse("say why")
	}
	return o.store.UpdateOffice(ctx, func(tx Tx) error {
		r, err := o.decidable(tx, who, id)
		if err != nil {
			return err
		}
		r.State, r.Decided, r.At, r.Why = RequestRefused, who.Officer.ID, o.now(), why
		return o.closeRequest(tx, who, r, "refused: "+why)
	})
}

// Withdraw takes back what one asked for.
func (o *Office) Withdraw(ctx context.Context, who Actor, id int64) error {
	return o.store.UpdateOffice(ctx, func(tx Tx) error {
		r, err := tx.Request(id)
		switch {
		case err != nil:
			return err
		case r.AskedBy != who.Officer.ID:
			return ErrForbidden
		case r.StateAt(o.now()) != RequestOpen:
			return ErrDecided
		}
		r.State, r.Decided, r.At = RequestWithdrawn, who.Officer.ID, o.now()
		return o.closeRequest(tx, who, r, "withdrawn")
	})
}

func (o *Office) closeRequest(tx Tx, who Actor, r *Request, outcome string) error {
	if err := tx.DecideRequest(r); err != nil {
		return err
	}
	return Write(tx, o.record(who, r.Kind, r.Object, r.numbered()+r.Told, r.Document, outcome))
}

// Request finds one request.
func (o *Office) Request(ctx context.Context, id int64) (r *Request, err error) {
	err = o.store.ViewOffice(ctx, func(tx Reader) error {
		r, err = tx.Request(id)
		return err
	})
	return r, err
}

// Requests lists them, newest first.
func (o *Office) Requests(ctx context.Context, before int64, limit int) (list []*Request, err error) {
	err = o.store.ViewOffice(ctx, func(tx Reader) error {
		list, err = tx.Requests(before, limit)
		return err
	})
	return list, err
}

// maxQueue bounds what is shown of the queue.
const maxQueue = 500

// Queue lists what waits for a decision, oldest first.
func (o *Office) Queue(ctx context.Context) (list []*Request, err error) {
	err = o.store.ViewOffice(ctx, func(tx Reader) error {
		list, err = tx.OpenRequests(o.now(), maxQueue)
		return err
	})
	return list, err
}
