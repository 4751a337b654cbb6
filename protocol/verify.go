package protocol

import "kula/money"

// Payment is one entry with the documents it stands on.
type Payment struct {
	Entry     *Entry
	EntryHash Hash
	Sheet     *Sheet
	SheetHash Hash
	Bill      *Bill
	BillHash  Hash
}

// PaymentOf finds the parts of a payment in a bundle, and those the holder has already by lookup.
func (b *Bundle) PaymentOf(entry Hash, lookup Lookup) (*Payment, error) {
	e, ok := Find[*Entry](b, entry)
	if !ok || e.Kind != SpendKind {
		return nil, refuse(CodeMissingDocument, "payment.entry")
	}
	sheet, ok := findOrHeld[*Sheet](b, e.Sheet, lookup)
	if !ok {
		return nil, refuse(CodeMissingDocument, "payment.sheet")
	}
	bill, ok := findOrHeld[*Bill](b, e.Spend.Bill, lookup)
	if !ok {
		return nil, refuse(CodeMissingDocument, "payment.bill")
	}
	return &Payment{Entry: e, EntryHash: entry, Sheet: sheet, SheetHash: e.Sheet, Bill: bill, BillHash: e.Spend.Bill}, nil
}

func findOrHeld[D Document](b *Bundle, h Hash, lookup Lookup) (D, bool) {
	if d, ok := Find[D](b, h); ok {
		return d, true
	}
	d, _ := lookup(h)
	typed, ok := d.(D)
	return typed, ok
}

// CheckRules holds the payment against the rules that need neither a clock nor a charter: rules 3, 4
// and 6 of docs/protocol.md, "What a payee checks". The anchor and every payee run it. Whether there
// is enough is Need's to say.
func (p *Payment) CheckRules() error {
	e, s, b := p.Entry, p.Sheet, p.Bill
	spent, err := e.Spent.Sub(s.Base.Spent)
	if err != nil {
		return refuse(CodeOverflow, "entry.spent")
	}
	return firstBroken(
		condition{e.Sheet != p.SheetHash, CodeWrongReference, "entry.sheet"},
		condition{e.Kind != SpendKind || e.Spend.Bill != p.BillHash, CodeWrongReference, "entry.bill"},
		condition{b.Payer != AccountID{} && b.Payer != s.Account, CodeWrongPayer, "bill.payer"},
		condition{b.Asset != s.Asset, CodeWrongAsset, "bill.asset"},
		condition{b.Amount != 0 && b.Amount != e.Spend.Amount, CodeWrongAmount, "entry.amount"},
		condition{e.Spend.Amount > s.Limits.PerBill, CodeOverBillLimit, "entry.amount"},
		condition{spent > s.Limits.MaxSpend, CodeOverSpendLimit, "entry.spent"},
		condition{e.Seq <= s.Base.Seq, CodeBehindBase, "entry.seq"},
		condition{e.Spent-e.Spend.Amount < s.Base.Spent, CodeBehindBase, "entry.spent"},
		condition{e.Spend.Deadline > s.RedeemBy || e.Spend.Deadline > b.ExpiresAt, CodeDeadlineTooLate, "entry.deadline"},
	)
}

// Need is how much of the payment must come from income behind it: what is spent on the sheet beyond
// its Available. Zero or less: the sheet alone covers it.
func (p *Payment) Need() money.Amount {
	return p.Entry.Spent - p.Sheet.Base.Spent - p.Sheet.Available // CheckRules saw that it does not overflow
}

// Claims are the signatures of the payer's devices and of the payee, after counting that the devices
// reach the threshold. The sheet's own is the charter's to judge: Charter.Claim.
func (p *Payment) Claims() ([]Claim, error) {
	claims, err := p.Entry.Claims(p.EntryHash, &p.Sheet.Quorum)
	if err != nil {
		return nil, err
	}
	return append(claims, Claim{p.Bill.PayeeKey, p.BillHash, p.Bill.Signature}), nil
}

// Claims are the entry's signatures under a purse's quorum. It fails with CodeBelowThreshold unless
// their weights, each signer counted once, reach the threshold and the first signer is among them.
func (e *Entry) Claims(h Hash, q *Quorum) ([]Claim, error) {
	claims := make([]Claim, 0, len(e.Signatures)+1)
	weight := uint32(0)
	for i, s := range e.Signatures {
		if int(s.Index) >= len(q.Signers) || i > 0 && s.Index <= e.Signatures[i-1].Index {
			return nil, refuse(CodeWrongReference, "entry.signatures")
		}
		signer := q.Signers[s.Index]
		weight += signer.Weight
		claims = append(claims, Claim{signer.Key, h, s.Signature})
	}
	if weight < q.Threshold || len(claims) == 0 || e.Signatures[0].Index != 0 {
		return nil, refuse(CodeBelowThreshold, "entry.signatures")
	}
	return claims, nil
}

