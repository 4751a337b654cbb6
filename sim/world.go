package sim

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"

	"kula/money"
	"kula/protocol"
)

// memoryClaims bounds what is remembered of signatures: about a month of a large island.
const memoryClaims = 1 << 17

// world is the island.
type world struct {
	cfg       Config
	ctx       context.Context //nolint:containedctx // one run, one context; it never ends early
	now       uint64
	end       uint64
	queue     queue
	life      *rand.Rand // what people do
	evil      *rand.Rand // what cheats do
	phones    int        // that were ever started: each has randomness of its own
	visits    []*visit   // of today
	yesterday []*visit   // of the day before; see hear
	memory    *protocol.Memory
	archive   *archive
	bank      *bank
	aside     *aside

	people   []*person
	villages []*village
	islands  []*island
	cheats   []*cheat
	covered  money.Amount                 // by the guarantee, for all purses; known at the end
	byPurse  map[protocol.PurseID]*person // whoever ever had it

	tally *tally
	check *checker
	event string
}

// village is people who meet every day.
type village struct {
	island *island
	people []*person
	shops  []*person
}

// island is villages with one market and one ferry.
type island struct {
	number  int
	village []*village
	people  []*person
}

// person is somebody.
type person struct {
	id      int
	name    string
	village *village
	shop    bool
	kind    protocol.Kind
	link    link
	account []byte // private key of the Stellar account
	owed    bool   // it has income that the bank has not seen
	phone   *phone // nil: it died, and there is no other yet
	lost    *phone // the one that died
	cheat   *cheat // nil: honest
	weight  float64
}

// link is how somebody reaches the bank.
type link int

const (
	weekly  link = iota // lives where there is a connection now and then
	ferry               // goes to where there is one once a month, with the ferry
	courier             // never goes: somebody takes the phone's mail along
)

// honest reports whether a person keeps to the rules, and helps nobody who does not.
func (p *person) honest() bool { return p.cheat == nil }

// Run simulates an island.
func Run(cfg Config) (*Result, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(cfg.Dir, "kula-sim-")
	if err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	defer os.RemoveAll(dir)
	w := newWorld(cfg)
	defer w.aside.close()
	protocol.UseMemory(w.memory)
	defer protocol.UseMemory(nil)
	if w.archive, err = newArchive(filepath.Join(dir, "journals")); err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	defer func() { _ = w.archive.close() }()
	if w.bank, err = openBank(w, filepath.Join(dir, "bank")); err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	defer func() { _ = w.bank.close() }()
	if err := w.tell(); err != nil {
		return nil, err
	}
	return w.result(), nil
}

func newWorld(cfg Config) *world {
	w := &world{
		cfg: cfg, ctx: context.Background(), now: start, end: start + uint64(cfg.Days)*day, //nolint:gosec // positive
		life: rand.New(stream(cfg.Seed, "life")), evil: rand.New(stream(cfg.Seed, "evil")), //nolint:gosec // a simulation
		memory: protocol.NewMemory(memoryClaims), byPurse: map[protocol.PurseID]*person{}, tally: newTally(), aside: newAside(),
	}
	w.check = &checker{world: w}
	return w
}

// tell runs the story from its first morning to the last word of the bank.
func (w *world) tell() error {
	err := w.settle()
	if err == nil {
		err = w.play(w.end)
	}
	if err == nil && w.cfg.Progress != nil {
		w.cfg.Progress(w.cfg.Days, w.cfg.Days)
	}
	if err == nil {
		err = w.epilogue()
	}
	var broken *Violation
	if err == nil || errors.Is(err, ErrStopped) || errors.As(err, &broken) {
		return err
	}
	return w.violation("nothing fails", err)
}

// play runs events until a moment.
func (w *world) play(end uint64) error {
	for {
		e, ok := w.queue.next(end)
		if !ok {
			w.now = max(w.now, end)
			return nil
		}
		if w.stopped() {
			return ErrStopped
		}
		w.now, w.event = e.at, e.name
		if err := e.run(); err != nil {
			return err
		}
		w.tally.events++
		if err := w.check.afterEvent(); err != nil {
			return err
		}
	}
}

// ErrStopped is what a run ends with when it is told to stop.
var ErrStopped = errors.New("sim: stopped")

func (w *world) stopped() bool {
	select {
	case <-w.cfg.Stop:
		return true
	default:
		return false
	}
}

// plan has something happen after a while.
func (w *world) plan(in uint64, name string, run func() error) { w.queue.plan(w.now+in, name, run) }

// peoplePerVillage and villagesPerIsland make islands of 240 people.
const (
	peoplePerVillage  = 60
	villagesPerIsland = 4
)

// settle peoples the island, opens everybody's purse, and plans everybody's first steps.
func (w *world) settle() error {
	w.event = "settling"
	for i := range w.cfg.People {
		w.people = append(w.people, w.newPerson(i))
	}
	for _, p := range w.people {
		if err := w.firstPhone(p); err != nil {
			return err
		}
	}
	w.bank.fund()
	if err := w.bank.direct().ingest(); err != nil {
		return err
	}
	for _, p := range w.people {
		if err := w.connect(p); err != nil {
			return err
		}
		w.planLife(p)
	}
	w.planIslands()
	w.planCheats()
	w.plan(day, "day", w.newDay)
	return nil
}

func (w *world) newPerson(i int) *person {
	if i%(peoplePerVillage*villagesPerIsland) == 0 {
		w.islands = append(w.islands, &island{number: len(w.islands)})
	}
	here := w.islands[len(w.islands)-1]
	if i%peoplePerVillage == 0 {
		v := &village{island: here}
		w.villages = append(w.villages, v)
		here.village = append(here.village, v)
	}
	v := w.villages[len(w.villages)-1]
	p := &person{id: i, name: fmt.Sprintf("person %d", i), village: v, kind: protocol.Circulating, weight: 1}
	p.account = keyOf(w.cfg.Seed, "account of "+p.name, 0)
	switch place := i % peoplePerVillage; {
	case place == 0: // a shop that has its takings sent to its account on Stellar
		p.shop, p.kind, p.link = true, protocol.PayoutKind, weekly
	case place < 4: // shops that pay wages and suppliers with what they take
		p.shop, p.link, p.weight = true, weekly, 4
	case place < 8:
		p.link = weekly
	case place < 51:
		p.link = ferry
	default:
		p.link = courier
	}
	v.people = append(v.people, p)
	here.people = append(here.people, p)
	if p.shop {
		v.shops = append(v.shops, p)
	}
	return p
}

// sometime is a waiting time with that mean.
func sometime(r *rand.Rand, mean uint64) uint64 {
	return second + uint64(r.ExpFloat64()*float64(mean))
}

// someAmount is a price: many small ones, few large ones.
func someAmount(r *rand.Rand, median, most float64) float64 {
	return math.Min(most, math.Round(median*math.Exp(0.8*r.NormFloat64())/10)*10+10)
}
