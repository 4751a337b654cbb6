package upcmd

import (
	"strings"
	"testing"

	"kula/cmd/kula/anchorcmd"
	"kula/cmd/kula/say"
	"kula/protocol"
)

// TestWhatItPrints: both addresses stand at the beginning of a line, and the letters are those that phones show.
func TestWhatItPrints(t *testing.T) {
	var out strings.Builder
	bank := &anchorcmd.Ready{Name: "Bank of the Islands", App: "http://localhost:8420/", Console: "http://localhost:8424", Link: "http://localhost:8424/enter/abc",
		Second: "http://localhost:8424/enter/def", Anchor: protocol.AccountID{1}}
	(&Command{Home: "./var"}).tell(&say.Voice{Out: &out, Err: &out}, &Running{Bank: bank})
	for _, line := range []string{"phone wallet  http://localhost:8420/", "console       http://localhost:8424/enter/abc", "              http://localhost:8424/enter/def"} {
		if !strings.Contains(out.String(), "\n"+line+"\n") {
			t.Errorf("it does not print %q:\n%s", line, out.String())
		}
	}
	letters := bank.Anchor.String()
	if all := strings.Join(strings.Fields(out.String()), ""); !strings.Contains(all, letters) || !strings.Contains(out.String(), " "+letters[:4]+" "+letters[4:8]+" ") {
		t.Errorf("the bank's letters are not there:\n%s", out.String())
	}
}
