package anchor

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"

	"kula/protocol"
)

// SyncRequest is anything somebody brings: their own, or other people's.
type SyncRequest struct {
	Bundle *protocol.Bundle
	Digest protocol.Hash     // of the bundle's bytes: the Delivery names it
	Purse  *protocol.PurseID // whose device authenticated itself; nil: nobody's
	After  int64             // place in that purse's feed up to which it has everything
}

// SyncReply is what goes back.
type SyncReply struct {
	Bundle   *protocol.Bundle
	Cursor   int64 // the purse's new place
	Problems []Problem
	More     bool // the feed goes on: sync again from Cursor
}

// Bounds of one sync.
const (
	maxBrought = protocol.MaxDelivered // documents
	maxFeed    = 300                   // events
)

// Sync takes in what is presented, payments first, then Statements, in one transaction with the
// Delivery that proves it was here; the reply has the receipts, the sheets, and for an authenticated
// purse everything that was issued for it since.
func (b *Bank) Sync(ctx context.Context, req SyncRequest) (*SyncReply, error) {
	if req.Bundle.Network != b.net {
		return nil, protocol.CodeWrongNetwork
	}
	if req.Bundle.Len() > maxBrought {
		return nil, refuse(CodeTooMany, "bundle")
	}
	visit := &visit{b: b, req: req, reply: &SyncReply{Bundle: protocol.NewBundle(b.net), Cursor: req.After}}
	if err := visit.sort(ctx); err != nil {
		return nil, err
	}
	if err := b.verify(ctx, visit.payments); err != nil {
		return nil, err
	}
	if err := b.verifyStatements(ctx, visit.statements); err != nil {
		return nil, err
	}
	if err := visit.verifyAccusations(ctx); err != nil {
		return nil, err
	}
	if len(visit.payments)+len(visit.statements)+len(visit.accusations) > 0 {
		if err := b.update(ctx, "sync", 1+len(visit.payments), visit.present); err != nil {
			return nil, err
		}
	}
	for _, c := range visit.payments {
		if c.record != nil {
			b.keepEntry(c.record)
		}
	}
	if err := visit.renewCard(ctx); err != nil {
		return nil, err
	}
	return visit.reply, b.view(ctx, visit.answer)
}

// findHolder finds the purse whose device authenticated itself, and whether it is time for a new card: when three
// quarters of the old one's life are over.
func (v *visit) findHolder(r Reader) error {
	if v.req.Purse == nil {
		return nil
	}
	h, held := v.b.holders.get(*v.req.Purse)
	if held && !v.b.due(h.notAfter) {
		v.holder = h.number
		return nil
	}
	p, err := r.Purse(*v.req.Purse)
	if err != nil {
		return unknown(err, CodeUnknownPurse, "purse")
	}
	card, err := r.Card(p.Number)
	if err != nil {
		return err
	}
	v.holder, v.cardDue = p.Number, v.b.due(card.NotAfter) && !p.Revoked
	v.b.holders.keep(p.ID, holder{p.Number, card.NotAfter}, maxCachedHolders)
	return nil
}

func (v *visit) renewCard(ctx context.Context) error {
	if v.stranger != nil || !v.cardDue {
		return v.stranger
	}
	return v.b.update(ctx, "card", 1, func(s *session) error {
		p, err := s.purse(v.holder)
		if err != nil || p.Revoked {
			return err
		}
		card, err := s.tx.Card(p.Number)
		if err != nil || !v.b.due(card.NotAfter) {
			return err // renewed by another device's sync just now
		}
		return s.issueCard(p)
	})
}

func (b *Bank) due(notAfter uint64) bool {
	return notAfter < b.now()+b.charter.Lifetimes.Card/4
}

// visit is one Sync.
type visit struct {
	b           *Bank
	req         SyncRequest
	reply       *SyncReply
	payments    []*candidate
	statements  []*statement
	accusations []*accusation
	outcomes    []Presented
	delivery    *protocol.Delivery
	delivered   protocol.Hash // its hash

	holder   int64 // number of the purse that authenticated itself
	cardDue  bool
	stranger error // why there is no such purse; what it brought is taken in all the same
}

func (v *visit) problem(document protocol.Hash, err error) {
	v.reply.Problems = append(v.reply.Problems, *problem(document, err))
}

