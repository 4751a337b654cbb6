package anchor_test

import (
	"slices"
	"testing"

	"kula/anchor"
	"kula/protocol"
)

// judges is what a payee's wallet makes of a payment when it holds that notice.
func (w *world) judges(p *protocol.Payment, notice *protocol.Notice) error {
	v := &protocol.Verifier{
		Network: network, Now: w.now(), Margin: protocol.DefaultMargin,
		Charter: func(protocol.AccountID) (*protocol.Charter, bool) { return w.cfg.Charter, true },
		Notice:  func(protocol.AccountID) *protocol.Notice { return notice },
		Entries: func(*protocol.Sheet) []*protocol.Entry { return nil },
	}
	_, err := v.Verify(protocol.NewBundle(network, p.Sheet, p.Bill, p.Entry), p)
	return err
}

// newPhone is another device of the same account.
func (w *world) newPhone(owner *person, name string) *person {
	p := w.newPerson(owner.name, protocol.Circulating)
	p.name = owner.name
	p.device = key(name)
	p.resign()
	p.enrol()
	return p
}

// TestRevokedPhoneWholeLife: a phone with 1000 is stolen when 100 of it are promised to somebody who has not
// been to the bank yet. Its owner ends it from a new phone.
func TestRevokedPhoneWholeLife(t *testing.T) {
	w := newWorld(t)
	ana, ben, cem := w.loaded("ana", 1000), w.person("ben"), w.person("cem")
	before := w.notice()
	promised := ana.pay(ben.bill(100))
	next := w.newPhone(ana, "ana's next phone")
	ok(t, w.bank.RevokeOwn(w.ctx, ana.auth(), ana.id, next.id))
	ok(t, w.bank.RevokeOwn(w.ctx, ana.auth(), ana.id, next.id)) // asked again: nothing more
	notice := w.notice()
	if notice.Epoch != before.Epoch+1 || !slices.Contains(notice.RevokedPurses, protocol.Hash(ana.id)) {
		t.Fatal(notice)
	}

	// The thief pays. Who has the notice refuses; who has not is paid, as is the one who was there before.
	w.pass(day)
	stolen := ana.pay(cem.bill(300))
	refused(t, w.judges(stolen, notice), "revoked")
	ok(t, w.judges(stolen, before))
	w.honoured(stolen)
	w.honoured(promised)
	// The bank has the notice: no sheet, and nothing to the thief's own account.
	if reply := ana.refresh(); reply.Problems[0].Code != "purse_revoked" {
		t.Fatal(reply.Problems)
	}
	_, err := w.bank.Unload(w.ctx, anchor.UnloadRequest{Purse: ana.id, Amount: 10, Destination: account("thief").String()})
	refused(t, err, "purse_revoked")

	// Nothing moves while a sheet of hers could still be redeemed.
	w.pass(118 * day)
	w.tend()
	ana.holds(600)
	w.pass(20 * day)
	w.tend()
	ana.holds(0)
	next.holds(600)
	next.refresh()
	next.available(600)
	w.honoured(next.pay(cem.bill(600)))
	// What still comes in for the old phone goes the same way.
	ana.load(5)
	w.tend()
	next.holds(5)
	w.audit()
	if s := ana.view().State; s != "revoked" {
		t.Fatal(s)
	}
}

// TestRevokedPhoneUnloadsNothing: the thief asked for the bank's bill while the phone was still good.
func TestRevokedPhoneUnloadsNothing(t *testing.T) {
	w := newWorld(t)
	ana := w.loaded("ana", 1000)
	next := w.newPhone(ana, "ana's next phone")
	offer, err := w.bank.Unload(w.ctx, anchor.UnloadRequest{Purse: ana.id, Amount: 1000, Destination: account("thief").String()})
	ok(t, err)
	ok(t, w.bank.RevokeOwn(w.ctx, ana.auth(), ana.id, next.id))
	w.problem(ana.pay(offer.Bill), "purse_revoked")
	w.pass(140 * day)
	w.tend()
	w.tend()
	w.settle()
	next.holds(1000)
	if paid := w.rail.Paid(account("thief").String(), w.asset); paid != 0 {
		t.Fatal("the thief has", paid)
	}
	w.audit()
}

