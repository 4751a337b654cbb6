package storetest

import (
	"errors"

	"kula/anchor"
	"kula/ledger"
	"kula/money"
	"kula/protocol"
)

func numbers(records []*anchor.EntryRecord, err error) (seqs []uint64) {
	if err != nil {
		return []uint64{0}
	}
	for _, r := range records {
		seqs = append(seqs, r.Entry.Seq)
	}
	return seqs
}

func chains(f *fixture) {
	p, q := f.purse("ana"), f.purse("ben")
	f.update(func(tx anchor.Tx) {
		for _, seq := range []uint64{6, 2, 9} {
			r := spend(p, seq)
			r.Covered = seq == 2
			f.ok(tx.InsertEntry(r))
		}
		f.ok(tx.InsertEntry(spend(q, 6)))
	})
	f.view(func(r anchor.Reader) {
		links := func(seq uint64) (found []uint64) {
			all, err := r.Neighbours(p.Number, seq)
			f.ok(err)
			for _, l := range all {
				found = append(found, l.Seq)
			}
			return found
		}
		f.same(links(1), []uint64{2})
		f.same(links(4), []uint64{2, 6})
		f.same(links(6), []uint64{6})
		f.same(links(12), []uint64{9})
		f.same(numbers(r.OpenWithin(p.Number, 10, 1<<62)), []uint64{2, 6, 9})
		f.same(numbers(r.OpenEntries(p.Number)), []uint64{6, 2, 9})
		f.same(numbers(r.OpenWithin(p.Number, 9, 1<<62)), []uint64(nil))
		for seq, want := range map[uint64][]uint64{1: nil, 2: {2}, 6: {2, 6}, 9: {2, 6, 9}} {
			f.same(numbers(r.OpenWithin(p.Number, 10, spend(p, seq).Entry.Spent)), want)
		}
		f.same(numbers(r.OpenUntil(506, 9)), []uint64{2, 6, 6})
		f.same(numbers(r.OpenUntil(506, 1)), []uint64{2})
		f.same(numbers(r.OpenByKey(public("payee's phone"))), []uint64{6, 2, 9, 6})
		get(f, func() (money.Amount, error) { return r.Presented(p.Number, 8) })(10)
		get(f, func() (money.Amount, error) { return r.Presented(p.Number, 9) })(20)
	})
	f.update(func(tx anchor.Tx) {
		first, err := tx.OpenWithin(p.Number, 10, 1<<62)
		f.ok(err)
		f.ok(tx.SetPayee(first[0].Number, q.Number))
		first[1].Receipt = receipt(first[1])
		f.ok(tx.SettleEntry(first[1]))
	})
	f.view(func(r anchor.Reader) {
		f.same(numbers(r.OpenByKey(public("payee's phone"))), []uint64{9, 6})
		f.same(numbers(r.OpenWithin(p.Number, 10, 1<<62)), []uint64{2, 9})
	})
}

func challenges(f *fixture) {
	p, q := f.purse("ana"), f.purse("ben")
	take := func(nonce byte, purse, now int64) (taken bool) {
		f.update(func(tx anchor.Tx) {
			var err error
			taken, err = tx.TakeChallenge(protocol.Hash{nonce}, purse, uint64(now)) //nolint:gosec // small
			f.ok(err)
		})
		return taken
	}
	f.update(func(tx anchor.Tx) {
		for nonce := range byte(4) {
			f.ok(tx.InsertChallenge(protocol.Hash{nonce}, p.Number, 100))
		}
	})
	f.same(take(1, q.Number, 50), false)  // another's
	f.same(take(1, p.Number, 101), false) // expired
	f.same(take(1, p.Number, 100), true)
	f.same(take(1, p.Number, 100), false) // used
	f.update(func(tx anchor.Tx) { f.ok(tx.DropChallenges(100)) })
	f.same(take(2, p.Number, 100), true)
	f.update(func(tx anchor.Tx) { f.ok(tx.DropChallenges(101)) })
	f.same(take(3, p.Number, 100), false)
}

