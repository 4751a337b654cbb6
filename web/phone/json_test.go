package phone

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
)

// plainly makes of what parseJSON gives what encoding/json gives.
func plainly(v any) any {
	switch v := v.(type) {
	case Object:
		out := map[string]any{}
		for name, part := range v {
			out[name] = plainly(part)
		}
		return out
	case []any:
		for i := range v {
			v[i] = plainly(v[i])
		}
		return v
	case number:
		return json.Number(v)
	}
	return v
}

var jsonSamples = []string{
	`{"code":"not_enough","detail":"say \"how much\" \u00e9\ud83d\ude00","status":422}`, `[]`, `{}`, ` [ 1 , -2.5e3 , true , false , null , "" ] `,
	`{"purses":[{"purse":"ab","at_bank":"12.5","successor":null}]}`, `"\/\b\f\n\r\t\\"`, `{"a":{"b":[{"c":[]}]}}`,
	`{`, `[1,]`, `[,1]`, `{"a"}`, `{"a":}`, `{a:1}`, `tru`, `"`, `"\x"`, `"\u12"`, `1 2`, ``, `nan`, `inf`, `"` + "\n" + `"`, `[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]`, `+1`, `0x10`,
}

// TestJSON: what both readers take, they read alike; and what ours takes, the other does.
func TestJSON(t *testing.T) {
	for _, s := range jsonSamples {
		sameJSON(t, []byte(s))
	}
	for _, s := range jsonSamples[:7] {
		if _, ok := parseJSON([]byte(s)); !ok {
			t.Errorf("%s is not read", s)
		}
	}
	for _, s := range []string{"", "plain", "a\"b\\c\n\x01é😀"} {
		var back string
		if err := json.Unmarshal([]byte(quoted(s)), &back); err != nil || back != s {
			t.Errorf("%q is written %s", s, quoted(s))
		}
	}
}

func sameJSON(t *testing.T, text []byte) {
	t.Helper()
	got, ok := parseJSON(text)
	if !ok {
		return
	}
	var want any
	reader := json.NewDecoder(bytes.NewReader(text))
	reader.UseNumber()
	err := reader.Decode(&want)
	if err == nil && !json.Valid(text) {
		err = errors.New("there is more")
	}
	if err != nil {
		t.Fatalf("%q is read as %v, and is no JSON: %v", text, got, err)
	}
	if !reflect.DeepEqual(plainly(got), want) {
		t.Fatalf("%q is read as %v, not %v", text, got, want)
	}
}

func FuzzJSON(f *testing.F) {
	for _, s := range jsonSamples {
		f.Add([]byte(s))
	}
	f.Fuzz(sameJSON)
}
