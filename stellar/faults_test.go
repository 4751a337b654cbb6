package stellar_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stellar/go-stellar-sdk/keypair"

	"kula/anchor"
	"kula/localnet"
	"kula/money"
	"kula/stellar"
)

// clock is the ledger's, moved by hand.
type clock struct{ now time.Time }

func (c *clock) pass(d time.Duration) { c.now = c.now.Add(d) }

func openWithClock(t testing.TB) (*bank, *clock) {
	t.Helper()
	c := &clock{now: time.Now()}
	return openWith(t, localnet.Config{Now: func() time.Time { return c.now }}), c
}

func TestPayoutThroughEachFault(t *testing.T) {
	for name, c := range map[string]struct {
		fault localnet.Fault
		first anchor.Verdict
		code  string
	}{
		"timeout, but applied":    {localnet.Fault{Kind: localnet.FaultTimeout}, anchor.Applied, ""},
		"timeout, and forgotten":  {localnet.Fault{Kind: localnet.FaultDropped}, anchor.Unknown, "transaction_submission_timeout"},
		"answer lost":             {localnet.Fault{Kind: localnet.FaultLostAnswer}, anchor.Applied, ""},
		"sequence called bad":     {localnet.Fault{Kind: localnet.FaultBadSequence}, anchor.Unknown, "tx_bad_seq"},
		"fees surge":              {localnet.Fault{Kind: localnet.FaultFeeSurge, Fee: 50_000}, anchor.TryLater, "tx_insufficient_fee"},
		"history is late":         {localnet.Fault{Kind: localnet.FaultLateIngestion}, anchor.Applied, ""},
		"Horizon down":            {localnet.Fault{Kind: localnet.FaultDown, Count: -1}, anchor.Unknown, "no_answer"},
		"Horizon unavailable":     {localnet.Fault{Kind: localnet.FaultDown, Count: -1, Status: 503}, anchor.Unknown, ""},
		"Horizon limits requests": {localnet.Fault{Kind: localnet.FaultDown, Count: 1, Status: 429}, anchor.Unknown, "no_answer"},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			ana := b.person(0)
			e := b.prepare(b.transfer(ana.Address(), 5*money.Unit))
			b.fault(c.fault)
			got := b.submit(e, c.first)
			if c.code != "" && got.Code != c.code {
				t.Errorf("code %q, want %q", got.Code, c.code)
			}
			b.net.Faults().Clear()
			b.submit(e, anchor.Applied)
			if held := b.holds(ana.Address()); held != 5*money.Unit {
				t.Errorf("the payee holds %s", held)
			}
		})
	}
}

func TestTimeoutWhileHistoryIsLate(t *testing.T) {
	b := open(t)
	ana := b.person(0)
	e := b.prepare(b.transfer(ana.Address(), money.Unit))
	b.fault(localnet.Fault{Kind: localnet.FaultLateIngestion})
	b.fault(localnet.Fault{Kind: localnet.FaultTimeout})
	b.submit(e, anchor.Unknown)
	b.submit(e, anchor.Unknown) // the network says tx_bad_seq, because it is applied: no refusal
	if found, err := b.rail.Lookup(t.Context(), e.Hash); !errors.Is(err, stellar.ErrHistory) {
		t.Errorf("lookup: %+v, %v", found, err)
	}
	b.net.Faults().Clear()
	b.submit(e, anchor.Applied)
	if held := b.holds(ana.Address()); held != money.Unit {
		t.Errorf("the payee holds %s", held)
	}
}

