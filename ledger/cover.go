package ledger

import (
	"slices"

	"kula/money"
)

// What the anchor pays for an overdrawn purse is first advanced to that purse, out of the guarantee or of
// its credit line, and leaves it like any other money. So a purse's account tells the whole story, and what
// was advanced and not paid back stands open beside it.

// GuaranteeFunded books a Stellar payment to the deposit account that is meant for the guarantee.
// Reference: the Stellar operation.
func GuaranteeFunded(h Header, amount money.Amount) (Transaction, error) {
	return move(h, KindGuaranteeFunded, Reserve, Guarantee, amount, 0)
}

// GuaranteePaid advances money of the guarantee to a purse, and notes the claim on it.
// Reference: the entry that was short, and how much was advanced on it before.
func GuaranteePaid(h Header, purse [32]byte, amount money.Amount) (Transaction, error) {
	return noted(h, KindGuaranteePaid, Guarantee, Purse(purse), amount, Posting{Claim(purse), amount}, Posting{Claims, -amount})
}

// GuaranteeRepaid gives it back. Reference: that entry, and how much was paid back on it before.
func GuaranteeRepaid(h Header, purse [32]byte, amount money.Amount) (Transaction, error) {
	return noted(h, KindGuaranteeRepaid, Purse(purse), Guarantee, amount, Posting{Claim(purse), -amount}, Posting{Claims, amount})
}

// Lend advances money to a purse on its credit line: what the anchor owes grows, the reserve does not.
// Reference: as for GuaranteePaid.
func Lend(h Header, purse [32]byte, amount money.Amount) (Transaction, error) {
	return move(h, KindLent, Credit(purse), Purse(purse), amount, 0)
}

// LoanRepaid gives it back. Reference: as for GuaranteeRepaid.
func LoanRepaid(h Header, purse [32]byte, amount money.Amount) (Transaction, error) {
	return move(h, KindLoanRepaid, Purse(purse), Credit(purse), amount, 0)
}

// Loss is what the anchor gives up for one purse.
type Loss struct {
	Fees      money.Amount // of what was lent: made good out of the fees that were earned
	Guarantee money.Amount // of what was lent: made good out of the guarantee
	Claim     money.Amount // of what the guarantee paid
}

// WrittenOff ends the loan to a purse, which its own money makes good, and the claim on it.
// Reference: the purse, and how much was written off for it before.
func WrittenOff(h Header, purse [32]byte, l Loss) (Transaction, error) {
	lent, err := plus(l.Fees, l.Guarantee)
	if err != nil || l.Fees < 0 || l.Guarantee < 0 || l.Claim < 0 {
		return Transaction{}, ErrAmount
	}
	return book(h, KindWrittenOff, Posting{Credit(purse), -lent}, Posting{Fees, l.Fees}, Posting{Guarantee, l.Guarantee},
		Posting{Claim(purse), -l.Claim}, Posting{Claims, l.Claim})
}

// PaidInPart books what a payee gets of a bill that is not honoured, or not yet.
// Reference: the entry's hash, and how much of it was paid before.
func PaidInPart(h Header, payer, payee [32]byte, amount money.Amount) (Transaction, error) {
	return move(h, KindPaidInPart, Purse(payer), Purse(payee), amount, 0)
}

// Held sets money aside for the payout of an entry that has no receipt yet. Reference: as for PaidInPart.
func Held(h Header, payer [32]byte, entry string, amount money.Amount) (Transaction, error) {
	return move(h, KindHeld, Purse(payer), Payout(entry), amount, 0)
}

// PayoutOfHeld is PayoutQueued for an entry of which a part was set aside before: rest comes from the payer's
// purse, and may be nothing. Reference: the entry's hash, under which Held set the rest aside.
func PayoutOfHeld(h Header, payer [32]byte, payout string, held, rest, fee money.Amount) (Transaction, error) {
	whole, err := plus(held, rest)
	if err != nil || held <= 0 || rest < 0 || fee < 0 || fee >= whole {
		return Transaction{}, ErrAmount
	}
	return book(h, KindPayoutQueued, Posting{Payout(h.Reference), held}, Posting{Purse(payer), rest},
		Posting{Payout(payout), fee - whole}, Posting{Fees, -fee})
}

// noted is a move without a fee, and notes beside it.
func noted(h Header, kind Kind, debit, credit Account, amount money.Amount, notes ...Posting) (Transaction, error) {
	if amount <= 0 {
		return Transaction{}, ErrAmount
	}
	return book(h, kind, slices.Concat([]Posting{{debit, amount}, {credit, -amount}}, notes)...)
}
