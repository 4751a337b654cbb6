package phone

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON, as much of it as the bank's short answers need: encoding/json would weigh more than the rest of this package.

// maxNesting bounds what is in what; the bank's answers have three levels.
const maxNesting = 16

// number is one as it is written. Nothing in the bank's answers needs its value: amounts are strings.
type number string

// parseJSON reads one value: Object, []any, string, number, bool or nil.
func parseJSON(text []byte) (any, bool) {
	r := jsonReader{text: text}
	value := r.value(0)
	r.space()
	return value, !r.bad && len(r.text) == 0
}

// jsonReader eats its text. After the first mistake, bad, it gives nothing more.
type jsonReader struct {
	text []byte
	bad  bool
}

func (r *jsonReader) fail() { r.bad, r.text = true, nil }

func (r *jsonReader) space() {
	for len(r.text) > 0 && (r.text[0] == ' ' || r.text[0] == '\t' || r.text[0] == '\n' || r.text[0] == '\r') {
		r.text = r.text[1:]
	}
}

// next eats this character, if it comes next after white space.
func (r *jsonReader) next(c byte) bool {
	r.space()
	if len(r.text) == 0 || r.text[0] != c {
		return false
	}
	r.text = r.text[1:]
	return true
}

func (r *jsonReader) must(c byte) {
	if !r.next(c) {
		r.fail()
	}
}

func (r *jsonReader) value(depth int) any {
	r.space()
	switch {
	case len(r.text) == 0 || depth > maxNesting:
		r.fail()
		return nil
	case r.text[0] == '{':
		return r.object(depth)
	case r.text[0] == '[':
		return r.list(depth)
	case r.text[0] == '"':
		return r.string()
	}
	end := 0
	for end < len(r.text) && isWord(r.text[end]) {
		end++
	}
	word := string(r.text[:end])
	r.text = r.text[end:]
	switch word {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	if !isNumber(word) {
		r.fail()
	}
	return number(word)
}

// isNumber holds a word against the grammar of RFC 8259: -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)?
func isNumber(word string) bool {
	rest := strings.TrimPrefix(word, "-")
	whole := leading(rest)
	if whole == 0 || whole > 1 && rest[0] == '0' {
		return false
	}
	rest = rest[whole:]
	if part, ok := strings.CutPrefix(rest, "."); ok {
		n := leading(part)
		if n == 0 {
			return false
		}
		rest = part[n:]
	}
	if rest == "" {
		return true
	}
	if rest[0] != 'e' && rest[0] != 'E' {
		return false
	}
	rest = rest[1:]
	if rest != "" && (rest[0] == '+' || rest[0] == '-') {
		rest = rest[1:]
	}
	return rest != "" && leading(rest) == len(rest)
}

// leading is how many digits a text begins with.
func leading(s string) (n int) {
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '-' || c == '+' || c == '.' || c == 'E'
}

func (r *jsonReader) object(depth int) Object {
	out := Object{}
	r.must('{')
	for first := true; !r.bad && !r.next('}'); first = false {
		if !first {
			r.must(',')
		}
		r.space()
		name := r.string()
		r.must(':')
		out[name] = r.value(depth + 1)
	}
	return out
}

func (r *jsonReader) list(depth int) []any {
	out := []any{}
	r.must('[')
	for first := true; !r.bad && !r.next(']'); first = false {
		if !first {
			r.must(',')
		}
		out = append(out, r.value(depth+1))
	}
	return out
}

func (r *jsonReader) string() string {
	if len(r.text) == 0 || r.text[0] != '"' {
		r.fail()
		return ""
	}
	r.text = r.text[1:]
	var out []byte
	for len(r.text) > 0 {
		c := r.text[0]
		r.text = r.text[1:]
		switch {
		case c == '"':
			if !utf8.Valid(out) {
				r.fail()
			}
			return string(out)
		case c < 0x20:
			r.fail()
		case c == '\\':
			out = r.escaped(out)
		default:
			out = append(out, c)
		}
	}
	r.fail()
	return ""
}

// simple escapes and what they stand for.
const escapes, escaped = `"\/bfnrt`, "\"\\/\b\f\n\r\t"

func (r *jsonReader) escaped(out []byte) []byte {
	if len(r.text) == 0 {
		r.fail()
		return out
	}
	c := r.text[0]
	r.text = r.text[1:]
	if c == 'u' {
		return utf8.AppendRune(out, r.unicode())
	}
	for i := range len(escapes) {
		if escapes[i] == c {
			return append(out, escaped[i])
		}
	}
	r.fail()
	return out
}

func (r *jsonReader) unicode() rune {
	one := r.four()
	if utf16.IsSurrogate(one) && len(r.text) >= 6 && r.text[0] == '\\' && r.text[1] == 'u' {
		rest := r.text
		r.text = r.text[2:]
		if pair := utf16.DecodeRune(one, r.four()); pair != utf8.RuneError {
			return pair
		}
		r.text = rest // half of a pair, and something else
	}
	return one
}

func (r *jsonReader) four() rune {
	if len(r.text) < 4 {
		r.fail()
		return 0
	}
	n, err := strconv.ParseUint(string(r.text[:4]), 16, 16)
	if err != nil {
		r.fail()
		return 0
	}
	r.text = r.text[4:]
	return rune(n)
}

// quoted writes a string.
func quoted(s string) string {
	out := []byte{'"'}
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			out = append(out, '\\', byte(c))
		case c < 0x20:
			const digits = "0123456789abcdef"
			out = append(out, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		default:
			out = utf8.AppendRune(out, c)
		}
	}
	return string(append(out, '"'))
}

// text is a named string of an object; empty when it is none.
func (o Object) text(name string) string {
	s, _ := o[name].(string)
	return s
}
