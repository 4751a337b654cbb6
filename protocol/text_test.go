package protocol_test

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"kula/money"
	"kula/protocol"
	"kula/protocol/internal/kit"

	"github.com/stellar/go-stellar-sdk/strkey"
	"pgregory.net/rapid"
)

func TestPropertyStrkeyConformance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key"))
		if got, want := protocol.AccountID(raw).String(), strkey.MustEncode(strkey.VersionByteAccountID, raw[:]); got != want {
			t.Fatalf("account %s, the Stellar SDK writes %s", got, want)
		}
		if got, want := protocol.FormatSeed(raw), strkey.MustEncode(strkey.VersionByteSeed, raw[:]); got != want {
			t.Fatalf("seed %s, the Stellar SDK writes %s", got, want)
		}
		a := protocol.Address{Account: raw, Muxed: true, ID: rapid.Uint64().Draw(t, "id")}
		var m strkey.MuxedAccount
		if err := m.SetAccountID(a.Account.String()); err != nil {
			t.Fatal(err)
		}
		m.SetID(a.ID)
		want, err := m.Address()
		if err != nil || a.String() != want {
			t.Fatalf("muxed %s, the Stellar SDK writes %s, %v", a, want, err)
		}
		for _, x := range []protocol.Address{a, {Account: raw}} {
			if back, err := protocol.ParseAddress(x.String()); err != nil || back != x {
				t.Fatalf("%s came back as %+v, %v", x, back, err)
			}
			bad := []byte(x.String())
			bad[rapid.IntRange(0, len(bad)-1).Draw(t, "place")] ^= 1
			if _, err := protocol.ParseAddress(string(bad)); err == nil {
				t.Fatalf("%s was taken", bad)
			}
		}
	})
}

func TestTextForms(t *testing.T) {
	type textual interface {
		encoding.TextMarshaler
		fmt.Stringer
	}
	h, p, a, k := kit.Bytes("x"), protocol.PurseID(kit.Bytes("x")), kit.Account("payer"), kit.Public("till")
	for _, v := range []struct {
		from textual
		into encoding.TextUnmarshaler
	}{{h, new(protocol.Hash)}, {p, new(protocol.PurseID)}, {a, new(protocol.AccountID)}, {k, new(protocol.Key)}} {
		text, err := v.from.MarshalText()
		if err != nil || string(text) != v.from.String() {
			t.Fatal(string(text), err)
		}
		if err := v.into.UnmarshalText(text); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(v.into)
		if err != nil || string(again) != `"`+string(text)+`"` {
			t.Errorf("%s came back as %s, %v", text, again, err)
		}
	}
	names := []string{protocol.Circulating.String(), protocol.PayoutKind.String(), protocol.Kind(9).String(),
		protocol.TypeFraudProof.String(), protocol.DocumentType(0).String(), protocol.DocumentType(99).String()}
	if got := strings.Join(names, " "); got != "circulating payout unknown fraudproof unknown unknown" {
		t.Error(got)
	}
}

func TestCodesOfErrors(t *testing.T) {
	_, err := protocol.Decode([]byte("KULA"))
	wrapped := fmt.Errorf("reading the bill: %w", err)
	if protocol.CodeOf(wrapped) != protocol.CodeWrongVersion || !errors.Is(wrapped, protocol.CodeWrongVersion) {
		t.Error(wrapped)
	}
	if got := err.Error(); !strings.Contains(got, "document: ") || !strings.Contains(got, protocol.CodeWrongVersion.Error()) {
		t.Error(got)
	}
	if protocol.CodeOf(nil) != "" || protocol.CodeOf(errors.New("disk full")) != "" {
		t.Error("a code out of nothing")
	}
	for code, sentence := range protocol.Codes() {
		if code.Error() != sentence || sentence == "" || strings.HasSuffix(sentence, ".") || !code.Known() {
			t.Errorf("%s: %q", code, sentence)
		}
	}
	if unknown := protocol.Code("from_elsewhere"); unknown.Known() || unknown.Error() == "" {
		t.Error("a code from elsewhere")
	}
}

func TestFees(t *testing.T) {
	for _, c := range []struct {
		fee  protocol.Fee
		of   money.Amount
		step money.Amount
		want money.Amount
	}{
		{protocol.Fee{}, 1000, 1, 0},
		{protocol.Fee{BasisPoints: 50}, 5_0000000, 1_0000000, 0},
		{protocol.Fee{BasisPoints: 50}, 250_0000000, 1_0000000, 1_0000000},
		{protocol.Fee{Flat: 5}, 1000, 0, 5},
		{protocol.Fee{Flat: 5}, 1000, 1, 5},
		{protocol.Fee{BasisPoints: 25}, 10_000, 1, 25},
		{protocol.Fee{BasisPoints: 25}, 399, 1, 0},
		{protocol.Fee{BasisPoints: 25}, 400, 1, 1},
		{protocol.Fee{Flat: 5, BasisPoints: 25}, 4, 1, 4},
		{protocol.Fee{BasisPoints: 10_000}, math.MaxInt64, 1, math.MaxInt64},
		{protocol.Fee{Flat: math.MaxInt64, BasisPoints: 10_000}, math.MaxInt64, 1, math.MaxInt64},
		{protocol.Fee{BasisPoints: 1}, math.MaxInt64, 1, math.MaxInt64 / 10_000},
	} {
		if got := c.fee.Of(c.of, c.step); got != c.want {
			t.Errorf("%+v of %d is %d, want %d", c.fee, c.of, got, c.want)
		}
	}
}

func TestFinding(t *testing.T) {
	w := kit.New()
	terms, ok := w.Charter.Terms(w.Asset)
	if !ok || terms.Step != 10_000_000 {
		t.Fatal(terms, ok)
	}
	if _, ok := w.Charter.Terms(money.Asset{}); ok {
		t.Error("terms for an asset the charter does not have")
	}
	if limits, ok := terms.Tier("known"); !ok || limits != w.Sheet.Limits {
		t.Error(limits, ok)
	}
	if _, ok := terms.Tier("nobody"); ok {
		t.Error("a tier that is not there")
	}
	if q := w.Sheet.Quorum; !q.Has(kit.Public("till")) || q.Has(kit.Public("stall")) {
		t.Error("who signs")
	}
	b := protocol.NewBundle(w.Net)
	b.AddAll(w.Payment())
	if b.Len() != 3 || len(b.Roots) != 0 || len(protocol.All[*protocol.Sheet](b)) != 1 {
		t.Error("AddAll")
	}
	if protocol.Digest([]byte("x")) == protocol.Digest([]byte("y")) {
		t.Error("digests")
	}
}

func TestExtensionsMoveMoments(t *testing.T) {
	x := []protocol.Extension{{From: 10, To: 20}, {From: 20, To: 30}, {From: 50, To: 60}}
	for at, want := range map[uint64]uint64{9: 9, 10: 30, 19: 30, 20: 30, 29: 30, 30: 30, 49: 49, 50: 60, 59: 60, 60: 60, 61: 61} {
		if got := protocol.Extended(x, at); got != want {
			t.Errorf("%d is read as %d, want %d", at, got, want)
		}
	}
	last := uint64(0)
	for at := range uint64(70) {
		moved := protocol.Extended(x, at)
		if moved < last {
			t.Errorf("%d moved before %d: later moments must not become earlier ones", at, at-1)
		}
		last = moved
	}
	var none *protocol.Notice
	if none.Moment(15) != 15 {
		t.Error("no notice moves nothing")
	}
}
