package protocol_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"kula/money"
	"kula/protocol"
	"kula/protocol/internal/kit"

	"pgregory.net/rapid"
)

// Rule 5 judged twice: by the verifier, which takes the largest incomes first, and by brute force, which
// tries every choice of incomes for every payment. They must agree on each payment of any small graph.

// deal is one payment of a random graph.
type deal struct {
	from, to      int
	amount        int64
	spent         int64 // on its sheet, this one included
	available     int64 // on its sheet
	maxDepth      int
	asOf, issued  int64 // in hours
	deadline      int64 // in days
	standing      bool
	elsewhere     bool // paid to the right key of another account
	payout        bool // its sheet is that of a purse which pays out
	honoured      bool
	intoOther     bool // honoured, but into another purse
	dishonoured   bool
	hash          protocol.Hash
	justification []int // what brute force lets it stand on
}

// drawDeals draws one seed rather than every choice: rapid prefers small numbers, and the graphs would be bare.
func drawDeals(r *rand.Rand, people int) []*deal {
	number := func(low, high int) int64 { return int64(low + r.IntN(high-low+1)) }
	oneIn := func(n int) bool { return r.IntN(n) == 0 }
	deals := make([]*deal, 3+r.IntN(5))
	for i := range deals {
		d := &deal{
			from: r.IntN(people), to: r.IntN(people), amount: number(1, 3), available: max(0, number(-6, 4)), maxDepth: int(min(5, number(0, 9))),
			asOf: number(0, 1), issued: number(1, 4), deadline: min(22, number(20, 28)),
			standing: oneIn(20), elsewhere: oneIn(20), payout: oneIn(20), honoured: oneIn(20), intoOther: oneIn(3), dishonoured: oneIn(20),
		}
		if i > 0 && oneIn(2) {
			d.from = deals[i-1].to // mostly it goes on from hand to hand
		}
		if d.from == d.to && !oneIn(8) {
			d.to = (d.to + 1) % people
		}
		d.spent = d.amount + max(0, number(-6, 2))
		d.dishonoured = d.dishonoured && !d.honoured
		deals[i] = d
	}
	return deals
}

// paint writes the documents of a graph.
func paint(s *kit.Scene, people int, deals []*deal) *protocol.Bundle {
	persons := make([]*kit.Person, people)
	for i := range persons {
		persons[i] = s.Person("person "+strconv.Itoa(i), 0)
	}
	b := protocol.NewBundle(s.Net)
	for _, d := range deals {
		from, to := persons[d.from], persons[d.to]
		base := from.Spent
		s.GiveSheet(from, d.available, func(x *protocol.Sheet) {
			x.Limits.MaxDepth, x.AsOf = uint32(d.maxDepth), kit.Epoch-4*kit.Day+uint64(d.asOf)*3600
			if d.payout {
				x.Kind = protocol.PayoutKind
			}
		})
		h := s.Pay(from, to, d.amount, func(h *kit.Hop) {
			h.Bill.IssuedAt, h.Bill.Standing = kit.Epoch-4*kit.Day+uint64(d.issued)*3600, d.standing
			if d.standing {
				h.Bill.Payer = protocol.AccountID{}
			}
			if d.elsewhere {
				h.Bill.Payee = kit.Account("elsewhere")
			}
			h.Entry.Spent = base + kit.Coin*money.Amount(d.spent)
			h.Entry.Spend.Deadline = kit.Epoch + uint64(d.deadline)*kit.Day
		})
		d.hash = s.Net.Hash(h.Entry)
		b.AddAll(protocol.NewBundle(s.Net, h.Sheet, h.Bill, h.Entry))
		if d.honoured || d.dishonoured {
			b.Add(s.Honour(h, func(r *protocol.Receipt) {
				if d.intoOther {
					r.Credited.To = kit.Bytes("another purse")
				}
				if d.dishonoured {
					r.Outcome, r.Reason, r.Credited = protocol.Dishonoured, protocol.ReasonUncovered, protocol.Credit{Kind: protocol.CreditNone}
				}
			}))
		}
	}
	return b
}

