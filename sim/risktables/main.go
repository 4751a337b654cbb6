// Command risktables runs the islands of docs/risk.md and prints its tables, in the page's own form.
package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"

	"kula/sim"
)

// What each line of the tables is made of.
const (
	people = 240
	days   = 120
	cheats = 6
	seeds  = 3
)

// line is the islands with one pattern of contact, with or without news.
type line struct {
	pattern sim.Pattern
	news    bool
	runs    []*sim.Result
}

func main() {
	lines, err := simulate()
	if err != nil {
		fmt.Fprintln(os.Stderr, "risktables:", err)
		os.Exit(1)
	}
	detection(lines)
	losses(lines)
	kinds(lines)
	circulation(lines)
}

func simulate() (lines []*line, err error) {
	for _, pattern := range sim.Patterns {
		for _, news := range []bool{true, false} {
			l := &line{pattern: pattern, news: news}
			for seed := range uint64(seeds) {
				r, err := sim.Run(sim.Config{People: people, Days: days, Cheats: cheats, Seed: seed + 1, Pattern: pattern, News: news})
				if err != nil {
					return nil, err
				}
				l.runs = append(l.runs, r)
			}
			fmt.Fprintf(os.Stderr, "%s, news %t: done\n", pattern, news)
			lines = append(lines, l)
		}
	}
	return lines, nil
}

func (l *line) cheats() (all []sim.CheatResult) {
	for _, r := range l.runs {
		all = append(all, r.Cheats...)
	}
	return all
}

func (l *line) name() string {
	if l.news {
		return string(l.pattern) + " | yes"
	}
	return string(l.pattern) + " | no"
}

func detection(lines []*line) {
	fmt.Println("| people meet | news | found by a phone before the bank | first proof, days (median) | nine in ten within | proof at the bank (median) | payees each | named by a proof | honest people accused |")
	fmt.Println("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
	for _, l := range lines {
		byPhones, overspent, named, accused, payees := 0, 0, 0, 0, 0
		var first, bank []float64
		for _, r := range l.runs {
			byPhones += r.Cheating.FoundByPhones
			overspent += r.Cheating.SettledOverspends
			named += r.Cheating.Attributed
			accused += r.Cheating.FalseAccusations
		}
		for _, c := range l.cheats() {
			payees += c.Payees
			first = append(first, soonest(c.ByPhone, c.ByBank)...)
			bank = append(bank, soonest(c.ByBank)...)
		}
		fmt.Printf("| %s | %d of %d | %.1f | %.1f | %.1f | %d | %d of %d | %d |\n", l.name(), byPhones, overspent,
			tenths(first, 5), tenths(first, 9), tenths(bank, 5), payees/len(l.cheats()), named, overspent, accused)
	}
	fmt.Println()
}

// soonest is the smallest of the days that are known.
func soonest(known ...float64) []float64 {
	known = slices.DeleteFunc(known, func(d float64) bool { return d < 0 })
	if len(known) == 0 {
		return nil
	}
	return []float64{slices.Min(known)}
}

// tenths is what so many tenths of all are not above.
func tenths(all []float64, n int) float64 {
	if len(all) == 0 {
		return -1
	}
	slices.Sort(all)
	return all[min(len(all)-1, len(all)*n/10)]
}

func losses(lines []*line) {
	fmt.Println("| people meet | news | goods taken | of its own money | the bank's guarantee | **lost by people** | worst cheat | bound n · M − F | worst-hit person |")
	fmt.Println("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
	for _, l := range lines {
		all := l.cheats()
		worst, person := int64(0), int64(0)
		for _, c := range all {
			worst = max(worst, c.Loss)
		}
		for _, r := range l.runs {
			person = max(person, r.Cheating.WorstPerson)
		}
		fmt.Printf("| %s | %s | %s | %s | %s | %s | %s | %s |\n", l.name(),
			mean(all, func(c sim.CheatResult) int64 { return c.Taken }), mean(all, func(c sim.CheatResult) int64 { return c.Paid }),
			mean(all, func(c sim.CheatResult) int64 { return c.Covered }), mean(all, func(c sim.CheatResult) int64 { return c.Loss }),
			vatu(worst), mean(all, func(c sim.CheatResult) int64 { return c.Bound }), vatu(person))
	}
	fmt.Println()
}

func mean(all []sim.CheatResult, of func(sim.CheatResult) int64) string {
	sum := int64(0)
	for _, c := range all {
		sum += of(c)
	}
	return vatu(sum / int64(len(all)))
}

// vatu writes a sum as the page does, with a space before each three digits.
func vatu(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10)
	}
	return fmt.Sprintf("%s %03d", vatu(n/1000), n%1000)
}

// words are the page's names of the strategies.
var words = map[string]string{
	"number": "one number twice", "total": "total set back", "sheets": "two live sheets", "clone": "cloned phone", "rollback": "phone set back", "friend": "with an accomplice",
}

// kinds compares the strategies, over all patterns.
func kinds(lines []*line) {
	with, without := map[string][]sim.CheatResult{}, map[string][]sim.CheatResult{}
	for _, l := range lines {
		by := without
		if l.news {
			by = with
		}
		for _, c := range l.cheats() {
			by[c.Strategy] = append(by[c.Strategy], c)
		}
	}
	fmt.Println("| kind | payees, with news | lost | payees, without | lost |")
	fmt.Println("| --- | --- | --- | --- | --- |")
	names := slices.Sorted(maps.Keys(with))
	for _, name := range names {
		fmt.Printf("| %s | %s | %s | %s | %s |\n", words[name], mean(with[name], payees), mean(with[name], loss), mean(without[name], payees), mean(without[name], loss))
	}
	fmt.Println()
}

func payees(c sim.CheatResult) int64 { return int64(c.Payees) }
func loss(c sim.CheatResult) int64   { return c.Loss }

// circulation sums up what the page says of off-line spending as such.
func circulation(lines []*line) {
	payments, onward, deepest := 0, 0, 0
	bounds := map[string]int{}
	var bytes, tellings int64
	for _, l := range lines {
		for _, r := range l.runs {
			payments += r.Payments.Accepted
			for depth, n := range r.Payments.Hops {
				if depth > 0 && n > 0 {
					onward, deepest = onward+n, max(deepest, depth)
				}
			}
			for name, n := range r.Bounds {
				bounds[name] += n
			}
			bytes, tellings = bytes+r.Traffic.News.Bytes, tellings+int64(r.Traffic.News.Count)
		}
	}
	fmt.Printf("%d payments, %d %% with money that had not been at the bank, up to %d hops away; refused for bounds: %v; %.1f KiB of news a telling\n",
		payments, 100*onward/max(1, payments), deepest, bounds, float64(bytes)/float64(cmp.Or(tellings, 1))/1024)
}
