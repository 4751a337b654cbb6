package localnet_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stellar/go-stellar-sdk/clients/horizonclient"
	"github.com/stellar/go-stellar-sdk/protocols/horizon"
	"github.com/stellar/go-stellar-sdk/protocols/horizon/operations"
	"github.com/stellar/go-stellar-sdk/txnbuild"
)

// TestLoadPayQuery is the life of a load as the anchor sees it, with an unmodified client.
func TestLoadPayQuery(t *testing.T) {
	b := start(t)
	issuer, anchor, payer := b.funded(), b.funded(), b.funded()
	vatu := txnbuild.CreditAsset{Code: "VUV", Issuer: issuer.Address()}
	trust := &txnbuild.ChangeTrust{Line: vatu.MustToChangeTrustAsset(), Limit: "1000000"}
	b.must(anchor, trust)
	b.must(payer, trust)
	b.must(issuer, &txnbuild.Payment{Destination: payer.Address(), Amount: "500", Asset: vatu})
	loaded := b.mustSpec(spec{
		source: payer, memo: txnbuild.MemoID(42),
		ops: []txnbuild.Operation{&txnbuild.Payment{Destination: anchor.Address(), Amount: "120.5", Asset: vatu}},
	})

	page, err := b.client.Payments(horizonclient.OperationRequest{ForAccount: anchor.Address(), Join: "transactions"})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(page.Embedded.Records); n != 2 {
		t.Fatalf("%d payments, want the gift and the load", n)
	}
	got := page.Embedded.Records[1].(operations.Payment)
	if got.Amount != "120.5000000" || got.Code != "VUV" || got.From != payer.Address() || got.TransactionHash != loaded.Hash {
		t.Errorf("payment is %+v", got)
	}
	if got.Transaction == nil || got.Transaction.MemoType != "id" || got.Transaction.Memo != "42" {
		t.Errorf("joined transaction is %+v", got.Transaction)
	}
	if bal := b.account(anchor).GetCreditBalance("VUV", issuer.Address()); bal != "120.5000000" {
		t.Errorf("the anchor holds %s", bal)
	}
}

func TestStreamDeliversNewPayments(t *testing.T) {
	b := start(t)
	from, to := b.funded(), b.funded()
	ctx, stop := context.WithCancel(context.Background())
	seen := make(chan string)
	ended := make(chan error)
	go func() {
		request := horizonclient.OperationRequest{ForAccount: to.Address(), Cursor: "0"}
		ended <- b.client.StreamPayments(ctx, request, func(op operations.Operation) { seen <- op.GetTransactionHash() })
	}()
	<-seen // the gift
	sent := b.must(from, pay(to, "7"))
	if got := <-seen; got != sent.Hash {
		t.Errorf("streamed %s, want %s", got, sent.Hash)
	}
	b.endStreams(stop)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// endStreams ends a client's streams: it looks at its context only between events, so the network
// has to hang up.
func (b *bench) endStreams(stop func()) {
	b.Helper()
	stop()
	if err := b.net.Close(); err != nil {
		b.Error(err)
	}
}

// TestStreamsOfEveryKind: transactions and ledgers stream too, and a browser's header goes before the cursor.
func TestStreamsOfEveryKind(t *testing.T) {
	b := start(t)
	key := b.funded()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	hashes, sequences := make(chan string, 10), make(chan int32, 10)
	ended := make(chan error, 2)
	go func() {
		request := horizonclient.TransactionRequest{ForAccount: key.Address(), Cursor: "0"}
		ended <- b.client.StreamTransactions(ctx, request, func(tx horizon.Transaction) { hashes <- tx.Hash })
	}()
	go func() {
		ended <- b.client.StreamLedgers(ctx, horizonclient.LedgerRequest{Cursor: "0"}, func(l horizon.Ledger) { sequences <- l.Sequence })
	}()
	<-hashes
	sent := b.must(key, pay(b.net.Root(), "1"))
	if got := <-hashes; got != sent.Hash {
		t.Errorf("streamed %s, want %s", got, sent.Hash)
	}
	for want := int32(1); want <= sent.Ledger; want++ {
		if got := <-sequences; got != want {
			t.Errorf("streamed ledger %d, want %d", got, want)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+"/transactions?cursor=0&limit=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Last-Event-ID", b.walk(horizonclient.OperationRequest{Limit: 1})[0])
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body) // it ends by itself after one event
	if err != nil || !strings.Contains(string(text), sent.Hash) || !strings.HasSuffix(string(text), "data: \"byebye\"\n\n") {
		t.Errorf("%v in %s", err, text)
	}
	b.endStreams(stop)
	if err := errors.Join(<-ended, <-ended); err != nil {
		t.Error(err)
	}
}
