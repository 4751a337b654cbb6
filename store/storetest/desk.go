package storetest

import (
	"math"

	"kula/anchor"
)

// desk is what officers look for.
func desk(f *fixture) {
	ana, ben := f.purse("Ana Maria Kalo"), f.purse("ben kalo")
	var entries []*anchor.EntryRecord
	f.update(func(tx anchor.Tx) {
		for seq := range uint64(3) {
			r := spend(ana, seq+1)
			r.At += seq
			f.ok(tx.InsertEntry(r))
			entries = append(entries, r)
		}
	})
	f.view(func(r anchor.Reader) {
		named := func(begins string, after anchor.NamePlace) (found []int64) {
			list, _, err := r.PursesNamed(begins, after, 9)
			f.ok(err)
			for _, p := range list {
				found = append(found, p.Number)
			}
			return found
		}
		f.same(named("kal", anchor.NamePlace{}), []int64{ana.Number, ben.Number})
		f.same(named("kal", anchor.NamePlace{Word: "kalo", Purse: ana.Number}), []int64{ben.Number})
		f.same(named("mar", anchor.NamePlace{}), []int64{ana.Number})
		f.same(len(named("alo", anchor.NamePlace{})), 0)
		from, err := r.PursesFrom(ben.ID[:4], 9)
		f.ok(err)
		f.same(len(from) == 1 && from[0].Number == ben.Number, true)
		f.same(numbers(r.EntriesBy(ana.Number, anchor.EntryPlace{Seq: math.MaxInt64}, 2)), []uint64{3, 2})
		f.same(numbers(r.EntriesBy(ana.Number, anchor.EntryPlace{Seq: 2, Number: entries[1].Number}, 9)), []uint64{1})
		f.same(numbers(r.EntriesFrom(entries[1].Hash[:4], 9)), []uint64{2})
		f.same(numbers(r.EntriesOnBill(entries[1].Entry.Spend.Bill, 9)), []uint64{2})
		f.same(numbers(r.EntriesWithMemo("TAR", 1, 9)), []uint64{2, 3})
		f.same(len(numbers(r.EntriesWithMemo("aro", 0, 9))), 0)
		f.same(numbers(r.OpenAfter(501, entries[0].Number, 9)), []uint64{2, 3})
		open, err := r.OpenSums()
		f.ok(err)
		f.same(*open, anchor.OpenSums{Entries: 3, Amount: 30, Oldest: 20})
		f.same(numbers(r.LargeEntries(anchor.LargeQuery{Since: 21, Until: 22, Least: 10, Limit: 9})), []uint64{2})
		f.same(len(numbers(r.LargeEntries(anchor.LargeQuery{Until: 99, Least: 11, Limit: 9}))), 0)
		shown, err := r.Presentments(20, 22, 2)
		f.ok(err)
		f.same(shown, []anchor.Presentments{{From: 20, Entries: 2}})
		_, _, err = r.IncomeOf(ben.Number, math.MaxInt64, 9)
		f.ok(err)
	})
	f.update(func(tx anchor.Tx) {
		f.ok(tx.SetPayee(entries[0].Number, ben.Number))
		f.ok(tx.Tell(ben.Number, anchor.EventIncome, entries[0].Number))
	})
	f.view(func(r anchor.Reader) {
		paid, place, err := r.IncomeOf(ben.Number, math.MaxInt64, 9)
		f.same(numbers(paid, err), []uint64{1})
		none, _, err := r.IncomeOf(ben.Number, place, 9)
		f.same(len(numbers(none, err)), 0)
		f.same(numbers(r.OpenTo(ben.Number, 0, 9)), []uint64{1})
	})
}
