package anchor

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"kula/ledger"
	"kula/protocol"
)

// One writer, many callers. Every change is a job. A caller that finds nobody writing takes all the
// jobs that wait, runs each inside a savepoint of its own (unless it is the only one, for which the
// transaction does), and commits them together: one fsync for all. Nobody is answered before that commit. A job that fails leaves nothing behind and disturbs no
// other; a commit that fails fails them all.

type job struct {
	name   string
	weight int // payments in it
	run    func(*session) error
	beside func(tx Tx, again bool) error // see Together; may be nil
	err    error
	done   chan struct{}
}

// maxWeight bounds one commit, so that nobody waits long.
const maxWeight = 2000

// update runs f in a transaction and returns once it is durable, or certainly is not. It does not
// stop when ctx ends: what is written may be another caller's too.
func (b *Bank) update(ctx context.Context, name string, weight int, f func(*session) error) error {
	j := &job{name: name, weight: weight, run: f, done: make(chan struct{})}
	j.beside, _ = ctx.Value(besideKey{}).(func(Tx, bool) error)
	b.mu.Lock()
	b.queue = append(b.queue, j)
	b.mu.Unlock()
	for {
		select {
		case <-j.done:
			return j.err
		case b.turn <- struct{}{}:
			b.write(context.WithoutCancel(ctx), b.take())
			<-b.turn
		}
	}
}

func (b *Bank) take() []*job {
	b.mu.Lock()
	defer b.mu.Unlock()
	n, weight := 0, 0
	for n < len(b.queue) && (n == 0 || weight+b.queue[n].weight <= maxWeight) {
		weight += b.queue[n].weight
		n++
	}
	batch := slices.Clone(b.queue[:n])
	b.queue = slices.Delete(b.queue, 0, n)
	return batch
}

func (b *Bank) write(ctx context.Context, batch []*job) {
	if len(batch) == 0 {
		return
	}
	alone := batch[0]
	err := b.cfg.Store.Update(ctx, func(tx Tx) error {
		notice, err := tx.Notice()
		if err != nil && !errors.Is(err, ErrNoRecord) {
			return err
		}
		run := func(j *job) func() error {
			return func() (err error) {
				notice, err = b.runJob(tx, notice, j)
				return err
			}
		}
		if len(batch) == 1 {
			alone.err = run(alone)()
			b.failpoints(batch, "before-commit")
			return alone.err
		}
		for _, j := range batch {
			j.err = tx.Savepoint(run(j))
		}
		b.failpoints(batch, "before-commit")
		return nil
	})
	if err == nil {
		b.failpoints(batch, "after-commit")
	}
	for _, j := range batch {
		if len(batch) > 1 || j.err == nil { // else the one is the other
			j.err = errors.Join(j.err, err)
		}
		close(j.done)
	}
}

func (b *Bank) failpoints(batch []*job, when string) {
	if b.cfg.Failpoint == nil {
		return
	}
	var named []string
	for _, j := range batch {
		if !slices.Contains(named, j.name) {
			named = append(named, j.name)
			b.failpoint(j.name + ":" + when)
		}
	}
}

// runJob runs one job, and what is to be written with it. It returns the newest notice, as inSession does.
func (b *Bank) runJob(tx Tx, notice *protocol.Notice, j *job) (newest *protocol.Notice, err error) {
	again := false
	newest, err = b.inSession(tx, notice, j.name, func(s *session) error {
		err := j.run(s)
		again = s.again
		return err
	})
	if err == nil && j.beside != nil {
		newest, err = b.inSession(tx, newest, j.name, func(*session) error { return j.beside(tx, again) })
	}
	if err != nil {
		return notice, err
	}
	return newest, nil
}

type besideKey struct{}

// Together lets something else be written in the same transaction as what the Bank is asked to do with this context:
// f runs after the act succeeded, and if f fails, the act did not happen. It is for what must be true of both or of
// neither, such as a line in an audit trail, or that an approval is used once. Again says that the act was done before
// with the same key, and nothing was done now.
func Together(ctx context.Context, f func(tx Tx, again bool) error) context.Context {
	return context.WithValue(ctx, besideKey{}, f)
}

