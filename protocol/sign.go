package protocol

import (
	"crypto/ed25519"

	"filippo.io/edwards25519"
	"github.com/hdevalence/ed25519consensus"
)

// Signature is an Ed25519 signature over a document's Hash.
type Signature [64]byte

// IssuerSignature is by the issuing key with that ID in the anchor's charter.
type IssuerSignature struct {
	Key       uint32
	Signature Signature
}

func (s *IssuerSignature) code(c coder) {
	c.u32(&s.Key)
	c.raw(s.Signature[:])
}

// RuleName names the one rule by which signatures are judged; evidence quotes it.
const RuleName = "ZIP-215, prime-order keys"

// Sign signs a document's hash.
func Sign(private ed25519.PrivateKey, h Hash) (s Signature) {
	copy(s[:], ed25519.Sign(private, h[:]))
	return s
}

// PublicKey is the key that Sign's signatures verify under.
func PublicKey(private ed25519.PrivateKey) (k Key) {
	copy(k[:], private.Public().(ed25519.PublicKey)) //nolint:forcetypeassert,errcheck // the type is ed25519's contract
	return k
}

// Claim says that a key signed a hash.
type Claim struct {
	Key       Key
	Hash      Hash
	Signature Signature
}

// Verify is the one rule for signatures: ZIP-215 (cofactored) on the signature, CheckKey on the key.
func (c *Claim) Verify() bool {
	m := memory.Load()
	if m.knows(c) {
		return true
	}
	good := CheckKey(c.Key) == nil && ed25519consensus.Verify(c.Key[:], c.Hash[:], c.Signature[:])
	if good {
		m.Learn(*c)
	}
	return good
}

// invEight is 1/8 modulo the group's order: multiplying by 8 and by it again returns a point without
// its torsion part.
var invEight = func() *edwards25519.Scalar {
	eight := [32]byte{8}
	s, err := edwards25519.NewScalar().SetCanonicalBytes(eight[:])
	if err != nil {
		panic(err) // 8 is canonical
	}
	return s.Invert(s)
}()

// CheckKey refuses public keys with which judges could be made to differ, or which anybody can sign
// for: points of small order, points with a torsion part. None of the few encodings that are not
// canonical is of another point, so they are refused with these (a test looks at each).
func CheckKey(k Key) error {
	p, err := new(edwards25519.Point).SetBytes(k[:])
	if err != nil {
		return CodeBadKey
	}
	cleared := new(edwards25519.Point).MultByCofactor(p)
	if cleared.Equal(edwards25519.NewIdentityPoint()) == 1 {
		return CodeBadKey
	}
	// Nothing here is secret, so the faster multiplication will do; its second term is zero.
	if cleared.VarTimeDoubleScalarBaseMult(invEight, cleared, zero).Equal(p) != 1 {
		return CodeBadKey
	}
	return nil
}

var zero = edwards25519.NewScalar()

// VerifyAll judges many claims and returns the indexes of the false ones. Its verdict on each is
// Claim.Verify's. A batch that fails is halved until the culprits stand alone, so one forged
// signature among many costs little.
func VerifyAll(claims []Claim) (bad []int) {
	left, bad := sift(claims)
	forged := bisect(claims, left)
	memory.Load().learnAll(claims, left, forged)
	return append(bad, forged...)
}

// sift finds the claims whose keys may not sign, and those whose signatures are still to be judged.
func sift(claims []Claim) (left, bad []int) {
	m := memory.Load()
	checked := make(map[Key]bool, len(claims))
	for i := range claims {
		if m.knows(&claims[i]) {
			continue
		}
		k := claims[i].Key
		ok, seen := checked[k]
		if !seen {
			ok = CheckKey(k) == nil
			checked[k] = ok
		}
		if ok {
			left = append(left, i)
		} else {
			bad = append(bad, i)
		}
	}
	return left, bad
}

func bisect(claims []Claim, which []int) (bad []int) {
	if allGenuine(claims, which) {
		return nil
	}
	if len(which) == 1 {
		return which
	}
	half := len(which) / 2
	return append(bisect(claims, which[:half]), bisect(claims, which[half:])...)
}

// AllTrue judges many claims and does not ask which of them is false: for what is dropped as a whole.
func AllTrue(claims []Claim) bool { return judge(claims, "claims") == nil }

// smallBatch is where a batch stops being cheaper than its members.
const smallBatch = 4

// allGenuine reports whether those of the claims have genuine signatures. Their keys must have passed CheckKey.
func allGenuine(claims []Claim, which []int) bool {
	if len(which) < smallBatch {
		for _, i := range which {
			if c := &claims[i]; !ed25519consensus.Verify(c.Key[:], c.Hash[:], c.Signature[:]) {
				return false
			}
		}
		return true
	}
	batch := ed25519consensus.NewBatchVerifier()
	for _, i := range which {
		c := &claims[i]
		batch.Add(c.Key[:], c.Hash[:], c.Signature[:])
	}
	return batch.Verify()
}
