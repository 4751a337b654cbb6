package wallet

import (
	"bytes"
	"reflect"
	"strconv"
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"
)

// island is a bank and people, of whom only the first has money.
func island(t fataler, n int) (*tinybank.Bank, []*person) {
	t.Helper()
	return islandOf(t, n, protocol.MaxDepth)
}

func islandOf(t fataler, n int, maxDepth uint32) (*tinybank.Bank, []*person) {
	t.Helper()
	b := tinybank.New(testNetwork, 1, start)
	b.Limits.MaxDepth = maxDepth
	people := make([]*person, n)
	for i := range people {
		people[i] = newPerson(t, "Person "+strconv.Itoa(i+1), byte(i+1))
		load := money.Amount(0)
		if i == 0 {
			load = 100 * money.Unit
		}
		people[i].join(t, b, load, protocol.Circulating)
	}
	return b, people
}

func (p *person) ask(t fataler, at uint64, amount money.Amount) *protocol.Bundle {
	t.Helper()
	return must(p.Request(at, RequestParams{Amount: amount, Purse: p.purse}))(t)
}

// hand makes a payment, as bytes from phone to phone, and looks whether it is what was quoted.
func hand(t fataler, at uint64, from, to *person, amount money.Amount) *Acceptance {
	t.Helper()
	request := to.ask(t, at, amount)
	quote := must(from.Quote(at, request, PayParams{}))(t)
	signed := must(from.Pay(at, request, PayParams{}))(t)
	if n := len(signed.Encode()); n != quote.Bytes {
		t.Fatalf("quoted %d bytes, sent %d", quote.Bytes, n)
	}
	got := must(to.Accept(at, must(to.Decode(signed.Encode(), protocol.PaymentBounds))(t)))(t)
	if v := got.Verdict; v.Depth != quote.Depth || v.Deadline != quote.Deadline || v.Guaranteed != quote.Guaranteed {
		t.Fatalf("quoted %+v, accepted %+v", quote, v)
	}
	check(t, from.Acknowledged(at, got.Ack))
	return got
}

func (p *person) refusal(t fataler, at uint64, to *person, amount money.Amount) error {
	t.Helper()
	request := to.ask(t, at, amount)
	before := len(p.journal.records)
	_, quoted := p.Quote(at, request, PayParams{})
	_, err := p.Pay(at, request, PayParams{})
	if protocol.CodeOf(quoted) != protocol.CodeOf(err) || len(p.journal.records) != before {
		t.Fatalf("quoted %v, paying says %v", quoted, err)
	}
	return err
}

func replays(t fataler, people []*person) {
	t.Helper()
	for _, p := range people {
		before := p.state
		p.open(t)
		if !reflect.DeepEqual(before, p.state) {
			t.Fatalf("%s: the journal does not replay to the same state", p.name)
		}
	}
}

// TestReceivedIsSpent: A pays B, B pays C with that money, nobody has a network; C alone reaches the bank,
// and everybody's money is right.
func TestReceivedIsSpent(t *testing.T) {
	b, p := island(t, 3)
	ann, ben, cal := p[0], p[1], p[2]
	hand(t, now, ann, ben, 30*money.Unit)
	if got := hand(t, now+1, ben, cal, 20*money.Unit); got.Verdict.Depth != 1 || len(got.Verdict.Behind) != 3 {
		t.Fatalf("%+v", got.Verdict)
	}
	if bal := ben.balance(now + 1); bal.Loaded != 0 || bal.PassedOn != 20*money.Unit || bal.Spendable != 10*money.Unit || bal.ToBank != 0 {
		t.Fatalf("%+v", bal)
	}
	wantCode(t, ben.refusal(t, now+2, cal, 11*money.Unit), protocol.CodeNotEnough)
	replays(t, p)
	cal.refresh(t, b, now+10)
	for i, want := range []money.Amount{70, 10, 20} {
		p[i].refresh(t, b, now+20)
		if bal := p[i].balance(now + 20); bal.Loaded != want*money.Unit || bal.Received != 0 || bal.UnderWay != 0 || bal.PassedOn != 0 {
			t.Errorf("%s: %+v", p[i].name, bal)
		}
	}
	replays(t, p)
}

// TestRedeliverWithBacking: the same payment again brings the same documents, after a restart too.
func TestRedeliverWithBacking(t *testing.T) {
	b, p := island(t, 3)
	hand(t, now, p[0], p[1], 30*money.Unit)
	request := p[2].ask(t, now, 20*money.Unit)
	first := must(p[1].Pay(now, request, PayParams{}))(t)
	p[1].open(t)
	for _, again := range []*Signed{must(p[1].Redeliver(first.Entry))(t), must(p[1].Pay(now, request, PayParams{}))(t), p[1].Owed([]protocol.Key{p[2].state.purses[p[2].purse].Key()})[0]} {
		if !bytes.Equal(again.Encode(), first.Encode()) {
			t.Fatal("another bundle")
		}
	}
	// The bank has honoured what it stands on: that is shorter, and stands even when the first payer's purse is revoked.
	p[1].refresh(t, b, now+10)
	n := b.Notice(now + 20)
	n.RevokedPurses = []protocol.Hash{protocol.Hash(p[0].purse)}
	b.Seal(n)
	must(p[2].Absorb(now+20, p[2].purse, protocol.NewBundle(testNetwork, n), 0))(t)
	_, err := p[2].Accept(now+20, first.Bundle)
	wantCode(t, err, protocol.CodeRevoked)
	if got := must(p[2].Accept(now+20, must(p[1].Redeliver(first.Entry))(t).Bundle))(t); got.Verdict.Depth != 1 {
		t.Fatalf("%+v", got)
	}
}

// TestTenHops: a chain of ten, each with nothing of its own.
func TestTenHops(t *testing.T) {
	b, p := island(t, 12)
	for i := range 11 {
		if got := hand(t, now+uint64(i), p[i], p[i+1], 30*money.Unit); got.Verdict.Depth != i || len(got.Verdict.Behind) != 3*i {
			t.Fatalf("hop %d: %+v", i, got.Verdict)
		}
	}
	replays(t, p)
	p[11].refresh(t, b, now+100)
	for i := range 12 {
		p[i].refresh(t, b, now+200)
	}
	if bal := p[11].balance(now + 200); bal.Loaded != 30*money.Unit {
		t.Fatalf("%+v", bal)
	}
	if b.Owed() != 100*money.Unit {
		t.Fatal(b.Owed())
	}
}

// TestLoop: A→B→A→C. What comes back is not counted twice, and A spends it again.
func TestLoop(t *testing.T) {
	b, p := island(t, 3)
	hand(t, now, p[0], p[1], 100*money.Unit)
	hand(t, now+1, p[1], p[0], 100*money.Unit)
	if bal := p[0].balance(now + 1); bal.Spendable != 100*money.Unit {
		t.Fatalf("%+v", bal)
	}
	if got := hand(t, now+2, p[0], p[2], 60*money.Unit); got.Verdict.Depth != 2 {
		t.Fatalf("%+v", got.Verdict)
	}
	hand(t, now+3, p[0], p[1], 40*money.Unit)
	wantCode(t, p[0].refusal(t, now+4, p[2], money.Unit), protocol.CodeNotEnough)
	hand(t, now+5, p[1], p[2], 40*money.Unit)
	replays(t, p)
	for range 2 {
		for i := range p {
			p[i].refresh(t, b, now+100)
		}
	}
	if bal := p[2].balance(now + 200); bal.Loaded != 100*money.Unit || b.Owed() != 100*money.Unit {
		t.Fatalf("%+v", bal)
	}
}
