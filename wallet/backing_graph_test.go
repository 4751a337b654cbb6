package wallet

import (
	"bytes"
	"slices"
	"testing"

	"kula/money"
	"kula/protocol"
)

// TestOutboxBringsWholeGraphs: who reaches the bank brings every payment behind what it received, and of none
// only half, however many there are.
func TestOutboxBringsWholeGraphs(t *testing.T) {
	const chains = 115
	b, p := island(t, 2)
	for i := range chains {
		one, two := newPerson(t, "One", byte(2*i+10)), newPerson(t, "Two", byte(2*i+11))
		one.join(t, b, 0, protocol.Circulating)
		two.join(t, b, 0, protocol.Circulating)
		pays(t, p[0], one, money.Unit/2, now)
		pays(t, one, two, money.Unit/2, now)
		pays(t, two, p[1], money.Unit/2, now)
	}
	presented := map[protocol.Hash]bool{}
	for visit := 1; len(presented) < chains; visit++ {
		up := must(p[1].Outbox(p[1].purse))(t)
		if up.Len() > protocol.MaxDelivered || visit > 2 {
			t.Fatalf("visit %d brings %d documents, after %d of %d payments", visit, up.Len(), len(presented), chains)
		}
		delivery := &protocol.Delivery{Anchor: b.Charter.Anchor, At: now + uint64(visit)} //nolint:gosec // small
		for _, h := range up.Roots {
			in := p[1].state.incomes[h]
			if in == nil {
				continue
			}
			presented[h] = true
			delivery.Documents = append(delivery.Documents, h)
			for _, behind := range in.Behind {
				if _, ok := up.Get(behind); !ok {
					t.Fatal("half a history")
				}
			}
		}
		slices.SortFunc(delivery.Documents, func(x, y protocol.Hash) int { return bytes.Compare(x[:], y[:]) })
		b.Seal(delivery)
		must(p[1].Absorb(now, p[1].purse, protocol.NewBundle(testNetwork, delivery), 0))(t)
	}
	replays(t, p[1:])
}

// TestAttackTwoHalvesOfAFork: two payments, each good when it came, because a receipt vouched for what the
// one stood on, contradict each other. The honest payee of both does not sign what stands on both: it would
// be refused.
func TestAttackTwoHalvesOfAFork(t *testing.T) {
	b, p := island(t, 5)
	mallory, ben, dan, cal, eve := p[0], p[1], p[2], p[3], p[4]
	copied := mallory.twin(t)
	hand(t, now, mallory, ben, 60*money.Unit)
	hand(t, now, copied, dan, 70*money.Unit)
	second := receiptsOnly(t, ben, b, now+1) // the bank honours the first
	if len(second.Receipts) != 1 {
		t.Fatalf("%+v", second)
	}
	hand(t, now+2, ben, cal, 60*money.Unit)
	hand(t, now+3, dan, cal, 70*money.Unit)
	wantCode(t, cal.refusal(t, now+4, eve, 100*money.Unit), protocol.CodeIncompatible)
	hand(t, now+5, cal, eve, 60*money.Unit)
}

