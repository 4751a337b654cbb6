package httpapi_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"kula/anchor"
	"kula/anchor/anchortest"
	"kula/httpapi"
	"kula/money"
	"kula/protocol"
	"kula/store/sqlite"
	"kula/store/sqlite/sqlitetest"
)

var testNetwork = protocol.NewNetwork("Kula HTTP test network")

func key(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func account(name string) protocol.AccountID {
	return protocol.AccountID(protocol.PublicKey(key(name)))
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const begin = 1_800_000_000

func vatu() money.Asset {
	a, err := money.NewAsset("VUV", account("issuer"))
	if err != nil {
		panic(err)
	}
	return a
}

// watched is the real bank on its real store, with a window: a test may hold its syncs, and counts them.
type watched struct {
	*anchor.Bank
	ledger *anchortest.Ledger

	mu     sync.Mutex
	synced map[protocol.Hash]int
	hold   chan struct{} // when set, Sync waits until it is closed
	slow   time.Duration // how long Sync takes at least
	inside chan struct{} // takes a value for every Sync that has begun
}

func openBank(t testing.TB) *watched {
	t.Helper()
	now := func() time.Time { return time.Unix(begin, 0) }
	store, err := sqlite.Open(context.Background(), sqlitetest.Path(t))
	ok(t, err)
	t.Cleanup(func() { ok(t, store.Close()) })
	charter := &protocol.Charter{
		Anchor: account("anchor"), Serial: 1, Name: "Bank of Tanna", Network: testNetwork.ID, IssuedAt: begin, Deposit: account("deposit"),
		Keys:      []protocol.IssuingKey{{ID: 1, Key: protocol.PublicKey(key("issuing")), NotAfter: 2 * begin}},
		Lifetimes: protocol.DefaultLifetimes(),
		Assets: []protocol.AssetTerms{{Asset: vatu(), Step: 1, Unload: protocol.Fee{Flat: money.Unit / 2}, Load: protocol.Fee{BasisPoints: 10},
			Tiers: []protocol.Tier{{Name: "basic", Limits: protocol.Limits{PerBill: 1e12, MaxSpend: 1e13, MaxHolding: 1e13, MaxDepth: 8}}}}},
	}
	charter.Signature = protocol.Sign(key("anchor"), testNetwork.Hash(charter))
	w := &watched{ledger: anchortest.New(account("deposit"), 300, func() uint64 { return begin }), synced: map[protocol.Hash]int{}, inside: make(chan struct{}, 1<<12)}
	w.Bank, err = anchor.New(context.Background(), anchor.Config{
		Network: testNetwork, Charter: charter, Signer: anchor.NewSigner(1, key("issuing")), Store: store, Rail: w.ledger,
		Treasury: account("treasury"), Rand: rand.NewChaCha8([32]byte{1}), Now: now,
	})
	ok(t, err)
	return w
}

func (w *watched) Sync(ctx context.Context, ask anchor.SyncRequest) (*anchor.SyncReply, error) {
	w.inside <- struct{}{}
	if w.hold != nil {
		<-w.hold
	}
	if w.slow > 0 {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(w.slow):
		}
	}
	reply, err := w.Bank.Sync(ctx, ask)
	if err == nil {
		w.mu.Lock()
		w.synced[ask.Digest]++
		w.mu.Unlock()
	}
	return reply, err
}

// Receipt of two hashes is where this bank has a fault and a bug.
func (w *watched) Receipt(ctx context.Context, entry protocol.Hash) (*protocol.Receipt, *protocol.Payout, error) {
	switch entry {
	case protocol.Hash{2}:
		return nil, nil, errors.New("disk /secret/path is on fire")
	case protocol.Hash{3}:
		panic("a bug")
	}
	return w.Bank.Receipt(ctx, entry)
}

func (w *watched) times(digest protocol.Hash) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.synced[digest]
}

// person is somebody with one phone.
type person struct {
	name      string
	enrolment *protocol.Enrolment
	purse     protocol.PurseID
}

