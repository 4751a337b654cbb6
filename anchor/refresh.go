package anchor

import (
	"context"
	"errors"
	"math"
	"slices"

	"kula/money"
	"kula/protocol"
)

// statement is a Statement on its way: looked up, its signatures judged.
type statement struct {
	entry *protocol.Entry
	hash  protocol.Hash
	purse int64
	held  bool
	err   error
}

func (b *Bank) verifyStatements(ctx context.Context, all []*statement) error {
	return b.view(ctx, func(r Reader) error {
		for _, st := range all {
			if _, err := b.entry(r, st.hash); err == nil {
				st.held = true
				continue
			} else if !errors.Is(err, ErrNoRecord) {
				return err
			}
			if st.err = b.checkStatement(r, st); st.err != nil && CodeOf(st.err) == "" {
				return st.err
			}
		}
		return nil
	})
}

// checkStatement finds the purse and judges the signatures of a Statement: one stands on a sheet, or,
// before the first, on the Enrolment.
func (b *Bank) checkStatement(r Reader, st *statement) error {
	p, base, err := b.foundation(r, st.entry.Sheet)
	if err != nil {
		return err
	}
	st.purse = p.Number
	if st.entry.Seq <= base.Seq || st.entry.Spent < base.Spent {
		return &protocol.Error{Code: protocol.CodeBehindBase, Where: "statement"}
	}
	if st.entry.Seq > math.MaxInt64 {
		return &protocol.Error{Code: protocol.CodeTooLarge, Where: "entry.seq"}
	}
	claims, err := st.entry.Claims(st.hash, &p.Enrolment.Quorum)
	if err != nil {
		return err
	}
	return judge(claims, "statement")
}

func (b *Bank) foundation(r Reader, h protocol.Hash) (*Purse, protocol.Base, error) {
	sheet, err := b.sheet(r, h)
	if err == nil {
		p, err := r.PurseByNumber(sheet.Purse)
		return p, sheet.Sheet.Base, err
	}
	if !errors.Is(err, ErrNoRecord) {
		return nil, protocol.Base{}, err
	}
	p, err := r.Purse(protocol.PurseID(h))
	if err != nil {
		return nil, protocol.Base{}, unknown(err, CodeUnknownSheet, "statement.sheet")
	}
	return p, protocol.Base{Seq: 0, Spent: p.Enrolment.Start}, nil
}

// accept takes in a Statement. The same one again finds the sheet it was given; an older one than the
// newest accepted changes nothing, for sheets are issued on the newest only.
func (s *session) accept(st *statement) error {
	if st.held {
		return nil
	}
	if _, err := s.tx.Entry(st.hash); !errors.Is(err, ErrNoRecord) {
		return err // brought just now, or the store failed
	}
	p, err := s.purse(st.purse)
	if err != nil {
		return err
	}
	if nonce := st.entry.Statement.Challenge; !nonce.IsZero() {
		if err := s.useChallenge(p, nonce); err != nil {
			return err
		}
	}
	r := &EntryRecord{Hash: st.hash, Purse: p.Number, Entry: st.entry, At: s.now}
	if err := s.contradictions(p, r); err != nil {
		return err
	}
	if err := s.tx.InsertEntry(r); err != nil {
		return err
	}
	if st.entry.Seq <= p.Base.Seq {
		return nil // sheets are issued on the newest only
	}
	p.Statement, p.StatementTime = st.hash, st.entry.Statement.Time
	p.Base = protocol.Base{Seq: st.entry.Seq, Spent: st.entry.Spent}
	p.Waiting = true
	s.touch(p)
	if err := s.lapseBelowSheets(p); err != nil {
		return err
	}
	return s.reconsider(p)
}

// standing says why the purse gets no sheet, if so.
func (p *Purse) standing() error {
	switch {
	case p.Contradicted:
		return refuse(CodeContradicted, "purse")
	case p.Revoked:
		return refuse(CodeRevoked, "purse")
	case p.Frozen:
		return refuse(CodeFrozen, "purse")
	}
	return nil
}

