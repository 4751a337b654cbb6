package protocol_test

import (
	"testing"

	"kula/money"
	"kula/protocol"
	"kula/protocol/internal/kit"
)

// scene is one payment as a payee meets it; a test spoils it in one respect.
type scene struct {
	*kit.World
	verifier *protocol.Verifier
	extra    []protocol.Document
}

func newScene() *scene {
	w := kit.New()
	return &scene{World: w, verifier: w.Verifier()}
}

// resign makes everything genuine again after a change to charter, sheet or bill.
func (s *scene) resign() {
	s.Charter.Signature = protocol.Sign(kit.Key("root"), s.Net.Hash(s.Charter))
	s.Issue(s.Sheet)
	s.SignBill(s.Bill)
	s.Entry.Sheet, s.Entry.Spend.Bill = s.Net.Hash(s.Sheet), s.Net.Hash(s.Bill)
	s.SignEntry(s.Entry)
}

func (s *scene) verify() (*protocol.Verdict, error) {
	b := s.Payment()
	for _, d := range s.extra {
		b.Add(d)
	}
	p, err := b.PaymentOf(b.Roots[0], protocol.NoContext)
	if err != nil {
		return nil, err
	}
	return s.verifier.Verify(b, p)
}

func TestVerifyGood(t *testing.T) {
	s := newScene()
	v, err := s.verify()
	if err != nil {
		t.Fatal(err)
	}
	if v.Deadline != s.Entry.Spend.Deadline || v.Guaranteed != s.Bill.Amount || v.Depth != 0 {
		t.Errorf("%+v", v)
	}
	s.Sheet.Limits.Guaranteed = 3
	s.resign()
	if v, err = s.verify(); err != nil || v.Guaranteed != 3 {
		t.Error("the sheet's guarantee is the bound", v, err)
	}
	for _, purse := range []protocol.PurseID{s.Sheet.Purse, {}} {
		s.Notice.Lowered = []protocol.Lowered{{Purse: purse, Guaranteed: 2}}
		if v, err = s.verify(); err != nil || v.Guaranteed != 2 {
			t.Error("a notice lowers the guarantee", v, err)
		}
	}
	s.verifier.Notice = func(protocol.AccountID) *protocol.Notice { return nil }
	if v, err = s.verify(); err != nil || v.Guaranteed != 3 {
		t.Error("no notice, no lowering", v, err)
	}
}

