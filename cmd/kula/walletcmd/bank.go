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
	Heard     []*heard         `json:"heard"` // what the bank told of others
	news      []*wallet.News
}

type problem struct {
	Document protocol.Hash `json:"document"`
	Code     string        `json:"code"`
	Detail   string        `json:"detail"`
}

// sync brings the bank what one purse has to present and takes in what it answers. With refresh it also
// states the position, for a new sheet; it does so by itself when the wallet finds that it needs one.
func (s *session) sync(ctx context.Context, p wallet.Purse, refresh bool) (*synced, error) {
	b, err := s.bank(p)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	done := &synced{Purse: p.ID, Bank: s.anchor(p.Enrolment.Anchor).Name, Receipts: []any{}, Payouts: []any{}, Problems: []problem{}, Heard: []*heard{}}
	if err := s.exchange(ctx, b, p.ID, done); err != nil {
		return nil, err
	}
	// What was redeemed just now counts in the sheet, so the position is stated after it.
	var answer error
	if refresh || s.NeedsSheet(now(), p.ID) {
		statement, err := s.state(ctx, b, p.ID, done)
		if err != nil {
			return nil, err
		}
		if refresh {
			answer = done.answerTo(statement)
		}
	}
	view, err := b.Purse(ctx, b.device)
	if err != nil {
		return nil, err
	}
	done.AtBank = view.AtBank
	return done, errors.Join(answer, s.BankSaid(now(), p.ID, int64(view.AtBank)))
}

// present brings the bank what a purse of a phone that is gone has to claim. This device has not its key,
// so it asks as anybody may, and gets the receipts of what it presents.
func (s *session) present(ctx context.Context, p wallet.Purse) error {
	outbox, err := s.Outbox(p.ID)
	if err != nil || outbox.Len() == 0 {
		return err
	}
	b, err := s.bank(p)
	if err != nil {
		return err
	}
	defer b.Close()
	reply, err := b.Sync(ctx, outbox.Encode(), 0, nil)
	if err != nil {
		return err
	}
	_, err = s.Absorb(now(), p.ID, reply.Bundle, 0)
	return err
}

// state signs a Statement on the bank's challenge and brings it in.
func (s *session) state(ctx context.Context, b *bank, id protocol.PurseID, done *synced) (statement protocol.Hash, err error) {
	challenge, err := b.Challenge(ctx, id)
	if err != nil {
		return statement, err
	}
	signed, err := s.Statement(now(), id, challenge.Nonce)
	if err != nil {
		return statement, err
	}
	if !signed.Complete {
		return signed.Entry, &say.Problem{Exit: say.Failed, Code: "needs_cosigner", What: "this purse needs another device's signature for a new sheet"}
	}
	return signed.Entry, s.exchange(ctx, b, id, done)
}

// answerTo is what the bank said of a Statement that got no sheet.
func (d *synced) answerTo(statement protocol.Hash) error {
	for _, p := range d.Problems {
		if p.Document != statement {
			continue
		}
		if p.Code == string(anchor.CodeStatementWaits) {
			return &say.Problem{Exit: say.NotYet, Code: p.Code, What: "the bank gives no new sheet yet: " + p.Detail, Next: "nothing is lost: sync again later"}
		}
		return &say.Problem{Exit: say.Failed, Code: p.Code, What: "the bank gives no new sheet: " + p.Detail}
	}
	return nil
}

// maxRounds ends an exchange with a bank that always has more.
const maxRounds = 1000

func (s *session) exchange(ctx context.Context, b *bank, id protocol.PurseID, done *synced) error {
	for range maxRounds {
		outbox, err := s.Outbox(id)
		if err != nil {
			return err
		}
		before, err := s.Purse(id)
		if err != nil {
			return err
		}
		reply, err := b.Sync(ctx, outbox.Encode(), before.Cursor, &b.device)
		if err != nil {
			return err
		}
		news, err := s.Absorb(now(), id, reply.Bundle, reply.Cursor)
		if err != nil {
			return err
		}
		done.add(len(outbox.Roots), news, reply)
		after, err := s.Outbox(id)
		if err != nil {
			return err
		}
		if !reply.More && (len(news.Receipts) == 0 || after.Len() == 0) {
			return nil
		}
	}
	return errors.New("the bank always has more to say: try again later")
}

func (d *synced) add(presented int, news *wallet.News, reply *client.SyncReply) {
	d.Presented = max(d.Presented, presented)
	d.news = append(d.news, news)
	d.Receipts = append(d.Receipts, say.Documents(news.Receipts)...)
	d.Payouts = append(d.Payouts, say.Documents(news.Payouts)...)
	d.Sheets += len(news.Sheets)
	d.Problems = d.Problems[:0]
	for _, p := range reply.Problems {
		d.Problems = append(d.Problems, problem{p.Document, p.Code, withoutField(p.Detail)})
	}
	if news.Heard != nil {
		d.Heard = append(d.Heard, heardOf(news.Heard))
	}
	for _, p := range news.Problems {
		d.Problems = append(d.Problems, problem{p.Document, string(protocol.CodeOf(p.Err)), plain(p.Err)})
	}
}
