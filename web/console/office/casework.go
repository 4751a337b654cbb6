package office

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Identity is what an officer found out about who somebody is. The newest of an account counts.
type Identity struct {
	Number    int64
	Key       string // of the form: sent twice, it is one
	Account   [32]byte
	Name      string
	Evidence  string // which papers, and where they are kept
	Tier      string // that they are good for
	Screening string // which lists were looked at, and what was found there
	Answer    string // why what was found is somebody else
	Officer   string
	At        uint64
}

// Complaint is something that somebody is not content with.
type Complaint struct {
	Number   int64
	Key      string
	Purse    string // in hex; empty: of nobody's purse
	Who      string
	About    string
	OpenedBy string
	OpenedAt uint64
	ClosedBy string
	ClosedAt uint64 // zero: open
	Outcome  string
}

// ComplaintNote is a line in its story.
type ComplaintNote struct {
	Number    int64
	Key       string
	Complaint int64
	Officer   string
	At        uint64
	Text      string
}

// CaseReader reads what officers wrote down about people.
type CaseReader interface {
	Identity(account [32]byte) (*Identity, error) // the newest
	Identities(before int64, limit int) ([]*Identity, error)
	Complaint(number int64) (*Complaint, error)
	ComplaintByKey(key string) (*Complaint, error)
	OpenComplaints(after int64, limit int) ([]*Complaint, error)                // oldest first
	Complaints(before int64, limit int) ([]*Complaint, error)                   // newest first
	ComplaintsOf(purse string, limit int) ([]*Complaint, error)                 // newest first
	ComplaintNotes(complaint, after int64, limit int) ([]*ComplaintNote, error) // oldest first
	ComplaintFile(complaint int64) ([]byte, error)                              // what a phone brought along
	OpenFromPhones(account [32]byte) (int64, error)                             // how many of them are open
}

// CaseWriter writes it.
type CaseWriter interface {
	// InsertIdentity reports whether it is new.
	InsertIdentity(*Identity) (bool, error)
	InsertComplaint(*Complaint) error // sets its Number
	InsertComplaintFile(complaint int64, account [32]byte, file []byte) error
	// CloseComplaint writes the end of an open one; ErrDecided when it is not open.
	CloseComplaint(*Complaint) error
	// InsertComplaintNote reports whether it is new.
	InsertComplaintNote(*ComplaintNote) (bool, error)
}

// maxCaseText bounds what is written down at once.
const maxCaseText = 2000

func written(texts ...*string) error {
	for _, t := range texts {
		if *t = strings.TrimSpace(*t); *t == "" {
			return Refuse("something is empty that has to be written down")
		}
		if len(*t) > maxCaseText {
			return Refuse("that is too long: keep the paper, and write down where it is")
		}
	}
	return nil
}

// Identify writes down who somebody is. The same form sent again is the same line.
func (o *Office) Identify(ctx context.Context, who Actor, id Identity) error {
	if err := written(&id.Name, &id.Evidence, &id.Tier, &id.Key); err != nil {
		return err
	}
	if len(id.Answer) > maxCaseText {
		return Refuse("that is too long: keep the paper, and write down where it is")
	}
	id.Officer, id.At = who.Officer.Name, o.now()
	return o.store.UpdateOffice(ctx, func(tx Tx) error {
		fresh, err := tx.InsertIdentity(&id)
		if err != nil || !fresh {
			return err
		}
		detail := id.Name + ", tier " + id.Tier + "; " + id.Screening
		if id.Answer != "" {
			detail += "; " + id.Answer
		}
		return Write(tx, o.record(who, "identify", hex.EncodeToString(id.Account[:]), detail, id.Evidence, Done))
	})
}

// IdentityOf finds what is known of an account; nil: nothing.
func (o *Office) IdentityOf(ctx context.Context, account [32]byte) (id *Identity, err error) {
	err = o.store.ViewOffice(ctx, func(r Reader) error {
		id, err = r.Identity(account)
		return err
	})
	if errors.Is(err, ErrNoRecord) {
		return nil, nil
	}
	return id, err
}

