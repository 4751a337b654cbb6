package localnet

import (
	"fmt"
	"strings"
)

// Audit checks what must hold in every ledger: no lumen appears or disappears, every account counts
// the entries it owns, and reserves are paid for exactly the claimable balances that are there.
func (n *Network) Audit() error {
	n.mu.RLock()
	defer n.mu.RUnlock()
	w := n.state.world
	sum, sponsoring, claimants := n.state.header.FeePool, 0, 0
	for k, e := range w.all {
		switch {
		case strings.HasPrefix(string(k), kindAccount):
			a := e.Data.Account
			sum += a.Balance
			sponsoring += int(a.NumSponsoring())
			owns := len(w.ownedBy(raw(a.AccountId), kindTrustline)) + len(w.ownedBy(raw(a.AccountId), kindData)) + len(a.Signers)
			if owns != int(a.NumSubEntries) {
				return fmt.Errorf("account %s owns %d entries and counts %d", a.AccountId.Address(), owns, a.NumSubEntries)
			}
		case strings.HasPrefix(string(k), kindClaimable):
			c := e.Data.ClaimableBalance
			claimants += len(c.Claimants)
			if c.Asset.IsNative() {
				sum += c.Amount
			}
		}
	}
	if sum != totalCoins {
		return fmt.Errorf("there are %d stroops, and there were %d", sum, totalCoins)
	}
	if sponsoring != claimants {
		return fmt.Errorf("reserves are paid for %d claimants, and there are %d", sponsoring, claimants)
	}
	return nil
}
