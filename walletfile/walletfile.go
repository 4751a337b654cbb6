package walletfile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"kula/protocol"
	"kula/wallet"
)

var (
	// ErrExists says that there is a wallet where a new one was to be made.
	ErrExists = errors.New("there is a wallet here already")
	// ErrNone says that there is no wallet where one was to be opened.
	ErrNone = errors.New("there is no wallet here: make one with kula wallet new")
)

// Options say how a wallet is opened.
type Options struct {
	Network protocol.Network
	// Passphrase opens the sealed keys. Open asks for it only when something is to be signed; Create and
	// Restore ask at once.
	Passphrase func() (string, error)
	// WorkFactor is scrypt's, as a power of two; 0 means age's own. Lower only in tests.
	WorkFactor int
	// Margin is wallet.Config.Margin.
	Margin uint64
	// Failpoint is called at each failpoint by name; an error makes that step fail. Only tests set it.
	Failpoint func(name string) error
}

func (o *Options) hit(name string) error {
	if o.Failpoint == nil {
		return nil
	}
	return o.Failpoint(name)
}

// Wallet is an open wallet on a disk. While it is open no other process can open it.
type Wallet struct {
	*wallet.Wallet
	Dir  string
	Torn *Torn // not nil when a crash had left the journal's end half written

	journal *journal
	lock    *os.File
}

// Exists reports whether there is a wallet in the directory.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, journalName))
	return err == nil
}

// Create makes an empty wallet, with a device secret of its own.
func Create(dir string, o Options) (*Wallet, error) {
	return create(dir, o, header(o.Network))
}

// create writes the keys first: a wallet exists from the moment its journal does.
func create(dir string, o Options, content []byte) (*Wallet, error) {
	if err := makeDir(dir); err != nil {
		return nil, err
	}
	held, err := lock(dir)
	if err != nil {
		return nil, err
	}
	if Exists(dir) {
		return nil, errors.Join(fmt.Errorf("%s: %w", dir, ErrExists), held.Close())
	}
	if err := writeNew(dir, &o, content); err != nil {
		return nil, errors.Join(err, held.Close())
	}
	return open(dir, o, held)
}

func writeNew(dir string, o *Options, content []byte) error {
	if err := o.hit(FailKeys); err != nil {
		return err
	}
	if err := newKeys(dir, o); err != nil {
		return err
	}
	if err := o.hit(FailJournal); err != nil {
		return err
	}
	if err := writeFile(dir, journalName, content); err != nil {
		return err
	}
	return o.hit(FailCreated)
}

// Open opens a wallet and replays its journal.
func Open(dir string, o Options) (*Wallet, error) {
	if !Exists(dir) {
		return nil, fmt.Errorf("%s: %w", dir, ErrNone)
	}
	held, err := lock(dir)
	if err != nil {
		return nil, err
	}
	return open(dir, o, held)
}

func open(dir string, o Options, held *os.File) (*Wallet, error) {
	j, records, torn, err := openJournal(dir, o.Network, o.hit)
	if err != nil {
		return nil, errors.Join(err, held.Close())
	}
	w := &Wallet{Dir: dir, Torn: torn, journal: j, lock: held}
	k, err := openKeys(dir, &o)
	if err == nil {
		w.Wallet, err = wallet.Open(wallet.Config{Network: o.Network, Journal: j, Keys: k, Rand: rand.Reader, Margin: o.Margin}, records)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", dir, err), w.Close())
	}
	return w, nil
}

// Close lets other processes open the wallet. Everything was durable before.
func (w *Wallet) Close() error {
	return errors.Join(w.journal.file.Close(), w.lock.Close())
}
