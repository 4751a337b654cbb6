package wallet

import (
	"crypto/ed25519"
	"encoding/binary"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"
)

// stranger is a purse at the bank that nobody here has met: its sheet, and a pen to write entries with.
type stranger struct {
	key   ed25519.PrivateKey
	sheet *protocol.Sheet
}

func newStranger(b *tinybank.Bank, n int) *stranger {
	seed := make([]byte, 32)
	binary.BigEndian.PutUint32(seed, uint32(n)+1) //nolint:gosec // a few thousand
	s := &stranger{key: ed25519.NewKeyFromSeed(seed)}
	key := protocol.PublicKey(s.key)
	s.sheet = &protocol.Sheet{
		Anchor: b.Charter.Anchor, Purse: protocol.PurseID(testNetwork.Hash(&protocol.Ack{Entry: protocol.Hash(key)})), Account: protocol.AccountID(key),
		Quorum: protocol.Quorum{Signers: []protocol.Signer{{Key: key, Weight: 1}}, Threshold: 1}, Asset: b.Asset,
		Available: 100 * money.Unit, Base: protocol.Base{Seq: 1}, AsOf: start, Limits: b.Limits, Kind: protocol.Circulating,
		IssuedAt: start, ExpiresAt: start + 60*tinybank.Day, RedeemBy: start + 120*tinybank.Day,
	}
	b.Seal(s.sheet)
	return s
}

// spends signs an entry for some bill; spent counts it.
func (s *stranger) spends(seq uint64, amount, spent money.Amount) *protocol.Entry {
	e := &protocol.Entry{Sheet: testNetwork.Hash(s.sheet), Seq: seq, Spent: spent, Kind: protocol.SpendKind,
		Spend: protocol.Spend{Bill: protocol.Hash{byte(seq), byte(seq >> 8)}, Amount: amount, Deadline: s.sheet.RedeemBy}}
	e.Signatures = []protocol.DeviceSignature{{Signature: protocol.Sign(s.key, testNetwork.Hash(e))}}
	return e
}

// rumour is news of some strangers, one sighting each.
func rumour(b *tinybank.Bank, from, n int) *protocol.Bundle {
	news := protocol.NewBundle(testNetwork)
	for i := range n {
		s := newStranger(b, from+i)
		news.Add(s.sheet)
		news.Add(s.spends(2, money.Unit, money.Unit))
	}
	return news
}

// heardIn counts, one by one, what was only heard.
func heardIn(k *watch) (purses, bytes, sightings int) {
	chains := map[chain]bool{}
	for _, g := range k.all {
		if !g.own {
			chains[g.chain()] = true
			bytes += sizeOf(g.entry) + sizeOf(g.sheet)
			sightings++
		}
	}
	return len(chains), bytes, sightings
}

// holds looks in both places where a sighting is to be.
func (k *watch) holds(entry protocol.Hash) bool {
	i := slices.IndexFunc(k.all, func(g *sighting) bool { return g.hash == entry })
	return i >= 0 && k.find(k.all[i].sheet.Purse, entry) == k.all[i]
}

// TestSightingsAreBounded: however much is told, what is remembered of others stays within its bounds,
// the oldest goes first, and what was paid to us stays.
func TestSightingsAreBounded(t *testing.T) {
	b, mary, tom := village(t)
	paid := pays(t, mary, tom, money.Unit, now)
	k := &tom.state.watch
	const each = 30
	for day := range uint64(40) {
		for hour := range uint64(3) {
			n := int(day*3+hour) * each //nolint:gosec // a few thousand
			must(tom.Hear(now+day*tinybank.Day+hour*3600, rumour(b, n, each)))(t)
			if purses, bytes, sightings := heardIn(k); purses > maxHeardPurses || bytes > maxHeardBytes || len(k.all) != sightings+1 || k.heard != purses || k.bytes != bytes {
				t.Fatalf("%d purses, %d bytes, %d and %d sightings; counted are %d and %d", purses, bytes, len(k.all), sightings, k.heard, k.bytes)
			}
		}
	}
	if k.heard != maxHeardPurses {
		t.Fatalf("only %d purses: the bound was not put to the test", k.heard)
	}
	if !k.holds(paid.Entry) || k.seen[newStranger(b, 0).sheet.Purse] != nil {
		t.Fatal("the wrong ones were forgotten")
	}
	if len(tom.state.docs) > 60 {
		t.Fatalf("%d documents: what was forgotten is still there", len(tom.state.docs))
	}
	before := tom.state
	tom.open(t)
	if !reflect.DeepEqual(before, tom.state) {
		t.Fatal("the journal does not replay to the same state")
	}
}

