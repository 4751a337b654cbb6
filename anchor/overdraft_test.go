package anchor_test

import (
	"testing"

	"kula/anchor"
	"kula/ledger"
	"kula/money"
	"kula/protocol"

	"pgregory.net/rapid"
)

// What becomes of an overdrawn purse: docs/overdraft.md, rule by rule.

// covering gives the bank a guarantee per bill, a cap for each failing purse and a credit line.
func covering(perBill, limit, line money.Amount) option {
	return func(w *world) {
		w.terms = func(c *protocol.Charter) {
			a := &c.Assets[0]
			a.CapPerPurse, a.CreditLine = limit, line
			a.Tiers[0].Limits.Guaranteed = perBill
		}
	}
}

// guarantee has somebody pay into the guarantee.
func (w *world) guarantee(amount money.Amount) {
	w.t.Helper()
	reference := uint64(anchor.GuaranteeReference)
	w.rail.Pay(anchor.Incoming{From: account("donor").String(), Asset: w.asset, Amount: amount, MuxedID: &reference})
	_, err := w.bank.Ingest(w.ctx)
	ok(w.t, err)
}

// stands checks what an account of the books stands at.
func (w *world) stands(a ledger.Account, want money.Amount) {
	w.t.Helper()
	ok(w.t, w.store.View(w.ctx, func(r anchor.Reader) error {
		stands(w.t, r, a, w.asset, want)
		return nil
	}))
}

func stands(t rapid.TB, r anchor.Reader, a ledger.Account, asset money.Asset, want money.Amount) {
	t.Helper()
	if have, err := r.Balance(a, asset); err != nil || have != want {
		t.Fatalf("%s stands at %d, not %d: %v", a, have, want, err)
	}
}

// paidOut checks what reached somebody's account on Stellar.
func (w *world) paidOut(name string, want money.Amount) {
	w.t.Helper()
	if paid := w.rail.Paid(account(name).String(), w.asset); paid != want {
		w.t.Fatalf("%d was paid out to %s, not %d", paid, name, want)
	}
}

// ends lets deadlines and grace of what was signed today pass, and looks after the books.
func (w *world) ends() {
	w.t.Helper()
	w.pass(67*day + 1)
	w.tend()
	w.audit()
}

// dishonoured wants a payment dishonoured with so much of it covered.
func (w *world) dishonoured(p *protocol.Payment, reason protocol.Reason, covered money.Amount) *protocol.Receipt {
	w.t.Helper()
	r := w.redeem(p)[0].Receipt
	if r == nil || r.Outcome != protocol.Dishonoured || r.Reason != reason || r.Covered != covered {
		w.t.Fatalf("want dishonoured for reason %v with %d covered, have %+v", reason, covered, r)
	}
	return r
}

func (p *person) owes(credit, guarantee money.Amount) {
	p.w.t.Helper()
	p.w.stands(ledger.Credit(p.id), credit)
	p.w.stands(ledger.Claim(p.id), guarantee)
	if v := p.view(); v.CreditUsed != credit || v.GuaranteePaid != guarantee {
		p.w.t.Fatalf("%s owes %d and %d, not %d and %d", p.name, v.CreditUsed, v.GuaranteePaid, credit, guarantee)
	}
}

// misled is loaded, and somebody who is proven to have cheated owes it a fortune, for which nobody stands in:
// if it is overdrawn, that is the reason.
func (w *world) misled(name string, amount money.Amount) *person {
	w.t.Helper()
	p := w.loaded(name, amount)
	w.mislead(p, "who cheated "+name)
	return p
}

func (w *world) mislead(p *person, name string) {
	w.t.Helper()
	cheat := w.person(name)
	ok(w.t, w.bank.LowerGuarantee(w.ctx, cheat.id, 0))
	cheat.refresh()
	for _, owed := range []*protocol.Payment{cheat.pay(p.bill(1e6)), cheat.fork(p.bill(1e6))} {
		w.problem(owed, "parked")
	}
}

