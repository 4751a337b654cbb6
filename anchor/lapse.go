package anchor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"kula/ledger"
	"kula/money"
	"kula/protocol"
)

// What a chain signed away and nobody can claim any more lapses: it counts again as funds of the
// purse, for entries above it only. There are two kinds. An entry that was presented and has no receipt
// when its deadline and the clearing grace are over is dishonoured, and lapses under its own number.
// What was spent up to a Statement and never presented lapses under the Statement's number, once every
// sheet with an older base can no longer be redeemed.

// tendBatch bounds what one transaction of Tend takes on.
const tendBatch = 500

// maxAhead is how far this machine's clock may be ahead of the ledger's: a day.
const maxAhead = 24 * 3600

// Tend does what time brings: dishonour and lapses, inheritance, a fresh notice. Call it now and then.
// None of it can be taken back, so it is done only when the ledger bears out this machine's clock.
func (b *Bank) Tend(ctx context.Context) error {
	if err := b.clockHolds(ctx); err != nil {
		return err
	}
	steps := []struct {
		name string
		run  func(*session) (more bool, err error)
	}{
		{"dishonour", (*session).dishonourDue},
		{"cover", (*session).tendFailing},
		{"lapse", (*session).lapseUnseen},
		{"inherit", (*session).inherit},
		{"close", (*session).payClosed},
		{"notice", (*session).keepNoticeFresh},
		{"challenges", func(s *session) (bool, error) { return false, s.tx.DropChallenges(s.now) }},
	}
	var failed error
	for _, step := range steps {
		for more := true; more; {
			err := b.update(ctx, step.name, 1, func(s *session) (err error) {
				more, err = step.run(s)
				return err
			})
			if err != nil { // the other steps are taken all the same
				failed, more = errors.Join(failed, fmt.Errorf("anchor: %s: %w", step.name, err)), false
			}
		}
	}
	return failed
}

// eachApart does a step for one thing, and keeps one that fails from holding up the others: it is in the log, and its
// turn comes again.
func (s *session) eachApart(step string, number int64, f func(*session) error) (done bool) {
	err := s.apart(step, f)
	if err != nil {
		s.b.log.Error("not done, others are", "step", step, "number", number, "error", err)
	}
	return err == nil
}

// clockHolds fails when this machine's clock is far ahead of the ledger's, or the ledger does not answer.
func (b *Bank) clockHolds(ctx context.Context) error {
	at, err := b.ledgerTime(ctx)
	if err != nil {
		return err
	}
	if b.now() > at+maxAhead {
		return refuse(CodeClockAhead, "clock")
	}
	return nil
}

// lastMoment is the latest time whose grace is over, extensions aside: they only move times later.
func (s *session) lastMoment() uint64 {
	return s.now - min(s.now, s.b.charter.Lifetimes.Grace)
}

func (s *session) dishonourDue() (more bool, err error) {
	due, err := s.tx.OpenUntil(s.lastMoment(), tendBatch)
	if err != nil {
		return false, err
	}
	ended := 0
	over := slices.DeleteFunc(slices.Clone(due), func(r *EntryRecord) bool { return !s.over(r.Entry.Spend.Deadline) }) // extended
	for rest := over; len(rest) > 0; {
		i := nextToEnd(rest)
		number := rest[i].Number
		rest = slices.Delete(rest, i, i+1)
		if s.eachApart("dishonour", number, func(one *session) error { return one.endNumber(number) }) {
			ended++
		}
	}
	return len(due) == tendBatch && ended > 0, nil
}

// nextToEnd picks the entry to end first: the oldest whose payer is not paid by another of them, for what
// becomes of that one may cover it. Where they go round in a circle, the oldest of all.
func nextToEnd(due []*EntryRecord) int {
	paid := map[int64]bool{}
	for _, r := range due {
		paid[r.Payee] = true
	}
	best, free := 0, !paid[due[0].Purse]
	for i, r := range due {
		switch is := !paid[r.Purse]; {
		case is && !free:
			best, free = i, true
		case is == free && older(r, due[best]):
			best = i
		}
	}
	return best
}

// older orders entries by deadline; those of one purse by number.
func older(a, b *EntryRecord) bool {
	return cmp.Or(
		cmp.Compare(a.Entry.Spend.Deadline, b.Entry.Spend.Deadline), cmp.Compare(a.Purse, b.Purse),
		cmp.Compare(a.Entry.Seq, b.Entry.Seq), cmp.Compare(a.Number, b.Number),
	) < 0
}

// endNumber ends an entry unless the end of another has brought it its money.
func (s *session) endNumber(number int64) error {
	r, err := s.tx.EntryByNumber(number)
	if err != nil || !r.Open {
		return err
	}
	payer, err := s.purse(r.Purse)
	if err != nil {
		return err
	}
	return s.end(payer, r)
}

