package kit

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/hex"
	"slices"

	"kula/protocol"

	"filippo.io/edwards25519"
)

// A forge makes signatures and keys that no honest signer would: it knows the scalars.
type forge struct {
	secret *edwards25519.Scalar // a
	public *edwards25519.Point  // A = aB
	nonce  *edwards25519.Scalar // r
}

func newForge(name string) forge {
	scalar := func(what string) *edwards25519.Scalar {
		wide := sha512.Sum512([]byte("kula kit " + name + " " + what))
		s, err := edwards25519.NewScalar().SetUniformBytes(wide[:])
		must(err)
		return s
	}
	f := forge{secret: scalar("secret"), nonce: scalar("nonce")}
	f.public = new(edwards25519.Point).ScalarBaseMult(f.secret)
	return f
}

func must(err error) {
	if err != nil {
		panic(err) // fixed inputs
	}
}

// sign makes R ‖ s with s = r + ka for the bytes of R and of the key that the judge will see.
func (f forge) sign(r, key []byte, message []byte) []byte {
	wide := sha512.Sum512(slices.Concat(r, key, message))
	k, err := edwards25519.NewScalar().SetUniformBytes(wide[:])
	must(err)
	s := edwards25519.NewScalar().MultiplyAdd(k, f.secret, f.nonce)
	return slices.Concat(r, s.Bytes())
}

// plainR is R = rB.
func (f forge) plainR() *edwards25519.Point { return new(edwards25519.Point).ScalarBaseMult(f.nonce) }

// torsion is a point of order eight.
func torsion() *edwards25519.Point {
	b, err := hex.DecodeString("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")
	must(err)
	p, err := new(edwards25519.Point).SetBytes(b)
	must(err)
	return p
}

func identity() []byte { return edwards25519.NewIdentityPoint().Bytes() }

// anybodys is the signature that holds for every message under the identity as key: R the identity, s zero.
func anybodys() []byte { return append(identity(), make([]byte, 32)...) }

// addOrder adds the group's order L to the s of a signature: the same number modulo L, other bytes.
func addOrder(signature []byte) []byte {
	order, err := hex.DecodeString("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
	must(err)
	out := slices.Clone(signature)
	carry := 0
	for i, o := range order {
		sum := int(out[32+i]) + int(o) + carry
		out[32+i], carry = byte(sum), sum>>8 //nolint:gosec // the low byte is wanted
	}
	return out
}

// Signatures is the file signature.json.
func Signatures() Cases[SignatureCase] {
	message := Bytes("signed message")
	f := newForge("forge")
	key := f.public.Bytes()
	r := f.plainR()
	shifted := new(edwards25519.Point).Add(r, torsion()).Bytes()
	usual := f.sign(r.Bytes(), key, message[:])
	changed := slices.Clone(usual)
	changed[0] ^= 1
	mixed := new(edwards25519.Point).Add(f.public, torsion()).Bytes()
	zeroNonce := forge{f.secret, f.public, edwards25519.NewScalar()}
	notCanonicalR := bytes.Repeat([]byte{0xff}, 32) // y = p+1, which is 1: the identity
	notCanonicalR[0], notCanonicalR[31] = 0xee, 0x7f

	c := signatureCases{message: message[:]}
	c.add("as usual", "", key, usual)
	c.add("R plus a point of order eight", "", key, f.sign(shifted, key, message[:]))
	c.add("R the identity", "", key, zeroNonce.sign(identity(), key, message[:]))
	c.add("R of small order, not canonical", "", key, zeroNonce.sign(notCanonicalR, key, message[:]))
	c.add("R changed", protocol.CodeBadSignature, key, changed)
	c.add("s + L", protocol.CodeBadSignature, key, addOrder(usual))
	c.add("s all ones", protocol.CodeBadSignature, key, slices.Concat(usual[:32], bytes.Repeat([]byte{0xff}, 32)))
	c.add("R is no point", protocol.CodeBadSignature, key, f.sign(notOnCurve(), key, message[:]))
	c.add("signed for another key", protocol.CodeBadSignature, newForge("other").public.Bytes(), usual)
	c.add("key plus a point of order eight", protocol.CodeBadKey, mixed, f.sign(r.Bytes(), mixed, message[:]))
	c.add("key is no point", protocol.CodeBadKey, notOnCurve(), usual)
	c.add("key not canonical, of large order", protocol.CodeBadKey, notCanonicalKey(), usual)
	p := edwards25519.NewIdentityPoint()
	for i := range 8 {
		c.add("key of small order, multiple "+string(rune('0'+i))+" of a generator", protocol.CodeBadKey, p.Bytes(), anybodys())
		p.Add(p, torsion())
	}
	for _, weird := range []string{
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // y = p+1
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", // y = p+1, sign bit
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // y = p
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", // y = p, sign bit
		"0100000000000000000000000000000000000000000000000000000000000080", // minus zero
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", // order 2, minus zero
	} {
		b, err := hex.DecodeString(weird)
		must(err)
		c.add("key of small order, not canonical: "+weird[:2]+"…"+weird[62:], protocol.CodeBadKey, b, anybodys())
	}
	return Cases[SignatureCase]{c.all}
}

type signatureCases struct {
	message []byte
	all     []SignatureCase
}

func (c *signatureCases) add(name string, code protocol.Code, key, signature []byte) {
	expect := string(code)
	if expect == "" {
		expect = "ok"
	}
	c.all = append(c.all, SignatureCase{Name: name, Expect: expect, Key: key, Message: c.message, Signature: signature,
		Standard: ed25519.Verify(key, c.message, signature)})
}

// notOnCurve is the smallest y for which there is no x.
func notOnCurve() []byte {
	b := make([]byte, 32)
	for ; ; b[0]++ {
		if _, err := new(edwards25519.Point).SetBytes(b); err != nil {
			return b
		}
	}
}

// notCanonicalKey encodes a point of large order with y + p in place of y, which still fits 255 bits.
func notCanonicalKey() []byte {
	for y := byte(2); y < 19; y++ {
		b := bytes.Repeat([]byte{0xff}, 32)
		b[0], b[31] = 0xed+y, 0x7f
		p, err := new(edwards25519.Point).SetBytes(b)
		if err == nil && new(edwards25519.Point).MultByCofactor(p).Equal(edwards25519.NewIdentityPoint()) == 0 {
			return b
		}
	}
	panic("no such point")
}
