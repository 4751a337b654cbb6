package stellar

import (
	"context"
	"fmt"

	"github.com/stellar/go-stellar-sdk/keypair"

	"kula/anchor"
	"kula/money"
)

// Setup makes what a rail needs on the ledger and is not there yet: its accounts, and a trustline of
// the reserve and the treasury for each asset. It can be repeated after any failure.
//
// The funder creates each missing account with startingBalance, in XLM. Without a funder they come from
// friendbot, which only networks for trying things out have.
func Setup(ctx context.Context, c Config, assets []money.Asset, funder *keypair.Full, startingBalance money.Amount) error {
	c.defaults()
	if err := c.validate(); err != nil {
		return err
	}
	for _, key := range append([]*keypair.Full{c.Reserve, c.Treasury, c.Fee}, c.Channels...) {
		if err := c.Horizon.Fund(ctx, key.Address(), funder, startingBalance); err != nil {
			return err
		}
	}
	for _, key := range []*keypair.Full{c.Reserve, c.Treasury} {
		if err := c.Horizon.Trust(ctx, key, assets...); err != nil {
			return fmt.Errorf("trustlines of %s: %w", key.Address(), err)
		}
	}
	return nil
}

// Fund creates an account unless it exists: from the funder, or from friendbot when that is nil.
func (h *Horizon) Fund(ctx context.Context, address string, funder *keypair.Full, startingBalance money.Amount) error {
	acc, err := h.account(ctx, address)
	if err != nil || acc != nil {
		return err
	}
	if funder == nil {
		if _, err := h.client(ctx).Fund(address); err != nil {
			return fmt.Errorf("stellar: friendbot: %w", err)
		}
		return nil
	}
	op, err := operation(anchor.Transfer{Destination: address, Amount: startingBalance, Create: true}, "")
	if err != nil {
		return err
	}
	return h.transact(ctx, funder, op)
}
