package anchor

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"strconv"

	"kula/ledger"
	"kula/money"
	"kula/protocol"
)

// assetText writes an asset as Stellar tools do: "VUV:G…", or "native".
func assetText(a money.Asset) string {
	if a.Native() {
		return "native"
	}
	return a.CodeString() + ":" + protocol.AccountID(a.Issuer).String()
}

// Deposit says how to load a purse.
type Deposit struct {
	Address string  `json:"address"`
	MemoID  string  `json:"memo_id"` // a number too large for some readers of JSON
	Muxed   string  `json:"muxed"`
	Fee     FeeView `json:"fee"`
}

// FeeView is a fee of the charter's.
type FeeView struct {
	Flat        money.Amount `json:"flat"`
	BasisPoints uint32       `json:"basis_points"`
}

// LimitsView are a purse's limits.
type LimitsView struct {
	PerBill    money.Amount `json:"per_bill"`
	MaxSpend   money.Amount `json:"max_spend"`
	MaxHolding money.Amount `json:"max_holding"`
	MaxDepth   uint32       `json:"max_depth"`
	Guaranteed money.Amount `json:"guaranteed"`
}

// PurseView is what a purse's owner and an officer may see of it.
type PurseView struct {
	Purse        protocol.PurseID   `json:"purse"`
	Account      protocol.AccountID `json:"account"`
	Asset        string             `json:"asset"`
	Kind         string             `json:"kind"`
	State        string             `json:"state"` // open, frozen, contradicted or revoked
	Name         string             `json:"name"`
	Tier         string             `json:"tier"`
	Limits       LimitsView         `json:"limits"`
	AtBank       money.Amount       `json:"at_bank"`       // what the books owe the purse
	Coming       money.Amount       `json:"coming"`        // cash taken at the counter that is on its way through the ledger; of one purse only
	FundsWaiting money.Amount       `json:"funds_waiting"` // what its entries still wait for: funds, or their payee

	CreditUsed    money.Amount `json:"credit_used"`    // lent to it on its credit line, not paid back and not given up
	GuaranteePaid money.Amount `json:"guarantee_paid"` // paid for it by the guarantee, not paid back and not given up

	Deposit      Deposit           `json:"deposit"`
	SheetExpires uint64            `json:"sheet_expires"` // of the newest sheet; zero: none
	Waiting      bool              `json:"statement_waits"`
	Successor    *protocol.PurseID `json:"successor,omitempty"`
	EnrolledAt   uint64            `json:"enrolled_at"`
}

func (p *Purse) state() string {
	switch {
	case p.Contradicted:
		return "contradicted"
	case p.Revoked:
		return "revoked"
	case p.Frozen:
		return "frozen"
	}
	return "open"
}

// Purse shows one purse.
func (b *Bank) Purse(ctx context.Context, id protocol.PurseID) (*PurseView, error) {
	var v *PurseView
	err := b.view(ctx, func(r Reader) error {
		p, err := r.Purse(id)
		if err != nil {
			return unknown(err, CodeUnknownPurse, "purse")
		}
		if v, err = b.show(r, p); err != nil {
			return err
		}
		v.Coming, err = r.CashComing(p.Number, v.Deposit.Muxed, b.cfg.Treasury.String())
		return err
	})
	return v, err
}

