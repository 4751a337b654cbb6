package phone

import (
	"sync"
	"sync/atomic"

	"kula/protocol"
	"kula/wallet"
)

// Phone is one person's wallet on one device.
type Phone struct {
	host Host

	mu      sync.Mutex // of what follows
	wallet  *wallet.Wallet
	journal *journal
	network protocol.Network
	opened  bool
	behind  bool // the journal is older than it was
	films   films

	bank   sync.Mutex  // held while the bank is spoken to
	broken atomic.Bool // something went wrong that nobody thought of: locks may be held for ever
}

// New makes a phone; the command "open" comes first.
func New(host Host) *Phone { return &Phone{host: host} }

// command is one thing that can be asked.
type command struct {
	run     func(*Phone, *args) (any, error)
	changes bool // the home screen may look otherwise after it
}

// Commands lists the names of all commands.
func Commands() []string {
	names := make([]string, 0, len(commands))
	for name := range commands {
		names = append(names, name)
	}
	return names
}

// Call does one command. An error is always a *Failure.
func (p *Phone) Call(name string, given Object) (answer any, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			p.broken.Store(true)
			err = crashed(panicked)
		}
		if err != nil {
			answer, err = nil, FailureOf(err)
		}
	}()
	if p.broken.Load() {
		return nil, crashed(nil)
	}
	c, ok := commands[name]
	if !ok {
		return nil, badArgument("cmd")
	}
	answer, err = c.run(p, &args{of: given})
	if err == nil && c.changes {
		p.tellHome()
	}
	return answer, err
}

// tellHome lets the page know that the home screen changed.
func (p *Phone) tellHome() {
	if home, err := p.home(); err == nil {
		p.host.Emit(Object{"event": "changed", "home": home})
	}
}

// use is the open wallet. One whose journal failed is opened anew.
func (p *Phone) use() (*wallet.Wallet, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.opened {
		return nil, fail(CodeNotOpen, "wallet", "the wallet is not open")
	}
	if p.journal.dead.Load() {
		if err := p.read(); err != nil {
			return nil, err
		}
	}
	return p.wallet, nil
}

// read opens the wallet from the journal; the caller holds mu.
func (p *Phone) read() error {
	records, err := p.host.Records()
	if err != nil {
		return hostFailed(err, CodeJournal, "journal", "the journal could not be read")
	}
	j := &journal{host: p.host, behind: p.behind}
	w, err := wallet.Open(wallet.Config{Network: p.network, Journal: j, Keys: keys{p.host}, Rand: random{p.host}}, records)
	if err != nil {
		return err
	}
	p.wallet, p.journal = w, j
	return nil
}

func (p *Phone) now() uint64 { return p.host.Now() }

// open reads the journal. Opening again changes nothing. A journal of which the device knows that it is older than it was
// is opened to be read alone, until its purses are retired.
func (p *Phone) open(a *args) (any, error) {
	network, err := networkOf(a.text("network"))
	behind := a.yes("behind")
	if err == nil {
		err = a.err
	}
	if err != nil {
		return nil, err
	}
	if err := p.openOn(network, behind); err != nil {
		return nil, err
	}
	return p.home()
}

func (p *Phone) openOn(network protocol.Network, behind bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.opened {
		if network != p.network {
			return protocol.CodeWrongNetwork
		}
		return nil
	}
	p.network, p.behind = network, behind
	if err := p.read(); err != nil {
		return err
	}
	p.opened = true
	return nil
}

// networkOf reads a network's id, or its passphrase.
func networkOf(s string) (protocol.Network, error) {
	if s == "" {
		return protocol.Network{}, badArgument("network")
	}
	if id, err := protocol.ParseHash(s); err == nil {
		return protocol.Network{ID: id}, nil
	}
	return protocol.NewNetwork(s), nil
}
