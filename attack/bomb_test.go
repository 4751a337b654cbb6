package attack

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"runtime"
	"testing"
	"time"

	"kula/money"
	"kula/protocol"
)

// A bomb is a few bytes that cost their receiver much. What is bounded here is what it costs to say no.

// patience is more than any refusal may take, on a slow machine under load.
const patience = 2 * time.Second

// defused: refused with this code, soon, and without allocating much.
func (p *person) defused(data []byte, code protocol.Code) {
	p.i.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	b, err := p.Decode(data, protocol.PaymentBounds)
	if err == nil {
		_, err = p.Accept(p.clock(), b)
	}
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	wantCode(p.i, err, code)
	if used := after.TotalAlloc - before.TotalAlloc; took > patience || used > 16<<20 {
		p.i.Fatalf("it took %s and %d KiB to refuse", took, used>>10)
	}
}

// hand passes money on from phone to phone, each payment backed by all before it.
func hand(first *protocol.Bundle, amount money.Amount, people ...*person) *protocol.Bundle {
	payment := first
	for n := range people[:len(people)-1] {
		payment = backed(people[n].cheat().forge(people[n+1].request(amount), position{seq: 1}), payment)
	}
	return payment
}

// TestAttackBundleBombDepth: a payment that stands on a chain longer than any bank allows. The last that is
// within bounds is taken, the next refused; every penny stays where it is until somebody goes to the bank.
func TestAttackBundleBombDepth(t *testing.T) {
	i, b := village(t)
	ana := b.person("Ana", 1000)
	var people []*person
	for n := range protocol.MaxDepth + 2 {
		people = append(people, b.person("hand "+string(rune('a'+n)), 0))
	}
	i.pass(day)
	chain := ana.pay(people[0].request(100))
	for n := range people[:len(people)-1] {
		deepest := hand(chain, 100, people[n], people[n+1])
		if n < protocol.MaxDepth {
			people[n+1].accepts(deepest)
			chain = deepest
			continue
		}
		people[n+1].defused(deepest.Encode(), protocol.CodeTooDeep)
		b.present(chain)
		people[n].holds(100)
		people[n+1].holds(0)
		b.present(deepest) // what one cannot judge off-line the bank can
		people[n+1].holds(100)
	}
	ana.holds(900)
	i.after()
}

// TestAttackBundleBombFanIn: a payment that stands on more incomes than anybody counts.
func TestAttackBundleBombFanIn(t *testing.T) {
	i, b := village(t)
	ana, mallory, carol := b.person("Ana", 1000), b.person("Mallory", 0).cheat(), b.person("Carol", 0)
	i.pass(day)
	var coins []*protocol.Bundle
	for range protocol.MaxFanIn + 1 {
		coins = append(coins, ana.pay(mallory.request(1)))
	}
	carol.defused(backed(mallory.forge(carol.request(protocol.MaxFanIn+1), position{seq: 1}), coins...).Encode(), protocol.CodeTooManyIncomes)
	paid := backed(mallory.forge(carol.request(protocol.MaxFanIn), position{seq: 1}), coins...)
	carol.accepts(paid)
	b.present(paid)
	carol.holds(protocol.MaxFanIn)
	mallory.holds(1)
	i.after()
}

// TestAttackBundleBombSize: more bytes or documents than a payment may have, or a count of them that is a lie.
func TestAttackBundleBombSize(t *testing.T) {
	i, b := village(t)
	ana, ben := b.person("Ana", 1000), b.person("Ben", 0)
	paid := ana.pay(ben.request(100))
	ben.defused(append(paid.Encode(), make([]byte, 64<<10)...), protocol.CodeTooLarge)
	many := backed(paid)
	for n := range protocol.PaymentBounds.Documents {
		many.Add(&protocol.Ack{Entry: protocol.Hash{byte(n), byte(n >> 8), 1}}) //nolint:gosec // the bytes of a number
	}
	ben.defused(many.Encode(), protocol.CodeTooMany)
	if _, err := ben.Accept(i.now, many); protocol.CodeOf(err) != protocol.CodeTooMany { // nor when no decoder has counted
		t.Fatal(err)
	}
	header := paid.Encode()[:7]
	for _, count := range []uint64{1 << 20, 1 << 40, 1 << 62} {
		lie := binary.AppendUvarint(append(bytes.Clone(header), 0), count)
		ben.defused(lie, protocol.CodeTooMany)
	}
	ben.accepts(paid)
	i.after()
}

