package wallet

import (
	"cmp"
	"encoding/binary"
	"slices"

	"kula/protocol"
)

// A wallet that is given a Shelf puts away what was settled long ago, and takes it back when it is asked for
// by its hash. Nothing else knows of it: no sum, no rule and no list is another with it. So only what no
// sum counts any more is put away; see settled.

// Shelf keeps records out of the way. Get gives what Put was given, for as long as the wallet is open.
type Shelf interface {
	Put(record []byte) (place int64)
	Get(place int64) (record []byte)
}

const (
	shelveAfter = 30 * 24 * 3600 // how long after the bank's word a payment is still at hand
	shelveEvery = 14 * 24 * 3600 // how often it is looked what may go
)

// shelf is what a wallet has put away.
type shelf struct {
	store  Shelf                            // nil: nothing is put away
	places map[protocol.Hash]place          // of incomes and payments by entry, of bills by their own hash
	paid   map[protocol.Hash]protocol.Hash  // the newest payment of a bill, when it is here
	counts map[protocol.PurseID]coveredUpTo // what of a purse's incomes is here

	after, every, round uint64 // shelveAfter, shelveEvery, and when it was last looked, in periods of the second
}

// place is where a record is.
type place struct {
	record   int64
	answered uint64 // when the bank paid it, for a payment
}

// coveredUpTo says which sheets of a purse count all its incomes on the shelf: those that count bills until
// a time, and are no older than the bank's last word on them.
type coveredUpTo struct{ bill, receipt uint64 }

func newShelf(store Shelf) shelf {
	return shelf{
		store: store, places: map[protocol.Hash]place{}, paid: map[protocol.Hash]protocol.Hash{}, counts: map[protocol.PurseID]coveredUpTo{},
		after: shelveAfter, every: shelveEvery,
	}
}

// shelve puts away what has been settled, now and then. Incomes go before their bills.
func (s *State) shelve(now uint64) {
	k := &s.shelf
	if k.store == nil || now/k.every == k.round {
		return
	}
	k.round = now / k.every
	for _, bills := range []bool{false, true} {
		s.order = slices.DeleteFunc(s.order, func(d deed) bool {
			if _, bill := d.(*Issued); bill != bills || !d.settled(s, now) {
				return false
			}
			s.putAway(d)
			return true
		})
	}
}

// long reports whether the bank's word on a payment came long ago, by this phone's clock and by the bank's.
func (s *State) long(now uint64, r *protocol.Receipt) bool {
	a := s.anchors[r.Anchor]
	t := uint64(0)
	if a != nil {
		t = min(now, a.Newest)
	}
	return t >= s.shelf.after && t-s.shelf.after >= r.At
}

// settled reports whether a bill waits for nothing: what paid it is on the shelf.
func (i *Issued) settled(s *State, now uint64) bool {
	live := slices.ContainsFunc(i.Entries, func(h protocol.Hash) bool { return s.incomes[h] != nil })
	over := expired(s.notice(i.Bill.Anchor), i.Bill.ExpiresAt, now-min(now, s.shelf.after))
	return !i.Bill.Standing && !live && over
}

// settled reports whether an income is the owner's, and no sum counts it: it was paid out, or every sheet
// counts it.
func (in *Income) settled(s *State, now uint64) bool {
	switch {
	case in.Receipt == nil || !s.long(now, in.Receipt) || in.GiveBack && in.GivenBack.IsZero():
		return false
	case in.honoured():
		p := s.purses[in.Purse]
		return len(p.Sheets) > 0 && !slices.ContainsFunc(p.Sheets, func(h *HeldSheet) bool { return !counts(h.Sheet, in) })
	default:
		return in.Phase == PaidOut
	}
}

// settled reports whether the payee has the money.
func (p *Payment) settled(s *State, now uint64) bool {
	return p.Phase == Honoured && s.long(now, p.Receipt) && (!p.Unload() || p.Payout != nil)
}

func (s *State) putAway(d deed) {
	k := &s.shelf
	switch d := d.(type) {
	case *Issued:
		k.places[d.Hash] = place{record: k.store.Put(s.packIssued(d))}
		delete(s.issued, d.Hash)
	case *Income:
		k.places[d.Hash] = place{k.store.Put(s.packIncome(d)), d.Receipt.At}
		delete(s.incomes, d.Hash)
		if d.honoured() {
			c := k.counts[d.Purse]
			k.counts[d.Purse] = coveredUpTo{max(c.bill, d.Bill.IssuedAt), max(c.receipt, d.Receipt.At)}
		}
	case *Payment:
		k.places[d.Hash] = place{k.store.Put(s.packPayment(d)), d.Receipt.At}
		delete(s.payments, d.Hash)
		if bill := d.Entry.Spend.Bill; s.paid[bill] == d {
			k.paid[bill] = d.Hash
			delete(s.paid, bill)
		}
	}
}

