package stellar

import (
	"sync"

	"github.com/stellar/go-stellar-sdk/keypair"

	"kula/anchor"
	"kula/protocol"
)

// channels lend sequence numbers. A channel has one envelope at a time: two would race for one number,
// or the second would have to wait for the first, and die with it.
//
// They live in memory only. After a restart, Submit of a stored envelope makes its channel busy again;
// should Prepare have taken that channel before, both envelopes have one number, so that at most one of
// them is ever applied, and the other ends as Rejected when its time is over: slower, never wrong.
type channels struct {
	mu   sync.Mutex
	all  []*channel
	sent map[protocol.Hash]numbered // submitted, without a last word yet
}

// numbered is an envelope with its sequence number.
type numbered struct {
	anchor.Envelope
	sequence int64
}

// channel is one account, and the envelope it is busy with.
type channel struct {
	key  *keypair.Full
	busy bool

	envelope protocol.Hash // zero while it is being built
	sequence int64
	maxTime  uint64
	refusal  anchor.Result // what the network said of it last, when that named its fault

	used int64 // the last number known to be in the ledger, which Horizon may not have heard of yet
}

func newChannels(keys []*keypair.Full) *channels {
	c := &channels{sent: map[protocol.Hash]numbered{}}
	for _, k := range keys {
		c.all = append(c.all, &channel{key: k})
	}
	return c
}

// has says whether an account is one of the channels.
func (c *channels) has(address string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ch := range c.all {
		if ch.key.Address() == address {
			return true
		}
	}
	return false
}

// take finds a channel that is free, or whose envelope's time is over at that ledger time.
func (c *channels) take(now uint64) (*channel, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ch := range c.all {
		if !ch.busy || (!ch.envelope.IsZero() && now > ch.maxTime) {
			ch.free()
			ch.busy = true
			return ch, nil
		}
	}
	return nil, ErrBusy
}

// free leaves key alone, which others read without the lock, and used.
func (ch *channel) free() {
	ch.busy, ch.envelope, ch.sequence, ch.maxTime, ch.refusal = false, protocol.Hash{}, 0, 0, anchor.Result{}
}

func (c *channels) giveBack(ch *channel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch.free()
}

func (c *channels) lastUsed(ch *channel) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return ch.used
}

// lend gives a channel that was taken to the envelope that was built on it.
func (c *channels) lend(ch *channel, e anchor.Envelope, sequence int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch.envelope, ch.sequence, ch.maxTime = e.Hash, sequence, e.MaxTime
}

// adopt remembers an envelope that is about to be submitted. One from before a restart makes its channel
// busy again, if that is still ours and free.
func (c *channels) adopt(e anchor.Envelope, sequence int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent[e.Hash] = numbered{e, sequence}
	for _, ch := range c.all {
		if ch.key.Address() == e.Channel && !ch.busy && ch.used < sequence {
			ch.busy, ch.envelope, ch.sequence, ch.maxTime = true, e.Hash, sequence, e.MaxTime
		}
	}
}

// settled frees the channel of an envelope that had its last word.
func (c *channels) settled(hash protocol.Hash, inLedger bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.sent, hash)
	for _, ch := range c.all {
		if ch.busy && ch.envelope == hash {
			if inLedger {
				ch.used = max(ch.used, ch.sequence)
			}
			ch.free()
		}
	}
}

// refused remembers which operations the network found fault with, for the time when it is certain
// that the envelope will never be applied.
func (c *channels) refused(hash protocol.Hash, answer anchor.Result) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ch := range c.all {
		if ch.busy && ch.envelope == hash && len(answer.Failed) > 0 {
			ch.refusal = answer
		}
	}
}

func (c *channels) refusal(hash protocol.Hash) anchor.Result {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ch := range c.all {
		if ch.busy && ch.envelope == hash {
			return ch.refusal
		}
	}
	return anchor.Result{}
}

// underWay is an envelope that was submitted and had no last word yet.
func (c *channels) underWay(hash protocol.Hash) (numbered, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.sent[hash]
	return e, ok
}
