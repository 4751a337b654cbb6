package sim

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func run(t *testing.T, cfg Config) (*Result, string) {
	t.Helper()
	cfg.Dir = t.TempDir()
	r, err := Run(cfg)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return r, string(text)
}

func TestOneSeedOneStory(t *testing.T) {
	cfg := Config{People: 60, Days: 45, Seed: 1, Cheats: 6, News: true, Pattern: Market}
	r, first := run(t, cfg)
	_, second := run(t, cfg)
	one, two := strings.Split(first, "\n"), strings.Split(second, "\n")
	if i := firstDifference(one, two); r.Payments.Accepted == 0 || i >= 0 {
		t.Fatalf("two stories, from line %d: %s", i, one[i:])
	}
}

// TestTheReportNeedsNothingElse: no script, no address but that of the SVG itself, and the same for the same run.
func TestTheReportNeedsNothingElse(t *testing.T) {
	r, _ := run(t, Config{People: 40, Days: 40, Seed: 4, Cheats: 3, News: true, Pattern: Scattered})
	var one, two strings.Builder
	for _, into := range []*strings.Builder{&one, &two} {
		if err := r.WriteReport(into); err != nil {
			t.Fatal(err)
		}
	}
	text := one.String()
	for _, foreign := range []string{"<script", "http:", "https:", "url(", "src=", "@import", "NaN", "Inf"} {
		if strings.Contains(text, foreign) {
			t.Errorf("the report has %q in it", foreign)
		}
	}
	if text != two.String() || !strings.Contains(text, r.Command) || strings.Count(text, "<svg") != 8 {
		t.Error("the report is not what it should be")
	}
}

// TestEveryCheatIsNamed: whatever they tried, the bank holds a proof, nobody else is accused, the bound holds.
func TestEveryCheatIsNamed(t *testing.T) {
	for _, news := range []bool{true, false} {
		r, _ := run(t, Config{People: 40, Days: 40, Seed: 10, Cheats: 6, News: news, Pattern: Village})
		c := r.Cheating
		if c.SettledOverspends == 0 || c.Attributed != c.SettledOverspends || c.FalseAccusations != 0 || c.Loss > c.Bound {
			t.Fatalf("%+v", c)
		}
	}
}

// TestTheCheckerSees: each invariant that is broken on purpose stops the run, with the command that replays it.
func TestTheCheckerSees(t *testing.T) {
	for broken, invariant := range map[Break]string{
		BreakReserve: "the reserve is what the books say",
		BreakGift:    "money is conserved",
		BreakJournal: "every wallet replays to what it was",
		BreakAccuse:  "no honest person is accused",
	} {
		cfg := Config{People: 20, Days: 30, Seed: 3, News: true, Pattern: Village, Break: broken, Dir: t.TempDir()}
		_, err := Run(cfg)
		var v *Violation
		if !errors.As(err, &v) {
			t.Fatalf("%s: %v", broken, err)
		}
		if v.Invariant != invariant || v.Command != cfg.Command() {
			t.Errorf("%s: %v", broken, v)
		}
	}
}
