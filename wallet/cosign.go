package wallet

import (
	"kula/protocol"
)

// A purse of several devices signs like this. The first signer numbers: Pay or Statement returns a Signed
// that is not Complete, and its Bundle goes to the co-signers. Each looks at it and calls Cosign, whose
// bundle goes back; the first signer's Assemble completes the entry, and it can be sent.

// Cosign adds this device's signature to an entry that the purse's first signer proposes. It never signs
// two entries of one purse that contradict each other, and signs the same entry as often as asked.
func (w *Wallet) Cosign(now uint64, proposal *protocol.Bundle) (*Signed, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t, err := w.state.Time(now)
	if err == nil {
		err = w.here(proposal)
	}
	if err != nil {
		return nil, err
	}
	h := w.entryOf(proposal)
	proposed, ok := protocol.Find[*protocol.Entry](proposal, h)
	if !ok {
		return nil, refuse(protocol.CodeMissingDocument, "entry")
	}
	p, err := w.checkProposal(t, proposal, proposed, h)
	if err != nil {
		return nil, err
	}
	mine := *proposed
	if _, err := w.sign(p, &mine); err != nil {
		return nil, err
	}
	entry, err := protocol.Merge(w.cfg.Network, proposed, &mine, protocol.Signatories{Quorum: &p.Enrolment.Quorum})
	if err != nil {
		return nil, err
	}
	docs := w.bundle(entry)
	if err := w.record(&Event{Kind: Cosigned, At: now, Purse: p.ID, Docs: docs}); err != nil {
		return nil, err
	}
	return &Signed{Entry: h, Bundle: docs, Complete: p.complete(entry, h)}, nil
}

func (w *Wallet) checkProposal(t uint64, b *protocol.Bundle, e *protocol.Entry, h protocol.Hash) (*Purse, error) {
	p, err := w.proposedOn(b, e)
	if err != nil {
		return nil, err
	}
	if p.Index == 0 {
		return nil, refuse(CodeNotSigner, "the first signer proposes")
	}
	if err := w.checkSignatures(p, e, h); err != nil {
		return nil, err
	}
	if e.Kind == protocol.StatementKind {
		return p, nil
	}
	bill, ok := protocol.Find[*protocol.Bill](b, e.Spend.Bill)
	if !ok {
		return nil, refuse(protocol.CodeMissingDocument, "bill")
	}
	request := w.bundle(bill) // there may be others behind it
	request.AddAll(b)
	offer, err := w.offer(t, request)
	if err != nil {
		return nil, err
	}
	sheet, _ := protocol.Find[*protocol.Sheet](b, e.Sheet)
	payment := &protocol.Payment{Entry: e, EntryHash: h, Sheet: sheet, SheetHash: e.Sheet, Bill: offer.Bill, BillHash: offer.BillHash}
	return p, w.examine(t, &draft{Payment: payment, offer: offer, bundle: b})
}

// proposedOn finds the purse whose chain an entry is to continue: the purse of its sheet, which its anchor
// must have signed, or the purse itself for a Statement before the first sheet.
func (w *Wallet) proposedOn(b *protocol.Bundle, e *protocol.Entry) (*Purse, error) {
	sheet, ok := protocol.Find[*protocol.Sheet](b, e.Sheet)
	if !ok {
		if e.Kind != protocol.StatementKind {
			return nil, refuse(protocol.CodeMissingDocument, "sheet")
		}
		return w.state.usable(protocol.PurseID(e.Sheet))
	}
	p, err := w.state.usable(sheet.Purse)
	if err != nil {
		return nil, err
	}
	a, err := w.state.anchor(sheet.Anchor)
	if err != nil {
		return nil, err
	}
	return p, a.Charter.VerifyIssued(w.cfg.Network, sheet)
}

