package ledger_test

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"testing"

	"kula/ledger"
	"kula/money"

	"pgregory.net/rapid"
)

var (
	vuv = asset("VUV")
	usd = asset("USD")
)

func asset(code string) money.Asset {
	a, err := money.NewAsset(code, [32]byte{7})
	if err != nil {
		panic(err)
	}
	return a
}

func head(reference string) ledger.Header {
	return ledger.Header{Asset: vuv, Time: 1_800_000_000, Reference: reference}
}

func must(t ledger.Transaction, err error) ledger.Transaction {
	if err != nil {
		panic(err)
	}
	return t
}

// The worked example of the package comment.
func ExampleBooks() {
	ana, ben := [32]byte{0xa}, [32]byte{0xb}
	books := ledger.NewBooks()
	for _, t := range []ledger.Transaction{
		must(ledger.Load(head("op-1"), ana, 1000*money.Unit, 0)),
		must(ledger.Honour(head("e1"), ana, ben, 300*money.Unit)),
		must(ledger.Unload(head("e2"), ben, "7", 100*money.Unit, 1*money.Unit)),
		must(ledger.PayoutSettled(head("7"), "7", 99*money.Unit)),
		must(ledger.PayoutSettled(head("7"), "7", 99*money.Unit)), // again: changes nothing
	} {
		if _, err := books.Apply(t); err != nil {
			fmt.Println(err)
		}
	}
	for _, l := range books.Trial() {
		fmt.Printf("%.8s %s\n", l.Account, l.Balance)
	}
	fmt.Println(books.Trial().Check(), books.Trial().Reconcile(map[money.Asset]money.Amount{vuv: 901 * money.Unit}))
	// Output:
	// reserve 901
	// purse:0a -700
	// purse:0b -200
	// fees -1
	// <nil> []
}

// model says in plain numbers, without postings, what the books should come to.
type model struct {
	reserve, fees, cash money.Amount
	purse               [3]money.Amount
	payout, suspense    map[string]money.Amount
}

// act draws one thing that may happen, builds its transaction, and carries it out in the model when the money is there.
func (m *model) act(t *rapid.T, reference string) (ledger.Transaction, bool) {
	h := head(reference)
	amount := money.Amount(rapid.Int64Range(2, 50).Draw(t, "amount"))
	fee := money.Amount(rapid.Int64Range(0, 1).Draw(t, "fee"))
	p := rapid.IntRange(0, 2).Draw(t, "purse")
	q := (p + rapid.IntRange(1, 2).Draw(t, "other")) % 3
	out := fmt.Sprint("out-", rapid.IntRange(0, 3).Draw(t, "payout"))
	id, other := [32]byte{byte(p)}, [32]byte{byte(q)}
	// take moves money from one place of the model to others if it is there.
	take := func(from *money.Amount, to ...*money.Amount) bool {
		if *from < amount {
			return false
		}
		*from -= amount
		*to[0] += amount - fee
		if fee > 0 {
			*to[1] += fee
		}
		return true
	}
	payout := m.payout[out]
	defer func() { m.payout[out] = payout }()
	switch rapid.IntRange(0, 11).Draw(t, "act") {
	case 0:
		m.reserve += amount
		m.purse[p] += amount - fee
		m.fees += fee
		return must(ledger.Load(h, id, amount, fee)), true
	case 1:
		fee = 0
		return must(ledger.Honour(h, id, other, amount)), take(&m.purse[p], &m.purse[q])
	case 2:
		return must(ledger.PayoutQueued(h, id, out, amount, fee)), take(&m.purse[p], &payout, &m.fees)
	case 11:
		fee = 0
		return must(ledger.Closed(h, id, out, amount)), take(&m.purse[p], &payout)
	case 3:
		return must(ledger.Unload(h, id, out, amount, fee)), take(&m.purse[p], &payout, &m.fees)
	case 4:
		fee = 0
		paid := -amount // the reserve shrinks by what the payout gives up
		ok := take(&payout, &paid)
		if ok {
			m.reserve -= amount
		}
		return must(ledger.PayoutSettled(h, out, amount)), ok
	case 5:
		back := must(ledger.PayoutFailed(h, out, id, amount, fee))
		if payout < amount || m.fees < fee {
			return back, false
		}
		payout -= amount
		m.fees -= fee
		m.purse[p] += amount + fee
		return back, true
	case 6:
		m.cash += amount
		return must(ledger.TellerIn(h, "anna", amount)), true
	case 7:
		m.cash -= amount
		return must(ledger.TellerOut(h, "anna", amount)), true
	case 8:
		m.reserve += amount
		m.suspense[reference] += amount
		return must(ledger.SuspensePlaced(h, amount)), true
	case 9:
		h.Reference = m.anySuspense(t)
		kept := m.suspense[h.Reference]
		ok := take(&kept, &m.purse[p], &m.fees)
		m.suspense[h.Reference] = kept
		return must(ledger.SuspenseAssigned(h, id, amount, fee)), ok
	default:
		fee = 0
		h.Reference = m.anySuspense(t)
		kept := m.suspense[h.Reference]
		ok := take(&kept, &payout)
		m.suspense[h.Reference] = kept
		return must(ledger.SuspenseReturned(h, out, amount)), ok
	}
}

