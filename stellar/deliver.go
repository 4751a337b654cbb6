package stellar

import (
	"context"

	"github.com/stellar/go-stellar-sdk/protocols/horizon"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
)

// An account that sets this data entry to "1" takes no payment without a memo (SEP-29).
const (
	memoRequiredKey   = "config.memo_required"
	memoRequiredValue = "MQ=="
)

// CanDeliver looks at a destination. It does not know the amount: a trustline with room for less than
// it still fails with op_line_full, and the transfer is then isolated and made claimable.
func (r *Rail) CanDeliver(ctx context.Context, destination string, asset money.Asset) (anchor.Deliverability, error) {
	to, err := parseAddress(destination)
	if err != nil {
		return 0, err
	}
	acc, err := r.account(ctx, to.Account.String())
	if err != nil {
		return 0, err
	}
	switch {
	case acc == nil && asset.Native():
		return anchor.NeedsAccount, nil
	case acc == nil:
		return anchor.NeedsClaim, nil
	case !to.Muxed && acc.Data[memoRequiredKey] == memoRequiredValue:
		return anchor.NeedsMemo, nil
	case asset.Native() || to.Account == protocol.AccountID(asset.Issuer): // the issuer takes back what it owes
		return anchor.Deliverable, nil
	}
	open, err := takes(trustline(acc, asset))
	if err != nil || !open {
		return anchor.NeedsClaim, err
	}
	return anchor.Deliverable, nil
}

// takes says whether a trustline is there, authorised and has room.
func takes(line *horizon.Balance) (bool, error) {
	if line == nil || line.IsAuthorized == nil || !*line.IsAuthorized {
		return false, nil
	}
	var sums [3]money.Amount
	for i, text := range []string{line.Limit, line.Balance, line.BuyingLiabilities} {
		amount, err := parseAmount(text)
		if err != nil {
			return false, err
		}
		sums[i] = amount
	}
	taken, err := sums[1].Add(sums[2])
	return err == nil && taken < sums[0], err
}
