package wallet

import (
	"io"
	"slices"
	"strconv"
	"sync"

	"kula/protocol"
)

// Journal keeps events for good. When Append returns nil, the record survives whatever happens next;
// when it returns an error, the event has not happened.
type Journal interface {
	Append(record []byte) error
}

// Keys are the device's own keys. They never leave it.
type Keys interface {
	// Public is the n-th key of this device, made when first asked for.
	Public(n uint32) (protocol.Key, error)
	// Sign signs with the key whose public part is k.
	Sign(k protocol.Key, h protocol.Hash) (protocol.Signature, error)
}

// Config is what a wallet needs from outside.
type Config struct {
	Network protocol.Network
	Journal Journal
	Keys    Keys
	Rand    io.Reader // nonces, salts, the start of a chain
	Margin  uint64    // how long before its deadline a payment is taken, in seconds; 0 means protocol.DefaultMargin
	Shelf   Shelf     // where what was settled long ago is put away; nil: it stays at hand
}

// Wallet joins a State with its journal and keys. Its methods may be called from several goroutines.
type Wallet struct {
	cfg   Config
	mu    sync.Mutex
	state *State
}

// Open applies a journal's records, oldest first.
func Open(cfg Config, records [][]byte) (*Wallet, error) {
	if cfg.Margin == 0 {
		cfg.Margin = protocol.DefaultMargin
	}
	w := &Wallet{cfg: cfg, state: NewState(cfg.Network)}
	w.state.shelf = newShelf(cfg.Shelf)
	if err := w.replay(records); err != nil {
		return nil, err
	}
	return w, nil
}

func (w *Wallet) replay(records [][]byte) error {
	for i, r := range records {
		e, err := DecodeEvent(w.cfg.Network, r)
		if err == nil {
			err = w.state.Apply(e)
		}
		if err != nil {
			return &ReplayError{Record: i, Err: err}
		}
	}
	return nil
}

// ReplayError says at which record, from 0, a journal stops making sense.
type ReplayError struct {
	Record int
	Err    error
}

func (e *ReplayError) Error() string {
	return "record " + strconv.Itoa(e.Record) + " of the journal: " + e.Err.Error()
}

// Unwrap lets errors.Is and protocol.CodeOf find the reason.
func (e *ReplayError) Unwrap() error { return e.Err }

// record makes an event happen: judged first, then durably written, then applied.
func (w *Wallet) record(e *Event) error {
	if e.Docs == nil {
		e.Docs = protocol.NewBundle(w.cfg.Network)
	}
	do, err := w.state.judge(e)
	if err != nil {
		return err
	}
	b := e.Encode()
	if len(b) > eventHeader+eventBounds.Bytes || e.Docs.Len() > eventBounds.Documents {
		return refuse(protocol.CodeTooLarge, "event") // DecodeEvent would not read it, nor anything after it
	}
	if err := w.cfg.Journal.Append(b); err != nil {
		return err
	}
	w.state.commit(e, do)
	return nil
}

// bundle makes a bundle about a document, with others beside it.
func (w *Wallet) bundle(about protocol.Document, beside ...protocol.Document) *protocol.Bundle {
	b := protocol.NewBundle(w.cfg.Network)
	b.AddRoot(about)
	for _, d := range beside {
		b.Add(d)
	}
	return b
}

// here refuses what belongs to another network: its hashes, and so its signatures, mean nothing here.
func (w *Wallet) here(b *protocol.Bundle) error {
	return firstBroken(rule{b.Network != w.cfg.Network, protocol.CodeWrongNetwork, "bundle"})
}

func (w *Wallet) random() (r [16]byte, err error) {
	_, err = io.ReadFull(w.cfg.Rand, r[:])
	return r, err
}

// Network is the Stellar network whose money this wallet holds.
func (w *Wallet) Network() protocol.Network { return w.cfg.Network }

// Decode reads a bundle that somebody sent, which may leave out what this wallet holds (its own bills).
func (w *Wallet) Decode(data []byte, bounds protocol.Bounds) (*protocol.Bundle, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return protocol.DecodeBundle(w.cfg.Network, data, w.state.lookup, bounds)
}

// Lookup finds a document that this wallet holds.
func (w *Wallet) Lookup(h protocol.Hash) (protocol.Document, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state.lookup(h)
}

// Trust makes an anchor one of this person's own, or keeps a newer charter of it. Whether the charter's
// anchor is the right one is for the person to say; that the anchor signed it is checked here.
func (w *Wallet) Trust(now uint64, charter *protocol.Charter, notice *protocol.Notice) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := protocol.VerifyCharter(w.cfg.Network, charter); err != nil {
		return err
	}
	if held, ok := w.state.anchors[charter.Anchor]; ok && w.cfg.Network.Hash(held.Charter) == w.cfg.Network.Hash(charter) {
		return nil
	}
	docs := w.bundle(charter)
	if notice != nil {
		if err := charter.VerifyIssued(w.cfg.Network, notice); err != nil {
			return err
		}
		docs.Add(notice)
	}
	return w.record(&Event{Kind: Trusted, At: now, Docs: docs})
}

// Anchors lists the banks this person trusts, in order of their names.
func (w *Wallet) Anchors() []Anchor {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := make([]Anchor, 0, len(w.state.anchors))
	for _, a := range w.state.anchors {
		list = append(list, *a)
	}
	slices.SortFunc(list, func(a, b Anchor) int {
		return slices.Compare([]byte(a.Charter.Name+string(a.Charter.Anchor[:])), []byte(b.Charter.Name+string(b.Charter.Anchor[:])))
	})
	return list
}

// Purses lists the purses in order of enrolment.
func (w *Wallet) Purses() []Purse {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := make([]Purse, 0, len(w.state.purses))
	for _, p := range w.state.all() {
		list = append(list, p.copy())
	}
	return list
}

// Purse finds a purse.
func (w *Wallet) Purse(id protocol.PurseID) (Purse, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, err := w.state.purse(id)
	if err != nil {
		return Purse{}, err
	}
	return p.copy(), nil
}

// copy may be kept by a caller while the wallet goes on.
func (p *Purse) copy() Purse {
	c := *p
	c.Sheets = slices.Clone(p.Sheets)
	c.Statements = make([]*Stated, len(p.Statements))
	for i, st := range p.Statements {
		held := *st
		c.Statements[i] = &held
	}
	return c
}

// DeviceAuth signs a challenge of the purse's anchor: it is this device that asks.
func (w *Wallet) DeviceAuth(id protocol.PurseID, nonce protocol.Hash) (protocol.Signature, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, err := w.state.purse(id)
	if err != nil {
		return protocol.Signature{}, err
	}
	return w.cfg.Keys.Sign(p.Key(), w.cfg.Network.DeviceAuthHash(nonce, id))
}

// Prove signs, for a device key of this wallet, that it is at this end of a channel. It reports false for
// a key that is not one.
func (w *Wallet) Prove(key protocol.Key, role protocol.Role, binding protocol.Hash) (protocol.Signature, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.state.purseOf(key)
	if p == nil || p.Phase == PurseRetired {
		return protocol.Signature{}, false
	}
	signature, err := w.cfg.Keys.Sign(key, w.cfg.Network.MeetingHash(role, binding))
	return signature, err == nil
}