// backs reports whether one payment may stand behind another, all by itself.
func (d *deal) backs(later *deal) bool {
	if d == later || d.to != later.from || d.standing || d.elsewhere || d.dishonoured || later.payout || d.issued <= later.asOf {
		return false
	}
	if d.honoured {
		return !d.intoOther
	}
	return later.deadline <= d.deadline
}

// bruteForce finds the smallest depth of a payment over every well-founded choice; -1 when there is none.
func bruteForce(deals []*deal, root int) int {
	best := -1
	var choose func(open []int)
	choose = func(open []int) {
		if len(open) == 0 {
			if depth := depthOf(deals, root); depth >= 0 && (best < 0 || depth < best) {
				best = depth
			}
			return
		}
		x := deals[open[0]]
		if x.justification != nil {
			choose(open[1:])
			return
		}
		defer func() { x.justification = nil }()
		for _, set := range subsets(deals, x) {
			sum := int64(0)
			for _, i := range set {
				sum += deals[i].amount
			}
			if sum >= x.needs(open[0] == root) {
				x.justification = set
				choose(append(slices.Clone(open[1:]), set...))
			}
		}
	}
	choose([]int{root})
	return best
}

// subsets are all choices among the payments that may stand behind one.
func subsets(deals []*deal, of *deal) [][]int {
	sets := [][]int{{}}
	for i, in := range deals {
		if in.backs(of) {
			for _, s := range sets {
				sets = append(sets, append(slices.Clone(s), i))
			}
		}
	}
	return sets
}

// needs is what must stand behind a payment; honoured ones need nothing unless they are the root, whose
// receipt is not asked for.
func (d *deal) needs(root bool) int64 {
	if d.honoured && !root {
		return 0
	}
	if d.from == d.to {
		return 1 << 40 // breaks a rule by itself
	}
	return max(0, d.spent-d.available)
}

// depthOf is the depth of a full choice; -1 if it goes round in a circle or deeper than a sheet allows.
func depthOf(deals []*deal, root int) int {
	var walk func(i int, path uint) (depth, allowed int)
	walk = func(i int, path uint) (int, int) {
		if path>>i&1 == 1 {
			return 0, -1
		}
		depth, allowed := 0, deals[i].maxDepth
		if deals[i].honoured && i != root {
			allowed = protocol.MaxDepth
		}
		for _, in := range deals[i].justification {
			d, a := walk(in, path|1<<i)
			depth, allowed = max(depth, d+1), min(allowed, a)
		}
		return depth, allowed
	}
	depth, allowed := walk(root, 0)
	if depth > allowed {
		return -1
	}
	return depth
}

func TestPropertyBackingIsWhatBruteForceFinds(t *testing.T) {
	byDepth := map[int]int{}
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 5))
		for range 3 {
			compareWithBruteForce(t, r, byDepth)
		}
	})
	t.Log("payments by depth:", byDepth)
	for depth := -1; depth <= 2; depth++ {
		if byDepth[depth] == 0 {
			t.Errorf("no payment of depth %d: the graphs are too simple to show anything", depth)
		}
	}
}

func compareWithBruteForce(t *rapid.T, r *rand.Rand, byDepth map[int]int) {
	people := 2 + r.IntN(3)
	deals := drawDeals(r, people)
	s := kit.NewScene()
	s.Margin = 0
	b := paint(s, people, deals)
	for i, d := range deals {
		p, err := b.PaymentOf(d.hash, protocol.NoContext)
		if err != nil {
			t.Fatal(err)
		}
		verdict, err := s.Verifier().Examine(b, p)
		got, want := -1, bruteForce(deals, i)
		if err == nil {
			got = verdict.Depth
		}
		if got != want {
			t.Fatalf("payment %d: depth %d (%v), by brute force %d", i, got, err, want)
		}
		byDepth[want]++
	}
}

