package anchor_test

import (
	"math"
	"sync"
	"testing"

	"kula/anchor"
	"kula/protocol"
)

// Two devices of one family sync in the same second when their card is due.
func TestTwoSyncsRenewOneCard(t *testing.T) {
	w := newWorld(t)
	alice := w.person("alice")
	w.pass(protocol.DefaultLifetimes().Card)
	var all sync.WaitGroup
	errs := make(chan error, 8)
	for range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			_, err := w.bank.Sync(w.ctx, anchor.SyncRequest{Bundle: protocol.NewBundle(network), Purse: &alice.id})
			errs <- err
		}()
	}
	all.Wait()
	close(errs)
	for err := range errs {
		ok(t, err)
	}
}

func TestExtensionWithoutEnd(t *testing.T) {
	w := newWorld(t)
	alice, bob := w.person("alice"), w.newPerson("bob", protocol.Circulating)
	alice.load(100)
	alice.refresh()
	p := alice.pay(bob.bill(100))
	w.problem(p, string(anchor.CodePayeeUnknown))
	err := w.bank.Extend(w.ctx, w.now(), math.MaxUint64)
	w.tend()
	bob.enrol()
	if err == nil {
		w.honoured(p)
	}
}

func TestUnfreezeBringsTheSheetThatWasHeldBack(t *testing.T) {
	w := newWorld(t)
	alice := w.person("alice")
	alice.load(100)
	alice.refresh()
	ok(t, w.bank.Freeze(w.ctx, alice.id))
	alice.load(50)
	alice.sync()
	alice.available(100)
	ok(t, w.bank.Unfreeze(w.ctx, alice.id))
	alice.sync()
	alice.available(150)
}

// An honoured entry that is brought again has its receipt, whatever else comes with it.
func TestAnEntryBroughtAgainWithoutItsBill(t *testing.T) {
	w := newWorld(t)
	alice, bob := w.person("alice"), w.person("bob")
	alice.load(100)
	alice.refresh()
	p := alice.pay(bob.bill(100))
	w.bring(p.Entry, p.Bill)
	again := w.bring(p.Entry)
	if len(protocol.All[*protocol.Receipt](again.Bundle)) != 1 {
		t.Fatalf("no receipt: %+v", again.Problems)
	}
}

// A sheet lost on the way, a thousand events, a charter in between: a phone that reads on from its cursor gets all.
func TestFeedMissesNothing(t *testing.T) {
	w := newWorld(t)
	alice, bob := w.person("alice"), w.person("bob")
	alice.load(5000)
	alice.refresh()
	seen := map[protocol.Hash]bool{}
	read := func() {
		for more := true; more; {
			r := w.syncAs(&bob.id, bob.cursor)
			for _, d := range protocol.All[*protocol.Receipt](r.Bundle) {
				seen[d.Entry] = true
			}
			for _, c := range protocol.All[*protocol.Charter](r.Bundle) {
				seen[network.Hash(c)] = true
			}
			bob.cursor, more = r.Cursor, r.More
		}
	}
	want := 0
	for i := range 4 {
		var batch []*protocol.Payment
		for range 300 {
			batch = append(batch, alice.pay(bob.bill(1)))
		}
		w.redeem(batch...)
		want += len(batch)
		w.cfg.Charter = w.charter(uint32(i + 2))
		w.reopen()
		if i%2 == 0 {
			read()
		}
	}
	read()
	for i := range 5 {
		if h := network.Hash(w.charter(uint32(i + 1))); seen[h] {
			delete(seen, h)
		}
	}
	if len(seen) != want {
		t.Fatal(len(seen), want)
	}
}

// Statements and payments of two purses that wait for each other, in one bundle, all ways round.
func TestTwoPursesThatDependOnEachOther(t *testing.T) {
	w := newWorld(t)
	alice, bob := w.person("alice"), w.person("bob")
	alice.load(100)
	alice.refresh()
	bob.refresh()
	var docs []protocol.Document
	for range 50 {
		x := alice.pay(bob.bill(100))
		y := bob.pay(alice.bill(100))
		docs = append(docs, x.Entry, x.Bill, y.Entry, y.Bill)
	}
	docs = append(docs, alice.statement(), bob.statement())
	r := w.syncAs(&alice.id, alice.cursor, docs...)
	if len(r.Problems) != 0 {
		t.Fatalf("%+v", r.Problems)
	}
	alice.take(r)
	bob.sync()
	alice.holds(100)
	bob.holds(0)
	alice.available(100)
	bob.available(0)
	w.audit()
}

func TestRevokedPurseWhoseSuccessorIsRevoked(t *testing.T) {
	w := newWorld(t)
	a, b, c := w.person("a"), w.person("b"), w.person("c")
	a.load(100)
	a.refresh()
	b.load(10)
	b.refresh()
	ok(t, w.bank.Revoke(w.ctx, a.id, b.id))
	ok(t, w.bank.Revoke(w.ctx, b.id, c.id))
	if err := w.bank.Revoke(w.ctx, c.id, a.id); err == nil {
		t.Fatal("a circle")
	}
	w.tend()
	a.holds(100)
	w.pass(300 * day)
	w.tend()
	w.tend()
	a.holds(0)
	b.holds(0)
	c.holds(110)
	a.load(5)
	w.tend()
	w.tend()
	c.holds(115)
	w.audit()
}

// A Delivery that named more than it can hold could not be read by anybody.
func TestADeliveryNamesNoMoreThanItCan(t *testing.T) {
	w := newWorld(t)
	alice, bob := w.person("alice"), w.person("bob")
	alice.load(1000)
	alice.refresh()
	var batch []*protocol.Payment
	var entries []protocol.Document
	for range protocol.MaxDelivered/2 + 1 {
		p := alice.pay(bob.bill(1))
		batch, entries = append(batch, p), append(entries, p.Entry)
	}
	w.redeem(batch...)
	_, err := w.bank.Sync(w.ctx, anchor.SyncRequest{Bundle: protocol.NewBundle(network, entries...)})
	refused(t, err, string(anchor.CodeTooMany))
	reply := w.bring(entries[1:]...)
	if _, err := protocol.DecodeBundle(network, reply.Bundle.Encode(), nil, protocol.MailBounds); err != nil {
		t.Fatal(err)
	}
}
