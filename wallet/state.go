package wallet

import (
	"slices"

	"kula/money"
	"kula/protocol"
)

// State is all that a wallet knows. Only Apply changes it.
type State struct {
	Network protocol.Network

	offset   int64 // what the person's date adds to the device's clock
	keys     []protocol.Key
	anchors  map[protocol.AccountID]*Anchor
	purses   map[protocol.PurseID]*Purse
	issued   map[protocol.Hash]*Issued              // bills of ours, by hash
	incomes  map[protocol.Hash]*Income              // payments received, by entry
	payments map[protocol.Hash]*Payment             // payments made, by entry
	paid     map[protocol.Hash]*Payment             // the newest of a bill
	cosigned map[protocol.PurseID][]*protocol.Entry // what this device has co-signed
	watch    watch
	hops     map[protocol.Hash]*protocol.Receipt // the bank's word on payments behind our incomes, by entry
	docs     map[protocol.Hash]protocol.Document // what may be asked for by its hash; see recorded
	cards    map[known]*protocol.Card            // the newest of everybody who paid or was paid
	wrongs   []*Complaint                        // as they were made
	order    []deed                              // bills, incomes and payments as they came
	came     uint32                              // how many
	shelf    shelf                               // those settled long ago
	purseSeq []protocol.PurseID
}

// NewState is the state of a wallet to which nothing has happened.
func NewState(n protocol.Network) *State {
	return &State{
		Network:  n,
		anchors:  map[protocol.AccountID]*Anchor{},
		purses:   map[protocol.PurseID]*Purse{},
		issued:   map[protocol.Hash]*Issued{},
		incomes:  map[protocol.Hash]*Income{},
		payments: map[protocol.Hash]*Payment{},
		paid:     map[protocol.Hash]*Payment{},
		cosigned: map[protocol.PurseID][]*protocol.Entry{},
		watch:    newWatch(),
		hops:     map[protocol.Hash]*protocol.Receipt{},
		docs:     map[protocol.Hash]protocol.Document{},
		cards:    map[known]*protocol.Card{},
		shelf:    newShelf(nil),
	}
}

// Anchor is a bank that this person trusts.
type Anchor struct {
	Charter *protocol.Charter
	Notice  *protocol.Notice // nil before the first
	Newest  uint64           // the latest time this anchor has signed, that we saw
	notice  piece            // Notice once more: it is told at every meeting, and may name thousands
	life    uint64           // the longest that a sheet and its redeeming took by any charter of it that was held
}

// PursePhase says what a purse can do.
type PursePhase uint8

// Phases of a purse.
const (
	PurseEnrolling PursePhase = iota + 1 // signed here, not confirmed by the anchor
	PurseOpen                            // confirmed
	PurseRetired                         // of a phone that is gone: to be revoked, never continued
)

func (p PursePhase) String() string {
	return [...]string{"", "enrolling", "open", "to be revoked"}[p]
}

// Purse is one chain at one anchor.
type Purse struct {
	ID        protocol.PurseID
	Phase     PursePhase
	Enrolment *protocol.Enrolment
	Index     uint32 // which of its signers this device is; the first numbers the chain
	Card      *protocol.Card

	Seq        uint64       // the last number signed, Statements included
	Spent      money.Amount // the running total at that number
	Sheets     []*HeldSheet // newest first
	Statements []*Stated    // oldest first
	billPaid   uint64       // the latest date of a bill of it that was paid
	Cursor     int64        // how far the anchor's documents were read
	SyncedAt   uint64       // the anchor's clock at the last sync
	AtBank     money.Amount // as the bank last said
	AtBankTime uint64       // zero: never said
}

// Key is this device's key in the purse.
func (p *Purse) Key() protocol.Key { return p.Enrolment.Quorum.Signers[p.Index].Key }

// HeldSheet is a sheet of a purse.
type HeldSheet struct {
	Hash  protocol.Hash
	Sheet *protocol.Sheet
}

// Stated is a Statement on its way.
type Stated struct {
	Hash     protocol.Hash
	Entry    *protocol.Entry
	Complete bool // enough devices have signed
	Answered bool // a sheet on this position came
}

// Issued is a bill of ours.
type Issued struct {
	Hash    protocol.Hash
	Bill    *protocol.Bill
	Memo    *protocol.Memo
	Purse   protocol.PurseID
	At      uint64
	Entries []protocol.Hash // what paid it
	nr      uint32
}