func (b *Bank) show(r Reader, p *Purse) (*PurseView, error) {
	e := p.Enrolment
	v := &PurseView{
		Purse: p.ID, Account: e.Account, Asset: assetText(e.Asset), Kind: e.Kind.String(), State: p.state(),
		Name: p.Name, Tier: p.Tier, AtBank: p.Balance(), CreditUsed: p.CreditUsed - p.CreditLost, GuaranteePaid: p.GuaranteePaid - p.GuaranteeLost, Waiting: p.Waiting, EnrolledAt: p.EnrolledAt,
		Deposit: Deposit{
			Address: b.charter.Deposit.String(), MemoID: strconv.FormatUint(p.Reference, 10),
			Muxed: protocol.Address{Account: b.charter.Deposit, Muxed: true, ID: p.Reference}.String(),
		},
	}
	if terms, ok := b.charter.Terms(e.Asset); ok {
		limits, _ := terms.Tier(p.Tier)
		v.Limits, v.Deposit.Fee = LimitsView(limits), FeeView(terms.Load)
	}
	sheet, err := r.NewestSheet(p.Number)
	if err != nil && !errors.Is(err, ErrNoRecord) {
		return nil, err
	}
	if err == nil {
		v.SheetExpires = sheet.Sheet.ExpiresAt
	}
	if p.Successor != 0 {
		to, err := r.PurseByNumber(p.Successor)
		if err != nil {
			return nil, err
		}
		v.Successor = &to.ID
	}
	open, err := r.OpenWithin(p.Number, math.MaxInt64, math.MaxInt64)
	for _, entry := range open {
		v.FundsWaiting += entry.Entry.Spend.Amount - entry.Paid
	}
	return v, err
}

// Purses lists purses, and the place to go on from; zero when there are no more.
func (b *Bank) Purses(ctx context.Context, after int64, limit int) (list []PurseView, next int64, err error) {
	err = b.view(ctx, func(r Reader) error {
		purses, err := r.Purses(after, limit)
		if err != nil {
			return err
		}
		for _, p := range purses {
			v, err := b.show(r, p)
			if err != nil {
				return err
			}
			list = append(list, *v)
		}
		if len(purses) == limit && limit > 0 {
			next = purses[limit-1].Number
		}
		return nil
	})
	return list, next, err
}

// AccountView is an account and its purses.
type AccountView struct {
	Account protocol.AccountID `json:"account"`
	Name    string             `json:"name"`
	Purses  []PurseView        `json:"purses"`
}

// pageOfPurses is how many purses are read at a time.
const pageOfPurses = 500

// Accounts lists all accounts.
func (b *Bank) Accounts(ctx context.Context) ([]AccountView, error) {
	var all []AccountView
	place := map[protocol.AccountID]int{}
	for after, more := int64(0), true; more; more = after != 0 {
		page, next, err := b.Purses(ctx, after, pageOfPurses)
		if err != nil {
			return nil, err
		}
		for _, v := range page {
			i, ok := place[v.Account]
			if !ok {
				i = len(all)
				place[v.Account] = i
				all = append(all, AccountView{Account: v.Account, Name: v.Name})
			}
			all[i].Purses = append(all[i].Purses, v)
		}
		after = next
	}
	return all, nil
}

// SuspenseView is money whose owner is not known.
type SuspenseView struct {
	Operation   int64         `json:"operation,string"`
	Transaction protocol.Hash `json:"transaction"`
	At          uint64        `json:"at"`
	From        string        `json:"from"`
	Asset       string        `json:"asset"`
	Amount      money.Amount  `json:"amount"`
	MemoID      string        `json:"memo_id,omitempty"`
	MuxedID     string        `json:"muxed_id,omitempty"`
	Reason      string        `json:"reason"`
}

// Suspense lists it.
func (b *Bank) Suspense(ctx context.Context) ([]SuspenseView, error) {
	var list []SuspenseView
	err := b.view(ctx, func(r Reader) error {
		records, err := r.IncomingIn(IncomingSuspended)
		for _, in := range records {
			list = append(list, suspenseView(in))
		}
		return err
	})
	return list, err
}

func suspenseView(in *IncomingRecord) SuspenseView {
	return SuspenseView{
		Operation: in.Operation, Transaction: in.Transaction, At: in.At, From: in.From, Asset: assetText(in.Asset),
		Amount: in.Amount, MemoID: optionalNumber(in.MemoID), MuxedID: optionalNumber(in.MuxedID), Reason: in.Reason,
	}
}

func optionalNumber(n *uint64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatUint(*n, 10)
}

// PayoutView is one payment on its way to Stellar, or there.
type PayoutView struct {
	ID          int64         `json:"id"`
	Destination string        `json:"destination"`
	Asset       string        `json:"asset"`
	Amount      money.Amount  `json:"amount"`
	Claimable   bool          `json:"claimable"`
	Code        string        `json:"code,omitempty"`
	Attempts    int64         `json:"attempts"`
	Transaction protocol.Hash `json:"transaction"`
	QueuedAt    uint64        `json:"queued_at"`
}

