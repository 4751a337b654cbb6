package wallet

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"
)

// drawer is a shelf.
type drawer struct{ records [][]byte }

func (d *drawer) Put(record []byte) int64 {
	d.records = append(d.records, bytes.Clone(record))
	return int64(len(d.records) - 1)
}

func (d *drawer) Get(place int64) []byte { return d.records[place] }

// shows is all that a wallet tells anybody.
func (p *person) shows(t fataler, at uint64) (lines []string) {
	t.Helper()
	line := func(what string, shown any) { lines = append(lines, fmt.Sprintf("%s %+v", what, shown)) }
	bundle := func(what string, b *protocol.Bundle) { line(what, protocol.Digest(b.Encode())) }
	for _, purse := range p.Purses() {
		line("purse", []any{purse.ID, purse.Phase, purse.Seq, purse.Spent, purse.Cursor, purse.SyncedAt, purse.AtBank, len(purse.Statements), len(purse.Sheets)})
		bundle("outbox", must(p.Outbox(purse.ID))(t))
		line("statement", p.state.statementTime(p.state.purses[purse.ID], at))
	}
	for _, b := range p.Balances(at) {
		line("balance", b)
	}
	for _, c := range p.Cases() {
		line("case", c)
	}
	for _, b := range p.Evidence() {
		bundle("evidence", b)
	}
	for _, s := range p.Owed([]protocol.Key{p.state.all()[0].Key()}) {
		bundle("owed", s.Bundle)
	}
	line("undelivered", p.Undelivered())
	line("sightings", len(p.state.watch.all))
	for _, r := range p.History(at) {
		line("history", r)
		for _, h := range []protocol.Hash{r.Hash, r.Bill} {
			bundle("shown", must(p.Show(h))(t))
			d, known := p.Lookup(h)
			line("known", []any{known, protocol.Digest(protocol.Encode(d))})
		}
	}
	return lines
}

// restart opens the journal again, as the phone does and as one does that puts away more, or nothing: each
// shows what was shown before.
func (p *person) restart(t fataler, at uint64) {
	t.Helper()
	before, was := p.state, p.shows(t, at)
	for range 2 {
		p.tidy = !p.tidy
		p.open(t)
		if is := p.shows(t, at); !slices.Equal(was, is) {
			i := 0
			for i < min(len(was), len(is))-1 && was[i] == is[i] {
				i++
			}
			t.Fatalf("%s (tidy %v): line %d of %d and %d: %s became %s", p.name, p.tidy, i, len(was), len(is), was[i], is[i])
		}
	}
	p.open(t)
	if !p.tidy && !reflect.DeepEqual(before, p.state) {
		t.Fatalf("%s: the journal does not replay to the same state", p.name)
	}
}

// lateEnough is when no sheet of the first days lives any more: one that does not count an income keeps it at hand.
func (p *person) lateEnough() uint64 {
	return p.state.purses[p.purse].Sheets[0].Sheet.ExpiresAt + tinybank.Day
}

// tidyVillage is a village in which a payment of 30 is settled, and both wallets have put it away.
func tidyVillage(t *testing.T) (b *tinybank.Bank, mary, tom *person, request *protocol.Bundle, paid *Signed, at uint64) {
	t.Helper()
	b, mary, tom = village(t)
	at = tom.lateEnough()
	request = must(tom.Request(now, RequestParams{Amount: 30 * money.Unit, Memo: "two fish"}))(t)
	paid = must(mary.Pay(now, request, PayParams{}))(t)
	must(tom.Accept(now, paid.Bundle))(t)
	for _, p := range []*person{tom, mary} {
		p.tidy = true
		p.open(t)
		p.refresh(t, b, now+tinybank.Day)
		p.refresh(t, b, at-10)
		p.refresh(t, b, at-5)
		if len(p.state.order) != 0 && p == mary || len(p.state.incomes)+len(p.state.payments) != 0 || len(p.state.shelf.places) == 0 {
			t.Fatalf("%s has put away %d, and has %d at hand", p.name, len(p.state.shelf.places), len(p.state.order))
		}
	}
	return b, mary, tom, request, paid, at
}

