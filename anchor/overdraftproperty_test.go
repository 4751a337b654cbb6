package anchor_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"kula/anchor"
	"kula/ledger"
	"kula/money"
	"kula/protocol"
)

// bank is a machine whose people overdraw, honestly and not, at a bank that covers some of it.
type bank struct {
	*machine
	perBill, limit, line, funded money.Amount
}

func newBank(t *testing.T, r *rapid.T) *bank {
	b := &bank{
		perBill: money.Amount(rapid.IntRange(0, 200).Draw(r, "per bill")), limit: money.Amount(rapid.IntRange(0, 400).Draw(r, "cap")),
		line: money.Amount(rapid.IntRange(0, 100).Draw(r, "line")),
	}
	w := newWorld(t, covering(b.perBill, b.limit, b.line), func(w *world) {
		w.scratch = true
		terms := w.terms
		w.terms = func(c *protocol.Charter) {
			terms(c)
			c.Assets[0].Payout = protocol.Fee{Flat: 3}
		}
	})
	b.machine = &machine{world: w, words: map[protocol.Hash]protocol.Hash{}}
	for i := range 4 {
		kind := protocol.Circulating
		if i == 3 {
			kind = protocol.PayoutKind
		}
		p := b.personOf(fmt.Sprint("person ", i), kind)
		p.load(money.Amount(rapid.IntRange(1, 300).Draw(r, "load")))
		p.refresh()
		b.people = append(b.people, p)
	}
	return b
}

// given is what the payee of an entry has of it by now.
func given(e *anchor.EntryRecord) money.Amount {
	switch {
	case e.Receipt == nil:
		return e.Paid
	case e.Receipt.Outcome == protocol.Honoured:
		return e.Receipt.Amount
	}
	return e.Receipt.Covered
}

// check holds what every purse paid and got against the entries, and what the bank advanced against the books.
func (b *bank) check(t *rapid.T) {
	b.audit()
	paid, got := map[int64]money.Amount{}, map[int64]money.Amount{}
	credit, guarantee := map[int64]money.Amount{}, map[int64]money.Amount{}
	ok(b.t, b.store.View(b.ctx, func(r anchor.Reader) error {
		for _, p := range b.payments {
			e, err := r.Entry(p.EntryHash)
			if err != nil {
				continue // not brought yet
			}
			whole := given(e)
			if whole < e.Paid || whole > e.Entry.Spend.Amount || e.Advanced > whole {
				t.Fatalf("%d of %d given, %d before, %d advanced", whole, e.Entry.Spend.Amount, e.Paid, e.Advanced)
			}
			paid[e.Purse] += whole
			got[e.Payee] += whole
			b.checkAdvance(t, r, e, credit, guarantee)
		}
		return b.checkPurses(t, r, paid, got, credit, guarantee)
	}))
}

func (b *bank) checkAdvance(t *rapid.T, r anchor.Reader, e *anchor.EntryRecord, credit, guarantee map[int64]money.Amount) {
	a, err := r.Advance(e.Hash)
	if err != nil {
		if e.Advanced != 0 {
			t.Fatal("an advance was lost")
		}
		return
	}
	if a.Credit+a.Guarantee != e.Advanced || a.Open() < 0 || a.Guarantee > b.perBill {
		t.Fatalf("%+v %+v", a, e)
	}
	open := max(0, a.Credit-a.Repaid)
	credit[e.Purse] += open
	guarantee[e.Purse] += a.Open() - open
}

