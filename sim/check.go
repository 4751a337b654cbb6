package sim

import (
	"cmp"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"sync"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
	"kula/wallet"
)

// Violation is an invariant that does not hold.
type Violation struct {
	Invariant string
	Event     string
	Day       int
	Command   string // replays it
	Err       error
}

func (v *Violation) Error() string {
	s := fmt.Sprintf("on day %d, at %q, this did not hold: %s", v.Day, v.Event, v.Invariant)
	if v.Err != nil {
		s += " (" + v.Err.Error() + ")"
	}
	return s + "; again: " + v.Command
}

func (v *Violation) Unwrap() error { return v.Err }

func (w *world) violation(invariant string, err error) error {
	return w.cfg.violation(invariant, w.event, w.now, err)
}

func (c *Config) violation(invariant, event string, at uint64, err error) error {
	return &Violation{Invariant: invariant, Event: event, Day: dayOf(at), Command: c.Command(), Err: err}
}

func dayOf(at uint64) int { return int((at - start) / day) } //nolint:gosec // small

func (w *world) day() int { return dayOf(w.now) }

// checker holds the island against what was promised.
type checker struct {
	world *world
	next  int // whose phone is replayed next
}

// afterEvent is what is cheap enough to look at every time: the reserve is what people paid in, less what was paid out.
func (c *checker) afterEvent() error {
	w := c.world
	held, err := w.bank.rail.Balance(w.ctx, anchor.FromReserve, w.bank.asset)
	if err != nil {
		return err
	}
	if held < 0 || held > w.bank.loaded {
		return w.violation("the reserve holds no more than was paid in", fmt.Errorf("%s of %s", held, w.bank.loaded))
	}
	return nil
}

// settled looks at the bank's final word on a bill.
func (c *checker) settled(b *bill) error {
	if b.outcome == protocol.Honoured || b.tainted || b.reason == protocol.ReasonLate {
		return nil
	}
	return c.world.violation("nobody loses by a payment behind which no cheat stands",
		fmt.Errorf("%s paid %s %s, and it was dishonoured", b.payer.name, b.payee.name, b.amount))
}

// newDay is the bank's day, and the checker's.
func (w *world) newDay() error {
	w.plan(day, "day", w.newDay)
	if w.cfg.Progress != nil {
		w.cfg.Progress(w.day(), w.cfg.Days)
	}
	if err := cmp.Or(w.hearYesterday(), w.sabotage()); err != nil {
		return err
	}
	w.visit(nil, w.check.bankDay)
	w.tally.audits++
	if err := w.check.replayNext(); err != nil {
		return err
	}
	for _, c := range w.cheats {
		if c.turned && c.byBank == 0 && c.forked != 0 {
			if err := w.askBank(c); err != nil {
				return err
			}
		}
	}
	if w.day()%w.sampleEvery() == 0 {
		if err := cmp.Or(w.hear(), w.aside.wait()); err != nil {
			return err
		}
		w.sample()
	}
	if w.day()%28 == 0 {
		return w.check.accusations()
	}
	return nil
}

// bankDay is the bank's day, and its audit.
func (c *checker) bankDay(v *visit) error {
	if err := c.world.bank.work(); err != nil {
		return err
	}
	return c.audit(v)
}

// audit draws the books and compares them with the ledger, and with what people had paid in by then.
func (c *checker) audit(v *visit) error {
	w := c.world
	books, err := w.bank.Books(w.ctx)
	if err != nil {
		return err
	}
	if books.Problem != "" {
		return v.violation("the books balance", fmt.Errorf("%s", books.Problem))
	}
	for _, r := range books.Reserve {
		if !r.Agrees || r.UnderWay != 0 {
			return v.violation("the reserve is what the books say", fmt.Errorf("books %s, ledger %s", r.Books, r.Ledger))
		}
		if paid := w.bank.paidOut(); r.Books != v.loaded-paid {
			return v.violation("money is conserved", fmt.Errorf("paid in %s, paid out %s, in reserve %s", v.loaded, paid, r.Books))
		}
	}
	return nil
}

// paidOut is what people were paid on Stellar.
func (b *bank) paidOut() (total money.Amount) {
	if b.shops == nil {
		for _, p := range b.world.people {
			if p.shop {
				b.shops = append(b.shops, protocol.AccountID(protocol.PublicKey(p.account)).String())
			}
		}
	}
	for _, shop := range b.shops {
		total += b.rail.Paid(shop, b.asset)
	}
	return total
}

// accusations looks for honest people of whom the bank, or anybody's phone, thinks otherwise.
func (c *checker) accusations() error {
	w := c.world
	for after, more := int64(0), true; more; more = after != 0 {
		page, next, err := w.bank.direct().Purses(w.ctx, after, 500)
		if err != nil {
			return err
		}
		for i := range page {
			owner := w.byPurse[page[i].Purse]
			if page[i].State == "contradicted" && owner.honest() {
				return w.violation("no honest person is accused", fmt.Errorf("%s", owner.name))
			}
		}
		after = next
	}
	return nil
}

// replayNext replays the next phone's journal.
func (c *checker) replayNext() error {
	w := c.world
	for range w.people {
		p := w.people[c.next%len(w.people)]
		c.next++
		if p.phone == nil {
			continue
		}
		w.tally.replayed++
		p.phone.free()
		if err := w.archive.flush(); err != nil {
			return err
		}
		w.aside.do(c.replay(p))
		return nil
	}
	return nil
}

