package anchor_test

import (
	"math/rand/v2"
	"testing"

	"kula/money"
	"kula/protocol"
)

// TestPropertyNothingIsLostWhateverTheOrder runs random histories of honest people whose documents come in any order,
// late, twice or never, with unloads, extensions and replaced phones, under a clock that mostly goes forward. The
// books always agree, no honest purse is accused, and at the end everybody's money is where it should be.
func TestPropertyNothingIsLostWhateverTheOrder(t *testing.T) {
	for seed := range uint64(12) {
		storm(t, rand.New(rand.NewPCG(seed, 7)))
	}
}

func storm(t *testing.T, r *rand.Rand) {
	w := newWorld(t, scratch)
	var people []*person
	var loaded money.Amount
	for _, name := range []string{"a", "b", "c", "d"} {
		p := w.person(name)
		p.load(1000)
		loaded += 1000
		p.refresh()
		people = append(people, p)
	}
	var pending, lost []*protocol.Payment
	for range 150 {
		p, q := people[r.IntN(4)], people[r.IntN(4)]
		switch r.IntN(10) {
		case 0, 1, 2, 3:
			room := p.sheet.Available - (p.spent - p.sheet.Base.Spent)
			if p == q || room <= 0 || w.now() < p.sheet.IssuedAt || w.now() > p.sheet.ExpiresAt {
				continue
			}
			pay := p.pay(q.billFrom(func(b *protocol.Bill) { b.ExpiresAt = w.now() + r.Uint64N(60)*day + day }, 1+money.Amount(r.Int64N(int64(room)))))
			pending = append(pending, pay)
		case 4, 5:
			for range r.IntN(5) {
				if len(pending) == 0 {
					break
				}
				i := r.IntN(len(pending))
				w.bring(pending[i].Entry, pending[i].Bill)
				if r.IntN(4) != 0 {
					pending = append(pending[:i], pending[i+1:]...)
				}
			}
		case 6:
			p.refresh()
		case 7:
			w.pass(r.Uint64N(30 * day))
			w.tend()
			if r.IntN(5) == 0 {
				w.clock.Store(w.now() - r.Uint64N(20*day))
			}
		case 8:
			p.load(10)
			loaded += 10
			p.sync()
		case 9:
			if r.IntN(3) == 0 {
				_ = w.bank.Extend(w.ctx, w.now(), w.now()+r.Uint64N(20)*day+1)
			} else if len(pending) > 0 {
				lost, pending = append(lost, pending[0]), pending[1:]
			}
		}
		w.audit()
	}
	for round := range 4 {
		if round == 2 { // found again, long after they lapsed
			for _, l := range append(lost, pending...) {
				w.bring(l.Entry, l.Bill)
			}
		}
		w.pass(200 * day)
		w.tend()
		for _, p := range people {
			p.refresh()
		}
	}
	var sum money.Amount
	for _, p := range people {
		v := p.view()
		if v.State != "open" || v.Waiting {
			t.Fatalf("%+v", v)
		}
		sum += v.AtBank
		// Everything that lies at the bank can be spent.
		p.available(v.AtBank)
	}
	if sum != loaded {
		t.Fatal(sum, loaded)
	}
}
