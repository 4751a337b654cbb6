package anchor

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"

	"kula/protocol"
)

// AccountSigner is a signer of a Stellar account.
type AccountSigner struct {
	Key    protocol.Key
	Weight uint32
}

// AccountAuth says who may sign for a Stellar account, as the ledger has it. An account that is not on
// the ledger has its master key alone, with weight and threshold 1.
type AccountAuth struct {
	Account         protocol.AccountID
	Signers         []AccountSigner
	MediumThreshold uint32
}

// claims are an Enrolment's account signatures, after counting that they reach the medium threshold.
func (a *AccountAuth) claims(e *protocol.Enrolment, h protocol.Hash) ([]protocol.Claim, error) {
	var claims []protocol.Claim
	weight := uint64(0)
	for i, s := range e.AccountSignatures {
		place := slices.IndexFunc(a.Signers, func(x AccountSigner) bool { return x.Key == s.Key })
		repeated := i > 0 && e.AccountSignatures[i-1].Key == s.Key
		if place < 0 || repeated {
			return nil, refuse(CodeBadAccount, "enrolment.account_signatures")
		}
		weight += uint64(a.Signers[place].Weight)
		claims = append(claims, protocol.Claim{Key: s.Key, Hash: h, Signature: s.Signature})
	}
	if a.Account != e.Account || weight < uint64(max(1, a.MediumThreshold)) {
		return nil, refuse(CodeBadAccount, "enrolment.account_signatures")
	}
	return claims, nil
}

