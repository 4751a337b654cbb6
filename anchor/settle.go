package anchor

import (
	"context"
	"errors"
	"fmt"

	"kula/ledger"
	"kula/protocol"
)

// The payout machine has one envelope under way at a time:
//
//	queued ──Prepare, store──▶ sent ──Submit──▶ applied   ▶ settled
//	   ▲                        │  └─unknown, try later ▶ the same envelope again
//	   │                        └─rejected, or certainly dead
//	   └────────────────────────┘   (the operation that failed: alone, claimable, or parked)
//
// The envelope is stored before it is submitted, so a crash at any place leaves either nothing that
// was sent, or something that will be asked for. It is dead only when the ledger's own time is past its
// bounds and the ledger does not have it.

// maxPayouts is Stellar's bound on the operations of a transaction.
const maxPayouts = 100

// maxAttempts is after how many rejections by itself a payout waits for an officer.
const maxAttempts = 3

// Settle takes one step of the payout machine and reports whether there may be another to take at once.
func (b *Bank) Settle(ctx context.Context) (progress bool, err error) {
	var open *EnvelopeRecord
	err = b.view(ctx, func(r Reader) (err error) {
		open, err = r.OpenEnvelope()
		return err
	})
	switch {
	case errors.Is(err, ErrNoRecord):
		return b.prepare(ctx)
	case err != nil:
		return false, err
	}
	return b.submit(ctx, open)
}

// prepare puts queued payouts into an envelope and stores it.
func (b *Bank) prepare(ctx context.Context) (bool, error) {
	batch, err := b.nextPayouts(ctx)
	if err != nil || len(batch) == 0 {
		return false, err
	}
	ready, err := b.lookAtDestinations(ctx, batch)
	if err != nil || len(ready) == 0 {
		return err == nil, err
	}
	transfers := make([]Transfer, len(ready))
	for i, p := range ready {
		transfers[i] = Transfer{ID: p.ID, From: p.From, Destination: p.Destination, Asset: p.Asset, Amount: p.Amount, Claimable: p.Claimable, Create: p.Create}
	}
	b.failpoint("prepare:before-call")
	envelope, err := b.cfg.Rail.Prepare(ctx, transfers, ready[0].Memo)
	b.failpoint("prepare:after-call")
	if err != nil {
		return false, err
	}
	return true, b.update(ctx, "envelope", 1, func(s *session) error { return s.storeEnvelope(envelope, ready) })
}

// nextPayouts picks what goes out together: the oldest payout, and, unless it must go alone, others
// from the same account that need not.
func (b *Bank) nextPayouts(ctx context.Context) (batch []*PayoutRecord, err error) {
	err = b.view(ctx, func(r Reader) error {
		queued, err := r.Payable(maxPayouts)
		if err != nil || len(queued) == 0 {
			return err
		}
		first := queued[0]
		batch = append(batch, first)
		for _, p := range queued[1:] {
			if !first.Alone && !p.Alone && p.From == first.From {
				batch = append(batch, p)
			}
		}
		return nil
	})
	return batch, err
}

// lookAtDestinations decides for each payout how it can be delivered, and parks those that cannot be.
func (b *Bank) lookAtDestinations(ctx context.Context, batch []*PayoutRecord) (ready []*PayoutRecord, err error) {
	var parked []*PayoutRecord
	for _, p := range batch {
		b.failpoint("destination:before-call")
		can, err := b.cfg.Rail.CanDeliver(ctx, p.Destination, p.Asset)
		b.failpoint("destination:after-call")
		if err != nil {
			return nil, err
		}
		switch {
		case can == NeedsMemo && p.Memo == "":
			p.State, p.Code = PayoutParked, "needs_memo"
			parked = append(parked, p)
			continue
		case can == NeedsClaim && p.From == FromReserve: // what the treasury pays into the reserve must arrive there
			p.Claimable = true
		}
		p.Create = can == NeedsAccount && !p.Claimable
		ready = append(ready, p)
	}
	if len(parked) == 0 {
		return ready, nil
	}
	return ready, b.update(ctx, "park", 1, func(s *session) error { return s.savePayouts(parked) })
}

