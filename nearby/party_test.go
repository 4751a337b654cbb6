package nearby

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"testing"
	"time"

	"kula/money"
	"kula/protocol"
)

// The parties of these tests are the least that keeps the session's contract: they verify like
// wallets, and what they write outlives a session. The real wallets meet in package lan's tests.

const now = 1_800_000_000

var testnet = protocol.NewNetwork("Nearby test network")

func seed(name string) ed25519.PrivateKey {
	s := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(s[:])
}

// island is one anchor with a payer, Ari, and a payee, Mary.
type island struct {
	asset   money.Asset
	anchor  protocol.AccountID
	charter *protocol.Charter
	sheet   *protocol.Sheet
	card    *protocol.Card
}

func newIsland() *island {
	w := &island{anchor: protocol.AccountID(protocol.PublicKey(seed("root")))}
	w.asset, _ = money.NewAsset("VUV", protocol.PublicKey(seed("issuer")))
	w.charter = &protocol.Charter{Anchor: w.anchor, Lifetimes: protocol.DefaultLifetimes(),
		Keys:   []protocol.IssuingKey{{ID: 1, Key: protocol.PublicKey(seed("issuing")), NotAfter: 1 << 40}},
		Assets: []protocol.AssetTerms{{Asset: w.asset, Step: 1}}}
	w.sheet = &protocol.Sheet{Anchor: w.anchor, Purse: protocol.PurseID{7}, Account: protocol.AccountID(protocol.PublicKey(seed("ari"))),
		Quorum: protocol.Quorum{Signers: []protocol.Signer{{Key: protocol.PublicKey(seed("ari's phone")), Weight: 1}}, Threshold: 1},
		Asset:  w.asset, Available: 1_000_000, AsOf: now, Kind: protocol.Circulating,
		Limits:   protocol.Limits{PerBill: 1e12, MaxSpend: 1e12, MaxHolding: 1e12, MaxDepth: 8},
		IssuedAt: now - 10, ExpiresAt: now + 60*86400, RedeemBy: now + 120*86400}
	w.card = &protocol.Card{Anchor: w.anchor, Account: protocol.AccountID(protocol.PublicKey(seed("mary"))), Name: "Mary Kalo, Lenakel",
		Keys: []protocol.Key{protocol.PublicKey(seed("mary's phone"))}, NotAfter: now + 365*86400}
	for _, d := range []protocol.Issued{w.sheet, w.card} {
		protocol.Seal(testnet, d, 1, func(h protocol.Hash) protocol.Signature { return protocol.Sign(seed("issuing"), h) })
	}
	return w
}

func (w *island) verifier() *protocol.Verifier {
	return &protocol.Verifier{Network: testnet, Now: now,
		Charter: func(a protocol.AccountID) (*protocol.Charter, bool) { return w.charter, a == w.anchor },
		Notice:  func(protocol.AccountID) *protocol.Notice { return nil },
		Entries: func(protocol.PurseID) []*protocol.Entry { return nil }}
}

// device is a phone's key.
type device struct{ private ed25519.PrivateKey }

func (d device) Prove(key protocol.Key, role protocol.Role, binding protocol.Hash) (protocol.Signature, bool) {
	if key != protocol.PublicKey(d.private) {
		return protocol.Signature{}, false
	}
	return protocol.Sign(d.private, testnet.MeetingHash(role, binding)), true
}

// mary is paid.
type mary struct {
	device
	*island
	mu       sync.Mutex
	amount   money.Amount
	bill     *protocol.Bill // the sale at hand
	memo     *protocol.Memo
	fresh    bool // makes a new bill at each meeting
	accepted map[protocol.Hash]*protocol.Entry
	issued   map[protocol.Hash]*protocol.Bill
	disk     error // what the next durable write fails with
}

func newMary(w *island) *mary {
	return &mary{device: device{seed("mary's phone")}, island: w, amount: 500,
		accepted: map[protocol.Hash]*protocol.Entry{}, issued: map[protocol.Hash]*protocol.Bill{}}
}

func (m *mary) Greeting(context.Context) (Greeting, error) {
	return Greeting{[]Accept{{m.anchor, m.asset}}, []*protocol.Card{m.card}}, nil
}

func (m *mary) Request(_ context.Context, sheets *protocol.Bundle) (*protocol.Bundle, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range protocol.All[*protocol.Sheet](sheets) {
		if err := m.charter.VerifyIssued(testnet, s); err != nil {
			return nil, err
		}
	}
	if m.bill == nil || m.fresh {
		m.write()
	}
	b := protocol.NewBundle(testnet, m.memo, m.card)
	b.AddRoot(m.bill)
	return b, nil
}

func (m *mary) write() {
	m.memo = &protocol.Memo{Text: "two fish"}
	m.bill = &protocol.Bill{Anchor: m.anchor, Payee: m.card.Account, PayeeKey: m.card.Keys[0], Asset: m.asset, Amount: m.amount,
		IssuedAt: now, ExpiresAt: now + 60*86400, Memo: m.memo.Commitment()}
	rand.Read(m.bill.Nonce[:])
	m.bill.Signature = protocol.Sign(m.private, testnet.Hash(m.bill))
	m.issued[testnet.Hash(m.bill)] = m.bill
}

