package wallet

import (
	"slices"

	"kula/money"
	"kula/protocol"
)

// News is what an anchor's answer brought.
type News struct {
	Sheets   []*protocol.Sheet   // new sheets
	Receipts []*protocol.Receipt // final words on payments made and received
	Payouts  []*protocol.Payout
	Incomes  []protocol.Hash // payments received that somebody else redeemed before we saw them
	Problems []Problem       // what was not taken, and why

	// ClockAhead is by how many seconds this phone's clock is ahead of the anchor's, when that is more than
	// 48 hours: ask the person for the date.
	ClockAhead uint64

	// Heard is what the proofs of fraud brought; nil when there were none.
	Heard *Heard
}

// Problem is a document that was refused.
type Problem struct {
	Document protocol.Hash
	Err      error
}

// absorber sorts an anchor's answer: what is genuine, about us and new is kept.
type absorber struct {
	w        *Wallet
	purse    protocol.PurseID
	reply    *protocol.Bundle
	kept     *protocol.Bundle
	charters map[protocol.AccountID]*protocol.Charter
	news     News
}

// Absorb takes an anchor's answer for a purse (zero: for nobody in particular, as from a courier or a
// noticeboard). cursor says how far the anchor's documents were read; 0 when it gave none. Everything is
// held against the anchor's charter; what is refused is reported and does no harm to the rest.
func (w *Wallet) Absorb(now uint64, id protocol.PurseID, reply *protocol.Bundle, cursor int64) (*News, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.here(reply); err != nil {
		return nil, err
	}
	if id != (protocol.PurseID{}) {
		if _, err := w.state.purse(id); err != nil {
			return nil, err
		}
	}
	a := &absorber{w: w, purse: id, reply: reply, kept: protocol.NewBundle(w.cfg.Network), charters: map[protocol.AccountID]*protocol.Charter{}}
	reply.Each(a.consider)
	a.compareClocks(now)
	if a.kept.Len() > 0 || w.state.further(id, cursor) {
		if err := w.record(&Event{Kind: Absorbed, At: now, Purse: id, Number: cursor, Docs: a.kept}); err != nil {
			return nil, err
		}
	}
	var err error
	if proofs := proofsIn(reply); proofs.Len() > 0 {
		a.news.Heard, err = w.hear(now, proofs, maxBankJudged)
	}
	return &a.news, err
}

func (s *State) further(id protocol.PurseID, cursor int64) bool {
	p, ok := s.purses[id]
	return ok && cursor > p.Cursor
}

func (a *absorber) consider(h protocol.Hash, d protocol.Document) {
	if a.w.state.holds(h, d) {
		return
	}
	keep, err := a.judge(h, d)
	switch {
	case err != nil:
		a.news.Problems = append(a.news.Problems, Problem{h, err})
	case keep:
		a.kept.Put(h, d)
	}
}

// judge says whether a document is to be kept. One that is genuine but not about us is neither kept nor a
// problem. Entries and bills are kept with the receipt that vouches for them; see receipt.
func (a *absorber) judge(h protocol.Hash, d protocol.Document) (bool, error) {
	switch d := d.(type) {
	case *protocol.Charter:
		return a.charter(d)
	case *protocol.Notice:
		return a.notice(d)
	case *protocol.Card:
		return a.card(d)
	case *protocol.Sheet:
		return a.sheet(d)
	case *protocol.Ack:
		return a.ack(h, d)
	case *protocol.Delivery:
		return a.delivery(d)
	case *protocol.Receipt:
		return a.receipt(d)
	case *protocol.Payout:
		return a.payout(h, d)
	}
	return false, nil
}

func (a *absorber) charter(c *protocol.Charter) (bool, error) {
	held, err := a.w.state.anchor(c.Anchor)
	if err != nil {
		return false, err
	}
	if err := protocol.VerifyCharter(a.w.cfg.Network, c); err != nil {
		return false, err
	}
	if c.Serial < held.Charter.Serial {
		return false, refuse(CodeOlder, "charter")
	}
	if c.Serial == held.Charter.Serial {
		return false, refuse(protocol.CodeWrongReference, "charter.serial") // same serial, another body
	}
	a.charters[c.Anchor] = c
	return true, nil
}

// genuine holds a document against its anchor's charter: the newest of those held and those just come.
func (a *absorber) genuine(anchor protocol.AccountID, d protocol.Issued) error {
	if c, ok := a.charters[anchor]; ok {
		return c.VerifyIssued(a.w.cfg.Network, d)
	}
	held, err := a.w.state.anchor(anchor)
	if err != nil {
		return err
	}
	return held.Charter.VerifyIssued(a.w.cfg.Network, d)
}