// A receipt that no decoder has seen may hold anything; one that is not well-formed backs nothing.
func TestAttackReceiptThatIsNotWellFormed(t *testing.T) {
	s := kit.NewScene()
	ben := s.Person("Ben", 0)
	in := s.Pay(s.Person("Ana", 0), ben, 100)
	s.Pay(ben, s.Person("Cai", 0), 100)
	s.Honour(in, func(r *protocol.Receipt) { r.Covered = 1 })
	_, err := verify(s)
	wantCode(t, err, protocol.CodeNotEnough)
}

// What stands behind a payment is for the payee to keep: of each payment its three documents, or two and
// the receipt; nothing that was not needed, and not the payment itself.
func TestVerdictNamesWhatIsBehind(t *testing.T) {
	s := kit.NewScene()
	ben := s.Person("Ben", 0)
	s.Pay(s.Person("Dan", 50), ben, 50) // smaller: not needed
	first := s.Pay(s.Person("Ana", 100), ben, 100)
	honoured := s.Pay(s.Person("Eva", 100), ben, 200)
	out := s.Pay(ben, s.Person("Cai", 0), 300)
	receipt := s.Honour(honoured, func(*protocol.Receipt) {})
	verdict, err := verify(s)
	if err != nil {
		t.Fatal(err)
	}
	want := protocol.NewBundle(s.Net, first.Sheet, first.Bill, first.Entry, honoured.Bill, honoured.Entry, receipt)
	got := protocol.NewBundle(s.Net)
	for _, h := range verdict.Behind {
		d, _ := s.Bundle().Get(h)
		got.Add(d)
	}
	if len(verdict.Behind) != want.Len() || !bytes.Equal(got.Encode(), want.Encode()) {
		t.Errorf("%d documents behind %s", len(verdict.Behind), s.Net.Hash(out.Entry))
	}
}

// What a purse asks before it spends what it received.
func TestExamineIncome(t *testing.T) {
	s := kit.NewScene()
	hops := s.Chain(3, 100)
	poor := s.Pay(s.Person("poor", 0), hops[0].Payee, 5)
	broken := s.Pay(s.Person("broken", 9), hops[0].Payee, 5, func(h *kit.Hop) { h.Bill.Payer = kit.Account("else") })
	examine := func(h *kit.Hop) (*protocol.Backing, error) {
		return s.Verifier().ExamineIncome(s.Bundle(), s.Net.Hash(h.Entry))
	}
	for depth, h := range hops {
		got, err := examine(h)
		if err != nil || got.Depth != depth || got.MaxDepth != protocol.MaxDepth || len(got.Documents) != 3*(depth+1) {
			t.Errorf("after %d others: %+v, %v", depth, got, err)
		}
	}
	_, err := examine(poor)
	wantCode(t, err, protocol.CodeNotEnough)
	_, err = examine(broken)
	wantCode(t, err, protocol.CodeWrongPayer)
	_, err = s.Verifier().ExamineIncome(s.Bundle(), s.Net.Hash(hops[0].Bill))
	wantCode(t, err, protocol.CodeMissingDocument)
	s.Extra = append(s.Extra, s.Statement)
	_, err = s.Verifier().ExamineIncome(s.Bundle(), s.Net.Hash(s.Statement))
	wantCode(t, err, protocol.CodeMissingDocument)
	s.Honour(poor, func(*protocol.Receipt) {})
	if got, err := examine(poor); err != nil || got.Depth != 0 || len(got.Documents) != 3 {
		t.Errorf("with a receipt: %+v, %v", got, err)
	}
	s.Leave(hops[3].Sheet)
	_, err = examine(hops[3])
	wantCode(t, err, protocol.CodeMissingDocument)
}
