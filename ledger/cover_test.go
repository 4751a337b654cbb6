package ledger_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"kula/ledger"
	"kula/money"

	"pgregory.net/rapid"
)

// covers says in plain numbers what the guarantee and the credit lines of two purses should come to.
type covers struct {
	reserve, guarantee money.Amount
	purse, claim, loan [2]money.Amount
	held               money.Amount
}

// act draws one thing that may happen to them. It reports whether the money for it is there.
func (c *covers) act(t *rapid.T, reference string) (ledger.Transaction, bool) {
	h := head(reference)
	amount := money.Amount(rapid.Int64Range(1, 50).Draw(t, "amount"))
	p := rapid.IntRange(0, 1).Draw(t, "purse")
	id := [32]byte{byte(p)}
	move := func(from, to *money.Amount) bool {
		if *from < amount {
			return false
		}
		*from -= amount
		*to += amount
		return true
	}
	switch rapid.IntRange(0, 8).Draw(t, "act") {
	case 0:
		c.reserve += amount
		c.guarantee += amount
		return must(ledger.GuaranteeFunded(h, amount)), true
	case 1:
		possible := move(&c.guarantee, &c.purse[p])
		if possible {
			c.claim[p] += amount
		}
		return must(ledger.GuaranteePaid(h, id, amount)), possible
	case 2:
		possible := c.claim[p] >= amount && move(&c.purse[p], &c.guarantee)
		if possible {
			c.claim[p] -= amount
		}
		return must(ledger.GuaranteeRepaid(h, id, amount)), possible
	case 3:
		c.purse[p] += amount
		c.loan[p] += amount
		return must(ledger.Lend(h, id, amount)), true
	case 4:
		possible := c.loan[p] >= amount && c.purse[p] >= amount
		if possible {
			c.purse[p] -= amount
			c.loan[p] -= amount
		}
		return must(ledger.LoanRepaid(h, id, amount)), possible
	case 5:
		return must(ledger.PaidInPart(h, id, [32]byte{byte(1 - p)}, amount)), move(&c.purse[p], &c.purse[1-p])
	case 8: // some of a loan at the guarantee's cost, and some of a claim
		possible := c.loan[p] >= amount && c.guarantee >= amount && c.claim[p] >= amount
		if possible {
			c.loan[p], c.guarantee, c.claim[p] = c.loan[p]-amount, c.guarantee-amount, c.claim[p]-amount
		}
		return must(ledger.WrittenOff(h, id, ledger.Loss{Guarantee: amount, Claim: amount})), possible
	case 6:
		return must(ledger.Held(h, id, "entry", amount)), move(&c.purse[p], &c.held)
	default:
		c.reserve += amount
		c.purse[p] += amount
		return must(ledger.Load(h, id, amount, 0)), true
	}
}

func (c *covers) compare(t *rapid.T, b *ledger.Books) {
	want := map[ledger.Account]money.Amount{
		ledger.Reserve: c.reserve, ledger.Guarantee: -c.guarantee, ledger.Claims: -c.claim[0] - c.claim[1], ledger.Payout("entry"): -c.held,
	}
	for i := range c.purse {
		id := [32]byte{byte(i)}
		want[ledger.Purse(id)], want[ledger.Claim(id)], want[ledger.Credit(id)] = -c.purse[i], c.claim[i], c.loan[i]
	}
	for account, balance := range want {
		if got := b.Balance(account, vuv); got != balance {
			t.Fatalf("%s stands at %s, want %s", account, got, balance)
		}
	}
}

func TestPropertyAdvancesConserveMoney(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c covers
		books := ledger.NewBooks()
		for i := range rapid.IntRange(1, 60).Draw(t, "length") {
			tx, possible := c.act(t, fmt.Sprint("ref-", i))
			booked, err := books.Apply(tx)
			if booked != possible || (err == nil) != possible || (!possible && !errors.Is(err, ledger.ErrOverdrawn)) {
				t.Fatalf("%s: booked %t, %v; possible %t", tx.ID(), booked, err, possible)
			}
			c.compare(t, books)
			checkTrial(t, books.Trial(), c.reserve)
			lent := c.loan[0] + c.loan[1]
			if c.reserve != c.purse[0]+c.purse[1]+c.guarantee+c.held-lent {
				t.Fatal("the reserve is not what is owed less what was lent")
			}
		}
	})
}

func TestAPayoutOfWhatWasHeld(t *testing.T) {
	books, id := ledger.NewBooks(), [32]byte{1}
	for _, tx := range []ledger.Transaction{
		must(ledger.Load(head("op"), id, 100, 0)),
		must(ledger.Held(head("entry/0"), id, "entry", 30)),
		must(ledger.PayoutOfHeld(head("entry"), id, "7", 30, 20, 5)),
	} {
		if booked, err := books.Apply(tx); !booked || err != nil {
			t.Fatal(tx.ID(), err)
		}
	}
	for account, owed := range map[ledger.Account]money.Amount{
		ledger.Purse(id): 50, ledger.Payout("entry"): 0, ledger.Payout("7"): 45, ledger.Fees: 5,
	} {
		if got := books.Owed(account, vuv); got != owed {
			t.Errorf("%s: %s, not %s", account, got, owed)
		}
	}
	again := must(ledger.PayoutOfHeld(head("entry"), id, "8", 30, 20, 5))
	if _, err := books.Apply(again); !errors.Is(err, ledger.ErrConflict) {
		t.Error("an entry was paid out twice:", err)
	}
}

func TestAPayoutOfWhatWasHeldNeedsNoRest(t *testing.T) {
	if _, err := ledger.PayoutOfHeld(head("x"), [32]byte{1}, "7", 5, 0, 1); err != nil {
		t.Error(err)
	}
}

func TestAdvancesRefuse(t *testing.T) {
	id := [32]byte{1}
	for name, make := range map[string]func() (ledger.Transaction, error){
		"nothing paid":      func() (ledger.Transaction, error) { return ledger.GuaranteePaid(head("x"), id, 0) },
		"less than nothing": func() (ledger.Transaction, error) { return ledger.GuaranteeRepaid(head("x"), id, -1) },
		"nothing held":      func() (ledger.Transaction, error) { return ledger.PayoutOfHeld(head("x"), id, "7", 0, 5, 0) },
		"less than no rest": func() (ledger.Transaction, error) { return ledger.PayoutOfHeld(head("x"), id, "7", 5, -1, 0) },
		"all fee":           func() (ledger.Transaction, error) { return ledger.PayoutOfHeld(head("x"), id, "7", 5, 5, 10) },
		"too much": func() (ledger.Transaction, error) {
			return ledger.PayoutOfHeld(head("x"), id, "7", math.MaxInt64, 1, 0)
		},
	} {
		if tx, err := make(); !errors.Is(err, ledger.ErrAmount) {
			t.Errorf("%s: %+v, %v", name, tx, err)
		}
	}
}

func TestNotesBalanceByThemselves(t *testing.T) {
	id := [32]byte{1}
	for name, postings := range map[string][]ledger.Posting{
		"a claim for money": {{ledger.Purse(id), -5}, {ledger.Claim(id), 5}},
		"half a note":       {{ledger.Purse(id), -5}, {ledger.Guarantee, 5}, {ledger.Claim(id), 5}},
	} {
		tx := ledger.Transaction{Header: head("x"), Kind: ledger.KindGuaranteePaid, Postings: postings}
		if err := tx.Check(); !errors.Is(err, ledger.ErrUnbalanced) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