// TestAttackSignaturesOfWhatAReceiptVouchesFor: nobody looks at them, so such a document replaces none that is held.
func TestAttackSignaturesOfWhatAReceiptVouchesFor(t *testing.T) {
	b, p := island(t, 5)
	ann, ben, cal, dan := p[0], p[1], p[2], p[3]
	first := hand(t, now, ann, ben, 30*money.Unit)
	hand(t, now+1, ben, cal, 10*money.Unit)
	hand(t, now+2, ben, dan, 10*money.Unit)
	ben.refresh(t, b, now+3)
	paid := must(dan.Pay(now+4, cal.ask(t, now+4, 5*money.Unit), PayParams{}))(t)
	altered := protocol.NewBundle(testNetwork)
	paid.Bundle.Each(func(h protocol.Hash, d protocol.Document) {
		if e, ok := d.(*protocol.Entry); ok && h == first.Entry {
			false1 := *e
			false1.Signatures = slices.Clone(e.Signatures)
			false1.Signatures[0].Signature[5] ^= 1
			d = &false1
		}
		altered.Add(d)
	})
	altered.Add(b.Receipt(first.Entry))
	altered.Roots = paid.Bundle.Roots
	must(cal.Accept(now+5, altered))(t)
	held := cal.state.doc(first.Entry).(*protocol.Entry) //nolint:forcetypeassert // as accepted
	claims := must(held.Claims(first.Entry, &ann.state.purses[ann.purse].Enrolment.Quorum))(t)
	if len(protocol.VerifyAll(claims)) != 0 {
		t.Fatal("a forged envelope has replaced a good one")
	}
	hand(t, now+6, cal, p[4], 15*money.Unit)
	replays(t, p)
}

// TestReplayAfterBadNews: a payment that was good when it was made stays in the journal, whatever is
// learned of those behind it.
func TestReplayAfterBadNews(t *testing.T) {
	b, p := island(t, 3)
	hand(t, now, p[0], p[1], 30*money.Unit)
	hand(t, now+1, p[1], p[2], 20*money.Unit)
	n := b.Notice(now + 2)
	n.RevokedPurses = []protocol.Hash{protocol.Hash(p[0].purse)}
	b.Seal(n)
	must(p[1].Absorb(now+2, p[1].purse, protocol.NewBundle(testNetwork, n), 0))(t)
	replays(t, p)
	if bal := p[1].balance(now + 3); bal.Spendable != 0 || bal.ToBank != 30*money.Unit || bal.Expiring[0].Why != protocol.CodeRevoked {
		t.Fatalf("%+v", bal)
	}
	wantCode(t, p[1].refusal(t, now+3, p[2], money.Unit), protocol.CodeRevoked)
}

// TestReplayRefusesUnbacked: a journal in which a payment stands on too little, on too early an income, on
// another purse's, or outlasts what it stands on, was not written by a wallet.
func TestReplayRefusesUnbacked(t *testing.T) {
	_, p := island(t, 3)
	hand(t, now, p[0], p[1], 30*money.Unit)
	hand(t, now+1, p[1], p[2], 20*money.Unit)
	records := p[1].journal.records
	last := len(records) - 2 // before the Ack
	for name, spoil := range map[string]func(*Event, *protocol.Entry) *protocol.Bundle{
		"nothing behind it": func(e *Event, root *protocol.Entry) *protocol.Bundle {
			return p[1].bundle(root, only[*protocol.Sheet](e.Docs), only[*protocol.Bill](e.Docs))
		},
		"outlasts it": func(e *Event, root *protocol.Entry) *protocol.Bundle {
			other := *root
			other.Spend.Deadline++
			docs := p[1].bundle(&other)
			e.Docs.Each(func(_ protocol.Hash, d protocol.Document) {
				if d != protocol.Document(root) {
					docs.Add(d)
				}
			})
			return docs
		},
	} {
		e := must(DecodeEvent(testNetwork, records[last]))(t)
		if e.Kind != Written {
			t.Fatalf("kind %d", e.Kind)
		}
		entry, _, err := root[*protocol.Entry](e)
		check(t, err)
		e.Docs = spoil(e, entry)
		forged := append(slices.Clone(records[:last]), e.Encode())
		_, err = Open(Config{Network: testNetwork, Journal: &memory{}, Keys: p[1].ring}, forged)
		if protocol.CodeOf(err) == "" {
			t.Errorf("%s: replayed", name)
		}
	}
}

