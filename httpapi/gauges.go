package httpapi

import (
	"context"

	"kula/anchor"
	"kula/money"
)

// bankFigures are what an operator would look at first. The ledger is asked for the reserve at each
// look; while it does not answer, kula_ledger_answers is 0 and the reserve's figures are missing.
func bankFigures(bank Operator) func(context.Context) ([]Gauge, error) {
	return func(ctx context.Context) ([]Gauge, error) {
		all, err := queues(ctx, bank)
		if err != nil {
			return nil, err
		}
		books, err := bank.Books(ctx)
		answers := gauge("kula_ledger_answers", "1 when the ledger said what the reserve holds.", "", "", truth(err == nil))
		if err != nil {
			return append(all, answers), nil //nolint:nilerr // that there is no answer is the figure
		}
		all = append(all, answers, gauge("kula_books_balance", "1 when every invariant of the books holds.", "", "", truth(books.Problem == "")))
		for _, r := range books.Reserve {
			all = append(all,
				gauge("kula_reserve_agrees", "1 when the reserve in the books is what the ledger holds.", "asset", r.Asset, truth(r.Agrees)),
				gauge("kula_reserve_books", "The reserve in the books, in units.", "asset", r.Asset, units(r.Books)),
				gauge("kula_reserve_ledger", "The reserve on the ledger, in units.", "asset", r.Asset, units(r.Ledger)))
		}
		return all, nil
	}
}

// queues are the lists that somebody should keep short.
func queues(ctx context.Context, bank Operator) ([]Gauge, error) {
	suspense, err := bank.Suspense(ctx)
	if err != nil {
		return nil, err
	}
	all := []Gauge{gauge("kula_suspense_items", "Money that arrived and could not be placed.", "", "", float64(len(suspense)))}
	for name, state := range map[string]anchor.PayoutState{"queued": anchor.PayoutQueued, "sent": anchor.PayoutSent, "parked": anchor.PayoutParked} {
		payouts, err := bank.Payouts(ctx, state)
		if err != nil {
			return nil, err
		}
		all = append(all, gauge("kula_payouts", "Payouts on their way, by state; parked ones need somebody. At most 1000 are counted.", "state", name, float64(len(payouts))))
	}
	guarantee, err := bank.Guarantee(ctx)
	for _, g := range guarantee {
		all = append(all,
			gauge("kula_guarantee_fund", "What the guarantee holds, in units.", "asset", g.Asset, units(g.Fund)),
			gauge("kula_guarantee_claims", "What the guarantee paid and did not get back, in units.", "asset", g.Asset, units(g.Claims)),
			gauge("kula_credit_lent", "What is lent on credit lines, in units.", "asset", g.Asset, units(g.Lent)))
	}
	return all, err
}

func gauge(name, help, label, value string, figure float64) Gauge {
	g := Gauge{Name: name, Help: help, Value: figure}
	if label != "" {
		g.Labels = map[string]string{label: value}
	}
	return g
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func units(a money.Amount) float64 { return float64(a) / float64(money.Unit) }