func TestRejectedOperationIsNamed(t *testing.T) {
	b := open(t)
	ana, ben := b.person(0), b.person(0)
	e := b.prepare(b.transfer(ana.Address(), 1), b.transfer(ben.Address(), 2), b.transfer(ana.Address(), 3))
	b.fault(localnet.Fault{Kind: localnet.FaultReject, Destination: ben.Address(), Code: "op_line_full"})
	got := b.submit(e, anchor.Rejected)
	if got.Code != "tx_failed" || len(got.Failed) != 1 || got.Failed[1] != "op_line_full" || got.Ledger == 0 || got.FeePaid != 400 {
		t.Errorf("result %+v", got)
	}
	b.submit(e, anchor.Rejected)
	if b.holds(ana.Address()) != 0 || b.holds(ben.Address()) != 0 {
		t.Error("a failed transaction moved money")
	}
	b.submit(b.prepare(b.transfer(ana.Address(), 4)), anchor.Applied)
	if held := b.holds(ana.Address()); held != 4 {
		t.Errorf("the payee holds %s", held)
	}
}

func TestOperationsThatTheLedgerRejects(t *testing.T) {
	b := open(t)
	poor := keypair.MustRandom()
	b.check(b.cfg.Horizon.Fund(t.Context(), poor.Address(), nil, 0))
	missing := keypair.MustRandom().Address()
	for name, c := range map[string]struct {
		transfer anchor.Transfer
		code     string
	}{
		"no trustline":       {b.transfer(poor.Address(), 1), "op_no_trust"},
		"no account":         {b.transfer(missing, 1), "op_no_destination"},
		"too much":           {b.transfer(b.person(0).Address(), money.Amount(1<<62)), "op_line_full"},
		"exists already":     {anchor.Transfer{From: anchor.FromTreasury, Destination: poor.Address(), Amount: 9 * money.Unit, Create: true}, "op_already_exists"},
		"too little to live": {anchor.Transfer{From: anchor.FromTreasury, Destination: missing, Amount: 1, Create: true}, "op_low_reserve"},
	} {
		t.Run(name, func(t *testing.T) {
			got := b.submit(b.prepare(c.transfer), anchor.Rejected)
			if got.Failed[0] != c.code && !(name == "too much" && got.Failed[0] == "op_underfunded") {
				t.Errorf("result %+v, want %s", got, c.code)
			}
		})
	}
}

func TestTwoEnvelopesUnderWay(t *testing.T) {
	b := open(t)
	ana := b.person(0)
	one, two := b.prepare(b.transfer(ana.Address(), 1)), b.prepare(b.transfer(ana.Address(), 2))
	if one.Channel == two.Channel {
		t.Fatal("both took one channel")
	}
	if _, err := b.rail.Prepare(t.Context(), []anchor.Transfer{b.transfer(ana.Address(), 4)}, ""); !errors.Is(err, stellar.ErrBusy) {
		t.Errorf("a third, with two channels: %v", err)
	}
	b.submit(two, anchor.Applied)
	three := b.prepare(b.transfer(ana.Address(), 4))
	if three.Channel != two.Channel {
		t.Error("the free channel was not taken")
	}
	b.submit(three, anchor.Applied)
	b.submit(one, anchor.Applied)
	if held := b.holds(ana.Address()); held != 7 {
		t.Errorf("the payee holds %s", held)
	}
}

func TestExpiredEnvelopeIsRejectedOnlyByTheLedgersTime(t *testing.T) {
	b, clock := openWithClock(t)
	ana := b.person(0)
	e := b.prepare(b.transfer(ana.Address(), 1))
	clock.pass(stellar.DefaultLifetime * time.Second)
	b.check(b.net.CloseLedger()) // this is the last moment at which it may be applied
	b.fault(localnet.Fault{Kind: localnet.FaultDropped})
	b.submit(e, anchor.Unknown)
	if found, err := b.rail.Lookup(t.Context(), e.Hash); err != nil || found.Verdict != anchor.Unknown {
		t.Errorf("lookup of what is surely not there: %+v, %v", found, err)
	}
	if other := b.prepare(b.transfer(ana.Address(), 8)); other.Channel == e.Channel {
		t.Error("its channel was given away while it could still be applied")
	}
	clock.pass(time.Second)
	b.check(b.net.CloseLedger())
	got := b.submit(e, anchor.Rejected)
	if got.Code != "tx_too_late" || got.Ledger != 0 {
		t.Errorf("result %+v", got)
	}
	again := b.prepare(b.transfer(ana.Address(), 2))
	b.submit(again, anchor.Applied)
	b.submit(e, anchor.Rejected) // its number was used by another: that is known too
	if held := b.holds(ana.Address()); held != 2 {
		t.Errorf("the payee holds %s", held)
	}
}

