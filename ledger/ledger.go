// Package ledger is the anchor's double-entry books: accounts, transactions and the invariants that
// must hold between them. It does no I/O and reads no clock; a store keeps what it computes.
//
// # Signs
//
// A posting is one signed amount on one account, and the postings of a transaction sum to zero.
// Debits are positive, credits negative. So what the anchor has (the reserve on Stellar, cash in a
// drawer) stands in the books as a positive balance, and what it owes (purses, payouts under way,
// money in suspense) as a negative one. Owed turns that around for people.
//
// # Two halves
//
// Books have a half held in trust and a half that is the anchor's own, and every transaction
// balances within each of them:
//
//	trust   reserve  purse:*  payout:*  suspense:*  fees  guarantee  credit:*  clearing:*
//	own     treasury  drawer:*
//
// Beside them stand notes, which hold no money and balance among themselves: what the guarantee paid for
// each purse and did not get back (claim:*), against the sum of it (claims).
//
// Hence the invariant that the anchor lives by: the reserve equals what the books owe, less what
// was lent. No rule of the anchor can break it, as long as every posting is written by the functions
// of this package (Load, Honour, PayoutQueued and the others: one for each thing that can happen).
//
// # Example
//
// Ana loads 1000 and pays 300 of it to Ben, who takes 100 to his account on Stellar, which costs
// him 1 (see ExampleBooks):
//
//	                          reserve   purse:ana  purse:ben  payout:7  fees
//	Load 1000, no fee          +1000       −1000
//	Honour 300                              +300       −300
//	Unload 100, fee 1                                  +100       −99    −1
//	PayoutSettled 99             −99                              +99
//	balance                     +901        −700       −200         0    −1
//
// # Idempotency
//
// A transaction's ID is its kind and the reference of what caused it: an entry's hash, a Stellar
// operation, a payout. Built again from the same event it is the same transaction, whenever that
// is; Apply takes it once and refuses the same ID with another body.
package ledger

import "errors"

// What Check, Apply and the parsers report. Each sentence is for the person at the console.
var (
	ErrAccount    = errors.New("ledger: not an account: write for example reserve, purse:<64 hex digits> or drawer:anna")
	ErrReference  = errors.New("ledger: a transaction needs a kind and a reference of 1 to 128 letters, digits or signs, to be told apart from others")
	ErrAmount     = errors.New("ledger: an amount must be above zero, and a fee must leave something of it")
	ErrPostings   = errors.New("ledger: a transaction needs two or more postings, none of them zero, sorted, one for each account")
	ErrUnbalanced = errors.New("ledger: the debits and credits differ: each half of the books must balance by itself")
	ErrConflict   = errors.New("ledger: another transaction was booked under this id: look at both before anything else is done")
	ErrOverdrawn  = errors.New("ledger: the account does not hold that much")
)
