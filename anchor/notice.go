package anchor

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"kula/protocol"
)

// noticeAge is after how long an unchanged notice is issued anew: its age is how a phone knows what
// it may have missed.
const noticeAge = 24 * 3600

// renotice issues the next notice, changed by f.
func (s *session) renotice(f func(*protocol.Notice) error) error {
	next := &protocol.Notice{Anchor: s.b.charter.Anchor}
	if s.notice != nil {
		*next = *s.notice
	}
	next.Epoch++
	next.Time = s.now
	next.CharterSerial = s.b.charter.Serial
	if err := f(next); err != nil {
		return err
	}
	if err := next.Check(); err != nil {
		return fmt.Errorf("anchor: notice: %w", err)
	}
	s.b.seal(next)
	s.notice = next
	return s.tx.InsertNotice(s.b.net.Hash(next), next)
}

func (s *session) keepNoticeFresh() (more bool, err error) {
	if s.notice != nil && s.notice.Time+noticeAge > s.now {
		return false, nil
	}
	return false, s.renotice(func(*protocol.Notice) error { return nil })
}

// Extend moves every expiry, deadline and lapse that falls in [from, to) to to: a cyclone. It must
// not reach back to dates whose grace is over, for what fell then may have lapsed already.
func (b *Bank) Extend(ctx context.Context, from, to uint64) error {
	return b.update(ctx, "extend", 1, func(s *session) error {
		if from >= to || from <= s.lastMoment() {
			return refuse(CodeBadRequest, "extension")
		}
		err := s.renotice(func(n *protocol.Notice) error {
			n.Extensions = append(slices.Clone(n.Extensions), protocol.Extension{From: from, To: to})
			slices.SortFunc(n.Extensions, func(a, b protocol.Extension) int { return int(int64(a.From) - int64(b.From)) }) //nolint:gosec // dates
			if n.Check() != nil {
				return refuse(CodeBadRequest, "extension")
			}
			return nil
		})
		if err != nil {
			return err
		}
		return s.considerAgain(to)
	})
}

// considerAgain takes up entries whose deadline may have moved: some are not late any more.
func (s *session) considerAgain(deadline uint64) error {
	moved, err := s.tx.OpenUntil(deadline, math.MaxInt32)
	if err != nil {
		return err
	}
	for _, r := range moved {
		p, err := s.purse(r.Purse)
		if err != nil {
			return err
		}
		s.cameIn(p)
	}
	return nil
}

// Revoke ends a purse for another: it gets no more sheets, the next notice names it, and what it
// never spends goes to its successor once its last sheet can no longer be redeemed. The successor
// may be named later; it must be of the same account or replace it in the bank's own judgement, and
// of the same asset.
func (b *Bank) Revoke(ctx context.Context, purse, successor protocol.PurseID) error {
	return b.update(ctx, "revoke", 1, func(s *session) error {
		p, err := s.purseByID(purse)
		if err != nil {
			return err
		}
		if err := s.nameSuccessor(p, successor); err != nil {
			return err
		}
		s.touch(p)
		if p.Revoked {
			return nil
		}
		p.Revoked = true
		return s.renotice(func(n *protocol.Notice) error {
			n.RevokedPurses = append(slices.Clone(n.RevokedPurses), protocol.Hash(purse))
			slices.SortFunc(n.RevokedPurses, func(a, b protocol.Hash) int { return slices.Compare(a[:], b[:]) })
			return nil
		})
	})
}

func (s *session) nameSuccessor(p *Purse, successor protocol.PurseID) error {
	if successor == (protocol.PurseID{}) {
		return nil
	}
	to, err := s.purseByID(successor)
	if err != nil {
		return err
	}
	if to == p || to.Enrolment.Asset != p.Enrolment.Asset || to.Revoked {
		return refuse(CodeBadRequest, "successor")
	}
	p.Successor = to.Number
	return nil
}

// Freeze stops a purse's sheets and payouts. Its bills are redeemed all the same, while its funds last.
func (b *Bank) Freeze(ctx context.Context, purse protocol.PurseID) error {
	return b.setFrozen(ctx, purse, true)
}

// Unfreeze lets them go on.
func (b *Bank) Unfreeze(ctx context.Context, purse protocol.PurseID) error {
	return b.setFrozen(ctx, purse, false)
}

func (b *Bank) setFrozen(ctx context.Context, purse protocol.PurseID, frozen bool) error {
	return b.update(ctx, "freeze", 1, func(s *session) error {
		p, err := s.purseByID(purse)
		if err != nil {
			return err
		}
		p.Frozen = frozen
		s.freshen(p) // a Statement may have waited, and loads have come in
		return nil
	})
}

// SetTier gives a purse other limits, from its next sheet on.
func (b *Bank) SetTier(ctx context.Context, purse protocol.PurseID, tier string) error {
	return b.update(ctx, "tier", 1, func(s *session) error {
		p, err := s.purseByID(purse)
		if err != nil {
			return err
		}
		terms, ok := b.charter.Terms(p.Enrolment.Asset)
		if !ok {
			return errors.Join(refuse(CodeBadRequest, "tier"), protocol.CodeWrongAsset)
		}
		if _, ok := terms.Tier(tier); !ok {
			return refuse(CodeBadRequest, "tier")
		}
		p.Tier = tier
		s.touch(p)
		return nil
	})
}
