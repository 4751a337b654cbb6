package localnet

import (
	"path/filepath"
	"testing"

	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/xdr"
)

// BenchmarkGift is one submission with a ledger of its own: checked, written, synced, applied.
func BenchmarkGift(b *testing.B) {
	n, err := New(Config{Path: filepath.Join(b.TempDir(), "log")})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := n.gift(xdr.MustAddress(keypair.MustRandom().Address())); err != nil {
			b.Fatal(err)
		}
	}
	if err := n.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkReplay is a restart with a thousand empty ledgers and a thousand gifts in the log.
func BenchmarkReplay(b *testing.B) {
	cfg := Config{Path: filepath.Join(b.TempDir(), "log")}
	n, err := New(cfg)
	if err != nil {
		b.Fatal(err)
	}
	for range 1000 {
		if _, err := n.gift(xdr.MustAddress(keypair.MustRandom().Address())); err != nil {
			b.Fatal(err)
		}
		if err := n.CloseLedger(); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if err := n.Close(); err != nil {
			b.Fatal(err)
		}
		if n, err = New(cfg); err != nil {
			b.Fatal(err)
		}
	}
	if err := n.Close(); err != nil {
		b.Fatal(err)
	}
}