// checkSignatures wants the first signer's, and every one that is there to be genuine.
func (w *Wallet) checkSignatures(p *Purse, e *protocol.Entry, h protocol.Hash) error {
	if len(e.Signatures) == 0 || e.Signatures[0].Index != 0 {
		return refuse(protocol.CodeBelowThreshold, "entry.signatures")
	}
	signers := p.Enrolment.Quorum.Signers
	for _, s := range e.Signatures {
		if int(s.Index) >= len(signers) {
			return refuse(protocol.CodeWrongReference, "entry.signatures")
		}
		claim := protocol.Claim{Key: signers[s.Index].Key, Hash: h, Signature: s.Signature}
		if !claim.Verify() {
			return refuse(protocol.CodeBadSignature, "entry.signatures")
		}
	}
	return nil
}

// Assemble adds a co-signer's signatures to an entry that this wallet proposed.
func (w *Wallet) Assemble(now uint64, cosigned *protocol.Bundle) (*Signed, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.here(cosigned); err != nil {
		return nil, err
	}
	h := w.entryOf(cosigned)
	theirs, ok := protocol.Find[*protocol.Entry](cosigned, h)
	if !ok {
		return nil, refuse(protocol.CodeMissingDocument, "entry")
	}
	held, p := w.state.proposed(h)
	if held == nil {
		return nil, refuse(CodeNotKnown, "entry")
	}
	merged, err := protocol.Merge(w.cfg.Network, held, theirs, protocol.Signatories{Quorum: &p.Enrolment.Quorum})
	if err != nil {
		return nil, err
	}
	if len(merged.Signatures) > len(held.Signatures) {
		if err := w.record(&Event{Kind: Cosigned, At: now, Purse: p.ID, Docs: w.bundle(merged)}); err != nil {
			return nil, err
		}
	}
	if pay, ok := w.state.payment(h); ok {
		return w.signed(pay), nil
	}
	return w.stated(p, p.statement(h), false), nil
}

// proposed finds an entry of a chain that this wallet numbers.
func (s *State) proposed(h protocol.Hash) (*protocol.Entry, *Purse) {
	if pay, ok := s.payment(h); ok {
		return pay.Entry, s.purses[pay.Purse]
	}
	for _, p := range s.all() {
		if st := p.statement(h); st != nil {
			return st.Entry, p
		}
	}
	return nil, nil
}

func (p *Purse) statement(h protocol.Hash) *Stated {
	for _, st := range p.Statements {
		if st.Hash == h {
			return st
		}
	}
	return nil
}

func (s *State) judgeCosigned(e *Event) (change, error) {
	entry, h, err := root[*protocol.Entry](e)
	if err != nil {
		return nil, err
	}
	p, err := s.usable(e.Purse)
	if err != nil {
		return nil, err
	}
	if p.Index != 0 {
		return s.judgeCosigning(p, entry, h)
	}
	if held, owner := s.proposed(h); held == nil || owner != p {
		return nil, refuse(CodeNotKnown, "entry")
	}
	return func() {
		done := p.complete(entry, h)
		if pay, ok := s.payment(h); ok {
			pay.Entry = entry
			if done {
				pay.advance(Ready)
			}
			return
		}
		st := p.statement(h)
		st.Entry, st.Complete = entry, done
	}, nil
}

// judgeCosigning holds an entry against all that this device has signed of that chain.
func (s *State) judgeCosigning(p *Purse, entry *protocol.Entry, h protocol.Hash) (change, error) {
	known := false
	for _, other := range s.cosigned[p.ID] {
		oh := s.Network.Hash(other)
		known = known || oh == h
		if !protocol.Compatible(entry, other, h, oh) {
			return nil, refuse(protocol.CodeIncompatible, "entry")
		}
	}
	return func() {
		p.Seq, p.Spent = max(p.Seq, entry.Seq), max(p.Spent, entry.Spent)
		if !known {
			s.cosigned[p.ID] = append(s.cosigned[p.ID], entry)
		}
	}, nil
}
