package localnet

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/xdr"
)

// Passphrase is the default network passphrase; keys and signatures of one network mean nothing on another.
const Passphrase = "Kula Localnet ; 2026"

// ErrClosed is returned for what is asked of a network after Close.
var ErrClosed = errors.New("localnet: the network is closed")

// Config says how a network runs.
type Config struct {
	Passphrase    string           // default: Passphrase
	Path          string           // the log's file; empty keeps the ledger in memory only
	CloseEvery    time.Duration    // how often Run closes a ledger; 0 closes one at each submission
	SubmitTimeout time.Duration    // how long a submission waits for its ledger; default 30 s
	Now           func() time.Time // the clock; default time.Now
	Logger        *slog.Logger     // default: discard
}

func (c Config) withDefaults() Config {
	if c.Passphrase == "" {
		c.Passphrase = Passphrase
	}
	if c.SubmitTimeout == 0 {
		c.SubmitTimeout = 30 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// Network is a development ledger with its history. It is safe for concurrent use.
type Network struct {
	cfg    Config
	root   *keypair.Full
	faults *Faults

	mu      sync.RWMutex
	state   *chain
	queue   []*pending
	journal *journal      // nil in memory
	news    chan struct{} // closed and replaced whenever queries may answer something new
	closed  bool
	ended   chan struct{} // closed by Close: streams and waiting submissions end
}

// pending is a transaction that waits for the next ledger. landed is closed once it is in one.
type pending struct {
	tx     *transaction
	landed chan struct{}
	record *txRecord // set before landed is closed
}

// New opens a network, replays its log if it has one, and closes a first ledger when there is none.
func New(cfg Config) (*Network, error) {
	cfg = cfg.withDefaults()
	n := &Network{
		cfg:   cfg,
		root:  keypair.Root(cfg.Passphrase),
		news:  make(chan struct{}),
		ended: make(chan struct{}),
	}
	n.faults = newFaults(n)
	n.state = newChain(cfg.Passphrase, xdr.MustAddress(n.root.Address()))
	if err := n.replay(); err != nil {
		return nil, err
	}
	if n.state.sequence() > genesisLedger {
		return n, nil
	}
	if err := n.CloseLedger(); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	return n, nil
}

func (n *Network) replay() error {
	if n.cfg.Path == "" {
		return nil
	}
	j, torn, err := openJournal(n.cfg.Path, n.cfg.Passphrase, n.state.apply)
	if err != nil {
		return fmt.Errorf("localnet: open log: %w", err)
	}
	if torn > 0 {
		n.cfg.Logger.Warn("the log ended in a torn record, which was cut off", "path", n.cfg.Path, "bytes", torn)
	}
	n.journal = j
	return nil
}

// Faults is the switchboard of the faults that the network can be told to have.
func (n *Network) Faults() *Faults { return n.faults }

// Passphrase is the network's passphrase.
func (n *Network) Passphrase() string { return n.cfg.Passphrase }

// Root is the key of the account that holds every coin at first, as on a network of one's own.
func (n *Network) Root() *keypair.Full { return n.root }

// Run closes a ledger every CloseEvery until the context ends. With CloseEvery 0 it only waits. A
// ledger that cannot be written, as on a full disk, is tried again at the next turn; Run gives up
// when the log takes no more.
func (n *Network) Run(ctx context.Context) error {
	if n.cfg.CloseEvery == 0 {
		<-ctx.Done()
		return nil
	}
	tick := time.NewTicker(n.cfg.CloseEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			err := n.CloseLedger()
			if errors.Is(err, ErrClosed) || errors.Is(err, ErrLog) {
				return err
			}
			if err != nil {
				n.cfg.Logger.Error("the ledger could not be closed and will be tried again", "error", err)
			}
		}
	}
}

// CloseLedger closes one ledger with what is queued, even when that is nothing.
func (n *Network) CloseLedger() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.closeLedger()
}

// closeLedger writes the ledger, then applies it. A crash in between is repeated as it was by the
// replay; an error leaves the queue waiting, and whoever waits hears "unknown", which is the truth.
func (n *Network) closeLedger() error {
	if n.closed {
		return ErrClosed
	}
	next := n.nextClose()
	if n.journal != nil {
		if err := n.journal.append(next); err != nil {
			return fmt.Errorf("localnet: write ledger %d: %w", next.Seq, err)
		}
	}
	if err := n.state.apply(next); err != nil {
		return fmt.Errorf("localnet: apply ledger %d: %w", next.Seq, err)
	}
	for _, p := range n.queue {
		p.record = n.state.history.byHash[p.tx.hash]
		close(p.landed)
	}
	n.queue = nil
	n.tell()
	return nil
}

// latest is the newest ledger that queries tell of.
func (n *Network) latest() uint32 {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.visible()
}

// nextClose is the ledger that would be closed now. Time never goes back, whatever the clock does.
func (n *Network) nextClose() ledgerClose {
	next := ledgerClose{
		Seq:     n.state.sequence() + 1,
		Time:    max(n.cfg.Now().Unix(), n.state.closeTime()),
		BaseFee: n.faults.baseFee(),
	}
	for _, p := range n.queue {
		next.Txs = append(next.Txs, closedTx{Envelope: p.tx.raw, Reject: n.faults.rejections(p.tx)})
	}
	return next
}

// tell wakes whoever waits for news.
func (n *Network) tell() {
	close(n.news)
	n.news = make(chan struct{})
}

// Close ends streams and waiting submissions, and closes the log. What was closed stays closed.
func (n *Network) Close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return nil
	}
	n.closed = true
	close(n.ended)
	if n.journal == nil {
		return nil
	}
	return n.journal.close()
}
