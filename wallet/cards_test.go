package wallet

import (
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"
)

// arrives is a payment as the payee's camera has it.
func (p *person) arrives(t fataler, paid *Signed) *Acceptance {
	t.Helper()
	b := must(p.Decode(paid.Encode(), protocol.PaymentBounds))(t)
	return must(p.Accept(now, b))(t)
}

// forPayee is a payment as it is handed over, with another card than the payer's own.
func forPayee(paid *Signed, c *protocol.Card) *protocol.Bundle {
	other := *paid
	other.Payer = c
	return other.Handed()
}

// TestPayeeKnowsThePayer: the name that the bank gives a stranger comes along in one code, is shown, stands in the
// history and in what proves the payment, and is known after a restart. It goes no further.
func TestPayeeKnowsThePayer(t *testing.T) {
	b, mary, tom := village(t)
	ann := newPerson(t, "Ann", 4)
	ann.join(t, b, 0, protocol.Circulating)
	paid := must(mary.Pay(now, tom.ask(t, now, 20*money.Unit), PayParams{}))(t)
	if n := len(paid.Encode()); n > protocol.OneCode || n != paid.Size() {
		t.Fatalf("%d B", n)
	}
	got := tom.arrives(t, paid)
	if got.Name != "Mary" || got.Payer != mary.id() {
		t.Fatalf("%+v", got)
	}
	tom.open(t)
	rows := tom.History(now)
	if row := rows[len(rows)-1]; row.OtherName != "Mary" || row.Other != mary.id() {
		t.Fatalf("%+v", row)
	}
	if cards := protocol.All[*protocol.Card](must(tom.Show(paid.Entry))(t)); len(cards) != 1 || cards[0].Name != "Mary" {
		t.Fatalf("%+v", cards)
	}
	if again := must(tom.Accept(now, paid.Bundle))(t); !again.Again || again.Name != "Mary" {
		t.Fatalf("%+v", again)
	}
	if up := must(tom.Outbox(tom.purse))(t); len(protocol.All[*protocol.Card](up)) != 0 {
		t.Fatal("the bank is told what it knows")
	}
	on := must(tom.Pay(now, ann.ask(t, now, 20*money.Unit), PayParams{}))(t)
	if cards := protocol.All[*protocol.Card](on.Handed()); len(cards) != 1 || cards[0].Name != "Tom" {
		t.Fatalf("whoever is paid learns of others: %+v", cards)
	}
	if got := ann.arrives(t, on); got.Name != "Tom" || got.Verdict.Depth != 1 {
		t.Fatalf("%+v", got)
	}
	replays(t, []*person{tom, ann})
}

// TestNameLearntOnce: whose card was seen once is known by it when it does not come along, before and after.
func TestNameLearntOnce(t *testing.T) {
	_, mary, tom := village(t)
	nameless := must(tom.Accept(now, must(mary.Pay(now, tom.ask(t, now, money.Unit), PayParams{}))(t).Bundle))(t)
	if nameless.Name != "" || nameless.Payer != mary.id() {
		t.Fatalf("%+v", nameless)
	}
	tom.arrives(t, must(mary.Pay(now, tom.ask(t, now, money.Unit), PayParams{}))(t))
	later := must(tom.Accept(now, must(mary.Pay(now, tom.ask(t, now, money.Unit), PayParams{}))(t).Bundle))(t)
	if later.Name != "Mary" {
		t.Fatalf("%+v", later)
	}
	for _, row := range tom.History(now) {
		if row.Act == ActReceived && row.OtherName != "Mary" {
			t.Fatalf("%+v", row)
		}
	}
	replays(t, []*person{tom})
}

// TestAttackForgedName: no card that is not the bank's word about this very payer gives it a name, or is learnt.
// The money is good all the same.
func TestAttackForgedName(t *testing.T) {
	own := func(p *person) *protocol.Card { return p.state.purses[p.purse].Card }
	edit := func(c *protocol.Card, change func(*protocol.Card)) *protocol.Card {
		other := *c
		change(&other)
		return &other
	}
	for name, card := range map[string]func(*tinybank.Bank, *person, *person) *protocol.Card{
		"another name": func(_ *tinybank.Bank, p, _ *person) *protocol.Card {
			return edit(own(p), func(c *protocol.Card) { c.Name = "Ann" })
		},
		"somebody else's": func(_ *tinybank.Bank, _, ann *person) *protocol.Card { return own(ann) },
		"another's, changed": func(_ *tinybank.Bank, p, ann *person) *protocol.Card {
			return edit(own(ann), func(c *protocol.Card) { c.Account = p.id() })
		},
		"past": func(b *tinybank.Bank, p, _ *person) *protocol.Card {
			c := edit(own(p), func(c *protocol.Card) { c.NotBefore, c.NotAfter = start-2, start-1 })
			b.Seal(c)
			return c
		},
		"of a key that did not sign": func(b *tinybank.Bank, p, ann *person) *protocol.Card {
			c := edit(own(p), func(c *protocol.Card) { c.Keys = own(ann).Keys })
			b.Seal(c)
			return c
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, mary, tom := village(t)
			ann := newPerson(t, "Ann", 4)
			ann.join(t, b, 50*money.Unit, protocol.Circulating)
			paid := must(mary.Pay(now, tom.ask(t, now, money.Unit), PayParams{}))(t)
			got := must(tom.Accept(now, forPayee(paid, card(b, mary, ann))))(t)
			if got.Name != "" || got.Amount != money.Unit || len(tom.state.cards) != 0 {
				t.Fatalf("%+v", got)
			}
			if row := tom.History(now)[1]; row.OtherName != "" {
				t.Fatalf("%+v", row)
			}
			replays(t, []*person{tom})
		})
	}
}

