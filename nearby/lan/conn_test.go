package lan

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"kula/nearby"
	"kula/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var ctx = context.Background()

// serve answers on loopback until the test ends.
func serve(t *testing.T, limits Limits, handle func(context.Context, *Conn)) *Listener {
	t.Helper()
	l, err := Listen(ctx, "127.0.0.1:0", limits)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- l.Serve(ctx, handle) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return l
}

// echo sends back every frame.
func echo(ctx context.Context, c *Conn) {
	for {
		f, err := c.Receive(ctx)
		if err != nil || c.Send(ctx, f) != nil {
			return
		}
	}
}

func dial(t *testing.T, l *Listener) *Conn {
	t.Helper()
	c, err := Dial(ctx, l.Addr().String(), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestFramesOfEverySize(t *testing.T) {
	c := dial(t, serve(t, Limits{}, echo))
	for _, size := range []int{0, 1, maxRecord - 4, maxRecord - 3, maxRecord, 2*maxRecord - 4, nearby.MaxBody} {
		sent := nearby.Frame{Kind: nearby.KindAck, Body: bytes.Repeat([]byte{7}, size)}
		if err := c.Send(ctx, sent); err != nil {
			t.Fatal(err)
		}
		back, err := c.Receive(ctx)
		if err != nil || !bytes.Equal(back.Body, sent.Body) {
			t.Fatalf("%d bytes: %d came back, %v", size, len(back.Body), err)
		}
	}
}

// pair is two ends of a secure channel over a pipe.
func pair(t *testing.T, a, b net.Conn) (initiator, responder *Conn) {
	t.Helper()
	var wg sync.WaitGroup
	var err [2]error
	wg.Go(func() { initiator, err[0] = secure(ctx, a, true) })
	wg.Go(func() { responder, err[1] = secure(ctx, b, false) })
	wg.Wait()
	if err[0] != nil || err[1] != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close(); b.Close() })
	return initiator, responder
}

// TestBinding: both ends of one channel share a value, and no two channels do.
func TestBinding(t *testing.T) {
	a, b := net.Pipe()
	c, d := net.Pipe()
	one, other := pair(t, a, b)
	third, _ := pair(t, c, d)
	if one.Binding() != other.Binding() || one.Binding().IsZero() || one.Binding() == third.Binding() {
		t.Fatal(one.Binding(), other.Binding(), third.Binding())
	}
}

// tapped remembers what was written to it.
type tapped struct {
	net.Conn
	written bytes.Buffer
}

func (t *tapped) Write(b []byte) (int, error) {
	t.written.Write(b)
	return t.Conn.Write(b)
}

// TestAttackReplay: what one payer sent means nothing on another connection.
func TestAttackReplay(t *testing.T) {
	var served sync.WaitGroup
	served.Add(1)
	l := serve(t, Limits{}, func(ctx context.Context, c *Conn) { defer served.Done(); echo(ctx, c) })
	raw, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	tap := &tapped{Conn: raw}
	c, err := secure(ctx, tap, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Send(ctx, nearby.Frame{Kind: nearby.KindBye}); err != nil {
		t.Fatal(err)
	}
	raw.Close()
	served.Wait()

	again, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if _, err := again.Write(tap.written.Bytes()); err != nil {
		t.Fatal(err)
	}
	answer, _ := io.ReadAll(again) // its end, or a reset: the listener had not read all
	if len(answer) != 2+messageSizes[1] {
		t.Fatalf("%d bytes were answered", len(answer))
	}
	// A second session would make served's counter negative and panic.
}

// TestAttackAltered: a record that is altered, repeated or left out ends the connection.
func TestAttackAltered(t *testing.T) {
	for name, spoil := range map[string]func([][]byte) []byte{
		"altered":  func(r [][]byte) []byte { r[0][5] ^= 1; return r[0] },
		"repeated": func(r [][]byte) []byte { return append(bytes.Clone(r[0]), r[0]...) },
		"left out": func(r [][]byte) []byte { return r[1] },
		"turned":   func(r [][]byte) []byte { return append(bytes.Clone(r[1]), r[0]...) },
		"empty":    func([][]byte) []byte { return []byte{0, 0} },
		"huge":     func([][]byte) []byte { return []byte{0xff, 0xff} },
	} {
		t.Run(name, func(t *testing.T) {
			a, b := net.Pipe()
			hold := &holding{Conn: a}
			one, other := pair(t, hold, b)
			hold.on = true
			for range 2 {
				if err := one.Send(ctx, nearby.Frame{Kind: nearby.KindAck, Body: []byte("x")}); err != nil {
					t.Fatal(err)
				}
			}
			go func() { _, _ = a.Write(spoil(hold.held)); a.Close() }()
			var err error
			for range 2 {
				if _, err = other.Receive(ctx); err != nil {
					break
				}
			}
			if !errors.Is(err, protocol.CodeInterrupted) {
				t.Fatal(err)
			}
		})
	}
}

// holding keeps what is written to it, once it is on.
type holding struct {
	net.Conn
	on   bool
	held [][]byte
}

func (h *holding) Write(b []byte) (int, error) {
	if !h.on {
		return h.Conn.Write(b)
	}
	h.held = append(h.held, bytes.Clone(b))
	return len(b), nil
}

// TestAttackHandshake: whatever is said instead of a handshake, the listener drops it and goes on.
func TestAttackHandshake(t *testing.T) {
	l := serve(t, Limits{}, echo)
	for name, said := range map[string][]byte{
		"nothing":        nil,
		"HTTP":           []byte("GET / HTTP/1.1\r\nHost: kula\r\n\r\n"),
		"zero length":    {0, 0},
		"huge length":    {0xff, 0xff},
		"cut":            append([]byte{0, 32}, make([]byte, 31)...),
		"low order":      append([]byte{0, 32}, make([]byte, 32)...),
		"false answer":   append(append([]byte{0, 32, 9}, make([]byte, 31)...), append([]byte{0, 64}, make([]byte, 64)...)...),
		"oversized last": append(append([]byte{0, 32, 9}, make([]byte, 31)...), 0, 65),
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer raw.Close()
			if _, err := raw.Write(said); err != nil {
				t.Fatal(err)
			}
			if name == "nothing" || name == "cut" {
				_ = raw.(*net.TCPConn).CloseWrite()
			}
			_, _ = io.ReadAll(raw) // ends when the listener drops it
		})
	}
	c := dial(t, l)
	if err := c.Send(ctx, nearby.Frame{Kind: nearby.KindBye}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Receive(ctx); err != nil {
		t.Fatal(err)
	}
}

