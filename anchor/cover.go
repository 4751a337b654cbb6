package anchor

import (
	"errors"
	"math"

	"kula/ledger"
	"kula/money"
	"kula/protocol"
)

// An overdrawn purse has signed away more than it got. What is missing on an entry is its shortage; at its
// deadline, or at once when the purse contradicts itself, the anchor advances it: out of the credit line, then
// out of the guarantee, as far as the charter goes. The advance belongs to that one entry: it is paid back when
// the entry's position comes within the purse's funds, and from nothing else. docs/overdraft.md has the whole
// story with an example.

// Advance is what the anchor paid for an overdrawn purse on one entry. What is paid back counts for the credit
// line first.
type Advance struct {
	Entry     protocol.Hash
	Purse     int64
	Credit    money.Amount // in all
	Guarantee money.Amount // in all
	Repaid    money.Amount
	At        uint64

	Seq   uint64 // of the entry; only in OpenAdvances
	Spent money.Amount
}

// Open is what has not been paid back.
func (a *Advance) Open() money.Amount { return a.Credit + a.Guarantee - a.Repaid }

// coverAtOnce is for victims of a purse that contradicts itself: the whole shortage, and the entry is honoured;
// or a part, and the receipt follows at the deadline.
func (s *session) coverAtOnce(p *Purse, r *EntryRecord, short money.Amount) error {
	advanced, err := s.advance(p, r, short)
	if err != nil || advanced == 0 {
		return err
	}
	if advanced == short {
		return s.honour(p, r)
	}
	payee, err := s.purse(r.Payee)
	if err != nil {
		return err
	}
	if err := s.payPart(p, payee, r, advanced); err != nil {
		return err
	}
	p.Honoured += advanced
	r.Paid += advanced
	s.touch(p)
	if r.Number == 0 {
		return nil // it is about to be written for the first time
	}
	return s.tx.PayEntry(r)
}

// payPart moves a part of what a bill asks for. For a payout purse it is set aside until the receipt: a payout
// names one.
func (s *session) payPart(payer, payee *Purse, r *EntryRecord, amount money.Amount) error {
	if amount == 0 {
		return nil
	}
	h := s.header(payer, r.Hash.String()+"/"+r.Paid.String())
	if payee.Enrolment.Kind == protocol.PayoutKind {
		return s.post(ledger.Held(h, payer.ID, r.Hash.String(), amount))
	}
	s.income(payee, r, amount)
	return s.post(ledger.PaidInPart(h, payer.ID, payee.ID, amount))
}

// end is the last word on an entry whose deadline and grace are over. The purse's own money, the credit line and
// the guarantee pay what they reach; all of the bill, and it is honoured.
func (s *session) end(payer *Purse, r *EntryRecord) error {
	if r.Covered || s.late(r) || !s.payable(payer, r) {
		return s.dishonour(payer, r, r.Paid)
	}
	short, err := s.shortage(payer, r)
	if err != nil {
		return err
	}
	advanced, err := s.advance(payer, r, short)
	switch short -= advanced; {
	case err != nil:
		return err
	case short == 0:
		return s.honour(payer, r)
	case r.Payee == 0: // taking one's own money out: all of it or nothing
		return s.dishonour(payer, r, 0)
	}
	return s.dishonour(payer, r, r.Entry.Spend.Amount-short)
}

// advance covers a shortage as far as the charter goes, and returns how much of it.
func (s *session) advance(p *Purse, r *EntryRecord, short money.Amount) (money.Amount, error) {
	terms, served := s.b.charter.Terms(p.Enrolment.Asset)
	if short <= 0 || !served {
		return 0, nil
	}
	if own, err := s.payeeIsPayer(p, r); err != nil || own {
		return 0, err
	}
	excused, err := s.excused(p, map[int64]money.Amount{})
	if short = min(short, excused); err != nil || short <= 0 {
		return 0, err
	}
	a, err := s.tx.Advance(r.Hash)
	if errors.Is(err, ErrNoRecord) {
		a, err = &Advance{Entry: r.Hash, Purse: p.Number, At: s.now}, nil
	}
	if err != nil {
		return 0, err
	}
	open, err := s.openOf(p)
	if err != nil {
		return 0, err
	}
	credit := money.Amount(0)
	if !p.Contradicted { // nobody lends to a cheat
		credit = max(0, min(short, terms.CreditLine-open.credit))
	}
	limit, err := s.guaranteeLimit(p, r, a, terms.CapPerPurse-open.guarantee)
	if err != nil {
		return 0, err
	}
	guarantee := max(0, min(short-credit, limit))
	if credit+guarantee == 0 {
		return 0, nil
	}
	return credit + guarantee, s.bookAdvance(p, r, a, credit, guarantee)
}

