package anchor

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"kula/protocol"
)

// Signer holds the issuing key.
type Signer interface {
	KeyID() uint32
	Public() protocol.Key
	Sign(protocol.Hash) protocol.Signature
}

// NewSigner is a Signer with the key in memory.
func NewSigner(keyID uint32, private ed25519.PrivateKey) Signer { return memorySigner{keyID, private} }

type memorySigner struct {
	id      uint32
	private ed25519.PrivateKey
}

func (s memorySigner) KeyID() uint32                           { return s.id }
func (s memorySigner) Public() protocol.Key                    { return protocol.PublicKey(s.private) }
func (s memorySigner) Sign(h protocol.Hash) protocol.Signature { return protocol.Sign(s.private, h) }
func (s memorySigner) LogValue() slog.Value                    { return slog.StringValue("issuing key") }
func (s memorySigner) Format(f fmt.State, _ rune)              { _, _ = f.Write([]byte("issuing key")) }

// Config is what a Bank is made of.
type Config struct {
	Network   protocol.Network
	Charter   *protocol.Charter
	Signer    Signer
	Store     Store
	Rail      Rail
	Treasury  protocol.AccountID // the anchor's own Stellar account: cash at the counter passes through it
	Tier      string             // of new purses; empty: the first that the asset has
	Now       func() time.Time
	Rand      io.Reader
	Log       *slog.Logger      // nil: none
	Failpoint func(name string) // called before and after every commit and every call of the Rail; nil: none
}

// Bank is the anchor at work. Its methods may be called concurrently.
type Bank struct {
	cfg     Config
	net     protocol.Network
	charter *protocol.Charter
	log     *slog.Logger

	sheets       cache[protocol.Hash, *SheetRecord]
	sheetNumbers cache[int64, *SheetRecord]
	entries      cache[protocol.Hash, *EntryRecord]
	entryNumbers cache[int64, *EntryRecord]
	holders      cache[protocol.PurseID, holder]
	noticeHash   atomic.Pointer[hashed]

	turn  chan struct{} // held by the one goroutine that writes
	mu    sync.Mutex
	queue []*job
}

// New checks the configuration, stores a charter that is newer than the stored one, and issues the
// first Notice. It fails when the stored charter is newer: the anchor never goes back.
func New(ctx context.Context, cfg Config) (*Bank, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	b := &Bank{cfg: cfg, net: cfg.Network, charter: cfg.Charter, log: cfg.Log, turn: make(chan struct{}, 1)}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	return b, b.update(ctx, "open", 1, (*session).open)
}

func (c *Config) validate() error {
	switch {
	case c.Charter == nil || c.Signer == nil || c.Store == nil || c.Rail == nil || c.Now == nil || c.Rand == nil:
		return errors.New("anchor: a bank needs a charter, a signer, a store, a rail, a clock and randomness")
	case c.Treasury == c.Charter.Deposit:
		return errors.New("anchor: the treasury must not be the deposit account: the anchor's own funds and the trust are kept apart")
	}
	if err := c.Charter.Check(); err != nil {
		return fmt.Errorf("anchor: charter: %w", err)
	}
	if err := protocol.VerifyCharter(c.Network, c.Charter); err != nil {
		return fmt.Errorf("anchor: charter: %w", err)
	}
	for _, k := range c.Charter.Keys {
		if k.ID == c.Signer.KeyID() && k.Key == c.Signer.Public() {
			return nil
		}
	}
	return fmt.Errorf("anchor: the issuing key %d is not in the charter", c.Signer.KeyID())
}

func (s *session) open() error {
	stored, err := s.tx.Charter()
	if err != nil && !errors.Is(err, ErrNoRecord) {
		return err
	}
	if err == nil && stored.Charter.Serial > s.b.charter.Serial {
		return fmt.Errorf("anchor: charter %d was in force already, %d is older", stored.Charter.Serial, s.b.charter.Serial)
	}
	hash := s.b.net.Hash(s.b.charter)
	if err == nil && stored.Charter.Serial == s.b.charter.Serial {
		if s.b.net.Hash(stored.Charter) != hash {
			return fmt.Errorf("anchor: another charter with serial %d was in force: give this one the next", stored.Charter.Serial)
		}
		return nil
	}
	if err := s.tx.InstallCharter(hash, s.b.charter); err != nil {
		return err
	}
	return s.renotice(func(*protocol.Notice) error { return nil })
}

// Charter is the charter in force and the newest notice.
func (b *Bank) Charter(ctx context.Context) (*protocol.Charter, *protocol.Notice, error) {
	var notice *protocol.Notice
	err := b.view(ctx, func(r Reader) (err error) {
		notice, err = r.Notice()
		return err
	})
	return b.charter, notice, err
}

// Ready reports whether the store answers.
func (b *Bank) Ready(ctx context.Context) error {
	_, _, err := b.Charter(ctx)
	return err
}

// Lookup finds charters, notices, sheets and bills that the anchor holds: what a wallet's bundle may leave out.
func (b *Bank) Lookup(ctx context.Context) protocol.Lookup {
	return func(h protocol.Hash) (d protocol.Document, ok bool) {
		err := b.view(ctx, func(r Reader) (err error) {
			d, err = r.Document(h)
			return err
		})
		return d, err == nil
	}
}

func (b *Bank) view(ctx context.Context, f func(Reader) error) error {
	return b.cfg.Store.View(ctx, f)
}

func (b *Bank) now() uint64 {
	return uint64(max(0, b.cfg.Now().Unix())) //nolint:gosec // not negative
}

func (b *Bank) failpoint(name string) {
	if b.cfg.Failpoint != nil {
		b.cfg.Failpoint(name)
	}
}

// seal signs a document with the issuing key and returns its hash.
func (b *Bank) seal(d protocol.Issued) protocol.Hash {
	return protocol.Seal(b.net, d, b.cfg.Signer.KeyID(), b.cfg.Signer.Sign)
}

func (b *Bank) random(into []byte) error {
	if _, err := io.ReadFull(b.cfg.Rand, into); err != nil {
		return fmt.Errorf("anchor: randomness: %w", err)
	}
	return nil
}
