package wallet

import (
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"
)

// refuses is the bank's final no to a payment.
func refuses(b *tinybank.Bank, paid *Signed, at uint64) *protocol.Bundle {
	entry, _ := protocol.Find[*protocol.Entry](paid.Bundle, paid.Entry)
	r := &protocol.Receipt{Anchor: b.Charter.Anchor, Entry: paid.Entry, Bill: entry.Spend.Bill, Outcome: protocol.Dishonoured,
		Reason: protocol.ReasonUncovered, Amount: entry.Spend.Amount, Credited: protocol.Credit{Kind: protocol.CreditNone}, At: at, LogIndex: 1}
	b.Seal(r)
	return protocol.NewBundle(testNetwork, entry, r)
}

// TestAttackRefusedIsNoFirstPayment: a thief has a payment of the shop's bill refused by the bank. The customer who
// then pays it has paid once: nothing is to be given back, whether the refusal came before or after.
func TestAttackRefusedIsNoFirstPayment(t *testing.T) {
	for name, heard := range map[string][2]uint64{"before": {now + 1, 0}, "after": {0, now + 10}} {
		t.Run(name, func(t *testing.T) {
			b, mary, tom := village(t)
			ann := newPerson(t, "Ann", 4)
			ann.join(t, b, 50*money.Unit, protocol.Circulating)
			request := must(tom.Request(now, RequestParams{Amount: 20 * money.Unit}))(t)
			bad := must(mary.Pay(now, request, PayParams{}))(t)
			if heard[0] != 0 {
				must(tom.Absorb(heard[0], tom.purse, refuses(b, bad, heard[0]), 0))(t)
			} else {
				must(tom.Accept(now, bad.Bundle))(t)
			}
			good := must(tom.Accept(now+2, must(ann.Pay(now+2, request, PayParams{}))(t).Bundle))(t)
			if good.GiveBack != (heard[0] == 0) {
				t.Fatalf("%+v", good)
			}
			if heard[1] != 0 {
				must(tom.Absorb(heard[1], tom.purse, refuses(b, bad, heard[1]), 0))(t)
			}
			if bal := tom.balance(now + 11); bal.GiveBack != 0 || bal.Spendable != 20*money.Unit {
				t.Fatalf("%+v", bal)
			}
			replays(t, []*person{tom})
		})
	}
}

// TestRefundGoesBack: what gives a payment back goes to who paid it, is no more than it was, and is not of
// what the bank has refused.
func TestRefundGoesBack(t *testing.T) {
	b, mary, tom := village(t)
	ann := newPerson(t, "Ann", 4)
	ann.join(t, b, 50*money.Unit, protocol.Circulating)
	paid := pays(t, mary, ann, 20*money.Unit, now)
	for _, wrong := range []*protocol.Bundle{tom.ask(t, now, 20*money.Unit), mary.ask(t, now, 21*money.Unit)} {
		_, err := ann.Pay(now, wrong, PayParams{GivesBack: paid.Entry})
		wantCode(t, err, CodeNotRefund)
	}
	right := mary.ask(t, now, 20*money.Unit)
	must(ann.Quote(now, right, PayParams{GivesBack: paid.Entry}))(t)
	must(ann.Absorb(now+5, ann.purse, refuses(b, paid, now+5), 0))(t)
	_, err := ann.Pay(now+6, right, PayParams{GivesBack: paid.Entry})
	wantCode(t, err, CodeNotHonoured)
}