func TestRevokedByItsOwnerOnly(t *testing.T) {
	w := newWorld(t)
	ana, eve := w.loaded("ana", 1000), w.person("eve")
	next := w.newPhone(ana, "ana's next phone")
	other := w.newPhone(ana, "ana's other phone")
	refused(t, w.bank.RevokeOwn(w.ctx, eve.auth(), ana.id, protocol.PurseID{}), "bad_account")
	refused(t, w.bank.RevokeOwn(w.ctx, eve.auth(), ana.id, eve.id), "bad_account")
	refused(t, w.bank.RevokeOwn(w.ctx, ana.auth(), ana.id, eve.id), "bad_account") // nor may hers go to another's
	refused(t, w.bank.RevokeOwn(w.ctx, ana.auth(), ana.id, ana.id), "bad_request")
	if s := ana.view().State; s != "open" {
		t.Fatal(s)
	}
	ok(t, w.bank.RevokeOwn(w.ctx, ana.auth(), ana.id, protocol.PurseID{}))
	ok(t, w.bank.RevokeOwn(w.ctx, ana.auth(), ana.id, next.id)) // named later
	refused(t, w.bank.RevokeOwn(w.ctx, ana.auth(), ana.id, other.id), "purse_revoked")
	list, err := w.bank.PursesOf(w.ctx, ana.enrolment.Account)
	if err != nil || len(list) != 3 || list[0].Purse != ana.id || *list[0].Successor != next.id {
		t.Fatal(list, err)
	}
}

// TestFrozenIsNoNews: an officer's freeze is between the bank and its customer.
func TestFrozenIsNoNews(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	epoch := w.notice().Epoch
	ok(t, w.bank.Freeze(w.ctx, ana.id))
	p := ana.pay(ben.bill(100))
	if n := w.notice(); n.Epoch != epoch || len(n.RevokedPurses) != 0 {
		t.Fatal(n)
	}
	w.pass(2 * day)
	w.tend() // a notice of its own time
	if n := w.notice(); n.Epoch == epoch || len(n.RevokedPurses) != 0 {
		t.Fatal(n)
	}
	ok(t, w.judges(p, w.notice()))
	w.honoured(p)
}

// TestRestoredPhoneThatContinues: what a copy of an old phone signs is what a cheat would have signed.
func TestRestoredPhoneThatContinues(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	backup := *ana
	w.honoured(ana.pay(ben.bill(100)))
	next := w.newPhone(ana, "ana's next phone")
	ok(t, w.bank.RevokeOwn(w.ctx, ana.auth(), ana.id, next.id))
	w.honoured(backup.pay(ben.bill(200)))
	w.condemned(ana)
	if s := next.view().State; s != "open" {
		t.Fatal("the new phone has no part in it:", s)
	}
	w.audit()
}

func TestCasesForAnOfficer(t *testing.T) {
	w := newWorld(t)
	ben := w.person("ben")
	ana, first, second := w.caught("ana", ben)
	w.honoured(first)
	w.pass(day)
	w.problem(second, "parked")
	dan, one, two := w.caught("dan", ben)
	w.pass(day)
	w.bring(accusation(dan, one.Entry, two.Entry)...)
	cases, err := w.bank.Cases(w.ctx)
	ok(t, err)
	if len(cases) != 2 || cases[0].Purse != dan.id || cases[1].Purse != ana.id {
		t.Fatal(cases)
	}
	c := cases[1]
	if c.Account != account("ana") || c.Name != "ana" || c.FoundAt != start+day || c.AtBank != 300 || c.Waiting != 600 {
		t.Fatalf("%+v", c)
	}
	b, err := protocol.DecodeBundle(network, c.Evidence, protocol.NoContext, protocol.PaymentBounds)
	ok(t, err)
	if told := w.proofs(b); len(told) != 1 || told[0] != ana.id || b.Roots[0] != c.Proof || len(b.Roots) != 1 {
		t.Fatal(told)
	}
	if charters := protocol.All[*protocol.Charter](b); len(charters) != 1 {
		t.Fatal("the evidence does not stand alone")
	}
}
