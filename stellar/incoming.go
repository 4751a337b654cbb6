package stellar

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/stellar/go-stellar-sdk/clients/horizonclient"
	"github.com/stellar/go-stellar-sdk/protocols/horizon"
	"github.com/stellar/go-stellar-sdk/protocols/horizon/base"
	"github.com/stellar/go-stellar-sdk/protocols/horizon/operations"
	"github.com/stellar/go-stellar-sdk/toid"
	"github.com/stellar/go-stellar-sdk/xdr"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
)

// beginning is the cursor before everything. An empty one means "now" to parts of Horizon.
const beginning = "0"

// maxPage is how many operations are read at once: each carries its whole transaction.
const maxPage = 100

// Incoming reads money credited to the deposit account after the cursor, oldest first. It reads on
// until it has found some or has come to the end of history; next moves also past what is no income.
//
// It reads all operations of the account and not only what Horizon calls payments, because a claimed
// balance is not one of those.
func (r *Rail) Incoming(ctx context.Context, cursor string, limit int) ([]anchor.Incoming, string, error) {
	if cursor == "" {
		cursor = beginning
	}
	limit = max(1, min(limit, maxPage))
	for {
		page, err := r.operationsAfter(ctx, cursor, limit)
		if err != nil {
			return nil, cursor, err
		}
		in, next, err := r.readPage(ctx, page, cursor)
		if len(in) > 0 || err != nil || len(page) < limit {
			return in, next, err
		}
		cursor = next
	}
}

// readPage stops before the first operation it cannot read: what was read until there is good, and
// the error is met again, alone, by the next call.
func (r *Rail) readPage(ctx context.Context, page []operations.Operation, cursor string) (in []anchor.Incoming, next string, err error) {
	for _, op := range page {
		found, err := r.read(ctx, op)
		if err != nil && len(in) > 0 {
			return in, cursor, nil
		}
		if err != nil {
			return nil, cursor, fmt.Errorf("stellar: operation %s: %w", op.GetID(), err)
		}
		in, cursor = append(in, found...), op.PagingToken()
	}
	return in, cursor, nil
}

func (r *Rail) operationsAfter(ctx context.Context, cursor string, limit int) ([]operations.Operation, error) {
	page, err := r.client(ctx).Operations(horizonclient.OperationRequest{
		ForAccount: r.reserve.Address(),
		Cursor:     cursor,
		Order:      horizonclient.OrderAsc,
		Limit:      uint(limit),
		Join:       "transactions",
	})
	switch {
	case horizonclient.IsNotFoundError(err): // the account is not on the ledger yet
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("stellar: operations after %s: %w", cursor, err)
	}
	return page.Embedded.Records, nil
}

// credit is what an operation gave to an account, as Horizon writes it.
type credit struct {
	kind   anchor.IncomingKind
	from   string
	to     string // G… address
	muxed  string // M… address, when the payment named one
	asset  base.Asset
	amount string
	opaque bool // its transaction's memo was not written by who sent the money: no purse is named
}

var native = base.Asset{Type: "native"}

// read is the income in an operation: none, one, or several where a contract moved several assets.
func (r *Rail) read(ctx context.Context, op operations.Operation) ([]anchor.Incoming, error) {
	if !op.IsTransactionSuccessful() || r.outgoing(op) {
		return nil, nil
	}
	credits, err := r.credits(ctx, op)
	if err != nil {
		return nil, err
	}
	var in []anchor.Incoming
	for i, c := range credits {
		if c.to != r.reserve.Address() {
			continue
		}
		one, err := incoming(op.GetBase(), c)
		if err != nil {
			return nil, err
		}
		// Only a contract call moves several assets, and it is alone in its transaction: the numbers
		// after its own are free.
		one.Operation += int64(i)
		if one.Amount > 0 {
			in = append(in, one)
		}
	}
	return in, nil
}

// outgoing says whether the reserve itself did this: then it is no income, but for two things. A claimed
// balance is. And a payout whose destination is the deposit account (somebody unloads into another purse)
// is booked as going out, so it must be booked as coming in.
func (r *Rail) outgoing(op operations.Operation) bool {
	b := op.GetBase()
	if b.SourceAccount != r.reserve.Address() {
		return false
	}
	switch op.(type) {
	case operations.ClaimClaimableBalance:
		return false
	case operations.Payment:
		return b.Transaction == nil || !r.channels.has(b.Transaction.Account)
	}
	return true
}

func (r *Rail) credits(ctx context.Context, op operations.Operation) ([]credit, error) {
	switch o := op.(type) {
	case operations.Payment:
		return []credit{paid(o)}, nil
	case operations.PathPayment:
		return []credit{paid(o.Payment)}, nil
	case operations.PathPaymentStrictSend:
		return []credit{paid(o.Payment)}, nil
	case operations.CreateAccount:
		return []credit{{kind: anchor.IncomingCreate, from: either(o.FunderMuxed, o.Funder), to: o.Account, asset: native, amount: o.StartingBalance}}, nil
	case operations.AccountMerge:
		if o.Into != r.reserve.Address() {
			return nil, nil
		}
		amount, err := mergedAmount(o.Base)
		return []credit{{kind: anchor.IncomingMerge, from: either(o.AccountMuxed, o.Account), to: o.Into, muxed: o.IntoMuxed, asset: native, amount: amount}}, err
	case operations.ClaimClaimableBalance:
		if o.Claimant != r.reserve.Address() {
			return nil, nil
		}
		c, err := r.claimed(ctx, o)
		return []credit{c}, err
	case operations.InvokeHostFunction:
		return moved(o), nil
	}
	return nil, nil
}

