package wallet

import (
	"cmp"
	"math"
	"slices"

	"kula/money"
	"kula/protocol"
)

// Money that was received may be spent before a bank has seen it. The payment then brings along the
// payments it stands on (protocol.Verifier). Here a payer chooses them: the smallest sufficient ones.

// fund is an income that may stand behind payments.
type fund struct {
	*Income
	*protocol.Backing
	amount money.Amount
	last   uint64 // no payment that stands on it may have a later deadline
	graph  *protocol.Bundle
	bytes  int // of those
}

// honoured reports whether the money is in the purse at the bank.
func (in *Income) honoured() bool {
	return in.Phase == Credited && in.Receipt.Credited.Kind == protocol.CreditPurse
}

// receiptOf finds the bank's final word on an entry of ours, or on one behind what we received.
func (s *State) receiptOf(entry protocol.Hash) *protocol.Receipt {
	switch d := s.look(entry).(type) {
	case *Income:
		return d.Receipt
	case *Payment:
		return d.Receipt
	}
	return s.hops[entry]
}

// graph is an income with everything behind it that is held here, and what the bank has said of it since.
func (s *State) graph(in *Income) *protocol.Bundle {
	b := protocol.NewBundle(s.Network)
	b.Put(in.Hash, in.Entry)
	b.Put(in.Entry.Spend.Bill, in.Bill)
	if in.Sheet != nil {
		b.Put(in.Entry.Sheet, in.Sheet)
	}
	if in.Receipt != nil {
		b.Add(in.Receipt)
	}
	if in.honoured() {
		return b
	}
	for _, h := range in.Behind {
		b.Put(h, s.doc(h))
		if r := s.receiptOf(h); r != nil {
			b.Add(r)
		}
	}
	return b
}

// weigh judges an income as one to stand behind a payment. What time it is does not matter to that: a hop
// is held against its own bill's.
func (s *State) weigh(in *Income, b *protocol.Bundle) (*fund, error) {
	for _, r := range protocol.All[*protocol.Receipt](b) {
		if r.Outcome != protocol.Honoured {
			return nil, refuse(CodeNotHonoured, "backing")
		}
	}
	backing, err := s.verifier(latestDate, 0).ExamineIncome(b, in.Hash)
	if err != nil {
		return nil, err
	}
	f := &fund{Income: in, Backing: backing, amount: in.Entry.Spend.Amount, last: math.MaxUint64}
	if !in.honoured() {
		f.last = in.Entry.Spend.Deadline
	}
	return f, nil
}

// standing gives the documents to show with a payment that stands on an income: as few as will do, or, when
// it has gone bad since the payment was made, all that there are.
func (s *State) standing(in *Income) *protocol.Bundle {
	b := s.graph(in)
	if f, err := s.weigh(in, b); err == nil {
		return f.among(b)
	}
	return b
}

// among takes what has to be shown of an income out of all that there is.
func (f *fund) among(b *protocol.Bundle) *protocol.Bundle {
	shown := protocol.NewBundle(b.Network)
	for _, h := range f.Documents {
		d, _ := b.Get(h)
		shown.Put(h, d)
	}
	return shown
}

// means are the incomes of a purse that are on none of its sheets, judged at one moment.
type means struct {
	funds []*fund                         // they may stand behind payments
	held  map[protocol.Hash]protocol.Code // the others, by entry: why not
	sizes map[protocol.Hash]int           // of documents
}

// haste is how much longer than the payee's margin an income must last, so that two clocks may differ.
const haste = 24 * 3600

// means looks at what was paid into a purse since the oldest of its sheets. Nothing that must reach the
// bank soon is counted; nor is what is to be given back, but for its refund.
func (s *State) means(t, margin uint64, p *Purse, givesBack protocol.Hash) *means {
	m := &means{held: map[protocol.Hash]protocol.Code{}, sizes: map[protocol.Hash]int{}}
	asOf := uint64(math.MaxUint64)
	for _, sheet := range s.liveSheets(t, p) {
		asOf = min(asOf, sheet.AsOf)
	}
	notice := s.notice(p.Enrolment.Anchor)
	for _, d := range s.order {
		in, ok := d.(*Income)
		if !ok || in.Purse != p.ID || in.Phase > Presented && !in.honoured() {
			continue
		}
		switch {
		case in.Bill.Standing, in.Bill.IssuedAt <= asOf:
			m.held[in.Hash] = CodeNeedsBank
			continue
		case in.GiveBack && in.GivenBack.IsZero() && in.Hash != givesBack:
			m.held[in.Hash] = CodeToGiveBack
			continue
		}
		b := s.graph(in)
		f, err := s.weigh(in, b)
		if err == nil && notice.Moment(f.last) < t+margin+haste {
			err = refuse(protocol.CodeDeadlineTooNear, "backing")
		}
		if err != nil {
			m.held[in.Hash] = protocol.CodeOf(err)
			continue
		}
		m.add(f, b)
	}
	return m
}

