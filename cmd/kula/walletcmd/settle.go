package walletcmd

import (
	"context"
	"errors"
	"time"

	"kula/cmd/kula/say"
	"kula/httpapi/client"
	"kula/protocol"
	"kula/wallet"
)

// Sync is `kula wallet sync`.
type Sync struct {
	Purse string        `help:"Only this purse, by the start of its id."`
	Watch bool          `help:"Go on: sync whenever there is a connection, until Ctrl-C."`
	Every time.Duration `help:"With --watch: how often." default:"30s"`
}

// Help shows examples.
func (Sync) Help() string {
	return `Examples:
  kula wallet sync
  kula wallet sync --watch --every 5m`
}

// Run syncs once, or goes on.
func (c *Sync) Run(ctx context.Context, parent *Command, voice *say.Voice) error {
	for {
		err := parent.with(voice, func(s *session) error { return syncAll(ctx, s, c.Purse, false) })
		if !c.Watch {
			return err
		}
		if err != nil && ctx.Err() == nil {
			voice.Note("%s", err)
		}
		if !pause(ctx, c.Every) {
			return nil
		}
	}
}

// pause waits, and reports whether to go on.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// Refresh is `kula wallet refresh`.
type Refresh struct {
	Purse string `help:"Only this purse, by the start of its id."`
}

// Help shows examples.
func (Refresh) Help() string {
	return "Examples:\n  kula wallet refresh"
}

// Run refreshes.
func (c *Refresh) Run(ctx context.Context, parent *Command, voice *say.Voice) error {
	return parent.with(voice, func(s *session) error { return syncAll(ctx, s, c.Purse, true) })
}

func syncAll(ctx context.Context, s *session, prefix string, refresh bool) error {
	all := []*synced{}
	var failed error
	retired := 0
	for _, p := range s.Purses() {
		if p.Phase == wallet.PurseRetired {
			retired++
			failed = errors.Join(failed, s.present(ctx, p))
		}
	}
	purses, err := s.openPurses(prefix)
	if err != nil && retired > 0 && prefix == "" && !refresh {
		return errors.Join(failed, s.voice.Result(all, func() { s.tellSynced(nil) })) // only what is left of an old phone
	}
	if err != nil {
		return errors.Join(failed, err)
	}
	for _, p := range purses {
		done, err := s.sync(ctx, p, refresh)
		if err != nil {
			failed = errors.Join(failed, err) // one bank that is away does not keep the others waiting
			continue
		}
		all = append(all, done)
	}
	if len(all) > 0 {
		if err := s.voice.Result(all, func() { s.tellSynced(all) }); err != nil {
			return err
		}
	}
	return failed
}

func (s *session) tellSynced(all []*synced) {
	for _, d := range all {
		s.voice.Line("%s: brought %d, got %d receipts and %d new sheets.", d.Bank, d.Presented, len(d.Receipts), d.Sheets)
		for _, n := range d.news {
			s.tellNews(n)
		}
		for _, n := range d.Cases {
			s.voice.Line("  your complaint has number %d at the bank", n)
		}
		if d.Coming > 0 {
			s.voice.Line("  %s from the counter is on its way: sync again in a minute", d.Coming)
		}
		for _, p := range d.Problems {
			s.voice.Line("  %s: %s", p.Document, p.Detail)
		}
	}
	s.tellBalances(s.Balances(now()))
}

func (s *session) tellNews(n *wallet.News) {
	for _, r := range n.Receipts {
		if r.Outcome == protocol.Honoured {
			s.voice.Line("  honoured: %s (entry %s)", r.Amount, r.Entry)
			continue
		}
		s.voice.Line("  NOT honoured: %s, because %s; the bank covered %s of it (entry %s)", r.Amount, say.Reason(r.Reason), r.Covered, r.Entry)
	}
	for _, p := range n.Payouts {
		s.voice.Line("  paid out on Stellar: transaction %s", p.Transaction)
	}
	if n.Heard != nil {
		s.tellAlarms(n.Heard)
	}
	if n.ClockAhead > 0 {
		s.voice.Line("  This device's clock is ahead of the bank's. Set it right, or tell the wallet:  kula wallet date")
	}
}

// Settle is `kula wallet settle`.
type Settle struct {
	Purse   string        `help:"Only this purse, by the start of its id."`
	Wait    bool          `help:"Wait until everything received is honoured, and paid out where the purse pays out."`
	Timeout time.Duration `help:"With --wait: how long." default:"2m"`
}

