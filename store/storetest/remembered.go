package storetest

import (
	"errors"
	"math/rand/v2"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
)

// A store may remember what it wrote. Whatever was taken back must be forgotten: what the next update finds, and the
// numbers that it gives, are those of what is kept.

func (f *fixture) failedUpdate(run func(anchor.Tx)) {
	f.Helper()
	err := f.store.Update(f.Context(), func(tx anchor.Tx) error {
		run(tx)
		return errOnPurpose
	})
	if !errors.Is(err, errOnPurpose) {
		f.Fatal(err)
	}
}

// change changes all that is counted or remembered, and finds the purse in every way.
func change(f *fixture, tx anchor.Tx, p *anchor.Purse, seq uint64) {
	f.Helper()
	for _, find := range ways(tx, p) {
		held, err := find()
		f.ok(err)
		held.Loaded += 7
		f.ok(tx.SavePurse(held))
	}
	f.ok(tx.Tell(p.Number, anchor.EventSpent, int64(seq))) //nolint:gosec // small
	_, err := tx.NextLeaf(protocol.Hash{byte(seq)})
	f.ok(err)
	f.ok(tx.InsertEntry(spend(p, seq)))
	said(f, tx, p, seq)
}

// said is a notice and a sheet that say how often things have changed.
func said(f *fixture, tx anchor.Tx, p *anchor.Purse, seq uint64) {
	f.Helper()
	notice := &protocol.Notice{Epoch: 1, Time: seq}
	if before, err := tx.Notice(); err == nil {
		notice.Epoch = before.Epoch + 1
	}
	seal(notice)
	f.ok(tx.InsertNotice(network.Hash(notice), notice))
	sheet := &protocol.Sheet{
		Purse: p.ID, Quorum: p.Enrolment.Quorum, Asset: asset(), Kind: protocol.Circulating, IssuedAt: 1, ExpiresAt: 2, RedeemBy: 3 + seq,
	}
	if before, err := tx.NewestSheet(p.Number); err == nil {
		sheet.Available = before.Sheet.Available + 1
	}
	seal(sheet)
	f.ok(tx.InsertSheet(&anchor.SheetRecord{Purse: p.Number, Statement: protocol.Hash{1}, Sheet: sheet, Hash: network.Hash(sheet)}))
	get(f, tx.Notice)(notice)
	newest, err := tx.NewestSheet(p.Number)
	f.ok(err)
	f.same(newest.Sheet, sheet)
}

func ways(r anchor.Reader, p *anchor.Purse) []func() (*anchor.Purse, error) {
	return []func() (*anchor.Purse, error){
		func() (*anchor.Purse, error) { return r.PurseByNumber(p.Number) },
		func() (*anchor.Purse, error) { return r.Purse(p.ID) },
		func() (*anchor.Purse, error) { return r.PurseByKey(p.Enrolment.Quorum.Signers[0].Key) },
	}
}

// stands checks, inside an update and from outside, that so many changes of three loads each have happened.
func stands(f *fixture, p *anchor.Purse, changes int64) {
	f.Helper()
	var leaf uint64
	var event int64
	check := func(r anchor.Reader) {
		f.Helper()
		for _, find := range ways(r, p) {
			held, err := find()
			f.ok(err)
			f.same(held.Loaded, money.Amount(21*changes))
			held.Loaded = 99 // the caller's own
		}
		if notice, err := r.Notice(); changes > 0 {
			f.ok(err)
			f.same(int64(notice.Epoch), changes)
			sheet, err := r.NewestSheet(p.Number)
			f.ok(err)
			f.same(sheet.Sheet.Available, money.Amount(changes-1))
		}
		events, err := r.Events(p.Number, 0, 99)
		f.ok(err)
		if len(events) > 0 {
			event = events[len(events)-1].Cursor
		}
		f.same(event, changes)
	}
	f.view(check)
	f.failedUpdate(func(tx anchor.Tx) {
		check(tx)
		check(tx)
		var err error
		leaf, err = tx.NextLeaf(protocol.Hash{200})
		f.ok(err)
		f.ok(tx.Tell(p.Number, anchor.EventCard, 1))
		r := spend(p, 99)
		f.ok(tx.InsertEntry(r))
		f.same(r.Number, changes+1)
	})
	f.same(leaf, uint64(changes)) //nolint:gosec // small
	f.update(func(tx anchor.Tx) { check(tx) })
}

