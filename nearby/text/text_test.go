package text

import (
	"errors"
	"strings"
	"testing"

	"kula/protocol"
)

func TestConformanceText(t *testing.T) {
	// The examples of RFC 9285, section 4.3.
	for plain, want := range map[string]string{"AB": "BB8", "Hello!!": "%69 VD92EX0", "base-45": "UJCLQE7W581", "ietf!": "QED8WEX0", "": ""} {
		if got := Encode([]byte(plain)); got != Prefix+want {
			t.Errorf("%q is written %q", plain, got)
		}
		if back, err := Decode(Prefix + want); err != nil || string(back) != plain {
			t.Errorf("%q is read as %q, %v", want, back, err)
		}
	}
	for _, bad := range []string{"GGW", ":::", "::", "A", "BB8B", "bb8", "BB8é", "BB8\t", "V5"} {
		if back, err := Decode(Prefix + bad); !errors.Is(err, protocol.CodeBadText) {
			t.Errorf("%q is read as %q, %v", bad, back, err)
		}
	}
	for _, bad := range []string{"", "kula1:BB8", "KULA2:BB8", "hello"} {
		if _, err := Decode(bad); !errors.Is(err, protocol.CodeUnknownType) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// FuzzText: what is read as text is written back as it was.
func FuzzText(f *testing.F) {
	f.Add("%69 VD92EX0")
	f.Add(":::")
	f.Fuzz(func(t *testing.T, s string) {
		b, err := Decode(Prefix + s)
		if err == nil && Encode(b) != Prefix+strings.TrimRight(s, "\r\n") {
			t.Fatalf("%q is read as % x", s, b)
		}
	})
}