func (m *model) anySuspense(t *rapid.T) string {
	return fmt.Sprint("ref-", rapid.IntRange(0, 30).Draw(t, "suspense"))
}

func (m *model) compare(t *rapid.T, b *ledger.Books) {
	want := map[ledger.Account]money.Amount{
		ledger.Reserve: m.reserve, ledger.Fees: -m.fees, ledger.Drawer("anna"): m.cash, ledger.Treasury: -m.cash,
	}
	for i, owed := range m.purse {
		want[ledger.Purse([32]byte{byte(i)})] = -owed
	}
	for ref, owed := range m.payout {
		want[ledger.Payout(ref)] = -owed
	}
	for ref, owed := range m.suspense {
		want[ledger.Suspense(ref)] = -owed
	}
	for account, balance := range want {
		if got := b.Balance(account, vuv); got != balance || b.Owed(account, vuv) != -balance {
			t.Fatalf("%s stands at %s, want %s", account, got, balance)
		}
	}
	for _, l := range b.Trial() {
		if want[l.Account] != l.Balance || l.Balance == 0 {
			t.Fatalf("the trial balance has %s at %s", l.Account, l.Balance)
		}
	}
}

func TestPropertyRandomHistoriesConserveMoney(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := model{payout: map[string]money.Amount{}, suspense: map[string]money.Amount{}}
		books := ledger.NewBooks()
		var history []ledger.Transaction
		taken := map[string]bool{}
		for i := range rapid.IntRange(1, 60).Draw(t, "length") {
			before := m.clone()
			tx, possible := m.act(t, fmt.Sprint("ref-", i))
			if taken[tx.ID()] { // only what is in suspense is named twice
				m = before
				continue
			}
			booked, err := books.Apply(tx)
			if booked != possible || (err == nil) != possible || (!possible && !errors.Is(err, ledger.ErrOverdrawn)) {
				t.Fatalf("%s: booked %t, %v; possible %t", tx.ID(), booked, err, possible)
			}
			if booked {
				history, taken[tx.ID()] = append(history, tx), true
			}
			m.compare(t, books)
			checkTrial(t, books.Trial(), m.reserve)
		}
		again(t, books, history)
	})
}

func (m model) clone() model {
	m.payout, m.suspense = maps.Clone(m.payout), maps.Clone(m.suspense)
	return m
}

