package nearby

import (
	"kula/money"
	"kula/protocol"
)

// Version is the session's. Both sides must speak the same one. Since 2 they tell each other news.
const Version = 2

// Accept is money that a payee takes: of this anchor, in this asset.
type Accept struct {
	Anchor protocol.AccountID
	Asset  money.Asset
}

// Greeting is what a payee opens with: what it takes, and under which names it is known to those anchors.
type Greeting struct {
	Accepts []Accept
	Cards   []*protocol.Card
}

// Keys lists the device keys on the greeting's cards.
func (g *Greeting) Keys() (keys []protocol.Key) {
	for _, c := range g.Cards {
		keys = append(keys, c.Keys...)
	}
	return keys
}

// Bounds of a greeting.
const (
	maxAccepts = 32
	maxProofs  = 32
)

// Proof shows that a device key is at this end of the channel: its signature over Network.MeetingHash.
type proof struct {
	key       protocol.Key
	signature protocol.Signature
}

const (
	magic      = "KULA"
	acceptSize = 32 + money.MaxCode + 32
	proofSize  = 32 + 64
)

// hello ‖ sheets are small fixed fields, counted in one byte, and then a bundle to the end of the frame.
func appendHello(g *Greeting, proofs []proof, cards []byte) ([]byte, error) {
	if len(g.Accepts) > maxAccepts {
		return nil, fault(protocol.CodeTooMany, "hello", nil)
	}
	b := append([]byte(magic), Version, byte(len(g.Accepts)))
	for _, a := range g.Accepts {
		b = append(b, a.Anchor[:]...)
		b = append(b, a.Asset.Code[:]...)
		b = append(b, a.Asset.Issuer[:]...)
	}
	return append(appendProofs(b, proofs), cards...), nil
}

func appendProofs(b []byte, proofs []proof) []byte {
	b = append(b, byte(len(proofs)))
	for _, p := range proofs {
		b = append(b, p.key[:]...)
		b = append(b, p.signature[:]...)
	}
	return b
}

// readHello returns the greeting without its cards, the proofs, and the encoded bundle of cards.
func readHello(body []byte) (g Greeting, proofs []proof, cards []byte, err error) {
	if len(body) < len(magic)+1 || string(body[:len(magic)]) != magic {
		return g, nil, nil, fault(protocol.CodeNotAWallet, "hello", nil)
	}
	if body[len(magic)] != Version {
		return g, nil, nil, fault(protocol.CodeWrongVersion, "hello", nil)
	}
	accepts, rest, err := readCounted(body[len(magic)+1:], maxAccepts, acceptSize)
	if err != nil {
		return g, nil, nil, err
	}
	for ; len(accepts) > 0; accepts = accepts[acceptSize:] {
		a := Accept{Anchor: protocol.AccountID(accepts[:32])}
		copy(a.Asset.Code[:], accepts[32:])
		copy(a.Asset.Issuer[:], accepts[32+money.MaxCode:])
		if a.Asset.Check() != nil {
			return g, nil, nil, fault(protocol.CodeBadAsset, "hello", nil)
		}
		g.Accepts = append(g.Accepts, a)
	}
	proofs, cards, err = readProofs(rest)
	return g, proofs, cards, err
}

func readProofs(b []byte) (proofs []proof, rest []byte, err error) {
	fields, rest, err := readCounted(b, maxProofs, proofSize)
	for ; len(fields) > 0; fields = fields[proofSize:] {
		proofs = append(proofs, proof{protocol.Key(fields[:32]), protocol.Signature(fields[32:proofSize])})
	}
	return proofs, rest, err
}

// readCounted cuts off a count in one byte, and that many members of a fixed size.
func readCounted(b []byte, limit, size int) (members, rest []byte, err error) {
	if len(b) == 0 {
		return nil, nil, fault(protocol.CodeTruncated, "frame", nil)
	}
	n := int(b[0])
	if n > limit {
		return nil, nil, fault(protocol.CodeTooMany, "frame", nil)
	}
	if len(b) < 1+n*size {
		return nil, nil, fault(protocol.CodeTruncated, "frame", nil)
	}
	return b[1 : 1+n*size], b[1+n*size:], nil
}
