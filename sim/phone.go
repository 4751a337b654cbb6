package sim

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"

	"kula/protocol"
	"kula/wallet"
)

var network = protocol.NewNetwork("Kula simulated island")

// keyOf derives a private key from the island's seed and a name, so that a run can be replayed.
func keyOf(seed uint64, name string, n uint32) ed25519.PrivateKey {
	b := binary.BigEndian.AppendUint64([]byte("kula sim"), seed)
	b = binary.BigEndian.AppendUint32(b, n)
	digest := sha256.Sum256(append(b, name...))
	return ed25519.NewKeyFromSeed(digest[:])
}

// stream is randomness of its own for one purpose.
func stream(seed uint64, purpose string) *rand.ChaCha8 {
	b := binary.BigEndian.AppendUint64([]byte("kula sim random"), seed)
	return rand.NewChaCha8(sha256.Sum256(append(b, purpose...)))
}

// ring is a phone's keys. What it signs, the process remembers as good: the signature was just made with
// the key that goes with it.
type ring struct {
	seed   uint64
	name   string
	memory *protocol.Memory
	keys   []ed25519.PrivateKey
}

var errForeign = errors.New("sim: not this phone's key")

func (r *ring) key(n uint32) ed25519.PrivateKey {
	for uint32(len(r.keys)) <= n { //nolint:gosec // few
		r.keys = append(r.keys, keyOf(r.seed, r.name, uint32(len(r.keys)))) //nolint:gosec // few
	}
	return r.keys[n]
}

// Public is wallet.Keys's.
func (r *ring) Public(n uint32) (protocol.Key, error) { return protocol.PublicKey(r.key(n)), nil }

// Sign is wallet.Keys's.
func (r *ring) Sign(k protocol.Key, h protocol.Hash) (protocol.Signature, error) {
	for _, private := range r.keys {
		if protocol.PublicKey(private) == k {
			return sign(r.memory, private, h), nil
		}
	}
	return protocol.Signature{}, errForeign
}

func sign(m *protocol.Memory, private ed25519.PrivateKey, h protocol.Hash) protocol.Signature {
	s := protocol.Sign(private, h)
	m.Learn(protocol.Claim{Key: protocol.PublicKey(private), Hash: h, Signature: s})
	return s
}

// phone is a wallet, its journal and its keys.
type phone struct {
	*wallet.Wallet
	number  int // no other phone of the island ever has it
	tape    *tape
	ring    *ring
	purse   protocol.PurseID
	load    uint64 // the reference by which the purse is loaded
	saved   int    // how much of its journal is in the backup
	retired []protocol.PurseID
	visit   *visit // to the bank, perhaps under way; see free
}

// start opens a phone from a tape, which may be empty.
func (w *world) start(t *tape, r *ring) (*phone, error) {
	if err := w.archive.flush(); err != nil {
		return nil, err
	}
	w.phones++
	p, err := w.open(t, r, stream(w.cfg.Seed, fmt.Sprint("entropy of phone ", w.phones)), w.archive)
	if err == nil {
		p.number = w.phones
	}
	return p, err
}

// open starts a phone from a tape that was flushed. Without a shelf it has everything at hand.
func (w *world) open(t *tape, r *ring, entropy io.Reader, shelf wallet.Shelf) (*phone, error) {
	records, err := t.records(len(t.places))
	if err != nil {
		return nil, err
	}
	p := &phone{tape: t, ring: r}
	p.Wallet, err = wallet.Open(wallet.Config{Network: network, Journal: t, Keys: r, Rand: entropy, Shelf: shelf}, records)
	return p, err
}

// copyOf is another phone with the same journal, up to a record, and the same keys.
func (w *world) copyOf(p *phone, records int) (*phone, error) {
	twin, err := w.start(p.tape.upTo(records), p.ring)
	if err == nil {
		twin.purse, twin.load = p.purse, p.load
	}
	return twin, err
}
