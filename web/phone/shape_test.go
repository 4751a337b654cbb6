package phone

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// api is web/app/src/api.ts as far as a test needs it: the interfaces by name, each with its fields, and the unions
// of words. What does not keep to the plain style which that file asks for is refused.
type api struct {
	interfaces map[string]map[string]field
	unions     map[string][]string
	commands   map[string]shape
}

type field struct {
	of       string
	optional bool
}

type shape struct {
	args map[string]field
	ok   string
}

var (
	comments   = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`)
	interfaces = regexp.MustCompile(`(?s)export interface (\w+) \{(.*?)\n?\}\n`)
	unions     = regexp.MustCompile(`(?s)export type (\w+) =([^;]*);`)
	fields     = regexp.MustCompile(`(?s)(\w+)(\??): ([^;]+);`)
	calls      = regexp.MustCompile(`(?s)(\w+): \{\s*args: (Nothing|\{.*?\});\s*ok: ([\w\[\]]+);?\s*\};`)
)

func readAPI(t *testing.T) *api {
	t.Helper()
	text, err := os.ReadFile("../app/src/api.ts")
	if err != nil {
		t.Fatal(err)
	}
	s := comments.ReplaceAllString(string(text), "")
	a := &api{map[string]map[string]field{}, map[string][]string{}, map[string]shape{}}
	for _, u := range unions.FindAllStringSubmatch(s, -1) {
		var words []string
		for _, w := range strings.Split(u[2], "|") {
			if w = strings.TrimSpace(w); strings.HasPrefix(w, "'") {
				words = append(words, strings.Trim(w, "'"))
			}
		}
		a.unions[u[1]] = words
	}
	for _, m := range interfaces.FindAllStringSubmatch(s, -1) {
		if m[1] == "Commands" {
			for _, c := range calls.FindAllStringSubmatch(m[2], -1) {
				a.commands[c[1]] = shape{fieldsOf(strings.Trim(c[2], "{}")), c[3]}
			}
			continue
		}
		a.interfaces[m[1]] = fieldsOf(m[2])
	}
	return a
}

func fieldsOf(s string) map[string]field {
	list := map[string]field{}
	for _, f := range fields.FindAllStringSubmatch(strings.TrimSpace(s)+";", -1) {
		list[f[1]] = field{strings.TrimSpace(f[3]), f[2] == "?"}
	}
	return list
}

// holds looks whether a value is of a type, part by part.
func (a *api) holds(t *testing.T, where, of string, value any) {
	t.Helper()
	good := false
	switch of {
	case "string", "Amount", "Hash", "Account":
		_, good = value.(string)
	case "number", "Time":
		_, good = value.(float64)
	case "boolean":
		_, good = value.(bool)
	case "Uint8Array":
		_, good = value.([]byte)
	case "Hash[]":
		_, good = value.([]string)
	default:
		a.holdsParts(t, where, of, value)
		return
	}
	if !good {
		t.Errorf("%s: %T is no %s", where, value, of)
	}
}

func (a *api) holdsParts(t *testing.T, where, of string, value any) {
	t.Helper()
	if element, list := strings.CutSuffix(of, "[]"); list {
		all, ok := value.([]Object)
		if !ok {
			t.Errorf("%s: %T is no %s", where, value, of)
		}
		for _, one := range all {
			a.holds(t, where, element, one)
		}
		return
	}
	words, union := a.unions[of]
	if strings.Contains(of, "'") {
		union = true
		for _, w := range strings.Split(of, "|") {
			words = append(words, strings.Trim(strings.TrimSpace(w), "'"))
		}
	}
	if union {
		if s, ok := value.(string); !ok || !slices.Contains(words, s) {
			t.Errorf("%s: %v is none of %v", where, value, words)
		}
		return
	}
	parts, known := a.interfaces[of]
	object, ok := value.(Object)
	if !known || !ok {
		t.Errorf("%s: %T is no %s", where, value, of)
		return
	}
	for name, f := range parts {
		part, there := object[name]
		if !there && !f.optional {
			t.Errorf("%s.%s is missing", where, name)
		}
		if there {
			a.holds(t, where+"."+name, f.of, part)
		}
	}
	for name := range object {
		if _, ok := parts[name]; !ok {
			t.Errorf("%s.%s is not in %s of api.ts", where, name, of)
		}
	}
}

// TestCommandsAreThoseOfTheAPI: what TypeScript may ask is what Go answers.
func TestCommandsAreThoseOfTheAPI(t *testing.T) {
	a := readAPI(t)
	for _, name := range Commands() {
		if _, ok := a.commands[name]; !ok {
			t.Errorf("api.ts does not know the command %s", name)
		}
	}
	for name := range a.commands {
		if !slices.Contains(Commands(), name) {
			t.Errorf("no command answers to %s of api.ts", name)
		}
	}
}
