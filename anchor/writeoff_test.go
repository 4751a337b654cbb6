package anchor_test

import (
	"testing"

	"kula/ledger"
	"kula/protocol"
)

// overdrawn is misled Ana, who paid 150 with 100: the bank lends 30 of what is missing, and its guarantee pays 20.
func overdrawn(w *world) *person {
	w.t.Helper()
	ana, ben := w.misled("ana", 100), w.person("ben")
	w.problem(ana.pay(ben.bill(150)), "parked")
	w.ends()
	ana.owes(30, 20)
	return ana
}

func TestWrittenOffAtItsEnd(t *testing.T) {
	w := newWorld(t, covering(1000, 1000, 30))
	w.guarantee(1000)
	ana := overdrawn(w)
	next := w.newPhone(ana, "ana's next phone")
	refused(t, w.bank.WriteOff(w.ctx, ana.id), "purse_not_ended") // money may still come in for it
	ok(t, w.bank.Revoke(w.ctx, ana.id, next.id))
	refused(t, w.bank.WriteOff(w.ctx, ana.id), "purse_not_ended") // or somebody with a payment of hers
	ana.load(10)                                                  // comes back first, at the end
	w.pass(140 * day)
	ok(t, w.bank.WriteOff(w.ctx, ana.id))
	ana.owes(0, 0)
	w.stands(ledger.Claims, 0)
	w.stands(ledger.Guarantee, -(1000 - 20 - 20)) // it bears what is left of the loan as well: no fees were earned
	w.audit()
	refused(t, w.bank.WriteOff(w.ctx, ana.id), "bad_request") // once
	ana.load(5)                                               // hers again
	w.tend()
	ana.holds(0)
	next.holds(5)
	w.stands(ledger.Guarantee, -960)
	w.audit()
}

// TestFeesMakeGoodWhatWasLent: the bank's own earnings first.
func TestFeesMakeGoodWhatWasLent(t *testing.T) {
	w := newWorld(t, covering(1000, 1000, 30), func(w *world) {
		terms := w.terms
		w.terms = func(c *protocol.Charter) {
			terms(c)
			c.Assets[0].Load = protocol.Fee{Flat: 10}
		}
	})
	w.guarantee(1000)
	ana, ben := w.misled("ana", 110), w.person("ben")
	w.problem(ana.pay(ben.bill(150)), "parked")
	w.ends()
	ana.owes(30, 20)
	ok(t, w.bank.Revoke(w.ctx, ana.id, protocol.PurseID{}))
	w.pass(140 * day)
	ok(t, w.bank.WriteOff(w.ctx, ana.id))
	ana.owes(0, 0)
	w.stands(ledger.Fees, 0)
	w.stands(ledger.Guarantee, -(1000 - 20 - 20))
	w.audit()
}

// TestALossMustBeCovered: customers' money that was lent is not written off against nobody.
func TestALossMustBeCovered(t *testing.T) {
	w := newWorld(t, covering(1000, 1000, 50))
	ana, ben := w.misled("ana", 100), w.person("ben")
	w.problem(ana.pay(ben.bill(150)), "parked")
	w.ends()
	ana.owes(50, 0)
	ok(t, w.bank.Revoke(w.ctx, ana.id, protocol.PurseID{}))
	w.pass(140 * day)
	refused(t, w.bank.WriteOff(w.ctx, ana.id), "loss_not_covered")
	ana.owes(50, 0)
	w.guarantee(49)
	refused(t, w.bank.WriteOff(w.ctx, ana.id), "loss_not_covered")
	w.guarantee(1)
	ok(t, w.bank.WriteOff(w.ctx, ana.id))
	ana.owes(0, 0)
	w.stands(ledger.Guarantee, 0)
	w.audit()
}

// TestALossCountsAgainstTheCap: who cost the bank all that one account may gets nothing for another purse of it.
func TestALossCountsAgainstTheCap(t *testing.T) {
	w := newWorld(t, covering(1000, 20, 30))
	w.guarantee(1000)
	ana := overdrawn(w)
	ok(t, w.bank.Revoke(w.ctx, ana.id, protocol.PurseID{}))
	w.pass(140 * day)
	ok(t, w.bank.WriteOff(w.ctx, ana.id))
	second, cem := w.newPhone(ana, "ana's second purse"), w.person("cem")
	second.load(100)
	second.refresh()
	w.mislead(second, "who cheated ana again")
	over := second.pay(cem.bill(150))
	w.problem(over, "parked")
	w.ends()
	second.owes(0, 0)
	w.dishonoured(over, protocol.ReasonUncovered, 100)
	w.audit()
}

// TestACheatIsWrittenOff: its claim ends, and the room for its victims does not open anew.
func TestACheatIsWrittenOff(t *testing.T) {
	w := newWorld(t, covering(60, 100, 0))
	w.guarantee(1000)
	ana, ben, cem := w.loaded("ana", 100), w.person("ben"), w.person("cem")
	w.honoured(ana.pay(ben.bill(100)))
	w.problem(ana.fork(cem.bill(100)), "parked")
	w.ends()
	ana.owes(0, 60)
	ana.load(10) // still in her purse when it ends: the guarantee has it first
	w.pass(140 * day)
	ok(t, w.bank.WriteOff(w.ctx, ana.id))
	ana.owes(0, 0)
	ana.holds(0)
	w.stands(ledger.Claims, 0)
	w.stands(ledger.Guarantee, -950)
	w.audit()
}
