package ledger

import (
	"slices"

	"kula/money"
)

// Kind says what happened. It is the first part of a transaction's ID.
type Kind string

// What can happen to the books.
const (
	KindLoad             Kind = "load"
	KindHonour           Kind = "honour"
	KindUnload           Kind = "unload"
	KindPayoutQueued     Kind = "payout-queued"
	KindPayoutSettled    Kind = "payout-settled"
	KindPayoutFailed     Kind = "payout-failed"
	KindTellerIn         Kind = "teller-in"
	KindTellerOut        Kind = "teller-out"
	KindSuspensePlaced   Kind = "suspense-placed"
	KindSuspenseAssigned Kind = "suspense-assigned"
	KindSuspenseReturned Kind = "suspense-returned"
	KindInherit          Kind = "inherit"
	KindGuaranteeFunded  Kind = "guarantee-funded"
	KindGuaranteePaid    Kind = "guarantee-paid"
	KindGuaranteeRepaid  Kind = "guarantee-repaid"
	KindLent             Kind = "lent"
	KindLoanRepaid       Kind = "loan-repaid"
	KindPaidInPart       Kind = "paid-in-part"
	KindHeld             Kind = "held"
	KindClosed           Kind = "closed"
	KindWrittenOff       Kind = "written-off"
)

var kinds = []Kind{
	KindLoad, KindHonour, KindUnload, KindPayoutQueued, KindPayoutSettled, KindPayoutFailed,
	KindTellerIn, KindTellerOut, KindSuspensePlaced, KindSuspenseAssigned, KindSuspenseReturned, KindInherit,
	KindGuaranteeFunded, KindGuaranteePaid, KindGuaranteeRepaid, KindLent, KindLoanRepaid, KindPaidInPart, KindHeld,
	KindClosed, KindWrittenOff,
}

func (k Kind) known() bool { return slices.Contains(kinds, k) }

// Load books a Stellar payment to the deposit account as credit of a purse, less a fee.
// Reference: the Stellar operation.
func Load(h Header, purse [32]byte, amount, fee money.Amount) (Transaction, error) {
	return move(h, KindLoad, Reserve, Purse(purse), amount, fee)
}

// Honour books a bill paid from one circulating purse to another. It never has a fee: who received
// 1000 can pass on 1000. Reference: the entry's hash.
func Honour(h Header, payer, payee [32]byte, amount money.Amount) (Transaction, error) {
	return move(h, KindHonour, Purse(payer), Purse(payee), amount, 0)
}

// PayoutQueued books a bill paid to a payout purse: the income leaves for Stellar, less a fee.
// Reference: the entry's hash.
func PayoutQueued(h Header, payer [32]byte, payout string, amount, fee money.Amount) (Transaction, error) {
	return move(h, KindPayoutQueued, Purse(payer), Payout(payout), amount, fee)
}

// Unload books a bill that a purse paid to the anchor itself, to have the money on Stellar, less a fee.
// Reference: the entry's hash.
func Unload(h Header, purse [32]byte, payout string, amount, fee money.Amount) (Transaction, error) {
	return move(h, KindUnload, Purse(purse), Payout(payout), amount, fee)
}

// PayoutSettled books what the Stellar network has confirmed as paid out. Reference: the payout.
func PayoutSettled(h Header, payout string, amount money.Amount) (Transaction, error) {
	return move(h, KindPayoutSettled, Payout(payout), Reserve, amount, 0)
}

// PayoutFailed gives back to a purse what can certainly not be paid out, and the fee that was kept for
// it. An unclear answer is no failure. Reference: the payout.
func PayoutFailed(h Header, payout string, purse [32]byte, amount, fee money.Amount) (Transaction, error) {
	whole, err := plus(amount, fee)
	if err != nil || amount <= 0 || fee < 0 {
		return Transaction{}, ErrAmount
	}
	return book(h, KindPayoutFailed, Posting{Payout(payout), amount}, Posting{Fees, fee}, Posting{Purse(purse), -whole})
}

// TellerIn books cash that an officer took, against the anchor's own funds: these then go to the
// reserve on Stellar like anybody's, and the Load follows from there. Reference: the teller's receipt.
func TellerIn(h Header, officer string, amount money.Amount) (Transaction, error) {
	return move(h, KindTellerIn, Drawer(officer), Treasury, amount, 0)
}

// TellerOut books cash that an officer gave, after the payout from the purse has reached the
// anchor's own account. Reference: the teller's receipt.
func TellerOut(h Header, officer string, amount money.Amount) (Transaction, error) {
	return move(h, KindTellerOut, Treasury, Drawer(officer), amount, 0)
}

// SuspensePlaced books a Stellar payment to the deposit account whose owner is not certain.
// Reference: the Stellar operation.
func SuspensePlaced(h Header, amount money.Amount) (Transaction, error) {
	return move(h, KindSuspensePlaced, Reserve, Suspense(h.Reference), amount, 0)
}

// SuspenseAssigned credits money from suspense to the purse that it was meant for, less a fee, once
// an officer has found out. Reference: the Stellar operation.
func SuspenseAssigned(h Header, purse [32]byte, amount, fee money.Amount) (Transaction, error) {
	return move(h, KindSuspenseAssigned, Suspense(h.Reference), Purse(purse), amount, fee)
}

// SuspenseReturned queues money from suspense to be sent back. Reference: the Stellar operation.
func SuspenseReturned(h Header, payout string, amount money.Amount) (Transaction, error) {
	return move(h, KindSuspenseReturned, Suspense(h.Reference), Payout(payout), amount, 0)
}

// Inherit moves what a replaced purse has left to the purse that succeeds it, once no sheet of its can
// be redeemed any more. Reference: the replaced purse, and how much it had passed on before.
func Inherit(h Header, purse, successor [32]byte, amount money.Amount) (Transaction, error) {
	return move(h, KindInherit, Purse(purse), Purse(successor), amount, 0)
}

// Closed queues what a closed purse has left for whoever is entitled to it, without a fee, once no sheet of its can be
// redeemed any more. Reference: the purse, and the payout.
func Closed(h Header, purse [32]byte, payout string, amount money.Amount) (Transaction, error) {
	return move(h, KindClosed, Purse(purse), Payout(payout), amount, 0)
}

// move debits one account and credits another, less a fee.
func move(h Header, kind Kind, debit, credit Account, amount, fee money.Amount) (Transaction, error) {
	if amount <= 0 || fee < 0 || fee >= amount {
		return Transaction{}, ErrAmount
	}
	return book(h, kind, Posting{debit, amount}, Posting{credit, fee - amount}, Posting{Fees, -fee})
}

// book puts postings into the one order that a transaction has; a fee of zero is no posting.
func book(h Header, kind Kind, postings ...Posting) (Transaction, error) {
	postings = slices.DeleteFunc(postings, func(p Posting) bool { return p.Amount == 0 })
	slices.SortFunc(postings, func(a, b Posting) int { return a.Account.Compare(b.Account) })
	t := Transaction{Header: h, Kind: kind, Postings: postings}
	return t, t.Check()
}
