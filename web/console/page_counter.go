package console

import (
	"context"
	"crypto/rand"
	"net/http"
	"time"

	"kula/anchor"
	"kula/money"
	"kula/web/console/office"
)

// The counter is used standing, with somebody waiting: find the person, the amount, look once more, done. What is
// booked is an act like any other (teller-in, teller-out); its form is made here, one step at a time.

// counter finds the person.
func (s *Server) counter(w http.ResponseWriter, a *Ask) error {
	q := a.FormValue("q")
	v := view{Title: "Counter", Search: &search{Label: "Who is before you?", Hint: findHint, Value: q},
		Actions: []link{{Text: "My drawer", To: "/drawer", Quiet: true}}}
	if q == "" {
		return s.show(w, a, v)
	}
	l := list{ID: "people", Columns: []string{"Name", "State", "Tier", "#At the bank", "Account", "Reference"}, Empty: "Nobody is found by that. Try fewer letters, or scan the code on their phone."}
	l.Read = func(ctx context.Context, after string, limit int) (rows [][]cell, next string, err error) {
		page, next, err := s.find(ctx, q, after, limit)
		for i := range page {
			p := &page[i]
			rows = append(rows, []cell{to(p.Name, "/counter/"+p.Purse.String()), states(p.State), words(p.Tier), s.amount(p.Asset, p.AtBank),
				{Text: short(p.Account), Whole: p.Account.String()}, words(p.Deposit.MemoID)})
		}
		return rows, next, err
	}
	return s.show(w, a, v, l)
}

// counterPage is what counter.html draws: the two forms, and counter-confirm.html: the last look.
type counterPage struct {
	Purse   *anchor.PurseView
	State   string
	AtBank  string
	Waiting string // cash that can be given out
	May     bool   // there is some
	Alerts  []string
	Known   cell

	In     bool
	Amount money.Amount
	Words  string
	Key    string
}

func (s *Server) atCounter(a *Ask) (*counterPage, error) {
	id, p, err := s.purseAsked(a)
	if err != nil {
		return nil, err
	}
	waiting, err := s.bank.CashWaiting(a.Context(), id)
	if err != nil {
		return nil, err
	}
	known, err := s.office.IdentityOf(a.Context(), p.Account)
	if err != nil {
		return nil, err
	}
	return &counterPage{Purse: p, State: inWords(p.State), AtBank: s.units(p.Asset, p.AtBank), Waiting: s.units(p.Asset, waiting), May: waiting > 0,
		Alerts: append(purseAlerts(p), s.listed(a.Context(), p.Name, known)...), Known: identityCell(known)}, nil
}

func (s *Server) counterPurse(w http.ResponseWriter, a *Ask) error {
	p, err := s.atCounter(a)
	if err != nil {
		return err
	}
	return s.draw(w, a, "counter.html", p)
}

// counterConfirm shows once more what is about to be booked. Its form has the key: sent twice, it is booked once.
func (s *Server) counterConfirm(w http.ResponseWriter, a *Ask) error {
	p, err := s.atCounter(a)
	if err != nil {
		return err
	}
	p.Amount, err = money.ParseAmount(a.FormValue("amount"))
	if err != nil || p.Amount <= 0 {
		return office.Refuse("“%s” is not an amount, such as 2500 or 12.50", a.FormValue("amount"))
	}
	p.In, p.Key, p.Words = a.FormValue("way") != "out", rand.Text(), s.units(p.Purse.Asset, p.Amount)
	return s.draw(w, a, "counter-confirm.html", p)
}

// slipShown is what slip.html prints.
type slipShown struct {
	*anchor.TellerSlip
	Bank, Name, Words string
	In                bool
	When              string
	Trail             string // the newest line of the audit trail: paper that the customer has holds on to it
}