// TestSightingsOfOne: of one purse a few are remembered, and a cheat cannot crowd out the one that gives it
// away with as many others as it likes, of higher numbers or lower.
func TestSightingsOfOne(t *testing.T) {
	b, mary, _ := village(t)
	s := newStranger(b, 1)
	telling := s.spends(1000, 20*money.Unit, 60*money.Unit)
	hear := func(e *protocol.Entry) *Heard {
		return must(mary.Hear(now, protocol.NewBundle(testNetwork, s.sheet, e)))(t)
	}
	hear(telling)
	for i := range uint64(12) { // before it, after it, and beyond what the sheet has
		hear(s.spends(10+i, money.Unit, money.Amount(i+1)*money.Unit))
		hear(s.spends(2000+i, money.Unit, money.Amount(61+i)*money.Unit))
		hear(s.spends(3000+i, 100*money.Unit, money.Amount(200+100*i)*money.Unit))
	}
	held := mary.state.watch.heardOf(chainOf(s.sheet))
	if len(held) != maxHeardEach || !mary.state.watch.holds(testNetwork.Hash(telling)) {
		t.Fatalf("%d are remembered, and not the one that counts", len(held))
	}
	size := mary.journal.size()
	if heard := hear(s.spends(2500, money.Unit, 90*money.Unit)); !nothing(heard) || mary.journal.size() != size {
		t.Fatalf("what would be forgotten at once is written: %+v", heard)
	}
	if heard := hear(s.spends(900, 30*money.Unit, 50*money.Unit)); len(heard.Condemned) != 1 {
		t.Fatalf("the fork was not found: %+v", heard)
	}
	k := &mary.state.watch
	if len(k.all) != 0 || len(k.seen) != 0 || k.bytes != 0 || k.heard != 0 {
		t.Fatal("a condemned purse needs no sightings", k.bytes)
	}
	written := mary.journal.size()
	if heard := hear(s.spends(5000, money.Unit, 99*money.Unit)); !nothing(heard) || mary.journal.size() != written {
		t.Fatalf("%+v", heard)
	}
}

// TestNewsBudget: a flood of genuine news fills no phone: a day's share is written and no more, and proofs
// still find room when sightings find none.
func TestNewsBudget(t *testing.T) {
	b, tom, mary := village(t) // it is Tom who has money
	before := mary.journal.size()
	for i := range 20 {
		must(mary.Hear(now+uint64(i), rumour(b, 40*i, 40)))(t) //nolint:gosec // small
	}
	written := mary.journal.size() - before
	if written > sightedPerDay || written < sightedPerDay*3/4 {
		t.Fatalf("%d bytes of sightings were written in a day", written)
	}
	proofs := 0
	for i := range 100 {
		s := newStranger(b, 10_000+i)
		x, y := s.spends(2, money.Unit, money.Unit), s.spends(2, 2*money.Unit, 2*money.Unit)
		news := protocol.NewBundle(testNetwork, s.sheet, x, y)
		news.AddRoot(protocol.NewFraudProof(testNetwork, s.sheet.Purse, x, y))
		proofs += len(must(mary.Hear(now+100+uint64(i), news))(t).Condemned) //nolint:gosec // small
	}
	if written = mary.journal.size() - before; written > newsPerDay || proofs < 20 || len(mary.Cases()) != proofs {
		t.Fatalf("%d bytes, %d proofs", written, proofs)
	}
	// What somebody does to her has room all the same.
	thief := tom.twin(t)
	pays(t, tom, mary, money.Unit, now+200)
	request := must(mary.Request(now+200, RequestParams{Amount: money.Unit}))(t)
	_, err := mary.Accept(now+201, must(thief.Pay(now+201, request, PayParams{}))(t).Bundle)
	wantCode(t, err, protocol.CodeIncompatible)
	if cases := mary.Cases(); len(cases) != proofs+1 || !cases[proofs].Own {
		t.Fatal("no room for the proof that counts")
	}
	if heard := must(mary.Hear(now+202, rumour(b, 20_000, 10)))(t); !nothing(heard) {
		t.Fatalf("the day was not full: %+v", heard)
	}
	eve := newPerson(t, "Eve", 9)
	eve.join(t, b, 100*money.Unit, protocol.Circulating)
	other := eve.twin(t)
	pays(t, eve, mary, money.Unit, now+203)
	joe := newPerson(t, "Joe", 10)
	joe.join(t, b, 0, protocol.Circulating)
	pays(t, other, joe, 2*money.Unit, now+203)
	if heard := tells(t, joe, mary, now+204); len(heard.Condemned) != 1 || len(mary.Cases()) != proofs+2 {
		t.Fatalf("no room for the proof that was heard: %+v", heard)
	}
	// And the next day is another.
	if heard := must(mary.Hear(now+tinybank.Day, rumour(b, 5000, 10)))(t); heard.Sightings != 10 {
		t.Fatalf("%+v", heard)
	}
	was := mary.state
	mary.open(t)
	if !reflect.DeepEqual(was, mary.state) {
		t.Fatal("the journal does not replay to the same state")
	}
}

