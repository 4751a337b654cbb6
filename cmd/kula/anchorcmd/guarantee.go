package anchorcmd

import (
	"cmp"
	"context"
	"crypto/rand"
	"net/http"

	"kula/cmd/kula/say"
	"kula/httpapi/operatorapi"
	"kula/money"
)

// Guarantee is `kula anchor guarantee`.
type Guarantee struct {
	Show  GuaranteeShow  `cmd:"" default:"withargs" help:"What the guarantee holds, and who owes it."`
	Fund  GuaranteeFund  `cmd:"" help:"Move the bank's own money into it."`
	Lower GuaranteeLower `cmd:"" help:"Cover less of each bill than the sheets say."`
}

// GuaranteeShow is `kula anchor guarantee show`.
type GuaranteeShow struct{ Desk }

// Help shows examples.
func (GuaranteeShow) Help() string {
	return "Examples:\n  kula anchor guarantee\n  kula --json anchor guarantee"
}

// Run shows.
func (c *GuaranteeShow) Run(ctx context.Context, voice *say.Voice) error {
	var all operatorapi.GuaranteeList
	if err := c.ask(ctx, http.MethodGet, "/operator/guarantee", nil, &all); err != nil {
		return err
	}
	return voice.Result(all, func() {
		for _, g := range all.Guarantee {
			voice.Line("%s", g.Asset)
			voice.Line("  in the guarantee %20s   on its way there %s", g.Fund, g.UnderWay)
			voice.Line("  paid and not back %19s   at most %s for one purse", g.Claims, g.CapPerPurse)
			voice.Line("  lent and not back %19s   at most %s to one purse", g.Lent, g.CreditLine)
			for _, o := range g.Owing {
				voice.Line("  %s  %-12s %s owes %s to the guarantee and %s of credit", o.Purse, o.State, o.Name, o.Guarantee, o.Credit)
			}
			voice.Line("  Anybody can pay into it: %s", g.Address)
		}
	})
}

// GuaranteeFund is `kula anchor guarantee fund`.
type GuaranteeFund struct {
	Desk
	Officer
	Amount money.Amount `arg:"" help:"How much, e.g. 100000."`
	Asset  *string      `help:"The currency, where the bank has several: its code, or CODE:ISSUER."`
	Key    string       `help:"A name for this act that is used once: repeating the command with it does nothing new. Made up without it."`
}

// Help shows examples.
func (GuaranteeFund) Help() string {
	return "Examples:\n  kula anchor guarantee fund 100000\n  kula anchor guarantee fund 100000 --asset VUV --officer mere --key guarantee-2026-11"
}

// Run orders the transfer.
func (c *GuaranteeFund) Run(ctx context.Context, voice *say.Voice) error {
	ask := operatorapi.FundingRequest{Amount: c.Amount, Asset: c.Asset, Officer: c.Officer.Officer, IdempotencyKey: cmp.Or(c.Key, rand.Text())}
	var order operatorapi.Funding
	if err := c.ask(ctx, http.MethodPost, "/operator/guarantee/fund", ask, &order); err != nil {
		return err
	}
	return voice.Result(order, func() {
		voice.Line("%s %s goes from the treasury to the guarantee, as payout %d. It counts when the ledger has it.", order.Amount, order.Asset, order.Payout)
	})
}

// GuaranteeLower is `kula anchor guarantee lower`.
type GuaranteeLower struct {
	Desk
	Guaranteed money.Amount `arg:"" help:"What is covered of one bill at most."`
	Purse      *string      `help:"Only for the bills that this purse pays (hex); for all purses without it."`
}

// Help shows examples.
func (GuaranteeLower) Help() string {
	return "Examples:\n  kula anchor guarantee lower 1000\n  kula anchor guarantee lower 0 --purse 3f2a…"
}

// Run lowers.
func (c *GuaranteeLower) Run(ctx context.Context, voice *say.Voice) error {
	body := map[string]any{"guaranteed": c.Guaranteed}
	if c.Purse != nil {
		body["purse"] = *c.Purse
	}
	return c.act(ctx, voice, "/operator/guarantee/lower", body, "Said in the newest notice. What sheets say above that is not covered any more.")
}
