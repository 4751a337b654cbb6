package phone

import (
	"kula/money"
	"kula/protocol"
)

// Object is a value with named parts. Values are string, bool, float64, []byte, Object, []Object and []string.
type Object map[string]any

// args reads a command's arguments; the first that is bad is kept in err, and stops the command.
type args struct {
	of  Object
	err error
}

func (a *args) bad(name string) {
	if a.err == nil {
		a.err = badArgument(name)
	}
}

// optional finds an argument of type T; the zero value when it is absent.
func optional[T any](a *args, name string) (value T) {
	given := a.of[name]
	if given == nil {
		return value
	}
	value, ok := given.(T)
	if !ok {
		a.bad(name)
	}
	return value
}

func (a *args) text(name string) string { return optional[string](a, name) }
func (a *args) yes(name string) bool    { return optional[bool](a, name) }

// number is a whole one that is not negative.
func (a *args) number(name string) int64 {
	f := optional[float64](a, name)
	n := int64(f)
	if !(f >= 0 && f < 1<<53) || float64(n) != f {
		a.bad(name)
		return 0
	}
	return n
}

// bytes are the ones that a command is about.
func (a *args) bytes() []byte {
	b := optional[[]byte](a, "bytes")
	if len(b) == 0 {
		a.bad("bytes")
	}
	return b
}

// amount is absent, or a decimal string.
func (a *args) amount(name string) money.Amount {
	s := a.text(name)
	if s == "" {
		return 0
	}
	amount, err := money.ParseAmount(s)
	if err != nil {
		a.bad(name)
	}
	return amount
}

// hash is absent, or 64 hex digits.
func (a *args) hash(name string) (h protocol.Hash) {
	if s := a.text(name); s != "" && h.UnmarshalText([]byte(s)) != nil {
		a.bad(name)
	}
	return h
}

func (a *args) purse(name string) protocol.PurseID { return protocol.PurseID(a.hash(name)) }

// entry is a hash that must be there.
func (a *args) entry(name string) protocol.Hash {
	h := a.hash(name)
	if h.IsZero() {
		a.bad(name)
	}
	return h
}

// account is absent, or a G… address.
func (a *args) account(name string) (id protocol.AccountID) {
	if s := a.text(name); s != "" && id.UnmarshalText([]byte(s)) != nil {
		a.bad(name)
	}
	return id
}

// Text of ids: empty for none.

func hashText(h protocol.Hash) string {
	if h.IsZero() {
		return ""
	}
	return h.String()
}

func purseText(id protocol.PurseID) string { return hashText(protocol.Hash(id)) }

func accountText(id protocol.AccountID) string {
	if id == (protocol.AccountID{}) {
		return ""
	}
	return id.String()
}

func hashTexts[H ~[32]byte](list []H) []string {
	out := make([]string, 0, len(list))
	for _, h := range list {
		out = append(out, protocol.Hash(h).String())
	}
	return out
}

func unix(t uint64) float64 { return float64(t) }
