package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocsFaults: every test that docs/faults.md names exists, and every test here stands in it.
func TestDocsFaults(t *testing.T) {
	page, err := os.ReadFile("../docs/faults.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`([a-z0-9/]+)\\.(Test[A-Za-z0-9]+)`").FindAllStringSubmatch(string(page), -1)
	if len(named) < 30 {
		t.Fatalf("the table names %d tests", len(named))
	}
	for _, n := range named {
		if !strings.Contains(tests(t, n[1]), "\nfunc "+n[2]+"(") {
			t.Errorf("there is no %s in %s", n[2], n[1])
		}
	}
	for _, own := range regexp.MustCompile(`\nfunc (Test(?:Attack|Crash|Torn)\w+)`).FindAllStringSubmatch(tests(t, "e2e"), -1) {
		if !strings.Contains(string(page), "`e2e."+own[1]+"`") {
			t.Errorf("docs/faults.md does not name %s", own[1])
		}
	}
}

// tests is the source of a package's tests.
func tests(t *testing.T, pkg string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", pkg, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range files {
		source, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(source)
	}
	return all.String()
}
