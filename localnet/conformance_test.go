package localnet

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/xdr"
)

// recordedLedger is a ledger that a real network closed: see testdata/network/README.md.
type recordedLedger struct {
	Seq  uint32 `json:"seq"`
	Time int64  `json:"time"`
	Txs  []struct {
		ID       string `json:"id"`
		Hash     string `json:"hash"`
		Envelope []byte `json:"envelope"`
		Result   string `json:"result"`
	} `json:"txs"`
}

// recordedRoot is the account that held everything in the recordings; it is not this passphrase's
// usual one.
const (
	recordedRoot       = "GBRPYHIL2CI3FNQ4BXLFMNDLFJUNPU2HY3ZMFSHONUCEOASW7QC7OX2H"
	recordedPassphrase = "Test SDF Network ; September 2015"
)

// TestConformanceRecordedNetwork gives the ledger what a real network was given and expects what that
// answered, byte for byte, except where an order book or inflation would be needed.
func TestConformanceRecordedNetwork(t *testing.T) {
	files, err := filepath.Glob("testdata/network/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	same := 0
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { same += compareRecording(t, file) })
	}
	t.Logf("%d transactions compared", same)
	if same < 150 {
		t.Errorf("only %d transactions were comparable", same)
	}
}

func compareRecording(t *testing.T, file string) (same int) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var ledgers []recordedLedger
	if err := json.Unmarshal(text, &ledgers); err != nil {
		t.Fatal(err)
	}
	c := newChain(recordedPassphrase, xdr.MustAddress(recordedRoot))
	for _, l := range ledgers {
		next := ledgerClose{Seq: l.Seq, Time: l.Time, BaseFee: minBaseFee}
		for _, tx := range l.Txs {
			next.Txs = append(next.Txs, closedTx{Envelope: tx.Envelope})
		}
		if err := c.apply(next); err != nil {
			t.Fatalf("ledger %d: %v", l.Seq, err)
		}
		same += compareLedger(t, c, l)
	}
	return same
}

func compareLedger(t *testing.T, c *chain, l recordedLedger) (same int) {
	t.Helper()
	for i, tx := range l.Txs {
		got := c.history.latest().txs[i]
		if hash := hex.EncodeToString(got.tx.hash[:]); hash != tx.Hash {
			t.Errorf("ledger %d: hash %s, the network had %s", l.Seq, hash, tx.Hash)
		}
		if id := strconv.FormatInt(got.pagingID(), 10); id != tx.ID {
			t.Errorf("ledger %d: paging id %s, Horizon had %s", l.Seq, id, tx.ID)
		}
		if beyondUs(got.tx) {
			continue
		}
		if same++; got.resultXDR != tx.Result {
			var want xdr.TransactionResult
			if err := xdr.SafeUnmarshalBase64(tx.Result, &want); err != nil {
				t.Fatal(err)
			}
			t.Errorf("ledger %d: %v, the network answered %v", l.Seq, resultCodes(got.result), resultCodes(want))
		}
	}
	return same
}

// beyondUs says whether a transaction needs what this ledger does not have.
func beyondUs(t *transaction) bool {
	for _, op := range t.inner.Tx.Operations {
		_, known := rules[op.Body.Type]
		p := op.Body.PathPaymentStrictReceiveOp
		s := op.Body.PathPaymentStrictSendOp
		if !known || p != nil && needsOffers(p.SendAsset, p.DestAsset, p.Path) || s != nil && needsOffers(s.SendAsset, s.DestAsset, s.Path) {
			return true
		}
	}
	return false
}

// TestConformanceRoot: the root account is the one that stellar-core makes for a passphrase.
func TestConformanceRoot(t *testing.T) {
	const standalone = "Standalone Network ; February 2017"
	n, err := New(Config{Passphrase: standalone})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := n.Root().Address(), keypair.Master(standalone).Address(); got != want {
		t.Errorf("root is %s, want %s", got, want)
	}
	if want := "GBZXN7PIRZGNMHGA7MUUUF4GWPY5AYPV6LY4UV2GL6VJGIQRXFDNMADI"; n.Root().Address() != want {
		t.Errorf("root is %s, Stellar's documentation says %s", n.Root().Address(), want)
	}
}

// TestConformanceCodeNames: every code that can occur here has the name that Horizon gives it.
func TestConformanceCodeNames(t *testing.T) {
	text, err := os.ReadFile("testdata/horizon/codes.json")
	if err != nil {
		t.Fatal(err)
	}
	var names map[string]map[string]string
	if err := json.Unmarshal(text, &names); err != nil {
		t.Fatal(err)
	}
	enums := []reflect.Value{reflect.ValueOf(xdr.TransactionResultCode(0)), reflect.ValueOf(xdr.OperationResultCode(0))}
	for kind := range rules {
		enums = append(enums, innerCode(*blankResult(kind).Tr))
	}
	for _, enum := range enums {
		checkNames(t, enum.Type(), names[enum.Type().Name()])
	}
}

func checkNames(t *testing.T, enum reflect.Type, names map[string]string) {
	t.Helper()
	seen := 0
	for n := int64(-30); n <= 1; n++ {
		code := reflect.New(enum).Elem()
		code.SetInt(n)
		if !code.Interface().(interface{ ValidEnum(int32) bool }).ValidEnum(int32(n)) {
			continue
		}
		seen++
		full := code.MethodByName("String").Call(nil)[0].String()
		if want := names[strings.TrimPrefix(full, enum.Name())]; codeName(code) != want || want == "" {
			t.Errorf("%s is %q, Horizon says %q", full, codeName(code), want)
		}
	}
	if seen != len(names) {
		t.Errorf("%s has %d codes, Horizon names %d", enum.Name(), seen, len(names))
	}
}