// TestShelfPaysOnce: what is on the shelf is known all the same: a bill is paid once, a payment taken once.
func TestShelfPaysOnce(t *testing.T) {
	b, mary, tom, request, paid, at := tidyVillage(t)
	if quote := must(mary.Quote(at, request, PayParams{}))(t); quote.Paid != paid.Entry {
		t.Fatalf("it would be paid twice: %+v", quote)
	}
	again := must(mary.Pay(at, request, PayParams{}))(t)
	if !again.Again || again.Entry != paid.Entry || !bytes.Equal(again.Encode(), paid.Encode()) {
		t.Fatalf("paid twice: %+v", again)
	}
	got := must(tom.Accept(at, paid.Bundle))(t)
	if !got.Again || got.Amount != 30*money.Unit {
		t.Fatalf("taken twice: %+v", got)
	}
	if bal := tom.balance(at); bal.Received != 0 || bal.Spendable != 30*money.Unit {
		t.Fatalf("%+v", bal)
	}
	check(t, mary.Acknowledged(at, got.Ack))
	if row := mary.History(at)[0]; !row.Acked || row.State != "honoured" || row.Memo != "two fish" {
		t.Fatalf("%+v", row)
	}
	_, err := tom.Pay(at, request, PayParams{})
	wantCode(t, err, CodeOwnBill)
	for _, p := range []*person{mary, tom} {
		p.restart(t, at)
		p.refresh(t, b, at+tinybank.Day)
		p.restart(t, at+tinybank.Day)
	}
}

// TestShelfRefundsOnce: what was settled long ago may be given back, once.
func TestShelfRefundsOnce(t *testing.T) {
	b, mary, tom, _, paid, at := tidyVillage(t)
	ask := func() *protocol.Bundle {
		return must(mary.Request(at, RequestParams{Amount: 30 * money.Unit, Payer: tom.id()}))(t)
	}
	back := must(tom.Pay(at, ask(), PayParams{GivesBack: paid.Entry}))(t)
	must(mary.Accept(at, back.Bundle))(t)
	for _, p := range []*person{mary, tom} {
		p.refresh(t, b, at+tinybank.Day)
		p.refresh(t, b, at+2*tinybank.Day)
		p.restart(t, at+2*tinybank.Day)
	}
	if rows := tom.History(at); rows[1].Refund != back.Entry {
		t.Fatalf("%+v", rows)
	}
	_, err := tom.Pay(at, ask(), PayParams{GivesBack: paid.Entry})
	wantCode(t, err, CodeAlreadyGiven)
}

// TestShelfHearsTheBank: a second word of the bank on what is on the shelf is refused, and no payout is missed.
func TestShelfHearsTheBank(t *testing.T) {
	b, mary, tom, _, paid, at := tidyVillage(t)
	second := *b.Receipt(paid.Entry)
	second.Outcome, second.At = protocol.Dishonoured, second.At+1
	b.Seal(&second)
	for _, p := range []*person{mary, tom} {
		news := must(p.Absorb(at, protocol.PurseID{}, protocol.NewBundle(testNetwork, &second, b.Receipt(paid.Entry)), 0))(t)
		if len(news.Problems) != 1 || len(news.Receipts) != 0 {
			t.Fatalf("%s: %+v", p.name, news)
		}
	}
}

// TestShelfAndAnOlderSheet: a sheet that does not count what is on the shelf brings it back: it may be spent on it.
func TestShelfAndAnOlderSheet(t *testing.T) {
	b, mary, tom, _, _, at := tidyVillage(t)
	older := *b.Sheet(tom.purse, at)
	older.AsOf, older.Available = start, 0
	b.Seal(&older)
	if news := must(tom.Absorb(at, tom.purse, protocol.NewBundle(testNetwork, &older), 0))(t); len(news.Sheets) != 1 {
		t.Fatalf("%+v", news)
	}
	if len(tom.state.shelf.places) != 0 {
		t.Fatal("it stays on the shelf")
	}
	tom.restart(t, at)
	request := must(mary.Request(at, RequestParams{Amount: 30 * money.Unit}))(t)
	must(mary.Accept(at, must(tom.Pay(at, request, PayParams{}))(t).Bundle))(t)
}

// TestShelfWaits: with the times that are used, nothing goes before a month has passed by the phone's clock and the bank's word.
func TestShelfWaits(t *testing.T) {
	b, mary, tom := village(t)
	paid := pays(t, mary, tom, money.Unit, now)
	shelve := &drawer{}
	tom.state.shelf = newShelf(shelve)
	tom.refresh(t, b, tom.lateEnough())
	answered := b.Receipt(paid.Entry).At
	for _, x := range []struct{ clock, signed uint64 }{
		{answered + shelveAfter - 1, answered + shelveAfter - 1},
		{answered + shelveAfter + 2*shelveEvery, answered + shelveAfter - 1},
		{answered + shelveAfter - 1, answered + shelveAfter + 2*shelveEvery},
	} {
		tom.later(t, b, x.clock, x.signed)
		if tom.state.incomes[paid.Entry] == nil {
			t.Fatalf("put away at %+v", x)
		}
	}
	tom.later(t, b, answered+shelveAfter+4*shelveEvery, answered+shelveAfter+4*shelveEvery)
	if tom.state.incomes[paid.Entry] != nil || len(shelve.records) == 0 {
		t.Fatal("still at hand")
	}
}
