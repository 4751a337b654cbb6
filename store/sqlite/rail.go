package sqlite

import (
	"database/sql"
	"errors"

	"kula/anchor"
	"kula/money"
	"kula/store/sqlite/internal/queries"
)

func incomingOf(row *queries.Incoming, err error) (*anchor.IncomingRecord, error) {
	if err != nil {
		return nil, wrap(err)
	}
	in := &anchor.IncomingRecord{
		Incoming: anchor.Incoming{
			Operation: row.Operation, Cursor: row.Paging, Transaction: hash(row.Tx), At: unsigned(row.At),
			Kind: anchor.IncomingKind(row.Kind), From: row.Sender, Amount: money.Amount(row.Amount), //nolint:gosec // small
			MemoID: number(row.MemoID), MuxedID: number(row.MuxedID), OtherMemo: row.OtherMemo,
		},
		State: anchor.IncomingState(row.State), Purse: row.Purse, Reason: row.Reason,
	}
	in.Asset, err = parseAsset(row.Asset)
	return in, err
}

func number(n sql.NullInt64) *uint64 {
	if !n.Valid {
		return nil
	}
	u := unsigned(n.Int64)
	return &u
}

func nullable(n *uint64) sql.NullInt64 {
	if n == nil {
		return sql.NullInt64{}
	}
	return sql.NullInt64{Int64: signed(*n), Valid: true}
}

func (r *reader) Incoming(operation int64) (*anchor.IncomingRecord, error) {
	return incomingOf(r.q.Incoming(r.ctx, operation))
}

func (r *reader) IncomingIn(state anchor.IncomingState) ([]*anchor.IncomingRecord, error) {
	rows, err := r.q.IncomingIn(r.ctx, int64(state))
	return all(rows, err, incomingOf)
}

func (r *reader) Cursor() (string, error) {
	cursor, err := r.q.Cursor(r.ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return cursor, wrap(err)
}

func (r *reader) Payout(id int64) (*anchor.PayoutRecord, error) {
	return payoutOf(r.q.Payout(r.ctx, id))
}

func (r *reader) PayoutOf(entry int64) (*anchor.PayoutRecord, error) {
	return payoutOf(r.q.PayoutOf(r.ctx, entry))
}

func (r *reader) PayoutsIn(state anchor.PayoutState, limit int) ([]*anchor.PayoutRecord, error) {
	rows, err := r.q.PayoutsIn(r.ctx, queries.PayoutsInParams{State: int64(state), Most: int64(limit)})
	return all(rows, err, payoutOf)
}

func (r *reader) Payable(limit int) ([]*anchor.PayoutRecord, error) {
	rows, err := r.q.Payable(r.ctx, queries.PayableParams{State: int64(anchor.PayoutQueued), Most: int64(limit)})
	return all(rows, err, payoutOf)
}

func (r *reader) PayoutsOf(envelope int64) ([]*anchor.PayoutRecord, error) {
	rows, err := r.q.PayoutsOf(r.ctx, envelope)
	return all(rows, err, payoutOf)
}

func (r *reader) OpenEnvelope() (*anchor.EnvelopeRecord, error) {
	row, err := r.q.OpenEnvelope(r.ctx)
	if err != nil {
		return nil, wrap(err)
	}
	return &anchor.EnvelopeRecord{
		ID: row.ID, StoredAt: unsigned(row.StoredAt),
		Envelope: anchor.Envelope{Hash: hash(row.Hash), XDR: row.Xdr, Channel: row.Channel, MaxTime: unsigned(row.MaxTime)},
	}, nil
}

func (t *tx) InsertIncoming(in *anchor.IncomingRecord) error {
	return wrap(t.q.InsertIncoming(t.ctx, queries.InsertIncomingParams{
		Operation: in.Operation, Paging: in.Cursor, Tx: in.Transaction[:], At: signed(in.At), Kind: int64(in.Kind), Sender: in.From,
		Asset: assetText(in.Asset), Amount: int64(in.Amount), MemoID: nullable(in.MemoID), MuxedID: nullable(in.MuxedID),
		OtherMemo: in.OtherMemo, State: int64(in.State), Purse: in.Purse, Reason: in.Reason,
	}))
}

func (t *tx) SaveIncoming(in *anchor.IncomingRecord) error {
	return wrap(t.q.SaveIncoming(t.ctx, queries.SaveIncomingParams{
		State: int64(in.State), Purse: in.Purse, Reason: in.Reason, Operation: in.Operation,
	}))
}

func (t *tx) SetCursor(cursor string) error { return wrap(t.q.SetCursor(t.ctx, cursor)) }

func (t *tx) InsertPayout(p *anchor.PayoutRecord) (err error) {
	p.ID, err = t.q.InsertPayout(t.ctx, queries.InsertPayoutParams{
		Purse: p.Purse, Entry: p.Entry, Receipt: p.Receipt[:], Source: int64(p.From), Destination: p.Destination,
		Asset: assetText(p.Asset), Amount: int64(p.Amount), Fee: int64(p.Fee), Memo: p.Memo, Claimable: p.Claimable,
		State: int64(p.State), Alone: p.Alone, Code: p.Code, Attempts: p.Attempts, Envelope: p.Envelope, Operation: p.Operation,
		Tx: p.Transaction[:], Raw: encode(p.Payout), QueuedAt: signed(p.QueuedAt),
	})
	return wrap(err)
}

func (t *tx) SavePayout(p *anchor.PayoutRecord) error {
	return wrap(t.q.SavePayout(t.ctx, queries.SavePayoutParams{
		ID: p.ID, Claimable: p.Claimable, State: int64(p.State), Alone: p.Alone, Code: p.Code, Attempts: p.Attempts,
		Envelope: p.Envelope, Operation: p.Operation, Tx: p.Transaction[:], Raw: encode(p.Payout),
	}))
}

func (t *tx) InsertEnvelope(e *anchor.EnvelopeRecord) (err error) {
	e.ID, err = t.q.InsertEnvelope(t.ctx, queries.InsertEnvelopeParams{
		Hash: e.Hash[:], Xdr: e.XDR, Channel: e.Channel, MaxTime: signed(e.MaxTime), StoredAt: signed(e.StoredAt),
	})
	return wrap(err)
}

func (t *tx) CloseEnvelope(id int64, verdict anchor.Verdict, code string, at uint64) error {
	return wrap(t.q.CloseEnvelope(t.ctx, queries.CloseEnvelopeParams{
		Verdict: int64(verdict), Code: code, ClosedAt: signed(max(at, 1)), ID: id,
	}))
}
