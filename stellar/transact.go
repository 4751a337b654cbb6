package stellar

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/txnbuild"

	"kula/anchor"
	"kula/money"
)

// sign makes an envelope of an account's own, on its next sequence number. Whoever loses it before it
// is submitted loses nothing; whoever submitted it must Finish this one before signing another.
func (h *Horizon) sign(ctx context.Context, source *keypair.Full, memo txnbuild.Memo, ops ...txnbuild.Operation) (anchor.Envelope, error) {
	acc, err := h.account(ctx, source.Address())
	if err != nil {
		return anchor.Envelope{}, err
	}
	if acc == nil {
		return anchor.Envelope{}, fmt.Errorf("%w: %s", ErrNoAccount, source.Address())
	}
	now, err := h.LedgerTime(ctx)
	if err != nil {
		return anchor.Envelope{}, err
	}
	fee, err := h.baseFee(ctx, DefaultMaxBaseFee)
	if err != nil {
		return anchor.Envelope{}, err
	}
	tx, err := signTransaction(h.Passphrase, txnbuild.TransactionParams{
		SourceAccount: &txnbuild.SimpleAccount{AccountID: source.Address(), Sequence: acc.Sequence + 1},
		Operations:    ops,
		Memo:          memo,
		BaseFee:       fee,
		Preconditions: txnbuild.Preconditions{TimeBounds: txnbuild.NewTimebounds(0, int64(now+DefaultLifetime))},
	}, []*keypair.Full{source})
	if err != nil {
		return anchor.Envelope{}, err
	}
	return envelopeOf(h.Passphrase, tx, tx)
}

// Finish submits one and the same envelope until its outcome is certain. It fails with ErrRejected
// when that is a refusal, and with the context's error when that ends first: the outcome is then not
// known, and the same envelope must be finished later.
func (h *Horizon) Finish(ctx context.Context, e anchor.Envelope) (anchor.Result, error) {
	sequence, err := h.open(e)
	if err != nil {
		return anchor.Result{}, err
	}
	for wait := time.Second / 4; ; wait = min(2*wait, 5*time.Second) {
		answer := h.submit(ctx, e, sequence)
		switch {
		case answer.Verdict == anchor.Applied:
			return answer, nil
		case answer.Verdict == anchor.Rejected || answer.Verdict == anchor.TryLater && !passing(answer.Code):
			return answer, rejection(answer)
		}
		if err := pause(ctx, wait); err != nil {
			return answer, fmt.Errorf("stellar: transaction %s is under way, its outcome is not known yet: %w", e.Hash, err)
		}
	}
}

// passing says of a refusal that it may be gone when the same envelope comes again. The others are an
// account's own fault, which its next transaction, on the same sequence number, can mend.
func passing(code string) bool {
	return strings.HasSuffix(code, "_fee") || strings.HasSuffix(code, "_LATER") || code == "tx_too_early" || code == "rate_limit_exceeded"
}

func rejection(answer anchor.Result) error {
	codes := []string{answer.Code}
	for _, i := range slices.Sorted(maps.Keys(answer.Failed)) {
		codes = append(codes, answer.Failed[i])
	}
	return fmt.Errorf("%w: %s", ErrRejected, strings.Join(codes, ", "))
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// transact signs and finishes a transaction.
func (h *Horizon) transact(ctx context.Context, source *keypair.Full, ops ...txnbuild.Operation) error {
	e, err := h.sign(ctx, source, nil, ops...)
	if err != nil {
		return err
	}
	_, err = h.Finish(ctx, e)
	return err
}

// Load is a person's payment to a deposit account, for a purse.
type Load struct {
	Account *keypair.Full // the person's account
	Deposit string        // the anchor's deposit account; an M… address names the purse by itself
	MemoID  *uint64       // names the purse when Deposit is a G… address
	Asset   money.Asset
	Amount  money.Amount
}

// SignLoad signs a load. Keep the envelope until Finish has said what became of it, and finish the same
// one after a crash: a second one would pay a second time.
func (h *Horizon) SignLoad(ctx context.Context, l Load) (anchor.Envelope, error) {
	to, err := parseAddress(l.Deposit)
	if err != nil {
		return anchor.Envelope{}, err
	}
	if !to.Muxed == (l.MemoID == nil) {
		return anchor.Envelope{}, fmt.Errorf("%w: a load names its purse once: by a memo id or by an M… address", ErrTransfer)
	}
	op, err := operation(anchor.Transfer{Destination: l.Deposit, Asset: l.Asset, Amount: l.Amount}, "")
	if err != nil {
		return anchor.Envelope{}, err
	}
	if l.MemoID == nil {
		return h.sign(ctx, l.Account, nil, op)
	}
	return h.sign(ctx, l.Account, txnbuild.MemoID(*l.MemoID), op)
}

// Trust gives an account a trustline for an asset, so that it can hold it, unless it has one.
func (h *Horizon) Trust(ctx context.Context, account *keypair.Full, assets ...money.Asset) error {
	acc, err := h.account(ctx, account.Address())
	if err != nil {
		return err
	}
	var ops []txnbuild.Operation
	for _, asset := range assets {
		if asset.Native() || acc != nil && trustline(acc, asset) != nil {
			continue
		}
		line, err := txAsset(asset).ToChangeTrustAsset()
		if err != nil {
			return fmt.Errorf("%w: %w", ErrTransfer, err)
		}
		ops = append(ops, &txnbuild.ChangeTrust{Line: line})
	}
	if len(ops) == 0 {
		return nil
	}
	return h.transact(ctx, account, ops...)
}

// Pay makes a plain payment and waits for it: for setting up and for issuing money on a network of one's own.
func (h *Horizon) Pay(ctx context.Context, from *keypair.Full, to string, asset money.Asset, amount money.Amount) error {
	op, err := operation(anchor.Transfer{Destination: to, Asset: asset, Amount: amount}, "")
	if err != nil {
		return err
	}
	return h.transact(ctx, from, op)
}
