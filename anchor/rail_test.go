package anchor_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"kula/anchor"
	"kula/anchor/anchortest"
	"kula/money"
	"kula/protocol"
)

func TestLoadsAreNeverGuessed(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.person("ana"), w.person("ben")
	strange, own, other := uint64(12345), ana.reference(), ben.reference()
	euro, err := money.NewAsset("EURC", protocol.PublicKey(key("another issuer")))
	ok(t, err)
	for i, in := range []anchor.Incoming{
		{MemoID: own}, {MuxedID: own}, {MemoID: own, MuxedID: own}, {MuxedID: own, OtherMemo: true}, // good
		{}, {OtherMemo: true}, {MemoID: &strange}, {MemoID: own, MuxedID: other}, {MemoID: own, Asset: euro},
		{MemoID: own, Kind: anchor.IncomingMerge}, {MemoID: own, Kind: anchor.IncomingCreate},
		{Kind: anchor.IncomingCreate, Asset: money.Asset{Code: [12]byte{'X'}, Issuer: [32]byte{1}}}, // not served: ignored
	} {
		in.Amount, in.From = money.Amount(1)<<i, account("sender").String()
		if in.Asset.Native() {
			in.Asset = w.asset
		}
		w.rail.Pay(in)
	}
	n, err := w.bank.Ingest(w.ctx)
	ok(t, err)
	if n != 12 {
		t.Fatal(n)
	}
	ana.holds(1 + 2 + 4 + 8)
	suspense, err := w.bank.Suspense(w.ctx)
	ok(t, err)
	if len(suspense) != 7 {
		t.Fatal(suspense)
	}
	n, err = w.bank.Ingest(w.ctx)
	ok(t, err)
	if n != 0 {
		t.Fatal("delivered twice")
	}
	w.audit()

	id := suspense[0].Operation
	ok(t, w.bank.PlaceSuspense(w.ctx, id, ben.id))
	refused(t, w.bank.PlaceSuspense(w.ctx, id, ben.id), "not_found")
	refused(t, w.bank.ReturnSuspense(w.ctx, id), "not_found")
	ben.holds(16)
	ok(t, w.bank.ReturnSuspense(w.ctx, suspense[1].Operation))
	refused(t, w.bank.PlaceSuspense(w.ctx, suspense[1].Operation, ben.id), "not_found")
	refused(t, w.bank.PlaceSuspense(w.ctx, suspense[4].Operation, ben.id), "wrong_asset")
	w.settle()
	if got := w.rail.Paid(account("sender").String(), w.asset); got != 32 {
		t.Fatal(got)
	}
	w.audit()
}

// rewound is a rail that has lost its place: it delivers everything, always.
type rewound struct{ *anchortest.Ledger }

func (r rewound) Incoming(ctx context.Context, _ string, limit int) ([]anchor.Incoming, string, error) {
	in, next, err := r.Ledger.Incoming(ctx, "", limit)
	return in, next + " again", err
}

func TestLoadsCountOnceAcrossRedeliveryAndRestart(t *testing.T) {
	w := newWorld(t)
	ana := w.person("ana")
	ana.load(100)
	w.cfg.Rail = rewound{w.rail}
	w.reopen()
	for range 3 {
		_, err := w.bank.Ingest(w.ctx)
		ok(t, err)
	}
	ana.holds(100)
	w.audit()
}

func TestALoadBringsAFreshSheetWithoutAsking(t *testing.T) {
	w := newWorld(t)
	ana := w.loaded("ana", 100)
	ana.load(50)
	reply := ana.sync()
	ana.available(150)
	if len(protocol.All[*protocol.Charter](reply.Bundle)) != 0 {
		t.Fatal("the charter came again")
	}
}

func (w *world) shop() (*person, *person) {
	return w.loaded("ana", 1e6), w.personOf("shop", protocol.PayoutKind)
}

