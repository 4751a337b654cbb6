package protocol_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"kula/protocol"
)

// The table of codes in the specification is the one in the code.
func TestDocsListEveryCode(t *testing.T) {
	page, err := os.ReadFile("../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(page), "\n## Codes\n")
	if !ok {
		t.Fatal("the page has no section on codes")
	}
	var want []string
	for code, sentence := range protocol.Codes() {
		want = append(want, "| `"+string(code)+"` | "+sentence+" |")
	}
	slices.Sort(want)
	var got []string
	for line := range strings.Lines(table) {
		if strings.HasPrefix(line, "| `") {
			got = append(got, strings.TrimSuffix(line, "\n"))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("docs/protocol.md should list, in this order:\n%s", strings.Join(want, "\n"))
	}
}
