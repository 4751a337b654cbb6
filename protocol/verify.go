package protocol

import "kula/money"

// Verifier is what somebody who is shown a payment believes and holds. It needs no network.
type Verifier struct {
	Network Network
	Now     uint64
	// Margin is how long before its deadline a payment must reach this payee, in seconds.
	Margin uint64
	// Charter finds the charter of an anchor this payee trusts, already verified.
	Charter func(AccountID) (*Charter, bool)
	// Notice is the newest notice of an anchor, already verified; nil when there is none.
	Notice func(AccountID) *Notice
	// Entries lists the verified entries of a purse that are known here.
	Entries func(PurseID) []*Entry
}

// DefaultMargin is 14 days.
const DefaultMargin = 14 * 24 * 3600

// Verdict is what a payee shows before accepting.
type Verdict struct {
	Depth      int          // how far the money is from the bank: payments behind this one
	Deadline   uint64       // bring it to the bank before
	Guaranteed money.Amount // what the bank covers of this bill if something is wrong
}

// Verify judges a payment of a bundle at hop 0 and every hop behind it (docs/protocol.md, "What a
// payee checks"). That the bill is the payee's own and not yet paid is for its wallet to know.
// Rules come before cryptography: nothing is multiplied for a payment that would be refused anyway.
func (v *Verifier) Verify(b *Bundle, p *Payment) (*Verdict, error) {
	if err := checkEach(p.Sheet, p.Bill, p.Entry); err != nil {
		return nil, err
	}
	charter, err := v.checkSheet(p.Sheet)
	if err != nil {
		return nil, err
	}
	if p.Bill.Anchor != p.Sheet.Anchor {
		return nil, refuse(CodeWrongAnchor, "bill.anchor")
	}
	if err := p.CheckRules(); err != nil {
		return nil, err
	}
	terms, ok := charter.Terms(p.Bill.Asset)
	if !ok {
		return nil, refuse(CodeWrongAsset, "bill.asset")
	}
	if !p.Entry.Spend.Amount.MultipleOf(terms.Step) {
		return nil, refuse(CodeBelowStep, "entry.amount")
	}
	if err := v.checkDates(p); err != nil {
		return nil, err
	}
	if err := v.checkBacking(b, p); err != nil {
		return nil, err
	}
	if err := v.checkSignatures(charter, p); err != nil {
		return nil, err
	}
	if err := v.checkChain(charter, b, p); err != nil {
		return nil, err
	}
	notice := v.Notice(p.Sheet.Anchor)
	return &Verdict{
		Deadline:   notice.Moment(p.Entry.Spend.Deadline),
		Guaranteed: min(p.Entry.Spend.Amount, notice.guaranteed(p.Sheet)),
	}, nil
}

// checkSheet is rule 2, signature aside.
func (v *Verifier) checkSheet(s *Sheet) (*Charter, error) {
	charter, ok := v.Charter(s.Anchor)
	if !ok {
		return nil, refuse(CodeUnknownAnchor, "sheet.anchor")
	}
	notice := v.Notice(s.Anchor)
	return charter, firstBroken(
		condition{v.Now < s.IssuedAt, CodeNotYetValid, "sheet"},
		condition{v.Now > notice.Moment(s.ExpiresAt), CodeExpired, "sheet"},
		condition{notice != nil && notice.revokes(s), CodeRevoked, "sheet"},
	)
}

func (n *Notice) revokes(s *Sheet) bool {
	if hasHash(n.RevokedPurses, Hash(s.Purse)) {
		return true
	}
	for _, signer := range s.Quorum.Signers {
		if hasHash(n.RevokedKeys, Hash(signer.Key)) {
			return true
		}
	}
	return false
}

func (n *Notice) guaranteed(s *Sheet) money.Amount {
	g := s.Limits.Guaranteed
	if n == nil {
		return g
	}
	for _, l := range n.Lowered {
		if l.Purse == s.Purse || l.Purse == (PurseID{}) {
			g = min(g, l.Guaranteed)
		}
	}
	return g
}

// checkDates is rule 6: time enough left to bring it in. The bill and the sheet need no look of their
// own: CheckRules saw that the deadline is not after theirs.
func (v *Verifier) checkDates(p *Payment) error {
	notice := v.Notice(p.Sheet.Anchor)
	deadline := notice.Moment(p.Entry.Spend.Deadline)
	return firstBroken(
		condition{deadline < v.Now, CodeExpired, "entry.deadline"},
		condition{deadline-v.Now < v.Margin, CodeDeadlineTooNear, "entry.deadline"},
	)
}

// checkBacking is rule 5: what the sheet does not cover must be covered by income shown in the bundle.
// Payments with backing are not accepted yet.
func (v *Verifier) checkBacking(_ *Bundle, p *Payment) error {
	return firstBroken(condition{p.Need() > 0, CodeNotEnough, "payment"})
}

// checkChain is the last part of rule 4: the entry agrees with every entry of its purse known here,
// those in the bundle included.
func (v *Verifier) checkChain(charter *Charter, b *Bundle, p *Payment) error {
	for _, other := range v.Entries(p.Sheet.Purse) {
		if !Compatible(p.Entry, other, p.EntryHash, v.Network.Hash(other)) {
			return refuse(CodeIncompatible, "entry")
		}
	}
	for _, it := range b.items {
		other, ok := it.doc.(*Entry)
		if ok && !Compatible(p.Entry, other, p.EntryHash, it.hash) && v.signedBy(charter, b, p, other, it.hash) {
			return refuse(CodeIncompatible, "entry")
		}
	}
	return nil
}

// signedBy reports whether an entry is the word of the payment's purse: written on the same sheet, on
// another one of that purse in the bundle, or before the first. Anything less is an accusation without
// proof, and is ignored.
func (v *Verifier) signedBy(charter *Charter, b *Bundle, p *Payment, e *Entry, h Hash) bool {
	quorum := &p.Sheet.Quorum
	if e.Sheet != p.SheetHash && e.Sheet != Hash(p.Sheet.Purse) {
		sheet, ok := Find[*Sheet](b, e.Sheet)
		if !ok || sheet.Purse != p.Sheet.Purse || charter.VerifyIssued(v.Network, sheet) != nil {
			return false
		}
		quorum = &sheet.Quorum
	}
	claims, err := e.Claims(h, quorum)
	return err == nil && len(VerifyAll(claims)) == 0
}

func (v *Verifier) checkSignatures(charter *Charter, p *Payment) error {
	sheet, err := charter.Claim(p.SheetHash, p.Sheet)
	if err != nil {
		return err
	}
	claims, err := p.Claims()
	if err != nil {
		return err
	}
	return judge(append(claims, sheet), "payment")
}

func hasKey(keys []Key, k Key) bool {
	for _, x := range keys {
		if x == k {
			return true
		}
	}
	return false
}

func (n *Notice) revoked(card Hash, k Key) bool {
	return n != nil && (hasHash(n.RevokedCards, card) || hasHash(n.RevokedKeys, Hash(k)))
}

func hasHash(set []Hash, h Hash) bool {
	for _, x := range set {
		if x == h {
			return true
		}
	}
	return false
}
