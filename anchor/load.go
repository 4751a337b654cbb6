package anchor

import (
	"context"
	"errors"
	"strconv"

	"kula/ledger"
	"kula/money"
	"kula/protocol"
)

// ingestLimit bounds one read of the rail.
const ingestLimit = 200

// Ingest reads money that reached the deposit account and credits it: operation, credit and cursor in
// one transaction, so that each operation counts once, however often the rail delivers it. It
// returns how many operations were read.
func (b *Bank) Ingest(ctx context.Context) (int, error) {
	var cursor string
	err := b.view(ctx, func(r Reader) (err error) {
		cursor, err = r.Cursor()
		return err
	})
	if err != nil {
		return 0, err
	}
	b.failpoint("incoming:before-call")
	in, next, err := b.cfg.Rail.Incoming(ctx, cursor, ingestLimit)
	b.failpoint("incoming:after-call")
	if err != nil || next == cursor {
		return 0, err
	}
	return len(in), b.update(ctx, "load", len(in), func(s *session) error {
		if held, err := s.tx.Cursor(); err != nil || held != cursor {
			return err // somebody else read the same: what they booked stands
		}
		for i := range in {
			if err := s.takeInApart(in[i]); err != nil {
				return err
			}
		}
		return s.tx.SetCursor(next)
	})
}

// takeInApart keeps an operation that nobody foresaw from holding up those behind it: what cannot be credited
// goes into suspense, for an officer to look at. It fails only when not even that can be written.
func (s *session) takeInApart(in Incoming) error {
	err := s.apart("load", func(one *session) error { return one.takeIn(in) })
	if err == nil {
		return nil
	}
	s.b.log.Error("incoming money could not be credited", "operation", in.Operation, "error", err)
	return s.apart("load", func(one *session) error {
		return one.suspend(&IncomingRecord{Incoming: in}, reasonUnforeseen)
	})
}

// takeIn places one incoming operation: in a purse if its reference says so beyond doubt, otherwise
// in suspense.
func (s *session) takeIn(in Incoming) error {
	if _, err := s.tx.Incoming(in.Operation); !errors.Is(err, ErrNoRecord) {
		return err
	}
	record := &IncomingRecord{Incoming: in, State: IncomingCredited}
	if _, served := s.b.charter.Terms(in.Asset); !served && in.Kind == IncomingCreate {
		record.State = IncomingIgnored // what the account was opened with
		return s.tx.InsertIncoming(record)
	}
	if s.forGuarantee(in) {
		return s.fundGuarantee(record)
	}
	p, reason, err := s.owner(in)
	if err != nil {
		return err
	}
	if p == nil {
		return s.suspend(record, reason)
	}
	record.Purse = p.Number
	fee := s.loadFee(p, in.Amount)
	if err := s.post(ledger.Load(s.header(p, operation(in.Operation)), p.ID, in.Amount, fee)); err != nil {
		return err
	}
	if err := s.credit(p, in.Amount-fee); err != nil {
		return err
	}
	return s.tx.InsertIncoming(record)
}

func (s *session) suspend(record *IncomingRecord, reason string) error {
	record.State, record.Reason = IncomingSuspended, reason
	h := ledger.Header{Asset: record.Asset, Time: s.now, Reference: operation(record.Operation)}
	if err := s.post(ledger.SuspensePlaced(h, record.Amount)); err != nil {
		return err
	}
	return s.tx.InsertIncoming(record)
}

func operation(id int64) string { return strconv.FormatInt(id, 10) }

func (s *session) loadFee(p *Purse, amount money.Amount) money.Amount {
	return s.fee(p, amount, func(t *protocol.AssetTerms) protocol.Fee { return t.Load })
}

