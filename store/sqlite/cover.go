package sqlite

import (
	"math"

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

// whole puts a sum together that may be more than numbers can express: then it is the most that they can.
func whole(billions, rest int64) money.Amount {
	const billion = 1_000_000_000
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
