package sim

import (
	"fmt"

	"kula/protocol"
	"kula/wallet"
)

// trip is somebody who comes by where there is a connection, about once a week.
func (w *world) trip(p *person) error {
	again := 6*day + w.life.Uint64N(2*day)
	w.plan(again, "trip", func() error { return w.trip(p) })
	return w.connect(p)
}

const ferryEvery = 28 * day

// planIslands plans the ferries.
func (w *world) planIslands() {
	for _, i := range w.islands {
		w.plan(w.life.Uint64N(ferryEvery), "ferry", func() error { return w.ferryComes(i) })
	}
}

// ferryComes once a month: who goes along connects within the day, and carries the mail of those who do not.
func (w *world) ferryComes(i *island) error {
	w.plan(ferryEvery, "ferry", func() error { return w.ferryComes(i) })
	for _, p := range i.people {
		switch p.link {
		case ferry:
			w.plan(w.life.Uint64N(day), "ferry trip", func() error { return w.connect(p) })
		case courier:
			if p.phone == nil || len(p.phone.retired) > 0 || p.turned() {
				w.plan(w.life.Uint64N(day), "ferry trip", func() error { return w.connect(p) })
				continue
			}
			if err := w.sendMail(p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *person) turned() bool { return p.cheat != nil && p.cheat.turned }

// connect brings the bank what a phone has, and takes what the bank says.
func (w *world) connect(p *person) error {
	if p.turned() {
		return nil // it keeps away from the bank
	}
	if p.phone == nil {
		if err := w.restore(p); err != nil {
			return err
		}
	}
	w.visit(p, (*visit).connect)
	return nil
}

func (v *visit) connect() error {
	f := v.phone
	for _, old := range f.retired {
		if err := v.present(old); err != nil {
			return err
		}
	}
	if err := v.state(); err != nil {
		return err
	}
	if err := v.exchange(); err != nil {
		return err
	}
	if err := v.unload(); err != nil {
		return err
	}
	v.end()
	v.finds(func() error { v.world.tally.syncs++; return nil })
	return nil
}

// end is when the bank has all that the phone knew.
func (v *visit) end() { v.phone.saved, v.person.owed = len(v.phone.tape.places), false }

// state signs where the chain stands when a new sheet would say more than the last.
func (v *visit) state() error {
	f := v.phone
	if !v.person.owed && !f.NeedsSheet(v.at, f.purse) {
		return nil
	}
	var nonce protocol.Hash // a ferry's passengers hand in their mail at the counter, as a courier does
	if v.person.link == weekly {
		challenge, err := v.world.bank.Challenge(v.world.ctx, f.purse)
		if err != nil {
			return err
		}
		nonce = challenge.Nonce
	}
	_, err := f.Statement(v.at, f.purse, nonce)
	return err
}

// exchange syncs a phone's purse until neither side has more to say.
func (v *visit) exchange() error {
	f := v.phone
	for range 100 {
		outbox, err := f.Outbox(f.purse)
		if err != nil {
			return err
		}
		purse, err := f.Purse(f.purse)
		if err != nil {
			return err
		}
		reply, err := v.sync(outbox, &f.purse, purse.Cursor)
		if err != nil {
			return err
		}
		news, err := f.Absorb(v.at, f.purse, reply.bundle, reply.cursor)
		if err != nil {
			return err
		}
		if err := v.taken(news); err != nil {
			return err
		}
		if !reply.more && (len(news.Receipts) == 0 || outbox.Len() < fullOutbox) {
			return nil
		}
	}
	return v.violation("a sync ends", nil)
}

// fullOutbox is so many documents that there may be more than one sync could carry.
const fullOutbox = 400

// taken looks at what a wallet could not take of what the bank said.
func (v *visit) taken(news *wallet.News) error {
	for _, problem := range news.Problems {
		return v.violation("a wallet takes what the bank says", fmt.Errorf("%s: %s: %w", v.person.name, problem.Document, problem.Err))
	}
	return nil
}

// present brings in what a phone that is gone has to claim, as anybody may.
func (v *visit) present(old protocol.PurseID) error {
	outbox, err := v.phone.Outbox(old)
	if err != nil || outbox.Len() == 0 {
		return err
	}
	reply, err := v.sync(outbox, nil, 0)
	if err != nil {
		return err
	}
	_, err = v.phone.Absorb(v.at, old, reply.bundle, 0)
	return err
}

// sendMail gives a phone's outbox to somebody who goes with the ferry, and who brings the answer back.
func (w *world) sendMail(p *person) error {
	f := p.phone.free()
	if p.owed || f.NeedsSheet(w.now, f.purse) {
		if _, err := f.Statement(w.now, f.purse, protocol.Hash{}); err != nil {
			return err
		}
	}
	mail, err := f.Outbox(f.purse)
	if err != nil || mail.Len() == 0 {
		return err
	}
	w.plan(6*hour+w.life.Uint64N(day), "courier at the bank", func() error {
		var answer *reply
		w.visit(nil, func(v *visit) (err error) {
			answer, err = v.sync(mail, nil, 0)
			return err
		})
		w.tally.couriered++
		w.plan(2*day+w.life.Uint64N(2*day), "courier is back", func() error { return w.bringBack(p, f, &answer) })
		return nil
	})
	return nil
}

// bringBack is a visit of its own: the answer is there when it begins.
func (w *world) bringBack(p *person, f *phone, answer **reply) error {
	if p.phone != f {
		return nil // its phone has died meanwhile
	}
	w.visit(p, func(v *visit) error {
		news, err := f.Absorb(v.at, f.purse, (*answer).bundle, 0)
		if err != nil {
			return err
		}
		v.end()
		return v.taken(news)
	})
	return nil
}

// unload sends what a shop has too much of to its account on Stellar.
func (v *visit) unload() error {
	const plenty = 40_000 * vatu
	p, f := v.person, v.phone
	if !p.shop || p.kind != protocol.Circulating {
		return nil
	}
	if f.Holdings(v.at)[len(f.retired)].Loaded < plenty {
		return nil
	}
	offer, err := v.world.bank.unloadOffer(f.purse, perBill, protocol.AccountID(protocol.PublicKey(p.account)))
	if err != nil {
		return err
	}
	if _, err := f.Pay(v.at, offer, wallet.PayParams{Purse: f.purse}); err != nil {
		if protocol.CodeOf(err) == "" {
			return err
		}
		v.finds(func() error { return v.world.tally.refuse("unload", err) })
		return nil
	}
	v.finds(func() error { v.world.tally.unloads++; return nil })
	return v.exchange()
}

// phoneDies with what was not in its backup.
func (w *world) phoneDies(p *person) error {
	w.plan(sometime(w.life, diesEvery), "phone dies", func() error { return w.phoneDies(p) })
	if p.phone == nil || p.cheat != nil {
		return nil
	}
	p.lost, p.phone = p.phone.free(), nil
	w.tally.phonesDied++
	return nil
}

// restore makes a new phone from the backup of the old: new key, new purse, the old one revoked.
func (w *world) restore(p *person) error {
	old := p.lost
	t, err := old.tape.backup(old.saved)
	if err != nil {
		return err
	}
	gone := wallet.Event{Kind: wallet.Restored, At: w.now, Docs: protocol.NewBundle(network)}
	if err := t.Append(gone.Encode()); err != nil {
		return err
	}
	w.tally.restored++
	f, err := w.start(t, &ring{seed: w.cfg.Seed, name: fmt.Sprintf("phone %d of %s", w.tally.restored, p.name), memory: w.memory})
	if err != nil {
		return err
	}
	p.phone, p.lost = f, nil
	f.retired = append(old.retired[:len(old.retired):len(old.retired)], old.purse)
	if err := w.bank.enrol(p, f); err != nil {
		return err
	}
	return w.bank.direct().Revoke(w.ctx, old.purse, f.purse)
}
