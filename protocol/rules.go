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

// checkEach looks at documents by themselves: they may come from elsewhere than a decoder.
func checkEach(docs ...Document) error {
	for _, d := range docs {
		if err := d.Check(); err != nil {
			return err
		}
	}
	return nil
}

// CheckRules holds the payment against the rules that need neither a clock nor a charter: rules 3, 4
// and 6 of docs/protocol.md, "What a payee checks". The anchor and every payee run it. Whether there
// is enough is Need's to say. The documents must have passed their Check, as decoded ones have.
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
		condition{s.Quorum.Has(b.PayeeKey), CodeWrongPayee, "bill.payee_key"}, // no purse pays itself
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
