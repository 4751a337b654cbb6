package signin

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"kula/protocol"
)

// The numbers of Stellar's XDR that a challenge is made of.
const (
	envelopeTx  = 2  // ENVELOPE_TYPE_TX: a transaction of today, neither a version 0 nor a fee bump
	keyEd25519  = 0  // KEY_TYPE_ED25519: a plain account
	condTime    = 1  // PRECOND_TIME
	memoNone    = 0  // MEMO_NONE
	manageData  = 10 // MANAGE_DATA
	maxOps      = 100
	maxName     = 64
	maxValue    = 64
	maxSigned   = 20
	maxEncoded  = 12 << 10 // of a challenge in base64, with the most signatures that a transaction carries
	nonceBase64 = 64       // 48 bytes
)

// challenge is a transaction of manage_data operations and nothing else.
type challenge struct {
	envelope   []byte // as it came
	body       []byte // the transaction in it
	source     protocol.Key
	sequence   uint64
	from, to   uint64
	memo       uint32
	operations []operation
	signatures []signature
}

type operation struct {
	source protocol.Key
	name   string
	value  []byte
}

type signature struct {
	hint  [4]byte
	bytes []byte
}

// parse takes a challenge to pieces. What cannot be a challenge ends here: a field that a challenge does not
// have may mean anything, so it is not skipped.
func parse(text string) (*challenge, error) {
	if len(text) > maxEncoded {
		return nil, refuse(CodeChallenge, "challenge.size")
	}
	envelope, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, refuse(CodeChallenge, "challenge.text")
	}
	c, r := &challenge{envelope: envelope}, &reader{left: envelope}
	if r.u32() != envelopeTx {
		return nil, refuse(CodeChallenge, "challenge.envelope")
	}
	if err := c.head(r); err != nil {
		return nil, err
	}
	if err := c.acts(r); err != nil {
		return nil, err
	}
	if r.u32() != 0 && !r.bad { // the extension: a smart contract's resources
		return nil, refuse(CodeCouldSpend, "challenge.extension")
	}
	c.body = envelope[4 : len(envelope)-len(r.left)]
	c.signed(r)
	if r.bad || len(r.left) > 0 {
		return nil, refuse(CodeChallenge, "challenge.encoding")
	}
	return c, nil
}

// head reads what stands before the operations.
func (c *challenge) head(r *reader) error {
	if r.u32() != keyEd25519 && !r.bad {
		return refuse(CodeNotServer, "challenge.source")
	}
	copy(c.source[:], r.raw(32))
	r.u32() // the fee: nobody pays it
	c.sequence = r.u64()
	if r.u32() != condTime && !r.bad {
		return refuse(CodeOutOfTime, "challenge.preconditions")
	}
	c.from, c.to = r.u64(), r.u64()
	if c.memo = r.u32(); c.memo != memoNone && !r.bad {
		return refuse(CodeOtherOne, "challenge.memo") // a memo names one user of a shared account
	}
	return nil
}

// acts reads the operations.
func (c *challenge) acts(r *reader) error {
	for range r.count(maxOps) {
		if !r.flag() && !r.bad {
			return refuse(CodeChallenge, "challenge.operation.source")
		}
		if r.u32() != keyEd25519 && !r.bad { // one user of a shared account
			return refuse(CodeOtherOne, "challenge.operation.source")
		}
		var o operation
		copy(o.source[:], r.raw(32))
		if r.u32() != manageData && !r.bad {
			return refuse(CodeCouldSpend, "challenge.operation")
		}
		o.name = string(r.opaque(maxName))
		if r.flag() {
			o.value = r.opaque(maxValue)
		}
		if r.bad {
			return nil // parse says so
		}
		c.operations = append(c.operations, o)
	}
	return nil
}

func (c *challenge) signed(r *reader) {
	for range r.count(maxSigned) {
		var s signature
		copy(s.hint[:], r.raw(4))
		s.bytes = r.opaque(len(protocol.Signature{}))
		c.signatures = append(c.signatures, s)
	}
}

// hash is what signatures sign: it separates this network, and transactions, from all else.
func (c *challenge) hash(network protocol.Network) protocol.Hash {
	b := append(make([]byte, 0, 36+len(c.body)), network.ID[:]...)
	b = binary.BigEndian.AppendUint32(b, envelopeTx)
	return sha256.Sum256(append(b, c.body...))
}

// with is the envelope with one more signature, in base64.
func (c *challenge) with(key protocol.Key, s protocol.Signature) string {
	count := 4 + len(c.body)
	out := append([]byte(nil), c.envelope...)
	binary.BigEndian.PutUint32(out[count:], uint32(len(c.signatures)+1))
	out = append(out, key[28:]...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(s)))
	return base64.StdEncoding.EncodeToString(append(out, s[:]...))
}
