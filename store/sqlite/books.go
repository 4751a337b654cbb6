package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"kula/anchor"
	"kula/ledger"
	"kula/money"
	"kula/protocol"
	"kula/store/sqlite/internal/queries"
)

func (r *reader) Trial() (ledger.Trial, error) {
	rows, err := r.q.Trial(r.ctx)
	if err != nil {
		return nil, wrap(err)
	}
	trial := make(ledger.Trial, len(rows))
	for i, row := range rows {
		trial[i].Balance = money.Amount(row.Amount)
		if trial[i].Account, err = ledger.ParseAccount(row.Account); err != nil {
			return nil, err
		}
		if trial[i].Asset, err = parseAsset(row.Asset); err != nil {
			return nil, err
		}
	}
	return trial, nil
}

func (r *reader) Balance(account ledger.Account, asset money.Asset) (money.Amount, error) {
	amount, err := r.q.Balance(r.ctx, queries.BalanceParams{Account: account.String(), Asset: assetText(asset)})
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return money.Amount(amount), wrap(err)
}

func (r *reader) Booked(id string) (ledger.Transaction, error) {
	row, err := r.q.Booked(r.ctx, id)
	if err != nil {
		return ledger.Transaction{}, wrap(err)
	}
	t := ledger.Transaction{Kind: ledger.Kind(row.Kind)}
	t.Time, t.Reference = unsigned(row.At), row.ID[len(row.Kind)+1:]
	if t.Asset, err = parseAsset(row.Asset); err != nil {
		return t, err
	}
	t.Postings, err = parsePostings(row.Postings)
	return t, err
}

// line is a balance that a Post changes.
type line struct {
	account ledger.Account
	asset   money.Asset
}

// Post writes every transaction into the journal and each balance once, however many touch it.
func (t *tx) Post(transactions ...ledger.Transaction) error {
	sums := map[line]money.Amount{}
	var lines []line
	for _, x := range transactions {
		fresh, err := t.journal(x)
		if err != nil {
			return err
		}
		for _, p := range x.Postings {
			if !fresh {
				break
			}
			l := line{p.Account, x.Asset}
			if _, seen := sums[l]; !seen {
				lines = append(lines, l)
			}
			if sums[l], err = sums[l].Add(p.Amount); err != nil {
				return fmt.Errorf("%s: %w", x.ID(), err)
			}
		}
	}
	slices.SortFunc(lines, func(a, b line) int { return a.account.Compare(b.account) })
	for _, l := range lines {
		if err := t.addToBalance(l, sums[l]); err != nil {
			return err
		}
	}
	return nil
}

// journal reports whether the transaction is new. The same one again is no news; another under its
// ID is an error.
func (t *tx) journal(x ledger.Transaction) (bool, error) {
	if err := x.Check(); err != nil {
		return false, err
	}
	n, err := t.q.InsertJournal(t.ctx, queries.InsertJournalParams{
		ID: x.ID(), Kind: string(x.Kind), Asset: assetText(x.Asset), At: signed(x.Time), Postings: postingsText(x.Postings),
	})
	if err != nil || n == 1 {
		return n == 1, wrap(err)
	}
	before, err := t.Booked(x.ID())
	if err == nil && !before.Same(x) {
		return false, fmt.Errorf("%w: %s", ledger.ErrConflict, x.ID())
	}
	return false, err
}

func (t *tx) addToBalance(l line, change money.Amount) error {
	after, err := t.q.AddToBalance(t.ctx, queries.AddToBalanceParams{
		Account: l.account.String(), Asset: assetText(l.asset), Change: int64(change),
	})
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s: %w", l.account, money.ErrOverflow)
	}
	if err != nil {
		return wrap(err)
	}
	if err := l.account.CheckBalance(money.Amount(after)); err != nil {
		return fmt.Errorf("%s: %w", l.account, err)
	}
	return nil
}

func slipOf(row *queries.TellerSlip, purse []byte) (*anchor.TellerSlip, error) {
	s := &anchor.TellerSlip{
		Number: row.Number, Direction: anchor.Direction(row.Direction), Officer: row.Officer, Key: row.Key,
		Purse: protocol.PurseID(purse), Account: protocol.AccountID(row.Account), Asset: row.Asset,
		Amount: money.Amount(row.Amount), At: unsigned(row.At),
	}
	var err error
	s.Currency, err = parseAsset(row.Asset)
	return s, err
}

func (r *reader) Slip(key string) (*anchor.TellerSlip, error) {
	row, err := r.q.Slip(r.ctx, key)
	if err != nil {
		return nil, wrap(err)
	}
	return slipOf(&row.TellerSlip, row.ID)
}

func (r *reader) Slips(officer string, after int64, limit int) ([]*anchor.TellerSlip, error) {
	rows, err := r.q.Slips(r.ctx, queries.SlipsParams{Officer: officer, After: after, Most: int64(limit)})
	return all(rows, err, func(row *queries.SlipsRow, _ error) (*anchor.TellerSlip, error) {
		return slipOf(&row.TellerSlip, row.ID)
	})
}

func (r *reader) Cash(account protocol.AccountID, asset money.Asset, treasury string) (settled, given money.Amount, err error) {
	in, err := r.q.CashSettled(r.ctx, queries.CashSettledParams{
		Destination: treasury, State: int64(anchor.PayoutSettled), Asset: assetText(asset), Account: account[:],
	})
	if err != nil {
		return 0, 0, wrap(err)
	}
	out, err := r.q.CashGiven(r.ctx, queries.CashGivenParams{Account: account[:], Asset: assetText(asset)})
	return money.Amount(in), money.Amount(out), wrap(err)
}

func (r *reader) CashComing(purse int64, deposit, treasury string) (money.Amount, error) {
	coming, err := r.q.CashComing(r.ctx, queries.CashComingParams{Purse: purse, Destination: deposit, Treasury: treasury})
	return money.Amount(max(coming, 0)), wrap(err)
}

func (t *tx) InsertSlip(s *anchor.TellerSlip) (err error) {
	s.Number, err = t.q.InsertSlip(t.ctx, queries.InsertSlipParams{
		Key: s.Key, Direction: string(s.Direction), Officer: s.Officer, Account: s.Account[:], Asset: assetText(s.Currency),
		Amount: int64(s.Amount), At: signed(s.At), PurseID: s.Purse[:],
	})
	return wrap(err)
}
