package localnet

import "github.com/stellar/go-stellar-sdk/xdr"

const (
	lineAuthorized = xdr.Uint32(xdr.TrustLineFlagsAuthorizedFlag)
	lineMaintains  = xdr.Uint32(xdr.TrustLineFlagsAuthorizedToMaintainLiabilitiesFlag)
	lineClawback   = xdr.Uint32(xdr.TrustLineFlagsTrustlineClawbackEnabledFlag)
	lineAuthFlags  = lineAuthorized | lineMaintains
)

func trustResult(code xdr.ChangeTrustResultCode) xdr.ChangeTrustResult {
	return xdr.ChangeTrustResult{Code: code}
}

func checkChangeTrust(o operation) any {
	p := o.op.Body.ChangeTrustOp
	if p.Line.Type == xdr.AssetTypeAssetTypePoolShare {
		return xdr.OperationResultCodeOpNotSupported // no liquidity pools here
	}
	asset := p.Line.ToAsset()
	if p.Limit < 0 || asset.IsNative() || !assetValid(asset) || issuedBy(asset, o.source) {
		return trustResult(xdr.ChangeTrustResultCodeChangeTrustMalformed)
	}
	return nil
}

func applyChangeTrust(o operation) any {
	p := o.op.Body.ChangeTrustOp
	asset := p.Line.ToAsset()
	line := o.trustline(o.source, asset)
	if line == nil {
		return o.addTrustline(asset, p.Limit)
	}
	if p.Limit < line.Balance {
		return trustResult(xdr.ChangeTrustResultCodeChangeTrustInvalidLimit)
	}
	if p.Limit == 0 {
		o.dropSubentry(o.source)
		o.set(trustlineKey(o.source, asset), nil)
		return trustResult(xdr.ChangeTrustResultCodeChangeTrustSuccess)
	}
	if o.account(issuerOf(asset)) == nil {
		return trustResult(xdr.ChangeTrustResultCodeChangeTrustNoIssuer)
	}
	line.Limit = p.Limit
	o.putTrustline(asset, line)
	return trustResult(xdr.ChangeTrustResultCodeChangeTrustSuccess)
}

func (o operation) addTrustline(asset xdr.Asset, limit xdr.Int64) any {
	if limit == 0 {
		return trustResult(xdr.ChangeTrustResultCodeChangeTrustInvalidLimit)
	}
	issuer := o.account(issuerOf(asset))
	if issuer == nil {
		return trustResult(xdr.ChangeTrustResultCodeChangeTrustNoIssuer)
	}
	line := &xdr.TrustLineEntry{AccountId: o.source, Asset: asset.ToTrustLineAsset(), Limit: limit}
	if !xdr.AccountFlags(issuer.Flags).IsAuthRequired() {
		line.Flags |= lineAuthorized
	}
	if xdr.AccountFlags(issuer.Flags).IsAuthClawbackEnabled() {
		line.Flags |= lineClawback
	}
	if refusal := o.addSubentry(o.source, trustResult(xdr.ChangeTrustResultCodeChangeTrustLowReserve)); refusal != nil {
		return refusal
	}
	o.putTrustline(asset, line)
	return trustResult(xdr.ChangeTrustResultCodeChangeTrustSuccess)
}

func allowResult(code xdr.AllowTrustResultCode) xdr.AllowTrustResult {
	return xdr.AllowTrustResult{Code: code}
}

func checkAllowTrust(o operation) any {
	p := o.op.Body.AllowTrustOp
	if p.Authorize > lineMaintains || !assetValid(p.Asset.ToAsset(o.source)) || p.Trustor.Equals(o.source) {
		return allowResult(xdr.AllowTrustResultCodeAllowTrustMalformed)
	}
	return nil
}

