package anchor

import (
	"context"
	"errors"

	"kula/ledger"
	"kula/money"
	"kula/protocol"
)

// ErrNoRecord is what a Store's finders return when there is nothing to find.
var ErrNoRecord = errors.New("anchor: no such record")

// Store keeps everything the anchor must not forget. storetest is its conformance suite.
type Store interface {
	// View runs f on one consistent state of the store.
	View(ctx context.Context, f func(Reader) error) error
	// Update runs f as the only writer, in one transaction: all of it is durable when Update returns
	// nil, and none of it happened when it returns an error.
	Update(ctx context.Context, f func(Tx) error) error
	Close() error
}

// Reader is what can be asked of a Store. Finders of one thing return ErrNoRecord when it is not there.
type Reader interface {
	TermsReader
	PurseReader
	ChainReader
	MoneyReader
	RailReader
	DeskReader
}

// Tx is a Reader that also writes.
type Tx interface {
	Reader
	TermsWriter
	PurseWriter
	ChainWriter
	MoneyWriter
	RailWriter
	// Savepoint runs f; when f fails, nothing it wrote remains, and the transaction goes on.
	Savepoint(f func() error) error
}

// TermsReader reads what the anchor said to everybody.
type TermsReader interface {
	Charter() (*CharterRecord, error) // the newest
	Notice() (*protocol.Notice, error)
	// Document finds a charter, notice, sheet or bill by its hash.
	Document(protocol.Hash) (protocol.Document, error)
}

// TermsWriter writes it.
type TermsWriter interface {
	InstallCharter(hash protocol.Hash, c *protocol.Charter) error
	InsertNotice(hash protocol.Hash, n *protocol.Notice) error
}

// CharterRecord is a charter, and the place in the feed from which on wallets hear of it.
type CharterRecord struct {
	Charter *protocol.Charter
	Event   int64
}

// Purse is what the anchor keeps of one purse. What changes with every payment is summed here, so
// that deciding on an entry reads one row.
type Purse struct {
	Number     int64 // the store's own, ascending
	ID         protocol.PurseID
	Enrolment  *protocol.Enrolment
	Name       string
	Tier       string
	Reference  uint64 // memo id or muxed id by which it is loaded
	EnrolledAt uint64

	Frozen       bool
	Contradicted bool // there is a proof against it: no sheets, no payouts, and held to its balance
	Revoked      bool
	Successor    int64 // purse that inherits when Revoked; zero: none named yet

	Loaded       money.Amount // loads less fees, and what came back from failed payouts
	Income       money.Amount // honoured bills of which it is the payee
	LateIncome   money.Amount // the part of Income on bills issued after AsOf
	NewestIncome uint64       // latest IssuedAt of those bills
	Honoured     money.Amount // what its own entries paid, honoured or in part
	Inherited    money.Amount // moved to its successor
	Lapsed       money.Amount // sum of its lapses
	Open         int64        // its entries without a receipt

	CreditUsed    money.Amount // lent to it on its credit line and not paid back
	GuaranteePaid money.Amount // paid for it by the guarantee and not paid back
	CreditLost    money.Amount // the part of CreditUsed that was written off
	GuaranteeLost money.Amount // the part of GuaranteePaid that was written off

	Statement     protocol.Hash // newest accepted; zero before the first
	StatementTime uint64
	Base          protocol.Base // where that Statement stands
	AsOf          uint64
	Waiting       bool   // that Statement has no sheet yet
	LapsedThrough uint64 // whatever was never presented up to this number has lapsed
	RedeemBy      uint64 // latest of all sheets it was given
}

// Balance is what the books owe to the purse.
func (p *Purse) Balance() money.Amount {
	return p.Loaded + p.Income + p.Advanced() - p.Honoured - p.Inherited // each is a sum of amounts that the books hold
}

// Advanced is what the anchor paid for the purse and has not got back.
func (p *Purse) Advanced() money.Amount { return p.CreditUsed + p.GuaranteePaid }

// Owing is what it still wants back.
func (p *Purse) Owing() money.Amount { return p.Advanced() - p.CreditLost - p.GuaranteeLost }

