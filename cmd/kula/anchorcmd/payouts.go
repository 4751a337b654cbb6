package anchorcmd

import (
	"context"
	"net/http"
	"net/url"

	"kula/cmd/kula/say"
	"kula/httpapi/operatorapi"
)

// Payouts is `kula anchor payouts`.
type Payouts struct {
	List   PayoutList   `cmd:"" default:"withargs" help:"Payouts that are in a state."`
	Retry  PayoutRetry  `cmd:"" help:"Try again one that could not be paid."`
	Return PayoutReturn `cmd:"" help:"Put one that cannot be paid, or whose purse was caught cheating, back into the purse."`
}

// PayoutList is `kula anchor payouts list`.
type PayoutList struct {
	Desk
	State string `help:"Only those: queued, sent, settled, parked, returned." default:"parked"`
}

// Help shows examples.
func (PayoutList) Help() string {
	return "Examples:\n  kula anchor payouts\n  kula anchor payouts --state queued"
}

// Run lists.
func (c *PayoutList) Run(ctx context.Context, voice *say.Voice) error {
	var list operatorapi.Payouts
	if err := c.ask(ctx, http.MethodGet, "/operator/payouts?state="+url.QueryEscape(c.State), nil, &list); err != nil {
		return err
	}
	return voice.Result(list, func() {
		for _, p := range list.Payouts {
			voice.Line("%v  %s %s to %s", p.Id, p.Amount, p.Asset, p.Destination)
		}
		voice.Line("%d payouts %s.", len(list.Payouts), c.State)
	})
}

// PayoutRetry is `kula anchor payouts retry`.
type PayoutRetry struct {
	Desk
	ID string `arg:"" help:"The payout, as the list shows it."`
}

// Help shows examples.
func (PayoutRetry) Help() string { return "Examples:\n  kula anchor payouts retry 17" }

// Run retries.
func (c *PayoutRetry) Run(ctx context.Context, voice *say.Voice) error {
	return c.act(ctx, voice, "/operator/payouts/"+url.PathEscape(c.ID)+"/retry", nil, "It goes out with the next payouts.")
}

// PayoutReturn is `kula anchor payouts return`.
type PayoutReturn struct {
	Desk
	ID string `arg:"" help:"The payout, as the list shows it."`
}

// Help shows examples.
func (PayoutReturn) Help() string { return "Examples:\n  kula anchor payouts return 17" }

// Run returns.
func (c *PayoutReturn) Run(ctx context.Context, voice *say.Voice) error {
	return c.act(ctx, voice, "/operator/payouts/"+url.PathEscape(c.ID)+"/return", nil, "It is back in the purse.")
}
