package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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

// Standing is how things stand when a request is approved.
type Standing struct {
	May  Roles    // whoever asked must still have one of these
	Over []string // kinds of acts that make it void when one was done to the same thing since it was asked
	Told string   // what it asks for, as the approver saw it
}

// Approve decides on a request inside the transaction that carries it out: either all of it is stored or nothing.
// Whoever asked cannot approve, and only an officer who still has the role can; nor is anything done that was asked
// for by somebody who left since, or before something else was done to the same thing.
func (o *Office) Approve(tx Tx, who Actor, id int64, now Standing) error {
	r, err := o.decidable(tx, who, id)
	if err != nil {
		return err
	}
	asker, err := tx.Officer(r.AskedBy)
	if err != nil {
		return err
	}
	if asker.Removed != 0 || !asker.Roles.Any(now.May) {
		return Refuse("%s, who asked for this, may not ask for it any more: let somebody else ask", asker.Name)
	}
	asked, err := r.notOvertaken(tx, now.Over)
	if err != nil {
		return err
	}
	r.State, r.Decided, r.At = RequestDone, who.Officer.ID, o.now()
	if err := tx.DecideRequest(r); err != nil {
		return err
	}
	detail := r.numbered() + now.Told + ", asked for by " + asker.Name
	if d := deskOf(who.From); d != "" && d == deskOf(asked.From) {
		detail += ", at the same desk"
	}
	return Write(tx, o.record(who, r.Kind, r.Object, detail, r.Document, Done))
}

// maxSince bounds how far back the trail of one thing is read. What was asked for longer ago than that is void; nobody
// fills it with refusals unseen.
const maxSince = 10_000

// notOvertaken finds the line that says that it was asked for, and wants no act of these kinds done to the same thing after it.
func (r *Request) notOvertaken(tx Reader, kinds []string) (asked *Record, err error) {
	lines, err := tx.RecordsOf(r.Object, maxSince)
	if err != nil {
		return nil, err
	}
	for _, line := range lines {
		switch {
		case line.Outcome == Asked && line.Act == r.Kind && strings.HasPrefix(line.Detail, r.numbered()):
			return line, nil
		case line.Outcome == Done && slices.Contains(kinds, line.Act):
			return nil, ErrOvertaken
		}
	}
	return nil, ErrOvertaken
}

// At says from which address and at which browser somebody acts: two names that are one person's are usually at one.
func At(address, desk string) string { return address + deskWord + desk }

const deskWord = " desk "

func deskOf(from string) string {
	_, desk, _ := strings.Cut(from, deskWord)
	return desk
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