// Help shows examples.
func (Settle) Help() string {
	return `Examples:
  kula wallet settle
  kula wallet --home ./shop settle --wait       prints the Stellar transactions that paid it out`
}

// Settled is what settle says in JSON.
type Settled struct {
	Entry       protocol.Hash  `json:"entry"`
	Act         wallet.Act     `json:"act"`
	Amount      string         `json:"amount"`
	State       string         `json:"state"`
	Transaction *protocol.Hash `json:"transaction,omitempty"`
}

// Run redeems.
func (c *Settle) Run(ctx context.Context, parent *Command, voice *say.Voice) error {
	return parent.with(voice, func(s *session) error {
		purses, err := s.openPurses(c.Purse)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, c.Timeout)
		defer cancel()
		before := map[protocol.Hash]bool{} // what needs no more settling
		for _, r := range s.History(now()) {
			before[r.Hash] = s.settled(r)
		}
		for _, p := range purses {
			if err := s.settle(ctx, p, c.Wait); err != nil {
				return err
			}
		}
		rows := s.settledRows(before)
		return voice.Result(rows, func() { tellSettled(voice, rows) })
	})
}

// settle syncs a purse, with wait until nothing of it is unsettled.
func (s *session) settle(ctx context.Context, p wallet.Purse, wait bool) error {
	for delay := 200 * time.Millisecond; ; delay = min(2*delay, 3*time.Second) {
		if _, err := s.sync(ctx, p, false); err != nil && (!wait || !errors.Is(err, client.ErrOffline)) {
			return err
		}
		if !wait || s.allSettled(p.ID) {
			return nil
		}
		if !pause(ctx, delay) {
			return &say.Problem{Exit: say.NotYet, Code: "not_yet", What: "not everything is settled yet", Next: "nothing is lost: run it again later", Err: ctx.Err()}
		}
	}
}

func (s *session) allSettled(id protocol.PurseID) bool {
	for _, r := range s.History(now()) {
		if r.Purse == id && !s.settled(r) {
			return false
		}
	}
	return true
}

// settled reports whether the bank has nothing more to do about a row.
func (s *session) settled(r wallet.Row) bool {
	if r.Act == wallet.ActRequested || r.Deadline == 0 && r.State != wallet.Credited.String() && r.State != wallet.Honoured.String() {
		return true
	}
	switch r.State {
	case wallet.Credited.String(): // also the word of a payment that was honoured
		p, err := s.Wallet.Wallet.Purse(r.Purse)
		toStellar := r.Act == wallet.ActUnloaded || r.Act == wallet.ActReceived && err == nil && p.Enrolment.Kind == protocol.PayoutKind
		return !toStellar || !r.Transaction.IsZero()
	case wallet.PaidOut.String(), wallet.NotHonoured.String(), "lapsed":
		return true
	}
	return false
}

func (s *session) settledRows(before map[protocol.Hash]bool) []Settled {
	rows := []Settled{}
	for _, r := range s.History(now()) {
		if before[r.Hash] || r.Act == wallet.ActRequested {
			continue
		}
		row := Settled{Entry: r.Hash, Act: r.Act, Amount: r.Amount.String(), State: r.State}
		if !r.Transaction.IsZero() {
			row.Transaction = &r.Transaction
		}
		rows = append(rows, row)
	}
	return rows
}

func tellSettled(voice *say.Voice, rows []Settled) {
	if len(rows) == 0 {
		voice.Line("Everything is settled.")
	}
	for _, r := range rows {
		voice.Line("%s %s: %s", r.Act, r.Amount, r.State)
		if r.Transaction != nil {
			voice.Line("  Stellar transaction %s", r.Transaction)
		}
	}
}

// waitForPayout waits until an entry's money is on Stellar.
func (s *session) waitForPayout(ctx context.Context, p wallet.Purse, entry protocol.Hash) (*protocol.Hash, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for delay := 200 * time.Millisecond; ; delay = min(2*delay, 3*time.Second) {
		for _, r := range s.History(now()) {
			if r.Hash == entry && !r.Transaction.IsZero() {
				return &r.Transaction, nil
			}
		}
		if !pause(ctx, delay) {
			return nil, &say.Problem{Exit: say.NotYet, Code: "not_yet", What: "the money is not on Stellar yet", Next: "nothing is lost: look again with kula wallet settle --wait", Err: ctx.Err()}
		}
		if _, err := s.sync(ctx, p, false); err != nil && !errors.Is(err, client.ErrOffline) {
			return nil, err
		}
	}
}
