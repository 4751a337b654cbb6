package localnet

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/stellar/go-stellar-sdk/xdr"
)

// FaultKind names something that goes wrong on a real network.
type FaultKind string

// The faults. Those marked "counted" happen Count times (0 means once, -1 until cleared); the
// others hold until they are cleared.
const (
	// FaultTimeout answers a submission with 504 although the transaction is applied. Counted.
	FaultTimeout FaultKind = "timeout"
	// FaultDropped answers a submission with 504 and forgets the transaction. Counted.
	FaultDropped FaultKind = "dropped"
	// FaultLostAnswer applies a submission and then closes the connection without a word. Counted.
	FaultLostAnswer FaultKind = "lost_answer"
	// FaultBadSequence refuses a submission with tx_bad_seq, whatever its number is. Counted.
	FaultBadSequence FaultKind = "tx_bad_seq"
	// FaultFeeSurge refuses submissions that offer less than Fee stroops for each operation, and
	// charges those that offer more that rate.
	FaultFeeSurge FaultKind = "fee_surge"
	// FaultReject fails payments to Destination with Code while they are applied. Counted.
	FaultReject FaultKind = "reject_operation"
	// FaultLateIngestion hides new ledgers from queries: the newest Ledgers of them, or all until
	// cleared when Ledgers is 0. Accounts and claimable balances stay up to date.
	FaultLateIngestion FaultKind = "late_ingestion"
	// FaultStreamCut breaks off a stream after it sent After more events. Counted.
	FaultStreamCut FaultKind = "stream_cut"
	// FaultDown fails every request: with Status where that is set, otherwise by closing the
	// connection. Counted.
	FaultDown FaultKind = "down"
)

const maxSurge = 1_000_000_000_000 // stroops for each operation: beyond any fee that an envelope can offer

// ErrFault says that a fault does not make sense as it was asked for.
var ErrFault = errors.New("localnet: no such fault")

// Fault is one fault to have. Which fields count depends on the kind.
type Fault struct {
	Kind        FaultKind `json:"kind"`
	Count       int       `json:"count,omitempty"`
	Fee         int64     `json:"fee,omitempty"`
	Destination string    `json:"destination,omitempty"`
	Code        string    `json:"code,omitempty"`
	Ledgers     uint32    `json:"ledgers,omitempty"`
	After       int       `json:"after,omitempty"`
	Status      int       `json:"status,omitempty"`
}

// Faults is a network's switchboard. It is safe for concurrent use.
type Faults struct {
	network *Network

	mu     sync.Mutex
	active map[FaultKind]Fault
	frozen uint32 // the last ledger that queries saw when ingestion was made late
	toSend int    // the events that streams may still send before one is cut
}

func newFaults(n *Network) *Faults {
	return &Faults{network: n, active: map[FaultKind]Fault{}}
}

// Set has the network have a fault; one of the same kind is replaced.
func (f *Faults) Set(fault Fault) error {
	if err := fault.check(); err != nil {
		return err
	}
	if fault.Count == 0 && fault.Kind != FaultFeeSurge && fault.Kind != FaultLateIngestion {
		fault.Count = 1
	}
	f.network.mu.Lock()
	defer f.network.mu.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	if fault.Kind == FaultLateIngestion && f.active[fault.Kind].Kind == "" {
		f.frozen = f.network.state.sequence()
	}
	if fault.Kind == FaultStreamCut {
		f.toSend = fault.After
	}
	f.active[fault.Kind] = fault
	f.network.tell() // streams look whether they are to be cut
	return nil
}

func (f Fault) check() error {
	switch f.Kind {
	case FaultTimeout, FaultDropped, FaultLostAnswer, FaultBadSequence, FaultLateIngestion, FaultStreamCut:
		return nil
	case FaultDown:
		if f.Status != 0 && (f.Status < 400 || f.Status > 599) {
			return fmt.Errorf("%w: status %d is not an error", ErrFault, f.Status)
		}
		return nil
	case FaultFeeSurge:
		if f.Fee < minBaseFee || f.Fee > maxSurge {
			return fmt.Errorf("%w: a surge fee is %d to %d stroops", ErrFault, minBaseFee, int64(maxSurge))
		}
		return nil
	case FaultReject:
		if _, err := xdr.AddressToMuxedAccount(f.Destination); err != nil {
			return fmt.Errorf("%w: destination %q: %w", ErrFault, f.Destination, err)
		}
		if _, ok := rejectResult(xdr.OperationTypePayment, f.Code); !ok {
			return fmt.Errorf("%w: payments do not fail with %q", ErrFault, f.Code)
		}
		return nil
	}
	return fmt.Errorf("%w: %q", ErrFault, f.Kind)
}

