package anchor_test

import (
	"database/sql"
	"fmt"
	"testing"

	"kula/anchor"
	"kula/ledger"
	"kula/money"
	"kula/protocol"
)

// owed has a proven cheat, for whom nobody stands in, owe a purse so much.
func (w *world) owed(p *person, amount money.Amount) {
	w.t.Helper()
	cheat := w.loaded("cheats "+p.name, 1)
	ok(w.t, w.bank.LowerGuarantee(w.ctx, cheat.id, 0))
	w.honoured(cheat.pay(w.person("pays " + p.name).bill(1)))
	w.problem(cheat.fork(p.bill(amount)), "parked")
}

// TestOneFailureIsCoveredOnce: who was cheated of 30 is covered for 30, in however many payments it signs more than it
// has, and not a second time through friends who take those.
func TestOneFailureIsCoveredOnce(t *testing.T) {
	w := newWorld(t, covering(1000, 1000, 0))
	w.guarantee(1000)
	ana, ben, dina := w.loaded("ana", 100), w.loaded("ben", 10), w.person("dina")
	w.owed(ana, 30)
	once, again := ana.pay(dina.bill(120)), ana.pay(dina.bill(300))
	friends := []*protocol.Payment{ana.pay(ben.bill(300)), ben.pay(dina.bill(200))}
	w.redeem(append(friends, once, again)...)
	w.ends()
	ana.owes(0, 30)
	ben.owes(0, 0)
	w.honoured(once)
	w.dishonoured(again, protocol.ReasonUncovered, 10)
	w.stands(ledger.Guarantee, -970)
}

// TestNobodyHidesACheat: as many as the bank looks at owe an honest payee a little, and enrolled before the cheat.
func TestNobodyHidesACheat(t *testing.T) {
	w := newWorld(t, covering(1000, 1000, 0), scratch)
	w.guarantee(1000)
	ana, dina := w.loaded("ana", 100), w.person("dina")
	var crowd []*protocol.Payment
	for i := range 256 {
		poor := w.person(fmt.Sprint("poor ", i))
		poor.refresh()
		crowd = append(crowd, poor.pay(ana.bill(1)))
	}
	w.redeem(crowd...)
	w.owed(ana, 30)
	over := ana.pay(dina.bill(130))
	w.problem(over, "parked")
	w.ends()
	w.honoured(over)
	ana.owes(0, 30)
}

// queuedByACheat is an unload that was honoured, and whose purse was caught before it went out.
func (w *world) queuedByACheat() (cheat, victim *person, owed *protocol.Payment, payout int64) {
	w.t.Helper()
	cheat, victim = w.loaded("mallory", 100), w.person("ben")
	offer, err := w.bank.Unload(w.ctx, anchor.UnloadRequest{Purse: cheat.id, Amount: 80, Destination: account("out").String()})
	ok(w.t, err)
	w.honoured(cheat.pay(offer.Bill))
	queued, err := w.bank.Payouts(w.ctx, anchor.PayoutQueued)
	ok(w.t, err)
	return cheat, victim, cheat.fork(victim.bill(90)), queued[0].ID
}

func TestAPayoutOfACheatGoesToThoseItOwes(t *testing.T) {
	w := newWorld(t)
	_, ben, owed, payout := w.queuedByACheat()
	refused(t, w.bank.ReturnPayout(w.ctx, payout), "bad_request") // on its way
	w.problem(owed, "parked")
	w.settle()
	refused(t, w.bank.RetryPayout(w.ctx, payout), "bad_request")
	ok(t, w.bank.ReturnPayout(w.ctx, payout))
	refused(t, w.bank.ReturnPayout(w.ctx, payout), "bad_request") // once
	w.honoured(owed)
	ben.holds(90)
	w.settle()
	w.audit()
}

// TestAPayoutIsReturnedWhileItIsPrepared: it does not go out as well.
func TestAPayoutIsReturnedWhileItIsPrepared(t *testing.T) {
	for _, point := range []string{"prepare:after-call", "destination:after-call"} {
		w := newWorld(t)
		_, ben, owed, payout := w.queuedByACheat()
		if point == "destination:after-call" {
			w.rail.DemandMemo(account("out").String())
		}
		w.cfg.Failpoint = func(name string) {
			if name == point && payout != 0 {
				id := payout
				payout = 0
				w.problem(owed, "parked")
				ok(t, w.bank.ReturnPayout(w.ctx, id))
			}
		}
		w.reopen()
		if _, err := w.bank.Settle(w.ctx); err == nil {
			t.Fatal("no complaint")
		}
		w.settle()
		ben.holds(90)
		if paid := w.rail.Paid(account("out").String(), w.asset); paid != 0 {
			t.Fatal("paid out all the same:", paid)
		}
		parked, err := w.bank.Payouts(w.ctx, anchor.PayoutParked)
		if err != nil || len(parked) != 0 {
			t.Fatal("parked all the same:", parked, err)
		}
		w.audit()
	}
}

// damage changes a row of the store behind the bank's back.
func (w *world) damage(statement string, args ...any) {
	w.t.Helper()
	db, err := sql.Open("sqlite", w.path)
	ok(w.t, err)
	_, err = db.ExecContext(w.ctx, statement, args...)
	ok(w.t, err)
	ok(w.t, db.Close())
}

// TestADamagedPurseHoldsUpNobody: what time brings to the others is done all the same.
func TestADamagedPurseHoldsUpNobody(t *testing.T) {
	w := newWorld(t)
	ana, ben, carol := w.loaded("ana", 100), w.loaded("ben", 100), w.person("carol")
	for _, p := range []*person{ana, ben} {
		ok(t, w.bank.Revoke(w.ctx, p.id, carol.id))
	}
	w.damage("UPDATE purse SET successor = 4711 WHERE id = ?", ana.id[:])
	w.pass(200 * day)
	w.tend()
	carol.holds(100)
	w.damage("UPDATE purse SET enrolment = x'00' WHERE id = ?", ana.id[:])
	w.pass(2 * day)
	if w.bank.Tend(w.ctx) == nil {
		t.Fatal("no complaint")
	}
	if w.notice().Time != w.now() {
		t.Fatal("no fresh notice")
	}
}

// TestACheatSignsMoreThanNumbersCanExpress: its sheets end, and those whom it owes are covered.
func TestACheatSignsMoreThanNumbersCanExpress(t *testing.T) {
	const half = 1 << 62
	w := newWorld(t, covering(50, 50, 0), func(w *world) {
		terms := w.terms
		w.terms = func(c *protocol.Charter) {
			terms(c)
			c.Assets[0].Tiers[0].Limits.PerBill, c.Assets[0].Tiers[0].Limits.MaxSpend = half, half
		}
	})
	w.guarantee(100)
	ana, ben := w.person("ana"), w.loaded("ben", 100)
	ana.refresh()
	ok(t, w.bank.LowerGuarantee(w.ctx, ana.id, 0))
	for range 3 {
		w.redeem(ana.fork(ben.bill(half)))
		ana.seq++
	}
	carol := w.person("carol")
	over := ben.pay(carol.bill(130))
	w.problem(over, "parked")
	ana.sync(ana.statement())
	w.ends()
	w.honoured(over)
	ben.owes(0, 30)
	w.pass(200 * day)
	w.tend()
	w.audit()
	ok(t, w.store.View(w.ctx, func(r anchor.Reader) error {
		if left, err := r.SheetsToClose(w.now()-50*day, 9); err != nil || len(left) != 0 {
			t.Fatalf("%d sheets do not end: %v", len(left), err)
		}
		return nil
	}))
}
