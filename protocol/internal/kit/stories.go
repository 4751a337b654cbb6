package kit

import (
	"math"
	"slices"

	"kula/money"
	"kula/protocol"
)

// Scene is one payment as a payee meets it, or one request as a payer does: the world, somewhat spoiled.
type Scene struct {
	*World
	Now, Margin uint64
	Strangers   bool // nobody here knows the anchor
	Known       []Known
	Condemned   []protocol.PurseID  // proofs of fraud against these are held here
	Extra       []protocol.Document // what travels besides
	Depth       int                 // of a good payment
	Payer       string              // the name to show of who made it; empty: none

	bills int // made by Pay
}

// Known is an entry that is known here, and whose it is.
type Known struct {
	Purse protocol.PurseID
	Entry *protocol.Entry
}

// NewScene is a good one.
func NewScene() *Scene { return &Scene{World: New(), Now: Epoch, Margin: protocol.DefaultMargin} }

// Resign makes everything genuine again after a change to charter, sheet or bill.
func (s *Scene) Resign() {
	s.Charter.Signature = protocol.Sign(Key("root"), s.Net.Hash(s.Charter))
	s.Issue(s.Sheet)
	s.SignBill(s.Bill)
	s.Entry.Sheet, s.Entry.Spend.Bill = s.Net.Hash(s.Sheet), s.Net.Hash(s.Bill)
	s.SignEntry(s.Entry)
}

// twoTills makes the sheet one that needs two devices; the entry has the first one's signature.
func (s *Scene) twoTills() {
	s.Sheet.Quorum = TwoTills()
	s.Resign()
}

// lastSheet makes the sheet outlive the entry.
func (s *Scene) lastSheet() {
	s.Sheet.ExpiresAt = s.Entry.Spend.Deadline
	s.Resign()
}

// Story is a scene and how it ends; no code when well.
type Story struct {
	Name string
	Set  func(*Scene)
	Code protocol.Code
}

// PaymentStories break one check of "What a payee checks" each, named by its rule, or stay just within it.
func PaymentStories() []Story {
	return slices.Concat(brokenPayments, paymentsAtTheBounds, backedPayments, brokenIncomes, brokenBacking, brokenReceipts, heardOf, namedPayers)
}

