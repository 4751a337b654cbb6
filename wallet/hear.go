package wallet

import (
	"slices"

	"kula/protocol"
)

// NewsBounds are those of the news that is taken from another phone: whoever decodes it keeps to them.
var NewsBounds = protocol.Bounds{Bytes: 16 << 10, Documents: 96}

// Bounds of what news may cost.
const (
	maxJudged     = 64       // signatures judged at one meeting
	maxBankJudged = 512      // in one answer of an anchor
	newsPerDay    = 64 << 10 // bytes of news written on one day
	sightedPerDay = 32 << 10 // the part of them that sightings may fill
	eventRoom     = 128      // what an event takes beside its documents
	oneSighting   = 768      // and a sighting about, with its sheet
)

// Heard is what was new in the news.
type Heard struct {
	Charters  []*protocol.Charter // newer than those held
	Notices   []*protocol.Notice
	Condemned []protocol.PurseID // purses that are now known to have contradicted themselves
	Sightings int                // entries not seen before
	Dropped   int                // more than this phone takes at a meeting or on one day

	// OwnPurse lists purses of our own in whose name somebody else has signed: the phone, or a copy of
	// what is on it, is in other hands. The person must go to the bank.
	OwnPurse []protocol.PurseID
	// Forged is set when something was not signed by whom it says; nothing after it was listened to.
	Forged error
}

// Hear takes the news that another phone tells. Nothing in it is believed that does not prove itself:
// sheets and notices by the charter of an anchor that is trusted here, entries by the signers of their
// sheet, proofs by their entries. Two entries that contradict each other condemn their purse. What is held
// already costs no cryptography, and what is new is bounded at each meeting and on each day.
func (w *Wallet) Hear(now uint64, news *protocol.Bundle) (*Heard, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.here(news); err != nil {
		return nil, err
	}
	if news.Len() > NewsBounds.Documents {
		return nil, refuse(protocol.CodeTooMany, "news")
	}
	return w.hear(now, news, maxJudged)
}

func (w *Wallet) hear(now uint64, news *protocol.Bundle, signatures int) (*Heard, error) {
	l := &listener{
		w: w, s: w.state, news: news, t: w.state.corrected(now), left: signatures,
		charters: map[protocol.AccountID]*protocol.Charter{}, fresh: newWatch(),
	}
	l.full = l.s.watch.room(l.s.day(now)) < newsPerDay-sightedPerDay+oneSighting
	for _, listen := range []func() error{l.hearCharters, l.hearNotices, l.hearProofs, l.hearSightings} {
		if l.out.Forged = listen(); l.out.Forged != nil {
			break // honest phones check what they tell
		}
	}
	return &l.out, l.keep(now)
}

// listener is one hearing.
type listener struct {
	w        *Wallet
	s        *State
	news     *protocol.Bundle
	t        uint64
	left     int  // signatures that may still be judged
	full     bool // no sighting is written any more today: only what contradicts one is worth a look
	charters map[protocol.AccountID]*protocol.Charter
	proofs   []*protocol.Bundle // found good, or made here
	fresh    watch              // what was not seen before
	out      Heard
}

// may takes what a document costs from what may still be judged.
func (l *listener) may(signatures int) bool {
	if signatures > l.left {
		l.out.Dropped++
		return false
	}
	l.left -= signatures
	return true
}

// charter is the newest of an anchor that is trusted: held, or just heard.
func (l *listener) charter(id protocol.AccountID) *protocol.Charter {
	if c := l.charters[id]; c != nil {
		return c
	}
	if a := l.s.anchors[id]; a != nil {
		return a.Charter
	}
	return nil
}

// forged tells a false signature, which only a liar sends, from what is not understood here.
func forged(err error) error {
	if code := protocol.CodeOf(err); code == protocol.CodeBadSignature || code == protocol.CodeBadKey {
		return err
	}
	return nil
}

func (l *listener) hearCharters() error {
	for _, c := range protocol.All[*protocol.Charter](l.news) {
		held := l.charter(c.Anchor)
		if held == nil || c.Serial <= held.Serial || !l.may(1) {
			continue
		}
		if err := protocol.VerifyCharter(l.news.Network, c); err != nil {
			if forged(err) != nil {
				return err
			}
			continue
		}
		l.charters[c.Anchor] = c
	}
	for _, id := range sortedAnchors(l.charters) {
		l.out.Charters = append(l.out.Charters, l.charters[id])
	}
	return nil
}

