package anchor

import (
	"kula/money"
	"kula/protocol"
)

// DeskReader finds what officers look for. Every list is bounded by its limit and goes on from a place in it;
// each runs on an index (the store's tests ask SQLite how).
type DeskReader interface {
	// PursesNamed lists purses with a word in their name that begins so, in the order of the words; the place
	// to go on from is the last word and number.
	PursesNamed(begins string, after NamePlace, limit int) ([]*Purse, NamePlace, error)
	// PursesFrom lists purses whose id begins with these bytes.
	PursesFrom(begins []byte, limit int) ([]*Purse, error)
	PursesBefore(before int64, limit int) ([]*Purse, error) // newest first
	// PursesSilent lists purses with money whose last Statement, and enrolment, are before a time: longest silent first.
	PursesSilent(before, afterTime uint64, afterNumber int64, limit int) ([]*Purse, error)
	SheetsOf(purse, before int64, limit int) ([]*SheetRecord, error) // newest first

	// EntriesBy lists what a purse signed, from the highest number down.
	EntriesBy(purse int64, before EntryPlace, limit int) ([]*EntryRecord, error)
	// IncomeOf lists entries with a receipt that pay a purse, newest first, and the place to go on from.
	IncomeOf(purse, before int64, limit int) ([]*EntryRecord, int64, error)
	// OpenTo lists entries without a receipt that would pay a purse.
	OpenTo(payee, after int64, limit int) ([]*EntryRecord, error)
	// EntriesFrom lists entries whose hash begins so, in its order.
	EntriesFrom(begins []byte, limit int) ([]*EntryRecord, error)
	EntriesOnBill(bill protocol.Hash, limit int) ([]*EntryRecord, error)
	// EntriesWithMemo lists entries whose memo begins so, small and capital letters alike.
	EntriesWithMemo(begins string, skip, limit int) ([]*EntryRecord, error)
	// OpenAfter lists entries without a receipt, those due first first.
	OpenAfter(deadline uint64, number int64, limit int) ([]*EntryRecord, error)
	OpenSums() (*OpenSums, error)
	// Presentments counts the spends presented in a time, by spans of so many seconds.
	Presentments(since, until, span uint64) ([]Presentments, error)

	LargeEntries(LargeQuery) ([]*EntryRecord, error)
	LargeSlips(LargeQuery) ([]*TellerSlip, error)
	LargeIncoming(LargeQuery) ([]*IncomingRecord, error)
	LargePayouts(LargeQuery) ([]*PayoutRecord, error)

	LoadsOf(purse, before int64, limit int) ([]*IncomingRecord, error)                   // newest first
	IncomingPage(state IncomingState, after int64, limit int) ([]*IncomingRecord, error) // oldest first
	PayoutsPage(state PayoutState, before int64, limit int) ([]*PayoutRecord, error)     // newest first
	PayoutsOfPurse(purse, before int64, limit int) ([]*PayoutRecord, error)              // newest first
	// PayoutQueue sums what is queued, sent or parked, by state and asset.
	PayoutQueue() ([]QueueLine, error)
	// SlipsBetween lists an officer's slips of a time, newest first.
	SlipsBetween(officer string, since, until uint64, before int64, limit int) ([]*TellerSlip, error)
}

// NamePlace is a place in a list by words.
type NamePlace struct {
	Word  string
	Purse int64
}

// EntryPlace is a place in a chain.
type EntryPlace struct {
	Seq    uint64
	Number int64
}

// OpenSums is what waits for a receipt.
type OpenSums struct {
	Entries int64
	Amount  money.Amount
	Oldest  uint64 // first presented
}

// Presentments are the spends of one span of time.
type Presentments struct {
	From    uint64 // its beginning
	Entries int64
	Units   int64 // amounts in whole units, each rounded down
}

// LargeQuery asks for rows of at least an amount, in a time, after a place in it.
type LargeQuery struct {
	Since, Until uint64
	Least        money.Amount
	AfterAt      uint64
	AfterNumber  int64
	Limit        int
}

// QueueLine is a part of the settlement queue.
type QueueLine struct {
	State   PayoutState
	Asset   string
	Payouts int64
	Units   int64
	Oldest  uint64
}
