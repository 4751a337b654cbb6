package callers

import (
	"fmt"
	"net/http"
	"net/netip"
	"testing"
	"time"
)

func TestLimiterWaitsAndForgives(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	l := NewLimiter(1, 2, func() time.Time { return now })
	for i := range 2 {
		if d := l.Wait("a"); d != 0 {
			t.Fatalf("request %d has to wait %s", i, d)
		}
	}
	for range 3 { // asking again must not make the wait longer
		if d := l.Wait("a"); d != time.Second {
			t.Fatalf("over the burst the wait is %s, want 1s", d)
		}
	}
	if d := l.Wait("b"); d != 0 {
		t.Fatalf("another key has to wait %s", d)
	}
	now = now.Add(time.Second)
	if d := l.Wait("a"); d != 0 {
		t.Fatalf("after the wait it has to wait %s", d)
	}
}

func TestAttackLimiterMemoryIsBounded(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	l := NewLimiter(1, 1, func() time.Time { return now })
	for i := range 3 * maxBuckets {
		l.Wait(fmt.Sprint(i))
	}
	if len(l.buckets) > maxBuckets {
		t.Fatalf("%d buckets are kept", len(l.buckets))
	}
}

func TestAttackForwardedForIsBelievedFromProxiesOnly(t *testing.T) {
	proxy := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct {
		remote, forwarded, want string
		trusted                 []netip.Prefix
	}{
		{"203.0.113.7:1", "", "203.0.113.7", proxy},
		{"203.0.113.7:1", "198.51.100.1", "203.0.113.7", proxy},
		{"10.0.0.1:1", "198.51.100.1", "198.51.100.1", proxy},
		{"10.0.0.1:1", "198.51.100.1", "10.0.0.1", nil},
		{"10.0.0.1:1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1", proxy},
		{"10.0.0.1:1", "nonsense", "10.0.0.1", proxy},
		{"[::ffff:10.0.0.1]:1", "198.51.100.1", "198.51.100.1", proxy},
	} {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{}}
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := Of(r, c.trusted).String(); got != c.want {
			t.Errorf("%s forwarded for %q: %s, want %s", c.remote, c.forwarded, got, c.want)
		}
	}
	if a, b := Key(netip.MustParseAddr("2001:db8::1")), Key(netip.MustParseAddr("2001:db8::ffff:2")); a != b {
		t.Errorf("one /64 is counted as %s and %s", a, b)
	}
}