var brokenPayments = []Story{
	{"2 anchor unknown", func(s *Scene) { s.Strangers = true }, protocol.CodeUnknownAnchor},
	{"2 sheet of another anchor than the bill's", func(s *Scene) { s.Bill.Anchor = Account("other root"); s.Resign() }, protocol.CodeWrongAnchor},
	{"2 issuing key not in the charter", func(s *Scene) { s.Sheet.Signature.Key = 9 }, protocol.CodeUnknownKey},
	{"2 issuing key not valid yet", func(s *Scene) { s.Charter.Keys[0].NotBefore = s.Sheet.IssuedAt + 1 }, protocol.CodeUnknownKey},
	{"2 issuing key valid no more", func(s *Scene) { s.Charter.Keys[0].NotAfter = s.Sheet.IssuedAt - 1 }, protocol.CodeUnknownKey},
	{"2 issuing key stolen by then", func(s *Scene) { s.Charter.Keys[0].RevokedAt = s.Sheet.IssuedAt }, protocol.CodeUnknownKey},
	{"2 attack: sheet signed by somebody else", func(s *Scene) {
		protocol.Seal(s.Net, s.Sheet, IssuingKey, func(h protocol.Hash) protocol.Signature { return protocol.Sign(Key("till"), h) })
	}, protocol.CodeBadSignature},
	{"2 attack: more money written on the sheet", func(s *Scene) {
		sig := s.Sheet.Signature
		s.Sheet.Available *= 2
		s.Resign()
		s.Sheet.Signature = sig
	}, protocol.CodeBadSignature},
	{"2 attack: quorum that two groups can reach", func(s *Scene) {
		s.Sheet.Quorum = protocol.Quorum{Signers: []protocol.Signer{{Key: Public("till"), Weight: 2}, {Key: Public("till 2"), Weight: 2}}, Threshold: 2}
		s.Resign()
	}, protocol.CodeBadQuorum},
	{"2 sheet not valid yet", func(s *Scene) { s.Now = s.Sheet.IssuedAt - 1 }, protocol.CodeNotYetValid},
	{"2 attack: sheet expired", func(s *Scene) { s.Now = s.Sheet.ExpiresAt + 1; s.Margin = 0 }, protocol.CodeExpired},
	{"2 purse revoked", func(s *Scene) { s.Notice.RevokedPurses = []protocol.Hash{protocol.Hash(s.Sheet.Purse)} }, protocol.CodeRevoked},
	{"2 device key revoked", func(s *Scene) { s.Notice.RevokedKeys = []protocol.Hash{protocol.Hash(Public("till"))} }, protocol.CodeRevoked},

	{"3 attack: the payee's signature is forged", func(s *Scene) { s.Bill.Signature[5] ^= 1 }, protocol.CodeBadSignature},
	{"3 attack: the payee's key is nobody's", func(s *Scene) {
		s.Bill.PayeeKey = protocol.Key{1}
		s.Bill.Signature = protocol.Signature{1} // R the identity, s zero: good for any hash under a small-order key
		s.Entry.Spend.Bill = s.Net.Hash(s.Bill)
		s.SignEntry(s.Entry)
	}, protocol.CodeBadKey},
	{"3 attack: payer is not the one the bill names", func(s *Scene) { s.Bill.Payer = Account("somebody"); s.Resign() }, protocol.CodeWrongPayer},
	{"3 another currency, which the charter knows", func(s *Scene) {
		native := s.Charter.Assets[0]
		native.Asset = money.Asset{}
		s.Charter.Assets = []protocol.AssetTerms{native, s.Charter.Assets[0]}
		s.Bill.Asset = money.Asset{}
		s.Resign()
	}, protocol.CodeWrongAsset},
	{"3 a currency the charter does not know", func(s *Scene) {
		s.Bill.Asset, s.Sheet.Asset = money.Asset{}, money.Asset{}
		s.Resign()
	}, protocol.CodeWrongAsset},
	{"3 attack: another amount than the bill's", func(s *Scene) { s.Entry.Spend.Amount -= 10_000_000; s.Resign() }, protocol.CodeWrongAmount},
	{"3 not a multiple of the step", func(s *Scene) { s.Bill.Amount = 0; s.Entry.Spend.Amount--; s.Resign() }, protocol.CodeBelowStep},
	{"3 over the limit of one payment", func(s *Scene) { s.Sheet.Limits.PerBill = s.Bill.Amount - 1; s.Resign() }, protocol.CodeOverBillLimit},
	{"3 over the limit of the sheet", func(s *Scene) { s.Sheet.Limits.MaxSpend = s.Bill.Amount - 1; s.Resign() }, protocol.CodeOverSpendLimit},

	{"4 attack: no signature", func(s *Scene) { s.Entry.Signatures = nil }, protocol.CodeBelowThreshold},
	{"4 attack: signature forged", func(s *Scene) { s.Entry.Signatures[0].Signature[40] ^= 1 }, protocol.CodeBadSignature},
	{"4 attack: signed by another device", func(s *Scene) {
		s.Entry.Signatures[0].Signature = protocol.Sign(Key("till 2"), s.Net.Hash(s.Entry))
	}, protocol.CodeBadSignature},
	{"4 attack: altered amount under the old signature", func(s *Scene) {
		old := s.Entry.Signatures
		s.Bill.Amount = 0
		s.Entry.Spend.Amount *= 2
		s.Entry.Spent += s.Bill.Amount
		s.Resign()
		s.Entry.Spent += s.Entry.Spend.Amount
		s.Entry.Signatures = old
	}, protocol.CodeBadSignature},
	{"4 attack: a signer counted twice", func(s *Scene) {
		s.twoTills()
		s.Entry.Signatures = append(s.Entry.Signatures, s.Entry.Signatures[0])
	}, protocol.CodeDuplicate},
	{"4 attack: a signer the sheet does not have", func(s *Scene) { s.Entry.Signatures[0].Index = 1 }, protocol.CodeWrongReference},
	{"4 below the threshold", func(s *Scene) { s.twoTills() }, protocol.CodeBelowThreshold},
	{"4 attack: spent as large as a number can be", func(s *Scene) { s.Entry.Spent = math.MaxInt64; s.Resign() }, protocol.CodeOverSpendLimit},
	{"4 attack: a base so large that sums overflow", func(s *Scene) {
		s.Sheet.Base.Spent, s.Sheet.Available = math.MaxInt64, math.MaxInt64
		s.Resign()
	}, protocol.CodeBehindBase},
	{"4 not after the base", func(s *Scene) { s.Entry.Seq = s.Sheet.Base.Seq; s.Resign() }, protocol.CodeBehindBase},
	{"4 attack: spends again what was spent before the base", func(s *Scene) { s.Entry.Spent--; s.Resign() }, protocol.CodeBehindBase},
	{"4 attack: contradicts an entry known here", func(s *Scene) {
		s.Known = append(s.Known, Known{s.Sheet.Purse, s.Rival})
	}, protocol.CodeIncompatible},
	{"4 attack: contradicts an entry beside it", func(s *Scene) { s.Extra = append(s.Extra, s.Rival) }, protocol.CodeIncompatible},
	{"4 attack: contradicts an entry on another sheet of its purse", func(s *Scene) {
		other := edit(s.Sheet, func(x *protocol.Sheet) { x.Available++ })
		s.Issue(other)
		rival := edit(s.Rival, func(e *protocol.Entry) { e.Sheet = s.Net.Hash(other) })
		s.SignEntry(rival)
		s.Extra = append(s.Extra, other, rival)
	}, protocol.CodeIncompatible},
	{"4 attack: contradicts a Statement before its first sheet", func(s *Scene) {
		rival := edit(s.Statement, func(e *protocol.Entry) { e.Sheet, e.Seq = protocol.Hash(s.Sheet.Purse), s.Entry.Seq })
		s.SignEntry(rival)
		s.Extra = append(s.Extra, rival)
	}, protocol.CodeIncompatible},
	{"5 more than the sheet covers", func(s *Scene) { s.Sheet.Available = s.Bill.Amount - 1; s.Resign() }, protocol.CodeNotEnough},

	{"6 deadline after the sheet's last moment", func(s *Scene) {
		s.Bill.ExpiresAt = s.Sheet.RedeemBy + 10
		s.Entry.Spend.Deadline = s.Sheet.RedeemBy + 1
		s.Resign()
	}, protocol.CodeDeadlineTooLate},
	{"6 deadline after the bill's last moment", func(s *Scene) { s.Entry.Spend.Deadline = s.Bill.ExpiresAt + 1; s.Resign() }, protocol.CodeDeadlineTooLate},
	{"6 deadline past", func(s *Scene) { s.Entry.Spend.Deadline = s.Now - 1; s.Resign() }, protocol.CodeExpired},
	{"6 deadline too near", func(s *Scene) {
		s.Entry.Spend.Deadline = s.Now + s.Margin - 1
		s.Resign()
	}, protocol.CodeDeadlineTooNear},
}