func (w *world) paid(amount money.Amount) {
	w.t.Helper()
	if got := w.rail.Paid(account("shop").String(), w.asset); got != amount {
		w.t.Fatalf("the shop was paid %d, not %d", got, amount)
	}
}

func TestPayoutsGoOutInBatchesOfAHundred(t *testing.T) {
	w := newWorld(t)
	ana, shop := w.shop()
	var batch []*protocol.Payment
	for range 250 {
		batch = append(batch, ana.pay(shop.bill(10)))
	}
	w.redeem(batch...)
	w.settle()
	w.paid(2500)
	if n := w.rail.Transactions(); n != 3 {
		t.Fatal(n)
	}
	reply := shop.sync()
	payouts := protocol.All[*protocol.Payout](reply.Bundle)
	if len(payouts) == 0 || len(payouts[0].Operations) != 1 {
		t.Fatal(payouts)
	}
	w.audit()
}

func TestAnUnclearAnswerIsAskedForWithTheSameEnvelope(t *testing.T) {
	for name, faults := range map[string][]anchortest.Fault{
		"applied, but the answer is lost": {anchortest.LostAnswer},
		"never arrived":                   {anchortest.Vanish, anchortest.Vanish},
		"too busy":                        {anchortest.Busy, anchortest.Busy},
		"all of it":                       {anchortest.Busy, anchortest.Vanish, anchortest.LostAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			ana, shop := w.shop()
			w.honoured(ana.pay(shop.bill(10)))
			w.rail.Fail(faults...)
			for range 10 {
				_, _ = w.bank.Settle(w.ctx)
			}
			w.paid(10)
			if n := w.rail.Transactions(); n != 1 {
				t.Fatal(n)
			}
			w.audit()
		})
	}
}

func TestAnEnvelopeIsRebuiltOnlyWhenItIsCertainlyDead(t *testing.T) {
	w := newWorld(t)
	ana, shop := w.shop()
	w.honoured(ana.pay(shop.bill(10)))
	w.rail.Fail(anchortest.Vanish)
	_, err := w.bank.Settle(w.ctx)
	ok(t, err)
	_, err = w.bank.Settle(w.ctx)
	if !errors.Is(err, anchortest.ErrDown) {
		t.Fatal(err)
	}
	w.rail.SetDown(true)
	w.pass(3600) // no answer for an hour
	for range 5 {
		if more, err := w.bank.Settle(w.ctx); more || err == nil {
			t.Fatal(more, err)
		}
	}
	w.rail.SetDown(false)
	w.settle()
	w.paid(10)
	w.audit()

	w.honoured(ana.pay(shop.bill(10)))
	w.rail.Fail(anchortest.LostAnswer)
	_, err = w.bank.Settle(w.ctx)
	ok(t, err)
	w.rail.Fail(anchortest.Vanish)
	_, _ = w.bank.Settle(w.ctx)
	w.pass(3600) // dead by its bounds, but it was applied
	w.settle()
	w.paid(20)
	w.audit()
}

func TestAFailingOperationIsIsolated(t *testing.T) {
	w := newWorld(t)
	ana, shop := w.shop()
	bad := w.personOf("bad", protocol.PayoutKind)
	w.rail.Refuse(account("bad").String(), "op_no_destination")
	w.redeem(ana.pay(shop.bill(10)), ana.pay(bad.bill(20)), ana.pay(shop.bill(30)))
	w.settle()
	w.paid(40)
	parked, err := w.bank.Payouts(w.ctx, anchor.PayoutParked)
	ok(t, err)
	if len(parked) != 1 || parked[0].Code != "op_no_destination" || parked[0].Attempts != 3 {
		t.Fatal(parked)
	}
	w.audit()
	w.rail.Refuse(account("bad").String(), "")
	ok(t, w.bank.RetryPayout(w.ctx, parked[0].ID))
	w.settle()
	if got := w.rail.Paid(account("bad").String(), w.asset); got != 20 {
		t.Fatal(got)
	}
	refused(t, w.bank.ReturnPayout(w.ctx, parked[0].ID), "bad_request")
	if v := ana.view(); v.Coming != 0 {
		t.Fatalf("what is parked is on its way: %+v", v)
	}
	w.audit()
}