func sheets(f *fixture) {
	p := f.purse("ana")
	issue := func(statement byte, base, redeemBy uint64) *anchor.SheetRecord {
		s := &anchor.SheetRecord{Purse: p.Number, Statement: protocol.Hash{statement}, Sheet: &protocol.Sheet{
			Purse: p.ID, Quorum: p.Enrolment.Quorum, Asset: asset(), Base: protocol.Base{Seq: base, Spent: money.Amount(base)},
			Kind: protocol.Circulating, IssuedAt: 1, ExpiresAt: 2, RedeemBy: redeemBy,
		}}
		seal(s.Sheet)
		s.Hash = network.Hash(s.Sheet)
		f.update(func(tx anchor.Tx) { f.ok(tx.InsertSheet(s)) })
		return s
	}
	a, b, c := issue(1, 3, 100), issue(1, 3, 200), issue(2, 5, 150)
	f.view(func(r anchor.Reader) {
		get(f, func() (*anchor.SheetRecord, error) { return r.SheetOf(protocol.Hash{1}) })(b)
		get(f, func() (*anchor.SheetRecord, error) { return r.NewestSheet(p.Number) })(c)
		get(f, func() (protocol.Base, error) { return r.LowestBase(p.Number) })(protocol.Base{Seq: 3, Spent: 3})
		get(f, func() ([]*anchor.SheetRecord, error) { return r.SheetsToClose(150, 9) })([]*anchor.SheetRecord{a, c})
		get(f, func() ([]*anchor.SheetRecord, error) { return r.SheetsToClose(150, 1) })([]*anchor.SheetRecord{a})
	})
	f.update(func(tx anchor.Tx) {
		f.ok(tx.CloseSheet(a.Hash))
		f.ok(tx.CloseSheet(b.Hash))
	})
	f.view(func(r anchor.Reader) {
		get(f, func() (protocol.Base, error) { return r.LowestBase(p.Number) })(protocol.Base{Seq: 5, Spent: 5})
		get(f, func() ([]*anchor.SheetRecord, error) { return r.SheetsToClose(999, 9) })([]*anchor.SheetRecord{c})
	})
}

func feed(f *fixture) {
	tell := func(purse, document int64) {
		f.update(func(tx anchor.Tx) { f.ok(tx.Tell(purse, anchor.EventSpent, document)) })
	}
	tell(1, 10)
	tell(2, 20)
	tell(1, 11)
	f.restart()
	tell(1, 12)
	event := func(cursor, document int64) anchor.Event {
		return anchor.Event{Cursor: cursor, Kind: anchor.EventSpent, Document: document}
	}
	f.view(func(r anchor.Reader) {
		get(f, func() ([]anchor.Event, error) { return r.Events(1, 0, 9) })([]anchor.Event{event(1, 10), event(3, 11), event(4, 12)})
		get(f, func() ([]anchor.Event, error) { return r.Events(1, 1, 1) })([]anchor.Event{event(3, 11)})
	})
	var leaves []uint64
	for i := range byte(2) {
		f.update(func(tx anchor.Tx) {
			leaf, err := tx.NextLeaf(protocol.Hash{i})
			f.ok(err)
			leaves = append(leaves, leaf)
		})
		f.restart()
	}
	f.same(leaves, []uint64{0, 1})
}

func frauds(f *fixture) {
	tell := func() {
		f.update(func(tx anchor.Tx) { f.ok(tx.Tell(1, anchor.EventSpent, 1)) })
	}
	prove := func(name string) *anchor.FraudRecord {
		p := f.purse(name)
		r := &anchor.FraudRecord{Purse: p.Number, Hash: protocol.Hash(p.ID), At: 7, Bundle: []byte(name)}
		f.update(func(tx anchor.Tx) { f.ok(tx.InsertFraud(r)) })
		return r
	}
	tell()
	ana := prove("ana")
	f.restart()
	tell()
	ben, cem := prove("ben"), prove("cem")
	dora := f.purse("dora")
	f.same([]int64{ana.Event, ben.Event, cem.Event}, []int64{2, 4, 5})
	f.view(func(r anchor.Reader) {
		get(f, func() (*anchor.FraudRecord, error) { return r.Fraud(ben.Purse) })(ben)
		get(f, func() ([]*anchor.FraudRecord, error) { return r.Frauds(0, 99, 9) })([]*anchor.FraudRecord{cem, ben, ana})
		get(f, func() ([]*anchor.FraudRecord, error) { return r.Frauds(2, 5, 1) })([]*anchor.FraudRecord{cem})
		get(f, func() ([]*anchor.FraudRecord, error) { return r.Frauds(2, 4, 9) })([]*anchor.FraudRecord{ben})
		if _, err := r.Fraud(99); !errors.Is(err, anchor.ErrNoRecord) {
			f.Fatal(err)
		}
		mine, err := r.PursesOf(dora.Enrolment.Account)
		f.ok(err)
		f.same(len(mine), 1)
		none, err := r.PursesOf(protocol.AccountID{})
		f.ok(err)
		f.same(len(none), 0)
	})
	if f.store.Update(f.Context(), func(tx anchor.Tx) error { return tx.InsertFraud(&anchor.FraudRecord{Purse: ana.Purse}) }) == nil {
		f.Fatal("two proofs against one purse")
	}
}

