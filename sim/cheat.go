package sim

import (
	"kula/money"
	"kula/protocol"
	"kula/wallet"
)

// strategy is a way to spend one sum more than once.
type strategy string

// Strategies, in the order in which cheats are given them.
const (
	byNumber  strategy = "number"   // one number, other bodies: the story begins anew for each payee
	byTotal   strategy = "total"    // numbers go up, the running total does not
	bySheets  strategy = "sheets"   // two live sheets, a story on each
	byClone   strategy = "clone"    // two phones with one journal
	byRolling strategy = "rollback" // one phone, set back to its backup when it is spent out
	byFriend  strategy = "friend"   // everything goes to an accomplice first, who brings it in at once
)

var strategies = []strategy{byNumber, byTotal, bySheets, byClone, byRolling, byFriend}

// A cheat sees so many payees a day, and gives up after so many refusals in a row.
const (
	payeesADay = 4
	givesUp    = 24
)

// cheat is somebody who does not keep to the rules, from the day it turns.
type cheat struct {
	person   *person
	strategy strategy
	friend   *person // the accomplice; nil: none
	helps    *cheat  // whose accomplice this is; nil: a cheat in its own right
	turned   bool
	turnedAt uint64
	purse    protocol.PurseID
	sheets   []*wallet.HeldSheet
	phones   []*phone // clones
	saved    int      // the record to which the phone is set back
	seq      uint64   // for byTotal: numbers go up over all stories

	stories map[int]*story // by payee
	order   []*story
	row     int // refusals in a row

	taken, covered       money.Amount
	refusals             int
	forked               uint64 // when a second story was first believed
	byPhone, byBank      uint64 // when a phone, the bank first had the proof; 0: never
	takenBefore, inStory money.Amount
	state                string
}

// story is what one payee believes.
type story struct {
	payee  *person
	number int
	spent  money.Amount
	seq    uint64
	over   bool
}

// planCheats makes cheats of some people: ordinary ones, who turn in the second quarter of the time.
func (w *world) planCheats() {
	candidates := []*person{}
	for _, p := range w.people {
		if !p.shop && p.link == ferry {
			candidates = append(candidates, p)
		}
	}
	w.evil.Shuffle(len(candidates), func(i, j int) { candidates[i], candidates[j] = candidates[j], candidates[i] })
	for i := 0; i < w.cfg.Cheats && len(candidates) > 1; i++ {
		c := &cheat{person: candidates[0], strategy: strategies[i%len(strategies)], stories: map[int]*story{}}
		candidates = candidates[1:]
		if c.strategy == byFriend {
			c.friend, candidates = candidates[0], candidates[1:]
			c.friend.cheat = &cheat{person: c.friend, helps: c}
		}
		c.person.cheat = c
		w.cheats = append(w.cheats, c)
		turns := uint64(w.cfg.Days) * day / 4 //nolint:gosec // positive
		turns += w.evil.Uint64N(turns + 1)
		w.plan(turns, "cheat prepares", func() error { return w.prepare(c) })
	}
}

// prepare fills the purse, so that there is much to spend twice.
func (w *world) prepare(c *cheat) error {
	f := c.person.phone
	if f == nil {
		if err := w.connect(c.person); err != nil {
			return err
		}
		f = c.person.phone
	}
	w.bank.remit(f.load, maxSpend)
	w.plan(2*day, "cheat fetches a sheet", func() error { return w.fetchSheet(c) })
	return nil
}

func (w *world) fetchSheet(c *cheat) error {
	if err := w.refresh(c.person); err != nil {
		return err
	}
	c.saved = len(c.person.phone.free().tape.places)
	wait := 1 * hour
	if c.strategy == bySheets { // a second sheet, on another base
		w.plan(wait, "cheat fetches another sheet", func() error { return w.refresh(c.person) })
		wait += hour
	}
	w.plan(wait, "cheat turns", func() error { return w.turn(c) })
	return nil
}

// refresh gets a sheet, needed or not.
func (w *world) refresh(p *person) error {
	f := p.phone.free()
	challenge, err := w.bank.direct().Challenge(w.ctx, f.purse)
	if err != nil {
		return err
	}
	if _, err := f.Statement(w.now, f.purse, challenge.Nonce); err != nil {
		return err
	}
	return w.connect(p)
}

func (w *world) turn(c *cheat) error {
	f := c.person.phone.free()
	purse, err := f.Purse(f.purse)
	if err != nil {
		return err
	}
	c.turned, c.turnedAt, c.purse, c.sheets, c.seq = true, w.now, f.purse, purse.Sheets, purse.Seq
	if len(c.sheets) == 0 {
		return nil // no sheet, no story
	}
	c.inStory = min(c.sheets[0].Sheet.Available, maxSpend)
	c.phones = []*phone{f}
	if c.strategy == byClone {
		clone, err := w.copyOf(f, len(f.tape.places))
		if err != nil {
			return err
		}
		c.phones = append(c.phones, clone)
	}
	if c.friend != nil {
		if err := w.payFriend(c); err != nil {
			return err
		}
	}
	w.plan(w.evil.Uint64N(day), "cheat pays", func() error { return w.cheatPays(c) })
	return nil
}

// payFriend tells the first story to the accomplice, who brings it to the bank at once.
func (w *world) payFriend(c *cheat) error {
	for range 8 {
		if c.friend.phone == nil {
			return nil
		}
		if err := w.tryOn(c, c.friend); err != nil {
			return err
		}
	}
	c.row = 0
	return w.connect(c.friend)
}

