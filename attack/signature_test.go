package attack

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"slices"
	"testing"

	"filippo.io/edwards25519"

	"kula/money"
	"kula/protocol"
)

// torsion is a point of order eight.
func torsion(t *testing.T) *edwards25519.Point {
	b, err := hex.DecodeString("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")
	ok(t, err)
	p, err := new(edwards25519.Point).SetBytes(b)
	ok(t, err)
	return p
}

// crafted is a signature whose R has a torsion part: some judges take it and some do not.
func (p *person) crafted(t *testing.T, h protocol.Hash) (s protocol.Signature) {
	device := p.device()
	private := p.keys.key(0)
	for n := uint32(0); protocol.PublicKey(private) != device; n++ {
		private = p.keys.key(n)
	}
	seed := sha512.Sum512(private.Seed())
	secret, err := edwards25519.NewScalar().SetBytesWithClamping(seed[:32])
	ok(t, err)
	nonce, err := edwards25519.NewScalar().SetUniformBytes(seed[:])
	ok(t, err)
	r := new(edwards25519.Point).Add(new(edwards25519.Point).ScalarBaseMult(nonce), torsion(t)).Bytes()
	wide := sha512.Sum512(slices.Concat(r, device[:], h[:]))
	k, err := edwards25519.NewScalar().SetUniformBytes(wide[:])
	ok(t, err)
	copy(s[:], r)
	copy(s[32:], edwards25519.NewScalar().MultiplyAdd(k, secret, nonce).Bytes())
	return s
}

// TestAttackTorsionSignatures: a payer crafts a signature that a phone takes and a bank refuses. Here both judge
// by one rule, alone and in batches, and keys that would let judges differ open no purse.
func TestAttackTorsionSignatures(t *testing.T) {
	i, b := village(t)
	mallory, ben := b.person("Mallory", 1000).cheat(), b.person("Ben", 0)
	for n := range uint64(5) {
		paid := mallory.forge(ben.request(10), position{seq: 1 + n, before: money.Amount(10 * n)}) //nolint:gosec // small
		entryOf(paid).Signatures[0].Signature = mallory.crafted(t, paid.Roots[0])
		ben.accepts(paid)
	}
	alone := mallory.forge(ben.request(10), position{seq: 9, before: 50})
	entryOf(alone).Signatures[0].Signature = mallory.crafted(t, alone.Roots[0])
	ben.accepts(alone)
	if len(b.present(alone).Problems) != 0 {
		t.Fatal("the bank refuses alone what the phone took")
	}
	ben.bring() // five in one batch
	ben.holds(60)
	mallory.holds(940)

	// A key that is torsion, or has some: anybody could sign for it, or judges would differ.
	small := protocol.Key(torsion(t).Bytes())
	device := mallory.device()
	point, err := new(edwards25519.Point).SetBytes(device[:])
	ok(t, err)
	mixed := protocol.Key(new(edwards25519.Point).Add(point, torsion(t)).Bytes())
	for _, k := range []protocol.Key{small, mixed, {1}} {
		e := &protocol.Enrolment{
			Anchor: b.charter.Anchor, Account: mallory.account(), Asset: i.asset, Kind: protocol.Circulating,
			Quorum: protocol.Quorum{Signers: []protocol.Signer{{Key: k, Weight: 1}}, Threshold: 1},
		}
		h := i.net.Hash(e)
		e.DeviceSignatures = []protocol.DeviceSignature{{Signature: protocol.Signature{1}}}
		e.AccountSignatures = []protocol.AccountSignature{{Key: protocol.Key(mallory.account()), Signature: protocol.Sign(key(mallory.name), h)}}
		_, err := b.Enrol(context.Background(), mallory.auth(), e, "")
		wantCode(t, err, protocol.CodeBadKey)
		bill := ben.bill(10, func(x *protocol.Bill) { x.Payee = ben.account() })
		torn := *protocol.All[*protocol.Bill](bill)[0]
		torn.PayeeKey, torn.Signature = k, protocol.Signature{1}
		spent := mallory.forge(protocol.NewBundle(i.net, &torn), position{seq: 20, before: 60})
		i.read(b.present(spent)).problem("bad_key")
	}
	i.after()
}
