package console

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"kula/anchor"
	"kula/money"
	"kula/web/console/office"
)

// Exports for the regulator: all movements of at least an amount in a period, and the way of one payment's money. Each
// says for what period it is, what it leaves out and why, and carries the SHA-256 of its rows, which also stands in the
// audit trail: so anybody can see later that a file is what the bank gave out.

// exportRows is the most that one file holds; it says when it was cut off.
const exportRows = 50_000

func (s *Server) exports(w http.ResponseWriter, a *Ask) error {
	now := time.Unix(int64(s.office.Now()), 0).UTC() //nolint:gosec // a date
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	v := view{Title: "Exports", Lead: "For the supervisor: what was moved, of at least an amount, in a period. One payment's way is on its own page, under Bills.",
		Forms: []form{{Get: true, To: "/exports/large", Button: "Download", Fields: []shownField{
			{Field: Field{Name: "from", Label: "From (UTC)", Type: "date"}, Value: first.Format(time.DateOnly)},
			{Field: Field{Name: "until", Label: "Until the end of (UTC)", Type: "date"}, Value: now.Format(time.DateOnly)},
			{Field: Field{Name: "least", Label: "Of at least", Hint: "in units of each currency"}, Value: "100000"},
			{Field: Field{Name: "format", Label: "As"}, Options: []string{"CSV", "JSON"}, Value: "CSV"},
		}}}}
	l := list{ID: "given", Title: "Given out before", Empty: "Nothing was exported yet.", Columns: []string{"When", "Who", "What", "Outcome"}}
	l.Read = func(ctx context.Context, _ string, _ int) (rows [][]cell, next string, err error) {
		lines, err := s.office.TrailOf(ctx, exportObject, shownTrail)
		for _, x := range lines {
			rows = append(rows, []cell{stamp(x.At), words(x.Officer), words(x.Detail), words(x.Outcome)})
		}
		return rows, "", err
	}
	return s.show(w, a, v, l)
}

const exportObject = "regulator"

// Export is a file for the regulator, as JSON; the CSV has the same, the head as lines before the rows.
type Export struct {
	Bank    string     `json:"bank"`
	What    string     `json:"what"`
	From    string     `json:"from"`
	Until   string     `json:"until"` // not included
	Least   string     `json:"at_least,omitempty"`
	Made    string     `json:"made"`
	By      string     `json:"by"`
	Count   int        `json:"count"`
	LeftOut []string   `json:"left_out"`
	Trail   string     `json:"audit_trail"` // the line that says so: number, and how its hash begins
	Digest  string     `json:"sha256"`      // of the rows: each as a line of CSV, in order
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
}

// seal computes the digest of the rows.
func (e *Export) seal() error {
	var lines bytes.Buffer
	out := csv.NewWriter(&lines)
	if err := out.WriteAll(e.Rows); err != nil {
		return err
	}
	sum := sha256.Sum256(lines.Bytes())
	e.Count, e.Digest = len(e.Rows), hex.EncodeToString(sum[:])
	return nil
}

var largeColumns = []string{"kind", "time", "reference", "from_name", "from_account", "to_name", "to_account", "currency", "amount", "state", "memo", "officer", "transaction"}

func largeLine(r *anchor.LargeRow) []string {
	side := func(p anchor.Party, address string) (name, account string) {
		if p == (anchor.Party{}) {
			return "", address
		}
		if account = p.Account.String(); p.Purse == [32]byte{} && address != "" {
			account = address
		}
		return p.Name, account
	}
	fromName, from := side(r.From, r.FromText)
	toName, to := side(r.To, r.ToText)
	transaction := ""
	if !r.Stellar.IsZero() {
		transaction = r.Stellar.String()
	}
	line := []string{string(r.Kind), stamp(r.At).whole(), r.Reference, fromName, from, toName, to, r.Asset, r.Amount.String(), r.State, r.Memo, r.Officer, transaction}
	for i := range line {
		line[i] = harmless(line[i])
	}
	return line
}

