package wallet

import (
	"kula/money"
	"kula/protocol"
)

// maxJump is how far signed times may be ahead of the device's clock before the person is asked: 48 hours.
const maxJump = 48 * 3600

// latestDate is one that no phone shows rightly, far below where sums of dates overflow.
const latestDate = 1 << 40

func amount(n int64) money.Amount { return money.Amount(n) }

// corrected is the device's clock as the person has set it right.
func (s *State) corrected(now uint64) uint64 {
	return uint64(max(int64(now)+s.offset, 0)) //nolint:gosec // clocks are far below 2⁶³
}

// Time is what this wallet takes the time to be when the device's clock shows now. Only notices of
// trusted anchors push it forward. It fails with CodeClock when any signed time is more than 48 hours
// ahead of the clock: then the person is asked for the date (Wallet.SetClock).
func (s *State) Time(now uint64) (uint64, error) {
	t := s.corrected(now)
	if s.newest() > t+maxJump {
		return 0, refuse(CodeClock, "clock")
	}
	for _, a := range s.anchors {
		if a.Notice != nil {
			t = max(t, a.Notice.Time)
		}
	}
	return t, nil
}

// Ahead is by how many seconds signed times are ahead of the device's clock, when that is more than it can be
// wrong by itself: then Time fails, and the person is asked for the date. 0: they agree.
func (w *Wallet) Ahead(now uint64) uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	newest, t := w.state.newest(), w.state.corrected(now)
	if newest <= t+maxJump {
		return 0
	}
	return newest - t
}

// newest is the latest time that any trusted anchor has signed.
func (s *State) newest() (t uint64) {
	for _, a := range s.anchors {
		t = max(t, a.Newest)
	}
	return t
}

// stamp is the date of a new bill: never before what the purse has stated, or the anchor would count the
// income as known before it was stated.
func (s *State) stamp(p *Purse, t uint64) uint64 {
	if last := p.lastStatement(); last > 0 {
		t = max(t, last+1)
	}
	if a := s.anchors[p.Enrolment.Anchor]; a != nil {
		t = max(t, a.noticeTime())
	}
	return t
}

func (a *Anchor) noticeTime() uint64 {
	if a.Notice == nil {
		return 0
	}
	return a.Notice.Time
}

// lastStatement is the time of the newest Statement; 0 before the first.
func (p *Purse) lastStatement() uint64 {
	if n := len(p.Statements); n > 0 {
		return p.Statements[n-1].Entry.Statement.Time
	}
	return 0
}

// statementTime is later than the last Statement and not earlier than any bill of the purse that was paid.
func (s *State) statementTime(p *Purse, t uint64) uint64 {
	return max(s.stamp(p, t), p.billPaid)
}

// SetClock keeps what the person says the date is. It refuses a date that signed times contradict.
func (w *Wallet) SetClock(now, today uint64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if today > latestDate || w.state.newest() > today+maxJump {
		return refuse(CodeClock, "date")
	}
	return w.record(&Event{Kind: ClockSet, At: now, Number: int64(today) - int64(now)}) //nolint:gosec // clocks are far below 2⁶³
}

// Time is State.Time.
func (w *Wallet) Time(now uint64) (uint64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state.Time(now)
}

// expired reports whether a date has passed, as the anchor's extensions move it.
func expired(n *protocol.Notice, date, t uint64) bool { return t > n.Moment(date) }
