package anchor_test

import (
	"testing"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
)

// One purse must not be able to stop the bank's work for all others: what a phone may sign, however
// absurd, never makes a later load, sync or Tend fail.

// TestAttackHugeStatement has a phone state that it spent nearly all money that numbers can express.
func TestAttackHugeStatement(t *testing.T) {
	w := newWorld(t)
	mallory, alice := w.person("mallory"), w.person("alice")
	mallory.spent = 1<<63 - 100
	w.syncAs(nil, 0, mallory.statement())
	mallory.load(200)
	alice.load(300)
	alice.holds(300)
	mallory.holds(200)
	mallory.refresh()
	mallory.available(200)
	w.tend()
	w.audit()
}

// TestClockBackAfterLapse: the anchor's clock falls back behind a lapse. What lapsed is not honoured
// after all, for its payer may have spent it again.
func TestClockBackAfterLapse(t *testing.T) {
	w := newWorld(t)
	alice, bob, carol := w.person("alice"), w.person("bob"), w.person("carol")
	alice.load(1000)
	alice.refresh()
	unseen := alice.pay(bob.bill(1000))
	alice.refresh()
	w.pass(200 * day)
	w.tend()
	alice.refresh()
	alice.available(1000)
	again := alice.pay(carol.bill(1000))
	w.clock.Store(start + day)
	w.problem(unseen, string(anchor.CodeLate))
	w.honoured(again)
	w.problem(unseen, string(anchor.CodeLate))
	alice.holds(0)
	w.audit()
}

// TestLapseAboveBaseTwice: two lapses in one second that give a sheet nothing more.
func TestLapseAboveBaseTwice(t *testing.T) {
	w := newWorld(t)
	alice, bob := w.person("alice"), w.newPerson("bob", protocol.Circulating)
	alice.load(1000)
	alice.refresh()
	bill := func(days uint64) *protocol.Bill {
		return bob.billFrom(func(b *protocol.Bill) { b.ExpiresAt = w.now() + days*day }, 100)
	}
	w.problem(alice.pay(bill(1)), string(anchor.CodePayeeUnknown))
	w.problem(alice.pay(bill(1)), string(anchor.CodePayeeUnknown))
	w.pass(1*day + protocol.DefaultLifetimes().Grace + 1)
	alice.load(5)
	w.tend()
	w.audit()
}

// TestCharterDropsAsset: money for a currency that the bank no longer serves does not hold up the rest.
func TestCharterDropsAsset(t *testing.T) {
	w := newWorld(t)
	alice := w.person("alice")
	alice.load(1000)
	alice.refresh()
	old := w.asset
	kept, err := money.NewAsset("FJD", protocol.PublicKey(key("issuer")))
	ok(t, err)
	w.asset = kept
	w.cfg.Charter = w.charter(2)
	w.reopen()
	bob := w.person("bob")
	w.rail.Pay(anchor.Incoming{From: account("sender").String(), Asset: old, Amount: 7, MemoID: alice.reference()})
	bob.load(9)
	bob.holds(9)
	alice.holds(1007)
}

// TestPanicReleasesTheWriter: a fault in one job is that job's alone.
func TestPanicReleasesTheWriter(t *testing.T) {
	w := newWorld(t)
	w.cfg.Rand = faulty{}
	w.reopen()
	p := w.newPerson("alice", protocol.Circulating)
	if _, err := w.bank.Enrol(w.ctx, p.auth(), p.enrolment, "alice"); err == nil {
		t.Fatal("enrolled without randomness")
	}
	w.tend() // would wait for ever
}

type faulty struct{}

func (faulty) Read([]byte) (int, error) { panic("no randomness") }