// excused is how much of what a purse is short of failed it through somebody who is proven to have cheated:
// incomes that were presented in time and not paid, from such a purse or from one that is short for the same
// reason. Only that is covered. Whoever simply signed more than there was, or let friends accept it without
// backing, has no honest payee to be covered: one would have seen where the money came from, and then some
// purse behind it contradicts itself. What was advanced and is not paid back was for the same failure: no
// failure is covered twice.
func (s *session) excused(p *Purse, known map[int64]money.Amount) (all money.Amount, err error) {
	if p.Contradicted {
		return math.MaxInt64, nil
	}
	if amount, seen := known[p.Number]; seen || len(known) >= maxExcuses {
		return amount, nil
	}
	known[p.Number] = 0 // nobody excuses himself by a circle
	unpaid, err := s.tx.UnpaidTo(p.Number, maxExcuses)
	if err != nil {
		return 0, err
	}
	for _, u := range unpaid {
		payer, err := s.purse(u.Purse)
		if err != nil {
			return 0, err
		}
		from, err := s.excused(payer, known)
		if err != nil {
			return 0, err
		}
		all += min(u.Amount, from, math.MaxInt64-all) // cheats sign more than numbers can express
	}
	known[p.Number] = max(0, all-p.Advanced())
	return known[p.Number], nil
}

// maxExcuses bounds the purses that are looked at for one.
const maxExcuses = 256

// Unpaid is what a purse did not pay another one on bills that were presented in time.
type Unpaid struct {
	Purse  int64 // the payer
	Amount money.Amount
}

// payeeIsPayer reports whether a bill pays the payer's own account: nobody is covered against himself.
func (s *session) payeeIsPayer(p *Purse, r *EntryRecord) (bool, error) {
	if r.Payee == 0 {
		return true, nil
	}
	payee, err := s.purse(r.Payee)
	return err == nil && payee.Enrolment.Account == p.Enrolment.Account, err
}

// owing is what the anchor advanced and has not been paid back.
type owing struct{ credit, guarantee money.Amount }

// openOf sums what stands open of all purses of a purse's account: anybody may open another purse, so those of
// one account fail as one.
func (s *session) openOf(p *Purse) (open owing, err error) {
	purses, err := s.tx.PursesOf(p.Enrolment.Account)
	for _, other := range purses {
		if other = s.known(other); other.Enrolment.Asset == p.Enrolment.Asset {
			open.credit += other.CreditUsed
			open.guarantee += other.GuaranteePaid
		}
	}
	return open, err
}

// guaranteeLimit is what the guarantee may still pay on an entry: the least of what its sheet and the newest
// notice allow for a bill, what is left of the cap, and what is in the fund.
func (s *session) guaranteeLimit(p *Purse, r *EntryRecord, a *Advance, left money.Amount) (money.Amount, error) {
	sheet, err := s.b.sheet(s.tx, r.Entry.Sheet)
	if err != nil {
		return 0, err
	}
	fund, err := s.fund(p.Enrolment.Asset)
	return min(s.notice.Guaranteed(sheet.Sheet)-a.Guarantee, left, fund), err
}

// fund is what the guarantee holds, what this job has booked by now included.
func (s *session) fund(asset money.Asset) (money.Amount, error) {
	return s.held(ledger.Guarantee, asset)
}

