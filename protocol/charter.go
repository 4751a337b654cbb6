package protocol

import (
	"bytes"
	"cmp"

	"kula/money"
)

// IssuingKey is an on-line key of the anchor. Retired keys stay in the charter until the last redeemBy
// they signed; their ID is never given to another.
type IssuingKey struct {
	ID        uint32
	Key       Key
	NotBefore uint64
	NotAfter  uint64
	RevokedAt uint64 // zero unless stolen: nothing it signed from then on counts
}

// Fee is a flat amount plus parts per ten thousand.
type Fee struct {
	Flat        money.Amount
	BasisPoints uint32
}

// Tier is a level of identification and the limits that go with it.
type Tier struct {
	Name   string
	Limits Limits
}

// AssetTerms are the anchor's terms for one asset.
type AssetTerms struct {
	Asset    money.Asset
	Decimals uint32       // how many decimals screens show
	Step     money.Amount // the smallest amount that may change hands

	Load   Fee // taken from what is loaded
	Unload Fee // taken from what is unloaded
	Payout Fee // taken from income paid out on Stellar

	CapPerPurse money.Amount // what the guarantee fund pays at most for one failing purse
	CreditLine  money.Amount
	Tiers       []Tier // ascending by name; at least one
}

// Correspondent is an anchor whose sheets this anchor's members may accept.
type Correspondent struct {
	Anchor  AccountID
	PerBill money.Amount
	Total   money.Amount
}

// Lifetimes are how long documents live, in seconds.
type Lifetimes struct {
	Sheet     uint64 // issue to expiry
	Redeem    uint64 // expiry to the last redemption
	Bill      uint64
	Card      uint64
	Challenge uint64
	Grace     uint64 // clearing grace, which every lapse waits out
}

// DefaultLifetimes are the design's.
func DefaultLifetimes() Lifetimes {
	const day = 24 * 3600
	return Lifetimes{Sheet: 60 * day, Redeem: 60 * day, Bill: 60 * day, Card: 365 * day, Challenge: 600, Grace: 7 * day}
}

// minRedeem keeps money acceptable for long enough after a sheet expires: 45 days.
const minRedeem = 45 * 24 * 3600

// Charter is the anchor's constitution, signed by its Stellar account key, which is kept off-line.
type Charter struct {
	Anchor         AccountID
	Serial         uint32
	Name           string
	Network        Hash
	IssuedAt       uint64
	Keys           []IssuingKey    // ascending by ID
	Assets         []AssetTerms    // ascending by code, issuer
	Deposit        AccountID       // the reserve; neither the anchor's account nor an issuer
	Correspondents []Correspondent // ascending by anchor
	Lifetimes      Lifetimes
	LogKey         Key      // zero: no log yet
	Witnesses      []Key    // ascending
	SealingKey     [32]byte // HPKE X25519; zero: takes no sealed mail
	Endpoint       string   // base URL of the offline payment API

	Signature Signature
}

// Bounds of a charter.
const (
	maxIssuingKeys    = 32
	maxAssets         = 16
	maxTiers          = 8
	maxCorrespondents = 64
	maxWitnesses      = 16
)

// Type is TypeCharter.
func (d *Charter) Type() DocumentType { return TypeCharter }

func (d *Charter) body(c coder) {
	c.id((*[32]byte)(&d.Anchor))
	c.u32(&d.Serial)
	c.text(&d.Name, MaxName)
	c.id((*[32]byte)(&d.Network))
	c.u64(&d.IssuedAt)
	list(c, &d.Keys, maxIssuingKeys, codeIssuingKey)
	list(c, &d.Assets, maxAssets, codeAssetTerms)
	c.id((*[32]byte)(&d.Deposit))
	list(c, &d.Correspondents, maxCorrespondents, func(c coder, x *Correspondent) {
		c.id((*[32]byte)(&x.Anchor))
		c.amount(&x.PerBill)
		c.amount(&x.Total)
	})
	l := &d.Lifetimes
	for _, v := range []*uint64{&l.Sheet, &l.Redeem, &l.Bill, &l.Card, &l.Challenge, &l.Grace} {
		c.u64(v)
	}
	c.id((*[32]byte)(&d.LogKey))
	list(c, &d.Witnesses, maxWitnesses, func(c coder, k *Key) { c.id((*[32]byte)(k)) })
	c.id(&d.SealingKey)
	c.text(&d.Endpoint, MaxURL)
}

func codeIssuingKey(c coder, k *IssuingKey) {
	c.u32(&k.ID)
	c.id((*[32]byte)(&k.Key))
	c.u64(&k.NotBefore)
	c.u64(&k.NotAfter)
	c.u64(&k.RevokedAt)
}

func codeAssetTerms(c coder, a *AssetTerms) {
	asset(c, &a.Asset)
	c.u32(&a.Decimals)
	c.amount(&a.Step)
	for _, f := range []*Fee{&a.Load, &a.Unload, &a.Payout} {
		c.amount(&f.Flat)
		c.u32(&f.BasisPoints)
	}
	c.amount(&a.CapPerPurse)
	c.amount(&a.CreditLine)
	list(c, &a.Tiers, maxTiers, func(c coder, t *Tier) {
		c.text(&t.Name, MaxName)
		t.Limits.code(c)
	})
}

func (d *Charter) seals(c coder) { c.raw(d.Signature[:]) }

