package httpapi

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"kula/anchor"
	"kula/protocol"
)

func TestConformanceEveryCodeHasAStatus(t *testing.T) {
	known := map[string]bool{}
	for c := range protocol.Codes() {
		known[string(c)] = true
	}
	for c := range anchor.Codes() {
		known[string(c)] = true
	}
	for c := range known {
		if s := statusOf(c); http.StatusText(s) == "" || c != codeUnavailable && s/100 != 4 {
			t.Errorf("%s is answered with %d", c, s)
		}
	}
	page, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for c := range statuses {
		if !known[c] && !strings.Contains(string(page), "`"+c+"`") {
			t.Errorf("%s stands in the table, but nobody says it and the specification does not name it", c)
		}
	}
}
