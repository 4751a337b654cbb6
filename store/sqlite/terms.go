package sqlite

import (
	"bytes"
	"database/sql"
	"errors"

	"kula/anchor"
	"kula/protocol"
	"kula/store/sqlite/internal/queries"
)

func (r *reader) Charter() (*anchor.CharterRecord, error) {
	row, err := r.q.Charter(r.ctx)
	if err != nil {
		return nil, wrap(err)
	}
	c, err := r.charter.read(row.Raw)
	return &anchor.CharterRecord{Charter: c, Event: row.Event}, err
}

// newest keeps a document that is read again and again, decoded: it is the same as long as its bytes are.
type newest[D protocol.Document] struct {
	raw      []byte
	document D
}

func (n *newest[D]) read(raw []byte) (D, error) {
	if bytes.Equal(raw, n.raw) {
		return n.document, nil
	}
	var none D
	d, err := decode(raw, none)
	if err == nil {
		n.raw, n.document = raw, d
	}
	return d, err
}

func (r *reader) Notice() (*protocol.Notice, error) {
	raw, err := r.q.Notice(r.ctx)
	if err != nil {
		return nil, wrap(err)
	}
	return r.notice.read(raw)
}

func (r *reader) Document(h protocol.Hash) (protocol.Document, error) {
	sheet, err := r.Sheet(h)
	if err == nil {
		return sheet.Sheet, nil
	}
	if !errors.Is(err, anchor.ErrNoRecord) {
		return nil, err
	}
	var raw []byte
	found := errors.New("none")
	for _, find := range []func() ([]byte, error){
		func() ([]byte, error) { return r.q.UnloadBill(r.ctx, h[:]) },
		func() ([]byte, error) { return r.q.CharterByHash(r.ctx, h[:]) },
		func() ([]byte, error) { return r.q.NoticeByHash(r.ctx, h[:]) },
	} {
		if raw, found = find(); !errors.Is(found, sql.ErrNoRows) {
			break
		}
	}
	if found != nil {
		return nil, wrap(found)
	}
	return protocol.Decode(raw)
}

func (t *tx) InstallCharter(h protocol.Hash, c *protocol.Charter) error {
	t.counters.event++
	return wrap(t.q.InsertCharter(t.ctx, queries.InsertCharterParams{
		Serial: int64(c.Serial), Hash: h[:], Raw: protocol.Encode(c), Event: t.counters.event,
	}))
}
