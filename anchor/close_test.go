package anchor_test

import (
	"testing"

	"kula/anchor"
	"kula/protocol"
)

func (w *world) close(p *person, to, memo string) error {
	return w.bank.Close(w.ctx, anchor.CloseRequest{Purse: p.id, Destination: to, Memo: memo, Document: "court order 7/2026"})
}

func (w *world) received(to string) int64 { return int64(w.rail.Paid(to, w.asset)) }

// TestClosedPurseWholeLife: Ana has died. What she promised is paid, what is left goes to her daughter, and no sooner
// than nobody can come with a payment of hers any more.
func TestClosedPurseWholeLife(t *testing.T) {
	w := newWorld(t)
	ana, ben, daughter := w.loaded("ana", 1000), w.person("ben"), account("daughter").String()
	promised := ana.pay(ben.bill(100))
	ok(t, w.close(ana, daughter, ""))
	ok(t, w.close(ana, daughter, "")) // asked again: nothing more
	if reply := ana.refresh(); reply.Problems[0].Code != "purse_revoked" {
		t.Fatal(reply.Problems)
	}
	w.pass(day)
	w.honoured(promised)
	w.pass(118 * day)
	w.tend()
	w.settle()
	if ana.holds(900); w.received(daughter) != 0 {
		t.Fatal("it was paid out while a sheet of hers could be redeemed")
	}
	w.pass(20 * day)
	w.tend()
	w.tend()
	w.settle()
	if ana.holds(0); w.received(daughter) != 900 {
		t.Fatal("her daughter has", w.received(daughter))
	}
	ana.load(5) // what comes in later goes the same way
	w.tend()
	w.settle()
	if w.received(daughter) != 905 {
		t.Fatal("her daughter has", w.received(daughter))
	}
	w.audit()
}

// TestClosedPurseWaitsForItsHeir: nobody is entitled yet. The bank goes on owing it, until it knows.
func TestClosedPurseWaitsForItsHeir(t *testing.T) {
	w := newWorld(t)
	ana, son := w.loaded("ana", 1000), account("son").String()
	ok(t, w.close(ana, "", ""))
	w.pass(140 * day)
	w.tend()
	w.settle()
	ana.holds(1000)
	ok(t, w.close(ana, son, ""))
	w.tend()
	w.settle()
	if ana.holds(0); w.received(son) != 1000 {
		t.Fatal(w.received(son))
	}
	w.audit()
}

// TestClosingStandsAgainstTheWords: whoever finds the words of the account cannot turn the money elsewhere.
func TestClosingStandsAgainstTheWords(t *testing.T) {
	w := newWorld(t)
	ana, heir := w.loaded("ana", 1000), account("heir").String()
	named, found := w.newPhone(ana, "named before"), w.newPhone(ana, "found the words")
	ok(t, w.bank.RevokeOwn(w.ctx, ana.auth(), ana.id, named.id))
	ok(t, w.close(ana, heir, ""))
	for _, to := range []*person{named, found} {
		refused(t, w.bank.RevokeOwn(w.ctx, ana.auth(), ana.id, to.id), "purse_revoked")
		refused(t, w.bank.Revoke(w.ctx, ana.id, to.id), "purse_revoked")
	}
	w.pass(140 * day)
	w.tend()
	w.settle()
	named.holds(0)
	found.holds(0)
	if w.received(heir) != 1000 {
		t.Fatal(w.received(heir))
	}
	w.audit()
}

// TestClosedPurseFrozen: a frozen purse pays nothing out, closed or not, before it is unfrozen or after.
func TestClosedPurseFrozen(t *testing.T) {
	w := newWorld(t)
	ana, heir := w.loaded("ana", 1000), account("heir").String()
	ok(t, w.bank.Freeze(w.ctx, ana.id))
	ok(t, w.close(ana, heir, ""))
	w.pass(140 * day)
	w.tend()
	w.settle()
	ana.holds(1000)
	ok(t, w.bank.Unfreeze(w.ctx, ana.id))
	w.tend()
	ok(t, w.bank.Freeze(w.ctx, ana.id))
	w.settle()
	if w.received(heir) != 0 {
		t.Fatal("a frozen purse paid out")
	}
	ok(t, w.bank.Unfreeze(w.ctx, ana.id))
	w.settle()
	if w.received(heir) != 1000 {
		t.Fatal(w.received(heir))
	}
	w.audit()
}

