package protocol

import (
	"cmp"

	"kula/money"
)

// Delivery is the anchor's proof of presentment: these documents were here, then.
type Delivery struct {
	Anchor    AccountID
	At        uint64
	Bundle    Hash   // SHA-256 of the bundle's bytes
	Documents []Hash // ascending

	Signature IssuerSignature
}

// MaxDelivered bounds the documents one Delivery can name.
const MaxDelivered = 1000

// Type is TypeDelivery.
func (d *Delivery) Type() DocumentType { return TypeDelivery }

func (d *Delivery) body(c coder) {
	c.id((*[32]byte)(&d.Anchor))
	c.u64(&d.At)
	c.id((*[32]byte)(&d.Bundle))
	hashes(c, &d.Documents, MaxDelivered)
}

func (d *Delivery) seals(c coder) { d.Signature.code(c) }

// Check looks at the order.
func (d *Delivery) Check() error {
	return firstBroken(ordered(d.Documents, compare32[Hash], "delivery.documents"))
}

// Outcome is what became of an entry, for ever.
type Outcome uint32

// Outcomes.
const (
	Honoured Outcome = iota + 1
	Dishonoured
)

// Reason says why an entry was dishonoured; ReasonNone when it was honoured.
type Reason uint32

// Reasons.
const (
	ReasonNone         Reason = iota + 1
	ReasonLate                // first presented after its deadline
	ReasonUncovered           // the purse's funds did not reach its position by its deadline
	ReasonIncompatible        // the purse contradicted itself, and had nothing left
)

// CreditKind says where the money of an honoured entry went.
type CreditKind uint32

// Destinations.
const (
	CreditNone   CreditKind = iota + 1 // nowhere: dishonoured
	CreditPurse                        // the payee's purse: To is its id
	CreditPayout                       // the payout queue: To is the account
)

// Credit names the destination of an honoured entry's money.
type Credit struct {
	Kind CreditKind
	To   Hash
}

// Receipt is the anchor's final word on one entry. There is exactly one for each entry, ever.
type Receipt struct {
	Anchor   AccountID
	Entry    Hash
	Bill     Hash
	Outcome  Outcome
	Reason   Reason
	Amount   money.Amount
	Covered  money.Amount // of a dishonoured entry: what the payee got all the same, out of what there was and what the anchor advanced
	Credited Credit
	At       uint64
	LogIndex uint64 // place in the transparency log

	Signature IssuerSignature
}

// Type is TypeReceipt.
func (r *Receipt) Type() DocumentType { return TypeReceipt }

func (r *Receipt) body(c coder) {
	c.id((*[32]byte)(&r.Anchor))
	c.id((*[32]byte)(&r.Entry))
	c.id((*[32]byte)(&r.Bill))
	enum(c, &r.Outcome, Dishonoured)
	enum(c, &r.Reason, ReasonIncompatible)
	c.amount(&r.Amount)
	c.amount(&r.Covered)
	enum(c, &r.Credited.Kind, CreditPayout)
	c.id((*[32]byte)(&r.Credited.To))
	c.u64(&r.At)
	c.u64(&r.LogIndex)
}

func (r *Receipt) seals(c coder) { r.Signature.code(c) }

// Check keeps outcome, reason and destination consistent.
func (r *Receipt) Check() error {
	honoured := r.Outcome == Honoured
	nothing := !honoured && r.Covered == 0
	return firstBroken(
		condition{r.Amount <= 0, CodeBadAmount, "receipt.amount"},
		condition{r.Covered < 0 || r.Covered >= r.Amount || honoured && r.Covered != 0, CodeBadAmount, "receipt.covered"},
		condition{honoured != (r.Reason == ReasonNone), CodeUnknownValue, "receipt.reason"},
		condition{nothing != (r.Credited.Kind == CreditNone), CodeUnknownValue, "receipt.credited"},
		condition{nothing && !r.Credited.To.IsZero(), CodeUnknownValue, "receipt.credited"},
	)
}

// Payout says that receipts were paid on Stellar, by this transaction, once the ledger has it.
type Payout struct {
	Anchor      AccountID
	Receipts    []Hash // ascending
	Transaction Hash
	Operations  []uint32 // ascending indexes into the transaction
	At          uint64

	Signature IssuerSignature
}

// maxOperations is Stellar's bound on a transaction.
const maxOperations = 100

// Type is TypePayout.
func (p *Payout) Type() DocumentType { return TypePayout }

func (p *Payout) body(c coder) {
	c.id((*[32]byte)(&p.Anchor))
	hashes(c, &p.Receipts, MaxDelivered)
	c.id((*[32]byte)(&p.Transaction))
	list(c, &p.Operations, maxOperations, func(c coder, v *uint32) { c.u32(v) })
	c.u64(&p.At)
}

func (p *Payout) seals(c coder) { p.Signature.code(c) }

