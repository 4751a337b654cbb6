package anchor

import (
	"context"
	"errors"
	"math"
	"slices"

	"kula/money"
	"kula/protocol"
)

// A purse that signed two entries which exclude each other has proved its own fraud. Whoever finds the
// two, the anchor among its entries or a phone that brings them, the consequence is one: the proof is
// kept with all that it needs, the purse gets no more sheets and no payouts, and the next notice names
// it. Its bills are redeemed all the same while its funds last, first come first served.

// condemn draws that consequence, once. The two entries are genuine and contradict each other.
func (s *session) condemn(p *Purse, first, second *protocol.Entry) error {
	switch _, err := s.tx.Fraud(p.Number); {
	case err == nil:
		return nil
	case !errors.Is(err, ErrNoRecord):
		return err
	}
	evidence, err := s.b.evidence(s.tx, p, first, second)
	if err != nil {
		return err
	}
	record := &FraudRecord{Purse: p.Number, Hash: evidence.Roots[0], At: s.now, Bundle: evidence.Encode()}
	if err := s.tx.InsertFraud(record); err != nil {
		return err
	}
	p.Contradicted = true
	s.cameIn(p) // its open entries are held to other rules now
	return s.nameRevoked(p)
}

// evidence is a proof with all that it needs for somebody who has the charter: the entries, the sheets
// they are written on as they stand in the store, and the Enrolment.
func (b *Bank) evidence(r Reader, p *Purse, first, second *protocol.Entry) (*protocol.Bundle, error) {
	out := protocol.NewBundle(b.net, p.Enrolment, first, second)
	for _, e := range []*protocol.Entry{first, second} {
		if e.Sheet == protocol.Hash(p.ID) {
			continue // a Statement before the first sheet
		}
		sheet, err := b.sheet(r, e.Sheet)
		if err != nil {
			return nil, unknown(err, CodeUnknownSheet, "fraudproof.sheet")
		}
		out.Add(sheet.Sheet)
	}
	out.AddRoot(protocol.NewFraudProof(b.net, p.ID, first, second))
	return out, nil
}

// accusation is a FraudProof on its way: judged before the writer sees it.
type accusation struct {
	hash          protocol.Hash
	proof         *protocol.FraudProof
	purse         int64
	first, second *protocol.Entry
	err           error
}

// maxAccusations bounds the proofs that one bundle may bring: each costs a dozen signatures.
const maxAccusations = 16

// sortAccusations finds the proofs in the bundle.
func (v *visit) sortAccusations() {
	for _, f := range protocol.All[*protocol.FraudProof](v.req.Bundle) {
		a := &accusation{hash: v.b.net.Hash(f), proof: f}
		if len(v.accusations) >= maxAccusations {
			a.err = refuse(CodeTooMany, "fraudproof")
		}
		v.accusations = append(v.accusations, a)
	}
}

// isEvidence reports whether an entry came as part of a proof: then its bill need not come along.
func (v *visit) isEvidence(h protocol.Hash) bool {
	return slices.ContainsFunc(v.accusations, func(a *accusation) bool { return a.proof.First == h || a.proof.Second == h })
}

// verifyAccusations judges them by the bundle's entries and what the anchor itself issued and enrolled.
func (v *visit) verifyAccusations(ctx context.Context) error {
	return v.b.view(ctx, func(r Reader) error {
		for _, a := range v.accusations {
			if a.err == nil {
				a.err = v.verifyAccusation(r, a)
			}
			if a.err != nil && CodeOf(a.err) == "" {
				return a.err
			}
		}
		return nil
	})
}

func (v *visit) verifyAccusation(r Reader, a *accusation) error {
	p, err := r.Purse(a.proof.Purse)
	if err != nil {
		return unknown(err, CodeUnknownPurse, "fraudproof.purse")
	}
	a.purse = p.Number
	if _, err := r.Fraud(p.Number); !errors.Is(err, ErrNoRecord) {
		return err // one proof is enough: another adds nothing, and is not worth the signatures
	}
	if a.first, err = v.accusedEntry(r, a.proof.First); err != nil {
		return err
	}
	if a.second, err = v.accusedEntry(r, a.proof.Second); err != nil {
		return err
	}
	evidence, err := v.b.evidence(r, p, a.first, a.second)
	if err != nil {
		return err
	}
	_, err = protocol.VerifyFraud(evidence, v.b.charter, a.proof)
	return err
}

// accusedEntry finds an entry of a proof beside it, or among those that were presented.
func (v *visit) accusedEntry(r Reader, h protocol.Hash) (*protocol.Entry, error) {
	if e, ok := protocol.Find[*protocol.Entry](v.req.Bundle, h); ok {
		return e, e.Check()
	}
	held, err := r.Entry(h)
	if errors.Is(err, ErrNoRecord) {
		return nil, &protocol.Error{Code: protocol.CodeMissingDocument, Where: "fraudproof.entry"}
	}
	if err != nil {
		return nil, err
	}
	return held.Entry, nil
}

// accuse draws the consequences, and says which proofs were taken.
func (v *visit) accuse(s *session) (here []protocol.Hash, err error) {
	for _, a := range v.accusations {
		if a.err != nil {
			continue
		}
		if a.first != nil { // else there is a proof against this purse already
			p, err := s.purse(a.purse)
			if err != nil {
				return nil, err
			}
			if err := s.condemn(p, a.first, a.second); err != nil {
				return nil, err
			}
		}
		here = append(here, a.hash)
	}
	return here, nil
}

