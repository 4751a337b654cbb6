package anchor_test

import (
	"math/rand/v2"
	"testing"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
)

// TestPropertyCheatsBreakNothing has one phone sign any numbers and totals at all, Statements too, while the bank
// works at everything else at the same time. No call fails, the books agree, and nobody honest loses what a
// receipt gave them.
func TestPropertyCheatsBreakNothing(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 11))
		w := newWorld(t, scratch)
		mallory, bob := w.person("mallory"), w.person("bob")
		carol := w.personOf("carol", protocol.PayoutKind)
		mallory.load(1000)
		mallory.refresh()
		for range 120 {
			switch r.IntN(8) {
			case 0, 1, 2:
				bill := bob.bill(1 + money.Amount(r.Int64N(400)))
				if r.IntN(3) == 0 {
					bill = carol.bill(1 + money.Amount(r.Int64N(400)))
				}
				seq := mallory.sheet.Base.Seq + 1 + r.Uint64N(6)
				p := mallory.entry(bill, seq, mallory.sheet.Base.Spent+bill.Amount+money.Amount(r.Int64N(300)), bill.Amount)
				w.bring(p.Entry, p.Bill)
			case 3:
				if r.IntN(4) == 0 {
					mallory.seq, mallory.spent = r.Uint64N(30), mallory.enrolment.Start+money.Amount(r.Int64N(3000))
					mallory.refresh()
				}
			case 4:
				w.pass(r.Uint64N(90 * day))
			case 5:
				mallory.load(50)
				mallory.sync()
			case 6:
				bob.refresh()
			}
			together(t,
				func() error { return w.bank.Tend(w.ctx) },
				func() error { _, err := w.bank.Settle(w.ctx); return err },
				func() error { _, err := w.bank.Ingest(w.ctx); return err },
				func() error {
					_, err := w.bank.Sync(w.ctx, anchor.SyncRequest{Bundle: protocol.NewBundle(network), Purse: &bob.id})
					return err
				},
			)
			w.audit()
		}
	}
}

func together(t *testing.T, all ...func() error) {
	t.Helper()
	failed := make(chan error, len(all))
	for _, f := range all {
		go func() { failed <- f() }()
	}
	for range all {
		ok(t, <-failed)
	}
}

// fork signs a payment that contradicts everything the purse signed under its newest number.
func (p *person) fork(b *protocol.Bill) *protocol.Payment {
	return p.entry(b, p.seq, p.sheet.Base.Spent+b.Amount, b.Amount)
}

func TestACheatPaysOutOfWhatItHasWhateverItsNumbersSay(t *testing.T) {
	w := newWorld(t, covering(100, 100, 0))
	w.guarantee(1000)
	mallory, ben := w.loaded("mallory", 300), w.person("ben")
	w.honoured(mallory.pay(ben.bill(100)))
	far := mallory.entry(ben.bill(50), mallory.seq+5, mallory.spent+5000, 50)
	w.problem(far, "parked")
	w.honoured(mallory.fork(ben.bill(10)))
	w.honoured(far) // there was money for it all the time
	mallory.holds(140)
	mallory.owes(0, 0)
	w.audit()
}