func TestExpiredButAppliedWhileHistoryIsLate(t *testing.T) {
	b, clock := openWithClock(t)
	ana := b.person(0)
	e := b.prepare(b.transfer(ana.Address(), 1))
	b.fault(localnet.Fault{Kind: localnet.FaultLateIngestion})
	b.fault(localnet.Fault{Kind: localnet.FaultTimeout})
	b.submit(e, anchor.Unknown)
	clock.pass(2 * stellar.DefaultLifetime * time.Second)
	b.check(b.net.CloseLedger())
	b.submit(e, anchor.Unknown) // the network says tx_too_late; history may still show it
	b.net.Faults().Clear()
	b.submit(e, anchor.Applied)
}

func TestCrashBetweenPrepareAndSubmit(t *testing.T) {
	b := open(t)
	ana := b.person(0)
	e := b.prepare(b.transfer(ana.Address(), 1))
	b.restart()
	b.submit(e, anchor.Applied)
	if held := b.holds(ana.Address()); held != 1 {
		t.Errorf("the payee holds %s", held)
	}
}

func TestCrashAndAStoredEnvelopeMakesItsChannelBusy(t *testing.T) {
	b := open(t)
	ana := b.person(0)
	e := b.prepare(b.transfer(ana.Address(), 1))
	b.restart()
	b.fault(localnet.Fault{Kind: localnet.FaultDropped})
	b.submit(e, anchor.Unknown)
	other := b.prepare(b.transfer(ana.Address(), 2))
	if other.Channel == e.Channel {
		t.Error("the channel of an envelope under way was given to another")
	}
	b.submit(other, anchor.Applied)
	b.submit(e, anchor.Applied)
}

func TestCrashAndTwoEnvelopesOnOneNumber(t *testing.T) {
	b, clock := openWithClock(t)
	ana := b.person(0)
	lost := b.prepare(b.transfer(ana.Address(), 1))
	b.restart()
	other := b.prepare(b.transfer(ana.Address(), 2))
	if lost.Channel != other.Channel || lost.Hash == other.Hash {
		t.Fatal("the two envelopes do not race")
	}
	b.submit(other, anchor.Applied)
	b.submit(lost, anchor.Unknown)
	clock.pass(stellar.DefaultLifetime*time.Second + time.Second)
	b.check(b.net.CloseLedger())
	b.submit(lost, anchor.Rejected)
	if held := b.holds(ana.Address()); held != 2 {
		t.Errorf("the payee holds %s", held)
	}
}

