package office

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"kula/ledger"
)

// Office is the bank's staff at work.
type Office struct {
	store Store
	clock func() time.Time
}

// New makes an Office.
func New(store Store, now func() time.Time) *Office { return &Office{store, now} }

func (o *Office) now() uint64 { return uint64(max(0, o.clock().Unix())) } //nolint:gosec // not negative

// Now is the office's clock.
func (o *Office) Now() uint64 { return o.now() }

// Times of sign-in.
const (
	LinkLife    = 15 * 60   // of a one-time link
	IdleTime    = 15 * 60   // after which a session that was not used has ended
	SessionLife = 10 * 3600 // after which every session has ended: a working day
	touchEvery  = 60        // how exactly the last use is known
)

// TheMachine is who acts when a command is typed on the bank's own machine.
const TheMachine = "the machine"

// Actor is who does something, and from where. Without an Officer it is somebody who has not signed in.
type Actor struct {
	Officer *Officer
	From    string
}

// Console is the actor for commands on the bank's own machine: whoever may write its files may do anything.
func Console() Actor { return Actor{&Officer{Name: TheMachine}, "this machine"} }

func (o *Office) record(who Actor, act, object, detail, document, outcome string) *Record {
	r := &Record{At: o.now(), Act: act, Object: object, Detail: detail, Document: document, From: who.From, Outcome: outcome}
	if who.Officer != nil {
		r.Officer, r.Roles = who.Officer.Name, who.Officer.Roles.String()
	}
	return r
}

// Note writes a line into the trail by itself: for what was refused, or changes nothing else.
func (o *Office) Note(ctx context.Context, who Actor, act, object, detail, document, outcome string) error {
	return o.store.UpdateOffice(ctx, func(tx Tx) error {
		return Write(tx, o.record(who, act, object, detail, document, outcome))
	})
}

// NoteIn is Note inside the transaction of an act.
func (o *Office) NoteIn(tx Tx, who Actor, act, object, detail, document, outcome string) error {
	return Write(tx, o.record(who, act, object, detail, document, outcome))
}

// Add takes on an officer.
func (o *Office) Add(ctx context.Context, by Actor, name string, roles Roles) (*Officer, error) {
	name = strings.TrimSpace(name)
	if err := ledger.Drawer(name).Check(); err != nil || name == TheMachine || name == ThePhone {
		return nil, Refuse("a name is letters and digits without spaces, such as mere or counter-1")
	}
	if err := roles.Check(); err != nil {
		return nil, err
	}
	handle := make([]byte, secretSize)
	_, _ = rand.Read(handle)
	officer := &Officer{Name: name, Roles: roles, Handle: handle, Added: o.now()}
	return officer, o.store.UpdateOffice(ctx, func(tx Tx) error {
		if _, err := tx.OfficerNamed(name); !errors.Is(err, ErrNoRecord) {
			return errors.Join(err, ErrTaken)
		}
		if err := tx.InsertOfficer(officer); err != nil {
			return err
		}
		return Write(tx, o.record(by, "officer.add", name, roles.String(), "", Done))
	})
}

// here finds an officer who was not removed.
func here(r Reader, name string) (*Officer, error) {
	officer, err := r.OfficerNamed(name)
	if err == nil && officer.Removed != 0 {
		return nil, ErrNoRecord
	}
	return officer, err
}

// SetRoles changes what an officer may do, at once.
func (o *Office) SetRoles(ctx context.Context, by Actor, name string, roles Roles) error {
	if err := roles.Check(); err != nil {
		return err
	}
	return o.store.UpdateOffice(ctx, func(tx Tx) error {
		officer, err := here(tx, name)
		if err != nil {
			return err
		}
		was := officer.Roles
		officer.Roles = roles
		if err := tx.SaveOfficer(officer); err != nil {
			return err
		}
		return Write(tx, o.record(by, "officer.roles", name, was.String()+" -> "+roles.String(), "", Done))
	})
}

// Remove ends an officer's work: sessions, links and passkeys end with it. The name stays taken, for the trail and
// the drawer bear it.
func (o *Office) Remove(ctx context.Context, by Actor, name string) error {
	return o.store.UpdateOffice(ctx, func(tx Tx) error {
		officer, err := here(tx, name)
		if err != nil {
			return err
		}
		officer.Removed = o.now()
		if err := errors.Join(tx.SaveOfficer(officer), tx.EndSessions(officer.ID), tx.DropLinks(officer.ID)); err != nil {
			return err
		}
		if err := dropPasskeys(tx, officer); err != nil {
			return err
		}
		return Write(tx, o.record(by, "officer.remove", name, "", "", Done))
	})
}

