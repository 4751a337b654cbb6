package protocol_test

import (
	"math/rand/v2"
	"testing"

	"kula/money"
	"kula/protocol"

	"pgregory.net/rapid"
)

// The theorem of docs/protocol.md, "Why this is sound", against a model of one purse, its anchor and
// everybody it pays: loads, income, several sheets at once, torn payments, lapses, and, when the purse
// cheats, entries with any number and any total, shown to payees who do not know of each other.

type model struct {
	random *rand.Rand
	net    protocol.Network
	now    uint64
	start  money.Amount
	loaded money.Amount
	income []modelIncome
	signed []*modelEntry
	sheets []*modelSheet
	lapses []modelLapse
	newest protocol.Base // of the accepted Statements
	lapsed uint64        // what was never presented has lapsed up to this number

	careful bool // never signs what contradicts something signed before

	seq   uint64       // the honest chain's last number
	spent money.Amount // and its total
}

type modelIncome struct {
	issuedAt uint64
	amount   money.Amount
}

type modelEntry struct {
	*protocol.Entry
	hash      protocol.Hash
	sheet     *modelSheet // nil for a Statement
	accepted  bool        // some payee took it, and it can still be redeemed or was
	presented bool        // the anchor has seen it, and honoured it
}

type modelSheet struct {
	base      protocol.Base
	asOf      uint64
	available money.Amount
	dead      bool // its last redeemBy has passed
}

type modelLapse struct {
	seq    uint64
	amount money.Amount
	known  bool // of an entry the anchor saw; else of what it never saw
}

// newModel draws one seed rather than every choice: rapid prefers small numbers, and a purse that mostly
// loads cheats nobody. Failures shrink by their number of steps.
func newModel(t *rapid.T) *model {
	start := money.Amount(rapid.Int64Range(0, 1000).Draw(t, "start"))
	seed := rapid.Uint64().Draw(t, "seed")
	return &model{random: rand.New(rand.NewPCG(seed, 4)), net: protocol.NewNetwork("model"), start: start, spent: start}
}

func (m *model) between(low, high int) int { return low + m.random.IntN(high-low+1) }

func (m *model) upTo(n int) money.Amount {
	return money.Amount(m.between(1, n))
}

// sign adds to what the purse has signed; nil when a careful one thinks better of it.
func (m *model) sign(e *protocol.Entry, s *modelSheet) *modelEntry {
	x := &modelEntry{Entry: e, hash: m.net.Hash(e), sheet: s}
	if m.careful && m.contradicts(x, m.signed) {
		return nil
	}
	m.signed = append(m.signed, x)
	return x
}

func (m *model) contradicts(a *modelEntry, all []*modelEntry) bool {
	for _, b := range all {
		if !protocol.Compatible(a.Entry, b.Entry, a.hash, b.hash) {
			return true
		}
	}
	return false
}

// funds is what sheet b may count on: loads, income credited up to asOf, lapses at or below its base.
func (m *model) funds(b protocol.Base, asOf uint64) money.Amount {
	total := m.loaded
	for _, x := range m.income {
		if x.issuedAt <= asOf {
			total += x.amount
		}
	}
	for _, l := range m.lapses {
		if l.seq <= b.Seq {
			total += l.amount
		}
	}
	return total
}

// refresh is the anchor's answer to a Statement: it takes none that is older than one it has taken, or
// that says less was spent than nothing.
func (m *model) refresh(seq uint64, spent money.Amount) {
	e := &protocol.Entry{Seq: seq, Spent: spent, Kind: protocol.StatementKind, Statement: protocol.Statement{Time: m.now}}
	if m.sign(e, nil) == nil || seq <= m.newest.Seq || spent < m.start {
		return
	}
	m.newest = protocol.Base{Seq: seq, Spent: spent}
	m.issue(m.newest, m.now)
}

// issue gives a sheet unless its Statement must wait for income.
func (m *model) issue(b protocol.Base, asOf uint64) {
	if available := m.funds(b, asOf) - (b.Spent - m.start); available >= 0 {
		m.sheets = append(m.sheets, &modelSheet{base: b, asOf: asOf, available: available})
	}
}

func (m *model) backing(s *modelSheet) (total money.Amount) {
	for _, x := range m.income {
		if x.issuedAt > s.asOf {
			total += x.amount
		}
	}
	return total
}

// acceptable is what a payee sees who knows no other entry: rules 4 and 5.
func (m *model) acceptable(s *modelSheet, seq uint64, spent, amount money.Amount) bool {
	return !s.dead && seq > s.base.Seq && spent-amount >= s.base.Spent && spent-s.base.Spent <= s.available+m.backing(s)
}

func (m *model) pick() *modelSheet {
	if len(m.sheets) == 0 {
		return nil
	}
	return m.sheets[m.between(0, len(m.sheets)-1)]
}

