package protocol

import (
	"cmp"
	"slices"

	"kula/money"
)

// Backing: money that was received may be spent again before any bank has seen it. The payment then
// brings along the payments it stands on, and theirs, down to what a sheet or a receipt covers. No entry
// lists its backing; the judge finds it among the payments of the bundle:
//
//	good₀      what its sheet covers, and what the anchor has honoured
//	goodₙ₊₁    goodₙ, and whatever incomes in goodₙ cover
//
// What is good in the end stands on money that a bank has signed for, and nothing stands behind itself.
// A payment in goodₙ and in none before has depth n. No sheet behind it may allow less than that, so each
// depth is tried with the sheets that allow it: the smallest that will do is found.

// MaxFanIn is how many incomes one entry may stand on.
const MaxFanIn = 32

// hop is one payment of a bundle on its way to be judged.
type hop struct {
	*Payment
	charter  *Charter
	receipt  *received // it was honoured into its payee's purse: it needs nothing more
	need     money.Amount
	maxDepth int   // that its sheet allows
	err      error // a rule it breaks by itself

	incomes []*hop // what may back it, the largest first
	good    bool
	depth   int
	behind  []*hop
}

// received is a receipt as it stands in the bundle.
type received struct {
	*Receipt
	hash Hash
}

// graph is a payment and all those that may stand behind it.
type graph struct {
	root *hop
	hops []*hop
	into map[Key][]*hop // by the key that was paid
}

// gather finds the payments of a bundle that may stand behind one, and holds each against the rules at
// its own bill's time. One that breaks them does no harm unless it is needed.
func (v *Verifier) gather(b *Bundle, root *hop) *graph {
	g := &graph{root: root, hops: []*hop{root}, into: map[Key][]*hop{}}
	receipts := b.receipts()
	for _, it := range b.items {
		e, ok := it.doc.(*Entry)
		if !ok || e.Kind != SpendKind || it.hash == root.EntryHash {
			continue
		}
		if h := v.income(b, e, it.hash, receipts[it.hash]); h != nil {
			g.hops = append(g.hops, h)
			g.into[h.Bill.PayeeKey] = append(g.into[h.Bill.PayeeKey], h)
		}
	}
	for _, h := range g.hops {
		h.incomes = g.incomesOf(h)
	}
	return g
}

// receipts finds the receipts of a bundle by the entries they answer.
func (b *Bundle) receipts() map[Hash]*received {
	list := map[Hash]*received{}
	for _, it := range b.items {
		if r, ok := it.doc.(*Receipt); ok {
			list[r.Entry] = &received{r, it.hash}
		}
	}
	return list
}

// income makes a hop of an entry and what the bundle has beside it; nil when that is too little.
func (v *Verifier) income(b *Bundle, e *Entry, entry Hash, receipt *received) *hop {
	bill, ok := Find[*Bill](b, e.Spend.Bill)
	if !ok {
		return nil
	}
	if receipt != nil && receipt.Outcome != Honoured {
		return nil // the anchor has said its final no
	}
	h := &hop{Payment: &Payment{Entry: e, EntryHash: entry, Bill: bill, BillHash: e.Spend.Bill}, maxDepth: MaxDepth}
	if charter, ok := v.Charter(bill.Anchor); ok && receipt != nil && receipt.credits(h.Payment) && checkEach(bill, e, receipt.Receipt) == nil {
		h.receipt, h.charter = receipt, charter
		return h
	}
	if h.Sheet, ok = Find[*Sheet](b, e.Sheet); !ok {
		return nil
	}
	h.SheetHash = e.Sheet
	h.charter, h.err = v.checkHop(h.Payment, bill.IssuedAt)
	h.need, h.maxDepth = h.Need(), int(h.Sheet.Limits.MaxDepth)
	return h
}

// Backing is what a payment that was received is good for behind another one.
type Backing struct {
	Depth     int    // how far its money is from the bank: payments behind it
	MaxDepth  int    // how far a payment that stands on it may be: the smallest limit met on the way
	Documents []Hash // the payment and all behind it, ascending: what has to be shown with the other
}

// ExamineIncome judges a payment of a bundle as one that stands behind another, without signatures and
// without what is known of the chains. A purse asks it before it spends what it received.
func (v *Verifier) ExamineIncome(b *Bundle, entry Hash) (*Backing, error) {
	e, ok := Find[*Entry](b, entry)
	if !ok || e.Kind != SpendKind {
		return nil, refuse(CodeMissingDocument, "payment.entry")
	}
	root := v.income(b, e, entry, b.receipts()[entry])
	if root == nil {
		return nil, refuse(CodeMissingDocument, "payment.sheet")
	}
	g := &graph{root: root}
	if root.err != nil || root.need > 0 {
		g = v.gather(b, root)
		if err := g.settle(); err != nil {
			return nil, err
		}
	}
	used := g.used()
	backing := &Backing{Depth: root.depth, MaxDepth: MaxDepth, Documents: documentsOf(used)}
	for _, h := range used {
		backing.MaxDepth = min(backing.MaxDepth, h.maxDepth)
	}
	return backing, nil
}

// credits reports whether the receipt of an entry says that its bill's anchor put its money into a purse.
// Into which is for hop.takes to compare.
func (r *Receipt) credits(p *Payment) bool {
	return r.Credited.Kind == CreditPurse && r.Anchor == p.Bill.Anchor && r.Bill == p.BillHash && r.Amount == p.Entry.Spend.Amount
}

