package localnet

import "github.com/stellar/go-stellar-sdk/xdr"

// level is how much weight of signatures an operation needs from its source account.
type level int

const (
	levelLow level = iota
	levelMedium
	levelHigh
)

func needed(a *xdr.AccountEntry, l level) int {
	return int(a.Thresholds[1+int(l)])
}

// operation is one operation of a transaction, with where it is applied.
type operation struct {
	*layer
	tx     *transaction
	index  int
	op     xdr.Operation
	source xdr.AccountId
}

func operationContext(l *layer, t *transaction, index int) operation {
	op := t.inner.Tx.Operations[index]
	source := t.operationSource(op)
	return operation{layer: l, tx: t, index: index, op: op, source: source.ToAccountId()}
}

// rule is what the network does for one type of operation. check looks only at the operation itself
// and returns a result to refuse it with, or nil; apply changes the layer and returns the result.
type rule struct {
	level func(xdr.Operation) level
	check func(operation) any
	apply func(operation) any
}

func low(xdr.Operation) level    { return levelLow }
func medium(xdr.Operation) level { return levelMedium }
func high(xdr.Operation) level   { return levelHigh }

// rules are the supported operations; every other is op_not_supported.
var rules = map[xdr.OperationType]rule{
	xdr.OperationTypeCreateAccount:            {medium, checkCreateAccount, applyCreateAccount},
	xdr.OperationTypePayment:                  {medium, checkPayment, applyPayment},
	xdr.OperationTypePathPaymentStrictReceive: {medium, checkStrictReceive, applyStrictReceive},
	xdr.OperationTypePathPaymentStrictSend:    {medium, checkStrictSend, applyStrictSend},
	xdr.OperationTypeSetOptions:               {setOptionsLevel, checkSetOptions, applySetOptions},
	xdr.OperationTypeChangeTrust:              {medium, checkChangeTrust, applyChangeTrust},
	xdr.OperationTypeAllowTrust:               {low, checkAllowTrust, applyAllowTrust},
	xdr.OperationTypeSetTrustLineFlags:        {low, checkSetTrustLineFlags, applySetTrustLineFlags},
	xdr.OperationTypeClawback:                 {medium, checkClawback, applyClawback},
	xdr.OperationTypeAccountMerge:             {high, checkAccountMerge, applyAccountMerge},
	xdr.OperationTypeManageData:               {medium, checkManageData, applyManageData},
	xdr.OperationTypeBumpSequence:             {low, checkBumpSequence, applyBumpSequence},
	xdr.OperationTypeCreateClaimableBalance:   {medium, checkCreateClaimable, applyCreateClaimable},
	xdr.OperationTypeClaimClaimableBalance:    {low, checkClaim, applyClaim},
}

func (o operation) result(value any) xdr.OperationResult {
	return operationResult(o.op.Body.Type, value)
}

// signed says whether the envelope's signatures suffice for this operation, or with which code they
// do not. An account that does not exist yet must have signed with its own key.
func (o operation) signed(sigs *signatureChecker) (xdr.OperationResultCode, bool) {
	account := o.account(o.source)
	if account == nil {
		if o.op.SourceAccount == nil {
			return xdr.OperationResultCodeOpNoAccount, false
		}
		return xdr.OperationResultCodeOpBadAuth, sigs.reaches([]xdr.Signer{masterSigner(o.source, 1)}, 0)
	}
	want := needed(account, levelOf(o.op))
	return xdr.OperationResultCodeOpBadAuth, sigs.reaches(signersOf(account), want)
}

func levelOf(op xdr.Operation) level {
	if r, ok := rules[op.Body.Type]; ok {
		return r.level(op)
	}
	return levelMedium
}

// checkBeforeQueue is what an operation must pass at submission.
func (o operation) checkBeforeQueue(sigs *signatureChecker) (xdr.OperationResult, bool) {
	r, ok := rules[o.op.Body.Type]
	if !ok {
		return o.result(xdr.OperationResultCodeOpNotSupported), false
	}
	if code, ok := o.signed(sigs); !ok {
		return o.result(code), false
	}
	if refusal := r.check(o); refusal != nil {
		return o.result(refusal), false
	}
	return xdr.OperationResult{}, true
}

// run applies the operation to its layer, and tells whether its changes are to be kept.
func (o operation) run() (xdr.OperationResult, bool) {
	r, ok := rules[o.op.Body.Type]
	if !ok {
		return o.result(xdr.OperationResultCodeOpNotSupported), false
	}
	if o.account(o.source) == nil {
		return o.result(xdr.OperationResultCodeOpNoAccount), false
	}
	if refusal := r.check(o); refusal != nil {
		return o.result(refusal), false
	}
	res := o.result(r.apply(o))
	return res, succeeded(res)
}
