package stellar_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"kula/anchor"
	"kula/localnet"
	"kula/money"
	"kula/stellar"
)

// Many envelopes at once, on few channels, over a network that fails at random: each transfer is paid once.
func TestPropertyEachTransferIsPaidOnce(t *testing.T) {
	b := openWith(t, localnet.Config{CloseEvery: 2 * time.Millisecond})
	ctx, stop := context.WithCancel(t.Context())
	var network sync.WaitGroup
	network.Go(func() {
		if err := b.net.Run(ctx); err != nil && !errors.Is(err, localnet.ErrClosed) {
			t.Error(err)
		}
	})
	defer network.Wait()
	defer stop()
	b.setUp()
	ana := b.person(0)

	const workers, each = 4, 8
	var payers sync.WaitGroup
	for w := range uint64(workers) {
		payers.Go(func() {
			random := rand.New(rand.NewPCG(w, 1))
			for i := range each {
				b.payThroughFaults(random, b.transfer(ana.Address(), money.Amount(1)<<(w*each+uint64(i))))
			}
		})
	}
	payers.Wait()
	b.net.Faults().Clear()
	if held := b.holds(ana.Address()); held != 1<<(workers*each)-1 {
		t.Errorf("the payee holds %b", held)
	}
}

// payThroughFaults pays as the anchor does: the same envelope until its last word.
func (b *bank) payThroughFaults(random *rand.Rand, transfer anchor.Transfer) {
	kinds := []localnet.FaultKind{localnet.FaultTimeout, localnet.FaultDropped, localnet.FaultLostAnswer, localnet.FaultBadSequence}
	var envelope anchor.Envelope
	for err := stellar.ErrBusy; errors.Is(err, stellar.ErrBusy); {
		envelope, err = b.rail.Prepare(b.Context(), []anchor.Transfer{transfer}, "")
		if err != nil && !errors.Is(err, stellar.ErrBusy) {
			b.Error(err)
			return
		}
	}
	for verdict := anchor.Unknown; verdict != anchor.Applied; {
		if err := b.net.Faults().Set(localnet.Fault{Kind: kinds[random.IntN(len(kinds))]}); err != nil {
			b.Error(err)
		}
		result, err := b.rail.Submit(b.Context(), envelope)
		if err != nil || result.Verdict == anchor.Rejected {
			b.Errorf("%+v, %v", result, err)
			return
		}
		verdict = result.Verdict
	}
}
