package say

import (
	"encoding"
	"encoding/hex"
	"reflect"
	"strings"
	"unicode"

	"kula/money"
	"kula/protocol"
)

// words are the names of what the protocol numbers.
var words = map[any]string{
	protocol.SpendKind: "spend", protocol.StatementKind: "statement",
	protocol.Honoured: "honoured", protocol.Dishonoured: "dishonoured",
	protocol.ReasonNone: "none", protocol.ReasonLate: "late", protocol.ReasonUncovered: "uncovered", protocol.ReasonIncompatible: "incompatible",
	protocol.CreditNone: "none", protocol.CreditPurse: "purse", protocol.CreditPayout: "payout",
	protocol.Circulating: "circulating", protocol.PayoutKind: "payout",
}

// Document puts a document of the protocol into the words of JSON: snake_case names, ids and bytes as text,
// enumerations by name. What is absent (a bill that anybody may pay has no payer) is left out.
func Document(d any) any { return plain(reflect.ValueOf(d)) }

// Documents is Document for each of a list; an empty list stays one.
func Documents[D any](list []D) []any {
	all := make([]any, 0, len(list))
	for _, d := range list {
		all = append(all, Document(d))
	}
	return all
}

func plain(v reflect.Value) any {
	switch x := v.Interface().(type) {
	case money.Asset:
		return Asset(x)
	case encoding.TextMarshaler:
		text, err := x.MarshalText()
		if err != nil {
			return err.Error()
		}
		return string(text)
	}
	if v.Kind() == reflect.Uint32 && words[v.Interface()] != "" {
		return words[v.Interface()]
	}
	switch v.Kind() {
	case reflect.Pointer:
		return plain(v.Elem())
	case reflect.Struct:
		return object(v)
	case reflect.Slice, reflect.Array:
		return members(v)
	default:
		return v.Interface()
	}
}

func object(v reflect.Value) map[string]any {
	fields := map[string]any{}
	for i := range v.NumField() {
		field := v.Field(i)
		absent := field.IsZero() && (field.Kind() == reflect.Array || field.Kind() == reflect.Struct && field.Type() != reflect.TypeFor[money.Asset]())
		if !absent {
			fields[snake(v.Type().Field(i).Name)] = plain(field)
		}
	}
	return fields
}

func members(v reflect.Value) any {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		bytes := make([]byte, v.Len())
		reflect.Copy(reflect.ValueOf(bytes), v)
		return hex.EncodeToString(bytes)
	}
	list := make([]any, v.Len())
	for i := range list {
		list[i] = plain(v.Index(i))
	}
	return list
}

// snake writes PayeeKey as payee_key, and ID as id.
func snake(name string) string {
	var b strings.Builder
	before := ' '
	for _, r := range name {
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
		before = r
	}
	return b.String()
}
