package e2e

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"kula/anchor"
	"kula/httpapi"
	"kula/httpapi/client"
	"kula/localnet"
	"kula/money"
	"kula/protocol"
	"kula/stellar"
	"kula/store/sqlite"
	"kula/wallet"
	"kula/walletfile"

	"github.com/stellar/go-stellar-sdk/keypair"
	"golang.org/x/time/rate"
)

// island is a ledger and one bank on it: SQLite, the Stellar rail, sign-in and HTTP as the bank's own
// command wires them. HTTP goes straight into the handlers, so that an island also works on a virtual
// clock; a test that wants sockets opens them (see listen).
type island struct {
	*testing.T
	dir     string // the bank's disk
	net     *localnet.Network
	horizon *wire // the bank's way to the ledger
	rail    stellar.Config
	network protocol.Network
	vatu    money.Asset
	issuer  *keypair.Full
	root    ed25519.PrivateKey
	issuing ed25519.PrivateKey

	charter *protocol.Charter
	store   *sqlite.Store
	bank    *anchor.Bank
	signing keypair.KP // the bank's key at the sign-in
	server  *httpapi.Server
}

const (
	bankURL    = "http://127.0.0.1"
	homeDomain = "bank.example"
)

// wire carries requests to a handler in this process, unless it is cut. It can be told to break when it
// has delivered a POST: that one's answer is lost, too.
type wire struct {
	handler     http.Handler
	cut         atomic.Bool
	breakOnPost atomic.Bool
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.cut.Load() {
		return nil, syscall.ECONNREFUSED
	}
	r = r.Clone(r.Context())
	r.RequestURI, r.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:1"
	if r.Body == nil {
		r.Body = http.NoBody
	}
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	if r.Method == http.MethodPost && w.breakOnPost.CompareAndSwap(true, false) {
		w.cut.Store(true)
		return nil, io.ErrUnexpectedEOF
	}
	return answer.Result(), nil
}

