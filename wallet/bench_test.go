package wallet

import (
	"testing"
)

// BenchmarkOpen opens the wallets of a payer and of a stall after a thousand payments, and reports what each
// payment costs in the journal.
func BenchmarkOpen(b *testing.B) {
	const payments = 1000
	_, mary, tom := village(b)
	price := must(tom.Request(now, RequestParams{Standing: true}))(b)
	before := map[*person]int{mary: mary.journal.size(), tom: tom.journal.size()}
	for range payments {
		paid := must(mary.Pay(now, price, PayParams{Amount: 100_000}))(b)
		must(tom.Accept(now, paid.Bundle))(b)
	}
	for _, p := range []*person{mary, tom} {
		b.Run(map[*person]string{mary: "payer", tom: "payee"}[p], func(b *testing.B) {
			for range b.N {
				must(Open(Config{Network: testNetwork, Journal: &memory{}, Keys: p.ring}, p.journal.records))(b)
			}
			b.ReportMetric(float64(p.journal.size()-before[p])/payments, "B/payment")
		})
	}
}

func (m *memory) size() (n int) {
	for _, r := range m.records {
		n += len(r)
	}
	return n
}
