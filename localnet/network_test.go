package localnet

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/network"
	"github.com/stellar/go-stellar-sdk/txnbuild"
	"github.com/stellar/go-stellar-sdk/xdr"
)

// TestTimeNeverGoesBack: neither when the clock does, nor over a restart.
func TestTimeNeverGoesBack(t *testing.T) {
	clock := time.Unix(2_000_000_000, 0)
	cfg := Config{Path: filepath.Join(t.TempDir(), "log"), Now: func() time.Time { return clock }}
	n := open(t, cfg)
	clock = clock.Add(-time.Hour)
	closeOne(t, n)
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	n = open(t, cfg)
	closeOne(t, n)
	if got := n.state.closeTime(); got != 2_000_000_000 {
		t.Errorf("ledger time is %d", got)
	}
	clock = clock.Add(2 * time.Hour)
	closeOne(t, n)
	if got := n.state.closeTime(); got != clock.Unix() {
		t.Errorf("ledger time is %d, the clock says %d", got, clock.Unix())
	}
}

func open(t *testing.T, cfg Config) *Network {
	t.Helper()
	n, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

func closeOne(t *testing.T, n *Network) {
	t.Helper()
	if err := n.CloseLedger(); err != nil {
		t.Fatal(err)
	}
}

// TestUnwritableLog: what cannot be written does not happen, and whoever waits hears that it is not known.
func TestUnwritableLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	n := open(t, Config{Path: path, SubmitTimeout: time.Millisecond})
	before := n.state.sequence()
	readOnly, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	n.journal.file, readOnly = readOnly, n.journal.file
	w := ask(n, http.MethodGet, "/friendbot?addr="+keypair.MustRandom().Address(), "")
	if w.Code == http.StatusOK {
		t.Errorf("answered %d", w.Code)
	}
	if n.state.sequence() != before || len(n.state.history.txs) != 0 {
		t.Error("it was applied without being written")
	}
	n.journal.file, readOnly = readOnly, n.journal.file
	if err := n.CloseLedger(); !errors.Is(err, ErrLog) {
		t.Errorf("a log whose end is not known: %v, want ErrLog", err)
	}
	if err := readOnly.Close(); err != nil {
		t.Error(err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	if again := open(t, Config{Path: path}); again.state.sequence() != before {
		t.Errorf("after a restart the ledger is %d, it was %d", again.state.sequence(), before)
	}
}

// TestFullDisk: a write that fails and is taken back leaves what waits waiting, and the next one takes it along.
func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	n := open(t, Config{Path: path, CloseEvery: time.Hour})
	p, err := n.gift(xdr.MustAddress(keypair.MustRandom().Address()))
	if err != nil {
		t.Fatal(err)
	}
	// A file opened for appending refuses to write at a place, and can still be cut.
	full, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	n.journal.file, full = full, n.journal.file
	if err := n.CloseLedger(); err == nil || errors.Is(err, ErrLog) {
		t.Errorf("a full disk: %v, want an error that passes", err)
	}
	n.journal.file, full = full, n.journal.file
	if err := full.Close(); err != nil {
		t.Fatal(err)
	}
	closeOne(t, n)
	if rec := n.await(t.Context(), p); rec == nil || !rec.successful() {
		t.Error("what waited was not taken along")
	}
	last := n.state.hash
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	if again := open(t, Config{Path: path}); again.state.hash != last {
		t.Error("after a restart it is another ledger")
	}
}

func ask(n *Network, method, target, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	n.Handler().ServeHTTP(w, r)
	return w
}

// TestCloseEndsWaiting: nobody is kept waiting by a network that is closed.
func TestCloseEndsWaiting(t *testing.T) {
	n := open(t, Config{CloseEvery: time.Hour, SubmitTimeout: time.Hour})
	p, err := n.gift(xdr.MustAddress(keypair.MustRandom().Address()))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan *txRecord)
	go func() { ended <- n.await(context.Background(), p) }()
	streamed := make(chan struct{})
	go func() {
		defer close(streamed)
		r := httptest.NewRequest(http.MethodGet, "/payments", nil)
		r.Header.Set("Accept", "text/event-stream")
		n.Handler().ServeHTTP(httptest.NewRecorder(), r)
	}()
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	if rec := <-ended; rec != nil {
		t.Error("a transaction landed in a ledger that was never closed")
	}
	<-streamed
	if err := n.CloseLedger(); !errors.Is(err, ErrClosed) {
		t.Errorf("closing a ledger: %v, want ErrClosed", err)
	}
}