func checkTrial(t *rapid.T, trial ledger.Trial, reserve money.Amount) {
	if err := trial.Check(); err != nil {
		t.Fatal(err)
	}
	if d := trial.Reconcile(map[money.Asset]money.Amount{vuv: reserve}); len(d) != 0 {
		t.Fatal(d)
	}
	if d := trial.Reconcile(map[money.Asset]money.Amount{vuv: reserve + 1}); len(d) != 1 || d[0].Books != reserve {
		t.Fatal("a stroop too many on the ledger was not seen", d)
	}
}

// again applies a history a second time, in any order and at a later hour, and wants no change.
func again(t *rapid.T, books *ledger.Books, history []ledger.Transaction) {
	before := books.Trial()
	for _, i := range rapid.Permutation(indexes(len(history))).Draw(t, "order") {
		tx := history[i]
		tx.Time++
		if booked, err := books.Apply(tx); booked || err != nil {
			t.Fatalf("%s again: %t, %v", tx.ID(), booked, err)
		}
	}
	if !reflect.DeepEqual(before, books.Trial()) {
		t.Fatal("a second application changed the books")
	}
}

func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func TestPropertyOverflowLeavesBooksUntouched(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		books := ledger.NewBooks()
		huge := rapid.Int64Range(math.MaxInt64/4, math.MaxInt64)
		refused := 0
		for i := range 12 {
			before := books.Trial()
			amount := money.Amount(huge.Draw(t, "amount"))
			booked, err := books.Apply(must(ledger.Load(head(fmt.Sprint(i)), [32]byte{byte(i % 2)}, amount, 0)))
			if booked {
				continue
			}
			refused++
			if !errors.Is(err, money.ErrOverflow) || !reflect.DeepEqual(before, books.Trial()) {
				t.Fatal(err, before, books.Trial())
			}
		}
		if refused < 8 || books.Trial().Check() != nil {
			t.Fatalf("%d of 12 refused, %v", refused, books.Trial().Check())
		}
	})
}

func TestSameIDOtherBodyIsRefused(t *testing.T) {
	books := ledger.NewBooks()
	first := must(ledger.Load(head("op-1"), [32]byte{1}, 100, 0))
	if booked, err := books.Apply(first); !booked || err != nil {
		t.Fatal(booked, err)
	}
	otherAsset := head("op-1")
	otherAsset.Asset = usd
	for _, other := range []ledger.Transaction{
		must(ledger.Load(head("op-1"), [32]byte{1}, 101, 0)),
		must(ledger.Load(head("op-1"), [32]byte{2}, 100, 0)),
		must(ledger.Load(head("op-1"), [32]byte{1}, 100, 1)),
		must(ledger.Load(otherAsset, [32]byte{1}, 100, 0)),
	} {
		if booked, err := books.Apply(other); booked || !errors.Is(err, ledger.ErrConflict) {
			t.Errorf("%+v: %t, %v", other, booked, err)
		}
	}
	first.Postings[0].Amount = 5 // the caller's slice is not the books'
	if booked, err := books.Apply(must(ledger.Load(head("op-1"), [32]byte{1}, 100, 0))); booked || err != nil {
		t.Error("the books kept a slice that belongs to the caller:", err)
	}
}

func TestSuspenseIsUsedOnce(t *testing.T) {
	books := ledger.NewBooks()
	for _, tx := range []ledger.Transaction{
		must(ledger.SuspensePlaced(head("op-1"), 100)),
		must(ledger.SuspensePlaced(head("op-2"), 100)),
		must(ledger.SuspenseAssigned(head("op-1"), [32]byte{1}, 100, 0)),
	} {
		if booked, err := books.Apply(tx); !booked || err != nil {
			t.Fatal(tx.ID(), err)
		}
	}
	if _, err := books.Apply(must(ledger.SuspenseReturned(head("op-1"), "back", 100))); !errors.Is(err, ledger.ErrOverdrawn) {
		t.Error("money from op-1 was assigned and returned as well, out of op-2's:", err)
	}
}
