package localnet_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stellar/go-stellar-sdk/amount"
	"github.com/stellar/go-stellar-sdk/clients/horizonclient"
	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/protocols/horizon"
	"github.com/stellar/go-stellar-sdk/protocols/horizon/operations"
	"github.com/stellar/go-stellar-sdk/txnbuild"
	"github.com/stellar/go-stellar-sdk/xdr"

	"kula/localnet"
)

// manual is a network that closes ledgers only when the test says so.
func manual(t testing.TB) *bench {
	return startWith(t, localnet.Config{CloseEvery: time.Hour, SubmitTimeout: time.Minute})
}

// closing runs what waits for a ledger, and closes ledgers until it is done.
func (b *bench) closing(wait func()) {
	b.Helper()
	done := make(chan struct{})
	go func() { defer close(done); wait() }()
	for {
		select {
		case <-done:
			return
		default:
			if err := b.net.CloseLedger(); err != nil {
				b.Error(err)
				return
			}
		}
	}
}

func (b *bench) fundedBy(close func(func())) (key *keypair.Full) {
	b.Helper()
	close(func() { key = b.funded() })
	return key
}

func (b *bench) submitAsync(tx *txnbuild.Transaction) horizon.AsyncTransactionSubmissionResponse {
	b.Helper()
	res, err := b.client.AsyncSubmitTransactionWithOptions(tx, horizonclient.SubmitTxOpts{SkipMemoRequiredCheck: true})
	if err != nil {
		b.Fatal(err)
	}
	return res
}

func TestAsyncStatuses(t *testing.T) {
	b := manual(t)
	key := b.fundedBy(b.closing)
	first := b.build(spec{source: key, ops: ops(pay(b.net.Root(), "1"))})
	second := b.build(spec{source: key, ops: ops(pay(b.net.Root(), "2"))})
	for _, c := range []struct {
		tx   *txnbuild.Transaction
		want string
	}{{first, "PENDING"}, {first, "DUPLICATE"}, {second, "TRY_AGAIN_LATER"}} {
		if got := b.submitAsync(c.tx); got.TxStatus != c.want {
			t.Errorf("status %s, want %s", got.TxStatus, c.want)
		}
	}
	if b.found(first) {
		t.Error("it is there before its ledger closed")
	}
	if err := b.net.CloseLedger(); err != nil {
		t.Fatal(err)
	}
	if !b.found(first) {
		t.Error("its ledger closed without it")
	}
	got := b.submitAsync(second)
	if got.TxStatus != "ERROR" || got.ErrorResultXDR != "AAAAAAAAAGT////7AAAAAA==" {
		t.Errorf("a used sequence: %+v", got)
	}
}

// TestSubmissionTimesOut: no ledger closes in time, and the answer is 504, which is not a failure.
func TestSubmissionTimesOut(t *testing.T) {
	b := startWith(t, localnet.Config{CloseEvery: time.Hour, SubmitTimeout: time.Millisecond})
	root := b.net.Root()
	tx := b.build(spec{source: root, ops: ops(&txnbuild.CreateAccount{Destination: keypair.MustRandom().Address(), Amount: "5"})})
	_, err := b.submit(tx)
	if herr := horizonclient.GetError(err); herr == nil || herr.Problem.Status != http.StatusGatewayTimeout {
		t.Fatalf("answered %v, want 504", err)
	}
	if err := b.net.CloseLedger(); err != nil {
		t.Fatal(err)
	}
	if !b.found(tx) {
		t.Error("it was not applied")
	}
}

