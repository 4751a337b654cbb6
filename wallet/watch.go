package wallet

import (
	"iter"
	"slices"

	"kula/money"
	"kula/protocol"
)

// Bounds of what is remembered of other people's chains. What people paid to us, and what stood behind
// that, is our own and stays as long as it can protect anybody (State.outlived); these bound what was only
// heard. See docs/adr/0074.
const (
	maxHeardPurses = 200
	maxHeardEach   = 8 // entries of one purse
	maxHeardBytes  = 128 << 10
	maxProofs      = 512
)

// sighting is an entry that was seen, signed by the purse of a genuine sheet. A phone holds hundreds.
type sighting struct {
	hash    protocol.Hash
	entry   *protocol.Entry
	sheet   *protocol.Sheet
	next    *sighting // of the same purse, the one that came before
	arrived int32
	bytes   uint16 // of entry and sheet
	own     bool   // it was paid to us, or stood behind what was
}

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
	seen     map[protocol.PurseID]*sighting // what came last of each; two banks may write of one purse
	all      []*sighting                    // oldest first
	arrived  int32
	heard    int    // chains of which something was only heard
	bytes    int    // of what was only heard
	swept    uint64 // when it was last looked what has outlived its use, in periods of sweepEvery
	proofs   map[chain]*proof
	convicts []*proof                  // oldest first
	alarms   map[protocol.PurseID]bool // our own, in whose name somebody else signs

	day     uint64 // the day on which news was last written
	written int    // bytes of news written on that day
}

func newWatch() watch {
	return watch{seen: map[protocol.PurseID]*sighting{}, proofs: map[chain]*proof{}, alarms: map[protocol.PurseID]bool{}}
}

func (k *watch) condemned(id chain) bool { return k.proofs[id] != nil }

// of lists the sightings of a chain, the newest first.
func (k *watch) of(id chain) iter.Seq[*sighting] {
	return func(yield func(*sighting) bool) {
		for g := k.seen[id.purse]; g != nil; g = g.next {
			if g.sheet.Anchor == id.anchor && !yield(g) {
				return
			}
		}
	}
}

// heardOf lists those sightings of a chain that were only heard.
func (k *watch) heardOf(id chain) (list []*sighting) {
	for g := range k.of(id) {
		if !g.own {
			list = append(list, g)
		}
	}
	return list
}

func (k *watch) heardAny(id chain) bool {
	for g := range k.of(id) {
		if !g.own {
			return true
		}
	}
	return false
}

// find finds the sighting of an entry.
func (k *watch) find(purse protocol.PurseID, entry protocol.Hash) *sighting {
	g := k.seen[purse]
	for g != nil && g.hash != entry {
		g = g.next
	}
	return g
}

func (k *watch) entries(id chain) (list []*protocol.Entry) {
	for g := range k.of(id) {
		list = append(list, g.entry)
	}
	return list
}

// against finds a sighting that contradicts this one; nil when all agree.
func (k *watch) against(g *sighting) *sighting {
	for other := range k.of(g.chain()) {
		if !protocol.Compatible(g.entry, other.entry, g.hash, other.hash) {
			return other
		}
	}
	return nil
}

// see remembers a sighting.
func (k *watch) see(g *sighting) {
	if held := k.find(g.sheet.Purse, g.hash); held != nil {
		if held.own || !g.own {
			return
		}
		k.forget(held)
	}
	g.bytes = uint16(sizeOf(g.entry) + sizeOf(g.sheet)) //nolint:gosec // each is far below MaxDocument
	k.arrived++
	g.arrived, g.next = k.arrived, k.seen[g.sheet.Purse]
	if !g.own {
		if !k.heardAny(g.chain()) {
			k.heard++
		}
		k.bytes += int(g.bytes)
	}
	k.seen[g.sheet.Purse] = g
	k.all = append(k.all, g)
	if !g.own {
		k.bound(g.chain())
	}
}

// bound forgets what is too much: of the purse what says least, of all the oldest.
func (k *watch) bound(purse chain) {
	if heard := k.heardOf(purse); len(heard) > maxHeardEach {
		k.forget(slices.MaxFunc(heard, lessTelling))
	}
	for k.bytes > maxHeardBytes || k.heard > maxHeardPurses {
		k.forget(k.all[slices.IndexFunc(k.all, func(g *sighting) bool { return !g.own })])
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
		return int(a.arrived - b.arrived)
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
	held := k.heardOf(g.chain())
	g.arrived = k.arrived + 1
	return len(held) < maxHeardEach || lessTelling(g, slices.MaxFunc(held, lessTelling)) < 0
}

// forget drops a sighting.
func (k *watch) forget(g *sighting) {
	i := slices.Index(k.all, g)
	k.all = slices.Delete(k.all, i, i+1)
	k.unlink(g)
}

func (k *watch) unlink(g *sighting) {
	purse := g.sheet.Purse
	switch before := k.seen[purse]; {
	case before != g:
		for before.next != g {
			before = before.next
		}
		before.next = g.next
	case g.next != nil:
		k.seen[purse] = g.next
	default:
		delete(k.seen, purse)
	}
	if g.own {
		return
	}
	k.bytes -= int(g.bytes)
	if !k.heardAny(g.chain()) {
		k.heard--
	}
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
	for _, g := range k.heardOf(id) {
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
		s.watch.see(&sighting{hash: h, entry: e, sheet: sheet, own: own})
	})
}

// judgeHeard takes what was judged when it was heard, or found here (Number is 1 then). What names a Purse is that
// somebody else signs for it.
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
		if e.Purse != (protocol.PurseID{}) {
			s.watch.alarms[e.Purse] = true
			return
		}
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
		if g := s.watch.find(f.Purse, h); g != nil && g.own {
			p.own = true
		}
	}
	if enrolment, ok := protocol.Find[*protocol.Enrolment](e.Docs, protocol.Hash(f.Purse)); ok {
		p.docs, p.anchor, p.account, p.complete = append(p.docs, pieceOf(protocol.Hash(f.Purse), enrolment)), enrolment.Anchor, enrolment.Account, true
	}
	return p, firstBroken(rule{p.anchor == protocol.AccountID{}, CodeBadEvent, "fraudproof"})
}
