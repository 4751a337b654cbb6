package atbank_test

import (
	"crypto/ed25519"
	"errors"
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"
	"kula/wallet"
	"kula/wallet/atbank"
)

const start = 1_800_000_000

var network = protocol.NewNetwork("atbank test")

// ring is the device's keys.
type ring byte

func (r ring) key(n uint32) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(append(make([]byte, 30), byte(r), byte(n)))
}

func (r ring) Public(n uint32) (protocol.Key, error) { return protocol.PublicKey(r.key(n)), nil }

func (r ring) Sign(k protocol.Key, h protocol.Hash) (protocol.Signature, error) {
	for n := range uint32(4) {
		if key := r.key(n); protocol.PublicKey(key) == k {
			return protocol.Sign(key, h), nil
		}
	}
	return protocol.Signature{}, errors.New("not here")
}

type memory struct{ records [][]byte }

func (m *memory) Append(r []byte) error { m.records = append(m.records, r); return nil }

type zeros struct{ n byte }

func (z *zeros) Read(b []byte) (int, error) {
	for i := range b {
		z.n++
		b[i] = z.n
	}
	return len(b), nil
}

// counter is the bank as a purse meets it. It can be away from a certain call on, and answer in pieces.
type counter struct {
	*tinybank.Bank
	w     *wallet.Wallet
	purse protocol.PurseID
	now   uint64
	calls int
	away  int          // from which call on nobody answers; 0: never
	cash  money.Amount // paid in at the counter, and there when it was asked about so often
	later int
	said  []string // complaints
	full  bool     // it takes no more of them
	more  int      // so many answers say that there is more
	nonce byte
}

var errAway = errors.New("nobody answers")

func (c *counter) call() error {
	if c.calls++; c.away > 0 && c.calls >= c.away {
		return errAway
	}
	return nil
}

func (c *counter) Sync(outbox []byte, _ int64) (*atbank.Reply, error) {
	if err := c.call(); err != nil {
		return nil, err
	}
	up, err := protocol.DecodeBundle(network, outbox, protocol.NoContext, protocol.MailBounds)
	if err != nil {
		return nil, err
	}
	c.now++
	c.more--
	return &atbank.Reply{Bundle: c.Bank.Sync(c.purse, up, c.now), More: c.more >= 0}, nil
}

func (c *counter) Challenge() (protocol.Hash, error) {
	c.nonce++
	return protocol.Hash{c.nonce}, c.call()
}

func (c *counter) AtBank() (held, coming money.Amount, err error) {
	if c.cash != 0 && c.later == 0 {
		c.Load(c.purse, c.cash)
		c.cash = 0
	}
	c.later--
	return 7 * money.Unit, c.cash, c.call()
}

func (c *counter) Complain(about string, file *protocol.Bundle) (int64, error) {
	if err := c.call(); err != nil {
		return 0, err
	}
	if c.full {
		return 0, errAway
	}
	c.said = append(c.said, about+" "+file.Roots[0].String())
	return 40 + int64(len(c.said)), nil
}

func (c *counter) visit() *atbank.Visit {
	return &atbank.Visit{Wallet: c.w, Purse: c.purse, Bank: c, Now: func() uint64 { return c.now }}
}

