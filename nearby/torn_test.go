package nearby

import (
	"context"
	"io"
	"net"
	"sync/atomic"
	"testing"

	"kula/protocol"
)

type conn interface {
	Duplex
	io.Closer
}

// cutting is a connection that breaks in both directions once so many bytes were written to it. It
// counts what passed.
type cutting struct {
	net.Conn
	left    int // negative: never
	written atomic.Int64
}

func (c *cutting) Write(b []byte) (int, error) {
	cut := c.left >= 0 && len(b) > c.left
	if cut {
		b = b[:c.left]
	}
	n, err := c.Conn.Write(b)
	c.written.Add(int64(n))
	c.left -= n
	if cut && err == nil {
		c.Conn.Close()
		err = io.ErrClosedPipe
	}
	return n, err
}

const never = -1 << 40

// pipe is a connection that breaks after so many bytes from the payee, or from the payer.
func pipe(fromPayee, fromPayer int) (payee, payer *cutting) {
	a, b := net.Pipe()
	return &cutting{Conn: a, left: fromPayee}, &cutting{Conn: b, left: fromPayer}
}

// transcript is how many bytes each side writes in a session that nothing disturbs.
func transcript(t *testing.T, earlier bool) (fromPayee, fromPayer int) {
	t.Helper()
	w := newIsland()
	m, a := newMary(w), newAri(w)
	if earlier {
		owe(t, m, a)
	}
	toPayer, toPayee := pipe(never, never)
	x, y := meet(t, context.Background(), m, a, toPayer, toPayee)
	if x.err != nil || y.err != nil || x.out.Phase != Received || y.out.Phase != Received {
		t.Fatal(x.err, y.err)
	}
	return int(toPayer.written.Load()), int(toPayee.written.Load())
}

// owe makes the payer write an entry that the payee has not seen.
func owe(t *testing.T, m *mary, a *ari) {
	t.Helper()
	request, err := m.Request(context.Background(), protocol.NewBundle(testnet, m.sheet))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Pay(context.Background(), request); err != nil {
		t.Fatal(err)
	}
	m.bill = nil // another sale follows
}

// TestTornSession cuts the connection after every byte, in each direction. Whatever the byte: both
// sides tell the truth about what they hold, and when they meet again there is exactly one payment.
func TestTornSession(t *testing.T) {
	for _, kind := range []struct {
		name    string
		fresh   bool // at the second meeting the payee has a new bill
		earlier bool // something is handed over from before
	}{{"same bill", false, false}, {"new bill", true, false}, {"owing", false, true}} {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			fromPayee, fromPayer := transcript(t, kind.earlier)
			want := 1
			if kind.earlier {
				want = 2
			}
			for n := range fromPayee {
				tornAt(t, kind.fresh, kind.earlier, want, n, never)
			}
			for n := range fromPayer {
				tornAt(t, kind.fresh, kind.earlier, want, never, n)
			}
		})
	}
}

func tornAt(t *testing.T, fresh, earlier bool, want, fromPayee, fromPayer int) {
	t.Helper()
	w := newIsland()
	m, a := newMary(w), newAri(w)
	if earlier {
		owe(t, m, a)
	}
	m.fresh = fresh
	toPayer, toPayee := pipe(fromPayee, fromPayer)
	x, y := meet(t, context.Background(), m, a, toPayer, toPayee)
	honest(t, m, a, x, y)

	// The person whose payment was written pays nothing new; otherwise the sale goes on.
	a.done = fresh && len(a.entries) == want
	for len(a.entries) < want || len(a.acked) < want {
		toPayer, toPayee = pipe(never, never)
		if x, y = meet(t, context.Background(), m, a, toPayer, toPayee); x.err != nil || y.err != nil {
			t.Fatalf("cut at %d/%d: second meeting: %v, %v", fromPayee, fromPayer, x.err, y.err)
		}
	}
	if len(m.accepted) != want || len(a.entries) != want || a.asked != want {
		t.Fatalf("cut at %d/%d: %d accepted, %d written, %d asked, want %d each",
			fromPayee, fromPayer, len(m.accepted), len(a.entries), a.asked, want)
	}
}

// honest compares what each side was told with what the two wallets hold.
func honest(t *testing.T, m *mary, a *ari, payee, payer end) {
	t.Helper()
	_, held := m.accepted[payee.out.Entry]
	if (payee.out.Phase == Received) != held {
		t.Fatalf("payee was told %v and holds it: %v", payee.out.Phase, held)
	}
	written := a.byBill[payer.out.Bill] != nil
	if (payer.out.Phase >= Written) != written {
		t.Fatalf("payer was told %v and has written: %v", payer.out.Phase, written)
	}
	if payer.out.Phase == Received && m.accepted[payer.out.Entry] == nil {
		t.Fatal("payer was told that it is received, and it is not")
	}
	if payee.err == nil && payer.err == nil && payer.out.Phase != Received {
		t.Fatal("the cut was noticed by nobody")
	}
}