func (m *model) spend(s *modelSheet, seq uint64, spent, amount money.Amount) {
	e := &protocol.Entry{Sheet: protocol.Hash{byte(len(m.signed)), byte(len(m.signed) >> 8)}, Seq: seq, Spent: spent, Kind: protocol.SpendKind,
		Spend: protocol.Spend{Bill: protocol.Hash{byte(m.now)}, Amount: amount}}
	if e.Check() != nil {
		return
	}
	torn := m.between(0, 4) == 0
	if x := m.sign(e, s); x != nil {
		x.accepted = !torn && m.acceptable(s, seq, spent, amount)
	}
}

func (m *model) honestSpend() {
	s, amount := m.pick(), m.upTo(60)
	if s == nil || !m.acceptable(s, m.seq+1, m.spent+amount, amount) {
		return
	}
	m.seq, m.spent = m.seq+1+uint64(m.between(0, 2)), m.spent+amount
	m.spend(s, m.seq, m.spent, amount)
}

func (m *model) honestStatement() {
	m.seq++
	m.refresh(m.seq, m.spent)
}

// cheat signs something the chain has no place for, or reuses a place.
func (m *model) cheat() {
	seq := uint64(m.between(1, int(m.seq)+3)) //nolint:gosec // small
	amount := m.upTo(60)
	spent := max(0, m.start+money.Amount(m.between(-20, int(m.spent-m.start)+80)))
	if m.between(0, 3) == 0 {
		m.refresh(seq, spent)
		return
	}
	s := m.pick()
	if s == nil {
		return
	}
	if m.between(0, 1) == 0 { // as much as the sheet bears
		spent = s.base.Spent + s.available + m.backing(s) - money.Amount(m.between(0, 5))
	}
	if m.between(0, 1) == 0 {
		amount = max(1, spent-s.base.Spent-money.Amount(m.between(0, 20)))
	}
	m.spend(s, seq, spent, amount)
}

// present brings an accepted entry to the anchor, which honours it.
func (m *model) present() {
	for _, e := range m.signed {
		if e.accepted && m.between(0, 1) == 0 {
			e.presented = true
		}
	}
}

// lapseOne lets the deadline of an entry pass that the anchor saw and had no funds for.
func (m *model) lapseOne() {
	for _, e := range m.signed {
		if e.accepted && !e.presented && m.between(0, 3) == 0 {
			e.accepted, e.presented = false, true
			m.lapses = append(m.lapses, modelLapse{e.Seq, e.Amount(), true})
			return
		}
	}
}

// lapseBelow lets the last redeemBy pass of every sheet older than the newest Statement: what was spent
// at or below it and never presented comes back, once.
func (m *model) lapseBelow() {
	if m.newest.Seq <= m.lapsed {
		return
	}
	m.lapsed = m.newest.Seq
	for _, x := range m.sheets {
		x.dead = x.dead || x.base.Seq < m.lapsed
	}
	gap := m.newest.Spent - m.start
	for _, e := range m.signed {
		if e.sheet != nil && e.sheet.dead && !e.presented {
			e.accepted = false
		}
		if e.presented && e.Seq <= m.lapsed {
			gap -= e.Amount()
		}
	}
	for _, l := range m.lapses {
		if l.seq <= m.lapsed && !l.known {
			gap -= l.amount
		}
	}
	if gap > 0 {
		m.lapses = append(m.lapses, modelLapse{m.lapsed, gap, false})
	}
}

func (m *model) step(cheats bool) {
	m.now++
	kinds := 8
	if cheats {
		kinds = 12
	}
	switch m.between(0, kinds-1) {
	case 0:
		m.loaded += m.upTo(100)
	case 1:
		m.income = append(m.income, modelIncome{m.now, m.upTo(50)})
	case 2:
		m.honestStatement()
	case 3, 4:
		m.honestSpend()
	case 5:
		m.present()
	case 6:
		m.lapseOne()
	case 7:
		if m.between(0, 1) == 0 {
			if s := m.pick(); s != nil && !s.dead && s.base == m.newest {
				m.issue(s.base, s.asOf) // more was loaded or lapsed: a fresh sheet on the same base
			}
			return
		}
		m.lapseBelow()
	default:
		for range 5 {
			m.cheat()
		}
	}
}

// overspent: payees hold more than the purse ever got.
func (m *model) overspent() bool {
	got := m.loaded
	for _, x := range m.income {
		got += x.amount
	}
	var spent money.Amount
	for _, e := range m.signed {
		if e.accepted {
			spent += e.Amount()
		}
	}
	return spent > got
}

func (m *model) contradicted() bool {
	for i, a := range m.signed {
		if m.contradicts(a, m.signed[:i]) {
			return true
		}
	}
	return false
}