func join(t *testing.T, b *tinybank.Bank, seed byte, loaded money.Amount) *counter {
	t.Helper()
	w, err := wallet.Open(wallet.Config{Network: network, Journal: &memory{}, Keys: ring(seed), Rand: &zeros{seed}}, nil)
	check(t, err)
	check(t, w.Trust(start, b.Charter, nil))
	account := ring(seed).key(99)
	e, err := w.Enrol(start, wallet.EnrolParams{Anchor: b.Charter.Anchor, Account: protocol.AccountID(protocol.PublicKey(account)), Asset: b.Asset,
		Kind: protocol.Circulating, Signers: []wallet.AccountSigner{{Key: protocol.PublicKey(account), Sign: func(h protocol.Hash) protocol.Signature { return protocol.Sign(account, h) }}}})
	check(t, err)
	id := protocol.PurseID(network.Hash(e))
	_, err = w.Absorb(start, id, b.Enrol(e, "somebody", start), 0)
	check(t, err)
	b.Load(id, loaded)
	return &counter{Bank: b, w: w, purse: id, now: start + 1}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestVisit: the first visit brings a sheet unasked; a payment's receipt comes with the next; what the bank holds is
// kept to be shown.
func TestVisit(t *testing.T) {
	b := tinybank.New(network, 3, start)
	mary, tom := join(t, b, 1, 50*money.Unit), join(t, b, 2, 0)
	for _, c := range []*counter{mary, tom} {
		done, err := c.visit().Sync()
		check(t, err)
		if done.Presented != 0 {
			t.Fatalf("a Statement is counted as a payment: %+v", done)
		}
		if len(c.w.Purses()[0].Sheets) != 1 || done.AtBank != 7*money.Unit || c.w.Balances(c.now)[0].AtBank != 7*money.Unit {
			t.Fatalf("%+v", done)
		}
	}
	pay(t, mary, tom)
	told := []atbank.Progress{}
	v := tom.visit()
	v.Tell = func(p atbank.Progress) { told = append(told, p) }
	tom.more = 2
	done, err := v.Sync()
	check(t, err)
	receipts := 0
	for _, n := range done.News {
		receipts += len(n.Receipts)
	}
	if done.Presented != 1 || receipts != 1 || len(done.News) < 3 {
		t.Fatalf("%+v", done)
	}
	if last := told[len(told)-1]; last.Answered != 1 || last.Left != 0 {
		t.Fatalf("%+v", told)
	}
	if b := tom.w.Balances(tom.now)[0]; b.Loaded != 5*money.Unit {
		t.Fatalf("what was redeemed is on no sheet: %+v", b)
	}
}

func pay(t *testing.T, payer, payee *counter) {
	t.Helper()
	request, err := payee.w.Request(payee.now, wallet.RequestParams{Amount: 5 * money.Unit})
	check(t, err)
	signed, err := payer.w.Pay(payer.now, request, wallet.PayParams{})
	check(t, err)
	_, err = payee.w.Accept(payee.now, signed.Bundle)
	check(t, err)
}

// TestBrokenOff: a visit that breaks off at any call is made good by the next one, with nothing lost and nothing twice.
func TestBrokenOff(t *testing.T) {
	for away := 1; away <= 6; away++ {
		b := tinybank.New(network, 3, start)
		mary, tom := join(t, b, 1, 50*money.Unit), join(t, b, 2, 0)
		_, err := mary.visit().Sync()
		check(t, err)
		_, err = tom.visit().Sync()
		check(t, err)
		pay(t, mary, tom)
		tom.calls, tom.away = 0, away
		_, broken := tom.visit().Sync()
		tom.away = 0
		if _, err := tom.visit().Sync(); err != nil {
			t.Fatalf("after breaking off at call %d: %v", away, err)
		}
		if b := tom.w.Balances(tom.now)[0]; b.Loaded != 5*money.Unit || b.Received != 0 {
			t.Fatalf("call %d: %+v", away, b)
		}
		if broken == nil {
			return // it had made fewer calls
		}
		if !errors.Is(broken, errAway) {
			t.Fatal(broken)
		}
	}
	t.Fatal("a visit makes more calls than this test thinks")
}

// TestCashFromTheCounter: what was paid in a moment ago can be spent after one visit. A bank where it never arrives
// keeps nobody waiting for ever, and no visit fails because the connection went while it waited.
func TestCashFromTheCounter(t *testing.T) {
	b := tinybank.New(network, 3, start)
	mary := join(t, b, 1, 50*money.Unit)
	_, err := mary.visit().Sync()
	check(t, err)
	waits := 0
	visit := func(later int) *atbank.Synced {
		t.Helper()
		mary.cash, mary.later, waits = 10*money.Unit, later, 0
		v := mary.visit()
		v.Refresh, v.Wait = true, func() bool { waits++; return true }
		done, err := v.Sync()
		check(t, err)
		return done
	}
	for later := range 3 {
		done := visit(later)
		if have := mary.w.Balances(mary.now)[0].Loaded; done.Coming != 0 || waits != later || later > 0 && have != money.Amount(50+10*(later+1))*money.Unit {
			t.Fatalf("after %d: %+v, waited %d times", later, have, waits)
		}
	}
	if done := visit(1000); done.Coming != 10*money.Unit || waits > 10 {
		t.Fatalf("%+v, waited %d times", done, waits)
	}
	mary.calls, mary.away = 0, 7
	if done := visit(1000); done.Coming != 10*money.Unit || mary.calls < mary.away {
		t.Fatalf("%+v, %d calls", done, mary.calls)
	}
}

// TestComplaint: what the person says is wrong is brought with the next visit, once, and has a number from then on. A
// bank that takes no complaints fails no visit.
func TestComplaint(t *testing.T) {
	b := tinybank.New(network, 3, start)
	mary, tom := join(t, b, 1, 50*money.Unit), join(t, b, 2, 0)
	for _, c := range []*counter{mary, tom} {
		_, err := c.visit().Sync()
		check(t, err)
	}
	pay(t, mary, tom)
	entry := mary.w.History(mary.now)[0].Hash
	_, err := mary.w.Complain(mary.now, entry, wallet.AboutMistake)
	check(t, err)
	mary.full = true
	done, err := mary.visit().Sync()
	check(t, err)
	if len(done.Cases) != 0 || len(done.Problems) != 1 || done.Problems[0].Document != entry {
		t.Fatalf("%+v", done)
	}
	mary.full = false
	for i := range 2 {
		done, err := mary.visit().Sync()
		check(t, err)
		if len(done.Cases) != 1-i || len(mary.said) != 1 || mary.said[0] != "mistake "+entry.String() {
			t.Fatalf("%+v %v", done, mary.said)
		}
	}
	if all := mary.w.Complaints(); len(all) != 1 || all[0].Number != 41 {
		t.Fatalf("%+v", all)
	}
}

// TestRefresh: a new sheet is asked for although the wallet sees no need, and a bank that always has more is left.
func TestRefresh(t *testing.T) {
	b := tinybank.New(network, 3, start)
	mary := join(t, b, 1, 50*money.Unit)
	_, err := mary.visit().Sync()
	check(t, err)
	b.Load(mary.purse, money.Unit)
	v := mary.visit()
	v.Refresh = true
	done, err := v.Sync()
	check(t, err)
	if done.Unstated != nil || mary.w.Balances(mary.now)[0].Loaded != 51*money.Unit {
		t.Fatalf("%+v", done)
	}
	mary.more = 1 << 20
	if _, err := mary.visit().Sync(); !errors.Is(err, atbank.ErrEndless) {
		t.Fatal(err)
	}
}
