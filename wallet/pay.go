package wallet

import (
	"slices"

	"kula/money"
	"kula/protocol"
)

// Offer is what a payer's person is asked about before paying.
type Offer struct {
	Bill     *protocol.Bill
	BillHash protocol.Hash
	Name     string         // to whom, as known to the bank; the bank's own name for an unload
	Memo     *protocol.Memo // nil when none came along
	Card     *protocol.Card // nil for an unload
	Unload   bool
	Decimals uint32
	PaidBy   protocol.Hash // the entry that pays this bill already; zero when none does
	OddDate  bool          // dated more than a day from this phone's clock: ask whether it is what was just shown
}

// oddDate is how far a bill's date may be from the payer's clock without a warning: a day.
const oddDate = 24 * 3600

// Signed is an entry that this wallet has signed and durably written.
type Signed struct {
	Entry    protocol.Hash
	Bundle   *protocol.Bundle // the Entry (its root), its Sheet, and for a payment the Bill, Card, Memo and all it stands on
	Payer    *protocol.Card   // by which the payee knows who pays; nil: none is held
	Again    bool             // it was signed before: this is the same entry
	Complete bool             // enough devices have signed; else Bundle is for the co-signers
}

// VerifyRequest checks a bill that somebody shows: genuine, in date, and from whom it says.
func (w *Wallet) VerifyRequest(now uint64, request *protocol.Bundle) (*Offer, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t, err := w.state.Time(now)
	if err != nil {
		return nil, err
	}
	return w.offer(t, request)
}

func (w *Wallet) offer(t uint64, request *protocol.Bundle) (*Offer, error) {
	if err := w.here(request); err != nil {
		return nil, err
	}
	o := &Offer{Card: only[*protocol.Card](request)}
	if o.Bill, o.BillHash = billOf(request); o.Bill == nil {
		return nil, refuse(protocol.CodeMissingDocument, "bill")
	}
	a, err := w.state.anchor(o.Bill.Anchor)
	if err != nil {
		return nil, err
	}
	o.Unload = o.Bill.Payee == o.Bill.Anchor
	if err := w.checkOffer(t, a, o); err != nil {
		return nil, err
	}
	for _, m := range protocol.All[*protocol.Memo](request) {
		if m.Commitment() == o.Bill.Memo {
			o.Memo = m
		}
	}
	terms, _ := a.Charter.Terms(o.Bill.Asset)
	o.Decimals = terms.Decimals
	o.OddDate = !o.Bill.Standing && (o.Bill.IssuedAt > t+oddDate || o.Bill.IssuedAt+oddDate < t)
	if !o.Bill.Standing {
		if p, ok := w.state.newestOf(o.BillHash); ok {
			o.PaidBy = p.Hash
		}
	}
	return o, nil
}

func billOf(b *protocol.Bundle) (*protocol.Bill, protocol.Hash) {
	for _, h := range b.Roots {
		if bill, ok := protocol.Find[*protocol.Bill](b, h); ok {
			return bill, h
		}
	}
	if all := protocol.All[*protocol.Bill](b); len(all) == 1 {
		return all[0], b.Network.Hash(all[0])
	}
	return nil, protocol.Hash{}
}

func (w *Wallet) checkOffer(t uint64, a *Anchor, o *Offer) error {
	if _, own := w.state.bill(o.BillHash); own {
		return refuse(CodeOwnBill, "bill")
	}
	if o.Unload {
		o.Name, o.Card = a.Charter.Name, nil // nobody looks at a card that comes with it, so none is kept
		return w.checkUnload(t, a, o.Bill, o.BillHash)
	}
	if o.Card == nil {
		o.Card = w.state.cardFor(o.Bill)
	}
	if o.Card == nil {
		return refuse(protocol.CodeMissingDocument, "card")
	}
	o.Name = o.Card.Name
	return w.state.verifier(t, 0).VerifyRequest(o.Bill, o.Card)
}

