package wallet

import (
	"errors"
	"testing"

	"kula/money"
	"kula/protocol"
)

// TestSawPicture: what the payer's person marks changes the words of its history and nothing else: not the
// phase, not a sum, not what is handed over again, not what the bank is brought.
func TestSawPicture(t *testing.T) {
	_, mary, tom := village(t)
	paid := must(mary.Pay(now, must(tom.Request(now, RequestParams{Amount: money.Unit}))(t), PayParams{}))(t)
	check(t, mary.HandedOver(now, paid.Entry))
	before, outbox := mary.History(now)[0], must(mary.Outbox(mary.purse))(t).Encode()
	sums := mary.Balances(now)[0]
	for _, wrong := range []int{Picture(paid.Entry) ^ 1, -1, Pictures + Picture(paid.Entry)} {
		if err := mary.SawPicture(now, paid.Entry, wrong); !errors.Is(err, CodeWrongPicture) {
			t.Fatalf("picture %d: %v", wrong, err)
		}
	}
	if err := mary.SawPicture(now, protocol.Hash{1}, Picture(protocol.Hash{1})); !errors.Is(err, CodeNotKnown) {
		t.Fatal(err)
	}
	for range 2 {
		check(t, mary.SawPicture(now, paid.Entry, Picture(paid.Entry)))
	}
	after := mary.History(now)[0]
	if !after.Seen || after.Words == before.Words || after.State != before.State || after.Acked {
		t.Fatalf("%+v", after)
	}
	purse := must(tom.Purse(tom.purse))(t)
	if len(mary.Undelivered()) != 1 || len(mary.Owed([]protocol.Key{purse.Key()})) != 1 {
		t.Fatal("a mark counts as an Ack")
	}
	if now := mary.Balances(now)[0]; now.UnderWay != sums.UnderWay || now.Spendable != sums.Spendable {
		t.Fatalf("a mark moves money: %+v", now)
	}
	if string(must(mary.Outbox(mary.purse))(t).Encode()) != string(outbox) {
		t.Fatal("the bank hears of a mark")
	}
	again := must(Open(Config{Network: testNetwork, Journal: &memory{}, Keys: ring{1}}, mary.journal.records))(t)
	if !again.History(now)[0].Seen {
		t.Fatal("forgotten")
	}
	check(t, mary.Acknowledged(now, must(tom.Accept(now, paid.Bundle))(t).Ack))
	if row := mary.History(now)[0]; !row.Acked || row.Words != paymentWords[Confirmed] {
		t.Fatalf("%+v", row)
	}
}