var paymentsAtTheBounds = []Story{
	{"as usual", func(*Scene) {}, ""},
	{"limits", func(s *Scene) {
		s.Sheet.Limits.PerBill, s.Sheet.Limits.MaxSpend, s.Sheet.Available = s.Bill.Amount, s.Bill.Amount, s.Bill.Amount
		s.Resign()
	}, ""},
	{"issued now", func(s *Scene) { s.Now = s.Sheet.IssuedAt }, ""},
	{"expires now", func(s *Scene) {
		s.Now = s.Sheet.ExpiresAt
		s.Margin = s.Entry.Spend.Deadline - s.Now
	}, ""},
	{"open bill", func(s *Scene) { s.Bill.Payer, s.Bill.Amount = protocol.AccountID{}, 0; s.Resign() }, ""},
	{"last of deadline", func(s *Scene) {
		s.Bill.ExpiresAt = s.Sheet.RedeemBy
		s.Entry.Spend.Deadline = s.Sheet.RedeemBy
		s.Resign()
	}, ""},
	{"last second of the deadline", func(s *Scene) { s.Now, s.Margin = s.Entry.Spend.Deadline, 0; s.lastSheet() }, ""},
	{"extended sheet", func(s *Scene) {
		s.Now = s.Sheet.ExpiresAt + 10*Day
		s.Notice.Extensions = []protocol.Extension{{From: s.Sheet.ExpiresAt - Day, To: s.Sheet.ExpiresAt + 30*Day}}
	}, ""},
	{"two tills", func(s *Scene) {
		s.twoTills()
		h := s.Net.Hash(s.Entry)
		s.Entry.Signatures = append(s.Entry.Signatures, protocol.DeviceSignature{Index: 1, Signature: protocol.Sign(Key("till 2"), h)})
	}, ""},
	{"known entries agree", func(s *Scene) {
		s.Known = append(s.Known, Known{s.Sheet.Purse, s.Entry}, Known{s.Sheet.Purse, s.Statement})
		s.Extra = append(s.Extra, s.Statement)
	}, ""},
	{"accusation without proof", func(s *Scene) {
		forged := edit(s.Rival, func(e *protocol.Entry) { e.Signatures = []protocol.DeviceSignature{{Index: 0}} })
		unsigned := edit(s.Rival, func(e *protocol.Entry) { e.Seq, e.Spent, e.Signatures = 9, s.Sheet.Base.Spent+e.Spend.Amount, nil })
		s.Extra = append(s.Extra, forged, unsigned)
	}, ""},
	{"entry on a sheet the bank never issued", func(s *Scene) {
		other := edit(s.Sheet, func(x *protocol.Sheet) { x.Available++ })
		rival := edit(s.Rival, func(e *protocol.Entry) { e.Sheet = s.Net.Hash(other) })
		s.SignEntry(rival)
		s.Extra = append(s.Extra, other, rival)
	}, ""},
	{"entry of another purse", func(s *Scene) {
		other := edit(s.Sheet, func(x *protocol.Sheet) { x.Purse[0] ^= 1 })
		s.Issue(other)
		rival := edit(s.Rival, func(e *protocol.Entry) { e.Sheet = s.Net.Hash(other) })
		s.SignEntry(rival)
		s.Extra = append(s.Extra, other, rival)
	}, ""},
}

