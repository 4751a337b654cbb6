package wallet

import (
	"slices"

	"kula/protocol"
)

// About is what a person complains of.
type About uint8

// What a complaint can be about, and the document that it names.
const (
	AboutRefused     About = iota + 1 // a payment received that the bank has refused
	AboutUndelivered                  // a payment made that they say they do not have
	AboutMistake                      // a payment made that was too much, or for somebody else
	AboutCheated                      // a FraudProof
	lastAbout        = AboutCheated
)

var abouts = [...]string{"", "refused", "undelivered", "mistake", "cheated"}

func (a About) String() string { return abouts[a] }

// ParseAbout reads what String writes.
func ParseAbout(text string) (About, bool) {
	i := slices.Index(abouts[:], text)
	return About(max(i, 0)), i > 0 //nolint:gosec // one of a few
}

// Complaint is what this person wants the bank to look at. The bank gets it, with what proves it, at the next sync, and
// answers with a number.
type Complaint struct {
	Subject protocol.Hash // the entry or FraudProof
	About   About
	Purse   protocol.PurseID // whose bank gets it
	At      uint64
	Number  int64 // zero: the bank has not given one yet
}

// Complain keeps a complaint for the bank. About one document there is one.
func (w *Wallet) Complain(now uint64, subject protocol.Hash, about About) (*Complaint, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if held := w.state.complaint(subject); held != nil {
		return held.copy(), nil
	}
	purse, err := w.state.concerned(subject, about)
	if err != nil {
		return nil, err
	}
	if err := w.record(&Event{Kind: Complained, At: now, Purse: purse, Subject: subject, Number: int64(about)}); err != nil {
		return nil, err
	}
	return w.state.complaint(subject).copy(), nil
}

func (c *Complaint) copy() *Complaint {
	other := *c
	return &other
}

// Complaints lists them as they were made. Those of a phone that is gone are brought by the one that is here.
func (w *Wallet) Complaints() []Complaint {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := make([]Complaint, 0, len(w.state.wrongs))
	for _, held := range w.state.wrongs {
		c := *held
		if p := w.state.purses[c.Purse]; p != nil && p.Phase == PurseRetired {
			if id, err := w.state.purseAt(p.Enrolment.Anchor); err == nil {
				c.Purse = id
			}
		}
		list = append(list, c)
	}
	return list
}

// Numbered keeps the number that the bank gave to a complaint.
func (w *Wallet) Numbered(now uint64, subject protocol.Hash, number int64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.state.complaint(subject); c != nil && c.Number == number {
		return nil
	}
	return w.record(&Event{Kind: CaseNumbered, At: now, Subject: subject, Number: number})
}

// Proof is what goes to the bank with a complaint: what this wallet holds about its subject, the root. It is no larger
// than a payment may be: what does not fit stays here, where `Show` and `Case` have it.
func (w *Wallet) Proof(subject protocol.Hash) (*protocol.Bundle, error) {
	whole, err := w.Show(subject)
	if protocol.CodeOf(err) == CodeNotKnown {
		whole, err = w.Case(subject)
	}
	if err != nil || fits(whole) {
		return whole, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	root, _ := whole.Get(subject)
	b := w.bundle(root)
	switch d := root.(type) {
	case *protocol.Entry:
		addFound[*protocol.Sheet](b, whole, d.Sheet)
		addFound[*protocol.Bill](b, whole, d.Spend.Bill)
		for _, r := range protocol.All[*protocol.Receipt](whole) {
			if r.Entry == subject {
				b.Add(r)
			}
		}
	case *protocol.FraudProof:
		b.AddAll(proofsIn(whole))
	}
	return b, nil
}

func fits(b *protocol.Bundle) bool {
	return b.Len() <= protocol.PaymentBounds.Documents && b.Size() <= protocol.PaymentBounds.Bytes
}

func (s *State) complaint(subject protocol.Hash) *Complaint {
	for _, c := range s.wrongs {
		if c.Subject == subject {
			return c
		}
	}
	return nil
}

// concerned finds the purse whose bank a complaint is for.
func (s *State) concerned(subject protocol.Hash, about About) (id protocol.PurseID, err error) {
	switch about {
	case AboutRefused:
		if in, ok := s.incomes[subject]; ok {
			return in.Purse, firstBroken(rule{in.Phase != NotHonoured, CodeNotKnown, "refusal"})
		}
	case AboutUndelivered, AboutMistake:
		if p, ok := s.payments[subject]; ok {
			return p.Purse, nil
		}
	case AboutCheated:
		for _, p := range s.watch.convicts {
			if p.hash == subject {
				return s.purseAt(p.anchor)
			}
		}
	}
	return id, refuse(CodeNotKnown, "complaint")
}

// purseAt is the newest open purse at a bank.
func (s *State) purseAt(anchor protocol.AccountID) (id protocol.PurseID, err error) {
	err = refuse(CodeNoPurse, "complaint")
	for _, p := range s.all() {
		if p.Phase == PurseOpen && p.Enrolment.Anchor == anchor {
			id, err = p.ID, nil
		}
	}
	return id, err
}

func (s *State) judgeComplained(e *Event) (change, error) {
	return func() {
			s.wrongs = append(s.wrongs, &Complaint{Subject: e.Subject, About: About(e.Number), Purse: e.Purse, At: s.corrected(e.At)}) //nolint:gosec // judged
		}, firstBroken(
			rule{e.Number < 1 || e.Number > int64(lastAbout), CodeBadEvent, "complaint"},
			rule{s.complaint(e.Subject) != nil, CodeOutOfOrder, "complaint"},
		)
}

func (s *State) judgeNumbered(e *Event) (change, error) {
	c := s.complaint(e.Subject)
	return func() { c.Number = e.Number }, firstBroken(
		rule{c == nil, CodeNotKnown, "complaint"},
		rule{e.Number <= 0, CodeBadEvent, "complaint.number"},
	)
}
