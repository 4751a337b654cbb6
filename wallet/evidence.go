package wallet

import (
	"errors"
	"slices"

	"kula/protocol"
)

// Case is a purse that is known here to have contradicted itself: nobody should take its money.
type Case struct {
	Purse    protocol.PurseID
	Anchor   protocol.AccountID
	Account  protocol.AccountID
	Proof    protocol.Hash // the FraudProof
	At       uint64        // when this phone learned of it
	Own      bool          // found here, or against somebody who paid us
	Complete bool          // it convinces also somebody who doubts the anchor: the Enrolment is here
	AtBank   bool          // the anchor has it
	Received []protocol.Hash
}

// Cases lists the purses that are condemned here, in the order in which that was learned. Received names
// the payments that came from each, by entry.
func (w *Wallet) Cases() []Case {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := make([]Case, 0, len(w.state.watch.convicts))
	for _, p := range w.state.watch.convicts {
		c := Case{
			Purse: p.fraud.Purse, Anchor: p.anchor, Account: p.account, Proof: p.hash, At: p.at,
			Own: p.own, Complete: p.complete, AtBank: w.state.known(p),
		}
		for _, in := range w.state.paidBy(p.chain()) {
			c.Received = append(c.Received, in.Hash)
		}
		list = append(list, c)
	}
	return list
}

// paidBy lists the payments received from a purse as they came.
func (s *State) paidBy(c chain) (list []*Income) {
	for _, d := range s.deeds() {
		if in, ok := d.(*Income); ok && in.Sheet != nil && chainOf(in.Sheet) == c {
			list = append(list, in)
		}
	}
	return list
}

// known reports whether the anchor has a proof already.
func (s *State) known(p *proof) bool {
	return p.presented != 0 || s.names(p.anchor, p.fraud.Purse)
}

// names reports whether the newest notice says that a purse may no longer pay.
func (s *State) names(anchor protocol.AccountID, id protocol.PurseID) bool {
	n := s.notice(anchor)
	if n == nil {
		return false
	}
	_, named := slices.BinarySearchFunc(n.RevokedPurses, protocol.Hash(id), func(a, b protocol.Hash) int { return slices.Compare(a[:], b[:]) })
	return named
}

// Evidence gives every proof that is held, each in a bundle of its own with the FraudProof as its root,
// the two entries and their sheets, and the Enrolment when it is here.
func (w *Wallet) Evidence() []*protocol.Bundle {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := make([]*protocol.Bundle, 0, len(w.state.watch.convicts))
	for _, p := range w.state.watch.convicts {
		list = append(list, w.file(p))
	}
	return list
}

func (w *Wallet) file(p *proof) *protocol.Bundle {
	b := protocol.NewBundle(w.cfg.Network)
	p.file(b)
	return b
}

// file puts a proof in, as a root, with all it rests on.
func (p *proof) file(b *protocol.Bundle) {
	b.PutRoot(p.hash, p.fraud)
	for _, d := range p.docs {
		b.Put(d.hash, d.doc)
	}
}

// Case is the file for a court: the proof with all it rests on, the charter under which the sheets were
// issued, and whatever that purse has paid to this wallet, with what the anchor said to it.
func (w *Wallet) Case(fraud protocol.Hash) (*protocol.Bundle, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.IndexFunc(w.state.watch.convicts, func(p *proof) bool { return p.hash == fraud })
	if i < 0 {
		return nil, refuse(CodeNotKnown, "proof "+fraud.String())
	}
	p := w.state.watch.convicts[i]
	b := w.file(p)
	b.Add(w.state.anchors[p.anchor].Charter)
	for _, in := range w.state.paidBy(p.chain()) {
		b.Put(in.Hash, in.Entry)
		addAll(b, in.Sheet, in.Bill, in.Ack, in.Receipt, in.Payout)
		addCard(b, in.Card)
	}
	return b, nil
}

// refused keeps the evidence when a payment was refused because its purse, or one behind it, has
// contradicted itself. It is on disk before anybody hears of the refusal.
func (w *Wallet) refused(now uint64, payment *protocol.Bundle, why error) error {
	var c *protocol.Conflict
	if !errors.As(why, &c) {
		return why
	}
	first, ok1 := w.attributed(payment, c.First)
	second, ok2 := w.attributed(payment, c.Second)
	if !ok1 || !ok2 || w.state.ours(first.chain()) != nil {
		return why
	}
	evidence := evidenceFor(w.cfg.Network, first, second)
	f, _ := protocol.Find[*protocol.FraudProof](evidence, evidence.Roots[0])
	charter := w.state.anchors[first.sheet.Anchor].Charter
	if _, err := protocol.VerifyFraud(evidence, charter, f); err != nil {
		return why // not by what is here: the payment is refused all the same
	}
	if err := w.record(&Event{Kind: NewsHeard, At: now, Number: foundHere, Docs: evidence}); err != nil {
		return err
	}
	return why
}

// attributed finds the sheet that an entry is written on: beside it, or among what is held.
func (w *Wallet) attributed(b *protocol.Bundle, e *protocol.Entry) (*sighting, bool) {
	g := &sighting{hash: w.cfg.Network.Hash(e), entry: e}
	for _, held := range w.state.watch.all {
		if held.hash == g.hash {
			return held, true
		}
	}
	var ok bool
	if g.sheet, ok = protocol.Find[*protocol.Sheet](b, e.Sheet); !ok {
		g.sheet, ok = w.state.docs[e.Sheet].(*protocol.Sheet)
	}
	return g, ok
}

// maxPresented is how many proofs one sync brings to the anchor.
const maxPresented = 8

// addEvidence puts in what the anchor of a purse should know of others and does not yet, the newest first.
func (w *Wallet) addEvidence(b *protocol.Bundle, anchor protocol.AccountID) {
	convicts, left := w.state.watch.convicts, maxPresented
	for i := len(convicts) - 1; i >= 0 && left > 0; i-- {
		p := convicts[i]
		if p.anchor != anchor || w.state.known(p) {
			continue
		}
		left--
		p.file(b)
	}
}

// presentProof keeps that the anchor has a proof.
func (s *State) presentProof(d *protocol.Delivery, h protocol.Hash) {
	for _, p := range s.watch.convicts {
		if p.hash == h && p.anchor == d.Anchor {
			p.presented = max(p.presented, d.At)
		}
	}
}

// tellsOfProof reports whether a Delivery is the first to name a proof that is held.
func (s *State) tellsOfProof(d *protocol.Delivery) bool {
	for _, p := range s.watch.convicts {
		if p.presented == 0 && p.anchor == d.Anchor && slices.Contains(d.Documents, p.hash) {
			return true
		}
	}
	return false
}

// proofsIn takes the proofs of fraud out of an anchor's answer, with what they rest on.
func proofsIn(reply *protocol.Bundle) *protocol.Bundle {
	b := protocol.NewBundle(reply.Network)
	for _, f := range protocol.All[*protocol.FraudProof](reply) {
		b.Add(f)
		addFound[*protocol.Enrolment](b, reply, protocol.Hash(f.Purse))
		for _, h := range []protocol.Hash{f.First, f.Second} {
			if e, ok := protocol.Find[*protocol.Entry](reply, h); ok {
				b.Put(h, e)
				addFound[*protocol.Sheet](b, reply, e.Sheet)
			}
		}
	}
	return b
}

func addFound[D protocol.Document](to, from *protocol.Bundle, h protocol.Hash) {
	if d, ok := protocol.Find[D](from, h); ok {
		to.Put(h, d)
	}
}
