package sim

import (
	"fmt"
	"slices"

	"kula/money"
	"kula/protocol"
)

// epilogue brings everything to its end: everybody connects, every deadline and grace passes, everybody
// connects again and hears the bank's last words.
func (w *world) epilogue() error {
	w.queue = queue{}
	for _, wait := range []uint64{0, 75 * day, 75 * day} {
		for end := w.now + wait; w.now < end; {
			w.now = min(end, w.now+7*day)
			w.event = "epilogue"
			if err := w.bank.direct().work(); err != nil {
				return err
			}
		}
		if err := w.everybodyConnects(); err != nil {
			return err
		}
	}
	return w.check.end()
}

// everybodyConnects, some hundreds at a time.
func (w *world) everybodyConnects() error {
	for crowd := range slices.Chunk(w.people, 500) {
		for _, p := range crowd {
			if err := w.connect(p); err != nil {
				return err
			}
		}
		if err := w.hear(); err != nil {
			return err
		}
	}
	return nil
}

// end is the whole of what was promised.
func (c *checker) end() error {
	w := c.world
	w.tally.audits++
	if err := w.visit(nil, c.audit).ended(); err != nil {
		return err
	}
	if err := c.accusations(); err != nil {
		return err
	}
	if err := c.replayAll(); err != nil {
		return err
	}
	guaranteed, all, err := w.bank.guaranteed()
	if err != nil {
		return err
	}
	w.covered = all
	for _, one := range w.cheats {
		one.covered = guaranteed[one.purse]
		if err := c.cheat(one); err != nil {
			return err
		}
	}
	if err := c.cases(); err != nil {
		return err
	}
	return c.people()
}

// cases looks at whom people's phones hold for cheats.
func (c *checker) cases() error {
	w := c.world
	for _, p := range w.people {
		if p.phone == nil {
			continue
		}
		for _, one := range p.phone.Cases() {
			if owner := w.byPurse[one.Purse]; owner == nil || owner.honest() {
				return w.violation("no honest person is accused", fmt.Errorf("by the phone of %s: purse %s", p.name, one.Purse))
			}
		}
	}
	return nil
}

// cheat checks that a cheat is named, and that it stayed within its bound.
func (c *checker) cheat(x *cheat) error {
	w := c.world
	if !x.turned {
		return nil
	}
	if err := w.askBank(x); err != nil {
		return err
	}
	sum := w.sumOf(x)
	if sum.unpaid+x.covered > 0 && x.state != "contradicted" {
		return w.violation("every settled overspend is attributed by a proof", fmt.Errorf("%s (%s)", x.person.name, x.strategy))
	}
	if bound := w.bound(x); sum.unpaid+x.covered > bound {
		return w.violation("a cheat stays within its bound", fmt.Errorf("%s lost, the bound is %s", sum.unpaid+x.covered, bound))
	}
	if x.covered > capPurse {
		return w.violation("the guarantee for one purse is capped", fmt.Errorf("%s", x.covered))
	}
	return nil
}

// sums are what became of a cheat's bills. What was paid came from its purse, or from the guarantee.
type sums struct{ paid, unpaid, open money.Amount }

func (w *world) sumOf(x *cheat) (s sums) {
	for _, b := range w.tally.bills {
		switch {
		case b.payer != x.person || b.at < x.turnedAt || !x.turned:
		case b.outcome == protocol.Honoured:
			s.paid += b.amount
		case b.outcome == protocol.Dishonoured:
			s.unpaid += b.unpaid()
			s.paid += b.covered
		default:
			s.open += b.amount
		}
	}
	return s
}

// bound is n · M − F of docs/risk.md: what stories believed by n payees can come to, less what was paid from the purse.
func (w *world) bound(x *cheat) money.Amount {
	stories := money.Amount(0)
	for _, s := range x.order {
		if s.payee.cheat == nil {
			stories++
		}
	}
	return stories*maxSpend - (w.sumOf(x).paid - x.covered)
}

// people checks what honest people lost, one by one and together.
func (c *checker) people() error {
	w := c.world
	lost, taken := money.Amount(0), money.Amount(0)
	net, at := map[*person]money.Amount{}, map[*person]money.Amount{}
	for _, b := range w.tally.bills {
		if b.outcome == 0 && b.payee.phone != nil && b.phone == b.payee.phone.number {
			return w.violation("every payment gets the bank's last word", fmt.Errorf("%s to %s on day %d", b.payer.name, b.payee.name, (b.at-start)/day))
		}
		if b.reason == protocol.ReasonLate {
			continue // its payee came to the bank too late: that is counted, and nobody's cheating
		}
		if b.tainted {
			at[b.payee] += b.amount
		}
		net[b.payee] += b.unpaid()
		net[b.payer] -= b.unpaid()
		if b.payer.cheat != nil && b.payee.cheat == nil {
			taken += b.unpaid()
		}
		if b.payer.cheat == nil && b.payee.cheat != nil {
			taken -= b.unpaid()
		}
	}
	for _, p := range w.people {
		if !p.honest() {
			continue
		}
		lost += net[p]
		if net[p] > at[p] {
			return w.violation("nobody loses more than what it took with a cheat behind it", fmt.Errorf("%s lost %s", p.name, net[p]))
		}
	}
	if lost != taken {
		return w.violation("what people lost is what cheats took", fmt.Errorf("%s and %s", lost, taken))
	}
	return nil
}