// sort finds the proofs, payments and Statements in the bundle. A payment needs its bill beside it; its
// sheet the anchor has.
func (v *visit) sort(ctx context.Context) error {
	v.sortAccusations()
	memos := map[protocol.Hash]*protocol.Memo{}
	for _, m := range protocol.All[*protocol.Memo](v.req.Bundle) {
		memos[m.Commitment()] = m
	}
	return v.b.view(ctx, func(r Reader) error {
		if v.stranger = v.findHolder(r); v.stranger != nil && CodeOf(v.stranger) == "" {
			return v.stranger
		}
		var failed error
		v.req.Bundle.Each(func(h protocol.Hash, d protocol.Document) {
			e, ok := d.(*protocol.Entry)
			switch {
			case !ok || failed != nil:
			case e.Kind == protocol.StatementKind:
				v.statements = append(v.statements, &statement{entry: e, hash: h})
			default:
				failed = v.sortPayment(r, h, e, memos)
			}
		})
		// A chain's Statements are taken in the order of their numbers.
		slices.SortFunc(v.statements, func(x, y *statement) int {
			if x.entry.Seq != y.entry.Seq {
				return int(min(x.entry.Seq, 1<<62)) - int(min(y.entry.Seq, 1<<62)) //nolint:gosec // bounded
			}
			return bytes.Compare(x.hash[:], y.hash[:])
		})
		return failed
	})
}

func (v *visit) sortPayment(r Reader, h protocol.Hash, e *protocol.Entry, memos map[protocol.Hash]*protocol.Memo) error {
	bill, ok := protocol.Find[*protocol.Bill](v.req.Bundle, e.Spend.Bill)
	if !ok {
		var err error
		if bill, err = v.b.heldBill(r, h, e); err != nil {
			return err
		}
		if bill == nil && v.isEvidence(h) {
			return nil
		}
		if bill == nil {
			v.problem(h, &protocol.Error{Code: protocol.CodeMissingDocument, Where: "payment.bill"})
			return nil
		}
	}
	v.payments = append(v.payments, &candidate{
		payment: &protocol.Payment{Entry: e, EntryHash: h, Bill: bill, BillHash: e.Spend.Bill},
		memo:    memos[bill.Memo],
	})
	return nil
}

// heldBill is the bill that came with the entry before, or that the anchor made itself; nil: neither.
func (b *Bank) heldBill(r Reader, h protocol.Hash, e *protocol.Entry) (*protocol.Bill, error) {
	held, err := b.entry(r, h)
	if err == nil {
		return held.Bill, nil
	}
	if !errors.Is(err, ErrNoRecord) {
		return nil, err
	}
	d, err := r.Document(e.Spend.Bill)
	if err != nil && !errors.Is(err, ErrNoRecord) {
		return nil, err
	}
	bill, _ := d.(*protocol.Bill)
	return bill, nil
}

// present is the part of a sync that writes.
func (v *visit) present(s *session) error {
	here, err := v.accuse(s)
	if err != nil {
		return err
	}
	if v.outcomes, err = s.presentAll(v.payments); err != nil {
		return err
	}
	for _, c := range v.payments {
		if c.err == nil {
			here = append(here, c.payment.EntryHash, c.payment.BillHash)
		}
	}
	for _, st := range v.statements {
		if st.err == nil {
			st.err = s.accept(st)
		}
		if st.err != nil && CodeOf(st.err) == "" {
			return st.err
		}
		if st.err == nil {
			here = append(here, st.hash)
		}
	}
	return v.deliver(s, here)
}

// deliver makes the proof of presentment of everything that was taken in.
func (v *visit) deliver(s *session, here []protocol.Hash) error {
	if len(here) == 0 {
		return nil
	}
	slices.SortFunc(here, func(a, b protocol.Hash) int { return bytes.Compare(a[:], b[:]) })
	here = slices.Compact(here)
	if len(here) > protocol.MaxDelivered { // bills that the anchor holds need not come along, but count
		return refuse(CodeTooMany, "bundle")
	}
	v.delivery = &protocol.Delivery{
		Anchor: s.b.charter.Anchor, At: s.now, Bundle: v.req.Digest, Documents: here,
	}
	v.delivered = s.b.seal(v.delivery)
	return s.tx.InsertDelivery(v.delivered, v.delivery)
}