func (s *session) bookAdvance(p *Purse, r *EntryRecord, a *Advance, credit, guarantee money.Amount) error {
	h := s.header(p, r.Hash.String()+"/"+r.Advanced.String())
	if credit > 0 {
		if err := s.post(ledger.Lend(h, p.ID, credit)); err != nil {
			return err
		}
	}
	if guarantee > 0 {
		if err := s.post(ledger.GuaranteePaid(h, p.ID, guarantee)); err != nil {
			return err
		}
	}
	p.CreditUsed += credit
	p.GuaranteePaid += guarantee
	a.Credit += credit
	a.Guarantee += guarantee
	r.Advanced += credit + guarantee
	s.touch(p)
	return s.tx.SaveAdvance(a)
}

// payBack pays back each advance as its entry's position comes within the funds. Of a purse that contradicts
// itself positions say nothing of the kind: see settleUp.
func (s *session) payBack(p *Purse) error {
	if p.Owing() == 0 || p.Contradicted {
		return nil
	}
	open, err := s.tx.OpenAdvances(p.Number)
	for _, a := range open {
		beyond, err := s.stillBeyond(p, a)
		if err != nil {
			return err
		}
		if err := s.repay(p, a, a.Open()-max(0, beyond)); err != nil {
			return err
		}
	}
	return err
}

// stillBeyond is by how much an entry for which the anchor advanced money exceeds the funds now, with what
// lapsed of that very entry. Once all below it that was never presented has lapsed, only what was presented
// counts: such lapses stand under a Statement's number, which may be higher.
func (s *session) stillBeyond(p *Purse, a *Advance) (money.Amount, error) {
	beyond, err := s.beyond(p, a.Spent, a.Seq)
	if err != nil || a.Seq > p.LapsedThrough {
		return beyond, err
	}
	presented, err := s.tx.Presented(p.Number, a.Seq)
	if err != nil {
		return 0, err
	}
	lapsed, err := s.tx.EntriesLapsed(p.Number, a.Seq)
	return min(beyond, presented-lapsed-p.Loaded-p.Income), err
}

// repay pays back as much of an advance, the credit line first.
func (s *session) repay(p *Purse, a *Advance, most money.Amount) error {
	amount := min(most, a.Open(), p.Balance())
	if amount <= 0 {
		return nil
	}
	h := s.header(p, a.Entry.String()+"/"+a.Repaid.String())
	credit := min(amount, max(0, a.Credit-a.Repaid))
	if credit > 0 {
		if err := s.post(ledger.LoanRepaid(h, p.ID, credit)); err != nil {
			return err
		}
	}
	if amount > credit {
		if err := s.post(ledger.GuaranteeRepaid(h, p.ID, amount-credit)); err != nil {
			return err
		}
	}
	p.CreditUsed -= credit
	p.GuaranteePaid -= amount - credit
	a.Repaid += amount
	s.touch(p)
	return s.tx.SaveAdvance(a)
}

// tendFailing looks at purses that fail: there may be more in the guarantee by now for those whom a cheat owes,
// and what is left in a purse that has come to its end pays back what stands open.
func (s *session) tendFailing() (more bool, err error) {
	failing, err := s.tx.Failing()
	for _, p := range failing {
		s.eachApart("cover", p.Number, func(one *session) error { return one.tendFailingPurse(p.Number) })
	}
	return false, err
}

func (s *session) tendFailingPurse(number int64) error {
	p, err := s.purse(number)
	if err != nil {
		return err
	}
	if p.Contradicted && p.Open > 0 {
		s.cameIn(p)
	}
	return s.settleUp(p)
}

// settleUp pays back out of what is left in a purse that gets no more sheets, once nobody can present anything
// on its last. Until then its money is for those it still has to pay.
func (s *session) settleUp(p *Purse) error {
	if p.Owing() == 0 || p.Open > 0 || !p.Contradicted && !p.Revoked || !s.over(p.RedeemBy) {
		return nil
	}
	open, err := s.tx.OpenAdvances(p.Number)
	for _, a := range open {
		if err := s.repay(p, a, a.Open()); err != nil {
			return err
		}
	}
	return err
}