// shared is what a document saves at least by standing in a bundle: two hashes or ids that are there already.
const shared = 2 * 30

func (m *means) add(f *fund, b *protocol.Bundle) {
	for _, h := range f.Documents {
		if _, known := m.sizes[h]; !known {
			d, _ := b.Get(h)
			m.sizes[h] = protocol.Size(d) - shared
		}
		f.bytes += m.sizes[h]
	}
	f.graph = b
	m.funds = append(m.funds, f)
}

// on lists the incomes that may stand behind a payment on a sheet: what it counts already must not be
// counted twice.
func (m *means) on(s *protocol.Sheet) []*fund {
	if s.Kind != protocol.Circulating {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(m.funds), func(f *fund) bool { return f.Bill.IssuedAt <= s.AsOf })
}

// What a payment may bring along, when its own documents have their place in protocol.PaymentBounds.
var (
	backingDocuments = protocol.PaymentBounds.Documents - 5 // entry, sheet, bill, card, memo
	backingBytes     = protocol.PaymentBounds.Bytes - 4<<10 // with eight signers
)

// basket is a choice of incomes. A document that stands behind several counts once.
type basket struct {
	funds []*fund
	docs  map[protocol.Hash]bool
	bytes int
	sum   money.Amount
	depth int
	last  uint64
}

// fill takes incomes in their order, those that fit, until they cover a need.
func (m *means) fill(funds []*fund, need money.Amount) *basket {
	b := &basket{docs: map[protocol.Hash]bool{}, last: math.MaxUint64}
	for _, f := range funds {
		if b.sum >= need || len(b.funds) == protocol.MaxFanIn {
			break
		}
		m.put(b, f)
	}
	return b
}

func (m *means) put(b *basket, f *fund) {
	bytes, count := b.bytes, len(b.docs)
	for _, h := range f.Documents {
		if !b.docs[h] {
			bytes += m.sizes[h]
			count++
		}
	}
	if count > backingDocuments || bytes > backingBytes {
		return
	}
	for _, h := range f.Documents {
		b.docs[h] = true
	}
	b.funds, b.bytes, b.sum = append(b.funds, f), bytes, sum(b.sum, f.amount)
	b.depth, b.last = max(b.depth, f.Backing.Depth), min(b.last, f.last)
}

// prune leaves out what a basket can do without, the largest documents first.
func (m *means) prune(b *basket, need money.Amount) *basket {
	funds := slices.Clone(b.funds)
	slices.SortStableFunc(funds, func(x, y *fund) int { return cmp.Compare(y.bytes, x.bytes) })
	total := b.sum
	funds = slices.DeleteFunc(funds, func(f *fund) bool {
		spare := total-f.amount >= need
		if spare {
			total -= f.amount
		}
		return spare
	})
	return m.fill(funds, need)
}

// within lists the incomes that may stand behind a payment all of whose backing is of at most some depth.
func within(funds []*fund, depth int) []*fund {
	return slices.DeleteFunc(slices.Clone(funds), func(f *fund) bool { return f.Backing.Depth > depth || f.MaxDepth <= depth })
}