// answer fills the reply from what is durable by now.
func (v *visit) answer(r Reader) error {
	out := v.reply.Bundle
	if v.delivery != nil {
		out.PutRoot(v.delivered, v.delivery)
	}
	for i, c := range v.payments[:len(v.outcomes)] {
		if err := v.answerPayment(r, c.record, &v.outcomes[i]); err != nil {
			return err
		}
	}
	for _, st := range v.statements {
		if err := v.answerStatement(r, st); err != nil {
			return err
		}
	}
	for _, a := range v.accusations {
		if a.err != nil {
			v.problem(a.hash, a.err)
		}
	}
	notice, err := r.Notice()
	if err != nil {
		return err
	}
	out.Put(v.b.hashOf(notice), notice)
	if v.req.Purse == nil {
		return nil
	}
	return v.feed(r)
}

func (v *visit) answerPayment(r Reader, e *EntryRecord, p *Presented) error {
	if p.Problem != nil {
		v.reply.Problems = append(v.reply.Problems, *p.Problem)
	}
	if p.Receipt == nil {
		return nil
	}
	v.reply.Bundle.AddRoot(p.Receipt)
	if err := v.addProofOf(r, e); err != nil {
		return err
	}
	return v.addPayout(r, e)
}

func (v *visit) addPayout(r Reader, e *EntryRecord) error {
	payout, err := payoutOf(r, e)
	if err == nil && payout != nil {
		v.reply.Bundle.AddRoot(payout)
	}
	return err
}

func (v *visit) answerStatement(r Reader, st *statement) error {
	if st.err != nil {
		v.problem(st.hash, st.err)
		return nil
	}
	sheet, err := v.sheetFor(r, st)
	if err != nil {
		if CodeOf(err) == "" {
			return err
		}
		v.problem(st.hash, err)
		return nil
	}
	v.reply.Bundle.PutRoot(sheet.Hash, sheet.Sheet)
	return nil
}

// feed adds what was issued for the purse since its cursor.
func (v *visit) feed(r Reader) error {
	charter, err := r.Charter()
	if err != nil {
		return err
	}
	events, err := r.Events(v.holder, v.req.After, maxFeed)
	if err != nil {
		return err
	}
	for _, event := range events {
		if err := v.addEvent(r, event); err != nil {
			return err
		}
		v.reply.Cursor = event.Cursor
	}
	through := int64(math.MaxInt64) // how far this page of the feed reaches
	if v.reply.More = len(events) == maxFeed; v.reply.More {
		through = v.reply.Cursor
	}
	if v.req.After < charter.Event && charter.Event <= through {
		v.reply.Bundle.Add(charter.Charter)
		v.reply.Cursor = max(v.reply.Cursor, charter.Event)
	}
	return v.newProofs(r, through)
}

func (v *visit) addEvent(r Reader, event Event) error {
	out := v.reply.Bundle
	switch event.Kind {
	case EventSheet:
		sheet, err := v.b.sheetNumbered(r, event.Document)
		if err == nil {
			out.PutRoot(sheet.Hash, sheet.Sheet)
		}
		return err
	case EventCard:
		card, err := r.Card(v.holder)
		if err == nil {
			out.AddRoot(card)
		}
		return err
	case EventPayout:
		payout, err := r.Payout(event.Document)
		if err == nil {
			out.AddRoot(payout.Payout)
		}
		return err
	}
	e, err := v.b.entryNumbered(r, event.Document)
	if err != nil {
		return err
	}
	out.AddRoot(e.Receipt)
	if event.Kind == EventIncome {
		v.addIncome(e)
	}
	if err := v.addProofOf(r, e); err != nil {
		return err
	}
	return v.addPayout(r, e)
}

// addIncome adds the documents of an income that somebody else brought.
func (v *visit) addIncome(e *EntryRecord) {
	if _, brought := v.req.Bundle.Get(e.Hash); brought {
		return
	}
	v.reply.Bundle.Put(e.Hash, e.Entry)
	v.reply.Bundle.Put(e.Entry.Spend.Bill, e.Bill)
	if e.Memo != nil {
		v.reply.Bundle.Add(e.Memo)
	}
}
