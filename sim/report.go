package sim

import (
	_ "embed"
	"html/template"
	"io"
	"strconv"

	"kula/internal/plot"
)

//go:embed report.html
var reportPage string

// page is what the report shows.
type page struct {
	*Result
	Verdict string
	Calm    bool // nobody cheated
	Tiles   []tile
	Plots   []picture
}

type tile struct{ Value, Name, Note string }

type picture struct {
	Title, Says string
	Keys        []key
	Picture     template.HTML
}

// key names a colour and a shape.
type key struct{ Class, Shape, Name string }

// WriteReport writes a run as one page of HTML that needs nothing else.
func (r *Result) WriteReport(w io.Writer) error {
	t, err := template.New("report").Funcs(template.FuncMap{"whole": plot.Whole, "days": wordDays, "how": inWords, "inc": func(i int) int { return i + 1 }}).Parse(reportPage)
	if err != nil {
		return err
	}
	p := &page{Result: r, Calm: len(r.Cheats) == 0, Tiles: r.tiles(), Verdict: r.verdict()}
	p.Plots = append(r.moneyPlots(), r.trafficPlots()...)
	if !p.Calm {
		p.Plots = append(r.cheatPlots(), p.Plots...)
	}
	return t.Execute(w, p)
}

// inWords says what a cheat did.
func inWords(s string) string {
	return map[strategy]string{
		byNumber: "one number twice", byTotal: "total set back", bySheets: "two sheets", byClone: "cloned phone",
		byRolling: "phone set back", byFriend: "with a friend",
	}[strategy(s)]
}

func wordDays(d float64) string {
	if d < 0 {
		return "–"
	}
	return plot.Short(d)
}

func (r *Result) verdict() string {
	c := r.Cheating
	if len(r.Cheats) == 0 {
		return "Nobody cheated, and nobody lost anything. Every account came out right."
	}
	return strconv.Itoa(c.Attributed) + " of " + strconv.Itoa(c.SettledOverspends) + " overspending phones are named by a proof. " +
		"Nobody honest is accused. No loss exceeds its bound."
}

func (r *Result) tiles() []tile {
	c, p := r.Cheating, r.Payments
	all := []tile{
		{plot.Whole(int64(p.Accepted)), "payments without a network", plot.Short(p.PerWeek) + " a person and week"},
		{plot.Short(r.Settlement.Median) + " days", "until the bank had a bill", "half of them sooner; nine in ten within " + plot.Short(r.Settlement.Tenth)},
	}
	if len(r.Cheats) == 0 {
		return append(all, tile{plot.Whole(p.Amount), "vatu changed hands", ""})
	}
	return append(all,
		tile{plot.Whole(c.Loss), "vatu lost by people", share(c.Loss, p.Amount) + " of all that was paid; the worst-hit person " + plot.Whole(c.WorstPerson)},
		tile{plot.Whole(c.Covered), "vatu paid by the guarantee", "set aside for it beforehand"},
		tile{plot.Whole(c.Bound), "vatu is the bound", "the loss is " + share(c.Loss+c.Covered, c.Bound) + " of it"},
		tile{strconv.Itoa(c.FoundByPhones) + " of " + strconv.Itoa(len(r.Cheats)), "cheats found by phones", "before the bank knew"},
	)
}

func share(part, of int64) string {
	if of == 0 {
		return "–"
	}
	return strconv.FormatFloat(float64(part)/float64(of)*100, 'f', 1, 64) + " %"
}

// over collects one figure of every sample.
func (r *Result) over(f func(*Sample) float64) (days, ys []float64) {
	for i := range r.Series {
		days, ys = append(days, float64(r.Series[i].Day)), append(ys, f(&r.Series[i]))
	}
	return days, ys
}

func (r *Result) curve(name, class string, f func(*Sample) float64) plot.Curve {
	_, ys := r.over(f)
	return plot.Curve{Name: name, Class: class, Ys: ys}
}

