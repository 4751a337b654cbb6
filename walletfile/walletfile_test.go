package walletfile

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"
	"kula/wallet"
)

func TestModes(t *testing.T) {
	dir, _, _ := story(t)
	open := t.TempDir()
	check(t, os.Chmod(open, 0o755))
	check(t, must(Create(open, options()))(t).Close())
	if m := must(os.Stat(open))(t).Mode().Perm(); m != dirMode {
		t.Errorf("an empty directory that all could read: %o", m)
	}
	if m := must(os.Stat(dir))(t).Mode().Perm(); m != dirMode {
		t.Errorf("directory: %o", m)
	}
	for _, f := range must(os.ReadDir(dir))(t) {
		if m := must(f.Info())(t).Mode().Perm(); m != fileMode {
			t.Errorf("%s: %o", f.Name(), m)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	dir, _, _ := story(t)
	if _, err := Create(dir, options()); !errors.Is(err, ErrExists) {
		t.Errorf("made over another: %v", err)
	}
	if _, err := Open(t.TempDir(), options()); !errors.Is(err, ErrNone) {
		t.Errorf("opened nothing: %v", err)
	}
	o := options()
	o.Network = protocol.NewNetwork("elsewhere")
	if _, err := Open(dir, o); !errors.Is(err, ErrNetwork) {
		t.Errorf("opened for another network: %v", err)
	}
}

// TestPassphrase: what shows things asks for none; what signs does, and a wrong one opens nothing.
func TestPassphrase(t *testing.T) {
	dir, _, _ := story(t)
	asked := 0
	o := options()
	o.Passphrase = func() (string, error) { asked++; return "wrong", nil }
	w := must(Open(dir, o))(t)
	if len(w.History(now)) != 1 || newest(w, now).Spendable != 99*money.Unit || asked != 0 {
		t.Fatalf("asked %d times", asked)
	}
	if _, err := w.Request(now, wallet.RequestParams{}); !errors.Is(err, ErrPassphrase) {
		t.Fatalf("signed with a wrong passphrase: %v", err)
	}
	if len(w.History(now)) != 1 {
		t.Fatal("something was written")
	}
	check(t, w.Close())
	sealed := must(os.ReadFile(filepath.Join(dir, keysName)))(t)
	if !bytes.HasPrefix(sealed, []byte("age-encryption.org/v1\n-> scrypt ")) {
		t.Fatal("the keys are not sealed with scrypt")
	}
}

// TestKeys: each purse's key is its own, the same after a restart, and signs.
func TestKeys(t *testing.T) {
	dir, _, _ := story(t)
	o := options()
	seen := map[protocol.Key]bool{}
	for n := range uint32(5) {
		k := must(openKeys(dir, &o))(t)
		public := must(k.Public(n))(t)
		again := must(openKeys(dir, &o))(t)
		claim := protocol.Claim{Key: public, Hash: protocol.Hash{byte(n)}, Signature: must(again.Sign(public, protocol.Hash{byte(n)}))(t)}
		if seen[public] || !claim.Verify() {
			t.Fatalf("key %d", n)
		}
		seen[public] = true
	}
	if _, err := must(openKeys(dir, &o))(t).Sign(protocol.Key{1}, protocol.Hash{}); !errors.Is(err, ErrNotOurs) {
		t.Fatalf("signed with a key of nobody: %v", err)
	}
}

// TestBackup: a restored wallet shows everything, has none of the old keys, and continues no old chain.
func TestBackup(t *testing.T) {
	bank := tinybank.New(testNetwork, 1, start)
	mary := enrolled(t, bank, filepath.Join(t.TempDir(), "mary"), "Mary", 100*money.Unit)
	tom := enrolled(t, bank, filepath.Join(t.TempDir(), "tom"), "Tom.", 0)
	must(mary.Pay(now, must(tom.Request(now, wallet.RequestParams{Amount: money.Unit}))(t), wallet.PayParams{}))(t)
	var backup bytes.Buffer
	check(t, mary.Export(&backup, "paper in a drawer", 1))
	check(t, mary.Close())
	seed := must(unseal(bytes.NewReader(must(os.ReadFile(filepath.Join(mary.Dir, keysName)))(t)), "correct horse"))(t)
	if plain := must(unseal(bytes.NewReader(backup.Bytes()), "paper in a drawer"))(t); bytes.Contains(plain, seed) {
		t.Fatal("the backup holds the device's secret")
	}

	dir := filepath.Join(t.TempDir(), "new phone")
	if _, err := Restore(dir, bytes.NewReader(backup.Bytes()), "wrong", now, options()); !errors.Is(err, ErrPassphrase) || Exists(dir) {
		t.Fatalf("restored with a wrong passphrase: %v", err)
	}
	phone := must(Restore(dir, bytes.NewReader(backup.Bytes()), "paper in a drawer", now, options()))(t)
	old := phone.Purses()[0]
	if old.Phase != wallet.PurseRetired || len(phone.Undelivered()) != 1 {
		t.Fatalf("%+v", old)
	}
	if _, err := phone.Statement(now, old.ID, protocol.Hash{}); protocol.CodeOf(err) != wallet.CodeRetired {
		t.Fatalf("the old chain was continued: %v", err)
	}
	if _, err := phone.DeviceAuth(old.ID, protocol.Hash{}); !errors.Is(err, ErrNotOurs) {
		t.Fatalf("signed with a key of the old phone: %v", err)
	}
	join(t, bank, phone, "Mary", 5*money.Unit)
	if b := newest(phone, now); b.Spendable != 5*money.Unit || b.Purse == old.ID {
		t.Fatalf("%+v", b)
	}
	check(t, errors.Join(phone.Close(), tom.Close()))
	if _, err := Restore(dir, bytes.NewReader(backup.Bytes()), "paper in a drawer", now, options()); !errors.Is(err, ErrExists) {
		t.Fatalf("restored over a wallet: %v", err)
	}
}

// TestConformanceWords holds the derivation against the vectors of SEP-5.
func TestConformanceWords(t *testing.T) {
	for _, c := range []struct {
		words, passphrase string
		index             uint32
		account, secret   string
	}{
		{"illness spike retreat truth genius clock brain pass fit cave bargain toe", "", 0,
			"GDRXE2BQUC3AZNPVFSCEZ76NJ3WWL25FYFK6RGZGIEKWE4SOOHSUJUJ6", "SBGWSG6BTNCKCOB3DIFBGCVMUPQFYPA2G4O34RMTB343OYPXU5DJDVMN"},
		{"resource asthma orphan phone ice canvas fire useful arch jewel impose vague theory cushion top", "", 0,
			"GAVXVW5MCK7Q66RIBWZZKZEDQTRXWCZUP4DIIFXCCENGW2P6W4OA34RH", "SAKS7I2PNDBE5SJSUSU2XLJ7K5XJ3V3K4UDFAHMSBQYPOKE247VHAGDB"},
		{"bench hurt jump file august wise shallow faculty impulse spring exact slush thunder author capable act festival slice deposit sauce coconut afford frown better", "", 0,
			"GC3MMSXBWHL6CPOAVERSJITX7BH76YU252WGLUOM5CJX3E7UCYZBTPJQ", "SAEWIVK3VLNEJ3WEJRZXQGDAS5NVG2BYSYDFRSH4GKVTS5RXNVED5AX7"},
		{"cable spray genius state float twenty onion head street palace net private method loan turn phrase state blanket interest dry amazing dress blast tube", "p4ssphr4se", 0,
			"GDAHPZ2NSYIIHZXM56Y36SBVTV5QKFIZGYMMBHOU53ETUSWTP62B63EQ", "SAFWTGXVS7ELMNCXELFWCFZOPMHUZ5LXNBGUVRCY3FHLFPXK4QPXYP2X"},
		{"abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about", "", 0,
			"GB3JDWCQJCWMJ3IILWIGDTQJJC5567PGVEVXSCVPEQOTDN64VJBDQBYX", "SBUV3MRWKNS6AYKZ6E6MOUVF2OYMON3MIUASWL3JLY5E3ISDJFELYBRZ"},
	} {
		key := must(derivedAccount(c.words, c.passphrase, c.index))(t)
		if got := protocol.AccountID(protocol.PublicKey(key)).String(); got != c.account {
			t.Errorf("%.20s…: account %s, want %s", c.words, got, c.account)
		}
		if got := protocol.FormatSeed([32]byte(key.Seed())); got != c.secret {
			t.Errorf("%.20s…: another secret", c.words)
		}
	}
}

func TestWords(t *testing.T) {
	words := must(NewWords())(t)
	if len(strings.Fields(words)) != 24 {
		t.Fatalf("%d words", len(strings.Fields(words)))
	}
	key := must(AccountKey(words))(t)
	loose := must(AccountKey("  " + strings.ToUpper(strings.ReplaceAll(words, " ", "\n ")) + " "))(t)
	if !key.Equal(loose) {
		t.Error("case or spacing matters")
	}
	const about = "about abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon"
	if _, err := AccountKey(about); !errors.Is(err, ErrWords) {
		t.Errorf("words in another order: %v", err)
	}
	if _, err := AccountKey(words + " zoo"); !errors.Is(err, ErrWords) {
		t.Errorf("25 words: %v", err)
	}
}
