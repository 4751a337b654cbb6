package wallet

import (
	"testing"

	"kula/money"
	"kula/protocol"
)

// TestWhatWasCoveredIsShown: a payment that the bank dishonoured and paid in part counts with that part, until a
// sheet or a payout has it; and it stays one that was not honoured.
func TestWhatWasCoveredIsShown(t *testing.T) {
	for _, kind := range []protocol.CreditKind{protocol.CreditPurse, protocol.CreditPayout} {
		b, mary, tom := village(t)
		request := must(tom.Request(now, RequestParams{Amount: 10 * money.Unit}))(t)
		signed := must(mary.Pay(now, request, PayParams{}))(t)
		must(tom.Accept(now, signed.Bundle))(t)
		entry, _ := protocol.Find[*protocol.Entry](signed.Bundle, signed.Entry)
		before := tom.balance(now + 5)
		r := &protocol.Receipt{Anchor: b.Charter.Anchor, Entry: signed.Entry, Bill: entry.Spend.Bill, Outcome: protocol.Dishonoured,
			Reason: protocol.ReasonIncompatible, Amount: entry.Spend.Amount, Covered: 4 * money.Unit,
			Credited: protocol.Credit{Kind: kind, To: protocol.Hash(tom.purse)}, At: now + 5, LogIndex: 1}
		b.Seal(r)
		news := must(tom.Absorb(now+5, tom.purse, protocol.NewBundle(testNetwork, r), 0))(t)
		if len(news.Problems) != 0 {
			t.Fatal(news.Problems)
		}
		after := tom.balance(now + 5)
		if after.Credited-before.Credited != 4*money.Unit || after.Received != before.Received-10*money.Unit {
			t.Fatalf("before %+v\nafter %+v", before, after)
		}
		if row := tom.History(now + 6); row[len(row)-1].Covered != 4*money.Unit {
			t.Fatalf("%+v", row[len(row)-1])
		}
		if kind != protocol.CreditPayout {
			continue
		}
		p := &protocol.Payout{Anchor: b.Charter.Anchor, Receipts: []protocol.Hash{testNetwork.Hash(r)}, Operations: []uint32{0}, At: now + 6}
		b.Seal(p)
		must(tom.Absorb(now+7, tom.purse, protocol.NewBundle(testNetwork, p), 0))(t)
		if got := tom.balance(now + 7); got.Credited != before.Credited || tom.state.incomes[signed.Entry].Phase != NotHonoured {
			t.Fatalf("%+v", got)
		}
	}
}
