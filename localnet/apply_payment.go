package localnet

import "github.com/stellar/go-stellar-sdk/xdr"

// The three payment operations number their refusals alike, so one code serves for all of them.
const (
	paid             = xdr.PaymentResultCodePaymentSuccess
	payMalformed     = xdr.PaymentResultCodePaymentMalformed
	payUnderfunded   = xdr.PaymentResultCodePaymentUnderfunded
	payNoDestination = xdr.PaymentResultCodePaymentNoDestination
	payTooFewOffers  = xdr.PaymentResultCode(xdr.PathPaymentStrictSendResultCodePathPaymentStrictSendTooFewOffers)
	payBeyondLimit   = xdr.PaymentResultCode(xdr.PathPaymentStrictSendResultCodePathPaymentStrictSendUnderDestmin)
)

var takeCode = map[moved]xdr.PaymentResultCode{
	movedOK:           paid,
	movedNoLine:       xdr.PaymentResultCodePaymentSrcNoTrust,
	movedUnauthorized: xdr.PaymentResultCodePaymentSrcNotAuthorized,
	movedShort:        payUnderfunded,
}

var giveCode = map[moved]xdr.PaymentResultCode{
	movedOK:           paid,
	movedNoLine:       xdr.PaymentResultCodePaymentNoTrust,
	movedUnauthorized: xdr.PaymentResultCodePaymentNotAuthorized,
	movedShort:        xdr.PaymentResultCodePaymentLineFull,
}

func checkPayment(o operation) any {
	p := o.op.Body.PaymentOp
	if p.Amount <= 0 || !assetValid(p.Asset) {
		return xdr.PaymentResult{Code: payMalformed}
	}
	return nil
}

func applyPayment(o operation) any {
	p := o.op.Body.PaymentOp
	to := p.Destination.ToAccountId()
	if to.Equals(o.source) && p.Asset.IsNative() {
		return xdr.PaymentResult{Code: paid} // the network does not even look at the balance
	}
	if !o.canReceive(to, p.Asset, p.Asset, nil) {
		return xdr.PaymentResult{Code: payNoDestination}
	}
	if code := giveCode[o.give(to, p.Asset, p.Amount)]; code != paid {
		return xdr.PaymentResult{Code: code}
	}
	return xdr.PaymentResult{Code: takeCode[o.take(o.source, p.Asset, p.Amount)]}
}

// canReceive says whether the destination exists. Credits can always be sent back to their issuer,
// even to one whose account is gone.
func (o operation) canReceive(to xdr.AccountId, sent, received xdr.Asset, path []xdr.Asset) bool {
	home := len(path) == 0 && sent.Equals(received) && issuedBy(received, to)
	return home || o.account(to) != nil
}

// needsOffers says whether a path changes one asset into another: this ledger has no offers.
func needsOffers(from, to xdr.Asset, path []xdr.Asset) bool {
	for _, next := range path {
		if !next.Equals(from) {
			return true
		}
	}
	return !from.Equals(to)
}

func allValid(from, to xdr.Asset, path []xdr.Asset) bool {
	for _, a := range path {
		if !assetValid(a) {
			return false
		}
	}
	return assetValid(from) && assetValid(to)
}

func checkStrictReceive(o operation) any {
	p := o.op.Body.PathPaymentStrictReceiveOp
	if p.DestAmount <= 0 || p.SendMax <= 0 || !allValid(p.SendAsset, p.DestAsset, p.Path) {
		return strictReceiveResult(payMalformed)
	}
	return nil
}

func strictReceiveResult(code xdr.PaymentResultCode) xdr.PathPaymentStrictReceiveResult {
	return xdr.PathPaymentStrictReceiveResult{Code: xdr.PathPaymentStrictReceiveResultCode(code)}
}

func applyStrictReceive(o operation) any {
	p := o.op.Body.PathPaymentStrictReceiveOp
	to := p.Destination.ToAccountId()
	if !o.canReceive(to, p.SendAsset, p.DestAsset, p.Path) {
		return strictReceiveResult(payNoDestination)
	}
	if code := giveCode[o.give(to, p.DestAsset, p.DestAmount)]; code != paid {
		return strictReceiveResult(code)
	}
	if needsOffers(p.SendAsset, p.DestAsset, p.Path) {
		return strictReceiveResult(payTooFewOffers)
	}
	if p.DestAmount > p.SendMax {
		return strictReceiveResult(payBeyondLimit)
	}
	result := strictReceiveResult(takeCode[o.take(o.source, p.SendAsset, p.DestAmount)])
	if result.Code == 0 {
		last := xdr.SimplePaymentResult{Destination: to, Asset: p.DestAsset, Amount: p.DestAmount}
		result.Success = &xdr.PathPaymentStrictReceiveResultSuccess{Last: last}
	}
	return result
}

func checkStrictSend(o operation) any {
	p := o.op.Body.PathPaymentStrictSendOp
	if p.SendAmount <= 0 || p.DestMin <= 0 || !allValid(p.SendAsset, p.DestAsset, p.Path) {
		return strictSendResult(payMalformed)
	}
	return nil
}

func strictSendResult(code xdr.PaymentResultCode) xdr.PathPaymentStrictSendResult {
	return xdr.PathPaymentStrictSendResult{Code: xdr.PathPaymentStrictSendResultCode(code)}
}

func applyStrictSend(o operation) any {
	p := o.op.Body.PathPaymentStrictSendOp
	to := p.Destination.ToAccountId()
	if !o.canReceive(to, p.SendAsset, p.DestAsset, p.Path) {
		return strictSendResult(payNoDestination)
	}
	if code := takeCode[o.take(o.source, p.SendAsset, p.SendAmount)]; code != paid {
		return strictSendResult(code)
	}
	if needsOffers(p.SendAsset, p.DestAsset, p.Path) {
		return strictSendResult(payTooFewOffers)
	}
	if p.SendAmount < p.DestMin {
		return strictSendResult(payBeyondLimit)
	}
	result := strictSendResult(giveCode[o.give(to, p.DestAsset, p.SendAmount)])
	if result.Code == 0 {
		last := xdr.SimplePaymentResult{Destination: to, Asset: p.DestAsset, Amount: p.SendAmount}
		result.Success = &xdr.PathPaymentStrictSendResultSuccess{Last: last}
	}
	return result
}
