package wallet

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"

	"pgregory.net/rapid"
)

// trade is a village without a network in which received money goes round; now and then somebody is at the bank.
type trade struct {
	random   *rand.Rand
	bank     *tinybank.Bank
	people   []*person
	now      uint64
	loaded   money.Amount
	deepest  int
	backed   int
	shelved  int
	requests []shown
}

// newTrade draws one seed rather than every choice: rapid prefers small numbers, and money that hardly moves
// stands on nothing.
func newTrade(t *rapid.T) *trade {
	seed := rapid.Uint64().Draw(t, "seed")
	w := &trade{random: rand.New(rand.NewPCG(seed, 73)), bank: tinybank.New(testNetwork, 1, start), now: start + 100}
	w.bank.Limits.MaxDepth = uint32(w.between(1, protocol.MaxDepth)) //nolint:gosec // small
	for i, load := range []money.Amount{60, 0, 0, 20, 0} {
		p := newPerson(t, string('A'+rune(i)), byte(i+1))
		p.tidy = i%2 == 1
		p.open(t)
		p.join(t, w.bank, load*money.Unit, protocol.Circulating)
		w.loaded += load * money.Unit
		w.people = append(w.people, p)
	}
	return w
}

func (w *trade) between(low, high int) int { return low + w.random.IntN(high-low+1) }

func (w *trade) anybody() *person { return w.people[w.random.IntN(len(w.people))] }

// ask makes a bill, to be paid now or later.
func (w *trade) ask(t *rapid.T) {
	p := w.anybody()
	amount := money.Amount(w.between(0, 25)) * money.Unit
	standing := w.between(0, 9) == 0
	w.requests = append(w.requests, shown{p, must(p.Request(w.now, RequestParams{Amount: amount, Standing: standing}))(t)})
}

// pay pays a bill; what the payer signs, the payee takes, and as quoted.
func (w *trade) pay(t *rapid.T) {
	if w.between(0, 2) > 0 || len(w.requests) == 0 {
		w.ask(t)
	}
	r := w.requests[len(w.requests)-1]
	if w.between(0, 3) == 0 {
		r = w.requests[w.random.IntN(len(w.requests))]
	}
	payer := w.anybody()
	bill, _ := billOf(r.bundle)
	params := PayParams{}
	if bill.Amount == 0 {
		params.Amount = money.Amount(w.between(1, 25)) * money.Unit
	}
	w.settle(t, payer, r, params)
}

// payAll spends all that a wallet says it can.
func (w *trade) payAll(t *rapid.T) {
	payer, payee := w.anybody(), w.anybody()
	can := payer.balance(w.now).Spendable
	if payer == payee || can == 0 {
		return
	}
	if got := w.settle(t, payer, shown{payee, payee.ask(t, w.now, can)}, PayParams{}); got == nil {
		t.Fatalf("%s cannot spend %v", payer.name, can)
	}
}

func (w *trade) settle(t *rapid.T, payer *person, r shown, params PayParams) *Acceptance {
	before := len(payer.journal.records)
	quote, quoted := payer.Quote(w.now, r.bundle, params)
	if len(payer.journal.records) != before {
		t.Fatal("a quote was written")
	}
	paid, err := payer.Pay(w.now, r.bundle, params)
	if err != nil {
		if protocol.CodeOf(err) != protocol.CodeOf(quoted) || len(payer.journal.records) != before {
			t.Fatalf("quoted %v, paying says %v", quoted, err)
		}
		return nil
	}
	if quoted != nil {
		t.Fatalf("paid, and the quote was %v", quoted)
	}
	got, err := r.by.Accept(w.now, must(r.by.Decode(paid.Encode(), protocol.PaymentBounds))(t))
	if err != nil {
		t.Fatalf("%s signed what %s refuses: %v", payer.name, r.by.name, err)
	}
	if paid.Again {
		return got
	}
	if quote.Bytes != len(paid.Encode()) || quote.Depth != got.Verdict.Depth || quote.Deadline != got.Verdict.Deadline || quote.Guaranteed != got.Verdict.Guaranteed {
		t.Fatalf("quoted %+v, got %+v", quote, got.Verdict)
	}
	if got.Verdict.Depth > 0 {
		w.deepest, w.backed = max(w.deepest, got.Verdict.Depth), w.backed+1
	}
	if !bytes.Equal(must(payer.Redeliver(paid.Entry))(t).Encode(), paid.Encode()) {
		t.Fatal("the same payment again is another bundle")
	}
	return got
}

