package sim

import (
	"errors"
	"fmt"

	"kula/money"
	"kula/protocol"
	"kula/wallet"
)

// What people do, on average.
const (
	payEvery   = 13 * day / 2 // an ordinary person; a shop four times as often
	remitEvery = 30 * day
	diesEvery  = 3 * 365 * day // a phone
	tornIn     = 200           // of so many payments one is cut off between writing and arriving
	usual      = 600           // the median price, in vatu
	dearest    = 5_000
	smallest   = 50 * vatu
)

func enrolParams(b *bank, p *person, account protocol.AccountID) wallet.EnrolParams {
	sign := func(h protocol.Hash) protocol.Signature { return sign(b.world.memory, p.account, h) }
	return wallet.EnrolParams{
		Anchor: b.charter.Anchor, Account: account, Asset: b.asset, Kind: p.kind,
		Signers: []wallet.AccountSigner{{Key: protocol.PublicKey(p.account), Sign: sign}},
	}
}

// firstPhone opens somebody's purse and loads it.
func (w *world) firstPhone(p *person) error {
	f, err := w.start(&tape{archive: w.archive}, &ring{seed: w.cfg.Seed, name: "phone of " + p.name, memory: w.memory})
	if err != nil {
		return err
	}
	p.phone = f
	if err := w.bank.enrol(p, f); err != nil {
		return err
	}
	if p.kind == protocol.Circulating {
		w.bank.remit(f.load, money.Amount(2_000+w.life.IntN(60)*100)*vatu)
	}
	return nil
}

// planLife plans what a person does first; each event plans the next of its kind.
func (w *world) planLife(p *person) {
	if p.kind == protocol.Circulating {
		w.plan(sometime(w.life, uint64(float64(payEvery)/p.weight)), "pay", func() error { return w.payDay(p) })
		w.plan(w.life.Uint64N(remitEvery), "remittance", func() error { return w.remittance(p) })
	}
	if p.link == weekly {
		w.plan(w.life.Uint64N(7*day), "trip", func() error { return w.trip(p) })
	}
	w.plan(sometime(w.life, diesEvery), "phone dies", func() error { return w.phoneDies(p) })
}

// remittance is money from abroad: half of the people have somebody there.
func (w *world) remittance(p *person) error {
	if p.id%2 == 0 && p.phone != nil && !p.shop {
		w.bank.remit(p.phone.load, money.Amount(4_000+w.life.IntN(60)*100)*vatu)
	}
	w.plan(remitEvery-day+w.life.Uint64N(2*day), "remittance", func() error { return w.remittance(p) })
	return nil
}

// payDay is a wish to pay: at home, at the next market, or wherever people travel.
func (w *world) payDay(p *person) error {
	w.plan(sometime(w.life, uint64(float64(payEvery)/p.weight)), "pay", func() error { return w.payDay(p) })
	if p.phone == nil || p.cheat != nil && p.cheat.turned {
		return nil
	}
	price := money.Amount(someAmount(w.life, usual, dearest)) * vatu
	habits := patterns[w.cfg.Pattern]
	switch where := w.life.Float64(); {
	case where < habits.home:
		return w.meet(p, w.neighbour(p), price)
	case where < habits.home+habits.market:
		w.plan(w.untilMarket(p.village.island), "market", func() error {
			return w.meet(p, w.oneOf(p.village.island.people), price)
		})
		return nil
	}
	return w.meet(p, w.oneOf(w.people), price)
}

// neighbour is somebody to pay in the village: every second time a shop.
func (w *world) neighbour(p *person) *person {
	if w.life.IntN(2) == 0 {
		return w.oneOf(p.village.shops)
	}
	return w.oneOf(p.village.people)
}

func (w *world) oneOf(people []*person) *person { return people[w.life.IntN(len(people))] }

// untilMarket is how long it is to a moment of the island's next market day.
func (w *world) untilMarket(i *island) uint64 {
	today := (w.now - start) / day
	wait := (7 - (today+7-uint64(i.number)%7)%7) % 7 //nolint:gosec // a small number
	next := start + (today+wait)*day + 6*hour + w.life.Uint64N(8*hour)
	if next <= w.now {
		next += 7 * day
	}
	return next - w.now
}

