package anchor_test

import (
	"testing"

	"kula/anchor"
	"kula/protocol"
)

func TestLoadPayRedeemUnload(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.person("ana"), w.person("ben")
	ana.load(1000)
	ana.refresh()
	ana.available(1000)
	p := ana.pay(ben.bill(300))
	receipt := w.honoured(p)
	if receipt.Credited != (protocol.Credit{Kind: protocol.CreditPurse, To: protocol.Hash(ben.id)}) {
		t.Fatal(receipt.Credited)
	}
	if again := w.honoured(p); network.Hash(again) != network.Hash(receipt) {
		t.Fatal("two receipts for one entry")
	}
	ben.refresh()
	ben.available(300)
	offer, err := w.bank.Unload(w.ctx, anchor.UnloadRequest{Purse: ben.id, Amount: 100, Destination: account("ben").String()})
	ok(t, err)
	out := ben.pay(offer.Bill)
	w.honoured(out)
	w.settle()
	if got := w.rail.Paid(account("ben").String(), w.asset); got != 100 {
		t.Fatal(got)
	}
	_, payout, err := w.bank.Receipt(w.ctx, out.EntryHash)
	ok(t, err)
	if payout == nil {
		t.Fatal("no payout")
	}
	ana.holds(700)
	ben.holds(200)
	w.audit()
}
