package ledger

import (
	"fmt"
	"math"
	"slices"

	"kula/money"
)

// Posting is an amount on an account: a debit when positive, a credit when negative.
type Posting struct {
	Account Account
	Amount  money.Amount
}

// Header is what every transaction says about itself.
type Header struct {
	Asset     money.Asset
	Time      uint64 // Unix seconds, of the first time it was booked
	Reference string // what caused it: an entry's hash, a Stellar operation, a payout; part of its ID
}

// Transaction is one thing that happened to the books of one asset. The functions in this package
// named after what happens (Load, Honour, …) make good ones.
type Transaction struct {
	Header
	Kind     Kind
	Postings []Posting // sorted by account, one for each
}

// ID tells the transaction apart from all others: "honour:0123…".
func (t Transaction) ID() string { return string(t.Kind) + ":" + t.Reference }

// Same reports whether two transactions book the same; when they were booked does not matter.
func (t Transaction) Same(o Transaction) bool {
	return t.ID() == o.ID() && t.Asset == o.Asset && slices.Equal(t.Postings, o.Postings)
}

// Check reports what is wrong with a transaction by itself: ErrReference, ErrPostings, ErrAccount,
// ErrUnbalanced, money.ErrAsset or money.ErrOverflow.
func (t Transaction) Check() error {
	if !t.Kind.known() || !plain(t.Reference) {
		return fmt.Errorf("%w: %q", ErrReference, t.ID())
	}
	if err := t.Asset.Check(); err != nil {
		return fmt.Errorf("%s: %w", t.ID(), err)
	}
	if len(t.Postings) < 2 {
		return fmt.Errorf("%w: %s", ErrPostings, t.ID())
	}
	if err := t.checkPostings(); err != nil {
		return fmt.Errorf("%s: %w", t.ID(), err)
	}
	return nil
}

func (t Transaction) checkPostings() error {
	var sums halves
	for i, p := range t.Postings {
		if err := p.Account.Check(); err != nil {
			return err
		}
		if p.Amount == 0 || (i > 0 && t.Postings[i-1].Account.Compare(p.Account) >= 0) {
			return fmt.Errorf("%w: %s", ErrPostings, p.Account)
		}
		if err := sums.add(p); err != nil {
			return err
		}
	}
	return sums.check()
}

// halves sums the trust's and the anchor's own postings apart, and the notes beside them, for each must
// come to zero.
type halves struct{ trust, own, noted money.Amount }

func (h *halves) add(p Posting) (err error) {
	half := &h.trust
	switch {
	case p.Account.Own():
		half = &h.own
	case p.Account.Noted():
		half = &h.noted
	}
	*half, err = plus(*half, p.Amount)
	return err
}

func (h *halves) check() error {
	if h.trust != 0 || h.own != 0 || h.noted != 0 {
		return fmt.Errorf("%w: in trust by %s, own by %s, notes by %s", ErrUnbalanced, h.trust, h.own, h.noted)
	}
	return nil
}

// plus adds two signed amounts. The one int64 that has no opposite is refused too, so that every
// balance can be turned around.
func plus(a, b money.Amount) (money.Amount, error) {
	sum, err := a.Add(b)
	if err != nil || sum == math.MinInt64 {
		return 0, money.ErrOverflow
	}
	return sum, nil
}
