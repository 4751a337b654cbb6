package anchor

import (
	"sync"

	"kula/protocol"
)

// cache keeps what never changes once it stands in the store. Only what is committed may go in: what a View read, or
// an update left behind when it was done.
type cache[K comparable, V any] struct {
	mu    sync.RWMutex
	known map[K]V
}

func (c *cache[K, V]) get(k K) (V, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	v, ok := c.known[k]
	return v, ok
}

func (c *cache[K, V]) keep(k K, v V, most int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= most {
		c.known = map[K]V{}
	}
	c.known[k] = v
}

// Bounds of the caches.
const (
	maxCachedSheets  = 1 << 16
	maxCachedEntries = 1 << 13
	maxCachedHolders = 1 << 16
)

// sheet finds a sheet by its hash. An update asks only for those of entries: they were handed out, so they are committed.
func (b *Bank) sheet(r Reader, h protocol.Hash) (*SheetRecord, error) {
	if s, ok := b.sheets.get(h); ok {
		return s, nil
	}
	s, err := r.Sheet(h)
	if err == nil {
		b.keepSheet(s)
	}
	return s, err
}

func (b *Bank) keepSheet(s *SheetRecord) {
	b.sheets.keep(s.Hash, s, maxCachedSheets)
	b.sheetNumbers.keep(s.Number, s, maxCachedSheets)
}

// sheetNumbered finds a sheet by its number, in a View.
func (b *Bank) sheetNumbered(r Reader, number int64) (*SheetRecord, error) {
	if s, ok := b.sheetNumbers.get(number); ok {
		return s, nil
	}
	s, err := r.SheetByNumber(number)
	if err == nil {
		b.keepSheet(s)
	}
	return s, err
}

// entry finds an entry by its hash, in a View.
func (b *Bank) entry(r Reader, h protocol.Hash) (*EntryRecord, error) {
	if e, ok := b.entries.get(h); ok {
		return e, nil
	}
	e, err := r.Entry(h)
	if err == nil {
		b.keepEntry(e)
	}
	return e, err
}

// entryNumbered finds one by its number, in a View.
func (b *Bank) entryNumbered(r Reader, number int64) (*EntryRecord, error) {
	if e, ok := b.entryNumbers.get(number); ok {
		return e, nil
	}
	e, err := r.EntryByNumber(number)
	if err == nil {
		b.keepEntry(e)
	}
	return e, err
}

// keepEntry keeps an entry that is committed. One that waits for its receipt still changes.
func (b *Bank) keepEntry(e *EntryRecord) {
	if !e.Open {
		b.entries.keep(e.Hash, e, maxCachedEntries)
		b.entryNumbers.keep(e.Number, e, maxCachedEntries)
	}
}

// hashed is a notice's hash: every reply has the same notice, and it is long.
type hashed struct {
	epoch uint32
	hash  protocol.Hash
}

// hashOf is the hash of a notice that is committed: there is one for each epoch.
func (b *Bank) hashOf(n *protocol.Notice) protocol.Hash {
	if held := b.noticeHash.Load(); held != nil && held.epoch == n.Epoch {
		return held.hash
	}
	h := b.net.Hash(n)
	b.noticeHash.Store(&hashed{n.Epoch, h})
	return h
}

// holder is what a sync asks about the purse that authenticated itself.
type holder struct {
	number   int64
	notAfter uint64 // of its newest card, or an older one
}