// checkHop holds one payment against what needs no signature and no backing, at time t.
func (v *Verifier) checkHop(p *Payment, t uint64) (*Charter, error) {
	if err := checkEach(p.Sheet, p.Bill, p.Entry); err != nil {
		return nil, err
	}
	charter, err := v.checkSheet(p.Sheet, t)
	if err != nil {
		return nil, err
	}
	if p.Bill.Anchor != p.Sheet.Anchor {
		return nil, refuse(CodeWrongAnchor, "bill.anchor")
	}
	if err := p.CheckRules(); err != nil {
		return nil, err
	}
	terms, ok := charter.Terms(p.Bill.Asset)
	if !ok {
		return nil, refuse(CodeWrongAsset, "bill.asset")
	}
	if !p.Entry.Spend.Amount.MultipleOf(terms.Step) {
		return nil, refuse(CodeBelowStep, "entry.amount")
	}
	return charter, nil
}

// settle finds the smallest depth at which the payment is good.
func (g *graph) settle() error {
	for depth := 1; depth <= g.root.maxDepth; depth++ {
		if g.within(depth, depth) {
			return nil
		}
	}
	g.within(0, len(g.hops)) // whatever would be good if any depth were
	return g.why(g.root, map[*hop]bool{})
}

// within finds what is good in so many rounds, on sheets that allow at least that depth.
func (g *graph) within(depth, rounds int) bool {
	for _, h := range g.hops {
		h.good, h.depth, h.behind = h.err == nil && h.need <= 0 && depth <= h.maxDepth, 0, h.behind[:0]
	}
	for round, more := 1, true; more && round <= rounds; round++ {
		more = false
		for _, h := range g.hops {
			if !h.good && h.err == nil && depth <= h.maxDepth && g.cover(h, round) {
				h.good, h.depth, more = true, round, true
			}
		}
	}
	return g.root.good
}

// cover looks whether incomes that were good before this round cover what a payment needs, the largest
// first: if these do not, no others so few do.
func (g *graph) cover(h *hop, round int) bool {
	h.behind = h.behind[:0]
	left := h.need
	for _, in := range h.incomes {
		if !in.good || in.depth >= round || !in.outlasts(h) {
			continue
		}
		h.behind = append(h.behind, in)
		if left -= in.Entry.Spend.Amount; left <= 0 {
			return true
		}
		if len(h.behind) == MaxFanIn {
			return false
		}
	}
	return false
}

// incomesOf lists what was paid into the purse of a payment and may back it, each once.
func (g *graph) incomesOf(h *hop) (list []*hop) {
	if h.need <= 0 || h.Sheet.Kind != Circulating {
		return nil
	}
	for _, signer := range h.Sheet.Quorum.Signers {
		for _, in := range g.into[signer.Key] {
			if h.takes(in) {
				list = append(list, in)
			}
		}
	}
	slices.SortFunc(list, func(a, b *hop) int {
		return cmp.Or(cmp.Compare(b.Entry.Spend.Amount, a.Entry.Spend.Amount), compare32(a.EntryHash, b.EntryHash))
	})
	return list
}

// takes reports whether an income went into this very purse, after what its sheet counts already. What
// the sheet counts must not be counted twice, nor what a bank pays out elsewhere.
func (h *hop) takes(in *hop) bool {
	bill, sheet := in.Bill, h.Sheet
	return bill.Anchor == sheet.Anchor && bill.Payee == sheet.Account && bill.Asset == sheet.Asset &&
		bill.IssuedAt > sheet.AsOf && !bill.Standing &&
		(in.receipt == nil || in.receipt.Credited.To == Hash(sheet.Purse))
}

// outlasts reports whether an income can still be redeemed whenever the payment can.
func (h *hop) outlasts(later *hop) bool {
	return h.receipt != nil || later.Entry.Spend.Deadline <= h.Entry.Spend.Deadline
}

// why says what a payment lacks: money, or what keeps the money behind it from being good.
func (g *graph) why(h *hop, seen map[*hop]bool) error {
	seen[h] = true
	if h.err != nil {
		return h.err
	}
	if !enough(h.need, h.incomes) {
		return refuse(CodeNotEnough, "payment")
	}
	incomes := slices.DeleteFunc(slices.Clone(h.incomes), func(in *hop) bool { return !in.outlasts(h) })
	if !enough(h.need, incomes) {
		return refuse(CodeDeadlineTooLate, "entry.deadline")
	}
	for _, in := range incomes {
		if !in.good && !seen[in] {
			return g.why(in, seen)
		}
	}
	switch {
	case slices.ContainsFunc(incomes, func(in *hop) bool { return !in.good }):
		return refuse(CodeNotEnough, "payment") // it would stand behind itself
	case !enough(h.need, incomes[:min(len(incomes), MaxFanIn)]):
		return refuse(CodeTooManyIncomes, "payment")
	}
	return refuse(CodeTooDeep, "payment")
}

func enough(need money.Amount, incomes []*hop) bool {
	for _, in := range incomes {
		if need -= in.Entry.Spend.Amount; need <= 0 {
			return true
		}
	}
	return false
}

// used lists the payments that the verdict rests on, the root first, each once.
func (g *graph) used() []*hop {
	list := []*hop{g.root}
	seen := map[*hop]bool{g.root: true}
	for i := 0; i < len(list); i++ {
		for _, in := range list[i].behind {
			if !seen[in] {
				seen[in] = true
				list = append(list, in)
			}
		}
	}
	return list
}

// documentsOf lists what hops consist of, ascending and each once.
func documentsOf(hops []*hop) (list []Hash) {
	for _, h := range hops {
		list = append(list, h.documents()...)
	}
	slices.SortFunc(list, compare32[Hash])
	return slices.Compact(list)
}

// documents are what a hop consists of.
func (h *hop) documents() []Hash {
	if h.receipt != nil {
		return []Hash{h.EntryHash, h.BillHash, h.receipt.hash}
	}
	return []Hash{h.EntryHash, h.BillHash, h.SheetHash}
}