func (r *Result) moneyPlots() []picture {
	days, _ := r.over(func(*Sample) float64 { return 0 })
	var hops, weeks []plot.Pillar
	for i, n := range r.Payments.Hops {
		hops = append(hops, plot.Pillar{Name: strconv.Itoa(i), Value: float64(n)})
	}
	for i, n := range r.Settlement.ByWeek {
		weeks = append(weeks, plot.Pillar{Name: strconv.Itoa(i + 1), Value: float64(n)})
	}
	return []picture{
		{
			Title: "Money on phones", Says: "What all phones hold, in vatu; and the part of it that the bank has not seen yet.",
			Picture: plot.Curves("money on phones over time", "", days,
				r.curve("on phones", "a", func(s *Sample) float64 { return float64(s.OnPhones) }),
				r.curve("in bills", "b", func(s *Sample) float64 { return float64(s.Unsettled) }),
				r.curve("in reserve", "c", func(s *Sample) float64 { return float64(s.Reserve) })),
		},
		{
			Title: "Age of bills that the bank has not seen", Says: "In days. The rules let a bill wait for 60.",
			Picture: plot.Curves("age of unsettled bills over time", " d", days,
				r.curve("the oldest", "b", func(s *Sample) float64 { return float64(s.AgeOldest) }),
				r.curve("nine in ten", "c", func(s *Sample) float64 { return float64(s.AgeOldTenth) }),
				r.curve("half of them", "a", func(s *Sample) float64 { return float64(s.AgeMedian) })),
		},
		{
			Title: "How far the money was from the bank", Says: "Payments by how many payments stood behind them: 0 is money from the bank itself.",
			Picture: plot.Pillars("payments by hops from the bank", "hops", hops),
		},
		{
			Title: "How long bills waited for the bank", Says: "Bills by the week in which the bank had settled them.",
			Picture: plot.Pillars("bills by weeks until settled", "weeks", weeks),
		},
	}
}

func (r *Result) trafficPlots() []picture {
	days, _ := r.over(func(*Sample) float64 { return 0 })
	weeks := 1.0 // between samples
	if len(days) > 1 {
		weeks = (days[1] - days[0]) / 7
	}
	kib := func(f func(*Sample) int64) func(*Sample) float64 {
		return func(s *Sample) float64 { return float64(f(s)) / 1024 / float64(r.Config.People) / weeks }
	}
	var refused []plot.Row
	all, none := 0, ""
	for _, name := range []string{"depth", "fan-in", "bytes", "deadline", "limit of the sheet"} {
		n := r.Bounds[name]
		all += n
		refused = append(refused, plot.Row{Name: name, Marks: []plot.Mark{{Class: "a", Value: float64(n)}}, Limit: -1, Note: plot.Whole(int64(n))})
	}
	if all == 0 {
		none = " None was."
	}
	return []picture{
		{
			Title: "Bytes a person and week", Says: "KiB to the bank, from the bank, and of news between phones.",
			Picture: plot.Curves("bytes synced per person and week", "", days,
				r.curve("news", "c", kib(func(s *Sample) int64 { return s.NewsBytes })),
				r.curve("from the bank", "b", kib(func(s *Sample) int64 { return s.BytesDown })),
				r.curve("to the bank", "a", kib(func(s *Sample) int64 { return s.BytesUp }))),
		},
		{
			Title:   "Honest payments refused for a bound",
			Says:    "Of " + plot.Whole(int64(r.Payments.Accepted)) + " payments: how many could not be made off-line and had to wait for the bank." + none,
			Picture: plot.Rows("payments refused for bounds", "", "payments", true, refused),
		},
	}
}

// maxRows is how many cheats a plot shows.
const maxRows = 24

func (r *Result) cheatPlots() []picture {
	var found, loss []plot.Row
	for i, c := range r.Cheats {
		if i == maxRows {
			break
		}
		name := strconv.Itoa(i+1) + " " + inWords(c.Strategy)
		found = append(found, plot.Row{Name: name, Marks: []plot.Mark{{Class: "b", Value: c.ByBank}, {Class: "a", Value: c.ByPhone}}, Limit: -1})
		loss = append(loss, plot.Row{Name: name, Limit: float64(c.Bound + c.Paid), Marks: []plot.Mark{
			{Class: "c", Value: float64(c.Paid)}, {Class: "a", Value: float64(c.Covered)}, {Class: "b", Value: float64(c.Loss)},
		}})
	}
	return []picture{
		{
			Title: "What each cheat took, and the bound", Says: "Vatu. The upright stroke is the most that the rules let this cheat take.",
			Keys:    []key{{"c", "piece", "its own money"}, {"a", "piece", "paid by the guarantee"}, {"b", "piece", "lost by people"}},
			Picture: plot.Rows("loss against the bound for each cheat", "", "vatu", true, loss),
		},
		{
			Title: "How soon each cheat was found", Says: "Days after it first told a second story.",
			Keys:    []key{{"a", "dot", "by a phone"}, {"b", "piece", "by the bank"}},
			Picture: plot.Rows("days until each cheat was found", " d", "days", false, found),
		},
	}
}
