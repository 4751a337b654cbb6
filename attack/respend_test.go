package attack

import (
	"context"
	"testing"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
)

// paidTo is an honest payment that its payee has and no bank has seen.
func paidTo(payer, payee *person, amount money.Amount) *protocol.Bundle {
	payer.i.Helper()
	p := payer.pay(payee.request(amount))
	payee.accepts(p)
	return p
}

// TestAttackDoublePledgedIncomeSamePurse: one income is to back two payments of the purse that got it. Told
// truly, the totals do not allow it; told falsely, they contradict each other.
func TestAttackDoublePledgedIncomeSamePurse(t *testing.T) {
	i, b := village(t)
	ana, mallory := b.person("Ana", 1000), b.person("Mallory", 0).cheat()
	carol, dave, warned := b.person("Carol", 0), b.person("Dave", 0), b.person("Warned", 0)
	i.pass(day)
	income := paidTo(ana, mallory, 500)

	one := backed(mallory.forge(carol.request(500), position{seq: 1}), income)
	carol.accepts(one)
	dave.refuses(backed(mallory.forge(dave.request(500), position{seq: 2, before: 500}), income), protocol.CodeNotEnough)
	dave.refuses(backed(mallory.forge(dave.request(500), position{seq: 2, before: 500}), income, one), protocol.CodeNotEnough)
	two := backed(mallory.forge(dave.request(500), position{seq: 2}), income)
	carol.tells(warned)
	warned.refuses(backed(mallory.forge(warned.request(500), position{seq: 2}), income), protocol.CodeIncompatible)
	if len(warned.Cases()) != 1 {
		t.Fatal("the proof was not kept")
	}
	dave.accepts(two) // who has heard nothing

	b.present(one)
	i.read(b.present(two)).problem("parked")
	carol.holds(500)
	dave.holds(0)
	ana.holds(500)
	mallory.holds(0)
	mallory.accused(one, two)
	i.after()
}

// TestAttackDoublePledgedIncomeTwoPurses: who has two purses pledges the income of one in the other. It backs
// the purse that it was paid into and no other, whoever the account is, before the bank has seen it and after.
func TestAttackDoublePledgedIncomeTwoPurses(t *testing.T) {
	i, b := village(t)
	ana, carol, dave := b.person("Ana", 1000), b.person("Carol", 0), b.person("Dave", 0)
	mallory := b.person("Mallory", 0).cheat()
	first := *mallory
	mallory.join(b, protocol.Circulating)
	mallory.cursor = 0
	mallory.visit()
	second := *mallory
	if first.purse == second.purse || first.device() == second.device() {
		t.Fatal("there is one purse only")
	}
	i.pass(day)
	income := paidTo(ana, &first, 500)
	carol.refuses(backed(second.forge(carol.request(500), position{seq: 1}), income), protocol.CodeNotEnough)
	good := backed(first.forge(dave.request(500), position{seq: 1}), income)
	dave.accepts(good)

	reply := b.present(income)
	receipted := protocol.NewBundle(i.net, entryOf(income), protocol.All[*protocol.Bill](income)[0], protocol.All[*protocol.Receipt](reply.Bundle)[0])
	carol.refuses(backed(second.forge(carol.request(500), position{seq: 1}), receipted), protocol.CodeNotEnough)
	b.present(good)
	ana.holds(500)
	dave.holds(500)
	first.holds(0)
	second.holds(0)
	i.after()
}

// TestAttackDoublePledgedIncomeTwoAccounts: a bill that names one account and another's phone, so that both
// might claim what is paid. Payers refuse it by its card, payees count it for neither, and the bank gives the
// money to neither; nor does it enrol one phone for two accounts.
func TestAttackDoublePledgedIncomeTwoAccounts(t *testing.T) {
	i, b := village(t)
	ana, carol := b.person("Ana", 1000).cheat(), b.person("Carol", 0) // Ana plays along
	mallory, eve := b.person("Mallory", 0).cheat(), b.person("Eve", 0).cheat()
	i.pass(day)
	torn := mallory.bill(500, func(bill *protocol.Bill) { bill.Payee = eve.account() })
	_, err := ana.VerifyRequest(i.now, torn)
	wantCode(t, err, protocol.CodeWrongPayee)
	torn = backed(torn, eve.request(1)) // with Eve's card
	_, err = ana.VerifyRequest(i.now, protocol.NewBundle(i.net, protocol.All[*protocol.Bill](torn)[0]))
	wantCode(t, err, protocol.CodeMissingDocument)

	income := ana.forge(torn, position{seq: 1}, func(e *protocol.Entry) {
		for _, bill := range protocol.All[*protocol.Bill](torn) {
			if bill.Amount == 500 {
				e.Spend.Bill, e.Spend.Amount, e.Spent = i.net.Hash(bill), 500, ana.newest().Base.Spent+500
			}
		}
	})
	income = backed(income, torn)
	for _, claimant := range []*person{mallory, eve} {
		carol.refuses(backed(claimant.forge(carol.request(500), position{seq: 1}), income), protocol.CodeNotEnough)
	}
	i.read(b.present(income)).problem("wrong_payee")
	mallory.holds(0)
	eve.holds(0)
	ana.holds(1000)

	purse, err := mallory.Purse(mallory.purse)
	ok(t, err)
	e := *purse.Enrolment
	e.Account = eve.account()
	mallory.signEnrolment(&e, eve)
	_, err = b.Enrol(context.Background(), eve.auth(), &e, "Eve")
	wantCode(t, err, anchor.CodeKeyTaken)
	i.after()
}

