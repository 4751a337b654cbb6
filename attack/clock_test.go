package attack

import (
	"context"
	"testing"

	"kula/anchor"
	"kula/protocol"
	"kula/wallet"
)

const year = 365 * day

// TestAttackRedeemAfterLapse: a payee keeps a payment back until it has lapsed and its payer has spent the money
// again, and then brings it, by itself and by friends; with the bank's clock set back, too.
func TestAttackRedeemAfterLapse(t *testing.T) {
	i, b := village(t)
	ana, mallory, ben := b.person("Ana", 1000), b.person("Mallory", 0).cheat(), b.person("Ben", 0)
	hidden := ana.pay(mallory.request(1000)) // and Mallory says that nothing came
	i.pass(61 * day)                         // the bill is over; Ana's sheet cannot be redeemed after 120 days
	ana.visit()
	ana.holds(1000)
	if ana.balance().Spendable != 0 {
		t.Fatal("what may still be claimed was given back")
	}
	i.pass(60*day + grace)
	b.tend()
	ana.visit()
	if ana.balance().Spendable != 1000 {
		t.Fatalf("%+v", ana.balance())
	}
	spent := paidTo(ana, ben, 1000)
	ben.visit()
	ben.holds(1000)
	for range 2 {
		receipts := protocol.All[*protocol.Receipt](b.present(hidden).Bundle)
		if len(receipts) != 1 || receipts[0].Outcome != protocol.Dishonoured || receipts[0].Reason != protocol.ReasonLate {
			t.Fatal(receipts)
		}
	}
	today := i.now
	i.now = start + day
	b.present(hidden)
	b.tend()
	i.now = today
	ana.visit()
	ana.sees(spent, "honoured")
	ana.holds(0)
	mallory.holds(0)

	// Nobody ever presented this one; a courier took Eva's Statement only.
	eva := b.person("Eva", 500)
	unseen := eva.pay(mallory.request(500))
	stated, err := eva.Statement(i.now, eva.purse, protocol.Hash{})
	ok(t, err)
	b.present(stated.Bundle)
	i.pass(120*day + grace)
	b.tend()
	i.read(b.present(unseen)).problem("late")
	b.tend()
	eva.visit()
	eva.sees(unseen, "dishonoured")
	if eva.balance().Spendable != 500 {
		t.Fatalf("%+v", eva.balance())
	}
	mallory.holds(0)
	i.after()
}

// TestAttackClockAYearAhead: phones whose clock is a year ahead, by accident or to make others' money look
// expired and one's own last longer. Nothing is lost, and nothing lasts longer.
func TestAttackClockAYearAhead(t *testing.T) {
	i, b := village(t)
	ana, ben := b.person("Ana", 1000), b.person("Ben", 0)
	request := ben.request(100)
	ana.ahead = year
	_, err := ana.Pay(ana.clock(), request, wallet.PayParams{})
	wantCode(t, err, protocol.CodeExpired) // to her it looks so; nothing was signed
	ana.ahead = 0
	paid := ana.pay(request)
	ben.ahead = year
	ben.refuses(paid, protocol.CodeExpired) // not lost: she has it, and so has the bank soon
	_, news := ben.news()                   // with a Statement that bears the wrong date
	if news.ClockAhead < year-day {
		t.Fatal("the bank does not tell Ben that his clock is ahead")
	}
	ok(t, ben.SetClock(ben.clock(), i.now)) // the person says the date
	ben.accepts(paid)
	ben.visit()
	ben.holds(100)

	// A cheat's clock a year ahead: its bills and deadlines are the sheet's all the same.
	mallory := b.person("Mallory", 500).cheat()
	long := ana.pay(mallory.bill(50, func(x *protocol.Bill) { x.IssuedAt += year; x.ExpiresAt += year }))
	if entryOf(long).Spend.Deadline > ana.newest().RedeemBy {
		t.Fatal("the payment outlives its sheet")
	}
	beyond := mallory.forge(ben.request(50), position{seq: 1}, func(e *protocol.Entry) { e.Spend.Deadline += year })
	ben.ahead = 0
	ok(t, ben.SetClock(ben.clock(), i.now))
	ben.refuses(beyond, protocol.CodeDeadlineTooLate)
	i.read(b.present(beyond)).problem("deadline_too_late")
	b.present(long)
	mallory.holds(550)
	ana.holds(850)

	// The bank's own clock: nothing is ended by it while the ledger says otherwise.
	b.ahead = year
	if err := b.Tend(context.Background()); anchor.CodeOf(err) != string(anchor.CodeClockAhead) {
		t.Fatal(err)
	}
	b.ahead = 0
	i.after()
}

// TestAttackClockAYearBehind: phones whose clock is a year behind, by accident or to bring expired sheets back to
// life. Who was at the bank since is asked for the date; who was not may take an expired sheet's money in good
// faith, and the bank pays none that was brought after its last day.
func TestAttackClockAYearBehind(t *testing.T) {
	i, b := village(t)
	mallory, ben := b.person("Mallory", 1000).cheat(), b.person("Ben", 0)
	i.pass(year)
	carol := b.person("Carol", 0)
	carol.ahead = -year
	_, err := carol.Request(carol.clock(), wallet.RequestParams{Amount: 300})
	wantCode(t, err, wallet.CodeClock)
	wantCode(t, carol.SetClock(carol.clock(), i.now-year), wallet.CodeClock)
	carol.ahead = 0
	old := mallory.newest()
	carol.refuses(mallory.forge(carol.request(300), position{seq: 1}), protocol.CodeExpired)

	// Ben has heard of nothing for a year, and his phone shows the date of then.
	ben.ahead = -year
	taken := mallory.forge(ben.request(300), position{sheet: old, seq: 1})
	ben.accepts(taken)
	mallory.visit() // meanwhile Mallory's own clock is right
	b.tend()
	ben.ahead = 0 // it is put right, before he comes to the bank
	i.read(ben.bring()).problem("late")
	b.tend()
	ben.bring()
	ben.sees(taken, "dishonoured")
	ben.holds(0)
	mallory.holds(1000) // it is hers, and it was never his: an expired sheet is no money

	// An honest payer whose clock is behind: her sheet is newer than her clock, which does no harm.
	ana := b.person("Ana", 500)
	ana.ahead = -year
	if _, err := ana.Pay(ana.clock(), carol.request(100), wallet.PayParams{}); anchor.CodeOf(err) != string(wallet.CodeClock) {
		t.Fatal(err)
	}
	ana.ahead = 0
	carol.accepts(ana.pay(carol.request(100)))
	carol.visit()
	carol.holds(100)
	i.after()
}
