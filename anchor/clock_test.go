package anchor_test

import (
	"context"
	"errors"
	"testing"

	"kula/anchor"
	"kula/anchor/anchortest"
)

// lagging is a ledger whose time stands still.
type lagging struct {
	*anchortest.Ledger
	at uint64
}

func (l lagging) LedgerTime(context.Context) (uint64, error) { return l.at, nil }

// A machine whose clock jumps ahead must not end what is in time: nothing lapses until the ledger agrees.
func TestAttackTheBanksClockJumpsAhead(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.person("ana"), w.person("ben")
	ana.load(100)
	ana.take(ana.refresh())
	waits := ana.pay(ben.bill(300))
	w.problem(waits, "parked")

	w.cfg.Rail = lagging{w.rail, w.now()}
	w.reopen()
	w.pass(400 * 24 * 3600)
	if err := w.bank.Tend(w.ctx); !errors.Is(err, anchor.CodeClockAhead) {
		t.Fatalf("tending with a clock that is a year ahead: %v", err)
	}

	w.clock.Store(w.cfg.Rail.(lagging).at)
	w.tend()
	ana.load(200)
	w.honoured(waits)
	ben.holds(300)
}
