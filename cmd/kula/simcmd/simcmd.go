// Package simcmd is `kula sim`: an island of thousands of people in one process, to measure what cheats cost.
package simcmd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"kula/cmd/kula/say"
	"kula/sim"
)

// Command is `kula sim`.
type Command struct {
	People  int    `help:"How many people live on the island." default:"500"`
	Days    int    `help:"For how long." default:"90"`
	Seed    uint64 `help:"What everything random follows from: the same seed tells the same story." default:"1"`
	Cheats  int    `help:"How many of them cheat." default:"0"`
	NoNews  bool   `help:"Phones tell each other nothing of what they have seen, to compare."`
	Pattern string `help:"Who meets whom: village, market or scattered." enum:"village,market,scattered" default:"village"`
	Report  string `help:"Write a report as one HTML page." placeholder:"FILE" type:"path"`
}

// Help shows examples.
func (Command) Help() string {
	return `The wallets, the protocol and the bank are the real ones; only the clock, the ledger and the people are
simulated. Whatever Kula promises is checked after each event. docs/risk.md explains the numbers.

Examples:
  kula sim --people 500 --days 90 --seed 1 --cheats 5 --report island.html
  kula sim --people 500 --days 90 --seed 1 --cheats 5 --no-news
  kula sim --people 5000 --days 365 --seed 7 --json`
}

// What a run may have of the machine: it collects garbage seldom while there is room, and more often from here on. Beside
// it SQLite takes some hundred MiB.
const (
	garbage = 500
	room    = 1750 << 20
)

// Run simulates.
func (c *Command) Run(voice *say.Voice) error {
	debug.SetGCPercent(garbage)
	debug.SetMemoryLimit(room)
	cfg := sim.Config{
		People: c.People, Days: c.Days, Seed: c.Seed, Cheats: c.Cheats, News: !c.NoNews, Pattern: sim.Pattern(c.Pattern),
		Stop: voice.Stop, Progress: progress(voice.Err, terminal(voice.Err)),
	}
	result, err := sim.Run(cfg)
	if err != nil {
		return problem(err)
	}
	if err := c.write(result); err != nil {
		return err
	}
	return voice.Result(result, func() { tell(voice, result) })
}

func (c *Command) write(r *sim.Result) error {
	if c.Report == "" {
		return nil
	}
	f, err := os.Create(c.Report)
	if err != nil {
		return err
	}
	return errors.Join(r.WriteReport(f), f.Close())
}

// problem says which command shows a violation again.
func problem(err error) error {
	var broken *sim.Violation
	if !errors.As(err, &broken) {
		return err
	}
	return &say.Problem{Exit: say.Failed, Code: "violation", What: broken.Error(), Next: "see it again: " + broken.Command, Err: err}
}

// tell sums up a run for a person.
func tell(voice *say.Voice, r *sim.Result) {
	voice.Line("%d people in %d villages, %d days: %d payments of %d vatu in all (%.1f a person and week).",
		r.Config.People, r.Villages, r.Config.Days, r.Payments.Accepted, r.Payments.Amount, r.Payments.PerWeek)
	voice.Line("A bill waited %.1f days for the bank (median); nine in ten less than %.1f.", r.Settlement.Median, r.Settlement.Tenth)
	if len(r.Cheats) > 0 {
		s := r.Cheating
		voice.Line("%d cheats overspent, %d are named by a proof, %d found by phones before the bank; nobody honest is accused.",
			s.SettledOverspends, s.Attributed, s.FoundByPhones)
		voice.Line("They took %d vatu: %d were theirs, the bank covered %d, people lost %d. The bound was %d.",
			s.Taken, s.Paid, s.Covered, s.Loss, s.Bound)
	}
	voice.Line("Checked: %d events, %d audits of the books, %d wallets replayed. Everything held.", r.Checks.Events, r.Checks.Audits, r.Checks.Replays)
}

// progress draws a bar on a terminal; elsewhere it says a line at each tenth.
func progress(out io.Writer, terminal bool) func(done, all int) {
	const width = 40
	said := 0
	return func(done, all int) {
		tenth := 10 * done / all
		switch {
		case terminal:
			full := width * done / all
			_, _ = fmt.Fprintf(out, "\rday %d of %d  [%s%s]", done, all, strings.Repeat("=", full), strings.Repeat(" ", width-full))
			if done == all {
				_, _ = fmt.Fprintln(out)
			}
		case tenth > said:
			said = tenth
			_, _ = fmt.Fprintf(out, "day %d of %d\n", done, all)
		}
	}
}

func terminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
