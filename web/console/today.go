package console

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"kula/anchor"
	"kula/internal/plot"
	"kula/money"
	"kula/web/console/office"
)

// glances keeps the newest look at the bank: it goes through every purse, so all pages share one for half a minute.
type glances struct {
	mu   sync.Mutex
	last *anchor.Glance
	at   time.Time
}

const glanceLife = 30 * time.Second

// glance is at most glanceLife old.
func (s *Server) glance(ctx context.Context) (*anchor.Glance, error) {
	s.seen.mu.Lock()
	defer s.seen.mu.Unlock()
	if now := s.cfg.Now(); s.seen.last == nil || now.Sub(s.seen.at) >= glanceLife || now.Before(s.seen.at) {
		fresh, err := s.bank.Glance(ctx)
		if err != nil {
			return nil, err
		}
		s.seen.last, s.seen.at = fresh, now
	}
	return s.seen.last, nil
}

// today shows at a glance whether all is well.
func (s *Server) today(w http.ResponseWriter, a *Ask) error {
	g, err := s.glance(a.Context())
	if err != nil {
		return err
	}
	waiting, err := s.office.Queue(a.Context())
	if err != nil {
		return err
	}
	open, err := s.office.Complaints(a.Context(), false, 0, shownRows)
	if err != nil {
		return err
	}
	v := view{Title: "Today", Lead: "As of " + when(g.At) + "."}
	s.judge(&v, g)
	for i := range g.Assets {
		v.Tiles = append(v.Tiles, s.assetTiles(&g.Assets[i])...)
	}
	v.Tiles = append(v.Tiles, s.queueTiles(g)...)
	v.Tiles = append(v.Tiles, todo(waiting, len(open))...)
	terms, err := s.charterTiles(a.Context(), g.At)
	if err != nil {
		return err
	}
	v.Tiles = append(v.Tiles, terms...)
	v.call()
	for i := range g.Assets {
		v.Plots = append(v.Plots, s.assetPlots(&g.Assets[i])...)
	}
	v.Plots = append(v.Plots, hoursPlot(g))
	return s.show(w, a, v, s.owedList(g), s.outList(g))
}

// judge says in a sentence whether all is well.
func (s *Server) judge(v *view, g *anchor.Glance) {
	if g.Problem != "" {
		v.Alerts = append(v.Alerts, "The books do not balance: "+g.Problem+". Stop the bank, copy everything, and report it.")
	}
	if !g.Ledger.Answers {
		v.Alerts = append(v.Alerts, "The ledger does not answer. Loads and payouts wait; people keep paying each other. It goes on by itself.")
	}
	for _, x := range g.Assets {
		if g.Ledger.Answers && !x.Reserve.Agrees {
			v.Alerts = append(v.Alerts, fmt.Sprintf("The reserve does not agree: the books say %s, the ledger %s. Look again in a minute; then read “When the books do not agree” in the operator's guide.",
				s.units(x.Asset, x.Reserve.Books), s.units(x.Asset, x.Reserve.Ledger)))
		}
	}
}

// call says whether the tiles need somebody.
func (v *view) call() {
	need := int64(0)
	for _, t := range v.Tiles {
		if t.Bad {
			need++
		}
	}
	switch {
	case len(v.Alerts) > 0:
	case need == 0:
		v.Good = "All is well: the books balance, the ledger holds what they say, and nothing waits for you."
	default:
		v.Good = "The books balance, and the ledger holds what they say. " + count(need, "thing below needs", "things below need") + " somebody."
	}
}

func (s *Server) assetTiles(g *anchor.AssetGlance) []tile {
	owed := g.TotalOwed()
	cover := tile{Name: "Reserve", Value: s.units(g.Asset, g.Reserve.Books), Note: "covers all that is owed", Link: "#owed"}
	if short := owed - g.Reserve.Books; short > 0 {
		cover.Bad, cover.Note = true, s.units(g.Asset, short)+" less than what is owed: lent on credit lines"
	}
	out, purses := g.TotalOut()
	suspense := tile{Name: "Suspense", Value: count(int64(g.Suspense), "item", "items"), Note: "nobody's money waits", Link: "/suspense"}
	if g.Suspense > 0 {
		suspense.Bad, suspense.Note = true, "somebody's money waits for you"
	}
	return []tile{cover, {Name: "Owed", Value: s.units(g.Asset, owed), Note: "to customers and others", Link: "#owed"},
		{Name: "Out on phones", Value: s.units(g.Asset, out), Note: "on " + count(int64(purses), "phone", "phones") + "; " + oldest(g), Link: "#out"}, suspense}
}

