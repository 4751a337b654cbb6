package money_test

import (
	"math"
	"testing"

	"kula/money"

	"pgregory.net/rapid"
)

func TestPropertyArithmeticNeverWraps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := money.Amount(rapid.Int64().Draw(t, "a"))
		b := money.Amount(rapid.Int64().Draw(t, "b"))
		if s, err := a.Add(b); err == nil {
			back, err := s.Sub(b)
			if err != nil || back != a {
				t.Fatalf("(%d+%d)-%d = %d, %v", a, b, b, back, err)
			}
		} else if (a >= 0) != (b >= 0) {
			t.Fatalf("%d+%d cannot overflow", a, b)
		}
	})
}

func TestPropertyFormatParse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := money.Amount(rapid.Int64().Draw(t, "a"))
		if a == math.MinInt64 {
			return
		}
		got, err := money.ParseAmount(a.Format(rapid.IntRange(0, 9).Draw(t, "decimals")))
		if err != nil || got != a {
			t.Fatalf("%d came back as %d, %v", a, got, err)
		}
	})
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		a        money.Amount
		decimals int
		want     string
	}{{0, 0, "0"}, {125_000_000, 0, "12.5"}, {125_000_000, 2, "12.50"}, {1, 2, "0.0000001"}, {-5, 0, "-0.0000005"}, {math.MinInt64, 0, "-922337203685.4775808"}} {
		if got := c.a.Format(c.decimals); got != c.want {
			t.Errorf("Format(%d, %d) = %q, want %q", c.a, c.decimals, got, c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{"", "-", ".5", "5.", "1e3", "+1", " 1", "1 ", "1,5", "0.12345678", "922337203685.4775808", "1.-2", "0x1", "١"} {
		if a, err := money.ParseAmount(s); err == nil {
			t.Errorf("ParseAmount(%q) = %d, want an error", s, a)
		}
	}
}

func TestSumOverflow(t *testing.T) {
	if _, err := money.Sum(math.MaxInt64, 1, -1); err == nil {
		t.Error("a partial sum that overflows must not be taken back silently")
	}
}

func TestAsset(t *testing.T) {
	issuer := [32]byte{1}
	vuv, err := money.NewAsset("VUV", issuer)
	if err != nil || vuv.CodeString() != "VUV" || vuv.Native() {
		t.Fatal(vuv, err)
	}
	for _, code := range []string{"", "THIRTEENCHARS", "a b", "é"} {
		if _, err := money.NewAsset(code, issuer); err == nil {
			t.Errorf("code %q was taken", code)
		}
	}
	if _, err := money.NewAsset("VUV", [32]byte{}); err == nil {
		t.Error("an asset without issuer was taken")
	}
	hole := vuv
	hole.Code[5] = 'x'
	if hole.Check() == nil {
		t.Error("padding that is not zero was taken")
	}
}