func (m *mary) Accept(_ context.Context, payment *protocol.Bundle) (*protocol.Bundle, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	h := payment.Roots[0]
	if _, again := m.accepted[h]; !again {
		p, err := payment.PaymentOf(h, protocol.NoContext)
		if err != nil {
			return nil, err
		}
		if m.issued[p.BillHash] == nil {
			return nil, protocol.CodeWrongPayee
		}
		if _, err := m.verifier().Verify(payment, p); err != nil {
			return nil, err
		}
		if m.disk != nil {
			return nil, m.disk
		}
		m.accepted[h] = p.Entry
	}
	ack := &protocol.Ack{Entry: h}
	ack.Signature = protocol.Sign(m.private, testnet.Hash(ack))
	b := protocol.NewBundle(testnet)
	b.AddRoot(ack)
	return b, nil
}

// ari pays.
type ari struct {
	device
	*island
	mu      sync.Mutex
	entries []*protocol.Bundle // written, in order
	byBill  map[protocol.Hash]*protocol.Bundle
	acked   map[protocol.Hash]bool
	asked   int
	done    bool                        // nothing more to pay
	person  func(context.Context) error // says yes when nil
}

func newAri(w *island) *ari {
	return &ari{device: device{seed("ari's phone")}, island: w, byBill: map[protocol.Hash]*protocol.Bundle{}, acked: map[protocol.Hash]bool{}}
}

func (a *ari) Undelivered(_ context.Context, payee []protocol.Key) (held []*protocol.Bundle, _ error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, b := range a.entries {
		bill := protocol.All[*protocol.Bill](b)[0]
		if !a.acked[b.Roots[0]] && anyProved([]proof{{key: bill.PayeeKey}}, payee) {
			held = append(held, b)
		}
	}
	return held, nil
}

func (a *ari) Sheets(_ context.Context, g Greeting) (*protocol.Bundle, error) {
	if a.done {
		return nil, nil
	}
	for _, x := range g.Accepts {
		if x == (Accept{a.anchor, a.asset}) {
			return protocol.NewBundle(testnet, a.sheet), nil
		}
	}
	return nil, protocol.CodeNoCommonBank
}

func (a *ari) Pay(ctx context.Context, request *protocol.Bundle) (*protocol.Bundle, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	h := request.Roots[0]
	if b := a.byBill[h]; b != nil {
		return b, nil
	}
	bill, card := protocol.All[*protocol.Bill](request)[0], protocol.All[*protocol.Card](request)[0]
	if err := a.verifier().VerifyRequest(bill, card); err != nil {
		return nil, err
	}
	a.asked++
	if a.person != nil {
		if err := a.person(ctx); err != nil {
			return nil, err
		}
	}
	e := &protocol.Entry{Sheet: testnet.Hash(a.sheet), Seq: uint64(len(a.entries)) + 1, Kind: protocol.SpendKind,
		Spent: money.Amount(len(a.entries)+1) * bill.Amount, Spend: protocol.Spend{Bill: h, Amount: bill.Amount, Deadline: bill.ExpiresAt}}
	e.Signatures = []protocol.DeviceSignature{{Signature: protocol.Sign(a.private, testnet.Hash(e))}}
	b := protocol.NewBundle(testnet, a.sheet, bill)
	b.AddRoot(e)
	a.byBill[h], a.entries = b, append(a.entries, b)
	return b, nil
}

func (a *ari) Acknowledged(_ context.Context, ack *protocol.Bundle) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	doc := protocol.All[*protocol.Ack](ack)[0]
	claim := protocol.Claim{Key: a.card.Keys[0], Hash: ack.Roots[0], Signature: doc.Signature}
	if !claim.Verify() {
		return protocol.CodeBadSignature
	}
	a.acked[doc.Entry] = true
	return nil
}

var session = Session{Network: testnet}

// end is one party's result.
type end struct {
	out  Outcome
	err  error
	took time.Duration
}

// run is one role of a session, timed.
func run(role func() (Outcome, error)) end {
	start := time.Now()
	out, err := role()
	return end{out, err, time.Since(start)}
}

// meet runs both roles over the two ends of a connection and closes both.
func meet(t *testing.T, ctx context.Context, payee Payee, payer Payer, toPayer, toPayee conn) (payeeEnd, payerEnd end) {
	t.Helper()
	var wg sync.WaitGroup
	wg.Go(func() {
		defer toPayer.Close()
		payeeEnd = run(func() (Outcome, error) { return session.RunPayee(ctx, NewStream(toPayer, binding), payee) })
	})
	wg.Go(func() {
		defer toPayee.Close()
		payerEnd = run(func() (Outcome, error) { return session.RunPayer(ctx, NewStream(toPayee, binding), payer) })
	})
	wg.Wait()
	return payeeEnd, payerEnd
}

var binding = protocol.Hash{1, 2, 3}