// TestStaleSightings: what can protect nobody any more is not taken in, and not told: entries on a sheet whose
// time is over, of a purse that the bank has named, of a bank that is not trusted here.
func TestStaleSightings(t *testing.T) {
	b, mary, tom := village(t)
	news := rumour(b, 0, 3)
	must(tom.Hear(now, news))(t)
	late := uint64(start + 121*tinybank.Day)
	if heard := must(mary.Hear(late, news))(t); !nothing(heard) {
		t.Fatalf("%+v", heard)
	}
	if told := must(tom.News(late, DefaultNews))(t); len(protocol.All[*protocol.Entry](told)) != 0 {
		t.Fatal("old news is told")
	}
	notice := b.Notice(now)
	notice.RevokedPurses = []protocol.Hash{protocol.Hash(newStranger(b, 1).sheet.Purse)}
	b.Seal(notice)
	must(mary.Hear(now, protocol.NewBundle(testNetwork, notice)))(t)
	if heard := must(mary.Hear(now, news))(t); heard.Sightings != 2 {
		t.Fatalf("%+v", heard)
	}
	must(tom.Hear(now, protocol.NewBundle(testNetwork, notice)))(t)
	if told := must(tom.News(now, DefaultNews))(t); len(protocol.All[*protocol.Entry](told)) != 2 {
		t.Fatal("a purse that the notice names is told of")
	}
	if heard := must(mary.Hear(now, rumour(tinybank.New(testNetwork, 7, start), 50, 3)))(t); !nothing(heard) {
		t.Fatalf("%+v", heard)
	}
}

// TestProofsAreBounded: the oldest that do not concern us go first.
func TestProofsAreBounded(t *testing.T) {
	k := newWatch()
	for i := range maxProofs + 50 {
		k.convict(&proof{fraud: &protocol.FraudProof{Purse: protocol.PurseID{byte(i), byte(i >> 8)}}, own: i == 3})
	}
	of := func(b byte) chain { return chain{purse: protocol.PurseID{b}} }
	if len(k.convicts) != maxProofs || len(k.proofs) != maxProofs || k.condemned(of(0)) || !k.condemned(of(3)) || !k.condemned(of(100)) {
		t.Fatal(len(k.convicts), len(k.proofs))
	}
}

// TestNewsFits: what is told fits any budget, and is worth telling.
func TestNewsFits(t *testing.T) {
	b, mary, tom := village(t)
	for i := range 3 {
		must(mary.Hear(now, rumour(b, 30*i, 30)))(t)
	}
	for _, budget := range []int{0, 100, 500, 1000, 2000, DefaultNews, 8 << 10, NewsBounds.Bytes} {
		news := must(mary.News(now, budget))(t)
		size := len(news.Encode())
		if size > max(budget, 16) || news.Len() > NewsBounds.Documents {
			t.Fatalf("%d bytes and %d documents for a budget of %d", size, news.Len(), budget)
		}
		if budget >= 2000 && size < budget*3/4 {
			t.Fatalf("only %d bytes for a budget of %d", size, budget)
		}
		must(tom.Hear(now, news))(t)
	}
	if heard := len(tom.state.watch.all); heard < 20 {
		t.Fatalf("%d sightings were handed on", heard)
	}
	// In time everything is told, not only what is newest.
	told := map[protocol.PurseID]bool{}
	for i := range uint64(400) {
		for _, s := range protocol.All[*protocol.Sheet](must(mary.News(now+i*977, DefaultNews))(t)) {
			told[s.Purse] = true
		}
	}
	if len(told) != mary.state.watch.heard {
		t.Fatalf("%d of %d purses were ever told of", len(told), mary.state.watch.heard)
	}
}