// credit adds to what a purse was loaded with: parked entries and a waiting Statement may go on, and
// there is a fresh sheet without asking.
func (s *session) credit(p *Purse, amount money.Amount) error {
	loaded, err := p.Loaded.Add(amount)
	if err == nil {
		_, err = loaded.Add(p.Income) // its funds must stay a number
	}
	if err != nil {
		return err
	}
	p.Loaded = loaded
	s.freshen(p)
	return nil
}

// Why money is in suspense.
const (
	reasonKind        = "an account merge or creation says nothing of whom it is for"
	reasonMissing     = "no reference"
	reasonConflicting = "memo and muxed address name different purses"
	reasonUnknown     = "no purse has this reference"
	reasonUnforeseen  = "it could not be credited: the bank's log says why"
	reasonAsset       = "the purse with this reference is in another currency"
)

// owner finds the purse that incoming money is for. Nothing is guessed.
func (s *session) owner(in Incoming) (p *Purse, reason string, err error) {
	if in.Kind == IncomingMerge || in.Kind == IncomingCreate {
		return nil, reasonKind, nil
	}
	reference := in.MuxedID
	switch {
	case reference == nil && in.MemoID == nil:
		return nil, reasonMissing, nil
	case reference == nil:
		reference = in.MemoID
	case in.MemoID != nil && *in.MemoID != *reference:
		return nil, reasonConflicting, nil
	}
	p, err = s.tx.PurseByReference(*reference)
	if errors.Is(err, ErrNoRecord) {
		return nil, reasonUnknown, nil
	}
	if err != nil {
		return nil, "", err
	}
	if p.Enrolment.Asset != in.Asset {
		return nil, reasonAsset, nil
	}
	return s.known(p), "", nil
}

// PlaceSuspense credits money in suspense to a purse, once an officer has found out whose it is.
func (b *Bank) PlaceSuspense(ctx context.Context, id int64, purse protocol.PurseID) error {
	return b.update(ctx, "suspense", 1, func(s *session) error {
		record, err := s.suspended(id)
		if err != nil {
			return err
		}
		p, err := s.purseByID(purse)
		if err != nil {
			return err
		}
		if p.Enrolment.Asset != record.Asset {
			return &protocol.Error{Code: protocol.CodeWrongAsset, Where: "suspense"}
		}
		fee := s.loadFee(p, record.Amount)
		if err := s.post(ledger.SuspenseAssigned(s.header(p, operation(id)), p.ID, record.Amount, fee)); err != nil {
			return err
		}
		record.State, record.Purse = IncomingCredited, p.Number
		if err := s.credit(p, record.Amount-fee); err != nil {
			return err
		}
		return s.tx.SaveIncoming(record)
	})
}

// ReturnSuspense queues money in suspense to be sent back to where it came from.
func (b *Bank) ReturnSuspense(ctx context.Context, id int64) error {
	return b.update(ctx, "suspense", 1, func(s *session) error {
		record, err := s.suspended(id)
		if err != nil {
			return err
		}
		if _, err := protocol.ParseAddress(record.From); err != nil {
			return refuse(CodeBadDestination, "suspense.from")
		}
		payout := &PayoutRecord{
			From: FromReserve, Destination: record.From, Asset: record.Asset, Amount: record.Amount, State: PayoutQueued, QueuedAt: s.now,
		}
		if err := s.tx.InsertPayout(payout); err != nil {
			return err
		}
		record.State = IncomingReturned
		if err := s.tx.SaveIncoming(record); err != nil {
			return err
		}
		h := ledger.Header{Asset: record.Asset, Time: s.now, Reference: operation(id)}
		return s.post(ledger.SuspenseReturned(h, payout.reference(), record.Amount))
	})
}

func (s *session) suspended(id int64) (*IncomingRecord, error) {
	record, err := s.tx.Incoming(id)
	if err != nil {
		return nil, unknown(err, CodeNotFound, "suspense")
	}
	if record.State != IncomingSuspended {
		return nil, refuse(CodeNotFound, "suspense")
	}
	return record, nil
}
