package stellar_test

import (
	"errors"
	"testing"

	"kula/anchor"
	"kula/money"
	"kula/stellar"
)

func TestPayout(t *testing.T) {
	b := open(t)
	ana := b.person(0)
	e := b.prepare(b.transfer(ana.Address(), 5*money.Unit), b.transfer(ana.Address(), money.Unit))
	got := b.submit(e, anchor.Applied)
	if got.Ledger == 0 || got.At == 0 || got.FeePaid != 300 || got.Code != "tx_fee_bump_inner_success" && got.Code != "tx_success" {
		t.Errorf("result %+v", got)
	}
	if held := b.holds(ana.Address()); held != 6*money.Unit {
		t.Errorf("the payee holds %s", held)
	}
	found, err := b.rail.Lookup(t.Context(), e.Hash)
	if err != nil || found.Verdict != anchor.Applied || found.Ledger != got.Ledger {
		t.Errorf("lookup: %+v, %v", found, err)
	}
	if again := b.submit(e, anchor.Applied); again.Ledger != got.Ledger {
		t.Errorf("submitted again: %+v", again)
	}
	if held := b.holds(ana.Address()); held != 6*money.Unit {
		t.Errorf("the payee was paid twice: %s", held)
	}
}

func TestMoreThanHundredTransfersAreRefused(t *testing.T) {
	b := open(t)
	ana := b.person(0)
	many := make([]anchor.Transfer, 101)
	for i := range many {
		many[i] = b.transfer(ana.Address(), 1)
	}
	for _, n := range []int{0, 101} {
		if _, err := b.rail.Prepare(t.Context(), many[:n], ""); !errors.Is(err, stellar.ErrTooMany) {
			t.Errorf("%d transfers: %v", n, err)
		}
	}
	b.submit(b.prepare(many[:100]...), anchor.Applied)
	if held := b.holds(ana.Address()); held != 100 {
		t.Errorf("a hundred payments of a stroop came to %s", held)
	}
}