// RequestStories do the same with what a payer checks before it signs.
var RequestStories = []Story{
	{"good", func(*Scene) {}, ""},
	{"standing", func(s *Scene) {
		s.Bill.Standing, s.Bill.Payer, s.Bill.ExpiresAt = true, protocol.AccountID{}, s.Bill.IssuedAt+protocol.MaxStanding
		s.SignBill(s.Bill)
	}, ""},
	{"anchor unknown", func(s *Scene) { s.Bill.Anchor = Account("x") }, protocol.CodeUnknownAnchor},
	{"attack: card of another account", func(s *Scene) { s.Card.Account = Account("x"); s.Issue(s.Card) }, protocol.CodeWrongPayee},
	{"attack: card of another anchor", func(s *Scene) { s.Card.Anchor = Account("x"); s.Issue(s.Card) }, protocol.CodeWrongPayee},
	{"attack: key not on the card", func(s *Scene) { s.Card.Keys = []protocol.Key{Public("x")}; s.Issue(s.Card) }, protocol.CodeWrongPayee},
	{"attack: card forged", func(s *Scene) { s.Card.Name = "Somebody Else" }, protocol.CodeBadSignature},
	{"attack: bill altered", func(s *Scene) { s.Bill.Amount += 10_000_000 }, protocol.CodeBadSignature},
	{"attack: nonce altered", func(s *Scene) { s.Bill.Nonce[0] ^= 1 }, protocol.CodeBadSignature},
	{"attack: memo altered", func(s *Scene) { s.Bill.Memo[0] ^= 1 }, protocol.CodeBadSignature},
	{"currency unknown", func(s *Scene) { s.Bill.Asset = money.Asset{}; s.SignBill(s.Bill) }, protocol.CodeWrongAsset},
	{"below the step", func(s *Scene) { s.Bill.Amount++; s.SignBill(s.Bill) }, protocol.CodeBelowStep},
	{"bill expired", func(s *Scene) { s.Now = s.Bill.ExpiresAt + 1 }, protocol.CodeExpired},
	{"last second of the bill", func(s *Scene) { s.Now = s.Bill.ExpiresAt }, ""},
	{"first second of the card", func(s *Scene) { s.Card.NotBefore = s.Now; s.Issue(s.Card) }, ""},
	{"last second of the card", func(s *Scene) { s.Card.NotAfter = s.Now; s.Issue(s.Card) }, ""},
	{"bill lives too long", func(s *Scene) { s.Bill.ExpiresAt++; s.SignBill(s.Bill) }, protocol.CodeBadTime},
	{"standing bill lives too long", func(s *Scene) {
		s.Bill.Standing, s.Bill.Payer, s.Bill.ExpiresAt = true, protocol.AccountID{}, s.Bill.IssuedAt+protocol.MaxStanding+1
		s.SignBill(s.Bill)
	}, protocol.CodeBadTime},
	{"card not valid yet", func(s *Scene) { s.Card.NotBefore = s.Now + 1; s.Issue(s.Card) }, protocol.CodeNotYetValid},
	{"card expired", func(s *Scene) { s.Card.NotAfter = s.Now - 1; s.Issue(s.Card) }, protocol.CodeExpired},
	{"card revoked", func(s *Scene) { s.Notice.RevokedCards = []protocol.Hash{s.Net.Hash(s.Card)} }, protocol.CodeRevoked},
	{"payee's key revoked", func(s *Scene) { s.Notice.RevokedKeys = []protocol.Hash{protocol.Hash(s.Bill.PayeeKey)} }, protocol.CodeRevoked},
	{"issuing key unknown", func(s *Scene) { s.Card.Signature.Key = 3 }, protocol.CodeUnknownKey},
	{"name with an override", func(s *Scene) { s.Card.Name = "Mary\u202eolaK"; s.Issue(s.Card) }, protocol.CodeBadText},
}

func edit[D any](d *D, change func(*D)) *D {
	c := *d
	change(&c)
	return &c
}
