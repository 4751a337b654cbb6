package walletcmd

import (
	"encoding/csv"
	"fmt"
	"os"
	"strings"
	"time"

	"kula/cmd/kula/say"
	"kula/money"
	"kula/protocol"
	"kula/wallet"
)

func day(unix uint64) string { return time.Unix(int64(unix), 0).Format("2 January 2006") } //nolint:gosec // a date

// Balance is `kula wallet balance`.
type Balance struct{}

// Help shows examples.
func (Balance) Help() string { return "Examples:\n  kula wallet balance\n  kula wallet --json balance" }

// balance is a wallet.Balance in the words of JSON.
type balance struct {
	Purse      protocol.PurseID   `json:"purse"`
	State      string             `json:"state"`
	Bank       string             `json:"bank"`
	Anchor     protocol.AccountID `json:"anchor"`
	Account    protocol.AccountID `json:"account"`
	Asset      string             `json:"asset"`
	Kind       string             `json:"kind"`
	AtBank     money.Amount       `json:"at_bank"`
	AtBankTime uint64             `json:"at_bank_time"`
	Loaded     money.Amount       `json:"loaded"`
	Spendable  money.Amount       `json:"spendable_now"`
	PerBill    money.Amount       `json:"per_bill"`
	Received   money.Amount       `json:"received_not_redeemed"`
	ToBank     money.Amount       `json:"must_reach_the_bank_first"` // of what was received, what cannot be spent before
	PassedOn   money.Amount       `json:"passed_on"`                 // of what was received, what was spent off-line already
	Credited   money.Amount       `json:"redeemed_not_on_sheet"`
	UnderWay   money.Amount       `json:"under_way"`
	GiveBack   money.Amount       `json:"to_give_back"`
	Expiring   []expiring         `json:"expiring"`
}

type expiring struct {
	At     uint64       `json:"at"`
	Amount money.Amount `json:"amount"`
	What   string       `json:"what"`
	Why    string       `json:"why,omitempty"` // it must reach the bank before it can be spent
}

// Run shows.
func (c *Balance) Run(parent *Command, voice *say.Voice) error {
	return parent.with(voice, func(s *session) error {
		held := s.Balances(now())
		list := make([]balance, 0, len(held))
		for _, b := range held {
			list = append(list, balanceOf(b))
		}
		return voice.Result(list, func() { s.tellBalances(held) })
	})
}

func balanceOf(b wallet.Balance) balance {
	out := balance{Purse: b.Purse, State: state(b), Bank: b.AnchorName, Anchor: b.Anchor, Account: b.Account, Asset: say.Asset(b.Asset),
		Kind: b.Kind.String(), AtBank: b.AtBank, AtBankTime: b.AtBankTime, Loaded: b.Loaded, Spendable: b.Spendable, PerBill: b.PerBill,
		Received: b.Received, ToBank: b.ToBank, PassedOn: b.PassedOn, Credited: b.Credited, UnderWay: b.UnderWay, GiveBack: b.GiveBack, Expiring: []expiring{}}
	for _, e := range b.Expiring {
		out.Expiring = append(out.Expiring, expiring{e.At, e.Amount, e.What, string(e.Why)})
	}
	return out
}

// state is what a purse can do, in a word.
func state(b wallet.Balance) string {
	if b.Revoked && b.Phase == wallet.PurseOpen {
		return "revoked by the bank"
	}
	return b.Phase.String()
}

func (s *session) tellBalances(list []wallet.Balance) {
	v := s.voice
	if len(list) == 0 {
		v.Line("No purse yet. Open one:  kula wallet enrol URL --name YOU")
	}
	for _, b := range list {
		show := func(a money.Amount) string { return a.Format(int(b.Decimals)) + " " + b.Asset.CodeString() }
		v.Line("%s, %s purse %s (%s)", b.AnchorName, b.Kind, b.Purse.String()[:8], state(b))
		v.Line("  spendable now, with no network   %s", show(b.Spendable))
		v.Line("  loaded on this device            %s", show(b.Loaded))
		if b.AtBankTime > 0 {
			v.Line("  at the bank, as of %-14s%s", time.Unix(int64(b.AtBankTime), 0).Format("2 Jan 15:04"), show(b.AtBank)) //nolint:gosec // a date
		}
		v.Line("  received, not yet at the bank    %s", show(b.Received))
		tellIf(v, b.PassedOn, "    of that passed on already      %s", show)
		tellIf(v, b.ToBank, "    must reach the bank first      %s", show)
		tellIf(v, b.Credited, "  at the bank, not on a sheet yet  %s", show)
		tellIf(v, b.UnderWay, "  paid, not yet received           %s", show)
		tellIf(v, b.GiveBack, "  paid to you twice: give back     %s", show)
		for _, e := range b.Expiring {
			if e.What == "loaded" {
				v.Line("  refresh before %s, to go on spending off-line", day(e.At))
			} else {
				v.Line("  bring to the bank before %s: %s %s", day(e.At), show(e.Amount), e.What)
			}
		}
	}
}

