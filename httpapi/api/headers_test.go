package api_test

import (
	"strings"
	"testing"

	"kula/httpapi/api"
	"kula/protocol"

	"pgregory.net/rapid"
)

func TestPropertyDeviceAuthComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a api.DeviceAuth
		copy(a.Purse[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "purse"))
		copy(a.Nonce[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "nonce"))
		copy(a.Signature[:], rapid.SliceOfN(rapid.Byte(), 64, 64).Draw(t, "signature"))
		back, err := api.ParseDeviceAuth(a.Header())
		if err != nil || back != a {
			t.Fatalf("%q came back as %v, %v", a.Header(), back, err)
		}
	})
}

func TestAttackDeviceAuthHasOneForm(t *testing.T) {
	good := api.DeviceAuth{Purse: protocol.PurseID{0xab}, Nonce: protocol.Hash{0xcd}}.Header()
	for name, bad := range map[string]string{
		"empty":            "",
		"another scheme":   "Bearer " + good[5:],
		"lower-case":       strings.Replace(good, "Kula", "kula", 1),
		"upper-case hex":   strings.Replace(good, "ab", "AB", 1),
		"padded":           good + "==",
		"short":            good[:len(good)-1],
		"stray last bits":  good[:len(good)-1] + "B",
		"no second dot":    strings.Replace(good, "."+strings.Repeat("A", 86), strings.Repeat("A", 87), 1),
		"dot moved":        "Kula " + strings.Repeat("0", 63) + "." + strings.Repeat("0", 65) + "." + strings.Repeat("A", 86),
		"standard base64":  good[:len(good)-2] + "+A",
		"line feed inside": good[:len(good)-2] + "\nA",
	} {
		if a, err := api.ParseDeviceAuth(bad); err == nil {
			t.Errorf("%s: %q was read as %v", name, bad, a)
		}
	}
}

func FuzzDeviceAuth(f *testing.F) {
	f.Add(api.DeviceAuth{Purse: protocol.PurseID{1}, Nonce: protocol.Hash{2}, Signature: protocol.Signature{3}}.Header())
	f.Add("Kula ..")
	f.Add("Bearer x")
	f.Fuzz(func(t *testing.T, header string) {
		a, err := api.ParseDeviceAuth(header)
		if err == nil && a.Header() != header {
			t.Errorf("%q and %q are read alike", header, a.Header())
		}
	})
}

func TestProblemsComeBack(t *testing.T) {
	all := make([]api.DocumentProblem, api.MaxProblems+1)
	for i := range all {
		all[i] = api.DocumentProblem{Document: protocol.Hash{byte(i)}, Code: "expired", Detail: "“zu spät”"}
	}
	header, err := api.EncodeProblems(all)
	if err != nil || len(header) > 8192 {
		t.Fatal(len(header), err)
	}
	back, err := api.DecodeProblems(header)
	if err != nil || len(back) != api.MaxProblems || back[3] != all[3] {
		t.Fatal(back, err)
	}
	if none, err := api.EncodeProblems(nil); none != "" || err != nil {
		t.Fatal(none, err)
	}
}