func TestNoTrustlineMeansAClaimableBalance(t *testing.T) {
	w := newWorld(t)
	ana, shop := w.shop()
	w.honoured(ana.pay(shop.bill(10)))
	w.rail.NoTrustline(account("shop").String())
	w.settle()
	w.paid(10)
	settled, err := w.bank.Payouts(w.ctx, anchor.PayoutSettled)
	ok(t, err)
	if !settled[0].Claimable {
		t.Fatal(settled)
	}
}

func TestADestinationThatDemandsAMemo(t *testing.T) {
	w := newWorld(t)
	ana, shop := w.shop()
	w.rail.DemandMemo(account("shop").String())
	w.rail.DemandMemo(account("exchange").String())
	w.honoured(ana.pay(shop.bill(10)))
	offer, err := w.bank.Unload(w.ctx, anchor.UnloadRequest{Purse: ana.id, Amount: 7, Destination: account("exchange").String(), Memo: "4711"})
	ok(t, err)
	w.honoured(ana.pay(offer.Bill))
	w.settle()
	w.paid(0)
	if got := w.rail.Paid(account("exchange").String(), w.asset); got != 7 {
		t.Fatal(got)
	}
	parked, err := w.bank.Payouts(w.ctx, anchor.PayoutParked)
	ok(t, err)
	if len(parked) != 1 || parked[0].Code != "needs_memo" {
		t.Fatal(parked)
	}
	ok(t, w.bank.ReturnPayout(w.ctx, parked[0].ID))
	shop.holds(10)
	w.audit()
}

func TestFreezingStopsSheetsAndPayoutsNeverRedemption(t *testing.T) {
	w := newWorld(t)
	ana, shop := w.shop()
	ok(t, w.bank.Freeze(w.ctx, ana.id))
	ok(t, w.bank.Freeze(w.ctx, shop.id))
	w.honoured(ana.pay(shop.bill(10)))
	w.settle()
	w.paid(0)
	if reply := ana.refresh(); reply.Problems[0].Code != "frozen" {
		t.Fatal(reply.Problems)
	}
	_, err := w.bank.Unload(w.ctx, anchor.UnloadRequest{Purse: ana.id, Amount: 7, Destination: anchor.ToTeller})
	refused(t, err, "frozen")
	sheet := ana.sheet
	ok(t, w.bank.Unfreeze(w.ctx, ana.id))
	ok(t, w.bank.Unfreeze(w.ctx, shop.id))
	ana.sync()
	if ana.sheet == sheet {
		t.Fatal("the Statement that waited has no sheet")
	}
	w.settle()
	w.paid(10)
}

func TestUnloadDestinations(t *testing.T) {
	w := newWorld(t)
	ana := w.loaded("ana", 1000)
	for _, bad := range []string{"", "G", account("ana").String() + "A", strings.ToLower(account("ana").String())} {
		_, err := w.bank.Unload(w.ctx, anchor.UnloadRequest{Purse: ana.id, Amount: 10, Destination: bad})
		refused(t, err, "bad_destination")
	}
	muxed := protocol.Address{Account: account("exchange"), Muxed: true, ID: 1<<63 + 7}.String()
	offer, err := w.bank.Unload(w.ctx, anchor.UnloadRequest{Purse: ana.id, Amount: 10, Destination: muxed})
	ok(t, err)
	ok(t, offer.Memo.Check())
	w.honoured(ana.pay(offer.Bill))
	w.settle()
	if got := w.rail.Paid(muxed, w.asset); got != 10 {
		t.Fatal(got)
	}
	for _, amount := range []money.Amount{0, -5, 2e12} {
		if _, err := w.bank.Unload(w.ctx, anchor.UnloadRequest{Purse: ana.id, Amount: amount, Destination: muxed}); err == nil {
			t.Fatal(amount)
		}
	}
}

