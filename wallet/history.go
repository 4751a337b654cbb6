package wallet

import (
	"kula/money"
	"kula/protocol"
)

// Act is what a row of the history is.
type Act string

// Acts.
const (
	ActRequested Act = "requested" // a bill of ours
	ActReceived  Act = "received"  // a payment of one
	ActPaid      Act = "paid"      // a payment made
	ActUnloaded  Act = "unloaded"  // a payment to the bank, for a payout
	ActGaveBack  Act = "gave back" // a refund made
)

// Row is a line of the history.
type Row struct {
	Hash        protocol.Hash // the entry's; for a bill the bill's
	Bill        protocol.Hash
	Act         Act
	At          uint64 // this device's clock when it happened
	Purse       protocol.PurseID
	Anchor      protocol.AccountID
	Other       protocol.AccountID // the other side; zero: anybody, or not known
	OtherName   string             // as its card says; empty when unknown
	Amount      money.Amount       // zero: open
	Covered     money.Amount       // of a payment that the bank has refused: what it paid the payee all the same
	Asset       money.Asset
	Memo        string
	State       string        // one word: open, paid, expired, standing; written, … ; received, …
	Words       string        // the same for a person
	Deadline    uint64        // bring it to the bank before; 0: nothing to do
	Depth       int           // payments between it and the bank when it was made
	GiveBack    bool          // to be refunded
	Refund      protocol.Hash // the entry that refunds this, or that this refunds
	Acked       bool
	Seen        bool          // the person saw the payee's phone show the payment's picture: no proof
	Transaction protocol.Hash // the Stellar transaction that paid it out; zero: none yet
}

// History lists everything that was asked for, paid and received, oldest first.
func (w *Wallet) History(now uint64) []Row {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.state.viewTime(now)
	deeds := w.state.deeds()
	rows := make([]Row, 0, len(deeds))
	for _, d := range deeds {
		rows = append(rows, d.row(w.state, t))
	}
	return rows
}

// Undelivered lists the payments made that nothing says were received, oldest first.
func (w *Wallet) Undelivered() []Row {
	w.mu.Lock()
	defer w.mu.Unlock()
	var rows []Row
	for _, d := range w.state.order {
		if p, ok := d.(*Payment); ok && (p.NotYetReceived() || p.Phase == Proposed) && !w.state.lapsed(p) {
			rows = append(rows, w.state.paymentRow(p))
		}
	}
	return rows
}

// Show gives the documents this wallet holds about a bill or an entry, with it as root.
func (w *Wallet) Show(h protocol.Hash) (*protocol.Bundle, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	d, ok := w.state.lookup(h)
	if !ok {
		return nil, refuse(CodeNotKnown, "document "+h.String())
	}
	b := w.bundle(d)
	if in, ok := w.state.income(h); ok {
		addAll(b, in.Sheet, in.Bill, in.Ack, in.Receipt, in.Payout)
		for _, behind := range in.Behind {
			b.Put(behind, w.state.doc(behind))
		}
		addCard(b, in.Card)
		addMemo(b, w.state.memoOf(in))
	}
	if p, ok := w.state.payment(h); ok {
		addAll(b, p.Sheet, p.Bill, p.Ack, p.Receipt, p.Payout)
		b.AddAll(w.signed(p).Bundle)
	}
	if i, ok := w.state.bill(h); ok {
		addMemo(b, i.Memo)
		b.Add(w.state.purses[i.Purse].Card)
	}
	return b, nil
}

func addAll(b *protocol.Bundle, sheet *protocol.Sheet, bill *protocol.Bill, ack *protocol.Ack, receipt *protocol.Receipt, payout *protocol.Payout) {
	b.Add(bill)
	if sheet != nil {
		b.Add(sheet)
	}
	if ack != nil {
		b.Add(ack)
	}
	if receipt != nil {
		b.Add(receipt)
	}
	if payout != nil {
		b.Add(payout)
	}
}

func (i *Issued) row(s *State, t uint64) Row  { return s.billRow(t, i) }
func (in *Income) row(s *State, _ uint64) Row { return s.incomeRow(in) }
func (p *Payment) row(s *State, _ uint64) Row { return s.paymentRow(p) }

