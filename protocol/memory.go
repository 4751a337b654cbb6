package protocol

import (
	"crypto/sha256"
	"slices"
	"sync"
	"sync/atomic"
)

// Memory remembers claims that were found good, so that one signature which payer, payee, the next payees
// and the bank all judge in one process is multiplied once. It is for simulations: it is off unless
// UseMemory turns it on, and no verdict is another with it than without.
type Memory struct {
	mu    sync.Mutex
	limit int
	young map[Hash]struct{} // by digest of key, hash and signature
	old   map[Hash]struct{} // the generation before: dropped when the young one is full
}

// NewMemory is a Memory of at most 2 × limit claims.
func NewMemory(limit int) *Memory {
	return &Memory{limit: limit, young: map[Hash]struct{}{}, old: map[Hash]struct{}{}}
}

// memory is the one in use; nil: none.
var memory atomic.Pointer[Memory]

// UseMemory makes all judging of signatures in this process use m; nil turns it off.
func UseMemory(m *Memory) { memory.Store(m) }

func (c *Claim) digest() Hash {
	var b [32 + 32 + 64]byte
	copy(b[:], c.Key[:])
	copy(b[32:], c.Hash[:])
	copy(b[64:], c.Signature[:])
	return sha256.Sum256(b[:])
}

// Learn adds a claim. Its caller vouches for it: it has judged it, or signed it itself with a well-made key.
func (m *Memory) Learn(c Claim) {
	if m == nil {
		return
	}
	d := c.digest()
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.young) >= m.limit {
		m.old, m.young = m.young, make(map[Hash]struct{}, m.limit)
	}
	m.young[d] = struct{}{}
}

func (m *Memory) knows(c *Claim) bool {
	if m == nil {
		return false
	}
	d := c.digest()
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.young[d]; ok {
		return true
	}
	_, ok := m.old[d]
	return ok
}

// learnAll adds those of the claims that were not found forged.
func (m *Memory) learnAll(claims []Claim, judged, forged []int) {
	if m == nil {
		return
	}
	for _, i := range judged {
		if !slices.Contains(forged, i) {
			m.Learn(claims[i])
		}
	}
}
