package anchorcmd

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"kula/cmd/kula/say"
	"kula/httpapi/operatorapi"
)

// Desk is how the operator's commands reach the running anchor.
type Desk struct {
	Home    Home   `help:"The anchor's directory: its operator.token opens the desk." default:"./var/anchor" type:"path"`
	URL     string `help:"The operator's address of the running anchor." default:"http://127.0.0.1:8422"`
	Officer string `help:"Who acts, for the audit trail." default:"${user}"`
}

// maxAnswer bounds what is read of an answer.
const maxAnswer = 16 << 20

// ask sends one request to the anchor's operator API.
func (d *Desk) ask(ctx context.Context, method, path string, body, into any) error {
	token, err := say.SecretFile(d.Home.Token())
	if err != nil {
		return &say.Problem{Exit: say.Failed, Code: "no_token", What: err.Error(), Next: "say where the anchor's directory is: --home", Err: err}
	}
	var payload bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&payload).Encode(body); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, d.URL+path, &payload)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return &say.Problem{Exit: say.NoRoute, Code: "no_route", What: "the anchor does not answer at " + d.URL,
			Next: "start it: kula anchor serve --home " + string(d.Home), Err: err}
	}
	defer answer.Body.Close() //nolint:errcheck // only read
	return readAnswer(answer, into)
}

func readAnswer(answer *http.Response, into any) error {
	data, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("the anchor's answer broke off: %w", err)
	}
	if answer.StatusCode < http.StatusMultipleChoices {
		if into == nil || len(data) == 0 {
			return nil
		}
		return json.Unmarshal(data, into)
	}
	var problem operatorapi.Problem
	if json.Unmarshal(data, &problem) != nil || problem.Code == "" {
		return fmt.Errorf("the anchor answered %s", answer.Status)
	}
	return &say.Problem{Exit: say.Failed, Code: problem.Code, What: problem.Detail}
}

// Accounts is `kula anchor accounts`.
type Accounts struct{ Desk }

// Run lists who has an account.
func (c *Accounts) Run(ctx context.Context, voice *say.Voice) error {
	var list operatorapi.Accounts
	if err := c.ask(ctx, http.MethodGet, "/operator/accounts", nil, &list); err != nil {
		return err
	}
	return voice.Result(list, func() {
		for _, a := range list.Accounts {
			voice.Line("%s  %-24s %-8s %d purses", a.Account, a.Name, a.Tier, len(a.Purses))
		}
		voice.Line("%d accounts.", len(list.Accounts))
	})
}

// Purses is `kula anchor purses`.
type Purses struct{ Desk }

// Run lists the purses.
func (c *Purses) Run(ctx context.Context, voice *say.Voice) error {
	var list operatorapi.Purses
	if err := c.ask(ctx, http.MethodGet, "/operator/purses", nil, &list); err != nil {
		return err
	}
	return voice.Result(list, func() {
		for _, p := range list.Purses {
			voice.Line("%s  %-10s %-12s %12s %s", p.Purse, p.State, p.Kind, p.AtBank, p.Asset)
		}
		voice.Line("%d purses.", len(list.Purses))
	})
}

// Books is `kula anchor books`.
type Books struct{ Desk }

// Run shows the trial balance, and fails when the books do not agree with the ledger.
func (c *Books) Run(ctx context.Context, voice *say.Voice) error {
	var books operatorapi.Books
	if err := c.ask(ctx, http.MethodGet, "/operator/books", nil, &books); err != nil {
		return err
	}
	err := voice.Result(books, func() { tellBooks(voice, &books) })
	if err != nil || books.Balanced {
		return err
	}
	return &say.Problem{Exit: say.Failed, Code: "books_differ", What: "the books and the ledger do not agree",
		Next: "see docs/operators-guide.md, \"When the books do not agree\""}
}

func tellBooks(voice *say.Voice, books *operatorapi.Books) {
	for _, l := range books.Accounts {
		voice.Line("%-90s %20s %s", l.Account, l.Balance, l.Asset)
	}
	for _, r := range books.Reserves {
		if !r.Known {
			voice.Line("The ledger did not answer: the reserve of %s is not known now; %s is owed.", r.Asset, r.Owed)
			continue
		}
		voice.Line("Reserve on the ledger: %s, owed: %s %s", r.Held, r.Owed, r.Asset)
	}
	if books.Balanced {
		voice.Line("The books balance, and agree with the ledger.")
	}
}

