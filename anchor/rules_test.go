package anchor_test

import (
	"slices"
	"testing"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
)

// Each rule here was put in because leaving it out lost money.

// loaded is a person with a sheet for so much.
func (w *world) loaded(name string, amount money.Amount) *person {
	p := w.person(name)
	p.load(amount)
	p.refresh()
	return p
}

func shortBill(days uint64) func(*protocol.Bill) {
	return func(b *protocol.Bill) { b.ExpiresAt = b.IssuedAt + days*day }
}

func TestAnEntryIsHonouredWhateverCameBeforeIt(t *testing.T) {
	w := newWorld(t)
	ana, ben, eve := w.loaded("ana", 1000), w.person("ben"), w.person("eve")
	first, second := ana.pay(ben.bill(400)), ana.pay(eve.bill(600))
	beyond := ana.pay(ben.bill(100))
	w.problem(beyond, "parked") // what waits keeps nobody else waiting
	w.honoured(second)
	w.honoured(first)
	ana.holds(0)
	w.audit()
}

func TestAnEntryBeyondTheFundsWaitsForThem(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	over := ana.pay(ben.bill(1500))
	w.problem(over, "parked")
	w.problem(over, "parked")
	ana.holds(1000)
	ana.load(400)
	w.problem(over, "parked")
	ana.load(100)
	receipt, _, err := w.bank.Receipt(w.ctx, over.EntryHash)
	ok(t, err)
	if receipt.Outcome != protocol.Honoured {
		t.Fatal(receipt.Reason)
	}
	ana.holds(0)
	ben.holds(1500)
	w.audit()
}

func TestIncomeTakesUpTheOldestFirst(t *testing.T) {
	w := newWorld(t)
	ana, ben, eve := w.loaded("ana", 100), w.person("ben"), w.loaded("eve", 500)
	sooner, later := ana.pay(ben.bill(300)), ana.pay(ben.bill(300))
	w.problem(later, "parked")
	w.problem(sooner, "parked")
	w.honoured(eve.pay(ana.bill(250)))
	w.honoured(sooner)
	w.problem(later, "parked")
	w.audit()
}

func TestALapseCountsForHigherNumbersOnly(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	unseen := ana.pay(ben.bill(600))
	below := ana.pay(ben.bill(500)) // position 1100
	lapsing := ana.pay(ben.billFrom(shortBill(10), 500))
	above := ana.pay(ben.bill(900)) // position 2500
	w.problem(below, "parked")
	w.problem(above, "parked")
	w.pass(11 * day)
	w.problem(lapsing, "late")
	w.tend()
	w.problem(lapsing, "late") // within the clearing grace
	w.pass(7 * day)
	w.tend()
	if r := w.redeem(lapsing)[0].Receipt; r == nil || r.Reason != protocol.ReasonLate {
		t.Fatal(r)
	}
	w.problem(below, "parked") // the lapse, above it, does not help it: or there would be too little for the one unseen
	ana.load(100)
	w.honoured(below)          // 1100 of 1100
	w.problem(above, "parked") // 2500 of 1100 + 500
	w.honoured(unseen)
	ana.load(900)
	w.honoured(above)
	w.audit()
}

// Presented in time, with its whole bundle, an entry may still be honoured until the grace is over.
func TestADeliveryInTimeCountsForAllThatItLists(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 100), w.person("ben")
	first := ana.pay(ben.billFrom(shortBill(10), 300))
	second := ana.pay(ben.billFrom(shortBill(10), 200))
	w.pass(10 * day)
	reply := w.bring(first.Entry, first.Bill, second.Entry, second.Bill)
	listed := protocol.All[*protocol.Delivery](reply.Bundle)[0].Documents
	for _, h := range []protocol.Hash{first.EntryHash, first.BillHash, second.EntryHash, second.BillHash} {
		if !slices.Contains(listed, h) {
			t.Fatalf("%s was presented, and is not listed", h)
		}
	}
	w.pass(6 * day)
	ana.load(200)
	w.honoured(first)
	ana.load(200)
	w.honoured(second)
	ben.holds(500)
	w.audit()
}

func TestWhatWasNotHonouredInTimeIsDishonouredAndLapses(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	over := ana.pay(ben.billFrom(shortBill(10), 1500))
	w.problem(over, "parked")
	w.pass(17 * day)
	w.tend()
	w.problem(over, "parked")
	w.pass(1)
	w.tend()
	if r := w.redeem(over)[0].Receipt; r == nil || r.Outcome != protocol.Dishonoured || r.Reason != protocol.ReasonUncovered {
		t.Fatal(r)
	}
	ben.holds(1000) // what there was of it
	ana.load(600)   // comes too late
	ana.refresh()
	ana.available(600)
	w.honoured(ana.pay(ben.bill(600)))
	w.audit()
}