// Each case breaks one check of "What a payee checks", by its rule.
var verifyCases = []struct {
	name  string
	spoil func(*scene)
	code  protocol.Code
}{
	{"2 anchor unknown", func(s *scene) {
		s.verifier.Charter = func(protocol.AccountID) (*protocol.Charter, bool) { return nil, false }
	}, protocol.CodeUnknownAnchor},
	{"2 sheet of another anchor than the bill's", func(s *scene) { s.Bill.Anchor = kit.Account("other root"); s.resign() }, protocol.CodeWrongAnchor},
	{"2 issuing key not in the charter", func(s *scene) { s.Sheet.Signature.Key = 9 }, protocol.CodeUnknownKey},
	{"2 issuing key not valid yet", func(s *scene) { s.Charter.Keys[0].NotBefore = s.Sheet.IssuedAt + 1 }, protocol.CodeUnknownKey},
	{"2 issuing key valid no more", func(s *scene) { s.Charter.Keys[0].NotAfter = s.Sheet.IssuedAt - 1 }, protocol.CodeUnknownKey},
	{"2 issuing key stolen by then", func(s *scene) { s.Charter.Keys[0].RevokedAt = s.Sheet.IssuedAt }, protocol.CodeUnknownKey},
	{"2 attack: sheet signed by somebody else", func(s *scene) {
		protocol.Seal(s.Net, s.Sheet, kit.IssuingKey, func(h protocol.Hash) protocol.Signature { return protocol.Sign(kit.Key("till"), h) })
	}, protocol.CodeBadSignature},
	{"2 attack: more money written on the sheet", func(s *scene) {
		sig := s.Sheet.Signature
		s.Sheet.Available *= 2
		s.resign()
		s.Sheet.Signature = sig
	}, protocol.CodeBadSignature},
	{"2 attack: quorum that two groups can reach", func(s *scene) {
		s.Sheet.Quorum = protocol.Quorum{Signers: []protocol.Signer{{Key: kit.Public("till"), Weight: 2}, {Key: kit.Public("till 2"), Weight: 2}}, Threshold: 2}
		s.resign()
	}, protocol.CodeBadQuorum},
	{"2 sheet not valid yet", func(s *scene) { s.verifier.Now = s.Sheet.IssuedAt - 1 }, protocol.CodeNotYetValid},
	{"2 attack: sheet expired", func(s *scene) { s.verifier.Now = s.Sheet.ExpiresAt + 1; s.verifier.Margin = 0 }, protocol.CodeExpired},
	{"2 purse revoked", func(s *scene) { s.Notice.RevokedPurses = []protocol.Hash{protocol.Hash(s.Sheet.Purse)} }, protocol.CodeRevoked},
	{"2 device key revoked", func(s *scene) { s.Notice.RevokedKeys = []protocol.Hash{protocol.Hash(kit.Public("till"))} }, protocol.CodeRevoked},

	{"3 attack: the payee's signature is forged", func(s *scene) { s.Bill.Signature[5] ^= 1 }, protocol.CodeBadSignature},
	{"3 attack: the payee's key is nobody's", func(s *scene) {
		s.Bill.PayeeKey = protocol.Key{1}
		s.Bill.Signature = protocol.Signature{1} // R the identity, s zero: good for any hash under a small-order key
		s.Entry.Spend.Bill = s.Net.Hash(s.Bill)
		s.SignEntry(s.Entry)
	}, protocol.CodeBadKey},
	{"3 attack: payer is not the one the bill names", func(s *scene) { s.Bill.Payer = kit.Account("somebody"); s.resign() }, protocol.CodeWrongPayer},
	{"3 another currency", func(s *scene) { s.Bill.Asset = money.Asset{}; s.resign() }, protocol.CodeWrongAsset},
	{"3 a currency the charter does not know", func(s *scene) {
		s.Bill.Asset, s.Sheet.Asset = money.Asset{}, money.Asset{}
		s.resign()
	}, protocol.CodeWrongAsset},
	{"3 attack: another amount than the bill's", func(s *scene) { s.Entry.Spend.Amount -= 10_000_000; s.resign() }, protocol.CodeWrongAmount},
	{"3 not a multiple of the step", func(s *scene) { s.Bill.Amount = 0; s.Entry.Spend.Amount--; s.resign() }, protocol.CodeBelowStep},
	{"3 over the limit of one payment", func(s *scene) { s.Sheet.Limits.PerBill = s.Bill.Amount - 1; s.resign() }, protocol.CodeOverBillLimit},
	{"3 over the limit of the sheet", func(s *scene) { s.Sheet.Limits.MaxSpend = s.Bill.Amount - 1; s.resign() }, protocol.CodeOverSpendLimit},

	{"4 attack: no signature", func(s *scene) { s.Entry.Signatures = nil }, protocol.CodeBelowThreshold},
	{"4 attack: signature forged", func(s *scene) { s.Entry.Signatures[0].Signature[40] ^= 1 }, protocol.CodeBadSignature},
	{"4 attack: signed by another device", func(s *scene) {
		s.Entry.Signatures[0].Signature = protocol.Sign(kit.Key("till 2"), s.Net.Hash(s.Entry))
	}, protocol.CodeBadSignature},
	{"4 attack: altered amount under the old signature", func(s *scene) {
		old := s.Entry.Signatures
		s.Bill.Amount = 0
		s.Entry.Spend.Amount *= 2
		s.Entry.Spent += s.Bill.Amount
		s.resign()
		s.Entry.Spent += s.Entry.Spend.Amount
		s.Entry.Signatures = old
	}, protocol.CodeBadSignature},
	{"4 attack: a signer counted twice", func(s *scene) {
		s.twoSigners()
		s.Entry.Signatures = append(s.Entry.Signatures, s.Entry.Signatures[0])
	}, protocol.CodeDuplicate},
	{"4 attack: a signer the sheet does not have", func(s *scene) { s.Entry.Signatures[0].Index = 1 }, protocol.CodeWrongReference},
	{"4 below the threshold", func(s *scene) { s.twoSigners() }, protocol.CodeBelowThreshold},
	{"4 not after the base", func(s *scene) { s.Entry.Seq = s.Sheet.Base.Seq; s.resign() }, protocol.CodeBehindBase},
	{"4 attack: spends again what was spent before the base", func(s *scene) { s.Entry.Spent--; s.resign() }, protocol.CodeBehindBase},
	{"4 attack: contradicts an entry known here", func(s *scene) {
		s.verifier.Entries = func(p protocol.PurseID) []*protocol.Entry {
			if p != s.Sheet.Purse {
				return nil
			}
			return []*protocol.Entry{s.Rival}
		}
	}, protocol.CodeIncompatible},
	{"4 attack: contradicts an entry beside it", func(s *scene) { s.extra = append(s.extra, s.Rival) }, protocol.CodeIncompatible},
	{"4 attack: contradicts an entry on another sheet of its purse", func(s *scene) {
		other := edit(s.Sheet, func(x *protocol.Sheet) { x.Available++ })
		s.Issue(other)
		rival := edit(s.Rival, func(e *protocol.Entry) { e.Sheet = s.Net.Hash(other) })
		s.SignEntry(rival)
		s.extra = append(s.extra, other, rival)
	}, protocol.CodeIncompatible},
	{"4 attack: contradicts a Statement before its first sheet", func(s *scene) {
		rival := edit(s.Statement, func(e *protocol.Entry) { e.Sheet, e.Seq = protocol.Hash(s.Sheet.Purse), s.Entry.Seq })
		s.SignEntry(rival)
		s.extra = append(s.extra, rival)
	}, protocol.CodeIncompatible},
	{"5 more than the sheet covers", func(s *scene) { s.Sheet.Available = s.Bill.Amount - 1; s.resign() }, protocol.CodeNotEnough},

	{"6 deadline after the sheet's last moment", func(s *scene) {
		s.Bill.ExpiresAt = s.Sheet.RedeemBy + 10
		s.Entry.Spend.Deadline = s.Sheet.RedeemBy + 1
		s.resign()
	}, protocol.CodeDeadlineTooLate},
	{"6 deadline after the bill's last moment", func(s *scene) { s.Entry.Spend.Deadline = s.Bill.ExpiresAt + 1; s.resign() }, protocol.CodeDeadlineTooLate},
	{"6 deadline past", func(s *scene) { s.Entry.Spend.Deadline = s.verifier.Now - 1; s.resign() }, protocol.CodeExpired},
	{"6 deadline too near", func(s *scene) {
		s.Entry.Spend.Deadline = s.verifier.Now + s.verifier.Margin - 1
		s.resign()
	}, protocol.CodeDeadlineTooNear},
}