func dropPasskeys(tx Tx, officer *Officer) error {
	keys, err := tx.Passkeys(officer.ID)
	for _, k := range keys {
		err = errors.Join(err, tx.RemovePasskey(officer.ID, k.ID))
	}
	return err
}

// NewLink makes a link that signs an officer in once; older ones end. With reset, so do all passkeys and sessions: for
// an officer who lost them.
func (o *Office) NewLink(ctx context.Context, by Actor, name string, reset bool) (token string, err error) {
	token, digest := newSecret()
	return token, o.store.UpdateOffice(ctx, func(tx Tx) error {
		officer, err := here(tx, name)
		if err != nil {
			return err
		}
		detail := "one-time link"
		if reset {
			detail = "one-time link; passkeys and sessions ended"
			if err := errors.Join(tx.EndSessions(officer.ID), dropPasskeys(tx, officer)); err != nil {
				return err
			}
		}
		if err := tx.DropLinks(officer.ID); err != nil {
			return err
		}
		if err := tx.InsertLink(&Link{digest, officer.ID, o.now() + LinkLife}); err != nil {
			return err
		}
		return Write(tx, o.record(by, "officer.link", name, detail, "", Done))
	})
}

// Enter signs in by a link, once.
func (o *Office) Enter(ctx context.Context, token, browser, from string) (session string, officer *Officer, err error) {
	refused := false
	err = o.store.UpdateOffice(ctx, func(tx Tx) error {
		link, err := tx.TakeLink(DigestOf(token))
		switch {
		case errors.Is(err, ErrNoRecord) || err == nil && o.now() >= link.Expires:
			refused = true // the link is gone, and the trail says so
			return Write(tx, o.record(Actor{From: from}, "sign-in.link", "", "", "", ErrBadLink.Error()))
		case err != nil:
			return err
		}
		if officer, err = tx.Officer(link.Officer); err != nil {
			return err
		}
		session, err = o.open(tx, officer, "link", browser, from)
		return err
	})
	if err == nil && refused {
		err = ErrBadLink
	}
	return session, officer, err
}

// open starts a session. What belongs to a session that has ended by itself goes at the same time.
func (o *Office) open(tx Tx, officer *Officer, how, browser, from string) (string, error) {
	if officer.Removed != 0 {
		return "", ErrNoSession
	}
	now := o.now()
	if err := tx.DropSessions(now-min(now, IdleTime), now-min(now, SessionLife)); err != nil {
		return "", err
	}
	token, digest := newSecret()
	s := &Session{Token: digest, Officer: officer.ID, Browser: DigestOf(browser), How: how, Since: now, Seen: now}
	if err := tx.InsertSession(s); err != nil {
		return "", err
	}
	return token, Write(tx, o.record(Actor{officer, from}, "sign-in."+how, officer.Name, "", "", Done))
}

// Who finds the officer of a session. A session that comes from another browser than it was opened in was stolen: it
// ends, and the trail says so.
func (o *Office) Who(ctx context.Context, token, browser, from string) (*Officer, *Session, error) {
	var officer *Officer
	var s *Session
	digest, now := DigestOf(token), o.now()
	err := o.store.ViewOffice(ctx, func(r Reader) (err error) {
		if s, err = r.OfficerSession(digest); err != nil {
			return err
		}
		officer, err = r.Officer(s.Officer)
		return err
	})
	switch {
	case errors.Is(err, ErrNoRecord):
		return nil, nil, ErrNoSession
	case err != nil:
		return nil, nil, err
	case officer.Removed != 0 || now >= s.Since+SessionLife || now >= s.Seen+IdleTime:
		return nil, nil, ErrNoSession
	case s.Browser != DigestOf(browser):
		return nil, nil, errors.Join(ErrNoSession, o.stolen(ctx, officer, digest, from))
	}
	if now >= s.Seen+touchEvery {
		err = o.store.UpdateOffice(ctx, func(tx Tx) error { return tx.TouchSession(digest, now) })
	}
	return officer, s, err
}