func either(muxed, plain string) string {
	if muxed != "" {
		return muxed
	}
	return plain
}

func paid(o operations.Payment) credit {
	return credit{kind: anchor.IncomingPayment, from: either(o.FromMuxed, o.From), to: o.To, muxed: o.ToMuxed, asset: o.Asset, amount: o.Amount}
}

// moved is what a contract call moved, for whatever reason of its own.
func moved(o operations.InvokeHostFunction) []credit {
	var all []credit
	for _, c := range o.AssetBalanceChanges {
		all = append(all, credit{kind: anchor.IncomingPayment, from: either(c.From, o.SourceAccount), to: c.To, asset: c.Asset, amount: c.Amount, opaque: true})
	}
	return all
}

// mergedAmount is what a merged account still held: the operation does not say, its result does.
func mergedAmount(b operations.Base) (string, error) {
	if b.Transaction == nil {
		return "", errNotJoined
	}
	var result xdr.TransactionResult
	if err := xdr.SafeUnmarshalBase64(b.Transaction.ResultXdr, &result); err != nil {
		return "", fmt.Errorf("transaction result: %w", err)
	}
	id, err := strconv.ParseInt(b.ID, 10, 64)
	if err != nil {
		return "", fmt.Errorf("operation id: %w", err)
	}
	all, _ := result.OperationResults()
	index := int(toid.Parse(id).OperationOrder) - 1
	if index < 0 || index >= len(all) {
		return "", errors.New("transaction result: has no such operation")
	}
	tr, _ := all[index].GetTr()
	merge, _ := tr.GetAccountMergeResult()
	left, ok := merge.GetSourceAccountBalance()
	if !ok {
		return "", errors.New("transaction result: not of a merge")
	}
	return money.Amount(left).String(), nil
}

// claimed is what a claimed balance held: the operation that created it says.
func (r *Rail) claimed(ctx context.Context, o operations.ClaimClaimableBalance) (credit, error) {
	page, err := r.client(ctx).Operations(horizonclient.OperationRequest{
		ForClaimableBalance: o.BalanceID, Cursor: beginning, Order: horizonclient.OrderAsc, Limit: 1,
	})
	if err != nil {
		return credit{}, fmt.Errorf("claimable balance: %w", err)
	}
	for _, op := range page.Embedded.Records {
		if made, ok := op.(operations.CreateClaimableBalance); ok {
			return credit{kind: anchor.IncomingClaim, from: made.SourceAccount, to: o.Claimant, asset: assetOf(made.Asset), amount: made.Amount, opaque: true}, nil
		}
	}
	return credit{}, errors.New("claimable balance: history does not say who made it")
}

// assetOf reads "native" or "CODE:ISSUER".
func assetOf(s string) base.Asset {
	code, issuer, credit := strings.Cut(s, ":")
	if !credit {
		return base.Asset{Type: s}
	}
	return base.Asset{Code: code, Issuer: issuer}
}

var errNotJoined = errors.New("horizon sent no transaction with it")

func incoming(b operations.Base, c credit) (in anchor.Incoming, err error) {
	if b.Transaction == nil {
		return in, errNotJoined
	}
	in = anchor.Incoming{Cursor: b.PT, At: uint64(b.LedgerCloseTime.Unix()), Kind: c.kind, From: c.from}
	if in.Operation, err = strconv.ParseInt(b.ID, 10, 64); err != nil {
		return in, fmt.Errorf("id: %w", err)
	}
	if in.Transaction, err = protocol.ParseHash(b.TransactionHash); err != nil {
		return in, fmt.Errorf("transaction hash: %w", err)
	}
	if in.Asset, err = parseAsset(c.asset); err != nil {
		return in, err
	}
	if in.Amount, err = parseAmount(c.amount); err != nil {
		return in, err
	}
	if c.opaque {
		in.OtherMemo = true
		return in, nil
	}
	if err := reference(&in, b.Transaction); err != nil {
		return in, err
	}
	if c.muxed != "" {
		to, err := parseAddress(c.muxed)
		if err == nil && to.Muxed {
			in.MuxedID = &to.ID
		}
		return in, err
	}
	return in, nil
}

// reference reads the memo. Only one of type id names a purse: a text of digits does not.
func reference(in *anchor.Incoming, tx *horizon.Transaction) error {
	switch tx.MemoType {
	case "none":
	case "id":
		id, err := strconv.ParseUint(tx.Memo, 10, 64)
		if err != nil {
			return fmt.Errorf("memo id: %w", err)
		}
		in.MemoID = &id
	default:
		in.OtherMemo = true
	}
	return nil
}
