package walletcmd

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"kula/anchor"
	"kula/cmd/kula/say"
	"kula/httpapi/api"
	"kula/httpapi/client"
	"kula/money"
	"kula/nearby/qr"
	"kula/protocol"
	"kula/stellar"
	"kula/wallet"
)

// Load is `kula wallet load`.
type Load struct {
	Purse     string       `help:"Which purse, by the start of its id."`
	Amount    money.Amount `help:"How much. With --words-file the payment is also signed and sent."`
	WordsFile string       `help:"File with the 24 words of the account that pays." type:"existingfile"`
	Horizon   string       `help:"The Stellar ledger's address." default:"${horizon}"`
	Wait      bool         `help:"Wait until the bank has credited it."`
	QR        string       `help:"Also write the link as a picture to this file." type:"path"`
}

// Help shows examples.
func (Load) Help() string {
	return `Says where to send money on Stellar so that it arrives in the purse. Anybody can send it: a son abroad, an employer.

Examples:
  kula wallet load                                         address, memo, and a link that Stellar wallets open
  kula wallet load --amount 5000 --words-file ana.words    send it from your own Stellar account, now`
}

// Deposit is what load says in JSON.
type Deposit struct {
	Address     string         `json:"address"`
	MemoID      string         `json:"memo_id"`
	Muxed       string         `json:"muxed"`
	Link        string         `json:"link"`
	Asset       string         `json:"asset"`
	Amount      money.Amount   `json:"amount,omitempty"`
	Transaction *protocol.Hash `json:"transaction,omitempty"`
}

// Run shows the address, or sends the money.
func (c *Load) Run(ctx context.Context, parent *Command, voice *say.Voice) error {
	if (c.Amount > 0) != (c.WordsFile != "") && (c.WordsFile != "" || c.Wait) {
		return say.Misuse("to send the money say both how much (--amount) and whose it is (--words-file)")
	}
	passphrase, err := parent.networkPassphrase()
	if err != nil {
		return explain(fmt.Errorf("read the wallet's network: %w", err))
	}
	horizon := &stellar.Horizon{URL: c.Horizon, Passphrase: passphrase}
	return parent.with(voice, func(s *session) error {
		p, err := s.choose(c.Purse)
		if err != nil {
			return err
		}
		deposit, err := s.deposit(ctx, p, c.Amount, passphrase)
		if err != nil {
			return err
		}
		if c.Amount > 0 && c.WordsFile != "" {
			if err := c.load(ctx, s, horizon, p, deposit); err != nil {
				return err
			}
		}
		if err := c.picture(deposit); err != nil {
			return err
		}
		return voice.Result(deposit, func() { tellDeposit(voice, deposit, c.Wait) })
	})
}

func (s *session) deposit(ctx context.Context, p wallet.Purse, amount money.Amount, passphrase string) (*Deposit, error) {
	b, err := s.bank(p)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	view, err := b.Purse(ctx, b.device)
	if err != nil {
		return nil, err
	}
	memo, err := strconv.ParseUint(view.Deposit.MemoID, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%w: the bank's memo is not a number", client.ErrUnknown)
	}
	return depositOf(view, &memo, p, amount, passphrase), nil
}

func depositOf(view *api.Purse, memo *uint64, p wallet.Purse, amount money.Amount, passphrase string) *Deposit {
	link := stellar.PayLink{Destination: view.Deposit.Address, Asset: p.Enrolment.Asset, Amount: amount, MemoID: memo, Passphrase: passphrase}
	return &Deposit{Address: view.Deposit.Address, MemoID: view.Deposit.MemoID, Muxed: view.Deposit.Muxed, Link: link.String(),
		Asset: say.Asset(p.Enrolment.Asset), Amount: amount}
}

