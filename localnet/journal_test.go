package localnet_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stellar/go-stellar-sdk/clients/horizonclient"
	"github.com/stellar/go-stellar-sdk/protocols/horizon"

	"kula/localnet"
)

// view is everything that a restart must bring back.
type view struct {
	root horizon.Root
	last horizon.Ledger
	txs  horizon.TransactionsPage
}

func (b *bench) view() view {
	b.Helper()
	root, err := b.client.Root()
	if err != nil {
		b.Fatal(err)
	}
	last, err := b.client.LedgerDetail(uint32(root.HorizonSequence))
	if err != nil {
		b.Fatal(err)
	}
	txs, err := b.client.Transactions(horizonclient.TransactionRequest{IncludeFailed: true, Limit: 200})
	if err != nil {
		b.Fatal(err)
	}
	return view{root: root, last: last, txs: txs}
}

func (v view) same(t testing.TB, w view) {
	t.Helper()
	if v.last.Hash != w.last.Hash || v.root.HorizonSequence != w.root.HorizonSequence {
		t.Errorf("ledger %d %s became %d %s", v.last.Sequence, v.last.Hash, w.last.Sequence, w.last.Hash)
	}
	if len(v.txs.Embedded.Records) != len(w.txs.Embedded.Records) {
		t.Fatalf("%d transactions became %d", len(v.txs.Embedded.Records), len(w.txs.Embedded.Records))
	}
	for i, tx := range v.txs.Embedded.Records {
		if other := w.txs.Embedded.Records[i]; tx.Hash != other.Hash || tx.ResultXdr != other.ResultXdr || tx.ResultMetaXdr != other.ResultMetaXdr || tx.PT != other.PT {
			t.Errorf("transaction %d is %s, was %s", i, other.Hash, tx.Hash)
		}
	}
}

func logConfig(t testing.TB) localnet.Config {
	return localnet.Config{Path: filepath.Join(t.TempDir(), "sub", "ledger.log"), Now: atNoon}
}

// work makes some history: successes, a failure, and an operation that a fault rejected.
func (b *bench) work() {
	b.Helper()
	from, to := b.funded(), b.funded()
	b.must(from, pay(to, "1"))
	if err := b.net.Faults().Set(localnet.Fault{Kind: localnet.FaultReject, Destination: to.Address(), Code: "op_line_full"}); err != nil {
		b.Fatal(err)
	}
	if _, err := b.submit(b.build(spec{source: from, ops: ops(pay(to, "1"))})); err == nil {
		b.Fatal("the fault did not reject")
	}
	b.must(from, pay(to, "2"))
}

func TestCrashRestartKeepsEverything(t *testing.T) {
	cfg := logConfig(t)
	b := startWith(t, cfg)
	b.work()
	before := b.view()
	if err := b.net.Close(); err != nil {
		t.Fatal(err)
	}
	again := startWith(t, cfg)
	before.same(t, again.view())
	again.work() // and it goes on from there
}

// TestTornLastRecord cuts the log after every byte of its last record: the ledgers before it stay,
// it is gone, and the network goes on.
func TestTornLastRecord(t *testing.T) {
	cfg := logConfig(t)
	b := startWith(t, cfg)
	key := b.funded()
	before := b.view()
	info, err := os.Stat(cfg.Path)
	if err != nil {
		t.Fatal(err)
	}
	b.must(key, pay(b.net.Root(), "1"))
	if err := b.net.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(cfg.Path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := int(info.Size()); cut < len(whole); cut++ {
		torn := logConfig(t)
		writeLog(t, torn.Path, whole[:cut])
		again, err := localnet.New(torn)
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if got, err := os.Stat(torn.Path); err != nil || got.Size() != info.Size() {
			t.Fatalf("cut at %d: %d bytes are left, want %d", cut, got.Size(), info.Size())
		}
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
	}
	zeros := append(whole[:info.Size():info.Size()], make([]byte, 100)...) // a file that was made longer and not written
	torn := logConfig(t)
	writeLog(t, torn.Path, zeros)
	before.same(t, startWith(t, torn).view())
}

func writeLog(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestTornFirstLine: a crash while the log was being made.
func TestTornFirstLine(t *testing.T) {
	for _, start := range []string{"", "kula", "kula localnet log 1 \"Kula"} {
		cfg := logConfig(t)
		writeLog(t, cfg.Path, []byte(start))
		b := startWith(t, cfg)
		b.funded()
	}
}

// TestDamageIsNotATornRecord: a byte that changed in the middle makes the log unusable; nothing is
// cut off, because what follows was answered to somebody.
func TestDamageIsNotATornRecord(t *testing.T) {
	cfg := logConfig(t)
	b := startWith(t, cfg)
	b.work()
	if err := b.net.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(cfg.Path)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{3, 45, 60, len(whole) / 2} {
		damaged := logConfig(t)
		bad := append([]byte(nil), whole...)
		bad[at] ^= 0x40
		writeLog(t, damaged.Path, bad)
		if _, err := localnet.New(damaged); !errors.Is(err, localnet.ErrLog) {
			t.Errorf("byte %d: %v, want ErrLog", at, err)
		}
		if after, err := os.ReadFile(damaged.Path); err != nil || len(after) != len(whole) {
			t.Errorf("byte %d: the log was cut to %d bytes", at, len(after))
		}
	}
}

func TestLogIsForOneNetworkAndOneProcess(t *testing.T) {
	cfg := logConfig(t)
	b := startWith(t, cfg)
	if _, err := localnet.New(cfg); !errors.Is(err, localnet.ErrLog) {
		t.Errorf("opened twice: %v, want ErrLog", err)
	}
	if err := b.net.Close(); err != nil {
		t.Fatal(err)
	}
	cfg.Passphrase = "another network"
	if _, err := localnet.New(cfg); !errors.Is(err, localnet.ErrLog) {
		t.Errorf("another passphrase: %v, want ErrLog", err)
	}
	if info, err := os.Stat(cfg.Path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the log's mode is %v (%v)", info.Mode(), err)
	}
}