func secret() ed25519.PrivateKey {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

func now() uint64 { return uint64(time.Now().Unix()) }

func (is *island) must(err error) {
	is.Helper()
	if err != nil {
		is.Fatal(err)
	}
}

func localNetwork() protocol.Network { return protocol.NewNetwork(localnet.Passphrase) }

// settle makes an island. closeEvery is how often the ledger closes; 0: at each transaction.
func settle(t *testing.T, closeEvery time.Duration) *island {
	t.Helper()
	return settleOn(t, t.TempDir(), closeEvery)
}

// settleOn is settle with the bank's disk.
func settleOn(t *testing.T, dir string, closeEvery time.Duration) *island {
	t.Helper()
	is := &island{T: t, dir: dir, issuer: keypair.MustRandom(), root: secret(), issuing: secret()}
	var err error
	is.net, err = localnet.New(localnet.Config{CloseEvery: closeEvery})
	is.must(err)
	t.Cleanup(func() { is.must(is.net.Close()) })
	go func() { _ = is.net.Run(t.Context()) }()
	is.network = localNetwork()
	is.horizon = &wire{handler: is.net.Handler()}
	issuer, err := protocol.ParseAccount(is.issuer.Address())
	is.must(err)
	is.vatu, err = money.NewAsset("VUV", issuer)
	is.must(err)
	is.rail = stellar.Config{
		Horizon: is.over(is.horizon), Reserve: keypair.MustRandom(), Treasury: keypair.MustRandom(), Channels: []*keypair.Full{keypair.MustRandom()},
	}
	h := is.outside()
	is.must(h.Fund(t.Context(), is.issuer.Address(), nil, 0))
	setUp := is.rail
	setUp.Horizon = h
	is.must(stellar.Setup(t.Context(), setUp, []money.Asset{is.vatu}, nil, 0))
	is.charter = is.newCharter()
	is.open()
	t.Cleanup(func() { is.must(is.store.Close()) })
	return is
}

func (is *island) over(w http.RoundTripper) *stellar.Horizon {
	return &stellar.Horizon{URL: "http://horizon.example", Passphrase: is.net.Passphrase(), HTTP: &http.Client{Transport: w}}
}

// outside is another Horizon of the same network, which is never down.
func (is *island) outside() *stellar.Horizon { return is.over(&wire{handler: is.net.Handler()}) }

func (is *island) newCharter() *protocol.Charter {
	is.Helper()
	deposit, err := protocol.ParseAccount(is.rail.Reserve.Address())
	is.must(err)
	c := &protocol.Charter{
		Anchor: protocol.AccountID(protocol.PublicKey(is.root)), Serial: 1, Name: "Bank of Tanna", Network: is.network.ID, IssuedAt: now(),
		Keys:    []protocol.IssuingKey{{ID: 1, Key: protocol.PublicKey(is.issuing), NotAfter: 2 * now()}},
		Deposit: deposit, Lifetimes: protocol.DefaultLifetimes(), Endpoint: bankURL,
		Assets: []protocol.AssetTerms{{Asset: is.vatu, Decimals: 2, Step: 1, Tiers: []protocol.Tier{
			{Name: "basic", Limits: protocol.Limits{PerBill: 1000 * money.Unit, MaxSpend: 5000 * money.Unit, MaxHolding: 5000 * money.Unit, MaxDepth: 8}},
		}}},
	}
	c.Signature = protocol.Sign(is.root, is.network.Hash(c))
	return c
}

// reopen ends the bank and starts it again.
func (is *island) reopen() {
	is.Helper()
	is.must(is.store.Close())
	is.open()
}

// open starts the bank on what is on its disk.
func (is *island) open() {
	is.Helper()
	rail, err := stellar.New(is.rail)
	is.must(err)
	is.store, err = sqlite.Open(is.Context(), filepath.Join(is.dir, "anchor.db"))
	is.must(err)
	treasury, err := protocol.ParseAccount(is.rail.Treasury.Address())
	is.must(err)
	is.bank, err = anchor.New(is.Context(), anchor.Config{
		Network: is.network, Charter: is.charter, Signer: anchor.NewSigner(1, is.issuing), Store: is.store, Rail: rail,
		Treasury: treasury, Rand: rand.Reader, Now: time.Now,
	})
	is.must(err)
	key := keypair.MustRandom()
	is.signing = key
	is.server, err = httpapi.New(httpapi.Config{
		Network: is.network, Bank: is.bank, Auth: is.door(key), StellarTOML: []byte("OFFLINE_PAYMENT_SERVER = \"" + bankURL + "\"\n"),
		Limits: httpapi.Limits{PerAddress: rate.Inf, PerPurse: rate.Inf, AtOnce: 4096, Body: time.Minute, Work: time.Minute},
	})
	is.must(err)
}

// door signs people in, by SEP-10.
func (is *island) door(key *keypair.Full) *stellar.WebAuth {
	is.Helper()
	web, err := stellar.NewWebAuth(stellar.WebAuthConfig{
		Horizon: is.rail.Horizon, Key: key, HomeDomain: homeDomain, Endpoint: bankURL + "/auth", Secret: secret(),
	})
	is.must(err)
	return web
}

// audit checks every invariant of the books, and the reserve against the ledger.
func (is *island) audit() {
	is.Helper()
	books, err := is.bank.Books(is.Context())
	is.must(err)
	if books.Problem != "" {
		is.Fatal(books.Problem)
	}
	for _, r := range books.Reserve {
		if !r.Agrees {
			is.Fatalf("books and ledger differ: %+v", r)
		}
	}
}

// person is somebody with a Stellar account and a wallet on a disk.
type person struct {
	*walletfile.Wallet
	is    *island
	name  string
	dir   string
	key   *keypair.Full
	kind  protocol.Kind
	purse protocol.PurseID
	bank  *client.Client
}

func (is *island) options() walletfile.Options {
	return walletfile.Options{Network: is.network, WorkFactor: 10, Passphrase: func() (string, error) { return "open sesame", nil }}
}

// person makes a wallet in a directory and enrols it.
func (is *island) person(name string, kind protocol.Kind) *person {
	is.Helper()
	return is.personAt(filepath.Join(is.TempDir(), name), name, kind)
}

func (is *island) personAt(dir, name string, kind protocol.Kind) *person {
	is.Helper()
	p := &person{is: is, name: name, dir: dir, key: keypair.MustRandom(), kind: kind}
	var err error
	p.Wallet, err = walletfile.Create(dir, is.options())
	is.must(err)
	is.Cleanup(func() { _ = p.Close() })
	p.reach(bankURL, nil)
	p.enrol()
	return p
}

// reach has the person speak to the bank at an address.
func (p *person) reach(url string, transport http.RoundTripper) {
	p.is.Helper()
	if transport == nil {
		transport = &wire{handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.is.server.Wallets().ServeHTTP(w, r) })}
	}
	var err error
	p.bank, err = client.New(url, p.is.network, client.Options{Transport: transport, Timeout: 2 * time.Minute})
	p.is.must(err)
}

// signer is the account's own key, as the wallet takes it.
func (p *person) signer() wallet.AccountSigner {
	id, err := protocol.ParseAccount(p.key.Address())
	p.is.must(err)
	return wallet.AccountSigner{Key: protocol.Key(id), Sign: func(h protocol.Hash) (s protocol.Signature) {
		signature, err := p.key.Sign(h[:])
		p.is.must(err)
		copy(s[:], signature)
		return s
	}}
}

func (p *person) account() protocol.AccountID { return protocol.AccountID(p.signer().Key) }

func (p *person) enrol() {
	is := p.is
	is.Helper()
	charter, notice, err := p.bank.Charter(is.Context())
	is.must(err)
	is.must(p.Trust(now(), charter, notice))
	e, err := p.Enrol(now(), wallet.EnrolParams{Anchor: charter.Anchor, Account: p.account(), Asset: charter.Assets[0].Asset, Kind: p.kind, Signers: []wallet.AccountSigner{p.signer()}})
	is.must(err)
	p.purse = protocol.PurseID(is.network.Hash(e))
	reply, err := p.bank.Enrol(is.Context(), p.token(), e, p.name)
	is.must(err)
	_, err = p.Absorb(now(), p.purse, reply, 0)
	is.must(err)
}

