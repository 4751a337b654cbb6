package localnet_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stellar/go-stellar-sdk/clients/horizonclient"
	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/protocols/horizon"
	"github.com/stellar/go-stellar-sdk/txnbuild"

	"kula/localnet"
	"kula/localnet/localnettest"
)

// bench is a running network with an unmodified horizonclient, and short words for what tests do.
type bench struct {
	testing.TB
	url    string
	net    *localnet.Network
	client *horizonclient.Client
}

func start(t testing.TB) *bench { return startWith(t, localnet.Config{}) }

func startWith(t testing.TB, cfg localnet.Config) *bench {
	t.Helper()
	url, n := localnettest.StartWith(t, cfg)
	// The client fills in what is missing at its first request, which is a race when there are two.
	client := (&horizonclient.Client{HorizonURL: url, HTTP: http.DefaultClient}).SetHorizonTimeout(time.Minute)
	return &bench{TB: t, url: url, net: n, client: client}
}

// funded is a new account with friendbot's gift.
func (b *bench) funded() *keypair.Full {
	b.Helper()
	key := keypair.MustRandom()
	if _, err := b.client.Fund(key.Address()); err != nil {
		b.Fatalf("fund: %v", err)
	}
	return key
}

func (b *bench) account(key keypair.KP) horizon.Account {
	b.Helper()
	a, err := b.client.AccountDetail(horizonclient.AccountRequest{AccountID: key.Address()})
	if err != nil {
		b.Fatalf("account: %v", err)
	}
	return a
}

// spec is a transaction to build: what is left zero is ordinary.
type spec struct {
	source  keypair.KP
	seq     int64 // 0: the next one
	baseFee int64
	memo    txnbuild.Memo
	cond    txnbuild.Preconditions
	ops     []txnbuild.Operation
	signers []*keypair.Full
}

func (b *bench) build(s spec) *txnbuild.Transaction {
	b.Helper()
	if s.seq == 0 {
		s.seq = b.account(s.source).Sequence + 1
	}
	if s.baseFee == 0 {
		s.baseFee = 100
	}
	if s.cond.TimeBounds == (txnbuild.TimeBounds{}) {
		s.cond.TimeBounds = txnbuild.NewInfiniteTimeout()
	}
	if s.signers == nil {
		s.signers = []*keypair.Full{s.source.(*keypair.Full)}
	}
	tx, err := txnbuild.NewTransaction(txnbuild.TransactionParams{
		SourceAccount: &txnbuild.SimpleAccount{AccountID: s.source.Address(), Sequence: s.seq},
		BaseFee:       s.baseFee, Memo: s.memo, Preconditions: s.cond, Operations: s.ops,
	})
	if err != nil {
		b.Fatalf("build: %v", err)
	}
	if tx, err = tx.Sign(b.net.Passphrase(), s.signers...); err != nil {
		b.Fatalf("sign: %v", err)
	}
	return tx
}

func (b *bench) submit(tx *txnbuild.Transaction) (horizon.Transaction, error) {
	return b.client.SubmitTransactionWithOptions(tx, horizonclient.SubmitTxOpts{SkipMemoRequiredCheck: true})
}

// must submits a transaction that has to succeed.
func (b *bench) must(source *keypair.Full, ops ...txnbuild.Operation) horizon.Transaction {
	b.Helper()
	return b.mustSpec(spec{source: source, ops: ops})
}

func (b *bench) mustSpec(s spec) horizon.Transaction {
	b.Helper()
	res, err := b.submit(b.build(s))
	if err != nil {
		b.Fatalf("submit: %v %v", err, codesOf(b, err))
	}
	return res
}

// codesOf are the result codes in a submission's error: the transaction's, then the operations'.
func codesOf(t testing.TB, err error) []string {
	t.Helper()
	herr := horizonclient.GetError(err)
	if herr == nil {
		t.Fatalf("not a Horizon error: %v", err)
	}
	codes, cerr := herr.ResultCodes()
	if cerr != nil {
		return []string{herr.Problem.Type}
	}
	list := []string{codes.TransactionCode}
	if codes.InnerTransactionCode != "" {
		list = append(list, codes.InnerTransactionCode)
	}
	return append(list, codes.OperationCodes...)
}

func pay(to keypair.KP, amount string) *txnbuild.Payment {
	return &txnbuild.Payment{Destination: to.Address(), Amount: amount, Asset: txnbuild.NativeAsset{}}
}

// resultXDR is the result in a submission's error.
func resultXDR(t testing.TB, err error) string {
	t.Helper()
	herr := horizonclient.GetError(err)
	if herr == nil {
		t.Fatalf("not a Horizon error: %v", err)
	}
	text, rerr := herr.ResultString()
	if rerr != nil {
		t.Fatal(rerr)
	}
	return text
}
