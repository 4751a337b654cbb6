package stellar_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/txnbuild"

	"kula/localnet"
	"kula/money"
	"kula/stellar"
)

func (b *bank) load(key *keypair.Full, memo uint64, amount money.Amount) stellar.Load {
	return stellar.Load{Account: key, Deposit: b.cfg.Reserve.Address(), MemoID: &memo, Asset: b.vuv, Amount: amount}
}

func TestLoadThroughEachFault(t *testing.T) {
	for name, fault := range map[string]localnet.Fault{
		"none":                  {Kind: localnet.FaultTimeout, Count: 0},
		"timeout, but applied":  {Kind: localnet.FaultTimeout},
		"dropped twice":         {Kind: localnet.FaultDropped, Count: 2},
		"answer lost":           {Kind: localnet.FaultLostAnswer},
		"sequence called bad":   {Kind: localnet.FaultBadSequence},
		"Horizon down, shortly": {Kind: localnet.FaultDown, Count: 3, Status: 503},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t)
			ana := b.person(10 * money.Unit)
			cursor := b.settled()
			e, err := b.cfg.Horizon.SignLoad(t.Context(), b.load(ana, 42, 4*money.Unit))
			b.check(err)
			if name != "none" {
				b.fault(fault)
			}
			_, err = b.cfg.Horizon.Finish(t.Context(), e)
			b.check(err)
			_, err = b.cfg.Horizon.Finish(t.Context(), e) // a person tries again
			b.check(err)
			in, _ := b.seen(cursor, 10)
			if len(in) != 1 || *in[0].MemoID != 42 || in[0].Amount != 4*money.Unit || in[0].From != ana.Address() || in[0].Transaction != e.Hash {
				t.Errorf("income: %+v", in)
			}
		})
	}
}

func TestLoadToAMuxedAddress(t *testing.T) {
	b := open(t)
	ana := b.person(10 * money.Unit)
	cursor := b.settled()
	e, err := b.cfg.Horizon.SignLoad(t.Context(), stellar.Load{Account: ana, Deposit: b.muxed(b.cfg.Reserve, 7), Asset: b.vuv, Amount: 1})
	b.check(err)
	_, err = b.cfg.Horizon.Finish(t.Context(), e)
	b.check(err)
	if in, _ := b.seen(cursor, 10); len(in) != 1 || *in[0].MuxedID != 7 || in[0].MemoID != nil {
		t.Errorf("income: %+v", in)
	}
}

func TestLoadOfWhatIsNotThere(t *testing.T) {
	b := open(t)
	ana := b.person(money.Unit)
	e, err := b.cfg.Horizon.SignLoad(t.Context(), b.load(ana, 42, 2*money.Unit))
	b.check(err)
	if _, err := b.cfg.Horizon.Finish(t.Context(), e); !errors.Is(err, stellar.ErrRejected) || !strings.Contains(err.Error(), "op_underfunded") {
		t.Errorf("a load of more than there is: %v", err)
	}
	if _, err := b.cfg.Horizon.SignLoad(t.Context(), b.load(keypair.MustRandom(), 42, 1)); !errors.Is(err, stellar.ErrNoAccount) {
		t.Errorf("a load from no account: %v", err)
	}
	nameless := b.load(ana, 42, 1)
	nameless.MemoID = nil
	twice := b.load(ana, 42, 1)
	twice.Deposit = b.muxed(b.cfg.Reserve, 7)
	for name, l := range map[string]stellar.Load{"for no purse": nameless, "for two": twice, "of nothing": b.load(ana, 42, 0)} {
		if _, err := b.cfg.Horizon.SignLoad(t.Context(), l); !errors.Is(err, stellar.ErrTransfer) {
			t.Errorf("a load %s: %v", name, err)
		}
	}
}

func TestLoadThatIsGivenUpIsNotKnown(t *testing.T) {
	b := open(t)
	ana := b.person(10 * money.Unit)
	e, err := b.cfg.Horizon.SignLoad(t.Context(), b.load(ana, 42, money.Unit))
	b.check(err)
	b.fault(localnet.Fault{Kind: localnet.FaultDown, Count: -1})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := b.cfg.Horizon.Finish(ctx, e); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, stellar.ErrRejected) {
		t.Errorf("given up: %v", err)
	}
	b.net.Faults().Clear()
	if _, err := b.cfg.Horizon.Finish(t.Context(), e); err != nil {
		t.Errorf("taken up again: %v", err)
	}
}

func TestLoadThatTheNetworkRefusesAtTheDoor(t *testing.T) {
	b := open(t)
	ana := b.person(10 * money.Unit)
	e, err := b.cfg.Horizon.SignLoad(t.Context(), b.load(ana, 42, money.Unit))
	b.check(err)
	soon, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	b.fault(localnet.Fault{Kind: localnet.FaultFeeSurge, Fee: 90_000})
	if _, err := b.cfg.Horizon.Finish(soon, e); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a fee that is too low just now: %v", err)
	}
	b.net.Faults().Clear()
	b.must(ana, nil, &txnbuild.SetOptions{
		MasterWeight: txnbuild.NewThreshold(0), Signer: &txnbuild.Signer{Address: keypair.MustRandom().Address(), Weight: 1},
	})
	e, err = b.cfg.Horizon.SignLoad(t.Context(), b.load(ana, 42, money.Unit))
	b.check(err)
	later, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if _, err := b.cfg.Horizon.Finish(later, e); !errors.Is(err, stellar.ErrRejected) || !strings.Contains(err.Error(), "tx_bad_auth") {
		t.Errorf("a key that signs no more: %v", err)
	}
}
