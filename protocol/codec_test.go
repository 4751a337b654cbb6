package protocol_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"kula/money"
	"kula/protocol"
	"kula/protocol/internal/kit"
)

func wantCode(t *testing.T, err error, code protocol.Code) {
	t.Helper()
	if !errors.Is(err, code) {
		t.Fatalf("got %v (%s), want %s", err, protocol.CodeOf(err), code)
	}
}

func TestEveryDocumentComesBack(t *testing.T) {
	w := kit.New()
	for _, d := range w.Documents() {
		data := protocol.Encode(d)
		back, err := protocol.Decode(data)
		if err != nil {
			t.Fatalf("%s: %v", d.Type(), err)
		}
		if !bytes.Equal(protocol.Encode(back), data) || w.Net.Hash(back) != w.Net.Hash(d) {
			t.Errorf("%s came back as another", d.Type())
		}
		if err := protocol.Check(d); err != nil {
			t.Errorf("%s: %v", d.Type(), err)
		}
		for cut := range data {
			if _, err := protocol.Decode(data[:cut]); protocol.CodeOf(err) != protocol.CodeTruncated {
				t.Errorf("%s cut at %d: %v", d.Type(), cut, err)
			}
		}
		_, err = protocol.Decode(append(data, 0))
		wantCode(t, err, protocol.CodeTrailing)
	}
}

func TestDocumentTypesHaveDistinctHashes(t *testing.T) {
	w := kit.New()
	ack := &protocol.Ack{Entry: w.Net.Hash(w.Bill)}
	seen := map[protocol.Hash]protocol.DocumentType{}
	for _, n := range []protocol.Network{w.Net, protocol.NewNetwork("another")} {
		for _, d := range append(w.Documents(), ack) {
			h := n.Hash(d)
			if other, taken := seen[h]; taken {
				t.Errorf("%s and %s have one hash", other, d.Type())
			}
			seen[h] = d.Type()
		}
	}
}

// What Check refuses in a document made here is what Decode refuses in its encoding.
func TestCheckAgreesWithDecode(t *testing.T) {
	w := kit.New()
	many := make([]protocol.Hash, 500)
	for i := range many {
		many[i] = protocol.Hash{byte(i >> 8), byte(i), 1}
	}
	for name, c := range map[string]struct {
		doc  protocol.Document
		code protocol.Code
	}{
		"negative amount":  {edit(w.Bill, func(b *protocol.Bill) { b.Amount = -1 }), protocol.CodeBadAmount},
		"negative fee":     {edit(w.Charter, func(c *protocol.Charter) { c.Assets = assets(c, func(a *protocol.AssetTerms) { a.Load.Flat = -1 }) }), protocol.CodeBadAmount},
		"long name":        {edit(w.Card, func(c *protocol.Card) { c.Name = strings.Repeat("x", protocol.MaxName+1) }), protocol.CodeTooLarge},
		"too many keys":    {edit(w.Card, func(c *protocol.Card) { c.Keys = make([]protocol.Key, protocol.MaxSigners+1) }), protocol.CodeTooMany},
		"no kind":          {edit(w.Sheet, func(s *protocol.Sheet) { s.Kind = 0 }), protocol.CodeUnknownValue},
		"a notice too big": {edit(w.Notice, func(n *protocol.Notice) { n.RevokedPurses, n.RevokedKeys = many, many }), protocol.CodeTooMany},
	} {
		t.Run(name, func(t *testing.T) {
			wantCode(t, protocol.Check(c.doc), c.code)
			_, err := protocol.Decode(protocol.Encode(c.doc))
			if name == "a notice too big" && protocol.CodeOf(err) == protocol.CodeTooLarge {
				return // Decode looks at the size before anything else
			}
			wantCode(t, err, c.code)
		})
	}
}

// The largest document of each list-bearing type still fits MaxDocument.
func TestLargestDocumentsFit(t *testing.T) {
	w := kit.New()
	hashes := make([]protocol.Hash, protocol.MaxDelivered)
	for i := range hashes {
		hashes[i] = protocol.Hash{byte(i >> 8), byte(i), 1}
	}
	operations := make([]uint32, 100)
	for i := range operations {
		operations[i] = uint32(i)
	}
	lowered := make([]protocol.Lowered, 500)
	for i := range lowered {
		lowered[i].Purse = protocol.PurseID(hashes[i])
	}
	extensions := make([]protocol.Extension, 16)
	for i := range extensions {
		extensions[i] = protocol.Extension{From: uint64(10 * i), To: uint64(10*i + 5)}
	}
	for _, d := range []protocol.Document{
		edit(w.Delivery, func(d *protocol.Delivery) { d.Documents = hashes }),
		edit(w.Payout, func(p *protocol.Payout) { p.Receipts, p.Operations = hashes, operations }),
		edit(w.Notice, func(n *protocol.Notice) {
			n.Lowered, n.RevokedPurses, n.RevokedKeys, n.RevokedCards = lowered, hashes[:300], nil, nil
			n.Extensions = extensions
		}),
	} {
		if _, err := protocol.Decode(protocol.Encode(d)); err != nil {
			t.Errorf("%s of %d bytes: %v", d.Type(), len(protocol.Encode(d)), err)
		}
	}
}