// inSession runs f and writes what it left in memory. It returns the newest notice: another one only if f issued one and
// all went well. A panic in f is an error like any other: the writer's turn must go on to the next job.
func (b *Bank) inSession(tx Tx, notice *protocol.Notice, name string, f func(*session) error) (newest *protocol.Notice, err error) {
	defer func() {
		if p := recover(); p != nil {
			newest, err = notice, fmt.Errorf("anchor: %s: panic: %v\n%s", name, p, debug.Stack())
		}
	}()
	s := &session{b: b, tx: tx, now: b.now(), notice: notice, purses: map[int64]*Purse{}, byKey: map[protocol.Key]*Purse{}}
	for _, step := range []func() error{func() error { return f(s) }, s.takeUp, s.freshSheets, s.flush} {
		if err := step(); err != nil {
			return notice, err
		}
	}
	return s.notice, nil
}

// apart runs f in a session and a savepoint of its own, inside this session's transaction: when it fails, nothing
// of it remains, in the store or in memory. This session must hold no purses itself.
func (s *session) apart(name string, f func(*session) error) error {
	return s.tx.Savepoint(func() (err error) {
		s.notice, err = s.b.inSession(s.tx, s.notice, name, f)
		return err
	})
}

// session is one job's view of the store: purses are read once, changed in memory, and written when
// the job is done.
type session struct {
	b        *Bank
	tx       Tx
	now      uint64
	notice   *protocol.Notice // nil before the first
	again    bool             // it was done before, by its key
	purses   map[int64]*Purse
	byKey    map[protocol.Key]*Purse
	touched  []*Purse
	postings []ledger.Transaction
	work     []int64  // purses to which something came in
	fresh    []*Purse // of those, the ones that have more than their sheet says
}

func (s *session) purse(number int64) (*Purse, error) {
	if p, ok := s.purses[number]; ok {
		return p, nil
	}
	p, err := s.tx.PurseByNumber(number)
	if err != nil {
		return nil, err
	}
	s.purses[number] = p
	return p, nil
}

func (s *session) purseByID(id protocol.PurseID) (*Purse, error) {
	p, err := s.tx.Purse(id)
	if err != nil {
		return nil, unknown(err, CodeUnknownPurse, "purse")
	}
	return s.known(p), nil
}

func (s *session) purseByKey(k protocol.Key) (*Purse, error) {
	if p, ok := s.byKey[k]; ok {
		return p, nil
	}
	p, err := s.tx.PurseByKey(k)
	if err != nil {
		return nil, err
	}
	p = s.known(p)
	s.byKey[k] = p
	return p, nil
}

// known replaces a purse that was just read by the session's own copy.
func (s *session) known(p *Purse) *Purse {
	if held, ok := s.purses[p.Number]; ok {
		return held
	}
	s.purses[p.Number] = p
	return p
}

func (s *session) touch(p *Purse) {
	if !slices.Contains(s.touched, p) {
		s.touched = append(s.touched, p)
	}
}

// cameIn notes that a purse may now honour more than before.
func (s *session) cameIn(p *Purse) {
	s.touch(p)
	if !slices.Contains(s.work, p.Number) {
		s.work = append(s.work, p.Number)
	}
}

func (s *session) post(t ledger.Transaction, err error) error {
	if err != nil {
		return err
	}
	s.postings = append(s.postings, t)
	return nil
}

func (s *session) flush() error {
	for _, p := range s.touched {
		if err := s.tx.SavePurse(p); err != nil {
			return err
		}
	}
	if len(s.postings) == 0 {
		return nil
	}
	return s.tx.Post(s.postings...)
}

func (s *session) header(p *Purse, reference string) ledger.Header {
	return ledger.Header{Asset: p.Enrolment.Asset, Time: s.now, Reference: reference}
}

// moment reads a date as the newest notice's extensions move it.
func (s *session) moment(t uint64) uint64 { return s.notice.Moment(t) }

// over is when a date and the clearing grace after it have passed for good.
func (s *session) over(t uint64) bool {
	return s.moment(t) < s.lastMoment()
}
