package httpapi

import (
	"math"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits bound what one caller may ask of the anchor. The zero value means DefaultLimits.
type Limits struct {
	PerAddress   rate.Limit // requests a second from one address (IPv6: one /64)
	AddressBurst int
	PerPurse     rate.Limit // authenticated requests a second for one purse
	PurseBurst   int
	AtOnce       int // requests under way at the same time, of everybody; of one address a quarter
	Body         time.Duration
	Work         time.Duration
}

// DefaultLimits leave room for a village behind one address whose phones all come back at once.
func DefaultLimits() Limits {
	return Limits{PerAddress: 20, AddressBurst: 200, PerPurse: 5, PurseBurst: 60, AtOnce: 128, Body: 20 * time.Second, Work: 30 * time.Second}
}

// maxBuckets bounds the memory of one limiter: about 2 MB.
const maxBuckets = 1 << 14

// limiter gives each key a bucket of tokens.
type limiter struct {
	every rate.Limit
	burst int
	now   func() time.Time

	mu      sync.Mutex
	buckets map[string]*rate.Limiter
}

func newLimiter(every rate.Limit, burst int, now func() time.Time) *limiter {
	return &limiter{every: every, burst: burst, now: now, buckets: map[string]*rate.Limiter{}}
}

// wait is how long the key has to wait before its next request; zero takes a token and lets it pass.
func (l *limiter) wait(key string) time.Duration {
	now := l.now()
	r := l.bucket(key, now).ReserveN(now, 1)
	if !r.OK() {
		return time.Minute
	}
	d := r.DelayFrom(now)
	if d > 0 {
		r.CancelAt(now)
	}
	return d
}

func (l *limiter) bucket(key string, now time.Time) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.buckets[key]
	if !ok {
		if len(l.buckets) >= maxBuckets {
			l.sweep(now)
		}
		b = rate.NewLimiter(l.every, l.burst)
		l.buckets[key] = b
	}
	return b
}

// sweep forgets the buckets that are full again, which changes nothing for their keys. When a flood
// from many addresses leaves none of those, all are forgotten: memory stays bounded, and AtOnce holds.
func (l *limiter) sweep(now time.Time) {
	for key, b := range l.buckets {
		if b.TokensAt(now) >= float64(l.burst) {
			delete(l.buckets, key)
		}
	}
	if len(l.buckets) >= maxBuckets {
		clear(l.buckets)
	}
}

// crowd counts the requests under way from each address: who sends its bodies drop by drop takes up its
// own share of the places, not everybody's.
type crowd struct {
	most int

	mu   sync.Mutex
	here map[string]int
}

// newCrowd gives one address a quarter of the places.
func newCrowd(places int) *crowd { return &crowd{most: max(1, places/4), here: map[string]int{}} }

func (c *crowd) enter(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.here[key] >= c.most {
		return false
	}
	c.here[key]++
	return true
}

func (c *crowd) leave(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.here[key]--; c.here[key] == 0 {
		delete(c.here, key)
	}
}

func retrySeconds(d time.Duration) int { return max(1, int(math.Ceil(d.Seconds()))) }

// caller is the address a request came from: the connection's, or what the first trusted proxy saw.
func caller(r *http.Request, trusted []netip.Prefix) netip.Addr {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := from.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && isTrusted(addr, trusted); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop.Unmap()
	}
	return addr
}

func isTrusted(a netip.Addr, trusted []netip.Prefix) bool {
	for _, p := range trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// addressKey is what the limit counts by: an IPv6 customer has a whole /64.
func addressKey(a netip.Addr) string {
	if a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}