func tellDeposit(voice *say.Voice, d *Deposit, seen bool) {
	if d.Transaction != nil {
		voice.Line("Sent %s: Stellar transaction %s", d.Amount, d.Transaction)
		if seen {
			voice.Line("The bank has it. Next:  kula wallet refresh")
		} else {
			voice.Line("When the bank has seen it:  kula wallet refresh")
		}
		return
	}
	voice.Line("Send %s on Stellar", d.Asset)
	voice.Line("  to    %s", d.Address)
	voice.Line("  memo  %s  (of type id; without it the bank cannot know that it is for you)", d.MemoID)
	voice.Line("or, with a wallet that knows such addresses, to")
	voice.Line("  %s", d.Muxed)
	voice.Line("or open this link in a Stellar wallet:")
	voice.Line("  %s", d.Link)
	if code, err := qr.DrawText(d.Link); err == nil {
		_ = code.Terminal(voice.Out, isTerminal(voice.Out))
	}
}

func (c *Load) picture(d *Deposit) error {
	if c.QR == "" {
		return nil
	}
	code, err := qr.DrawText(d.Link)
	if err != nil {
		return err
	}
	return writePicture(c.QR, code)
}

// load sends the money, and waits for the bank if it is asked to.
func (c *Load) load(ctx context.Context, s *session, horizon *stellar.Horizon, p wallet.Purse, d *Deposit) error {
	b, err := s.bank(p)
	if err != nil {
		return err
	}
	defer b.Close()
	before, err := b.Purse(ctx, b.device)
	if err != nil {
		return err
	}
	if d.Transaction, err = c.send(ctx, s, horizon, p, d); err != nil || !c.Wait {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for delay := time.Second / 2; pause(ctx, delay); delay = min(2*delay, 5*time.Second) {
		after, err := b.Purse(ctx, b.device)
		if err != nil || after.AtBank >= before.AtBank+c.Amount {
			return err
		}
	}
	return &say.Problem{Exit: say.NotYet, Code: "not_yet", What: "the money is on its way: the bank has not seen it yet", Next: "look again with: kula wallet refresh", Err: ctx.Err()}
}

// pending is the file that keeps a signed load until its outcome is certain: after a crash or a lost answer
// the same envelope is sent again, so that nobody pays twice.
const pending = "load.pending"

// pendingLoad is what stands in it: the envelope, and what it pays into which purse.
type pendingLoad struct {
	Purse    protocol.PurseID `json:"purse"`
	Amount   money.Amount     `json:"amount"`
	Envelope anchor.Envelope  `json:"envelope"`
}

// certain is how long a load's outcome is waited for.
const certain = 2 * time.Minute

func (c *Load) send(ctx context.Context, s *session, horizon *stellar.Horizon, p wallet.Purse, d *Deposit) (*protocol.Hash, error) {
	path := filepath.Join(s.home, pending)
	held, err := readPending(path)
	if err != nil {
		return nil, err
	}
	if held != nil {
		s.voice.Note("An earlier load of %s is not certain yet: finishing that one first.", held.Amount)
		switch err := finish(ctx, horizon, path, held); {
		case errors.Is(err, stellar.ErrRejected):
			s.voice.Note("Nothing of it was sent (%s).", err)
		case err != nil:
			return nil, err
		case held.Purse == p.ID && held.Amount == c.Amount:
			return &held.Envelope.Hash, nil // that was this one, tried again
		default:
			s.voice.Note("It is on Stellar: transaction %s", held.Envelope.Hash)
		}
	}
	envelope, err := c.sign(ctx, horizon, p, d)
	var away *url.Error
	if errors.As(err, &away) {
		return nil, &say.Problem{Exit: say.NoRoute, Code: "no_route", What: "the Stellar ledger cannot be reached from here just now: nothing was sent",
			Next: "try again when there is a connection, or look at --horizon", Err: err}
	}
	if err != nil {
		return nil, err
	}
	load := &pendingLoad{p.ID, c.Amount, *envelope}
	data, err := json.Marshal(load)
	if err != nil {
		return nil, err
	}
	if err := keep(path, data); err != nil {
		return nil, err
	}
	return &envelope.Hash, finish(ctx, horizon, path, load)
}

// finish brings a load to a certain end, and only then forgets it.
func finish(ctx context.Context, horizon *stellar.Horizon, path string, load *pendingLoad) error {
	ctx, cancel := context.WithTimeout(ctx, certain)
	defer cancel()
	_, err := horizon.Finish(ctx, load.Envelope)
	switch {
	case err == nil, errors.Is(err, stellar.ErrRejected):
		return errors.Join(err, os.Remove(path))
	case ctx.Err() != nil:
		return &say.Problem{Exit: say.NotYet, Code: "not_yet", What: "the payment is sent, and its outcome is not known yet",
			Next: "nothing is lost: run the same command again, and it is not paid twice", Err: err}
	}
	return err
}

func (c *Load) sign(ctx context.Context, horizon *stellar.Horizon, p wallet.Purse, d *Deposit) (*anchor.Envelope, error) {
	key, err := accountOf(c.WordsFile)
	if err != nil {
		return nil, err
	}
	pairs, err := keypairs([]ed25519.PrivateKey{key})
	if err != nil {
		return nil, err
	}
	envelope, err := horizon.SignLoad(ctx, stellar.Load{Account: pairs[0], Deposit: d.Muxed, Asset: p.Enrolment.Asset, Amount: c.Amount})
	return &envelope, err
}

func readPending(path string) (*pendingLoad, error) {
	data, err := os.ReadFile(path) //nolint:gosec // in the wallet's own home
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	held := new(pendingLoad)
	return held, json.Unmarshal(data, held)
}

// Unload is `kula wallet unload`.
type Unload struct {
	Amount money.Amount `arg:"" help:"How much, e.g. 2000."`
	To     string       `help:"Where to: a Stellar address (G… or M…), or 'teller' for cash at the counter. Without it: your own account."`
	Memo   string       `help:"A note for your own records."`
	Purse  string       `help:"Which purse, by the start of its id."`
	Yes    bool         `help:"Do not ask about the fee." short:"y"`
	Wait   bool         `help:"Wait until the money is on Stellar."`
}

// Help shows examples.
func (Unload) Help() string {
	return `Examples:
  kula wallet unload 2000 --wait
  kula wallet unload 2000 --to teller`
}

// Unloaded is what unload says in JSON.
type Unloaded struct {
	Entry       protocol.Hash  `json:"entry"`
	Amount      money.Amount   `json:"amount"`
	Fee         money.Amount   `json:"fee"`
	To          string         `json:"to"`
	Transaction *protocol.Hash `json:"transaction,omitempty"`
}

// Run asks the bank for its bill, pays it, and brings the payment in.
func (c *Unload) Run(ctx context.Context, parent *Command, voice *say.Voice) error {
	return parent.with(voice, func(s *session) error {
		p, err := s.choose(c.Purse)
		if err != nil {
			return err
		}
		done, err := c.pay(ctx, s, p)
		if err != nil {
			return err
		}
		if c.Wait {
			if done.Transaction, err = s.waitForPayout(ctx, p, done.Entry); err != nil {
				return err
			}
		}
		return voice.Result(done, func() {
			voice.Line("The bank has it: %s leaves the purse for %s, less a fee of %s.", done.Amount, done.To, done.Fee)
			if done.Transaction != nil {
				voice.Line("Stellar transaction %s", done.Transaction)
			}
		})
	})
}

func (c *Unload) pay(ctx context.Context, s *session, p wallet.Purse) (*Unloaded, error) {
	to := c.To
	if to == "" {
		to = p.Enrolment.Account.String()
	}
	b, err := s.bank(p)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	offer, err := b.Unload(ctx, b.device, c.Amount, to, c.Memo)
	if err != nil {
		return nil, err
	}
	if !c.Yes {
		yes, err := s.voice.Yes(fmt.Sprintf("Take %s out of the purse for %s? The bank keeps %s of it as its fee.", c.Amount, to, offer.Fee))
		if err != nil || !yes {
			return nil, &say.Problem{Exit: say.Failed, Code: string(protocol.CodeDeclined), What: "nothing was unloaded", Err: err}
		}
	}
	signed, err := s.Wallet.Wallet.Pay(now(), offer.Request, wallet.PayParams{Purse: p.ID})
	if err != nil {
		return nil, err
	}
	if _, err := s.sync(ctx, p, false); err != nil {
		return nil, err
	}
	return &Unloaded{Entry: signed.Entry, Amount: c.Amount, Fee: offer.Fee, To: to}, nil
}
