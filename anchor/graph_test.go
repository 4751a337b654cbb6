package anchor_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
)

// What a sceptical bank wants to see of payments that stand on payments: it does not matter who brings
// which documents, in which order, in how many pieces, and how often.

// hamlet is some people and what they did off-line. Many live in one world: each is a trial of its own.
type hamlet struct {
	*world
	name   string
	people []*person
	events []arrival // what can reach the bank, each in its own time
	order  []protocol.Hash
}

// arrival is something that reaches the bank: documents that anybody brings, or an enrolment.
type arrival struct {
	docs  []protocol.Document
	enrol *person
}

func (w *world) hamlet(name string) *hamlet { return &hamlet{world: w, name: name} }

func (v *hamlet) live(name string, kind protocol.Kind, loaded money.Amount) *person {
	p := v.personOf(v.name+" "+name, kind)
	if loaded > 0 {
		p.load(loaded)
	}
	p.refresh()
	v.people = append(v.people, p)
	return p
}

func (v *hamlet) poor(name string) *person { return v.live(name, protocol.Circulating, 0) }

func (v *hamlet) rich(name string, loaded money.Amount) *person {
	return v.live(name, protocol.Circulating, loaded)
}

// stranger asks for money before the bank knows them.
func (v *hamlet) stranger(name string) *person {
	p := v.newPerson(v.name+" "+name, protocol.Circulating)
	v.events = append(v.events, arrival{enrol: p})
	v.people = append(v.people, p)
	return p
}

// pays has one pay another and keeps the documents for later.
func (v *hamlet) pays(from, to *person, amount money.Amount) {
	p := from.pay(to.bill(amount))
	v.order = append(v.order, p.EntryHash)
	v.events = append(v.events, arrival{docs: []protocol.Document{p.Entry, p.Bill}})
}

// states has somebody send a Statement by courier.
func (v *hamlet) states(p *person) {
	v.events = append(v.events, arrival{docs: []protocol.Document{p.statement()}})
}

// deliver has the bank meet the events in that order, in bundles that end at the cuts.
func (v *hamlet) deliver(order []int, cut func(place int) bool, by func() *protocol.PurseID) {
	v.t.Helper()
	var docs []protocol.Document
	for i, n := range order {
		e := v.events[n]
		if e.enrol != nil {
			e.enrol.enrol()
		}
		docs = append(docs, e.docs...)
		if (i == len(order)-1 || cut(i)) && len(docs) > 0 {
			reply := v.syncAs(by(), 0, docs...)
			for _, p := range reply.Problems {
				switch anchor.Code(p.Code) {
				case anchor.CodeParked, anchor.CodePayeeUnknown, anchor.CodeStatementWaits, anchor.CodeStale, anchor.CodeLate:
				default:
					v.t.Fatalf("%s: %+v", v.name, p)
				}
			}
			docs = nil
		}
	}
}

// seen is all that the bank has to say about the hamlet: what became of each payment, and what
// everybody has.
func (v *hamlet) seen() string {
	v.t.Helper()
	var b strings.Builder
	names := map[protocol.Hash]int{}
	for i, p := range v.people {
		names[protocol.Hash(p.id)], names[protocol.Hash(p.enrolment.Account)] = i+1, i+1
	}
	for i, h := range v.order {
		r, _, err := v.bank.Receipt(v.ctx, h)
		if err != nil {
			refused(v.t, err, "not_found")
			fmt.Fprintf(&b, "payment %d: none\n", i)
			continue
		}
		fmt.Fprintf(&b, "payment %d: %d %d %d to %d\n", i, r.Outcome, r.Reason, r.Amount, names[r.Credited.To])
	}
	for i, p := range v.people {
		view, err := v.bank.Purse(v.ctx, p.id)
		if err != nil {
			refused(v.t, err, "unknown_purse")
			continue
		}
		paid := v.rail.Paid(p.enrolment.Account.String(), v.asset)
		fmt.Fprintf(&b, "person %d: %s, %d there, %d lent, %d waiting, %d paid out\n",
			i+1, view.State, view.AtBank, view.CreditUsed, view.FundsWaiting, paid)
	}
	return b.String()
}

// sheets asks for a fresh sheet for everybody, and says what is available on it.
func (v *hamlet) sheets() string {
	v.t.Helper()
	var b strings.Builder
	for i, p := range v.people {
		if _, err := v.bank.Purse(v.ctx, p.id); err != nil {
			continue
		}
		st := p.statement()
		reply := p.sync(st)
		available := "waits"
		for _, s := range protocol.All[*protocol.Sheet](reply.Bundle) {
			if s.Base.Seq == st.Seq {
				available = fmt.Sprint(s.Available)
			}
		}
		fmt.Fprintf(&b, "person %d: available %s\n", i+1, available)
	}
	return b.String()
}