// takeBack brings what is on the shelf under a hash where it was before.
func (s *State) takeBack(h protocol.Hash) {
	place, ok := s.shelf.places[h]
	if !ok {
		return
	}
	delete(s.shelf.places, h)
	d := s.unpack(place.record)
	switch d := d.(type) {
	case *Issued:
		s.issued[h] = d
	case *Income:
		s.incomes[h] = d
	case *Payment:
		s.payments[h] = d
		if bill := d.Entry.Spend.Bill; s.shelf.paid[bill] == h {
			s.paid[bill] = d
			delete(s.shelf.paid, bill)
		}
	}
	i, _ := slices.BinarySearchFunc(s.order, d.number(), func(d deed, n uint32) int { return cmp.Compare(d.number(), n) })
	s.order = slices.Insert(s.order, i, d)
}

// takeBackAll empties the shelf.
func (s *State) takeBackAll() {
	for h := range s.shelf.places {
		s.takeBack(h)
	}
}

// income finds a payment received, wherever it is. What it gives may be changed.
func (s *State) income(h protocol.Hash) (*Income, bool) {
	s.takeBack(h)
	in, ok := s.incomes[h]
	return in, ok
}

// payment finds a payment made, wherever it is. What it gives may be changed.
func (s *State) payment(h protocol.Hash) (*Payment, bool) {
	s.takeBack(h)
	p, ok := s.payments[h]
	return p, ok
}

// bill finds a bill of ours, wherever it is. What it gives may be changed.
func (s *State) bill(h protocol.Hash) (*Issued, bool) {
	s.takeBack(h)
	i, ok := s.issued[h]
	return i, ok
}

// newestOf finds the newest payment of a bill, wherever it is. What it gives may be changed.
func (s *State) newestOf(bill protocol.Hash) (*Payment, bool) {
	if h, ok := s.shelf.paid[bill]; ok {
		s.takeBack(h)
	}
	p, ok := s.paid[bill]
	return p, ok
}

// look is what is known under a hash, to be read only: what is on the shelf stays there.
func (s *State) look(h protocol.Hash) deed {
	if in, ok := s.incomes[h]; ok {
		return in
	}
	if p, ok := s.payments[h]; ok {
		return p
	}
	if i, ok := s.issued[h]; ok {
		return i
	}
	if place, ok := s.shelf.places[h]; ok {
		return s.unpack(place.record)
	}
	return nil
}

// lookAtPaid is the newest payment of a bill, to be read only; nil for none.
func (s *State) lookAtPaid(bill protocol.Hash) *Payment {
	if p, ok := s.paid[bill]; ok {
		return p
	}
	if h, ok := s.shelf.paid[bill]; ok {
		return s.look(h).(*Payment) //nolint:forcetypeassert // what is noted there is a payment
	}
	return nil
}

// answered is when the bank of a sighting's sheet answered it; false when it has not. A bank answers for its own
// bills only, so what is on the shelf is of that bank.
func (s *State) answered(g *sighting) (at uint64, ok bool) {
	if there, ok := s.shelf.places[g.hash]; ok {
		return there.answered, true
	}
	r := s.receiptOf(g.hash)
	if r == nil || r.Anchor != g.sheet.Anchor {
		return 0, false
	}
	return r.At, true
}

// deeds lists everything as it came, to be read only.
func (s *State) deeds() []deed {
	if len(s.shelf.places) == 0 {
		return s.order
	}
	all := slices.Clone(s.order)
	for _, place := range s.shelf.places {
		all = append(all, s.unpack(place.record))
	}
	slices.SortFunc(all, func(a, b deed) int { return cmp.Compare(a.number(), b.number()) })
	return all
}

// A record on the shelf: what it is, the numbers and hashes that stand in no document, and the documents.
const (
	shelvedIssued = iota + 1
	shelvedIncome
	shelvedPayment
)

type shelved struct {
	kind, phase byte
	yes         byte // two answers, in its two lowest bits
	depth       byte
	number      uint32
	at, shown   uint64
	purse       protocol.PurseID
	other       protocol.Hash
	hashes      []protocol.Hash
	docs        *protocol.Bundle
}

func bits(a, b bool) (yes byte) {
	if a {
		yes |= 1
	}
	if b {
		yes |= 2
	}
	return yes
}

