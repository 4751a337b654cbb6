package wallet

import (
	"slices"
	"testing"

	"kula/money"
	"kula/protocol"
)

// TestAttackPaymentRefusedBefore: the payer (or anybody) had the payment refused by the bank before the payee saw it. Handed
// over afterwards it is no money: the payee does not celebrate and signs no Ack.
func TestAttackPaymentRefusedBefore(t *testing.T) {
	b, mary, tom := village(t)
	request := must(tom.Request(now, RequestParams{Amount: 10 * money.Unit}))(t)
	signed := must(mary.Pay(now, request, PayParams{}))(t)
	entry, _ := protocol.Find[*protocol.Entry](signed.Bundle, signed.Entry)
	r := &protocol.Receipt{Anchor: b.Charter.Anchor, Entry: signed.Entry, Bill: entry.Spend.Bill, Outcome: protocol.Dishonoured,
		Reason: protocol.ReasonUncovered, Amount: entry.Spend.Amount, At: now + 5, LogIndex: 1}
	b.Seal(r)
	must(tom.Absorb(now+5, tom.purse, protocol.NewBundle(testNetwork, entry, r), 0))(t)
	_, err := tom.Accept(now+6, signed.Bundle)
	wantCode(t, err, CodeNotHonoured)
	if row := tom.History(now + 6); row[len(row)-1].Acked {
		t.Fatal("acknowledged what the bank has refused")
	}
}

// TestRefusedAndCovered: the history of a payee says that the bank has refused a payment, and what it covered
// all the same.
func TestRefusedAndCovered(t *testing.T) {
	b, mary, tom := village(t)
	request := must(tom.Request(now, RequestParams{Amount: 10 * money.Unit}))(t)
	signed := must(mary.Pay(now, request, PayParams{}))(t)
	must(tom.Accept(now, signed.Bundle))(t)
	entry, _ := protocol.Find[*protocol.Entry](signed.Bundle, signed.Entry)
	r := &protocol.Receipt{Anchor: b.Charter.Anchor, Entry: signed.Entry, Bill: entry.Spend.Bill, Outcome: protocol.Dishonoured,
		Reason: protocol.ReasonUncovered, Amount: entry.Spend.Amount, Covered: 3 * money.Unit,
		Credited: protocol.Credit{Kind: protocol.CreditPurse, To: protocol.Hash(tom.purse)}, At: now + 5, LogIndex: 1}
	b.Seal(r)
	must(tom.Absorb(now+5, tom.purse, protocol.NewBundle(testNetwork, r), 0))(t)
	rows := tom.History(now + 6)
	if row := rows[len(rows)-1]; row.Covered != 3*money.Unit || row.State != NotHonoured.String() || row.Words != coveredWords {
		t.Fatalf("%+v", row)
	}
}

// TestRevokedPurse: a phone whose purse the newest notice names says so, shows nothing to spend, and asks
// for no sheet.
func TestRevokedPurse(t *testing.T) {
	b, mary, _ := village(t)
	if mary.balance(now).Revoked {
		t.Fatal("revoked before the notice")
	}
	for _, name := range []func(*protocol.Notice){
		func(n *protocol.Notice) { n.RevokedPurses = []protocol.Hash{protocol.Hash(mary.purse)} },
		func(n *protocol.Notice) {
			n.RevokedKeys = []protocol.Hash{protocol.Hash(mary.state.purses[mary.purse].Key())}
		},
	} {
		n := b.Notice(now)
		name(n)
		b.Seal(n)
		must(mary.Absorb(now, protocol.PurseID{}, protocol.NewBundle(testNetwork, n), 0))(t)
		got := mary.balance(now)
		if !got.Revoked || got.Spendable != 0 || got.Loaded != 0 || len(got.Expiring) != 0 {
			t.Fatalf("%+v", got)
		}
		if mary.NeedsSheet(now+59*24*3600, mary.purse) {
			t.Fatal("asks for a sheet that it cannot get")
		}
	}
	mary.open(t)
	if !slices.ContainsFunc(mary.Balances(now), func(b Balance) bool { return b.Revoked }) {
		t.Fatal("forgotten after a restart")
	}
}