func TestNativeAsset(t *testing.T) {
	w := kit.New()
	b := edit(w.Bill, func(b *protocol.Bill) { b.Asset = money.Asset{} })
	back, err := protocol.DecodeAs[*protocol.Bill](protocol.Encode(b))
	if err != nil || !back.Asset.Native() {
		t.Fatal(back, err)
	}
	_, err = protocol.DecodeAs[*protocol.Sheet](protocol.Encode(b))
	wantCode(t, err, protocol.CodeUnknownType)
}

func TestTexts(t *testing.T) {
	for text, ok := range map[string]bool{
		"":                               true,
		"two fish and a coconut":         true,
		"Lénakel, Tanna 2026 – 魚 二":      true,
		" leading":                       false,
		"trailing ":                      false,
		"a\nb":                           false,
		"a\x00b":                         false,
		"a\x7fb":                         false,
		"a\u00adb":                       false,
		"a\u202eb":                       false,
		"a\u2066b":                       false,
		"a\u200bb":                       false,
		"a\ufeffb":                       false,
		"a\u3000b":                       false,
		"a\U000e0041":                    false,
		"\xff":                           false,
		"\xed\xa0\x80":                   false,
		"\xc0\xaf":                       false,
		strings.Repeat("é", 32):          true,
		strings.Repeat("é", 32) + "x":    false,
		"a\u00a0b":                       false,
		"a\ufffdb":                       false,
		"\U0001f41f is the fish's emoji": true,
	} {
		if err := (&protocol.Memo{Text: text}).Check(); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestStrkeyRoundTrip(t *testing.T) {
	a := kit.Account("payer")
	back, err := protocol.ParseAccount(a.String())
	if err != nil || back != a {
		t.Fatal(back, err)
	}
	seed := [32]byte(kit.Bytes("seed"))
	s := protocol.FormatSeed(seed)
	if again, err := protocol.ParseSeed(s); err != nil || again != seed {
		t.Fatal(err)
	}
	good := a.String()
	for i := range good {
		bad := []byte(good)
		bad[i] ^= 1
		if _, err := protocol.ParseAccount(string(bad)); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
	for _, bad := range []string{"", good[:55], good + "A", strings.ToLower(good), s} {
		if _, err := protocol.ParseAccount(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestHashText(t *testing.T) {
	h := kit.Bytes("text")
	if back, err := protocol.ParseHash(h.String()); err != nil || back != h {
		t.Fatal(back, err)
	}
	for _, bad := range []string{"", h.String()[1:], strings.ToUpper(h.String()), h.String() + "0", "g" + h.String()[1:]} {
		if _, err := protocol.ParseHash(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestDeviceAuthHash(t *testing.T) {
	n := kit.New().Net
	a := n.DeviceAuthHash(kit.Bytes("nonce"), protocol.PurseID(kit.Bytes("purse")))
	for _, other := range []protocol.Hash{
		protocol.NewNetwork("x").DeviceAuthHash(kit.Bytes("nonce"), protocol.PurseID(kit.Bytes("purse"))),
		n.DeviceAuthHash(kit.Bytes("other"), protocol.PurseID(kit.Bytes("purse"))),
		n.DeviceAuthHash(kit.Bytes("nonce"), protocol.PurseID(kit.Bytes("other"))),
		n.DeviceAuthHash(kit.Bytes("purse"), protocol.PurseID(kit.Bytes("nonce"))),
	} {
		if a == other {
			t.Error("two challenges have one hash")
		}
	}
}

// edit is a changed copy of a document.
func edit[D any](d *D, change func(*D)) *D {
	c := *d
	change(&c)
	return &c
}

func assets(c *protocol.Charter, change func(*protocol.AssetTerms)) []protocol.AssetTerms {
	a := append([]protocol.AssetTerms{}, c.Assets...)
	change(&a[0])
	return a
}

// Check's own look at amounts is for documents that no decoder has seen.
func TestCheckOfDocumentsMadeHere(t *testing.T) {
	w := kit.New()
	for _, d := range []protocol.Document{
		edit(w.Bill, func(b *protocol.Bill) { b.Amount = -1 }),
		edit(w.Sheet, func(s *protocol.Sheet) { s.Available = -1 }),
		edit(w.Sheet, func(s *protocol.Sheet) { s.Base.Spent = -1 }),
		edit(w.Sheet, func(s *protocol.Sheet) { s.Limits.MaxHolding = -1 }),
		edit(w.Enrolment, func(e *protocol.Enrolment) { e.Start = -1 }),
		edit(w.Entry, func(e *protocol.Entry) { e.Spend.Amount = -1 }),
		edit(w.Receipt, func(r *protocol.Receipt) { r.Amount = -1 }),
	} {
		wantCode(t, d.Check(), protocol.CodeBadAmount)
	}
}
