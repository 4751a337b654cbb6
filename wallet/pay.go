package wallet

import (
	"cmp"
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
	Bundle   *protocol.Bundle // the Entry (its root), its Sheet, and for a payment the Bill, Card and Memo
	Again    bool             // it was signed before: this is the same entry
	Complete bool             // enough devices have signed; else Bundle is for the co-signers
}

// Encode writes a payment for its payee, which has the Bill, Card and Memo itself.
func (s *Signed) Encode() []byte {
	short := protocol.NewBundle(s.Bundle.Network)
	for _, sheet := range protocol.All[*protocol.Sheet](s.Bundle) {
		short.Add(sheet)
	}
	if e, ok := protocol.Find[*protocol.Entry](s.Bundle, s.Entry); ok {
		short.AddRoot(e)
	}
	var known []protocol.Document
	for _, bill := range protocol.All[*protocol.Bill](s.Bundle) {
		known = append(known, bill)
	}
	return short.Encode(known...)
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
		o.PaidBy = w.state.paid[o.BillHash]
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
	if _, own := w.state.issued[o.BillHash]; own {
		return refuse(CodeOwnBill, "bill")
	}
	if o.Unload {
		o.Name = a.Charter.Name
		return w.checkUnload(t, a, o.Bill, o.BillHash)
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
	if bill, h := billOf(request); bill != nil && !bill.Standing {
		if entry, ok := w.state.paid[h]; ok {
			return w.again(entry)
		}
	}
	t, err := w.state.Time(now)
	if err != nil {
		return nil, err
	}
	offer, err := w.offer(t, request)
	if err != nil {
		return nil, err
	}
	amount, err := w.amount(offer, p.Amount)
	if err != nil {
		return nil, err
	}
	draft, purse, err := w.draft(t, offer, amount, p.Purse)
	if err != nil {
		return nil, err
	}
	return w.write(now, purse, draft, offer, p.GivesBack)
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

// draft finds a sheet that can bear the payment and writes, unsigned, the entry that the chain's next
// number will be. When none can, the reason is the newest sheet's: older ones say less about today.
func (w *Wallet) draft(t uint64, o *Offer, amount money.Amount, want protocol.PurseID) (*protocol.Payment, *Purse, error) {
	var reason error
	found := false
	for _, p := range w.state.all() {
		if want != (protocol.PurseID{}) && p.ID != want || !p.fits(o.Bill) {
			continue
		}
		found = true
		for _, held := range p.Sheets {
			draft, err := w.draftOn(t, p, held, o, amount)
			if err == nil {
				return draft, p, nil
			}
			reason = cmp.Or(reason, err)
		}
	}
	return nil, nil, cmp.Or(firstBroken(rule{!found, CodeNoPurse, "bill"}), reason, refuse(CodeNoSheet, "purse"))
}

// fits reports whether the purse is one that may pay the bill.
func (p *Purse) fits(b *protocol.Bill) bool {
	e := p.Enrolment
	return p.Phase == PurseOpen && p.Index == 0 && e.Anchor == b.Anchor && e.Asset == b.Asset &&
		(b.Payer == protocol.AccountID{} || b.Payer == e.Account) && b.PayeeKey != p.Key()
}

func (p *Purse) next(held *HeldSheet, o *Offer, amount money.Amount) (*protocol.Payment, error) {
	spent, err := p.Spent.Add(amount)
	if err != nil {
		return nil, err
	}
	e := &protocol.Entry{
		Sheet: held.Hash, Seq: p.Seq + 1, Spent: spent, Kind: protocol.SpendKind,
		Spend: protocol.Spend{Bill: o.BillHash, Amount: amount, Deadline: min(held.Sheet.RedeemBy, o.Bill.ExpiresAt)},
	}
	return &protocol.Payment{Entry: e, Sheet: held.Sheet, SheetHash: held.Hash, Bill: o.Bill, BillHash: o.BillHash}, nil
}

func (w *Wallet) draftOn(t uint64, p *Purse, held *HeldSheet, o *Offer, amount money.Amount) (*protocol.Payment, error) {
	if err := w.live(t, held.Sheet); err != nil {
		return nil, err
	}
	draft, err := p.next(held, o, amount)
	if err != nil {
		return nil, err
	}
	return draft, w.checkDraft(t, draft, o)
}

// live reports why a sheet cannot be used any more. That it is dated a little ahead of this phone's clock
// does not matter to its holder: it is here, so it was issued.
func (w *Wallet) live(t uint64, s *protocol.Sheet) error {
	err := w.state.verifier(t, 0).VerifySheet(s)
	if protocol.CodeOf(err) == protocol.CodeNotYetValid {
		return nil
	}
	return err
}

func (w *Wallet) checkDraft(t uint64, draft *protocol.Payment, o *Offer) error {
	if err := draft.CheckRules(); err != nil {
		return err
	}
	deadline := w.state.notice(draft.Sheet.Anchor).Moment(draft.Entry.Spend.Deadline)
	return firstBroken(
		rule{draft.Need() > 0, protocol.CodeNotEnough, "payment"},
		rule{!o.Unload && deadline < t+w.cfg.Margin, protocol.CodeDeadlineTooNear, "payment"},
	)
}

// write signs and journals. Until record returns, nobody may see the signature: a crash before it leaves
// no trace of the entry, a crash after it leaves one that is not yet received.
func (w *Wallet) write(now uint64, p *Purse, draft *protocol.Payment, o *Offer, givesBack protocol.Hash) (*Signed, error) {
	h, err := w.sign(p, draft.Entry)
	if err != nil {
		return nil, err
	}
	docs := w.bundle(draft.Entry, draft.Sheet, draft.Bill)
	if o.Card != nil {
		docs.Add(o.Card)
	}
	if o.Memo != nil {
		docs.Add(o.Memo)
	}
	if err := w.record(&Event{Kind: Written, At: now, Purse: p.ID, Subject: givesBack, Docs: docs}); err != nil {
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
	s := &Signed{Entry: p.Hash, Bundle: w.bundle(p.Entry, p.Sheet, p.Bill), Complete: p.Phase >= Ready}
	if p.Card != nil {
		s.Bundle.Add(p.Card)
	}
	addMemo(s.Bundle, p.Memo)
	return s
}

func (w *Wallet) again(entry protocol.Hash) (*Signed, error) {
	p, ok := w.state.payments[entry]
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
	if p, ok := w.state.payments[entry]; ok && p.Phase >= HandedOver {
		return nil
	}
	return w.record(&Event{Kind: Handed, At: now, Subject: entry})
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
	p, ok := w.state.payments[ack.Entry]
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
	for _, h := range w.state.order {
		p, ok := w.state.payments[h]
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
				b.AddRoot(held.Sheet)
			}
		}
	}
	return b
}