// TestAttackBundleBombCycles: payments that stand behind each other in a ring, with no money in it; and a lattice
// in which the ways back to the bank double at every step.
func TestAttackBundleBombCycles(t *testing.T) {
	i, b := village(t)
	ana, mallory, eve, carol := b.person("Ana", 1000), b.person("Mallory", 0).cheat(), b.person("Eve", 0).cheat(), b.person("Carol", 0)
	i.pass(day)
	round := mallory.forge(eve.request(500), position{seq: 1})
	back := eve.forge(mallory.request(500), position{seq: 1})
	onward := mallory.forge(carol.request(500), position{seq: 2, before: 500})
	carol.defused(backed(onward, round, back).Encode(), protocol.CodeNotEnough)
	self := mallory.forge(mallory.request(500), position{seq: 1})
	carol.defused(backed(mallory.forge(carol.request(1), position{seq: 2, before: 500}), self).Encode(), protocol.CodeNotEnough)

	// The lattice: each of two people pays both of the next two.
	step := []*person{mallory, eve}
	var lattice []*protocol.Bundle
	for _, p := range step {
		lattice = append(lattice, ana.pay(p.request(256)))
	}
	each, until := money.Amount(256), outliving(lattice[0])
	for n := range 6 {
		next := []*person{b.person("left "+string(rune('a'+n)), 0), b.person("right "+string(rune('a'+n)), 0)}
		i.pass(60)
		each /= 2
		for _, from := range step {
			from.cheat()
			for m, to := range next {
				lattice = append(lattice, from.forge(to.request(each), position{seq: uint64(5 + m), before: each * money.Amount(m)}, until)) //nolint:gosec // small
			}
		}
		each *= 2
		step = next
	}
	began := time.Now()
	paid := backed(step[0].cheat().forge(carol.request(each), position{seq: 1}, until), lattice...)
	a := carol.accepts(paid)
	if took := time.Since(began); took > patience {
		t.Fatal(took)
	}
	if a.Verdict.Depth != 7 {
		t.Fatalf("%+v", a.Verdict)
	}
	b.present(paid)
	carol.holds(256)

	b.present(backed(onward, round, back))
	mallory.holds(0)
	eve.holds(0)
	ana.holds(1000 - 512)
	i.after()
}

// TestAttackBundleBombCompressed: bytes that unpack to many more. Nothing here unpacks: compressed bytes are no
// bundle, and a bundle's own table of values names each by a number and copies none.
func TestAttackBundleBombCompressed(t *testing.T) {
	i, b := village(t)
	ana, ben := b.person("Ana", 1000), b.person("Ben", 0)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write(make([]byte, 64<<20))
	ok(t, err)
	ok(t, w.Close())
	ben.defused(packed.Bytes()[:64<<10-1], protocol.CodeUnknownType)
	paid := ana.pay(ben.request(100))
	ben.defused(append(bytes.Clone(paid.Encode()[:7]), packed.Bytes()[:64<<10-7]...), protocol.CodeTooMany)
	// 255 documents that say nothing but the number of a value.
	full := protocol.NewBundle(i.net)
	for n := range protocol.PaymentBounds.Documents {
		full.Add(&protocol.Ack{Entry: protocol.Hash{byte(n)}}) //nolint:gosec // the low byte
	}
	ben.defused(full.Encode(), protocol.CodeMissingDocument)
	ben.accepts(paid)
	i.after()
}
