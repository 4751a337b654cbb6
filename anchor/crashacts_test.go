package anchor_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
)

// officers does at the bank what the crowd of the crash test does not, each act such that it may be cut off
// anywhere and done again.
func (w *world) officers(bundle *protocol.Bundle) {
	ana := w.newPerson("ana", protocol.Circulating)
	dora, fay := w.person("dora"), w.person("fay")
	c, err := w.bank.Challenge(w.ctx, dora.id)
	ok(w.t, err)
	_, err = w.bank.UseChallenge(w.ctx, dora.id, c.Nonce)
	ok(w.t, err)
	_, err = w.bank.Unload(w.ctx, anchor.UnloadRequest{Purse: ana.id, Amount: 5, Destination: anchor.ToTeller})
	ok(w.t, err)
	slip, err := w.bank.TellerOut(w.ctx, anchor.TellerRequest{Purse: ana.id, Amount: 50, Officer: "anna", Key: "cash out"})
	ok(w.t, err)
	tell("slip:cash-out", money.Amount(slip.Number).String())
	ok(w.t, w.bank.Freeze(w.ctx, dora.id))
	ok(w.t, w.bank.Unfreeze(w.ctx, dora.id))
	ok(w.t, w.bank.SetTier(w.ctx, dora.id, "basic"))
	ok(w.t, w.bank.Revoke(w.ctx, fay.id, dora.id))
	ok(w.t, w.bank.Close(w.ctx, anchor.CloseRequest{Purse: w.person("gil").id, Destination: account("heir").String(), Document: "paper"}))
	refused(w.t, w.bank.WriteOff(w.ctx, dora.id), "bad_request") // nothing to write off
	suspense, err := w.bank.Suspense(w.ctx)
	ok(w.t, err)
	for _, s := range suspense {
		ok(w.t, w.bank.PlaceSuspense(w.ctx, s.Operation, dora.id))
	}
	parked, err := w.bank.Payouts(w.ctx, anchor.PayoutParked)
	ok(w.t, err)
	for _, p := range parked {
		ok(w.t, w.bank.ReturnPayout(w.ctx, p.ID))
	}
	_, err = w.bank.FundGuarantee(w.ctx, anchor.FundingRequest{Key: "fund", Officer: "anna", Amount: 5})
	ok(w.t, err)
	ok(w.t, w.bank.LowerGuarantee(w.ctx, dora.id, 3))
	w.redeemAgain(bundle)
	if err := w.bank.Extend(w.ctx, start+day, start+2*day); anchor.CodeOf(err) != "bad_request" { // it stands already
		ok(w.t, err)
	}
	life := protocol.DefaultLifetimes().Card
	w.pass(life - life/8)
	w.syncAs(&dora.id, 0) // brings a new card
}

// redeemAgain presents everything by the batch interface.
func (w *world) redeemAgain(bundle *protocol.Bundle) {
	var batch []*protocol.Payment
	for _, e := range protocol.All[*protocol.Entry](bundle) {
		bill, _ := protocol.Find[*protocol.Bill](bundle, e.Spend.Bill)
		batch = append(batch, &protocol.Payment{Entry: e, EntryHash: network.Hash(e), Bill: bill, BillHash: e.Spend.Bill})
	}
	for _, out := range w.redeem(batch...) {
		tell("receipt:"+out.Entry.String(), network.Hash(out.Receipt).String())
	}
}

// namedInSource finds the failpoints in the code itself, so that none can be added without being killed at.
func namedInSource(t *testing.T) (points []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	ok(t, err)
	call := regexp.MustCompile(`\.failpoint\("([a-z-]+:[a-z-]+)"\)`)
	commit := regexp.MustCompile(`\.update\(ctx, "([a-z]+)",`)
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		source, err := os.ReadFile(f)
		ok(t, err)
		for _, m := range call.FindAllSubmatch(source, -1) {
			points = append(points, string(m[1]))
		}
		for _, m := range commit.FindAllSubmatch(source, -1) {
			points = append(points, string(m[1])+":before-commit", string(m[1])+":after-commit")
		}
	}
	return points
}
