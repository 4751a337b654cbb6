package walletfile

import (
	"crypto/ed25519"
	"os"
	"path/filepath"
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"
	"kula/wallet"
)

const (
	start = 1_800_000_000
	now   = start + 1000
)

var testNetwork = protocol.NewNetwork("walletfile tests")

func options() Options {
	return Options{Network: testNetwork, WorkFactor: 1, Passphrase: func() (string, error) { return "correct horse", nil }}
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// enrolled makes a wallet in a directory, with a purse and money.
func enrolled(t *testing.T, bank *tinybank.Bank, dir, name string, load money.Amount) *Wallet {
	t.Helper()
	w := must(Create(dir, options()))(t)
	join(t, bank, w, name, load)
	return w
}

func join(t *testing.T, bank *tinybank.Bank, w *Wallet, name string, load money.Amount) {
	t.Helper()
	check(t, w.Trust(start, bank.Charter, nil))
	account := ed25519.NewKeyFromSeed(append(make([]byte, 28), []byte(name)[:4]...))
	e := must(w.Enrol(start, wallet.EnrolParams{
		Anchor: bank.Charter.Anchor, Account: protocol.AccountID(protocol.PublicKey(account)), Asset: bank.Asset, Kind: protocol.Circulating,
		Signers: []wallet.AccountSigner{{Key: protocol.PublicKey(account), Sign: func(h protocol.Hash) protocol.Signature { return protocol.Sign(account, h) }}},
	}))(t)
	purse := protocol.PurseID(testNetwork.Hash(e))
	must(w.Absorb(start, purse, bank.Enrol(e, name, start), 0))(t)
	bank.Load(purse, load)
	refresh(t, bank, w, purse, start+1)
}

func refresh(t *testing.T, bank *tinybank.Bank, w *Wallet, purse protocol.PurseID, at uint64) {
	t.Helper()
	must(w.Statement(at, purse, protocol.Hash{}))(t)
	must(w.Absorb(at, purse, bank.Sync(purse, must(w.Outbox(purse))(t), at), 0))(t)
}

func reopen(t *testing.T, dir string) *Wallet {
	t.Helper()
	w := must(Open(dir, options()))(t)
	t.Cleanup(func() { w.Close() })
	return w
}

// newest is the purse enrolled last, and its balance.
func newest(w *Wallet, at uint64) wallet.Balance {
	all := w.Balances(at)
	return all[len(all)-1]
}

// copyDir copies a wallet's files, so that each case begins alike.
func copyDir(t *testing.T, from, to string) {
	t.Helper()
	check(t, os.MkdirAll(to, dirMode))
	for _, name := range []string{journalName, keysName} {
		check(t, os.WriteFile(filepath.Join(to, name), must(os.ReadFile(filepath.Join(from, name)))(t), fileMode))
	}
}
