package localnet

import (
	"crypto/sha256"
	"math"

	"github.com/stellar/go-stellar-sdk/xdr"
)

func createClaimableResult(code xdr.CreateClaimableBalanceResultCode) xdr.CreateClaimableBalanceResult {
	return xdr.CreateClaimableBalanceResult{Code: code}
}

func checkCreateClaimable(o operation) any {
	p := o.op.Body.CreateClaimableBalanceOp
	good := p.Amount > 0 && assetValid(p.Asset) && len(p.Claimants) > 0
	seen := map[string]bool{}
	for _, c := range p.Claimants {
		who := raw(c.V0.Destination)
		good = good && !seen[who] && wellFormed(c.V0.Predicate, 1)
		seen[who] = true
	}
	if !good {
		return createClaimableResult(xdr.CreateClaimableBalanceResultCodeCreateClaimableBalanceMalformed)
	}
	return nil
}

// wellFormed is the network's rule for predicates: two parts to "and" and "or", four levels at most.
func wellFormed(p xdr.ClaimPredicate, depth int) bool {
	if depth > 4 {
		return false
	}
	switch p.Type {
	case xdr.ClaimPredicateTypeClaimPredicateAnd:
		return bothWellFormed(*p.AndPredicates, depth)
	case xdr.ClaimPredicateTypeClaimPredicateOr:
		return bothWellFormed(*p.OrPredicates, depth)
	case xdr.ClaimPredicateTypeClaimPredicateNot:
		return *p.NotPredicate != nil && wellFormed(**p.NotPredicate, depth+1)
	case xdr.ClaimPredicateTypeClaimPredicateBeforeAbsoluteTime:
		return *p.AbsBefore >= 0
	case xdr.ClaimPredicateTypeClaimPredicateBeforeRelativeTime:
		return *p.RelBefore >= 0
	}
	return true
}

func bothWellFormed(parts []xdr.ClaimPredicate, depth int) bool {
	return len(parts) == 2 && wellFormed(parts[0], depth+1) && wellFormed(parts[1], depth+1)
}

func applyCreateClaimable(o operation) any {
	p := o.op.Body.CreateClaimableBalanceOp
	switch o.take(o.source, p.Asset, p.Amount) {
	case movedNoLine:
		return createClaimableResult(xdr.CreateClaimableBalanceResultCodeCreateClaimableBalanceNoTrust)
	case movedUnauthorized:
		return createClaimableResult(xdr.CreateClaimableBalanceResultCodeCreateClaimableBalanceNotAuthorized)
	case movedShort:
		return createClaimableResult(xdr.CreateClaimableBalanceResultCodeCreateClaimableBalanceUnderfunded)
	}
	creator := o.account(o.source)
	if !reserveFor(creator, len(p.Claimants)) {
		return createClaimableResult(xdr.CreateClaimableBalanceResultCodeCreateClaimableBalanceLowReserve)
	}
	sponsor(creator, len(p.Claimants))
	o.putAccount(creator)
	id := o.balanceID()
	entry := &xdr.ClaimableBalanceEntry{BalanceId: id, Asset: p.Asset, Amount: p.Amount, Claimants: o.absoluteClaimants(p.Claimants)}
	if o.clawbackEnabled(p.Asset) {
		entry.Ext = xdr.ClaimableBalanceEntryExt{V: 1, V1: &xdr.ClaimableBalanceEntryExtensionV1{
			Flags: xdr.Uint32(xdr.ClaimableBalanceFlagsClaimableBalanceClawbackEnabledFlag),
		}}
	}
	data := xdr.LedgerEntryData{Type: xdr.LedgerEntryTypeClaimableBalance, ClaimableBalance: entry}
	o.store(claimableKey(id), data, &o.source)
	return xdr.CreateClaimableBalanceResult{BalanceId: &id}
}

func (o operation) clawbackEnabled(asset xdr.Asset) bool {
	if issuedBy(asset, o.source) {
		return xdr.AccountFlags(o.account(o.source).Flags).IsAuthClawbackEnabled()
	}
	line := o.trustline(o.source, asset)
	return line != nil && line.Flags&lineClawback != 0
}

// balanceID follows from the transaction's source and number and the operation's place in it, so
// that its creator knows it before it exists.
func (o operation) balanceID() xdr.ClaimableBalanceId {
	preimage := xdr.HashIdPreimage{
		Type: xdr.EnvelopeTypeEnvelopeTypeOpId,
		OperationId: &xdr.HashIdPreimageOperationId{
			SourceAccount: o.tx.source(), SeqNum: o.tx.seq(), OpNum: xdr.Uint32(o.index),
		},
	}
	b, err := preimage.MarshalBinary()
	if err != nil {
		panic(err) // every field is set above
	}
	hash := xdr.Hash(sha256.Sum256(b))
	return xdr.ClaimableBalanceId{Type: xdr.ClaimableBalanceIdTypeClaimableBalanceIdTypeV0, V0: &hash}
}

