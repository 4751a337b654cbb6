package sqlite

import (
	"cmp"
	"fmt"
	"slices"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
	"kula/store/sqlite/internal/queries"
)

// Entry asks for the number first: most are not there yet, and a row takes long even when there is none.
func (r *reader) Entry(h protocol.Hash) (*anchor.EntryRecord, error) {
	number, err := r.q.EntryNumber(r.ctx, h[:])
	if err != nil {
		return nil, wrap(err)
	}
	return r.EntryByNumber(number)
}

func (r *reader) EntryByNumber(number int64) (*anchor.EntryRecord, error) {
	return entryOf(r.q.EntryByNumber(r.ctx, number))
}

func (r *reader) Neighbours(purse int64, seq uint64) ([]anchor.Link, error) {
	rows, err := r.q.Neighbours(r.ctx, queries.NeighboursParams{Purse: purse, Seq: signed(seq)})
	if err != nil {
		return nil, wrap(err)
	}
	links := make([]anchor.Link, len(rows))
	for i, row := range rows {
		links[i] = anchor.Link{Hash: hash(row.Hash), Seq: unsigned(row.Seq), Spent: money.Amount(row.Spent), Amount: money.Amount(row.Amount)}
	}
	slices.SortFunc(links, func(a, b anchor.Link) int { return cmp.Compare(a.Seq, b.Seq) })
	if len(links) == 2 && links[0].Seq == seq {
		links = links[:1] // the first at or above the number, too
	}
	return links, nil
}

func (r *reader) OpenEntries(purse int64) ([]*anchor.EntryRecord, error) {
	rows, err := r.q.OpenByPresentment(r.ctx, purse)
	return all(rows, err, entryOf)
}

func (r *reader) OpenWithin(purse int64, rest, spent money.Amount) ([]*anchor.EntryRecord, error) {
	rows, err := r.q.OpenWithin(r.ctx, queries.OpenWithinParams{Purse: purse, Rest: int64(rest), Spent: int64(spent)})
	return all(rows, err, entryOf)
}

func (r *reader) OpenByKey(key protocol.Key) ([]*anchor.EntryRecord, error) {
	rows, err := r.q.OpenByKey(r.ctx, key[:])
	return all(rows, err, entryOf)
}

func (r *reader) OpenUntil(deadline uint64, limit int) ([]*anchor.EntryRecord, error) {
	rows, err := r.q.OpenUntil(r.ctx, queries.OpenUntilParams{Deadline: signed(deadline), Most: int64(limit)})
	return all(rows, err, entryOf)
}

func (r *reader) Presented(purse int64, through uint64) (money.Amount, error) {
	sum, err := r.q.Presented(r.ctx, queries.PresentedParams{Purse: purse, Through: signed(through)})
	return money.Amount(sum), wrap(err)
}

func (r *reader) LapsedThrough(purse int64, through uint64) (money.Amount, error) {
	sum, err := r.q.LapsedThrough(r.ctx, queries.LapsedThroughParams{Purse: purse, Through: signed(through)})
	return money.Amount(sum), wrap(err)
}

func (r *reader) EntriesLapsed(purse int64, through uint64) (money.Amount, error) {
	sum, err := r.q.EntriesLapsed(r.ctx, queries.EntriesLapsedParams{Purse: purse, Through: signed(through)})
	return money.Amount(sum), wrap(err)
}

func (r *reader) UnseenLapsed(purse int64) (money.Amount, error) {
	sum, err := r.q.UnseenLapsed(r.ctx, purse)
	return money.Amount(sum), wrap(err)
}

func (r *reader) Unload(bill protocol.Hash) (*anchor.UnloadRecord, error) {
	row, err := r.q.Unload(r.ctx, bill[:])
	if err != nil {
		return nil, wrap(err)
	}
	u := &anchor.UnloadRecord{Hash: bill, Purse: row.Purse, Destination: row.Destination, Text: row.Text}
	if u.Bill, err = decode[*protocol.Bill](row.Raw, nil); err != nil {
		return nil, err
	}
	u.Memo, err = decode[*protocol.Memo](row.Memo, nil)
	return u, err
}