// DeviceClaims are the signatures of every device on an Enrolment: possession. All must be there.
func (e *Enrolment) DeviceClaims(h Hash) ([]Claim, error) {
	if len(e.DeviceSignatures) != len(e.Quorum.Signers) {
		return nil, refuse(CodeBelowThreshold, "enrolment.device_signatures")
	}
	claims := make([]Claim, 0, len(e.DeviceSignatures))
	for i, s := range e.DeviceSignatures {
		if int(s.Index) != i {
			return nil, refuse(CodeWrongReference, "enrolment.device_signatures")
		}
		claims = append(claims, Claim{e.Quorum.Signers[i].Key, h, s.Signature})
	}
	return claims, nil
}

// Issued is a document signed by an anchor's issuing key.
type Issued interface {
	Document
	issued() (anchor AccountID, at uint64, seal *IssuerSignature)
}

func (d *Card) issued() (AccountID, uint64, *IssuerSignature) {
	return d.Anchor, d.NotBefore, &d.Signature
}
func (s *Sheet) issued() (AccountID, uint64, *IssuerSignature) {
	return s.Anchor, s.IssuedAt, &s.Signature
}
func (d *Delivery) issued() (AccountID, uint64, *IssuerSignature) {
	return d.Anchor, d.At, &d.Signature
}
func (r *Receipt) issued() (AccountID, uint64, *IssuerSignature) { return r.Anchor, r.At, &r.Signature }
func (p *Payout) issued() (AccountID, uint64, *IssuerSignature)  { return p.Anchor, p.At, &p.Signature }
func (n *Notice) issued() (AccountID, uint64, *IssuerSignature) {
	return n.Anchor, n.Time, &n.Signature
}

// Seal sets the anchor's signature on a document it issues.
func Seal(n Network, d Issued, keyID uint32, sign func(Hash) Signature) {
	_, _, seal := d.issued()
	*seal = IssuerSignature{Key: keyID, Signature: sign(n.Hash(d))}
}

// Claim is the anchor's signature on a document it issued, after finding the key in the charter and
// valid at the time the document gives.
func (d *Charter) Claim(h Hash, doc Issued) (Claim, error) {
	where := doc.Type().String()
	anchor, at, seal := doc.issued()
	if anchor != d.Anchor {
		return Claim{}, refuse(CodeWrongAnchor, where)
	}
	for _, k := range d.Keys {
		if k.ID != seal.Key {
			continue
		}
		if at < k.NotBefore || at > k.NotAfter || k.RevokedAt != 0 && at >= k.RevokedAt {
			return Claim{}, refuse(CodeUnknownKey, where)
		}
		return Claim{k.Key, h, seal.Signature}, nil
	}
	return Claim{}, refuse(CodeUnknownKey, where)
}

// VerifyIssued is Claim, judged: the document is this anchor's word.
func (d *Charter) VerifyIssued(n Network, doc Issued) error {
	claim, err := d.Claim(n.Hash(doc), doc)
	if err != nil {
		return err
	}
	if !claim.Verify() {
		return refuse(CodeBadSignature, doc.Type().String())
	}
	return nil
}

// VerifyCharter judges a charter by the anchor's root key, which is its account id. Whether to trust
// that anchor is for its holder to say.
func VerifyCharter(n Network, d *Charter) error {
	if d.Network != n.ID {
		return refuse(CodeWrongNetwork, "charter.network")
	}
	root := Claim{Key(d.Anchor), n.Hash(d), d.Signature}
	if !root.Verify() {
		return refuse(CodeBadSignature, "charter")
	}
	for _, k := range d.Keys {
		if CheckKey(k.Key) != nil {
			return refuse(CodeBadKey, "charter.keys")
		}
	}
	return nil
}