// absoluteClaimants turns times relative to the creation into points in time.
func (o operation) absoluteClaimants(list []xdr.Claimant) []xdr.Claimant {
	fixed := make([]xdr.Claimant, len(list))
	for i, c := range list {
		v0 := *c.V0
		v0.Predicate = absolute(v0.Predicate, o.time)
		fixed[i] = xdr.Claimant{Type: c.Type, V0: &v0}
	}
	return fixed
}

func absolute(p xdr.ClaimPredicate, now xdr.TimePoint) xdr.ClaimPredicate {
	switch p.Type {
	case xdr.ClaimPredicateTypeClaimPredicateAnd:
		parts := absolutes(*p.AndPredicates, now)
		p.AndPredicates = &parts
	case xdr.ClaimPredicateTypeClaimPredicateOr:
		parts := absolutes(*p.OrPredicates, now)
		p.OrPredicates = &parts
	case xdr.ClaimPredicateTypeClaimPredicateNot:
		not := absolute(**p.NotPredicate, now)
		inner := &not
		p.NotPredicate = &inner
	case xdr.ClaimPredicateTypeClaimPredicateBeforeRelativeTime:
		end := xdr.Int64(math.MaxInt64)
		if *p.RelBefore <= end-xdr.Int64(now) {
			end = *p.RelBefore + xdr.Int64(now)
		}
		return xdr.ClaimPredicate{Type: xdr.ClaimPredicateTypeClaimPredicateBeforeAbsoluteTime, AbsBefore: &end}
	}
	return p
}

func absolutes(parts []xdr.ClaimPredicate, now xdr.TimePoint) []xdr.ClaimPredicate {
	return []xdr.ClaimPredicate{absolute(parts[0], now), absolute(parts[1], now)}
}

func claimResult(code xdr.ClaimClaimableBalanceResultCode) xdr.ClaimClaimableBalanceResult {
	return xdr.ClaimClaimableBalanceResult{Code: code}
}

func checkClaim(operation) any { return nil }

func applyClaim(o operation) any {
	k := claimableKey(o.op.Body.ClaimClaimableBalanceOp.BalanceId)
	e := o.get(k)
	if e == nil {
		return claimResult(xdr.ClaimClaimableBalanceResultCodeClaimClaimableBalanceDoesNotExist)
	}
	balance := e.Data.ClaimableBalance
	if !o.mayClaim(balance.Claimants) {
		return claimResult(xdr.ClaimClaimableBalanceResultCodeClaimClaimableBalanceCannotClaim)
	}
	switch o.give(o.source, balance.Asset, balance.Amount) {
	case movedNoLine:
		return claimResult(xdr.ClaimClaimableBalanceResultCodeClaimClaimableBalanceNoTrust)
	case movedUnauthorized:
		return claimResult(xdr.ClaimClaimableBalanceResultCodeClaimClaimableBalanceNotAuthorized)
	case movedShort:
		return claimResult(xdr.ClaimClaimableBalanceResultCodeClaimClaimableBalanceLineFull)
	}
	creator := o.account(*e.SponsoringID())
	sponsor(creator, -len(balance.Claimants))
	o.putAccount(creator)
	o.set(k, nil)
	return claimResult(xdr.ClaimClaimableBalanceResultCodeClaimClaimableBalanceSuccess)
}

func (o operation) mayClaim(claimants []xdr.Claimant) bool {
	for _, c := range claimants {
		if c.V0.Destination.Equals(o.source) {
			return holds(c.V0.Predicate, o.time)
		}
	}
	return false
}

func holds(p xdr.ClaimPredicate, now xdr.TimePoint) bool {
	switch p.Type {
	case xdr.ClaimPredicateTypeClaimPredicateAnd:
		return holds((*p.AndPredicates)[0], now) && holds((*p.AndPredicates)[1], now)
	case xdr.ClaimPredicateTypeClaimPredicateOr:
		return holds((*p.OrPredicates)[0], now) || holds((*p.OrPredicates)[1], now)
	case xdr.ClaimPredicateTypeClaimPredicateNot:
		return !holds(**p.NotPredicate, now)
	case xdr.ClaimPredicateTypeClaimPredicateBeforeAbsoluteTime:
		return *p.AbsBefore > xdr.Int64(now)
	}
	return true
}
