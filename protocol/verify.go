package protocol

import (
	"kula/money"
)

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
	// Entries lists the verified entries known here of the purse that a sheet is for. A purse is known by its
	// anchor and its id: of purses at another anchor no bank can say anything.
	Entries func(*Sheet) []*Entry
	// Condemned reports whether a proof of fraud against a sheet's purse is held here; nil: none is.
	Condemned func(*Sheet) bool
}

// DefaultMargin is 14 days.
const DefaultMargin = 14 * 24 * 3600

// Verdict is what a payee shows before accepting.
type Verdict struct {
	Depth      int          // how far the money is from the bank: payments behind this one
	Deadline   uint64       // bring it to the bank before
	Guaranteed money.Amount // what the bank covers of this bill if something is wrong
	Behind     []Hash       // the documents of the payments behind this one, ascending: to be kept with it
}

// Verify judges a payment of a bundle and every payment behind it (docs/protocol.md, "What a payee
// checks"). That the bill is the payee's own and not yet paid is for its wallet to know. Rules come
// before cryptography: nothing is multiplied for a payment that would be refused anyway.
func (v *Verifier) Verify(b *Bundle, p *Payment) (*Verdict, error) {
	g, err := v.examine(b, p)
	if err != nil {
		return nil, err
	}
	used := g.used()
	if err := v.checkSignatures(used); err != nil {
		return nil, err
	}
	judged := map[Hash]bool{}
	for _, h := range used {
		if err := v.checkChain(b, h, judged); err != nil {
			return nil, err
		}
	}
	return v.verdict(g, used), nil
}

// Examine is Verify without signatures and without what is known of the chains: what a payer asks itself
// before it signs.
func (v *Verifier) Examine(b *Bundle, p *Payment) (*Verdict, error) {
	g, err := v.examine(b, p)
	if err != nil {
		return nil, err
	}
	return v.verdict(g, g.used()), nil
}

func (v *Verifier) examine(b *Bundle, p *Payment) (*graph, error) {
	if b.Len() > PaymentBounds.Documents {
		return nil, refuse(CodeTooMany, "bundle")
	}
	charter, err := v.checkHop(p, v.Now)
	if err != nil {
		return nil, err
	}
	if err := v.checkDates(p); err != nil {
		return nil, err
	}
	root := &hop{Payment: p, charter: charter, need: p.Need(), maxDepth: int(p.Sheet.Limits.MaxDepth)}
	if root.good = root.need <= 0; root.good {
		return &graph{root: root}, nil
	}
	g := v.gather(b, root)
	return g, g.settle()
}

func (v *Verifier) verdict(g *graph, used []*hop) *Verdict {
	p := g.root.Payment
	notice := v.Notice(p.Sheet.Anchor)
	return &Verdict{
		Depth:      g.root.depth,
		Deadline:   notice.Moment(p.Entry.Spend.Deadline),
		Guaranteed: min(p.Entry.Spend.Amount, notice.Guaranteed(p.Sheet)),
		Behind:     documentsOf(used[1:]),
	}
}

// checkSheet is rule 2, signature aside: the sheet could be used at time t. One that was issued after a
// bill was made may pay it.
func (v *Verifier) checkSheet(s *Sheet, t uint64) (*Charter, error) {
	charter, ok := v.Charter(s.Anchor)
	if !ok {
		return nil, refuse(CodeUnknownAnchor, "sheet.anchor")
	}
	notice := v.Notice(s.Anchor)
	return charter, firstBroken(
		condition{v.Now < s.IssuedAt, CodeNotYetValid, "sheet"},
		condition{t > notice.Moment(s.ExpiresAt), CodeExpired, "sheet"},
		condition{notice != nil && notice.revokes(s), CodeRevoked, "sheet"},
		condition{v.Condemned != nil && v.Condemned(s), CodeCondemned, "sheet.purse"},
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

// Guaranteed is what the bank covers of one bill on a sheet: what the sheet says, or less if the notice lowered it.
// A nil notice lowers nothing.
func (n *Notice) Guaranteed(s *Sheet) money.Amount {
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

// Conflict is the refusal of a payment whose purse, or one behind it, has signed two entries that
// contradict each other. Both are genuine: they are the evidence.
type Conflict struct {
	Purse         PurseID
	First, Second *Entry
}

func (c *Conflict) Error() string { return "entry: " + CodeIncompatible.Error() }

// Unwrap lets errors.Is and CodeOf find the code.
func (c *Conflict) Unwrap() error { return CodeIncompatible }

// checkChain is the last part of rule 4, and rule 7: the entry agrees with every entry of its purse known
// here, those in the bundle included. The entry's own signatures were judged before. Each entry of the
// bundle is judged once, however many it contradicts.
func (v *Verifier) checkChain(b *Bundle, h *hop, judged map[Hash]bool) error {
	if h.receipt != nil {
		return nil // the anchor has judged it
	}
	p := h.Payment
	for _, other := range v.Entries(p.Sheet) {
		if !Compatible(p.Entry, other, p.EntryHash, v.Network.Hash(other)) {
			return &Conflict{p.Sheet.Purse, p.Entry, other}
		}
	}
	for _, it := range b.items {
		other, ok := it.doc.(*Entry)
		if ok && !Compatible(p.Entry, other, p.EntryHash, it.hash) && v.signedBy(b, h, other, it.hash, judged) {
			return &Conflict{p.Sheet.Purse, p.Entry, other}
		}
	}
	return nil
}

// signedBy reports whether an entry is the word of the payment's purse: written on the same sheet, on
// another one of that purse in the bundle, or before the first. Anything less is an accusation without
// proof, and is ignored.
func (v *Verifier) signedBy(b *Bundle, h *hop, e *Entry, hash Hash, judged map[Hash]bool) bool {
	sheet, sheetHash := h.Sheet, h.SheetHash
	if e.Sheet != sheetHash && e.Sheet != Hash(sheet.Purse) {
		other, ok := Find[*Sheet](b, e.Sheet)
		if !ok || other.Purse != sheet.Purse {
			return false
		}
		sheet, sheetHash = other, e.Sheet
	}
	good, known := judged[hash]
	if !known {
		issued, notIssued := h.charter.Claim(sheetHash, sheet)
		claims, notSigned := e.Claims(hash, &sheet.Quorum)
		good = notIssued == nil && notSigned == nil && judge(append(claims, issued), "entry") == nil
		judged[hash] = good
	}
	return good
}

// checkSignatures judges in one batch whatever the verdict rests on.
func (v *Verifier) checkSignatures(used []*hop) error {
	var claims []Claim
	sheets := map[Hash]bool{}
	for _, h := range used {
		own, err := v.claims(h, sheets)
		if err != nil {
			return err
		}
		claims = append(claims, own...)
	}
	return judge(claims, "payment")
}

// claims are the signatures that a hop needs; of a sheet only once.
func (v *Verifier) claims(h *hop, sheets map[Hash]bool) ([]Claim, error) {
	if h.receipt != nil {
		claim, err := h.charter.Claim(h.receipt.hash, h.receipt.Receipt)
		return []Claim{claim}, err
	}
	claims, err := h.Claims()
	if err != nil || sheets[h.SheetHash] {
		return claims, err
	}
	sheets[h.SheetHash] = true
	issued, err := h.charter.Claim(h.SheetHash, h.Sheet)
	return append(claims, issued), err
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