func (t *tx) InsertEntry(r *anchor.EntryRecord) error {
	t.known.unpaid.drop(r.Payee)
	t.counters.entry++
	r.Number = t.counters.entry
	row := queries.InsertEntryParams{
		Number: r.Number, Hash: r.Hash[:], Purse: r.Purse, Seq: signed(r.Entry.Seq), Spent: int64(r.Entry.Spent), Amount: int64(r.Entry.Amount()),
		Deadline: signed(r.Entry.Spend.Deadline), Payee: r.Payee, At: signed(r.At), Covered: r.Covered, Open: r.Open,
		Raw: protocol.Encode(r.Entry), Bill: encode(r.Bill), Memo: encode(r.Memo), Receipt: encode(r.Receipt),
		Advanced: int64(r.Advanced), Paid: int64(r.Paid),
	}
	if r.Bill != nil {
		row.PayeeKey = r.Bill.PayeeKey[:]
	}
	return wrap(t.q.InsertEntry(t.ctx, row))
}

func (t *tx) SettleEntry(r *anchor.EntryRecord) error {
	if err := t.paying(r); err != nil {
		return err
	}
	n, err := t.q.SettleEntry(t.ctx, queries.SettleEntryParams{
		Receipt: protocol.Encode(r.Receipt), Number: r.Number, Advanced: int64(r.Advanced), Paid: int64(r.Paid),
	})
	if err != nil || n != 1 {
		t.known.unpaid.drop(r.Payee)
	}
	if err == nil && n != 1 {
		return fmt.Errorf("sqlite: entry %s has a receipt already", r.Hash)
	}
	return wrap(err)
}

func (t *tx) PayEntry(r *anchor.EntryRecord) error {
	if err := t.paying(r); err != nil {
		return err
	}
	n, err := t.q.PayEntry(t.ctx, queries.PayEntryParams{Number: r.Number, Advanced: int64(r.Advanced), Paid: int64(r.Paid)})
	if err != nil || n != 1 {
		t.known.unpaid.drop(r.Payee)
	}
	if err == nil && n != 1 {
		return fmt.Errorf("sqlite: entry %s is not open", r.Hash)
	}
	return wrap(err)
}

func (t *tx) SetPayee(entry, payee int64) error {
	t.known.unpaid.drop(payee)
	return wrap(t.q.SetPayee(t.ctx, queries.SetPayeeParams{Payee: payee, Number: entry}))
}

func (t *tx) InsertLapse(l anchor.Lapse) error {
	row := queries.InsertLapseParams{Purse: l.Purse, Seq: signed(l.Number), Amount: int64(l.Amount), At: signed(l.At)}
	if !l.Entry.IsZero() {
		row.Entry = l.Entry[:]
	}
	return wrap(t.q.InsertLapse(t.ctx, row))
}

func (t *tx) InsertUnload(u *anchor.UnloadRecord) error {
	return wrap(t.q.InsertUnload(t.ctx, queries.InsertUnloadParams{
		Bill: u.Hash[:], Purse: u.Purse, Raw: protocol.Encode(u.Bill), Memo: protocol.Encode(u.Memo), Destination: u.Destination, Text: u.Text,
	}))
}

func (t *tx) InsertDelivery(h protocol.Hash, d *protocol.Delivery) error {
	return wrap(t.q.InsertDelivery(t.ctx, queries.InsertDeliveryParams{Hash: h[:], Bundle: d.Bundle[:], At: signed(d.At), Raw: protocol.Encode(d)}))
}

func (t *tx) NextLeaf(entry protocol.Hash) (uint64, error) {
	place := t.counters.leaf
	t.counters.leaf++
	err := t.q.InsertLeaf(t.ctx, queries.InsertLeafParams{Place: place, Entry: entry[:]})
	return unsigned(place), wrap(err)
}

func fraudOf(row *queries.FraudProof, err error) (*anchor.FraudRecord, error) {
	if err != nil {
		return nil, wrap(err)
	}
	return &anchor.FraudRecord{Purse: row.Purse, Hash: hash(row.Hash), At: unsigned(row.At), Event: row.Event, Bundle: row.Bundle}, nil
}

func (r *reader) Fraud(purse int64) (*anchor.FraudRecord, error) {
	return fraudOf(r.q.Fraud(r.ctx, purse))
}

func (r *reader) Frauds(after, through int64, limit int) ([]*anchor.FraudRecord, error) {
	rows, err := r.q.Frauds(r.ctx, queries.FraudsParams{After: after, Through: through, Most: int64(limit)})
	return all(rows, err, fraudOf)
}

func (t *tx) InsertFraud(f *anchor.FraudRecord) error {
	t.counters.event++
	f.Event = t.counters.event
	return wrap(t.q.InsertFraud(t.ctx, queries.InsertFraudParams{
		Purse: f.Purse, Hash: f.Hash[:], At: signed(f.At), Event: f.Event, Bundle: f.Bundle,
	}))
}
