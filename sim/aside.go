package sim

import "sync"

// aside is work that changes nothing on the island: weighing messages, reading journals again. Another
// goroutine does it, one piece after the other, so what it finds is the same in every run. Whoever wants to
// know what it found waits for it.
type aside struct {
	work    chan func() error
	pending sync.WaitGroup
	mu      sync.Mutex
	fault   error // the first
}

func newAside() *aside {
	a := &aside{work: make(chan func() error, 1024)}
	go a.run()
	return a
}

func (a *aside) run() {
	for f := range a.work {
		if err := f(); err != nil {
			a.mu.Lock()
			if a.fault == nil {
				a.fault = err
			}
			a.mu.Unlock()
		}
		a.pending.Done()
	}
}

// do has something done. What f reads must not change any more.
func (a *aside) do(f func() error) {
	a.pending.Add(1)
	a.work <- f
}

// weigh counts a message by its size as encoded.
func (a *aside) weigh(into *sizes, size func() int) {
	a.do(func() error {
		into.add(size())
		return nil
	})
}

// wait ends when all is done, and tells the first fault.
func (a *aside) wait() error {
	a.pending.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.fault
}

func (a *aside) close() {
	a.pending.Wait()
	close(a.work)
}