// meet is two people who meet so that one pays the other.
func (w *world) meet(payer, payee *person, price money.Amount) error {
	if payer == payee || payer.phone == nil || payee.phone == nil || payee.cheat != nil && payee.cheat.turned {
		w.tally.missed++
		return nil
	}
	payer.phone.free()
	payee.phone.free()
	if err := w.gossip(payer, payee); err != nil {
		return err
	}
	paid, err := w.pay(payer, payee, price)
	if protocol.CodeOf(err) == protocol.CodeNotEnough { // then what there is
		if price = w.affordable(payer.phone); price < smallest {
			w.tally.noMoney++
			return nil
		}
		paid, err = w.pay(payer, payee, price)
	}
	if code := protocol.CodeOf(err); code != "" {
		return w.tally.refuse("pay", err)
	}
	if err != nil {
		return err
	}
	if w.life.IntN(tornIn) == 0 {
		w.tally.torn++
		return nil
	}
	return w.hand(payer, payee, paid)
}

// pay is the payee's request and the payer's answer. It must take from the payer's chain what it says.
func (w *world) pay(payer, payee *person, price money.Amount) (*wallet.Signed, error) {
	request, err := payee.phone.Request(w.now, wallet.RequestParams{Amount: price, OverHolding: true})
	if err != nil {
		return nil, err
	}
	f := payer.phone
	before, err := f.Purse(f.purse)
	if err != nil {
		return nil, err
	}
	paid, err := f.Pay(w.now, request, wallet.PayParams{Purse: f.purse})
	if err != nil {
		return nil, err
	}
	after, err := f.Purse(f.purse)
	if err == nil && (after.Spent-before.Spent != price || after.Seq != before.Seq+1) {
		err = w.violation("a payment takes what it says", nil)
	}
	return paid, err
}

// affordable is what a phone can pay now.
func (w *world) affordable(f *phone) money.Amount {
	for _, b := range f.Balances(w.now) {
		if b.Purse == f.purse {
			most := min(b.Spendable, perBill)
			return most - most%vatu
		}
	}
	return 0
}

// hand gives a payment to its payee, and the Ack back.
func (w *world) hand(payer, payee *person, paid *wallet.Signed) error {
	w.aside.weigh(&w.tally.paymentBytes, paid.Size)
	got, err := payee.phone.Accept(w.now, paid.Bundle)
	if err != nil {
		w.tally.turnedAway++
		return w.turnedAway("accept", err)
	}
	if err := payer.phone.Acknowledged(w.now, got.Ack); err != nil {
		return err
	}
	w.tally.take(w, payer, payee, paid.Bundle, got)
	return nil
}

// gossip is the news that two phones tell each other when they meet.
func (w *world) gossip(a, b *person) error {
	if !w.cfg.News {
		return nil
	}
	if err := w.tellNews(a, b); err != nil {
		return err
	}
	return w.tellNews(b, a)
}

func (w *world) tellNews(from, to *person) error {
	news, err := from.phone.News(w.now, wallet.DefaultNews)
	if err != nil || news.Len() == 0 {
		return err
	}
	w.aside.weigh(&w.tally.newsBytes, func() int { return news.Size() })
	heard, err := to.phone.Hear(w.now, news)
	if err != nil {
		return err
	}
	if heard.Forged != nil {
		return w.violation("honest phones tell nothing that is false", fmt.Errorf("%s heard it from %s: %w", to.name, from.name, heard.Forged))
	}
	if len(heard.OwnPurse) > 0 && to.honest() {
		return w.violation("nobody honest hears of a copy of its phone", fmt.Errorf("%s (restored %d times) from %s", to.name, len(to.phone.retired), from.name))
	}
	for _, purse := range heard.Condemned {
		if err := w.caught(purse); err != nil {
			return err
		}
	}
	return nil
}

// caught notes that a phone holds a proof against a purse.
func (w *world) caught(purse protocol.PurseID) error {
	owner := w.byPurse[purse]
	if owner == nil || owner.honest() {
		return w.violation("no honest person is accused", fmt.Errorf("by a phone: purse %s", purse))
	}
	if c := owner.cheat; c.byPhone == 0 && c.turned {
		c.byPhone, c.takenBefore = w.now, c.taken
	}
	return nil
}

// turnedAway counts a refusal by a payee; one for a contradiction puts a proof into its hand.
func (w *world) turnedAway(act string, err error) error {
	var conflict *protocol.Conflict
	if errors.As(err, &conflict) {
		if err := w.caught(conflict.Purse); err != nil {
			return err
		}
	}
	return w.tally.refuse(act, err)
}
