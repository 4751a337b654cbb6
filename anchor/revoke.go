package anchor

import (
	"context"
	"slices"

	"kula/protocol"
)

// A phone that was lost, stolen or restored is at its end: its chain is never continued, for nobody can
// know the end of it. Its purse gets no more sheets, and notices spread the word. Who has not heard yet is
// paid while funds last; what is left when its last sheet can no longer be redeemed goes to the purse of
// the new phone.

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
		return s.revoke(p, successor)
	})
}

// RevokeOwn is Revoke by the account itself, from any device, with the agreement of the account's own
// signers. The successor must be a purse of the same account, and who has one keeps it: whoever finds the
// words on paper later cannot turn away what the bank has promised to somebody.
func (b *Bank) RevokeOwn(ctx context.Context, auth AccountAuth, purse, successor protocol.PurseID) error {
	return b.update(ctx, "revoke", 1, func(s *session) error {
		p, err := s.ownPurse(&auth, purse)
		if err != nil {
			return err
		}
		if successor == (protocol.PurseID{}) {
			return s.revoke(p, successor)
		}
		to, err := s.ownPurse(&auth, successor)
		if err != nil {
			return err
		}
		if p.Successor != 0 && p.Successor != to.Number {
			return refuse(CodeRevoked, "successor")
		}
		return s.revoke(p, successor)
	})
}

func (s *session) ownPurse(auth *AccountAuth, id protocol.PurseID) (*Purse, error) {
	p, err := s.purseByID(id)
	if err == nil && p.Enrolment.Account != auth.Account {
		return nil, refuse(CodeBadAccount, "purse")
	}
	return p, err
}

func (s *session) revoke(p *Purse, successor protocol.PurseID) error {
	if err := s.nameSuccessor(p, successor); err != nil {
		return err
	}
	s.touch(p)
	if p.Revoked {
		return nil
	}
	p.Revoked = true
	return s.nameRevoked(p)
}

// PursesOf shows an account all its purses: who has lost a phone need not know its purse by heart.
func (b *Bank) PursesOf(ctx context.Context, account protocol.AccountID) ([]PurseView, error) {
	var list []PurseView
	err := b.view(ctx, func(r Reader) error {
		purses, err := r.PursesOf(account)
		for _, p := range purses {
			v, err := b.show(r, p)
			if err != nil {
				return err
			}
			list = append(list, *v)
		}
		return err
	})
	return list, err
}

func (s *session) nameSuccessor(p *Purse, successor protocol.PurseID) error {
	if successor == (protocol.PurseID{}) {
		return nil
	}
	if err := s.closed(p, "successor"); err != nil {
		return err
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

// nameRevoked issues a notice that names a purse, unless the newest one does.
func (s *session) nameRevoked(p *Purse) error {
	byHash := func(a, b protocol.Hash) int { return slices.Compare(a[:], b[:]) }
	if s.notice != nil && slices.Contains(s.notice.RevokedPurses, protocol.Hash(p.ID)) {
		return nil
	}
	return s.renotice(func(n *protocol.Notice) error {
		n.RevokedPurses = append(slices.Clone(n.RevokedPurses), protocol.Hash(p.ID))
		slices.SortFunc(n.RevokedPurses, byHash)
		return nil
	})
}