func TestWhatWasNeverPresentedLapsesOnceItCannotBe(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	unseen := ana.pay(ben.bill(300))
	ana.refresh()
	ana.available(700)
	w.pass(120 * day)
	w.tend()
	ana.refresh()
	ana.available(700)
	w.pass(7 * day) // redeemBy of the first sheet, and nearly all of the grace
	w.tend()
	ana.refresh()
	ana.available(700)
	w.pass(1)
	w.tend()
	ana.refresh()
	ana.available(1000)
	w.problem(unseen, "late") // covered: it does not lapse a second time
	w.tend()
	if r := w.redeem(unseen)[0].Receipt; r.Outcome != protocol.Dishonoured {
		t.Fatal(r)
	}
	ana.refresh()
	ana.available(1000)
	w.audit()
}

func TestANegativeStatementWaitsForItsIncome(t *testing.T) {
	w := newWorld(t)
	ana, ben, eve := w.loaded("ana", 1000), w.loaded("ben", 100), w.person("eve")
	income := ana.pay(ben.bill(500))
	ben.pay(eve.bill(400)) // out of income that the bank has not seen
	st := ben.statement()
	before := ben.sheet
	reply := ben.sync(st)
	if len(reply.Problems) != 1 || reply.Problems[0].Code != "statement_waits" || ben.sheet != before {
		t.Fatal(reply.Problems)
	}
	if len(protocol.All[*protocol.Delivery](reply.Bundle)) != 1 {
		t.Fatal("a Statement that waits is not proved delivered")
	}
	w.honoured(income)
	ben.sync()
	ben.available(200)
	w.audit()
}

func TestAsOfIsNeverBeforeACreditedIncome(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	w.pass(day)
	income := ana.pay(ben.bill(500))
	st := ben.statement()
	st.Statement.Time = start - 30*day // a phone's clock that lags behind
	ben.sign(st)
	w.honoured(income)
	ben.sync(st)
	ben.available(500)
	if ben.sheet.AsOf < income.Bill.IssuedAt {
		t.Fatal("the income could be counted twice: in the sheet and behind it")
	}
	st = ben.statement()
	st.Statement.Time = w.now() + 1000*day // one that runs ahead
	ben.sign(st)
	ben.sync(st)
	if ben.sheet.AsOf > w.now() {
		t.Fatal("income to come is cut off")
	}
}

func TestAWaitingStatementTakesAsOfAnew(t *testing.T) {
	w := newWorld(t)
	ana, ben, eve := w.loaded("ana", 1000), w.loaded("ben", 100), w.person("eve")
	ben.pay(eve.bill(400))
	ben.sync(ben.statement()) // waits, at a time before the bill that it will be paid by
	w.pass(5 * day)
	w.honoured(ana.pay(ben.bill(500)))
	ben.sync()
	ben.available(200)
}

func TestSheetsAreIssuedOnTheNewestStatementOnly(t *testing.T) {
	w := newWorld(t)
	ana := w.loaded("ana", 1000)
	older := ana.statement()
	newer := ana.statement()
	ana.sync(newer)
	sheet := ana.sheet
	reply := w.bring(older)
	if len(protocol.All[*protocol.Sheet](reply.Bundle)) != 0 || reply.Problems[0].Code != "stale_statement" {
		t.Fatal("a sheet on an old Statement", reply.Problems)
	}
	ana.load(500)
	ana.sync()
	if ana.sheet.Base.Seq != newer.Seq || ana.sheet == sheet {
		t.Fatal(ana.sheet.Base)
	}
}

func TestAStatementBroughtAgainFindsItsSheet(t *testing.T) {
	w := newWorld(t)
	ana := w.person("ana")
	st := ana.statement()
	c, err := w.bank.Challenge(w.ctx, ana.id)
	ok(t, err)
	st.Statement.Challenge = c.Nonce
	ana.sign(st)
	one, two := w.bring(st), w.bring(st)
	a, b := protocol.All[*protocol.Sheet](one.Bundle), protocol.All[*protocol.Sheet](two.Bundle)
	if len(a) != 1 || len(b) != 1 || network.Hash(a[0]) != network.Hash(b[0]) {
		t.Fatal(one.Problems, two.Problems)
	}
}