// cheatPays tries a story on the next payee.
func (w *world) cheatPays(c *cheat) error {
	payee := w.victim(c.person)
	if payee != nil {
		if err := w.tryOn(c, payee); err != nil {
			return err
		}
	}
	expired := w.now > c.sheets[0].Sheet.ExpiresAt
	if c.row < givesUp && !expired {
		w.plan(sometime(w.evil, day/payeesADay), "cheat pays", func() error { return w.cheatPays(c) })
	}
	return nil
}

// victim is the next payee, found where the cheat's kind of island has people meet.
func (w *world) victim(p *person) *person {
	habits := patterns[w.cfg.Pattern]
	among := w.people
	switch where := w.evil.Float64(); {
	case where < habits.home:
		among = p.village.people
	case where < habits.home+habits.market:
		among = p.village.island.people
	}
	v := among[w.evil.IntN(len(among))]
	if v.cheat != nil || v.phone == nil {
		return nil
	}
	return v
}

// tryOn asks a payee for a bill and pays it with whatever this payee's story still has.
func (w *world) tryOn(c *cheat, payee *person) error {
	s := c.stories[payee.id]
	if s == nil {
		s = &story{payee: payee, number: len(c.order)}
	}
	amount := min(perBill, c.inStory-s.spent)
	if amount < smallest || s.over {
		return nil // this one has nothing more to lose
	}
	request, err := payee.phone.free().Request(w.now, wallet.RequestParams{Amount: amount, OverHolding: true})
	if err != nil {
		return w.tally.refuse("request", err)
	}
	payment, entry, err := w.forge(c, s, request, amount)
	if err != nil || payment == nil {
		return err
	}
	got, err := payee.phone.Accept(w.now, payment)
	if err != nil {
		return w.rebuffed(c, s, err)
	}
	c.row = 0
	if c.stories[payee.id] == nil {
		c.stories[payee.id] = s
		c.order = append(c.order, s)
	}
	s.spent += amount
	s.seq = entry.Seq
	if payee.cheat == nil {
		c.taken += amount
		w.tally.take(w, c.person, payee, payment, got)
	}
	if len(c.order) > 1 && c.forked == 0 {
		c.forked = w.now
	}
	return nil
}

// rebuffed counts a refusal; one for a contradiction is a proof in the payee's hand.
func (w *world) rebuffed(c *cheat, s *story, err error) error {
	c.row++
	c.refusals++
	s.over = c.stories[s.payee.id] != nil
	return w.turnedAway("accept from cheat", err)
}

// forge signs the entry that a story needs, past the wallet where the strategy asks for it.
func (w *world) forge(c *cheat, s *story, request *protocol.Bundle, amount money.Amount) (*protocol.Bundle, *protocol.Entry, error) {
	if c.strategy == byClone || c.strategy == byRolling {
		return w.payHonestly(c, s, request)
	}
	bills := protocol.All[*protocol.Bill](request)
	held := c.sheets[0]
	if c.strategy == bySheets {
		held = c.sheets[s.number%min(2, len(c.sheets))]
	}
	base := held.Sheet.Base
	s.seq = max(s.seq, base.Seq) + 1
	if c.strategy == byTotal {
		c.seq++
		s.seq = max(c.seq, s.seq)
	}
	e := &protocol.Entry{
		Sheet: held.Hash, Seq: s.seq, Spent: base.Spent + s.spent + amount, Kind: protocol.SpendKind,
		Spend: protocol.Spend{Bill: network.Hash(bills[0]), Amount: amount, Deadline: min(held.Sheet.RedeemBy, bills[0].ExpiresAt)},
	}
	signature, err := c.phones[0].ring.Sign(held.Sheet.Quorum.Signers[0].Key, network.Hash(e))
	e.Signatures = []protocol.DeviceSignature{{Index: 0, Signature: signature}}
	payment := protocol.NewBundle(network, held.Sheet, bills[0])
	payment.AddRoot(e)
	return payment, e, err
}

// payHonestly lets a wallet pay that does not know of its twin, or of what it did before it was set back.
func (w *world) payHonestly(c *cheat, s *story, request *protocol.Bundle) (*protocol.Bundle, *protocol.Entry, error) {
	which := s.number % len(c.phones)
	f := c.phones[which]
	paid, err := f.Pay(w.now, request, wallet.PayParams{Purse: c.purse})
	if err != nil && c.strategy == byRolling {
		if f, err = w.copyOf(f, c.saved); err != nil {
			return nil, nil, err
		}
		c.phones[which] = f
		paid, err = f.Pay(w.now, request, wallet.PayParams{Purse: c.purse})
	}
	if err != nil {
		c.row++ // spent out
		return nil, nil, w.tally.refuse("cheat pays", err)
	}
	e, _ := protocol.Find[*protocol.Entry](paid.Bundle, paid.Entry)
	return paid.Bundle, e, nil
}

func concerns(brought *protocol.Bundle, c *cheat) bool {
	for _, s := range protocol.All[*protocol.Sheet](brought) {
		if s.Purse == c.purse {
			return true
		}
	}
	return len(protocol.All[*protocol.FraudProof](brought)) > 0
}

func (w *world) askBank(c *cheat) error {
	view, err := w.bank.direct().Purse(w.ctx, c.purse)
	if err != nil {
		return err
	}
	return c.known(w.now, view.State)
}

// known notes in which state the bank sees the purse.
func (c *cheat) known(at uint64, state string) error {
	if c.state = state; c.state == "contradicted" && c.byBank == 0 {
		c.byBank = at
	}
	return nil
}