func TestTheExampleOfTheOverdraft(t *testing.T) {
	w := newWorld(t, covering(5_000, 50_000, 0))
	w.guarantee(100_000)
	ana, ben, carol, dina := w.loaded("ana", 20_000), w.loaded("ben", 4_000), w.person("carol"), w.person("dina")
	toCarol := ana.pay(carol.bill(20_000))
	toBen := ana.fork(ben.bill(20_000))
	toDina := ben.pay(dina.bill(10_000))

	w.honoured(toCarol)
	out := w.redeem(toDina, toBen)
	if out[0].Problem.Code != "parked" || out[1].Problem.Code != "parked" {
		t.Fatalf("%+v", out)
	}
	if ana.view().State != "contradicted" {
		t.Fatal(ana.view().State)
	}
	ben.holds(9_000) // at once
	ana.owes(0, 5_000)

	w.ends()
	w.dishonoured(toBen, protocol.ReasonIncompatible, 5_000)
	w.honoured(toDina)
	if news := ben.sync().Bundle; len(protocol.All[*protocol.FraudProof](news)) != 1 || len(protocol.All[*protocol.Entry](news)) < 2 {
		t.Fatal("the receipt came without the evidence")
	}
	ben.owes(0, 1_000)
	ben.load(3_000)
	w.audit()
	for a, want := range map[ledger.Account]money.Amount{
		ledger.Reserve: 127_000, ledger.Purse(ana.id): 0, ledger.Purse(ben.id): -2_000, ledger.Purse(carol.id): -20_000,
		ledger.Purse(dina.id): -10_000, ledger.Guarantee: -95_000, ledger.Claim(ana.id): 5_000, ledger.Claim(ben.id): 0, ledger.Claims: -5_000,
	} {
		w.stands(a, want)
	}
	ben.refresh()
	ben.available(2_000)
}

func TestTheExampleWithoutAGuarantee(t *testing.T) {
	w := newWorld(t)
	ana, ben, carol, dina := w.loaded("ana", 20_000), w.loaded("ben", 4_000), w.person("carol"), w.person("dina")
	w.honoured(ana.pay(carol.bill(20_000)))
	toDina := ben.pay(dina.bill(10_000))
	w.redeem(ana.fork(ben.bill(20_000)), toDina)
	w.ends()
	w.dishonoured(toDina, protocol.ReasonUncovered, 4_000) // what was ben's own
	ben.holds(0)
	ben.load(100)
	ben.refresh()
	ben.available(100) // the rest has lapsed: he starts anew
}

// TestNobodyIsCoveredForWhatNoHonestPayeeWouldHaveTaken: signing more than there is, in a circle too, is no reason.
func TestNobodyIsCoveredForWhatNoHonestPayeeWouldHaveTaken(t *testing.T) {
	w := newWorld(t, covering(1000, 1000, 1000))
	w.guarantee(1000)
	ana, ben, carol := w.loaded("ana", 100), w.loaded("ben", 100), w.person("carol")
	circle := []*protocol.Payment{ana.pay(ben.bill(500)), ben.pay(ana.bill(500))}
	over := []*protocol.Payment{ana.pay(carol.bill(70)), ben.pay(carol.bill(70))}
	w.redeem(append(circle, over...)...)
	w.ends()
	for _, p := range []*person{ana, ben} {
		p.owes(0, 0)
	}
	w.stands(ledger.Guarantee, -1000)
	w.audit()
}

// TestOnlyWhatFailedIsCovered: a small loss does not excuse a large debt, and income that came too late excuses nothing.
func TestOnlyWhatFailedIsCovered(t *testing.T) {
	w := newWorld(t, covering(1000, 1000, 0))
	w.guarantee(1000)
	ana, ben, cheat := w.loaded("ana", 100), w.person("ben"), w.loaded("cheat", 50)
	ok(t, w.bank.LowerGuarantee(w.ctx, cheat.id, 0))
	w.honoured(cheat.pay(ben.bill(50)))
	w.problem(cheat.fork(ana.bill(30)), "parked")
	late := cheat.fork(ana.billFrom(shortBill(20), 200))
	w.pass(21 * day)
	w.problem(late, "late")
	over := ana.pay(ben.bill(300))
	w.problem(over, "parked")
	w.ends()
	w.dishonoured(over, protocol.ReasonUncovered, 100+30)
	ana.owes(0, 30)
	w.audit()
}

