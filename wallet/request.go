package wallet

import (
	"cmp"

	"kula/money"
	"kula/protocol"
)

// RequestParams say what bill to issue.
type RequestParams struct {
	Purse    protocol.PurseID   // zero: the only open one
	Amount   money.Amount       // zero: the payer names it
	Payer    protocol.AccountID // zero: whoever countersigns
	Memo     string
	Standing bool   // printed; paid by many
	Life     uint64 // seconds; 0: the charter's, for a standing bill a year

	OverHolding bool // the person agrees to hold more than the bank advises
}

// Request issues a bill. The bundle is what the payer is shown: the Bill (its root), the payee's Card and
// the Memo.
func (w *Wallet) Request(now uint64, p RequestParams) (*protocol.Bundle, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t, err := w.state.Time(now)
	if err != nil {
		return nil, err
	}
	purse, err := w.state.receiving(p.Purse)
	if err != nil {
		return nil, err
	}
	if err := w.checkRequest(t, purse, p); err != nil {
		return nil, err
	}
	bill, memo, err := w.newBill(t, purse, p)
	if err != nil {
		return nil, err
	}
	if err := w.record(&Event{Kind: Requested, At: now, Purse: purse.ID, Docs: w.bundle(bill, memo)}); err != nil {
		return nil, err
	}
	return w.bundle(bill, memo, purse.Card), nil
}

// receiving is the purse that a bill is to be paid into.
func (s *State) receiving(id protocol.PurseID) (*Purse, error) {
	if id != (protocol.PurseID{}) {
		return s.usable(id)
	}
	var found *Purse
	for _, p := range s.all() {
		if p.Phase != PurseOpen {
			continue
		}
		if found != nil {
			return nil, refuse(CodeNoPurse, "say which purse")
		}
		found = p
	}
	if found == nil {
		return nil, refuse(CodeNotEnrolled, "purse")
	}
	return found, nil
}

func (w *Wallet) checkRequest(t uint64, purse *Purse, p RequestParams) error {
	terms, ok := w.state.anchors[purse.Enrolment.Anchor].Charter.Terms(purse.Enrolment.Asset)
	if !ok {
		return refuse(protocol.CodeWrongAsset, "bill.asset")
	}
	return firstBroken(
		rule{p.Amount < 0, protocol.CodeBadAmount, "bill.amount"},
		rule{!p.Amount.MultipleOf(terms.Step), protocol.CodeBelowStep, "bill.amount"},
		rule{p.Life != 0 && p.Life < w.cfg.Margin, protocol.CodeDeadlineTooNear, "bill.life"},
		rule{p.Standing && p.Payer != protocol.AccountID{}, protocol.CodeWrongPayer, "bill.payer"},
		rule{!p.OverHolding && w.state.overHolding(t, purse, p.Amount), CodeOverHolding, "bill.amount"},
	)
}

// overHolding reports whether with so much more the purse would hold more than the bank advises.
func (s *State) overHolding(t uint64, p *Purse, more money.Amount) bool {
	if len(p.Sheets) == 0 || p.Sheets[0].Sheet.Limits.MaxHolding == 0 {
		return false
	}
	b := s.balance(t, p)
	total, err := money.Sum(b.Loaded, b.Received, b.Credited, more)
	return err != nil || total-b.PassedOn > p.Sheets[0].Sheet.Limits.MaxHolding
}

func (w *Wallet) newBill(t uint64, purse *Purse, p RequestParams) (*protocol.Bill, *protocol.Memo, error) {
	memo := &protocol.Memo{Text: p.Memo}
	var nonce [16]byte
	var err error
	if memo.Salt, err = w.random(); err != nil {
		return nil, nil, err
	}
	if nonce, err = w.random(); err != nil {
		return nil, nil, err
	}
	if err := memo.Check(); err != nil {
		return nil, nil, err
	}
	e := purse.Enrolment
	life := w.state.anchors[e.Anchor].Charter.Lifetimes.Bill
	if p.Standing {
		life = protocol.MaxStanding
	}
	issued := w.state.stamp(purse, t)
	bill := &protocol.Bill{
		Anchor: e.Anchor, Payee: e.Account, PayeeKey: purse.Key(), Payer: p.Payer, Asset: e.Asset, Amount: p.Amount,
		IssuedAt: issued, ExpiresAt: issued + cmp.Or(p.Life, life), Nonce: nonce, Memo: memo.Commitment(), Standing: p.Standing,
	}
	if err := bill.Check(); err != nil {
		return nil, nil, err
	}
	bill.Signature, err = w.cfg.Keys.Sign(bill.PayeeKey, w.cfg.Network.Hash(bill))
	return bill, memo, err
}

// Hello is how a payee introduces itself: the anchors whose money it takes, and its card at each.
func (w *Wallet) Hello() (accepted []protocol.AccountID, cards *protocol.Bundle) {
	w.mu.Lock()
	defer w.mu.Unlock()
	cards = protocol.NewBundle(w.cfg.Network)
	for _, p := range w.state.all() {
		if p.Phase == PurseOpen {
			accepted = append(accepted, p.Enrolment.Anchor)
			cards.AddRoot(p.Card)
		}
	}
	return accepted, cards
}
