package attack

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"kula/anchor"
	"kula/anchor/anchortest"
	"kula/money"
	"kula/protocol"
	"kula/store/sqlite"
	"kula/store/sqlite/sqlitetest"
	"kula/wallet"
)

const (
	day   = 24 * 3600
	start = 1_800_000_000
)

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantCode: the refusal is this one, of the protocol's, the wallet's or the anchor's.
func wantCode[C ~string](t testing.TB, err error, code C) {
	t.Helper()
	if got := anchor.CodeOf(err); got != string(code) {
		t.Fatalf("refused with %q (%v), want %q", got, err, string(code))
	}
}

func key(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func account(name string) protocol.AccountID {
	return protocol.AccountID(protocol.PublicKey(key(name)))
}

// island is a network, its banks and people, and the true time.
type island struct {
	testing.TB
	net    protocol.Network
	now    uint64
	asset  money.Asset
	banks  []*bank
	people []*person
}

func newIsland(t testing.TB) *island {
	i := &island{TB: t, net: protocol.NewNetwork("attack"), now: start}
	var err error
	i.asset, err = money.NewAsset("VUV", protocol.PublicKey(key("issuer")))
	ok(t, err)
	return i
}

// covering makes a bank guarantee so much per bill, and so much for one failing purse.
func covering(perBill, perPurse money.Amount) func(*protocol.Charter) {
	return func(c *protocol.Charter) {
		c.Assets[0].CapPerPurse = perPurse
		c.Assets[0].Tiers[0].Limits.Guaranteed = perBill
	}
}

// guarantee is what the bank puts aside for that.
func (b *bank) guarantee(amount money.Amount) {
	b.i.Helper()
	reference := uint64(anchor.GuaranteeReference)
	b.rail.Pay(anchor.Incoming{From: account("the bank's owner").String(), Asset: b.i.asset, Amount: amount, MemoID: &reference})
	_, err := b.Ingest(context.Background())
	ok(b.i, err)
}

// village is an island with one bank.
func village(t testing.TB, terms ...func(*protocol.Charter)) (*island, *bank) {
	i := newIsland(t)
	return i, i.bank("Bank of Tanna", terms...)
}

// bank is a real one: anchor.Bank on SQLite, over a ledger in memory.
type bank struct {
	*anchor.Bank
	i       *island
	name    string
	charter *protocol.Charter
	rail    *anchortest.Ledger
	ahead   uint64 // what the bank's machine shows beyond the true time
}

func (i *island) bank(name string, terms ...func(*protocol.Charter)) *bank {
	b := &bank{i: i, name: name}
	b.charter = &protocol.Charter{
		Anchor: account(name), Serial: 1, Name: name, Network: i.net.ID, IssuedAt: start, Deposit: account(name + "'s deposit"), Lifetimes: protocol.DefaultLifetimes(),
		Keys: []protocol.IssuingKey{{ID: 1, Key: protocol.PublicKey(key(name + " issues")), NotAfter: 2 * start}},
		Assets: []protocol.AssetTerms{{Asset: i.asset, Step: 1, Tiers: []protocol.Tier{
			{Name: "basic", Limits: protocol.Limits{PerBill: 10_000, MaxSpend: 50_000, MaxDepth: protocol.MaxDepth}},
		}}},
	}
	for _, change := range terms {
		change(b.charter)
	}
	b.charter.Signature = protocol.Sign(key(name), i.net.Hash(b.charter))
	store, err := sqlite.Open(context.Background(), sqlitetest.Path(i))
	ok(i, err)
	i.Cleanup(func() { _ = store.Close() })
	b.rail = anchortest.New(b.charter.Deposit, 300, func() uint64 { return i.now })
	b.Bank, err = anchor.New(context.Background(), anchor.Config{
		Network: i.net, Charter: b.charter, Signer: anchor.NewSigner(1, key(name+" issues")), Store: store, Rail: b.rail,
		Treasury: account(name + "'s treasury"), Rand: rand.NewChaCha8(sha256.Sum256([]byte(name))),
		Now: func() time.Time { return time.Unix(int64(i.now+b.ahead), 0) }, //nolint:gosec // far below 2⁶³
	})
	ok(i, err)
	i.banks = append(i.banks, b)
	return b
}

func (i *island) pass(seconds uint64) { i.now += seconds }

// paidOut checks what reached somebody's account on Stellar.
func (b *bank) paidOut(p *person, want money.Amount) {
	b.i.Helper()
	if paid := b.rail.Paid(p.account().String(), b.i.asset); paid != want {
		b.i.Fatalf("%d was paid out, not %d", paid, want)
	}
}

// tend lets the bank do what time brings, and settles on the ledger.
func (b *bank) tend() {
	b.i.Helper()
	ok(b.i, b.Tend(context.Background()))
	for more := true; more; {
		var err error
		more, err = b.Settle(context.Background())
		ok(b.i, err)
	}
}

// memory is a journal.
type memory struct{ records [][]byte }

func (m *memory) Append(r []byte) error {
	m.records = append(m.records, slices.Clone(r))
	return nil
}

// ring is a phone's keys.
type ring string

func (r ring) key(n uint32) ed25519.PrivateKey { return key(string(r) + strconv.Itoa(int(n))) }

func (r ring) Public(n uint32) (protocol.Key, error) { return protocol.PublicKey(r.key(n)), nil }

func (r ring) Sign(k protocol.Key, h protocol.Hash) (protocol.Signature, error) {
	for n := range uint32(8) {
		if protocol.PublicKey(r.key(n)) == k {
			return protocol.Sign(r.key(n), h), nil
		}
	}
	return protocol.Signature{}, errors.New("not this phone's key")
}

// person is somebody with a phone and a real wallet in it.
type person struct {
	*wallet.Wallet
	i       *island
	bank    *bank
	name    string
	keys    ring
	journal *memory
	purse   protocol.PurseID
	cursor  int64
	ahead   int64 // what this phone's clock shows beyond the true time, in seconds
	cheats  bool
}

func (i *island) phone(name string) *person {
	p := &person{i: i, name: name, keys: ring(name), journal: &memory{}}
	p.reopen()
	i.people = append(i.people, p)
	return p
}

// person is at the bank, with so much on a sheet.
func (b *bank) person(name string, load money.Amount) *person {
	b.i.Helper()
	return b.enrol(name, load, protocol.Circulating)
}

func (b *bank) enrol(name string, load money.Amount, kind protocol.Kind) *person {
	b.i.Helper()
	p := b.i.phone(name)
	p.join(b, kind)
	if load > 0 {
		p.load(load)
	}
	p.visit()
	return p
}

// reopen replays the journal.
func (p *person) reopen() {
	w, err := wallet.Open(p.config(), p.journal.records)
	ok(p.i, err)
	p.Wallet = w
}

func (p *person) config() wallet.Config {
	seed := sha256.Sum256([]byte(p.name + strconv.Itoa(len(p.journal.records))))
	return wallet.Config{Network: p.i.net, Journal: p.journal, Keys: p.keys, Rand: rand.NewChaCha8(seed)}
}

// clock is what this phone shows.
func (p *person) clock() uint64 { return uint64(int64(p.i.now) + p.ahead) } //nolint:gosec // far below 2⁶³

func (p *person) account() protocol.AccountID { return account(p.name) }

// join opens a purse. Who has one already opens another with another key of the same phone.
func (p *person) join(b *bank, kind protocol.Kind) {
	p.i.Helper()
	p.bank = b
	ok(p.i, p.Trust(p.clock(), b.charter, nil))
	e, err := p.Enrol(p.clock(), p.terms(b, kind))
	ok(p.i, err)
	p.purse = protocol.PurseID(p.i.net.Hash(e))
	welcome, err := b.Enrol(context.Background(), p.auth(), e, p.name)
	ok(p.i, err)
	_, err = p.Absorb(p.clock(), p.purse, welcome, 0)
	ok(p.i, err)
}

func (p *person) terms(b *bank, kind protocol.Kind) wallet.EnrolParams {
	signer := wallet.AccountSigner{Key: protocol.PublicKey(key(p.name)), Sign: func(h protocol.Hash) protocol.Signature { return protocol.Sign(key(p.name), h) }}
	return wallet.EnrolParams{Anchor: b.charter.Anchor, Account: p.account(), Asset: p.i.asset, Kind: kind, Signers: []wallet.AccountSigner{signer}}
}

func (p *person) auth() anchor.AccountAuth {
	return anchor.AccountAuth{Account: p.account(), Signers: []anchor.AccountSigner{{Key: protocol.Key(p.account()), Weight: 1}}, MediumThreshold: 1}
}

func (p *person) load(amount money.Amount) {
	p.i.Helper()
	reference, err := strconv.ParseUint(p.atBank().Deposit.MemoID, 10, 64)
	ok(p.i, err)
	p.bank.rail.Pay(anchor.Incoming{From: account("a sender").String(), Asset: p.i.asset, Amount: amount, MemoID: &reference})
	_, err = p.bank.Ingest(context.Background())
	ok(p.i, err)
}

func (p *person) atBank() *anchor.PurseView {
	p.i.Helper()
	v, err := p.bank.Purse(context.Background(), p.purse)
	ok(p.i, err)
	return v
}

// holds: so much is this person's at the bank.
func (p *person) holds(amount money.Amount) {
	p.i.Helper()
	if have := p.atBank().AtBank; have != amount {
		p.i.Fatalf("%s has %d at the bank, not %d", p.name, have, amount)
	}
}

// visit brings all that this phone has to its bank, and states where its chain stands.
func (p *person) visit() *anchor.SyncReply {
	p.i.Helper()
	reply, _ := p.news()
	return reply
}

// news is visit, with what the wallet makes of the answer.
func (p *person) news() (*anchor.SyncReply, *wallet.News) {
	p.i.Helper()
	challenge, err := p.bank.Challenge(context.Background(), p.purse)
	ok(p.i, err)
	_, err = p.Statement(p.clock(), p.purse, challenge.Nonce)
	ok(p.i, err)
	return p.exchange()
}

// bring is visit without a Statement.
func (p *person) bring() *anchor.SyncReply {
	p.i.Helper()
	reply, _ := p.exchange()
	return reply
}

func (p *person) exchange() (*anchor.SyncReply, *wallet.News) {
	p.i.Helper()
	up, err := p.Outbox(p.purse)
	ok(p.i, err)
	reply := p.bank.sync(&p.purse, p.cursor, up)
	p.cursor = reply.Cursor
	down, err := p.Decode(reply.Bundle.Encode(), protocol.MailBounds)
	ok(p.i, err)
	news, err := p.Absorb(p.clock(), p.purse, down, reply.Cursor)
	ok(p.i, err)
	return reply, news
}

// sync carries the bytes of a bundle to the bank.
func (b *bank) sync(purse *protocol.PurseID, after int64, up *protocol.Bundle) *anchor.SyncReply {
	b.i.Helper()
	wire := up.Encode()
	bundle, err := protocol.DecodeBundle(b.i.net, wire, b.Lookup(context.Background()), protocol.MailBounds)
	ok(b.i, err)
	reply, err := b.Sync(context.Background(), anchor.SyncRequest{Bundle: bundle, Digest: protocol.Digest(wire), Purse: purse, After: after})
	ok(b.i, err)
	return reply
}

// take is what the bank answers when somebody, no matter who, brings these documents.
func (b *bank) take(docs ...protocol.Document) *anchor.SyncReply {
	b.i.Helper()
	return b.sync(nil, 0, protocol.NewBundle(b.i.net, docs...))
}

// present brings a payment, by nobody in particular.
func (b *bank) present(payment *protocol.Bundle) *anchor.SyncReply {
	b.i.Helper()
	return b.sync(nil, 0, payment)
}

// problem: the answer names this reason for some document.
func (r *reply) problem(code string) {
	r.i.Helper()
	if !slices.ContainsFunc(r.Problems, func(p anchor.Problem) bool { return p.Code == code }) {
		r.i.Fatalf("want the problem %q, have %+v", code, r.Problems)
	}
}

type reply struct {
	*anchor.SyncReply
	i *island
}

func (i *island) read(r *anchor.SyncReply) *reply { return &reply{r, i} }

// request asks for money: a bill, with the card and the memo.
func (p *person) request(amount money.Amount) *protocol.Bundle {
	p.i.Helper()
	r, err := p.Request(p.clock(), wallet.RequestParams{Purse: p.purse, Amount: amount})
	ok(p.i, err)
	return r
}

// pay is an honest wallet's payment.
func (p *person) pay(request *protocol.Bundle) *protocol.Bundle {
	p.i.Helper()
	paid, err := p.Pay(p.clock(), request, wallet.PayParams{Purse: p.purse})
	ok(p.i, err)
	return paid.Bundle
}

// accept is what a payee's wallet makes of the bytes it is handed.
func (p *person) accept(payment *protocol.Bundle) (*wallet.Acceptance, error) {
	shown, err := p.Decode(payment.Encode(), protocol.PaymentBounds)
	if err != nil {
		return nil, err
	}
	return p.Accept(p.clock(), shown)
}

func (p *person) accepts(payment *protocol.Bundle) *wallet.Acceptance {
	p.i.Helper()
	a, err := p.accept(payment)
	ok(p.i, err)
	return a
}

func (p *person) refuses(payment *protocol.Bundle, code protocol.Code) {
	p.i.Helper()
	_, err := p.accept(payment)
	wantCode(p.i, err, code)
}

// meet is two phones telling each other news, as bytes.
func meet(a, b *person) {
	a.i.Helper()
	a.tells(b)
	b.tells(a)
}

// tells gives one's news to another, who takes it or not.
func (p *person) tells(other *person) *wallet.Heard {
	p.i.Helper()
	news, err := p.News(p.clock(), wallet.DefaultNews)
	ok(p.i, err)
	return other.hears(news)
}

func (p *person) hears(news *protocol.Bundle) *wallet.Heard {
	p.i.Helper()
	told, err := p.Decode(news.Encode(), wallet.NewsBounds)
	ok(p.i, err)
	heard, err := p.Hear(p.clock(), told)
	ok(p.i, err)
	return heard
}

// after lets everybody have come to the bank, and looks at everything that must hold when an attack is
// over: the books agree with the ledger, honest wallets replay, and of the honest nobody is accused.
func (i *island) after() {
	i.Helper()
	for _, b := range i.banks {
		b.audit()
	}
	for _, p := range i.people {
		if p.cheats || p.bank == nil {
			continue
		}
		if state := p.atBank().State; state != "open" {
			i.Errorf("%s is honest, and is %s at the bank", p.name, state)
		}
		if _, condemned := p.bank.news(); condemned[p.purse] != nil {
			i.Errorf("%s is honest, and there is a proof against her purse", p.name)
		}
		for _, other := range i.people {
			if slices.ContainsFunc(other.Cases(), func(c wallet.Case) bool { return c.Purse == p.purse }) {
				i.Errorf("%s is honest, and condemned on %s's phone", p.name, other.name)
			}
		}
		p.replays()
	}
}

func (b *bank) audit() {
	b.i.Helper()
	books, err := b.Books(context.Background())
	ok(b.i, err)
	if books.Problem != "" {
		b.i.Fatal(books.Problem)
	}
	for _, r := range books.Reserve {
		if !r.Agrees {
			b.i.Fatalf("reserve: %+v", r)
		}
	}
}

// replays: a wallet is its journal.
func (p *person) replays() {
	p.i.Helper()
	again, err := wallet.Open(p.config(), p.journal.records)
	ok(p.i, err)
	if !reflect.DeepEqual(again.Balances(p.clock()), p.Balances(p.clock())) || !reflect.DeepEqual(again.History(p.clock()), p.History(p.clock())) ||
		!reflect.DeepEqual(again.Cases(), p.Cases()) {
		p.i.Errorf("%s's wallet replays to something else", p.name)
	}
}

// sees: this person's own screen says what became of a payment.
func (p *person) sees(payment *protocol.Bundle, state string) {
	p.i.Helper()
	for _, row := range p.History(p.clock()) {
		if row.Hash == payment.Roots[0] {
			if row.State != state {
				p.i.Fatalf("%s is shown %q, not %q", p.name, row.State, state)
			}
			return
		}
	}
	p.i.Fatalf("%s is shown nothing of the payment", p.name)
}

// balance is what the wallet itself shows.
func (p *person) balance() wallet.Balance {
	for _, b := range p.Balances(p.clock()) {
		if b.Purse == p.purse {
			return b
		}
	}
	p.i.Fatalf("%s has no such purse", p.name)
	return wallet.Balance{}
}
