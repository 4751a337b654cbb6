package anchor

import (
	"context"
	"strconv"

	"kula/money"
	"kula/protocol"
)

// LargeKind is what a row of the regulator's list is about.
type LargeKind string

// Kinds of rows, in the order of the list.
const (
	LargePayment LargeKind = "payment"
	LargeCash    LargeKind = "cash"
	LargeLoad    LargeKind = "load"
	LargePayout  LargeKind = "payout"
)

// LargeKinds lists them.
var LargeKinds = []LargeKind{LargePayment, LargeCash, LargeLoad, LargePayout}

// LargeRow is one movement of at least the threshold.
type LargeRow struct {
	Kind      LargeKind     `json:"kind"`
	At        uint64        `json:"at"`
	Reference string        `json:"reference"` // the entry's hash, the slip's number, the Stellar operation, or the payout's number
	From      Party         `json:"from,omitzero"`
	FromText  string        `json:"from_address,omitempty"` // where there is no purse
	To        Party         `json:"to,omitzero"`
	ToText    string        `json:"to_address,omitempty"`
	Asset     string        `json:"asset"`
	Amount    money.Amount  `json:"amount"`
	State     string        `json:"state"`
	Memo      string        `json:"memo,omitempty"`
	Officer   string        `json:"officer,omitempty"`
	Stellar   protocol.Hash `json:"transaction,omitzero"`
}

// LargePage asks for rows of one kind.
type LargePage struct {
	Kind         LargeKind
	Since, Until uint64 // from and before
	Least        money.Amount
	After        string // place to go on from
	Limit        int
}

// Large lists movements of one kind of at least an amount, oldest first. Transfers between the bank's own accounts
// are left out: they repeat the cash slips.
func (b *Bank) Large(ctx context.Context, ask LargePage) (list []LargeRow, next string, err error) {
	place := readPlace(ask.After)
	at, _ := strconv.ParseUint(place.Word, 10, 63)
	q := LargeQuery{Since: ask.Since, Until: ask.Until, Least: ask.Least, AfterAt: at, AfterNumber: place.Purse, Limit: bounded(ask.Limit)}
	err = b.describing(ctx, func(d *describer) (err error) {
		var last *NamePlace
		switch ask.Kind {
		case LargePayment:
			list, last, err = d.largePayments(q)
		case LargeCash:
			list, last, err = d.largeCash(q)
		case LargeLoad:
			list, last, err = d.largeLoads(q)
		case LargePayout:
			list, last, err = d.largePayouts(q)
		default:
			err = refuse(CodeBadRequest, "kind")
		}
		if last != nil {
			next = last.String()
		}
		return err
	})
	return list, next, err
}

func placeOf(at uint64, number int64, full bool) *NamePlace {
	if !full {
		return nil
	}
	return &NamePlace{strconv.FormatUint(at, 10), number}
}

func (d *describer) largePayments(q LargeQuery) (list []LargeRow, last *NamePlace, err error) {
	page, err := d.r.LargeEntries(q)
	for _, e := range page {
		v, err := d.bill(e)
		if err != nil {
			return nil, nil, err
		}
		list = append(list, LargeRow{
			Kind: LargePayment, At: v.PresentedAt, Reference: v.Entry.String(), From: v.Payer, To: v.Payee, ToText: v.Destination,
			Asset: v.Asset, Amount: v.Amount, State: v.State, Memo: v.Memo,
		})
		last = placeOf(e.At, e.Number, len(page) == q.Limit)
	}
	return list, last, err
}

func (d *describer) largeCash(q LargeQuery) (list []LargeRow, last *NamePlace, err error) {
	page, err := d.r.LargeSlips(q)
	for _, s := range page {
		p, err := d.r.Purse(s.Purse)
		if err != nil {
			return nil, nil, err
		}
		row := LargeRow{Kind: LargeCash, At: s.At, Reference: strconv.FormatInt(s.Number, 10), Asset: s.Asset, Amount: s.Amount, State: string(s.Direction), Officer: s.Officer}
		if s.Direction == CashIn {
			row.To, row.FromText = partyOf(p), "cash"
		} else {
			row.From, row.ToText = partyOf(p), "cash"
		}
		list = append(list, row)
		last = placeOf(s.At, s.Number, len(page) == q.Limit)
	}
	return list, last, err
}

func (d *describer) largeLoads(q LargeQuery) (list []LargeRow, last *NamePlace, err error) {
	page, err := d.r.LargeIncoming(q)
	for _, in := range page {
		last = placeOf(in.At, in.Operation, len(page) == q.Limit)
		if in.From == d.b.cfg.Treasury.String() {
			continue
		}
		v, err := d.load(in)
		if err != nil {
			return nil, nil, err
		}
		row := LargeRow{
			Kind: LargeLoad, At: in.At, Reference: strconv.FormatInt(in.Operation, 10), FromText: in.From, Asset: v.Asset, Amount: in.Amount,
			State: v.State, Stellar: in.Transaction,
		}
		if v.Owner != nil {
			row.To = *v.Owner
		}
		list = append(list, row)
	}
	return list, last, err
}

func (d *describer) largePayouts(q LargeQuery) (list []LargeRow, last *NamePlace, err error) {
	page, err := d.r.LargePayouts(q)
	for _, p := range page {
		last = placeOf(p.QueuedAt, p.ID, len(page) == q.Limit)
		if p.From == FromTreasury || p.Destination == d.b.cfg.Treasury.String() {
			continue
		}
		v, err := d.payout(p)
		if err != nil {
			return nil, nil, err
		}
		row := LargeRow{
			Kind: LargePayout, At: p.QueuedAt, Reference: strconv.FormatInt(p.ID, 10), ToText: p.Destination, Asset: v.Asset, Amount: p.Amount,
			State: v.State, Memo: p.Memo, Stellar: p.Transaction,
		}
		if v.Owner != nil {
			row.From = *v.Owner
		}
		list = append(list, row)
	}
	return list, last, err
}