// dishonour is the final no to an entry, with what was paid on it all the same.
func (s *session) dishonour(payer *Purse, r *EntryRecord, covered money.Amount) error {
	receipt := &protocol.Receipt{Outcome: protocol.Dishonoured, Covered: covered, Credited: protocol.Credit{Kind: protocol.CreditNone}}
	switch {
	case payer.Contradicted:
		receipt.Reason = protocol.ReasonIncompatible
	case s.late(r) || !s.payable(payer, r): // nobody could take it in time
		receipt.Reason = protocol.ReasonLate
	default:
		receipt.Reason = protocol.ReasonUncovered
	}
	write := s.receipt
	if covered > 0 {
		write = func(payer *Purse, r *EntryRecord, receipt *protocol.Receipt) error {
			return s.pay(payer, r, covered, receipt)
		}
	}
	if err := write(payer, r, receipt); err != nil || r.Covered {
		return err
	}
	return s.lapse(payer, Lapse{Purse: payer.Number, Number: r.Entry.Seq, Amount: r.Entry.Spend.Amount - covered, Entry: r.Hash, At: s.now})
}

// lapse gives a purse back what its chain had signed away. Of a purse that contradicts itself nothing
// lapses: its numbers prove nothing about what is still owed.
func (s *session) lapse(p *Purse, l Lapse) error {
	if p.Contradicted {
		return nil
	}
	p.Lapsed += l.Amount
	if err := s.tx.InsertLapse(l); err != nil {
		return err
	}
	s.freshen(p)
	return nil
}

// lapseUnseen closes sheets that can no longer be redeemed, and lets lapse what was spent on them unseen.
func (s *session) lapseUnseen() (more bool, err error) {
	sheets, err := s.tx.SheetsToClose(s.lastMoment(), tendBatch)
	if err != nil {
		return false, err
	}
	closed := 0
	for _, sheet := range sheets {
		if !s.over(sheet.Sheet.RedeemBy) {
			continue // extended
		}
		if s.eachApart("lapse", sheet.Number, func(one *session) error { return one.closeSheet(sheet) }) {
			closed++
		}
	}
	return len(sheets) == tendBatch && closed > 0, nil
}

func (s *session) closeSheet(sheet *SheetRecord) error {
	if err := s.tx.CloseSheet(sheet.Hash); err != nil {
		return err
	}
	p, err := s.purse(sheet.Purse)
	if err != nil {
		return err
	}
	return s.lapseBelowSheets(p)
}

// lapseBelowSheets finds the highest Statement below which every sheet is closed: the base of the lowest
// open one, or the newest Statement when none is open.
func (s *session) lapseBelowSheets(p *Purse) error {
	base, err := s.tx.LowestBase(p.Number)
	if errors.Is(err, ErrNoRecord) {
		base, err = p.Base, nil
	}
	if err != nil || base.Seq <= p.LapsedThrough {
		return err
	}
	p.LapsedThrough = base.Seq
	s.touch(p)
	if p.Contradicted {
		return nil // nothing lapses, and what it signed may add up to more than numbers can express
	}
	unseen, err := s.unseen(p, base)
	if err != nil || unseen <= 0 {
		return err
	}
	return s.lapse(p, Lapse{Purse: p.Number, Number: base.Seq, Amount: unseen, At: s.now})
}

// unseen is what was spent up to a base, was never presented, and has not lapsed before.
func (s *session) unseen(p *Purse, base protocol.Base) (money.Amount, error) {
	presented, err := s.tx.Presented(p.Number, base.Seq)
	if err != nil {
		return 0, err
	}
	before, err := s.tx.UnseenLapsed(p.Number)
	if err != nil {
		return 0, err
	}
	return base.Spent - p.Enrolment.Start - presented - before, nil
}

// inherit moves what replaced purses have left to their successors, once no sheet of theirs can be
// redeemed any more. Until then nothing leaves a purse but by its chain.
func (s *session) inherit() (more bool, err error) {
	heirs, err := s.tx.Heirs()
	if err != nil {
		return false, err
	}
	for _, p := range heirs {
		s.eachApart("inherit", p.Number, func(one *session) error { return one.inheritFrom(p.Number) })
	}
	return false, nil
}

func (s *session) inheritFrom(number int64) error {
	p, err := s.purse(number)
	if err != nil {
		return err
	}
	left := p.Balance()
	if left <= 0 || p.Open > 0 || p.Owing() > 0 || !s.over(p.RedeemBy) {
		return nil
	}
	to, err := s.purse(p.Successor)
	if err != nil {
		return err
	}
	reference := p.ID.String() + "/" + p.Inherited.String()
	if err := s.post(ledger.Inherit(s.header(p, reference), p.ID, to.ID, left)); err != nil {
		return err
	}
	p.Inherited += left
	s.touch(p)
	return s.credit(to, left)
}
