package protocol

import (
	"cmp"
	"slices"

	"kula/money"
)

// Kind says what becomes of a purse's income. It is fixed for the purse's life.
type Kind uint32

// Kinds of purse.
const (
	Circulating Kind = iota + 1 // income becomes balance and may be spent offline
	PayoutKind                  // income goes to the account on Stellar
)

func (k Kind) String() string {
	switch k {
	case Circulating:
		return "circulating"
	case PayoutKind:
		return "payout"
	}
	return "unknown"
}

// MaxSigners bounds the devices of one purse.
const MaxSigners = 8

// Signer is a device key and its weight.
type Signer struct {
	Key    Key
	Weight uint32
}

// Quorum is who may sign for a purse: the first signer numbers the chain and must always sign, the
// others co-sign and stand in ascending order. Two quorums always share a signer: 2 × Threshold > Σ weights.
type Quorum struct {
	Signers   []Signer
	Threshold uint32
}

// maxWeight is Stellar's.
const maxWeight = 255

func (q *Quorum) code(c coder) {
	list(c, &q.Signers, MaxSigners, func(c coder, s *Signer) {
		c.id((*[32]byte)(&s.Key))
		c.u32(&s.Weight)
	})
	c.u32(&q.Threshold)
}

func (q *Quorum) check(where string) error {
	total := uint32(0)
	seen := map[Key]bool{}
	for _, s := range q.Signers {
		if seen[s.Key] {
			return refuse(CodeDuplicate, where)
		}
		if s.Weight < 1 || s.Weight > maxWeight {
			return refuse(CodeBadQuorum, where)
		}
		seen[s.Key] = true
		total += s.Weight
	}
	if len(q.Signers) == 0 || q.Threshold > total || 2*uint64(q.Threshold) <= uint64(total) {
		return refuse(CodeBadQuorum, where)
	}
	// Without the first signer no quorum may be reached: it alone numbers the chain.
	if total-q.Signers[0].Weight >= q.Threshold {
		return refuse(CodeBadQuorum, where)
	}
	return firstBroken(ordered(q.Signers[1:], func(a, b Signer) int { return compare32(a.Key, b.Key) }, where))
}

func (q *Quorum) equal(other *Quorum) bool {
	return q.Threshold == other.Threshold && slices.Equal(q.Signers, other.Signers)
}

// Has reports whether the key is one of the signers.
func (q *Quorum) Has(k Key) bool {
	for _, s := range q.Signers {
		if s.Key == k {
			return true
		}
	}
	return false
}

// AccountSignature is by a signer of the Stellar account.
type AccountSignature struct {
	Key       Key
	Signature Signature
}

// DeviceSignature is by the device at that place of the purse's Quorum.
type DeviceSignature struct {
	Index     uint32
	Signature Signature
}

// Enrolment opens a purse; its hash is the purse's id. The account's own signers sign it, and each device.
type Enrolment struct {
	Anchor  AccountID
	Account AccountID
	Asset   money.Asset
	Kind    Kind
	Quorum  Quorum
	Start   money.Amount // the chain's first value of spent: random, so that totals tell nobody anything

	AccountSignatures []AccountSignature // ascending by key
	DeviceSignatures  []DeviceSignature  // ascending by index, every device
}

// MaxStart bounds Enrolment.Start, so that spent cannot overflow in a lifetime.
const MaxStart = money.Amount(1) << 48

// maxAccountSigners is Stellar's 20 signers and the master key.
const maxAccountSigners = 21

// Type is TypeEnrolment.
func (e *Enrolment) Type() DocumentType { return TypeEnrolment }

func (e *Enrolment) body(c coder) {
	c.id((*[32]byte)(&e.Anchor))
	c.id((*[32]byte)(&e.Account))
	asset(c, &e.Asset)
	enum(c, &e.Kind, PayoutKind)
	e.Quorum.code(c)
	c.amount(&e.Start)
}

func (e *Enrolment) seals(c coder) {
	list(c, &e.AccountSignatures, maxAccountSigners, func(c coder, s *AccountSignature) {
		c.id((*[32]byte)(&s.Key))
		c.raw(s.Signature[:])
	})
	deviceSeals(c, &e.DeviceSignatures)
}

func deviceSeals(c coder, s *[]DeviceSignature) {
	list(c, s, MaxSigners, func(c coder, s *DeviceSignature) {
		c.u32(&s.Index)
		c.raw(s.Signature[:])
	})
}

func checkDeviceSeals(s []DeviceSignature, signers int, where string) error {
	byIndex := func(a, b DeviceSignature) int { return cmp.Compare(a.Index, b.Index) }
	return firstBroken(
		ordered(s, byIndex, where),
		condition{len(s) > 0 && int(s[len(s)-1].Index) >= signers, CodeWrongReference, where},
	)
}