func applyAllowTrust(o operation) any {
	p := o.op.Body.AllowTrustOp
	asset := p.Asset.ToAsset(o.source)
	revocable := xdr.AccountFlags(o.account(o.source).Flags).IsAuthRevocable()
	if !revocable && p.Authorize == 0 {
		return allowResult(xdr.AllowTrustResultCodeAllowTrustCantRevoke)
	}
	line := o.trustline(p.Trustor, asset)
	if line == nil {
		return allowResult(xdr.AllowTrustResultCodeAllowTrustNoTrustLine)
	}
	if !revocable && authorized(line) && p.Authorize&lineMaintains != 0 {
		return allowResult(xdr.AllowTrustResultCodeAllowTrustCantRevoke)
	}
	line.Flags = line.Flags&^lineAuthFlags | p.Authorize
	o.putTrustline(asset, line)
	return allowResult(xdr.AllowTrustResultCodeAllowTrustSuccess)
}

func lineFlagsResult(code xdr.SetTrustLineFlagsResultCode) xdr.SetTrustLineFlagsResult {
	return xdr.SetTrustLineFlagsResult{Code: code}
}

func checkSetTrustLineFlags(o operation) any {
	p := o.op.Body.SetTrustLineFlagsOp
	mine := assetValid(p.Asset) && issuedBy(p.Asset, o.source) && !p.Trustor.Equals(o.source)
	set := p.SetFlags&p.ClearFlags == 0 && p.SetFlags&^lineAuthFlags == 0 && p.SetFlags != lineAuthFlags
	if !mine || !set || p.ClearFlags&^(lineAuthFlags|lineClawback) != 0 {
		return lineFlagsResult(xdr.SetTrustLineFlagsResultCodeSetTrustLineFlagsMalformed)
	}
	return nil
}

func applySetTrustLineFlags(o operation) any {
	p := o.op.Body.SetTrustLineFlagsOp
	revocable := xdr.AccountFlags(o.account(o.source).Flags).IsAuthRevocable()
	if !revocable && p.ClearFlags&lineAuthFlags != 0 && p.SetFlags&lineAuthorized == 0 {
		return lineFlagsResult(xdr.SetTrustLineFlagsResultCodeSetTrustLineFlagsCantRevoke)
	}
	line := o.trustline(p.Trustor, p.Asset)
	if line == nil {
		return lineFlagsResult(xdr.SetTrustLineFlagsResultCodeSetTrustLineFlagsNoTrustLine)
	}
	line.Flags = line.Flags&^p.ClearFlags | p.SetFlags
	if line.Flags&lineAuthFlags == lineAuthFlags {
		return lineFlagsResult(xdr.SetTrustLineFlagsResultCodeSetTrustLineFlagsInvalidState)
	}
	o.putTrustline(p.Asset, line)
	return lineFlagsResult(xdr.SetTrustLineFlagsResultCodeSetTrustLineFlagsSuccess)
}

func clawbackResult(code xdr.ClawbackResultCode) xdr.ClawbackResult {
	return xdr.ClawbackResult{Code: code}
}

func checkClawback(o operation) any {
	p := o.op.Body.ClawbackOp
	from := p.From.ToAccountId()
	if p.Amount <= 0 || !assetValid(p.Asset) || !issuedBy(p.Asset, o.source) || from.Equals(o.source) {
		return clawbackResult(xdr.ClawbackResultCodeClawbackMalformed)
	}
	return nil
}

func applyClawback(o operation) any {
	p := o.op.Body.ClawbackOp
	line := o.trustline(p.From.ToAccountId(), p.Asset)
	switch {
	case line == nil:
		return clawbackResult(xdr.ClawbackResultCodeClawbackNoTrust)
	case line.Flags&lineClawback == 0:
		return clawbackResult(xdr.ClawbackResultCodeClawbackNotClawbackEnabled)
	case line.Balance < p.Amount:
		return clawbackResult(xdr.ClawbackResultCodeClawbackUnderfunded)
	}
	line.Balance -= p.Amount
	o.putTrustline(p.Asset, line)
	return clawbackResult(xdr.ClawbackResultCodeClawbackSuccess)
}