// histories are the small ones, of which every order and split is tried.
var histories = map[string]func(*hamlet){
	"a chain": func(v *hamlet) {
		a, b, c, d := v.rich("a", 100), v.poor("b"), v.poor("c"), v.poor("d")
		v.pays(a, b, 60)
		v.pays(b, c, 50)
		v.pays(c, d, 50)
	},
	"a loop": func(v *hamlet) {
		a, b, c := v.rich("a", 100), v.poor("b"), v.poor("c")
		v.pays(a, b, 100)
		v.pays(b, a, 100)
		v.pays(a, c, 100)
		v.pays(c, b, 70)
	},
	"many small incomes": func(v *hamlet) {
		shop, boat := v.poor("shop"), v.poor("boat")
		for i := range 3 {
			v.pays(v.rich(fmt.Sprint("buyer ", i), 10), shop, 10)
		}
		v.pays(shop, boat, 30)
	},
	"a change of sheet": func(v *hamlet) {
		a, b, c := v.rich("a", 100), v.rich("b", 5), v.poor("c")
		v.pays(b, c, 5)
		b.refresh()
		v.pass(1)
		v.pays(a, b, 60)
		v.pays(b, c, 40)
		v.states(b)
	},
	"two live sheets": func(v *hamlet) {
		a, b, c := v.rich("a", 100), v.rich("b", 20), v.poor("c")
		old := b.sheet
		v.pays(b, c, 5)
		b.refresh()
		v.pass(1)
		v.pays(a, b, 50)
		v.pays(b, c, 30)
		b.sheet = old
		v.pays(b, c, 30)
	},
	"a payout purse": func(v *hamlet) {
		a, shop, c := v.rich("a", 100), v.live("shop", protocol.PayoutKind, 30), v.poor("c")
		v.pays(a, shop, 60)
		v.pays(shop, c, 30)
		v.pays(a, c, 40)
		v.pays(c, a, 70)
	},
	"a payee who is not enrolled yet": func(v *hamlet) {
		a, b := v.rich("a", 100), v.rich("b", 10)
		guest := v.stranger("new")
		v.pays(a, guest, 60)
		v.pays(a, b, 40)
		v.pays(b, guest, 50)
	},
}

// exhaust calls f with every order of n events and every way to cut it into bundles; of more than three: all together, in
// halves, each by itself.
func exhaust(n int, f func(order []int, cuts int)) {
	var order []int
	var grow func()
	grow = func() {
		if len(order) == n {
			for cuts := range 1 << (n - 1) {
				if n < 4 || cuts == 0 || cuts == 1<<(n/2-1) || cuts == 1<<(n-1)-1 {
					f(order, cuts)
				}
			}
			return
		}
		for i := range n {
			if !slices.Contains(order, i) {
				order = append(order, i)
				grow()
				order = order[:len(order)-1]
			}
		}
	}
	grow()
}

func nobody() *protocol.PurseID { return nil }

// wander lives a random honest history: people pay what their sheet and their income since allow, change
// sheets, and state where they are by courier.
func (v *hamlet) wander(r *rand.Rand, steps int) {
	for i := range 3 + r.IntN(4) {
		kind := protocol.Circulating
		if r.IntN(5) == 0 {
			kind = protocol.PayoutKind
		}
		v.live(fmt.Sprint("person ", i), kind, money.Amount(r.IntN(3)*100))
	}
	v.stranger("new")
	got := make([]money.Amount, len(v.people)) // income that may back a payment
	for range steps {
		from, to := r.IntN(len(v.people)), r.IntN(len(v.people))
		p := v.people[from]
		switch r.IntN(8) {
		case 0:
			if p.sheet != nil { // a sheet that counts nothing of what is on its way
				if reply := p.refresh(); len(reply.Problems) == 0 {
					v.pass(1)
				}
			}
		case 1:
			if p.sheet != nil {
				v.states(p)
			}
		default:
			if from == to || p.sheet == nil {
				continue
			}
			room := p.sheet.Available + got[from] - (p.spent - p.sheet.Base.Spent)
			if room <= 0 {
				continue
			}
			amount := 1 + money.Amount(r.Int64N(int64(room)))
			v.pays(p, v.people[to], amount)
			if q := v.people[to]; q.enrolment.Kind == protocol.Circulating {
				got[to] += amount
			}
		}
	}
}

