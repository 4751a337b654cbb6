package anchor

import (
	"context"
	"errors"
	"math"

	"kula/ledger"
	"kula/money"
	"kula/protocol"
)

// Presented is what became of one payment of a batch: its receipt, or why there is none (yet).
type Presented struct {
	Entry   protocol.Hash
	Receipt *protocol.Receipt
	Problem *Problem
}

// Problem is a word about one document that was presented. Codes parked, payee_unknown, late and
// statement_waits are no refusals: the document is kept.
type Problem struct {
	Document protocol.Hash `json:"document"`
	Code     string        `json:"code"`
	Detail   string        `json:"detail"`
}

func problem(document protocol.Hash, err error) *Problem {
	return &Problem{Document: document, Code: CodeOf(err), Detail: err.Error()}
}

// candidate is a payment on its way through Redeem: looked up, held against the rules, its signatures
// judged; only then does the writer see it.
type candidate struct {
	payment *protocol.Payment
	memo    *protocol.Memo
	payer   int64
	held    bool         // presented before: nothing else about it matters
	record  *EntryRecord // once it is presented; before that, one that has its receipt already
	err     error
}

// Redeem honours what can be honoured, in one transaction. Result i is of batch i. Whoever submits
// it, and however often, an entry has one receipt.
func (b *Bank) Redeem(ctx context.Context, batch []*protocol.Payment) ([]Presented, error) {
	candidates := candidatesOf(batch)
	if err := b.verify(ctx, candidates); err != nil {
		return nil, err
	}
	var out []Presented
	err := b.update(ctx, "redeem", len(batch), func(s *session) (err error) {
		out, err = s.presentAll(candidates)
		return err
	})
	return out, err
}

func candidatesOf(batch []*protocol.Payment) []*candidate {
	candidates := make([]*candidate, len(batch))
	for i, p := range batch {
		candidates[i] = &candidate{payment: p}
	}
	return candidates
}

