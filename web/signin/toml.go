package signin

import "strings"

// topLevel reads the strings of some keys from a TOML file, above its first table: SEP-1 has them there. It
// keeps count of strings, lists and comments, so that what is written inside one of them is never taken for
// a key. The strings that are wanted must be on one line and without escapes: keys, addresses and
// passphrases are, and what is not cannot be read in two ways.
func topLevel(file string, want map[string]*string) error {
	s := &scanner{left: strings.TrimPrefix(file, "\ufeff")}
	seen := map[string]bool{}
	for s.blank(true); s.left != "" && s.left[0] != '['; s.blank(true) {
		name, ok := s.key()
		if !ok {
			return refuse(CodeBadInfo, "stellar.toml")
		}
		value, plain, ok := s.value()
		if !ok || !s.endOfLine() {
			return refuse(CodeBadInfo, "stellar.toml")
		}
		into, wanted := want[name]
		if !wanted {
			continue
		}
		if seen[name] || !plain {
			return refuse(CodeBadInfo, name)
		}
		seen[name], *into = true, value
	}
	return nil
}

type scanner struct{ left string }

// blank steps over spaces and, with lines, over line ends and comments.
func (s *scanner) blank(lines bool) {
	for {
		s.left = strings.TrimLeft(s.left, " \t")
		if !lines {
			return
		}
		s.comment()
		rest := strings.TrimLeft(s.left, "\r\n")
		if rest == s.left {
			return
		}
		s.left = rest
	}
}

func (s *scanner) comment() {
	if strings.HasPrefix(s.left, "#") {
		end := strings.IndexByte(s.left, '\n')
		if end < 0 {
			end = len(s.left)
		}
		s.left = s.left[end:]
	}
}

// endOfLine steps over what may follow a value on its line.
func (s *scanner) endOfLine() bool {
	s.blank(false)
	s.comment()
	return s.left == "" || s.left[0] == '\n' || strings.HasPrefix(s.left, "\r\n")
}

// key takes a key, plain, in quotes, or dotted, and the sign of equality.
func (s *scanner) key() (name string, ok bool) {
	for s.left != "" {
		switch s.left[0] {
		case '=':
			s.left = s.left[1:]
			return name, name != ""
		case ' ', '\t':
			s.left = s.left[1:]
		case '"', '\'':
			part, _, ok := s.quoted()
			if !ok {
				return "", false
			}
			name += part
		case '\n', '#', '\r':
			return "", false
		default:
			name += s.left[:1]
			s.left = s.left[1:]
		}
	}
	return "", false
}

// value takes a value; plain says that it is a string on one line without escapes.
func (s *scanner) value() (text string, plain, ok bool) {
	s.blank(false)
	switch {
	case s.left == "":
		return "", false, false
	case s.left[0] == '"', s.left[0] == '\'':
		return s.quoted()
	case s.left[0] == '[', s.left[0] == '{':
		return "", false, s.nested()
	}
	end := strings.IndexAny(s.left, "#\r\n")
	if end < 0 {
		end = len(s.left)
	}
	s.left = s.left[end:]
	return "", false, end > 0
}

// nested steps over a list or a table in braces.
func (s *scanner) nested() bool {
	depth := 0
	for s.left != "" {
		switch s.left[0] {
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		case '"', '\'':
			if _, _, ok := s.quoted(); !ok {
				return false
			}
			continue
		case '#':
			s.comment()
			continue
		}
		s.left = s.left[1:]
		if depth == 0 {
			return true
		}
	}
	return false
}

// quoted takes a string of any of the four kinds.
func (s *scanner) quoted() (text string, plain, ok bool) {
	quote := s.left[:1]
	if long := strings.Repeat(quote, 3); strings.HasPrefix(s.left, long) {
		return "", false, s.longString(long)
	}
	for i := 1; i < len(s.left); i++ {
		switch s.left[i] {
		case quote[0]:
			text, s.left = s.left[1:i], s.left[i+1:]
			return text, quote == "'" || !strings.Contains(text, `\`), true
		case '\\':
			if quote == `"` {
				i++
			}
		case '\n':
			return "", false, false
		}
	}
	return "", false, false
}

// longString steps over a string of many lines. Up to two quotes may stand before those that end it.
func (s *scanner) longString(quotes string) bool {
	s.left = s.left[3:]
	for s.left != "" {
		switch {
		case strings.HasPrefix(s.left, quotes):
			s.left = s.left[3:]
			for range 2 {
				s.left = strings.TrimPrefix(s.left, quotes[:1])
			}
			return true
		case s.left[0] == '\\' && quotes[0] == '"' && len(s.left) > 1:
			s.left = s.left[1:]
		}
		s.left = s.left[1:]
	}
	return false
}