// Enrol opens a purse, or finds the one that this same Enrolment opened before. The account was
// authenticated by the caller (SEP-10); its signers' agreement and every device's possession are
// checked here. The bundle holds the Enrolment, its Card, the Charter and the Notice.
func (b *Bank) Enrol(ctx context.Context, auth AccountAuth, e *protocol.Enrolment, name string) (*protocol.Bundle, error) {
	h := b.net.Hash(e)
	if err := b.checkEnrolment(&auth, e, h); err != nil {
		return nil, err
	}
	var p *Purse
	err := b.update(ctx, "enrol", 1, func(s *session) (err error) {
		p, err = s.enrol(e, h, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	return b.welcome(ctx, p)
}

func (b *Bank) checkEnrolment(auth *AccountAuth, e *protocol.Enrolment, h protocol.Hash) error {
	if err := e.Check(); err != nil {
		return err
	}
	if e.Anchor != b.charter.Anchor {
		return &protocol.Error{Code: protocol.CodeWrongAnchor, Where: "enrolment.anchor"}
	}
	if _, ok := b.charter.Terms(e.Asset); !ok {
		return &protocol.Error{Code: protocol.CodeWrongAsset, Where: "enrolment.asset"}
	}
	if e.Account == b.charter.Anchor || e.Account == b.charter.Deposit || e.Account == b.cfg.Treasury {
		return refuse(CodeBadAccount, "enrolment.account")
	}
	for _, k := range b.charter.Keys {
		if e.Quorum.Has(k.Key) {
			return refuse(CodeKeyTaken, "enrolment.signers")
		}
	}
	claims, err := e.DeviceClaims(h)
	if err != nil {
		return err
	}
	byAccount, err := auth.claims(e, h)
	if err != nil {
		return err
	}
	return judge(append(claims, byAccount...), "enrolment")
}

func judge(claims []protocol.Claim, where string) error {
	if bad := protocol.VerifyAll(claims); len(bad) > 0 {
		return falseClaim(&claims[bad[0]], where)
	}
	return nil
}

func falseClaim(c *protocol.Claim, where string) error {
	code := protocol.CodeBadSignature
	if protocol.CheckKey(c.Key) != nil {
		code = protocol.CodeBadKey
	}
	return &protocol.Error{Code: code, Where: where}
}

func (s *session) enrol(e *protocol.Enrolment, h protocol.Hash, name string) (*Purse, error) {
	p, err := s.tx.Purse(protocol.PurseID(h))
	if !errors.Is(err, ErrNoRecord) {
		return p, err
	}
	for _, signer := range e.Quorum.Signers {
		// A device key signs for one purse in the world, ever.
		if _, err := s.tx.PurseByKey(signer.Key); !errors.Is(err, ErrNoRecord) {
			return nil, errors.Join(err, refuse(CodeKeyTaken, "enrolment.signers"))
		}
	}
	if name == "" {
		text := e.Account.String()
		name = text[:6] + "…" + text[len(text)-6:]
	}
	p = &Purse{ID: protocol.PurseID(h), Enrolment: e, Name: name, EnrolledAt: s.now, Tier: s.b.cfg.Tier, Base: protocol.Base{Spent: e.Start}}
	terms, _ := s.b.charter.Terms(e.Asset)
	if _, ok := terms.Tier(p.Tier); !ok {
		p.Tier = terms.Tiers[0].Name
	}
	if p.Reference, err = s.newReference(); err != nil {
		return nil, err
	}
	if err := s.tx.InsertPurse(p); err != nil {
		return nil, err
	}
	s.purses[p.Number] = p
	if err := s.issueCard(p); err != nil {
		return nil, err
	}
	return p, s.findWaiting(p)
}

// newReference draws the number by which a purse is loaded. It is random, so that a slip of the pen
// does not pay a neighbour, and below 2⁵³, so that no spreadsheet rounds it.
func (s *session) newReference() (uint64, error) {
	for {
		var raw [8]byte
		if err := s.b.random(raw[:]); err != nil {
			return 0, err
		}
		reference := binary.BigEndian.Uint64(raw[:])>>11 | 1<<40
		if _, err := s.tx.PurseByReference(reference); errors.Is(err, ErrNoRecord) {
			return reference, nil
		} else if err != nil {
			return 0, err
		}
	}
}

func (s *session) issueCard(p *Purse) error {
	c := &protocol.Card{
		Anchor: s.b.charter.Anchor, Account: p.Enrolment.Account, Name: p.Name,
		NotBefore: s.now, NotAfter: s.now + s.b.charter.Lifetimes.Card,
	}
	for _, signer := range p.Enrolment.Quorum.Signers {
		c.Keys = append(c.Keys, signer.Key)
	}
	slices.SortFunc(c.Keys, func(a, b protocol.Key) int { return slices.Compare(a[:], b[:]) })
	if err := c.Check(); err != nil {
		return err
	}
	if err := s.tx.InsertCard(p.Number, s.b.seal(c), c); err != nil {
		return err
	}
	return s.tx.Tell(p.Number, EventCard, p.Number)
}

// findWaiting gives a new purse the payments that came before it was enrolled.
func (s *session) findWaiting(p *Purse) error {
	for _, signer := range p.Enrolment.Quorum.Signers {
		waiting, err := s.tx.OpenByKey(signer.Key)
		if err != nil {
			return err
		}
		for _, r := range waiting {
			if !p.takes(r.Bill) {
				continue
			}
			if err := s.tx.SetPayee(r.Number, p.Number); err != nil {
				return err
			}
			payer, err := s.purse(r.Purse)
			if err != nil {
				return err
			}
			s.cameIn(payer)
		}
	}
	return nil
}

// takes reports whether a bill's money may go to the purse: only where its anchor, payee, payee key
// and asset say.
func (p *Purse) takes(b *protocol.Bill) bool {
	e := p.Enrolment
	return b.Anchor == e.Anchor && b.Payee == e.Account && b.Asset == e.Asset && e.Quorum.Has(b.PayeeKey)
}

func (b *Bank) welcome(ctx context.Context, p *Purse) (*protocol.Bundle, error) {
	out := protocol.NewBundle(b.net, b.charter)
	out.AddRoot(p.Enrolment)
	return out, b.view(ctx, func(r Reader) error {
		card, err := r.Card(p.Number)
		if err != nil {
			return err
		}
		notice, err := r.Notice()
		if err != nil {
			return err
		}
		out.Add(card)
		out.Add(notice)
		return nil
	})
}

// Enrolment is what opened a purse: whose devices may speak for it.
func (b *Bank) Enrolment(ctx context.Context, id protocol.PurseID) (*protocol.Enrolment, error) {
	var e *protocol.Enrolment
	err := b.view(ctx, func(r Reader) error {
		p, err := r.Purse(id)
		if err != nil {
			return unknown(err, CodeUnknownPurse, "purse")
		}
		e = p.Enrolment
		return nil
	})
	return e, err
}

// Challenge is a nonce of the anchor's, for one Statement or one authentication of a device.
type Challenge struct {
	Nonce   protocol.Hash
	Expires uint64
	Time    uint64 // the anchor's clock
}

// Challenge makes one.
func (b *Bank) Challenge(ctx context.Context, id protocol.PurseID) (Challenge, error) {
	var c Challenge
	if err := b.random(c.Nonce[:]); err != nil {
		return c, err
	}
	err := b.update(ctx, "challenge", 1, func(s *session) error {
		p, err := s.purseByID(id)
		if err != nil {
			return err
		}
		c.Time, c.Expires = s.now, s.now+s.b.charter.Lifetimes.Challenge
		return s.tx.InsertChallenge(c.Nonce, p.Number, c.Expires)
	})
	return c, err
}

// UseChallenge uses up a nonce and returns the Enrolment of the purse it was made for: its first
// signer must have signed Network.DeviceAuthHash of the two.
func (b *Bank) UseChallenge(ctx context.Context, id protocol.PurseID, nonce protocol.Hash) (*protocol.Enrolment, error) {
	var e *protocol.Enrolment
	err := b.update(ctx, "authenticate", 1, func(s *session) error {
		p, err := s.purseByID(id)
		if err != nil {
			return err
		}
		e = p.Enrolment
		return s.useChallenge(p, nonce)
	})
	return e, err
}

func (s *session) useChallenge(p *Purse, nonce protocol.Hash) error {
	live, err := s.tx.TakeChallenge(nonce, p.Number, s.now)
	if err == nil && !live {
		return refuse(CodeBadChallenge, "challenge")
	}
	return err
}
