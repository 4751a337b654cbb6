package localnet

import (
	"math"

	"github.com/stellar/go-stellar-sdk/xdr"
)

func checkCreateAccount(o operation) any {
	p := o.op.Body.CreateAccountOp
	if p.StartingBalance < 0 || p.Destination.Equals(o.source) {
		return xdr.CreateAccountResult{Code: xdr.CreateAccountResultCodeCreateAccountMalformed}
	}
	return nil
}

func applyCreateAccount(o operation) any {
	p := o.op.Body.CreateAccountOp
	if o.account(p.Destination) != nil {
		return xdr.CreateAccountResult{Code: xdr.CreateAccountResultCodeCreateAccountAlreadyExist}
	}
	created := newAccount(p.Destination, p.StartingBalance, startingSequence(o.seq))
	if !reserveFor(created, 0) {
		return xdr.CreateAccountResult{Code: xdr.CreateAccountResultCodeCreateAccountLowReserve}
	}
	native := xdr.MustNewNativeAsset()
	if o.take(o.source, native, p.StartingBalance) != movedOK {
		return xdr.CreateAccountResult{Code: xdr.CreateAccountResultCodeCreateAccountUnderfunded}
	}
	o.putAccount(created)
	return xdr.CreateAccountResult{Code: xdr.CreateAccountResultCodeCreateAccountSuccess}
}

func checkAccountMerge(o operation) any {
	into := o.op.Body.Destination.ToAccountId()
	if into.Equals(o.source) {
		return mergeResult(xdr.AccountMergeResultCodeAccountMergeMalformed)
	}
	return nil
}

func mergeResult(code xdr.AccountMergeResultCode) xdr.AccountMergeResult {
	return xdr.AccountMergeResult{Code: code}
}

func applyAccountMerge(o operation) any {
	into := o.account(o.op.Body.Destination.ToAccountId())
	if into == nil {
		return mergeResult(xdr.AccountMergeResultCodeAccountMergeNoAccount)
	}
	gone := o.account(o.source)
	switch {
	case xdr.AccountFlags(gone.Flags)&xdr.AccountFlagsAuthImmutableFlag != 0:
		return mergeResult(xdr.AccountMergeResultCodeAccountMergeImmutableSet)
	case int(gone.NumSubEntries) != len(gone.Signers):
		return mergeResult(xdr.AccountMergeResultCodeAccountMergeHasSubEntries)
	case gone.SeqNum >= startingSequence(o.seq):
		return mergeResult(xdr.AccountMergeResultCodeAccountMergeSeqnumTooFar)
	case gone.NumSponsoring() > 0:
		return mergeResult(xdr.AccountMergeResultCodeAccountMergeIsSponsor)
	case !credit(&into.Balance, gone.Balance, math.MaxInt64):
		return mergeResult(xdr.AccountMergeResultCodeAccountMergeDestFull)
	}
	o.putAccount(into)
	o.set(accountKey(o.source), nil)
	return xdr.AccountMergeResult{SourceAccountBalance: &gone.Balance}
}

func checkBumpSequence(o operation) any {
	if o.op.Body.BumpSequenceOp.BumpTo < 0 {
		return xdr.BumpSequenceResult{Code: xdr.BumpSequenceResultCodeBumpSequenceBadSeq}
	}
	return nil
}

// applyBumpSequence succeeds also when the sequence is already beyond the number.
func applyBumpSequence(o operation) any {
	a := o.account(o.source)
	o.setSequence(a, max(a.SeqNum, o.op.Body.BumpSequenceOp.BumpTo))
	o.putAccount(a)
	return xdr.BumpSequenceResult{Code: xdr.BumpSequenceResultCodeBumpSequenceSuccess}
}

func manageDataResult(code xdr.ManageDataResultCode) xdr.ManageDataResult {
	return xdr.ManageDataResult{Code: code}
}

func checkManageData(o operation) any {
	name := string(o.op.Body.ManageDataOp.DataName)
	if name == "" || !printable(name) {
		return manageDataResult(xdr.ManageDataResultCodeManageDataInvalidName)
	}
	return nil
}

func applyManageData(o operation) any {
	p := o.op.Body.ManageDataOp
	k := dataKey(o.source, string(p.DataName))
	exists := o.get(k) != nil
	switch {
	case p.DataValue == nil && !exists:
		return manageDataResult(xdr.ManageDataResultCodeManageDataNameNotFound)
	case p.DataValue == nil:
		o.dropSubentry(o.source)
		o.set(k, nil)
		return manageDataResult(xdr.ManageDataResultCodeManageDataSuccess)
	case !exists:
		low := manageDataResult(xdr.ManageDataResultCodeManageDataLowReserve)
		if refusal := o.addSubentry(o.source, low); refusal != nil {
			return refusal
		}
	}
	entry := &xdr.DataEntry{AccountId: o.source, DataName: p.DataName, DataValue: *p.DataValue}
	o.store(k, xdr.LedgerEntryData{Type: xdr.LedgerEntryTypeData, Data: entry}, nil)
	return manageDataResult(xdr.ManageDataResultCodeManageDataSuccess)
}
