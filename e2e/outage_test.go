package e2e

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
	"kula/wallet"
)

// TestCrashHorizonDownForAnHour: Horizon takes a payout and is gone for an hour before it answers. The network
// itself goes on, and people load meanwhile; the bank redeems and issues sheets all the while. When
// Horizon is back, loads and payouts catch up by themselves, and nothing counts twice.
func TestCrashHorizonDownForAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := settle(t, 5*time.Second)
		mary, shop := is.loaded("Mary", 100*money.Unit), is.person("Shop", protocol.PayoutKind)
		shop.fund(0)
		late := is.person("Late", protocol.Circulating)
		late.fund(50 * money.Unit)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- is.bank.Run(ctx) }()
		buy := func() {
			shop.accept(mary.pay(shop.request(wallet.RequestParams{Amount: 10 * money.Unit})))
			shop.sync()
		}

		is.horizon.breakOnPost.Store(true)
		buy() // is applied, and the bank does not know
		for range 6 {
			<-time.After(10 * time.Minute)
			buy()
			mary.refresh()
		}
		late.load(20 * money.Unit)
		<-time.After(time.Minute)
		mary.spendable(30 * money.Unit)
		late.spendable(0)
		sent, err := is.bank.Payouts(t.Context(), anchor.PayoutSent)
		is.must(err)
		if paid := shop.onLedger(); paid != 10*money.Unit || len(sent) != 1 || !is.horizon.cut.Load() {
			t.Fatalf("the shop was paid %s while Horizon was down, and %d payouts are in doubt", paid, len(sent))
		}

		is.horizon.cut.Store(false)
		for _, d := range []time.Duration{3 * time.Minute, time.Hour} { // caught up; and still so
			<-time.After(d)
			late.refresh()
			late.spendable(20 * money.Unit)
			if paid := shop.onLedger(); paid != 70*money.Unit {
				t.Fatalf("the shop was paid %s of %s", paid, 70*money.Unit)
			}
			is.audit()
		}
		is.paidOut(shop, 7)
		stop()
		is.must(<-ended)
	})
}

// paidOut checks that a wallet was told of each payout, once, and that nothing waits.
func (is *island) paidOut(p *person, want int) {
	is.Helper()
	p.sync()
	told := 0
	for _, row := range p.History(now()) {
		if row.State == wallet.PaidOut.String() {
			told++
		}
	}
	settled, err := is.bank.Payouts(is.Context(), anchor.PayoutSettled)
	is.must(err)
	if told != want || len(settled) != want {
		is.Fatalf("%s was told of %d payouts, the bank knows of %d; want %d", p.name, told, len(settled), want)
	}
}
