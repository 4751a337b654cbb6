package wallet

import (
	"slices"

	"kula/money"
	"kula/protocol"
)

// Bounds of what is remembered of other people's chains. What people paid to us, and what stood behind
// that, is our own and never forgotten; these bound what was only heard. See docs/adr/0074.
const (
	maxHeardPurses = 200
	maxHeardEach   = 8 // entries of one purse
	maxHeardBytes  = 128 << 10
	maxProofs      = 512
)

// sighting is an entry that was seen, signed by the purse of a genuine sheet.
type sighting struct {
	hash      protocol.Hash
	entry     *protocol.Entry
	sheetHash protocol.Hash
	sheet     *protocol.Sheet
	own       bool // it was paid to us, or stood behind what was
	arrived   int
	bytes     [2]int32 // of entry and sheet; see measure
}

// measure notes how large a sighting is, once.
func (g *sighting) measure() {
	g.bytes = [2]int32{int32(sizeOf(g.entry)), int32(sizeOf(g.sheet))} //nolint:gosec // documents are small
}

func (g *sighting) size() int { return int(g.bytes[0] + g.bytes[1]) }

// sizeOf is no less than documents take in a bundle: packing shortens all but a few numbers.
func sizeOf(d protocol.Document) int { return protocol.Size(d) + 16 }

// proof is what a purse has been caught with.
type proof struct {
	hash      protocol.Hash
	fraud     *protocol.FraudProof
	docs      []piece // the proof itself, the entries, their sheets and, when held, the Enrolment
	anchor    protocol.AccountID
	account   protocol.AccountID
	complete  bool // the Enrolment is here: it convinces who doubts the anchor, too
	own       bool // found here, or against somebody who paid us
	at        uint64
	presented uint64 // when the anchor last confirmed having it
}

// chain names a purse's: what one bank writes of a purse says nothing of the purses of another.
type chain struct {
	anchor protocol.AccountID
	purse  protocol.PurseID
}

func chainOf(s *protocol.Sheet) chain { return chain{s.Anchor, s.Purse} }

func (g *sighting) chain() chain { return chainOf(g.sheet) }

func (p *proof) chain() chain { return chain{p.anchor, p.fraud.Purse} }

// ours finds the purse of this wallet that a chain is of; nil when it is somebody else's.
func (s *State) ours(c chain) *Purse {
	if p := s.purses[c.purse]; p != nil && p.Enrolment.Anchor == c.anchor {
		return p
	}
	return nil
}

// watch is what a wallet knows of other people's chains.
type watch struct {
	own      map[chain][]*sighting
	heard    map[chain][]*sighting
	byHash   map[protocol.Hash]*sighting
	ours     []*sighting // all of own, oldest first
	theirs   []*sighting // all of heard, oldest first
	arrived  int
	bytes    int // of theirs
	proofs   map[chain]*proof
	convicts []*proof // oldest first

	day     uint64 // the day on which news was last written
	written int    // bytes of news written on that day
}

func newWatch() watch {
	return watch{
		own:    map[chain][]*sighting{},
		heard:  map[chain][]*sighting{},
		byHash: map[protocol.Hash]*sighting{},
		proofs: map[chain]*proof{},
	}
}

func (k *watch) condemned(id chain) bool { return k.proofs[id] != nil }

func (k *watch) sightings(id chain) []*sighting {
	return slices.Concat(k.own[id], k.heard[id])
}

func (k *watch) entries(id chain) []*protocol.Entry {
	list := make([]*protocol.Entry, 0, len(k.own[id])+len(k.heard[id]))
	for _, g := range k.own[id] {
		list = append(list, g.entry)
	}
	for _, g := range k.heard[id] {
		list = append(list, g.entry)
	}
	return list
}

// against finds a sighting that contradicts this one; nil when all agree.
func (k *watch) against(g *sighting) *sighting {
	for _, other := range k.sightings(g.chain()) {
		if !protocol.Compatible(g.entry, other.entry, g.hash, other.hash) {
			return other
		}
	}
	return nil
}