// TestAttackDoublePledgedIncomeTwoAnchors: one phone opens a purse at each of two banks with the same key, which
// neither bank can know, and pledges at one what was paid to it at the other.
func TestAttackDoublePledgedIncomeTwoAnchors(t *testing.T) {
	i, b := village(t)
	other := i.bank("Bank of Santo")
	ana, carol, dave := b.person("Ana", 1000), other.person("Carol", 0), b.person("Dave", 0)
	ok(t, carol.Trust(i.now, b.charter, nil)) // Carol knows both banks
	mallory := b.person("Mallory", 0).cheat()
	held, err := mallory.Purse(mallory.purse)
	ok(t, err)
	e := *held.Enrolment
	e.Anchor = other.charter.Anchor
	id := mallory.signEnrolment(&e, mallory)
	_, err = other.Enrol(context.Background(), mallory.auth(), &e, "Mallory")
	ok(t, err)
	stated := mallory.sign(&protocol.Entry{Sheet: id, Seq: 1, Spent: e.Start, Kind: protocol.StatementKind, Statement: protocol.Statement{Time: i.now}})
	there := protocol.All[*protocol.Sheet](other.take(stated).Bundle)[0]

	i.pass(day)
	income := paidTo(ana, mallory, 500)
	carol.refuses(backed(mallory.forge(carol.request(500), position{sheet: there, seq: 1}), income), protocol.CodeNotEnough)
	here := backed(mallory.forge(dave.request(500), position{seq: 1}), income)
	dave.accepts(here)
	b.present(here)
	dave.holds(500)
	carol.holds(0)
	ana.holds(500)
	i.after()
}

// TestAttackDoublePledgedIncomeAnotherCurrency: income in small money is pledged for a payment in dear money.
func TestAttackDoublePledgedIncomeAnotherCurrency(t *testing.T) {
	gold, err := money.NewAsset("GLD", protocol.PublicKey(key("issuer")))
	ok(t, err)
	i, b := village(t, func(c *protocol.Charter) {
		dear := c.Assets[0]
		dear.Asset = gold
		c.Assets = []protocol.AssetTerms{dear, c.Assets[0]}
	})
	ana, vatu := b.person("Ana", 1000).cheat(), i.asset
	i.asset = gold
	mallory, carol := b.person("Mallory", 0).cheat(), b.person("Carol", 0)
	i.pass(day)
	income := ana.forge(mallory.bill(500, func(bill *protocol.Bill) { bill.Asset = vatu }), position{seq: 1})
	carol.refuses(backed(mallory.forge(carol.request(500), position{seq: 1}), income), protocol.CodeNotEnough)
	i.read(b.present(income)).problem("wrong_payee")
	carol.holds(0)
	mallory.holds(0)
	i.asset = vatu
	ana.holds(1000)
	i.after()
}

// TestAttackPayoutAndRespend: income of a payout purse goes out on Stellar, and is to be spent off-line too.
func TestAttackPayoutAndRespend(t *testing.T) {
	i, b := village(t)
	ana, carol := b.person("Ana", 1000), b.person("Carol", 0)
	mallory := b.enrol("Mallory", 0, protocol.PayoutKind).cheat()
	i.pass(day)
	income := paidTo(ana, mallory, 500)
	spent := backed(mallory.forge(carol.request(500), position{seq: 1}), income)
	carol.refuses(spent, protocol.CodeNotEnough)
	relabelled := *mallory.newest()
	relabelled.Kind = protocol.Circulating
	carol.refuses(backed(mallory.forge(carol.request(500), position{sheet: &relabelled, seq: 1}), income), protocol.CodeBadSignature)

	mallory.visit()
	b.tend()
	i.read(b.present(spent)).problem("parked")
	b.paidOut(mallory, 500)
	carol.holds(0)
	mallory.holds(0)
	i.after()
}