func newPerson(name string) *person {
	e := &protocol.Enrolment{Anchor: account("anchor"), Account: account(name), Asset: vatu(), Kind: protocol.Circulating, Start: 1 << 20,
		Quorum: protocol.Quorum{Signers: []protocol.Signer{{Key: protocol.PublicKey(key(name + "'s phone")), Weight: 1}}, Threshold: 1}}
	h := testNetwork.Hash(e)
	e.AccountSignatures = []protocol.AccountSignature{{Key: protocol.PublicKey(key(name)), Signature: protocol.Sign(key(name), h)}}
	e.DeviceSignatures = []protocol.DeviceSignature{{Signature: protocol.Sign(key(name+"'s phone"), h)}}
	return &person{name: name, enrolment: e, purse: protocol.PurseID(h)}
}

func (p *person) sign(h protocol.Hash) protocol.Signature {
	return protocol.Sign(key(p.name+"'s phone"), h)
}

// enrol opens the purse behind HTTP's back.
func (p *person) enrol(t testing.TB, w *watched) *person {
	t.Helper()
	auth, err := door{}.Account(context.Background(), "token-"+p.enrolment.Account.String())
	ok(t, err)
	_, err = w.Enrol(context.Background(), auth, p.enrolment, p.name)
	ok(t, err)
	return p
}

// statement asks for a sheet.
func (p *person) statement(challenge protocol.Hash) *protocol.Entry {
	e := &protocol.Entry{Sheet: protocol.Hash(p.purse), Seq: 1, Spent: p.enrolment.Start, Kind: protocol.StatementKind, Statement: protocol.Statement{Time: begin, Challenge: challenge}}
	e.Signatures = []protocol.DeviceSignature{{Signature: p.sign(testNetwork.Hash(e))}}
	return e
}

func (p *person) bill(amount money.Amount) *protocol.Bill {
	b := &protocol.Bill{Anchor: account("anchor"), Payee: p.enrolment.Account, PayeeKey: p.enrolment.Quorum.Signers[0].Key, Asset: vatu(), Amount: amount,
		IssuedAt: begin, ExpiresAt: begin + protocol.DefaultLifetimes().Bill}
	b.Signature = p.sign(testNetwork.Hash(b))
	return b
}

func (p *person) pay(s *protocol.Sheet, b *protocol.Bill) *protocol.Entry {
	e := &protocol.Entry{Sheet: testNetwork.Hash(s), Seq: s.Base.Seq + 1, Spent: s.Base.Spent + b.Amount, Kind: protocol.SpendKind,
		Spend: protocol.Spend{Bill: testNetwork.Hash(b), Amount: b.Amount, Deadline: min(s.RedeemBy, b.ExpiresAt)}}
	e.Signatures = []protocol.DeviceSignature{{Signature: p.sign(testNetwork.Hash(e))}}
	return e
}

// door is a sign-in whose challenge and token name the account in clear: SEP-10 itself is tested where it lives.
type door struct{ down bool }

func (d door) Challenge(_ context.Context, account, _ string) (string, string, error) {
	if _, err := protocol.ParseAccount(account); err != nil {
		return "", "", fmt.Errorf("%w: not an account", httpapi.ErrSignIn)
	}
	return "AAAA" + account, "Kula HTTP test network", nil
}

func (d door) Token(_ context.Context, transaction string) (string, error) {
	account, found := strings.CutPrefix(transaction, "AAAA")
	if d.down {
		return "", errors.New("horizon at 10.0.0.9 is down")
	}
	if !found {
		return "", fmt.Errorf("%w: not our challenge", httpapi.ErrSignIn)
	}
	return "token-" + account, nil
}

func (d door) Account(_ context.Context, token string) (anchor.AccountAuth, error) {
	a, err := protocol.ParseAccount(strings.TrimPrefix(token, "token-"))
	if err != nil {
		return anchor.AccountAuth{}, fmt.Errorf("%w: the token is not ours, or too old", httpapi.ErrSignIn)
	}
	return anchor.AccountAuth{Account: a, Signers: []anchor.AccountSigner{{Key: protocol.Key(a), Weight: 1}}, MediumThreshold: 1}, nil
}