func tellIf(v *say.Voice, a money.Amount, format string, show func(money.Amount) string) {
	if a != 0 {
		v.Line(format, show(a))
	}
}

// History is `kula wallet history`.
type History struct {
	CSV         bool `help:"As comma-separated values, for a spreadsheet."`
	Undelivered bool `help:"Only payments made that nothing says were received."`
}

// Help shows examples.
func (History) Help() string {
	return `Examples:
  kula wallet history
  kula wallet history --csv > payments.csv
  kula wallet history --undelivered      hand these over again: kula wallet redeliver ENTRY`
}

type row struct {
	Entry       protocol.Hash      `json:"entry"`
	Bill        protocol.Hash      `json:"bill"`
	Act         wallet.Act         `json:"act"`
	At          uint64             `json:"at"`
	Purse       protocol.PurseID   `json:"purse"`
	Other       protocol.AccountID `json:"other,omitzero"`
	OtherName   string             `json:"other_name"`
	Amount      money.Amount       `json:"amount"`
	Asset       string             `json:"asset"`
	Memo        string             `json:"memo"`
	Covered     money.Amount       `json:"covered,omitempty"` // of a payment that the bank has refused
	State       string             `json:"state"`
	Words       string             `json:"words"`
	Deadline    uint64             `json:"deadline,omitempty"`
	GiveBack    bool               `json:"give_back,omitempty"`
	NotReceived bool               `json:"not_yet_received"` // a payment made of which nothing says that they have it
	Refund      protocol.Hash      `json:"refund,omitzero"`  // the payment that refunds this, or that this refunds
	Digits      string             `json:"digits,omitempty"`
	Transaction *protocol.Hash     `json:"transaction,omitempty"`
}

// Run lists.
func (c *History) Run(parent *Command, voice *say.Voice) error {
	return parent.with(voice, func(s *session) error {
		held := s.History(now())
		if c.Undelivered {
			held = s.Undelivered()
		}
		rows := rowsOf(held)
		if c.CSV {
			return writeCSV(voice, rows)
		}
		return voice.Result(rows, func() { tellHistory(voice, rows) })
	})
}

func rowsOf(held []wallet.Row) []row {
	rows := make([]row, 0, len(held))
	for _, r := range held {
		rows = append(rows, rowOf(r))
	}
	return rows
}

func rowOf(r wallet.Row) row {
	out := row{Entry: r.Hash, Bill: r.Bill, Act: r.Act, At: r.At, Purse: r.Purse, Other: r.Other, OtherName: r.OtherName, Amount: r.Amount, Covered: r.Covered,
		Asset: say.Asset(r.Asset), Memo: r.Memo, State: r.State, Words: r.Words, Deadline: r.Deadline, GiveBack: r.GiveBack, Refund: r.Refund,
		NotReceived: r.State == wallet.Ready.String() || r.State == wallet.HandedOver.String()}
	if r.Act != wallet.ActRequested {
		out.Digits = wallet.Digits(r.Hash)
	}
	if !r.Transaction.IsZero() {
		out.Transaction = &r.Transaction
	}
	return out
}

func tellHistory(v *say.Voice, rows []row) {
	if len(rows) == 0 {
		v.Line("Nothing yet.")
	}
	for _, r := range rows {
		who := r.OtherName
		if who == "" && r.Other != (protocol.AccountID{}) {
			who = r.Other.String()[:8] + "…"
		}
		v.Line("%s  %-9s %12s  %-20s %s", time.Unix(int64(r.At), 0).Format("2006-01-02 15:04"), r.Act, r.Amount, who, r.Words) //nolint:gosec // a date
		if r.Memo != "" {
			v.Line("                     %q", r.Memo)
		}
		v.Line("                     %s", r.Entry)
		if r.State == wallet.NotHonoured.String() && r.Act == wallet.ActReceived {
			v.Line("                     the bank covered %s of it; the evidence: kula wallet show %s --out FILE", r.Covered, r.Entry.String()[:12])
		}
		if r.NotReceived {
			v.Line("                     hand over again: kula wallet redeliver %s", r.Entry.String()[:12])
		}
		switch {
		case !r.Refund.IsZero() && r.Act == wallet.ActReceived:
			v.Line("                     given back with %s", r.Refund.String()[:12])
		case !r.Refund.IsZero():
			v.Line("                     gives back %s", r.Refund.String()[:12])
		}
		if r.GiveBack {
			v.Line("                     give it back: kula wallet pay --bill THEIRS --gives-back %s", r.Entry.String()[:12])
		}
	}
}

