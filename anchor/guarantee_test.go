package anchor_test

import (
	"testing"

	"kula/anchor"
	"kula/ledger"
	"kula/money"
)

func TestMoneyForTheGuarantee(t *testing.T) {
	w := newWorld(t, covering(100, 1000, 0))
	w.rail.Fund(w.asset, 500)
	order := anchor.FundingRequest{Key: "k", Officer: "anna", Asset: "VUV", Amount: 300}
	first, err := w.bank.FundGuarantee(w.ctx, order)
	ok(t, err)
	again, err := w.bank.FundGuarantee(w.ctx, order)
	ok(t, err)
	if *first != *again {
		t.Fatal("one key, two orders")
	}
	order.Amount++
	_, err = w.bank.FundGuarantee(w.ctx, order)
	refused(t, err, "idempotency_key_reused")
	for _, bad := range []anchor.FundingRequest{{Key: "x", Officer: "anna"}, {Officer: "anna", Amount: 1}, {Key: "x", Amount: 1}} {
		_, err = w.bank.FundGuarantee(w.ctx, bad)
		refused(t, err, "bad_request")
	}
	_, err = w.bank.FundGuarantee(w.ctx, anchor.FundingRequest{Key: "x", Officer: "anna", Amount: 1, Asset: "native"})
	refused(t, err, "wrong_asset")
	w.shows(anchor.GuaranteeView{UnderWay: 300})
	w.settle()
	_, err = w.bank.Ingest(w.ctx)
	ok(t, err)
	w.shows(anchor.GuaranteeView{Fund: 300})
	w.audit()
}

func (w *world) shows(want anchor.GuaranteeView) {
	w.t.Helper()
	list, err := w.bank.Guarantee(w.ctx)
	ok(w.t, err)
	v := list[0]
	if v.Fund != want.Fund || v.Claims != want.Claims || v.Lent != want.Lent || v.UnderWay != want.UnderWay || len(v.Owing) != len(want.Owing) {
		w.t.Fatalf("%+v", v)
	}
}

func TestMoneyForTheGuaranteeIsNotGuessed(t *testing.T) {
	w := newWorld(t)
	ana := w.person("ana")
	reference := uint64(anchor.GuaranteeReference)
	w.rail.Pay(anchor.Incoming{From: account("x").String(), Asset: w.asset, Amount: 5, MemoID: &reference, MuxedID: ana.reference()})
	w.rail.Pay(anchor.Incoming{From: account("x").String(), Asset: money.Asset{}, Amount: 5, MemoID: &reference})
	w.guarantee(1)
	suspense, err := w.bank.Suspense(w.ctx)
	ok(t, err)
	if len(suspense) != 2 {
		t.Fatalf("%+v", suspense)
	}
	w.stands(ledger.Guarantee, -1)
}

func TestTheGuaranteeShowsWhoOwesIt(t *testing.T) {
	w := newWorld(t, covering(100, 1000, 10))
	w.guarantee(500)
	ana, ben := w.misled("ana", 100), w.person("ben")
	w.redeem(ana.pay(ben.bill(150)))
	w.ends()
	w.shows(anchor.GuaranteeView{Fund: 460, Claims: 40, Lent: 10, Owing: make([]anchor.OwingView, 1)})
}