// PurseReader finds purses and what was issued to them.
type PurseReader interface {
	Purse(protocol.PurseID) (*Purse, error)
	PurseByNumber(int64) (*Purse, error)
	PurseByKey(protocol.Key) (*Purse, error)
	PurseByReference(uint64) (*Purse, error)
	Purses(after int64, limit int) ([]*Purse, error) // ascending by number
	PursesOf(protocol.AccountID) ([]*Purse, error)
	// Heirs lists revoked purses with a successor that have money and no open entries or advances.
	Heirs() ([]*Purse, error)
	Closing(purse int64) (*Closing, error)
	// ToPayOut lists closed purses with a destination that have money and no open entries or advances, and are not frozen.
	ToPayOut() ([]*Purse, error)
	Card(purse int64) (*protocol.Card, error) // the newest
	Failing() ([]*Purse, error)               // those that contradict themselves or have advances open
	Sheet(protocol.Hash) (*SheetRecord, error)
	SheetByNumber(int64) (*SheetRecord, error)
	SheetOf(statement protocol.Hash) (*SheetRecord, error) // the newest on that Statement
	NewestSheet(purse int64) (*SheetRecord, error)
	// LowestBase is the lowest base among sheets of the purse that are not closed.
	LowestBase(purse int64) (protocol.Base, error)
	// SheetsToClose lists sheets not closed whose redeemBy is at most that time, oldest first.
	SheetsToClose(redeemBy uint64, limit int) ([]*SheetRecord, error)
	// Events lists what was issued to a purse after a place in the feed, oldest first.
	Events(purse, after int64, limit int) ([]Event, error)
}

// PurseWriter changes them.
type PurseWriter interface {
	InsertPurse(*Purse) error // sets its Number
	SavePurse(*Purse) error
	SaveClosing(*Closing) error // in the place of an earlier one of that purse
	InsertCard(purse int64, hash protocol.Hash, c *protocol.Card) error
	InsertSheet(*SheetRecord) error
	CloseSheet(protocol.Hash) error
	InsertChallenge(nonce protocol.Hash, purse int64, expires uint64) error
	// TakeChallenge removes a nonce of the purse's and reports whether it was there and had not expired.
	TakeChallenge(nonce protocol.Hash, purse int64, now uint64) (bool, error)
	DropChallenges(expired uint64) error
	Tell(purse int64, kind EventKind, document int64) error
}

// SheetRecord is a sheet that was issued.
type SheetRecord struct {
	Hash      protocol.Hash
	Purse     int64
	Statement protocol.Hash
	Sheet     *protocol.Sheet
	Number    int64
}

// EventKind says what a place in a purse's feed is about.
type EventKind int64

// Kinds of events.
const (
	EventSheet  EventKind = iota + 1
	EventCard             // the purse's newest card
	EventSpent            // an entry of the purse has its receipt
	EventIncome           // an entry that pays the purse has its receipt
	EventPayout           // a payout reached the ledger
)

// Event is one place in a purse's feed; Document is the number of the sheet, entry or payout.
type Event struct {
	Cursor   int64
	Kind     EventKind
	Document int64
}

// EntryRecord is an entry that was presented and is genuine.
type EntryRecord struct {
	Number  int64 // the store's own, in order of presentment
	Hash    protocol.Hash
	Purse   int64
	Entry   *protocol.Entry
	Bill    *protocol.Bill // nil for a Statement
	Memo    *protocol.Memo // nil when it did not come along
	At      uint64         // first presented
	Payee   int64          // the purse that is paid; zero: an unload, or not enrolled yet
	Covered bool           // it had lapsed, unseen, before it was presented
	Open    bool           // a Spend without a receipt
	Receipt *protocol.Receipt

	Advanced money.Amount // by the anchor, out of credit line and guarantee, paid back or not
	Paid     money.Amount // to the payee, before the receipt
}

// Link is an entry's place in its chain.
type Link struct {
	Hash   protocol.Hash
	Seq    uint64
	Spent  money.Amount
	Amount money.Amount
}

func (l *Link) agrees(r *EntryRecord) bool {
	e := protocol.Entry{Seq: l.Seq, Spent: l.Spent, Kind: protocol.SpendKind, Spend: protocol.Spend{Amount: l.Amount}}
	return protocol.Compatible(&e, r.Entry, l.Hash, r.Hash)
}

