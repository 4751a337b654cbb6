package protocol_test

import (
	"testing"

	"kula/protocol"
	"kula/protocol/internal/kit"

	"filippo.io/edwards25519"
)

// There are 19 values of y that fit 255 bits once more with p added, each with two signs; and x zero with
// its sign bit set. CheckKey has no look at canonical encodings of its own: none of these needs one.
func TestAttackKeysThatAreNotCanonical(t *testing.T) {
	onCurve := 0
	try := func(k protocol.Key) {
		if p, err := new(edwards25519.Point).SetBytes(k[:]); err == nil {
			onCurve++
			if protocol.Key(p.Bytes()) == k {
				t.Errorf("%x is canonical", k)
			}
		}
		if protocol.CheckKey(k) == nil {
			t.Errorf("%x was taken", k)
		}
	}
	for y := range byte(19) {
		for _, last := range []byte{0x7f, 0xff} {
			k := protocol.Key{0: 0xed + y, 31: last}
			for i := 1; i < 31; i++ {
				k[i] = 0xff
			}
			try(k)
		}
	}
	try(protocol.Key{0: 1, 31: 0x80})
	minusOne := protocol.Key{0: 0xec, 31: 0xff}
	for i := 1; i < 31; i++ {
		minusOne[i] = 0xff
	}
	try(minusOne)
	if onCurve < 20 {
		t.Errorf("only %d of them are points: the test does not test what it says", onCurve)
	}
}

func TestVerifyAllFindsEveryForgery(t *testing.T) {
	for _, forged := range [][]int{nil, {0}, {99}, {3, 4, 50}, {10, 20, 30, 40, 50, 60, 70, 80, 90}} {
		all := claims(100)
		for _, i := range forged {
			all[i].Signature[2] ^= 1
		}
		bad := map[int]bool{}
		for _, i := range protocol.VerifyAll(all) {
			bad[i] = true
		}
		for i := range all {
			if want := !all[i].Verify(); bad[i] != want {
				t.Errorf("forged %v: claim %d judged bad: %v", forged, i, bad[i])
			}
		}
		if len(bad) != len(forged) {
			t.Errorf("forged %v, found %v", forged, bad)
		}
	}
	if protocol.VerifyAll(nil) != nil {
		t.Error("nothing is nothing bad")
	}
}

func TestAttackIssuedDocuments(t *testing.T) {
	w := kit.New()
	for _, d := range w.Documents() {
		if issued, ok := d.(protocol.Issued); ok {
			if err := w.Charter.VerifyIssued(w.Net, issued); err != nil {
				t.Errorf("%s: %v", d.Type(), err)
			}
		}
	}
	other := edit(w.Charter, func(c *protocol.Charter) { c.Anchor = kit.Account("other root") })
	wantCode(t, other.VerifyIssued(w.Net, w.Sheet), protocol.CodeWrongAnchor)
	unknown := edit(w.Sheet, func(s *protocol.Sheet) { s.Signature.Key = 3 })
	wantCode(t, w.Charter.VerifyIssued(w.Net, unknown), protocol.CodeUnknownKey)
	stolen := edit(w.Sheet, func(*protocol.Sheet) {})
	protocol.Seal(w.Net, stolen, 2, func(h protocol.Hash) protocol.Signature { return protocol.Sign(kit.Key("stolen"), h) })
	if err := w.Charter.VerifyIssued(w.Net, edit(stolen, func(s *protocol.Sheet) { s.IssuedAt = kit.Epoch })); protocol.CodeOf(err) != protocol.CodeUnknownKey {
		t.Error("a stolen key signs on:", err)
	}
}

func TestAttackEnrolmentSignatures(t *testing.T) {
	w := kit.New()
	h := w.Net.Hash(w.Enrolment)
	claims, err := w.Enrolment.DeviceClaims(h)
	if err != nil || len(protocol.VerifyAll(claims)) > 0 {
		t.Fatal(err)
	}
	twisted := edit(w.Enrolment, func(e *protocol.Enrolment) {
		e.DeviceSignatures = []protocol.DeviceSignature{{Index: 1, Signature: e.DeviceSignatures[0].Signature}}
	})
	_, err = twisted.DeviceClaims(h)
	wantCode(t, err, protocol.CodeWrongReference)
	_, err = edit(w.Enrolment, func(e *protocol.Enrolment) { e.DeviceSignatures = nil }).DeviceClaims(h)
	wantCode(t, err, protocol.CodeBelowThreshold)
}

func TestAttackSheetsShownBeforeTheBill(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*kit.Scene)
		code  protocol.Code
	}{
		"good":            {func(*kit.Scene) {}, ""},
		"anchor unknown":  {func(s *kit.Scene) { s.Strangers = true }, protocol.CodeUnknownAnchor},
		"expired":         {func(s *kit.Scene) { s.Now = s.Sheet.ExpiresAt + 1 }, protocol.CodeExpired},
		"not valid yet":   {func(s *kit.Scene) { s.Now = s.Sheet.IssuedAt - 1 }, protocol.CodeNotYetValid},
		"revoked":         {func(s *kit.Scene) { s.Notice.RevokedPurses = []protocol.Hash{protocol.Hash(s.Sheet.Purse)} }, protocol.CodeRevoked},
		"forged":          {func(s *kit.Scene) { s.Sheet.Available++ }, protocol.CodeBadSignature},
		"not well-formed": {func(s *kit.Scene) { s.Sheet.Quorum.Threshold = 0 }, protocol.CodeBadQuorum},
	} {
		t.Run(name, func(t *testing.T) {
			s := kit.NewScene()
			c.spoil(s)
			err := s.Verifier().VerifySheet(s.Sheet)
			checkExpect(t, err, map[bool]string{true: "ok", false: string(c.code)}[c.code == ""])
		})
	}
}