// sync is a visit to the bank, in a second of its own: dates do not tell apart what a bank does in one.
func (w *trade) sync(t *rapid.T) {
	w.now++
	defer func() { w.now++ }()
	p := w.anybody()
	if news := p.refresh(t, w.bank, w.now); len(news.Problems) != 0 {
		t.Fatalf("an honest answer was refused: %v", news.Problems[0].Err)
	}
}

// hear brings somebody the bank's word on any payments, as from a noticeboard.
func (w *trade) hear(t *rapid.T) {
	from, to := w.anybody(), w.anybody()
	b := protocol.NewBundle(testNetwork)
	for _, h := range slices.Concat(slices.Collect(maps.Keys(from.state.incomes)), slices.Collect(maps.Keys(from.state.payments)), slices.Collect(maps.Keys(from.state.shelf.places)), slices.Collect(maps.Keys(from.state.docs))) {
		if r := w.bank.Receipt(h); r != nil {
			b.Add(r)
		}
	}
	must(to.Absorb(w.now, protocol.PurseID{}, b, 0))(t)
}

func (w *trade) wait() {
	w.now += []uint64{1, 3600, tinybank.Day, 9 * tinybank.Day, 25 * tinybank.Day}[w.random.IntN(5)]
}

func (w *trade) restart(t *rapid.T) {
	p := w.anybody()
	p.restart(t, w.now)
	w.shelved += len(p.state.shelf.places)
}

// covered looks that no chain has gone beyond what its sheets and incomes bear, and that a balance adds up.
func (w *trade) covered(t *rapid.T) {
	for _, p := range w.people {
		chainAgrees(t, p)
		b := p.balance(w.now)
		if b.Spendable > b.Loaded+b.Received+b.Credited-b.PassedOn && b.Loaded == 0 || b.ToBank > b.Received || b.PassedOn > 0 && b.Loaded > 0 {
			t.Fatalf("%s: %+v", p.name, b)
		}
	}
}

func (w *trade) conserved(t *rapid.T) {
	for range 3 {
		w.now += 10
		for _, p := range w.people {
			p.refresh(t, w.bank, w.now)
		}
	}
	var total money.Amount
	for _, p := range w.people {
		b := p.balance(w.now)
		if b.Received != 0 || b.UnderWay != 0 || b.PassedOn != 0 || b.Spendable != b.Loaded {
			t.Fatalf("%s: not settled: %+v", p.name, b)
		}
		total += b.Loaded
	}
	if total != w.loaded || w.bank.Owed() != w.loaded {
		t.Fatalf("%v loaded, %v in the wallets, %v owed by the bank", w.loaded, total, w.bank.Owed())
	}
}

// TestPropertyTrade: what an honest wallet signs an honest payee accepts, at any depth, whatever was
// received, redeemed or heard in between; what it calls spendable can be spent; no money comes or goes; and
// every journal replays.
func TestPropertyTrade(t *testing.T) {
	deepest, backed, shelved := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		w := newTrade(t)
		for range 100 - rapid.IntRange(0, 90).Draw(t, "steps fewer") {
			w.step(t)
		}
		w.covered(t)
		w.conserved(t)
		deepest, backed, shelved = max(deepest, w.deepest), backed+w.backed, shelved+w.shelved
	})
	t.Logf("%d payments stood on others, the deepest on %d; %d deeds were on shelves", backed, deepest, shelved)
	if deepest < 5 || shelved == 0 {
		t.Error("the model does not hand money on, or nothing is ever settled")
	}
}

func (w *trade) step(t *rapid.T) {
	switch n := w.between(0, 39); {
	case n < 20:
		w.pay(t)
	case n < 25:
		w.payAll(t)
	case n < 27:
		w.ask(t)
	case n < 29:
		w.sync(t)
	case n < 31:
		w.hear(t)
	case n < 34:
		w.wait()
	case n < 36:
		w.restart(t)
	default:
		w.covered(t)
	}
}
