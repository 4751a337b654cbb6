package e2e

import (
	"context"
	"net/http/httptest"
	"sync"
	"testing"

	"kula/money"
	"kula/protocol"
	"kula/wallet"
)

// TestAttackOneBillAThousandTimesOverHTTP: payer and payee, on a thousand connections, all want the same
// payment redeemed at the same moment. There is one receipt and one credit.
func TestAttackOneBillAThousandTimesOverHTTP(t *testing.T) {
	is := settle(t, 0)
	mary, tom := is.loaded("Mary", 100*money.Unit), is.person("Tom", protocol.Circulating)
	paid := mary.pay(tom.request(wallet.RequestParams{Amount: 30 * money.Unit}))
	tom.accept(paid)
	listener := httptest.NewServer(is.server.Wallets())
	defer listener.Close()
	outbox := map[*person][]byte{}
	for _, p := range []*person{mary, tom} {
		b, err := p.Outbox(p.purse)
		is.must(err)
		outbox[p] = b.Encode()
		p.reach(listener.URL, listener.Client().Transport)
	}
	var receipts [1000]protocol.Hash
	var all sync.WaitGroup
	for i := range receipts {
		all.Go(func() {
			p := []*person{mary, tom}[i%2]
			reply, err := p.bank.Sync(context.Background(), outbox[p], 0, p.device())
			if err != nil {
				t.Error(err)
				return
			}
			for _, r := range protocol.All[*protocol.Receipt](reply.Bundle) {
				if r.Entry == paid.Entry && r.Outcome == protocol.Honoured {
					receipts[i] = is.network.Hash(r)
				}
			}
		})
	}
	all.Wait()
	for i, r := range receipts {
		if r.IsZero() || r != receipts[0] {
			t.Fatalf("answer %d is receipt %s, the first was %s", i, r, receipts[0])
		}
	}
	mary.refresh()
	tom.refresh()
	mary.spendable(70 * money.Unit)
	tom.spendable(30 * money.Unit)
	is.audit()
}

// TestAttackOneBillPaidTwice: two people pay one bill, both in good faith. Both payments are money; the
// payee is told, and gives the second back with an ordinary payment.
func TestAttackOneBillPaidTwice(t *testing.T) {
	is := settle(t, 0)
	mary, ann, tom := is.loaded("Mary", 100*money.Unit), is.loaded("Ann", 50*money.Unit), is.person("Tom", protocol.Circulating)
	bill := tom.request(wallet.RequestParams{Amount: 20 * money.Unit})
	first, second := tom.accept(mary.pay(bill)), tom.accept(ann.pay(bill))
	if first.GiveBack || !second.GiveBack {
		t.Fatalf("which one is too much? %+v %+v", first, second)
	}
	tom.refresh()
	tom.spendable(40 * money.Unit)

	refund := ann.request(wallet.RequestParams{Amount: 20 * money.Unit, Payer: tom.account(), Memo: "paid twice"})
	back, err := tom.Pay(now(), refund, wallet.PayParams{GivesBack: second.Entry})
	is.must(err)
	ann.accept(back)
	for _, p := range []*person{mary, ann, tom} {
		p.refresh()
	}
	mary.spendable(80 * money.Unit)
	ann.spendable(50 * money.Unit)
	tom.spendable(20 * money.Unit)
	if tom.balance().GiveBack != 0 {
		t.Fatalf("still to be given back: %+v", tom.balance())
	}
	is.audit()
}

// TestAttackPayersWithoutTheMoney: no sheet, too large a bill, and more than the sheet says. The payer's own
// wallet refuses each, and no number of its chain is used up.
func TestAttackPayersWithoutTheMoney(t *testing.T) {
	is := settle(t, 0)
	tom, poor, mary := is.person("Tom", protocol.Circulating), is.person("Poor", protocol.Circulating), is.loaded("Mary", 100*money.Unit)
	for _, c := range []struct {
		payer  *person
		amount money.Amount
		code   protocol.Code
	}{
		{poor, money.Unit, wallet.CodeNoSheet},
		{mary, 1001 * money.Unit, protocol.CodeOverBillLimit},
		{mary, 101 * money.Unit, protocol.CodeNotEnough},
	} {
		before, err := c.payer.Purse(c.payer.purse)
		is.must(err)
		_, err = c.payer.Pay(now(), tom.request(wallet.RequestParams{Amount: c.amount}), wallet.PayParams{})
		refused(t, err, c.code)
		after, err := c.payer.Purse(c.payer.purse)
		is.must(err)
		if after.Seq != before.Seq || len(c.payer.Undelivered()) != 0 {
			t.Fatalf("%s: a refused payment left a trace", c.code)
		}
	}
	tom.accept(mary.pay(tom.request(wallet.RequestParams{Amount: 100 * money.Unit})))
	tom.refresh()
	tom.spendable(100 * money.Unit)
	is.audit()
}
