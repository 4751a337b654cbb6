package wallet

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"math/rand/v2"
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"
)

// start is when every story begins.
const start = 1_800_000_000

var testNetwork = protocol.NewNetwork("wallet tests")

// memory is a journal that can be told to fail.
type memory struct {
	records [][]byte
	fail    error
}

func (m *memory) Append(r []byte) error {
	if m.fail != nil {
		return m.fail
	}
	m.records = append(m.records, bytes.Clone(r))
	return nil
}

// ring is a device's keys.
type ring struct{ seed byte }

var errForeign = errors.New("not this device's key")

func (r ring) key(n uint32) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(append(make([]byte, 30), r.seed, byte(n)))
}

func (r ring) Public(n uint32) (protocol.Key, error) { return protocol.PublicKey(r.key(n)), nil }

func (r ring) Sign(k protocol.Key, h protocol.Hash) (protocol.Signature, error) {
	for n := range uint32(8) {
		if protocol.PublicKey(r.key(n)) == k {
			return protocol.Sign(r.key(n), h), nil
		}
	}
	return protocol.Signature{}, errForeign
}

// person is somebody with a phone.
type person struct {
	*Wallet
	name    string
	journal *memory
	ring    ring
	account ed25519.PrivateKey
	purse   protocol.PurseID
	tidy    bool // puts away at once whatever is settled
}

// fataler is what testing.T and rapid.T share.
type fataler interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func must[T any](v T, err error) func(t fataler) T {
	return func(t fataler) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func check(t fataler, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newPerson(t fataler, name string, seed byte) *person {
	t.Helper()
	p := &person{name: name, journal: &memory{}, ring: ring{seed}, account: ed25519.NewKeyFromSeed(append(make([]byte, 30), 0xaa, seed))}
	p.open(t)
	return p
}

// open replays the journal, as after a restart.
func (p *person) open(t fataler) {
	t.Helper()
	cfg := Config{Network: testNetwork, Journal: p.journal, Keys: p.ring, Rand: rand.NewChaCha8([32]byte{p.ring.seed, byte(len(p.journal.records))})}
	if p.tidy {
		cfg.Shelf = &drawer{}
	}
	p.Wallet = must(Open(cfg, nil))(t)
	if p.tidy {
		p.state.shelf.after, p.state.shelf.every = 0, 1
	}
	check(t, p.replay(p.journal.records))
}

func (p *person) id() protocol.AccountID { return protocol.AccountID(protocol.PublicKey(p.account)) }

func (p *person) signer() AccountSigner {
	return AccountSigner{Key: protocol.PublicKey(p.account), Sign: func(h protocol.Hash) protocol.Signature { return protocol.Sign(p.account, h) }}
}

// join enrols the person at a bank and loads.
func (p *person) join(t fataler, b *tinybank.Bank, load money.Amount, kind protocol.Kind) {
	t.Helper()
	check(t, p.Trust(start, b.Charter, nil))
	e := must(p.Enrol(start, EnrolParams{Anchor: b.Charter.Anchor, Account: p.id(), Asset: b.Asset, Kind: kind, Signers: []AccountSigner{p.signer()}}))(t)
	p.purse = protocol.PurseID(testNetwork.Hash(e))
	must(p.Absorb(start, p.purse, b.Enrol(e, p.name, start), 0))(t)
	b.Load(p.purse, load)
	p.refresh(t, b, start+1)
}

// refresh presents everything, states, and absorbs the answer.
func (p *person) refresh(t fataler, b *tinybank.Bank, now uint64) *News {
	t.Helper()
	must(p.Statement(now, p.purse, protocol.Hash{1, byte(now), byte(now >> 8), byte(now >> 16)}))(t)
	up := must(p.Outbox(p.purse))(t)
	return must(p.Absorb(now, p.purse, b.Sync(p.purse, up, now), 0))(t)
}

func (p *person) balance(now uint64) Balance { return p.Balances(now)[0] }

func wantCode(t *testing.T, err error, code protocol.Code) {
	t.Helper()
	if got := protocol.CodeOf(err); got != code {
		t.Fatalf("got %q (%v), want %q", string(got), err, string(code))
	}
}

// village is a bank and two people, the first with money.
func village(t fataler) (b *tinybank.Bank, mary, tom *person) {
	t.Helper()
	b = tinybank.New(testNetwork, 1, start)
	mary, tom = newPerson(t, "Mary", 1), newPerson(t, "Tom", 2)
	mary.join(t, b, 100*money.Unit, protocol.Circulating)
	tom.join(t, b, 0, protocol.Circulating)
	return b, mary, tom
}
