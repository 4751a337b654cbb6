// Package anchortest has a deterministic stand-in for the Stellar network that keeps the contract of
// anchor.Rail, and can be told to fail in each of the ways that contract allows. The room stellar,
// against localnet, is the real thing; this one is for tests that need thousands of histories.
package anchortest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
)

// ErrDown is the answer of a ledger that does not answer.
var ErrDown = errors.New("anchortest: no answer")

// Fault is what a ledger does to the next Submit.
type Fault int

// Faults.
const (
	None       Fault = iota
	LostAnswer       // applied, but no answer comes back
	Vanish           // not applied, and no answer comes back
	Busy             // not applied; try later
)

type transaction struct {
	envelope  anchor.Envelope
	transfers []anchor.Transfer
	result    anchor.Result
}

// Ledger is the network: the anchor's two accounts, what was paid to others, and what came in.
type Ledger struct {
	mu       sync.Mutex
	now      func() uint64
	deposit  protocol.AccountID
	lifetime uint64

	held     map[anchor.Source]map[money.Asset]money.Amount
	paid     map[string]map[money.Asset]money.Amount
	incoming []anchor.Incoming
	built    map[string]*transaction // by XDR
	byHash   map[protocol.Hash]*transaction
	serial   int64
	treasury string // what its transfers to the deposit account say they come from

	faults []Fault
	down   bool
	refuse map[string]string // destination → operation code
	claims map[string]bool   // destinations without a trustline
	memos  map[string]bool   // destinations that demand a memo
	absent map[string]bool   // destinations that do not exist yet
}

// New returns a ledger whose transactions can be applied for so many seconds.
func New(deposit protocol.AccountID, lifetime uint64, now func() uint64) *Ledger {
	return &Ledger{
		now: now, deposit: deposit, lifetime: lifetime, treasury: "G",
		held:   map[anchor.Source]map[money.Asset]money.Amount{anchor.FromReserve: {}, anchor.FromTreasury: {}},
		paid:   map[string]map[money.Asset]money.Amount{},
		built:  map[string]*transaction{},
		byHash: map[protocol.Hash]*transaction{},
		refuse: map[string]string{}, claims: map[string]bool{}, memos: map[string]bool{}, absent: map[string]bool{},
	}
}

// Pay sends money to the deposit account; the caller fills in what it wants to be known of it.
func (l *Ledger) Pay(in anchor.Incoming) anchor.Incoming {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.receive(in)
}

func (l *Ledger) receive(in anchor.Incoming) anchor.Incoming {
	l.serial++
	in.Operation = l.serial<<12 | 1
	in.Cursor = strconv.FormatInt(in.Operation, 10)
	in.At = l.now()
	if in.Kind == 0 {
		in.Kind = anchor.IncomingPayment
	}
	l.held[anchor.FromReserve][in.Asset] += in.Amount
	l.incoming = append(l.incoming, in)
	return in
}

// NameTreasury says by which address the treasury is known; "G" until then.
func (l *Ledger) NameTreasury(address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.treasury = address
}

// Fund gives the treasury money.
func (l *Ledger) Fund(asset money.Asset, amount money.Amount) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held[anchor.FromTreasury][asset] += amount
}

// Fail queues what happens to the next submissions.
func (l *Ledger) Fail(faults ...Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = append(l.faults, faults...)
}

// SetDown stops or restarts all answers.
func (l *Ledger) SetDown(down bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = down
}

// Refuse makes payments to a destination fail with an operation code; empty: no longer.
func (l *Ledger) Refuse(destination, code string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refuse[destination] = code
}

// NoTrustline makes a destination take claimable balances only.
func (l *Ledger) NoTrustline(destination string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.claims[destination] = true
}

// DemandMemo makes a destination demand a memo (SEP-29).
func (l *Ledger) DemandMemo(destination string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.memos[destination] = true
}

// Absent makes a destination one that does not exist until it is created (for the native asset).
func (l *Ledger) Absent(destination string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.absent[destination] = true
}

// Paid is what a destination was paid in all.
func (l *Ledger) Paid(destination string, asset money.Asset) money.Amount {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.paid[destination][asset]
}

// Transactions counts the successful ones.
func (l *Ledger) Transactions() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range l.byHash {
		if t.result.Verdict == anchor.Applied {
			n++
		}
	}
	return n
}

// Prepare is anchor.Rail's.
func (l *Ledger) Prepare(_ context.Context, transfers []anchor.Transfer, memo string) (anchor.Envelope, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down {
		return anchor.Envelope{}, ErrDown
	}
	if len(transfers) == 0 || len(transfers) > 100 {
		return anchor.Envelope{}, fmt.Errorf("anchortest: %d operations", len(transfers))
	}
	l.serial++
	e := anchor.Envelope{XDR: fmt.Sprint(l.serial, transfers, memo), Channel: "channel", MaxTime: l.now() + l.lifetime}
	e.Hash = sha256.Sum256([]byte(e.XDR))
	l.built[e.XDR] = &transaction{envelope: e, transfers: append([]anchor.Transfer{}, transfers...)}
	return e, nil
}