// oldest says how much of the money on phones the bank has not heard of for a month.
func oldest(g *anchor.AssetGlance) string {
	var all, old money.Amount
	for _, l := range g.Out {
		if all += l.Amount; l.Days == 0 || l.Days > 30 {
			old += l.Amount
		}
	}
	if old == 0 || all == 0 {
		return "all of it heard of within a month"
	}
	return fmt.Sprintf("%d %% of it not heard of for a month", int64(float64(old)/float64(all)*100+0.5))
}

func (s *Server) queueTiles(g *anchor.Glance) []tile {
	sums := map[anchor.PayoutState]int64{}
	since := map[anchor.PayoutState]uint64{}
	for _, q := range g.Queue {
		sums[q.State] += q.Payouts
		if since[q.State] == 0 || q.Oldest < since[q.State] {
			since[q.State] = q.Oldest
		}
	}
	waits := sums[anchor.PayoutQueued] + sums[anchor.PayoutSent]
	queue := tile{Name: "Settlement queue", Value: count(waits, "payout", "payouts"), Note: "nothing waits for the ledger", Link: "/payouts?state=queued"}
	if waits > 0 {
		oldest := since[anchor.PayoutQueued]
		if oldest == 0 || since[anchor.PayoutSent] != 0 && since[anchor.PayoutSent] < oldest {
			oldest = since[anchor.PayoutSent]
		}
		queue.Note = "the oldest since " + span(g.At-min(g.At, oldest))
		queue.Bad = g.At > oldest+3600
	}
	parked := tile{Name: "Parked payouts", Value: count(sums[anchor.PayoutParked], "payout", "payouts"), Note: "none needs a person", Link: "/payouts"}
	if sums[anchor.PayoutParked] > 0 {
		parked.Bad, parked.Note = true, "need a person"
	}
	bills := tile{Name: "Bills that wait", Value: count(g.Waiting.Entries, "bill", "bills"), Note: "all that was brought is settled", Link: "/bills"}
	if g.Waiting.Entries > 0 {
		bills.Note = "the oldest since " + span(g.At-min(g.At, g.Waiting.Oldest))
	}
	cases := tile{Name: "Failing purses", Value: count(int64(g.Cases), "purse", "purses"), Note: "nobody overspent", Link: "/cases"}
	if g.Cases > 0 {
		cases.Bad, cases.Note = true, "contradict themselves, or owe the bank"
	}
	ledger := tile{Name: "Ledger", Value: "answers", Note: "its clock and ours agree"}
	if g.Ledger.Answers && g.At > g.Ledger.Time+300 {
		ledger.Bad, ledger.Note = true, "its newest page is "+span(g.At-g.Ledger.Time)+" old"
	}
	if !g.Ledger.Answers {
		ledger.Bad, ledger.Value, ledger.Note = true, "no answer", "loads and payouts wait"
	}
	return []tile{queue, parked, bills, cases, ledger}
}

func todo(requests []*office.Request, complaints int) []tile {
	approvals := tile{Name: "Approvals", Value: count(int64(len(requests)), "request", "requests"), Note: "nothing waits for a second person", Link: "/requests"}
	if len(requests) > 0 {
		approvals.Bad, approvals.Note = true, "wait for a second person"
	}
	return []tile{approvals, {Name: "Complaints", Value: count(int64(complaints), "open one", "open ones"), Note: "people who wait for an answer", Link: "/complaints"}}
}

// keyWarning is how long before its end the issuing key is spoken of: a new charter wants people to come together.
const keyWarning = 180 * 24 * 3600

// charterTiles are there when the charter needs somebody: changes wait for the root key, or the issuing key ends.
func (s *Server) charterTiles(ctx context.Context, now uint64) (tiles []tile, err error) {
	held, next, err := s.nextAfter(ctx)
	if err != nil {
		return nil, err
	}
	if n := int64(len(next.Changes)); n > 0 {
		tiles = append(tiles, tile{Name: "Next charter", Value: count(n, "change", "changes"), Note: "approved, wait for the root key", Link: "/charter/next", Bad: true})
	}
	ends := uint64(0)
	for _, k := range held.Keys {
		if k.RevokedAt == 0 {
			ends = max(ends, k.NotAfter)
		}
	}
	if ends <= now+keyWarning {
		tiles = append(tiles, tile{Name: "Issuing key", Value: ago(now, ends), Note: "it ends: no sheet and no receipt after it; have a new one signed", Link: "/charter", Bad: true})
	}
	return tiles, nil
}