func sortedAnchors[V any](m map[protocol.AccountID]V) []protocol.AccountID {
	ids := make([]protocol.AccountID, 0, len(m))
	for id := range m {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b protocol.AccountID) int { return slices.Compare(a[:], b[:]) })
	return ids
}

// hearNotices takes the newest notice of each anchor, if it is newer than the one held.
func (l *listener) hearNotices() error {
	newest := map[protocol.AccountID]*protocol.Notice{}
	for _, n := range protocol.All[*protocol.Notice](l.news) {
		held := newest[n.Anchor]
		if held == nil {
			held = l.s.notice(n.Anchor)
		}
		if held == nil || n.Epoch > held.Epoch {
			newest[n.Anchor] = n
		}
	}
	for _, id := range sortedAnchors(newest) {
		c, n := l.charter(id), newest[id]
		if c == nil || n.Check() != nil || !l.may(1) {
			continue
		}
		if err := c.VerifyIssued(l.news.Network, n); err != nil {
			if forged(err) != nil {
				return err
			}
			continue
		}
		l.out.Notices = append(l.out.Notices, n)
	}
	return nil
}

func (l *listener) hearProofs() error {
	for _, f := range protocol.All[*protocol.FraudProof](l.news) {
		evidence, charter := l.evidenceOf(f)
		if charter == nil || !l.needs(chain{charter.Anchor, f.Purse}, evidence) || !l.may(signaturesIn(evidence)) {
			continue
		}
		if _, err := protocol.VerifyFraud(evidence, charter, f); err != nil {
			if forged(err) != nil {
				return err
			}
			continue
		}
		c := chain{charter.Anchor, f.Purse}
		if l.s.ours(c) != nil {
			l.alarm(f.Purse)
			continue
		}
		l.convict(c, f, evidence)
	}
	return nil
}

// evidenceOf takes a proof and what it rests on out of the news; the charter is nil when that is not
// there or the anchor is not trusted.
func (l *listener) evidenceOf(f *protocol.FraudProof) (*protocol.Bundle, *protocol.Charter) {
	b := protocol.NewBundle(l.news.Network)
	b.AddRoot(f)
	var charter *protocol.Charter
	if enrolment, ok := protocol.Find[*protocol.Enrolment](l.news, protocol.Hash(f.Purse)); ok {
		b.Put(protocol.Hash(f.Purse), enrolment)
		charter = l.charter(enrolment.Anchor)
	}
	for _, h := range []protocol.Hash{f.First, f.Second} {
		e, ok := protocol.Find[*protocol.Entry](l.news, h)
		if !ok {
			return nil, nil
		}
		b.Put(h, e)
		if sheet, ok := protocol.Find[*protocol.Sheet](l.news, e.Sheet); ok {
			b.Put(e.Sheet, sheet)
			charter = l.charter(sheet.Anchor)
		}
	}
	return b, charter
}

// needs reports whether a proof would be new: against a purse of which none is held, or the Enrolment that
// the one held lacks.
func (l *listener) needs(c chain, evidence *protocol.Bundle) bool {
	held := l.s.watch.proofs[c]
	_, enrolled := evidence.Get(protocol.Hash(c.purse))
	return l.fresh.proofs[c] == nil && (held == nil || enrolled && !held.complete)
}

func signaturesIn(b *protocol.Bundle) (n int) {
	b.Each(func(_ protocol.Hash, d protocol.Document) {
		switch d := d.(type) {
		case *protocol.Entry:
			n += len(d.Signatures)
		case *protocol.Enrolment:
			n += len(d.DeviceSignatures)
		case *protocol.Sheet:
			n++
		}
	})
	return n
}

func (l *listener) convict(c chain, f *protocol.FraudProof, evidence *protocol.Bundle) {
	l.fresh.proofs[c] = &proof{fraud: f, anchor: c.anchor}
	l.proofs = append(l.proofs, evidence)
}

func (l *listener) alarm(purse protocol.PurseID) {
	if !slices.Contains(l.out.OwnPurse, purse) {
		l.out.OwnPurse = append(l.out.OwnPurse, purse)
	}
}