// TestAttackCardBesideAnUnload: nobody judges a card that comes with the bank's own bill, so it names nobody.
func TestAttackCardBesideAnUnload(t *testing.T) {
	b, mary, tom := village(t)
	request := b.UnloadBill(10*money.Unit, "GDEST", now)
	forged := *tom.state.purses[tom.purse].Card
	forged.Name = "Ann"
	request.Add(&forged)
	paid := must(mary.Pay(now, request, PayParams{}))(t)
	rows := mary.History(now)
	if row := rows[len(rows)-1]; row.OtherName != "" || len(mary.state.cards) != 0 || len(protocol.All[*protocol.Card](paid.Bundle)) != 0 {
		t.Fatalf("%+v", row)
	}
}

// TestNameNeedsNoSecondCode: the card stays behind when it alone would make two codes of one, and when
// a payment is as large as one may be; else it comes along.
func TestNameNeedsNoSecondCode(t *testing.T) {
	_, mary, tom := village(t)
	paid := must(mary.Pay(now, tom.ask(t, now, money.Unit), PayParams{}))(t)
	seen := map[bool]int{}
	for n := range 8 {
		named := len(protocol.All[*protocol.Card](must(tom.Decode(paid.Encode(), protocol.PaymentBounds))(t))) == 1
		without := *paid
		without.Payer = nil
		bill := protocol.All[*protocol.Bill](paid.Bundle)[0]
		bare, with := without.Size(), paid.Handed().Size(bill)
		if moves := bare <= protocol.OneCode && with > protocol.OneCode; named == moves || len(paid.Encode()) != paid.Size() {
			t.Fatalf("%d documents more: %d B, %d B with the card, named %v", n, bare, with, named)
		}
		seen[named]++
		paid.Bundle.Add(&protocol.Ack{Entry: protocol.Hash{byte(n), 1}})
	}
	if seen[true] == 0 || seen[false] == 0 {
		t.Fatalf("%v", seen)
	}
	for n := 0; paid.Handed().Len() < protocol.PaymentBounds.Documents; n++ {
		paid.Bundle.Add(&protocol.Ack{Entry: protocol.Hash{byte(n), byte(n >> 8), 2}})
	}
	paid.Bundle.Add(&protocol.Ack{Entry: protocol.Hash{3, 3}})
	if n := paid.Handed().Len(); n > protocol.PaymentBounds.Documents {
		t.Fatalf("%d documents", n)
	}
}

// TestBillWithoutCard: somebody whose card was learnt can be paid, and given back to, on a bare bill; a stranger
// cannot, nor a key that the card does not list.
func TestBillWithoutCard(t *testing.T) {
	b, mary, tom := village(t)
	ann := newPerson(t, "Ann", 4)
	ann.join(t, b, 50*money.Unit, protocol.Circulating)
	bare := func(p *person) *protocol.Bundle {
		full := p.ask(t, now, 20*money.Unit)
		out := protocol.NewBundle(testNetwork)
		bill, _ := protocol.Find[*protocol.Bill](full, full.Roots[0])
		out.AddRoot(bill)
		return out
	}
	paid := must(mary.Pay(now, ann.ask(t, now, 20*money.Unit), PayParams{}))(t)
	ann.arrives(t, paid)
	_, err := ann.Quote(now, bare(tom), PayParams{})
	wantCode(t, err, protocol.CodeMissingDocument)
	request := bare(mary)
	if o := must(ann.VerifyRequest(now, request))(t); o.Name != "Mary" {
		t.Fatalf("%+v", o)
	}
	back := must(ann.Pay(now, request, PayParams{GivesBack: paid.Entry}))(t)
	if got := mary.arrives(t, back); got.Name != "Ann" || got.Amount != 20*money.Unit {
		t.Fatalf("%+v", got)
	}
	other := *protocol.All[*protocol.Bill](request)[0]
	other.PayeeKey[0] ^= 1
	if ann.state.cardFor(&other) != nil {
		t.Fatal("a card stands for a key that is not on it")
	}
}