func (p *person) token() string {
	p.is.Helper()
	challenge, passphrase, err := p.bank.SignInChallenge(p.is.Context(), p.account())
	p.is.must(err)
	service := stellar.Service{HomeDomain: homeDomain, Endpoint: bankURL + "/auth", SigningKey: p.is.signing.Address(), Passphrase: passphrase}
	signed, err := service.Sign(challenge, p.key.Address(), p.key)
	p.is.must(err)
	token, err := p.bank.SignIn(p.is.Context(), signed)
	p.is.must(err)
	return token
}

func (p *person) device() *client.Device {
	return &client.Device{Purse: p.purse, Sign: func(nonce protocol.Hash) (protocol.Signature, error) { return p.DeviceAuth(p.purse, nonce) }}
}

// fund gives the person's account money on the ledger: it can be paid there, and can load.
func (p *person) fund(amount money.Amount) {
	h, is := p.is.outside(), p.is
	is.Helper()
	is.must(h.Fund(is.Context(), p.key.Address(), nil, 0))
	is.must(h.Trust(is.Context(), p.key, is.vatu))
	if amount > 0 {
		is.must(h.Pay(is.Context(), is.issuer, p.key.Address(), is.vatu, amount))
	}
}

// load pays into the purse on the ledger, by the purse's reference.
func (p *person) load(amount money.Amount) {
	is := p.is
	is.Helper()
	view, err := is.bank.Purse(is.Context(), p.purse)
	is.must(err)
	memo, err := strconv.ParseUint(view.Deposit.MemoID, 10, 64)
	is.must(err)
	h := is.outside()
	e, err := h.SignLoad(is.Context(), stellar.Load{Account: p.key, Deposit: view.Deposit.Address, MemoID: &memo, Asset: is.vatu, Amount: amount})
	is.must(err)
	_, err = h.Finish(is.Context(), e)
	is.must(err)
}

// loaded is a person with money on a sheet.
func (is *island) loaded(name string, amount money.Amount) *person {
	is.Helper()
	p := is.person(name, protocol.Circulating)
	p.fund(amount)
	p.load(amount)
	_, err := is.bank.Ingest(is.Context())
	is.must(err)
	p.refresh()
	return p
}

// sync brings the bank what the wallet has for it, and takes in the answer.
func (p *person) sync() *wallet.News {
	p.is.Helper()
	news, err := p.trySync()
	p.is.must(err)
	return news
}

func (p *person) trySync() (*wallet.News, error) {
	outbox, err := p.Outbox(p.purse)
	if err != nil {
		return nil, err
	}
	held, err := p.Purse(p.purse)
	if err != nil {
		return nil, err
	}
	reply, err := p.bank.Sync(context.Background(), outbox.Encode(), held.Cursor, p.device())
	if err != nil {
		return nil, err
	}
	return p.Absorb(now(), p.purse, reply.Bundle, reply.Cursor)
}

// refresh redeems, then asks for a sheet.
func (p *person) refresh() {
	p.is.Helper()
	p.sync()
	challenge, err := p.bank.Challenge(p.is.Context(), p.purse)
	p.is.must(err)
	_, err = p.Statement(now(), p.purse, challenge.Nonce)
	p.is.must(err)
	if news := p.sync(); len(news.Problems) != 0 {
		p.is.Fatalf("%s refreshes: %+v", p.name, news.Problems)
	}
}

func (p *person) request(params wallet.RequestParams) *protocol.Bundle {
	p.is.Helper()
	b, err := p.Request(now(), params)
	p.is.must(err)
	return b
}

func (p *person) pay(request *protocol.Bundle) *wallet.Signed {
	p.is.Helper()
	s, err := p.Pay(now(), request, wallet.PayParams{})
	p.is.must(err)
	return s
}

func (p *person) accept(s *wallet.Signed) *wallet.Acceptance {
	p.is.Helper()
	a, err := p.Accept(now(), s.Bundle)
	p.is.must(err)
	return a
}

func (p *person) balance() wallet.Balance {
	all := p.Balances(now())
	return all[len(all)-1]
}

// spendable checks what the wallet may spend, and the bank's word for it.
func (p *person) spendable(amount money.Amount) {
	p.is.Helper()
	view, err := p.is.bank.Purse(p.is.Context(), p.purse)
	p.is.must(err)
	if have := p.balance().Spendable; have != amount || view.AtBank != amount {
		p.is.Fatalf("%s can spend %s, and has %s at the bank; want %s", p.name, have, view.AtBank, amount)
	}
}

// onLedger is what the person's account holds.
func (p *person) onLedger() money.Amount {
	p.is.Helper()
	held, err := p.is.outside().Balance(p.is.Context(), p.key.Address(), p.is.vatu)
	p.is.must(err)
	return held
}

func refused(t *testing.T, err error, code protocol.Code) {
	t.Helper()
	if protocol.CodeOf(err) != code {
		t.Fatalf("want refusal %q, have %v", code, err)
	}
}
