package wallet

import (
	"cmp"

	"kula/money"
	"kula/protocol"
)

// draft is a payment that is not signed yet, with all that the payee will be shown.
type draft struct {
	*protocol.Payment
	offer   *Offer
	purse   *Purse
	funds   []*fund          // the incomes it stands on
	bundle  *protocol.Bundle // as Signed.Bundle will be
	verdict *protocol.Verdict
	bytes   int // as Signed.Encode will be
	err     error
}

// draft writes, unsigned, the entry that the chain's next number will be: on a sheet that covers it alone,
// else on the one that needs the smallest backing. When none will do, the reason is the newest sheet's:
// older ones say less about today.
func (w *Wallet) draft(t uint64, o *Offer, amount money.Amount, params PayParams) (*draft, error) {
	drafts, err := w.drafts(o, amount, params.Purse)
	if err != nil {
		return nil, err
	}
	for _, d := range drafts {
		if d.err = cmp.Or(d.err, w.examine(t, d)); d.err == nil {
			return d, nil
		}
	}
	var best *draft
	var reason error
	for _, d := range drafts {
		if protocol.CodeOf(d.err) == protocol.CodeNotEnough {
			d.err = w.back(t, d, params.GivesBack)
		}
		if d.err == nil && (best == nil || d.bytes < best.bytes) {
			best = d
		}
		reason = cmp.Or(reason, d.err)
	}
	if best != nil {
		return best, nil
	}
	return nil, cmp.Or(reason, refuse(CodeNoSheet, "purse"))
}

// drafts begins a payment on every sheet of the purses that may pay the bill.
func (w *Wallet) drafts(o *Offer, amount money.Amount, want protocol.PurseID) (list []*draft, err error) {
	found := false
	for _, p := range w.state.all() {
		if want != (protocol.PurseID{}) && p.ID != want || !p.fits(o.Bill) {
			continue
		}
		found = true
		for _, held := range p.Sheets {
			d, err := w.begin(p, held, o, amount)
			if err != nil {
				return nil, err
			}
			list = append(list, d)
		}
	}
	return list, firstBroken(rule{!found, CodeNoPurse, "bill"})
}

// fits reports whether the purse is one that may pay the bill.
func (p *Purse) fits(b *protocol.Bill) bool {
	e := p.Enrolment
	return p.Phase == PurseOpen && p.Index == 0 && e.Anchor == b.Anchor && e.Asset == b.Asset &&
		(b.Payer == protocol.AccountID{} || b.Payer == e.Account) && b.PayeeKey != p.Key()
}

func (w *Wallet) begin(p *Purse, held *HeldSheet, o *Offer, amount money.Amount) (*draft, error) {
	spent, err := p.Spent.Add(amount)
	if err != nil {
		return nil, err
	}
	e := &protocol.Entry{
		Sheet: held.Hash, Seq: p.Seq + 1, Spent: spent, Kind: protocol.SpendKind,
		Spend: protocol.Spend{Bill: o.BillHash, Amount: amount, Deadline: min(held.Sheet.RedeemBy, o.Bill.ExpiresAt)},
	}
	d := &draft{offer: o, purse: p, Payment: &protocol.Payment{
		Entry: e, EntryHash: w.cfg.Network.Hash(e), Sheet: held.Sheet, SheetHash: held.Hash, Bill: o.Bill, BillHash: o.BillHash,
	}}
	d.bundle = w.shown(d.Payment, o.Card, o.Memo)
	return d, nil
}

// shown is the bundle of a payment, without what it stands on. Card and memo may be nil.
func (w *Wallet) shown(p *protocol.Payment, c *protocol.Card, m *protocol.Memo) *protocol.Bundle {
	docs := protocol.NewBundle(w.cfg.Network)
	docs.PutRoot(p.EntryHash, p.Entry)
	docs.Put(p.SheetHash, p.Sheet)
	docs.Put(p.BillHash, p.Bill)
	if c != nil {
		docs.Add(c)
	}
	addMemo(docs, m)
	return docs
}

// examine asks what the payee will ask, so that what is signed is not refused. That a sheet is dated a
// little ahead of this phone's clock does not matter to its holder: it is here, so it was issued.
func (w *Wallet) examine(t uint64, d *draft) (err error) {
	v := w.state.verifier(max(t, d.Sheet.IssuedAt), w.margin(d.offer))
	if d.verdict, err = v.Examine(d.bundle, d.Payment); err != nil {
		return err
	}
	return agree(d.bundle)
}

// agree looks whether any purse contradicts itself among the documents of a payment: all of it would be
// refused. Two payments received may do so, each of which was good alone, when a receipt vouched for one.
func agree(b *protocol.Bundle) (err error) {
	b.Each(func(h protocol.Hash, d protocol.Document) {
		e, ok := d.(*protocol.Entry)
		if !ok {
			return
		}
		b.Each(func(other protocol.Hash, d protocol.Document) {
			x, ok := d.(*protocol.Entry)
			if ok && samePurse(b, e, x) && !protocol.Compatible(e, x, h, other) {
				err = refuse(protocol.CodeIncompatible, "backing")
			}
		})
	})
	return err
}

func samePurse(b *protocol.Bundle, x, y *protocol.Entry) bool {
	one, ok1 := protocol.Find[*protocol.Sheet](b, x.Sheet)
	two, ok2 := protocol.Find[*protocol.Sheet](b, y.Sheet)
	return ok1 && ok2 && one.Purse == two.Purse
}

