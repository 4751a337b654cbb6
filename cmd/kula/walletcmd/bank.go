package walletcmd

import (
	"context"
	"errors"
	"strings"
	"time"

	"kula/anchor"
	"kula/cmd/kula/say"
	"kula/httpapi/client"
	"kula/money"
	"kula/protocol"
	"kula/wallet"
	"kula/wallet/atbank"
)

// choose finds the purse that an option names by the start of its id; empty: the only open one.
func (s *session) choose(prefix string) (wallet.Purse, error) {
	var found []wallet.Purse
	for _, p := range s.Purses() {
		if p.Phase == wallet.PurseOpen && strings.HasPrefix(p.ID.String(), prefix) {
			found = append(found, p)
		}
	}
	switch len(found) {
	case 0:
		what := "this wallet has no purse to use"
		if prefix != "" {
			what = "this wallet has no purse to use that begins with " + prefix
		}
		return wallet.Purse{}, &say.Problem{Exit: say.Failed, Code: string(wallet.CodeNoPurse), What: what,
			Next: "open one: kula wallet enrol URL --name YOU"}
	case 1:
		return found[0], nil
	}
	return wallet.Purse{}, say.Misuse("this wallet has %d purses: say which with --purse (see kula wallet balance)", len(found))
}

// open are the purses that can be used: all, or the one that is named.
func (s *session) openPurses(prefix string) ([]wallet.Purse, error) {
	if prefix != "" {
		p, err := s.choose(prefix)
		return []wallet.Purse{p}, err
	}
	var open []wallet.Purse
	for _, p := range s.Purses() {
		if p.Phase == wallet.PurseOpen {
			open = append(open, p)
		}
	}
	if len(open) == 0 {
		_, err := s.choose("")
		return nil, err
	}
	return open, nil
}

func (s *session) anchor(id protocol.AccountID) *protocol.Charter {
	for _, a := range s.Anchors() {
		if a.Charter.Anchor == id {
			return a.Charter
		}
	}
	return nil
}

// patience is how long a bank that has too many requests is waited for.
const patience = 30 * time.Second

// bank is a connection to the anchor of a purse, and the purse's way of showing who asks.
type bank struct {
	*client.Client
	device client.Device
}

func (s *session) bank(p wallet.Purse) (*bank, error) {
	c, err := client.New(s.anchor(p.Enrolment.Anchor).Endpoint, s.Network(), client.Options{Patience: patience})
	if err != nil {
		return nil, err
	}
	return &bank{c, client.Device{Purse: p.ID, Sign: func(nonce protocol.Hash) (protocol.Signature, error) {
		return s.DeviceAuth(p.ID, nonce)
	}}}, nil
}

// synced is what one sync of a purse did.
type synced struct {
	Purse     protocol.PurseID `json:"purse"`
	Bank      string           `json:"bank"`
	Presented int              `json:"presented"`
	Receipts  []any            `json:"receipts"`
	Payouts   []any            `json:"payouts"`
	Sheets    int              `json:"sheets"`
	Problems  []problem        `json:"problems"`
	AtBank    money.Amount     `json:"at_bank"`
	Coming    money.Amount     `json:"coming"`              // paid in at the counter, and not there yet
	Cases     []int64          `json:"complaints_numbered"` // numbers that complaints have got now
	Heard     []*heard         `json:"heard"`               // what the bank told of others
	news      []*wallet.News
}

type problem struct {
	Document protocol.Hash `json:"document"`
	Code     string        `json:"code"`
	Detail   string        `json:"detail"`
}

