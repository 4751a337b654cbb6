package sim

import "testing"

// BenchmarkIsland is a small island for three months; the figure is what one payment costs, all in all.
func BenchmarkIsland(b *testing.B) {
	for b.Loop() {
		r, err := Run(Config{People: 500, Days: 90, Seed: 1, News: true, Pattern: Village, Dir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(r.Payments.Accepted), "payments")
	}
}