func (o *Office) stolen(ctx context.Context, officer *Officer, session Digest, from string) error {
	return o.store.UpdateOffice(ctx, func(tx Tx) error {
		if err := tx.EndSession(session); err != nil {
			return err
		}
		return Write(tx, o.record(Actor{officer, from}, "session", officer.Name, "", "", "ended: it came from another browser than it was opened in"))
	})
}

// Leave signs out.
func (o *Office) Leave(ctx context.Context, who Actor, token string) error {
	return o.store.UpdateOffice(ctx, func(tx Tx) error {
		if err := tx.EndSession(DigestOf(token)); err != nil {
			return err
		}
		return Write(tx, o.record(who, "sign-out", who.Officer.Name, "", "", Done))
	})
}

// Keys are an officer and the passkeys of theirs.
func (o *Office) Keys(ctx context.Context, officer int64) (list []*Passkey, err error) {
	err = o.store.ViewOffice(ctx, func(r Reader) error {
		list, err = r.Passkeys(officer)
		return err
	})
	return list, err
}

// ByHandle finds who a passkey says it belongs to.
func (o *Office) ByHandle(ctx context.Context, handle []byte) (officer *Officer, keys []*Passkey, err error) {
	err = o.store.ViewOffice(ctx, func(r Reader) error {
		if officer, err = r.OfficerByHandle(handle); err != nil {
			return err
		}
		if officer.Removed != 0 {
			return ErrNoRecord
		}
		keys, err = r.Passkeys(officer.ID)
		return err
	})
	return officer, keys, err
}

// AddKey enrols a passkey.
func (o *Office) AddKey(ctx context.Context, who Actor, label string, credential []byte, data json.RawMessage) error {
	key := &Passkey{Officer: who.Officer.ID, Credential: credential, Label: label, Data: data, Added: o.now()}
	return o.store.UpdateOffice(ctx, func(tx Tx) error {
		if err := tx.InsertPasskey(key); err != nil {
			return err
		}
		return Write(tx, o.record(who, "passkey.add", who.Officer.Name, label, "", Done))
	})
}

// DropKey revokes a passkey of one's own, and ends all sessions but this one: whoever has the passkey may be in one.
func (o *Office) DropKey(ctx context.Context, who Actor, here Digest, id int64) error {
	return o.store.UpdateOffice(ctx, func(tx Tx) error {
		if err := tx.RemovePasskey(who.Officer.ID, id); err != nil {
			return err
		}
		session, err := tx.OfficerSession(here)
		if err != nil {
			return err
		}
		if err := errors.Join(tx.EndSessions(who.Officer.ID), tx.InsertSession(session)); err != nil {
			return err
		}
		return Write(tx, o.record(who, "passkey.remove", who.Officer.Name, fmt.Sprint(id), "", Done))
	})
}

// EnterByKey signs in by a passkey that was checked, and keeps what the check learned.
func (o *Office) EnterByKey(ctx context.Context, officer *Officer, key *Passkey, browser, from string) (session string, err error) {
	err = o.store.UpdateOffice(ctx, func(tx Tx) error {
		key.Used = o.now()
		if err := tx.SavePasskey(key); err != nil {
			return err
		}
		session, err = o.open(tx, officer, "passkey", browser, from)
		return err
	})
	return session, err
}

// Staff lists the officers and how many passkeys each has.
func (o *Office) Staff(ctx context.Context) (list []Member, err error) {
	err = o.store.ViewOffice(ctx, func(r Reader) error {
		officers, err := r.Officers()
		for _, officer := range officers {
			keys, err := r.Passkeys(officer.ID)
			if err != nil {
				return err
			}
			list = append(list, Member{officer, len(keys)})
		}
		return err
	})
	return list, err
}

// Member is an officer in a list.
type Member struct {
	*Officer
	Keys int
}

// Trail lists the audit trail, newest first; before zero: from the newest on.
func (o *Office) Trail(ctx context.Context, before int64, limit int) (list []*Record, err error) {
	err = o.store.ViewOffice(ctx, func(r Reader) error {
		list, err = r.RecordsBefore(before, limit)
		return err
	})
	return list, err
}

// TrailOf lists what was done to one thing, newest first.
func (o *Office) TrailOf(ctx context.Context, object string, limit int) (list []*Record, err error) {
	err = o.store.ViewOffice(ctx, func(r Reader) error {
		list, err = r.RecordsOf(object, limit)
		return err
	})
	return list, err
}
