package protocol

import (
	"crypto/ed25519"
	"testing"
)

// TestMemoryChangesNoVerdict: good, forged and altered claims, once and again, with and without it, and far
// more of them than it holds.
func TestMemoryChangesNoVerdict(t *testing.T) {
	private := ed25519.NewKeyFromSeed(make([]byte, 32))
	claims := make([]Claim, 40)
	for i := range claims {
		h := Hash{byte(i)}
		claims[i] = Claim{PublicKey(private), h, Sign(private, h)}
		switch i % 4 {
		case 1:
			claims[i].Signature[5] ^= 1
		case 2:
			claims[i].Hash[7] ^= 1
		case 3:
			claims[i].Key = Key{1} // of small order: anybody can sign for it
		}
	}
	for _, m := range []*Memory{nil, NewMemory(4), NewMemory(1000)} {
		UseMemory(m)
		for range 3 {
			if bad := VerifyAll(claims); len(bad) != 30 {
				t.Fatalf("%d of 40 are bad, not 30", len(bad))
			}
			for i := range claims {
				if claims[i].Verify() != (i%4 == 0) {
					t.Fatalf("claim %d", i)
				}
			}
		}
		if m != nil && len(m.young)+len(m.old) > 2*m.limit {
			t.Fatal("it grows")
		}
	}
	UseMemory(nil)
}