// TestTwoDevicesPassOn: a family's purse spends what it received; both phones sign.
func TestTwoDevicesPassOn(t *testing.T) {
	b, first, second, tom := family(t)
	together(t, first, second, must(first.Statement(now, first.purse, protocol.Hash{1}))(t))
	reply := b.Sync(first.purse, must(first.Outbox(first.purse))(t), now)
	must(first.Absorb(now, first.purse, reply, 0))(t)
	must(second.Absorb(now, first.purse, reply, 0))(t)
	mary := newPerson(t, "Mary", 9)
	mary.join(t, b, 30*money.Unit, protocol.Circulating)
	pays(t, mary, first, 30*money.Unit, now+10)
	proposal := must(first.Pay(now+11, tom.ask(t, now+11, 70*money.Unit), PayParams{}))(t)
	paid := together(t, first, second, proposal)
	if got := must(tom.Accept(now+12, paid.Bundle))(t); got.Verdict.Depth != 1 {
		t.Fatalf("%+v", got.Verdict)
	}
}

// BenchmarkBalance is what a screen costs whose owner holds a hundred payments, each with a history of five.
func BenchmarkBalance(b *testing.B) {
	_, p := island(b, 6)
	for range 25 {
		for i := range 5 {
			pays(b, p[i], p[i+1], money.Unit, now)
		}
	}
	b.ResetTimer()
	for range b.N {
		p[5].Balances(now)
	}
	b.ReportMetric(float64(len(p[5].state.incomes)), "incomes")
}

// TestTooLarge: a payment brings no more documents than a payee looks at.
func TestTooLarge(t *testing.T) {
	b, p := island(t, 3)
	for i := range 32 {
		one, two := newPerson(t, "One", byte(2*i+10)), newPerson(t, "Two", byte(2*i+11))
		one.join(t, b, 0, protocol.Circulating)
		two.join(t, b, 0, protocol.Circulating)
		pays(t, p[0], one, money.Unit, now)
		pays(t, one, two, money.Unit, now)
		pays(t, two, p[1], money.Unit, now)
	}
	bal := p[1].balance(now) // eight documents each, beside the first sheet
	if bal.Spendable != 31*money.Unit || bal.ToBank != money.Unit {
		t.Fatalf("%+v", bal)
	}
	if !slices.ContainsFunc(bal.Expiring, func(e Expiring) bool { return e.Why == protocol.CodeTooLarge }) {
		t.Fatal("nothing is said to be too large")
	}
	wantCode(t, p[1].refusal(t, now, p[2], 32*money.Unit), protocol.CodeTooLarge)
	if got := hand(t, now, p[1], p[2], 31*money.Unit); len(got.Verdict.Behind) != 249 {
		t.Fatalf("%d documents", len(got.Verdict.Behind))
	}
}

// TestBillPaidByTwo: the first who paid it stands behind the second.
func TestBillPaidByTwo(t *testing.T) {
	_, p := island(t, 3)
	ann, ben, cal := p[0], p[1], p[2]
	request := cal.ask(t, now, 30*money.Unit)
	must(cal.Accept(now, must(ann.Pay(now, request, PayParams{}))(t).Bundle))(t)
	hand(t, now+1, cal, ben, 30*money.Unit)
	second := must(ben.Pay(now+2, request, PayParams{}))(t)
	got := must(cal.Accept(now+2, must(cal.Decode(second.Encode(), protocol.PaymentBounds))(t)))(t)
	if !got.GiveBack || got.Verdict.Depth != 2 {
		t.Fatalf("%+v", got)
	}
	replays(t, p)
}

// TestHoldingCountsOnce: what was received and passed on is not held any more.
func TestHoldingCountsOnce(t *testing.T) {
	b, p := island(t, 3)
	b.Limits.MaxHolding = 50 * money.Unit
	p[1].refresh(t, b, now)
	hand(t, now+1, p[0], p[1], 40*money.Unit)
	_, err := p[1].Request(now+2, RequestParams{Amount: 20 * money.Unit})
	wantCode(t, err, CodeOverHolding)
	hand(t, now+3, p[1], p[2], 40*money.Unit)
	must(p[1].Request(now+4, RequestParams{Amount: 20 * money.Unit}))(t)
}
