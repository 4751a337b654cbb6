package sqlite

import (
	"fmt"
	"math"
	"slices"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
	"kula/store/sqlite/internal/queries"
)

func advanceOf(row *queries.Cover) *anchor.Advance {
	return &anchor.Advance{
		Entry: protocol.Hash(row.Entry), Purse: row.Purse, Credit: money.Amount(row.Credit), Guarantee: money.Amount(row.Guarantee),
		Repaid: money.Amount(row.Repaid), At: unsigned(row.At),
	}
}

func (r *reader) Advance(entry protocol.Hash) (*anchor.Advance, error) {
	row, err := r.q.Cover(r.ctx, entry[:])
	if err != nil {
		return nil, wrap(err)
	}
	return advanceOf(row), nil
}

func (r *reader) OpenAdvances(purse int64) ([]*anchor.Advance, error) {
	rows, err := r.q.OpenCovers(r.ctx, purse)
	return all(rows, err, func(row *queries.OpenCoversRow, _ error) (*anchor.Advance, error) {
		a := advanceOf(&row.Cover)
		a.Seq, a.Spent = unsigned(row.Seq), money.Amount(row.Spent)
		return a, nil
	})
}

func (r *reader) UnpaidTo(payee int64, limit int) ([]*anchor.Unpaid, error) {
	rows, err := r.q.UnpaidTo(r.ctx, queries.UnpaidToParams{Payee: payee, Most: int64(limit)})
	return all(rows, err, func(row *queries.UnpaidToRow, _ error) (*anchor.Unpaid, error) {
		return &anchor.Unpaid{Purse: row.Purse, Amount: whole(row.Billions, row.Rest)}, nil
	})
}

// unpaid are sums of what purses were not paid, as UnpaidTo has them: while many entries end, each of them asks.
type unpaid map[int64][]*debt

// debt is what one purse did not pay another, in two parts, for it may be more than numbers can express.
type debt struct{ purse, billions, rest int64 }

// maxUnpaid bounds the sums that are known.
const maxUnpaid = 1 << 16

func (u *unpaid) drop(payee int64) { delete(*u, payee) }

func (t *tx) UnpaidTo(payee int64, limit int) ([]*anchor.Unpaid, error) {
	debts, held := t.known.unpaid[payee]
	if !held {
		rows, err := t.q.UnpaidTo(t.ctx, queries.UnpaidToParams{Payee: payee, Most: -1})
		if err != nil {
			return nil, wrap(err)
		}
		for _, row := range rows {
			debts = append(debts, &debt{row.Purse, row.Billions, row.Rest})
		}
		t.known.unpaid.keep(payee, debts)
	}
	list := make([]*anchor.Unpaid, min(limit, len(debts)))
	for i := range list {
		list[i] = &anchor.Unpaid{Purse: debts[i].purse, Amount: whole(debts[i].billions, debts[i].rest)}
	}
	return list, nil
}

func (u *unpaid) keep(payee int64, debts []*debt) {
	size := len(debts)
	for _, other := range *u {
		size += len(other)
	}
	if *u == nil || size > maxUnpaid {
		*u = unpaid{}
	}
	(*u)[payee] = debts
}

// paying takes what is about to be paid on an entry out of the sum that is known, if one is.
func (t *tx) paying(r *anchor.EntryRecord) error {
	debts, held := t.known.unpaid[r.Payee]
	if !held || r.Covered || signed(r.At) > signed(r.Entry.Spend.Deadline) {
		return nil
	}
	before, err := t.q.PaidOn(t.ctx, r.Number)
	if err != nil || before == int64(r.Paid) {
		return wrap(err)
	}
	i := slices.IndexFunc(debts, func(d *debt) bool { return d.purse == r.Purse })
	if i < 0 {
		return fmt.Errorf("sqlite: purse %d was not known to owe on entry %s", r.Purse, r.Hash)
	}
	d, amount := debts[i], int64(r.Entry.Amount())
	was, is := amount-before, amount-int64(r.Paid)
	d.billions += is/billion - was/billion
	d.rest += is%billion - was%billion
	if d.billions == 0 && d.rest == 0 {
		t.known.unpaid[r.Payee] = slices.Delete(debts, i, i+1)
	}
	return nil
}

const billion = 1_000_000_000

// whole puts a sum together that may be more than numbers can express: then it is the most that they can.
func whole(billions, rest int64) money.Amount {
	if billions += rest / billion; billions > math.MaxInt64/billion-1 {
		return math.MaxInt64
	}
	return money.Amount(billions*billion + rest%billion)
}

func (t *tx) SaveAdvance(a *anchor.Advance) error {
	return wrap(t.q.SaveCover(t.ctx, queries.SaveCoverParams{
		Entry: a.Entry[:], Purse: a.Purse, Credit: int64(a.Credit), Guarantee: int64(a.Guarantee), Repaid: int64(a.Repaid), At: signed(a.At),
	}))
}

func (r *reader) Funding(key string) (*anchor.Funding, error) {
	row, err := r.q.Funding(r.ctx, key)
	if err != nil {
		return nil, wrap(err)
	}
	f := &anchor.Funding{
		Key: row.Key, Officer: row.Officer, Asset: row.Asset, Amount: money.Amount(row.Amount), Payout: row.Payout, At: unsigned(row.At),
	}
	f.Currency, err = parseAsset(row.Asset)
	return f, err
}

func (t *tx) InsertFunding(f *anchor.Funding) error {
	return wrap(t.q.InsertFunding(t.ctx, queries.InsertFundingParams{
		Key: f.Key, Officer: f.Officer, Asset: assetText(f.Currency), Amount: int64(f.Amount), Payout: f.Payout, At: signed(f.At),
	}))
}
