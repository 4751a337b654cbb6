package protocol_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"kula/money"
	"kula/protocol"
	"kula/protocol/internal/kit"

	"pgregory.net/rapid"
)

// The theorem with backing: several purses that pay each other with what they received, an anchor that
// loads, refreshes, redeems and lets lapse, and payees that know nothing but the rules, as
// Verifier.Examine judges them. Cheats sign and show whatever they like, date their bills as they like,
// and collude. A payee loses when a payment it accepted, and brought in by its deadline, is not honoured.

type village struct {
	random  *rand.Rand
	scene   *kit.Scene
	now     uint64
	purses  []*villager
	all     *protocol.Bundle // everything anybody ever signed: what cheats can show
	books   []*booked        // in the order they came in
	careful bool             // nobody signs what contradicts something it has signed before
	losses  int
	backed  int // payments accepted for their backing
}

type villager struct {
	*kit.Person
	cheats   bool
	held     *protocol.Bundle // in its phone
	signed   []*protocol.Entry
	accepted []*kept

	loaded  money.Amount
	credits []modelIncome
	lapses  []modelLapse
	newest  protocol.Base // of the accepted Statements
	asOf    uint64
	sheets  []*protocol.Sheet
}

// kept is a payment that a payee took, with all it needs.
type kept struct {
	entry     protocol.Hash
	deadline  uint64
	docs      *protocol.Bundle
	presented bool
}

// booked is an entry that the anchor has seen in time.
type booked struct {
	*protocol.Payment
	payer             *villager
	accepted          bool // by somebody who is not a cheat
	honoured, expired bool
}

func newVillage(seed uint64, cheats int, careful bool) *village {
	v := &village{random: rand.New(rand.NewPCG(seed, 6)), scene: kit.NewScene(), now: kit.Epoch, careful: careful}
	v.all = protocol.NewBundle(v.scene.Net)
	v.scene.Margin = 2
	for i := range 4 {
		p := &villager{Person: v.scene.Person("villager "+strconv.Itoa(i), 0), cheats: i < cheats, held: protocol.NewBundle(v.scene.Net)}
		p.Seq, p.Spent = 0, p.Enrolment.Start
		p.newest, p.asOf = protocol.Base{Spent: p.Spent}, v.now
		v.purses = append(v.purses, p)
		v.load(p)
	}
	return v
}

func (v *village) between(low, high int) int { return low + v.random.IntN(high-low+1) }
func (v *village) oneIn(n int) bool          { return v.random.IntN(n) == 0 }
func (v *village) coins(low, high int) money.Amount {
	return money.Amount(v.between(low, high)) * kit.Coin
}
func (v *village) anybody() *villager { return v.purses[v.random.IntN(len(v.purses))] }

// ---- The anchor

func (v *village) load(p *villager) {
	p.loaded += v.coins(1, 40)
	v.issue(p)
}

// funds are what an entry, or a sheet on that base, may count on.
func (p *villager) funds(below uint64, asOf uint64) money.Amount {
	total := p.loaded
	for _, x := range p.credits {
		if x.issuedAt <= asOf {
			total += x.amount
		}
	}
	for _, l := range p.lapses {
		if l.seq < below {
			total += l.amount
		}
	}
	return total
}

// issue gives a sheet on the newest Statement, unless that must wait for income.
func (v *village) issue(p *villager) {
	available := p.funds(p.newest.Seq+1, p.asOf) - (p.newest.Spent - p.Enrolment.Start)
	if available < 0 {
		return
	}
	seq, spent := p.Seq, p.Spent
	p.Seq, p.Spent = p.newest.Seq, p.newest.Spent
	v.scene.GiveSheet(p.Person, int64(available/kit.Coin), func(s *protocol.Sheet) {
		s.AsOf, s.IssuedAt, s.ExpiresAt, s.RedeemBy = p.asOf, v.now, v.now+20, v.now+40
		s.Limits.PerBill, s.Limits.MaxSpend = 1<<60, 1<<60
	})
	p.Seq, p.Spent = seq, spent
	p.sheets = append(p.sheets, p.Sheet)
	v.all.Add(p.Sheet)
}

