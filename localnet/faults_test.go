package localnet_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stellar/go-stellar-sdk/clients/horizonclient"
	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/protocols/horizon/operations"
	"github.com/stellar/go-stellar-sdk/txnbuild"

	"kula/localnet"
)

func (b *bench) fault(f localnet.Fault) {
	b.Helper()
	if err := b.net.Faults().Set(f); err != nil {
		b.Fatal(err)
	}
}

// found says whether queries tell of a transaction.
func (b *bench) found(tx *txnbuild.Transaction) bool {
	b.Helper()
	hash, err := tx.HashHex(b.net.Passphrase())
	if err != nil {
		b.Fatal(err)
	}
	_, err = b.client.TransactionDetail(hash)
	if err != nil && !horizonclient.IsNotFoundError(err) {
		b.Fatal(err)
	}
	return err == nil
}

func TestFaultTimeoutButApplied(t *testing.T) {
	b := start(t)
	tx := b.build(spec{source: b.funded(), ops: ops(pay(b.net.Root(), "1"))})
	b.fault(localnet.Fault{Kind: localnet.FaultTimeout})
	_, err := b.submit(tx)
	if herr := horizonclient.GetError(err); herr == nil || herr.Problem.Status != http.StatusGatewayTimeout || herr.Problem.Extras["hash"] == "" {
		t.Fatalf("answered %v, want 504 with the hash", err)
	}
	if !b.found(tx) {
		t.Error("it was not applied")
	}
	if again, err := b.submit(tx); err != nil || !again.Successful {
		t.Errorf("submitted again: %v", err)
	}
}

func TestFaultDropped(t *testing.T) {
	b := start(t)
	tx := b.build(spec{source: b.funded(), ops: ops(pay(b.net.Root(), "1"))})
	b.fault(localnet.Fault{Kind: localnet.FaultDropped, Count: 2})
	for range 2 {
		if _, err := b.submit(tx); horizonclient.GetError(err).Problem.Status != http.StatusGatewayTimeout {
			t.Fatalf("answered %v, want 504", err)
		}
		if b.found(tx) {
			t.Error("it was applied")
		}
	}
	if _, err := b.submit(tx); err != nil {
		t.Errorf("submitted again: %v", err)
	}
}

func TestFaultLostAnswer(t *testing.T) {
	b := start(t)
	tx := b.build(spec{source: b.funded(), ops: ops(pay(b.net.Root(), "1"))})
	b.fault(localnet.Fault{Kind: localnet.FaultLostAnswer})
	if _, err := b.submit(tx); err == nil || horizonclient.GetError(err) != nil {
		t.Fatalf("answered %v, want a broken connection", err)
	}
	if !b.found(tx) {
		t.Error("it was not applied")
	}
}

func TestFaultBadSequence(t *testing.T) {
	b := start(t)
	tx := b.build(spec{source: b.funded(), ops: ops(pay(b.net.Root(), "1"))})
	b.fault(localnet.Fault{Kind: localnet.FaultBadSequence})
	if _, err := b.submit(tx); codesOf(t, err)[0] != "tx_bad_seq" {
		t.Fatalf("answered %v", err)
	}
	if _, err := b.submit(tx); err != nil {
		t.Errorf("submitted again: %v", codesOf(t, err))
	}
}

func TestFaultFeeSurge(t *testing.T) {
	b := start(t)
	key := b.funded()
	b.fault(localnet.Fault{Kind: localnet.FaultFeeSurge, Fee: 5000})
	if _, err := b.submit(b.build(spec{source: key, baseFee: 4999, ops: ops(pay(b.net.Root(), "1"))})); codesOf(t, err)[0] != "tx_insufficient_fee" {
		t.Fatalf("answered %v", err)
	}
	stats, err := b.client.FeeStats()
	if err != nil || stats.FeeCharged.Mode != 5000 {
		t.Errorf("fee statistics say %d (%v)", stats.FeeCharged.Mode, err)
	}
	paid := b.mustSpec(spec{source: key, baseFee: 9000, ops: ops(pay(b.net.Root(), "1"), pay(b.net.Root(), "1"))})
	if paid.FeeCharged != 10_000 || paid.MaxFee != 18_000 {
		t.Errorf("charged %d of %d", paid.FeeCharged, paid.MaxFee)
	}
	b.net.Faults().Clear(localnet.FaultFeeSurge)
	b.must(key, pay(b.net.Root(), "1"))
}

func TestFaultRejectedOperation(t *testing.T) {
	b := start(t)
	from, to := b.funded(), b.funded()
	b.fault(localnet.Fault{Kind: localnet.FaultReject, Destination: to.Address(), Code: "op_line_full"})
	tx := b.build(spec{source: from, ops: ops(pay(b.net.Root(), "1"), pay(to, "1"), pay(to, "1"))})
	_, err := b.submit(tx)
	if got := codesOf(t, err); !slices.Equal(got, []string{"tx_failed", "op_success", "op_line_full", "op_success"}) {
		t.Errorf("codes %v", got)
	}
	b.must(from, pay(to, "1"))
	for _, bad := range []localnet.Fault{
		{Kind: localnet.FaultReject, Destination: to.Address(), Code: "op_nonsense"},
		{Kind: localnet.FaultReject, Destination: "nobody", Code: "op_line_full"},
		{Kind: localnet.FaultFeeSurge, Fee: 1},
		{Kind: localnet.FaultDown, Status: 200},
		{Kind: "earthquake"},
	} {
		if err := b.net.Faults().Set(bad); !errors.Is(err, localnet.ErrFault) {
			t.Errorf("%+v: %v, want ErrFault", bad, err)
		}
	}
}

