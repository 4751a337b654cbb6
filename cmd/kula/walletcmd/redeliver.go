package walletcmd

import (
	"context"
	"errors"

	"kula/cmd/kula/say"
	"kula/nearby"
	"kula/nearby/lan"
	"kula/protocol"
	"kula/wallet"
)

// Redeliver is `kula wallet redeliver`.
type Redeliver struct {
	Entry string `arg:"" optional:"" help:"The payment (its entry, or the start of it), as history shows it. Without it: which are not yet received."`
	To    string `help:"Over the local network: hand over everything that is for them. A name that 'kula wallet peers' shows, or host:port."`
	Output
}

// Help shows examples.
func (Redeliver) Help() string {
	return `A payment that got lost on the way stays a payment: hand over the same one again, by any path, as often as you like. The payee
has it once. What nobody ever brings to the bank comes back to you after its last day; the bank tells you at a sync.

Examples:
  kula wallet redeliver                              which payments are not yet received
  kula wallet redeliver 3f2a… --out payment.kula     the same payment again, as a file
  kula wallet redeliver 3f2a…                        as a QR code for the payee to scan
  kula wallet redeliver --to "Ben's shop"            everything that is for them, over the local network`
}

// redelivered is what redeliver --to says in JSON.
type redelivered struct {
	Received []protocol.Hash `json:"received"`
}

// Run hands over again.
func (c *Redeliver) Run(ctx context.Context, parent *Command, voice *say.Voice) error {
	if c.To != "" && (c.Entry != "" || c.Out != "" || c.QR != "") {
		return say.Misuse("--to hands over everything that is for them: leave out the payment, --out and --qr")
	}
	if c.To == "" && c.Entry == "" && (c.Out != "" || c.QR != "") {
		return say.Misuse("say which payment: one that  kula wallet redeliver  shows")
	}
	return parent.with(voice, func(s *session) error {
		switch {
		case c.To != "":
			return c.overLAN(ctx, s)
		case c.Entry == "":
			rows := rowsOf(s.Undelivered())
			return voice.Result(rows, func() { tellUndelivered(voice, rows) })
		}
		entry, err := s.named(c.Entry)
		if err != nil {
			return err
		}
		signed, err := s.Wallet.Redeliver(entry)
		if err != nil {
			return err
		}
		return (&Pay{Output: c.Output}).show(ctx, s, signed)
	})
}

func tellUndelivered(v *say.Voice, rows []row) {
	if len(rows) == 0 {
		v.Line("Nothing is on its way: whatever you paid was received.")
		return
	}
	tellHistory(v, rows)
}

func (c *Redeliver) overLAN(ctx context.Context, s *session) error {
	address, err := find(ctx, c.To)
	if err != nil {
		return err
	}
	if err := s.unlock(); err != nil {
		return err
	}
	conn, err := lan.Dial(ctx, address, lan.Limits{})
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // everything that counts is written
	outcome, err := nearby.Session{Network: s.Network()}.RunPayer(ctx, conn, &nearby.WalletPayer{Wallet: s.Wallet.Wallet, Now: now, Heard: s.tellAlarms})
	if err != nil && len(outcome.Earlier) == 0 {
		return err
	}
	out := redelivered{Received: append([]protocol.Hash{}, outcome.Earlier...)}
	return errors.Join(err, s.voice.Result(out, func() {
		s.voice.Line("They have %s now that had not been received.", say.Count(len(out.Received), "payment", "payments"))
		for _, h := range out.Received {
			s.voice.Line("  %s  their screen shows %s", h, wallet.Digits(h))
		}
	}))
}