// Check looks at order and presence.
func (p *Payout) Check() error {
	last := len(p.Operations) - 1
	return firstBroken(
		condition{len(p.Receipts) == 0 || last < 0, CodeMissingDocument, "payout"},
		ordered(p.Receipts, compare32[Hash], "payout.receipts"),
		ordered(p.Operations, cmp.Compare[uint32], "payout.operations"),
		condition{last >= 0 && p.Operations[last] >= maxOperations, CodeTooLarge, "payout.operations"},
	)
}

// Extension moves every expiry, deadline and lapse that falls in [From, To) to To.
type Extension struct{ From, To uint64 }

// Lowered is a guarantee smaller than the one sheets were issued with.
type Lowered struct {
	Purse      PurseID // zero: every purse
	Guaranteed money.Amount
}

// Checkpoint is the head of the transparency log.
type Checkpoint struct {
	Size uint64
	Root Hash
}

// Notice is the anchor's newest word to everybody: who may no longer pay, and which dates have moved.
type Notice struct {
	Anchor        AccountID
	Epoch         uint32 // counts up; nobody goes back to a lower one
	Time          uint64
	RevokedPurses []Hash // ascending
	RevokedKeys   []Hash // ascending
	RevokedCards  []Hash // ascending
	CharterSerial uint32
	Lowered       []Lowered   // ascending by purse
	Extensions    []Extension // ascending by From, not overlapping
	Log           Checkpoint

	Signature IssuerSignature
}

// Bounds of a Notice.
const (
	MaxRevoked    = 500
	maxNamed      = 800 // in all lists together, so that every Notice fits MaxDocument
	MaxExtensions = 16
)

// Type is TypeNotice.
func (n *Notice) Type() DocumentType { return TypeNotice }

func (n *Notice) body(c coder) {
	c.id((*[32]byte)(&n.Anchor))
	c.u32(&n.Epoch)
	c.u64(&n.Time)
	hashes(c, &n.RevokedPurses, MaxRevoked)
	hashes(c, &n.RevokedKeys, MaxRevoked)
	hashes(c, &n.RevokedCards, MaxRevoked)
	c.u32(&n.CharterSerial)
	list(c, &n.Lowered, MaxRevoked, func(c coder, l *Lowered) {
		c.id((*[32]byte)(&l.Purse))
		c.amount(&l.Guaranteed)
	})
	list(c, &n.Extensions, MaxExtensions, func(c coder, x *Extension) {
		c.u64(&x.From)
		c.u64(&x.To)
	})
	c.u64(&n.Log.Size)
	c.id((*[32]byte)(&n.Log.Root))
}

func (n *Notice) seals(c coder) { n.Signature.code(c) }

// Check looks at order, and that extensions extend.
func (n *Notice) Check() error {
	for _, set := range [][]Hash{n.RevokedPurses, n.RevokedKeys, n.RevokedCards} {
		if err := firstBroken(ordered(set, compare32[Hash], "notice.revoked")); err != nil {
			return err
		}
	}
	for i, x := range n.Extensions {
		if x.From >= x.To || i > 0 && x.From < n.Extensions[i-1].To {
			return refuse(CodeBadTime, "notice.extensions")
		}
	}
	members := len(n.RevokedPurses) + len(n.RevokedKeys) + len(n.RevokedCards) + len(n.Lowered)
	return firstBroken(
		ordered(n.Lowered, func(a, b Lowered) int { return compare32(a.Purse, b.Purse) }, "notice.lowered"),
		condition{members > maxNamed || len(n.Extensions) > MaxExtensions, CodeTooMany, "notice"},
		condition{max(len(n.RevokedPurses), len(n.RevokedKeys), len(n.RevokedCards), len(n.Lowered)) > MaxRevoked, CodeTooMany, "notice"},
	)
}

// Moment reads a date as the notice's extensions move it. A nil notice moves nothing.
func (n *Notice) Moment(t uint64) uint64 {
	if n == nil {
		return t
	}
	return Extended(n.Extensions, t)
}

// Extended reads a date as the extensions move it: one that falls in [From, To) is read as To.
func Extended(extensions []Extension, t uint64) uint64 {
	for _, x := range extensions {
		if t >= x.From && t < x.To {
			t = x.To
		}
	}
	return t
}

// FraudProof names two incompatible entries of one purse. Nobody signs it: with those entries, their
// sheets and the Enrolment beside it in a bundle, it proves itself.
type FraudProof struct {
	Purse  PurseID
	First  Hash // the lower of the two entries' hashes
	Second Hash
}

// Type is TypeFraudProof.
func (f *FraudProof) Type() DocumentType { return TypeFraudProof }

func (f *FraudProof) body(c coder) {
	c.id((*[32]byte)(&f.Purse))
	c.id((*[32]byte)(&f.First))
	c.id((*[32]byte)(&f.Second))
}

func (f *FraudProof) seals(coder) {}

// Check looks at the order.
func (f *FraudProof) Check() error {
	return firstBroken(ordered([]Hash{f.First, f.Second}, compare32[Hash], "fraudproof.entries"))
}
