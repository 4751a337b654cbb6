package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"kula/anchor"
	"kula/store/sqlite/internal/queries"
	"kula/web/console/office"
)

var (
	_ office.Store = (*Store)(nil)
	_ office.Tx    = (*tx)(nil) // also of the bank's own transactions: an act and its line in the trail are one
)

// ViewOffice runs f on one snapshot.
func (s *Store) ViewOffice(ctx context.Context, f func(office.Reader) error) error {
	return s.View(ctx, func(r anchor.Reader) error { return f(r.(*reader)) }) //nolint:errcheck,forcetypeassert // View makes no other
}

// UpdateOffice runs f as the only writer.
func (s *Store) UpdateOffice(ctx context.Context, f func(office.Tx) error) error {
	return s.Update(ctx, func(t anchor.Tx) error { return f(t.(*tx)) }) //nolint:errcheck,forcetypeassert // Update makes no other
}

// forOffice puts it in the office's words.
func forOffice(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return office.ErrNoRecord
	}
	return wrap(err)
}

// changed is the answer of a statement that has to find its row.
func changed(rows int64, err error) error {
	if err == nil && rows == 0 {
		return office.ErrNoRecord
	}
	return wrap(err)
}

// convert makes the office's form of one row.
func convert[R, T any](row *R, err error, one func(*R) *T) (*T, error) {
	if err != nil {
		return nil, forOffice(err)
	}
	return one(row), nil
}

func convertAll[R, T any](rows []*R, err error, one func(*R) *T) ([]*T, error) {
	if err != nil {
		return nil, wrap(err)
	}
	list := make([]*T, len(rows))
	for i, row := range rows {
		list[i] = one(row)
	}
	return list, nil
}

func officerOf(row *queries.Officer) *office.Officer {
	return &office.Officer{
		ID: row.ID, Name: row.Name, Roles: office.Roles(row.Roles), Handle: row.Handle, //nolint:gosec // eight bits were stored
		Added: unsigned(row.Added), Removed: unsigned(row.Removed),
	}
}

func (r *reader) Officers() ([]*office.Officer, error) {
	rows, err := r.q.Officers(r.ctx)
	return convertAll(rows, err, officerOf)
}

func (r *reader) Officer(id int64) (*office.Officer, error) {
	row, err := r.q.Officer(r.ctx, id)
	return convert(row, err, officerOf)
}

func (r *reader) OfficerNamed(name string) (*office.Officer, error) {
	row, err := r.q.OfficerNamed(r.ctx, name)
	return convert(row, err, officerOf)
}

func (r *reader) OfficerByHandle(handle []byte) (*office.Officer, error) {
	row, err := r.q.OfficerByHandle(r.ctx, handle)
	return convert(row, err, officerOf)
}

func (t *tx) InsertOfficer(o *office.Officer) (err error) {
	o.ID, err = t.q.InsertOfficer(t.ctx, queries.InsertOfficerParams{Name: o.Name, Roles: int64(o.Roles), Handle: o.Handle, Added: signed(o.Added)})
	return wrap(err)
}

func (t *tx) SaveOfficer(o *office.Officer) error {
	return wrap(t.q.SaveOfficer(t.ctx, queries.SaveOfficerParams{Roles: int64(o.Roles), Removed: signed(o.Removed), ID: o.ID}))
}

func passkeyOf(row *queries.Passkey) *office.Passkey {
	return &office.Passkey{
		ID: row.ID, Officer: row.Officer, Credential: row.Credential, Label: row.Label, Data: json.RawMessage(row.Data),
		Added: unsigned(row.Added), Used: unsigned(row.Used),
	}
}

func (r *reader) Passkeys(officer int64) ([]*office.Passkey, error) {
	rows, err := r.q.Passkeys(r.ctx, officer)
	return convertAll(rows, err, passkeyOf)
}

func (t *tx) InsertPasskey(k *office.Passkey) (err error) {
	k.ID, err = t.q.InsertPasskey(t.ctx, queries.InsertPasskeyParams{
		Officer: k.Officer, Credential: k.Credential, Label: k.Label, Data: string(k.Data), Added: signed(k.Added),
	})
	return wrap(err)
}

func (t *tx) SavePasskey(k *office.Passkey) error {
	return changed(t.q.SavePasskey(t.ctx, queries.SavePasskeyParams{Data: string(k.Data), Used: signed(k.Used), ID: k.ID}))
}

func (t *tx) RemovePasskey(officer, id int64) error {
	return changed(t.q.RemovePasskey(t.ctx, queries.RemovePasskeyParams{ID: id, Officer: officer}))
}

func (t *tx) InsertLink(l *office.Link) error {
	return wrap(t.q.InsertLink(t.ctx, queries.InsertLinkParams{Token: l.Token[:], Officer: l.Officer, Expires: signed(l.Expires)}))
}

func (t *tx) TakeLink(token office.Digest) (*office.Link, error) {
	row, err := t.q.TakeLink(t.ctx, token[:])
	return convert(row, err, func(row *queries.SignInLink) *office.Link {
		return &office.Link{Token: token, Officer: row.Officer, Expires: unsigned(row.Expires)}
	})
}

func (t *tx) DropLinks(officer int64) error { return wrap(t.q.DropLinks(t.ctx, officer)) }

func (r *reader) OfficerSession(token office.Digest) (*office.Session, error) {
	row, err := r.q.OfficerSession(r.ctx, token[:])
	return convert(row, err, func(row *queries.OfficerSession) *office.Session {
		return &office.Session{
			Token: token, Officer: row.Officer, Browser: office.Digest(row.Browser), How: row.How, Since: unsigned(row.Since), Seen: unsigned(row.Seen),
		}
	})
}