// hearSightings looks for entries that are new and worth knowing, and judges their signatures in one batch.
func (l *listener) hearSightings() error {
	var found []*sighting
	var claims []protocol.Claim
	sheets := map[protocol.Hash]bool{}
	l.news.Each(func(h protocol.Hash, d protocol.Document) {
		e, ok := d.(*protocol.Entry)
		if !ok {
			return
		}
		g := l.sighting(h, e)
		if g == nil {
			return
		}
		own, err := l.claims(g, sheets)
		if err != nil || !l.may(len(own)) {
			return
		}
		sheets[e.Sheet] = true
		claims, found = append(claims, own...), append(found, g)
	})
	if !protocol.AllTrue(claims) {
		return refuse(protocol.CodeBadSignature, "news")
	}
	for _, g := range found {
		l.compare(g)
	}
	return nil
}

// sighting makes one of an entry; nil when it says nothing new, or nothing that matters here. No
// signature is looked at yet.
func (l *listener) sighting(h protocol.Hash, e *protocol.Entry) *sighting {
	sheet, ok := protocol.Find[*protocol.Sheet](l.news, e.Sheet)
	if !ok || l.s.purses[sheet.Purse] == nil && l.s.watch.find(sheet.Purse, h) != nil { // most of what is told is known
		return nil
	}
	if l.charter(sheet.Anchor) == nil || e.Check() != nil || sheet.Check() != nil {
		return nil
	}
	g := &sighting{hash: h, entry: e, sheet: sheet}
	if held := l.s.knownSheet(g); held != nil {
		g.sheet = held
	}
	if p := l.s.ours(g.chain()); p != nil {
		if l.s.signedHere(p, g) {
			return nil
		}
		return g
	}
	notice := l.s.notice(sheet.Anchor)
	if l.s.watch.find(sheet.Purse, h) != nil || l.condemned(g.chain()) || expired(notice, sheet.RedeemBy, l.t) ||
		notice != nil && slices.Contains(notice.RevokedPurses, protocol.Hash(sheet.Purse)) {
		return nil
	}
	if l.s.watch.against(g) == nil && (l.full || !l.s.watch.wants(g)) {
		return nil
	}
	return g
}

// signedHere reports whether an entry of our own purse is one we know of, or could have forgotten: on a
// phone that only co-signs, or that was restored.
func (s *State) signedHere(p *Purse, g *sighting) bool {
	_, paid := s.payments[g.hash]
	_, away := s.shelf.places[g.hash]
	return paid || away || p.Phase != PurseOpen || p.Index != 0 ||
		slices.ContainsFunc(p.Statements, func(st *Stated) bool { return st.Hash == g.hash })
}

func (l *listener) condemned(id chain) bool {
	return l.s.watch.condemned(id) || l.fresh.condemned(id)
}

// claims are the signatures that a sighting rests on and that were not judged before.
func (l *listener) claims(g *sighting, judged map[protocol.Hash]bool) ([]protocol.Claim, error) {
	claims, err := g.entry.Claims(g.hash, &g.sheet.Quorum)
	if err != nil || judged[g.entry.Sheet] || l.s.knownSheet(g) != nil {
		return claims, err
	}
	issued, err := l.charter(g.sheet.Anchor).Claim(g.entry.Sheet, g.sheet)
	return append(claims, issued), err
}

// knownSheet finds the sheet of a sighting as it was judged before; nil when it is new. That one is kept:
// what came along now may carry another signature, at which nobody has looked.
func (s *State) knownSheet(g *sighting) *protocol.Sheet {
	if held, ok := s.docs[g.entry.Sheet].(*protocol.Sheet); ok {
		return held
	}
	for x := range s.watch.of(g.chain()) {
		if x.entry.Sheet == g.entry.Sheet {
			return x.sheet
		}
	}
	return nil
}

// compare holds a genuine sighting against all others of its purse.
func (l *listener) compare(g *sighting) {
	if l.s.ours(g.chain()) != nil {
		l.alarm(g.sheet.Purse)
		return
	}
	if l.condemned(g.chain()) {
		return
	}
	other := l.s.watch.against(g)
	if other == nil {
		other = l.fresh.against(g)
	}
	if other == nil {
		l.fresh.see(g)
		return
	}
	evidence := evidenceFor(l.news.Network, g, other)
	f, _ := protocol.Find[*protocol.FraudProof](evidence, evidence.Roots[0])
	l.convict(g.chain(), f, evidence)
}