func TestTheCreditLineComesBeforeTheGuarantee(t *testing.T) {
	w := newWorld(t, covering(100, 1000, 30))
	w.guarantee(1000)
	ana, ben := w.misled("ana", 200), w.person("ben")
	over := ana.pay(ben.bill(270))
	w.problem(over, "parked")
	w.ends()
	w.honoured(over)
	ana.owes(30, 40)
	w.stands(ledger.Guarantee, -960)
	ben.holds(270)
	ana.holds(0)
	ana.load(10)
	ana.owes(20, 40) // the credit line is paid back first
	ana.load(40)
	ana.owes(0, 20)
	ana.load(25)
	ana.owes(0, 0)
	ana.holds(5)
	w.stands(ledger.Guarantee, -1000)
	w.audit()
}

func TestFundsComeBeforeAnyCover(t *testing.T) {
	w := newWorld(t, covering(100, 1000, 100))
	w.guarantee(1000)
	ana, ben := w.misled("ana", 200), w.person("ben")
	over := ana.pay(ben.bill(270))
	w.problem(over, "parked")
	ana.owes(0, 0) // not before the deadline
	w.pass(67 * day)
	w.tend()
	ana.owes(0, 0)
	w.problem(over, "parked")
	ana.load(70) // on the last day
	w.honoured(over)
	w.ends()
	ana.owes(0, 0)
}

func TestTheGuaranteeIsLimited(t *testing.T) {
	for name, c := range map[string]struct {
		perBill, limit, fund money.Amount
		lower                func(*world, *person) error
		want                 money.Amount
	}{
		"by the sheet":               {60, 1000, 1000, nil, 60},
		"by the cap for a purse":     {1000, 50, 1000, nil, 50},
		"by the fund":                {1000, 1000, 40, nil, 40},
		"by an empty fund":           {1000, 1000, 0, nil, 0},
		"by no cap":                  {1000, 0, 1000, nil, 0},
		"by a notice":                {60, 1000, 1000, func(w *world, p *person) error { return w.bank.LowerGuarantee(w.ctx, p.id, 20) }, 20},
		"by a notice for all":        {60, 1000, 1000, func(w *world, _ *person) error { return w.bank.LowerGuarantee(w.ctx, protocol.PurseID{}, 30) }, 30},
		"not by a notice that lifts": {60, 1000, 1000, func(w *world, p *person) error { return w.bank.LowerGuarantee(w.ctx, p.id, 90) }, 60},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, covering(c.perBill, c.limit, 0))
			if c.fund > 0 {
				w.guarantee(c.fund)
			}
			ana, ben := w.misled("ana", 200), w.person("ben")
			if c.lower != nil {
				ok(t, c.lower(w, ana))
			}
			over := ana.pay(ben.bill(500))
			w.problem(over, "parked")
			w.ends()
			w.dishonoured(over, protocol.ReasonUncovered, 200+c.want)
			ben.holds(200 + c.want)
			ana.holds(0)
			ana.owes(0, c.want)
			w.stands(ledger.Guarantee, c.want-c.fund)
		})
	}
}

func TestTheCapIsForWhatStandsOpen(t *testing.T) {
	w := newWorld(t, covering(100, 150, 20))
	w.guarantee(1000)
	ana, ben := w.misled("ana", 100), w.person("ben")
	first, second := ana.pay(ben.bill(200)), ana.pay(ben.bill(200))
	w.redeem(first, second)
	w.ends()
	w.honoured(first) // 20 lent, 80 by the guarantee
	w.dishonoured(second, protocol.ReasonUncovered, 70)
	ana.owes(20, 150)
	ana.load(170)
	ana.owes(0, 0) // there is room again
	ana.refresh()
	ana.available(0)
	third := ana.pay(ben.bill(100))
	w.problem(third, "parked")
	w.ends()
	w.honoured(third)
	ana.owes(20, 80)
}

func TestTheOldestIsCoveredFirst(t *testing.T) {
	w := newWorld(t, covering(100, 100, 0))
	w.guarantee(1000)
	ana, ben := w.misled("ana", 100), w.person("ben")
	older, newer := ana.pay(ben.bill(200)), ana.pay(ben.bill(100))
	w.redeem(newer, older)
	w.ends()
	w.honoured(older)
	w.dishonoured(newer, protocol.ReasonUncovered, 0)
}