func (v *village) refresh(p *villager, seq uint64, spent money.Amount) {
	e := &protocol.Entry{Sheet: protocol.Hash(p.Sheet.Purse), Seq: seq, Spent: spent, Kind: protocol.StatementKind, Statement: protocol.Statement{Time: v.now}}
	if !v.sign(p, e) || seq <= p.newest.Seq || spent < p.Enrolment.Start {
		return
	}
	p.newest, p.asOf = protocol.Base{Seq: seq, Spent: spent}, v.now
	for _, x := range p.credits {
		p.asOf = max(p.asOf, x.issuedAt)
	}
	v.issue(p)
}

// sign adds to what a purse has signed, unless a careful one thinks better of it.
func (v *village) sign(p *villager, e *protocol.Entry) bool {
	if e.Check() != nil || v.careful && contradicts(v.scene.Net, e, p.signed) {
		return false
	}
	p.signed = append(p.signed, e)
	return true
}

func contradicts(n protocol.Network, e *protocol.Entry, all []*protocol.Entry) bool {
	for _, other := range all {
		if !protocol.Compatible(e, other, n.Hash(e), n.Hash(other)) {
			return true
		}
	}
	return false
}

// take books every payment of a bundle that is in time, and honours what is within funds.
func (v *village) take(docs *protocol.Bundle) {
	for _, e := range protocol.All[*protocol.Entry](docs) {
		h := v.scene.Net.Hash(e)
		p, err := docs.PaymentOf(h, v.all.Get)
		if v.booked(h) != nil || err != nil || p.CheckRules() != nil || e.Spend.Deadline < v.now {
			continue
		}
		for _, payer := range v.purses {
			if payer.Sheet.Purse == p.Sheet.Purse {
				v.books = append(v.books, &booked{Payment: p, payer: payer})
			}
		}
	}
	for v.honourOne() {
		continue
	}
}

func (v *village) booked(entry protocol.Hash) *booked {
	for _, x := range v.books {
		if x.EntryHash == entry {
			return x
		}
	}
	return nil
}

// balance is what the books hold for a purse. It binds only those who have signed contradictions: that is
// the theorem.
func (v *village) balance(p *villager) money.Amount {
	total := p.loaded
	for _, x := range p.credits {
		total += x.amount
	}
	for _, x := range v.books {
		if x.honoured && x.payer == p {
			total -= x.Entry.Spend.Amount
		}
	}
	return total
}

func (v *village) honourOne() bool {
	for _, x := range v.books {
		position := x.Entry.Spent - x.payer.Enrolment.Start
		if x.honoured || x.expired || position > x.payer.funds(x.Entry.Seq, 1<<63) {
			continue
		}
		if x.Entry.Spend.Amount > v.balance(x.payer) {
			if !x.payer.contradicted(v.scene.Net) {
				v.losses++ // the bank's
			}
			continue
		}
		x.honoured = true
		v.credit(x)
		return true
	}
	return false
}

func (v *village) credit(x *booked) {
	for _, payee := range v.purses {
		if payee.Sheet.Quorum.Has(x.Bill.PayeeKey) {
			payee.credits = append(payee.credits, modelIncome{x.Bill.IssuedAt, x.Entry.Spend.Amount})
			r := &protocol.Receipt{Anchor: x.Bill.Anchor, Entry: x.EntryHash, Bill: x.BillHash, Outcome: protocol.Honoured, Reason: protocol.ReasonNone,
				Amount: x.Entry.Spend.Amount, Credited: protocol.Credit{Kind: protocol.CreditPurse, To: protocol.Hash(payee.Sheet.Purse)}, At: kit.Epoch}
			v.all.Add(r)
			payee.held.Add(r)
		}
	}
}

// midnight lets a day pass: what was accepted is brought in by its deadline, and what is not honoured by
// then lapses.
func (v *village) midnight() {
	for _, p := range v.purses {
		for _, k := range p.accepted {
			if k.deadline <= v.now {
				v.present(k)
			}
		}
	}
	v.now++
	for _, x := range v.books {
		if x.honoured || x.expired || x.Entry.Spend.Deadline >= v.now {
			continue
		}
		x.expired = true
		x.payer.lapses = append(x.payer.lapses, modelLapse{x.Entry.Seq, x.Entry.Spend.Amount, true})
		if x.accepted {
			v.losses++
		}
	}
	for _, p := range v.purses {
		v.lapseUnseen(p)
	}
}

