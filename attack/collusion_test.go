package attack

import (
	"testing"

	"kula/money"
	"kula/protocol"
)

// TestAttackCollusionPayerAndPayee: both phones belong to one gang, so no honest wallet looks at what they sign.
// The bank does: what they move between them is what they have, within the limits on the sheet.
func TestAttackCollusionPayerAndPayee(t *testing.T) {
	i, b := village(t)
	mallory, eve := b.person("Mallory", 20_000).cheat(), b.person("Eve", 0).cheat()
	sheet := mallory.newest()
	for name, c := range map[string]struct {
		amount money.Amount
		at     position
		change func(*protocol.Entry)
		code   string
	}{
		"a payment over the limit":      {10_001, position{seq: 1}, nil, "over_bill_limit"},
		"more off-line than the limit":  {100, position{seq: 1, before: 49_901}, nil, "over_spend_limit"},
		"more than there is":            {10_000, position{seq: 1, before: 15_000}, nil, "parked"},
		"a deadline beyond the sheet's": {100, position{seq: 1}, func(e *protocol.Entry) { e.Spend.Deadline = sheet.RedeemBy + year }, "deadline_too_late"},
		"a position before the base":    {100, position{seq: 1}, func(e *protocol.Entry) { e.Seq = sheet.Base.Seq }, "behind_base"},
		"a total below the base":        {100, position{seq: 1}, func(e *protocol.Entry) { e.Spent -= 50 }, "behind_base"},
		"nothing at all":                {0, position{seq: 1}, nil, "bad_amount"},
	} {
		bill := protocol.All[*protocol.Bill](eve.request(c.amount))[0]
		e := &protocol.Entry{
			Sheet: i.net.Hash(sheet), Seq: sheet.Base.Seq + c.at.seq, Spent: sheet.Base.Spent + c.at.before + bill.Amount, Kind: protocol.SpendKind,
			Spend: protocol.Spend{Bill: i.net.Hash(bill), Amount: bill.Amount, Deadline: bill.ExpiresAt},
		}
		if c.change != nil {
			c.change(e)
		}
		p := &protocol.Payment{Entry: mallory.sign(e), EntryHash: i.net.Hash(e), Bill: bill, BillHash: i.net.Hash(bill)}
		out, err := b.Redeem(t.Context(), []*protocol.Payment{p})
		ok(t, err)
		if out[0].Receipt != nil || out[0].Problem == nil || out[0].Problem.Code != c.code {
			t.Errorf("%s: %+v, want %q", name, out[0].Problem, c.code)
		}
	}
	eve.holds(0)
	mallory.holds(20_000)
	i.after()
}

// TestAttackCollusionToMilkTheGuarantee: a gang overspends in favour of its own, so that the bank's guarantee pays.
// With a cloned phone it pays up to its cap for one failing purse and no more, which stands open in the books
// against that purse; the purse is proven a cheat, and its account is known. By totals that contradict nothing
// and merely exceed the money there is, they get nothing: no honest payee would have taken these.
func TestAttackCollusionToMilkTheGuarantee(t *testing.T) {
	const fund, perBill, perPurse = 10_000, 300, 1000
	for name, covered := range map[string]money.Amount{"a cloned phone": perPurse, "totals beyond the money": 0} {
		contradicting := covered > 0
		t.Run(name, func(t *testing.T) {
			i, b := village(t, covering(perBill, perPurse))
			b.guarantee(fund)
			mallory, eve, ana := b.person("Mallory", 500).cheat(), b.person("Eve", 0).cheat(), b.person("Ana", 700)
			var all []*protocol.Bundle
			for n := range 8 {
				at := position{seq: uint64(1 + n), before: money.Amount(500 * n)} //nolint:gosec // small
				if contradicting {
					at = position{seq: 1}
				}
				all = append(all, mallory.forge(eve.request(500), at))
				b.present(all[n])
			}
			if contradicting {
				mallory.accused(all[0], all[1])
			}
			i.pass(60*day + grace)
			b.tend()
			if paid := mallory.atBank().GuaranteePaid; paid != covered {
				t.Errorf("the guarantee paid %d", paid)
			}
			eve.holds(500 + covered)
			mallory.holds(0)
			ana.holds(700)
			i.after()
		})
	}
}

