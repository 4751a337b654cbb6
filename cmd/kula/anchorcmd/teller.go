package anchorcmd

import (
	"cmp"
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"time"

	"kula/cmd/kula/say"
	"kula/httpapi/operatorapi"
	"kula/money"
	"kula/protocol"
)

// Teller is `kula anchor teller`.
type Teller struct {
	In     TellerIn     `cmd:"" help:"Take cash over the counter and load it into a purse."`
	Out    TellerOut    `cmd:"" help:"Give cash for money that a purse unloaded to the counter."`
	Drawer TellerDrawer `cmd:"" help:"What an officer's drawer should hold."`
}

// Officer is who acts.
type Officer struct {
	Officer string `help:"Who stands at the counter." default:"${user}"`
}

type cash struct {
	Desk
	Officer
	Purse  string       `arg:"" help:"The purse (hex)."`
	Amount money.Amount `arg:"" help:"How much, e.g. 5000."`
	Key    string       `help:"A name for this act that is used once: repeating the command with it does nothing new. Made up without it."`
}

// Help shows examples.
func (cash) Help() string {
	return `Examples:
  kula anchor teller in 3f2a… 5000 --officer mere --key counter1-0042
  kula anchor teller out 3f2a… 2000 --officer mere`
}

func (c *cash) run(ctx context.Context, voice *say.Voice, direction string) error {
	id, err := protocol.ParseHash(c.Purse)
	if err != nil {
		return say.Misuse("%q is not a purse: it is 64 hex digits, as kula anchor purses shows", c.Purse)
	}
	ask := operatorapi.TellerRequest{Purse: protocol.PurseID(id), Amount: c.Amount, Officer: c.Officer.Officer, IdempotencyKey: cmp.Or(c.Key, rand.Text())}
	var slip operatorapi.TellerSlip
	if err := c.ask(ctx, http.MethodPost, "/operator/teller/"+direction, ask, &slip); err != nil {
		return err
	}
	return voice.Result(slip, func() { printSlip(voice, &slip) })
}

func printSlip(voice *say.Voice, s *operatorapi.TellerSlip) {
	word := "cash in"
	if s.Direction == "out" {
		word = "cash out"
	}
	voice.Line("---------------- receipt ----------------")
	voice.Line("No. %d   %s   %s", s.Number, word, time.Unix(int64(s.At), 0).Format("2 Jan 2006 15:04")) //nolint:gosec // a date
	voice.Line("%s %s", s.Amount, s.Asset)
	voice.Line("account %s", s.Account)
	voice.Line("officer %s", s.Officer)
	voice.Line("-----------------------------------------")
}

// TellerIn is `kula anchor teller in`.
type TellerIn struct{ cash }

// Run takes cash.
func (c *TellerIn) Run(ctx context.Context, voice *say.Voice) error { return c.run(ctx, voice, "in") }

// TellerOut is `kula anchor teller out`.
type TellerOut struct{ cash }

// Run gives cash.
func (c *TellerOut) Run(ctx context.Context, voice *say.Voice) error { return c.run(ctx, voice, "out") }

// TellerDrawer is `kula anchor teller drawer`.
type TellerDrawer struct {
	Desk
	Officer
}

// Help shows examples.
func (TellerDrawer) Help() string { return "Examples:\n  kula anchor teller drawer --officer mere" }

// Run reports.
func (c *TellerDrawer) Run(ctx context.Context, voice *say.Voice) error {
	var drawer operatorapi.Drawer
	if err := c.ask(ctx, http.MethodGet, "/operator/teller/drawer?officer="+url.QueryEscape(c.Officer.Officer), nil, &drawer); err != nil {
		return err
	}
	return voice.Result(drawer, func() {
		for _, s := range drawer.Slips {
			voice.Line("No. %d  %-3s %12s %s", s.Number, s.Direction, s.Amount, s.Asset)
		}
		for _, cash := range drawer.Cash {
			voice.Line("%s's drawer should hold %s %s more than when it was handed over", drawer.Officer, cash.Amount, cash.Asset)
		}
	})
}
