// Package i18n has no Go code: its test keeps the app's words level with the codes of the Go packages.
package i18n

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"kula/anchor"
	"kula/protocol"
	"kula/wallet"
)

const root = "../../../../"

// TestEveryCodeHasWords: a person never meets a bare code. Constants are read from the sources, since some packages
// keep theirs to themselves; the lists that there are show that nothing is overlooked that way.
func TestEveryCodeHasWords(t *testing.T) {
	known := mapped(t)
	codes := map[string]string{}
	for _, dir := range []string{"protocol", "wallet", "wallet/atbank", "anchor", "httpapi", "nearby", "web/phone", "web/signin"} {
		for code := range declared(t, dir) {
			codes[code] = dir
		}
	}
	for code := range protocol.Codes() {
		wantRead(t, codes, string(code))
	}
	for code := range wallet.Codes() {
		wantRead(t, codes, string(code))
	}
	for code := range anchor.Codes() {
		wantRead(t, codes, string(code))
	}
	wantRead(t, codes, "unsupported_media_type") // of httpapi, which lists none
	for code, dir := range codes {
		if !known[code] {
			t.Errorf("%s of package %s: put it into a group of codes.ts, so that a person is told what to do", code, dir)
		}
	}
}

// TestEveryDeviceCodeHasWords: likewise for what the worker itself fails with.
func TestEveryDeviceCodeHasWords(t *testing.T) {
	text := read(t, root+"web/app/src/api.ts")
	_, after, ok := strings.Cut(text, "export type DeviceCode =")
	if !ok {
		t.Fatal("api.ts has no DeviceCode")
	}
	list, _, _ := strings.Cut(after, ";")
	codes := regexp.MustCompile(`\| '([a-z_]+)'`).FindAllStringSubmatch(list, -1)
	if len(codes) < 5 {
		t.Fatalf("%d codes of the device read", len(codes))
	}
	for _, m := range codes {
		if !mapped(t)[m[1]] {
			t.Errorf("%s of the device: put it into a group of codes.ts", m[1])
		}
	}
}

func wantRead(t *testing.T, codes map[string]string, code string) {
	t.Helper()
	if codes[code] == "" {
		t.Errorf("%s is listed, and was not found in the sources", code)
	}
}

// mapped are the codes that codes.ts puts into groups.
func mapped(t *testing.T) map[string]bool {
	t.Helper()
	_, table, ok := strings.Cut(read(t, "codes.ts"), "const groups")
	if !ok {
		t.Fatal("codes.ts has no groups")
	}
	table, _, _ = strings.Cut(table, "\n};")
	known := map[string]bool{}
	for _, m := range regexp.MustCompile(`'([a-z_ ]+)'`).FindAllStringSubmatch(table, -1) {
		for _, code := range strings.Fields(m[1]) {
			known[code] = true
		}
	}
	if len(known) < 90 {
		t.Fatalf("%d codes read from codes.ts", len(known))
	}
	return known
}

var (
	codeName = regexp.MustCompile(`^[cC]ode[A-Z]`)
	codeText = regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
)

// declared are the string constants of a package whose names begin with Code or code.
func declared(t *testing.T, dir string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(root + dir + "/*.go")
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok {
				addCodes(codes, spec)
			}
			return true
		})
	}
	return codes
}

func addCodes(codes map[string]bool, spec *ast.ValueSpec) {
	for i, name := range spec.Names {
		if !codeName.MatchString(name.Name) || i >= len(spec.Values) {
			continue
		}
		if lit, ok := spec.Values[i].(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil && codeText.MatchString(text) {
				codes[text] = true
			}
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
