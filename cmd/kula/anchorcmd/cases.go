package anchorcmd

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"kula/cmd/kula/say"
	"kula/httpapi/operatorapi"
)

// Cases is `kula anchor cases`.
type Cases struct {
	Desk
	Out string `help:"Write each case's evidence into this directory, as PURSE.kula: for kula verify, a court, or the police." type:"path"`
}

// Help shows examples.
func (Cases) Help() string {
	return "Examples:\n  kula anchor cases\n  kula anchor cases --out evidence\n  kula --json anchor cases"
}

// Run lists the purses that were caught.
func (c *Cases) Run(ctx context.Context, voice *say.Voice) error {
	var list operatorapi.Cases
	if err := c.ask(ctx, http.MethodGet, "/operator/cases", nil, &list); err != nil {
		return err
	}
	if c.Out != "" {
		if err := c.save(&list); err != nil {
			return err
		}
	}
	return voice.Result(list, func() {
		for i := range list.Cases {
			tellCase(voice, &list.Cases[i])
		}
		voice.Line("Caught contradicting themselves: %d.", len(list.Cases))
	})
}

func tellCase(voice *say.Voice, c *operatorapi.Case) {
	found := time.Unix(int64(c.FoundAt), 0).UTC().Format(time.DateTime) //nolint:gosec // a date
	voice.Line("%s  %s  %s", c.Purse, found, c.Name)
	voice.Line("    account %s", c.Account)
	voice.Line("    %s at the bank, %s of its payments wait for funds, %s advanced by the bank; %s", c.AtBank, c.FundsWaiting, c.Advanced, c.Asset)
}

// save writes files that only the officer can read: who was caught is for the bank to tell.
func (c *Cases) save(list *operatorapi.Cases) error {
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return err
	}
	for i := range list.Cases {
		name := filepath.Join(c.Out, list.Cases[i].Purse.String()+".kula")
		if err := os.WriteFile(name, list.Cases[i].Evidence, 0o600); err != nil {
			return err
		}
	}
	return nil
}