// sync brings the bank what one purse has to present and takes in what it answers.
func (s *session) sync(ctx context.Context, p wallet.Purse, refresh bool) (*synced, error) {
	b, err := s.bank(p)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	got, err := (&atbank.Visit{Wallet: s.Wallet.Wallet, Purse: p.ID, Bank: &desk{ctx, b, &b.device}, Now: now, Refresh: refresh,
		Wait: func() bool { return pause(ctx, 2*time.Second) }}).Sync()
	if errors.Is(err, atbank.ErrNeedsCosigner) {
		return nil, &say.Problem{Exit: say.Failed, Code: atbank.CodeNeedsCosigner, What: err.Error(), Err: err}
	}
	if got == nil {
		return nil, err
	}
	return syncedOf(p.ID, s.anchor(p.Enrolment.Anchor).Name, got), errors.Join(unstated(got.Unstated), err)
}

// present brings the bank what a purse of a phone that is gone has to claim.
func (s *session) present(ctx context.Context, p wallet.Purse) error {
	b, err := s.bank(p)
	if err != nil {
		return err
	}
	defer b.Close()
	_, err = (&atbank.Visit{Wallet: s.Wallet.Wallet, Purse: p.ID, Bank: &desk{ctx, b, nil}, Now: now}).Present()
	return err
}

// desk is an atbank.Bank over HTTP, for as long as one command takes. It speaks for the device; nil: for nobody.
type desk struct {
	ctx context.Context
	*bank
	speaks *client.Device
}

func (d *desk) Sync(outbox []byte, after int64) (*atbank.Reply, error) {
	got, err := d.bank.Sync(d.ctx, outbox, after, d.speaks)
	if err != nil {
		return nil, err
	}
	reply := &atbank.Reply{Bundle: got.Bundle, Cursor: got.Cursor, More: got.More}
	for _, p := range got.Problems {
		reply.Problems = append(reply.Problems, atbank.Problem{Document: p.Document, Code: p.Code, Detail: p.Detail})
	}
	return reply, nil
}

func (d *desk) Challenge() (protocol.Hash, error) {
	challenge, err := d.bank.Challenge(d.ctx, d.device.Purse)
	return challenge.Nonce, err
}

func (d *desk) AtBank() (held, coming money.Amount, err error) {
	view, err := d.bank.Purse(d.ctx, d.device)
	if err != nil {
		return 0, 0, err
	}
	if view.Coming != nil {
		coming = *view.Coming
	}
	return view.AtBank, coming, nil
}

func (d *desk) Complain(about string, file *protocol.Bundle) (int64, error) {
	return d.bank.Complain(d.ctx, d.device, about, file)
}

// unstated is what the bank said of a Statement that got no sheet.
func unstated(p *atbank.Problem) error {
	switch {
	case p == nil:
		return nil
	case p.Code == string(anchor.CodeStatementWaits):
		return &say.Problem{Exit: say.NotYet, Code: p.Code, What: "the bank gives no new sheet yet: " + detailOf(*p), Next: "nothing is lost: sync again later"}
	}
	return &say.Problem{Exit: say.Failed, Code: p.Code, What: "the bank gives no new sheet: " + detailOf(*p)}
}

func detailOf(p atbank.Problem) string {
	if p.Err != nil {
		return plain(p.Err)
	}
	return withoutField(p.Detail)
}

func syncedOf(purse protocol.PurseID, name string, got *atbank.Synced) *synced {
	done := &synced{Purse: purse, Bank: name, Presented: got.Presented, Receipts: []any{}, Payouts: []any{}, Problems: []problem{}, AtBank: got.AtBank, Coming: got.Coming, Cases: append([]int64{}, got.Cases...),
		Heard: []*heard{}, news: got.News}
	for _, n := range got.News {
		done.Receipts = append(done.Receipts, say.Documents(n.Receipts)...)
		done.Payouts = append(done.Payouts, say.Documents(n.Payouts)...)
		done.Sheets += len(n.Sheets)
		if n.Heard != nil {
			done.Heard = append(done.Heard, heardOf(n.Heard))
		}
	}
	for _, p := range got.Problems {
		done.Problems = append(done.Problems, problem{p.Document, p.Code, detailOf(p)})
	}
	return done
}
