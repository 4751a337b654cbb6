package walletcmd

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"time"

	"kula/cmd/kula/say"
	"kula/httpapi/client"
	"kula/money"
	"kula/nearby"
	"kula/nearby/lan"
	"kula/protocol"
	"kula/wallet"
)

// Peers is `kula wallet peers`.
type Peers struct {
	Wait time.Duration `help:"How long to look." default:"3s"`
}

// Help shows examples.
func (Peers) Help() string { return "Examples:\n  kula wallet peers" }

// Run looks around.
func (c *Peers) Run(ctx context.Context, voice *say.Voice) error {
	peers, err := lan.Discover(ctx, c.Wait, nil)
	if err != nil {
		return err
	}
	if peers == nil {
		peers = []lan.Peer{} // nobody is an empty list to a machine, too
	}
	return voice.Result(peers, func() {
		for _, p := range peers {
			voice.Line("%-30s %s", p.Name, p.Address)
		}
		voice.Line("%d waiting to be paid. Names are what they call themselves: who is paid is shown before you pay.", len(peers))
	})
}

// find turns what the person named into an address.
func find(ctx context.Context, to string) (string, error) {
	if isAddress(to) {
		return to, nil
	}
	peers, err := lan.Discover(ctx, 3*time.Second, nil)
	if err != nil {
		return "", err
	}
	var found []string
	for _, p := range peers {
		if strings.EqualFold(p.Name, to) {
			found = append(found, p.Address)
		}
	}
	switch len(found) {
	case 0:
		return "", &say.Problem{Exit: say.NoRoute, Code: "no_such_peer", What: "nobody called \"" + to + "\" waits to be paid on this network",
			Next: "look who does: kula wallet peers; or use host:port, or a QR code"}
	case 1:
		return found[0], nil
	}
	return "", say.Misuse("%d wallets call themselves %q: use one of %s", len(found), to, strings.Join(found, ", "))
}

// Serve is `kula wallet serve`.
type Serve struct {
	Listen      string        `help:"Address to wait at. 0.0.0.0:7420 lets the whole local network reach it." default:"127.0.0.1:7420"`
	Amount      money.Amount  `help:"Ask every payer for this much; without it the payer says."`
	Memo        string        `help:"What for."`
	Purse       string        `help:"Into which purse, by the start of its id."`
	Once        bool          `help:"Stop after one payment."`
	NoAnnounce  bool          `help:"Do not tell the local network's names service that you wait here."`
	SyncEvery   time.Duration `help:"How often to look for a connection to the bank, and settle; 0 never." default:"1m"`
	OverHolding bool          `help:"Take payments even though you would hold more than the bank advises."`
}

// Help shows examples.
func (Serve) Help() string {
	return `Waits to be paid, and settles with the bank by itself whenever there is a connection. Ctrl-C stops it.

Examples:
  kula wallet serve --listen 0.0.0.0:7420
  kula wallet serve --amount 500 --memo "two fish" --once`
}

// waiting is the first thing serve says in JSON; then it says an accepted for each payment.
type waiting struct {
	Ready  bool   `json:"ready"`
	Listen string `json:"listen"`
}

// Run waits.
func (c *Serve) Run(ctx context.Context, parent *Command, voice *say.Voice) error {
	return parent.with(voice, func(s *session) error {
		p, err := s.choose(c.Purse)
		if err != nil {
			return err
		}
		if err := s.unlock(); err != nil {
			return err
		}
		listener, err := lan.Listen(ctx, c.Listen, lan.Limits{})
		if err != nil {
			return err
		}
		if stop := c.announce(s, p, listener.Addr()); stop != nil {
			defer stop() //nolint:errcheck // nobody hears us any more either way
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		if err := voice.Result(waiting{true, listener.Addr().String()}, func() {
			voice.Line("Waiting to be paid at %s. Ctrl-C stops.", listener.Addr())
		}); err != nil {
			return err
		}
		return c.serve(ctx, cancel, s, p, listener)
	})
}

func (c *Serve) serve(ctx context.Context, done func(), s *session, p wallet.Purse, listener *lan.Listener) error {
	var shown sync.Mutex // two payers at once are shown one after the other
	payee := &nearby.WalletPayee{Wallet: s.Wallet.Wallet, Now: now, Once: c.Once, Heard: s.tellAlarms,
		Terms: wallet.RequestParams{Purse: p.ID, Amount: c.Amount, Memo: c.Memo, OverHolding: c.OverHolding},
		Accepted: func(a *wallet.Acceptance) {
			shown.Lock()
			defer shown.Unlock()
			s.celebrate(a)
		}}
	settled := make(chan struct{})
	go func() {
		defer close(settled)
		c.settle(ctx, s, p)
	}()
	err := listener.Serve(ctx, func(ctx context.Context, conn *lan.Conn) {
		outcome, err := nearby.Session{Network: s.Network()}.RunPayee(ctx, conn, payee)
		if err != nil && ctx.Err() == nil {
			s.voice.Note("A payer came and went: %s", plain(err))
		}
		if c.Once && outcome.Phase == nearby.Received {
			done()
		}
	})
	done()
	<-settled
	return err
}

// unlock asks for the passphrase now, and not when somebody is waiting at the other end.
func (s *session) unlock() error {
	for _, p := range s.Purses() {
		if p.Phase == wallet.PurseOpen {
			_, err := s.DeviceAuth(p.ID, protocol.Hash{})
			return err
		}
	}
	return nil
}

// celebrate is the payee's sound and picture, as far as a terminal goes. Only the payee's device does it.
func (s *session) celebrate(a *wallet.Acceptance) {
	out := acceptedOf(a)
	if err := s.voice.Result(out, func() { s.voice.Line("\a"); tellAccepted(s.voice, &out) }); err != nil {
		s.voice.Note("The payment of %s is kept, and could not be shown: %s", a.Amount, err)
	}
}

// settle brings what was received to the bank whenever there is a way.
func (c *Serve) settle(ctx context.Context, s *session, p wallet.Purse) {
	if c.SyncEvery <= 0 {
		return
	}
	for {
		outbox, err := s.Outbox(p.ID)
		if err == nil && (outbox.Len() > 0 || s.NeedsSheet(now(), p.ID)) {
			if _, err = s.sync(ctx, p, false); err != nil && ctx.Err() == nil && !errors.Is(err, client.ErrOffline) {
				s.voice.Note("The bank could not settle just now: %s", plain(err))
			}
		}
		if !pause(ctx, c.SyncEvery) {
			return
		}
	}
}

// announce tells the local network, unless nobody else could reach us anyway.
func (c *Serve) announce(s *session, p wallet.Purse, addr net.Addr) func() error {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok || c.NoAnnounce || tcp.IP.IsLoopback() {
		return nil
	}
	stop, err := lan.Announce(lan.Announcement{Name: name(p), Port: tcp.Port})
	if err != nil {
		s.voice.Note("Payers must type this address: the network's names service is not there (%s).", err)
		return nil
	}
	return stop
}

func name(p wallet.Purse) string {
	if p.Card == nil {
		return p.Enrolment.Account.String()
	}
	return p.Card.Name
}