func (s *Server) slipPage(w http.ResponseWriter, a *Ask) error {
	slip, err := s.bank.Slip(a.Context(), a.PathValue("key"))
	if err != nil {
		return err
	}
	p, err := s.bank.Purse(a.Context(), slip.Purse)
	if err != nil {
		return err
	}
	head, err := s.office.Head(a.Context())
	if err != nil {
		return err
	}
	return s.draw(w, a, "slip.html", slipShown{slip, s.cfg.Name, p.Name, s.units(slip.Asset, slip.Amount), slip.Direction == anchor.CashIn, when(slip.At), head.Mark()})
}

// drawer is what an officer's drawer should hold, and the day's slips. A teller sees their own.
func (s *Server) drawer(w http.ResponseWriter, a *Ask) error {
	officer := a.FormValue("officer")
	if officer == "" || !a.Officer.Roles.Any(office.Operate|office.Supervisor) {
		officer = a.Officer.Name
	}
	today := time.Unix(int64(s.office.Now()), 0).UTC().Truncate(24 * time.Hour) //nolint:gosec // a date
	day, err := time.Parse(time.DateOnly, a.FormValue("day"))
	if err != nil || day.Unix() < 0 {
		day = today
	}
	since := uint64(day.Unix()) //nolint:gosec // not negative
	read := func(ctx context.Context, before int64, limit int) (*anchor.DrawerReport, int64, error) {
		return s.bank.DrawerDay(ctx, officer, since, since+24*3600, before, limit)
	}
	report, _, err := read(a.Context(), 0, 1)
	if err != nil {
		return err
	}
	v := view{Title: "The drawer of " + officer, Lead: "What it should hold now, beyond its float. Count it at day's end; if it differs, look through the slips before you go.",
		Forms: []form{{Get: true, Quiet: true, Button: "Show", Hidden: map[string]string{"officer": officer},
			Fields: []shownField{{Field: Field{Name: "day", Label: "Slips of the day (UTC)", Type: "date"}, Value: day.Format(time.DateOnly)}}}}}
	for _, c := range report.Cash {
		v.Tiles = append(v.Tiles, tile{Name: "In the drawer", Value: s.units(c.Asset, c.Amount), Note: "now"})
	}
	if err := s.countDay(a.Context(), &v, read); err != nil {
		return err
	}
	l := list{ID: "slips", Title: "Slips", Empty: "No slip on that day.", Columns: []string{"#Slip", "When", "Cash", "#Amount", "Purse", "Key"}}
	l.Read = func(ctx context.Context, after string, limit int) (rows [][]cell, next string, err error) {
		page, last, err := read(ctx, placed(after), limit)
		if err != nil {
			return nil, "", err
		}
		for _, x := range page.Slips {
			rows = append(rows, []cell{number(x.Number), stamp(x.At), states(string(x.Direction)), s.amount(x.Asset, x.Amount), brief(x.Purse, pursePage(x.Purse)), to(x.Key, "/slips/"+x.Key)})
		}
		return rows, place(last), nil
	}
	return s.show(w, a, v, l)
}

// countDay adds up a day's slips.
func (s *Server) countDay(ctx context.Context, v *view, read func(context.Context, int64, int) (*anchor.DrawerReport, int64, error)) error {
	type total struct {
		sum   money.Amount
		slips int64
	}
	sums := map[anchor.Direction]map[string]*total{anchor.CashIn: {}, anchor.CashOut: {}}
	for before, more := int64(0), true; more; {
		page, next, err := read(ctx, before, anchor.MaxPage)
		if err != nil {
			return err
		}
		for _, x := range page.Slips {
			t := sums[x.Direction][x.Asset]
			if t == nil {
				t = new(total)
				sums[x.Direction][x.Asset] = t
			}
			t.sum += x.Amount
			t.slips++
		}
		before, more = next, next != 0
	}
	for _, d := range []struct {
		way  anchor.Direction
		name string
	}{{anchor.CashIn, "Taken in that day"}, {anchor.CashOut, "Given out that day"}} {
		for asset, t := range sums[d.way] {
			v.Tiles = append(v.Tiles, tile{Name: d.name, Value: s.units(asset, t.sum), Note: count(t.slips, "slip", "slips")})
		}
	}
	return nil
}
