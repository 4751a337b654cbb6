package anchor_test

import (
	"testing"

	"kula/protocol"
)

// What the bank advanced comes back from the position it was advanced for, and from nothing else.

func TestAnAdvanceIsPaidBackByItsOwnPositionOnly(t *testing.T) {
	w := newWorld(t, covering(1000, 1000, 0))
	w.guarantee(1000)
	ana, ben := w.misled("ana", 100), w.person("ben")
	lower := ana.pay(ben.bill(150))                                                         // position 150
	upper := ana.pay(ben.billFrom(func(b *protocol.Bill) { b.ExpiresAt -= 10 * day }, 100)) // position 250, due first
	w.redeem(lower, upper)
	w.pass(57*day + 1)
	w.tend()
	w.honoured(upper)
	ana.owes(0, 100)
	w.problem(lower, "parked")
	ana.load(50) // for the lower one, though that is not yet due
	w.honoured(lower)
	ana.owes(0, 100)
	ana.load(30)
	ana.owes(0, 70)
	ana.load(100)
	ana.owes(0, 0)
	ana.holds(30)
	w.audit()
}

func TestWhatLapsesBelowBringsAnAdvanceWithinFunds(t *testing.T) {
	w := newWorld(t, covering(1000, 1000, 0))
	w.guarantee(1000)
	ana, ben := w.misled("ana", 100), w.person("ben")
	ana.pay(ben.bill(60)) // never brought
	over := ana.pay(ben.bill(80))
	w.problem(over, "parked")
	w.ends()
	w.honoured(over) // short by 40
	w.pass(60*day + 1)
	w.tend()
	ana.owes(0, 40) // her sheet is over, but she may still state what she spent
	ana.holds(60)
	ana.refresh() // a position above both: the first has lapsed
	ana.owes(0, 0)
	ana.sync()
	ana.available(20)
	ana.holds(20) // all of it can be spent
	w.audit()
}

func TestMoneyForWhatIsStillToComePaysNothingBack(t *testing.T) {
	w := newWorld(t, covering(1000, 1000, 0))
	w.guarantee(1000)
	ana, ben := w.misled("ana", 100), w.person("ben")
	unseen := ana.pay(ben.bill(60))
	over := ana.pay(ben.billFrom(shortBill(30), 80)) // position 140
	w.problem(over, "parked")
	w.pass(37*day + 1)
	w.tend()
	w.honoured(over)
	ana.owes(0, 40)
	ana.load(10)
	ana.owes(0, 30)
	ana.holds(60)
	w.honoured(unseen) // it was for this one
	ana.holds(0)
	ana.owes(0, 30)
	w.audit()
}

func TestInPartAndWithALapseBelow(t *testing.T) {
	w := newWorld(t, covering(40, 1000, 0))
	w.guarantee(1000)
	ana, ben := w.misled("ana", 50), w.person("ben")
	ana.pay(ben.bill(20)) // never brought
	over := ana.pay(ben.bill(100))
	w.problem(over, "parked")
	w.ends()
	w.dishonoured(over, protocol.ReasonUncovered, 30+40)
	w.pass(60*day + 1)
	w.tend()
	ana.refresh() // now the first has lapsed: 70 were paid, and 50 loaded
	ana.owes(0, 20)
	ana.holds(0)
	ana.load(25)
	ana.owes(0, 0)
	ana.sync()
	ana.available(5)
	w.audit()
}
