package phone

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"kula/httpapi/wire"
	"kula/money"
)

func answering(status int, kind, body string, headers ...string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", kind)
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
		return true
	}
}

// TestAttackAnswers: whatever is between a phone and its bank answers, a sync says what became of it, takes nothing in
// that is not the bank's, and the next one goes on.
func TestAttackAnswers(t *testing.T) {
	b := openBank(t)
	mary := b.customer(1, "Mary")
	for name, c := range map[string]struct {
		spoil func(http.ResponseWriter, *http.Request) bool
		want  string
	}{
		"a hotel's page":         {answering(200, "text/html", "<h1>Hotel"), CodeNotTheBank},
		"a proxy gives up":       {answering(502, "text/html", "bad gateway"), CodeNoAnswer},
		"the bank is not well":   {answering(500, wire.ProblemType, `{"code":"internal","detail":"x"}`), CodeNoAnswer},
		"the bank says no":       {answering(403, wire.ProblemType, `{"code":"forbidden","detail":"not you"}`), "forbidden"},
		"a no that is none":      {answering(403, wire.ProblemType, `{"code":`), CodeNotTheBank},
		"too many, for too long": {answering(429, wire.ProblemType, `{"code":"rate_limited","detail":"wait"}`, "Retry-After", "3600"), "rate_limited"},
		"no nonce":               {answering(200, wire.JSONType, `{"nonce":"zz"}`), CodeNotTheBank},
		"another form":           {answering(200, wire.JSONType, `[]`), CodeNotTheBank},
		"without end":            {answering(200, wire.JSONType, strings.Repeat(" ", wire.MaxBundle+1)), CodeNotTheBank},
		"a redirect elsewhere":   {answering(302, "text/html", "", "Location", "https://elsewhere.example"), CodeNotTheBank},
		"a bundle that is none":  {only("/v1/sync", answering(200, wire.BundleType, "KB", wire.CursorHeader, "1")), CodeNotTheBank},
		"no cursor":              {only("/v1/sync", answering(200, wire.BundleType, string(empty()))), CodeNotTheBank},
		"problems of no form":    {only("/v1/sync", answering(200, wire.BundleType, string(empty()), wire.CursorHeader, "1", wire.ProblemsHeader, "e30")), CodeNotTheBank},
		"no balance":             {only("/v1/purses/", answering(200, wire.JSONType, `{}`)), CodeNotTheBank},
	} {
		before := mary.balance()
		b.spoil = c.spoil
		_, f := mary.try("sync", nil)
		b.spoil = nil
		if f == nil || f.Code != c.want || f.Where != "bank" || f.Detail == "" {
			t.Errorf("%s: %+v, want %s", name, f, c.want)
		}
		if after := mary.balance(); after["loaded"] != before["loaded"] || after["atBank"] != before["atBank"] {
			t.Errorf("%s: %+v", name, after)
		}
	}
	mary.do("sync", nil)
	for _, address := range []string{"", "bank.example", "http://bank.example", "http://127.0.0.1.bank.example", "ftp://bank.example", "https://", "https://a@b", "https://bank.example?x=1"} {
		mary.refused(CodeBadArgument, "look", Object{"url": address})
	}
}

func empty() []byte { return []byte("KB\x01\x14\xb3\xa2\x0c\x00\x00\x00") }

func only(path string, spoil func(http.ResponseWriter, *http.Request) bool) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		return strings.HasPrefix(r.URL.Path, path) && spoil(w, r)
	}
}

// TestWaitsForTheBank: a bank that has too many requests is asked again, when it said.
func TestWaitsForTheBank(t *testing.T) {
	b := openBank(t)
	mary := b.customer(1, "Mary")
	times := 0
	busy := answering(429, wire.ProblemType, `{"code":"rate_limited","detail":"wait"}`, "Retry-After", "4")
	b.spoil = func(w http.ResponseWriter, r *http.Request) bool {
		times++
		return times < 3 && busy(w, r)
	}
	mary.do("sync", nil)
	if mary.waited != 8 {
		t.Fatalf("waited %d seconds", mary.waited)
	}
}

// TestNothingWaitsForTheBank: while the bank is slow, people look at their balance, pay and are paid.
func TestNothingWaitsForTheBank(t *testing.T) {
	b := openBank(t)
	mary, tom := b.customer(1, "Mary"), b.customer(2, "Tom")
	b.load(mary, 100*money.Unit)
	mary.clock++
	mary.do("sync", Object{"refresh": true})
	asked, answer := make(chan struct{}), make(chan struct{})
	var once sync.Once
	b.spoil = func(http.ResponseWriter, *http.Request) bool {
		once.Do(func() { close(asked) })
		<-answer
		return false
	}
	done := make(chan error, 1)
	go func() {
		_, err := mary.phone.Call("sync", nil)
		done <- err
	}()
	<-asked
	paid := mary.do("pay", Object{"bytes": tom.do("request", Object{"amount": "5"})["bytes"]})
	tom.do("accept", Object{"bytes": paid["bytes"]})
	if mary.balance()["spendable"] != "95" {
		t.Fatal("paid, and not seen")
	}
	close(answer)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if mary.balance()["spendable"] != "95" {
		t.Fatal("the sync forgot the payment")
	}
	mary.do("sync", nil)
	if row := mary.do("history", nil)["rows"].([]Object)[0]; row["state"] != "honoured" {
		t.Fatalf("%+v", row)
	}
}

// TestPrintable: a bank's text cannot turn itself around, nor hide a part of itself.
func TestPrintable(t *testing.T) {
	for given, want := range map[string]string{
		"Ana\u202eanA":               "AnaanA",
		"a\u2066b\u2069c":            "abc",
		"x\u200f\u061cy\u200b\ufeff": "xy",
		"one\u2028two\ttab\x7f":      "one two tab ",
		"Mele Tuʻi, 1 000 – ok":      "Mele Tuʻi, 1 000 – ok",
		strings.Repeat("ā", 400):     strings.Repeat("ā", maxText/2),
	} {
		if got := printable(given); got != want {
			t.Errorf("%q: %q", given, got)
		}
	}
}