func TestAnUnloadToAnotherPurseComesBackAsItsLoad(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	offer, err := w.bank.Unload(w.ctx, anchor.UnloadRequest{Purse: ana.id, Amount: 10, Destination: ben.view().Deposit.Muxed})
	ok(t, err)
	w.honoured(ana.pay(offer.Bill))
	w.settle()
	_, err = w.bank.Ingest(w.ctx)
	ok(t, err)
	ben.holds(10)
	ana.holds(990)
	if v := ben.view(); v.Coming != 0 {
		t.Fatalf("what did not come over the counter is on its way: %+v", v)
	}
	w.audit()
}

func TestTellerCashGoesTheWayOfAllMoney(t *testing.T) {
	w := newWorld(t)
	w.rail.NameTreasury(account("treasury").String())
	w.rail.Fund(w.asset, 1000)
	ana := w.person("ana")
	in := anchor.TellerRequest{Purse: ana.id, Amount: 300, Officer: "anna", Key: "slip-1"}
	slip, err := w.bank.TellerIn(w.ctx, in)
	ok(t, err)
	again, err := w.bank.TellerIn(w.ctx, in)
	ok(t, err)
	if *again != *slip {
		t.Fatal("one key, two slips")
	}
	in.Amount++
	_, err = w.bank.TellerIn(w.ctx, in)
	refused(t, err, "idempotency_key_reused")
	ana.holds(0)
	coming := func(want money.Amount) {
		t.Helper()
		if v := ana.view(); v.Coming != want {
			t.Fatalf("%s on the way, want %s", v.Coming, want)
		}
	}
	coming(300)
	w.settle()
	coming(300) // in the ledger, and not read from there
	_, err = w.bank.Ingest(w.ctx)
	ok(t, err)
	ana.holds(300)
	coming(0)

	ana.refresh()
	out := anchor.TellerRequest{Purse: ana.id, Amount: 200, Officer: "anna", Key: "slip-2"}
	_, err = w.bank.TellerOut(w.ctx, out)
	refused(t, err, "no_cash")
	offer, err := w.bank.Unload(w.ctx, anchor.UnloadRequest{Purse: ana.id, Amount: 200, Destination: anchor.ToTeller})
	ok(t, err)
	w.honoured(ana.pay(offer.Bill))
	_, err = w.bank.TellerOut(w.ctx, out)
	refused(t, err, "no_cash") // not on the ledger yet
	w.settle()
	_, err = w.bank.TellerOut(w.ctx, out)
	ok(t, err)
	out.Key = "slip-3"
	_, err = w.bank.TellerOut(w.ctx, out)
	refused(t, err, "no_cash")
	report, err := w.bank.Drawer(w.ctx, "anna")
	ok(t, err)
	if len(report.Slips) != 2 || len(report.Cash) != 1 || report.Cash[0].Amount != 100 {
		t.Fatalf("%+v", report)
	}
	w.audit()
}

func TestAPayoutTheReserveCannotPayIsParked(t *testing.T) {
	w := newWorld(t)
	w.rail.Fund(w.asset, 10)
	ana := w.person("ana")
	_, err := w.bank.TellerIn(w.ctx, anchor.TellerRequest{Purse: ana.id, Amount: 300, Officer: "anna", Key: "k"})
	ok(t, err)
	w.settle()
	parked, err := w.bank.Payouts(w.ctx, anchor.PayoutParked)
	ok(t, err)
	if len(parked) != 1 || parked[0].Code != "op_underfunded" {
		t.Fatal(parked)
	}
	refused(t, w.bank.ReturnPayout(w.ctx, parked[0].ID), "bad_request")
}
