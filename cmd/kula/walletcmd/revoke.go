package walletcmd

import (
	"context"
	"crypto/ed25519"
	"strings"

	"kula/cmd/kula/say"
	"kula/httpapi/api"
	"kula/httpapi/client"
	"kula/protocol"
	"kula/wallet"
)

// Revoke is `kula wallet revoke`.
type Revoke struct {
	Lost      string             `arg:"" optional:"" help:"The purse to end, by the start of its id. Without it: the only one of your account that is not on this device."`
	Bank      string             `help:"The bank's address; without it the bank of this wallet."`
	To        string             `help:"The purse that gets what is left, by the start of its id; without it the one on this device."`
	WordsFile []string           `help:"File with the 24 words. Repeat it for an account that needs several signers." type:"existingfile"`
	Account   protocol.AccountID `help:"The account (G…), if it is not that of the first words."`
	Yes       bool               `help:"Do not ask." short:"y"`
}

// Help shows examples.
func (Revoke) Help() string {
	return `For a phone that is lost, stolen or copied: do this on another device, with the 24 words of your account. The purse gets no more
balance sheets, and phones hear of it at every meeting, so what it still tries to pay is refused. What it never spends comes to the
purse on this device, once its last balance sheet can no longer be redeemed.

Examples:
  kula wallet --home ./new-phone revoke                      which purses has my account? ends the one that is not on this device
  kula wallet --home ./new-phone revoke 3f2a --words-file words
  kula wallet --home ./borrowed revoke 3f2a --bank https://bank.example`
}

// revoked is what revoke says in JSON.
type revoked struct {
	Purse     protocol.PurseID   `json:"purse"`
	Account   protocol.AccountID `json:"account"`
	Successor *protocol.PurseID  `json:"successor"` // gets what is left; null: to be named later
	Notice    uint32             `json:"notice"`    // the bank's notice that names the purse
}

// Run ends a purse.
func (c *Revoke) Run(ctx context.Context, parent *Command, voice *say.Voice) error {
	passphrase, err := parent.networkPassphrase()
	if err != nil {
		return err
	}
	return parent.with(voice, func(s *session) error {
		site, err := c.site(s)
		if err != nil {
			return err
		}
		keys, err := (&Enrol{WordsFile: c.WordsFile}).keys(voice)
		if err != nil {
			return err
		}
		account := c.account(keys)
		token, err := signIn(ctx, site, account, passphrase, keys)
		if err != nil {
			return err
		}
		b, err := client.New(site, s.Network(), client.Options{Patience: patience})
		if err != nil {
			return err
		}
		defer b.Close()
		purses, err := b.AccountPurses(ctx, token)
		if err != nil {
			return err
		}
		return c.revoke(ctx, s, b, token, purses)
	})
}

// site is the address of the bank.
func (c *Revoke) site(s *session) (string, error) {
	if c.Bank != "" {
		return c.Bank, nil
	}
	if anchors := s.Anchors(); len(anchors) == 1 {
		return anchors[0].Charter.Endpoint, nil
	}
	return "", say.Misuse("say which bank: --bank https://bank.example")
}

func (c *Revoke) account(keys []ed25519.PrivateKey) protocol.AccountID {
	if c.Account != (protocol.AccountID{}) {
		return c.Account
	}
	return protocol.AccountID(protocol.PublicKey(keys[0]))
}

func (c *Revoke) revoke(ctx context.Context, s *session, b *client.Client, token string, purses []api.Purse) error {
	lost, err := c.lost(s, purses)
	if err != nil {
		return err
	}
	successor, err := c.successor(s, lost, purses)
	if err != nil {
		return err
	}
	if err := c.agreed(s, lost); err != nil {
		return err
	}
	notice, err := b.Revoke(ctx, token, lost.Purse, successor)
	if err != nil {
		return err
	}
	if s.anchor(notice.Anchor) != nil { // a borrowed phone need not know the bank
		if _, err := s.Absorb(now(), protocol.PurseID{}, protocol.NewBundle(s.Network(), notice), 0); err != nil {
			return err
		}
	}
	out := revoked{lost.Purse, lost.Account, successor, notice.Epoch}
	return s.voice.Result(out, func() {
		s.voice.Line("Purse %s is at its end: the bank's notice %d names it, and phones hear of it from now on.", lost.Purse.String()[:12], notice.Epoch)
		if successor == nil {
			s.voice.Line("What it never spends waits at the bank. Open a purse on this device, then run this again:  kula wallet enrol URL --name YOU")
			return
		}
		s.voice.Line("What it never spends comes to purse %s, when its last balance sheet can no longer be redeemed.", successor.String()[:12])
	})
}

// lost finds the purse to end: the one that is named, or the only one that is not on this device.
func (c *Revoke) lost(s *session, purses []api.Purse) (*api.Purse, error) {
	var found []*api.Purse
	for i := range purses {
		p := &purses[i]
		if c.Lost == "" && p.State != api.Revoked && !s.owns(p.Purse) || c.Lost != "" && strings.HasPrefix(p.Purse.String(), c.Lost) {
			found = append(found, p)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	for _, p := range purses {
		where := "elsewhere"
		if s.owns(p.Purse) {
			where = "on this device"
		}
		s.voice.Note("  %s  %s, %s at the bank, %s", p.Purse.String()[:12], p.State, p.AtBank, where)
	}
	if len(found) == 0 {
		return nil, &say.Problem{Exit: say.Failed, Code: string(wallet.CodeNoPurse), What: "your account has no such purse at this bank", Next: "name one of those above:  kula wallet revoke PURSE"}
	}
	return nil, say.Misuse("your account has %d such purses: name one of those above", len(found))
}

// owns reports whether this device holds an open purse.
func (s *session) owns(id protocol.PurseID) bool {
	p, err := s.Wallet.Wallet.Purse(id)
	return err == nil && p.Phase == wallet.PurseOpen
}

// successor is the purse that gets what is left; nil when there is none yet.
func (c *Revoke) successor(s *session, lost *api.Purse, purses []api.Purse) (*protocol.PurseID, error) {
	var found []protocol.PurseID
	for _, p := range purses {
		fits := p.Purse != lost.Purse && p.Asset == lost.Asset && p.State != api.Revoked
		if fits && (c.To == "" && s.owns(p.Purse) || c.To != "" && strings.HasPrefix(p.Purse.String(), c.To)) {
			found = append(found, p.Purse)
		}
	}
	switch {
	case len(found) == 1:
		return &found[0], nil
	case len(found) == 0 && c.To == "":
		return nil, nil
	}
	return nil, say.Misuse("%d purses of your account could get what is left: say which with --to", len(found))
}

func (c *Revoke) agreed(s *session, lost *api.Purse) error {
	s.voice.Note("You end purse %s, with %s at the bank. It can never be used again.", lost.Purse.String()[:12], lost.AtBank)
	if s.owns(lost.Purse) {
		s.voice.Note("IT IS THE PURSE OF THIS DEVICE.")
	}
	if c.Yes {
		return nil
	}
	if yes, err := s.voice.Yes("End it?"); err != nil || !yes {
		return &say.Problem{Exit: say.Failed, Code: string(protocol.CodeDeclined), What: "nothing was done", Err: err}
	}
	return nil
}