// standing also says that the bank does not serve the purse's currency any more: its money may still come
// and go, which must not fail for want of a sheet.
func (s *session) standing(p *Purse) error {
	if _, served := s.b.charter.Terms(p.Enrolment.Asset); !served {
		return &protocol.Error{Code: protocol.CodeWrongAsset, Where: "purse.asset"}
	}
	return p.standing()
}

// reconsider gives a waiting Statement its sheet if by now the income it counts on has been credited.
// Its asOf is taken anew, and is never before a bill whose income the sheet counts.
func (s *session) reconsider(p *Purse) error {
	if s.standing(p) != nil {
		return nil
	}
	available, err := s.available(p, p.Income)
	if err != nil || available < 0 {
		return err
	}
	p.AsOf = max(min(p.StatementTime, s.now), p.NewestIncome)
	p.LateIncome, p.Waiting = 0, false
	return s.issueSheet(p, available)
}

// freshen notes that a purse has more than its sheet says, by a load or a lapse: when the job is done
// it gets a fresh sheet without asking.
func (s *session) freshen(p *Purse) {
	s.cameIn(p)
	if !slices.Contains(s.fresh, p) {
		s.fresh = append(s.fresh, p)
	}
}

// freshSheets issues sheets on the same base and asOf, where there is more to say than before. Income on
// bills issued after asOf is never added: its owner may be spending it as backing.
func (s *session) freshSheets() error {
	for _, p := range s.fresh {
		if p.Statement.IsZero() || p.Waiting || s.standing(p) != nil {
			continue
		}
		available, err := s.available(p, p.Income-p.LateIncome)
		if err != nil {
			return err
		}
		held, err := s.tx.SheetOf(p.Statement)
		if err != nil {
			return err
		}
		if available <= held.Sheet.Available {
			continue
		}
		if err := s.issueSheet(p, available); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) issueSheet(p *Purse, available money.Amount) error {
	s.fresh = slices.DeleteFunc(slices.Clone(s.fresh), func(other *Purse) bool { return other == p })
	terms, ok := s.b.charter.Terms(p.Enrolment.Asset)
	if !ok {
		return &protocol.Error{Code: protocol.CodeWrongAsset, Where: "purse.asset"}
	}
	limits, _ := terms.Tier(p.Tier)
	life := s.b.charter.Lifetimes
	sheet := &protocol.Sheet{
		Anchor: s.b.charter.Anchor, Purse: p.ID, Account: p.Enrolment.Account, Quorum: p.Enrolment.Quorum,
		Asset: p.Enrolment.Asset, Available: available, Base: p.Base, AsOf: p.AsOf, Limits: limits,
		Kind: p.Enrolment.Kind, IssuedAt: s.now, ExpiresAt: s.now + life.Sheet, RedeemBy: s.now + life.Sheet + life.Redeem,
	}
	h := s.b.seal(sheet)
	p.RedeemBy = max(p.RedeemBy, sheet.RedeemBy)
	s.touch(p)
	record := &SheetRecord{Hash: h, Purse: p.Number, Statement: p.Statement, Sheet: sheet}
	if err := s.tx.InsertSheet(record); err != nil {
		return err
	}
	return s.tx.Tell(p.Number, EventSheet, record.Number)
}

// sheetFor answers a Statement: the newest sheet on it, or why there is none.
func (v *visit) sheetFor(r Reader, st *statement) (*SheetRecord, error) {
	sheet, err := r.SheetOf(st.hash)
	if err == nil {
		v.b.keepSheet(sheet)
		return sheet, nil
	}
	if !errors.Is(err, ErrNoRecord) {
		return nil, err
	}
	held, err := r.Entry(st.hash)
	if err != nil {
		return nil, err
	}
	p, err := r.PurseByNumber(held.Purse)
	if err != nil {
		return nil, err
	}
	if err := p.standing(); err != nil {
		return nil, err
	}
	if p.Statement != st.hash {
		return nil, refuse(CodeStale, "statement")
	}
	return nil, refuse(CodeStatementWaits, "statement")
}