// proof reads a stored proof.
func (b *Bank) proof(f *FraudRecord) (*protocol.Bundle, error) {
	return protocol.DecodeBundle(b.net, f.Bundle, protocol.NoContext, protocol.MailBounds)
}

// addProof puts a proof into a bundle.
func (b *Bank) addProof(out *protocol.Bundle, f *FraudRecord) error {
	proof, err := b.proof(f)
	if err != nil {
		return err
	}
	out.AddAll(proof)
	for _, d := range protocol.All[*protocol.FraudProof](proof) {
		out.AddRoot(d)
	}
	return nil
}

// addProofOf puts the proof against a payer beside a receipt that says its bill was not honoured.
func (v *visit) addProofOf(r Reader, e *EntryRecord) error {
	if e.Receipt == nil || e.Receipt.Outcome != protocol.Dishonoured {
		return nil
	}
	f, err := r.Fraud(e.Purse)
	if errors.Is(err, ErrNoRecord) {
		return nil
	}
	if err != nil {
		return err
	}
	return v.b.addProof(v.reply.Bundle, f)
}

// Bounds of the news.
const (
	maxProofs     = 8        // in one sync
	maxNews       = 64 << 10 // bytes of News
	maxNewsProofs = 40
)

// newProofs adds the newest proofs of a stretch of the feed.
func (v *visit) newProofs(r Reader, through int64) error {
	proofs, err := r.Frauds(v.req.After, through, maxProofs)
	if err != nil {
		return err
	}
	for _, f := range proofs {
		if err := v.b.addProof(v.reply.Bundle, f); err != nil {
			return err
		}
		v.reply.Cursor = max(v.reply.Cursor, f.Event)
	}
	return nil
}

// News is what everybody may know: the charter, the newest notice, and the newest proofs of fraud with all
// that they need, as many as fit into 64 KiB.
func (b *Bank) News(ctx context.Context) (*protocol.Bundle, error) {
	out := protocol.NewBundle(b.net)
	out.AddRoot(b.charter)
	err := b.view(ctx, func(r Reader) error {
		notice, err := r.Notice()
		if err != nil {
			return err
		}
		out.AddRoot(notice)
		proofs, err := r.Frauds(0, math.MaxInt64, maxNewsProofs)
		if err != nil {
			return err
		}
		size := len(out.Encode())
		for _, f := range proofs {
			if size += len(f.Bundle); size > maxNews { // together they are smaller, never larger
				break
			}
			if err := b.addProof(out, f); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// CaseView is a purse that was caught, for an officer.
type CaseView struct {
	Purse    protocol.PurseID   `json:"purse"`
	Account  protocol.AccountID `json:"account"`
	Name     string             `json:"name"`
	Asset    string             `json:"asset"`
	FoundAt  uint64             `json:"found_at"`
	Proof    protocol.Hash      `json:"proof"`
	AtBank   money.Amount       `json:"at_bank"`
	Waiting  money.Amount       `json:"funds_waiting"`
	Advanced money.Amount       `json:"advanced"` // by credit line and guarantee, and not paid back
	Evidence []byte             `json:"evidence"` // a bundle that convinces somebody who has nothing else
}

// Cases lists them, the newest first.
func (b *Bank) Cases(ctx context.Context) ([]CaseView, error) {
	var list []CaseView
	err := b.view(ctx, func(r Reader) error {
		proofs, err := r.Frauds(0, math.MaxInt64, maxListed)
		if err != nil {
			return err
		}
		for _, f := range proofs {
			c, err := b.caseOf(r, f)
			if err != nil {
				return err
			}
			list = append(list, *c)
		}
		return nil
	})
	return list, err
}

// CasePage lists some of them, the newest first.
func (b *Bank) CasePage(ctx context.Context, before int64, limit int) (list []CaseView, next int64, err error) {
	limit = bounded(limit)
	err = b.view(ctx, func(r Reader) error {
		page, err := r.Frauds(0, fromNewest(before)-1, limit)
		if err != nil {
			return err
		}
		for _, f := range page {
			c, err := b.caseOf(r, f)
			if err != nil {
				return err
			}
			list = append(list, *c)
		}
		if len(page) == limit {
			next = page[limit-1].Event
		}
		return nil
	})
	return list, next, err
}

// Case is the one against a purse.
func (b *Bank) Case(ctx context.Context, purse protocol.PurseID) (c *CaseView, err error) {
	err = b.onPurse(ctx, purse, func(r Reader, p *Purse) error {
		f, err := r.Fraud(p.Number)
		if err != nil {
			return unknown(err, CodeNotFound, "case")
		}
		c, err = b.caseOf(r, f)
		return err
	})
	return c, err
}

func (b *Bank) caseOf(r Reader, f *FraudRecord) (*CaseView, error) {
	p, err := r.PurseByNumber(f.Purse)
	if err != nil {
		return nil, err
	}
	v, err := b.show(r, p)
	if err != nil {
		return nil, err
	}
	evidence := protocol.NewBundle(b.net, b.charter)
	if err := b.addProof(evidence, f); err != nil {
		return nil, err
	}
	return &CaseView{
		Purse: p.ID, Account: p.Enrolment.Account, Name: p.Name, Asset: v.Asset, FoundAt: f.At, Proof: f.Hash,
		AtBank: v.AtBank, Waiting: v.FundsWaiting, Advanced: p.Owing(), Evidence: evidence.Encode(),
	}, nil
}