func TestInPartDishonouredLapsesWhatNobodyPaid(t *testing.T) {
	w := newWorld(t, covering(50, 1000, 0))
	w.guarantee(1000)
	ana, ben := w.misled("ana", 100), w.person("ben")
	over := ana.pay(ben.bill(300)) // 100 of her own, 50 of the guarantee, 150 of nobody's
	next := ana.pay(ben.billFrom(func(b *protocol.Bill) { b.ExpiresAt += day }, 40))
	w.redeem(over, next)
	w.ends()
	w.dishonoured(over, protocol.ReasonUncovered, 150)
	ana.owes(0, 50)
	w.problem(next, "parked") // at position 340 - 150, and the funds are 100
	ana.load(50)              // pays the guarantee back
	ana.owes(0, 0)
	ana.load(40)
	w.honoured(next)
	ana.holds(0)
	ben.holds(190)
	ben.refresh()
	ben.available(190)
	w.audit()
}

func TestAPayoutPurseIsPaidWhatWasCovered(t *testing.T) {
	w := newWorld(t, covering(50, 1000, 0))
	w.guarantee(1000)
	ana, shop := w.misled("ana", 100), w.personOf("shop", protocol.PayoutKind)
	over := ana.pay(shop.bill(300))
	w.problem(over, "parked")
	w.ends()
	r := w.dishonoured(over, protocol.ReasonUncovered, 150)
	if r.Credited.Kind != protocol.CreditPayout {
		t.Fatal(r.Credited)
	}
	w.settle()
	w.audit()
	w.paidOut("shop", 150)
	if _, payout, err := w.bank.Receipt(w.ctx, over.EntryHash); err != nil || payout == nil || payout.Receipts[0] != network.Hash(r) {
		t.Fatal(payout, err)
	}
}

func TestAVictimOfACheatIsPaidAtOnce(t *testing.T) {
	w := newWorld(t, covering(100, 150, 1000))
	w.guarantee(1000)
	mallory, ben, shop := w.loaded("mallory", 300), w.person("ben"), w.personOf("shop", protocol.PayoutKind)
	w.honoured(mallory.pay(ben.bill(300)))
	w.honoured(mallory.fork(ben.bill(90))) // the whole shortage
	mallory.owes(0, 90)                    // nobody lends to a cheat
	inPart := mallory.fork(shop.bill(200))
	w.problem(inPart, "parked")
	mallory.owes(0, 150) // the cap
	mallory.holds(0)
	w.settle()
	w.paidOut("shop", 0)
	mallory.load(30) // all it has goes to whom it owes
	w.audit()
	w.ends()
	w.dishonoured(inPart, protocol.ReasonIncompatible, 60+30)
	mallory.holds(0)
	w.settle()
	w.audit()
	w.paidOut("shop", 90)
}

func TestAVictimPaidInPartGetsTheRestWhenThereIsMore(t *testing.T) {
	w := newWorld(t, covering(100, 1000, 0))
	w.guarantee(20)
	mallory, ben, shop := w.loaded("mallory", 300), w.person("ben"), w.personOf("shop", protocol.PayoutKind)
	w.honoured(mallory.pay(ben.bill(300)))
	toBen, toShop := mallory.fork(ben.bill(90)), mallory.fork(shop.bill(80))
	w.problem(toBen, "parked")
	w.problem(toShop, "parked")
	ben.holds(320)
	w.guarantee(100) // the fund is filled again
	w.tend()
	w.honoured(toBen)
	ben.holds(390)
	w.problem(toShop, "parked")
	mallory.owes(0, 120)
	mallory.load(50)
	w.honoured(toShop)
	w.settle()
	w.audit()
	w.paidOut("shop", 80)
}

func TestWhatWaitedIsCoveredWhenItsPayerIsCaught(t *testing.T) {
	w := newWorld(t, covering(100, 120, 0))
	w.guarantee(1000)
	mallory, ben := w.loaded("mallory", 100), w.person("ben")
	waits := mallory.pay(ben.bill(200))
	w.problem(waits, "parked")
	ben.holds(0)
	second := mallory.fork(ben.bill(50))
	w.problem(second, "parked") // the first took what there was: first come, first served
	w.honoured(waits)
	mallory.owes(0, 120)
	ben.holds(220)
	w.audit()
}