// lapseUnseen gives back what was spent at or below the newest Statement and never came in, once nothing
// written on an older sheet can come in any more.
func (v *village) lapseUnseen(p *villager) {
	for _, s := range p.sheets {
		if s.Base.Seq < p.newest.Seq && s.RedeemBy >= v.now {
			return
		}
	}
	gap := p.newest.Spent - p.Enrolment.Start
	for _, x := range v.books {
		if x.payer == p && x.Entry.Seq <= p.newest.Seq {
			gap -= x.Entry.Spend.Amount
		}
	}
	for _, l := range p.lapses {
		if !l.known {
			gap -= l.amount
		}
	}
	if gap > 0 {
		p.lapses = append(p.lapses, modelLapse{p.newest.Seq, gap, false})
	}
}

func (v *village) present(k *kept) {
	if !k.presented {
		k.presented = true
		v.take(k.docs)
		if x := v.booked(k.entry); x != nil {
			x.accepted = true
		} else {
			v.losses++ // the anchor does not take what a payee took
		}
	}
}

// ---- Payers and payees

// pay writes a payment. A payee that does not cheat takes it if the rules let it, on what is shown.
func (v *village) pay(from, to *villager, s *protocol.Sheet, seq uint64, spent, amount money.Amount, issuedAt, deadline uint64) bool {
	bill := &protocol.Bill{Anchor: s.Anchor, Payee: to.Sheet.Account, PayeeKey: to.Sheet.Quorum.Signers[0].Key, Asset: s.Asset, Amount: amount,
		IssuedAt: issuedAt, ExpiresAt: max(issuedAt+1, v.now+25), Nonce: [16]byte{byte(v.all.Len()), byte(v.all.Len() >> 8)}}
	e := &protocol.Entry{Sheet: v.scene.Net.Hash(s), Seq: seq, Spent: spent, Kind: protocol.SpendKind,
		Spend: protocol.Spend{Bill: v.scene.Net.Hash(bill), Amount: amount, Deadline: deadline}}
	if e.Check() != nil || bill.Check() != nil {
		return false
	}
	shown := from.held
	if from.cheats {
		shown = v.all
	}
	docs := protocol.NewBundle(v.scene.Net, s, bill, e)
	docs.AddAll(shown)
	p, err := docs.PaymentOf(v.scene.Net.Hash(e), protocol.NoContext)
	if err != nil {
		return false
	}
	v.scene.Now = v.now
	verdict, err := v.scene.Verifier().Examine(docs, p)
	if err != nil && !(from.cheats && to.cheats) || !v.sign(from, e) {
		return false
	}
	for _, d := range []protocol.Document{s, bill, e} {
		v.all.Add(d)
	}
	if verdict != nil && !to.cheats {
		v.accept(to, p, verdict, docs)
	}
	return true
}

func (v *village) accept(to *villager, p *protocol.Payment, verdict *protocol.Verdict, docs *protocol.Bundle) {
	k := &kept{entry: p.EntryHash, deadline: p.Entry.Spend.Deadline, docs: protocol.NewBundle(v.scene.Net, p.Sheet, p.Bill, p.Entry)}
	for _, h := range verdict.Behind {
		d, _ := docs.Get(h)
		k.docs.Add(d)
	}
	to.held.AddAll(k.docs)
	to.accepted = append(to.accepted, k)
	v.backed += min(1, verdict.Depth)
}

func (v *village) sheetOf(p *villager) *protocol.Sheet { return p.sheets[v.random.IntN(len(p.sheets))] }