// checkUnload judges a bill by the bank to itself: one of its issuing keys must have signed it.
func (w *Wallet) checkUnload(t uint64, a *Anchor, bill *protocol.Bill, h protocol.Hash) error {
	good := slices.ContainsFunc(a.Charter.Keys, func(k protocol.IssuingKey) bool {
		return k.Key == bill.PayeeKey && bill.IssuedAt >= k.NotBefore && bill.IssuedAt <= k.NotAfter && k.RevokedAt == 0
	})
	claim := protocol.Claim{Key: bill.PayeeKey, Hash: h, Signature: bill.Signature}
	_, known := a.Charter.Terms(bill.Asset)
	return firstBroken(
		rule{!good, protocol.CodeUnknownKey, "bill.payee_key"},
		rule{!known, protocol.CodeWrongAsset, "bill.asset"},
		rule{expired(a.Notice, bill.ExpiresAt, t), protocol.CodeExpired, "bill"},
		rule{!claim.Verify(), protocol.CodeBadSignature, "bill"},
	)
}

// PayParams say how to pay a bill.
type PayParams struct {
	Purse     protocol.PurseID // zero: any that fits
	Amount    money.Amount     // needed when the bill leaves it open; else zero or the bill's
	GivesBack protocol.Hash    // the income (its entry) that this payment refunds
}

// Pay countersigns a bill: the entry is in the journal before Pay returns it. A bill that is paid already
// (and is not standing) gives the same entry again, also when it has expired since.
func (w *Wallet) Pay(now uint64, request *protocol.Bundle, p PayParams) (*Signed, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if entry, ok := w.state.paidAlready(request); ok {
		return w.again(entry)
	}
	d, err := w.plan(now, request, p)
	if err != nil {
		return nil, err
	}
	return w.write(now, d, p.GivesBack)
}

// paidAlready finds the payment of a bill that is paid once.
func (s *State) paidAlready(request *protocol.Bundle) (protocol.Hash, bool) {
	bill, h := billOf(request)
	if bill == nil || bill.Standing {
		return protocol.Hash{}, false
	}
	p, ok := s.newestOf(h)
	if !ok {
		return protocol.Hash{}, false
	}
	return p.Hash, true
}

func (w *Wallet) amount(o *Offer, named money.Amount) (money.Amount, error) {
	amount := o.Bill.Amount
	if amount == 0 {
		amount = named
	}
	terms, _ := w.state.anchors[o.Bill.Anchor].Charter.Terms(o.Bill.Asset)
	return amount, firstBroken(
		rule{amount == 0, CodeNoAmount, "amount"},
		rule{amount < 0, protocol.CodeBadAmount, "amount"},
		rule{named != 0 && named != amount, protocol.CodeWrongAmount, "amount"},
		rule{!amount.MultipleOf(terms.Step), protocol.CodeBelowStep, "amount"},
	)
}

// write signs and journals. Until record returns, nobody may see the signature: a crash before it leaves
// no trace of the entry, a crash after it leaves one that is not yet received.
func (w *Wallet) write(now uint64, d *draft, givesBack protocol.Hash) (*Signed, error) {
	h, err := w.sign(d.purse, d.Entry)
	if err != nil {
		return nil, err
	}
	docs := w.shown(d.Payment, d.offer.Card, d.offer.Memo)
	for _, f := range d.funds {
		docs.Put(f.Hash, f.Entry) // the journal has what is behind it
	}
	if err := w.record(&Event{Kind: Written, At: now, Purse: d.purse.ID, Subject: givesBack, Docs: docs}); err != nil {
		return nil, err
	}
	return w.signed(w.state.payments[h]), nil
}

// sign makes this device's the signature on an entry.
func (w *Wallet) sign(p *Purse, e *protocol.Entry) (protocol.Hash, error) {
	h := w.cfg.Network.Hash(e)
	signature, err := w.cfg.Keys.Sign(p.Key(), h)
	if err != nil {
		return h, err
	}
	e.Signatures = []protocol.DeviceSignature{{Index: p.Index, Signature: signature}}
	return h, nil
}

