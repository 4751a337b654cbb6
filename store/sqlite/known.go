package sqlite

import (
	"kula/anchor"
	"kula/protocol"
	"kula/store/sqlite/internal/queries"
)

// known is what the session that writes remembers from one update to the next: it wrote it itself, or read it as
// the only writer. It is forgotten whenever something was rolled back, or when another process wrote to the file.
type known struct {
	fresh    bool  // nothing of it is in doubt
	version  int64 // of the file, which other connections change and this one does not
	counters counters
	purses   purses
	unpaid   unpaid
	notice   *protocol.Notice
	sheets   map[int64]*anchor.SheetRecord // the newest of each purse that a notice names
}

// forget what was read and written; the counters are put right by whoever forgets.
func (k *known) forget() { k.purses, k.unpaid, k.notice, k.sheets = purses{}, nil, nil, nil }

// dataVersion asks whether another connection has committed something since it was last asked.
const dataVersion = "PRAGMA data_version"

// recall starts an update with what is known, if that still holds, and otherwise with what is stored.
func (t *tx) recall() error {
	before, fresh := t.known.version, t.known.fresh
	t.known.fresh = false // until this update is committed
	if !t.scratch {       // nobody else sees that file
		if err := t.steps[dataVersion].QueryRowContext(t.ctx).Scan(&t.known.version); err != nil {
			return wrap(err)
		}
	}
	if fresh && t.known.version == before {
		t.counters = t.known.counters
		return nil
	}
	t.known.forget()
	err := t.loadCounters()
	t.known.counters = t.counters
	return err
}

// counters count what is numbered without a row of its own to ask.
type counters struct{ event, leaf, entry int64 }

func (t *tx) loadCounters() error {
	rows, err := t.q.Counters(t.ctx)
	if err != nil {
		return wrap(err)
	}
	for _, row := range rows {
		switch row.Name {
		case "event":
			t.counters.event = row.Value
		case "leaf":
			t.counters.leaf = row.Value
		}
	}
	t.counters.entry, err = t.q.LastEntry(t.ctx)
	return wrap(err)
}

// saveCounters is the last thing that an update does: if it fails, or the commit does, all is forgotten.
func (t *tx) saveCounters() error {
	before := t.known.counters
	t.known.counters = t.counters
	if t.counters.event == before.event && t.counters.leaf == before.leaf {
		return nil
	}
	return wrap(t.q.SetCounters(t.ctx, queries.SetCountersParams{Event: t.counters.event, Leaf: t.counters.leaf}))
}

// purses are copies of purses as they stand in the store, within this transaction. Enrolments never change and are shared.
type purses struct {
	byNumber map[int64]anchor.Purse
	byID     map[protocol.PurseID]int64
	byKey    map[protocol.Key]int64
}

const maxKnownPurses = 1 << 14

// keep remembers a purse that was read.
func (k *purses) keep(p *anchor.Purse) {
	if k.byNumber == nil || len(k.byNumber) >= maxKnownPurses {
		*k = purses{map[int64]anchor.Purse{}, map[protocol.PurseID]int64{}, map[protocol.Key]int64{}}
	}
	k.byNumber[p.Number] = *p
	k.byID[p.ID] = p.Number
	for _, s := range p.Enrolment.Quorum.Signers {
		k.byKey[s.Key] = p.Number
	}
}

// saved remembers a purse that was written, if it was known before. Those that contradict themselves come first among debtors.
func (k *known) saved(p *anchor.Purse) {
	before, ok := k.purses.byNumber[p.Number]
	if ok {
		k.purses.byNumber[p.Number] = *p
	}
	if !ok || before.Contradicted != p.Contradicted {
		k.unpaid = nil
	}
}

func (k *purses) find(number int64, ok bool) (*anchor.Purse, bool) {
	p, held := k.byNumber[number]
	return &p, ok && held
}

// purse answers out of memory, or asks and remembers.
func (t *tx) purse(number int64, ok bool, ask func() (*anchor.Purse, error)) (*anchor.Purse, error) {
	if p, held := t.known.purses.find(number, ok); held {
		return p, nil
	}
	p, err := ask()
	if err == nil {
		t.known.purses.keep(p)
	}
	return p, err
}

func (t *tx) PurseByNumber(number int64) (*anchor.Purse, error) {
	return t.purse(number, true, func() (*anchor.Purse, error) { return t.reader.PurseByNumber(number) })
}

func (t *tx) Purse(id protocol.PurseID) (*anchor.Purse, error) {
	number, ok := t.known.purses.byID[id]
	return t.purse(number, ok, func() (*anchor.Purse, error) { return t.reader.Purse(id) })
}

func (t *tx) PurseByKey(key protocol.Key) (*anchor.Purse, error) {
	number, ok := t.known.purses.byKey[key]
	return t.purse(number, ok, func() (*anchor.Purse, error) { return t.reader.PurseByKey(key) })
}

func (t *tx) Notice() (n *protocol.Notice, err error) {
	if t.known.notice == nil {
		t.known.notice, err = t.reader.Notice()
	}
	return t.known.notice, err
}

func (t *tx) InsertNotice(h protocol.Hash, n *protocol.Notice) error {
	t.known.notice = nil
	return wrap(t.q.InsertNotice(t.ctx, queries.InsertNoticeParams{Epoch: int64(n.Epoch), Hash: h[:], Raw: protocol.Encode(n)}))
}

func (t *tx) NewestSheet(purse int64) (*anchor.SheetRecord, error) {
	if s, ok := t.known.sheets[purse]; ok {
		return s, nil
	}
	s, err := t.reader.NewestSheet(purse)
	if err == nil {
		if t.known.sheets == nil || len(t.known.sheets) >= maxKnownPurses {
			t.known.sheets = map[int64]*anchor.SheetRecord{}
		}
		t.known.sheets[purse] = s
	}
	return s, err
}
