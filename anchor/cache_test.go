package anchor_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"kula/anchor"
	"kula/protocol"
)

// unsure is a store that fails, when it is told to, after all was written and before the commit.
type unsure struct {
	anchor.Store
	fail bool
}

var errDisk = errors.New("the disk is full")

func (u *unsure) Update(ctx context.Context, f func(anchor.Tx) error) error {
	return u.Store.Update(ctx, func(tx anchor.Tx) error {
		err := f(tx)
		if err == nil && u.fail {
			return errDisk
		}
		return err
	})
}

// TestWhatWasNotCommittedIsNotRemembered: a sync whose commit failed leaves nothing in the bank's memory either. The next
// one, and a bank that starts anew, say the same.
func TestWhatWasNotCommittedIsNotRemembered(t *testing.T) {
	w := newWorld(t)
	store := &unsure{Store: w.store}
	w.cfg.Store = store
	w.reopen()
	ana, ben := w.person("ana"), w.person("ben")
	ana.load(1000)
	ana.refresh()
	p := ana.pay(ben.bill(300))
	bundle := protocol.NewBundle(network, p.Entry, p.Bill, ana.statement())
	request := anchor.SyncRequest{Bundle: bundle, Digest: protocol.Digest(bundle.Encode()), Purse: &ana.id, After: ana.cursor}
	store.fail = true
	for range 2 {
		if _, err := w.bank.Sync(w.ctx, request); !errors.Is(err, errDisk) {
			t.Fatal(err)
		}
		_, _, err := w.bank.Receipt(w.ctx, p.EntryHash)
		refused(t, err, string(anchor.CodeNotFound))
	}
	ana.holds(1000)
	ben.holds(0)
	store.fail = false
	reply, err := w.bank.Sync(w.ctx, request)
	ok(t, err)
	receipts := protocol.All[*protocol.Receipt](reply.Bundle)
	if len(receipts) != 1 || len(reply.Problems) > 0 {
		t.Fatal(receipts, reply.Problems)
	}
	ana.take(reply)
	ana.available(700)
	ben.holds(300)
	for range 2 {
		again, _, err := w.bank.Receipt(w.ctx, p.EntryHash)
		ok(t, err)
		if network.Hash(again) != network.Hash(receipts[0]) {
			t.Fatal("two receipts for one entry")
		}
		w.reopen() // with nothing in its memory
	}
	w.audit()
}

// TestWhatWaitsIsNotRemembered: an entry without a receipt changes; who asks again and again hears of it. What everybody
// is told out of memory is what was stored.
func TestWhatWaitsIsNotRemembered(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.person("ana"), w.person("ben")
	ana.load(1000)
	ana.refresh()
	p := ana.pay(ben.bill(1300))
	docs := []protocol.Document{p.Entry, p.Bill}
	for range 3 {
		reply := ben.sync(docs...)
		if len(reply.Problems) != 1 || reply.Problems[0].Code != string(anchor.CodeParked) {
			t.Fatal(reply.Problems)
		}
	}
	ana.load(300)
	if news := protocol.All[*protocol.Receipt](w.syncAs(&ben.id, 0).Bundle); len(news) != 1 || news[0].Entry != p.EntryHash {
		t.Fatal(news)
	}
	var first protocol.Hash
	for i := range 4 {
		if i == 2 {
			w.reopen()
		}
		for _, of := range []*person{ana, ben} {
			receipts := protocol.All[*protocol.Receipt](w.syncAs(&of.id, 0, docs...).Bundle)
			if len(receipts) != 1 || receipts[0].Outcome != protocol.Honoured {
				t.Fatal(i, receipts)
			}
			h := network.Hash(receipts[0])
			if first.IsZero() {
				first = h
			}
			if h != first {
				t.Fatal("two receipts for one entry")
			}
		}
	}
	w.audit()
}

// TestOneJobAloneIsUndone: a job that fails by itself leaves nothing behind, and neither do those beside it.
func TestOneJobAloneIsUndone(t *testing.T) {
	w := newWorld(t)
	ana := w.person("ana")
	_, err := w.bank.TellerIn(w.ctx, anchor.TellerRequest{Purse: ana.id, Amount: 5, Officer: "o", Key: "k"})
	ok(t, err)
	// The slip is written before it turns out that there is no cash to give.
	_, err = w.bank.TellerOut(w.ctx, anchor.TellerRequest{Purse: ana.id, Amount: 5, Officer: "o", Key: "l"})
	refused(t, err, string(anchor.CodeNoCash))
	report, err := w.bank.Drawer(w.ctx, "o")
	ok(t, err)
	if len(report.Slips) != 1 {
		t.Fatalf("%+v", report.Slips)
	}
}

// TestANoticeThatWasTakenBack: what failed inside a job has issued no notice, and what went well has.
func TestANoticeThatWasTakenBack(t *testing.T) {
	w := newWorld(t)
	_, before, err := w.bank.Charter(w.ctx)
	ok(t, err)
	epochs, err := w.bank.NoticesApart(w.ctx)
	ok(t, err)
	_, after, err := w.bank.Charter(w.ctx)
	ok(t, err)
	if want := []uint32{before.Epoch, before.Epoch + 1}; !slices.Equal(epochs, want) || after.Epoch != want[1] {
		t.Fatal(epochs, before.Epoch, after.Epoch)
	}
}

// TestTheCardIsRenewedOnce: memory of an old card does not renew it twice, nor leave out the next time.
func TestTheCardIsRenewedOnce(t *testing.T) {
	w := newWorld(t)
	ana := w.person("ana")
	life := w.charter(1).Lifetimes.Card
	cards := func() (ends []uint64) {
		for range 2 {
			for _, c := range protocol.All[*protocol.Card](ana.sync().Bundle) {
				ends = append(ends, c.NotAfter)
			}
		}
		return ends
	}
	cards()
	for range 3 {
		w.pass(life/2 + life/4 + 1)
		if have := cards(); len(have) != 1 || have[0] != w.now()+life {
			t.Fatal(have, w.now()+life)
		}
	}
}