func (a *absorber) notice(n *protocol.Notice) (bool, error) {
	if err := a.genuine(n.Anchor, n); err != nil {
		return false, err
	}
	held := a.w.state.notice(n.Anchor)
	return held == nil || n.Epoch > held.Epoch, nil
}

func (a *absorber) card(c *protocol.Card) (bool, error) {
	if len(a.w.state.named(c)) == 0 {
		return false, nil
	}
	return true, a.genuine(c.Anchor, c)
}

// named lists the purses to which a card is news: it shows their key, and is no older than the one they have.
func (s *State) named(c *protocol.Card) (list []*Purse) {
	for _, p := range s.all() {
		e := p.Enrolment
		if e.Anchor == c.Anchor && e.Account == c.Account && slices.Contains(c.Keys, p.Key()) &&
			(p.Card == nil || c.NotBefore >= p.Card.NotBefore) {
			list = append(list, p)
		}
	}
	return list
}

// sheet takes only what continues this wallet's own chain: a sheet on a position that it never stated
// would let it sign what others call fraud.
func (a *absorber) sheet(s *protocol.Sheet) (bool, error) {
	p, ok := a.w.state.purses[s.Purse]
	if !ok {
		return false, nil
	}
	e := p.Enrolment
	same := s.Anchor == e.Anchor && s.Account == e.Account && s.Asset == e.Asset && s.Kind == e.Kind &&
		s.Quorum.Threshold == e.Quorum.Threshold && slices.Equal(s.Quorum.Signers, e.Quorum.Signers)
	err := firstBroken(
		rule{!same, protocol.CodeWrongReference, "sheet.purse"},
		rule{!p.stated(s.Base) && p.Index == 0, protocol.CodeWrongReference, "sheet.base"},
	)
	if err == nil {
		err = a.genuine(s.Anchor, s)
	}
	if err == nil {
		a.news.Sheets = append(a.news.Sheets, s)
	}
	return err == nil, err
}

func (a *absorber) ack(h protocol.Hash, ack *protocol.Ack) (bool, error) {
	pay, ok := a.w.state.payment(ack.Entry)
	if !ok || pay.Ack != nil || pay.Phase < Ready {
		return false, nil
	}
	claim := protocol.Claim{Key: pay.Bill.PayeeKey, Hash: h, Signature: ack.Signature}
	return true, firstBroken(rule{!claim.Verify(), protocol.CodeBadSignature, "ack"})
}

// delivery is kept when it says something new: an entry of ours is at the anchor, or time has passed.
func (a *absorber) delivery(d *protocol.Delivery) (bool, error) {
	if err := a.genuine(d.Anchor, d); err != nil {
		return false, err
	}
	for _, h := range d.Documents {
		if in, ok := a.w.state.income(h); ok && in.Bill.Anchor == d.Anchor && in.Presented == 0 {
			return true, nil
		}
		if p, ok := a.w.state.payment(h); ok && p.Bill.Anchor == d.Anchor && p.Presented == 0 {
			return true, nil
		}
	}
	if a.w.state.tellsOfProof(d) {
		return true, nil
	}
	p, ok := a.w.state.purses[a.purse]
	return ok && p.Enrolment.Anchor == d.Anchor && d.At > p.SyncedAt+syncedStep, nil
}

// syncedStep is how far apart the syncs are that are worth remembering: half a day.
const syncedStep = 12 * 3600

func (a *absorber) receipt(r *protocol.Receipt) (bool, error) {
	if err := a.genuine(r.Anchor, r); err != nil {
		return false, err
	}
	if in, ok := a.w.state.income(r.Entry); ok {
		return a.final(r, in.Receipt, in.Entry, in.Bill)
	}
	if p, ok := a.w.state.payment(r.Entry); ok {
		return a.final(r, p.Receipt, p.Entry, p.Bill)
	}
	if _, ours := a.w.state.bill(r.Bill); ours {
		return a.foreign(r)
	}
	return a.hop(r)
}

// hop takes the bank's word on a payment behind one that we received.
func (a *absorber) hop(r *protocol.Receipt) (bool, error) {
	e, held := a.w.state.doc(r.Entry).(*protocol.Entry)
	if !held || e.Kind != protocol.SpendKind {
		return false, nil
	}
	bill, held := a.w.state.doc(e.Spend.Bill).(*protocol.Bill)
	if !held {
		return false, nil
	}
	return true, answers(r, a.w.state.hops[r.Entry], e, bill)
}