// depths lists how deep the incomes are, ascending, as far as a payment on them may be one deeper.
func depths(funds []*fund, limit uint32) (list []int) {
	for _, f := range funds {
		if f.Backing.Depth < int(limit) {
			list = append(list, f.Backing.Depth)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// largest puts the larger first, and of equals the one that lasts longer.
func largest(x, y *fund) int {
	return cmp.Or(cmp.Compare(y.amount, x.amount), cmp.Compare(y.last, x.last))
}

// orders are ways to look for a small basket: one income alone; honoured ones, then those worth most for
// their size; the largest.
func orders(need money.Amount) []func(x, y *fund) int {
	rank := func(yes bool) int {
		if yes {
			return 0
		}
		return 1
	}
	alone := func(f *fund) int { return rank(f.amount >= need) }
	worth := func(f *fund) money.Amount { return f.amount / money.Amount(max(f.bytes, 1)) }
	return []func(x, y *fund) int{
		func(x, y *fund) int {
			return cmp.Or(cmp.Compare(alone(x), alone(y)), cmp.Compare(x.bytes, y.bytes), cmp.Compare(y.last, x.last))
		},
		func(x, y *fund) int {
			return cmp.Or(cmp.Compare(rank(x.honoured()), rank(y.honoured())), cmp.Compare(worth(y), worth(x)), largest(x, y))
		},
		largest,
	}
}

// choices lists baskets that cover a need, the smallest first, then the one nearest to the bank, then the
// one that lasts longest.
func (m *means) choices(funds []*fund, limit uint32, need money.Amount) (list []*basket) {
	for _, depth := range depths(funds, limit) {
		near := within(funds, depth)
		for _, order := range orders(need) {
			slices.SortStableFunc(near, order)
			if b := m.fill(near, need); b.sum >= need {
				list = append(list, m.prune(b, need))
			}
		}
	}
	slices.SortStableFunc(list, func(x, y *basket) int {
		return cmp.Or(cmp.Compare(x.bytes, y.bytes), cmp.Compare(x.depth, y.depth), cmp.Compare(y.last, x.last))
	})
	return list
}

// reach is the most that incomes can cover at once.
func (m *means) reach(funds []*fund, limit uint32) *basket {
	best := &basket{}
	for _, depth := range depths(funds, limit) {
		near := within(funds, depth)
		slices.SortStableFunc(near, largest)
		if b := m.fill(near, math.MaxInt64); b.sum > best.sum {
			best = b
		}
	}
	return best
}

// whyNot says why an income is not among those that reach furthest on a sheet; empty when it is.
func (m *means) whyNot(entry protocol.Hash, s *protocol.Sheet, reach *basket) protocol.Code {
	if code := m.held[entry]; code != "" {
		return code
	}
	is := func(f *fund) bool { return f.Hash == entry }
	i := slices.IndexFunc(m.on(s), is)
	switch {
	case slices.ContainsFunc(reach.funds, is):
		return ""
	case i < 0:
		return CodeNeedsBank
	case !slices.ContainsFunc(within(m.on(s), reach.depth), is) || len(reach.funds) == 0:
		return protocol.CodeTooDeep
	case len(reach.funds) == protocol.MaxFanIn:
		return protocol.CodeTooManyIncomes
	}
	return protocol.CodeTooLarge
}

// why says what a need lacks that no basket covers: money, or what keeps it from being spent.
func (m *means) why(s *State, sheet *protocol.Sheet, need money.Amount) error {
	funds := m.on(sheet)
	if total(funds) < need {
		return refuse(m.lacking(s, sheet, need-total(funds)), "backing")
	}
	code := protocol.CodeTooDeep
	for _, depth := range depths(funds, sheet.Limits.MaxDepth) {
		near := within(funds, depth)
		if total(near) < need {
			continue
		}
		slices.SortStableFunc(near, largest)
		if total(near[:min(len(near), protocol.MaxFanIn)]) >= need {
			return refuse(protocol.CodeTooLarge, "backing")
		}
		code = protocol.CodeTooManyIncomes
	}
	return refuse(code, "backing")
}

// lacking says why what was received does not count, when it would make up what is missing.
func (m *means) lacking(s *State, sheet *protocol.Sheet, missing money.Amount) protocol.Code {
	if sheet.Kind != protocol.Circulating {
		return protocol.CodeNotEnough
	}
	sums := map[protocol.Code]money.Amount{}
	var all money.Amount
	for h, code := range m.held {
		in := s.incomes[h]
		if in.honoured() && counts(sheet, in) {
			continue
		}
		sums[code] = sum(sums[code], in.Entry.Spend.Amount)
		all = sum(all, in.Entry.Spend.Amount)
	}
	if all < missing {
		return protocol.CodeNotEnough
	}
	best := protocol.CodeDeadlineTooNear
	for code, amount := range sums {
		if amount > sums[best] || amount == sums[best] && code < best {
			best = code
		}
	}
	return best
}

func total(funds []*fund) (all money.Amount) {
	for _, f := range funds {
		all = sum(all, f.amount)
	}
	return all
}