// TestFaultLateIngestion: the ledger goes on, and queries follow later, all at once.
func TestFaultLateIngestion(t *testing.T) {
	b := start(t)
	from, to := b.funded(), b.funded()
	b.fault(localnet.Fault{Kind: localnet.FaultLateIngestion})
	tx := b.build(spec{source: from, ops: ops(pay(to, "1"))})
	if _, err := b.submit(tx); err != nil {
		t.Fatal(err)
	}
	if b.found(tx) || b.payments(to) != 1 {
		t.Error("queries tell of what was not ingested")
	}
	if _, err := b.submit(tx); codesOf(t, err)[0] != "tx_bad_seq" {
		t.Errorf("submitted again, Horizon does not know it and the core refuses its number: %v", codesOf(t, err))
	}
	root, err := b.client.Root()
	if err != nil || root.HorizonSequence+1 != root.CoreSequence {
		t.Errorf("history is at %d, the core at %d", root.HorizonSequence, root.CoreSequence)
	}
	b.net.Faults().Clear(localnet.FaultLateIngestion)
	if !b.found(tx) || b.payments(to) != 2 {
		t.Error("after the release it is still hidden")
	}
	b.fault(localnet.Fault{Kind: localnet.FaultLateIngestion, Ledgers: 2})
	b.must(from, pay(to, "1"))
	for _, want := range []int{2, 2, 3} {
		if got := b.payments(to); got != want {
			t.Errorf("%d payments, want %d", got, want)
		}
		if err := b.net.CloseLedger(); err != nil {
			t.Fatal(err)
		}
	}
}

func (b *bench) payments(of keypair.KP) int {
	b.Helper()
	page, err := b.client.Payments(horizonclient.OperationRequest{ForAccount: of.Address(), Limit: 200})
	if err != nil {
		b.Fatal(err)
	}
	return len(page.Embedded.Records)
}

func TestFaultDown(t *testing.T) {
	b := start(t)
	b.fault(localnet.Fault{Kind: localnet.FaultDown, Status: http.StatusServiceUnavailable, Count: -1})
	for range 3 {
		_, err := b.client.Root()
		if herr := horizonclient.GetError(err); herr == nil || herr.Problem.Status != http.StatusServiceUnavailable {
			t.Fatalf("answered %v, want 503", err)
		}
	}
	b.fault(localnet.Fault{Kind: localnet.FaultDown, Count: -1})
	if _, err := b.client.Root(); err == nil || horizonclient.GetError(err) != nil {
		t.Fatalf("answered %v, want a broken connection", err)
	}
	b.net.Faults().Clear()
	if _, err := b.client.Root(); err != nil {
		t.Error(err)
	}
}

// TestFaultsByHTTP: everything can be asked for from another process, also while the network is down.
func TestFaultsByHTTP(t *testing.T) {
	b := start(t)
	b.fault(localnet.Fault{Kind: localnet.FaultDown, Count: -1})
	ask := func(method, path, body string) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, b.url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(bytes.Join(bytes.Fields(text), nil))
	}
	if got := ask("POST", "/_faults", `{"kind":"dropped","count":3}`); got != `[{"kind":"down","count":-1},{"kind":"dropped","count":3}]` {
		t.Errorf("set: %s", got)
	}
	if got := ask("DELETE", "/_faults?kind=down", ""); got != `[{"kind":"dropped","count":3}]` {
		t.Errorf("cleared one: %s", got)
	}
	if got := ask("GET", "/_faults", ""); got != `[{"kind":"dropped","count":3}]` {
		t.Errorf("listed: %s", got)
	}
	if got := ask("DELETE", "/_faults", ""); got != `[]` {
		t.Errorf("cleared all: %s", got)
	}
	if got := ask("POST", "/_faults", `{"kind":"earthquake"}`); !strings.Contains(got, "bad_request") {
		t.Errorf("nonsense: %s", got)
	}
	if got := ask("POST", "/_close", ""); got != `{"ledger":3}` {
		t.Errorf("closed: %s", got)
	}
}

// TestStreamCutExactlyOnce: a client that resumes at its cursor sees every payment once, wherever
// the stream is cut, and across the end that every stream has after its limit.
func TestStreamCutExactlyOnce(t *testing.T) {
	b := start(t)
	from, to := b.funded(), b.funded()
	const total = 25
	b.fault(localnet.Fault{Kind: localnet.FaultStreamCut, After: 3, Count: -1})
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var seen []string
	done := make(chan error)
	go func() {
		request := horizonclient.OperationRequest{ForAccount: to.Address(), Cursor: "0"}
		done <- b.client.StreamPayments(ctx, request, func(op operations.Operation) {
			seen = append(seen, op.PagingToken())
			if len(seen) == total+1 {
				stop()
			}
		})
	}()
	want := []string{}
	for range total {
		b.must(from, pay(to, "1"))
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	page, err := b.client.Payments(horizonclient.OperationRequest{ForAccount: to.Address(), Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range page.Embedded.Records {
		want = append(want, op.PagingToken())
	}
	if !slices.Equal(seen, want) {
		t.Errorf("the stream gave %d records, queries %d", len(seen), len(want))
	}
}

// TestFaultStreamCutIdle: a stream that has nothing to send is cut too.
func TestFaultStreamCutIdle(t *testing.T) {
	b := start(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+"/payments?cursor=now", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	hello := make([]byte, len("retry: 1000\nevent: open\ndata: \"hello\"\n\n"))
	if _, err := io.ReadFull(res.Body, hello); err != nil {
		t.Fatal(err)
	}
	b.fault(localnet.Fault{Kind: localnet.FaultStreamCut})
	if _, err := io.ReadAll(res.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the stream ended with %v, want a broken connection", err)
	}
}
