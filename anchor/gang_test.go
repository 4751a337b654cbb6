package anchor_test

import (
	"fmt"
	"testing"
	"time"

	"kula/protocol"
)

// gang is some purses of which each owes the next so many payments that nobody can pay, and the first of whom is owed
// by a proven cheat.
func (w *world) gang(purses, payments int) {
	w.t.Helper()
	var gang []*person
	for i := range purses {
		gang = append(gang, w.loaded(fmt.Sprint("gang ", i), 1))
	}
	w.owed(gang[0], 30)
	for i, p := range gang {
		var batch []*protocol.Payment
		for j := range payments {
			batch = append(batch, p.pay(gang[(i+1+j%(purses-1))%purses].bill(2)))
		}
		ok(w.t, w.bank.StoreOnly(w.ctx, batch))
	}
}

// BenchmarkTendGang is how long the writer is held at most, while the payments of a gang come to their end.
func BenchmarkTendGang(b *testing.B) {
	for _, payments := range []int{250, 1000} {
		b.Run(fmt.Sprint(payments), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				w := newWorld(b, covering(1000, 1000, 0), scratch)
				w.guarantee(1000)
				w.gang(10, payments)
				var longest time.Duration
				var last time.Time
				w.cfg.Failpoint = func(name string) {
					now := time.Now()
					if name == "dishonour:before-commit" {
						longest = max(longest, now.Sub(last))
					}
					last = now
				}
				w.reopen()
				b.StartTimer()
				w.ends()
				b.ReportMetric(longest.Seconds(), "s-held")
			}
		})
	}
}
