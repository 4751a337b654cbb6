package wallet

import (
	"reflect"
	"testing"

	"kula/money"
	"kula/protocol"
)

const now = start + 1000

func TestPayAcceptRedeem(t *testing.T) {
	b, mary, tom := village(t)
	request := must(tom.Request(now, RequestParams{Amount: 30 * money.Unit, Memo: "two fish"}))(t)
	offer := must(mary.VerifyRequest(now, request))(t)
	if offer.Name != "Tom" || offer.Memo.Text != "two fish" {
		t.Fatalf("offer: %+v", offer)
	}
	paid := must(mary.Pay(now, request, PayParams{}))(t)
	if bal := mary.balance(now); bal.UnderWay != 30*money.Unit || bal.Loaded != 70*money.Unit {
		t.Fatalf("after paying: %+v", bal)
	}
	arrived := must(tom.Decode(paid.Encode(), protocol.PaymentBounds))(t)
	got := must(tom.Accept(now+1, arrived))(t)
	check(t, mary.Acknowledged(now+2, got.Ack))
	if bal := mary.balance(now); bal.UnderWay != 0 {
		t.Fatalf("acknowledged, and still under way: %+v", bal)
	}
	if bal := tom.balance(now); bal.Received != 30*money.Unit || bal.Spendable != 30*money.Unit {
		t.Fatalf("received: %+v", bal)
	}
	news := tom.refresh(t, b, now+100)
	if len(news.Problems) != 0 || len(news.Sheets) != 1 {
		t.Fatalf("news: %+v", news)
	}
	if bal := tom.balance(now + 100); bal.Received != 0 || bal.Spendable != 30*money.Unit || bal.Credited != 0 {
		t.Fatalf("redeemed: %+v", bal)
	}
	mary.refresh(t, b, now+200)
	if row := mary.History(now)[0]; row.State != "honoured" || row.OtherName != "Tom" {
		t.Fatalf("history: %+v", row)
	}
	for _, p := range []*person{mary, tom} {
		before := p.state
		p.open(t)
		if !reflect.DeepEqual(before, p.state) {
			t.Fatalf("%s's journal does not replay to the same state", p.name)
		}
	}
}