// margin is how long before its deadline the payee will want a payment. The bank itself is in no hurry.
func (w *Wallet) margin(o *Offer) uint64 {
	if o.Unload {
		return 0
	}
	return w.cfg.Margin
}

// back puts income behind a payment that its sheet alone does not cover.
func (w *Wallet) back(t uint64, d *draft, givesBack protocol.Hash) error {
	m := w.state.means(t, w.margin(d.offer), d.purse, givesBack)
	need := d.Need()
	choices := m.choices(m.on(d.Sheet), d.Sheet.Limits.MaxDepth, need)
	if len(choices) == 0 {
		return m.why(w.state, d.Sheet, need)
	}
	var err error
	for _, b := range choices {
		w.stand(d, b)
		if err = w.examine(t, d); err == nil {
			if err = w.measure(d); err == nil {
				return nil
			}
		}
	}
	return err
}

// stand puts the payment on a basket of incomes. It must reach the bank while they can.
func (w *Wallet) stand(d *draft, b *basket) {
	d.funds = b.funds
	d.Entry.Spend.Deadline = min(d.Sheet.RedeemBy, d.Bill.ExpiresAt, b.last)
	d.EntryHash = w.cfg.Network.Hash(d.Entry)
	d.bundle = w.shown(d.Payment, d.offer.Card, d.offer.Memo)
	for _, f := range b.funds {
		d.bundle.AddAll(f.among(f.graph))
	}
}

// measure finds how large the payment will be when all devices of the purse have signed.
func (w *Wallet) measure(d *draft) error {
	for i := range d.Sheet.Quorum.Signers {
		d.Entry.Signatures = append(d.Entry.Signatures, protocol.DeviceSignature{Index: uint32(i)}) //nolint:gosec // at most MaxSigners
	}
	whole := d.bundle.Size()
	d.bytes = (&Signed{Entry: d.EntryHash, Bundle: d.bundle, Payer: d.purse.Card, Complete: true}).Size()
	d.Entry.Signatures = nil
	return firstBroken(
		rule{whole > protocol.PaymentBounds.Bytes, protocol.CodeTooLarge, "backing"},
		rule{d.bundle.Len() > protocol.PaymentBounds.Documents, protocol.CodeTooLarge, "backing"},
	)
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

// Quote is what paying would be: shown before the person agrees.
type Quote struct {
	Purse      protocol.PurseID
	Amount     money.Amount
	Depth      int           // how far the money is from the bank: payments behind this one
	Deadline   uint64        // the payee must bring it to the bank before
	Guaranteed money.Amount  // what the bank covers of it if something is wrong
	Bytes      int           // as Signed.Encode writes it
	Paid       protocol.Hash // the entry that pays the bill already; zero when none does
}

// Quote says what Pay would do, and does nothing. It fails as Pay would.
func (w *Wallet) Quote(now uint64, request *protocol.Bundle, p PayParams) (*Quote, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if entry, ok := w.state.paidAlready(request); ok {
		paid, _ := w.state.payment(entry)
		return w.quotePaid(paid), nil
	}
	d, err := w.plan(now, request, p)
	if err == nil {
		err = w.measure(d)
	}
	if err != nil {
		return nil, err
	}
	return &Quote{
		Purse: d.purse.ID, Amount: d.Entry.Spend.Amount, Depth: d.verdict.Depth, Deadline: d.verdict.Deadline,
		Guaranteed: d.verdict.Guaranteed, Bytes: d.bytes,
	}, nil
}

func (w *Wallet) quotePaid(p *Payment) *Quote {
	notice := w.state.notice(p.Bill.Anchor)
	return &Quote{
		Purse: p.Purse, Amount: p.Entry.Spend.Amount, Depth: w.state.depth(p), Deadline: notice.Moment(p.Entry.Spend.Deadline),
		Guaranteed: min(p.Entry.Spend.Amount, notice.Guaranteed(p.Sheet)), Bytes: w.signed(p).Size(), Paid: p.Hash,
	}
}

// depth is how far the money of a payment made was from the bank.
func (s *State) depth(p *Payment) (depth int) {
	for _, h := range p.Backing {
		in := s.look(h).(*Income) //nolint:forcetypeassert // incomes only are backing
		if in.honoured() {
			depth = max(depth, 1)
			continue
		}
		depth = max(depth, in.Depth+1)
	}
	return depth
}

// plan is all of Pay that comes before the signature.
func (w *Wallet) plan(now uint64, request *protocol.Bundle, p PayParams) (*draft, error) {
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
	income, err := w.state.givesBack(p.GivesBack)
	if err == nil && income != nil {
		err = income.refundedBy(offer.Bill, amount)
	}
	if err != nil {
		return nil, err
	}
	return w.draft(t, offer, amount, p)
}

// refundedBy looks whether paying a bill is to give an income back: to whom it came from, no more than it was,
// and not what was never had.
func (in *Income) refundedBy(b *protocol.Bill, amount money.Amount) error {
	return firstBroken(
		rule{in.Phase == NotHonoured, CodeNotHonoured, "refund"},
		rule{in.Sheet != nil && b.Payee != in.Sheet.Account || amount > in.Entry.Spend.Amount, CodeNotRefund, "refund"},
	)
}