// ChainReader reads the chains of purses.
type ChainReader interface {
	Entry(protocol.Hash) (*EntryRecord, error)
	EntryByNumber(int64) (*EntryRecord, error)
	// Neighbours are the entries of the purse next to a number: the last at or below it and the first at or above it.
	Neighbours(purse int64, seq uint64) ([]Link, error)
	// OpenEntries lists a purse's entries without a receipt, in the order of presentment.
	OpenEntries(purse int64) ([]*EntryRecord, error)
	// OpenWithin lists those on which no more than rest is to be paid and that stand at spent or below, in the order of
	// their numbers.
	OpenWithin(purse int64, rest, spent money.Amount) ([]*EntryRecord, error)
	// UnpaidTo sums, for each payer, what was presented in time on bills of a purse and not paid to it: as much as
	// numbers can express. Purses that contradict themselves come first, so that nobody can hide them.
	UnpaidTo(payee int64, limit int) ([]*Unpaid, error)
	// OpenByKey lists entries without a receipt whose bill names a device key that was not enrolled.
	OpenByKey(protocol.Key) ([]*EntryRecord, error)
	// OpenUntil lists entries without a receipt whose deadline is at most that time.
	OpenUntil(deadline uint64, limit int) ([]*EntryRecord, error)
	// Presented sums the entries of a purse up to a number, those Covered left out.
	Presented(purse int64, through uint64) (money.Amount, error)
	// LapsedThrough sums what lapsed under numbers up to and including one.
	LapsedThrough(purse int64, through uint64) (money.Amount, error)
	// EntriesLapsed sums, of these, the lapses of entries that were presented.
	EntriesLapsed(purse int64, through uint64) (money.Amount, error)
	// UnseenLapsed sums the lapses of entries that were never presented.
	UnseenLapsed(purse int64) (money.Amount, error)
	Unload(bill protocol.Hash) (*UnloadRecord, error)
	// Fraud is the proof against a purse.
	Fraud(purse int64) (*FraudRecord, error)
	// Frauds lists the proofs that stand in the feed after a place and not after another, newest first.
	Frauds(after, through int64, limit int) ([]*FraudRecord, error)
	Advance(entry protocol.Hash) (*Advance, error)
	// OpenAdvances lists what was advanced for a purse and is not paid back, in the order of its entries' numbers.
	OpenAdvances(purse int64) ([]*Advance, error)
}

// ChainWriter extends them.
type ChainWriter interface {
	InsertEntry(*EntryRecord) error // sets its Number
	// SettleEntry writes the receipt of an entry that was Open; it has one at most, ever.
	SettleEntry(*EntryRecord) error
	// PayEntry writes what an Open entry was advanced and paid by now.
	PayEntry(*EntryRecord) error
	SaveAdvance(*Advance) error
	SetPayee(entry, payee int64) error
	InsertLapse(Lapse) error
	InsertFraud(*FraudRecord) error // sets its Event; a purse has one
	InsertUnload(*UnloadRecord) error
	InsertDelivery(hash protocol.Hash, d *protocol.Delivery) error
	// NextLeaf gives an entry's receipt its place in the transparency log.
	NextLeaf(entry protocol.Hash) (uint64, error)
}

// Lapse is money of a purse that its chain signed away and nobody can claim any more.
type Lapse struct {
	Purse  int64
	Number uint64 // counts for entries above it
	Amount money.Amount
	Entry  protocol.Hash // zero: entries up to Number that were never presented
	At     uint64
}

// FraudRecord is a proof against a purse, with all that it needs.
type FraudRecord struct {
	Purse  int64
	Hash   protocol.Hash // of the FraudProof
	At     uint64
	Event  int64  // place in the feed from which on wallets hear of it
	Bundle []byte // its root is the FraudProof
}

// UnloadRecord is a bill that the anchor made out to itself for a purse.
type UnloadRecord struct {
	Hash        protocol.Hash
	Purse       int64
	Bill        *protocol.Bill
	Memo        *protocol.Memo
	Destination string
	Text        string // memo of the Stellar payment
}

