package nearby

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kula/money"
	"kula/nearby/internal/phones"
	"kula/protocol"
	"kula/wallet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	ctx     = context.Background()
	session = Session{Network: phones.Network}
	binding = protocol.Hash{1, 2, 3}
)

const price = 3 * money.Unit

func seller(p *phones.Phone) *WalletPayee {
	return &WalletPayee{Wallet: p.Wallet, Now: phones.Clock, Terms: wallet.RequestParams{Amount: price, Memo: "two fish"}}
}

// buyer is somebody who says yes, or what the answer is.
func buyer(p *phones.Phone, answer ...error) *WalletPayer {
	return &WalletPayer{Wallet: p.Wallet, Now: phones.Clock, Confirm: func(context.Context, Question) (money.Amount, error) {
		for _, err := range answer {
			return 0, err
		}
		return 0, nil
	}}
}

// end is what became of one side of a meeting.
type end struct {
	Outcome
	err  error
	took time.Duration
}

func run(role func() (Outcome, error)) end {
	start := time.Now()
	out, err := role()
	return end{out, err, time.Since(start)}
}

// meet lets two wallets meet over a cable.
func meet(payee Payee, payer Payer) (x, y end) {
	a, b := net.Pipe()
	var wg sync.WaitGroup
	wg.Go(func() {
		defer a.Close()
		x = run(func() (Outcome, error) { return session.RunPayee(ctx, NewStream(a, binding), payee) })
	})
	wg.Go(func() {
		defer b.Close()
		y = run(func() (Outcome, error) { return session.RunPayer(ctx, NewStream(b, binding), payer) })
	})
	wg.Wait()
	return x, y
}

func good(t *testing.T, x, y end, phase Phase) {
	t.Helper()
	if x.err != nil || y.err != nil || x.Phase != phase || y.Phase != phase {
		t.Fatalf("payee %v %v, payer %v %v, want %v", x.Phase, x.err, y.Phase, y.err, phase)
	}
}

// received is what a wallet has been paid, by its own account.
func received(p *phones.Phone) money.Amount { return p.Balances(phones.Now)[0].Received }

// What a script needs to speak frames by hand.

func card(p *phones.Phone) *protocol.Card   { return p.Purses()[0].Card }
func sheet(p *phones.Phone) *protocol.Sheet { return p.Purses()[0].Sheets[0].Sheet }

func proofBy(p *phones.Phone, role protocol.Role, b protocol.Hash) proof {
	purse := p.Purses()[0]
	signature, _ := p.Prove(purse.Key(), role, b)
	return proof{purse.Key(), signature}
}

func helloOf(t testing.TB, p *phones.Phone, proofs ...proof) []byte {
	t.Helper()
	e := p.Purses()[0].Enrolment
	b, err := appendHello(&Greeting{Accepts: []Accept{{e.Anchor, e.Asset}}}, proofs, protocol.NewBundle(phones.Network, card(p)).Encode())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func sheetsOf(s *protocol.Sheet, proofs ...proof) []byte {
	return append(appendProofs(nil, proofs), protocol.NewBundle(phones.Network, s).Encode()...)
}
