package sep5

import (
	"encoding/hex"
	"testing"

	"kula/protocol"
)

// The first test of SEP-5: illness spike retreat truth genius clock brain pass fit cave bargain toe.
const seed = "e4a5a632e70943ae7f07659df1332160937fad82587216a4c64315a0fb39497ee4a01f76ddab4cba68147977f3a147b6ad584c41808e8238a07f6cc4b582f186"

func TestConformanceSEP5(t *testing.T) {
	raw, err := hex.DecodeString(seed)
	if err != nil {
		t.Fatal(err)
	}
	for index, want := range []string{
		"GDRXE2BQUC3AZNPVFSCEZ76NJ3WWL25FYFK6RGZGIEKWE4SOOHSUJUJ6", "GBAW5XGWORWVFE2XTJYDTLDHXTY2Q2MO73HYCGB3XMFMQ562Q2W2GJQX",
		"GAY5PRAHJ2HIYBYCLZXTHID6SPVELOOYH2LBPH3LD4RUMXUW3DOYTLXW", "GAOD5NRAEORFE34G5D4EOSKIJB6V4Z2FGPBCJNQI6MNICVITE6CSYIAE",
	} {
		if got := protocol.PublicKey(Key(raw, uint32(index))).String(); got != want {
			t.Errorf("account %d is %s, want %s", index, got, want)
		}
	}
}