// answers holds a receipt against the entry that it names: of a bill, only its own anchor has the last word.
func answers(r, held *protocol.Receipt, e *protocol.Entry, bill *protocol.Bill) error {
	return firstBroken(
		rule{r.Anchor != bill.Anchor, protocol.CodeWrongAnchor, "receipt"},
		rule{held != nil, protocol.CodeDuplicate, "receipt.entry"},
		rule{r.Bill != e.Spend.Bill, protocol.CodeWrongReference, "receipt.bill"},
		rule{r.Amount != e.Spend.Amount, protocol.CodeWrongAmount, "receipt.amount"},
	)
}

// final takes the one receipt that an entry of ours ever gets.
func (a *absorber) final(r, held *protocol.Receipt, e *protocol.Entry, bill *protocol.Bill) (bool, error) {
	err := answers(r, held, e, bill)
	if err == nil {
		a.news.Receipts = append(a.news.Receipts, r)
	}
	return err == nil, err
}

// foreign takes a payment of our bill that somebody else redeemed: the anchor's receipt vouches for the entry.
func (a *absorber) foreign(r *protocol.Receipt) (bool, error) {
	entry, found := protocol.Find[*protocol.Entry](a.reply, r.Entry)
	issued, ours := a.w.state.bill(r.Bill)
	if !found || !ours {
		return false, nil
	}
	if entry.Kind != protocol.SpendKind {
		return false, refuse(protocol.CodeWrongReference, "receipt.bill")
	}
	err := answers(r, nil, entry, issued.Bill)
	if err == nil {
		a.kept.Put(r.Entry, entry)
		a.news.Incomes = append(a.news.Incomes, r.Entry)
		a.news.Receipts = append(a.news.Receipts, r)
	}
	return err == nil, err
}

func (a *absorber) payout(_ protocol.Hash, p *protocol.Payout) (bool, error) {
	if err := a.genuine(p.Anchor, p); err != nil {
		return false, err
	}
	ours := slices.ContainsFunc(p.Receipts, func(h protocol.Hash) bool {
		r, ok := protocol.Find[*protocol.Receipt](a.kept, h)
		if !ok {
			r, ok = a.w.state.docs[h].(*protocol.Receipt)
		}
		return ok && r.Anchor == p.Anchor
	})
	if ours {
		a.news.Payouts = append(a.news.Payouts, p)
	}
	return ours, nil
}

// compareClocks looks for a clock that is ahead: an anchor that has just answered knows the time.
func (a *absorber) compareClocks(now uint64) {
	t := a.w.state.corrected(now)
	for _, d := range protocol.All[*protocol.Delivery](a.reply) {
		if t > maxJump && t-maxJump > d.At && a.genuine(d.Anchor, d) == nil {
			a.news.ClockAhead = t - d.At
		}
	}
}

// judgeAbsorbed takes what was judged when it came. Documents come in order of type, so a charter is held
// before what it vouches for, and a receipt before its payout.
func (s *State) judgeAbsorbed(e *Event) (change, error) {
	if _, known := s.purses[e.Purse]; !known && e.Purse != (protocol.PurseID{}) {
		return nil, refuse(CodeNoPurse, "absorbed")
	}
	return func() {
		e.Docs.Each(func(h protocol.Hash, d protocol.Document) { s.absorb(e, h, d) })
		if p, ok := s.purses[e.Purse]; ok {
			p.Cursor = max(p.Cursor, e.Number)
		}
	}, nil
}

func (s *State) absorb(e *Event, h protocol.Hash, d protocol.Document) {
	switch d := d.(type) {
	case *protocol.Charter:
		s.hold(d)
	case *protocol.Notice:
		if a := s.anchors[d.Anchor]; a != nil {
			a.take(h, d)
		}
	case *protocol.Card:
		for _, p := range s.named(d) {
			p.Card = d
			if p.Phase == PurseEnrolling {
				p.Phase = PurseOpen
			}
		}
	case *protocol.Sheet:
		s.absorbSheet(e, &HeldSheet{h, d})
	case *protocol.Ack:
		if p, ok := s.payment(d.Entry); ok {
			p.Ack = d
			p.advance(Confirmed)
		}
	case *protocol.Delivery:
		s.absorbDelivery(e, d)
	case *protocol.Receipt:
		s.absorbReceipt(e, d)
	case *protocol.Payout:
		s.absorbPayout(e, d)
	}
}