// Check looks at order, ranges, and the rules a charter must keep among its own terms.
func (d *Charter) Check() error {
	for _, s := range []struct {
		text  string
		max   int
		where string
	}{{d.Name, MaxName, "charter.name"}, {d.Endpoint, MaxURL, "charter.endpoint"}} {
		if err := checkText(s.text, s.max); err != nil {
			return refuse(CodeOf(err), s.where)
		}
	}
	for i := range d.Assets {
		if err := d.Assets[i].check(d.Deposit); err != nil {
			return err
		}
	}
	for _, k := range d.Keys {
		if k.NotBefore >= k.NotAfter {
			return refuse(CodeBadTime, "charter.keys")
		}
	}
	return firstBroken(
		condition{d.Name == "", CodeBadText, "charter.name"},
		condition{len(d.Keys) == 0 || len(d.Assets) == 0, CodeBadTerms, "charter"},
		ordered(d.Keys, func(a, b IssuingKey) int { return cmp.Compare(a.ID, b.ID) }, "charter.keys"),
		ordered(d.Assets, func(a, b AssetTerms) int { return compareAssets(a.Asset, b.Asset) }, "charter.assets"),
		ordered(d.Correspondents, func(a, b Correspondent) int { return compare32(a.Anchor, b.Anchor) }, "charter.correspondents"),
		ordered(d.Witnesses, compare32[Key], "charter.witnesses"),
		condition{d.sharesKeys(), CodeDuplicate, "charter.keys"},
		condition{d.Deposit == d.Anchor, CodeBadTerms, "charter.deposit"},
		condition{d.Lifetimes.broken(), CodeBadTerms, "charter.lifetimes"},
	)
}

// sharesKeys reports whether one key stands under two IDs: a revocation could be walked around.
func (d *Charter) sharesKeys() bool {
	seen := make(map[Key]bool, len(d.Keys))
	for _, k := range d.Keys {
		if seen[k.Key] {
			return true
		}
		seen[k.Key] = true
	}
	return false
}

func (l *Lifetimes) broken() bool {
	shortest := min(l.Sheet, l.Bill, l.Card, l.Challenge)
	longest := max(l.Sheet, l.Redeem, l.Card, l.Challenge, l.Grace)
	return shortest == 0 || longest > maxLife || l.Redeem < minRedeem || l.Bill > MaxStanding
}

// maxLife keeps sums of dates far from overflow: ten years.
const maxLife = 10 * 366 * 24 * 3600

func compareAssets(a, b money.Asset) int {
	return cmp.Or(bytes.Compare(a.Code[:], b.Code[:]), bytes.Compare(a.Issuer[:], b.Issuer[:]))
}

func (a *AssetTerms) check(deposit AccountID) error {
	for i := range a.Tiers {
		t := &a.Tiers[i]
		if err := checkText(t.Name, MaxName); err != nil {
			return refuse(CodeOf(err), "charter.tiers")
		}
		if err := t.Limits.check("charter.tiers"); err != nil {
			return err
		}
	}
	maxBasisPoints := max(a.Load.BasisPoints, a.Unload.BasisPoints, a.Payout.BasisPoints)
	return firstBroken(
		condition{a.Decimals > money.Decimals, CodeBadTerms, "charter.decimals"},
		condition{a.Step < 1, CodeBadAmount, "charter.step"},
		condition{maxBasisPoints > 10_000, CodeBadTerms, "charter.fees"},
		condition{len(a.Tiers) == 0, CodeBadTerms, "charter.tiers"},
		ordered(a.Tiers, func(x, y Tier) int { return cmp.Compare(x.Name, y.Name) }, "charter.tiers"),
		condition{!a.Asset.Native() && AccountID(a.Asset.Issuer) == deposit, CodeBadTerms, "charter.deposit"},
	)
}

// Terms finds the charter's terms for an asset.
func (d *Charter) Terms(a money.Asset) (*AssetTerms, bool) {
	for i := range d.Assets {
		if d.Assets[i].Asset == a {
			return &d.Assets[i], true
		}
	}
	return nil, false
}

// Tier finds a tier by name.
func (a *AssetTerms) Tier(name string) (Limits, bool) {
	for _, t := range a.Tiers {
		if t.Name == name {
			return t.Limits, true
		}
	}
	return Limits{}, false
}

// Of is the fee on an amount, rounded down to a multiple of step, so that what remains can change hands,
// and never more than the amount.
func (f Fee) Of(a, step money.Amount) money.Amount {
	whole, rest := a/10_000, a%10_000
	bps := money.Amount(f.BasisPoints)
	part := whole*bps + rest*bps/10_000
	total, err := part.Add(f.Flat)
	if err != nil || total > a {
		return a
	}
	return total - total%max(step, 1)
}

// NetworkNamed is the network that the charter in an encoded bundle says it is for. A phone that has no network yet
// learns from it on which one the bank is; whether the charter is genuine there, VerifyCharter says.
func NetworkNamed(encoded []byte) (n Network, err error) {
	if len(encoded) < headerSize {
		return n, refuse(CodeTruncated, "bundle")
	}
	copy(n.ID[:], encoded[3:headerSize]) // enough to read it: hashes come out otherwise, and nobody looks at them
	b, err := DecodeBundle(n, encoded, NoContext, MailBounds)
	if err != nil {
		return Network{}, err
	}
	charters := All[*Charter](b)
	if len(charters) != 1 {
		return Network{}, refuse(CodeMissingDocument, "charter")
	}
	return Network{ID: charters[0].Network}, checkHeader(Network{ID: charters[0].Network}, encoded)
}
