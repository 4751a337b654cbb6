package ledger_test

import (
	"strings"
	"testing"

	"kula/ledger"
)

func TestAccountText(t *testing.T) {
	id := [32]byte{0xab, 31: 0xcd}
	for text, a := range map[string]ledger.Account{
		"reserve":     ledger.Reserve,
		"treasury":    ledger.Treasury,
		"fees":        ledger.Fees,
		"guarantee":   ledger.Guarantee,
		"suspense:12": ledger.Suspense("12"),
		"payout:p/7":  ledger.Payout("p/7"),
		"clearing:GA": ledger.Clearing("GA"),
		"drawer:anna": ledger.Drawer("anna"),
		"purse:ab" + strings.Repeat("00", 30) + "cd":  ledger.Purse(id),
		"credit:ab" + strings.Repeat("00", 30) + "cd": ledger.Credit(id),
		"claim:ab" + strings.Repeat("00", 30) + "cd":  ledger.Claim(id),
		"claims":                             ledger.Claims,
		"drawer:!~":                          ledger.Drawer("!~"),
		"drawer:" + strings.Repeat("x", 128): ledger.Drawer(strings.Repeat("x", 128)),
	} {
		got, err := ledger.ParseAccount(text)
		if err != nil || got != a || a.String() != text {
			t.Errorf("%s: %v, %v, %v", text, got, a, err)
		}
	}
	if back, ok := ledger.Credit(id).PurseID(); !ok || back != id {
		t.Error(back, ok)
	}
	if _, ok := ledger.Reserve.PurseID(); ok {
		t.Error("the reserve has no purse")
	}
}

func TestNothingIsABalanceOfAnyAccount(t *testing.T) {
	for _, a := range []ledger.Account{ledger.Reserve, ledger.Treasury, ledger.Fees, ledger.Guarantee, ledger.Suspense("12"), ledger.Payout("p/7"),
		ledger.Clearing("GA"), ledger.Drawer("anna"), ledger.Purse([32]byte{1}), ledger.Credit([32]byte{1}), ledger.Claim([32]byte{1}), ledger.Claims} {
		if err := a.CheckBalance(0); err != nil {
			t.Error(a, err)
		}
	}
}

func TestParseAccountRefuses(t *testing.T) {
	hex := strings.Repeat("0", 64)
	for _, text := range []string{
		"", ":", "reserve:", "reserve:x", "Reserve", "purse", "purse:", "purse:" + hex[1:], "purse:" + hex + "0",
		"purse:" + strings.Repeat("A", 64), "payout:", "drawer: anna", "drawer:a:b", "drawer:é", "safe:x", "fees ",
		"drawer:" + strings.Repeat("x", 129),
	} {
		if a, err := ledger.ParseAccount(text); err == nil {
			t.Errorf("%q was read as %v", text, a)
		}
	}
}

func FuzzParseAccount(f *testing.F) {
	for _, seed := range []string{"reserve", "drawer:anna", "purse:" + strings.Repeat("0a", 32), "credit:x", ":", "payout:a:b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var a ledger.Account
		if a.UnmarshalText([]byte(text)) != nil {
			return
		}
		back, err := a.MarshalText()
		if err != nil || string(back) != text || a.Check() != nil {
			t.Fatalf("%q came back as %q, %v", text, back, err)
		}
	})
}
