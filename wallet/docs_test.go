package wallet

import (
	"reflect"
	"slices"
	"testing"

	"kula/money"
	"kula/protocol"
)

// kinds counts the documents that a wallet finds by their hash alone.
func (s *State) kinds() map[protocol.DocumentType]int {
	kinds := map[protocol.DocumentType]int{}
	for _, d := range s.docs {
		kinds[d.Type()]++
	}
	return kinds
}

// TestNothingIsKeptTwice: what a bill, a payment or an income has is not kept once more, and is found all the
// same, by either side; the bank's answer, come again, is nothing new; a restart finds the same.
func TestNothingIsKeptTwice(t *testing.T) {
	b, mary, tom := village(t)
	paid := pays(t, mary, tom, 30*money.Unit, now)
	check(t, mary.Acknowledged(now, must(tom.Accept(now, paid.Bundle))(t).Ack))
	back := pays(t, tom, mary, 10*money.Unit, now+1) // stands on what she paid
	for i, p := range []*person{tom, mary} {
		must(p.Statement(now+10+uint64(i), p.purse, protocol.Hash{1}))(t)
		reply := b.Sync(p.purse, must(p.Outbox(p.purse))(t), now+10+uint64(i))
		if news := must(p.Absorb(now+20, p.purse, reply, 0))(t); len(news.Receipts) != 2 || len(news.Problems) != 0 {
			t.Fatalf("%+v", news)
		}
		written := len(p.journal.records)
		reply.Add(p.state.purses[p.purse].Card)
		if news := must(p.Absorb(now+21, p.purse, reply, 0))(t); len(news.Receipts) != 0 || len(news.Problems) != 0 || len(p.journal.records) != written {
			t.Fatalf("the same answer again is news: %+v", news)
		}
	}
	for _, p := range []*person{tom, mary} {
		kinds := p.state.kinds()
		for _, kind := range []protocol.DocumentType{protocol.TypeBill, protocol.TypeMemo, protocol.TypeAck, protocol.TypeReceipt} {
			if kinds[kind] != 0 {
				t.Errorf("%d documents of type %s are kept twice", kinds[kind], kind)
			}
		}
		if statements := kinds[protocol.TypeEntry]; statements != len(p.state.purses[p.purse].Statements) {
			t.Errorf("%d entries are kept twice", statements)
		}
		for _, x := range []*Signed{paid, back} {
			for _, h := range []protocol.Hash{x.Entry, only[*protocol.Entry](x.Bundle).Spend.Bill} {
				if d, ok := p.Lookup(h); !ok || testNetwork.Hash(d) != h {
					t.Errorf("%s is not found", h)
				}
			}
			shown := must(p.Show(x.Entry))(t)
			for _, kind := range []protocol.DocumentType{protocol.TypeEntry, protocol.TypeSheet, protocol.TypeBill, protocol.TypeMemo, protocol.TypeReceipt} {
				if !slices.Contains(typesIn(shown), kind) {
					t.Errorf("%s is not shown", kind)
				}
			}
		}
		before := p.state
		p.open(t)
		if !reflect.DeepEqual(before, p.state) {
			t.Fatal("the journal does not replay to the same state")
		}
	}
}

func typesIn(b *protocol.Bundle) (types []protocol.DocumentType) {
	b.Each(func(_ protocol.Hash, d protocol.Document) { types = append(types, d.Type()) })
	return types
}

// TestShowWhatAReceiptVouchesFor: the bank's word on a payment behind an income is part of what there is to show.
func TestShowWhatAReceiptVouchesFor(t *testing.T) {
	b, p := island(t, 3)
	hand(t, now, p[0], p[1], 30*money.Unit)
	receiptsOnly(t, p[1], b, now+10)
	got := hand(t, now+20, p[1], p[2], 20*money.Unit)
	for _, reopened := range []bool{false, true} {
		if reopened {
			p[2].open(t)
		}
		if shown := must(p[2].Show(got.Entry))(t); !slices.Contains(typesIn(shown), protocol.TypeReceipt) {
			t.Fatal("the receipt is not shown")
		}
	}
}
