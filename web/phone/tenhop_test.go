package phone

import (
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"

	"kula/internal/tinybank"
	"kula/money"
)

// tenHops is a payment with ten behind it, one income a hop, and the phone that is to be paid.
func tenHops(t *testing.T) (payment []byte, payee *person) {
	t.Helper()
	b := tinybank.New(testNetwork, 1, start)
	b.Limits.MaxDepth = 12
	payer := newPerson(t, 1)
	payer.join(b, "person 1", 100*money.Unit)
	for seed := byte(2); ; seed++ {
		payee = newPerson(t, seed)
		payee.join(b, "person", 0)
		payer.clock, payee.clock = start+100+uint64(seed), start+100+uint64(seed)
		paid := payer.do("pay", Object{"bytes": payee.do("request", Object{"amount": "10"})["bytes"]})
		if seed == 12 {
			return paid["bytes"].([]byte), payee
		}
		payee.do("accept", Object{"bytes": paid["bytes"]})
		payer = payee
	}
}

// TestTenHops: it is taken. With KULA_TEN_HOPS=DIR the phone before it takes it is left there, for
// web/wasm/node/tenhops.mjs, which measures how long that takes in WebAssembly.
func TestTenHops(t *testing.T) {
	payment, payee := tenHops(t)
	if dir := os.Getenv("KULA_TEN_HOPS"); dir != "" {
		leave(t, dir, payment, payee)
	}
	if got := payee.do("accept", Object{"bytes": payment}); got["depth"] != 10.0 {
		t.Fatalf("%+v", got)
	}
}

func leave(t *testing.T, dir string, payment []byte, p *person) {
	t.Helper()
	var journal []byte
	for _, r := range p.journal {
		journal = append(binary.BigEndian.AppendUint32(journal, uint32(len(r))), r...)
	}
	key, err := x509.MarshalPKCS8PrivateKey(p.key(0))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"journal": journal, "payment": payment, "key0": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
