package wallet

import (
	"cmp"
	"slices"

	"kula/protocol"
)

// DefaultNews is how many bytes of news a wallet tells at a meeting.
const DefaultNews = 4 << 10

// Shares of what is told, of a budget.
const (
	noticeShare   = 2 // a notice or charter takes half of it at most
	newestFirst   = 6 // so many of the newest are told at every meeting; the others take turns
	toldOfOne     = 2 // sightings of one purse
	maxConsidered = 96
	maxMeasured   = 2 // times that a News is measured: each costs an encoding, and wins less than the one before
)

// News is what this wallet tells another at a meeting, in at most budget bytes, what protects most first:
// the newest notices and charters when they are small enough, proofs of fraud, and then sightings, the
// newest of each kind first. All of it proves itself. It tells nothing of this wallet's own chains.
func (w *Wallet) News(now uint64, budget int) (*protocol.Bundle, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.state.corrected(now)
	n := &teller{s: w.state, t: t, b: protocol.NewBundle(w.cfg.Network), budget: budget}
	n.used = n.b.Size()
	n.tellOfAnchors()
	n.tellProofs()
	n.tellSightings()
	return n.b, nil
}

// teller packs news into a budget.
type teller struct {
	s      *State
	t      uint64
	b      *protocol.Bundle
	budget int
	used   int // no less than the size of b

	measured int
}

// fit puts documents in if they fit. Sizes are guessed from above, and measured when the guess says no.
func (n *teller) fit(pieces ...piece) bool {
	size := 0
	for _, p := range pieces {
		if _, in := n.b.Get(p.hash); !in {
			size += p.size
		}
	}
	if n.used+size > n.budget && n.measured < maxMeasured {
		n.used = n.b.Size()
		n.measured++
	}
	if n.used+size > n.budget || n.b.Len()+len(pieces) > NewsBounds.Documents {
		return false
	}
	n.used += size
	for _, p := range pieces {
		n.b.Put(p.hash, p.doc)
	}
	return true
}

// piece is a document to tell, and no less than its size in a bundle.
type piece struct {
	hash protocol.Hash
	doc  protocol.Document
	size int
}

func pieceOf(h protocol.Hash, d protocol.Document) piece { return piece{h, d, sizeOf(d)} }

func (g *sighting) pieces() [2]piece {
	return [2]piece{pieceOf(g.entry.Sheet, g.sheet), pieceOf(g.hash, g.entry)}
}

// tellOfAnchors tells the newest notice of each anchor, and its charter unless that is its first, which
// whoever trusts the anchor has.
func (n *teller) tellOfAnchors() {
	var anchors []*Anchor
	for _, id := range sortedAnchors(n.s.anchors) {
		if a := n.s.anchors[id]; a.Notice != nil {
			anchors = append(anchors, a)
		}
	}
	slices.SortStableFunc(anchors, func(a, b *Anchor) int { return cmp.Compare(b.Notice.Time, a.Notice.Time) })
	for _, a := range anchors {
		if a.notice.size <= n.budget/noticeShare {
			n.fit(a.notice)
		}
		if a.Charter.Serial == 1 {
			continue
		}
		if c := pieceOf(n.b.Network.Hash(a.Charter), a.Charter); c.size <= n.budget/noticeShare {
			n.fit(c)
		}
	}
}

// tellProofs tells of condemned purses. Those that a notice told here names are refused already.
func (n *teller) tellProofs() {
	var open []*proof
	for _, p := range n.s.watch.convicts {
		if !n.told(p.anchor) || !n.s.names(p.anchor, p.fraud.Purse) {
			open = append(open, p)
		}
	}
	for _, p := range inTurn(open, n.t) {
		if !n.fit(p.docs...) {
			return
		}
	}
}

// told reports whether the notice of an anchor is part of the news.
func (n *teller) told(anchor protocol.AccountID) bool {
	a := n.s.anchors[anchor]
	if a == nil || a.Notice == nil {
		return false
	}
	_, in := n.b.Get(a.notice.hash)
	return in
}

func (n *teller) tellSightings() {
	told := map[chain]int{}
	all := n.s.watch.all
	for _, g := range inTurn(all[max(0, len(all)-maxConsidered):], n.t) {
		purse := g.chain()
		if told[purse] == toldOfOne || n.stale(g) {
			continue
		}
		told[purse]++
		pair := g.pieces()
		if !n.fit(pair[:]...) {
			return
		}
	}
}

// stale reports whether a sighting can protect nobody any more.
func (n *teller) stale(g *sighting) bool {
	return n.s.watch.condemned(g.chain()) || n.s.names(g.sheet.Anchor, g.sheet.Purse) ||
		expired(n.s.notice(g.sheet.Anchor), g.sheet.RedeemBy, n.t)
}

// inTurn lists what came last first: the newest always, and then the rest, from a place that moves on with
// time, so that what is older is told too.
func inTurn[T any](list []T, t uint64) []T {
	list = slices.Clone(list)
	slices.Reverse(list)
	if len(list) <= newestFirst {
		return list
	}
	rest := list[newestFirst:]
	turn := int(t % uint64(len(rest))) //nolint:gosec // below a length
	return slices.Concat(list[:newestFirst], rest[turn:], rest[:turn])
}