// TestManySubmitters: what many do at once ends in sums that agree, under any interleaving. Run with -race.
func TestManySubmitters(t *testing.T) {
	b := manual(t)
	const people, rounds = 12, 5
	keys := make([]*keypair.Full, people)
	b.closing(func() { // all gifts come from one account, several in one ledger
		each(people, func(i int) { keys[i] = b.funded() })
	})
	b.closing(func() {
		each(people, func(i int) {
			for range rounds {
				b.must(keys[i], pay(keys[(i+1)%people], fmt.Sprintf("%d", i+1)))
			}
		})
	})
	for i, key := range keys {
		before := (i + people - 1) % people
		want := 10_000_0000000 + rounds*(int64(before+1)-int64(i+1))*1_0000000 - rounds*100
		if got := stroops(t, b.account(key)); got != want {
			t.Errorf("account %d has %d, want %d", i, got, want)
		}
	}
	page, err := b.client.Payments(horizonclient.OperationRequest{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(page.Embedded.Records); n != people*(rounds+1) {
		t.Errorf("%d payments in history, want %d", n, people*(rounds+1))
	}
	b.checkConserved()
}

func each(n int, do func(int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { do(i) })
	}
	wg.Wait()
}

func stroops(t testing.TB, a horizon.Account) int64 {
	t.Helper()
	text, err := a.GetNativeBalance()
	if err != nil {
		t.Fatal(err)
	}
	return int64(amount.MustParse(text))
}

// TestRecordsOfEveryKind: what the anchor reads of each way that money can arrive.
func TestRecordsOfEveryKind(t *testing.T) {
	b := start(t)
	from, to := b.funded(), b.funded()
	muxed, err := xdr.MuxedAccountFromAccountId(to.Address(), 1<<60)
	if err != nil {
		t.Fatal(err)
	}
	sender, err := xdr.MuxedAccountFromAccountId(from.Address(), 7)
	if err != nil {
		t.Fatal(err)
	}
	b.must(from,
		&txnbuild.Payment{Destination: muxed.Address(), Amount: "1", Asset: txnbuild.NativeAsset{}, SourceAccount: sender.Address()},
		&txnbuild.PathPaymentStrictReceive{SendAsset: txnbuild.NativeAsset{}, SendMax: "5", DestAsset: txnbuild.NativeAsset{}, DestAmount: "2", Destination: to.Address()},
		&txnbuild.PathPaymentStrictSend{SendAsset: txnbuild.NativeAsset{}, SendAmount: "3", DestAsset: txnbuild.NativeAsset{}, DestMin: "1", Destination: muxed.Address()},
		&txnbuild.AccountMerge{Destination: muxed.Address()})
	page, err := b.client.Payments(horizonclient.OperationRequest{ForAccount: to.Address()})
	if err != nil {
		t.Fatal(err)
	}
	r := page.Embedded.Records
	if len(r) != 5 {
		t.Fatalf("%d records, want 5", len(r))
	}
	if c := r[0].(operations.CreateAccount); c.StartingBalance != "10000.0000000" || c.Account != to.Address() || c.Funder != b.net.Root().Address() {
		t.Errorf("creation %+v", c)
	}
	p := r[1].(operations.Payment)
	if p.ToMuxed != muxed.Address() || p.ToMuxedID != 1<<60 || p.To != to.Address() || p.FromMuxedID != 7 || p.FromMuxed != sender.Address() {
		t.Errorf("muxed payment %+v", p)
	}
	if p := r[2].(operations.PathPayment); p.Amount != "2.0000000" || p.SourceAmount != "2.0000000" || p.SourceMax != "5.0000000" || p.SourceAssetType != "native" {
		t.Errorf("strict receive %+v", p)
	}
	if p := r[3].(operations.PathPaymentStrictSend); p.Amount != "3.0000000" || p.DestinationMin != "1.0000000" || p.ToMuxedID != 1<<60 {
		t.Errorf("strict send %+v", p)
	}
	if m := r[4].(operations.AccountMerge); m.Account != from.Address() || m.Into != to.Address() || m.IntoMuxedID != 1<<60 {
		t.Errorf("merge %+v", m)
	}
	if got := stroops(t, b.account(to)); got != 20_000_0000000-400 {
		t.Errorf("after the merge there are %d", got)
	}
	if _, err := b.client.AccountDetail(horizonclient.AccountRequest{AccountID: from.Address()}); !horizonclient.IsNotFoundError(err) {
		t.Errorf("the merged account: %v", err)
	}
	b.checkConserved()
}

// TestFeeBump: another account pays; the transaction is found under both hashes.
func TestFeeBump(t *testing.T) {
	b := start(t)
	payer, key := b.funded(), b.funded()
	inner := b.build(spec{source: key, ops: ops(pay(b.net.Root(), "1"))})
	bump := func(fee int64, signer *keypair.Full) *txnbuild.FeeBumpTransaction {
		t.Helper()
		tx, err := txnbuild.NewFeeBumpTransaction(txnbuild.FeeBumpTransactionParams{Inner: inner, FeeAccount: payer.Address(), BaseFee: fee})
		if err != nil {
			t.Fatal(err)
		}
		if tx, err = tx.Sign(b.net.Passphrase(), signer); err != nil {
			t.Fatal(err)
		}
		return tx
	}
	if _, err := b.client.SubmitFeeBumpTransaction(bump(200, key)); codesOf(t, err)[0] != "tx_bad_auth" {
		t.Errorf("signed by another: %v", codesOf(t, err))
	}
	good := bump(200, payer)
	if _, err := b.client.SubmitFeeBumpTransaction(good); err != nil {
		t.Fatal(codesOf(t, err))
	}
	hash, _ := inner.HashHex(b.net.Passphrase())
	got, err := b.client.TransactionDetail(hash)
	if err != nil {
		t.Fatal(err)
	}
	outer, _ := good.HashHex(b.net.Passphrase())
	if got.FeeAccount != payer.Address() || got.FeeCharged != 200 || got.MaxFee != 400 || got.FeeBumpTransaction.Hash != outer || got.InnerTransaction.Hash != hash {
		t.Errorf("the record is %+v", got)
	}
	if got := stroops(t, b.account(key)); got != 9_999_0000000 {
		t.Errorf("the inner account has %d: it paid a fee", got)
	}
	if got := stroops(t, b.account(payer)); got != 10_000_0000000-200 {
		t.Errorf("the payer has %d", got)
	}
	_, err = b.client.SubmitFeeBumpTransaction(bump(300, payer))
	if codes := codesOf(t, err); fmt.Sprint(codes) != "[tx_fee_bump_inner_failed tx_bad_seq]" {
		t.Errorf("bumped again: %v", codes)
	}
}

// checkConserved: no lumen appears or disappears; fees are in the pool.
func (b *bench) checkConserved() {
	b.Helper()
	if err := b.net.Audit(); err != nil {
		b.Error(err)
	}
}
