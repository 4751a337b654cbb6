package protocol

import (
	"crypto/ed25519"
	"testing"

	"kula/money"
)

func TestSizesQuick(t *testing.T) {
	n := NewNetwork("Test")
	seed := func(b byte) ed25519.PrivateKey { return ed25519.NewKeyFromSeed(append(make([]byte, 31), b)) }
	dev, pay, iss, root := seed(1), seed(2), seed(3), seed(4)
	a, _ := money.NewAsset("VUV", PublicKey(seed(9)))
	const T = 1_800_000_000
	s := &Sheet{Anchor: AccountID(PublicKey(root)), Purse: PurseID{7}, Account: AccountID(PublicKey(seed(5))), Quorum: Quorum{[]Signer{{PublicKey(dev), 1}}, 1}, Asset: a, Available: 5e10, Base: Base{3, 1 << 47}, AsOf: T, Limits: Limits{1e11, 1e12, 1e12, 8, 1e10}, Kind: Circulating, IssuedAt: T, ExpiresAt: T + 60*86400, RedeemBy: T + 120*86400}
	Seal(n, s, 1, func(h Hash) Signature { return Sign(iss, h) })
	m := &Memo{Text: "two fish and a coconut"}
	b := &Bill{Anchor: s.Anchor, Payee: AccountID(PublicKey(seed(6))), PayeeKey: PublicKey(pay), Asset: a, Amount: 1e9, IssuedAt: T, ExpiresAt: T + 60*86400, Memo: m.Commitment()}
	b.Signature = Sign(pay, n.Hash(b))
	c := &Card{Anchor: s.Anchor, Account: b.Payee, Name: "Mary Kalo, Lenakel", Keys: []Key{b.PayeeKey}, NotBefore: T, NotAfter: T + 365*86400}
	Seal(n, c, 1, func(h Hash) Signature { return Sign(iss, h) })
	e := &Entry{Sheet: n.Hash(s), Seq: 4, Spent: 1<<47 + 1e9, Kind: SpendKind, Spend: Spend{n.Hash(b), 1e9, T + 60*86400}}
	e.Signatures = []DeviceSignature{{0, Sign(dev, n.Hash(e))}}
	t.Log(len(Encode(s)), len(Encode(b)), len(Encode(e)), len(NewBundle(n, s, e).Encode(b)), len(NewBundle(n, b, c, m).Encode()), len(NewBundle(n, b, s, e).Encode()))
	for _, d := range []Document{s, b, c, e, m} {
		back, err := Decode(Encode(d))
		if err != nil || string(Encode(back)) != string(Encode(d)) {
			t.Fatal(d.Type(), err)
		}
	}
	enc := NewBundle(n, s, e).Encode(b)
	back, err := DecodeBundle(n, enc, func(h Hash) (Document, bool) { return b, h == n.Hash(b) }, PaymentBounds)
	if err != nil || string(back.Encode(b)) != string(enc) {
		t.Fatal(err)
	}
	v := Verifier{Network: n, Now: T + 1, Charter: func(AccountID) (*Charter, bool) {
		return &Charter{Anchor: s.Anchor, Keys: []IssuingKey{{1, PublicKey(iss), 0, 1 << 40, 0}}, Assets: []AssetTerms{{Asset: a, Step: 1}}}, true
	}, Notice: func(AccountID) *Notice { return nil }, Entries: func(PurseID) []*Entry { return nil }}
	p, err := back.PaymentOf(n.Hash(e), func(h Hash) (Document, bool) { return b, h == n.Hash(b) })
	if err != nil {
		t.Fatal(err)
	}
	t.Log(v.Verify(back, p))
	t.Log(v.VerifyRequest(b, c))
}