// MoneyReader reads the books.
type MoneyReader interface {
	Trial() (ledger.Trial, error)
	Balance(ledger.Account, money.Asset) (money.Amount, error) // zero when nothing was ever booked on it
	Booked(id string) (ledger.Transaction, error)
	Funding(key string) (*Funding, error)
	Slip(key string) (*TellerSlip, error)
	Slips(officer string, after int64, limit int) ([]*TellerSlip, error)
	// Cash sums, for an account and asset, what was settled to the treasury for it, and what tellers gave out against that.
	Cash(account protocol.AccountID, asset money.Asset, treasury string) (settled, given money.Amount, err error)
	// CashComing sums what the treasury was told to send to a purse's place of deposit and is not credited yet.
	CashComing(purse int64, deposit, treasury string) (money.Amount, error)
}

// MoneyWriter writes them.
type MoneyWriter interface {
	// Post books transactions: idempotent by ID, ledger.ErrConflict and ledger.ErrOverdrawn as ledger.Books has it.
	Post(...ledger.Transaction) error
	InsertSlip(*TellerSlip) error // sets its Number
	InsertFunding(*Funding) error
}

// IncomingState says what became of money that reached the deposit account.
type IncomingState int64

// States of incoming money.
const (
	IncomingCredited IncomingState = iota + 1
	IncomingSuspended
	IncomingReturned
	IncomingIgnored   // the anchor's own working balance in an asset that it does not serve
	IncomingGuarantee // credited to the guarantee
)

// IncomingRecord is incoming money and where it went.
type IncomingRecord struct {
	Incoming
	State  IncomingState
	Purse  int64
	Reason string // why it is in suspense
}

// PayoutState is the phase of a payout.
type PayoutState int64

// Phases of a payout.
const (
	PayoutQueued   PayoutState = iota + 1
	PayoutSent                 // in an envelope
	PayoutSettled              // in the ledger
	PayoutParked               // the network will not take it as it is: for an officer to look at
	PayoutReturned             // given back to the purse
)

// PayoutRecord is one payment on Stellar that the anchor owes.
type PayoutRecord struct {
	ID          int64
	Purse       int64         // whose money it is; zero: none (suspense returned)
	Entry       int64         // the entry it pays; zero: none
	Receipt     protocol.Hash // hash of that entry's receipt
	From        Source
	Destination string
	Asset       money.Asset
	Amount      money.Amount
	Fee         money.Amount // that was kept for it
	Memo        string
	Claimable   bool
	Create      bool // by creating the destination: looked up each time, not stored
	State       PayoutState
	Alone       bool   // do not put it in an envelope with others
	Code        string // the network's last word on it
	Attempts    int64
	Envelope    int64
	Operation   int64
	Transaction protocol.Hash // once settled
	Payout      *protocol.Payout
	QueuedAt    uint64
}

// EnvelopeRecord is a transaction that was stored before it was submitted.
type EnvelopeRecord struct {
	ID int64
	Envelope
	StoredAt uint64
}

// RailReader reads what goes to and comes from the Stellar network.
type RailReader interface {
	Incoming(operation int64) (*IncomingRecord, error)
	IncomingIn(state IncomingState) ([]*IncomingRecord, error)
	Cursor() (string, error)
	Payout(id int64) (*PayoutRecord, error)
	PayoutOf(entry int64) (*PayoutRecord, error)
	PayoutsIn(state PayoutState, limit int) ([]*PayoutRecord, error)
	// Payable lists queued payouts, oldest first, without those of purses that are frozen, and without those that a
	// contradicted purse ordered itself.
	Payable(limit int) ([]*PayoutRecord, error)
	OpenEnvelope() (*EnvelopeRecord, error)
	PayoutsOf(envelope int64) ([]*PayoutRecord, error) // in the order of operations
}

// RailWriter writes it.
type RailWriter interface {
	InsertIncoming(*IncomingRecord) error
	SaveIncoming(*IncomingRecord) error
	SetCursor(string) error
	InsertPayout(*PayoutRecord) error // sets its ID
	SavePayout(*PayoutRecord) error
	InsertEnvelope(*EnvelopeRecord) error // sets its ID
	CloseEnvelope(id int64, verdict Verdict, code string, at uint64) error
}
