package ledger

import (
	"bytes"
	"fmt"
	"slices"

	"kula/money"
)

// Line is one account's balance in a trial balance.
type Line struct {
	Asset   money.Asset
	Account Account
	Balance money.Amount
}

// Trial is a trial balance, from Books or from any store that keeps balances.
type Trial []Line

// Check reports the first invariant that does not hold: an account twice (ErrPostings), a balance
// that its account cannot have (ErrOverdrawn), or halves of the books that do not come to zero
// (ErrUnbalanced), which is to say a reserve that differs from what is owed less what was lent.
func (t Trial) Check() error {
	sums := map[money.Asset]*halves{}
	seen := map[line]bool{}
	for _, l := range t {
		if seen[line{l.Asset, l.Account}] {
			return fmt.Errorf("%w: %s twice", ErrPostings, l.Account)
		}
		seen[line{l.Asset, l.Account}] = true
		if sums[l.Asset] == nil {
			sums[l.Asset] = &halves{}
		}
		if err := l.check(sums[l.Asset]); err != nil {
			return fmt.Errorf("%s: %w", l.Asset.CodeString(), err)
		}
	}
	for asset, sum := range sums {
		if err := sum.check(); err != nil {
			return fmt.Errorf("%s: %w", asset.CodeString(), err)
		}
	}
	return nil
}

func (l Line) check(sums *halves) error {
	if err := l.Account.Check(); err != nil {
		return err
	}
	if err := l.Account.CheckBalance(l.Balance); err != nil {
		return err
	}
	return sums.add(Posting{l.Account, l.Balance})
}

// Reserve is what the books say is on the deposit account on Stellar.
func (t Trial) Reserve(asset money.Asset) money.Amount {
	for _, l := range t {
		if l.Asset == asset && l.Account == Reserve {
			return l.Balance
		}
	}
	return 0
}

// Difference says that the deposit account on Stellar holds another amount than the books.
type Difference struct {
	Asset           money.Asset
	Books, Observed money.Amount
}

// String tells an officer what to look for.
func (d Difference) String() string {
	return fmt.Sprintf("%s: the books say %s is in reserve, the ledger says %s", d.Asset.CodeString(), d.Books, d.Observed)
}

// Reconcile compares the reserve with what was observed on Stellar and returns every asset for
// which they differ. A payout that the network has and the books do not yet is such a difference:
// compare when none is under way, or expect it.
func (t Trial) Reconcile(observed map[money.Asset]money.Amount) []Difference {
	assets := map[money.Asset]bool{}
	for asset := range observed {
		assets[asset] = true
	}
	for _, l := range t {
		assets[l.Asset] = true
	}
	var differences []Difference
	for asset := range assets {
		if d := (Difference{asset, t.Reserve(asset), observed[asset]}); d.Books != d.Observed {
			differences = append(differences, d)
		}
	}
	slices.SortFunc(differences, func(a, b Difference) int { return compareAssets(a.Asset, b.Asset) })
	return differences
}

func compareAssets(a, b money.Asset) int {
	if c := bytes.Compare(a.Code[:], b.Code[:]); c != 0 {
		return c
	}
	return bytes.Compare(a.Issuer[:], b.Issuer[:])
}
