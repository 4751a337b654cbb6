package httpapi

import (
	"math"
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