// Suspense is `kula anchor suspense`.
type Suspense struct {
	List   SuspenseList   `cmd:"" default:"1" help:"Money that came without a usable reference."`
	Place  SuspensePlace  `cmd:"" help:"Credit it to a purse, once it is known whose it is."`
	Return SuspenseReturn `cmd:"" help:"Send it back to where it came from."`
}

// SuspenseList lists what is in suspense.
type SuspenseList struct{ Desk }

// Run lists.
func (c *SuspenseList) Run(ctx context.Context, voice *say.Voice) error {
	var list operatorapi.SuspenseList
	if err := c.ask(ctx, http.MethodGet, "/operator/suspense", nil, &list); err != nil {
		return err
	}
	return voice.Result(list, func() {
		for _, i := range list.Items {
			voice.Line("%v  %s %s from %s: %s", i.Id, i.Amount, i.Asset, i.From, i.Reason)
		}
		voice.Line("%d items in suspense.", len(list.Items))
	})
}

// SuspensePlace credits an item to a purse.
type SuspensePlace struct {
	Desk
	ID    string `arg:"" help:"The item."`
	Purse string `arg:"" help:"The purse (hex)."`
}

// Run places.
func (c *SuspensePlace) Run(ctx context.Context, voice *say.Voice) error {
	return c.act(ctx, voice, "/operator/suspense/"+url.PathEscape(c.ID)+"/place", map[string]string{"purse": c.Purse, "officer": c.Officer}, "Placed.")
}

// SuspenseReturn sends an item back.
type SuspenseReturn struct {
	Desk
	ID     string `arg:"" help:"The item."`
	Reason string `help:"Why." required:""`
}

// Run returns.
func (c *SuspenseReturn) Run(ctx context.Context, voice *say.Voice) error {
	return c.act(ctx, voice, "/operator/suspense/"+url.PathEscape(c.ID)+"/return", reason{c.Officer, c.Reason}, "It goes back with the next payouts.")
}

type reason struct {
	Officer string `json:"officer"`
	Reason  string `json:"reason"`
}

// act is a request whose answer is only that it was done.
func (d *Desk) act(ctx context.Context, voice *say.Voice, path string, body any, done string) error {
	if err := d.ask(ctx, http.MethodPost, path, body, nil); err != nil {
		return err
	}
	return voice.Result(map[string]bool{"done": true}, func() { voice.Line("%s", done) })
}

// Freeze is `kula anchor freeze`.
type Freeze struct {
	Desk
	Purse  string `arg:"" help:"The purse (hex)."`
	Reason string `help:"Why." required:""`
	Undo   bool   `help:"Unfreeze."`
}

// Run freezes or unfreezes.
func (c *Freeze) Run(ctx context.Context, voice *say.Voice) error {
	verb, done := "freeze", "Frozen: no new sheets and no payouts. Payments made before are still redeemed while funds last."
	if c.Undo {
		verb, done = "unfreeze", "No longer frozen."
	}
	return c.act(ctx, voice, "/operator/purses/"+url.PathEscape(c.Purse)+"/"+verb, reason{c.Officer, c.Reason}, done)
}

// Revoke is `kula anchor revoke`.
type Revoke struct {
	Desk
	Purse     string  `arg:"" help:"The purse (hex) of the phone that is lost or stolen."`
	Reason    string  `help:"Why." required:""`
	Successor *string `help:"The purse of the new phone, if there is one: what is left goes there."`
}

// Run revokes.
func (c *Revoke) Run(ctx context.Context, voice *say.Voice) error {
	body := struct {
		reason
		Successor *string `json:"successor,omitempty"`
	}{reason{c.Officer, c.Reason}, c.Successor}
	return c.act(ctx, voice, "/operator/purses/"+url.PathEscape(c.Purse)+"/revoke", body,
		"Revoked, and named in the next notice. What is left comes back when its last sheet can no longer be redeemed.")
}

// Extend is `kula anchor extend`.
type Extend struct {
	Desk
	From time.Time `arg:"" help:"First moment that moves, e.g. 2026-12-01T00:00:00Z."`
	To   time.Time `arg:"" help:"What every expiry and deadline before it is read as."`
}

// Run extends.
func (c *Extend) Run(ctx context.Context, voice *say.Voice) error {
	body := map[string]any{"from": c.From.Unix(), "to": c.To.Unix(), "officer": c.Officer}
	return c.act(ctx, voice, "/operator/extensions", body,
		fmt.Sprintf("Every date from %s is now read as %s.", c.From.Format(time.DateOnly), c.To.Format(time.DateOnly)))
}