// savePayouts changes payouts that were read as queued some time ago: an officer may have returned one since.
func (s *session) savePayouts(all []*PayoutRecord) error {
	for _, p := range all {
		now, err := s.tx.Payout(p.ID)
		if err != nil {
			return err
		}
		if now.State != PayoutQueued {
			return fmt.Errorf("anchor: payout %d is not queued any more", p.ID)
		}
		if err := s.tx.SavePayout(p); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) storeEnvelope(e Envelope, batch []*PayoutRecord) error {
	if _, err := s.tx.OpenEnvelope(); !errors.Is(err, ErrNoRecord) {
		return errors.Join(err, errors.New("anchor: another envelope is under way: only one process may settle"))
	}
	record := &EnvelopeRecord{Envelope: e, StoredAt: s.now}
	if err := s.tx.InsertEnvelope(record); err != nil {
		return err
	}
	for i, p := range batch {
		p.State, p.Envelope, p.Operation = PayoutSent, record.ID, int64(i)
	}
	return s.savePayouts(batch)
}

// submit sends the stored envelope, for the first time or again, and books what certainly became of it.
func (b *Bank) submit(ctx context.Context, e *EnvelopeRecord) (bool, error) {
	b.failpoint("submit:before-call")
	result, err := b.cfg.Rail.Submit(ctx, e.Envelope)
	b.failpoint("submit:after-call")
	if err == nil && (result.Verdict == Applied || result.Verdict == Rejected) {
		return true, b.conclude(ctx, e, result)
	}
	result, sure, lookErr := b.afterBounds(ctx, e)
	if lookErr != nil || !sure {
		return false, errors.Join(err, lookErr)
	}
	return true, b.conclude(ctx, e, result)
}

func (b *Bank) ledgerTime(ctx context.Context) (uint64, error) {
	b.failpoint("ledger-time:before-call")
	defer b.failpoint("ledger-time:after-call")
	return b.cfg.Rail.LedgerTime(ctx)
}

// afterBounds asks whether the envelope can still be applied. When the ledger's time is past its
// bounds, the ledger's word on it is final: applied, failed, or never.
func (b *Bank) afterBounds(ctx context.Context, e *EnvelopeRecord) (result Result, sure bool, err error) {
	at, err := b.ledgerTime(ctx)
	if err != nil {
		return Result{}, false, err
	}
	b.failpoint("lookup:before-call")
	result, err = b.cfg.Rail.Lookup(ctx, e.Hash)
	b.failpoint("lookup:after-call")
	if err != nil {
		return Result{}, false, err
	}
	sure = result.Verdict == Applied || result.Verdict == Rejected || at > e.MaxTime
	return result, sure, nil
}

// conclude books the end of an envelope.
func (b *Bank) conclude(ctx context.Context, e *EnvelopeRecord, result Result) error {
	return b.update(ctx, "settle", 1, func(s *session) error {
		open, err := s.tx.OpenEnvelope()
		if errors.Is(err, ErrNoRecord) || err == nil && open.ID != e.ID {
			return nil // concluded before
		}
		if err != nil {
			return err
		}
		batch, err := s.tx.PayoutsOf(e.ID)
		if err != nil {
			return err
		}
		for _, p := range batch {
			if result.Verdict == Applied {
				err = s.settled(p, e, result)
			} else {
				p.requeue(result, len(batch) == 1)
				err = s.tx.SavePayout(p)
			}
			if err != nil {
				return err
			}
		}
		return s.tx.CloseEnvelope(e.ID, result.Verdict, result.Code, s.now)
	})
}

func (s *session) settled(p *PayoutRecord, e *EnvelopeRecord, result Result) error {
	p.State, p.Transaction, p.Code = PayoutSettled, e.Hash, ""
	if p.Entry != 0 {
		p.Payout = &protocol.Payout{
			Anchor: s.b.charter.Anchor, Receipts: []protocol.Hash{p.Receipt}, Transaction: e.Hash,
			Operations: []uint32{uint32(p.Operation)}, At: max(result.At, 1), //nolint:gosec // below maxPayouts
		}
		s.b.seal(p.Payout)
		if err := s.tellPayout(p); err != nil {
			return err
		}
	}
	if p.From == FromReserve {
		h := ledger.Header{Asset: p.Asset, Time: s.now, Reference: p.reference()}
		if err := s.post(ledger.PayoutSettled(h, p.reference(), p.Amount)); err != nil {
			return err
		}
	}
	return s.tx.SavePayout(p)
}

// tellPayout tells whoever was paid, and whoever paid: for an unload they are the same.
func (s *session) tellPayout(p *PayoutRecord) error {
	r, err := s.tx.EntryByNumber(p.Entry)
	if err != nil {
		return err
	}
	if err := s.tx.Tell(p.Purse, EventPayout, p.ID); err != nil || r.Purse == p.Purse {
		return err
	}
	return s.tx.Tell(r.Purse, EventPayout, p.ID)
}

// requeue sends a payout around again after its envelope certainly was not applied. The operation that
// failed goes by itself from now on, as a claimable balance if a trustline is what it lacks; and by
// itself it is tried a few times only.
func (p *PayoutRecord) requeue(result Result, byItself bool) {
	code, failed := result.Failed[int(p.Operation)]
	p.State, p.Envelope = PayoutQueued, 0
	if result.Verdict != Rejected || result.Ledger == 0 && len(result.Failed) == 0 {
		return // never entered the ledger: nothing is known against it
	}
	switch {
	case failed:
		p.Alone, p.Code = true, code
		// Not so from the treasury: what it pays into the reserve must arrive there.
		lacksLine := code == "op_no_trust" || code == "op_not_authorized" || code == "op_line_full" ||
			code == "op_low_reserve" // too little to open an account with
		p.Claimable = p.Claimable || lacksLine && p.From == FromReserve
	case len(result.Failed) == 0 && byItself:
		p.Code = result.Code
	default:
		return // another's fault
	}
	p.Attempts++
	if p.Attempts >= maxAttempts {
		p.State = PayoutParked
	}
}

// RetryPayout queues a parked payout once more.
func (b *Bank) RetryPayout(ctx context.Context, id int64) error {
	return b.onPayout(ctx, id, func(s *session, p *PayoutRecord) error {
		if p.State != PayoutParked {
			return refuse(CodeBadRequest, "payout")
		}
		p.State, p.Attempts = PayoutQueued, 0
		return s.tx.SavePayout(p)
	})
}

// ReturnPayout gives what a parked payout cannot deliver back to its purse; or a queued one, when the purse was caught
// cheating since: it never goes out, and there are people whom the purse owes.
func (b *Bank) ReturnPayout(ctx context.Context, id int64) error {
	return b.onPayout(ctx, id, func(s *session, p *PayoutRecord) error {
		if p.Purse == 0 || p.From != FromReserve {
			return refuse(CodeBadRequest, "payout")
		}
		owner, err := s.purse(p.Purse)
		if err != nil {
			return err
		}
		if p.State != PayoutParked && (p.State != PayoutQueued || !owner.Contradicted) {
			return refuse(CodeBadRequest, "payout")
		}
		if err := s.post(ledger.PayoutFailed(s.header(owner, p.reference()), p.reference(), owner.ID, p.Amount, p.Fee)); err != nil {
			return err
		}
		p.State = PayoutReturned
		if err := s.credit(owner, p.Amount+p.Fee); err != nil {
			return err
		}
		return s.tx.SavePayout(p)
	})
}

func (b *Bank) onPayout(ctx context.Context, id int64, f func(*session, *PayoutRecord) error) error {
	return b.update(ctx, "payout", 1, func(s *session) error {
		p, err := s.tx.Payout(id)
		if err != nil {
			return unknown(err, CodeNotFound, "payout")
		}
		return f(s, p)
	})
}
