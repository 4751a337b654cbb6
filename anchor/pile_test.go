package anchor_test

import (
	"testing"

	"kula/anchor"
	"kula/protocol"
)

// TestAttackAMountainOfParkedPayments: a payer signs without end what it has no money for. What it can
// make the bank keep, and look at whenever a stroop comes in, is bounded; what it has money for is paid.
func TestAttackAMountainOfParkedPayments(t *testing.T) {
	w := newWorld(t)
	mallory, bob := w.person("mallory"), w.person("bob")
	mallory.load(1)
	mallory.refresh()
	good := mallory.pay(bob.bill(1))
	for range 10 {
		var batch []*protocol.Payment
		for range 1000 {
			batch = append(batch, mallory.pay(bob.bill(2)))
		}
		ok(t, w.bank.StoreOnly(w.ctx, batch))
	}
	over := mallory.pay(bob.bill(2))
	w.problem(over, string(anchor.CodeParkedFull))
	w.honoured(good)
	mallory.load(2)
	w.problem(over, string(anchor.CodeParked))
	bob.holds(3)
	w.audit()
}