// deed is what the history tells of: an *Issued, *Income or *Payment.
type deed interface {
	row(s *State, t uint64) Row
	number() uint32 // its place in the order in which they came
	settled(s *State, now uint64) bool
}

func (i *Issued) number() uint32  { return i.nr }
func (in *Income) number() uint32 { return in.nr }
func (p *Payment) number() uint32 { return p.nr }

// next numbers what comes into the history.
func (s *State) next() uint32 {
	s.came++
	return s.came
}

// IncomePhase is how far a payment received has come.
type IncomePhase uint8

// Phases of a payment received.
const (
	Received    IncomePhase = iota + 1 // here, not redeemed
	Presented                          // the anchor has it and has not answered
	Credited                           // honoured: in the purse at the bank, or queued for payout
	PaidOut                            // on Stellar
	NotHonoured                        // dishonoured
)

func (p IncomePhase) String() string {
	return [...]string{"", "received", "presented", "honoured", "paid out", "dishonoured"}[p]
}

// Income is a payment received.
type Income struct {
	Hash      protocol.Hash
	Phase     IncomePhase
	Entry     *protocol.Entry
	Sheet     *protocol.Sheet // nil when somebody else redeemed it before we saw it
	Bill      *protocol.Bill
	Ack       *protocol.Ack  // nil likewise
	Card      *protocol.Card // the payer's; nil when no genuine one came along
	Purse     protocol.PurseID
	At        uint64
	Behind    []protocol.Hash // the documents of the payments it stood on when it came
	Depth     int             // how many payments it was from the bank then
	Presented uint64          // when the anchor last confirmed having it
	Receipt   *protocol.Receipt
	Payout    *protocol.Payout
	GiveBack  bool          // a second payment of one bill: to be refunded
	GivenBack protocol.Hash // the entry that refunded it
	nr        uint32
}

// PaymentPhase is how far a payment made has come.
type PaymentPhase uint8

// Phases of a payment made.
const (
	Proposed    PaymentPhase = iota + 1 // numbered and signed here; co-signers are awaited
	Ready                               // written, and may be sent: not yet received
	HandedOver                          // sent: not yet received, as far as we know
	Confirmed                           // the payee acknowledged it
	Honoured                            // the bank has paid it
	Dishonoured                         // the bank has refused it for good: the money stays
)

func (p PaymentPhase) String() string {
	return [...]string{"", "proposed", "written", "handed over", "acknowledged", "honoured", "dishonoured"}[p]
}

// Payment is a payment made.
type Payment struct {
	Hash      protocol.Hash
	Phase     PaymentPhase
	Entry     *protocol.Entry
	Sheet     *protocol.Sheet
	Bill      *protocol.Bill
	Memo      *protocol.Memo // nil when it did not come along
	Card      *protocol.Card // nil for an unload
	Purse     protocol.PurseID
	At        uint64
	Backing   []protocol.Hash // the incomes it stands on, beyond its sheet
	Presented uint64
	Seen      bool // the payer saw the payee's phone show its picture: proves nothing
	Ack       *protocol.Ack
	Receipt   *protocol.Receipt
	Payout    *protocol.Payout // of an unload
	GivesBack protocol.Hash    // the income it refunds
	nr        uint32
}

func (p *Payment) payment() *protocol.Payment {
	return &protocol.Payment{
		Entry: p.Entry, EntryHash: p.Hash, Sheet: p.Sheet, SheetHash: p.Entry.Sheet, Bill: p.Bill, BillHash: p.Entry.Spend.Bill,
	}
}

// NotYetReceived reports whether nothing says that the payee has it.
func (p *Payment) NotYetReceived() bool { return p.Phase == Ready || p.Phase == HandedOver }

// Unload reports whether the payment goes to the bank itself, for a payout on Stellar.
func (p *Payment) Unload() bool { return p.Bill.Payee == p.Bill.Anchor }

// advance moves a payment forward, never back.
func (p *Payment) advance(to PaymentPhase) { p.Phase = max(p.Phase, to) }

func (s *State) anchor(id protocol.AccountID) (*Anchor, error) {
	a, ok := s.anchors[id]
	if !ok {
		return nil, refuse(CodeNotTrusted, "anchor "+id.String())
	}
	return a, nil
}