// classWords are whom the reserve is owed to.
var classWords = map[string]string{
	"purse": "customers", "payout": "payouts under way", "suspense": "owners not known", "guarantee": "the guarantee", "fees": "fees earned", "clearing": "other banks",
}

func whole(a money.Amount) float64 { return float64(a) / float64(money.Unit) }

func (s *Server) assetPlots(g *anchor.AssetGlance) []picture {
	name := currency(g.Asset)
	owed := plot.Row{Name: "owed", Limit: -1}
	owed.Marks = []plot.Mark{{Class: "a", Value: whole(g.Owed[0].Amount)}, {Class: "c", Value: whole(g.TotalOwed() - g.Owed[0].Amount)}}
	rows := []plot.Row{{Name: "reserve, books", Limit: -1, Marks: []plot.Mark{{Class: "b", Value: whole(g.Reserve.Books)}}}, owed}
	if g.Reserve.Ledger != 0 || g.Reserve.Agrees {
		rows = append(rows[:1], plot.Row{Name: "reserve, ledger", Limit: -1, Marks: []plot.Mark{{Class: "b", Value: whole(g.Reserve.Ledger)}}}, owed)
	}
	var ages []plot.Row
	for _, l := range g.Out {
		ages = append(ages, plot.Row{Name: ageName(l.Days), Limit: -1, Marks: []plot.Mark{{Class: "a", Value: whole(l.Amount)}}})
	}
	return []picture{
		{Title: "Reserve against what is owed", Says: "In " + name + ".", Drawing: plot.Rows("the reserve beside what is owed, in "+name, "", name, true, rows),
			Keys: []key{{"b", "reserve"}, {"a", "customers"}, {"c", "others"}}},
		{Title: "Money on phones, by when the bank last heard of it", Says: "In " + name + ".",
			Drawing: plot.Rows("money on phones by age, in "+name, "", name, true, ages)},
	}
}

func ageName(days int) string {
	if days == 0 {
		return "longer ago"
	}
	return "within " + count(int64(days), "day", "days")
}

// hoursPlot shows the bills brought in each of the last hours.
func hoursPlot(g *anchor.Glance) picture {
	const hour, shown = 3600, 24
	counts := map[uint64]int64{}
	for _, h := range g.Hours {
		counts[h.From] = h.Entries
	}
	var bars []plot.Pillar
	total := int64(0)
	for i := range uint64(shown) {
		from := (g.At/hour - min(g.At/hour, shown-1-i)) * hour
		bar := plot.Pillar{Value: float64(counts[from])}
		if i%3 == 2 {
			bar.Name = time.Unix(int64(from), 0).UTC().Format("15:04") //nolint:gosec // a date
		}
		total += counts[from]
		bars = append(bars, bar)
	}
	return picture{Title: "Bills brought to the bank", Says: count(total, "bill", "bills") + " in the last 24 hours, by the hour.",
		Drawing: plot.Pillars(fmt.Sprintf("bills brought in each of the last 24 hours, %d in all", total), "hour (UTC)", bars)}
}

func (s *Server) owedList(g *anchor.Glance) list {
	return list{ID: "owed", Title: "What is owed", Columns: []string{"To", "#Amount"}, Read: func(context.Context, string, int) (rows [][]cell, next string, err error) {
		for i := range g.Assets {
			x := &g.Assets[i]
			for _, l := range x.Owed {
				rows = append(rows, []cell{words(classWords[l.Class]), s.amount(x.Asset, l.Amount)})
			}
			rows = append(rows, []cell{words("all of it"), s.amount(x.Asset, x.TotalOwed())}, []cell{words("less what is lent on credit lines"), s.amount(x.Asset, -x.Lent)},
				[]cell{words("reserve in the books"), s.amount(x.Asset, x.Reserve.Books)}, []cell{words("reserve on the ledger"), s.amount(x.Asset, x.Reserve.Ledger)},
				[]cell{words("cash in drawers, the bank's own"), s.amount(x.Asset, x.Drawers)})
		}
		return rows, "", nil
	}}
}

func (s *Server) outList(g *anchor.Glance) list {
	return list{ID: "out", Title: "Out on phones", Lead: "What is owed to purses of which a balance sheet can still be redeemed, by when each last spoke to the bank. Phones may have passed it on since.",
		Columns: []string{"Last heard of", "#Phones", "#Amount"}, Read: func(context.Context, string, int) (rows [][]cell, next string, err error) {
			for i := range g.Assets {
				for _, l := range g.Assets[i].Out {
					rows = append(rows, []cell{words(ageName(l.Days)), number(int64(l.Purses)), s.amount(g.Assets[i].Asset, l.Amount)})
				}
			}
			return rows, "", nil
		}}
}
