package anchor

import (
	"context"
	"strconv"

	"kula/ledger"
	"kula/money"
	"kula/protocol"
)

// PayoutLine is a payment on its way to Stellar, or there, and whose it is.
type PayoutLine struct {
	PayoutView
	State  string        `json:"state"`
	Owner  *Party        `json:"owner,omitempty"` // nil: the bank's own
	Entry  protocol.Hash `json:"entry,omitzero"`  // that it pays
	Fee    money.Amount  `json:"fee"`
	Memo   string        `json:"memo,omitempty"`
	Own    bool          `json:"own"` // from the treasury
	Placed int64         `json:"operation_index"`
}

// PayoutStates are the words for the phases of a payout.
var PayoutStates = map[PayoutState]string{
	PayoutQueued: "queued", PayoutSent: "sent", PayoutSettled: "settled", PayoutParked: "parked", PayoutReturned: "returned",
}

func (d *describer) payout(p *PayoutRecord) (*PayoutLine, error) {
	line := &PayoutLine{
		PayoutView: PayoutView{
			ID: p.ID, Destination: p.Destination, Asset: assetText(p.Asset), Amount: p.Amount, Claimable: p.Claimable,
			Code: p.Code, Attempts: p.Attempts, Transaction: p.Transaction, QueuedAt: p.QueuedAt,
		},
		State: PayoutStates[p.State], Fee: p.Fee, Memo: p.Memo, Own: p.From == FromTreasury, Placed: p.Operation,
	}
	if p.Purse != 0 {
		owner, err := d.r.PurseByNumber(p.Purse)
		if err != nil {
			return nil, err
		}
		party := partyOf(owner)
		line.Owner = &party
	}
	if p.Entry != 0 {
		e, err := d.r.EntryByNumber(p.Entry)
		if err != nil {
			return nil, err
		}
		line.Entry = e.Hash
	}
	return line, nil
}

func (d *describer) payouts(page []*PayoutRecord, limit int) (list []PayoutLine, next int64, err error) {
	for _, p := range page {
		line, err := d.payout(p)
		if err != nil {
			return nil, 0, err
		}
		list = append(list, *line)
	}
	if len(page) == limit {
		next = page[limit-1].ID
	}
	return list, next, nil
}

// PayoutPage lists payouts in one phase, newest first.
func (b *Bank) PayoutPage(ctx context.Context, state PayoutState, before int64, limit int) (list []PayoutLine, next int64, err error) {
	limit = bounded(limit)
	err = b.describing(ctx, func(d *describer) error {
		page, err := d.r.PayoutsPage(state, fromNewest(before), limit)
		if err != nil {
			return err
		}
		list, next, err = d.payouts(page, limit)
		return err
	})
	return list, next, err
}

// PayoutsOfPurse lists what goes to Stellar for a purse, newest first.
func (b *Bank) PayoutsOfPurse(ctx context.Context, id protocol.PurseID, before int64, limit int) (list []PayoutLine, next int64, err error) {
	limit = bounded(limit)
	err = b.describing(ctx, func(d *describer) error {
		p, err := d.r.Purse(id)
		if err != nil {
			return unknown(err, CodeUnknownPurse, "purse")
		}
		page, err := d.r.PayoutsOfPurse(p.Number, fromNewest(before), limit)
		if err != nil {
			return err
		}
		list, next, err = d.payouts(page, limit)
		return err
	})
	return list, next, err
}

// PayoutLine is one payout.
func (b *Bank) PayoutLine(ctx context.Context, id int64) (line *PayoutLine, err error) {
	err = b.describing(ctx, func(d *describer) error {
		p, err := d.r.Payout(id)
		if err != nil {
			return unknown(err, CodeNotFound, "payout")
		}
		line, err = d.payout(p)
		return err
	})
	return line, err
}

// LoadView is money that came in on Stellar.
type LoadView struct {
	SuspenseView
	State string `json:"state"` // credited, suspended, returned, ignored or guarantee
	Owner *Party `json:"owner,omitempty"`
}

var incomingWords = map[IncomingState]string{
	IncomingCredited: "credited", IncomingSuspended: "suspended", IncomingReturned: "returned", IncomingIgnored: "ignored", IncomingGuarantee: "guarantee",
}