// TestTellerCashNeedsTrustline: cash taken at the counter waits until the deposit account can take it.
func TestTellerCashNeedsTrustline(t *testing.T) {
	w := newWorld(t)
	alice := w.person("alice")
	w.rail.Fund(w.asset, 1000)
	deposit := protocol.Address{Account: account("deposit"), Muxed: true, ID: *alice.reference()}.String()
	w.rail.NoTrustline(deposit)
	_, err := w.bank.TellerIn(w.ctx, anchor.TellerRequest{Purse: alice.id, Amount: 100, Officer: "ruth", Key: "k"})
	ok(t, err)
	w.settle()
	settled, err := w.bank.Payouts(w.ctx, anchor.PayoutSettled)
	ok(t, err)
	if len(settled) != 0 {
		t.Fatalf("the treasury made a claimable balance of it: %+v", settled)
	}
}

// TestLoadThatCannotBeCredited: over its life a purse was loaded with all that a number can express. The load that
// goes beyond is set aside, and those before and behind it are credited.
func TestLoadThatCannotBeCredited(t *testing.T) {
	const half = 1 << 62
	w := newWorld(t, func(w *world) {
		w.terms = func(c *protocol.Charter) {
			l := &c.Assets[0].Tiers[0].Limits
			l.PerBill, l.MaxSpend, l.MaxHolding = half, half, half
		}
	})
	alice, bob := w.person("alice"), w.person("bob")
	alice.load(half)
	alice.refresh()
	offer, err := w.bank.Unload(w.ctx, anchor.UnloadRequest{Purse: alice.id, Amount: half, Destination: account("out").String()})
	ok(t, err)
	w.honoured(alice.pay(offer.Bill))
	w.settle()
	pay := func(p *person, amount money.Amount) {
		w.rail.Pay(anchor.Incoming{From: account("sender").String(), Asset: w.asset, Amount: amount, MemoID: p.reference()})
	}
	pay(bob, 7)
	pay(alice, half)
	pay(bob, 9)
	pay(alice, 11)
	n, err := w.bank.Ingest(w.ctx)
	if err != nil || n != 4 {
		t.Fatal(n, err)
	}
	bob.holds(16)
	alice.holds(11)
	aside, err := w.bank.Suspense(w.ctx)
	if err != nil || len(aside) != 1 || aside[0].Amount != half {
		t.Fatal(aside, err)
	}
	w.audit()
	if err := w.bank.PlaceSuspense(w.ctx, aside[0].Operation, alice.id); err == nil {
		t.Fatal("placed all the same")
	}
	alice.refresh()
	alice.available(11)
	ok(t, w.bank.ReturnSuspense(w.ctx, aside[0].Operation))
	w.settle()
	w.audit()
}

// TestEntryThatCannotBeEnded: a payee was, over its life, loaded with nearly all that a number can express, so that more income
// cannot be counted. The entry that pays it stays open; those that end on the same day do.
func TestEntryThatCannotBeEnded(t *testing.T) {
	const most, half = 1<<63 - 1, 1 << 62
	w := newWorld(t, covering(5000, 50_000, 0), func(w *world) {
		terms := w.terms
		w.terms = func(c *protocol.Charter) {
			terms(c)
			l := &c.Assets[0].Tiers[0].Limits
			l.PerBill, l.MaxSpend = half, most
		}
	})
	rich := w.loaded("rich", half)
	offer, err := w.bank.Unload(w.ctx, anchor.UnloadRequest{Purse: rich.id, Amount: half, Destination: account("out").String()})
	ok(t, err)
	w.honoured(rich.pay(offer.Bill))
	w.settle()
	rich.load(half - 3000)
	w.guarantee(20)
	ana, ben, eve := w.misled("ana", 4000), w.person("ben"), w.misled("eve", 100)
	waits := rich.entry(ben.bill(10), 9, most, 10)
	tooMuch := ana.pay(rich.billFrom(shortBill(30), 9000))
	fine := eve.pay(ben.billFrom(shortBill(30), 120))
	w.redeem(waits, tooMuch, fine)
	w.pass(38 * day)
	w.tend()
	w.honoured(fine)
	w.problem(tooMuch, "parked")
	w.problem(waits, "parked")
	w.audit()
}
