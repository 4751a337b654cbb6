package anchor_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"kula/anchor"
	"kula/anchor/anchortest"
	"kula/money"
	"kula/protocol"
	"kula/store/sqlite"
	"kula/store/sqlite/sqlitetest"
)

const (
	day   = 24 * 3600
	start = 1_800_000_000
)

var network = protocol.NewNetwork("Kula test network")

// key derives a private key from a name.
func key(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func account(name string) protocol.AccountID {
	return protocol.AccountID(protocol.PublicKey(key(name)))
}

func vatu(t testing.TB) money.Asset {
	a, err := money.NewAsset("VUV", protocol.PublicKey(key("issuer")))
	ok(t, err)
	return a
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t testing.TB, err error, code string) {
	t.Helper()
	if anchor.CodeOf(err) != code {
		t.Fatalf("want refusal %q, have %v", code, err)
	}
}

// world is a bank, its store, its ledger and its clock.
type world struct {
	t     testing.TB
	ctx   context.Context
	clock atomic.Uint64
	rail  *anchortest.Ledger
	store *sqlite.Store
	path  string
	cfg   anchor.Config
	bank  *anchor.Bank
	asset money.Asset
	terms func(*protocol.Charter)

	scratch bool
}

type option func(*world)

// scratch is a world that no crash has to survive: thousands of trials wait for no disk.
func scratch(w *world) { w.scratch = true }

func newWorld(t testing.TB, options ...option) *world {
	w := &world{t: t, ctx: context.Background(), asset: vatu(t)}
	w.clock.Store(start)
	for _, o := range options {
		o(w)
	}
	w.rail = anchortest.New(account("deposit"), 300, w.clock.Load)
	w.path = sqlitetest.Path(t)
	open := sqlite.Open
	if w.scratch {
		open = sqlite.OpenScratch
	}
	store, err := open(w.ctx, w.path)
	ok(t, err)
	t.Cleanup(func() { _ = store.Close() })
	w.store = store
	w.cfg = anchor.Config{
		Network: network, Charter: w.charter(1), Signer: anchor.NewSigner(1, key("issuing")), Store: store, Rail: w.rail,
		Treasury: account("treasury"), Rand: rand.NewChaCha8([32]byte{1}),
		Now: func() time.Time { return time.Unix(int64(w.clock.Load()), 0) },
	}
	w.reopen()
	return w
}

func (w *world) reopen() {
	bank, err := anchor.New(w.ctx, w.cfg)
	ok(w.t, err)
	w.bank = bank
}

func (w *world) charter(serial uint32) *protocol.Charter {
	life := protocol.DefaultLifetimes()
	c := &protocol.Charter{
		Anchor: account("anchor"), Serial: serial, Name: "Bank of Tanna", Network: network.ID, IssuedAt: start,
		Keys:    []protocol.IssuingKey{{ID: 1, Key: protocol.PublicKey(key("issuing")), NotBefore: 0, NotAfter: start * 2}},
		Deposit: account("deposit"), Lifetimes: life,
		Assets: []protocol.AssetTerms{{Asset: w.asset, Decimals: 0, Step: 1, Tiers: []protocol.Tier{
			{Name: "basic", Limits: protocol.Limits{PerBill: 1e12, MaxSpend: 1e13, MaxHolding: 1e13, MaxDepth: 8}},
		}}},
	}
	if w.terms != nil {
		w.terms(c)
	}
	c.Signature = protocol.Sign(key("anchor"), network.Hash(c))
	return c
}

func (w *world) now() uint64 { return w.clock.Load() }

func (w *world) pass(seconds uint64) { w.clock.Add(seconds) }

// person is one phone: a chain, and the sheets it was given.
type person struct {
	w         *world
	name      string
	device    ed25519.PrivateKey
	enrolment *protocol.Enrolment
	id        protocol.PurseID
	seq       uint64
	spent     money.Amount
	sheet     *protocol.Sheet
	sheets    []*protocol.Sheet // all that it was given
	cursor    int64
	nonce     uint64
}

func (w *world) person(name string) *person { return w.personOf(name, protocol.Circulating) }

func (w *world) newPerson(name string, kind protocol.Kind) *person {
	p := &person{w: w, name: name, device: key(name + "'s phone")}
	p.enrolment = &protocol.Enrolment{
		Anchor: account("anchor"), Account: account(name), Asset: w.asset, Kind: kind,
		Quorum: protocol.Quorum{Signers: []protocol.Signer{{Key: protocol.PublicKey(p.device), Weight: 1}}, Threshold: 1},
		Start:  1000,
	}
	h := network.Hash(p.enrolment)
	p.enrolment.DeviceSignatures = []protocol.DeviceSignature{{Index: 0, Signature: protocol.Sign(p.device, h)}}
	p.enrolment.AccountSignatures = []protocol.AccountSignature{{Key: protocol.PublicKey(key(name)), Signature: protocol.Sign(key(name), h)}}
	p.id, p.spent = protocol.PurseID(h), p.enrolment.Start
	return p
}

func (w *world) personOf(name string, kind protocol.Kind) *person {
	p := w.newPerson(name, kind)
	p.enrol()
	return p
}

func (p *person) auth() anchor.AccountAuth {
	return anchor.AccountAuth{
		Account: p.enrolment.Account, Signers: []anchor.AccountSigner{{Key: protocol.Key(p.enrolment.Account), Weight: 1}}, MediumThreshold: 1,
	}
}

func (p *person) enrol() {
	_, err := p.w.bank.Enrol(p.w.ctx, p.auth(), p.enrolment, p.name)
	ok(p.w.t, err)
}

func (p *person) view() *anchor.PurseView {
	v, err := p.w.bank.Purse(p.w.ctx, p.id)
	ok(p.w.t, err)
	return v
}

func (p *person) reference() *uint64 {
	n, err := strconv.ParseUint(p.view().Deposit.MemoID, 10, 64)
	ok(p.w.t, err)
	return &n
}

func (p *person) load(amount money.Amount) {
	p.w.rail.Pay(anchor.Incoming{From: account("sender").String(), Asset: p.w.asset, Amount: amount, MemoID: p.reference()})
	_, err := p.w.bank.Ingest(p.w.ctx)
	ok(p.w.t, err)
}

// statement signs the next entry of the chain: where it stands.
func (p *person) statement() *protocol.Entry {
	p.seq++
	e := &protocol.Entry{
		Sheet: protocol.Hash(p.id), Seq: p.seq, Spent: p.spent, Kind: protocol.StatementKind,
		Statement: protocol.Statement{Time: p.w.now()},
	}
	if p.sheet != nil {
		e.Sheet = network.Hash(p.sheet)
	}
	p.sign(e)
	return e
}

func (p *person) sign(e *protocol.Entry) {
	e.Signatures = []protocol.DeviceSignature{{Index: 0, Signature: protocol.Sign(p.device, network.Hash(e))}}
}

// sync presents documents with the phone authenticated, and takes in what comes back.
func (p *person) sync(docs ...protocol.Document) *anchor.SyncReply {
	p.w.t.Helper()
	return p.take(p.w.syncAs(&p.id, p.cursor, docs...))
}

func (p *person) take(reply *anchor.SyncReply) *anchor.SyncReply {
	p.cursor = reply.Cursor
	for _, s := range protocol.All[*protocol.Sheet](reply.Bundle) {
		if s.Purse == p.id {
			p.sheets = append(p.sheets, s)
		}
		if s.Purse == p.id && (p.sheet == nil || s.Base.Seq > p.sheet.Base.Seq || s.Base == p.sheet.Base && s.Available > p.sheet.Available) {
			p.sheet = s
		}
	}
	return reply
}

func (w *world) syncAs(purse *protocol.PurseID, after int64, docs ...protocol.Document) *anchor.SyncReply {
	w.t.Helper()
	bundle := protocol.NewBundle(network, docs...)
	reply, err := w.bank.Sync(w.ctx, anchor.SyncRequest{Bundle: bundle, Digest: protocol.Digest(bundle.Encode()), Purse: purse, After: after})
	ok(w.t, err)
	return reply
}

// bring presents documents as anybody.
func (w *world) bring(docs ...protocol.Document) *anchor.SyncReply {
	w.t.Helper()
	return w.syncAs(nil, 0, docs...)
}

// refresh asks for a sheet.
func (p *person) refresh() *anchor.SyncReply {
	p.w.t.Helper()
	return p.sync(p.statement())
}

// bill asks for money.
func (p *person) bill(amount money.Amount) *protocol.Bill { return p.billFrom(nil, amount) }

func (p *person) billFrom(change func(*protocol.Bill), amount money.Amount) *protocol.Bill {
	p.nonce++
	b := &protocol.Bill{
		Anchor: account("anchor"), Payee: p.enrolment.Account, PayeeKey: protocol.PublicKey(p.device), Asset: p.w.asset,
		Amount: amount, IssuedAt: p.w.now(), ExpiresAt: p.w.now() + 60*day,
	}
	binary.BigEndian.PutUint64(b.Nonce[:], p.nonce)
	if change != nil {
		change(b)
	}
	b.Signature = protocol.Sign(p.device, network.Hash(b))
	return b
}

// pay signs the next entry of the chain: a spend on the newest sheet.
func (p *person) pay(b *protocol.Bill) *protocol.Payment { return p.payAmount(b, b.Amount) }

func (p *person) payAmount(b *protocol.Bill, amount money.Amount) *protocol.Payment {
	p.seq++
	p.spent += amount
	return p.entry(b, p.seq, p.spent, amount)
}

// entry signs any spend at all.
func (p *person) entry(b *protocol.Bill, seq uint64, spent, amount money.Amount) *protocol.Payment {
	if p.sheet == nil {
		p.w.t.Fatalf("%s has no sheet", p.name)
	}
	e := &protocol.Entry{
		Sheet: network.Hash(p.sheet), Seq: seq, Spent: spent, Kind: protocol.SpendKind,
		Spend: protocol.Spend{Bill: network.Hash(b), Amount: amount, Deadline: min(p.sheet.RedeemBy, b.ExpiresAt)},
	}
	p.sign(e)
	return payment(p.sheet, b, e)
}

func payment(s *protocol.Sheet, b *protocol.Bill, e *protocol.Entry) *protocol.Payment {
	return &protocol.Payment{Entry: e, EntryHash: network.Hash(e), Sheet: s, SheetHash: network.Hash(s), Bill: b, BillHash: network.Hash(b)}
}

// redeem presents payments by the batch interface.
func (w *world) redeem(batch ...*protocol.Payment) []anchor.Presented {
	w.t.Helper()
	out, err := w.bank.Redeem(w.ctx, batch)
	ok(w.t, err)
	return out
}

// honoured redeems one payment, which must be honoured.
func (w *world) honoured(p *protocol.Payment) *protocol.Receipt {
	w.t.Helper()
	out := w.redeem(p)[0]
	if out.Receipt == nil || out.Receipt.Outcome != protocol.Honoured {
		w.t.Fatalf("not honoured: %+v %+v", out.Receipt, out.Problem)
	}
	return out.Receipt
}

func (w *world) problem(p *protocol.Payment, code string) {
	w.t.Helper()
	out := w.redeem(p)[0]
	if out.Receipt != nil || out.Problem == nil || out.Problem.Code != code {
		w.t.Fatalf("want problem %q, have %+v %+v", code, out.Receipt, out.Problem)
	}
}

func (w *world) tend() {
	w.t.Helper()
	ok(w.t, w.bank.Tend(w.ctx))
}

// settle runs the payout machine until it rests.
func (w *world) settle() {
	w.t.Helper()
	for range 1000 {
		more, err := w.bank.Settle(w.ctx)
		ok(w.t, err)
		if !more {
			return
		}
	}
	w.t.Fatal("the payout machine does not rest")
}

// audit checks every invariant of the books, and that the reserve agrees with the ledger.
func (w *world) audit() {
	w.t.Helper()
	books, err := w.bank.Books(w.ctx)
	ok(w.t, err)
	if books.Problem != "" {
		w.t.Fatal(books.Problem)
	}
	for _, r := range books.Reserve {
		if !r.Agrees {
			w.t.Fatalf("reserve: %+v", r)
		}
	}
}

func (p *person) holds(amount money.Amount) {
	p.w.t.Helper()
	if have := p.view().AtBank; have != amount {
		p.w.t.Fatalf("%s has %d at the bank, not %d", p.name, have, amount)
	}
}

func (p *person) available(amount money.Amount) {
	p.w.t.Helper()
	if p.sheet == nil || p.sheet.Available != amount {
		p.w.t.Fatalf("%s's sheet says %+v, not %d", p.name, p.sheet, amount)
	}
}