func (d *describer) load(in *IncomingRecord) (*LoadView, error) {
	v := &LoadView{SuspenseView: suspenseView(in), State: incomingWords[in.State]}
	if in.Purse == 0 {
		return v, nil
	}
	owner, err := d.r.PurseByNumber(in.Purse)
	if err != nil {
		return nil, err
	}
	party := partyOf(owner)
	v.Owner = &party
	return v, nil
}

// LoadsOf lists what was loaded into a purse, newest first.
func (b *Bank) LoadsOf(ctx context.Context, id protocol.PurseID, before int64, limit int) (list []LoadView, next int64, err error) {
	limit = bounded(limit)
	err = b.describing(ctx, func(d *describer) error {
		p, err := d.r.Purse(id)
		if err != nil {
			return unknown(err, CodeUnknownPurse, "purse")
		}
		page, err := d.r.LoadsOf(p.Number, fromNewest(before), limit)
		if err != nil {
			return err
		}
		for _, in := range page {
			v, err := d.load(in)
			if err != nil {
				return err
			}
			list = append(list, *v)
		}
		if len(page) == limit {
			next = page[limit-1].Operation
		}
		return nil
	})
	return list, next, err
}

// SuspensePage lists money whose owner is not known, oldest first.
func (b *Bank) SuspensePage(ctx context.Context, after int64, limit int) (list []SuspenseView, next int64, err error) {
	limit = bounded(limit)
	err = b.view(ctx, func(r Reader) error {
		page, err := r.IncomingPage(IncomingSuspended, after, limit)
		for _, in := range page {
			list = append(list, suspenseView(in))
		}
		if len(page) == limit {
			next = page[limit-1].Operation
		}
		return err
	})
	return list, next, err
}

// SuspenseItem is one of them, whatever became of it.
func (b *Bank) SuspenseItem(ctx context.Context, operation int64) (v *LoadView, err error) {
	err = b.describing(ctx, func(d *describer) error {
		in, err := d.r.Incoming(operation)
		if err != nil {
			return unknown(err, CodeNotFound, "operation")
		}
		v, err = d.load(in)
		return err
	})
	return v, err
}

// Slip finds a printed slip by its key.
func (b *Bank) Slip(ctx context.Context, key string) (slip *TellerSlip, err error) {
	err = b.view(ctx, func(r Reader) error {
		slip, err = r.Slip(key)
		return unknown(err, CodeNotFound, "slip")
	})
	return slip, err
}

// DrawerDay is what an officer's drawer should hold now, and the slips of a time, newest first.
func (b *Bank) DrawerDay(ctx context.Context, officer string, since, until uint64, before int64, limit int) (report *DrawerReport, next int64, err error) {
	limit = bounded(limit)
	report = &DrawerReport{Officer: officer}
	err = b.view(ctx, func(r Reader) error {
		for _, terms := range b.charter.Assets {
			cash, err := r.Balance(ledger.Drawer(officer), terms.Asset)
			if err != nil {
				return err
			}
			report.Cash = append(report.Cash, DrawerLine{assetText(terms.Asset), cash})
		}
		report.Slips, err = r.SlipsBetween(officer, since, until, fromNewest(before), limit)
		if err == nil && len(report.Slips) == limit {
			next = report.Slips[limit-1].Number
		}
		return err
	})
	return report, next, err
}

// ChainRow is one step back on the way of money to a payment.
type ChainRow struct {
	Depth     int           `json:"depth"` // 0: the payment itself; 1: what its payer had received; and so on
	Kind      string        `json:"kind"`  // "payment", or "load" from Stellar, where the way ends
	Entry     protocol.Hash `json:"entry,omitzero"`
	Operation int64         `json:"operation,string,omitempty"`
	From      Party         `json:"from,omitzero"`
	Sender    string        `json:"sender,omitempty"` // on Stellar
	To        Party         `json:"to"`
	Asset     string        `json:"asset"`
	Amount    money.Amount  `json:"amount"`
	Counted   money.Amount  `json:"counted"` // of it, towards the payment one step nearer
	At        uint64        `json:"at"`      // its bill was issued, or the ledger had it
}

// Chain is where the money of a payment can have come from, newest money first.
type Chain struct {
	Rows    []ChainRow `json:"rows"`
	LeftOut []string   `json:"left_out"` // what was not followed, and why
}

// Bounds of a chain: as deep as payments may stand on each other, and as much as somebody reads.
const (
	maxChainDepth = 12
	maxChainRows  = 500
)

// chainStep is a payer whose money is still to be explained.
type chainStep struct {
	purse  int64
	needed money.Amount
	before uint64
	depth  int
}

