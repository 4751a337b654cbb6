package sim

import (
	"kula/money"
	"kula/protocol"
)

// Result is what a run found. Amounts are whole vatu, times are days or hours of the island.
type Result struct {
	Config     Config         `json:"config"`
	Command    string         `json:"command"`
	Villages   int            `json:"villages"`
	Events     int            `json:"events"`
	Payments   Payments       `json:"payments"`
	Bounds     map[string]int `json:"refused_for_bounds"`
	Refusals   map[string]int `json:"refusals"`
	Phones     Phones         `json:"phones"`
	Traffic    Traffic        `json:"traffic"`
	Settlement Settlement     `json:"settlement"`
	Cheating   Cheating       `json:"cheating"`
	Cheats     []CheatResult  `json:"cheats"`
	Checks     Checks         `json:"checks"`
	Series     []Sample       `json:"series"`
}

// Payments made while the island was off-line.
type Payments struct {
	Accepted   int     `json:"accepted"`
	Amount     int64   `json:"amount"`
	PerWeek    float64 `json:"per_person_and_week"`
	Hops       []int   `json:"hops"` // payments by how many stand behind them
	NoMoney    int     `json:"no_money"`
	NobodyHome int     `json:"nobody_home"`
	Torn       int     `json:"torn"`
	TurnedAway int     `json:"turned_away"` // signed by an honest payer, and refused by the payee
	Unloads    int     `json:"unloads"`
}

// Phones that died, and were restored.
type Phones struct {
	Died     int   `json:"died"`
	Restored int   `json:"restored"`
	Lost     int64 `json:"lost_with_them"` // vatu of bills that nobody could bring in any more
}

// Traffic is bytes as encoded.
type Traffic struct {
	Payments  sizes `json:"payments"`
	News      sizes `json:"news"`
	Up        sizes `json:"up"`
	Down      sizes `json:"down"`
	Syncs     int   `json:"syncs"`
	Couriered int   `json:"couriered"`
}

// Settlement is how long bills waited for the bank, in days.
type Settlement struct {
	Settled int     `json:"settled"`
	Late    int     `json:"late"` // brought in after their deadline
	Median  float64 `json:"median_days"`
	Tenth   float64 `json:"nine_in_ten_days"`
	Longest float64 `json:"longest_days"`
	ByWeek  []int   `json:"by_week"` // bills by the weeks they waited
}

// Cheating sums up the cheats.
type Cheating struct {
	SettledOverspends int   `json:"settled_overspends"` // purses that overspent, and whose bills came to the bank
	Attributed        int   `json:"attributed"`         // of those, by a proof at the bank
	FalseAccusations  int   `json:"false_accusations"`
	FoundByPhones     int   `json:"found_before_the_bank"`
	Taken             int64 `json:"taken"`   // goods for so much were handed to cheats
	Paid              int64 `json:"paid"`    // of that, from their own purses
	Covered           int64 `json:"covered"` // by the guarantee, also for honest purses that took bad money
	Loss              int64 `json:"loss"`    // what honest people lost
	Bound             int64 `json:"bound"`
	WorstPerson       int64 `json:"worst_person"` // the largest loss of one honest person
}

// CheatResult is one cheat's story.
type CheatResult struct {
	Person    int     `json:"person"`
	Strategy  string  `json:"strategy"`
	Turned    int     `json:"turned_on_day"`
	Payees    int     `json:"payees"`
	Refusals  int     `json:"refusals"`
	Taken     int64   `json:"taken"`
	Paid      int64   `json:"paid"`
	Covered   int64   `json:"covered"`
	Loss      int64   `json:"loss"`
	Bound     int64   `json:"bound"`
	ByPhone   float64 `json:"found_by_phone_after_days"` // −1: never
	ByBank    float64 `json:"found_by_bank_after_days"`
	Before    int64   `json:"taken_before_found"`
	Contradic string  `json:"state_at_bank"`
}

// Checks counts what was checked.
type Checks struct {
	Events     int `json:"events"`
	Audits     int `json:"audits"`
	Replays    int `json:"replays"`
	Violations int `json:"violations"`
}

func (w *world) result() *Result {
	t := w.tally
	r := &Result{
		Config: w.cfg, Command: w.cfg.Command(), Villages: len(w.villages), Events: t.events, Refusals: t.refused, Series: t.series,
		Payments: Payments{
			Accepted: len(t.bills), Amount: vatuOf(t.amount), Hops: t.hops, NoMoney: t.noMoney, NobodyHome: t.missed, Torn: t.torn,
			TurnedAway: t.turnedAway, Unloads: t.unloads,
			PerWeek: float64(len(t.bills)) / float64(w.cfg.People) / (float64(w.cfg.Days) / 7),
		},
		Phones:  Phones{Died: t.phonesDied, Restored: t.restored},
		Traffic: Traffic{Payments: t.paymentBytes, News: t.newsBytes, Up: t.upBytes, Down: t.downBytes, Syncs: t.syncs, Couriered: t.couriered},
		Checks:  Checks{Events: t.events, Audits: t.audits, Replays: t.replayed},
		Bounds:  t.bounds(),
	}
	r.settlement(w)
	r.cheating(w)
	return r
}

