package protocol

import (
	"crypto/sha256"

	"kula/money"
)

// Memo is what a bill is for. It travels to the payer and to the bank; others see only its Commitment,
// which stands in the bill.
type Memo struct {
	Salt [16]byte
	Text string
}

// Type is TypeMemo.
func (m *Memo) Type() DocumentType { return TypeMemo }

func (m *Memo) body(c coder) {
	c.raw(m.Salt[:])
	c.text(&m.Text, MaxMemo)
}

func (m *Memo) seals(coder) {}

// Check looks at the text.
func (m *Memo) Check() error {
	if err := checkText(m.Text, MaxMemo); err != nil {
		return refuse(CodeOf(err), "memo.text")
	}
	return nil
}

// Commitment is SHA-256(salt ‖ text).
func (m *Memo) Commitment() Hash {
	return sha256.Sum256(append(append(make([]byte, 0, 80), m.Salt[:]...), m.Text...))
}

// Bill is a payee's signed request: pay this key of mine, at this anchor, in this asset.
type Bill struct {
	Anchor    AccountID // where the payee redeems
	Payee     AccountID
	PayeeKey  Key       // the device that signs the bill and the Ack
	Payer     AccountID // zero: whoever countersigns
	Asset     money.Asset
	Amount    money.Amount // zero: the payer names it
	IssuedAt  uint64
	ExpiresAt uint64 // last moment to redeem
	Nonce     [16]byte
	Memo      Hash // Memo.Commitment
	Standing  bool // printed: paid by many, told apart by entry

	Signature Signature
}

// Type is TypeBill.
func (b *Bill) Type() DocumentType { return TypeBill }

func (b *Bill) body(c coder) {
	c.id((*[32]byte)(&b.Anchor))
	c.id((*[32]byte)(&b.Payee))
	c.id((*[32]byte)(&b.PayeeKey))
	optional(c, b.Payer != AccountID{}, func() { c.id((*[32]byte)(&b.Payer)) }, func() bool { return b.Payer != AccountID{} })
	asset(c, &b.Asset)
	optional(c, b.Amount != 0, func() { c.amount(&b.Amount) }, func() bool { return b.Amount != 0 })
	c.u64(&b.IssuedAt)
	c.u64(&b.ExpiresAt)
	c.raw(b.Nonce[:])
	c.id((*[32]byte)(&b.Memo))
	c.flag(&b.Standing)
}

// optional walks over an XDR optional; one that is present but empty is not canonical.
func optional(c coder, present bool, walk func(), filled func() bool) {
	c.flag(&present)
	if !present || c.failed() {
		return
	}
	walk()
	if !c.failed() && !filled() {
		c.fail(CodeNotCanonical)
	}
}

func (b *Bill) seals(c coder) { c.raw(b.Signature[:]) }

// MaxStanding is the longest life of a standing bill, in seconds: a year.
const MaxStanding = 366 * 24 * 3600

// Check looks at amount and dates.
func (b *Bill) Check() error {
	return firstBroken(
		condition{b.Amount < 0, CodeBadAmount, "bill.amount"},
		condition{b.IssuedAt >= b.ExpiresAt, CodeBadTime, "bill.validity"},
		condition{b.ExpiresAt-b.IssuedAt > MaxStanding, CodeBadTime, "bill.validity"},
		condition{b.Standing && b.Payer != AccountID{}, CodeWrongPayer, "bill.payer"},
	)
}

// EntryKind tells a Spend from a Statement.
type EntryKind uint32

// Kinds of entry.
const (
	SpendKind EntryKind = iota + 1
	StatementKind
)

// Spend pays a bill.
type Spend struct {
	Bill     Hash
	Amount   money.Amount
	Deadline uint64 // last moment at which the anchor can be shown this entry
}

// Statement tells the anchor where the chain stands, and asks for a sheet.
type Statement struct {
	Time      uint64
	Challenge Hash // the anchor's nonce; zero by courier
}

// Entry is one link of a purse's chain, signed by its devices.
type Entry struct {
	Sheet     Hash // the sheet it is written on; for a Statement before the first sheet, the purse id
	Seq       uint64
	Spent     money.Amount // running total of the purse's life, this entry included
	Kind      EntryKind
	Spend     Spend     // when Kind is SpendKind
	Statement Statement // when Kind is StatementKind

	Signatures []DeviceSignature // ascending by index into the sheet's signers
}

// Type is TypeEntry.
func (e *Entry) Type() DocumentType { return TypeEntry }

func (e *Entry) body(c coder) {
	c.id((*[32]byte)(&e.Sheet))
	c.u64(&e.Seq)
	c.amount(&e.Spent)
	enum(c, &e.Kind, StatementKind)
	switch e.Kind {
	case SpendKind:
		c.id((*[32]byte)(&e.Spend.Bill))
		c.amount(&e.Spend.Amount)
		c.u64(&e.Spend.Deadline)
	case StatementKind:
		c.u64(&e.Statement.Time)
		c.id((*[32]byte)(&e.Statement.Challenge))
	}
}

func (e *Entry) seals(c coder) { deviceSeals(c, &e.Signatures) }

// Amount is what the entry takes out of the purse: zero for a Statement.
func (e *Entry) Amount() money.Amount {
	if e.Kind == SpendKind {
		return e.Spend.Amount
	}
	return 0
}

// Check looks at number, amounts and the order of signatures.
func (e *Entry) Check() error {
	if err := checkDeviceSeals(e.Signatures, MaxSigners, "entry.signatures"); err != nil {
		return err
	}
	return firstBroken(
		condition{e.Seq == 0, CodeBadAmount, "entry.seq"},
		condition{e.Kind == SpendKind && e.Spend.Amount <= 0, CodeBadAmount, "entry.amount"},
		condition{e.Spent < e.Amount(), CodeBadAmount, "entry.spent"},
	)
}

// Compatible reports whether two entries of one purse can both be honest (with the hashes of both,
// since a number may be signed once only):
//
//	same number:          the same entry
//	a earlier than b:     what b found spent before it is at least what a had spent
//
// Two incompatible entries prove fraud; see docs/protocol.md for the theorem.
func Compatible(a, b *Entry, hashA, hashB Hash) bool {
	if a.Seq == b.Seq {
		return hashA == hashB
	}
	if a.Seq > b.Seq {
		a, b = b, a
	}
	return b.Spent-b.Amount() >= a.Spent // Check keeps Spent ≥ Amount ≥ 0
}

// Ack is the payee's "I have it".
type Ack struct {
	Entry Hash

	Signature Signature // by the bill's payee key
}

// Type is TypeAck.
func (a *Ack) Type() DocumentType { return TypeAck }
func (a *Ack) body(c coder)       { c.id((*[32]byte)(&a.Entry)) }
func (a *Ack) seals(c coder)      { c.raw(a.Signature[:]) }

// Check finds nothing to refuse: every hash may be acknowledged.
func (a *Ack) Check() error { return nil }
