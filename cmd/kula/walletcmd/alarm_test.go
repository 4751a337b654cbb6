package walletcmd

import (
	"bytes"
	"crypto/ed25519"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kula/cmd/kula/say"
	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"
	"kula/wallet"
	"kula/walletfile"
)

const started = 1_800_000_000

var testNetwork = protocol.NewNetwork("wallet command tests")

func testOptions() walletfile.Options {
	return walletfile.Options{Network: testNetwork, WorkFactor: 1, Passphrase: func() (string, error) { return "secret", nil }}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// customer makes a wallet in a directory, with a purse and money in it.
func customer(t *testing.T, bank *tinybank.Bank, dir, name string) *walletfile.Wallet {
	t.Helper()
	w := must(walletfile.Create(dir, testOptions()))(t)
	if err := w.Trust(started, bank.Charter, nil); err != nil {
		t.Fatal(err)
	}
	account := ed25519.NewKeyFromSeed(append(make([]byte, 28), name[:4]...))
	e := must(w.Enrol(started, wallet.EnrolParams{
		Anchor: bank.Charter.Anchor, Account: protocol.AccountID(protocol.PublicKey(account)), Asset: bank.Asset, Kind: protocol.Circulating,
		Signers: []wallet.AccountSigner{{Key: protocol.PublicKey(account), Sign: func(h protocol.Hash) protocol.Signature { return protocol.Sign(account, h) }}},
	}))(t)
	purse := protocol.PurseID(testNetwork.Hash(e))
	must(w.Absorb(started, purse, bank.Enrol(e, name, started), 0))(t)
	bank.Load(purse, 10*money.Unit)
	must(w.Statement(started+1, purse, protocol.Hash{}))(t)
	must(w.Absorb(started+1, purse, bank.Sync(purse, must(w.Outbox(purse))(t), started+1), 0))(t)
	return w
}

func pays(t *testing.T, from, to *walletfile.Wallet, at uint64) {
	t.Helper()
	bill := must(to.Request(at, wallet.RequestParams{Amount: money.Unit}))(t)
	must(to.Accept(at, must(from.Pay(at, bill, wallet.PayParams{}))(t).Bundle))(t)
}

// TestAlarms: that somebody else signs in a purse's name was heard once, and is said at each command after it.
func TestAlarms(t *testing.T) {
	bank := tinybank.New(testNetwork, 1, started)
	home, copied := t.TempDir(), t.TempDir()
	mary := customer(t, bank, filepath.Join(home, "mary"), "Mary")
	tom, anna := customer(t, bank, filepath.Join(home, "tom"), "Tom.."), customer(t, bank, filepath.Join(home, "anna"), "Anna")
	purse := mary.Balances(started)[0].Purse
	if err := mary.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(copied, "mary"), os.DirFS(filepath.Join(home, "mary"))); err != nil {
		t.Fatal(err)
	}
	c := &Command{Home: filepath.Join(home, "mary"), PassphraseFile: filepath.Join(home, "passphrase")}
	for path, text := range map[string]string{c.PassphraseFile: "secret\n", filepath.Join(c.Home, networkFile): "wallet command tests\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var said bytes.Buffer
	run := func(do func(*session) error) string {
		t.Helper()
		said.Reset()
		if err := c.with(&say.Voice{Out: &said, Err: &said}, do); err != nil {
			t.Fatal(err)
		}
		return said.String()
	}
	thief := must(walletfile.Open(filepath.Join(copied, "mary"), testOptions()))(t)
	defer thief.Close() //nolint:errcheck // of a test
	pays(t, thief, anna, started+20)
	quiet := run(func(s *session) error { pays(t, s.Wallet, tom, started+10); return nil })
	run(func(s *session) error {
		_, err := s.Hear(started+30, must(anna.News(started+30, wallet.DefaultNews))(t))
		return err
	})
	loud := run(func(*session) error { return nil })
	const sentence = "SOMEBODY ELSE SIGNS"
	if strings.Contains(quiet, sentence) || strings.Count(loud, sentence) != 1 || !strings.Contains(loud, purse.String()[:12]) {
		t.Fatalf("before: %q after: %q", quiet, loud)
	}
}
