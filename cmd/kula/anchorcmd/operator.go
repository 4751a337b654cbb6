package anchorcmd

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"kula/cmd/kula/say"
	"kula/httpapi/operatorapi"
)

// Desk is how the operator's commands reach the running anchor.
type Desk struct {
	Home Home   `help:"The anchor's directory: its operator.token opens the desk." default:"./var/anchor" type:"path"`
	URL  string `help:"The operator's address of the running anchor." default:"http://127.0.0.1:8422"`
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

// Help shows examples.
func (Accounts) Help() string { return "Examples:\n  kula anchor accounts" }

// Run lists who has an account.
func (c *Accounts) Run(ctx context.Context, voice *say.Voice) error {
	var list operatorapi.Accounts
	if err := c.ask(ctx, http.MethodGet, "/operator/accounts", nil, &list); err != nil {
		return err
	}
	return voice.Result(list, func() {
		for _, a := range list.Accounts {
			voice.Line("%s  %-24s %d purses", a.Account, a.Name, len(a.Purses))
		}
		voice.Line("%d accounts.", len(list.Accounts))
	})
}

// Purses is `kula anchor purses`.
type Purses struct{ Desk }

// Help shows examples.
func (Purses) Help() string { return "Examples:\n  kula anchor purses\n  kula --json anchor purses" }

// Run lists the purses.
func (c *Purses) Run(ctx context.Context, voice *say.Voice) error {
	var all operatorapi.Purses
	for {
		var page operatorapi.Purses
		if err := c.ask(ctx, http.MethodGet, "/operator/purses?after="+strconv.FormatInt(all.Next, 10), nil, &page); err != nil {
			return err
		}
		all.Purses = append(all.Purses, page.Purses...)
		if len(page.Purses) == 0 || page.Next <= all.Next {
			break
		}
		all.Next = page.Next
	}
	return voice.Result(all, func() {
		for _, p := range all.Purses {
			voice.Line("%s  %-12s %-12s %-10s %14s %s", p.Purse, p.State, p.Kind, p.Tier, p.AtBank, p.Asset)
			if open := p.CreditUsed + p.GuaranteePaid; open > 0 {
				voice.Line("    the bank paid %s for it and has not got that back", open)
			}
		}
		voice.Line("%d purses.", len(all.Purses))
	})
}

// Books is `kula anchor books`.
type Books struct{ Desk }

// Help shows examples.
func (Books) Help() string {
	return "Exit code 0 only if the books balance and agree with the ledger.\n\nExamples:\n  kula anchor books\n  kula --json anchor books"
}

// Run shows the trial balance, and fails when the books do not agree with the ledger.
func (c *Books) Run(ctx context.Context, voice *say.Voice) error {
	var books operatorapi.Books
	if err := c.ask(ctx, http.MethodGet, "/operator/books", nil, &books); err != nil {
		return err
	}
	problem := problemIn(&books)
	if err := voice.Result(books, func() { tellBooks(voice, &books, problem) }); err != nil || problem == "" {
		return err
	}
	return &say.Problem{Exit: say.Failed, Code: "books_differ", What: problem,
		Next: "see docs/operators-guide.md, \"When the books do not agree\""}
}

// problemIn says what is wrong with the books; empty: nothing.
func problemIn(books *operatorapi.Books) string {
	if books.Problem != nil && *books.Problem != "" {
		return *books.Problem
	}
	for _, r := range books.Reserve {
		if !r.Agrees {
			return fmt.Sprintf("the books and the ledger do not agree about %s", r.Asset)
		}
	}
	return ""
}

func tellBooks(voice *say.Voice, books *operatorapi.Books, problem string) {
	for _, l := range books.Lines {
		voice.Line("%-90s %20s %s", l.Account, l.Balance, l.Asset)
	}
	for _, r := range books.Reserve {
		voice.Line("Reserve of %s: %s in the books, %s on the ledger, %s under way", r.Asset, r.Books, r.Ledger, r.UnderWay)
	}
	if problem == "" {
		voice.Line("The books balance, and agree with the ledger.")
	}
}

// Suspense is `kula anchor suspense`.
type Suspense struct {
	List   SuspenseList   `cmd:"" default:"withargs" help:"Money that came without a usable reference."`
	Place  SuspensePlace  `cmd:"" help:"Credit it to a purse, once it is known whose it is."`
	Return SuspenseReturn `cmd:"" help:"Send it back to where it came from."`
}

// SuspenseList is `kula anchor suspense list`.
type SuspenseList struct{ Desk }

// Help shows examples.
func (SuspenseList) Help() string { return "Examples:\n  kula anchor suspense" }

// Run lists.
func (c *SuspenseList) Run(ctx context.Context, voice *say.Voice) error {
	var list operatorapi.SuspenseList
	if err := c.ask(ctx, http.MethodGet, "/operator/suspense", nil, &list); err != nil {
		return err
	}
	return voice.Result(list, func() {
		for _, i := range list.Suspense {
			voice.Line("%s  %s %s from %s: %s", i.Operation, i.Amount, i.Asset, i.From, i.Reason)
		}
		voice.Line("%d items in suspense.", len(list.Suspense))
	})
}

// SuspensePlace is `kula anchor suspense place`.
type SuspensePlace struct {
	Desk
	Operation string `arg:"" help:"The item, as the list shows it."`
	Purse     string `arg:"" help:"The purse (hex)."`
}

// Help shows examples.
func (SuspensePlace) Help() string {
	return "Examples:\n  kula anchor suspense place 12884905985 3f2a…"
}

// Run places.
func (c *SuspensePlace) Run(ctx context.Context, voice *say.Voice) error {
	return c.act(ctx, voice, "/operator/suspense/"+url.PathEscape(c.Operation)+"/place", map[string]string{"purse": c.Purse}, "Placed.")
}

// SuspenseReturn is `kula anchor suspense return`.
type SuspenseReturn struct {
	Desk
	Operation string `arg:"" help:"The item, as the list shows it."`
}

// Help shows examples.
func (SuspenseReturn) Help() string { return "Examples:\n  kula anchor suspense return 12884905985" }

// Run returns.
func (c *SuspenseReturn) Run(ctx context.Context, voice *say.Voice) error {
	return c.act(ctx, voice, "/operator/suspense/"+url.PathEscape(c.Operation)+"/return", nil, "It goes back with the next payouts.")
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
	Purse string `arg:"" help:"The purse (hex)."`
	Undo  bool   `help:"Unfreeze."`
}

// Help shows examples.
func (Freeze) Help() string {
	return "Examples:\n  kula anchor freeze 3f2a…\n  kula anchor freeze 3f2a… --undo"
}

// Run freezes or unfreezes.
func (c *Freeze) Run(ctx context.Context, voice *say.Voice) error {
	verb, done := "freeze", "Frozen: no new sheets and no payouts. Payments made before are still redeemed while funds last."
	if c.Undo {
		verb, done = "unfreeze", "No longer frozen."
	}
	return c.act(ctx, voice, "/operator/purses/"+url.PathEscape(c.Purse)+"/"+verb, nil, done)
}

// Tier is `kula anchor tier`.
type Tier struct {
	Desk
	Purse string `arg:"" help:"The purse (hex)."`
	Tier  string `arg:"" help:"A tier of the charter."`
}

// Help shows examples.
func (Tier) Help() string { return "Examples:\n  kula anchor tier 3f2a… shop" }

// Run sets.
func (c *Tier) Run(ctx context.Context, voice *say.Voice) error {
	return c.act(ctx, voice, "/operator/purses/"+url.PathEscape(c.Purse)+"/tier", map[string]string{"tier": c.Tier}, "Its next sheet has the limits of that tier.")
}

// Revoke is `kula anchor revoke`.
type Revoke struct {
	Desk
	Purse     string  `arg:"" help:"The purse (hex) of the phone that is lost or stolen."`
	Successor *string `help:"The purse of the new phone, if there is one: what is left goes there."`
}

// Help shows examples.
func (Revoke) Help() string {
	return "Examples:\n  kula anchor revoke 3f2a…\n  kula anchor revoke 3f2a… --successor 99b0…"
}

// Run revokes.
func (c *Revoke) Run(ctx context.Context, voice *say.Voice) error {
	body := map[string]string{}
	if c.Successor != nil {
		body["successor"] = *c.Successor
	}
	return c.act(ctx, voice, "/operator/purses/"+url.PathEscape(c.Purse)+"/revoke", body,
		"Revoked, and named in the next notice. What is left comes back when its last sheet can no longer be redeemed.")
}

// Extend is `kula anchor extend`.
type Extend struct {
	Desk
	From time.Time `arg:"" help:"First moment that moves, e.g. 2026-12-01T00:00:00Z."`
	To   time.Time `arg:"" help:"What every expiry and deadline from then on and before this moment is read as."`
}

// Help shows examples.
func (Extend) Help() string {
	return "Examples:\n  kula anchor extend 2026-12-01T00:00:00Z 2027-01-15T00:00:00Z"
}

// Run extends.
func (c *Extend) Run(ctx context.Context, voice *say.Voice) error {
	body := map[string]any{"from": c.From.Unix(), "to": c.To.Unix()}
	return c.act(ctx, voice, "/operator/extensions", body,
		fmt.Sprintf("Every date from %s on is now read as %s.", c.From.Format(time.DateOnly), c.To.Format(time.DateOnly)))
}
