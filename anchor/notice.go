package anchor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
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
	next.Extensions = s.remembered(next.Extensions)
	if err := f(next); err != nil {
		return err
	}
	var err error
	if next.RevokedPurses, err = s.named(next.RevokedPurses); err != nil {
		return err
	}
	if err := next.Check(); err != nil {
		return fmt.Errorf("anchor: notice: %w", err)
	}
	s.notice = next
	return s.tx.InsertNotice(s.b.seal(next), next)
}

// named are the revoked purses that a notice has to name: those with a sheet that has not expired beyond
// what an extension could bring back. When there are too many, those whose sheets end first are left out.
func (s *session) named(revoked []protocol.Hash) ([]protocol.Hash, error) {
	ends := map[protocol.Hash]uint64{}
	for _, h := range revoked {
		p, err := s.purseByID(protocol.PurseID(h))
		if err != nil {
			return nil, err
		}
		sheet, err := s.tx.NewestSheet(p.Number)
		switch {
		case errors.Is(err, ErrNoRecord):
			ends[h] = 0 // never had one: named while there is room
		case err != nil:
			return nil, err
		case !s.over(sheet.Sheet.ExpiresAt):
			ends[h] = sheet.Sheet.ExpiresAt
		}
	}
	byHash := func(a, b protocol.Hash) int { return slices.Compare(a[:], b[:]) }
	all := slices.SortedFunc(maps.Keys(ends), byHash)
	slices.SortStableFunc(all, func(a, b protocol.Hash) int { return cmp.Compare(ends[b], ends[a]) })
	all = all[:min(len(all), protocol.MaxRevoked)]
	slices.SortFunc(all, byHash)
	return all, nil
}

// remembered are the extensions that still matter: no sheet from before their end can be redeemed once
// they are forgotten.
func (s *session) remembered(all []protocol.Extension) []protocol.Extension {
	life := s.b.charter.Lifetimes
	since := s.lastMoment() - min(s.lastMoment(), life.Sheet+life.Redeem)
	return slices.DeleteFunc(slices.Clone(all), func(x protocol.Extension) bool { return x.To < since })
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
			if n.Check() != nil {                                                                                          // they overlap, or are too many
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