// TestRunClosesLedgers: Run closes them until its context ends.
func TestRunClosesLedgers(t *testing.T) {
	n := open(t, Config{CloseEvery: time.Millisecond})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- n.Run(ctx) }()
	for n.latest() < 10 {
		n.mu.RLock()
		news := n.news
		n.mu.RUnlock()
		<-news
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// FuzzSubmit: no operations, however odd, make the ledger panic, lose money, or fail to show what it holds.
func FuzzSubmit(f *testing.F) {
	key, err := keypair.FromRawSeed([32]byte{7})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range seedTransactions(f, key.Address()) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var tx xdr.Transaction
		if err := xdr.SafeUnmarshalBase64(base64.StdEncoding.EncodeToString(body), &tx); err != nil {
			return
		}
		n := open(t, Config{})
		if _, err := n.gift(xdr.MustAddress(key.Address())); err != nil {
			t.Fatal(err)
		}
		tx.SourceAccount, tx.Fee = xdr.MustMuxedAddress(key.Address()), 100_000
		tx.SeqNum = accountIn(n.state.world, xdr.MustAddress(key.Address())).SeqNum + 1
		w := ask(n, http.MethodPost, "/transactions", url.Values{"tx": {sign(t, tx, key)}}.Encode())
		if w.Code != http.StatusOK && w.Code != http.StatusBadRequest {
			t.Fatalf("answered %d: %s", w.Code, w.Body)
		}
		for _, path := range []string{"/operations?include_failed=true&join=transactions&limit=200", "/accounts/" + key.Address(), "/claimable_balances"} {
			if w := ask(n, http.MethodGet, path, ""); w.Code != http.StatusOK && w.Code != http.StatusNotFound {
				t.Fatalf("%s: %d %s", path, w.Code, w.Body)
			}
		}
		if err := n.Audit(); err != nil {
			t.Fatal(err)
		}
	})
}

func sign(t *testing.T, tx xdr.Transaction, key *keypair.Full) string {
	t.Helper()
	hash, err := network.HashTransaction(tx, Passphrase)
	if err != nil {
		return "" // it cannot be hashed, and nobody can send it: what is submitted is nothing
	}
	sig, err := key.SignDecorated(hash[:])
	if err != nil {
		t.Fatal(err)
	}
	envelope := xdr.TransactionEnvelope{
		Type: xdr.EnvelopeTypeEnvelopeTypeTx,
		V1:   &xdr.TransactionV1Envelope{Tx: tx, Signatures: []xdr.DecoratedSignature{sig}},
	}
	return encode(envelope)
}

// seedTransactions has every operation in it.
func seedTransactions(f *testing.F, self string) (seeds [][]byte) {
	vatu := txnbuild.CreditAsset{Code: "VUV", Issuer: self}
	other := keypair.Root(Passphrase).Address()
	native := txnbuild.NativeAsset{}
	predicate := txnbuild.AndPredicate(txnbuild.NotPredicate(txnbuild.BeforeAbsoluteTimePredicate(9)), txnbuild.BeforeRelativeTimePredicate(9))
	for _, op := range []txnbuild.Operation{
		&txnbuild.CreateAccount{Destination: keypair.Root("x").Address(), Amount: "5"},
		&txnbuild.Payment{Destination: other, Amount: "1", Asset: vatu},
		&txnbuild.Payment{Destination: other, Amount: "1", Asset: native},
		&txnbuild.PathPaymentStrictReceive{SendAsset: native, SendMax: "1", DestAsset: native, DestAmount: "1", Destination: other, Path: []txnbuild.Asset{vatu}},
		&txnbuild.PathPaymentStrictSend{SendAsset: native, SendAmount: "1", DestAsset: native, DestMin: "1", Destination: other},
		&txnbuild.SetOptions{HomeDomain: txnbuild.NewHomeDomain("a"), Signer: &txnbuild.Signer{Address: other, Weight: 1}, InflationDestination: &other},
		&txnbuild.ChangeTrust{Line: vatu.MustToChangeTrustAsset(), Limit: "1"},
		&txnbuild.SetTrustLineFlags{Trustor: other, Asset: vatu, SetFlags: []txnbuild.TrustLineFlag{1}},
		&txnbuild.Clawback{From: other, Amount: "1", Asset: vatu},
		&txnbuild.AccountMerge{Destination: other},
		&txnbuild.ManageData{Name: "a", Value: []byte("b")},
		&txnbuild.BumpSequence{BumpTo: 9},
		&txnbuild.CreateClaimableBalance{Amount: "1", Asset: native, Destinations: []txnbuild.Claimant{txnbuild.NewClaimant(other, &predicate)}},
		&txnbuild.ClaimClaimableBalance{BalanceID: "00000000" + strings.Repeat("ab", 32)},
		&txnbuild.ManageSellOffer{Selling: native, Buying: vatu, Amount: "1", Price: xdr.Price{N: 1, D: 1}},
		&txnbuild.BeginSponsoringFutureReserves{SponsoredID: other},
	} {
		tx, err := txnbuild.NewTransaction(txnbuild.TransactionParams{
			SourceAccount: &txnbuild.SimpleAccount{AccountID: self}, BaseFee: 100, Memo: txnbuild.MemoText("memo"),
			Operations: []txnbuild.Operation{op, op}, Preconditions: txnbuild.Preconditions{TimeBounds: txnbuild.NewInfiniteTimeout()},
		})
		if err != nil {
			f.Fatal(err)
		}
		raw, err := tx.ToXDR().V1.Tx.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		seeds = append(seeds, raw)
	}
	return seeds
}
