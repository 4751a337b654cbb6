package localnet

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"

	"github.com/stellar/go-stellar-sdk/xdr"
)

// signatureChecker adds up the weights of an envelope's signatures, and remembers which of them
// counted for anything: the network refuses an envelope with a signature that nobody needs.
type signatureChecker struct {
	hash       xdr.Hash
	signatures []xdr.DecoratedSignature
	used       []bool
}

func newChecker(hash xdr.Hash, signatures []xdr.DecoratedSignature) *signatureChecker {
	return &signatureChecker{hash: hash, signatures: signatures, used: make([]bool, len(signatures))}
}

// reaches says whether signatures by these signers weigh enough. At least one must be good, even
// when the weight needed is 0. It stops at the first one that is enough, and the rest stay unused.
func (c *signatureChecker) reaches(signers []xdr.Signer, needed int) bool {
	total := 0
	for _, s := range signers {
		if s.Key.Type == xdr.SignerKeyTypeSignerKeyTypePreAuthTx && xdr.Hash(*s.Key.PreAuthTx) == c.hash {
			if total += weightOf(s); total >= needed {
				return true
			}
		}
	}
	for _, kind := range []xdr.SignerKeyType{
		xdr.SignerKeyTypeSignerKeyTypeHashX,
		xdr.SignerKeyTypeSignerKeyTypeEd25519,
		xdr.SignerKeyTypeSignerKeyTypeEd25519SignedPayload,
	} {
		if total = c.add(total, needed, ofKind(signers, kind)); total < 0 {
			return true
		}
	}
	return false
}

// add counts the signatures by signers of one kind, each signer once; -1 says that it is enough.
func (c *signatureChecker) add(total, needed int, signers []xdr.Signer) int {
	for i, sig := range c.signatures {
		for j, s := range signers {
			if !c.verify(sig, s.Key) {
				continue
			}
			c.used[i] = true
			if total += weightOf(s); total >= needed {
				return -1
			}
			signers = append(signers[:j:j], signers[j+1:]...)
			break
		}
	}
	return total
}

func (c *signatureChecker) verify(sig xdr.DecoratedSignature, signer xdr.SignerKey) bool {
	switch signer.Type {
	case xdr.SignerKeyTypeSignerKeyTypeHashX:
		return hints(sig, signer.HashX[:]) && sha256.Sum256(sig.Signature) == *signer.HashX
	case xdr.SignerKeyTypeSignerKeyTypeEd25519:
		return hints(sig, signer.Ed25519[:]) && verifyEd25519(*signer.Ed25519, c.hash[:], sig.Signature)
	case xdr.SignerKeyTypeSignerKeyTypeEd25519SignedPayload:
		p := signer.Ed25519SignedPayload
		return sig.Hint == payloadHint(p) && verifyEd25519(p.Ed25519, p.Payload, sig.Signature)
	}
	return false
}

func verifyEd25519(key xdr.Uint256, message []byte, sig xdr.Signature) bool {
	return len(sig) == ed25519.SignatureSize && ed25519.Verify(key[:], message, sig)
}

func hints(sig xdr.DecoratedSignature, key []byte) bool {
	return bytes.Equal(sig.Hint[:], key[len(key)-4:])
}

// payloadHint is the key's last four bytes with the payload's last four, zero-padded, mixed in (CAP-40).
func payloadHint(p *xdr.SignerKeyEd25519SignedPayload) (hint xdr.SignatureHint) {
	tail := p.Payload
	if len(tail) > 4 {
		tail = tail[len(tail)-4:]
	}
	copy(hint[:], tail)
	for i := range hint {
		hint[i] ^= p.Ed25519[28+i]
	}
	return hint
}

func (c *signatureChecker) allUsed() bool {
	for _, used := range c.used {
		if !used {
			return false
		}
	}
	return true
}

func weightOf(s xdr.Signer) int { return int(min(s.Weight, 255)) }

func ofKind(signers []xdr.Signer, kind xdr.SignerKeyType) []xdr.Signer {
	var list []xdr.Signer
	for _, s := range signers {
		if s.Key.Type == kind {
			list = append(list, s)
		}
	}
	return list
}

// signersOf lists an account's signers, its own key first when that has any weight.
func signersOf(a *xdr.AccountEntry) []xdr.Signer {
	var list []xdr.Signer
	if a.Thresholds[0] > 0 {
		list = append(list, masterSigner(a.AccountId, xdr.Uint32(a.Thresholds[0])))
	}
	return append(list, a.Signers...)
}

func masterSigner(id xdr.AccountId, weight xdr.Uint32) xdr.Signer {
	return xdr.Signer{Key: xdr.SignerKey{Type: xdr.SignerKeyTypeSignerKeyTypeEd25519, Ed25519: id.Ed25519}, Weight: weight}
}

// extraSigned says whether every extra signer that the preconditions name has signed.
func (c *signatureChecker) extraSigned(keys []xdr.SignerKey) bool {
	if len(keys) == 0 {
		return true
	}
	signers := make([]xdr.Signer, len(keys))
	for i, k := range keys {
		signers[i] = xdr.Signer{Key: k, Weight: 1}
	}
	return c.reaches(signers, len(keys))
}
