package lan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"

	"kula/money"
	"kula/nearby"
	"kula/nearby/internal/phones"
	"kula/protocol"
	"kula/wallet"
)

// cutting is a connection that breaks, in both directions, once so many bytes were written to it.
type cutting struct {
	net.Conn
	left    int // negative: never
	written int
}

const never = -1 << 40

func (c *cutting) Write(b []byte) (int, error) {
	cut := c.left >= 0 && len(b) > c.left
	if cut {
		b = b[:c.left]
	}
	n, err := c.Conn.Write(b)
	c.written += n
	c.left -= n
	if cut && err == nil {
		c.Conn.Close()
		err = io.ErrClosedPipe
	}
	return n, err
}

// scene is Mary selling two fish to Ari.
type scene struct {
	mary, ari *phones.Phone
	shop      *nearby.WalletPayee
	want      money.Amount // what Ari will have paid in the end, what he owes from before included
}

const price = 3 * money.Unit

func (s *scene) open() {
	s.shop = &nearby.WalletPayee{Wallet: s.mary.Wallet, Now: phones.Clock, Terms: wallet.RequestParams{Amount: price, Memo: "two fish"}, Once: true}
}

// confirm is a person who wants two fish, once, and sees in the wallet what was paid already.
func (s *scene) confirm(context.Context, nearby.Question) (money.Amount, error) {
	if s.paid() == s.want {
		return 0, protocol.CodeDeclined
	}
	return 0, nil
}

type end struct {
	nearby.Outcome
	err error
}

// meet is one meeting over a secure connection that is cut after so many bytes of one side's, and how
// many bytes each side wrote.
func (s *scene) meet(cutPayee, cutPayer int) (payee, payer end, fromPayee, fromPayer int) {
	a, b := net.Pipe()
	toPayer, toPayee := &cutting{Conn: a, left: cutPayee}, &cutting{Conn: b, left: cutPayer}
	session := nearby.Session{Network: phones.Network}
	var wg sync.WaitGroup
	wg.Go(func() {
		defer a.Close()
		c, err := secure(ctx, toPayer, false)
		if payee.err = err; err == nil {
			payee.Outcome, payee.err = session.RunPayee(ctx, c, s.shop)
		}
	})
	wg.Go(func() {
		defer b.Close()
		c, err := secure(ctx, toPayee, true)
		if payer.err = err; err == nil {
			payer.Outcome, payer.err = session.RunPayer(ctx, c, &nearby.WalletPayer{Wallet: s.ari.Wallet, Now: phones.Clock, Confirm: s.confirm})
		}
	})
	wg.Wait()
	return payee, payer, toPayer.written, toPayee.written
}

// received and paid are what the two wallets hold.
func (s *scene) received() money.Amount { return s.mary.Balances(phones.Now)[0].Received }
func (s *scene) paid() money.Amount {
	b := s.ari.Balances(phones.Now)[0]
	return 100*money.Unit - b.Loaded
}

// TestTornPayment cuts the connection after every byte of its transcript, handshake included, in both
// directions, between real wallets. Whatever the byte: both sides are told the truth about what they
// hold, and once they have met again there is exactly one payment.
//
// Two more stories are cut at every eleventh byte, which hits each frame several times: both phones
// are switched off at the cut and replay their journals; and an earlier payment is owed.
func TestTornPayment(t *testing.T) {
	mary, ari := phones.Village(t)
	for _, story := range []struct {
		name    string
		every   int
		restart bool
		owing   int // payments from before
	}{{"cut", 1, false, 0}, {"switched off", 11, true, 0}, {"owing", 11, false, 1}} {
		start := func(t *testing.T) *scene {
			s := &scene{mary: mary.Copy(t), ari: ari.Copy(t), want: price * money.Amount(1+story.owing)}
			for range story.owing {
				s.owe(t)
			}
			s.open()
			return s
		}
		s := start(t)
		x, y, fromPayee, fromPayer := s.meet(never, never)
		if x.err != nil || y.err != nil || s.received() != s.want {
			t.Fatal(x.err, y.err)
		}
		check := func(t *testing.T, n int, s *scene, x, y end) {
			s.truth(t, x, y)
			if n/story.every%meetAgain == 0 || x.err == nil || y.err == nil {
				s.again(t, story.restart)
			}
		}
		t.Run(fmt.Sprint(story.name, " payee"), func(t *testing.T) {
			t.Parallel()
			for n := 0; n < fromPayee; n += story.every {
				s := start(t)
				x, y, _, _ := s.meet(n, never)
				check(t, n, s, x, y)
			}
		})
		t.Run(fmt.Sprint(story.name, " payer"), func(t *testing.T) {
			t.Parallel()
			for n := 0; n < fromPayer; n += story.every {
				s := start(t)
				x, y, _, _ := s.meet(never, n)
				check(t, n, s, x, y)
			}
		})
	}
}

// owe makes Ari's wallet write a payment that Mary's has not seen.
func (s *scene) owe(t *testing.T) {
	t.Helper()
	request, err := s.mary.Request(phones.Now, wallet.RequestParams{Amount: price})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ari.Pay(phones.Now, request, wallet.PayParams{}); err != nil {
		t.Fatal(err)
	}
}

// truth compares what each side was told with what its wallet holds.
func (s *scene) truth(t *testing.T, payee, payer end) {
	t.Helper()
	received := money.Amount(len(payee.Earlier)) * price
	if payee.Phase == nearby.Received {
		received += price
	}
	if s.received() < received || s.received() > received+price {
		t.Fatalf("Mary was told of %v and holds %v", received, s.received())
	}
	if (payee.Phase == nearby.Received) != (s.received() == s.want) {
		t.Fatalf("Mary was told %v and holds %v", payee.Phase, s.received())
	}
	if (payer.Phase >= nearby.Written) != (s.paid() == s.want) {
		t.Fatalf("Ari was told %v and has paid %v", payer.Phase, s.paid())
	}
	if payer.Phase == nearby.Received && s.received() != s.paid() {
		t.Fatalf("Ari was told that it is received; %v paid, %v received", s.paid(), s.received())
	}
	for _, row := range s.ari.Undelivered() {
		if payer.Phase == nearby.Received || payer.Entry == row.Hash && payer.Phase != nearby.Written {
			t.Fatalf("Ari was told %v, and his wallet shows it as not received", payer.Phase)
		}
	}
	if payee.err == nil && payer.err == nil && payer.Phase != nearby.Received {
		t.Fatal("nobody noticed the cut")
	}
}

// again lets the two meet once more. Ari agrees to pay only if his wallet shows that he has not.
func (s *scene) again(t *testing.T, restart bool) {
	t.Helper()
	if restart {
		s.mary.Restart(t)
		s.ari.Restart(t)
		s.open()
	}
	paid := s.paid() == s.want
	x, y, _, _ := s.meet(never, never)
	if declined := paid && errors.Is(x.err, protocol.CodeDeclined) && errors.Is(y.err, protocol.CodeDeclined); !declined && (x.err != nil || y.err != nil) {
		t.Fatal(x.err, y.err)
	}
	if s.received() != s.want || s.paid() != s.want || len(s.ari.Undelivered()) != 0 {
		t.Fatalf("%v received, %v paid, want %v; %d undelivered", s.received(), s.paid(), s.want, len(s.ari.Undelivered()))
	}
}
