package wallet

import (
	"slices"
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"

	"pgregory.net/rapid"
)

// world is a village on which random things happen: messages are lost, repeated and late, phones restart.
type world struct {
	bank     *tinybank.Bank
	people   []*person
	now      uint64
	requests []shown
	payments []shown // on their way; delivered zero or more times
	acks     []shown
	replies  []shown // an anchor's answers on their way
	loaded   money.Amount
	cheated  bool // somebody among the people cheats
}

// shown is a bundle that somebody made.
type shown struct {
	by     *person
	bundle *protocol.Bundle
}

func newWorld(t *rapid.T) *world {
	w := &world{bank: tinybank.New(testNetwork, 1, start), now: start + 100}
	for i, name := range []string{"Mary", "Tom", "Ann"} {
		p := newPerson(t, name, byte(i+1))
		p.tidy = i == 1
		p.open(t)
		p.join(t, w.bank, 100*money.Unit, protocol.Circulating)
		w.loaded += 100 * money.Unit
		w.people = append(w.people, p)
	}
	return w
}

func (w *world) anybody(t *rapid.T) *person {
	return w.people[rapid.IntRange(0, len(w.people)-1).Draw(t, "who")]
}

func pick(t *rapid.T, all []shown, what string) (shown, bool) {
	if len(all) == 0 {
		return shown{}, false
	}
	return all[rapid.IntRange(0, len(all)-1).Draw(t, what)], true
}

func (w *world) request(t *rapid.T) {
	p := w.anybody(t)
	params := RequestParams{
		Amount:   money.Amount(rapid.IntRange(0, 60).Draw(t, "amount")) * money.Unit,
		Standing: rapid.IntRange(0, 4).Draw(t, "standing") == 0,
	}
	w.requests = append(w.requests, shown{p, must(p.Request(w.now, params))(t)})
}

// pay lets anybody pay any bill, also its own, also twice; what is refused changes nothing.
func (w *world) pay(t *rapid.T) {
	r, ok := pick(t, w.requests, "request")
	if !ok {
		return
	}
	p := w.anybody(t)
	before := p.state.purses[p.purse].Seq
	params := PayParams{}
	if bill, _ := billOf(r.bundle); bill.Amount == 0 {
		params.Amount = money.Amount(rapid.IntRange(1, 60).Draw(t, "named")) * money.Unit
	}
	paid, err := p.Pay(w.now, r.bundle, params)
	if err == nil {
		w.payments = append(w.payments, shown{r.by, paid.Bundle})
		return
	}
	if w.cheated && protocol.CodeOf(err) == protocol.CodeCondemned {
		return // what came from a cheat cannot be handed on
	}
	if !slices.Contains([]protocol.Code{CodeOwnBill, protocol.CodeNotEnough, CodeNeedsBank, CodeToGiveBack, protocol.CodeTooDeep, protocol.CodeTooManyIncomes}, protocol.CodeOf(err)) || p.state.purses[p.purse].Seq != before {
		t.Fatalf("pay: %v", err)
	}
}

func (w *world) deliver(t *rapid.T) {
	m, ok := pick(t, w.payments, "payment")
	if !ok {
		return
	}
	got := must(m.by.Accept(w.now, m.bundle))(t)
	w.acks = append(w.acks, shown{m.by, got.Ack})
}

func (w *world) acknowledge(t *rapid.T) {
	a, ok := pick(t, w.acks, "ack")
	if !ok {
		return
	}
	for _, p := range w.people {
		if err := p.Acknowledged(w.now, a.bundle); err != nil && protocol.CodeOf(err) != CodeNotKnown {
			t.Fatal(err)
		}
	}
}

// sync brings a person's outbox to the bank; the answer may be lost, late, or come twice.
func (w *world) sync(t *rapid.T) {
	p := w.anybody(t)
	if rapid.Bool().Draw(t, "state") {
		must(p.Statement(w.now, p.purse, protocol.Hash{}))(t)
	}
	up := must(p.Outbox(p.purse))(t)
	w.replies = append(w.replies, shown{p, w.bank.Sync(p.purse, up, w.now)})
}

func (w *world) absorb(t *rapid.T) {
	r, ok := pick(t, w.replies, "reply")
	if !ok {
		return
	}
	if news := must(r.by.Absorb(w.now, r.by.purse, r.bundle, 0))(t); len(news.Problems) != 0 {
		t.Fatalf("an honest answer was refused: %v", news.Problems[0].Err)
	}
}