func (b *bank) checkPurses(t *rapid.T, r anchor.Reader, paid, got, credit, guarantee map[int64]money.Amount) error {
	claims := money.Amount(0)
	for _, who := range b.people {
		p, err := r.Purse(who.id)
		ok(b.t, err)
		income := got[p.Number]
		if p.Enrolment.Kind == protocol.PayoutKind {
			income = 0
		}
		if p.Honoured != paid[p.Number] || p.Income != income {
			t.Fatalf("%s paid %d and got %d by its entries, %d and %d by its row", p.Name, paid[p.Number], income, p.Honoured, p.Income)
		}
		if p.CreditUsed != credit[p.Number] || p.GuaranteePaid != guarantee[p.Number] || p.CreditUsed > b.line || p.GuaranteePaid > b.limit {
			t.Fatalf("%s: %d of %d lent, %d of %d by the guarantee", p.Name, p.CreditUsed, b.line, p.GuaranteePaid, b.limit)
		}
		stands(t, r, ledger.Purse(p.ID), b.asset, -p.Balance())
		stands(t, r, ledger.Credit(p.ID), b.asset, p.CreditUsed)
		stands(t, r, ledger.Claim(p.ID), b.asset, p.GuaranteePaid)
		if over := p.Honoured + p.Inherited - p.Loaded - p.Income; over > p.Advanced() {
			t.Fatalf("%s paid %d more than it got, with %d advanced", p.Name, over, p.Advanced())
		}
		claims += p.GuaranteePaid
	}
	stands(t, r, ledger.Claims, b.asset, -claims)
	stands(t, r, ledger.Guarantee, b.asset, claims-b.funded)
	return nil
}

// backed pays out of nothing at all, or of income that the bank has not seen, as an honest wallet may.
func (b *bank) backed(r *rapid.T) {
	from, to := b.someone(r), b.someone(r)
	if from == to {
		return
	}
	amount := money.Amount(rapid.IntRange(1, 400).Draw(r, "amount"))
	b.payments = append(b.payments, from.pay(to.billFrom(shortBill(rapid.Uint64Range(5, 60).Draw(r, "days")), amount)))
}

func TestPropertyTheOverdraft(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		b := newBank(t, r)
		r.Repeat(map[string]func(*rapid.T){
			"load": func(r *rapid.T) { b.someone(r).load(money.Amount(rapid.IntRange(1, 300).Draw(r, "amount"))) },
			"fund": func(r *rapid.T) {
				amount := money.Amount(rapid.IntRange(1, 300).Draw(r, "amount"))
				b.guarantee(amount)
				b.funded += amount
			},
			"refresh": func(r *rapid.T) { b.someone(r).refresh() },
			"pay":     b.backed,
			"payMore": b.backed,
			"cheat":   func(r *rapid.T) { b.spend(r, true) },
			"present": func(r *rapid.T) {
				if len(b.payments) > 0 {
					b.note(r, b.redeem(rapid.SampledFrom(b.payments).Draw(r, "payment"))[0])
				}
			},
			"presentAll": func(r *rapid.T) {
				for _, out := range b.redeem(b.payments...) {
					b.note(r, out)
				}
			},
			"replace": func(r *rapid.T) { _ = b.bank.Revoke(b.ctx, b.someone(r).id, b.someone(r).id) }, // refused when they are one
			"settle":  func(*rapid.T) { b.settle() },
			"time": func(r *rapid.T) {
				b.pass(rapid.Uint64Range(1, 40).Draw(r, "days") * day)
				b.tend()
			},
			"": b.check,
		})
	})
}

// TestPropertyAnHonestDebtEnds: whoever overdrew honestly and then gets what was missing owes nothing any more,
// and can spend all that is left.
func TestPropertyAnHonestDebtEnds(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		b := newBank(t, r)
		b.guarantee(1000)
		b.funded = 1000
		for range rapid.IntRange(1, 12).Draw(r, "payments") {
			b.backed(r)
		}
		for _, i := range rapid.Permutation(b.payments).Draw(r, "order") {
			if rapid.IntRange(0, 4).Draw(r, "brought") > 0 {
				b.redeem(i)
			}
		}
		b.pass(70 * day)
		b.tend()
		b.check(r)
		for _, p := range b.people {
			p.load(10_000)
			p.refresh()
		}
		b.pass(130 * day) // what was never brought has lapsed
		b.tend()
		b.check(r)
		for _, p := range b.people {
			p.owes(0, 0)
			p.refresh()
			p.available(p.view().AtBank)
		}
	})
}