// Submit is anchor.Rail's.
func (l *Ledger) Submit(_ context.Context, e anchor.Envelope) (anchor.Result, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down {
		return anchor.Result{}, ErrDown
	}
	fault := None
	if len(l.faults) > 0 {
		fault, l.faults = l.faults[0], l.faults[1:]
	}
	switch fault {
	case Vanish:
		return anchor.Result{}, ErrDown
	case Busy:
		return anchor.Result{Verdict: anchor.TryLater, Code: "tx_insufficient_fee"}, nil
	}
	result := l.apply(e)
	if fault == LostAnswer {
		return anchor.Result{}, ErrDown
	}
	return result, nil
}

func (l *Ledger) apply(e anchor.Envelope) anchor.Result {
	if t, ok := l.byHash[e.Hash]; ok {
		return t.result
	}
	t, ok := l.built[e.XDR]
	if !ok || l.now() > e.MaxTime {
		return anchor.Result{Verdict: anchor.Unknown, Code: "tx_too_late"}
	}
	l.byHash[e.Hash] = t
	t.result = anchor.Result{Verdict: anchor.Applied, Ledger: uint32(l.serial), At: l.now(), Failed: map[int]string{}} //nolint:gosec // small
	need := map[anchor.Source]map[money.Asset]money.Amount{anchor.FromReserve: {}, anchor.FromTreasury: {}}
	for i, x := range t.transfers {
		need[x.From][x.Asset] += x.Amount
		if code := l.fault(x, need[x.From][x.Asset]); code != "" {
			t.result.Failed[i] = code
		}
	}
	if len(t.result.Failed) > 0 {
		t.result.Verdict, t.result.Code = anchor.Rejected, "tx_failed"
		return t.result
	}
	for _, x := range t.transfers {
		l.move(x)
	}
	return t.result
}

func (l *Ledger) fault(x anchor.Transfer, need money.Amount) string {
	switch {
	case l.refuse[x.Destination] != "":
		return l.refuse[x.Destination]
	case l.claims[x.Destination] && !x.Claimable:
		return "op_no_trust"
	case l.absent[x.Destination] && !x.Create && !x.Claimable:
		return "op_no_destination"
	case x.Create && x.Amount < money.Unit:
		return "op_low_reserve"
	case need > l.held[x.From][x.Asset]:
		return "op_underfunded"
	}
	return ""
}

func (l *Ledger) move(x anchor.Transfer) {
	l.held[x.From][x.Asset] -= x.Amount
	if to, err := protocol.ParseAddress(x.Destination); err == nil && to.Account == l.deposit {
		in := anchor.Incoming{From: l.treasury, Asset: x.Asset, Amount: x.Amount}
		if to.Muxed {
			in.MuxedID = &to.ID
		}
		l.receive(in)
		return
	}
	l.absent[x.Destination] = l.absent[x.Destination] && !x.Create
	if l.paid[x.Destination] == nil {
		l.paid[x.Destination] = map[money.Asset]money.Amount{}
	}
	l.paid[x.Destination][x.Asset] += x.Amount
}

// Lookup is anchor.Rail's.
func (l *Ledger) Lookup(_ context.Context, hash protocol.Hash) (anchor.Result, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down {
		return anchor.Result{}, ErrDown
	}
	if t, ok := l.byHash[hash]; ok {
		return t.result, nil
	}
	return anchor.Result{Verdict: anchor.Unknown}, nil
}

// LedgerTime is anchor.Rail's.
func (l *Ledger) LedgerTime(context.Context) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down {
		return 0, ErrDown
	}
	return l.now(), nil
}

// CanDeliver is anchor.Rail's.
func (l *Ledger) CanDeliver(_ context.Context, destination string, _ money.Asset) (anchor.Deliverability, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.down:
		return 0, ErrDown
	case l.memos[destination]:
		return anchor.NeedsMemo, nil
	case l.absent[destination]:
		return anchor.NeedsAccount, nil
	case l.claims[destination]:
		return anchor.NeedsClaim, nil
	}
	return anchor.Deliverable, nil
}

// Balance is anchor.Rail's.
func (l *Ledger) Balance(_ context.Context, from anchor.Source, asset money.Asset) (money.Amount, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down {
		return 0, ErrDown
	}
	return l.held[from][asset], nil
}

// Incoming is anchor.Rail's.
func (l *Ledger) Incoming(_ context.Context, cursor string, limit int) ([]anchor.Incoming, string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down {
		return nil, cursor, ErrDown
	}
	after := int64(0)
	if cursor != "" {
		var err error
		if after, err = strconv.ParseInt(cursor, 10, 64); err != nil {
			return nil, cursor, err
		}
	}
	var in []anchor.Incoming
	for _, x := range l.incoming {
		if x.Operation > after && len(in) < limit {
			in = append(in, x)
			cursor = x.Cursor
		}
	}
	return in, cursor, nil
}
