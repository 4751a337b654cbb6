package sqlite

import (
	"bytes"

	"kula/anchor"
	"kula/protocol"
	"kula/store/sqlite/internal/queries"
)

// beyond is the first text that does not begin with these letters.
func beyond(begins string) string { return begins + "\U0010FFFF" }

func (r *reader) PursesNamed(begins string, after anchor.NamePlace, limit int) ([]*anchor.Purse, anchor.NamePlace, error) {
	rows, err := r.q.PursesNamed(r.ctx, queries.PursesNamedParams{
		Word: max(begins, after.Word), Beyond: beyond(begins), AfterWord: after.Word, AfterPurse: after.Purse, Most: int64(limit),
	})
	if err != nil {
		return nil, after, wrap(err)
	}
	list := make([]*anchor.Purse, len(rows))
	for i, row := range rows {
		if list[i], err = purseOf(&row.Purse, nil); err != nil {
			return nil, after, err
		}
		after = anchor.NamePlace{Word: row.Word, Purse: row.Purse.Number}
	}
	return list, after, nil
}

// last is the last hash that begins so.
func last(begins []byte) []byte {
	until := bytes.Repeat([]byte{0xff}, len(protocol.Hash{}))
	copy(until, begins)
	return until
}

func (r *reader) PursesFrom(begins []byte, limit int) ([]*anchor.Purse, error) {
	rows, err := r.q.PursesFrom(r.ctx, queries.PursesFromParams{ID: begins, Until: last(begins), Most: int64(limit)})
	return all(rows, err, purseOf)
}

func (r *reader) EntriesFrom(begins []byte, limit int) ([]*anchor.EntryRecord, error) {
	rows, err := r.q.EntriesFrom(r.ctx, queries.EntriesFromParams{Hash: begins, Until: last(begins), Most: int64(limit)})
	return all(rows, err, entryOf)
}

func (r *reader) PursesSilent(before, afterTime uint64, afterNumber int64, limit int) ([]*anchor.Purse, error) {
	rows, err := r.q.PursesSilent(r.ctx, queries.PursesSilentParams{
		Before: signed(before), AfterTime: signed(afterTime), AfterNumber: afterNumber, Most: int64(limit),
	})
	return all(rows, err, purseOf)
}

func (r *reader) SheetsOf(purse, before int64, limit int) ([]*anchor.SheetRecord, error) {
	rows, err := r.q.SheetsOf(r.ctx, queries.SheetsOfParams{Purse: purse, Before: before, Most: int64(limit)})
	return all(rows, err, sheetOf)
}

func (r *reader) EntriesBy(purse int64, before anchor.EntryPlace, limit int) ([]*anchor.EntryRecord, error) {
	rows, err := r.q.EntriesBy(r.ctx, queries.EntriesByParams{
		Purse: purse, BeforeSeq: signed(before.Seq), BeforeNumber: before.Number, Most: int64(limit),
	})
	return all(rows, err, entryOf)
}

func (r *reader) IncomeOf(purse, before int64, limit int) (list []*anchor.EntryRecord, next int64, err error) {
	rows, err := r.q.IncomeOf(r.ctx, queries.IncomeOfParams{
		Purse: purse, Kind: int64(anchor.EventIncome), Before: before, Most: int64(limit),
	})
	list, err = all(rows, err, func(row *queries.IncomeOfRow, _ error) (*anchor.EntryRecord, error) {
		next = row.Cursor
		return entryOf(&row.Entry, nil)
	})
	return list, next, err
}

func (r *reader) OpenTo(payee, after int64, limit int) ([]*anchor.EntryRecord, error) {
	rows, err := r.q.OpenTo(r.ctx, queries.OpenToParams{Payee: payee, After: after, Most: int64(limit)})
	return all(rows, err, entryOf)
}

// EntriesOnBill looks by the first bytes of the hash and keeps those that have all of it.
func (r *reader) EntriesOnBill(bill protocol.Hash, limit int) ([]*anchor.EntryRecord, error) {
	rows, err := r.q.EntriesOnBill(r.ctx, queries.EntriesOnBillParams{Head: bill[:8], Most: int64(limit)})
	found, err := all(rows, err, entryOf)
	kept := found[:0]
	for _, e := range found {
		if e.Entry.Kind == protocol.SpendKind && e.Entry.Spend.Bill == bill {
			kept = append(kept, e)
		}
	}
	return kept, err
}

func (r *reader) EntriesWithMemo(begins string, skip, limit int) ([]*anchor.EntryRecord, error) {
	rows, err := r.q.EntriesWithMemo(r.ctx, queries.EntriesWithMemoParams{
		Words: begins, Beyond: beyond(begins), Skip: int64(skip), Most: int64(limit),
	})
	return all(rows, err, entryOf)
}

func (r *reader) OpenAfter(deadline uint64, number int64, limit int) ([]*anchor.EntryRecord, error) {
	rows, err := r.q.OpenAfter(r.ctx, queries.OpenAfterParams{AfterDeadline: signed(deadline), AfterNumber: number, Most: int64(limit)})
	return all(rows, err, entryOf)
}