func TestAFreshSheetNeverAddsIncomeAfterAsOf(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.loaded("ben", 100)
	w.pass(day)
	w.honoured(ana.pay(ben.bill(500))) // ben may be showing this income as backing
	ben.load(50)
	ben.sync()
	ben.available(150)
	ben.refresh()
	ben.available(650)
}

func TestAFreshSheetAddsIncomeBeforeAsOfThatCameLate(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	income := ana.pay(ben.bill(500))
	w.pass(day)
	ben.refresh()
	ben.available(0)
	w.honoured(income)
	ben.load(50)
	ben.sync()
	ben.available(550)
}

func TestAnEntryCannotOutliveItsSheetOrItsBill(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	for name, deadline := range map[string]func(*protocol.Payment) uint64{
		"bill":  func(p *protocol.Payment) uint64 { return p.Bill.ExpiresAt + 1 },
		"sheet": func(p *protocol.Payment) uint64 { return p.Sheet.RedeemBy + 1 },
	} {
		p := ana.pay(ben.billFrom(func(b *protocol.Bill) {
			if name == "sheet" {
				b.ExpiresAt = w.now() + 300*day
			}
		}, 10))
		p.Entry.Spend.Deadline = deadline(p)
		ana.sign(p.Entry)
		p.EntryHash = network.Hash(p.Entry)
		w.problem(p, "deadline_too_late")
	}
	ben.holds(0)
}

func TestASecondGoodEntryForOneBillIsHonouredToo(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	bill := ben.bill(300)
	w.honoured(ana.pay(bill))
	w.honoured(ana.pay(bill))
	ben.holds(600)
	ana.holds(400)
}

func TestMoneyGoesOnlyWhereTheBillSays(t *testing.T) {
	w := newWorld(t)
	ana, ben, eve := w.loaded("ana", 1000), w.person("ben"), w.person("eve")
	for name, change := range map[string]func(*protocol.Bill){
		"another's account": func(b *protocol.Bill) { b.Payee = eve.enrolment.Account },
		"the bank's":        func(b *protocol.Bill) { b.Payee = account("anchor") },
	} {
		p := ana.pay(ben.billFrom(change, 10))
		if out := w.redeem(p)[0]; out.Problem == nil || out.Problem.Code != "wrong_payee" {
			t.Fatal(name, out)
		}
	}
	own := ana.pay(ana.bill(10))
	w.problem(own, "wrong_payee")
	ben.holds(0)
	eve.holds(0)
}

func TestABillOfAPhoneNotYetEnrolledWaits(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.newPerson("ben", protocol.Circulating)
	p := ana.pay(ben.bill(300))
	w.problem(p, "payee_unknown")
	ana.holds(1000)
	ben.enrol()
	w.honoured(p)
	ben.holds(300)
	never := ana.pay(w.newPerson("eve", protocol.Circulating).bill(100))
	w.problem(never, "payee_unknown")
	w.pass(70 * day)
	w.tend()
	if r := w.redeem(never)[0].Receipt; r.Outcome != protocol.Dishonoured {
		t.Fatal(r)
	}
	ana.refresh()
	ana.available(700)
}

func TestNothingLeavesAPurseButByItsChain(t *testing.T) {
	w := newWorld(t)
	ana, heir, ben := w.loaded("ana", 1000), w.person("ana's new phone"), w.person("ben")
	p := ana.pay(ben.bill(300))
	ok(t, w.bank.Freeze(w.ctx, ana.id))
	ok(t, w.bank.Revoke(w.ctx, ana.id, heir.id))
	w.pass(59 * day)
	w.tend()
	ana.holds(1000)
	w.honoured(p) // frozen and revoked, it is redeemed all the same
	w.pass(68 * day)
	w.tend()
	ana.holds(700)
	w.pass(day)
	w.tend()
	ana.holds(0)
	heir.holds(700)
	ana.load(50) // somebody has its old reference
	w.tend()
	heir.holds(750)
	w.audit()
}

func TestAnExtensionMovesEveryDate(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	late := ana.pay(ben.billFrom(shortBill(10), 300))
	over := ana.pay(ben.billFrom(shortBill(10), 800))
	w.problem(over, "parked")
	w.pass(12 * day)
	w.problem(late, "late")
	ok(t, w.bank.Extend(w.ctx, w.now()-5*day, w.now()+30*day)) // a cyclone, five days ago
	w.honoured(late)
	w.pass(20 * day)
	w.tend()
	w.problem(over, "parked")
	ana.load(100)
	w.honoured(over)
	refused(t, w.bank.Extend(w.ctx, start, w.now()+day), "bad_request") // what fell then may have lapsed
}

