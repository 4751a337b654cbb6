package anchor

import (
	"context"

	"kula/money"
	"kula/protocol"
)

// IncomingKind says how money reached the deposit account.
type IncomingKind uint32

// Kinds of incoming money.
const (
	IncomingPayment IncomingKind = iota + 1 // payment or path payment
	IncomingMerge                           // account merge: carries no usable reference of its own
	IncomingCreate                          // the operation that created the account
	IncomingClaim                           // a claimable balance claimed by the deposit account
)

// Incoming is money that the ledger credited to the deposit account, in a successful transaction.
type Incoming struct {
	Operation   int64  // the ledger's operation id: unique, ascending
	Cursor      string // paging token: reading continues after it
	Transaction protocol.Hash
	At          uint64 // ledger close time
	Kind        IncomingKind
	From        string // address as the ledger gives it: G… or M…
	Asset       money.Asset
	Amount      money.Amount
	MemoID      *uint64 // memo of type id
	MuxedID     *uint64 // id of the muxed destination
	OtherMemo   bool    // a memo of another type was set
}

// Transfer is one payment the anchor wants made on Stellar.
type Transfer struct {
	ID          int64  // the payout's own number
	From        Source // which of the anchor's accounts pays
	Destination string // G… or M…
	Asset       money.Asset
	Amount      money.Amount
	Claimable   bool // pay as a claimable balance: the destination has no trustline
	Create      bool // pay by creating the destination, which does not exist yet (native asset only)
}

// Source names the account that a transfer is paid from.
type Source uint32

// Sources.
const (
	FromReserve Source = iota + 1
	FromTreasury
)

// Envelope is a signed transaction, stored before it is submitted.
type Envelope struct {
	Hash    protocol.Hash // of the transaction that the ledger will show
	XDR     string        // base64 of the (fee bump) envelope
	Channel string        // the channel account whose sequence number it takes
	MaxTime uint64        // after this ledger time it can never be applied
}

// Verdict is what is known of a submitted envelope.
type Verdict uint32

// Verdicts. Unknown is not failure: the same envelope is submitted again.
const (
	Unknown  Verdict = iota + 1
	Applied          // in the ledger, successful
	Rejected         // in the ledger as failed, or can never enter it: TransferErrors says which operation
	TryLater         // not applied, and the same envelope may still be (fee too low just now, ledger busy)
)

// Result is the rail's answer about an envelope.
type Result struct {
	Verdict Verdict
	Ledger  uint32
	At      uint64
	Code    string         // the network's transaction result code
	Failed  map[int]string // operation index → the network's operation result code
	FeePaid money.Amount
}

// Deliverability says whether a destination can take an asset now.
type Deliverability uint32

// Deliverabilities.
const (
	Deliverable  Deliverability = iota + 1
	NeedsClaim                  // exists or not, but has no (authorised, roomy) trustline: use a claimable balance
	NeedsAccount                // native asset to an account that does not exist yet: create it
	NeedsMemo                   // SEP-29: the destination demands a memo that we do not have
)

// Rail is the Stellar network as the anchor uses it. Every method may fail with an error that means
// "no answer": nothing is concluded from it.
type Rail interface {
	// Prepare builds and signs one transaction for at most 100 transfers; it submits nothing.
	Prepare(ctx context.Context, transfers []Transfer, memo string) (Envelope, error)
	// Submit sends an envelope. Sending one twice is harmless.
	Submit(ctx context.Context, e Envelope) (Result, error)
	// Lookup asks the ledger for a transaction; Unknown when it has none with that hash.
	Lookup(ctx context.Context, hash protocol.Hash) (Result, error)
	// LedgerTime is the close time of the newest ledger.
	LedgerTime(ctx context.Context) (uint64, error)
	// CanDeliver looks at a destination.
	CanDeliver(ctx context.Context, destination string, asset money.Asset) (Deliverability, error)
	// Balance is what an account of the anchor's holds on the ledger.
	Balance(ctx context.Context, from Source, asset money.Asset) (money.Amount, error)
	// Incoming reads money credited to the deposit account after the cursor ("" = from the beginning), oldest first.
	Incoming(ctx context.Context, cursor string, limit int) (in []Incoming, next string, err error)
}