// twoSigners makes the sheet one that needs two devices; the entry has the first one's signature.
func (s *scene) twoSigners() {
	s.Sheet.Quorum = protocol.Quorum{Signers: []protocol.Signer{{Key: kit.Public("till"), Weight: 1}, {Key: kit.Public("till 2"), Weight: 1}}, Threshold: 2}
	s.resign()
}

func TestAttackAndRuleVerifications(t *testing.T) {
	for _, c := range verifyCases {
		t.Run(c.name, func(t *testing.T) {
			s := newScene()
			c.spoil(s)
			_, err := s.verify()
			wantCode(t, err, c.code)
		})
	}
}

// At its very bounds a payment is still good.
func TestVerifyAtTheBounds(t *testing.T) {
	for name, set := range map[string]func(*scene){
		"limits": func(s *scene) {
			s.Sheet.Limits.PerBill, s.Sheet.Limits.MaxSpend, s.Sheet.Available = s.Bill.Amount, s.Bill.Amount, s.Bill.Amount
			s.resign()
		},
		"issued now": func(s *scene) { s.verifier.Now = s.Sheet.IssuedAt },
		"expires now": func(s *scene) {
			s.verifier.Now = s.Sheet.ExpiresAt
			s.verifier.Margin = s.Entry.Spend.Deadline - s.verifier.Now
		},
		"open bill": func(s *scene) { s.Bill.Payer, s.Bill.Amount = protocol.AccountID{}, 0; s.resign() },
		"last of deadline": func(s *scene) {
			s.Bill.ExpiresAt = s.Sheet.RedeemBy
			s.Entry.Spend.Deadline = s.Sheet.RedeemBy
			s.resign()
		},
		"extended sheet": func(s *scene) {
			s.verifier.Now = s.Sheet.ExpiresAt + 10*kit.Day
			s.Notice.Extensions = []protocol.Extension{{From: s.Sheet.ExpiresAt - kit.Day, To: s.Sheet.ExpiresAt + 30*kit.Day}}
		},
		"two tills": func(s *scene) {
			s.twoSigners()
			h := s.Net.Hash(s.Entry)
			s.Entry.Signatures = append(s.Entry.Signatures, protocol.DeviceSignature{Index: 1, Signature: protocol.Sign(kit.Key("till 2"), h)})
		},
		"known entries agree": func(s *scene) {
			s.verifier.Entries = func(protocol.PurseID) []*protocol.Entry { return []*protocol.Entry{s.Entry, s.Statement} }
			s.extra = append(s.extra, s.Statement)
		},
		"accusation without proof": func(s *scene) {
			forged := edit(s.Rival, func(e *protocol.Entry) { e.Signatures = []protocol.DeviceSignature{{Index: 0}} })
			unsigned := edit(s.Rival, func(e *protocol.Entry) { e.Seq, e.Spent, e.Signatures = 9, s.Sheet.Base.Spent+e.Spend.Amount, nil })
			s.extra = append(s.extra, forged, unsigned)
		},
		"entry on a sheet the bank never issued": func(s *scene) {
			other := edit(s.Sheet, func(x *protocol.Sheet) { x.Available++ })
			rival := edit(s.Rival, func(e *protocol.Entry) { e.Sheet = s.Net.Hash(other) })
			s.SignEntry(rival)
			s.extra = append(s.extra, other, rival)
		},
		"entry of another purse": func(s *scene) {
			other := edit(s.Sheet, func(x *protocol.Sheet) { x.Purse[0] ^= 1 })
			s.Issue(other)
			rival := edit(s.Rival, func(e *protocol.Entry) { e.Sheet = s.Net.Hash(other) })
			s.SignEntry(rival)
			s.extra = append(s.extra, other, rival)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene()
			set(s)
			if _, err := s.verify(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestPaymentOfNeedsItsParts(t *testing.T) {
	w := kit.New()
	for _, c := range []struct {
		docs []protocol.Document
		root protocol.Document
	}{
		{[]protocol.Document{w.Sheet, w.Bill}, w.Entry},
		{[]protocol.Document{w.Sheet, w.Entry}, w.Entry},
		{[]protocol.Document{w.Bill, w.Entry}, w.Entry},
		{[]protocol.Document{w.Sheet, w.Bill, w.Statement}, w.Statement},
		{[]protocol.Document{w.Sheet, w.Bill, w.Entry}, w.Bill},
	} {
		_, err := protocol.NewBundle(w.Net, c.docs...).PaymentOf(w.Net.Hash(c.root), protocol.NoContext)
		wantCode(t, err, protocol.CodeMissingDocument)
	}
	b := protocol.NewBundle(w.Net, w.Entry)
	if _, err := b.PaymentOf(w.Net.Hash(w.Entry), holding(w.Net, w.Sheet, w.Bill)); err != nil {
		t.Error("the holder's own sheet and bill count:", err)
	}
}

func TestAttackAndRuleRequests(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*scene)
		code  protocol.Code
	}{
		{"good", func(*scene) {}, ""},
		{"standing", func(s *scene) {
			s.Bill.Standing, s.Bill.Payer, s.Bill.ExpiresAt = true, protocol.AccountID{}, s.Bill.IssuedAt+protocol.MaxStanding
			s.SignBill(s.Bill)
		}, ""},
		{"anchor unknown", func(s *scene) { s.Bill.Anchor = kit.Account("x") }, protocol.CodeUnknownAnchor},
		{"attack: card of another account", func(s *scene) { s.Card.Account = kit.Account("x"); s.Issue(s.Card) }, protocol.CodeWrongPayee},
		{"attack: card of another anchor", func(s *scene) { s.Card.Anchor = kit.Account("x"); s.Issue(s.Card) }, protocol.CodeWrongPayee},
		{"attack: key not on the card", func(s *scene) { s.Card.Keys = []protocol.Key{kit.Public("x")}; s.Issue(s.Card) }, protocol.CodeWrongPayee},
		{"attack: card forged", func(s *scene) { s.Card.Name = "Somebody Else" }, protocol.CodeBadSignature},
		{"attack: bill altered", func(s *scene) { s.Bill.Amount += 10_000_000 }, protocol.CodeBadSignature},
		{"attack: nonce altered", func(s *scene) { s.Bill.Nonce[0] ^= 1 }, protocol.CodeBadSignature},
		{"attack: memo altered", func(s *scene) { s.Bill.Memo[0] ^= 1 }, protocol.CodeBadSignature},
		{"currency unknown", func(s *scene) { s.Bill.Asset = money.Asset{}; s.SignBill(s.Bill) }, protocol.CodeWrongAsset},
		{"below the step", func(s *scene) { s.Bill.Amount++; s.SignBill(s.Bill) }, protocol.CodeBelowStep},
		{"bill expired", func(s *scene) { s.verifier.Now = s.Bill.ExpiresAt + 1 }, protocol.CodeExpired},
		{"bill lives too long", func(s *scene) { s.Bill.ExpiresAt++; s.SignBill(s.Bill) }, protocol.CodeBadTime},
		{"standing bill lives too long", func(s *scene) {
			s.Bill.Standing, s.Bill.Payer, s.Bill.ExpiresAt = true, protocol.AccountID{}, s.Bill.IssuedAt+protocol.MaxStanding+1
			s.SignBill(s.Bill)
		}, protocol.CodeBadTime},
		{"card not valid yet", func(s *scene) { s.Card.NotBefore = s.verifier.Now + 1; s.Issue(s.Card) }, protocol.CodeNotYetValid},
		{"card expired", func(s *scene) { s.Card.NotAfter = s.verifier.Now - 1; s.Issue(s.Card) }, protocol.CodeExpired},
		{"card revoked", func(s *scene) { s.Notice.RevokedCards = []protocol.Hash{s.Net.Hash(s.Card)} }, protocol.CodeRevoked},
		{"payee's key revoked", func(s *scene) { s.Notice.RevokedKeys = []protocol.Hash{protocol.Hash(s.Bill.PayeeKey)} }, protocol.CodeRevoked},
		{"issuing key unknown", func(s *scene) { s.Card.Signature.Key = 3 }, protocol.CodeUnknownKey},
		{"name with an override", func(s *scene) { s.Card.Name = "Mary\u202eolaK"; s.Issue(s.Card) }, protocol.CodeBadText},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene()
			c.spoil(s)
			err := s.verifier.VerifyRequest(s.Bill, s.Card)
			if c.code == "" && err != nil {
				t.Fatal(err)
			}
			if c.code != "" {
				wantCode(t, err, c.code)
			}
		})
	}
}