func (t *tx) InsertSession(s *office.Session) error {
	return wrap(t.q.InsertSession(t.ctx, queries.InsertSessionParams{
		Token: s.Token[:], Officer: s.Officer, Browser: s.Browser[:], How: s.How, Since: signed(s.Since), Seen: signed(s.Seen),
	}))
}

func (t *tx) TouchSession(token office.Digest, seen uint64) error {
	return wrap(t.q.TouchSession(t.ctx, queries.TouchSessionParams{Seen: signed(seen), Token: token[:]}))
}

func (t *tx) EndSession(token office.Digest) error { return wrap(t.q.EndSession(t.ctx, token[:])) }

func (t *tx) EndSessions(officer int64) error { return wrap(t.q.EndSessions(t.ctx, officer)) }

func (t *tx) DropSessions(seen, since uint64) error {
	return wrap(t.q.DropSessions(t.ctx, queries.DropSessionsParams{Seen: signed(seen), Since: signed(since)}))
}

func requestOf(row *queries.OfficeRequest) *office.Request {
	return &office.Request{
		ID: row.ID, Key: row.Key, Kind: row.Kind, Object: row.Object, Args: json.RawMessage(row.Args), Told: row.Told, Reason: row.Reason,
		Document: row.Document, AskedBy: row.AskedBy, AskedAt: unsigned(row.AskedAt), Expires: unsigned(row.Expires),
		State: office.RequestState(row.State), Decided: row.DecidedBy, At: unsigned(row.DecidedAt), Why: row.Why,
	}
}

func (r *reader) Request(id int64) (*office.Request, error) {
	row, err := r.q.OfficeRequest(r.ctx, id)
	return convert(row, err, requestOf)
}

func (r *reader) RequestByKey(key string) (*office.Request, error) {
	row, err := r.q.OfficeRequestByKey(r.ctx, key)
	return convert(row, err, requestOf)
}

func (r *reader) Requests(before int64, limit int) ([]*office.Request, error) {
	rows, err := r.q.OfficeRequests(r.ctx, queries.OfficeRequestsParams{Before: newestIfZero(before), Most: int64(limit)})
	return convertAll(rows, err, requestOf)
}

func newestIfZero(before int64) int64 {
	if before == 0 {
		return math.MaxInt64
	}
	return before
}

func (r *reader) OpenRequests(now uint64, limit int) ([]*office.Request, error) {
	rows, err := r.q.OpenOfficeRequests(r.ctx, queries.OpenOfficeRequestsParams{Now: signed(now), Most: int64(limit)})
	return convertAll(rows, err, requestOf)
}

func (t *tx) InsertRequest(q *office.Request) (err error) {
	q.ID, err = t.q.InsertOfficeRequest(t.ctx, queries.InsertOfficeRequestParams{
		Key: q.Key, Kind: q.Kind, Object: q.Object, Args: string(q.Args), Told: q.Told, Reason: q.Reason, Document: q.Document,
		AskedBy: q.AskedBy, AskedAt: signed(q.AskedAt), Expires: signed(q.Expires),
	})
	return wrap(err)
}

func (t *tx) DecideRequest(q *office.Request) error {
	n, err := t.q.DecideOfficeRequest(t.ctx, queries.DecideOfficeRequestParams{
		State: string(q.State), DecidedBy: q.Decided, DecidedAt: signed(q.At), Why: q.Why, ID: q.ID,
	})
	if err == nil && n == 0 {
		return fmt.Errorf("request %d: %w", q.ID, office.ErrDecided)
	}
	return wrap(err)
}

func recordOf(row *queries.Audit) *office.Record {
	r := &office.Record{
		Number: row.Number, At: unsigned(row.At), Officer: row.Officer, Roles: row.Roles, Act: row.Act, Object: row.Object,
		Detail: row.Detail, Document: row.Document, From: row.Origin, Outcome: row.Outcome,
	}
	copy(r.Hash[:], row.Hash) // one of another length is seen when the chain is verified
	return r
}

func (r *reader) LastRecord() (*office.Record, error) {
	row, err := r.q.LastAudit(r.ctx)
	return convert(row, err, recordOf)
}

func (r *reader) Records(after int64, limit int) ([]*office.Record, error) {
	rows, err := r.q.Audit(r.ctx, queries.AuditParams{After: after, Most: int64(limit)})
	return convertAll(rows, err, recordOf)
}

func (r *reader) RecordsBefore(before int64, limit int) ([]*office.Record, error) {
	rows, err := r.q.AuditBefore(r.ctx, queries.AuditBeforeParams{Before: newestIfZero(before), Most: int64(limit)})
	return convertAll(rows, err, recordOf)
}

func (r *reader) RecordsOf(object string, limit int) ([]*office.Record, error) {
	rows, err := r.q.AuditOf(r.ctx, queries.AuditOfParams{Object: object, Most: int64(limit)})
	return convertAll(rows, err, recordOf)
}

func (t *tx) InsertRecord(r *office.Record) error {
	return wrap(t.q.InsertAudit(t.ctx, queries.InsertAuditParams{
		Number: r.Number, At: signed(r.At), Officer: r.Officer, Roles: r.Roles, Act: r.Act, Object: r.Object, Detail: r.Detail,
		Document: r.Document, Origin: r.From, Outcome: r.Outcome, Hash: r.Hash[:],
	}))
}
