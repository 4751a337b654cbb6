package ledger

import (
	"cmp"
	"fmt"
	"slices"

	"kula/money"
)

// Books is the whole of an anchor's books in memory. It is not safe for concurrent use.
type Books struct {
	balances map[line]money.Amount
	booked   map[string]Transaction
}

type line struct {
	asset   money.Asset
	account Account
}

// NewBooks returns empty books.
func NewBooks() *Books {
	return &Books{balances: map[line]money.Amount{}, booked: map[string]Transaction{}}
}

// Apply books a transaction. It reports false, and no error, when the same was booked before;
// ErrConflict when something else was booked under its ID; ErrOverdrawn or money.ErrOverflow when
// a balance would become impossible; or what Check finds. Unless it reports true, nothing changed.
func (b *Books) Apply(t Transaction) (bool, error) {
	if err := t.Check(); err != nil {
		return false, err
	}
	if before, ok := b.booked[t.ID()]; ok {
		if !before.Same(t) {
			return false, fmt.Errorf("%w: %s", ErrConflict, t.ID())
		}
		return false, nil
	}
	after, err := b.after(t)
	if err != nil {
		return false, err
	}
	for i, p := range t.Postings {
		b.balances[line{t.Asset, p.Account}] = after[i]
	}
	t.Postings = slices.Clone(t.Postings)
	b.booked[t.ID()] = t
	return true, nil
}

// after computes the balances that the transaction leads to, in the order of its postings.
func (b *Books) after(t Transaction) ([]money.Amount, error) {
	after := make([]money.Amount, len(t.Postings))
	for i, p := range t.Postings {
		sum, err := plus(b.Balance(p.Account, t.Asset), p.Amount)
		if err == nil {
			err = p.Account.CheckBalance(sum)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.ID(), err)
		}
		after[i] = sum
	}
	return after, nil
}

// Balance is the sum of all postings on an account: positive for what the anchor has, negative for
// what it owes.
func (b *Books) Balance(account Account, asset money.Asset) money.Amount {
	return b.balances[line{asset, account}]
}

// Owed is what the anchor owes by an account: its balance turned around.
func (b *Books) Owed(account Account, asset money.Asset) money.Amount {
	return -b.Balance(account, asset)
}

// Trial is the trial balance: every account whose balance is not zero.
func (b *Books) Trial() Trial {
	var trial Trial
	for l, balance := range b.balances {
		if balance != 0 {
			trial = append(trial, Line{l.asset, l.account, balance})
		}
	}
	slices.SortFunc(trial, compareLines)
	return trial
}

func compareLines(a, b Line) int {
	return cmp.Or(compareAssets(a.Asset, b.Asset), a.Account.Compare(b.Account))
}
