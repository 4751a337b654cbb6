// Package phones gives the tests of package nearby real wallets: two people of one village with a bank.
// Their journals are in memory, so that a phone can be switched off at any moment, a thousand times.
package phones

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"
	"kula/wallet"
)

// Start is when every story begins; Now is when people meet.
const (
	Start = 1_800_000_000
	Now   = Start + 1000
)

// Clock is the phones' own.
func Clock() uint64 { return Now }

// Network is the one these people live on.
var Network = protocol.NewNetwork("two phones meet")

// Phone is somebody's wallet and what it is made of.
type Phone struct {
	*wallet.Wallet
	Name    string
	Purse   protocol.PurseID
	Full    error // what writing to the journal fails with
	seed    byte
	records [][]byte
}

// Append keeps a record of the journal.
func (p *Phone) Append(record []byte) error {
	if p.Full != nil {
		return p.Full
	}
	p.records = append(p.records, bytes.Clone(record))
	return nil
}

func (p *Phone) key(n uint32) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(append(make([]byte, 30), p.seed, byte(n))) //nolint:gosec // a few keys
}

// Public is the phone's n-th key.
func (p *Phone) Public(n uint32) (protocol.Key, error) { return protocol.PublicKey(p.key(n)), nil }

// Sign signs with one of the phone's keys.
func (p *Phone) Sign(k protocol.Key, h protocol.Hash) (protocol.Signature, error) {
	for n := range uint32(4) {
		if protocol.PublicKey(p.key(n)) == k {
			return protocol.Sign(p.key(n), h), nil
		}
	}
	return protocol.Signature{}, errors.New("not this phone's key")
}

// Restart switches the phone off and on: what its journal does not hold is gone.
func (p *Phone) Restart(t testing.TB) {
	t.Helper()
	var err error
	source := rand.NewChaCha8([32]byte{p.seed, byte(len(p.records)), byte(len(p.records) >> 8)}) //nolint:gosec // any seed will do
	p.Wallet, err = wallet.Open(wallet.Config{Network: Network, Journal: p, Keys: p, Rand: source}, p.records)
	if err != nil {
		t.Fatal(err)
	}
}

// Copy is another phone in the same state. Only tests may do that.
func (p *Phone) Copy(t testing.TB) *Phone {
	t.Helper()
	c := &Phone{Name: p.Name, Purse: p.Purse, seed: p.seed, records: slices.Clone(p.records)}
	c.Restart(t)
	return c
}

// Join enrols a wallet at the bank, loads it, and fetches a sheet.
func Join(t testing.TB, w *wallet.Wallet, b *tinybank.Bank, name string, account ed25519.PrivateKey, load money.Amount) protocol.PurseID {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(w.Trust(Start, b.Charter, nil))
	signer := wallet.AccountSigner{Key: protocol.PublicKey(account), Sign: func(h protocol.Hash) protocol.Signature { return protocol.Sign(account, h) }}
	e, err := w.Enrol(Start, wallet.EnrolParams{Anchor: b.Charter.Anchor, Account: protocol.AccountID(signer.Key), Asset: b.Asset,
		Kind: protocol.Circulating, Signers: []wallet.AccountSigner{signer}})
	check(err)
	purse := protocol.PurseID(w.Network().Hash(e))
	_, err = w.Absorb(Start, purse, b.Enrol(e, name, Start), 0)
	check(err)
	b.Load(purse, load)
	_, err = w.Statement(Start+1, purse, protocol.Hash{1})
	check(err)
	up, err := w.Outbox(purse)
	check(err)
	_, err = w.Absorb(Start+1, purse, b.Sync(purse, up, Start+1), 0)
	check(err)
	return purse
}

// At is a phone whose owner has 100 at a bank.
func At(t testing.TB, b *tinybank.Bank, name string, seed byte) *Phone {
	t.Helper()
	p := &Phone{Name: name, seed: seed}
	p.Restart(t)
	account := ed25519.NewKeyFromSeed(append(make([]byte, 30), 0xaa, seed))
	p.Purse = Join(t, p.Wallet, b, name, account, 100*money.Unit)
	return p
}

// Village is Mary, who sells fish, and Ari, who buys, at one bank.
func Village(t testing.TB) (mary, ari *Phone) {
	t.Helper()
	b := tinybank.New(Network, 1, Start)
	return At(t, b, "Mary Kalo", 1), At(t, b, "Ari", 2)
}
