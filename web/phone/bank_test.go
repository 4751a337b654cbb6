package phone

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"testing"
	"time"

	"kula/anchor"
	"kula/anchor/anchortest"
	"kula/httpapi"
	"kula/localnet"
	"kula/localnet/localnettest"
	"kula/money"
	"kula/protocol"
	"kula/stellar"
	"kula/store/sqlite"
	"kula/store/sqlite/sqlitetest"

	"github.com/stellar/go-stellar-sdk/keypair"
	"golang.org/x/time/rate"
)

const site = "https://bank.example"

func secret(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func public(name string) protocol.AccountID {
	return protocol.AccountID(protocol.PublicKey(secret(name)))
}

// realBank is the real anchor on its real store, behind its real HTTP face and sign-in. Its address is known to
// people's devices, and it can be made to answer otherwise.
type realBank struct {
	*testing.T
	*anchor.Bank
	ledger     *anchortest.Ledger
	vatu       money.Asset
	begin      uint64 // its clock, which stands still: the sign-in looks at the real one
	face       http.Handler
	complaints []httpapi.Complaint
	full       bool                                              // no more of them
	spoil      func(w http.ResponseWriter, r *http.Request) bool // true: it has answered
}

// sep10 is the sign-in in httpapi's words.
type sep10 struct{ *stellar.WebAuth }

func (s sep10) Token(ctx context.Context, transaction string) (string, error) {
	token, err := s.WebAuth.Token(ctx, transaction)
	if errors.Is(err, stellar.ErrSignIn) {
		err = fmt.Errorf("%w: %w", httpapi.ErrSignIn, err)
	}
	return token, err
}

// Complain is the bank's book of complaints.
func (b *realBank) Complain(_ context.Context, c httpapi.Complaint) (int64, error) {
	if b.full {
		return 0, httpapi.ErrTooManyComplaints
	}
	b.complaints = append(b.complaints, c)
	return 30 + int64(len(b.complaints)), nil
}

func (b *realBank) ok(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func openBank(t *testing.T) *realBank {
	t.Helper()
	b := &realBank{T: t, begin: uint64(time.Now().Unix())}
	now := func() time.Time { return time.Unix(int64(b.begin), 0) }
	store, err := sqlite.Open(t.Context(), sqlitetest.Path(t))
	b.ok(err)
	t.Cleanup(func() { b.ok(store.Close()) })
	b.vatu, err = money.NewAsset("VUV", public("issuer"))
	b.ok(err)
	charter := &protocol.Charter{Anchor: public("anchor"), Serial: 1, Name: "Bank of Tanna", Network: testNetwork.ID, IssuedAt: b.begin, Deposit: public("deposit"),
		Endpoint: site, Lifetimes: protocol.DefaultLifetimes(), Keys: []protocol.IssuingKey{{ID: 1, Key: protocol.PublicKey(secret("issuing")), NotAfter: 2 * b.begin}},
		Assets: []protocol.AssetTerms{{Asset: b.vatu, Step: 1, Unload: protocol.Fee{Flat: money.Unit / 2},
			Tiers: []protocol.Tier{{Name: "basic", Limits: protocol.Limits{PerBill: 1e12, MaxSpend: 1e13, MaxHolding: 1e13, MaxDepth: 8}}}}}}
	charter.Signature = protocol.Sign(secret("anchor"), testNetwork.Hash(charter))
	b.ledger = anchortest.New(public("deposit"), 300, func() uint64 { return b.begin })
	b.Bank, err = anchor.New(t.Context(), anchor.Config{Network: testNetwork, Charter: charter, Signer: anchor.NewSigner(1, secret("issuing")), Store: store, Rail: b.ledger,
		Treasury: public("treasury"), Rand: rand.NewChaCha8([32]byte{1}), Now: now})
	b.ok(err)
	b.serve(now)
	return b
}

func (b *realBank) serve(now func() time.Time) {
	b.Helper()
	const passphrase = "phone test"
	ledger, _ := localnettest.StartWith(b.T, localnet.Config{Passphrase: passphrase})
	key, err := keypair.FromRawSeed([32]byte(secret("sign-in").Seed()))
	b.ok(err)
	auth, err := stellar.NewWebAuth(stellar.WebAuthConfig{Horizon: &stellar.Horizon{URL: ledger, Passphrase: passphrase}, Key: key, HomeDomain: "bank.example",
		Endpoint: site + "/auth", Secret: bytes.Repeat([]byte("s"), 32), Now: now})
	b.ok(err)
	toml, err := (&stellar.Info{NetworkPassphrase: passphrase, SigningKey: key.Address(), WebAuthEndpoint: site + "/auth", OfflinePaymentServer: site}).Encode()
	b.ok(err)
	server, err := httpapi.New(httpapi.Config{Network: testNetwork, Bank: b, Auth: sep10{auth}, StellarTOML: toml, Operator: b, Complaints: b,
		OperatorToken: "0123456789abcdef0123456789abcdef", Limits: httpapi.Limits{PerAddress: rate.Inf, PerPurse: rate.Inf}, Log: slog.New(slog.DiscardHandler)})
	b.ok(err)
	b.face = server.Wallets()
}

func (b *realBank) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if b.spoil == nil || !b.spoil(w, r) {
		b.face.ServeHTTP(w, r)
	}
}

// load puts money into a purse, as the ledger would.
func (b *realBank) load(p *person, amount money.Amount) {
	b.Helper()
	to := p.do("deposit", Object{"purse": p.purse.String()})
	reference, err := strconv.ParseUint(to["memoId"].(string), 10, 64)
	b.ok(err)
	b.ledger.Pay(anchor.Incoming{Kind: anchor.IncomingPayment, From: public("anybody").String(), Asset: b.vatu, Amount: amount, MemoID: &reference, At: b.begin})
	_, err = b.Ingest(b.Context())
	b.ok(err)
}

func seedOf(n byte) []byte { return bytes.Repeat([]byte{n}, 64) }

// customer is a person who has looked at the bank, trusts it and has a purse there.
func (b *realBank) customer(seed byte, name string) *person {
	b.Helper()
	p := b.visitor(seed)
	seen := p.do("look", Object{"url": site})
	p.do("open", Object{"network": seen["network"]})
	p.do("trust", Object{"bytes": seen["bytes"]})
	home := p.do("enrol", b.enrolment(seed, name))
	purse := home["purses"].([]Object)[0]
	if purse["phase"] != "open" || purse["name"] != name || purse["syncedAt"] == 0.0 {
		b.Fatalf("%+v", purse)
	}
	b.ok(p.purse.UnmarshalText([]byte(purse["id"].(string))))
	return p
}

func (b *realBank) visitor(seed byte) *person {
	p := newPerson(b.T, seed)
	p.web, p.clock = b, b.begin
	return p
}

func (b *realBank) enrolment(seed byte, name string) Object {
	return Object{"anchor": public("anchor").String(), "name": name, "asset": "VUV", "kind": "circulating", "seed": seedOf(seed)}
}

// TestAtTheRealBank: a person enrols with the words, gets money, pays with no bank, and the payee redeems it.
func TestAtTheRealBank(t *testing.T) {
	b := openBank(t)
	mary, tom := b.customer(1, "Mary Kalo"), b.customer(2, "Tom")
	b.load(mary, 100*money.Unit)
	mary.clock++
	if s := mary.do("sync", Object{"refresh": true}); s["sheets"] == 0.0 || s["atBank"] != "100" || mary.balance()["spendable"] != "100" {
		t.Fatalf("%+v", s)
	}
	mary.web, tom.web = nil, nil
	paid := mary.do("pay", Object{"bytes": tom.do("request", Object{"amount": "7", "memo": "fish"})["bytes"]})
	tom.do("accept", Object{"bytes": paid["bytes"]})
	tom.refused(CodeNoAnswer, "sync", nil)
	mary.web, tom.web = b, b
	s := tom.do("sync", nil)
	if s["presented"] != 1.0 || s["receipts"] != 1.0 || len(s["problems"].([]Object)) != 0 || tom.balance()["loaded"] != "7" {
		t.Fatalf("%+v", s)
	}
	mary.do("sync", nil)
	if row := mary.do("history", nil)["rows"].([]Object)[0]; row["state"] != "honoured" {
		t.Fatalf("%+v", row)
	}
	for _, e := range tom.events {
		if e["event"] == "progress" && e["done"] == 1.0 && e["all"] == 1.0 && e["sent"].(float64) > 0 && e["got"].(float64) > 0 {
			return
		}
	}
	t.Fatal("nobody heard how far the sync was")
}

// TestCashFromTheCounter: who has just paid in at the counter, and connects there, can spend it: the phone waits the
// seconds that the ledger takes.
func TestCashFromTheCounter(t *testing.T) {
	b := openBank(t)
	mary := b.customer(1, "Mary")
	b.ledger.NameTreasury(public("treasury").String())
	b.ledger.Fund(b.vatu, 1000*money.Unit)
	_, err := b.TellerIn(t.Context(), anchor.TellerRequest{Purse: mary.purse, Amount: 300 * money.Unit, Officer: "anna", Key: "slip-1"})
	b.ok(err)
	mary.clock++
	mary.passes = func() {
		if mary.waited < 4 {
			return // the ledger has not closed
		}
		for more := true; more; {
			more, err = b.Settle(t.Context())
			b.ok(err)
		}
		_, err = b.Ingest(t.Context())
		b.ok(err)
	}
	if s := mary.do("sync", Object{"refresh": true}); s["atBank"] != "300" || mary.balance()["spendable"] != "300" || mary.waited != 4 {
		t.Fatalf("waited %d s: %+v", mary.waited, s)
	}
}

// TestSomethingIsWrong: what the person says is wrong gets the bank's number at the next sync, once, and the bank has
// what proves it. A bank that takes no more says so, and everything else is done all the same.
func TestSomethingIsWrong(t *testing.T) {
	b := openBank(t)
	mary, tom := b.customer(1, "Mary Kalo"), b.customer(2, "Tom")
	b.load(mary, 100*money.Unit)
	mary.clock++
	mary.do("sync", Object{"refresh": true})
	paid := mary.do("pay", Object{"bytes": tom.do("request", Object{"amount": "7", "memo": "fish"})["bytes"]})
	said := mary.do("complain", Object{"subject": paid["entry"], "about": "mistake"})
	if again := mary.do("complain", Object{"subject": paid["entry"], "about": "undelivered"}); said["number"] != 0.0 || again["about"] != "mistake" {
		t.Fatalf("%+v %+v", said, again)
	}
	mary.refused("not_known", "complain", Object{"subject": protocol.Hash{1}.String(), "about": "mistake"})
	b.full = true
	s := mary.do("sync", nil)
	if problems := s["problems"].([]Object); len(problems) != 1 || problems[0]["code"] != "too_many_complaints" || problems[0]["document"] != paid["entry"] || s["presented"] != 1.0 {
		t.Fatalf("%+v", s)
	}
	b.full = false
	s = mary.do("sync", nil)
	if cases := s["cases"].([]Object); len(cases) != 1 || cases[0]["number"] != 31.0 || cases[0]["subject"] != paid["entry"] {
		t.Fatalf("%+v", s)
	}
	s = mary.do("sync", nil)
	all := must(mary.try("complaints", nil)).([]Object)
	if len(s["cases"].([]Object)) != 0 || len(all) != 1 || all[0]["number"] != 31.0 || len(b.complaints) != 1 {
		t.Fatalf("%+v %+v", s, all)
	}
	held := b.complaints[0]
	file, err := protocol.DecodeBundle(testNetwork, held.File, protocol.NoContext, protocol.PaymentBounds)
	b.ok(err)
	if len(protocol.All[*protocol.Sheet](file)) != 1 || len(protocol.All[*protocol.Bill](file)) != 1 || held.Name != "Mary Kalo" || held.Purse != mary.purse || held.About != "mistake" {
		t.Fatalf("%+v", held)
	}
}

// TestUnload: the bank's bill says the fee before anything is paid.
func TestUnload(t *testing.T) {
	b := openBank(t)
	mary := b.customer(1, "Mary")
	b.load(mary, 100*money.Unit)
	mary.clock++
	mary.do("sync", Object{"refresh": true})
	offer := mary.do("unload", Object{"purse": mary.purse.String(), "amount": "20", "destination": "teller", "memo": `say "hello"`})
	if offer["fee"] != "0.5" || offer["amount"] != "20" {
		t.Fatalf("%+v", offer)
	}
	if q := mary.do("quote", Object{"bytes": offer["bytes"]}); q["unload"] != true || q["payee"] != "Bank of Tanna" || q["amount"] != "20" {
		t.Fatalf("%+v", q)
	}
	mary.do("pay", Object{"bytes": offer["bytes"]})
	mary.do("sync", nil)
	if row := mary.do("history", nil)["rows"].([]Object)[0]; row["act"] != "unloaded" || row["state"] != "honoured" {
		t.Fatalf("%+v", row)
	}
	mary.refused(CodeBadArgument, "unload", Object{"purse": mary.purse.String(), "amount": "0", "destination": "teller"})
}

// TestLostPhone: with the words, another phone finds the purse of the one that is gone, and ends it.
func TestLostPhone(t *testing.T) {
	b := openBank(t)
	old := b.customer(1, "Mary")
	fresh := b.visitor(9)
	seen := fresh.do("look", Object{"url": site})
	fresh.do("open", Object{"network": seen["network"]})
	fresh.do("trust", Object{"bytes": seen["bytes"]})
	fresh.do("enrol", b.enrolment(1, "Mary"))
	fresh.refused(CodeHasPurse, "enrol", b.enrolment(1, "Mary"))
	var here, lost Object
	for _, p := range must(fresh.try("purses", Object{"seed": seedOf(1)})).([]Object) {
		if p["here"] == true {
			here = p
		} else {
			lost = p
		}
	}
	if lost["purse"] != old.purse.String() || here == nil || lost["name"] != "Mary" || lost["asset"] != "VUV" {
		t.Fatalf("%+v %+v", here, lost)
	}
	fresh.do("revoke", Object{"seed": seedOf(1), "purse": lost["purse"], "successor": here["purse"]})
	if s := old.do("sync", nil); s["home"].(Object)["purses"].([]Object)[0]["revoked"] != true {
		t.Fatalf("%+v", s)
	}
	if others := must(fresh.try("purses", Object{"seed": seedOf(6)})).([]Object); len(others) != 0 {
		t.Fatalf("other words show %+v", others)
	}
}

// TestSeedIsWiped: a command that needs the words' seed leaves nothing of it, whatever comes of it.
func TestSeedIsWiped(t *testing.T) {
	b := openBank(t)
	mary := b.customer(1, "Mary")
	for name, args := range map[string]Object{"account": {}, "enrol": b.enrolment(1, "Mary"), "purses": {}, "revoke": {"purse": mary.purse.String()}} {
		seed := seedOf(5)
		args["seed"] = seed
		_, _ = mary.try(name, args)
		if !bytes.Equal(seed, make([]byte, 64)) {
			t.Errorf("%s keeps the seed", name)
		}
	}
}