func (s *Server) exportLarge(w http.ResponseWriter, a *Ask) error {
	from, err1 := time.Parse(time.DateOnly, a.FormValue("from"))
	until, err2 := time.Parse(time.DateOnly, a.FormValue("until"))
	until = until.AddDate(0, 0, 1)
	least, err3 := money.ParseAmount(a.FormValue("least"))
	if err1 != nil || err2 != nil || err3 != nil || from.Unix() < 0 || !from.Before(until) || least < 1 {
		return office.Refuse("an export needs two dates, the first before the second, and an amount above nothing")
	}
	e := &Export{What: "movements of at least an amount", From: from.Format(time.RFC3339), Until: until.Format(time.RFC3339), Least: least.String(), Columns: largeColumns,
		LeftOut: []string{
			"payments between phones that nobody has brought to the bank yet",
			"transfers between the bank's own accounts: they repeat the cash slips",
			"several smaller movements that together reach the amount",
		}}
	for _, kind := range anchor.LargeKinds {
		if err := s.collect(a.Context(), e, anchor.LargePage{Kind: kind, Since: uint64(from.Unix()), Until: uint64(until.Unix()), Least: least, Limit: anchor.MaxPage}); err != nil { //nolint:gosec // not negative
			return err
		}
	}
	return s.giveOut(w, a, e, "movements-"+from.Format(time.DateOnly)+"-"+until.AddDate(0, 0, -1).Format(time.DateOnly))
}

// collect adds all rows of one kind, as far as the file holds them.
func (s *Server) collect(ctx context.Context, e *Export, ask anchor.LargePage) error {
	for {
		page, next, err := s.bank.Large(ctx, ask)
		if err != nil {
			return err
		}
		for i := range page {
			e.Rows = append(e.Rows, largeLine(&page[i]))
		}
		if ask.After = next; next == "" {
			return nil
		}
		if len(e.Rows) >= exportRows {
			e.LeftOut = append(e.LeftOut, "more of the kind “"+string(ask.Kind)+"” than this file holds: ask for a shorter period")
			return nil
		}
	}
}

func (s *Server) chainExport(w http.ResponseWriter, a *Ask) error {
	entry, err := hashOf(a, "entry")
	if err != nil {
		return err
	}
	chain, err := s.bank.Behind(a.Context(), entry)
	if err != nil {
		return err
	}
	first := chain.Rows[0].At
	for _, r := range chain.Rows {
		first = min(first, r.At)
	}
	e := &Export{What: "where the money of payment " + entry.String() + " came from: what each payer had received before, the newest first, until it makes up the amount",
		From: stamp(first).whole(), Until: stamp(chain.Rows[0].At + 1).whole(), LeftOut: chain.LeftOut,
		Columns: []string{"steps_back", "kind", "reference", "from_name", "from_account", "to_name", "to_account", "currency", "amount", "counted", "time"}}
	for i := range chain.Rows {
		r := &chain.Rows[i]
		from, reference := r.From.Account.String(), r.Entry.String()
		if r.Kind == "load" {
			from, reference = r.Sender, strconv.FormatInt(r.Operation, 10)
		}
		line := []string{strconv.Itoa(r.Depth), r.Kind, reference, r.From.Name, from, r.To.Name, r.To.Account.String(), r.Asset, r.Amount.String(), r.Counted.String(), stamp(r.At).whole()}
		for i := range line {
			line[i] = harmless(line[i])
		}
		e.Rows = append(e.Rows, line)
	}
	return s.giveOut(w, a, e, "payment-"+entry.String()[:16])
}

// giveOut sends a file, after it stands in the trail that it was given out.
func (s *Server) giveOut(w http.ResponseWriter, a *Ask, e *Export, name string) error {
	e.Bank, e.By, e.Made = s.cfg.Name, a.Officer.Name, stamp(s.office.Now()).whole()
	if err := e.seal(); err != nil {
		return err
	}
	told := fmt.Sprintf("%s, %s to %s, at least %s: %s, sha256 %s", e.What, e.From, e.Until, e.Least, count(int64(e.Count), "row", "rows"), e.Digest)
	if err := s.office.Note(a.Context(), a.actor(), "export", exportObject, told, "", office.Done); err != nil {
		return err
	}
	newest, err := s.office.Head(a.Context())
	if err != nil {
		return err
	}
	e.Trail = newest.Mark()
	if a.FormValue("format") != "CSV" {
		attach(w, "application/json", "kula-"+name+".json")
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		_ = enc.Encode(e) // who went away is gone
		return nil
	}
	attach(w, "text/csv; charset=utf-8", "kula-"+name+".csv")
	out := csv.NewWriter(w)
	head := [][]string{{"# bank", harmless(e.Bank)}, {"# what", e.What}, {"# from", e.From}, {"# until, not included", e.Until}, {"# at least", e.Least}, {"# made", e.Made, e.By}, {"# audit trail", e.Trail},
		{"# rows", strconv.Itoa(e.Count)}, {"# sha256 of the rows below the column names", e.Digest}}
	for _, why := range e.LeftOut {
		head = append(head, []string{"# left out", why})
	}
	_ = out.WriteAll(append(append(head, e.Columns), e.Rows...)) // who went away is gone
	return nil
}