// TestHugeNews: too many documents are refused before any is looked at, and too many signatures are not
// judged at one meeting.
func TestHugeNews(t *testing.T) {
	b, mary, _ := village(t)
	if _, err := mary.Hear(now, rumour(b, 0, 60)); protocol.CodeOf(err) != protocol.CodeTooMany {
		t.Fatal(err)
	}
	heard := must(mary.Hear(now, rumour(b, 0, 45)))(t)
	if heard.Sightings != maxJudged/2 || heard.Dropped != 45-maxJudged/2 {
		t.Fatalf("%+v", heard)
	}
	if heard = must(mary.Hear(now, rumour(b, 0, 45)))(t); heard.Sightings != 45-maxJudged/2 || heard.Dropped != 0 {
		t.Fatalf("what is held is not judged again: %+v", heard)
	}
}

// TestPropertyNews: however people trade, gossip and restart, nobody is condemned who has not contradicted
// himself, and everybody's journal replays to the same state.
func TestPropertyNews(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		var cheat *person
		if rapid.Bool().Draw(t, "a cheat") {
			cheat = w.people[0].twin(t) // the same purse, in two phones
			w.cheated = true
		}
		accept := func(t *rapid.T) {
			if m, ok := pick(t, w.payments, "payment"); ok {
				_, err := m.by.Accept(w.now, m.bundle)
				if code := protocol.CodeOf(err); err != nil && (cheat == nil || code != protocol.CodeIncompatible && code != protocol.CodeCondemned) {
					t.Fatal(err)
				}
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"request": w.request, "pay": w.pay, "deliver": accept, "restart": w.restart,
			"cheat": func(t *rapid.T) {
				r, ok := pick(t, w.requests, "request")
				if !ok || cheat == nil {
					return
				}
				if paid, err := cheat.Pay(w.now, r.bundle, PayParams{Amount: 0}); err == nil {
					w.payments = append(w.payments, shown{r.by, paid.Bundle})
				}
			},
			"gossip": func(t *rapid.T) {
				x, y := w.anybody(t), w.anybody(t)
				heard := tells(t, x, y, w.now)
				if heard.Forged != nil || cheat == nil && heard.OwnPurse != nil {
					t.Fatalf("%+v", heard)
				}
			},
			"wait": func(t *rapid.T) { w.now += uint64(rapid.IntRange(1, 90_000).Draw(t, "seconds")) },
			"": func(t *rapid.T) {
				for _, p := range w.people {
					for _, c := range p.Cases() {
						if cheat == nil || c.Purse != cheat.purse {
							t.Fatalf("%s condemns an honest purse", p.name)
						}
					}
				}
			},
		})
	})
}

// BenchmarkFloodOfNews is what a meeting costs a phone whose counterpart tells as much as it may: of things
// known already, forged, or genuine and new, and after the day's share is used up.
func BenchmarkFloodOfNews(b *testing.B) {
	bank, mary, _ := village(b)
	known := rumour(bank, 0, 32)
	must(mary.Hear(now, known))(b)
	fresh := rumour(bank, 1000, 40)
	forgedNews := protocol.NewBundle(testNetwork)
	fresh.Each(func(_ protocol.Hash, d protocol.Document) {
		if e, ok := d.(*protocol.Entry); ok {
			lie := *e
			lie.Spend.Amount--
			d = &lie
		}
		forgedNews.Add(d)
	})
	full := mary.twin(b)
	for i := range 8 {
		must(full.Hear(now, rumour(bank, 2000+20*i, 20)))(b)
	}
	for _, c := range []struct {
		name string
		to   *person
		news *protocol.Bundle
	}{{"known", mary, known}, {"forged", mary, forgedNews}, {"genuine", mary, fresh}, {"genuine/full", full, fresh}} {
		encoded := c.news.Encode()
		b.Run(c.name, func(b *testing.B) {
			records := len(c.to.journal.records)
			for range b.N {
				b.StopTimer()
				p := c.to
				if c.name == "genuine" {
					p = c.to.twin(b)
				}
				b.StartTimer()
				must(p.Hear(now+1, must(protocol.DecodeBundle(testNetwork, encoded, protocol.NoContext, NewsBounds))(b)))(b)
			}
			b.ReportMetric(float64(len(encoded)), "B/news")
			if len(c.to.journal.records) != records {
				b.Fatal("a flood was written down")
			}
		})
	}
}

// BenchmarkNews is what it costs to say what one knows.
func BenchmarkNews(b *testing.B) {
	bank, mary, _ := village(b)
	for i := range 3 {
		must(mary.Hear(now, rumour(bank, 30*i, 30)))(b)
	}
	for range b.N {
		must(mary.News(now, DefaultNews))(b)
	}
}
