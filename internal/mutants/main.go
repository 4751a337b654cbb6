// Mutants takes out each check of some Go files, one at a time, and runs the tests of their package: a check
// that can be taken out with no test failing is a check that nobody keeps.
//
//	go run ./internal/mutants -run 'Attack|Conformance' protocol/verify.go protocol/backing.go
//	go run ./internal/mutants -only 7,19 protocol/verify.go protocol/backing.go
//
// The first tries fast tests on all of them, the second all tests on those that are left.
//
// Taken out are: every condition of an if and of a condition{…} literal (it never holds), and every operand
// of && and || by itself (it makes no difference); every < <= > >= is also moved by one. All mutants are
// compiled into one test binary, which is told by its environment which of them to be; the files stay as
// they are (go test -overlay). Exit code 1 when any mutant survives.
package main

import (
	"bytes"
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
	"strconv"
	"strings"
)

const environment = "MUTANT"

// chooser is added to the package: it says which mutant this process is.
const chooser = `package %s

import (
	"os"
	"strconv"
)

var theMutant = func() int { n, _ := strconv.Atoi(os.Getenv("` + environment + `")); return n }()

func mutated(n int) bool { return n == theMutant }
`

// mutant is what a process can be.
type mutant struct{ where, what string }

// insertion is text for one place of a file. Of those for one place the outermost expression's comes first
// before, and last behind.
type insertion struct {
	at   int
	text string
}

// file is one Go file on its way to hold its mutants.
type file struct {
	path           string
	source         []byte
	files          *token.FileSet
	before, behind []insertion
	mutants        *[]mutant
}

func main() {
	tests := flag.String("run", "", "the tests to run, as of go test; all if empty")
	only := flag.String("only", "", "the numbers of the mutants to try, with commas; all if empty")
	flag.Parse()
	dir, err := os.MkdirTemp("", "mutants")
	check(err)
	alive, total := hunt(dir, *tests, numbers(*only), flag.Args())
	check(os.RemoveAll(dir))
	fmt.Printf("%d of %d mutants survive\n", alive, total)
	if alive > 0 {
		os.Exit(1)
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(2)
	}
}

// numbers reads a list of them.
func numbers(list string) (all []int) {
	for _, text := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' }) {
		n, err := strconv.Atoi(text)
		check(err)
		all = append(all, n)
	}
	return all
}

func hunt(dir, tests string, only []int, paths []string) (alive, total int) {
	var mutants []mutant
	replace := map[string]string{}
	add := func(path string, text []byte) {
		full, err := filepath.Abs(path)
		check(err)
		replace[full] = filepath.Join(dir, strconv.Itoa(len(replace))+".go")
		check(os.WriteFile(replace[full], text, 0o600))
	}
	name := ""
	for _, path := range paths {
		source, err := os.ReadFile(path) //nolint:gosec // the files are named by whoever runs this
		check(err)
		f := &file{path: path, source: source, files: token.NewFileSet(), mutants: &mutants}
		parsed, err := parser.ParseFile(f.files, path, source, parser.ParseComments)
		check(err)
		name = parsed.Name.Name
		ast.Inspect(parsed, f.visit)
		add(path, f.text())
	}
	pkg := "./" + filepath.Dir(paths[0])
	add(filepath.Join(pkg, "mutants_chooser.go"), fmt.Appendf(nil, chooser, name))
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	check(err)
	check(os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600))
	binary := filepath.Join(dir, "all.test")
	out, err := exec.CommandContext(context.Background(), "go", "test", "-c", "-vet=off", "-o", binary, //nolint:gosec // go, on what was asked for
		"-overlay", filepath.Join(dir, "overlay.json"), pkg).CombinedOutput()
	if err != nil {
		check(fmt.Errorf("%w: %s", err, out))
	}
	for i, m := range mutants {
		n := i + 1
		if len(only) > 0 && !slices.Contains(only, n) {
			continue
		}
		total++
		fmt.Fprintf(os.Stderr, "\r%d of %d ", n, len(mutants))
		run := exec.CommandContext(context.Background(), binary, "-test.failfast", "-test.timeout=3m", "-test.run", tests, "-rapid.nofailfile") //nolint:gosec // just built
		run.Dir = pkg
		run.Env = append(os.Environ(), environment+"="+strconv.Itoa(n))
		if run.Run() == nil {
			alive++
			fmt.Printf("%3d %s: %s\n", n, m.where, m.what)
		}
	}
	fmt.Fprintln(os.Stderr)
	return alive, total
}

func (f *file) at(p token.Pos) int { return f.files.Position(p).Offset }

func (f *file) of(x ast.Expr) string { return string(f.source[f.at(x.Pos()):f.at(x.End())]) }

// mutate adds a mutant: text around an expression, with the mutant's number in place of #.
func (f *file) mutate(x ast.Expr, what, before, behind string) {
	position := f.files.Position(x.Pos())
	*f.mutants = append(*f.mutants, mutant{fmt.Sprintf("%s:%d", f.path, position.Line), what})
	number := func(s string) string { return strings.ReplaceAll(s, "#", strconv.Itoa(len(*f.mutants))) }
	f.before = append(f.before, insertion{f.at(x.Pos()), number(before)})
	f.behind = append(f.behind, insertion{f.at(x.End()), number(behind)})
}

func (f *file) visit(n ast.Node) bool {
	never := func(x ast.Expr) { f.mutate(x, "without "+f.of(x), "(!mutated(#) && (", "))") }
	always := func(x ast.Expr) { f.mutate(x, "without "+f.of(x), "(mutated(#) || (", "))") }
	switch x := n.(type) {
	case *ast.IfStmt:
		never(x.Cond)
	case *ast.CompositeLit:
		if named, ok := x.Type.(*ast.Ident); ok && named.Name == "condition" {
			never(x.Elts[0])
		}
	case *ast.BinaryExpr:
		equal := "(" + f.of(x.X) + ") == (" + f.of(x.Y) + ")"
		switch x.Op {
		case token.LAND:
			always(x.X)
			always(x.Y)
		case token.LOR:
			never(x.X)
			never(x.Y)
		case token.LSS, token.GTR:
			f.mutate(x, "also when equal: "+f.of(x), "(", " || mutated(#) && "+equal+")")
		case token.LEQ, token.GEQ:
			f.mutate(x, "not when equal: "+f.of(x), "(", " && !(mutated(#) && "+equal+"))")
		}
	}
	return true
}

// text is the file with all insertions. Inner expressions were visited later than those around them.
func (f *file) text() []byte {
	slices.Reverse(f.behind)
	byPlace := func(a, b insertion) int { return a.at - b.at }
	slices.SortStableFunc(f.before, byPlace)
	slices.SortStableFunc(f.behind, byPlace)
	var out bytes.Buffer
	for i := range len(f.source) + 1 {
		for len(f.behind) > 0 && f.behind[0].at == i {
			out.WriteString(f.behind[0].text)
			f.behind = f.behind[1:]
		}
		for len(f.before) > 0 && f.before[0].at == i {
			out.WriteString(f.before[0].text)
			f.before = f.before[1:]
		}
		if i < len(f.source) {
			out.WriteByte(f.source[i])
		}
	}
	return out.Bytes()
}