func TestDamagedEnvelope(t *testing.T) {
	b := open(t)
	ana := b.person(0)
	one, two := b.prepare(b.transfer(ana.Address(), 1)), b.prepare(b.transfer(ana.Address(), 2))
	for name, change := range map[string]func(*anchor.Envelope){
		"another's hash": func(e *anchor.Envelope) { e.Hash = two.Hash },
		"another's XDR":  func(e *anchor.Envelope) { e.XDR = two.XDR },
		"no XDR":         func(e *anchor.Envelope) { e.XDR = "" },
		"trailing bytes": func(e *anchor.Envelope) { e.XDR = strings.TrimRight(e.XDR, "=") + "AAAAAAAA" },
		"channel":        func(e *anchor.Envelope) { e.Channel = two.Channel },
		"time bound":     func(e *anchor.Envelope) { e.MaxTime-- },
	} {
		e := one
		change(&e)
		if _, err := b.rail.Submit(t.Context(), e); !errors.Is(err, stellar.ErrEnvelope) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFeesAreBounded(t *testing.T) {
	b := open(t)
	b.cfg.MaxBaseFee = 500
	b.restart()
	ana := b.person(0)
	b.fault(localnet.Fault{Kind: localnet.FaultFeeSurge, Fee: 400})
	b.check(b.net.CloseLedger())
	got := b.submit(b.prepare(b.transfer(ana.Address(), 1)), anchor.Applied)
	if got.FeePaid != 800 {
		t.Errorf("fee %s", got.FeePaid)
	}
	b.fault(localnet.Fault{Kind: localnet.FaultFeeSurge, Fee: 10_000})
	b.check(b.net.CloseLedger())
	b.submit(b.prepare(b.transfer(ana.Address(), 1)), anchor.TryLater)
}

func TestAsync(t *testing.T) {
	b := open(t)
	b.cfg.Horizon.Async = true
	ana := b.person(0)
	e := b.prepare(b.transfer(ana.Address(), 1))
	b.submit(e, anchor.Applied) // the ledger closed at once, and history had it
	two := b.prepare(b.transfer(ana.Address(), 2))
	b.fault(localnet.Fault{Kind: localnet.FaultFeeSurge, Fee: 90_000})
	if got := b.submit(two, anchor.TryLater); got.Code != "tx_insufficient_fee" {
		t.Errorf("result %+v", got)
	}
	b.net.Faults().Clear()
	b.fault(localnet.Fault{Kind: localnet.FaultLateIngestion})
	if got := b.submit(two, anchor.Unknown); got.Code != "PENDING" {
		t.Errorf("result %+v", got)
	}
	if got := b.submit(two, anchor.Unknown); got.Code != "tx_bad_seq" {
		t.Errorf("result %+v", got)
	}
	b.net.Faults().Clear()
	b.submit(two, anchor.Applied)
	if held := b.holds(ana.Address()); held != 3 {
		t.Errorf("the payee holds %s", held)
	}
}

// A Horizon that has forgotten old transactions is no proof that they never were.
func TestExpiredAndForgottenByHistory(t *testing.T) {
	b, clock := openWithClock(t)
	ana := b.person(0)
	e := b.prepare(b.transfer(ana.Address(), 1))
	b.submit(e, anchor.Applied)
	clock.pass(stellar.DefaultLifetime*time.Second + time.Second)
	b.check(b.net.CloseLedger())

	b.through(func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case strings.HasPrefix(r.URL.Path, "/transactions/"):
			b.answer(w, http.StatusNotFound, `{"type":"https://stellar.org/horizon-errors/not_found","title":"Resource Missing","status":404}`)
		case r.URL.Path == "/transactions":
			b.answer(w, http.StatusBadRequest, `{"type":"https://stellar.org/horizon-errors/transaction_failed","title":"Transaction Failed","status":400,"extras":{"result_codes":{"transaction":"tx_too_late"}}}`)
		case strings.HasSuffix(r.URL.Path, "/transactions"):
			b.answer(w, http.StatusOK, `{"_embedded":{"records":[]}}`)
		default:
			return false
		}
		return true
	})
	b.submit(e, anchor.Unknown)
	if found, err := b.rail.Lookup(t.Context(), e.Hash); !errors.Is(err, stellar.ErrHistory) {
		t.Errorf("lookup: %+v, %v", found, err)
	}
}

// Horizon may know of a transaction before it knows of the account's new sequence number.
func TestChannelWhoseAccountIsLate(t *testing.T) {
	b := open(t)
	b.cfg.Channels = b.cfg.Channels[:1]
	stale, err := json.Marshal(b.sequence(b.cfg.Channels[0]))
	b.check(err)
	b.through(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/accounts/"+b.cfg.Channels[0].Address() {
			return false
		}
		b.answer(w, http.StatusOK, string(stale))
		return true
	})
	ana := b.person(0)
	b.submit(b.prepare(b.transfer(ana.Address(), 1)), anchor.Applied)
	b.submit(b.prepare(b.transfer(ana.Address(), 2)), anchor.Applied)
}