func (r *shelved) encode() []byte {
	b := append(make([]byte, 0, 1<<10), r.kind, r.phase, r.yes, r.depth)
	b = binary.BigEndian.AppendUint32(b, r.number)
	b = binary.BigEndian.AppendUint64(b, r.at)
	b = binary.BigEndian.AppendUint64(b, r.shown)
	b = append(append(b, r.purse[:]...), r.other[:]...)
	b = binary.BigEndian.AppendUint16(b, uint16(len(r.hashes))) //nolint:gosec // bounded by what a bundle holds
	for _, h := range r.hashes {
		b = append(b, h[:]...)
	}
	return r.docs.AppendEncode(b)
}

func decodeShelved(n protocol.Network, b []byte) *shelved {
	r := &shelved{
		kind: b[0], phase: b[1], yes: b[2], depth: b[3], number: binary.BigEndian.Uint32(b[4:]),
		at: binary.BigEndian.Uint64(b[8:]), shown: binary.BigEndian.Uint64(b[16:]),
		purse: protocol.PurseID(b[24:56]), other: protocol.Hash(b[56:88]),
	}
	rest := b[90:]
	for range binary.BigEndian.Uint16(b[88:]) {
		r.hashes, rest = append(r.hashes, protocol.Hash(rest)), rest[len(protocol.Hash{}):]
	}
	var err error
	if r.docs, err = protocol.DecodeBundle(n, rest, protocol.NoContext, eventBounds); err != nil {
		panic("wallet: the shelf gave back something else than it was given: " + err.Error())
	}
	return r
}

func (s *State) packIssued(i *Issued) []byte {
	docs := protocol.NewBundle(s.Network)
	docs.PutRoot(i.Hash, i.Bill)
	addMemo(docs, i.Memo)
	r := &shelved{kind: shelvedIssued, number: i.nr, at: i.At, purse: i.Purse, hashes: i.Entries, docs: docs}
	return r.encode()
}

func (s *State) packIncome(in *Income) []byte {
	docs := protocol.NewBundle(s.Network)
	docs.PutRoot(in.Hash, in.Entry)
	addAll(docs, nil, in.Bill, in.Ack, in.Receipt, in.Payout)
	addCard(docs, in.Card)
	r := &shelved{
		kind: shelvedIncome, phase: byte(in.Phase), yes: bits(in.Sheet != nil, in.GiveBack), depth: byte(in.Depth), //nolint:gosec // at most MaxDepth
		number: in.nr, at: in.At, shown: in.Presented, purse: in.Purse, other: in.GivenBack, hashes: in.Behind, docs: docs,
	}
	return r.encode()
}

func (s *State) packPayment(p *Payment) []byte {
	docs := protocol.NewBundle(s.Network)
	docs.PutRoot(p.Hash, p.Entry)
	addAll(docs, nil, p.Bill, p.Ack, p.Receipt, p.Payout)
	addMemo(docs, p.Memo)
	addCard(docs, p.Card)
	r := &shelved{
		kind: shelvedPayment, phase: byte(p.Phase), yes: bits(p.Seen, false), number: p.nr, at: p.At, shown: p.Presented,
		purse: p.Purse, other: p.GivesBack, hashes: p.Backing, docs: docs,
	}
	return r.encode()
}

func (s *State) unpack(record int64) deed {
	r := decodeShelved(s.Network, s.shelf.store.Get(record))
	h, bill := r.docs.Roots[0], only[*protocol.Bill](r.docs)
	if r.kind == shelvedIssued {
		return &Issued{Hash: h, Bill: bill, Memo: only[*protocol.Memo](r.docs), Purse: r.purse, At: r.at, Entries: r.hashes, nr: r.number}
	}
	entry := only[*protocol.Entry](r.docs)
	sheet, _ := s.docs[entry.Sheet].(*protocol.Sheet)
	ack, receipt, payout := only[*protocol.Ack](r.docs), only[*protocol.Receipt](r.docs), only[*protocol.Payout](r.docs)
	if r.kind == shelvedPayment {
		return &Payment{
			Hash: h, Phase: PaymentPhase(r.phase), Entry: entry, Sheet: sheet, Bill: bill, Memo: only[*protocol.Memo](r.docs),
			Card: only[*protocol.Card](r.docs), Purse: r.purse, At: r.at, Backing: r.hashes, Presented: r.shown, Seen: r.yes&1 != 0,
			Ack: ack, Receipt: receipt, Payout: payout, GivesBack: r.other, nr: r.number,
		}
	}
	if r.yes&1 == 0 {
		sheet = nil
	}
	return &Income{
		Hash: h, Phase: IncomePhase(r.phase), Entry: entry, Sheet: sheet, Bill: bill, Ack: ack, Card: only[*protocol.Card](r.docs), Purse: r.purse, At: r.at, Behind: r.hashes,
		Depth: int(r.depth), Presented: r.shown, Receipt: receipt, Payout: payout, GiveBack: r.yes&2 != 0, GivenBack: r.other, nr: r.number,
	}
}