// manyRuns plays a good number of models; check looks at each in the end.
func manyRuns(t *testing.T, cheats, careful bool, check func(*rapid.T, *model)) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		steps := 120 - rapid.IntRange(0, 110).Draw(t, "steps fewer")
		for range 40 {
			m := newModel(t)
			m.careful = careful
			for range steps {
				m.step(cheats)
			}
			check(t, m)
		}
	})
}

func TestPropertyHonestChainNeverContradictsOrOverspends(t *testing.T) {
	manyRuns(t, false, false, func(t *rapid.T, m *model) {
		if m.contradicted() {
			t.Fatal("an honest purse is accused")
		}
		if m.overspent() {
			t.Fatal("an honest purse has overspent")
		}
	})
}

func TestPropertyEveryOverspendContainsAContradiction(t *testing.T) {
	overspends, runs := 0, 0
	manyRuns(t, true, false, func(t *rapid.T, m *model) {
		runs++
		if !m.overspent() {
			return
		}
		overspends++
		if !m.contradicted() {
			t.Fatal("an overspend without a proof")
		}
	})
	t.Logf("%d of %d cheats overspent", overspends, runs)
	if overspends == 0 {
		t.Error("no run overspent: the model does not cheat well enough to test anything")
	}
}

// The theorem itself: a purse that may sign anything but contradictions never overspends.
func TestPropertyWithoutContradictionNobodyOverspends(t *testing.T) {
	manyRuns(t, true, true, func(t *rapid.T, m *model) {
		if m.contradicted() {
			t.Fatal("the model was not careful")
		}
		if m.overspent() {
			t.Fatal("an overspend without a proof")
		}
	})
}

// Whoever is shown one payment only sees that it does not contradict the Statement its sheet stands on:
// without that its purse could spend again what lapsed below the Statement. The theorem needs no more, since
// it has the Statement among the entries.
func TestPropertyWhatIsAcceptedAgreesWithItsSheetsStatement(t *testing.T) {
	n := protocol.NewNetwork("model")
	agree := 0
	rapid.Check(t, func(t *rapid.T) {
		e := drawEntry(t)
		e.Kind, e.Spend.Deadline = protocol.SpendKind, 10
		e.Spend.Amount = max(1, e.Spend.Amount)
		statement := drawEntry(t)
		statement.Kind = protocol.StatementKind
		s := &protocol.Sheet{Base: protocol.Base{Seq: statement.Seq, Spent: statement.Spent}, RedeemBy: 10}
		s.Limits.PerBill, s.Limits.MaxSpend = 100, 100
		bill := &protocol.Bill{ExpiresAt: 10, PayeeKey: protocol.Key{1}}
		e.Sheet, e.Spend.Bill = n.Hash(s), n.Hash(bill)
		p := &protocol.Payment{Entry: e, EntryHash: n.Hash(e), Sheet: s, SheetHash: e.Sheet, Bill: bill, BillHash: e.Spend.Bill}
		if e.Check() != nil || p.CheckRules() != nil {
			return
		}
		agree++
		if !protocol.Compatible(e, statement, p.EntryHash, n.Hash(statement)) {
			t.Fatal("accepted, and contradicts the Statement of its own sheet")
		}
	})
	if agree == 0 {
		t.Error("nothing was accepted")
	}
}

func drawEntry(t *rapid.T) *protocol.Entry {
	e := &protocol.Entry{Seq: rapid.Uint64Range(1, 6).Draw(t, "seq"), Kind: protocol.EntryKind(rapid.Uint32Range(1, 2).Draw(t, "kind"))}
	e.Spent = money.Amount(rapid.Int64Range(0, 20).Draw(t, "spent"))
	if e.Kind == protocol.SpendKind {
		e.Spend.Amount = money.Amount(rapid.Int64Range(1, 10).Draw(t, "amount"))
		e.Spent += e.Spend.Amount
	}
	return e
}

func TestPropertyCompatible(t *testing.T) {
	n := protocol.NewNetwork("model")
	compatible := func(a, b *protocol.Entry) bool { return protocol.Compatible(a, b, n.Hash(a), n.Hash(b)) }
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawEntry(t), drawEntry(t), drawEntry(t)
		if !compatible(a, a) {
			t.Fatal("an entry contradicts itself")
		}
		if compatible(a, b) != compatible(b, a) {
			t.Fatal("not symmetric")
		}
		if a.Seq < b.Seq && b.Seq < c.Seq && compatible(a, b) && compatible(b, c) && !compatible(a, c) {
			t.Fatal("the middle one vouches for nothing")
		}
		if a.Seq < b.Seq && compatible(a, b) && a.Spent+b.Amount() > b.Spent {
			t.Fatal("amounts do not telescope")
		}
		if a.Seq == b.Seq && compatible(a, b) != (n.Hash(a) == n.Hash(b)) {
			t.Fatal("one number, two bodies")
		}
	})
}