// TestSlowHandshake: whoever is slow is dropped in time, on either side.
func TestSlowHandshake(t *testing.T) {
	for _, initiator := range []bool{true, false} {
		for _, c := range []struct {
			name string
			said []byte // a byte a second
			want protocol.Code
			took time.Duration
		}{
			{"silence", nil, protocol.CodeTimeout, DefaultHandshake},
			{"a true length, slowly", []byte{0, byte(messageSizes[0]), 1, 2, 3, 4, 5, 6, 7}, protocol.CodeTimeout, DefaultHandshake},
			{"a false length, slowly", []byte{0, 0}, protocol.CodeNotAWallet, 2 * time.Second},
		} {
			if initiator && len(c.said) > 2 {
				c.said[1] = byte(messageSizes[1])
			}
			t.Run(c.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					took, err := slowly(initiator, c.said)
					if !errors.Is(err, c.want) || took != c.took {
						t.Fatal(err, took)
					}
				})
			})
		}
	}
}

// slowly runs one side of a handshake against somebody who takes a second for each byte.
func slowly(initiator bool, said []byte) (time.Duration, error) {
	ours, theirs := net.Pipe()
	var stranger sync.WaitGroup
	stranger.Go(func() { _, _ = io.Copy(io.Discard, theirs) })
	stranger.Go(func() {
		for i := range said {
			<-time.After(time.Second)
			if _, err := theirs.Write(said[i : i+1]); err != nil {
				return
			}
		}
	})
	soon, cancel := context.WithTimeout(ctx, DefaultHandshake)
	defer cancel()
	start := time.Now()
	_, err := secure(soon, ours, initiator)
	took := time.Since(start)
	ours.Close()
	theirs.Close()
	stranger.Wait()
	return took, err
}

// TestAttackCrowd: a listener serves so many and no more, and has room again when they go.
func TestAttackCrowd(t *testing.T) {
	for name, limits := range map[string]Limits{"all": {Sessions: 2}, "one host": {PerHost: 2}} {
		t.Run(name, func(t *testing.T) {
			l := serve(t, limits, echo)
			first, second := dial(t, l), dial(t, l)
			if _, err := Dial(ctx, l.Addr().String(), Limits{}); !errors.Is(err, protocol.CodeNotAWallet) {
				t.Fatal(err)
			}
			first.Close()
			for { // its place is free once the listener has noticed
				third, err := Dial(ctx, l.Addr().String(), Limits{})
				if err == nil {
					third.Close()
					break
				}
			}
			if err := second.Send(ctx, nearby.Frame{Kind: nearby.KindBye}); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestHostOf(t *testing.T) {
	for in, want := range map[string]string{
		"192.168.1.7:1":          "192.168.1.7",
		"[::ffff:192.168.1.7]:1": "192.168.1.7",
		"[2001:db8:1:2:3::4]:1":  "2001:db8:1:2::",
		"[fe80::1%eth0]:1":       "fe80::1%eth0",
		"[::1]:1":                "::1",
	} {
		a, err := net.ResolveTCPAddr("tcp", in)
		if err != nil {
			t.Fatal(err)
		}
		if got := hostOf(a).String(); got != want {
			t.Errorf("%s counts as %s, want %s", in, got, want)
		}
	}
}

func TestNobodyThere(t *testing.T) {
	l, err := Listen(ctx, "127.0.0.1:0", Limits{})
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if _, err := Dial(ctx, l.Addr().String(), Limits{}); !errors.Is(err, protocol.CodeUnreachable) {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := l.Serve(gone, echo); err != nil {
		t.Fatal(err)
	}
}

// TestServeEndsWithItsContext: sessions that are running end too.
func TestServeEndsWithItsContext(t *testing.T) {
	l, err := Listen(ctx, "127.0.0.1:0", Limits{})
	if err != nil {
		t.Fatal(err)
	}
	serving, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- l.Serve(serving, echo) }()
	c := dial(t, l)
	if err := c.Send(ctx, nearby.Frame{Kind: nearby.KindBye}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Receive(ctx); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if _, err := c.Receive(ctx); !errors.Is(err, protocol.CodeInterrupted) {
		t.Fatal(err)
	}
}