func (s *State) billRow(t uint64, i *Issued) Row {
	r := Row{
		Hash: i.Hash, Bill: i.Hash, Act: ActRequested, At: i.At, Purse: i.Purse, Anchor: i.Bill.Anchor,
		Other: i.Bill.Payer, Amount: i.Bill.Amount, Asset: i.Bill.Asset, Memo: i.Memo.Text,
	}
	late := expired(s.notice(i.Bill.Anchor), i.Bill.ExpiresAt, t)
	switch {
	case i.Bill.Standing && !late:
		r.State, r.Words = "standing", "for anybody to pay"
	case len(i.Entries) > 0:
		r.State, r.Words = "paid", "paid"
	case late:
		r.State, r.Words = "expired", "expired, nobody paid it"
	default:
		r.State, r.Words = "open", "waiting to be paid"
	}
	return r
}

// memoOf is what the bill says that an income paid.
func (s *State) memoOf(in *Income) *protocol.Memo { return s.look(in.Entry.Spend.Bill).(*Issued).Memo } //nolint:forcetypeassert // an income is kept with its bill

var incomeWords = [...]string{"", "received: bring it to the bank", "at the bank, waiting for its answer", "honoured by the bank", "paid out on Stellar", "the bank has refused it: keep the evidence"}

const coveredWords = "the bank has refused it, and covered a part of it all the same: keep the evidence"

func (s *State) incomeRow(in *Income) Row {
	e := in.Entry
	r := Row{
		Hash: in.Hash, Bill: e.Spend.Bill, Act: ActReceived, At: in.At, Purse: in.Purse, Anchor: in.Bill.Anchor,
		Amount: e.Spend.Amount, Asset: in.Bill.Asset, Memo: s.memoOf(in).Text,
		State: in.Phase.String(), Words: incomeWords[in.Phase],
		GiveBack: in.GiveBack && in.GivenBack.IsZero(), Refund: in.GivenBack, Acked: in.Ack != nil, Depth: in.Depth,
	}
	r.Other, r.OtherName = s.payer(in)
	if in.Receipt != nil && in.Receipt.Covered > 0 {
		r.Covered, r.Words = in.Receipt.Covered, coveredWords
	}
	if in.Receipt == nil {
		r.Deadline = s.notice(in.Bill.Anchor).Moment(e.Spend.Deadline)
	}
	if in.Payout != nil {
		r.Transaction = in.Payout.Transaction
	}
	return r
}

var paymentWords = [...]string{"", "waiting for the other devices to sign", "written, not yet received", "sent, not yet received", "they have it", "paid by the bank", "the bank has refused it: the money stays with you"}

const seenWords = "you saw their phone show its picture; no acknowledgement has come"

func (s *State) paymentRow(p *Payment) Row {
	r := Row{
		Hash: p.Hash, Bill: p.Entry.Spend.Bill, Act: ActPaid, At: p.At, Purse: p.Purse, Anchor: p.Bill.Anchor,
		Other: p.Bill.Payee, Amount: p.Entry.Spend.Amount, Asset: p.Bill.Asset,
		State: p.Phase.String(), Words: paymentWords[p.Phase], Refund: p.GivesBack, Acked: p.Ack != nil, Seen: p.Seen, Depth: s.depth(p),
	}
	if p.Seen && p.NotYetReceived() {
		r.Words = seenWords
	}
	switch {
	case p.Unload():
		r.Act = ActUnloaded
	case !p.GivesBack.IsZero():
		r.Act = ActGaveBack
	}
	if p.Card != nil {
		r.OtherName = p.Card.Name
	}
	if p.Memo != nil {
		r.Memo = p.Memo.Text
	}
	if p.Receipt == nil {
		r.Deadline = s.notice(p.Bill.Anchor).Moment(p.Entry.Spend.Deadline)
	}
	if p.Payout != nil {
		r.Transaction = p.Payout.Transaction
	}
	if s.lapsed(p) {
		r.State, r.Words, r.Deadline = "lapsed", "never redeemed, and cannot be any more: the money comes back to you", 0
	}
	return r
}