func (v *village) honest(p *villager) {
	switch v.between(0, 4) {
	case 0:
		for _, k := range p.accepted {
			if v.oneIn(2) {
				v.present(k)
			}
		}
		if v.oneIn(2) {
			p.Seq++
			v.refresh(p, p.Seq, p.Spent)
		}
	default:
		amount := v.coins(1, 25)
		if v.pay(p, v.anybody(), v.sheetOf(p), p.Seq+1, p.Spent+amount, amount, v.now, v.now+uint64(v.between(3, 20))) {
			p.Seq, p.Spent = p.Seq+1, p.Spent+amount
		}
	}
}

// cheat tries what it can think of until somebody takes it.
func (v *village) cheat(p *villager) {
	if v.oneIn(10) {
		v.take(v.all) // whoever brings in what
	}
	for range 6 {
		seq, s, to := uint64(v.between(1, int(p.Seq)+2)), v.sheetOf(p), v.anybody() //nolint:gosec // small
		spent, issuedAt := s.Base.Spent+v.coins(0, 60), v.now
		amount := spent - s.Base.Spent
		if v.oneIn(2) {
			amount = v.coins(1, 30)
		}
		if v.careful && !v.oneIn(4) || v.oneIn(2) {
			seq, spent = p.Seq+1, p.Spent+amount
		}
		if to.cheats {
			issuedAt += uint64(v.between(0, 40)) - 20 //nolint:gosec // wraps to before
		}
		if v.oneIn(10) {
			v.refresh(p, seq, spent)
		} else if !v.pay(p, to, s, seq, spent, amount, issuedAt, v.now+uint64(v.between(0, 20))) {
			continue
		}
		p.Seq, p.Spent = max(p.Seq, seq), max(p.Spent, spent)
		return
	}
}

func (v *village) step() {
	p := v.anybody()
	switch {
	case v.oneIn(8):
		v.midnight()
	case v.oneIn(20):
		v.load(p)
	case v.oneIn(20):
		v.issue(p)
	case p.cheats:
		v.cheat(p)
	default:
		v.honest(p)
	}
}

// manyVillages plays a good number of them to the end of every deadline.
func manyVillages(t *testing.T, cheats int, careful bool, check func(*rapid.T, *village)) (backed int) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		steps := 100 - rapid.IntRange(0, 90).Draw(t, "steps fewer")
		v := newVillage(rapid.Uint64().Draw(t, "seed"), cheats, careful)
		for i := 0; i < steps && v.all.Len() < 200; i++ {
			v.step()
		}
		for range 45 {
			v.midnight()
		}
		check(t, v)
		backed += v.backed
	})
	t.Log("payments accepted for their backing:", backed)
	if backed == 0 {
		t.Error("nobody handed anything on")
	}
	return backed
}

func (p *villager) contradicted(n protocol.Network) bool {
	for i, e := range p.signed {
		if contradicts(n, e, p.signed[:i]) {
			return true
		}
	}
	return false
}

func TestPropertyVillageOfHonestPeopleLosesNothing(t *testing.T) {
	manyVillages(t, 0, false, func(t *rapid.T, v *village) {
		if v.losses > 0 {
			t.Fatal("somebody lost money, and nobody cheated")
		}
		for _, p := range v.purses {
			if p.contradicted(v.scene.Net) {
				t.Fatal("an honest purse is accused")
			}
		}
	})
}

// The theorem: whoever signs no two entries that contradict each other takes nothing from anybody,
// whatever else it signs, shows, dates or arranges with others.
func TestPropertyVillageWithoutContradictionLosesNothing(t *testing.T) {
	manyVillages(t, 2, true, func(t *rapid.T, v *village) {
		if v.losses > 0 {
			t.Fatal("a loss without a proof")
		}
	})
}

func TestPropertyVillageEveryLossLeavesAProof(t *testing.T) {
	lost := 0
	manyVillages(t, 2, false, func(t *rapid.T, v *village) {
		accused := 0
		for _, p := range v.purses {
			if p.contradicted(v.scene.Net) {
				accused++
				if !p.cheats {
					t.Fatal("an honest purse is accused")
				}
			}
		}
		lost += v.losses
		if v.losses > 0 && accused == 0 {
			t.Fatal("a loss without a proof")
		}
	})
	t.Log("payments lost:", lost)
	if lost == 0 {
		t.Error("nobody lost anything: these cheats are too tame to show anything")
	}
}