func (s *State) notice(id protocol.AccountID) *protocol.Notice {
	if a, ok := s.anchors[id]; ok {
		return a.Notice
	}
	return nil
}

func (s *State) purse(id protocol.PurseID) (*Purse, error) {
	p, ok := s.purses[id]
	if !ok {
		return nil, refuse(CodeNoPurse, "purse "+id.String())
	}
	return p, nil
}

// usable is a purse on which this device may act now.
func (s *State) usable(id protocol.PurseID) (*Purse, error) {
	p, err := s.purse(id)
	if err != nil {
		return nil, err
	}
	return p, firstBroken(
		rule{p.Phase == PurseRetired, CodeRetired, "purse"},
		rule{p.Phase == PurseEnrolling, CodeNotEnrolled, "purse"},
	)
}

// all lists the purses in order of enrolment.
func (s *State) all() []*Purse {
	list := make([]*Purse, 0, len(s.purseSeq))
	for _, id := range s.purseSeq {
		list = append(list, s.purses[id])
	}
	return list
}

// verifier is how this wallet looks at what others show it.
func (s *State) verifier(t, margin uint64) *protocol.Verifier {
	return &protocol.Verifier{
		Network: s.Network, Now: t, Margin: margin,
		Charter: func(id protocol.AccountID) (*protocol.Charter, bool) {
			a, ok := s.anchors[id]
			if !ok {
				return nil, false
			}
			return a.Charter, true
		},
		Notice: s.notice,
		Entries: func(sheet *protocol.Sheet) []*protocol.Entry {
			return append(s.watch.entries(chainOf(sheet)), s.cosigned[sheet.Purse]...)
		},
		Condemned: func(sheet *protocol.Sheet) bool { return s.watch.condemned(chainOf(sheet)) },
	}
}

func (s *State) lookup(h protocol.Hash) (protocol.Document, bool) {
	switch d := s.look(h).(type) {
	case *Income:
		return d.Entry, true
	case *Payment:
		return d.Entry, true
	case *Issued:
		return d.Bill, true
	}
	if p := s.lookAtPaid(h); p != nil {
		return p.Bill, true
	}
	d, ok := s.docs[h]
	return d, ok
}

// doc is a document that is known to be here.
func (s *State) doc(h protocol.Hash) protocol.Document {
	d, _ := s.lookup(h)
	return d
}

// recorded reports whether a document that an event has brought need not be among docs: lookup finds it in
// a record, or it is only ever asked for by way of the record that has it, or not at all. A receipt for money
// that is not in the purse is: a payout names it by its hash.
func (s *State) recorded(by EventKind, h protocol.Hash, d protocol.Document) bool {
	switch d := d.(type) {
	case *protocol.Entry:
		return s.look(h) != nil
	case *protocol.Bill:
		return s.look(h) != nil || s.lookAtPaid(h) != nil
	case *protocol.Memo:
		return by == Requested || by == Written
	case *protocol.Card:
		return by == Written || by == Accepted
	case *protocol.Receipt:
		return by == Absorbed && s.receiptOf(d.Entry) == d && d.Credited.Kind == protocol.CreditPurse
	case *protocol.Ack, *protocol.Delivery, *protocol.Notice: // the last two have been heard, and stay in the journal
		return true
	}
	return false
}

// holds reports whether a document is here, so that nothing in it is to be judged again.
func (s *State) holds(h protocol.Hash, d protocol.Document) bool {
	switch d := d.(type) {
	case *protocol.Notice:
		a := s.anchors[d.Anchor]
		return a != nil && a.Notice != nil && a.notice.hash == h
	case *protocol.Receipt:
		if held := s.receiptOf(d.Entry); held != nil && s.Network.Hash(held) == h {
			return true
		}
	}
	_, ok := s.lookup(h)
	return ok
}

// stated is the chain position of a Statement, or of the purse's birth.
func (p *Purse) stated(b protocol.Base) bool {
	if b.Seq == 0 {
		return b.Spent == p.Enrolment.Start
	}
	return slices.ContainsFunc(p.Statements, func(s *Stated) bool {
		return s.Entry.Seq == b.Seq && s.Entry.Spent == b.Spent
	})
}
