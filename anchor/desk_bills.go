package anchor

import (
	"context"
	"encoding/hex"
	"errors"
	"math"
	"strconv"
	"strings"

	"kula/money"
	"kula/protocol"
)

// Party is one side of a bill.
type Party struct {
	Purse   protocol.PurseID   `json:"purse,omitzero"` // zero: no purse here has it
	Account protocol.AccountID `json:"account"`
	Name    string             `json:"name,omitempty"`
}

// States of a bill, in one word; what is open has the code of what it waits for.
const (
	BillHonoured    = "honoured"
	BillDishonoured = "dishonoured"
	BillStatement   = "statement" // no bill: the purse said where it stands
)

// BillView is an entry that was presented: a payment, or a Statement.
type BillView struct {
	Entry       protocol.Hash `json:"entry"`
	Bill        protocol.Hash `json:"bill,omitzero"`
	Seq         uint64        `json:"seq"`
	Spent       money.Amount  `json:"spent"` // all that the purse had spent by then
	Payer       Party         `json:"payer"`
	Payee       Party         `json:"payee,omitzero"`
	Unload      bool          `json:"unload"` // paid to the bank itself
	Destination string        `json:"destination,omitempty"`
	Asset       string        `json:"asset"`
	Amount      money.Amount  `json:"amount"`
	Paid        money.Amount  `json:"paid"` // of it, so far
	Advanced    money.Amount  `json:"advanced"`
	Memo        string        `json:"memo,omitempty"`
	IssuedAt    uint64        `json:"issued_at"`
	PresentedAt uint64        `json:"presented_at"`
	Deadline    uint64        `json:"deadline"`
	State       string        `json:"state"`
	Reason      string        `json:"reason,omitempty"` // it was dishonoured
	SettledAt   uint64        `json:"settled_at,omitempty"`

	number int64
}

// reasonWords are the words for why a bill was not honoured.
var reasonWords = map[protocol.Reason]string{
	protocol.ReasonLate: "late", protocol.ReasonUncovered: "uncovered", protocol.ReasonIncompatible: "contradicted",
}

// describer puts entries into views, in one View of the store.
type describer struct {
	b *Bank
	r Reader
	s *session // for its judgement only: it has no transaction
}

func (b *Bank) describer(r Reader) (*describer, error) {
	notice, err := r.Notice()
	if err != nil {
		return nil, err
	}
	return &describer{b, r, &session{b: b, now: b.now(), notice: notice}}, nil
}

func partyOf(p *Purse) Party { return Party{p.ID, p.Enrolment.Account, p.Name} }

func (d *describer) bill(e *EntryRecord) (*BillView, error) {
	payer, err := d.r.PurseByNumber(e.Purse)
	if err != nil {
		return nil, err
	}
	v := &BillView{
		Entry: e.Hash, Seq: e.Entry.Seq, Spent: e.Entry.Spent, Payer: partyOf(payer), Asset: assetText(payer.Enrolment.Asset),
		PresentedAt: e.At, State: BillStatement, number: e.Number,
	}
	if e.Entry.Kind == protocol.StatementKind || e.Bill == nil {
		return v, nil
	}
	v.Bill, v.Amount, v.Paid, v.Advanced = e.Entry.Spend.Bill, e.Entry.Spend.Amount, e.Paid, e.Advanced
	v.IssuedAt, v.Deadline = e.Bill.IssuedAt, e.Entry.Spend.Deadline
	if e.Memo != nil {
		v.Memo = e.Memo.Text
	}
	if err := d.payee(v, e); err != nil {
		return nil, err
	}
	if e.Receipt == nil {
		v.State = CodeOf(d.s.whyOpen(payer, e))
		return v, nil
	}
	v.State, v.SettledAt = BillHonoured, e.Receipt.At
	if e.Receipt.Outcome != protocol.Honoured {
		v.State, v.Reason = BillDishonoured, reasonWords[e.Receipt.Reason]
	}
	return v, nil
}

func (d *describer) payee(v *BillView, e *EntryRecord) error {
	v.Payee = Party{Account: e.Bill.Payee}
	if e.Bill.Payee == d.b.charter.Anchor {
		v.Unload, v.Payee.Name = true, d.b.charter.Name
		u, err := d.r.Unload(v.Bill)
		if err == nil {
			v.Destination = u.Destination
		}
		if errors.Is(err, ErrNoRecord) {
			return nil
		}
		return err
	}
	if e.Payee == 0 {
		return nil
	}
	payee, err := d.r.PurseByNumber(e.Payee)
	if err == nil {
		v.Payee = partyOf(payee)
	}
	return err
}