func (w *Wallet) signed(p *Payment) *Signed {
	s := &Signed{Entry: p.Hash, Bundle: w.shown(p.payment(), p.Card, p.Memo), Payer: w.state.purses[p.Purse].Card, Complete: p.Phase >= Ready}
	for _, h := range p.Backing {
		in, _ := w.state.income(h)
		s.Bundle.AddAll(w.state.standing(in))
	}
	return s
}

func (w *Wallet) again(entry protocol.Hash) (*Signed, error) {
	p, ok := w.state.payment(entry)
	if !ok {
		return nil, refuse(CodeNotKnown, "entry")
	}
	s := w.signed(p)
	s.Again = true
	return s, nil
}

// Redeliver gives a payment made before once more, to be sent again by any path.
func (w *Wallet) Redeliver(entry protocol.Hash) (*Signed, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.again(entry)
}

// HandedOver keeps that the entry was sent to the payee.
func (w *Wallet) HandedOver(now uint64, entry protocol.Hash) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if p, ok := w.state.payment(entry); ok && p.Phase >= HandedOver {
		return nil
	}
	return w.record(&Event{Kind: Handed, At: now, Subject: entry})
}

// SawPicture keeps that the payer's person saw the payee's phone show this picture, and so knows that they have
// it. It is a note to oneself for the history: it is no Ack, proves nothing to anybody, and changes no sum.
// Another picture than the payment's is refused with CodeWrongPicture.
func (w *Wallet) SawPicture(now uint64, entry protocol.Hash, picture int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if p, ok := w.state.payment(entry); ok && p.Seen && picture == Picture(entry) {
		return nil
	}
	return w.record(&Event{Kind: PictureSeen, At: now, Subject: entry, Number: int64(picture)})
}

// Acknowledged keeps the payee's Ack, the proof before any receipt that it has the payment. Its root is
// the Ack.
func (w *Wallet) Acknowledged(now uint64, ack *protocol.Bundle) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := false
	for _, a := range protocol.All[*protocol.Ack](ack) {
		if err := w.acknowledge(now, a); err != nil {
			return err
		}
		found = true
	}
	return firstBroken(rule{!found, protocol.CodeMissingDocument, "ack"})
}

func (w *Wallet) acknowledge(now uint64, ack *protocol.Ack) error {
	p, ok := w.state.payment(ack.Entry)
	if !ok {
		return refuse(CodeNotKnown, "ack.entry")
	}
	if p.Ack != nil {
		return nil
	}
	claim := protocol.Claim{Key: p.Bill.PayeeKey, Hash: w.cfg.Network.Hash(ack), Signature: ack.Signature}
	if !claim.Verify() {
		return refuse(protocol.CodeBadSignature, "ack")
	}
	return w.record(&Event{Kind: Acknowledged, At: now, Docs: w.bundle(ack)})
}

// Owed lists the payments, not yet received as far as we know, whose bills name one of these keys: to be
// handed over when their owner is met.
func (w *Wallet) Owed(payee []protocol.Key) []*Signed {
	w.mu.Lock()
	defer w.mu.Unlock()
	var owed []*Signed
	for _, d := range w.state.order {
		p, ok := d.(*Payment)
		if ok && p.NotYetReceived() && slices.Contains(payee, p.Bill.PayeeKey) && !w.state.lapsed(p) {
			owed = append(owed, w.signed(p))
		}
	}
	return owed
}

// Sheets is what a payer shows a payee that accepts these anchors: its live sheets there, newest first.
func (w *Wallet) Sheets(now uint64, accepted []protocol.AccountID) *protocol.Bundle {
	w.mu.Lock()
	defer w.mu.Unlock()
	b := protocol.NewBundle(w.cfg.Network)
	t := w.state.corrected(now)
	for _, p := range w.state.all() {
		if p.Phase != PurseOpen || p.Index != 0 || !slices.Contains(accepted, p.Enrolment.Anchor) {
			continue
		}
		for _, held := range p.Sheets {
			if w.live(t, held.Sheet) == nil {
				b.PutRoot(held.Hash, held.Sheet)
			}
		}
	}
	return b
}