// verify fills in what each candidate lacks: prior presentment first, then rules, then signatures.
func (b *Bank) verify(ctx context.Context, candidates []*candidate) error {
	err := b.view(ctx, func(r Reader) error {
		for _, c := range candidates {
			if err := b.look(r, c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	var claims []protocol.Claim
	var owners []*candidate
	for _, c := range candidates {
		if c.held || c.err != nil {
			continue
		}
		own, err := b.checkPayment(c.payment)
		if err != nil {
			c.err = err
			continue
		}
		for _, claim := range own {
			claims, owners = append(claims, claim), append(owners, c)
		}
	}
	for _, i := range protocol.VerifyAll(claims) {
		owners[i].err = falseClaim(&claims[i], "payment")
	}
	return nil
}

// look finds out whether an entry was presented before, and otherwise its sheet, which only counts
// when it stands in the store.
func (b *Bank) look(r Reader, c *candidate) error {
	p := c.payment
	switch held, err := b.entry(r, p.EntryHash); {
	case err == nil:
		if c.held = true; !held.Open {
			c.record = held
		}
		return nil
	case !errors.Is(err, ErrNoRecord):
		return err
	}
	sheet, err := b.sheet(r, p.Entry.Sheet)
	if err != nil {
		c.err = unknown(err, CodeUnknownSheet, "entry.sheet")
		if errors.Is(c.err, CodeUnknownSheet) {
			return nil
		}
		return err
	}
	p.Sheet, p.SheetHash, c.payer = sheet.Sheet, sheet.Hash, sheet.Purse
	return nil
}

// checkPayment holds a payment against the rules and returns the signatures it needs. That the
// deadline keeps to the sheet and the bill is among the rules: a payer's word does not bind the bank
// for longer than its own.
func (b *Bank) checkPayment(p *protocol.Payment) ([]protocol.Claim, error) {
	if b.net.Hash(p.Entry) != p.EntryHash || b.net.Hash(p.Bill) != p.BillHash {
		return nil, &protocol.Error{Code: protocol.CodeWrongReference, Where: "payment"}
	}
	if err := errors.Join(p.Entry.Check(), p.Bill.Check()); err != nil {
		return nil, err
	}
	if p.Bill.Anchor != b.charter.Anchor {
		return nil, &protocol.Error{Code: protocol.CodeWrongAnchor, Where: "bill.anchor"}
	}
	if p.Entry.Seq > math.MaxInt64 {
		return nil, &protocol.Error{Code: protocol.CodeTooLarge, Where: "entry.seq"}
	}
	if err := p.CheckRules(); err != nil {
		return nil, err
	}
	terms, ok := b.charter.Terms(p.Bill.Asset)
	if ok && !p.Entry.Spend.Amount.MultipleOf(terms.Step) {
		return nil, &protocol.Error{Code: protocol.CodeBelowStep, Where: "entry.amount"}
	}
	return p.Claims()
}

// presentAll books the candidates that are good. What came in by one may cover another, so outcomes
// are read when all are done.
func (s *session) presentAll(candidates []*candidate) ([]Presented, error) {
	for _, c := range candidates {
		if c.err != nil || c.record != nil {
			continue
		}
		record, err := s.present(c)
		if code := CodeOf(err); err != nil && code == "" {
			return nil, err
		}
		if c.err = err; err == nil {
			c.record = record
		}
	}
	if err := s.takeUp(); err != nil {
		return nil, err
	}
	out := make([]Presented, len(candidates))
	for i, c := range candidates {
		out[i].Entry = c.payment.EntryHash
		if c.err != nil {
			out[i].Problem = problem(out[i].Entry, c.err)
			continue
		}
		if err := s.outcome(c, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// outcome reads what became of an entry: a later candidate of the batch may have settled it since.
func (s *session) outcome(c *candidate, out *Presented) (err error) {
	if c.record.Open {
		if c.record, err = s.tx.EntryByNumber(c.record.Number); err != nil {
			return err
		}
	}
	r := c.record
	out.Receipt = r.Receipt
	if r.Open {
		payer, err := s.purse(r.Purse)
		if err != nil {
			return err
		}
		out.Problem = problem(r.Hash, s.whyOpen(payer, r))
	}
	return nil
}

// maxParked bounds the entries of one purse that wait: each time something comes in, all are looked at.
const maxParked = 10_000

// present takes in one verified payment. It fails with a code only before it has written anything, but
// for the note that a purse contradicts itself.
func (s *session) present(c *candidate) (*EntryRecord, error) {
	p := c.payment
	held, err := s.tx.Entry(p.EntryHash)
	if !errors.Is(err, ErrNoRecord) {
		return held, err
	}
	payer, err := s.purse(c.payer)
	if err != nil {
		return nil, err
	}
	r := &EntryRecord{
		Hash: p.EntryHash, Purse: payer.Number, Entry: p.Entry, Bill: p.Bill, At: s.now,
		Covered: p.Entry.Seq <= payer.LapsedThrough, Open: true,
	}
	if c.memo != nil && c.memo.Commitment() == p.Bill.Memo {
		r.Memo = c.memo
	}
	if r.Payee, err = s.payee(p); err != nil {
		return nil, err
	}
	if r.Payee == payer.Number {
		return nil, &protocol.Error{Code: protocol.CodeWrongPayee, Where: "bill.payee"}
	}
	if err := s.contradictions(payer, r); err != nil {
		return nil, err
	}
	if err := s.consider(payer, r); err != nil || !r.Open {
		return r, err
	}
	if payer.Open >= maxParked && r.Paid == 0 {
		return nil, refuse(CodeParkedFull, "entry.spent")
	}
	payer.Open++
	s.touch(payer)
	return r, s.tx.InsertEntry(r)
}

// payee finds the purse that a bill pays: zero for an unload, and for a device that is not enrolled yet.
func (s *session) payee(p *protocol.Payment) (int64, error) {
	wrong := &protocol.Error{Code: protocol.CodeWrongPayee, Where: "bill.payee"}
	if p.Bill.Payee == s.b.charter.Anchor {
		_, err := s.tx.Unload(p.BillHash)
		if errors.Is(err, ErrNoRecord) {
			return 0, wrong
		}
		return 0, err
	}
	payee, err := s.purseByKey(p.Bill.PayeeKey)
	if errors.Is(err, ErrNoRecord) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if !payee.takes(p.Bill) {
		return 0, wrong // its key belongs to another purse, for ever: nobody can take this money
	}
	return payee.Number, nil
}

// contradictions holds an entry against its purse's chain. One that contradicts another proves fraud, and
// from then on the purse is held to its balance.
func (s *session) contradictions(p *Purse, r *EntryRecord) error {
	neighbours, err := s.tx.Neighbours(p.Number, r.Entry.Seq)
	if err != nil {
		return err
	}
	before := p.Contradicted
	for _, n := range neighbours {
		if n.agrees(r) {
			continue
		}
		other, err := s.tx.Entry(n.Hash)
		if err != nil {
			return err
		}
		if err := s.condemn(p, other.Entry, r.Entry); err != nil {
			return err
		}
	}
	if p.Contradicted && !before { // what waited came before this entry, and need not wait any more
		return s.takeUpEntries(p)
	}
	return nil
}

// honour pays a bill: exactly once for each entry, and only where the bill says.
func (s *session) honour(payer *Purse, r *EntryRecord) error {
	receipt := &protocol.Receipt{Outcome: protocol.Honoured, Reason: protocol.ReasonNone}
	return s.pay(payer, r, r.Entry.Spend.Amount, receipt)
}

// pay gives the payee what a receipt says: the whole bill, or as much of it as there is. What was paid before
// the receipt is part of that.
func (s *session) pay(payer *Purse, r *EntryRecord, whole money.Amount, receipt *protocol.Receipt) error {
	before := r.Paid
	rest := whole - before
	payer.Honoured += rest
	if r.Payee == 0 {
		return s.honourUnload(payer, r, receipt)
	}
	payee, err := s.purse(r.Payee)
	if err != nil {
		return err
	}
	if payee.Enrolment.Kind == protocol.PayoutKind {
		receipt.Credited = protocol.Credit{Kind: protocol.CreditPayout, To: protocol.Hash(payee.Enrolment.Account)}
		if err := s.receipt(payer, r, receipt); err != nil {
			return err
		}
		return s.payIncomeOut(payer, payee, r, whole, before)
	}
	receipt.Credited = protocol.Credit{Kind: protocol.CreditPurse, To: protocol.Hash(payee.ID)}
	if receipt.Outcome != protocol.Honoured {
		if err := s.payPart(payer, payee, r, rest); err != nil {
			return err
		}
		return s.receipt(payer, r, receipt)
	}
	s.income(payee, r, rest)
	if err := s.post(ledger.Honour(s.header(payer, r.Hash.String()), payer.ID, payee.ID, rest)); err != nil {
		return err
	}
	return s.receipt(payer, r, receipt)
}

// income counts what a purse was paid on a bill.
func (s *session) income(payee *Purse, r *EntryRecord, amount money.Amount) {
	payee.Income += amount
	payee.NewestIncome = max(payee.NewestIncome, r.Bill.IssuedAt)
	if r.Bill.IssuedAt > payee.AsOf {
		payee.LateIncome += amount
	}
	s.cameIn(payee)
}

// receipt writes the anchor's final word on an entry, and tells both sides.
func (s *session) receipt(payer *Purse, r *EntryRecord, receipt *protocol.Receipt) error {
	if r.Paid = receipt.Covered; receipt.Outcome == protocol.Honoured {
		r.Paid = r.Entry.Spend.Amount
	}
	leaf, err := s.tx.NextLeaf(r.Hash)
	if err != nil {
		return err
	}
	receipt.Anchor, receipt.Entry, receipt.Bill = s.b.charter.Anchor, r.Hash, r.Entry.Spend.Bill
	receipt.Amount, receipt.At, receipt.LogIndex = r.Entry.Spend.Amount, s.now, leaf
	s.b.seal(receipt)
	r.Receipt, r.Open = receipt, false
	s.touch(payer)
	if err := s.write(payer, r); err != nil {
		return err
	}
	if err := s.tx.Tell(payer.Number, EventSpent, r.Number); err != nil {
		return err
	}
	if r.Payee == 0 {
		return nil
	}
	return s.tx.Tell(r.Payee, EventIncome, r.Number)
}

// write keeps an entry with its receipt: in one go when both are new.
func (s *session) write(payer *Purse, r *EntryRecord) error {
	if r.Number == 0 {
		return s.tx.InsertEntry(r)
	}
	payer.Open--
	return s.tx.SettleEntry(r)
}

// Receipt is the final word on an entry, and the payout once the ledger has it.
func (b *Bank) Receipt(ctx context.Context, entry protocol.Hash) (*protocol.Receipt, *protocol.Payout, error) {
	var receipt *protocol.Receipt
	var payout *protocol.Payout
	err := b.view(ctx, func(r Reader) error {
		e, err := r.Entry(entry)
		if err != nil {
			return unknown(err, CodeNotFound, "receipt")
		}
		if receipt = e.Receipt; receipt == nil {
			return refuse(CodeNotFound, "receipt")
		}
		payout, err = payoutOf(r, e)
		return err
	})
	return receipt, payout, err
}

func payoutOf(r Reader, e *EntryRecord) (*protocol.Payout, error) {
	if e.Receipt == nil || e.Receipt.Credited.Kind != protocol.CreditPayout {
		return nil, nil
	}
	p, err := r.PayoutOf(e.Number)
	if errors.Is(err, ErrNoRecord) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return p.Payout, nil
}
