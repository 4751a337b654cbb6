package wallet

import (
	"slices"
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"
)

// made is an income as means sees it: one document of some size.
type made struct {
	amount   money.Amount
	bytes    int
	depth    int
	maxDepth int
	last     uint64
}

// meansOf are those incomes, named by their place.
func meansOf(list ...made) *means {
	m := &means{sizes: map[protocol.Hash]int{}}
	for i, x := range list {
		h := protocol.Hash{byte(i + 1)}
		m.sizes[h] = x.bytes
		m.funds = append(m.funds, &fund{Income: &Income{Hash: h}, amount: x.amount * money.Unit, last: x.last, bytes: x.bytes,
			Backing: &protocol.Backing{Depth: x.depth, MaxDepth: x.maxDepth, Documents: []protocol.Hash{h}}})
	}
	return m
}

// places names the incomes of a basket.
func places(b *basket) (list []int) {
	for _, f := range b.funds {
		list = append(list, int(f.Hash[0])-1)
	}
	slices.Sort(list)
	return list
}

// TestChoices: of the baskets that cover a need the smallest comes first, then the one nearest to the bank;
// nothing is in it that it can do without.
func TestChoices(t *testing.T) {
	for name, c := range map[string]struct {
		incomes []made
		need    money.Amount
		limit   uint32
		want    []int
	}{
		"pruned":                  {[]made{{1, 10, 0, 12, 9}, {2, 20, 0, 12, 9}, {9, 30, 0, 12, 9}}, 10, 8, []int{0, 2}},
		"the largest goes":        {[]made{{4, 1, 0, 12, 9}, {5, 2, 0, 12, 9}, {5, 3, 0, 12, 9}}, 9, 8, []int{0, 1}},
		"smallest before near":    {[]made{{10, 100, 0, 12, 9}, {10, 20, 1, 12, 9}}, 10, 8, []int{1}},
		"near before lasting":     {[]made{{10, 50, 0, 12, 5}, {10, 50, 1, 12, 9}}, 10, 8, []int{0}},
		"too deep for the sheet":  {[]made{{10, 50, 0, 12, 5}, {10, 20, 1, 12, 9}}, 10, 1, []int{0}},
		"too deep for one behind": {[]made{{10, 50, 0, 12, 5}, {10, 20, 1, 1, 9}}, 10, 8, []int{0}},
	} {
		m := meansOf(c.incomes...)
		list := m.choices(m.funds, c.limit, c.need*money.Unit)
		if len(list) == 0 || !slices.Equal(places(list[0]), c.want) {
			t.Errorf("%s: %d baskets, first %v", name, len(list), list)
		}
	}
	m := meansOf(made{10, 50, 1, 12, 9}, made{10, 50, 0, 1, 9})
	if reach := m.reach(m.funds, 1); !slices.Equal(places(reach), []int{1}) {
		t.Errorf("reaches %v on a sheet that allows depth 1", places(reach))
	}
	if list := m.choices(m.funds, 0, money.Unit); len(list) != 0 {
		t.Errorf("%d baskets on a sheet that allows none", len(list))
	}
}

// TestChainOfDifferentDepths: the smallest depth met on the way counts, and the balance says so before.
func TestChainOfDifferentDepths(t *testing.T) {
	b := tinybank.New(testNetwork, 1, start)
	var p []*person
	for i, depth := range []uint32{8, 2, 8, 8, 8} {
		b.Limits.MaxDepth = depth
		x := newPerson(t, "Person "+string(rune('A'+i)), byte(i+1))
		load := money.Amount(0)
		if i == 0 {
			load = 100 * money.Unit
		}
		x.join(t, b, load, protocol.Circulating)
		p = append(p, x)
	}
	hand(t, now, p[0], p[1], 30*money.Unit)
	hand(t, now+1, p[1], p[2], 30*money.Unit)
	got := hand(t, now+2, p[2], p[3], 30*money.Unit) // depth 2, which the second's sheet still allows
	if bal := p[3].balance(now + 3); got.Verdict.Depth != 2 || bal.Spendable != 0 || bal.ToBank != 30*money.Unit {
		t.Fatalf("%+v", bal)
	}
	if why := p[3].why(t, now+3, got.Entry); why != protocol.CodeTooDeep {
		t.Fatal(why)
	}
	wantCode(t, p[3].refusal(t, now+4, p[4], 30*money.Unit), protocol.CodeTooDeep)
}

