package storetest

import (
	"math"

	"kula/anchor"
	"kula/ledger"
	"kula/money"
	"kula/protocol"
)

func advances(f *fixture) {
	p, q := f.purse("ana"), f.purse("ben")
	first, second := spend(p, 6), spend(p, 2)
	f.update(func(tx anchor.Tx) {
		f.ok(tx.InsertEntry(first))
		f.ok(tx.InsertEntry(second))
		f.ok(tx.SaveAdvance(&anchor.Advance{Entry: first.Hash, Purse: p.Number, Credit: 1, Guarantee: 2, At: 9}))
		f.ok(tx.SaveAdvance(&anchor.Advance{Entry: second.Hash, Purse: p.Number, Guarantee: 4, At: 9}))
		first.Advanced, first.Paid = 3, 2
		f.ok(tx.PayEntry(first))
	})
	f.restart()
	f.view(func(r anchor.Reader) {
		get(f, func() (*anchor.EntryRecord, error) { return r.Entry(first.Hash) })(first)
		get(f, func() (*anchor.Advance, error) { return r.Advance(second.Hash) })(&anchor.Advance{Entry: second.Hash, Purse: p.Number, Guarantee: 4, At: 9})
		get(f, func() ([]*anchor.Advance, error) { return r.OpenAdvances(p.Number) })([]*anchor.Advance{
			{Entry: second.Hash, Purse: p.Number, Guarantee: 4, At: 9, Seq: 2, Spent: second.Entry.Spent},
			{Entry: first.Hash, Purse: p.Number, Credit: 1, Guarantee: 2, At: 9, Seq: 6, Spent: first.Entry.Spent},
		})
		open, err := r.OpenAdvances(q.Number)
		f.ok(err)
		failing, err := r.Failing()
		f.ok(err)
		f.same([]int{len(open), len(failing)}, []int{0, 0})
	})
	q.GuaranteePaid = 4
	first.Receipt, first.Paid = receipt(first), 3
	f.update(func(tx anchor.Tx) {
		f.ok(tx.SavePurse(q))
		f.ok(tx.SaveAdvance(&anchor.Advance{Entry: second.Hash, Purse: p.Number, Guarantee: 4, Repaid: 4, At: 10}))
		f.ok(tx.SettleEntry(first))
	})
	first.Open = false
	f.view(func(r anchor.Reader) {
		get(f, func() (*anchor.EntryRecord, error) { return r.Entry(first.Hash) })(first)
		get(f, r.Failing)([]*anchor.Purse{q})
		open, err := r.OpenAdvances(p.Number)
		f.ok(err)
		if len(open) != 1 || open[0].Entry != first.Hash || open[0].Open() != 3 {
			f.Fatalf("%+v", open)
		}
	})
	if f.store.Update(f.Context(), func(tx anchor.Tx) error { return tx.PayEntry(first) }) == nil {
		f.Fatal("an entry was paid in part after its receipt")
	}
	f.fundings()
	f.unpaid()
}

// unpaid is a payee to whom one payer paid a part, another nothing; what came late or had lapsed does not count.
func (f *fixture) unpaid() {
	p, q, payee := f.purse("carol"), f.purse("dina"), f.purse("eve")
	part, nothing, whole, late, lapsed := spend(p, 1), spend(q, 2), spend(q, 3), spend(p, 4), spend(p, 5)
	part.Paid, whole.Paid = 4, whole.Entry.Spend.Amount
	late.At, lapsed.Covered = late.Entry.Spend.Deadline+1, true
	f.update(func(tx anchor.Tx) {
		for _, r := range []*anchor.EntryRecord{part, nothing, whole, late, lapsed} {
			r.Payee = payee.Number
			f.ok(tx.InsertEntry(r))
		}
	})
	f.view(func(r anchor.Reader) {
		all := []*anchor.Unpaid{{Purse: p.Number, Amount: 6}, {Purse: q.Number, Amount: 10}}
		get(f, func() ([]*anchor.Unpaid, error) { return r.UnpaidTo(payee.Number, 5) })(all)
		get(f, func() ([]*anchor.Unpaid, error) { return r.UnpaidTo(payee.Number, 1) })(all[:1])
		get(f, func() ([]*anchor.Unpaid, error) { return r.UnpaidTo(p.Number, 5) })([]*anchor.Unpaid{})
	})
	q.Contradicted = true
	f.update(func(tx anchor.Tx) {
		f.ok(tx.SavePurse(q))
		for seq := range uint64(3) { // a cheat signs more than numbers can express
			r := spend(q, 10+seq)
			r.Payee, r.Entry.Spend.Amount = payee.Number, 1<<62
			f.ok(tx.InsertEntry(r))
		}
	})
	f.view(func(r anchor.Reader) {
		all := []*anchor.Unpaid{{Purse: q.Number, Amount: math.MaxInt64}, {Purse: p.Number, Amount: 6}}
		get(f, func() ([]*anchor.Unpaid, error) { return r.UnpaidTo(payee.Number, 5) })(all)
	})
}

func (f *fixture) fundings() {
	payout := &anchor.PayoutRecord{From: anchor.FromTreasury, Asset: asset(), State: anchor.PayoutQueued, Amount: 5}
	f.update(func(tx anchor.Tx) { f.ok(tx.InsertPayout(payout)) })
	order := &anchor.Funding{
		Key: "k", Officer: "anna", Asset: "VUV:" + protocol.AccountID(public("issuer")).String(), Amount: 5, Payout: payout.ID, At: 7, Currency: asset(),
	}
	insert := func() error {
		return f.store.Update(f.Context(), func(tx anchor.Tx) error { return tx.InsertFunding(order) })
	}
	f.ok(insert())
	if insert() == nil {
		f.Fatal("one key, two orders")
	}
	f.view(func(r anchor.Reader) {
		get(f, func() (*anchor.Funding, error) { return r.Funding("k") })(order)
		get(f, func() (money.Amount, error) { return r.Balance(ledger.Guarantee, asset()) })(0)
	})
	f.update(func(tx anchor.Tx) {
		t, err := ledger.GuaranteeFunded(ledger.Header{Asset: asset(), Reference: protocol.Hash{}.String()}, 5)
		f.ok(err)
		f.ok(tx.Post(t))
	})
	f.view(func(r anchor.Reader) {
		get(f, func() (money.Amount, error) { return r.Balance(ledger.Guarantee, asset()) })(-5)
		get(f, func() (money.Amount, error) { return r.Balance(ledger.Guarantee, money.Asset{}) })(0)
	})
}
