// Mutants removes each check of some Go files, one at a time, and runs the tests of their package: a check
// that can be removed with no test failing is a check that nobody keeps.
//
//	go run ./internal/mutants -run 'Attack|Conformance' protocol/verify.go protocol/backing.go
//
// Removed are: every condition of an if and of a condition{…} literal (it never holds), and every operand
// of && and || by itself (it makes no difference); every < <= > >= is also moved by one. The files stay as
// they are: the compiler is shown other ones (go test -overlay). Exit code 1 when any mutant survives.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// mutant is one file with some of its bytes replaced.
type mutant struct {
	from, to int
	text     string
}

func main() {
	run := flag.String("run", "", "tests to try first; those that this leaves alive meet all tests of the package")
	flag.Parse()
	alive, all := 0, 0
	for _, path := range flag.Args() {
		source, err := os.ReadFile(path) //nolint:gosec // the files are named by whoever runs this
		if err != nil {
			fatal(err)
		}
		mutants, err := find(path, source)
		if err != nil {
			fatal(err)
		}
		for i, m := range mutants {
			fmt.Fprintf(os.Stderr, "\r%s: %d of %d ", path, i+1, len(mutants))
			all++
			if survives(path, source, m, *run) {
				alive++
				line := 1 + strings.Count(string(source[:m.from]), "\n")
				fmt.Printf("%s:%d: %s  →  %s\n", path, line, source[m.from:m.to], m.text)
			}
		}
	}
	fmt.Fprintln(os.Stderr)
	fmt.Printf("%d of %d mutants survive\n", alive, all)
	if alive > 0 {
		os.Exit(1)
	}
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, "mutants:", err)
	os.Exit(2)
}

var moved = map[token.Token]string{token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">"}

func find(path string, source []byte) (all []mutant, err error) {
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, path, source, 0)
	if err != nil {
		return nil, err
	}
	at := func(p token.Pos) int { return files.Position(p).Offset }
	wrap := func(x ast.Expr, before, after string) {
		from, to := at(x.Pos()), at(x.End())
		all = append(all, mutant{from, to, before + string(source[from:to]) + after})
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.IfStmt:
			wrap(x.Cond, "false && (", ")")
		case *ast.CompositeLit:
			if named, ok := x.Type.(*ast.Ident); ok && named.Name == "condition" {
				wrap(x.Elts[0], "false && (", ")")
			}
		case *ast.BinaryExpr:
			switch x.Op {
			case token.LAND:
				wrap(x.X, "(true || ", ")")
				wrap(x.Y, "(true || ", ")")
			case token.LOR:
				wrap(x.X, "(false && ", ")")
				wrap(x.Y, "(false && ", ")")
			}
			if other, ok := moved[x.Op]; ok {
				all = append(all, mutant{at(x.OpPos), at(x.OpPos) + len(x.Op.String()), other})
			}
		}
		return true
	})
	return all, nil
}

// survives reports whether the tests of the file's package pass without the check. A mutant that does not
// compile, or on which the tests never end, is as good as dead.
func survives(path string, source []byte, m mutant, first string) bool {
	dir, err := os.MkdirTemp("", "mutant")
	if err != nil {
		fatal(err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a leftover in the temporary directory
	full, err := filepath.Abs(path)
	if err != nil {
		fatal(err)
	}
	changed := filepath.Join(dir, "mutant.go")
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {full: changed}})
	if err != nil {
		fatal(err)
	}
	for name, data := range map[string][]byte{changed: slices.Concat(source[:m.from], []byte(m.text), source[m.to:]),
		filepath.Join(dir, "overlay.json"): overlay} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			fatal(err)
		}
	}
	pass := func(tests string) bool {
		args := []string{"test", "-vet=off", "-failfast", "-timeout", (2 * time.Minute).String(), "-overlay", filepath.Join(dir, "overlay.json"),
			"-run", tests, "./" + filepath.Dir(path)}
		return exec.CommandContext(context.Background(), "go", args...).Run() == nil //nolint:gosec // go test, on what was asked for
	}
	return (first == "" || pass(first)) && pass("")
}