// evidenceFor makes a proof of two sightings that contradict each other.
func evidenceFor(n protocol.Network, a, b *sighting) *protocol.Bundle {
	evidence := protocol.NewBundle(n)
	for _, g := range []*sighting{a, b} {
		evidence.Put(g.hash, g.entry)
		evidence.Put(g.entry.Sheet, g.sheet)
	}
	evidence.AddRoot(protocol.NewFraudProof(n, a.sheet.Purse, a.entry, b.entry))
	return evidence
}

// keep writes down what is new, as much as the day has room for: what protects most comes first. What
// somebody did to us is ours, and always has room.
func (l *listener) keep(now uint64) error {
	room := l.s.watch.room(l.s.day(now))
	d := diary{docs: protocol.NewBundle(l.news.Network), used: eventRoom}
	for _, c := range l.out.Charters {
		d.add(room, pieceOf(l.news.Network.Hash(c), c))
	}
	for _, n := range l.out.Notices {
		d.add(room, pieceOf(l.news.Network.Hash(n), n))
	}
	for _, evidence := range l.proofs {
		limit := room
		if l.aboutUs(evidence) {
			limit = 1 << 30
		}
		if d.addAll(limit, evidence) {
			f, _ := protocol.Find[*protocol.FraudProof](evidence, evidence.Roots[0])
			l.out.Condemned = append(l.out.Condemned, f.Purse)
		}
	}
	for _, g := range l.fresh.all {
		pair := g.pieces()
		if !l.condemned(g.chain()) && d.add(room-(newsPerDay-sightedPerDay), pair[:]...) {
			l.out.Sightings++
		}
	}
	l.out.Dropped += d.dropped
	if d.docs.Len() > 0 {
		if err := l.w.record(&Event{Kind: NewsHeard, At: now, Docs: d.docs}); err != nil {
			return err
		}
	}
	return l.keepAlarms(now)
}

// keepAlarms writes down that somebody else signs in our name, once for each purse: who opens the wallet
// again must be told again.
func (l *listener) keepAlarms(now uint64) error {
	for _, purse := range l.out.OwnPurse {
		if l.s.watch.alarms[purse] {
			continue
		}
		if err := l.w.record(&Event{Kind: NewsHeard, At: now, Purse: purse, Docs: protocol.NewBundle(l.news.Network)}); err != nil {
			return err
		}
	}
	return nil
}

// Alarms lists the purses in use here in whose name somebody else has signed, whenever that was heard
// (Heard.OwnPurse).
func (w *Wallet) Alarms() (list []protocol.PurseID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range w.state.purseSeq {
		if w.state.watch.alarms[id] && w.state.purses[id].Phase == PurseOpen {
			list = append(list, id)
		}
	}
	return list
}

// aboutUs reports whether a proof names an entry that was paid to us.
func (l *listener) aboutUs(evidence *protocol.Bundle) bool {
	f, _ := protocol.Find[*protocol.FraudProof](evidence, evidence.Roots[0])
	return slices.ContainsFunc([]protocol.Hash{f.First, f.Second}, func(h protocol.Hash) bool {
		g := l.s.watch.find(f.Purse, h)
		return g != nil && g.own
	})
}

// diary collects what is to be written, up to a size.
type diary struct {
	docs    *protocol.Bundle
	used    int
	dropped int
}

func (d *diary) add(limit int, group ...piece) bool {
	size := 0
	for _, p := range group {
		if _, held := d.docs.Get(p.hash); !held {
			size += p.size
		}
	}
	if d.used+size > limit {
		d.dropped++
		return false
	}
	d.used += size
	for _, p := range group {
		d.docs.Put(p.hash, p.doc)
	}
	return true
}

func (d *diary) addAll(limit int, b *protocol.Bundle) bool {
	var group []piece
	b.Each(func(h protocol.Hash, doc protocol.Document) { group = append(group, pieceOf(h, doc)) })
	return d.add(limit, group...)
}