// TestClosedPurseOfACheat: those whom it owes come first; what a court says of the rest is done.
func TestClosedPurseOfACheat(t *testing.T) {
	w := newWorld(t)
	ana, ben, cem, heir := w.loaded("ana", 1000), w.person("ben"), w.person("cem"), account("heir").String()
	first := ana.pay(ben.bill(300))
	ana.seq, ana.spent = ana.seq-1, ana.spent-300
	w.honoured(first)
	w.redeem(ana.pay(cem.bill(200)))
	if s := ana.view().State; s != "contradicted" {
		t.Fatal(s)
	}
	ok(t, w.close(ana, heir, ""))
	w.pass(140 * day)
	w.tend()
	w.settle()
	left := int64(500) // 1000, and both were paid while funds lasted
	if ana.holds(0); w.received(heir) != left {
		t.Fatal(w.received(heir))
	}
	w.audit()
}

// TestClosedToAnExchange: it demands a memo. The payout comes back, and goes again as a second closing says.
func TestClosedToAnExchange(t *testing.T) {
	w := newWorld(t)
	ana, exchange := w.loaded("ana", 1000), account("exchange").String()
	w.rail.DemandMemo(exchange)
	ok(t, w.close(ana, exchange, ""))
	w.pass(140 * day)
	w.tend()
	w.settle()
	parked, err := w.bank.Payouts(w.ctx, anchor.PayoutParked)
	ok(t, err)
	if len(parked) != 1 {
		t.Fatal(parked)
	}
	ok(t, w.close(ana, exchange, "account 12"))
	ok(t, w.bank.ReturnPayout(w.ctx, parked[0].ID))
	ana.holds(1000)
	w.tend()
	w.settle()
	if ana.holds(0); w.received(exchange) != 1000 {
		t.Fatal(w.received(exchange))
	}
	w.audit()
}

// TestClosedToTheCounter: the next of kin takes it in cash.
func TestClosedToTheCounter(t *testing.T) {
	w := newWorld(t)
	ana := w.loaded("ana", 1000)
	ok(t, w.close(ana, anchor.ToTeller, ""))
	w.pass(140 * day)
	w.tend()
	w.settle()
	cash := anchor.TellerRequest{Purse: ana.id, Amount: 1000, Officer: "mere", Key: "slip 1"}
	_, err := w.bank.TellerOut(w.ctx, cash)
	ok(t, err)
	cash.Amount, cash.Key = 1, "slip 2"
	_, err = w.bank.TellerOut(w.ctx, cash)
	refused(t, err, "no_cash")
	w.audit()
}

func TestClosingRefused(t *testing.T) {
	w := newWorld(t)
	ana := w.loaded("ana", 1000)
	for _, c := range []struct {
		to, document, memo, code string
		purse                    protocol.PurseID
	}{
		{"GNONSENSE", "paper", "", "bad_destination", ana.id},
		{account("deposit").String(), "paper", "", "bad_destination", ana.id}, // it would come back, and go out for ever
		{account("heir").String(), "", "", "bad_request", ana.id},
		{account("heir").String(), "paper", "a memo that is longer than Stellar takes", "bad_destination", ana.id},
		{account("heir").String(), "paper", "", "unknown_purse", protocol.PurseID{1}},
	} {
		refused(t, w.bank.Close(w.ctx, anchor.CloseRequest{Purse: c.purse, Destination: c.to, Memo: c.memo, Document: c.document}), c.code)
	}
	if s := ana.view().State; s != "open" {
		t.Fatal(s)
	}
}
