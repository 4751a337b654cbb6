package sim

import (
	"cmp"
	"slices"

	"kula/money"
	"kula/protocol"
	"kula/wallet"
)

// bill is a payment for which somebody gave goods away, and what became of it.
type bill struct {
	payer   *person
	payee   *person
	phone   int // the number of the payee's: with it the claim may be lost
	amount  money.Amount
	covered money.Amount // what the bank paid all the same
	at      uint64
	settled uint64 // when its receipt was first seen
	depth   int
	tainted bool             // a cheat's purse is the payer's, or stands behind it
	outcome protocol.Outcome // zero: no receipt yet
	reason  protocol.Reason
}

// sizes counts messages and their bytes, as encoded.
type sizes struct {
	Count int   `json:"count"`
	Bytes int64 `json:"bytes"`
	Most  int   `json:"most"`
}

func (s *sizes) add(n int) {
	s.Count++
	s.Bytes += int64(n)
	s.Most = max(s.Most, n)
}

// tally is what the simulator saw, by itself, without asking the bank.
type tally struct {
	events                                      int
	bills                                       []*bill
	byEntry                                     map[protocol.Hash]*bill
	refused                                     map[string]int // by act and code
	hops                                        []int
	amount                                      money.Amount
	paymentBytes, newsBytes, upBytes, downBytes sizes
	syncs, couriered, unloads                   int
	missed, noMoney, torn, turnedAway           int
	phonesDied, restored, replayed, audits      int
	series                                      []Sample
	before                                      Sample   // sums at the last one
	ages                                        []uint64 // of bills when they were settled, in hours
}

func newTally() *tally {
	return &tally{byEntry: map[protocol.Hash]*bill{}, refused: map[string]int{}}
}

// refuse counts a refusal that has a code: it is part of life. Any other error is none.
func (t *tally) refuse(act string, err error) error {
	code := protocol.CodeOf(err)
	if code == "" {
		return err
	}
	t.refused[act+" "+string(code)]++
	return nil
}

// take counts a payment that was accepted: goods were given.
func (t *tally) take(w *world, payer, payee *person, payment *protocol.Bundle, got *wallet.Acceptance) {
	b := &bill{
		payer: payer, payee: payee, phone: payee.phone.number, amount: got.Amount, at: w.now, depth: got.Verdict.Depth,
		tainted: payer.cheat != nil && payer.cheat.turned,
	}
	for _, e := range protocol.All[*protocol.Entry](payment) {
		if behind, ok := t.byEntry[network.Hash(e)]; ok && behind.tainted {
			b.tainted = true
		}
	}
	payee.owed = payee.kind == protocol.Circulating
	t.bills = append(t.bills, b)
	t.byEntry[got.Entry] = b
	t.amount += b.amount
	for len(t.hops) <= b.depth {
		t.hops = append(t.hops, 0)
	}
	t.hops[b.depth]++
}

// settle takes note of the bank's final word on an entry.
func (t *tally) settle(now uint64, r *protocol.Receipt) *bill {
	b, ok := t.byEntry[r.Entry]
	if !ok || b.settled != 0 {
		return nil
	}
	b.settled, b.outcome, b.reason, b.covered = now, r.Outcome, r.Reason, r.Covered
	t.ages = append(t.ages, (r.At-min(r.At, b.at))/hour)
	return b
}

// unpaid is what of a bill nobody paid.
func (b *bill) unpaid() money.Amount {
	if b.outcome != protocol.Dishonoured {
		return 0
	}
	return b.amount - b.covered
}

// Sample is the island at one moment.
type Sample struct {
	Day         int   `json:"day"`
	OnPhones    int64 `json:"on_phones"`   // vatu that honest phones show: on sheets, and received
	Unsettled   int64 `json:"unsettled"`   // vatu in honest people's bills that the bank has not answered
	Bills       int   `json:"bills"`       // how many those are
	AgeMedian   int   `json:"age_median"`  // their age in days
	AgeOldTenth int   `json:"age_tenth"`   // nine in ten are younger
	AgeOldest   int   `json:"age_oldest"`  // of the oldest
	Payments    int   `json:"payments"`    // made since the sample before
	BytesUp     int64 `json:"bytes_up"`    // to the bank, since then
	BytesDown   int64 `json:"bytes_down"`  // from it
	NewsBytes   int64 `json:"bytes_news"`  // between phones
	Refused     int   `json:"refused"`     // payments refused for a bound, since then
	Phones      int   `json:"phones"`      // that work
	Reserve     int64 `json:"reserve"`     // vatu that the bank holds in trust
	CheatsOut   int   `json:"cheats_out"`  // that cheat and are not known to the bank
	LossSoFar   int64 `json:"loss_so_far"` // vatu that cheats took beyond what they had, found out or not
}

// boundCodes are refusals for what the protocol bounds, by what the report calls them.
var boundCodes = map[protocol.Code]string{
	"too_deep": "depth", "too_many_incomes": "fan-in", protocol.CodeTooLarge: "bytes", protocol.CodeTooMany: "bytes",
	protocol.CodeDeadlineTooNear: "deadline", protocol.CodeDeadlineTooLate: "deadline", protocol.CodeExpired: "deadline",
	protocol.CodeOverSpendLimit: "limit of the sheet", protocol.CodeOverBillLimit: "limit of the sheet",
	protocol.CodeNotEnough: "not enough money",
}

// vatuOf counts whole vatu.
func vatuOf(a money.Amount) int64 { return int64(a / vatu) }

func part[T cmp.Ordered](sorted []T, tenths int) (x T) {
	if len(sorted) == 0 {
		return x
	}
	return sorted[min(len(sorted)-1, len(sorted)*tenths/10)]
}

func sorted[T cmp.Ordered](all []T) []T { return slices.Sorted(slices.Values(all)) }
