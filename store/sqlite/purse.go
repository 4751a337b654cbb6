package sqlite

import (
	"strings"

	"kula/anchor"
	"kula/protocol"
	"kula/store/sqlite/internal/queries"
)

func (r *reader) Purse(id protocol.PurseID) (*anchor.Purse, error) {
	return purseOf(r.q.Purse(r.ctx, id[:]))
}

func (r *reader) PurseByNumber(number int64) (*anchor.Purse, error) {
	return purseOf(r.q.PurseByNumber(r.ctx, number))
}

func (r *reader) PurseByKey(key protocol.Key) (*anchor.Purse, error) {
	return purseOf(r.q.PurseByKey(r.ctx, key[:]))
}

func (r *reader) PurseByReference(reference uint64) (*anchor.Purse, error) {
	return purseOf(r.q.PurseByReference(r.ctx, signed(reference)))
}

func (r *reader) Purses(after int64, limit int) ([]*anchor.Purse, error) {
	rows, err := r.q.Purses(r.ctx, queries.PursesParams{After: after, Most: int64(limit)})
	return all(rows, err, purseOf)
}

func (r *reader) PursesOf(account protocol.AccountID) ([]*anchor.Purse, error) {
	rows, err := r.q.PursesOf(r.ctx, account[:])
	return all(rows, err, purseOf)
}

func (r *reader) Closing(purse int64) (*anchor.Closing, error) {
	row, err := r.q.Closing(r.ctx, purse)
	if err != nil {
		return nil, wrap(err)
	}
	return &anchor.Closing{Purse: row.Purse, Destination: row.Destination, Memo: row.Memo, Document: row.Document, At: unsigned(row.At)}, nil
}

func (r *reader) ToPayOut() ([]*anchor.Purse, error) {
	rows, err := r.q.ToPayOut(r.ctx)
	return all(rows, err, purseOf)
}

func (t *tx) SaveClosing(c *anchor.Closing) error {
	return wrap(t.q.SaveClosing(t.ctx, queries.SaveClosingParams{
		Purse: c.Purse, Destination: c.Destination, Memo: c.Memo, Document: c.Document, At: signed(c.At),
	}))
}

func (r *reader) Heirs() ([]*anchor.Purse, error) {
	rows, err := r.q.Heirs(r.ctx)
	return all(rows, err, purseOf)
}

func (r *reader) Failing() ([]*anchor.Purse, error) {
	rows, err := r.q.Failing(r.ctx)
	return all(rows, err, purseOf)
}

func (r *reader) Card(purse int64) (*protocol.Card, error) {
	raw, err := r.q.Card(r.ctx, purse)
	if err != nil {
		return nil, wrap(err)
	}
	return decode[*protocol.Card](raw, nil)
}

func (r *reader) Sheet(h protocol.Hash) (*anchor.SheetRecord, error) {
	return sheetOf(r.q.Sheet(r.ctx, h[:]))
}

func (r *reader) SheetByNumber(number int64) (*anchor.SheetRecord, error) {
	return sheetOf(r.q.SheetByNumber(r.ctx, number))
}

func (r *reader) SheetOf(statement protocol.Hash) (*anchor.SheetRecord, error) {
	return sheetOf(r.q.SheetOf(r.ctx, statement[:]))
}

func (r *reader) NewestSheet(purse int64) (*anchor.SheetRecord, error) {
	return sheetOf(r.q.NewestSheet(r.ctx, purse))
}

func (r *reader) LowestBase(purse int64) (protocol.Base, error) {
	raw, err := r.q.LowestSheet(r.ctx, purse)
	if err != nil {
		return protocol.Base{}, wrap(err)
	}
	sheet, err := decode[*protocol.Sheet](raw, nil)
	if err != nil {
		return protocol.Base{}, err
	}
	return sheet.Base, nil
}

func (r *reader) SheetsToClose(redeemBy uint64, limit int) ([]*anchor.SheetRecord, error) {
	rows, err := r.q.SheetsToClose(r.ctx, queries.SheetsToCloseParams{RedeemBy: signed(redeemBy), Most: int64(limit)})
	return all(rows, err, sheetOf)
}

func (r *reader) Events(purse, after int64, limit int) ([]anchor.Event, error) {
	rows, err := r.q.Events(r.ctx, queries.EventsParams{Purse: purse, After: after, Most: int64(limit)})
	if err != nil {
		return nil, wrap(err)
	}
	events := make([]anchor.Event, len(rows))
	for i, row := range rows {
		events[i] = anchor.Event{Cursor: row.Cursor, Kind: anchor.EventKind(row.Kind), Document: row.Document}
	}
	return events, nil
}