func load(operation string, amount money.Amount) ledger.Transaction {
	t, err := ledger.Load(ledger.Header{Asset: asset(), Time: 1, Reference: operation}, [32]byte{1}, amount, 0)
	if err != nil {
		panic(err) // the suite's own mistake
	}
	return t
}

func books(f *fixture) {
	honour := func(amount money.Amount) ledger.Transaction {
		t, err := ledger.Honour(ledger.Header{Asset: asset(), Time: 2, Reference: "entry"}, [32]byte{1}, [32]byte{2}, amount)
		f.ok(err)
		return t
	}
	post := func(all ...ledger.Transaction) error {
		return f.store.Update(f.Context(), func(tx anchor.Tx) error { return tx.Post(all...) })
	}
	f.ok(post(load("1", 100), load("2", 50), honour(120)))
	f.ok(post(load("1", 100), honour(120))) // again: nothing
	if err := post(load("1", 101)); !errors.Is(err, ledger.ErrConflict) {
		f.Fatal(err)
	}
	over := honour(31)
	over.Reference = "another"
	if err := post(load("3", 1), over, over); err != nil {
		f.Fatal(err) // 31 of 31, and the second is the first again
	}
	over.Reference = "third"
	if err := post(over); !errors.Is(err, ledger.ErrOverdrawn) {
		f.Fatal(err)
	}
	f.restart()
	f.view(func(r anchor.Reader) {
		trial, err := r.Trial()
		f.ok(err)
		f.ok(trial.Check())
		f.same(trial.Reserve(asset()), money.Amount(151))
		before, err := r.Booked(load("2", 50).ID())
		f.ok(err)
		f.same(before, load("2", 50))
	})
}

func payouts(f *fixture) {
	p, q := f.purse("ana"), f.purse("ben")
	insert := func(x *anchor.PayoutRecord) *anchor.PayoutRecord {
		x.From, x.Asset = anchor.FromReserve, asset()
		f.update(func(tx anchor.Tx) { f.ok(tx.InsertPayout(x)) })
		return x
	}
	a := insert(&anchor.PayoutRecord{Purse: p.Number, Entry: 1, State: anchor.PayoutQueued, Amount: 1})
	b := insert(&anchor.PayoutRecord{Purse: q.Number, Entry: 2, State: anchor.PayoutQueued, Amount: 2})
	c := insert(&anchor.PayoutRecord{State: anchor.PayoutQueued, Amount: 4})
	e := f.purse("eve")
	insert(&anchor.PayoutRecord{Purse: e.Number, Entry: 4, State: anchor.PayoutQueued, Amount: 16})
	d := insert(&anchor.PayoutRecord{Purse: p.Number, Entry: 3, State: anchor.PayoutSettled, Amount: 8, Destination: "T"})
	q.Frozen, e.Contradicted = true, true
	f.update(func(tx anchor.Tx) {
		f.ok(tx.SavePurse(e))
		f.ok(tx.SavePurse(q))
		f.ok(tx.InsertSlip(&anchor.TellerSlip{
			Direction: anchor.CashOut, Key: "k", Officer: "o", Purse: p.ID, Account: p.Enrolment.Account, Amount: 3, Currency: asset(),
		}))
	})
	f.view(func(r anchor.Reader) {
		get(f, func() ([]*anchor.PayoutRecord, error) { return r.Payable(9) })([]*anchor.PayoutRecord{a, c})
		get(f, func() ([]*anchor.PayoutRecord, error) { return r.PayoutsIn(anchor.PayoutQueued, 2) })([]*anchor.PayoutRecord{a, b})
		get(f, func() (*anchor.PayoutRecord, error) { return r.PayoutOf(3) })(d)
		settled, given, err := r.Cash(p.Enrolment.Account, asset(), "T")
		f.ok(err)
		f.same([]money.Amount{settled, given}, []money.Amount{8, 3})
	})
	if f.store.Update(f.Context(), func(tx anchor.Tx) error { return tx.InsertPayout(&anchor.PayoutRecord{Entry: 1, Asset: asset()}) }) == nil {
		f.Fatal("one entry is paid out twice")
	}
	cashComing(f, p, q)
}