// TestReplayJudgesBacking: what stands behind an entry in the journal went into that purse, after what its sheet
// counts, from a bill that is not standing.
func TestReplayJudgesBacking(t *testing.T) {
	_, p := island(t, 3)
	got := hand(t, now, p[0], p[1], 30*money.Unit)
	hand(t, now+1, p[1], p[2], 20*money.Unit)
	records := p[1].journal.records
	last := len(records) - 2 // before the Ack
	e := must(DecodeEvent(testNetwork, records[last]))(t)
	for name, c := range map[string]struct {
		spoil func(*Income)
		code  protocol.Code
	}{
		"as it was":        {func(*Income) {}, ""},
		"another purse":    {func(in *Income) { in.Purse[0] ^= 1 }, protocol.CodeNotEnough},
		"standing":         {func(in *Income) { in.Bill.Standing = true }, protocol.CodeNotEnough},
		"counted already":  {func(in *Income) { in.Bill.IssuedAt = p[1].state.purses[p[1].purse].Sheets[0].Sheet.AsOf }, protocol.CodeNotEnough},
		"shorter deadline": {func(in *Income) { in.Entry.Spend.Deadline-- }, protocol.CodeNotEnough},
	} {
		w := must(Open(Config{Network: testNetwork, Journal: &memory{}, Keys: p[1].ring}, records[:last]))(t)
		in := w.state.incomes[got.Entry]
		bill, entry := *in.Bill, *in.Entry
		in.Bill, in.Entry = &bill, &entry
		c.spoil(in)
		if _, err := w.state.judge(e); protocol.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReceiptBehindAPayment: a receipt that came behind a payment is the bank's word here too: what it answers is
// not presented again.
func TestReceiptBehindAPayment(t *testing.T) {
	b, p := island(t, 3)
	first := hand(t, now, p[0], p[1], 30*money.Unit)
	receiptsOnly(t, p[1], b, now+5)
	hand(t, now+6, p[1], p[2], 20*money.Unit)
	if r := p[2].state.receiptOf(first.Entry); r == nil || r.Outcome != protocol.Honoured {
		t.Fatalf("%+v", r)
	}
	up := must(p[2].Outbox(p[2].purse))(t)
	if _, again := up.Get(first.Entry); again {
		t.Fatal("presents what the bank has answered")
	}
	replays(t, p)
}

// TestAttackCosignUnbacked: the second device signs nothing that a payee would refuse, and needs the very bill.
func TestAttackCosignUnbacked(t *testing.T) {
	b, first, second, tom := family(t)
	together(t, first, second, must(first.Statement(now, first.purse, protocol.Hash{1}))(t))
	reply := b.Sync(first.purse, must(first.Outbox(first.purse))(t), now)
	for _, p := range []*person{first, second} {
		must(p.Absorb(now, first.purse, reply, 0))(t)
	}
	request := tom.ask(t, now, 0)
	paid := must(first.Pay(now, request, PayParams{Amount: 40 * money.Unit}))(t)
	beyond := first.forge(t, paid, func(e *protocol.Entry) { e.Spent += 20 * money.Unit; e.Spend.Amount += 20 * money.Unit })
	beyond.Add(protocol.All[*protocol.Card](request)[0])
	_, err := second.Cosign(now, beyond)
	wantCode(t, err, protocol.CodeNotEnough)
	other := tom.ask(t, now, 0)
	beside := protocol.NewBundle(testNetwork)
	paid.Bundle.Each(func(h protocol.Hash, d protocol.Document) {
		if h == paid.Entry {
			beside.AddRoot(d)
			return
		}
		beside.Add(d)
	})
	beside.AddRoot(protocol.All[*protocol.Bill](other)[0]) // another bill in front
	together(t, first, second, &Signed{Entry: paid.Entry, Bundle: beside})
}

// TestTwoPursesInOneWallet: what came into one purse is not spent from another.
func TestTwoPursesInOneWallet(t *testing.T) {
	b, p := island(t, 3)
	ann, ben, cal := p[0], p[1], p[2]
	first := ben.purse
	ben.account = cal.account // the other account of one person
	ben.join(t, b, 0, protocol.Circulating)
	other := ben.purse
	ben.purse = first
	hand(t, now, ann, ben, 30*money.Unit)
	bal := ben.Balances(now)
	if len(bal) != 2 || bal[0].Spendable != 30*money.Unit || bal[1].Spendable != 0 {
		t.Fatalf("%+v", bal)
	}
	request := ann.ask(t, now, 10*money.Unit)
	_, err := ben.Pay(now, request, PayParams{Purse: other})
	wantCode(t, err, protocol.CodeNotEnough)
	must(ben.Pay(now, request, PayParams{}))(t)
	replays(t, p[:2])
}
