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
	page := named(t, "docs/faults.md")
	for _, own := range regexp.MustCompile(`\nfunc (Test(?:Attack|Crash|Torn)\w+)`).FindAllStringSubmatch(tests(t, "e2e"), -1) {
		if !strings.Contains(page, "`e2e."+own[1]+"`") {
			t.Errorf("docs/faults.md does not name %s", own[1])
		}
	}
}

// TestDocsThreats: every test that SECURITY.md names exists, every threat names one, and every attack stands in it.
func TestDocsThreats(t *testing.T) {
	page := named(t, "SECURITY.md")
	_, threats, _ := strings.Cut(page, "| attack | what stops it")
	for _, row := range strings.Split(threats, "\n")[2:] {
		if strings.HasPrefix(row, "| ") && !strings.Contains(row, ".Test") {
			t.Errorf("no test: %s", row)
		}
	}
	for _, own := range regexp.MustCompile(`\nfunc (TestAttack\w+)`).FindAllStringSubmatch(tests(t, "attack"), -1) {
		if !strings.Contains(page, "`attack."+own[1]+"`") {
			t.Errorf("SECURITY.md does not name %s", own[1])
		}
	}
}

// TestDocsRules: every test that docs/rules-and-tests.md names exists.
func TestDocsRules(t *testing.T) { named(t, "docs/rules-and-tests.md") }

// named reads a page and looks for every test that it names.
func named(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", page))
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile("`([a-z0-9/]+)\\.(Test[A-Za-z0-9]+)`").FindAllStringSubmatch(string(text), -1)
	if len(names) < 20 {
		t.Fatalf("%s names %d tests", page, len(names))
	}
	for _, n := range names {
		if !strings.Contains(tests(t, n[1]), "\nfunc "+n[2]+"(") {
			t.Errorf("%s: there is no %s in %s", page, n[2], n[1])
		}
	}
	return string(text)
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
