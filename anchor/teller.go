package anchor

import (
	"context"
	"errors"

	"kula/ledger"
	"kula/money"
	"kula/protocol"
)

// Cash has one way into a purse, that of any money: the officer's cash is booked against the anchor's
// own funds, and as much of those goes from the treasury to the deposit account on Stellar, with the
// purse's reference. And one way out: the purse pays an unload to the treasury, and when the ledger has
// it, the officer gives cash.

// TellerRequest is cash over the counter.
type TellerRequest struct {
	Purse   protocol.PurseID
	Amount  money.Amount
	Officer string
	Key     string // idempotency key: the same request with the same key happens once
}

// Direction of cash, as the officer sees it.
type Direction string

// Directions.
const (
	CashIn  Direction = "in"
	CashOut Direction = "out"
)

// TellerSlip is the printed receipt.
type TellerSlip struct {
	Number    int64              `json:"number"`
	Direction Direction          `json:"direction"`
	Officer   string             `json:"officer"`
	Key       string             `json:"idempotency_key"`
	Purse     protocol.PurseID   `json:"purse"`
	Account   protocol.AccountID `json:"account"`
	Asset     string             `json:"asset"`
	Amount    money.Amount       `json:"amount"`
	At        uint64             `json:"at"`

	Currency money.Asset `json:"-"`
}

// TellerIn books cash that an officer took for a purse, and queues the transfer that will load it.
func (b *Bank) TellerIn(ctx context.Context, req TellerRequest) (*TellerSlip, error) {
	return b.teller(ctx, CashIn, req, func(s *session, p *Purse, slip *TellerSlip) error {
		if p.Revoked { // nobody could spend it for months, if ever
			return refuse(CodeRevoked, "teller.purse")
		}
		transfer := &PayoutRecord{
			From: FromTreasury, Asset: p.Enrolment.Asset, Amount: req.Amount, State: PayoutQueued, QueuedAt: s.now,
			Destination: protocol.Address{Account: b.charter.Deposit, Muxed: true, ID: p.Reference}.String(),
		}
		if err := s.tx.InsertPayout(transfer); err != nil {
			return err
		}
		return s.post(ledger.TellerIn(s.header(p, slip.reference()), req.Officer, req.Amount))
	})
}

// TellerOut books cash that an officer gave for a purse, out of what was settled to the treasury for
// its account and not given yet.
func (b *Bank) TellerOut(ctx context.Context, req TellerRequest) (*TellerSlip, error) {
	return b.teller(ctx, CashOut, req, func(s *session, p *Purse, slip *TellerSlip) error {
		settled, given, err := s.tx.Cash(p.Enrolment.Account, p.Enrolment.Asset, b.cfg.Treasury.String())
		if err != nil {
			return err
		}
		if given > settled { // this slip is among those given
			return refuse(CodeNoCash, "teller.amount")
		}
		return s.post(ledger.TellerOut(s.header(p, slip.reference()), req.Officer, req.Amount))
	})
}

// maxCash is the most that one slip books. Many thousand of them fit into the books: one, made up, must not keep every
// other teller's cash out.
const maxCash = 100_000_000 * money.Unit

func (b *Bank) teller(ctx context.Context, d Direction, req TellerRequest, move func(*session, *Purse, *TellerSlip) error) (*TellerSlip, error) {
	if req.Amount <= 0 || req.Key == "" || ledger.Drawer(req.Officer).Check() != nil {
		return nil, refuse(CodeBadRequest, "teller")
	}
	if req.Amount > maxCash {
		return nil, refuse(CodeTooMany, "teller.amount")
	}
	var slip *TellerSlip
	err := b.update(ctx, "teller-"+string(d), 1, func(s *session) error {
		held, err := s.tx.Slip(req.Key)
		if err == nil {
			if held.Direction != d || held.Purse != req.Purse || held.Amount != req.Amount || held.Officer != req.Officer {
				return refuse(CodeKeyReused, "teller.idempotency_key")
			}
			slip, s.again = held, true
			return nil
		}
		if !errors.Is(err, ErrNoRecord) {
			return err
		}
		p, err := s.purseByID(req.Purse)
		if err != nil {
			return err
		}
		slip = &TellerSlip{
			Direction: d, Officer: req.Officer, Key: req.Key, Purse: p.ID, Account: p.Enrolment.Account,
			Asset: assetText(p.Enrolment.Asset), Amount: req.Amount, At: s.now, Currency: p.Enrolment.Asset,
		}
		if err := s.tx.InsertSlip(slip); err != nil {
			return err
		}
		return move(s, p, slip)
	})
	if err != nil {
		return nil, err
	}
	return slip, nil
}

func (s *TellerSlip) reference() string { return operation(s.Number) }

// DrawerLine is the cash of one asset in a drawer.
type DrawerLine struct {
	Asset  string       `json:"asset"`
	Amount money.Amount `json:"amount"`
}

// DrawerReport is what one officer holds, and the slips that led to it.
type DrawerReport struct {
	Officer string        `json:"officer"`
	Cash    []DrawerLine  `json:"cash"`
	Slips   []*TellerSlip `json:"slips"`
}

// maxSlips bounds a drawer report.
const maxSlips = 1000

// Drawer reports on the cash in the hands of an officer.
func (b *Bank) Drawer(ctx context.Context, officer string) (*DrawerReport, error) {
	report := &DrawerReport{Officer: officer}
	err := b.view(ctx, func(r Reader) error {
		trial, err := r.Trial()
		if err != nil {
			return err
		}
		for _, l := range trial {
			if l.Account == ledger.Drawer(officer) {
				report.Cash = append(report.Cash, DrawerLine{assetText(l.Asset), l.Balance})
			}
		}
		report.Slips, err = r.Slips(officer, 0, maxSlips)
		return err
	})
	return report, err
}