func TestExtensionHoldsBackUnseenLapses(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	p := ana.pay(ben.billFrom(shortBill(130), 300))
	ana.refresh()
	w.pass(119 * day)
	ok(t, w.bank.Extend(w.ctx, w.now(), w.now()+60*day))
	w.pass(50 * day)
	w.tend()
	ana.refresh()
	ana.available(700)
	w.honoured(p)
	w.audit()
}

func TestNoFeeFallsOnABillBetweenPurses(t *testing.T) {
	w := newWorld(t, withFees)
	ana, ben := w.person("ana"), w.person("ben")
	ana.load(1000)
	ana.holds(990) // 1 %
	ana.refresh()
	w.honoured(ana.pay(ben.bill(990)))
	ben.holds(990)
	ben.refresh()
	w.honoured(ben.pay(ana.bill(990)))
	ana.holds(990)
	w.audit()
}

func withFees(w *world) {
	w.terms = func(c *protocol.Charter) {
		a := &c.Assets[0]
		a.Load, a.Unload, a.Payout = protocol.Fee{BasisPoints: 100}, protocol.Fee{Flat: 5}, protocol.Fee{Flat: 3}
	}
}

func TestFeesOfUnloadAndPayout(t *testing.T) {
	w := newWorld(t, withFees)
	ana, shop := w.person("ana"), w.personOf("shop", protocol.PayoutKind)
	ana.load(1000)
	ana.refresh()
	w.honoured(ana.pay(shop.bill(100)))
	tiny := ana.pay(shop.bill(2)) // the fee takes it all, but for a stroop
	w.honoured(tiny)
	offer, err := w.bank.Unload(w.ctx, anchor.UnloadRequest{Purse: ana.id, Amount: 50, Destination: account("ana").String()})
	ok(t, err)
	if offer.Fee != 5 {
		t.Fatal(offer.Fee)
	}
	w.honoured(ana.pay(offer.Bill))
	_, err = w.bank.Unload(w.ctx, anchor.UnloadRequest{Purse: ana.id, Amount: 5, Destination: account("ana").String()})
	refused(t, err, "too_little")
	w.settle()
	if got := w.rail.Paid(account("shop").String(), w.asset); got != 97+1 {
		t.Fatal(got)
	}
	if got := w.rail.Paid(account("ana").String(), w.asset); got != 45 {
		t.Fatal(got)
	}
	shop.holds(0)
	w.audit()
}

func TestADeviceKeySignsForOnePurseInTheWorld(t *testing.T) {
	w := newWorld(t)
	ana := w.person("ana")
	again := w.newPerson("ana", protocol.Circulating)
	again.enrol() // the same Enrolment: the same purse
	other := w.newPerson("ana", protocol.PayoutKind)
	_, err := w.bank.Enrol(w.ctx, other.auth(), other.enrolment, "")
	refused(t, err, "device_key_taken")
	stolen := w.newPerson("eve", protocol.Circulating)
	stolen.device = ana.device
	stolen.resign()
	_, err = w.bank.Enrol(w.ctx, stolen.auth(), stolen.enrolment, "")
	refused(t, err, "device_key_taken")
	issuing := w.newPerson("eve", protocol.Circulating)
	issuing.device = key("issuing")
	issuing.resign()
	_, err = w.bank.Enrol(w.ctx, issuing.auth(), issuing.enrolment, "")
	refused(t, err, "device_key_taken")
}

// resign signs a changed Enrolment.
func (p *person) resign() {
	e := p.enrolment
	e.Quorum.Signers[0].Key = protocol.PublicKey(p.device)
	h := network.Hash(e)
	e.DeviceSignatures[0].Signature = protocol.Sign(p.device, h)
	e.AccountSignatures[0].Signature = protocol.Sign(key(p.name), h)
	p.id = protocol.PurseID(h)
}

func TestAStandingBillIsPaidByMany(t *testing.T) {
	w := newWorld(t)
	ana, ben, church := w.loaded("ana", 100), w.loaded("ben", 100), w.person("church")
	plate := church.billFrom(func(b *protocol.Bill) { b.Standing = true; b.ExpiresAt = b.IssuedAt + 300*day }, 0)
	w.honoured(ana.payAmount(plate, 10))
	w.honoured(ben.payAmount(plate, 20))
	w.honoured(ana.payAmount(plate, 10))
	church.holds(40)
}
