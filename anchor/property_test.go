package anchor_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
)

// history is what an honest village did off-line: everybody loaded, got a sheet, and paid within it.
type history struct {
	*world
	people   []*person
	payments []*protocol.Payment
}

func newHistory(t *testing.T, seed uint64) *history {
	random := rand.New(rand.NewPCG(seed, 1))
	h := &history{world: newWorld(t, scratch)}
	for i := range 2 + random.IntN(4) {
		kind := protocol.Circulating
		if random.IntN(4) == 0 {
			kind = protocol.PayoutKind
		}
		p := h.personOf(fmt.Sprint("person ", i), kind)
		p.load(money.Amount(1 + random.IntN(1000)))
		p.refresh()
		h.people = append(h.people, p)
	}
	left := make([]money.Amount, len(h.people))
	for i, p := range h.people {
		left[i] = p.sheet.Available
	}
	for range random.IntN(25) {
		from, to := random.IntN(len(h.people)), random.IntN(len(h.people))
		if from == to || left[from] == 0 {
			continue
		}
		amount := 1 + money.Amount(random.Int64N(int64(left[from])))
		left[from] -= amount
		h.payments = append(h.payments, h.people[from].pay(h.people[to].bill(amount)))
	}
	return h
}

func (h *history) balances() (all []money.Amount) {
	for _, p := range h.people {
		all = append(all, p.view().AtBank, h.rail.Paid(p.enrolment.Account.String(), h.asset))
	}
	return all
}

func TestPropertyOrderSplitsAndRepeatsOfAnHonestHistoryDoNotMatter(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		seed := rapid.Uint64().Draw(r, "history")
		inOrder, anyHow := newHistory(t, seed), newHistory(t, seed)
		for _, p := range inOrder.payments {
			inOrder.honoured(p)
		}
		order := rapid.Permutation(append(anyHow.payments, anyHow.payments...)).Draw(r, "order")
		for len(order) > 0 {
			n := rapid.IntRange(1, len(order)).Draw(r, "batch")
			for i, out := range anyHow.redeem(order[:n]...) {
				if out.Receipt == nil || out.Receipt.Outcome != protocol.Honoured {
					r.Fatalf("payment %d: %+v", i, out.Problem)
				}
			}
			order = order[n:]
		}
		for _, h := range []*history{inOrder, anyHow} {
			h.settle()
			h.audit()
		}
		if a, b := fmt.Sprint(inOrder.balances()), fmt.Sprint(anyHow.balances()); a != b {
			r.Fatalf("in order %s, any how %s", a, b)
		}
	})
}

// machine is a bank among people of whom some cheat.
type machine struct {
	*world
	people   []*person
	payments []*protocol.Payment
	words    map[protocol.Hash]protocol.Hash // entry → receipt that somebody was given
}

func (m *machine) someone(r *rapid.T) *person { return rapid.SampledFrom(m.people).Draw(r, "who") }

func (m *machine) note(r *rapid.T, out anchor.Presented) {
	if out.Receipt == nil {
		return
	}
	h := network.Hash(out.Receipt)
	if before, known := m.words[out.Entry]; known && before != h {
		r.Fatal("an entry has two receipts")
	}
	m.words[out.Entry] = h
}

func (m *machine) spend(r *rapid.T, cheat bool) {
	from, to := m.someone(r), m.someone(r)
	if from.sheet == nil {
		return
	}
	amount := money.Amount(rapid.IntRange(1, 400).Draw(r, "amount"))
	bill := to.billFrom(shortBill(rapid.Uint64Range(5, 100).Draw(r, "days")), amount)
	if cheat {
		seq := rapid.Uint64Range(from.sheet.Base.Seq+1, from.seq+3).Draw(r, "number")
		m.payments = append(m.payments, from.entry(bill, seq, from.sheet.Base.Spent+amount, amount))
		return
	}
	m.payments = append(m.payments, from.pay(bill))
}

func TestPropertyConservation(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		m := &machine{world: newWorld(t, scratch, withFees), words: map[protocol.Hash]protocol.Hash{}}
		for i := range 4 {
			kind := protocol.Circulating
			if i == 3 {
				kind = protocol.PayoutKind
			}
			m.people = append(m.people, m.personOf(fmt.Sprint("person ", i), kind))
		}
		r.Repeat(map[string]func(*rapid.T){
			"load":    func(r *rapid.T) { m.someone(r).load(money.Amount(rapid.IntRange(2, 1000).Draw(r, "amount"))) },
			"refresh": func(r *rapid.T) { m.someone(r).refresh() },
			"pay":     func(r *rapid.T) { m.spend(r, false) },
			"cheat":   func(r *rapid.T) { m.spend(r, true) },
			"present": func(r *rapid.T) {
				if len(m.payments) > 0 {
					m.note(r, m.redeem(rapid.SampledFrom(m.payments).Draw(r, "payment"))[0])
				}
			},
			"presentAll": func(r *rapid.T) {
				for _, out := range m.redeem(m.payments...) {
					m.note(r, out)
				}
			},
			"unload": func(r *rapid.T) {
				p := m.someone(r)
				offer, err := m.bank.Unload(m.ctx, anchor.UnloadRequest{Purse: p.id, Amount: 50, Destination: account("out").String()})
				if err == nil && p.sheet != nil {
					m.payments = append(m.payments, p.pay(offer.Bill))
				}
			},
			"freeze":   func(r *rapid.T) { ok(m.t, m.bank.Freeze(m.ctx, m.someone(r).id)) },
			"unfreeze": func(r *rapid.T) { ok(m.t, m.bank.Unfreeze(m.ctx, m.someone(r).id)) },
			"replace":  func(r *rapid.T) { _ = m.bank.Revoke(m.ctx, m.someone(r).id, m.someone(r).id) },
			"extend":   func(r *rapid.T) { _ = m.bank.Extend(m.ctx, m.now(), m.now()+20*day) },
			"settle":   func(*rapid.T) { m.settle() },
			"time": func(r *rapid.T) {
				m.pass(rapid.Uint64Range(1, 60).Draw(r, "days") * day)
				m.tend()
			},
			"": func(r *rapid.T) {
				m.audit()
				for _, p := range m.people {
					if p.view().AtBank < 0 {
						r.Fatal("a purse is overdrawn")
					}
				}
			},
		})
	})
}