func TestNobodyIsCoveredAgainstHimself(t *testing.T) {
	w := newWorld(t, covering(1000, 1000, 1000))
	w.guarantee(1000)
	ana := w.loaded("ana", 100)
	own := w.newPerson("ana", protocol.PayoutKind) // another purse of the same account
	own.device = key("ana's other phone")
	own.resign()
	own.enrol()
	offer, err := w.bank.Unload(w.ctx, anchor.UnloadRequest{Purse: ana.id, Amount: 150, Destination: account("ana").String()})
	ok(t, err)
	unload, toOwn := ana.pay(offer.Bill), ana.pay(own.bill(50))
	w.redeem(unload, toOwn)
	w.ends()
	w.dishonoured(unload, protocol.ReasonUncovered, 0)
	w.honoured(toOwn) // the unload has lapsed, and there is money for this one
	ana.owes(0, 0)
	ana.holds(50)
	w.problem(ana.fork(own.bill(60)), "parked") // nor when he is caught
	ana.owes(0, 0)
	ana.holds(50)
}

func TestTheRestOfADeadPursePaysBackWhatStandsOpen(t *testing.T) {
	w := newWorld(t, covering(100, 1000, 0))
	w.guarantee(1000)
	mallory, ben, heir := w.loaded("mallory", 300), w.person("ben"), w.person("heir")
	w.honoured(mallory.pay(ben.bill(300)))
	w.honoured(mallory.fork(ben.bill(90)))
	mallory.load(50) // for those who have not come yet
	mallory.owes(0, 90)
	late := mallory.fork(ben.bill(40))
	w.honoured(late)
	mallory.holds(10)
	ok(t, w.bank.Revoke(w.ctx, mallory.id, heir.id))
	w.pass(100 * day)
	mallory.load(100)
	w.tend()
	mallory.owes(0, 90)
	mallory.holds(110)
	w.pass(27*day + 1) // the last sheet, and the grace
	w.tend()
	mallory.owes(0, 0)
	mallory.holds(0)
	heir.holds(20)
	w.stands(ledger.Guarantee, -1000)
	w.audit()
}

func TestEntriesEndInTheOrderInWhichTheyDepend(t *testing.T) {
	w := newWorld(t, covering(40, 1000, 0))
	w.guarantee(1000)
	ana, ben, carol, dina := w.misled("ana", 100), w.person("ben"), w.person("carol"), w.person("dina")
	ben.refresh()
	carol.refresh()
	toBen := ana.pay(ben.bill(140))
	toCarol := ben.pay(carol.bill(140))
	toDina := carol.pay(dina.bill(140))
	w.redeem(toDina, toCarol, toBen)
	w.ends()
	for _, p := range []*protocol.Payment{toBen, toCarol, toDina} {
		w.honoured(p) // ana's is covered first, and the others have their money
	}
	ana.owes(0, 40)
	ben.owes(0, 0)
	carol.owes(0, 0)
}

func TestACircleEnds(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.person("ana"), w.person("ben")
	ana.refresh()
	ben.refresh()
	there, back := ana.pay(ben.bill(100)), ben.pay(ana.bill(100))
	w.redeem(there, back)
	w.ends()
	w.dishonoured(there, protocol.ReasonUncovered, 0)
	w.dishonoured(back, protocol.ReasonUncovered, 0)
}

func TestALapseAboveDoesNotHelpThoughThereIsMoney(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	unseen := ana.pay(ben.bill(600)) // still to come
	below := ana.pay(ben.bill(500))  // position 1100
	lapsing := ana.pay(ben.billFrom(shortBill(10), 300))
	w.problem(below, "parked")
	w.pass(18 * day)
	w.problem(lapsing, "late")
	w.tend()
	w.dishonoured(lapsing, protocol.ReasonLate, 0)
	w.problem(below, "parked")
	ana.load(1)
	w.problem(below, "parked")
	w.honoured(unseen) // the money was for this one
	ana.load(99)
	w.honoured(below)
	w.audit()
}