func (w *world) load(t *rapid.T) {
	p := w.anybody(t)
	w.bank.Load(p.purse, 10*money.Unit)
	w.loaded += 10 * money.Unit
}

func (w *world) restart(t *rapid.T) {
	p := w.anybody(t)
	p.restart(t, w.now)
}

// TestPropertyVillage: whatever happens, in whatever order, entries of a purse agree with each other, no
// sheet is overspent, the journal replays to the same state, and no money comes or goes.
func TestPropertyVillage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		t.Repeat(map[string]func(*rapid.T){
			"request": w.request, "pay": w.pay, "deliver": w.deliver, "acknowledge": w.acknowledge,
			"sync": w.sync, "absorb": w.absorb, "load": w.load, "restart": w.restart,
			"wait": func(t *rapid.T) { w.now += uint64(rapid.IntRange(1, 3600).Draw(t, "seconds")) },
			"": func(t *rapid.T) {
				for _, p := range w.people {
					chainAgrees(t, p)
					balanceAgrees(t, w, p)
				}
			},
		})
		w.conserved(t)
	})
}

func chainAgrees(t *rapid.T, p *person) {
	purse := p.state.purses[p.purse]
	type link struct {
		h protocol.Hash
		e *protocol.Entry
	}
	var chain []link
	for _, d := range p.state.deeds() {
		pay, ok := d.(*Payment)
		if !ok {
			continue
		}
		chain = append(chain, link{pay.Hash, pay.Entry})
		over := pay.Entry.Spent - pay.Sheet.Base.Spent - pay.Sheet.Available
		for _, in := range pay.Backing {
			over -= p.state.look(in).(*Income).Entry.Spend.Amount
		}
		if over > 0 {
			t.Fatalf("%s overspent a sheet by %v", p.name, over)
		}
	}
	for _, st := range purse.Statements {
		chain = append(chain, link{st.Hash, st.Entry})
	}
	if uint64(len(chain)) != purse.Seq {
		t.Fatalf("%s has signed %d entries and counted to %d", p.name, len(chain), purse.Seq)
	}
	for i, a := range chain {
		for _, b := range chain[:i] {
			if !protocol.Compatible(a.e, b.e, a.h, b.h) {
				t.Fatalf("%s contradicts itself: numbers %d and %d", p.name, a.e.Seq, b.e.Seq)
			}
		}
	}
}

// balanceAgrees counts a person's money in another way: what is loaded and on the way must be what the
// entries say.
func balanceAgrees(t *rapid.T, w *world, p *person) {
	b := p.balance(w.now)
	var received, underWay money.Amount
	for _, r := range p.History(w.now) {
		switch {
		case r.Act == ActReceived && (r.State == "received" || r.State == "presented"):
			received += r.Amount
		case r.Act == ActPaid && r.State == "written":
			underWay += r.Amount
		}
	}
	if b.Received != received || b.UnderWay != underWay || b.Spendable > b.Loaded+b.Received+b.Credited || b.Loaded < 0 {
		t.Fatalf("%s: %+v, want received %v, under way %v", p.name, b, received, underWay)
	}
}

// conserved brings everything to the bank twice (a purse whose income comes late states again), and counts.
func (w *world) conserved(t *rapid.T) {
	for _, m := range w.payments {
		must(m.by.Accept(w.now, m.bundle))(t)
	}
	for range 2 {
		w.now += 10
		for _, p := range w.people {
			p.refresh(t, w.bank, w.now)
		}
	}
	var total money.Amount
	for _, p := range w.people {
		b := p.balance(w.now)
		if b.Received != 0 || b.UnderWay != 0 || b.Credited != 0 {
			t.Fatalf("%s: not settled: %+v", p.name, b)
		}
		if up := must(p.Outbox(p.purse))(t); up.Len() != 0 {
			t.Fatalf("%s: %d documents are presented again that the bank has answered", p.name, up.Len())
		}
		total += b.Loaded
	}
	if total != w.loaded || w.bank.Owed() != w.loaded {
		t.Fatalf("%v loaded, %v in the wallets, %v owed by the bank", w.loaded, total, w.bank.Owed())
	}
}