// Clear ends the faults of these kinds, or all of them when none is named.
func (f *Faults) Clear(kinds ...FaultKind) {
	f.network.mu.Lock()
	defer f.network.mu.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(kinds) == 0 {
		clear(f.active)
	}
	for _, k := range kinds {
		delete(f.active, k)
	}
	f.network.tell() // what was hidden may be seen now
}

// List tells the faults that are still to come, with what is left of their counts.
func (f *Faults) List() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := make([]Fault, 0, len(f.active))
	for _, k := range slices.Sorted(maps.Keys(f.active)) {
		list = append(list, f.active[k])
	}
	return list
}

// use takes a counted fault once, if it is active.
func (f *Faults) use(kind FaultKind) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fault, ok := f.active[kind]
	if ok {
		f.spend(fault)
	}
	return fault, ok
}

func (f *Faults) spend(fault Fault) {
	if fault.Count--; fault.Count == 0 {
		delete(f.active, fault.Kind)
		return
	}
	fault.Count = max(fault.Count, -1)
	f.active[fault.Kind] = fault
}

// cutStream says whether the stream that asks is to be broken off now.
func (f *Faults) cutStream() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	fault, ok := f.active[FaultStreamCut]
	if !ok || f.toSend > 0 {
		return false
	}
	f.toSend = fault.After
	f.spend(fault)
	return true
}

func (f *Faults) sentEvent() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.toSend--
}

// baseFee is what an operation costs now.
func (f *Faults) baseFee() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return max(minBaseFee, f.active[FaultFeeSurge].Fee)
}

// visible is the newest ledger that queries may tell of.
func (f *Faults) visible(latest uint32) uint32 {
	f.mu.Lock()
	defer f.mu.Unlock()
	late, ok := f.active[FaultLateIngestion]
	switch {
	case !ok:
		return latest
	case late.Ledgers == 0 || latest < late.Ledgers:
		return f.frozen
	}
	return max(f.frozen, latest-late.Ledgers)
}

// rejections are the operations of a transaction that the fault fails, for the log to remember.
func (f *Faults) rejections(t *transaction) map[int]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	fault, ok := f.active[FaultReject]
	if !ok {
		return nil
	}
	target := xdr.MustMuxedAddress(fault.Destination)
	reject := map[int]string{}
	for i, op := range t.inner.Tx.Operations {
		if !ok || !pays(op, target.ToAccountId()) {
			continue
		}
		reject[i] = fault.Code
		f.spend(fault)
		fault, ok = f.active[FaultReject]
	}
	return reject
}

// pays says whether an operation is a payment to an account.
func pays(op xdr.Operation, to xdr.AccountId) bool {
	var dest xdr.MuxedAccount
	switch op.Body.Type {
	case xdr.OperationTypePayment:
		dest = op.Body.PaymentOp.Destination
	case xdr.OperationTypePathPaymentStrictReceive:
		dest = op.Body.PathPaymentStrictReceiveOp.Destination
	case xdr.OperationTypePathPaymentStrictSend:
		dest = op.Body.PathPaymentStrictSendOp.Destination
	default:
		return false
	}
	id := dest.ToAccountId()
	return id.Equals(to)
}

// rejectResult is the result with which a type of payment fails under Horizon's name for it.
func rejectResult(kind xdr.OperationType, name string) (xdr.OperationResult, bool) {
	for code := payMalformed; code > xdr.PaymentResultCodePaymentNoIssuer; code-- {
		if codeName(reflect.ValueOf(code)) != name {
			continue
		}
		switch kind {
		case xdr.OperationTypePathPaymentStrictReceive:
			return operationResult(kind, strictReceiveResult(code)), true
		case xdr.OperationTypePathPaymentStrictSend:
			return operationResult(kind, strictSendResult(code)), true
		default:
			return operationResult(kind, xdr.PaymentResult{Code: code}), true
		}
	}
	return xdr.OperationResult{}, false
}

// rejected is the result that a fault gives the operation. The code was checked when it was set.
func (o operation) rejected(code string) xdr.OperationResult {
	if res, ok := rejectResult(o.op.Body.Type, code); ok {
		return res
	}
	return o.result(xdr.OperationResultCodeOpNotSupported)
}