// see remembers a sighting.
func (k *watch) see(g *sighting) {
	if held := k.byHash[g.hash]; held != nil {
		if held.own || !g.own {
			return
		}
		k.forget(held)
	}
	g.measure()
	k.arrived++
	g.arrived = k.arrived
	k.byHash[g.hash] = g
	purse := g.chain()
	if g.own {
		k.own[purse] = append(k.own[purse], g)
		k.ours = append(k.ours, g)
		return
	}
	k.heard[purse] = append(k.heard[purse], g)
	k.theirs = append(k.theirs, g)
	k.bytes += g.size()
	k.bound(purse)
}

// bound forgets what is too much: of the purse what says least, of all the oldest.
func (k *watch) bound(purse chain) {
	if len(k.heard[purse]) > maxHeardEach {
		k.forget(slices.MaxFunc(k.heard[purse], lessTelling))
	}
	for k.bytes > maxHeardBytes || len(k.heard) > maxHeardPurses {
		k.forget(k.theirs[0])
	}
}

// lessTelling orders the sightings of a purse by how well they catch a contradiction, the best first.
// An entry takes a piece out of what its sheet has; the pieces of a chain do not overlap. So whoever would
// crowd out a large one with entries that agree with it must sign away as much, many times over; with
// numbers alone, high or low, it cannot. What goes beyond the sheet costs a signer nothing, and counts least.
func lessTelling(a, b *sighting) int {
	switch x, y := a.covered(), b.covered(); {
	case x != y:
		return descending(uint64(x), uint64(y)) //nolint:gosec // amounts of checked documents are not negative
	case a.entry.Amount() != b.entry.Amount():
		return descending(uint64(a.entry.Amount()), uint64(b.entry.Amount())) //nolint:gosec // as above
	default:
		return a.arrived - b.arrived
	}
}

// covered is the entry's amount, as far as its sheet alone bears it.
func (g *sighting) covered() money.Amount {
	e, s := g.entry, g.sheet
	if e.Seq <= s.Base.Seq || e.Spent-e.Amount() < s.Base.Spent || e.Spent-s.Base.Spent > s.Available {
		return 0
	}
	return e.Amount()
}

// wants reports whether a sighting would be remembered.
func (k *watch) wants(g *sighting) bool {
	held := k.heard[g.chain()]
	g.arrived = k.arrived + 1
	return len(held) < maxHeardEach || lessTelling(g, slices.MaxFunc(held, lessTelling)) < 0
}

// forget drops a sighting that was only heard.
func (k *watch) forget(g *sighting) {
	purse := g.chain()
	same := func(x *sighting) bool { return x == g }
	k.theirs = slices.DeleteFunc(k.theirs, same)
	if k.heard[purse] = slices.DeleteFunc(k.heard[purse], same); len(k.heard[purse]) == 0 {
		delete(k.heard, purse)
	}
	delete(k.byHash, g.hash)
	k.bytes -= g.size()
}

// convict keeps a proof. Sightings of that purse that were only heard have done their work.
func (k *watch) convict(p *proof) {
	id := p.chain()
	if held := k.proofs[id]; held != nil {
		if held.complete || !p.complete {
			return
		}
		p.own, p.presented = p.own || held.own, held.presented
		k.convicts = slices.DeleteFunc(k.convicts, func(x *proof) bool { return x == held })
	}
	k.proofs[id] = p
	k.convicts = append(k.convicts, p)
	for _, g := range slices.Clone(k.heard[id]) {
		k.forget(g)
	}
	if len(k.convicts) <= maxProofs {
		return
	}
	if i := slices.IndexFunc(k.convicts, func(x *proof) bool { return !x.own }); i >= 0 {
		delete(k.proofs, k.convicts[i].chain())
		k.convicts = slices.Delete(k.convicts, i, i+1)
	}
}

// room is how much news may still be written on a day.
func (k *watch) room(day uint64) int {
	if day != k.day {
		return newsPerDay
	}
	return newsPerDay - k.written
}