// Identities lists what was written down, newest first.
func (o *Office) Identities(ctx context.Context, before int64, limit int) (list []*Identity, err error) {
	err = o.store.ViewOffice(ctx, func(r Reader) error {
		list, err = r.Identities(before, limit)
		return err
	})
	return list, err
}

// Complain opens a complaint. The same form sent again is the same complaint.
func (o *Office) Complain(ctx context.Context, who Actor, c Complaint) (*Complaint, error) {
	if err := written(&c.Who, &c.About, &c.Key); err != nil {
		return nil, err
	}
	if strings.HasPrefix(c.Key, phoneKey) {
		return nil, Refuse("load the page again, and send its form")
	}
	c.OpenedBy, c.OpenedAt = who.Officer.Name, o.now()
	opened := &c
	return opened, o.store.UpdateOffice(ctx, func(tx Tx) error {
		before, err := tx.ComplaintByKey(c.Key)
		if err == nil {
			*opened = *before
			return nil
		}
		if !errors.Is(err, ErrNoRecord) {
			return err
		}
		if err := tx.InsertComplaint(opened); err != nil {
			return err
		}
		return Write(tx, o.record(who, "complaint.open", complaintName(opened.Number), c.Who+": "+c.About, "", Done))
	})
}

func complaintName(number int64) string { return fmt.Sprintf("complaint %d", number) }

// NoteComplaint adds a line to an open complaint's story.
func (o *Office) NoteComplaint(ctx context.Context, who Actor, note ComplaintNote) error {
	if err := written(&note.Text, &note.Key); err != nil {
		return err
	}
	note.Officer, note.At = who.Officer.Name, o.now()
	return o.store.UpdateOffice(ctx, func(tx Tx) error {
		c, err := tx.Complaint(note.Complaint)
		if err != nil {
			return err
		}
		if c.ClosedAt != 0 {
			return ErrDecided
		}
		fresh, err := tx.InsertComplaintNote(&note)
		if err != nil || !fresh {
			return err
		}
		return Write(tx, o.record(who, "complaint.note", complaintName(c.Number), note.Text, "", Done))
	})
}

// CloseComplaint ends one, with what came of it.
func (o *Office) CloseComplaint(ctx context.Context, who Actor, number int64, outcome string) error {
	if err := written(&outcome); err != nil {
		return err
	}
	return o.store.UpdateOffice(ctx, func(tx Tx) error {
		c, err := tx.Complaint(number)
		if err != nil {
			return err
		}
		c.ClosedBy, c.ClosedAt, c.Outcome = who.Officer.Name, o.now(), outcome
		if err := tx.CloseComplaint(c); err != nil {
			return err
		}
		return Write(tx, o.record(who, "complaint.close", complaintName(number), outcome, "", Done))
	})
}

// maxNotes is how much of a complaint's story is shown.
const maxNotes = 500

// ComplaintStory is a complaint and its notes.
func (o *Office) ComplaintStory(ctx context.Context, number int64) (c *Complaint, notes []*ComplaintNote, err error) {
	err = o.store.ViewOffice(ctx, func(r Reader) error {
		if c, err = r.Complaint(number); err != nil {
			return err
		}
		notes, err = r.ComplaintNotes(number, 0, maxNotes)
		return err
	})
	return c, notes, err
}

// Complaints lists open ones, oldest first, or all, newest first; place is where to go on.
func (o *Office) Complaints(ctx context.Context, all bool, place int64, limit int) (list []*Complaint, err error) {
	err = o.store.ViewOffice(ctx, func(r Reader) error {
		if all {
			list, err = r.Complaints(place, limit)
		} else {
			list, err = r.OpenComplaints(place, limit)
		}
		return err
	})
	return list, err
}

// ComplaintsOf lists the complaints about a purse.
func (o *Office) ComplaintsOf(ctx context.Context, purse string, limit int) (list []*Complaint, err error) {
	err = o.store.ViewOffice(ctx, func(r Reader) error {
		list, err = r.ComplaintsOf(purse, limit)
		return err
	})
	return list, err
}
