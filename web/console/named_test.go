package console_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"kula/web/console/office"
)

var purseValue = regexp.MustCompile(`name="purse" type="text" value="([^"]*)"`)

// TestPursesAreNamedInWords: who does not have 64 letters at hand types a name; nothing is done before it was looked at.
func TestPursesAreNamedInWords(t *testing.T) {
	s := newStory(t)
	mere, tomasi := s.hire("mere", office.Teller|office.Operate), s.hire("tomasi", office.Approve)
	form := []string{"operation", fmt.Sprint(s.operation), "purse", "sam nau", "reason", "she showed her <slip>", "document", "letter 7"}
	a := mere.act("suspense-place", form...)
	if a.status != http.StatusOK || !strings.Contains(a.body, "Is this who you mean?") || !strings.Contains(a.body, "Sam Naupa, open, account "+account("Sam Naupa").String()) {
		t.Fatal(a)
	}
	if !strings.Contains(a.body, html.EscapeString("she showed her <slip>")) || !strings.Contains(a.body, "letter 7") {
		t.Error("what was typed is lost:", a.body)
	}
	found := purseValue.FindStringSubmatch(a.body)
	if len(found) != 2 || found[1] != s.sam.id.String() {
		t.Fatal(found)
	}
	form[3] = found[1]
	if a := tomasi.approve(mere.ask("suspense-place", form...)); a.status != http.StatusSeeOther {
		t.Fatal(a)
	}
	for typed, want := range map[string]string{"tavo": "Several purses", "nobody": "Nobody is found", account("Joe Bule").String(): "Joe Bule, contradicts itself"} {
		if a := mere.act("freeze", "purse", typed); a.status != http.StatusOK || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d %s", typed, a.status, a.body)
		}
	}
	for _, id := range []*phone{s.lina, s.mere} {
		if s.state(id.id) != "open" {
			t.Error("somebody was frozen by half a name:", id.name)
		}
	}
	mere.says("/acts/freeze?purse="+s.tom.id.String(), "Tom Kalo, open, account "+account("Tom Kalo").String())
}
