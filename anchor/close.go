package anchor

import (
	"context"
	"errors"

	"kula/ledger"
	"kula/protocol"
)

// A purse whose holder has died, or that a court closes, comes to its end like that of a lost phone: it gets no more
// sheets, notices spread the word, and what was paid with it already is redeemed. What is left when its last sheet can
// no longer be redeemed goes out on Stellar to whoever is entitled to it: paying sooner could be paying twice.

// Closing says where what is left in a purse goes.
type Closing struct {
	Purse       int64
	Destination string // a Stellar address; empty: nobody is entitled to it yet, and the bank goes on owing it
	Memo        string // text memo of the payment, for destinations that demand one
	Document    string // the paper that it stands on
	At          uint64
}

// CloseRequest asks that a purse be closed.
type CloseRequest struct {
	Purse       protocol.PurseID
	Destination string // G…, M…, ToTeller, or empty while it is not known whose it is
	Memo        string
	Document    string
}

// maxDocument bounds the name of a paper.
const maxDocument = 500

// Close ends a purse. Asked again, it names another destination for what is not on its way yet. A successor that was
// named before is one no more: the court's word is the last, and the words of the account do not change it.
func (b *Bank) Close(ctx context.Context, req CloseRequest) error {
	destination := req.Destination
	if destination == ToTeller {
		destination = b.cfg.Treasury.String()
	}
	to, err := protocol.ParseAddress(destination)
	if destination != "" && (err != nil || to.Account == b.charter.Deposit) || len(req.Memo) > maxStellarText {
		return refuse(CodeBadDestination, "close.destination")
	}
	if req.Document == "" || len(req.Document) > maxDocument {
		return refuse(CodeBadRequest, "close.document")
	}
	return b.update(ctx, "close", 1, func(s *session) error {
		p, err := s.purseByID(req.Purse)
		if err != nil {
			return err
		}
		p.Successor = 0
		s.touch(p)
		closing := &Closing{Purse: p.Number, Destination: destination, Memo: req.Memo, Document: req.Document, At: s.now}
		if err := s.tx.SaveClosing(closing); err != nil {
			return err
		}
		return s.revoke(p, protocol.PurseID{})
	})
}

// closed refuses what would turn a closed purse's money elsewhere.
func (s *session) closed(p *Purse, detail string) error {
	_, err := s.tx.Closing(p.Number)
	switch {
	case err == nil:
		return refuse(CodeRevoked, detail)
	case errors.Is(err, ErrNoRecord):
		return nil
	}
	return err
}

// payClosed sends what closed purses have left to where it belongs.
func (s *session) payClosed() (more bool, err error) {
	purses, err := s.tx.ToPayOut()
	if err != nil {
		return false, err
	}
	for _, p := range purses {
		s.eachApart("close", p.Number, func(one *session) error { return one.payOutClosed(p.Number) })
	}
	return false, nil
}

func (s *session) payOutClosed(number int64) error {
	p, err := s.purse(number)
	if err != nil {
		return err
	}
	closing, err := s.tx.Closing(number)
	if err != nil {
		return err
	}
	left := p.Balance()
	if left <= 0 || p.Open > 0 || p.Owing() > 0 || !s.over(p.RedeemBy) {
		return nil
	}
	payout := &PayoutRecord{
		Purse: p.Number, From: FromReserve, Destination: closing.Destination, Memo: closing.Memo, Alone: closing.Memo != "",
		Asset: p.Enrolment.Asset, Amount: left, State: PayoutQueued, QueuedAt: s.now,
	}
	if err := s.tx.InsertPayout(payout); err != nil {
		return err
	}
	if err := s.post(ledger.Closed(s.header(p, p.ID.String()+"/"+payout.reference()), p.ID, payout.reference(), left)); err != nil {
		return err
	}
	p.Inherited += left
	s.touch(p)
	return nil
}