// replayAll replays everybody's journal, two at a time. Of several faults the first person's is told.
func (c *checker) replayAll() error {
	w := c.world
	if err := errors.Join(w.aside.wait(), w.archive.flush()); err != nil {
		return err
	}
	faults := make([]error, len(w.people))
	var wait sync.WaitGroup
	for worker := range 2 {
		wait.Go(func() {
			for i := worker; i < len(w.people); i += 2 {
				if w.people[i].phone != nil {
					faults[i] = c.replay(w.people[i])()
				}
			}
		})
	}
	wait.Wait()
	w.tally.replayed += len(w.people)
	return cmp.Or(faults...)
}

// replay takes a phone's face, and gives what is left to do: to replay its journal, as far as it is now, and
// to see whether the face is the same. That may be done at any time and place, once the archive was flushed.
func (c *checker) replay(p *person) (again func() error) {
	w := c.world
	was, now, length := faceOf(p.phone.Wallet, w.now), w.now, len(p.phone.tape.places)
	t, keys := &tape{p.phone.tape.archive, p.phone.tape.places[:length:length]}, p.phone.ring
	v := Violation{Event: w.event, Day: w.day(), Command: w.cfg.Command()}
	broken := func(invariant string, err error) error {
		v.Invariant, v.Err = invariant, fmt.Errorf("%s: %w", p.name, err)
		return &v
	}
	return func() error {
		twin, err := w.open(t, keys, nil, nil)
		if err != nil {
			return broken("every wallet replays from its journal", err)
		}
		is := faceOf(twin.Wallet, now)
		if i := firstDifference(was, is); i >= 0 {
			return broken("every wallet replays to what it was", fmt.Errorf("it differs from line %d of %d: %s", i, len(was), line(twin.Wallet, now, i)))
		}
		return nil
	}
}

// show tells all that a wallet shows, line by line.
func show(f *wallet.Wallet, now uint64, line func(what string, shown ...any)) {
	for _, p := range f.Purses() {
		line("purse", p.ID, p.Phase, p.Index, p.Seq, p.Spent, p.Cursor, p.SyncedAt, p.AtBank, len(p.Statements))
		for _, held := range p.Sheets {
			line("sheet", held.Hash)
		}
		if outbox, err := f.Outbox(p.ID); err == nil {
			line("outbox", protocol.Digest(outbox.Encode()))
		}
	}
	for _, b := range f.Balances(now) {
		line("balance", b)
	}
	for _, r := range f.History(now) {
		line("history", r)
	}
}

var faceSeed = maphash.MakeSeed()

// faceOf is a digest of each line that a wallet shows: thousands of pages are compared, none is read.
func faceOf(f *wallet.Wallet, now uint64) (face []uint64) {
	var text []byte
	show(f, now, func(what string, shown ...any) {
		if row, ok := shown[0].(wallet.Row); ok { // most lines are
			face = append(face, maphash.Comparable(faceSeed, row))
			return
		}
		text = fmt.Appendf(text[:0], "%s %+v", what, shown)
		face = append(face, maphash.Bytes(faceSeed, text))
	})
	return face
}

// line is the text of one of them.
func line(f *wallet.Wallet, now uint64, i int) (text string) {
	n := 0
	show(f, now, func(what string, shown ...any) {
		if n == i {
			text = fmt.Sprintf("%s %+v", what, shown)
		}
		n++
	})
	return text
}

// firstDifference is the first line that is not the same; -1 for none.
func firstDifference[E comparable](a, b []E) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	if len(a) == len(b) {
		return -1
	}
	return min(len(a), len(b))
}

// sabotage breaks an invariant on purpose, on the tenth day.
func (w *world) sabotage() error {
	if w.cfg.Break == BreakNothing || w.day() != 10 {
		return nil
	}
	i := slices.IndexFunc(w.people, func(p *person) bool { return p.kind == protocol.Circulating && p.phone != nil })
	p := w.people[i]
	if err := w.hear(); err != nil {
		return err
	}
	switch w.cfg.Break {
	case BreakReserve:
		e, err := w.bank.direct().rail.Prepare(w.ctx, []anchor.Transfer{{From: anchor.FromReserve, Destination: "G", Asset: w.bank.asset, Amount: vatu}}, "")
		if err == nil {
			_, err = w.bank.rail.Submit(w.ctx, e)
		}
		return err
	case BreakGift:
		w.bank.remit(p.phone.load, vatu)
		w.bank.loaded -= vatu
	case BreakJournal:
		for _, x := range w.people {
			if x.phone != nil {
				x.phone.tape.places = slices.Clone(x.phone.tape.places[:len(x.phone.tape.places)-1]) // what is being replayed has the other
			}
		}
	case BreakAccuse:
		return w.accuse(p)
	}
	return nil
}

// accuse makes an honest person's phone sign its first number a second time, and tells the bank.
func (w *world) accuse(p *person) error {
	purse, err := p.phone.Purse(p.phone.purse)
	if err != nil {
		return err
	}
	e := &protocol.Entry{
		Sheet: protocol.Hash(purse.ID), Seq: 1, Spent: purse.Enrolment.Start, Kind: protocol.StatementKind,
		Statement: protocol.Statement{Time: w.now},
	}
	signature, err := p.phone.ring.Sign(purse.Key(), network.Hash(e))
	if err != nil {
		return err
	}
	e.Signatures = []protocol.DeviceSignature{{Signature: signature}}
	return w.visit(nil, func(v *visit) error {
		_, err := v.sync(protocol.NewBundle(network, e), nil, 0)
		return err
	}).ended()
}