// cashComing is what the treasury sends to a place of deposit, parked payouts aside, less what came from it.
func cashComing(f *fixture, p, q *anchor.Purse) {
	insert := func(x *anchor.PayoutRecord) {
		x.Asset = asset()
		f.update(func(tx anchor.Tx) { f.ok(tx.InsertPayout(x)) })
	}
	for amount, state := range map[money.Amount]anchor.PayoutState{32: anchor.PayoutQueued, 64: anchor.PayoutSent, 128: anchor.PayoutSettled, 256: anchor.PayoutParked} {
		insert(&anchor.PayoutRecord{From: anchor.FromTreasury, Destination: "M", State: state, Amount: amount})
	}
	insert(&anchor.PayoutRecord{From: anchor.FromReserve, Destination: "M", State: anchor.PayoutSettled, Amount: 512})
	f.update(func(tx anchor.Tx) {
		for i, in := range []anchor.IncomingRecord{{Incoming: anchor.Incoming{From: "T", Amount: 40}, Purse: p.Number}, {Incoming: anchor.Incoming{From: "X", Amount: 1}, Purse: p.Number},
			{Incoming: anchor.Incoming{From: "T", Amount: 7}, Purse: q.Number}} {
			in.Operation, in.Asset, in.State = int64(i+1), asset(), anchor.IncomingCredited
			f.ok(tx.InsertIncoming(&in))
		}
	})
	f.view(func(r anchor.Reader) {
		coming, err := r.CashComing(p.Number, "M", "T")
		f.ok(err)
		f.same(coming, money.Amount(32+64+128-40))
		coming, err = r.CashComing(q.Number, "N", "T")
		f.ok(err)
		f.same(coming, money.Amount(0))
	})
}

// closings: one for each purse, the newest; those to pay out have money, a destination, and nothing open.
func closings(f *fixture) {
	ana, ben := f.purse("ana"), f.purse("ben")
	missing := func(r anchor.Reader, p *anchor.Purse) {
		if _, err := r.Closing(p.Number); !errors.Is(err, anchor.ErrNoRecord) {
			f.Fatal(err)
		}
	}
	f.view(func(r anchor.Reader) { missing(r, ana) })
	save := func(change func(p *anchor.Purse, c *anchor.Closing)) (due int) {
		f.update(func(tx anchor.Tx) {
			p, err := tx.PurseByNumber(ana.Number)
			f.ok(err)
			p.Loaded, p.Revoked, p.Frozen, p.Open, p.Inherited, p.Honoured = 10, true, false, 0, 0, 0
			p.CreditUsed, p.CreditLost, p.GuaranteePaid, p.GuaranteeLost = 0, 0, 0, 0
			c := &anchor.Closing{Purse: ana.Number, Destination: "GA", Memo: "memo", Document: "paper", At: 7}
			change(p, c)
			f.ok(tx.SavePurse(p))
			f.ok(tx.SaveClosing(c))
			got, err := tx.Closing(ana.Number)
			f.ok(err)
			f.same(got, c)
		})
		f.view(func(r anchor.Reader) {
			all, err := r.ToPayOut()
			f.ok(err)
			due = len(all)
			missing(r, ben)
		})
		return due
	}
	f.same(save(func(*anchor.Purse, *anchor.Closing) {}), 1)
	f.same(save(func(p *anchor.Purse, _ *anchor.Closing) { // all that was advanced was written off
		p.Loaded, p.CreditUsed, p.CreditLost, p.GuaranteePaid, p.GuaranteeLost, p.Honoured = 10, 2, 2, 3, 3, 10
	}), 1)
	for _, change := range []func(p *anchor.Purse, c *anchor.Closing){
		func(_ *anchor.Purse, c *anchor.Closing) { c.Destination, c.Document = "", "another" },
		func(p *anchor.Purse, _ *anchor.Closing) { p.Frozen = true },
		func(p *anchor.Purse, _ *anchor.Closing) { p.Open = 1 },
		func(p *anchor.Purse, _ *anchor.Closing) { p.GuaranteePaid = 1 },
		func(p *anchor.Purse, _ *anchor.Closing) { p.CreditUsed, p.GuaranteeLost = 1, 1 },
		func(p *anchor.Purse, _ *anchor.Closing) { p.Inherited = 10 },
	} {
		f.same(save(change), 0)
	}
}