// Check looks at ranges and order.
func (e *Enrolment) Check() error {
	if err := e.Quorum.check("enrolment.signers"); err != nil {
		return err
	}
	if e.Start < 0 || e.Start > MaxStart {
		return refuse(CodeBadAmount, "enrolment.start")
	}
	byKey := func(a, b AccountSignature) int { return compare32(a.Key, b.Key) }
	if err := firstBroken(ordered(e.AccountSignatures, byKey, "enrolment.account_signatures")); err != nil {
		return err
	}
	return checkDeviceSeals(e.DeviceSignatures, len(e.Quorum.Signers), "enrolment.device_signatures")
}

// Card says under which name an account is known to the anchor: what a payer shows as "you pay …".
type Card struct {
	Anchor    AccountID
	Account   AccountID
	Name      string
	Keys      []Key // device keys, ascending
	NotBefore uint64
	NotAfter  uint64

	Signature IssuerSignature
}

// Type is TypeCard.
func (d *Card) Type() DocumentType { return TypeCard }

func (d *Card) body(c coder) {
	c.id((*[32]byte)(&d.Anchor))
	c.id((*[32]byte)(&d.Account))
	c.text(&d.Name, MaxName)
	list(c, &d.Keys, MaxSigners, func(c coder, k *Key) { c.id((*[32]byte)(k)) })
	c.u64(&d.NotBefore)
	c.u64(&d.NotAfter)
}

func (d *Card) seals(c coder) { d.Signature.code(c) }

// Check looks at the name, the order of keys and the dates.
func (d *Card) Check() error {
	if err := checkText(d.Name, MaxName); err != nil {
		return refuse(CodeOf(err), "card.name")
	}
	return firstBroken(
		condition{d.Name == "", CodeBadText, "card.name"},
		condition{len(d.Keys) == 0, CodeBadQuorum, "card.keys"},
		ordered(d.Keys, compare32[Key], "card.keys"),
		condition{d.NotBefore >= d.NotAfter, CodeBadTime, "card.validity"},
	)
}

// Base is a place in a purse's chain.
type Base struct {
	Seq   uint64
	Spent money.Amount
}

// Limits bound what one purse may do offline, as the anchor's tiers say.
type Limits struct {
	PerBill    money.Amount // one payment
	MaxSpend   money.Amount // everything spent on one sheet
	MaxHolding money.Amount // what its owner should hold
	MaxDepth   uint32       // hops of backing behind a payment
	Guaranteed money.Amount // what the anchor covers of one bill if the purse fails
}

func (l *Limits) code(c coder) {
	c.amount(&l.PerBill)
	c.amount(&l.MaxSpend)
	c.amount(&l.MaxHolding)
	c.u32(&l.MaxDepth)
	c.amount(&l.Guaranteed)
}

// MaxDepth is the deepest backing any rule may allow.
const MaxDepth = 12

func (l *Limits) check(where string) error {
	bad := l.PerBill < 0 || l.MaxSpend < 0 || l.MaxHolding < 0 || l.Guaranteed < 0
	return firstBroken(condition{bad, CodeBadAmount, where}, condition{l.MaxDepth > MaxDepth, CodeTooLarge, where})
}

// Sheet is the anchor's word that, at Base and with all income credited up to AsOf counted, Available was left.
type Sheet struct {
	Anchor    AccountID
	Purse     PurseID
	Account   AccountID
	Quorum    Quorum
	Asset     money.Asset
	Available money.Amount
	Base      Base
	AsOf      uint64
	Limits    Limits
	Kind      Kind
	IssuedAt  uint64
	ExpiresAt uint64 // last moment to sign an entry that a payee accepts
	RedeemBy  uint64 // last moment to bring such an entry to the anchor

	Signature IssuerSignature
}

// Type is TypeSheet.
func (s *Sheet) Type() DocumentType { return TypeSheet }

func (s *Sheet) body(c coder) {
	c.id((*[32]byte)(&s.Anchor))
	c.id((*[32]byte)(&s.Purse))
	c.id((*[32]byte)(&s.Account))
	s.Quorum.code(c)
	asset(c, &s.Asset)
	c.amount(&s.Available)
	c.u64(&s.Base.Seq)
	c.amount(&s.Base.Spent)
	c.u64(&s.AsOf)
	s.Limits.code(c)
	enum(c, &s.Kind, PayoutKind)
	c.u64(&s.IssuedAt)
	c.u64(&s.ExpiresAt)
	c.u64(&s.RedeemBy)
}

func (s *Sheet) seals(c coder) { s.Signature.code(c) }

// Check looks at the quorum, the ranges and the order of dates.
func (s *Sheet) Check() error {
	if err := s.Quorum.check("sheet.signers"); err != nil {
		return err
	}
	if err := s.Limits.check("sheet.limits"); err != nil {
		return err
	}
	return firstBroken(
		condition{s.Available < 0 || s.Base.Spent < 0, CodeBadAmount, "sheet.available"},
		condition{s.IssuedAt >= s.ExpiresAt || s.ExpiresAt > s.RedeemBy, CodeBadTime, "sheet.validity"},
	)
}
