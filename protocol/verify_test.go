package protocol_test

import (
	"math"
	"testing"

	"kula/protocol"
	"kula/protocol/internal/kit"
)

func verify(s *kit.Scene) (*protocol.Verdict, error) {
	b := s.Bundle()
	p, err := b.PaymentOf(s.Net.Hash(s.Entry), protocol.NoContext)
	if err != nil {
		return nil, err
	}
	return s.Verifier().Verify(b, p)
}

func TestVerifyGood(t *testing.T) {
	s := kit.NewScene()
	v, err := verify(s)
	if err != nil {
		t.Fatal(err)
	}
	if v.Deadline != s.Entry.Spend.Deadline || v.Guaranteed != s.Bill.Amount || v.Depth != 0 {
		t.Errorf("%+v", v)
	}
	s.Sheet.Limits.Guaranteed = 3
	s.Resign()
	if v, err = verify(s); err != nil || v.Guaranteed != 3 {
		t.Error("the sheet's guarantee is the bound", v, err)
	}
	for _, purse := range []protocol.PurseID{s.Sheet.Purse, {}} {
		s.Notice.Lowered = []protocol.Lowered{{Purse: purse, Guaranteed: 2}}
		if v, err = verify(s); err != nil || v.Guaranteed != 2 {
			t.Error("a notice lowers the guarantee", v, err)
		}
	}
	quiet := s.Verifier()
	quiet.Notice = func(protocol.AccountID) *protocol.Notice { return nil }
	p, err := s.Bundle().PaymentOf(s.Net.Hash(s.Entry), protocol.NoContext)
	if err != nil {
		t.Fatal(err)
	}
	if v, err = quiet.Verify(s.Bundle(), p); err != nil || v.Guaranteed != 3 {
		t.Error("no notice, no lowering", v, err)
	}
}

// A payee without any news judges all the same.
func TestVerifyWithoutNews(t *testing.T) {
	w := kit.New()
	v := w.Verifier()
	v.Condemned = nil
	v.Notice = func(protocol.AccountID) *protocol.Notice { return nil }
	p, err := w.Payment().PaymentOf(w.Net.Hash(w.Entry), protocol.NoContext)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Verify(w.Payment(), p); err != nil {
		t.Error(err)
	}
	if err := v.VerifyRequest(w.Bill, w.Card); err != nil {
		t.Error(err)
	}
}

// The sheet need not travel to a payee that holds it; what contradicts the payment is found all the same.
func TestAttackContradictionOnASheetThatIsHeld(t *testing.T) {
	w := kit.New()
	b := protocol.NewBundle(w.Net, w.Bill, w.Entry, w.Rival)
	p, err := b.PaymentOf(w.Net.Hash(w.Entry), holding(w.Net, w.Sheet))
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Verifier().Verify(b, p)
	wantCode(t, err, protocol.CodeIncompatible)
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

// A payment put together by hand may hold anything.
func TestAttackPaymentsThatDoNotBelongTogether(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*protocol.Payment)
		code  protocol.Code
	}{
		"another sheet": {func(p *protocol.Payment) { p.SheetHash[0] ^= 1 }, protocol.CodeWrongReference},
		"another bill":  {func(p *protocol.Payment) { p.BillHash[0] ^= 1 }, protocol.CodeWrongReference},
		"a statement":   {func(p *protocol.Payment) { p.Entry = kit.New().Statement }, protocol.CodeWrongReference},
		"a statement of no bill": {func(p *protocol.Payment) {
			p.Entry, p.BillHash = kit.New().Statement, protocol.Hash{}
		}, protocol.CodeWrongReference},
		"a sum too wide": {func(p *protocol.Payment) { p.Sheet.Base.Spent = math.MinInt64 }, protocol.CodeOverflow},
	} {
		t.Run(name, func(t *testing.T) {
			w := kit.New()
			p, err := w.Payment().PaymentOf(w.Net.Hash(w.Entry), protocol.NoContext)
			if err != nil {
				t.Fatal(err)
			}
			c.spoil(p)
			wantCode(t, p.CheckRules(), c.code)
		})
	}
}