// Behind follows a payment's money back: from each payer to what it had received before, the newest first, until that
// makes up the amount. Money has no marks, so this is a rule and not a fact; it is the same for every payment.
func (b *Bank) Behind(ctx context.Context, entry protocol.Hash) (chain *Chain, err error) {
	err = b.describing(ctx, func(d *describer) error {
		e, err := d.r.Entry(entry)
		if err != nil {
			return unknown(err, CodeNotFound, "entry")
		}
		v, err := d.bill(e)
		if err != nil {
			return err
		}
		chain = &Chain{Rows: []ChainRow{paymentRow(v, 0, v.Amount)}}
		seen := map[protocol.Hash]bool{entry: true}
		steps := []chainStep{{e.Purse, v.Amount, e.At, 1}}
		for len(steps) > 0 {
			step := steps[0]
			steps = steps[1:]
			if step.depth > maxChainDepth || len(chain.Rows) >= maxChainRows {
				chain.leaveOut("the way is longer than this list: it was not followed to its end")
				break
			}
			more, err := d.stepBack(chain, step, seen)
			if err != nil {
				return err
			}
			steps = append(steps, more...)
		}
		return nil
	})
	return chain, err
}

func (c *Chain) leaveOut(why string) {
	for _, w := range c.LeftOut {
		if w == why {
			return
		}
	}
	c.LeftOut = append(c.LeftOut, why)
}

func paymentRow(v *BillView, depth int, counted money.Amount) ChainRow {
	return ChainRow{Depth: depth, Kind: "payment", Entry: v.Entry, From: v.Payer, To: v.Payee, Asset: v.Asset, Amount: v.Amount, Counted: counted, At: v.IssuedAt}
}

// stepBack explains one payer's money by what came in before.
func (d *describer) stepBack(chain *Chain, step chainStep, seen map[protocol.Hash]bool) (more []chainStep, err error) {
	income, _, err := d.r.IncomeOf(step.purse, fromNewest(0), MaxPage)
	if err != nil {
		return nil, err
	}
	loads, err := d.r.LoadsOf(step.purse, fromNewest(0), MaxPage)
	if err != nil {
		return nil, err
	}
	full := len(income) == MaxPage || len(loads) == MaxPage
	for step.needed > 0 && len(income)+len(loads) > 0 {
		if len(loads) == 0 || len(income) > 0 && income[0].Bill.IssuedAt >= loads[0].At {
			e := income[0]
			income = income[1:]
			if e.Bill.IssuedAt > step.before || e.Paid <= 0 || seen[e.Hash] {
				continue
			}
			seen[e.Hash] = true
			v, err := d.bill(e)
			if err != nil {
				return nil, err
			}
			counted := min(step.needed, e.Paid)
			step.needed -= counted
			chain.Rows = append(chain.Rows, paymentRow(v, step.depth, counted))
			more = append(more, chainStep{e.Purse, counted, e.Bill.IssuedAt, step.depth + 1})
			continue
		}
		in := loads[0]
		loads = loads[1:]
		if in.At > step.before || in.State != IncomingCredited {
			continue
		}
		v, err := d.load(in)
		if err != nil {
			return nil, err
		}
		counted := min(step.needed, in.Amount)
		step.needed -= counted
		chain.Rows = append(chain.Rows, ChainRow{
			Depth: step.depth, Kind: "load", Operation: in.Operation, Sender: in.From, To: *v.Owner, Asset: v.Asset, Amount: in.Amount, Counted: counted, At: in.At,
		})
	}
	switch {
	case step.needed > 0 && full:
		chain.leaveOut("older receipts of " + strconv.Itoa(MaxPage) + " and more were not looked at")
	case step.needed > 0:
		chain.leaveOut("some of the money is not explained by what came in before: it was overspent, advanced, inherited or given back")
	}
	return more, nil
}

// CashWaiting is what was settled to the counter for the account of a purse, in its currency, and not given out yet.
func (b *Bank) CashWaiting(ctx context.Context, id protocol.PurseID) (waiting money.Amount, err error) {
	err = b.onPurse(ctx, id, func(r Reader, p *Purse) error {
		settled, given, err := r.Cash(p.Enrolment.Account, p.Enrolment.Asset, b.cfg.Treasury.String())
		waiting = max(0, settled-given)
		return err
	})
	return waiting, err
}
