//go:build !race

package anchor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"kula/protocol"
)

// Sweeps: everything of a kind, one after the other. Nothing inside a bank runs
// side by side in them, so `make test` runs them without the race detector, which would only take its time.

func TestCrashAtEveryCommitAndCall(t *testing.T) {
	first := newCrash(t)
	if first.run("list") {
		t.Fatal("killed")
	}
	first.check()
	var points []string
	for what := range first.told {
		if point, isPoint := strings.CutPrefix(what, "point:"); isPoint {
			points = append(points, point)
		}
	}
	slices.Sort(points)
	for _, named := range namedInSource(t) {
		if !slices.Contains(points, named) {
			t.Errorf("the story does not come to failpoint %s", named)
		}
	}
	for _, point := range points {
		t.Run(point, func(t *testing.T) {
			t.Parallel() // each has its own bank, in a process of its own
			c := newCrash(t)
			if !c.run(point) {
				t.Fatal("it lives")
			}
			if c.run("") {
				t.Fatal("killed again")
			}
			c.check()
		})
	}
}

func TestGraphEveryOrderAndSplitLeavesTheSameBooks(t *testing.T) {
	for name, live := range histories {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, scratch)
			plan := w.hamlet("plan")
			live(plan)
			want := ""
			tried := 0
			exhaust(len(plan.events), func(order []int, cuts int) {
				v := w.hamlet(fmt.Sprint(order, cuts))
				live(v)
				v.deliver(order, func(i int) bool { return cuts>>i&1 == 1 }, nobody)
				w.settle()
				have := v.seen() + v.sheets()
				if want == "" {
					want = have
					if strings.Contains(have, "none") || strings.Contains(have, "waits") || strings.Contains(have, ": 2 ") {
						t.Fatalf("something was not settled:\n%s", have)
					}
				}
				if have != want {
					t.Fatalf("order %v, cuts %b:\n%s\nfirst:\n%s", order, cuts, have, want)
				}
				tried++
			})
			w.audit()
			t.Log(tried, "ways, one end")
		})
	}
}

// TestMoreReplacedPhonesThanANoticeCanName: phones are replaced for as long as the bank lives. A notice names
// those that could still pay.
func TestMoreReplacedPhonesThanANoticeCanName(t *testing.T) {
	w := newWorld(t, scratch)
	replace := func(from, to int) {
		for i := from; i < to; i++ {
			p := w.person(fmt.Sprint("phone ", i))
			p.refresh()
			ok(t, w.bank.Revoke(w.ctx, p.id, protocol.PurseID{}))
		}
	}
	named := func() int {
		_, notice, err := w.bank.Charter(w.ctx)
		ok(t, err)
		return len(notice.RevokedPurses)
	}
	replace(0, 510)
	if named() != protocol.MaxRevoked {
		t.Fatal(named())
	}
	w.pass(60*day + protocol.DefaultLifetimes().Grace + 1)
	w.tend()
	if named() != 0 {
		t.Fatal(named())
	}
	replace(510, 515)
	if named() != 5 {
		t.Fatal(named())
	}
	w.reopen()
	w.tend()
}