// VerifyRequest is what a payer checks before it signs: the bill is genuine and in date, and the card
// says who is paid.
func (v *Verifier) VerifyRequest(bill *Bill, card *Card) error {
	charter, ok := v.Charter(bill.Anchor)
	if !ok {
		return refuse(CodeUnknownAnchor, "bill.anchor")
	}
	notice := v.Notice(bill.Anchor)
	h := v.Network.Hash(bill)
	_, known := charter.Terms(bill.Asset)
	cardHash := v.Network.Hash(card)
	err := firstBroken(
		condition{card.Anchor != bill.Anchor || card.Account != bill.Payee || !hasKey(card.Keys, bill.PayeeKey), CodeWrongPayee, "card"},
		condition{!known, CodeWrongAsset, "bill.asset"},
		condition{v.Now > notice.Moment(bill.ExpiresAt), CodeExpired, "bill"},
		condition{v.Now < card.NotBefore, CodeNotYetValid, "card"},
		condition{v.Now > notice.Moment(card.NotAfter), CodeExpired, "card"},
		condition{notice.revoked(cardHash, bill.PayeeKey), CodeRevoked, "card"},
	)
	if err != nil {
		return err
	}
	issued, err := charter.Claim(cardHash, card)
	if err != nil {
		return err
	}
	return judge([]Claim{issued, {bill.PayeeKey, h, bill.Signature}}, "request")
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
	charter, err := v.checkSheet(p)
	if err != nil {
		return nil, err
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
	if err := v.checkChain(b, p); err != nil {
		return nil, err
	}
	notice := v.Notice(p.Sheet.Anchor)
	return &Verdict{
		Deadline:   notice.Moment(p.Entry.Spend.Deadline),
		Guaranteed: min(p.Entry.Spend.Amount, notice.guaranteed(p.Sheet)),
	}, nil
}

// checkSheet is rule 2, signature aside.
func (v *Verifier) checkSheet(p *Payment) (*Charter, error) {
	s := p.Sheet
	charter, ok := v.Charter(s.Anchor)
	if !ok {
		return nil, refuse(CodeUnknownAnchor, "sheet.anchor")
	}
	notice := v.Notice(s.Anchor)
	return charter, firstBroken(
		condition{p.Bill.Anchor != s.Anchor, CodeWrongAnchor, "bill.anchor"},
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

// checkDates is rule 6: time enough left to bring it in.
func (v *Verifier) checkDates(p *Payment) error {
	notice := v.Notice(p.Sheet.Anchor)
	deadline := notice.Moment(p.Entry.Spend.Deadline)
	return firstBroken(
		condition{v.Now > notice.Moment(p.Bill.ExpiresAt), CodeExpired, "bill"},
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
func (v *Verifier) checkChain(b *Bundle, p *Payment) error {
	for _, other := range v.Entries(p.Sheet.Purse) {
		if !Compatible(p.Entry, other, p.EntryHash, v.Network.Hash(other)) {
			return refuse(CodeIncompatible, "entry")
		}
	}
	for _, other := range All[*Entry](b) {
		if other.Sheet != p.SheetHash {
			continue
		}
		h := v.Network.Hash(other)
		claims, err := other.Claims(h, &p.Sheet.Quorum)
		if err != nil || len(VerifyAll(claims)) > 0 {
			continue // not this purse's word: an accusation without proof is ignored
		}
		if !Compatible(p.Entry, other, p.EntryHash, h) {
			return refuse(CodeIncompatible, "entry")
		}
	}
	return nil
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

func judge(claims []Claim, where string) error {
	for _, i := range VerifyAll(claims) {
		if CheckKey(claims[i].Key) != nil {
			return refuse(CodeBadKey, where)
		}
		return refuse(CodeBadSignature, where)
	}
	return nil
}

// VerifyFraud judges a FraudProof by the documents beside it in the bundle: two genuine entries of one
// purse that contradict each other.
func VerifyFraud(b *Bundle, charter *Charter, f *FraudProof) error {
	first, err := b.attributed(f.First, charter, f.Purse)
	if err != nil {
		return err
	}
	second, err := b.attributed(f.Second, charter, f.Purse)
	if err != nil {
		return err
	}
	return firstBroken(condition{Compatible(first, second, f.First, f.Second), CodeWrongReference, "fraudproof"})
}

// attributed finds an entry whose signatures reach the threshold of a sheet that the anchor issued for the purse.
func (b *Bundle) attributed(h Hash, charter *Charter, purse PurseID) (*Entry, error) {
	e, ok := Find[*Entry](b, h)
	if !ok {
		return nil, refuse(CodeMissingDocument, "fraudproof.entry")
	}
	quorum, err := b.quorumOf(e, charter, purse)
	if err != nil {
		return nil, err
	}
	claims, err := e.Claims(h, quorum)
	if err != nil {
		return nil, err
	}
	return e, judge(claims, "fraudproof.entry")
}

// quorumOf is the quorum an entry must meet: its sheet's, or its Enrolment's for a Statement before the first sheet.
func (b *Bundle) quorumOf(e *Entry, charter *Charter, purse PurseID) (*Quorum, error) {
	enrolment, ok := Find[*Enrolment](b, Hash(purse))
	if !ok {
		return nil, refuse(CodeMissingDocument, "fraudproof.enrolment")
	}
	if e.Sheet == Hash(purse) {
		return &enrolment.Quorum, nil
	}
	sheet, ok := Find[*Sheet](b, e.Sheet)
	if !ok {
		return nil, refuse(CodeMissingDocument, "fraudproof.sheet")
	}
	if sheet.Purse != purse {
		return nil, refuse(CodeWrongReference, "fraudproof.sheet")
	}
	return &sheet.Quorum, charter.VerifyIssued(b.Network, sheet)
}