func (k *watch) wrote(day uint64, n int) {
	if day != k.day {
		k.day, k.written = day, 0
	}
	k.written += n
}

// witness remembers the entries among documents, with the sheets they are written on. Those of our own
// chains are no news, and of a condemned purse enough is known. Entries that an anchor's receipt vouches
// for were taken on its word: whoever signed them, their signatures were not looked at.
func (s *State) witness(docs *protocol.Bundle, own bool) {
	vouched := map[protocol.Hash]bool{}
	for _, r := range protocol.All[*protocol.Receipt](docs) {
		vouched[r.Entry] = true
	}
	docs.Each(func(h protocol.Hash, d protocol.Document) {
		e, ok := d.(*protocol.Entry)
		if !ok || vouched[h] {
			return
		}
		sheet, ok := protocol.Find[*protocol.Sheet](docs, e.Sheet)
		if !ok {
			sheet, ok = s.docs[e.Sheet].(*protocol.Sheet)
		}
		if !ok || s.ours(chainOf(sheet)) != nil || !own && s.watch.condemned(chainOf(sheet)) {
			return
		}
		s.watch.see(&sighting{hash: h, entry: e, sheetHash: e.Sheet, sheet: sheet, own: own})
	})
}

// judgeHeard takes what was judged when it was heard, or found here (Number is 1 then).
func (s *State) judgeHeard(e *Event) (change, error) {
	var proofs []*proof
	for _, f := range protocol.All[*protocol.FraudProof](e.Docs) {
		p, err := s.proofOf(e, f)
		if err != nil {
			return nil, err
		}
		proofs = append(proofs, p)
	}
	size := e.size()
	return func() {
		if e.Number != foundHere {
			s.watch.wrote(s.day(e.At), size)
		}
		e.Docs.Each(func(h protocol.Hash, d protocol.Document) { s.takeHeard(h, d) })
		for _, p := range proofs {
			s.watch.convict(p)
		}
		s.witness(e.Docs, false)
	}, nil
}

// foundHere marks evidence that this wallet found itself.
const foundHere = 1

func (s *State) day(now uint64) uint64 { return s.corrected(now) / (24 * 3600) }

func (s *State) takeHeard(h protocol.Hash, d protocol.Document) {
	switch d := d.(type) {
	case *protocol.Charter:
		if a := s.anchors[d.Anchor]; a != nil && d.Serial > a.Charter.Serial {
			s.docs[h] = d
			s.hold(d)
		}
	case *protocol.Notice:
		if a := s.anchors[d.Anchor]; a != nil {
			a.take(h, d)
		}
	}
}

// proofOf gathers what a proof needs from the documents beside it.
func (s *State) proofOf(e *Event, f *protocol.FraudProof) (*proof, error) {
	p := &proof{hash: s.Network.Hash(f), fraud: f, own: e.Number == foundHere, at: s.corrected(e.At)}
	p.docs = append(p.docs, pieceOf(p.hash, f))
	for _, h := range []protocol.Hash{f.First, f.Second} {
		entry, ok := protocol.Find[*protocol.Entry](e.Docs, h)
		if !ok {
			return nil, refuse(CodeBadEvent, "fraudproof")
		}
		p.docs = append(p.docs, pieceOf(h, entry))
		if sheet, ok := protocol.Find[*protocol.Sheet](e.Docs, entry.Sheet); ok {
			p.docs, p.anchor, p.account = append(p.docs, pieceOf(entry.Sheet, sheet)), sheet.Anchor, sheet.Account
		}
		if g := s.watch.byHash[h]; g != nil && g.own {
			p.own = true
		}
	}
	if enrolment, ok := protocol.Find[*protocol.Enrolment](e.Docs, protocol.Hash(f.Purse)); ok {
		p.docs, p.anchor, p.account, p.complete = append(p.docs, pieceOf(protocol.Hash(f.Purse), enrolment)), enrolment.Anchor, enrolment.Account, true
	}
	return p, firstBroken(rule{p.anchor == protocol.AccountID{}, CodeBadEvent, "fraudproof"})
}
