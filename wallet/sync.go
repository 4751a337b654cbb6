package wallet

import (
	"cmp"
	"slices"

	"kula/protocol"
)

// maxOutbox is how many payments one sync presents, and maxBrought how many documents, beside a Statement
// with its sheet and the proofs of fraud with six documents each: an anchor takes no more than its Delivery
// can name.
const (
	maxOutbox  = 150
	maxBrought = protocol.MaxDelivered - 2 - 6*maxPresented
)

// Outbox is what a purse has to present to its anchor: every payment received and made without a receipt,
// with its sheet, bill, memo and Ack, what stands behind those received, and the newest Statement without a
// sheet. What was never presented comes first; when there is more than one sync can carry, the rest follows
// at the next. So whoever reaches the bank redeems whole histories, never half of one.
func (w *Wallet) Outbox(id protocol.PurseID) (*protocol.Bundle, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, err := w.state.purse(id)
	if err != nil {
		return nil, err
	}
	b := protocol.NewBundle(w.cfg.Network)
	for _, h := range w.state.waiting(id) {
		docs := w.state.presented(h)
		if b.Len()+len(docs) > maxBrought {
			break
		}
		b.PutRoot(h, docs[0].doc)
		for _, d := range docs[1:] {
			b.Put(d.hash, d.doc)
		}
	}
	if n := len(p.Statements); n > 0 && w.state.awaited(p, p.Statements[n-1]) {
		w.addStatement(b, p, p.Statements[n-1].Entry)
	}
	w.addEvidence(b, p.Enrolment.Anchor)
	return b, nil
}

// presented lists the documents of a payment for the bank, its entry first. What the bank has answered
// already does not come again.
func (s *State) presented(h protocol.Hash) []piece {
	hashed := func(d protocol.Document) piece { return piece{hash: s.Network.Hash(d), doc: d} }
	if in, ok := s.income(h); ok {
		list := []piece{{hash: h, doc: in.Entry}, {hash: in.Entry.Sheet, doc: in.Sheet}, {hash: in.Entry.Spend.Bill, doc: in.Bill}, hashed(s.memoOf(in))}
		for _, behind := range in.Behind {
			if e, ok := s.doc(behind).(*protocol.Entry); ok && s.receiptOf(behind) == nil {
				list = append(list, piece{hash: behind, doc: e},
					piece{hash: e.Spend.Bill, doc: s.doc(e.Spend.Bill)}, piece{hash: e.Sheet, doc: s.doc(e.Sheet)})
			}
		}
		return list
	}
	pay, _ := s.payment(h)
	list := []piece{{hash: h, doc: pay.Entry}, {hash: pay.Entry.Sheet, doc: pay.Sheet}, {hash: pay.Entry.Spend.Bill, doc: pay.Bill}}
	if pay.Memo != nil {
		list = append(list, hashed(pay.Memo))
	}
	if pay.Ack != nil {
		list = append(list, hashed(pay.Ack))
	}
	return list
}

// awaited reports whether a Statement may still be answered. When its challenge is known to be over, either
// the anchor has it, and its sheet comes by itself, or never will.
func (s *State) awaited(p *Purse, st *Stated) bool {
	if !st.Complete || st.Answered {
		return false
	}
	a, ok := s.anchors[p.Enrolment.Anchor]
	stated := st.Entry.Statement
	return !ok || stated.Challenge.IsZero() || a.Newest <= stated.Time+a.Charter.Lifetimes.Challenge
}

func addMemo(b *protocol.Bundle, m *protocol.Memo) {
	if m != nil {
		b.Add(m)
	}
}

// waiting lists the entries of a purse that have no receipt, those longest not presented first.
func (s *State) waiting(id protocol.PurseID) []protocol.Hash {
	var list []protocol.Hash
	presented := map[protocol.Hash]uint64{}
	for _, d := range s.order {
		if in, ok := d.(*Income); ok && in.Purse == id && in.Receipt == nil && in.Sheet != nil {
			list = append(list, in.Hash)
			presented[in.Hash] = in.Presented
		}
		if p, ok := d.(*Payment); ok && p.Purse == id && p.Receipt == nil && p.Phase >= Ready {
			list = append(list, p.Hash)
			presented[p.Hash] = p.Presented
		}
	}
	slices.SortStableFunc(list, func(a, b protocol.Hash) int { return cmp.Compare(presented[a], presented[b]) })
	return list[:min(len(list), maxOutbox)]
}

func (w *Wallet) addStatement(b *protocol.Bundle, p *Purse, e *protocol.Entry) {
	b.AddRoot(e)
	if sheet, ok := w.state.docs[e.Sheet].(*protocol.Sheet); ok {
		b.Add(sheet)
	} else {
		b.Add(p.Enrolment)
	}
}

// Statement signs where the purse's chain stands, in answer to the anchor's challenge (zero by courier),
// which answers it with a new sheet. The same challenge gives the same Statement again. The bundle holds
// the Statement (its root) and the sheet it is written on; with co-signers still to sign it is theirs.
func (w *Wallet) Statement(now uint64, id protocol.PurseID, challenge protocol.Hash) (*Signed, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t, err := w.state.Time(now)
	if err != nil {
		return nil, err
	}
	p, err := w.state.usable(id)
	if err != nil {
		return nil, err
	}
	if n := len(p.Statements); n > 0 && !challenge.IsZero() && p.Statements[n-1].Entry.Statement.Challenge == challenge {
		return w.stated(p, p.Statements[n-1], true), nil
	}
	e := &protocol.Entry{
		Sheet: protocol.Hash(p.ID), Seq: p.Seq + 1, Spent: p.Spent, Kind: protocol.StatementKind,
		Statement: protocol.Statement{Time: w.state.statementTime(p, t), Challenge: challenge},
	}
	if len(p.Sheets) > 0 {
		e.Sheet = p.Sheets[0].Hash
	}
	if _, err := w.sign(p, e); err != nil {
		return nil, err
	}
	if err := w.record(&Event{Kind: Written, At: now, Purse: id, Docs: w.bundle(e)}); err != nil {
		return nil, err
	}
	return w.stated(p, p.Statements[len(p.Statements)-1], false), nil
}

func (w *Wallet) stated(p *Purse, st *Stated, again bool) *Signed {
	b := protocol.NewBundle(w.cfg.Network)
	w.addStatement(b, p, st.Entry)
	return &Signed{Entry: st.Hash, Bundle: b, Again: again, Complete: st.Complete}
}

// NeedsSheet reports whether a Statement now would bring something: there is no sheet, half of the
// newest one's life is over, or the bank has credited what no sheet shows yet.
func (w *Wallet) NeedsSheet(now uint64, id protocol.PurseID) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, err := w.state.usable(id)
	if err != nil || w.state.revoked(p) {
		return false
	}
	t := w.state.corrected(now)
	if len(p.Sheets) == 0 {
		return true
	}
	newest := p.Sheets[0].Sheet
	half := newest.IssuedAt + (newest.ExpiresAt-newest.IssuedAt)/2
	return t > half || w.state.balance(t, p).Credited > 0 && p.Enrolment.Kind == protocol.Circulating
}

// BankSaid keeps what the anchor says that it holds for the purse, so that it can be shown off-line.
func (w *Wallet) BankSaid(now uint64, id protocol.PurseID, atBank int64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, err := w.state.purse(id)
	if err != nil {
		return err
	}
	if p.AtBankTime != 0 && p.AtBank == amount(atBank) {
		return nil
	}
	return w.record(&Event{Kind: BankBalance, At: now, Purse: id, Number: atBank})
}