func (r *reader) OpenSums() (*anchor.OpenSums, error) {
	row, err := r.q.OpenSums(r.ctx)
	if err != nil {
		return nil, wrap(err)
	}
	return &anchor.OpenSums{Entries: row.Entries, Amount: whole(row.Billions, row.Rest), Oldest: unsigned(row.Oldest)}, nil
}

func (r *reader) Presentments(since, until, span uint64) ([]anchor.Presentments, error) {
	rows, err := r.q.Presentments(r.ctx, queries.PresentmentsParams{Span: signed(span), Since: signed(since), Until: signed(until)})
	if err != nil {
		return nil, wrap(err)
	}
	list := make([]anchor.Presentments, len(rows))
	for i, row := range rows {
		list[i] = anchor.Presentments{From: unsigned(row.Slot) * span, Entries: row.Entries, Units: row.Units}
	}
	return list, nil
}

func (r *reader) LargeEntries(q anchor.LargeQuery) ([]*anchor.EntryRecord, error) {
	rows, err := r.q.LargeEntries(r.ctx, large(q))
	return all(rows, err, entryOf)
}

func (r *reader) LargeSlips(q anchor.LargeQuery) ([]*anchor.TellerSlip, error) {
	rows, err := r.q.LargeSlips(r.ctx, queries.LargeSlipsParams(large(q)))
	return all(rows, err, func(row *queries.LargeSlipsRow, _ error) (*anchor.TellerSlip, error) {
		return slipOf(&row.TellerSlip, row.ID)
	})
}

func (r *reader) LargeIncoming(q anchor.LargeQuery) ([]*anchor.IncomingRecord, error) {
	rows, err := r.q.LargeIncoming(r.ctx, queries.LargeIncomingParams(large(q)))
	return all(rows, err, incomingOf)
}

func (r *reader) LargePayouts(q anchor.LargeQuery) ([]*anchor.PayoutRecord, error) {
	rows, err := r.q.LargePayouts(r.ctx, queries.LargePayoutsParams(large(q)))
	return all(rows, err, payoutOf)
}

// large is a question for large rows, as all four tables are asked it.
func large(q anchor.LargeQuery) queries.LargeEntriesParams {
	return queries.LargeEntriesParams{
		Since: signed(max(q.Since, q.AfterAt)), Until: signed(q.Until), Least: int64(q.Least), AfterAt: signed(q.AfterAt), AfterNumber: q.AfterNumber,
		Most: int64(q.Limit),
	}
}

func (r *reader) LoadsOf(purse, before int64, limit int) ([]*anchor.IncomingRecord, error) {
	rows, err := r.q.LoadsOf(r.ctx, queries.LoadsOfParams{Purse: purse, Before: before, Most: int64(limit)})
	return all(rows, err, incomingOf)
}

func (r *reader) IncomingPage(state anchor.IncomingState, after int64, limit int) ([]*anchor.IncomingRecord, error) {
	rows, err := r.q.IncomingPage(r.ctx, queries.IncomingPageParams{State: int64(state), After: after, Most: int64(limit)})
	return all(rows, err, incomingOf)
}

func (r *reader) PayoutsPage(state anchor.PayoutState, before int64, limit int) ([]*anchor.PayoutRecord, error) {
	rows, err := r.q.PayoutsPage(r.ctx, queries.PayoutsPageParams{State: int64(state), Before: before, Most: int64(limit)})
	return all(rows, err, payoutOf)
}

func (r *reader) PayoutsOfPurse(purse, before int64, limit int) ([]*anchor.PayoutRecord, error) {
	rows, err := r.q.PayoutsOfPurse(r.ctx, queries.PayoutsOfPurseParams{Purse: purse, Before: before, Most: int64(limit)})
	return all(rows, err, payoutOf)
}

func (r *reader) PayoutQueue() ([]anchor.QueueLine, error) {
	rows, err := r.q.PayoutQueue(r.ctx)
	if err != nil {
		return nil, wrap(err)
	}
	list := make([]anchor.QueueLine, len(rows))
	for i, row := range rows {
		list[i] = anchor.QueueLine{
			State: anchor.PayoutState(row.State), Asset: row.Asset, Payouts: row.Payouts, Units: row.Units, Oldest: unsigned(row.Oldest),
		}
	}
	return list, nil
}

func (r *reader) SlipsBetween(officer string, since, until uint64, before int64, limit int) ([]*anchor.TellerSlip, error) {
	rows, err := r.q.SlipsBetween(r.ctx, queries.SlipsBetweenParams{
		Since: signed(since), Until: signed(until), Officer: officer, Before: before, Most: int64(limit),
	})
	return all(rows, err, func(row *queries.SlipsBetweenRow, _ error) (*anchor.TellerSlip, error) {
		return slipOf(&row.TellerSlip, row.ID)
	})
}