// TestAttackPayoutAndRespendAcrossAChangeOfKind: a purse keeps its kind and its signers for life. Who wants
// the other kind opens another purse with another key, and what was paid to the first backs nothing there.
func TestAttackPayoutAndRespendAcrossAChangeOfKind(t *testing.T) {
	i, b := village(t)
	ana, carol := b.person("Ana", 1000), b.person("Carol", 0)
	mallory := b.enrol("Mallory", 0, protocol.PayoutKind).cheat()
	out := *mallory
	held, err := mallory.Purse(out.purse)
	ok(t, err)
	changed := *held.Enrolment
	changed.Kind = protocol.Circulating
	mallory.signEnrolment(&changed, mallory)
	_, err = b.Enrol(context.Background(), mallory.auth(), &changed, "Mallory")
	wantCode(t, err, anchor.CodeKeyTaken)

	mallory.join(b, protocol.Circulating)
	mallory.cursor = 0
	mallory.visit()
	i.pass(day)
	income := paidTo(ana, &out, 500)
	spent := backed(mallory.forge(carol.request(500), position{seq: 1}), income)
	carol.refuses(spent, protocol.CodeNotEnough)
	reply := b.present(income)
	receipted := protocol.NewBundle(i.net, entryOf(income), protocol.All[*protocol.Bill](income)[0], protocol.All[*protocol.Receipt](reply.Bundle)[0])
	carol.refuses(backed(mallory.forge(carol.request(500), position{seq: 1}), receipted), protocol.CodeNotEnough)
	b.tend()
	i.read(b.present(spent)).problem("parked")
	b.paidOut(mallory, 500)
	mallory.holds(0)
	carol.holds(0)
	i.after()
}

// TestAttackFutureDatedBill: a payee dates its bill a year ahead, so that the income might count twice: on the
// next sheet, and as income after it. The sheet's asOf follows the bill.
func TestAttackFutureDatedBill(t *testing.T) {
	i, b := village(t)
	ana, mallory, carol := b.person("Ana", 1000), b.person("Mallory", 0).cheat(), b.person("Carol", 0)
	ahead := mallory.bill(500, func(bill *protocol.Bill) { bill.IssuedAt += 300 * day; bill.ExpiresAt += 300 * day })
	offer, err := ana.VerifyRequest(i.now, ahead)
	ok(t, err)
	if !offer.OddDate {
		t.Fatal("the payer is not warned of the date")
	}
	income := ana.pay(ahead)
	b.present(income)

	old := mallory.newest()
	mallory.visit()
	mallory.holds(500)
	fresh := mallory.newest()
	if fresh.Available != 500 || fresh.AsOf < i.now+300*day {
		t.Fatalf("%+v", fresh)
	}
	receipt := protocol.All[*protocol.Receipt](b.present(income).Bundle)[0]
	receipted := protocol.NewBundle(i.net, entryOf(income), protocol.All[*protocol.Bill](income)[0], receipt)
	for _, behind := range []*protocol.Bundle{income, receipted} {
		carol.refuses(backed(mallory.forge(carol.request(1000), position{seq: 1}), behind), protocol.CodeNotEnough)
		carol.refuses(backed(mallory.forge(carol.request(1), position{seq: 1, before: 500}), behind), protocol.CodeNotEnough)
	}
	// On the older sheet it is income, on the newer it is loaded: one chain, one sum.
	one := mallory.forge(carol.request(500), position{seq: 1})
	carol.accepts(one)
	two := backed(mallory.forge(carol.request(500), position{sheet: old, seq: 3, before: 500}), receipted)
	carol.refuses(two, protocol.CodeNotEnough)
	b.present(one)
	i.read(b.present(two)).problem("parked")
	carol.holds(500)
	mallory.holds(0)
	i.after()
}

// TestAttackBackDatedBill: a payee dates its bill back, so that it lies before what its sheet counts, or in the
// days when a payer's sheet was good. The first backs nothing; in the second the bank's dates decide.
func TestAttackBackDatedBill(t *testing.T) {
	i, b := village(t)
	ana, mallory, carol := b.person("Ana", 1000), b.person("Mallory", 0).cheat(), b.person("Carol", 0)
	i.pass(30 * day)
	mallory.visit()
	back := mallory.bill(500, func(bill *protocol.Bill) { bill.IssuedAt -= 10 * day; bill.ExpiresAt -= 10 * day })
	income := ana.pay(back)
	carol.refuses(backed(mallory.forge(carol.request(500), position{seq: 1}), income), protocol.CodeNotEnough)
	b.present(income)
	mallory.visit() // it counts on the next sheet
	if s := mallory.newest(); s.Available != 500 {
		t.Fatalf("%+v", s)
	}
	carol.refuses(backed(mallory.forge(carol.request(1000), position{seq: 1}), income), protocol.CodeNotEnough)

	i.pass(31 * day) // Ana's sheet, and with it all she has, has expired
	old := mallory.bill(100, func(bill *protocol.Bill) { bill.IssuedAt -= 20 * day; bill.ExpiresAt -= 20 * day })
	ana.cheat()
	carol.refuses(ana.forge(carol.request(100), position{seq: 2, before: 500}), protocol.CodeExpired)
	expired := ana.forge(old, position{seq: 2, before: 500})
	b.present(expired) // a payee that takes it all the same has until the deadline to bring it: the money is still set aside
	mallory.holds(600)
	i.pass(60 * day)
	late := ana.forge(mallory.bill(100, func(bill *protocol.Bill) { bill.IssuedAt -= 80 * day; bill.ExpiresAt = bill.IssuedAt + 60*day }), position{seq: 3, before: 600})
	i.read(b.present(late)).problem("late")
	ana.holds(400)
	i.after()
}