func whatFailedIsForgotten(f *fixture) {
	p := f.purse("ana")
	stands(f, p, 0)
	f.update(func(tx anchor.Tx) { change(f, tx, p, 1) })
	stands(f, p, 1)
	f.failedUpdate(func(tx anchor.Tx) { change(f, tx, p, 2) })
	stands(f, p, 1)
	f.update(func(tx anchor.Tx) {
		change(f, tx, p, 3)
		err := tx.Savepoint(func() error {
			change(f, tx, p, 4)
			f.ok(tx.Savepoint(func() error { change(f, tx, p, 5); return nil }))
			return errOnPurpose
		})
		if !errors.Is(err, errOnPurpose) {
			f.Fatal(err)
		}
		f.ok(tx.Savepoint(func() error { change(f, tx, p, 6); return nil }))
	})
	stands(f, p, 3)
	func() {
		defer func() { _ = recover() }()
		_ = f.store.Update(f.Context(), func(tx anchor.Tx) error {
			change(f, tx, p, 7)
			panic("on purpose")
		})
	}()
	stands(f, p, 3)
	// The number of a purse that was taken back is given again.
	var gone, ben *anchor.Purse
	f.failedUpdate(func(tx anchor.Tx) {
		gone = Purse("gone")
		f.ok(tx.InsertPurse(gone))
		_, err := tx.PurseByNumber(gone.Number)
		f.ok(err)
	})
	ben = f.purse("ben")
	f.same(ben.Number, gone.Number)
	f.update(func(tx anchor.Tx) {
		for _, find := range ways(tx, gone)[1:] {
			if _, err := find(); !errors.Is(err, anchor.ErrNoRecord) {
				f.Fatal("a purse that was taken back is found", err)
			}
		}
		get(f, func() (*anchor.Purse, error) { return tx.PurseByNumber(ben.Number) })(ben)
	})
}

// heirs are those only that have something to leave.
func heirs(f *fixture) {
	p := f.purse("ana")
	for _, c := range []struct {
		leaves bool
		purse  func(*anchor.Purse)
	}{
		{true, func(p *anchor.Purse) {
			p.Revoked, p.Successor, p.Loaded, p.Income, p.Honoured, p.Inherited = true, 9, 5, 6, 7, 3
		}},
		{false, func(p *anchor.Purse) { p.Inherited = 4 }},
		{true, func(p *anchor.Purse) { p.Inherited = 3 }},
		{false, func(p *anchor.Purse) { p.Open = 1 }},
		{false, func(p *anchor.Purse) { p.Open, p.CreditUsed = 0, 1 }},
		{false, func(p *anchor.Purse) { p.CreditUsed, p.GuaranteePaid = 0, 1 }},
		{false, func(p *anchor.Purse) { p.GuaranteePaid, p.Successor = 0, 0 }},
		{false, func(p *anchor.Purse) { p.Revoked, p.Successor = false, 9 }},
	} {
		c.purse(p)
		f.update(func(tx anchor.Tx) { f.ok(tx.SavePurse(p)) })
		f.view(func(r anchor.Reader) {
			all, err := r.Heirs()
			f.ok(err)
			f.same(len(all) == 1, c.leaves)
		})
	}
}

// unpaid does all that changes what purses owe each other, at random, and has some of it taken back: what an update is
// told is what is stored.
func unpaid(f *fixture) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test
	purses := []*anchor.Purse{f.purse("ana"), f.purse("ben"), f.purse("cem"), f.purse("dora")}
	any := func() *anchor.Purse { return purses[random.IntN(len(purses))] }
	seq := uint64(0)
	step := func(tx anchor.Tx) {
		payer := any()
		open, err := tx.OpenEntries(payer.Number)
		f.ok(err)
		for _, p := range purses[:2] {
			_, err := tx.UnpaidTo(p.Number, 2)
			f.ok(err)
		}
		if kind := random.IntN(10); kind < 3 || len(open) == 0 {
			seq++
			r := spend(payer, seq)
			r.Payee = []int64{0, purses[0].Number, purses[1].Number}[random.IntN(3)]
			r.Entry.Spend.Amount = money.Amount(1 + random.Int64N(1<<62)>>random.IntN(62))
			r.Entry.Spent = r.Entry.Spend.Amount
			r.Covered, r.At = random.IntN(8) == 0, r.Entry.Spend.Deadline+uint64(random.IntN(3))-1 //nolint:gosec // small
			f.ok(tx.InsertEntry(r))
		} else if r := open[random.IntN(len(open))]; kind < 4 {
			f.ok(tx.SetPayee(r.Number, purses[1].Number))
		} else if kind < 9 {
			r.Paid += money.Amount(random.Int64N(int64(r.Entry.Spend.Amount-r.Paid) + 1))
			if random.IntN(3) == 0 {
				r.Paid = r.Entry.Spend.Amount
			}
			if kind < 7 {
				f.ok(tx.PayEntry(r))
			} else {
				r.Receipt = receipt(r)
				f.ok(tx.SettleEntry(r))
			}
		} else {
			p, err := tx.PurseByNumber(payer.Number)
			f.ok(err)
			p.Contradicted = !p.Contradicted
			f.ok(tx.SavePurse(p))
		}
	}
	for range 300 {
		f.update(func(tx anchor.Tx) {
			step(tx)
			_ = tx.Savepoint(func() error {
				step(tx)
				return []error{nil, errOnPurpose}[random.IntN(2)]
			})
		})
		if random.IntN(4) == 0 {
			f.failedUpdate(step)
		}
		owed := map[int64][]*anchor.Unpaid{}
		f.view(func(r anchor.Reader) {
			for _, p := range purses[:2] {
				all, err := r.UnpaidTo(p.Number, 3)
				f.ok(err)
				owed[p.Number] = all
			}
		})
		f.update(func(tx anchor.Tx) {
			for _, p := range purses[:2] {
				get(f, func() ([]*anchor.Unpaid, error) { return tx.UnpaidTo(p.Number, 3) })(owed[p.Number])
			}
		})
	}
}