func writeCSV(voice *say.Voice, rows []row) error {
	w := csv.NewWriter(voice.Out)
	_ = w.Write([]string{"time", "act", "amount", "asset", "other", "other_name", "memo", "state", "entry", "bill", "transaction"}) // Flush keeps the error
	for _, r := range rows {
		tx := ""
		if r.Transaction != nil {
			tx = r.Transaction.String()
		}
		other := ""
		if r.Other != (protocol.AccountID{}) {
			other = r.Other.String()
		}
		at := time.Unix(int64(r.At), 0).UTC().Format(time.RFC3339) //nolint:gosec // a date
		_ = w.Write([]string{at, string(r.Act), r.Amount.String(), r.Asset, other, harmless(r.OtherName), harmless(r.Memo), r.State, r.Entry.String(), r.Bill.String(), tx})
	}
	w.Flush()
	return w.Error()
}

// harmless keeps a spreadsheet from taking somebody's memo for a formula.
func harmless(text string) string {
	if text != "" && (text[0] == '=' || text[0] == '+' || text[0] == '-' || text[0] == '@') {
		return "'" + text
	}
	return text
}

// Show is `kula wallet show`.
type Show struct {
	Hash string `arg:"" help:"The bill or entry, as history shows it; its start is enough."`
	Out  string `help:"Also write the documents to this file: evidence that anybody can check." type:"path"`
}

// Help shows examples.
func (Show) Help() string {
	return "Examples:\n  kula wallet show 3f2a…\n  kula wallet show 3f2a… --out evidence.kula"
}

type shown struct {
	Row       *row       `json:"row,omitempty"`
	Documents []document `json:"documents"`
}

type document struct {
	Type string        `json:"type"`
	Hash protocol.Hash `json:"hash"`
	Body any           `json:"body"`
}

// named finds the bill or entry that the person means by the start of its hash.
func (s *session) named(prefix string) (protocol.Hash, error) {
	if h, err := protocol.ParseHash(prefix); err == nil {
		return h, nil
	}
	var found []protocol.Hash
	for _, r := range s.History(now()) {
		if len(prefix) >= 4 && strings.HasPrefix(r.Hash.String(), strings.TrimSuffix(prefix, "…")) {
			found = append(found, r.Hash)
		}
	}
	if len(found) != 1 {
		return protocol.Hash{}, &say.Problem{Exit: say.Failed, Code: string(wallet.CodeNotKnown), What: fmt.Sprintf("%d bills and payments begin with %q", len(found), prefix),
			Next: "take it from: kula wallet history"}
	}
	return found[0], nil
}

// Run shows.
func (c *Show) Run(parent *Command, voice *say.Voice) error {
	return parent.with(voice, func(s *session) error {
		hash, err := s.named(c.Hash)
		if err != nil {
			return err
		}
		bundle, err := s.Wallet.Wallet.Show(hash)
		if err != nil {
			return err
		}
		if c.Out != "" {
			if err := os.WriteFile(c.Out, bundle.Encode(), 0o600); err != nil {
				return err
			}
		}
		var out shown
		bundle.Each(func(h protocol.Hash, d protocol.Document) {
			out.Documents = append(out.Documents, document{d.Type().String(), h, say.Document(d)})
		})
		for _, r := range s.History(now()) {
			if r.Hash == hash {
				found := rowOf(r)
				out.Row = &found
			}
		}
		return voice.Result(out, func() { tellShown(voice, &out, bundle) })
	})
}

func tellShown(v *say.Voice, s *shown, b *protocol.Bundle) {
	if s.Row != nil {
		tellHistory(v, []row{*s.Row})
		if s.Row.Digits != "" {
			v.Line("                     digits %s", s.Row.Digits)
		}
		if s.Row.Transaction != nil {
			v.Line("                     Stellar transaction %s", s.Row.Transaction)
		}
	}
	v.Line("It is proved by:")
	b.Each(func(h protocol.Hash, d protocol.Document) { v.Line("  %-9s %s", d.Type(), h) })
}
