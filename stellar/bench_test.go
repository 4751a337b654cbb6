package stellar_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/stellar/go-stellar-sdk/clients/horizonclient"
	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/protocols/horizon"
	"github.com/stellar/go-stellar-sdk/txnbuild"

	"kula/anchor"
	"kula/localnet"
	"kula/localnet/localnettest"
	"kula/money"
	"kula/protocol"
	"kula/stellar"
)

// bank is an anchor's accounts on a development ledger, with short words for what tests do.
type bank struct {
	testing.TB
	net    *localnet.Network
	client *horizonclient.Client
	cfg    stellar.Config
	rail   *stellar.Rail
	issuer *keypair.Full
	vuv    money.Asset
}

func open(t testing.TB) *bank { return openWith(t, localnet.Config{}) }

func openWith(t testing.TB, c localnet.Config) *bank {
	t.Helper()
	url, n := localnettest.StartWith(t, c)
	b := &bank{TB: t, net: n, client: &horizonclient.Client{HorizonURL: url}, issuer: keypair.MustRandom()}
	b.cfg = stellar.Config{
		Horizon:  &stellar.Horizon{URL: url, Passphrase: n.Passphrase()},
		Reserve:  keypair.MustRandom(),
		Treasury: keypair.MustRandom(),
		Channels: []*keypair.Full{keypair.MustRandom(), keypair.MustRandom()},
	}
	b.vuv = b.asset("VUV")
	if c.CloseEvery == 0 {
		b.setUp()
	}
	return b
}

// setUp needs ledgers to close: a network with an interval must run first.
func (b *bank) setUp() {
	b.Helper()
	ctx, h := b.Context(), b.cfg.Horizon
	b.check(h.Fund(ctx, b.issuer.Address(), nil, 0))
	b.check(stellar.Setup(ctx, b.cfg, []money.Asset{b.vuv}, nil, 0))
	b.check(h.Pay(ctx, b.issuer, b.cfg.Treasury.Address(), b.vuv, 1_000_000*money.Unit))
	b.check(h.Pay(ctx, b.cfg.Treasury, b.cfg.Reserve.Address(), b.vuv, 10_000*money.Unit))
	b.restart()
}

// restart forgets all that the rail had in memory.
func (b *bank) restart() {
	b.Helper()
	rail, err := stellar.New(b.cfg)
	b.check(err)
	b.rail = rail
}

func (b *bank) check(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bank) asset(code string) money.Asset {
	b.Helper()
	issuer, err := protocol.ParseAccount(b.issuer.Address())
	b.check(err)
	a, err := money.NewAsset(code, issuer)
	b.check(err)
	return a
}

// person is a new account with a trustline and some money.
func (b *bank) person(amount money.Amount) *keypair.Full {
	b.Helper()
	key := keypair.MustRandom()
	ctx := context.Background()
	b.check(b.cfg.Horizon.Fund(ctx, key.Address(), nil, 0))
	b.check(b.cfg.Horizon.Trust(ctx, key, b.vuv))
	if amount > 0 {
		b.check(b.cfg.Horizon.Pay(ctx, b.issuer, key.Address(), b.vuv, amount))
	}
	return key
}

// credit is the asset as the SDK writes it.
func (b *bank) credit() txnbuild.CreditAsset {
	return txnbuild.CreditAsset{Code: "VUV", Issuer: b.issuer.Address()}
}

// transact submits operations with a memo, whatever comes of them.
func (b *bank) transact(source *keypair.Full, memo txnbuild.Memo, ops ...txnbuild.Operation) (horizon.Transaction, error) {
	b.Helper()
	acc, err := b.client.AccountDetail(horizonclient.AccountRequest{AccountID: source.Address()})
	b.check(err)
	tx, err := txnbuild.NewTransaction(txnbuild.TransactionParams{
		SourceAccount: &acc, IncrementSequenceNum: true, BaseFee: 100, Memo: memo, Operations: ops,
		Preconditions: txnbuild.Preconditions{TimeBounds: txnbuild.NewInfiniteTimeout()},
	})
	b.check(err)
	tx, err = tx.Sign(b.net.Passphrase(), source)
	b.check(err)
	return b.client.SubmitTransactionWithOptions(tx, horizonclient.SubmitTxOpts{SkipMemoRequiredCheck: true})
}

func (b *bank) must(source *keypair.Full, memo txnbuild.Memo, ops ...txnbuild.Operation) horizon.Transaction {
	b.Helper()
	tx, err := b.transact(source, memo, ops...)
	if err != nil {
		b.Fatalf("submit: %v", err)
	}
	return tx
}

func (b *bank) fault(f localnet.Fault) {
	b.Helper()
	b.check(b.net.Faults().Set(f))
}

func (b *bank) holds(address string) money.Amount {
	b.Helper()
	got, err := b.cfg.Horizon.Balance(context.Background(), address, b.vuv)
	b.check(err)
	return got
}

// transfer pays a person from the reserve.
func (b *bank) transfer(to string, amount money.Amount) anchor.Transfer {
	return anchor.Transfer{ID: 1, From: anchor.FromReserve, Destination: to, Asset: b.vuv, Amount: amount}
}

func (b *bank) prepare(transfers ...anchor.Transfer) anchor.Envelope {
	b.Helper()
	e, err := b.rail.Prepare(context.Background(), transfers, "")
	b.check(err)
	return e
}

// submit submits and wants a verdict.
func (b *bank) submit(e anchor.Envelope, want anchor.Verdict) anchor.Result {
	b.Helper()
	got, err := b.rail.Submit(context.Background(), e)
	b.check(err)
	if got.Verdict != want {
		b.Fatalf("verdict %d, want %d: %+v", got.Verdict, want, got)
	}
	return got
}

// sequence is an account to build a transaction on.
func (b *bank) sequence(key *keypair.Full) *horizon.Account {
	b.Helper()
	acc, err := b.client.AccountDetail(horizonclient.AccountRequest{AccountID: key.Address()})
	b.check(err)
	return &acc
}

// balanceID is the claimable balance that a transaction's only operation made.
func (b *bank) balanceID(hash string) string {
	b.Helper()
	page, err := b.client.ClaimableBalances(horizonclient.ClaimableBalanceRequest{Limit: 200})
	b.check(err)
	for _, balance := range page.Embedded.Records {
		ops, err := b.client.Operations(horizonclient.OperationRequest{ForClaimableBalance: balance.BalanceID})
		b.check(err)
		if ops.Embedded.Records[0].GetTransactionHash() == hash {
			return balance.BalanceID
		}
	}
	b.Fatalf("transaction %s made no claimable balance", hash)
	return ""
}

// through puts something between the rail and Horizon that answers some requests itself.
func (b *bank) through(answers func(http.ResponseWriter, *http.Request) bool) {
	b.Helper()
	target, err := url.Parse(b.cfg.Horizon.URL)
	b.check(err)
	proxy := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !answers(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	b.Cleanup(server.Close)
	b.cfg.Horizon = &stellar.Horizon{URL: server.URL, Passphrase: b.net.Passphrase()}
	b.restart()
}

func (b *bank) answer(w http.ResponseWriter, status int, body string) {
	w.WriteHeader(status)
	if _, err := w.Write([]byte(body)); err != nil {
		b.Error(err)
	}
}