func (d *describer) bills(entries []*EntryRecord) (list []BillView, err error) {
	for _, e := range entries {
		v, err := d.bill(e)
		if err != nil {
			return nil, err
		}
		list = append(list, *v)
	}
	return list, nil
}

// describing runs f in a view with a describer.
func (b *Bank) describing(ctx context.Context, f func(*describer) error) error {
	return b.view(ctx, func(r Reader) error {
		d, err := b.describer(r)
		if err != nil {
			return err
		}
		return f(d)
	})
}

// SpendsOf lists what a purse signed, bills and Statements, from the newest down.
func (b *Bank) SpendsOf(ctx context.Context, id protocol.PurseID, before string, limit int) (list []BillView, next string, err error) {
	limit = bounded(limit)
	place := EntryPlace{math.MaxInt64, math.MaxInt64}
	if before != "" {
		at := readPlace(before)
		place.Number = at.Purse
		place.Seq, _ = strconv.ParseUint(at.Word, 10, 63)
	}
	err = b.describing(ctx, func(d *describer) error {
		p, err := d.r.Purse(id)
		if err != nil {
			return unknown(err, CodeUnknownPurse, "purse")
		}
		page, err := d.r.EntriesBy(p.Number, place, limit)
		if err != nil {
			return err
		}
		if len(page) == limit {
			last := page[limit-1]
			next = NamePlace{strconv.FormatUint(last.Entry.Seq, 10), last.Number}.String()
		}
		list, err = d.bills(page)
		return err
	})
	return list, next, err
}

// IncomeOf lists bills that paid a purse, newest first; those that still wait stand before the first page.
func (b *Bank) IncomeOf(ctx context.Context, id protocol.PurseID, before int64, limit int) (list []BillView, next int64, err error) {
	limit = bounded(limit)
	err = b.describing(ctx, func(d *describer) error {
		p, err := d.r.Purse(id)
		if err != nil {
			return unknown(err, CodeUnknownPurse, "purse")
		}
		var waiting []*EntryRecord
		if before == 0 {
			if waiting, err = d.r.OpenTo(p.Number, 0, limit); err != nil {
				return err
			}
		}
		page, last, err := d.r.IncomeOf(p.Number, fromNewest(before), limit)
		if err != nil {
			return err
		}
		if len(page) == limit {
			next = last
		}
		list, err = d.bills(append(waiting, page...))
		return err
	})
	return list, next, err
}

// FindBills finds bills by the hash of an entry or a bill, by how an entry's hash begins, or by how their memo does. For an account or a purse
// look at what it signed and what it was paid. skip is where in a memo's list to go on.
func (b *Bank) FindBills(ctx context.Context, text string, skip, limit int) (list []BillView, next int, err error) {
	text, limit = strings.TrimSpace(text), bounded(limit)
	const shortest = 3 // letters of a memo
	const head = 4     // bytes of a hash: as much as screens show
	err = b.describing(ctx, func(d *describer) (err error) {
		var found []*EntryRecord
		raw, hexErr := hex.DecodeString(text)
		switch {
		case hexErr == nil && len(raw) == len(protocol.Hash{}):
			found, err = d.byHash(protocol.Hash(raw), limit)
		case hexErr == nil && len(raw) >= head && len(raw) < len(protocol.Hash{}):
			found, err = d.r.EntriesFrom(raw, limit)
		}
		if err == nil && len(found) == 0 && len(raw) != len(protocol.Hash{}) && len([]rune(text)) >= shortest {
			if found, err = d.r.EntriesWithMemo(text, skip, limit); len(found) == limit {
				next = skip + limit
			}
		}
		if err != nil {
			return err
		}
		list, err = d.bills(found)
		return err
	})
	return list, next, err
}

func (d *describer) byHash(h protocol.Hash, limit int) ([]*EntryRecord, error) {
	e, err := d.r.Entry(h)
	if errors.Is(err, ErrNoRecord) {
		return d.r.EntriesOnBill(h, limit)
	}
	return []*EntryRecord{e}, err
}

// WaitingBill is a place in the list of bills that wait.
type WaitingBill struct {
	BillView
	DueIn int64 `json:"due_in"` // seconds until its last day is over; negative: it is
}