// bounds sums the refusals of honest payments for what the protocol bounds.
func (t *tally) bounds() map[string]int {
	sum := map[string]int{}
	for code, name := range boundCodes {
		sum[name] += t.refused["pay "+string(code)] + t.refused["accept "+string(code)]
	}
	return sum
}

func (r *Result) settlement(w *world) {
	ages := sorted(w.tally.ages)
	s := Settlement{Settled: len(ages), Median: days(part(ages, 5)), Tenth: days(part(ages, 9)), Longest: days(part(ages, 10))}
	for _, age := range ages {
		week := int(age / (7 * 24)) //nolint:gosec // small
		for len(s.ByWeek) <= week {
			s.ByWeek = append(s.ByWeek, 0)
		}
		s.ByWeek[week]++
	}
	for _, b := range w.tally.bills {
		if b.outcome == protocol.Dishonoured && b.reason == protocol.ReasonLate {
			s.Late++
		}
		if b.outcome == 0 {
			r.Phones.Lost += vatuOf(b.amount)
		}
	}
	r.Settlement = s
}

func days(hours uint64) float64 { return float64(hours/24) + float64(hours%24*10/24)/10 }

func (r *Result) cheating(w *world) {
	net := map[*person]money.Amount{}
	for _, b := range w.tally.bills {
		net[b.payee] += b.unpaid()
		net[b.payer] -= b.unpaid()
	}
	for _, p := range w.people {
		if p.honest() {
			r.Cheating.WorstPerson = max(r.Cheating.WorstPerson, vatuOf(net[p]))
		}
	}
	r.Cheating.Covered = vatuOf(w.covered)
	for _, x := range w.cheats {
		one := w.resultOf(x)
		r.Cheats = append(r.Cheats, one)
		sum := &r.Cheating
		if one.Loss+one.Covered > 0 {
			sum.SettledOverspends++
			if x.state == "contradicted" {
				sum.Attributed++
			}
		}
		if x.byPhone != 0 && (x.byBank == 0 || x.byPhone < x.byBank) {
			sum.FoundByPhones++
		}
		sum.Taken += one.Taken
		sum.Paid += one.Paid
		sum.Loss += one.Loss
		sum.Bound += one.Bound
	}
}

func (w *world) resultOf(x *cheat) CheatResult {
	sum := w.sumOf(x)
	r := CheatResult{
		Person: x.person.id, Strategy: string(x.strategy), Turned: int((x.turnedAt - min(start, x.turnedAt)) / day), //nolint:gosec // small
		Refusals: x.refusals, Taken: vatuOf(x.taken), Paid: vatuOf(sum.paid - x.covered), Covered: vatuOf(x.covered), Loss: vatuOf(sum.unpaid),
		Bound: vatuOf(w.bound(x)), ByPhone: since(x.forked, x.byPhone), ByBank: since(x.forked, x.byBank), Contradic: x.state,
		Before: vatuOf(x.takenBefore),
	}
	for _, s := range x.order {
		if s.payee.cheat == nil {
			r.Payees++
		}
	}
	return r
}

// since is how many days after one moment another came; −1: it did not.
func since(from, to uint64) float64 {
	if from == 0 || to == 0 {
		return -1
	}
	return days((to - min(from, to)) / hour)
}

// sampleEvery is after how many days the island's picture is taken: each week, or on long runs less often.
func (w *world) sampleEvery() int { return 7 * max(1, w.cfg.Days/180) }

// sample takes the island's picture.
func (w *world) sample() {
	t := w.tally
	s := Sample{Day: w.day()}
	for _, p := range w.people {
		if p.phone == nil || p.turned() {
			continue
		}
		s.Phones++
		for _, b := range p.phone.Holdings(w.now) {
			s.OnPhones += vatuOf(b.Loaded + b.Received)
		}
	}
	s.unsettled(w)
	for _, x := range w.cheats {
		if x.forked != 0 && x.byBank == 0 {
			s.CheatsOut++
		}
		s.LossSoFar += vatuOf(max(0, x.taken-x.inStory))
	}
	s.Reserve = vatuOf(w.bank.loaded - w.bank.direct().paidOut())
	sum := Sample{Payments: len(t.bills), BytesUp: t.upBytes.Bytes, BytesDown: t.downBytes.Bytes, NewsBytes: t.newsBytes.Bytes}
	for _, n := range t.bounds() {
		sum.Refused += n
	}
	s.Payments, s.BytesUp, s.BytesDown = sum.Payments-t.before.Payments, sum.BytesUp-t.before.BytesUp, sum.BytesDown-t.before.BytesDown
	s.NewsBytes, s.Refused = sum.NewsBytes-t.before.NewsBytes, sum.Refused-t.before.Refused
	t.before = sum
	t.series = append(t.series, s)
}

// unsettled counts the bills that the bank has not answered, and how old they are.
func (s *Sample) unsettled(w *world) {
	var ages []int
	for _, b := range w.tally.bills {
		if b.settled == 0 && b.payer.cheat == nil {
			s.Unsettled += vatuOf(b.amount)
			ages = append(ages, int((w.now-b.at)/day)) //nolint:gosec // small
		}
	}
	ages = sorted(ages)
	s.Bills, s.AgeMedian, s.AgeOldTenth, s.AgeOldest = len(ages), part(ages, 5), part(ages, 9), part(ages, 10)
}