func (t *tx) InsertPurse(p *anchor.Purse) (err error) {
	p.Number, err = t.q.InsertPurse(t.ctx, queries.InsertPurseParams{
		ID: p.ID[:], Account: p.Enrolment.Account[:], Enrolment: protocol.Encode(p.Enrolment), Name: p.Name, Tier: p.Tier,
		Reference: signed(p.Reference), EnrolledAt: signed(p.EnrolledAt), Statement: p.Statement[:], BaseSpent: int64(p.Base.Spent),
	})
	for _, s := range p.Enrolment.Quorum.Signers {
		if err == nil {
			err = t.q.InsertDeviceKey(t.ctx, queries.InsertDeviceKeyParams{Key: s.Key[:], Purse: p.Number})
		}
	}
	for _, word := range strings.Fields(strings.ToLower(p.Name)) {
		if err == nil {
			err = t.q.InsertPurseWord(t.ctx, queries.InsertPurseWordParams{Word: word, Purse: p.Number})
		}
	}
	return wrap(err)
}

func (t *tx) SavePurse(p *anchor.Purse) error {
	err := t.q.SavePurse(t.ctx, queries.SavePurseParams{
		Number: p.Number, Tier: p.Tier, Frozen: p.Frozen, Contradicted: p.Contradicted, Revoked: p.Revoked, Successor: p.Successor,
		Loaded: int64(p.Loaded), Income: int64(p.Income), LateIncome: int64(p.LateIncome), NewestIncome: signed(p.NewestIncome),
		Honoured: int64(p.Honoured), Inherited: int64(p.Inherited), Lapsed: int64(p.Lapsed), Open: p.Open,
		Statement: p.Statement[:], StatementTime: signed(p.StatementTime), BaseSeq: signed(p.Base.Seq), BaseSpent: int64(p.Base.Spent),
		AsOf: signed(p.AsOf), Waiting: p.Waiting, LapsedThrough: signed(p.LapsedThrough), RedeemBy: signed(p.RedeemBy),
		CreditUsed: int64(p.CreditUsed), GuaranteePaid: int64(p.GuaranteePaid), CreditLost: int64(p.CreditLost), GuaranteeLost: int64(p.GuaranteeLost),
	})
	if err == nil {
		t.known.saved(p)
	}
	return wrap(err)
}

func (t *tx) InsertCard(purse int64, h protocol.Hash, c *protocol.Card) error {
	return wrap(t.q.InsertCard(t.ctx, queries.InsertCardParams{Purse: purse, Hash: h[:], Raw: protocol.Encode(c)}))
}

func (t *tx) InsertSheet(s *anchor.SheetRecord) (err error) {
	delete(t.known.sheets, s.Purse)
	s.Number, err = t.q.InsertSheet(t.ctx, queries.InsertSheetParams{
		Hash: s.Hash[:], Purse: s.Purse, Statement: s.Statement[:], BaseSeq: signed(s.Sheet.Base.Seq),
		RedeemBy: signed(s.Sheet.RedeemBy), Raw: protocol.Encode(s.Sheet),
	})
	return wrap(err)
}

func (t *tx) CloseSheet(h protocol.Hash) error { return wrap(t.q.CloseSheet(t.ctx, h[:])) }

func (t *tx) InsertChallenge(nonce protocol.Hash, purse int64, expires uint64) error {
	return wrap(t.q.InsertChallenge(t.ctx, queries.InsertChallengeParams{Nonce: nonce[:], Purse: purse, Expires: signed(expires)}))
}

func (t *tx) TakeChallenge(nonce protocol.Hash, purse int64, now uint64) (bool, error) {
	n, err := t.q.TakeChallenge(t.ctx, queries.TakeChallengeParams{Nonce: nonce[:], Purse: purse, Now: signed(now)})
	return n == 1, wrap(err)
}

func (t *tx) DropChallenges(expired uint64) error {
	return wrap(t.q.DropChallenges(t.ctx, signed(expired)))
}

func (t *tx) Tell(purse int64, kind anchor.EventKind, document int64) error {
	t.counters.event++
	return wrap(t.q.InsertEvent(t.ctx, queries.InsertEventParams{
		Purse: purse, Cursor: t.counters.event, Kind: int64(kind), Document: document,
	}))
}