// maxSheets is how many live sheets of a purse are kept; each older one is a bound no wider than needed.
const maxSheets = 8

func (s *State) absorbSheet(e *Event, held *HeldSheet) {
	p, ok := s.purses[held.Sheet.Purse]
	if !ok {
		return
	}
	t, notice := s.corrected(e.At), s.notice(held.Sheet.Anchor)
	p.Sheets = slices.DeleteFunc(p.Sheets, func(h *HeldSheet) bool { return expired(notice, h.Sheet.ExpiresAt, t) })
	p.Sheets = append(p.Sheets, held)
	slices.SortStableFunc(p.Sheets, newerSheet)
	p.Sheets = p.Sheets[:min(len(p.Sheets), maxSheets)]
	if c := s.shelf.counts[p.ID]; held.Sheet.AsOf < c.bill || held.Sheet.IssuedAt < c.receipt {
		s.takeBackAll()
	}
	for _, st := range p.Statements {
		st.Answered = st.Answered || st.Entry.Seq <= held.Sheet.Base.Seq
	}
	a := s.anchors[held.Sheet.Anchor]
	a.Newest = max(a.Newest, held.Sheet.IssuedAt)
}

func newerSheet(a, b *HeldSheet) int {
	switch x, y := a.Sheet, b.Sheet; {
	case x.IssuedAt != y.IssuedAt:
		return descending(x.IssuedAt, y.IssuedAt)
	case x.Base.Seq != y.Base.Seq:
		return descending(x.Base.Seq, y.Base.Seq)
	default:
		return slices.Compare(a.Hash[:], b.Hash[:])
	}
}

func descending(a, b uint64) int {
	if a > b {
		return -1
	}
	return 1
}

func (s *State) absorbDelivery(e *Event, d *protocol.Delivery) {
	if a := s.anchors[d.Anchor]; a != nil {
		a.Newest = max(a.Newest, d.At)
	}
	if p := s.purses[e.Purse]; p != nil && p.Enrolment.Anchor == d.Anchor {
		p.SyncedAt = max(p.SyncedAt, d.At)
	}
	for _, h := range d.Documents {
		s.presentProof(d, h)
		if in, ok := s.income(h); ok && in.Bill.Anchor == d.Anchor {
			in.Presented = max(in.Presented, d.At)
			in.Phase = max(in.Phase, Presented)
		}
		if p, ok := s.payment(h); ok && p.Bill.Anchor == d.Anchor {
			p.Presented = max(p.Presented, d.At)
		}
	}
}

func (s *State) absorbReceipt(e *Event, r *protocol.Receipt) {
	if issued, ours := s.bill(r.Bill); ours && s.look(r.Entry) == nil {
		if entry, ok := protocol.Find[*protocol.Entry](e.Docs, r.Entry); ok {
			s.keepIncome(&Income{Hash: r.Entry, Phase: Received, Entry: entry, At: s.corrected(e.At)}, issued)
		}
	}
	in, received := s.income(r.Entry)
	if received && in.Receipt == nil {
		in.Receipt = r
		in.Phase = NotHonoured
		if r.Outcome == protocol.Honoured {
			in.Phase = Credited
		}
		if issued, ours := s.bill(in.Entry.Spend.Bill); ours {
			s.markSurplus(issued)
		}
	}
	p, made := s.payment(r.Entry)
	if made && p.Receipt == nil {
		p.Receipt = r
		p.Phase = Dishonoured
		if r.Outcome == protocol.Honoured {
			p.Phase = Honoured
		}
	}
	if !received && !made {
		s.hops[r.Entry] = r
	}
}

func (s *State) absorbPayout(e *Event, p *protocol.Payout) {
	for _, h := range p.Receipts {
		r, ok := protocol.Find[*protocol.Receipt](e.Docs, h)
		if !ok {
			r, ok = s.docs[h].(*protocol.Receipt)
		}
		if !ok || r.Anchor != p.Anchor {
			continue
		}
		if in, ok := s.income(r.Entry); ok {
			in.Payout = p
			if in.Phase != NotHonoured { // of that, only what was covered was paid out
				in.Phase = PaidOut
			}
		}
		if pay, ok := s.payment(r.Entry); ok {
			pay.Payout = p
		}
	}
}

// sum adds amounts that are each below the supply of their asset; a total that cannot be counted is the largest.
func sum(total, more money.Amount) money.Amount {
	next, err := total.Add(more)
	if err != nil {
		return total
	}
	return next
}