// TestPropertyGraphsOfPayments: of one random history a random part reaches two banks in different ways:
// any order, any split, repeated, by anybody. They agree at once, when deadlines have passed and part
// of it was dishonoured, and when the rest comes, in time or late.
func TestPropertyGraphsOfPayments(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		seed, steps := rapid.Uint64().Draw(r, "history"), rapid.IntRange(1, 40).Draw(r, "steps")
		line := rapid.SampledFrom([]money.Amount{0, 60}).Draw(r, "credit line")
		w := newWorld(t, scratch, func(w *world) {
			w.terms = func(c *protocol.Charter) { c.Assets[0].CreditLine = line }
		})
		since := w.now()
		one, two := w.hamlet("one"), w.hamlet("two")
		one.wander(rand.New(rand.NewPCG(seed, 3)), steps)
		w.clock.Store(since)
		two.wander(rand.New(rand.NewPCG(seed, 3)), steps)
		if len(one.events) != len(two.events) {
			r.Fatal("two histories of one seed")
		}
		var all, first []int
		choice := rand.New(rand.NewPCG(seed, 5))
		for i := range one.events {
			all = append(all, i)
			if choice.IntN(3) > 0 {
				first = append(first, i)
			}
		}
		agree := func(when string) {
			w.settle()
			if a, b := one.seen(), two.seen(); a != b {
				r.Fatalf("%s, one:\n%s\ntwo:\n%s", when, a, b)
			}
			w.audit()
		}
		bring := func(part []int) {
			for _, v := range []*hamlet{one, two} {
				if len(part) == 0 {
					continue
				}
				order := rapid.Permutation(part).Draw(r, "order of "+v.name)
				again := rapid.SliceOfN(rapid.SampledFrom(part), 0, 5).Draw(r, "again")
				v.deliver(append(order, again...), func(int) bool { return rapid.Bool().Draw(r, "cut") }, func() *protocol.PurseID {
					p := rapid.SampledFrom(v.people).Draw(r, "who brings it")
					if rapid.Bool().Draw(r, "nobody") || p.sheet == nil {
						return nil
					}
					return &p.id
				})
			}
		}
		bring(first)
		agree("after the first part")
		if rapid.Bool().Draw(r, "deadlines pass") {
			w.pass(rapid.SampledFrom([]uint64{80, 50}).Draw(r, "days") * day)
			w.tend()
			agree("after deadlines")
		}
		bring(all)
		agree("after all")
		if a, b := one.sheets(), two.sheets(); a != b {
			r.Fatalf("sheets, one:\n%s\ntwo:\n%s", a, b)
		}
		w.pass(300 * day)
		w.tend()
		agree("long after")
		if a, b := one.sheets(), two.sheets(); a != b {
			r.Fatalf("sheets long after, one:\n%s\ntwo:\n%s", a, b)
		}
		for _, v := range []*hamlet{one, two} {
			v.spendAll()
		}
		agree("when all is spent")
	})
}

// spendAll has everybody pay what their sheet says, which is good for it.
func (v *hamlet) spendAll() {
	v.t.Helper()
	to := v.personOf(v.name+" heir", protocol.Circulating)
	for _, p := range v.people {
		if p.sheet != nil && p.sheet.Available > 0 && v.now() <= p.sheet.ExpiresAt { // else it is overdrawn, and waits
			v.honoured(p.pay(to.bill(p.sheet.Available)))
		}
	}
}

// TestGraphAPaymentAsLargeAsTheyGet: ten hops, and at the end of them a shop with many small incomes beside, all
// with their sheets and bills in the one bundle that the last payee brings: 256 documents. Everybody in it is
// credited, once, though none of the others ever came.
func TestGraphAPaymentAsLargeAsTheyGet(t *testing.T) {
	w := newWorld(t, scratch)
	v := w.hamlet("hamlet")
	var docs []protocol.Document
	pays := func(from, to *person, amount money.Amount) {
		p := from.pay(to.bill(amount))
		docs = append(docs, p.Sheet, p.Bill, p.Entry)
	}
	from := v.rich("the first", 100)
	for hop := range 9 {
		to := v.poor(fmt.Sprint("hop ", hop))
		pays(from, to, 100)
		from = to
	}
	shop, last := v.poor("shop"), v.poor("the last")
	pays(from, shop, 100)
	for i := range 31 {
		buyer := v.rich(fmt.Sprint("buyer ", i), 5)
		for range 2 {
			pays(buyer, shop, 2)
		}
	}
	pays(shop, last, 224)
	for protocol.NewBundle(network, docs...).Len() < protocol.PaymentBounds.Documents {
		docs = append(docs, last.bill(1)) // what a phone may bring beside
	}
	for range 2 {
		reply := w.bring(docs...)
		if len(reply.Problems) != 0 || len(protocol.All[*protocol.Receipt](reply.Bundle)) != 73 {
			t.Fatal(reply.Problems)
		}
		last.holds(224)
		shop.holds(0)
		from.holds(0)
	}
	w.audit()
}
