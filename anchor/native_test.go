package anchor_test

import (
	"testing"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
)

// TestPayoutsOfTheNativeAssetOpenAccounts: somebody who was enrolled with words on paper alone has no account on the
// ledger. Enough of the native asset opens one; too little waits there as a claimable balance.
func TestPayoutsOfTheNativeAssetOpenAccounts(t *testing.T) {
	w := newWorld(t, func(w *world) { w.asset = money.Asset{} })
	alice, bob, carol := w.person("alice"), w.personOf("bob", protocol.PayoutKind), w.personOf("carol", protocol.PayoutKind)
	alice.load(10 * money.Unit)
	alice.refresh()
	for _, p := range []*person{bob, carol} {
		w.rail.Absent(p.enrolment.Account.String())
	}
	w.honoured(alice.pay(bob.bill(2 * money.Unit)))
	w.honoured(alice.pay(bob.bill(money.Unit / 10)))
	w.honoured(alice.pay(carol.bill(money.Unit / 10)))
	w.settle()
	settled, err := w.bank.Payouts(w.ctx, anchor.PayoutSettled)
	ok(t, err)
	if len(settled) != 3 || settled[0].Claimable || !settled[2].Claimable {
		t.Fatalf("%+v", settled)
	}
	w.audit()
}
