package anchor

import (
	"math"
	"slices"

	"kula/money"
)

// An entry's position is what its purse had spent in all when it was signed, itself included. Its
// funds are everything ever loaded and credited to the purse, and what lapsed under a lower number.
// It is honoured when its position is within its funds, whatever came in before it: two payees of one
// payer need not wait for each other.

// beyond is by how much a position exceeds the purse's funds, lapses through a number counted; it may be
// negative.
func (s *session) beyond(p *Purse, spent money.Amount, through uint64) (money.Amount, error) {
	position, err := spent.Sub(p.Enrolment.Start)
	if err != nil {
		return 0, err
	}
	funds, err := p.Loaded.Add(p.Income)
	if err != nil {
		return 0, err
	}
	if p.Lapsed > 0 {
		below, err := s.tx.LapsedThrough(p.Number, through)
		if err != nil {
			return 0, err
		}
		position -= below // not added to the funds: a phone may say of itself that it spent all the money there is
	}
	return position - funds, nil
}

// shortage is how much of what an entry still asks for is not there.
func (s *session) shortage(p *Purse, r *EntryRecord) (money.Amount, error) {
	rest := r.Entry.Spend.Amount - r.Paid
	missing := max(0, rest-p.Balance())
	if p.Contradicted {
		return missing, nil // its positions mean little: it is held to its balance, first come first served
	}
	// Any other's balance suffices when its position is within its funds.
	beyond, err := s.beyond(p, r.Entry.Spent, r.Entry.Seq-1)
	return max(missing, min(rest, beyond)), err
}

// consider honours an entry if it can be honoured now. For a purse that contradicts itself the guarantee
// steps in at once.
func (s *session) consider(p *Purse, r *EntryRecord) error {
	if r.Covered || s.late(r) || s.over(r.Entry.Spend.Deadline) || !s.payable(p, r) {
		return nil // what lapsed once stays so, whatever the clock says now
	}
	short, err := s.shortage(p, r)
	if err != nil {
		return err
	}
	if short > 0 && p.Contradicted {
		return s.coverAtOnce(p, r, short)
	}
	if short > 0 {
		return nil
	}
	return s.honour(p, r)
}

// late reports whether an entry was first presented after its deadline.
func (s *session) late(r *EntryRecord) bool {
	return r.At > s.moment(r.Entry.Spend.Deadline)
}

// payable reports whether there is somebody to pay: a purse, or the anchor itself for an unload. The anchor
// knows its own notices, and like any payee takes nothing from a purse that they name: a thief's unload
// stays open until it lapses.
func (s *session) payable(payer *Purse, r *EntryRecord) bool {
	if r.Bill.Payee == s.b.charter.Anchor {
		return !payer.Revoked && !payer.Contradicted
	}
	return r.Payee != 0
}

// whyOpen says what an entry without a receipt waits for.
func (s *session) whyOpen(payer *Purse, r *EntryRecord) error {
	switch {
	case r.Covered || s.late(r):
		return refuse(CodeLate, "entry.deadline")
	case r.Bill.Payee == s.b.charter.Anchor && !s.payable(payer, r):
		return payer.standing()
	case !s.payable(payer, r):
		return refuse(CodePayeeUnknown, "bill.payee_key")
	}
	return refuse(CodeParked, "entry.spent")
}

// takeUp lets everything that came in do its work: parked entries are honoured, the oldest first, which
// brings more in elsewhere; Statements that waited get their sheets. It ends, for every step honours an
// entry or settles a Statement.
func (s *session) takeUp() error {
	for len(s.work) > 0 {
		p, err := s.purse(s.work[0])
		if err != nil {
			return err
		}
		s.work = slices.Delete(s.work, 0, 1)
		if err := s.takeUpEntries(p); err != nil {
			return err
		}
		if err := s.payBack(p); err != nil {
			return err
		}
		if p.Waiting {
			if err := s.reconsider(p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *session) takeUpEntries(p *Purse) error {
	if p.Open == 0 {
		return nil
	}
	open, err := s.mayBePaid(p)
	if err != nil {
		return err
	}
	for _, r := range open {
		if err := s.consider(p, r); err != nil {
			return err
		}
	}
	return nil
}

// mayBePaid lists a purse's open entries that something can be done for. Of one that does not contradict itself these
// are at most those on which its balance suffices and whose position its funds would reach if all its lapses were
// below: among ten thousand that wait there are few, and the others need not be read.
func (s *session) mayBePaid(p *Purse) ([]*EntryRecord, error) {
	if p.Contradicted {
		return s.tx.OpenEntries(p.Number)
	}
	reach, err := money.Sum(p.Enrolment.Start, p.Loaded, p.Income, p.Lapsed)
	if err != nil {
		reach = math.MaxInt64
	}
	return s.tx.OpenWithin(p.Number, p.Balance(), reach)
}

// available is what a sheet on the purse's newest Statement may say is left: what was loaded, the
// income credited up to asOf, what lapsed at or below the Statement, less all that was spent by then,
// whether those bills have come in or not. It may be negative.
func (s *session) available(p *Purse, income money.Amount) (money.Amount, error) {
	lapsed := money.Amount(0)
	if p.Lapsed > 0 {
		var err error
		if lapsed, err = s.tx.LapsedThrough(p.Number, p.Base.Seq); err != nil {
			return 0, err
		}
	}
	// What lapsed was spent before, so this order stays within what numbers can express, whatever the Statement says.
	return money.Sum(lapsed-p.Base.Spent, p.Enrolment.Start, p.Loaded, income)
}