func TestAttackCharters(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*kit.World)
		code  protocol.Code
	}{
		{"good", func(*kit.World) {}, ""},
		{"another network", func(w *kit.World) { w.Charter.Network = protocol.Hash{} }, protocol.CodeWrongNetwork},
		{"not signed by its root", func(w *kit.World) { w.Charter.Signature[0] ^= 1 }, protocol.CodeBadSignature},
		{"root key of small order", func(w *kit.World) {
			w.Charter.Anchor, w.Charter.Signature = protocol.AccountID{1}, protocol.Signature{1}
		}, protocol.CodeBadKey},
		{"issuing key of small order", func(w *kit.World) { w.Charter.Keys[0].Key = protocol.Key{1} }, protocol.CodeBadKey},
		{"log key of small order", func(w *kit.World) { w.Charter.LogKey = protocol.Key{1} }, protocol.CodeBadKey},
		{"witness of small order", func(w *kit.World) { w.Charter.Witnesses[0] = protocol.Key{1} }, protocol.CodeBadKey},
		{"one key under two ids", func(w *kit.World) { w.Charter.Keys[1].Key = w.Charter.Keys[0].Key }, protocol.CodeDuplicate},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := kit.New()
			old := w.Charter.Signature
			c.spoil(w)
			if w.Charter.Signature == old {
				w.Charter.Signature = protocol.Sign(kit.Key("root"), w.Net.Hash(w.Charter))
			}
			err := protocol.VerifyCharter(w.Net, w.Charter)
			if c.code == "" && err != nil {
				t.Fatal(err)
			}
			if c.code != "" {
				wantCode(t, err, c.code)
			}
		})
	}
}
