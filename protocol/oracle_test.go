package protocol_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"kula/money"
	"kula/protocol"
	"kula/protocol/internal/kit"
	"kula/protocol/internal/oracle"

	"pgregory.net/rapid"
)

// The codec writes what code generated from kula.x reads, field by field under the same names, and the
// generated code writes the same bytes again.
func TestConformanceSchema(t *testing.T) {
	for _, d := range kit.New().Documents() {
		t.Run(d.Type().String(), func(t *testing.T) { compareWithSchema(t, d) })
	}
}

// The same for documents whose every field is random: no rule is kept but those of the schema.
func TestPropertySchemaConformance(t *testing.T) {
	for _, blank := range kit.New().Documents() {
		kind := reflect.TypeOf(blank).Elem()
		t.Run(blank.Type().String(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				v := reflect.New(kind)
				fill(t, v.Elem())
				compareWithSchema(t, v.Interface().(protocol.Document))
			})
		})
	}
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func compareWithSchema(t failer, d protocol.Document) {
	t.Helper()
	data := protocol.Encode(d)
	theirs, err := oracle.Decode(data)
	if err != nil {
		t.Fatalf("%s: the schema does not read what the codec wrote: %v", d.Type(), err)
	}
	if !bytes.Equal(oracle.Encode(theirs), data) {
		t.Fatalf("%s: the schema writes other bytes", d.Type())
	}
	same(t, reflect.ValueOf(d).Elem(), reflect.ValueOf(oracle.Arm(theirs)).Elem(), d.Type().String())
}

// same compares a value of ours with one of the generated types.
func same(t failer, ours, theirs reflect.Value, where string) {
	t.Helper()
	switch x := theirs.Interface().(type) {
	case oracle.Asset:
		a := ours.Interface().(money.Asset)
		if !a.Native() && a.CodeString() != x.Code || a.Native() && x.Code != "" || a.Issuer != x.Issuer {
			t.Fatalf("%s: %v and %v", where, a, x)
		}
		return
	case oracle.EntryBody:
		sameEntryBody(t, ours, x, where)
		return
	}
	switch theirs.Kind() {
	case reflect.Struct:
		sameStruct(t, ours, theirs, where)
	case reflect.Pointer:
		if theirs.IsNil() != ours.IsZero() {
			t.Fatalf("%s: one is absent", where)
		}
		if !theirs.IsNil() {
			same(t, ours, theirs.Elem(), where)
		}
	case reflect.Slice, reflect.Array:
		if ours.Len() != theirs.Len() {
			t.Fatalf("%s: %d and %d members", where, ours.Len(), theirs.Len())
		}
		for i := range ours.Len() {
			same(t, ours.Index(i), theirs.Index(i), where+"[]")
		}
	case reflect.Int32: // enum
		if ours.Uint() != uint64(theirs.Int()) {
			t.Fatalf("%s: %v and %v", where, ours, theirs)
		}
	default:
		if a, b := ours.Convert(theirs.Type()).Interface(), theirs.Interface(); a != b {
			t.Fatalf("%s: %v and %v", where, a, b)
		}
	}
}

// sameStruct pairs fields by name; ours has the body's fields and the signatures side by side.
func sameStruct(t failer, ours, theirs reflect.Value, where string) {
	t.Helper()
	fields := 0
	for i := range theirs.NumField() {
		name := theirs.Type().Field(i).Name
		if name == "Body" {
			sameStructPart(t, ours, theirs.Field(i), where)
			fields += fieldsOf(theirs.Field(i))
			continue
		}
		sameField(t, ours, theirs.Field(i), name, where)
		fields++
		if name == "What" {
			fields += 2 // a union is three fields of ours: the kind and its arms
		}
	}
	if fields != ours.NumField() {
		t.Fatalf("%s: %d fields in the schema, %d in Go", where, fields, ours.NumField())
	}
}

func sameStructPart(t failer, ours, theirs reflect.Value, where string) {
	t.Helper()
	for i := range theirs.NumField() {
		sameField(t, ours, theirs.Field(i), theirs.Type().Field(i).Name, where)
	}
}

func fieldsOf(v reflect.Value) int {
	n := v.NumField()
	if v.Type() == reflect.TypeFor[oracle.Entry]() {
		n += 2
	}
	return n
}

func sameField(t failer, ours, theirs reflect.Value, name, where string) {
	t.Helper()
	if name == "What" {
		same(t, ours, theirs, where)
		return
	}
	f := ours.FieldByNameFunc(func(s string) bool { return strings.EqualFold(s, name) })
	if !f.IsValid() {
		t.Fatalf("%s: no field %s in Go", where, name)
	}
	same(t, f, theirs, where+"."+name)
}

func sameEntryBody(t failer, ours reflect.Value, x oracle.EntryBody, where string) {
	t.Helper()
	e := ours.Interface().(protocol.Entry)
	if uint32(e.Kind) != uint32(x.Kind) {
		t.Fatalf("%s: kinds %v and %v", where, e.Kind, x.Kind)
	}
	if e.Kind == protocol.SpendKind {
		same(t, reflect.ValueOf(e.Spend), reflect.ValueOf(*x.Spend()), where+".spend")
		return
	}
	same(t, reflect.ValueOf(e.Statement), reflect.ValueOf(*x.Statement()), where+".statement")
}

var enums = map[reflect.Type]int{
	reflect.TypeFor[protocol.Kind](): 2, reflect.TypeFor[protocol.EntryKind](): 2, reflect.TypeFor[protocol.Outcome](): 2,
	reflect.TypeFor[protocol.Reason](): 4, reflect.TypeFor[protocol.CreditKind](): 3,
}

// fill sets every field to something that its type in the schema can hold.
func fill(t *rapid.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[money.Asset]() {
			if rapid.Bool().Draw(t, "credit") {
				a, _ := money.NewAsset(rapid.StringMatching(`[A-Za-z0-9]{1,12}`).Draw(t, "code"), [32]byte{1})
				v.Set(reflect.ValueOf(a))
			}
			return
		}
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(0, 3).Draw(t, "len"), 3))
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case reflect.Array:
		for i, b := range rapid.SliceOfN(rapid.Byte(), v.Len(), v.Len()).Draw(t, "bytes") {
			v.Index(i).SetUint(uint64(b))
		}
	case reflect.String:
		v.SetString(rapid.StringMatching(`[a-z é]{0,20}`).Draw(t, "text"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Int64:
		v.SetInt(rapid.Int64Min(0).Draw(t, "amount"))
	case reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, "u64"))
	case reflect.Uint32:
		if last, ok := enums[v.Type()]; ok {
			v.SetUint(uint64(rapid.IntRange(1, last).Draw(t, "enum")))
			return
		}
		v.SetUint(uint64(rapid.Uint32().Draw(t, "u32")))
	default:
		t.Fatalf("no way to fill a %s", v.Type())
	}
}
