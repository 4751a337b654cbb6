package console

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
	"kula/web/console/office"
)

// Field is one thing that a form asks for.
type Field struct {
	Name, Label, Hint string
	Type              string // of the input: text, datetime-local
	Optional          bool
	Purse             bool                                                   // names a purse: whatever finds people finds it
	Options           func(ctx context.Context, bank Bank) ([]string, error) // one of these; nil: anything
}

// Values is a form that was filled in. Its readers keep the first thing that is wrong.
type Values struct {
	Fields   map[string]string
	Reason   string
	Document string
	Officer  string // who sent it
	Key      string // its own number: the same again is the same act
	err      error
}

func (v *Values) bad(format string, args ...any) {
	if v.err == nil {
		v.err = office.Refuse("%s", fmt.Sprintf(format, args...))
	}
}

func (v *Values) text(name string) string { return v.Fields[name] }

func (v *Values) purse(name string) (id protocol.PurseID) {
	if v.Fields[name] != "" && id.UnmarshalText([]byte(v.Fields[name])) != nil {
		v.bad("a purse is 64 digits and letters from a to f")
	}
	return id
}

func (v *Values) amount(name string) money.Amount {
	amount, err := money.ParseAmount(v.Fields[name])
	if err != nil || amount < 0 {
		v.bad("%q is not an amount, such as 2500 or 12.50", v.Fields[name])
	}
	return amount
}

func (v *Values) number(name string) int64 {
	n, err := strconv.ParseInt(v.Fields[name], 10, 64)
	if err != nil {
		v.bad("%q is not a number", v.Fields[name])
	}
	return n
}

// formTime is how a browser writes a moment; the console's are UTC.
const formTime = "2006-01-02T15:04"

func (v *Values) moment(name string) uint64 {
	t, err := time.Parse(formTime, v.Fields[name])
	if err != nil || t.Unix() < 0 {
		v.bad("%q is not a date and time, such as 2026-12-01T08:00", v.Fields[name])
		return 0
	}
	return uint64(t.Unix()) //nolint:gosec // not negative
}

func (v *Values) oneOf(ctx context.Context, bank Bank, f Field, value string) {
	options, err := f.Options(ctx, bank)
	if err == nil && !slices.Contains(options, value) {
		v.bad("“%s” is one of %s", f.Label, strings.Join(options, ", "))
	}
	if err != nil && v.err == nil {
		v.err = err
	}
}

// found reads a purse and looks it up.
func (v *Values) found(ctx context.Context, bank Bank, name string) (*anchor.PurseView, error) {
	id := v.purse(name)
	if v.err != nil {
		return nil, v.err
	}
	return bank.Purse(ctx, id)
}

// words lists the fields, for the trail.
func (v *Values) words(act *Act) string {
	var all []string
	for _, f := range act.Fields {
		if value := v.Fields[f.Name]; value != "" && f.Name != act.Object {
			all = append(all, f.Name+" "+value)
		}
	}
	if v.Reason != "" {
		all = append(all, v.Reason)
	}
	return strings.Join(all, "; ")
}