// TestAttackCollusionManyPursesOfOneAccount: the cap is for a failing purse, and anybody may open another: with a
// lost phone, or without having lost one. All purses of one account fail as one.
func TestAttackCollusionManyPursesOfOneAccount(t *testing.T) {
	i, b := village(t, covering(1000, 1000), func(c *protocol.Charter) { c.Assets[0].CreditLine = 100 })
	b.guarantee(50_000)
	eve, mallory := b.person("Eve", 0).cheat(), b.person("Mallory", 0).cheat()
	purses := []protocol.PurseID{mallory.purse}
	for range 4 {
		mallory.join(b, protocol.Circulating)
		mallory.cursor = 0
		mallory.visit()
		purses = append(purses, mallory.purse)
	}
	for _, id := range purses {
		mallory.purse = id
		b.present(mallory.forge(eve.request(2000), position{seq: 1}))
		b.present(mallory.forge(eve.request(2000), position{seq: 1}))
	}
	i.pass(60*day + grace)
	b.tend()
	if got := eve.atBank().AtBank; got != 1000 {
		t.Errorf("one account was covered with %d", got)
	}
	i.after()
}

// TestAttackCollusionPayeeAndNextPayee: bad money is passed on. Zoe spends twice; Mallory, who may or may not
// know, pays Carol with it. Who passed it on stands before who took it in good faith: what Mallory gets goes to
// Carol first. Only Zoe is accused.
func TestAttackCollusionPayeeAndNextPayee(t *testing.T) {
	i, b := village(t)
	zoe, mallory := b.person("Zoe", 500).cheat(), b.person("Mallory", 0)
	ben, carol := b.person("Ben", 0), b.person("Carol", 0)
	i.pass(day)
	twin := zoe.clone()
	good, bad := zoe.pay(ben.request(500)), twin.pay(mallory.request(500))
	ben.accepts(good)
	mallory.accepts(bad)
	onward := mallory.pay(carol.request(500))
	carol.accepts(onward)

	ben.visit()
	ben.holds(500)
	i.read(b.present(onward)).problem("parked") // Mallory's income is not there
	carol.holds(0)
	zoe.accused(good, bad)

	// It is held back, so that it may be credited to Mallory later, and not to Carol: no.
	mallory.load(200)
	carol.holds(0)
	mallory.load(300)
	carol.holds(500)
	mallory.holds(0)
	zoe.load(500) // and when Zoe's victims are paid, Mallory has it back
	mallory.holds(500)
	i.after()
}

// TestAttackCollusionHeldBack: payee and next payee show the bank the second payment without the first, wait
// until it lapses, and then bring the first.
func TestAttackCollusionHeldBack(t *testing.T) {
	i, b := village(t)
	ana := b.person("Ana", 1000)
	mallory, eve := b.person("Mallory", 0).cheat(), b.person("Eve", 0).cheat()
	i.pass(day)
	income := ana.pay(mallory.request(500))
	i.pass(day)
	ben := b.person("Ben", 0)
	onward := mallory.forge(eve.request(500), position{seq: 1})
	longer := mallory.forge(ben.request(500), position{seq: 1}, func(e *protocol.Entry) { e.Spend.Deadline = entryOf(income).Spend.Deadline + 1 })
	ben.refuses(backed(longer, income), protocol.CodeDeadlineTooLate) // it could be shown when the income no longer can
	i.read(b.present(onward)).problem("parked")
	i.pass(60*day + grace)
	b.tend()
	receipts := protocol.All[*protocol.Receipt](b.present(onward).Bundle)
	if len(receipts) != 1 || receipts[0].Outcome != protocol.Dishonoured {
		t.Fatal(receipts)
	}
	i.read(b.present(income)).problem("late")
	b.tend()
	b.present(onward)
	eve.holds(0)
	mallory.holds(0)
	ana.holds(1000)
	ana.visit()
	ana.sees(income, "dishonoured")
	i.after()
}

// TestAttackCollusionHeldBackFromTheGuarantee: they wait for the guarantee to pay the second, to bring the first
// later, which has longer to live. What was not shown excuses nothing: the guarantee does not pay, and the money
// that comes is Mallory's, as it would have been.
func TestAttackCollusionHeldBackFromTheGuarantee(t *testing.T) {
	i, b := village(t, covering(500, 1000))
	b.guarantee(10_000)
	ana := b.person("Ana", 1000)
	mallory, eve := b.person("Mallory", 0).cheat(), b.person("Eve", 0).cheat()
	i.pass(day)
	income := ana.pay(mallory.request(500))
	onward := mallory.forge(eve.request(500), position{seq: 1}, func(e *protocol.Entry) { e.Spend.Deadline = i.now + 20*day })
	i.read(b.present(onward)).problem("parked")
	i.pass(20*day + grace)
	b.tend()
	eve.holds(0)
	if v := mallory.atBank(); v.GuaranteePaid != 0 {
		t.Fatalf("%+v", v)
	}
	b.present(income)
	ana.holds(500)
	eve.holds(0)
	mallory.holds(500)
	i.after()
}