// maxListed bounds lists for the operator.
const maxListed = 1000

// Payouts lists payouts in one phase, oldest first.
func (b *Bank) Payouts(ctx context.Context, state PayoutState) ([]PayoutView, error) {
	var list []PayoutView
	err := b.view(ctx, func(r Reader) error {
		records, err := r.PayoutsIn(state, maxListed)
		for _, p := range records {
			list = append(list, PayoutView{
				ID: p.ID, Destination: p.Destination, Asset: assetText(p.Asset), Amount: p.Amount, Claimable: p.Claimable,
				Code: p.Code, Attempts: p.Attempts, Transaction: p.Transaction, QueuedAt: p.QueuedAt,
			})
		}
		return err
	})
	return list, err
}

// BooksLine is one account of the trial balance.
type BooksLine struct {
	Asset   string         `json:"asset"`
	Account ledger.Account `json:"account"`
	Balance money.Amount   `json:"balance"`
}

// ReserveLine compares the books' reserve of one asset with the ledger.
type ReserveLine struct {
	Asset    string       `json:"asset"`
	Books    money.Amount `json:"books"`
	Ledger   money.Amount `json:"ledger"`
	UnderWay money.Amount `json:"under_way"` // sent and not confirmed: the ledger may be ahead by as much
	Agrees   bool         `json:"agrees"`
}

// BooksView is the trial balance and the reserve beside it.
type BooksView struct {
	Lines   []BooksLine   `json:"lines"`
	Problem string        `json:"problem,omitempty"` // an invariant that does not hold; empty when all do
	Reserve []ReserveLine `json:"reserve"`
}

// booksTries is how often a difference is looked at again before it is reported.
const booksTries = 4

// Books draws the trial balance and compares the reserve with the ledger. The two are not read at one
// moment: where they differ, money that the ledger has and the books have not seen is read in first, and
// they are compared again. What is sent and not certain yet stands beside it.
func (b *Bank) Books(ctx context.Context) (view *BooksView, err error) {
	for range booksTries {
		if view, err = b.drawBooks(ctx); err != nil || view.agrees() {
			break
		}
		if _, err := b.Ingest(ctx); err != nil {
			b.log.Warn("the ledger was not read before the books were drawn", "error", err)
		}
	}
	return view, err
}

func (v *BooksView) agrees() bool {
	return !slices.ContainsFunc(v.Reserve, func(r ReserveLine) bool { return !r.Agrees })
}

func (b *Bank) drawBooks(ctx context.Context) (*BooksView, error) {
	var trial ledger.Trial
	underWay := map[money.Asset]money.Amount{}
	err := b.view(ctx, func(r Reader) (err error) {
		if trial, err = r.Trial(); err != nil {
			return err
		}
		sent, err := r.PayoutsIn(PayoutSent, maxListed)
		for _, p := range sent {
			if p.From == FromReserve {
				underWay[p.Asset] += p.Amount
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	view := &BooksView{}
	if err := trial.Check(); err != nil {
		view.Problem = err.Error()
	}
	slices.SortFunc(trial, func(x, y ledger.Line) int {
		if c := bytes.Compare(x.Asset.Code[:], y.Asset.Code[:]); c != 0 {
			return c
		}
		return x.Account.Compare(y.Account)
	})
	for _, l := range trial {
		view.Lines = append(view.Lines, BooksLine{assetText(l.Asset), l.Account, l.Balance})
	}
	for _, terms := range b.charter.Assets {
		line := ReserveLine{Asset: assetText(terms.Asset), Books: trial.Reserve(terms.Asset), UnderWay: underWay[terms.Asset]}
		b.failpoint("balance:before-call")
		line.Ledger, err = b.cfg.Rail.Balance(ctx, FromReserve, terms.Asset)
		b.failpoint("balance:after-call")
		if err != nil {
			return nil, err
		}
		line.Agrees = line.Books == line.Ledger || line.Books-line.UnderWay == line.Ledger
		view.Reserve = append(view.Reserve, line)
	}
	return view, nil
}