// Waiting lists bills without a receipt, those due first first: parked, late, or with a payee that is unknown.
func (b *Bank) Waiting(ctx context.Context, after string, limit int) (list []WaitingBill, next string, err error) {
	limit = bounded(limit)
	place := readPlace(after)
	deadline, _ := strconv.ParseUint(place.Word, 10, 63)
	err = b.describing(ctx, func(d *describer) error {
		page, err := d.r.OpenAfter(deadline, place.Purse, limit)
		if err != nil {
			return err
		}
		for _, e := range page {
			v, err := d.bill(e)
			if err != nil {
				return err
			}
			left := int64(d.s.moment(v.Deadline)) - int64(d.s.now) //nolint:gosec // dates
			list = append(list, WaitingBill{*v, left})
		}
		if len(page) == limit {
			last := page[limit-1]
			next = NamePlace{strconv.FormatUint(last.Entry.Spend.Deadline, 10), last.Number}.String()
		}
		return nil
	})
	return list, next, err
}

// BillStory is all that the bank knows of one bill.
type BillStory struct {
	BillView
	Sheet   *SheetView  `json:"sheet,omitempty"` // that it was written on
	Payout  *PayoutLine `json:"payout,omitempty"`
	Proof   bool        `json:"proof"`   // there is a proof of fraud against the payer
	Others  []BillView  `json:"others"`  // entries on the same bill
	Receipt bool        `json:"receipt"` // it has its receipt
}

// maxOthers is how many entries on one bill are shown.
const maxOthers = 20

// Bill tells the story of one entry.
func (b *Bank) Bill(ctx context.Context, entry protocol.Hash) (story *BillStory, err error) {
	err = b.describing(ctx, func(d *describer) error {
		e, err := d.r.Entry(entry)
		if err != nil {
			return unknown(err, CodeNotFound, "entry")
		}
		v, err := d.bill(e)
		if err != nil {
			return err
		}
		story = &BillStory{BillView: *v, Receipt: e.Receipt != nil}
		return d.around(story, e)
	})
	return story, err
}

// around adds what stands beside an entry.
func (d *describer) around(story *BillStory, e *EntryRecord) error {
	sheet, err := d.r.Sheet(e.Entry.Sheet)
	switch {
	case err == nil:
		story.Sheet = &SheetView{
			Hash: sheet.Hash, Available: sheet.Sheet.Available, Seq: sheet.Sheet.Base.Seq, AsOf: sheet.Sheet.AsOf,
			IssuedAt: sheet.Sheet.IssuedAt, ExpiresAt: sheet.Sheet.ExpiresAt, RedeemBy: sheet.Sheet.RedeemBy,
		}
	case !errors.Is(err, ErrNoRecord):
		return err
	}
	payout, err := d.r.PayoutOf(e.Number)
	switch {
	case err == nil:
		if story.Payout, err = d.payout(payout); err != nil {
			return err
		}
	case !errors.Is(err, ErrNoRecord):
		return err
	}
	if _, err = d.r.Fraud(e.Purse); err == nil {
		story.Proof = true
	} else if !errors.Is(err, ErrNoRecord) {
		return err
	}
	if e.Bill == nil {
		return nil
	}
	same, err := d.r.EntriesOnBill(story.Bill, maxOthers)
	if err != nil {
		return err
	}
	for _, other := range same {
		if other.Hash == e.Hash {
			continue
		}
		v, err := d.bill(other)
		if err != nil {
			return err
		}
		story.Others = append(story.Others, *v)
	}
	return nil
}

// BillEvidence is a bundle that convinces somebody who has nothing else: the entry, its bill, memo, sheet and
// enrolment, the receipt and the charter.
func (b *Bank) BillEvidence(ctx context.Context, entry protocol.Hash) (raw []byte, err error) {
	err = b.view(ctx, func(r Reader) error {
		e, err := r.Entry(entry)
		if err != nil {
			return unknown(err, CodeNotFound, "entry")
		}
		payer, err := r.PurseByNumber(e.Purse)
		if err != nil {
			return err
		}
		out := protocol.NewBundle(b.net, b.charter, payer.Enrolment)
		if e.Bill != nil {
			out.Add(e.Bill)
		}
		if e.Memo != nil {
			out.Add(e.Memo)
		}
		sheet, err := r.Sheet(e.Entry.Sheet)
		if err == nil {
			out.Add(sheet.Sheet)
		} else if !errors.Is(err, ErrNoRecord) {
			return err
		}
		out.AddRoot(e.Entry)
		if e.Receipt != nil {
			out.AddRoot(e.Receipt)
		}
		raw = out.Encode()
		return nil
	})
	return raw, err
}
