package sim

import (
	"cmp"
	"sync"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
)

// office is where the bank works: on a goroutine of its own, one task after the other in the order in which
// they were given, each at the moment at which it was given. So the bank's work and the phones' go on side by
// side, and a seed still tells one story: whoever needs what a task changes waits for it.
type office struct {
	tasks   chan func()
	pending sync.WaitGroup
}

func newOffice() *office {
	o := &office{tasks: make(chan func(), 4096)}
	go func() {
		for task := range o.tasks {
			task()
			o.pending.Done()
		}
	}()
	return o
}

func (o *office) give(task func()) {
	o.pending.Add(1)
	o.tasks <- task
}

func (o *office) close() {
	o.pending.Wait()
	close(o.tasks)
}

// direct makes the bank free for whoever calls it here and now.
func (b *bank) direct() *bank {
	b.office.pending.Wait()
	b.at = b.world.now
	return b
}

// visit is one task of the bank: what a person does while connected, mail that a courier hands in, the
// bank's own day. It touches the bank, the phone it is about, and nothing else of the island; what it found
// is told to the island on the day after.
type visit struct {
	world  *world
	person *person // nil: nobody's
	phone  *phone  // nobody else touches it before done
	at     uint64
	event  string
	loaded money.Amount // what people had paid in when it began
	cheats []*cheat     // whom the bank did not know when the visit began
	found  []func() error
	err    error
	done   chan struct{}
}

// visit has the bank do something at this moment.
func (w *world) visit(p *person, run func(*visit) error) *visit {
	v := &visit{world: w, person: p, at: w.now, event: w.event, loaded: w.bank.loaded, done: make(chan struct{})}
	for _, c := range w.cheats {
		if c.turned && c.byBank == 0 {
			v.cheats = append(v.cheats, c)
		}
	}
	if p != nil {
		v.phone = p.phone
		p.phone.visit = v
	}
	w.visits = append(w.visits, v)
	w.bank.office.give(func() {
		defer close(v.done)
		w.bank.at = v.at
		v.err = run(v)
	})
	return v
}

// hear takes in what all visits found, in their order.
func (w *world) hear() error {
	return cmp.Or(w.hearYesterday(), w.hearYesterday())
}

// hearYesterday takes in what the visits of the day before found: by now the bank has done with them, and
// nobody waits for it.
func (w *world) hearYesterday() error {
	for _, v := range w.yesterday {
		<-v.done
		if v.err != nil {
			return v.err
		}
		for _, found := range v.found {
			if err := found(); err != nil {
				return err
			}
		}
	}
	clear(w.yesterday) // what they hold is large
	w.yesterday, w.visits = w.visits, w.yesterday[:0]
	return nil
}

// ended waits for the end of a visit that finds nothing.
func (v *visit) ended() error {
	<-v.done
	return v.err
}

// finds has the island told something.
func (v *visit) finds(f func() error) { v.found = append(v.found, f) }

func (v *visit) violation(invariant string, err error) error {
	return v.world.cfg.violation(invariant, v.event, v.at, err)
}

// free waits until a phone is its owner's again.
func (f *phone) free() *phone {
	if f != nil && f.visit != nil {
		<-f.visit.done
		f.visit = nil
	}
	return f
}

// reply is what the bank answered.
type reply struct {
	bundle *protocol.Bundle
	cursor int64
	more   bool
}

// sync is one exchange of bundles with the bank.
func (v *visit) sync(up *protocol.Bundle, purse *protocol.PurseID, after int64) (*reply, error) {
	w := v.world
	encoded := up.Encode()
	answer, err := w.bank.Sync(w.ctx, anchor.SyncRequest{Bundle: up, Digest: protocol.Digest(encoded), Purse: purse, After: after})
	if err != nil {
		return nil, err
	}
	w.aside.weigh(&w.tally.downBytes, func() int { return answer.Bundle.Size() })
	v.finds(func() error {
		w.tally.upBytes.add(len(encoded))
		for _, r := range protocol.All[*protocol.Receipt](answer.Bundle) {
			if b := w.tally.settle(v.at, r); b != nil {
				if err := w.check.settled(b); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return &reply{answer.Bundle, answer.Cursor, answer.More}, v.lookAtCheats(up)
}

// lookAtCheats asks the bank what it knows of the cheats whose entries were just brought.
func (v *visit) lookAtCheats(brought *protocol.Bundle) error {
	for _, c := range v.cheats {
		if !concerns(brought, c) {
			continue
		}
		view, err := v.world.bank.Purse(v.world.ctx, c.purse)
		if err != nil {
			return err
		}
		v.finds(func() error { return c.known(v.at, view.State) })
	}
	return nil
}
