package localnet

import (
	"slices"

	"github.com/stellar/go-stellar-sdk/xdr"
)

const allAccountFlags = xdr.Uint32(xdr.AccountFlagsAuthRequiredFlag | xdr.AccountFlagsAuthRevocableFlag |
	xdr.AccountFlagsAuthImmutableFlag | xdr.AccountFlagsAuthClawbackEnabledFlag)

// setOptionsLevel: who may sign, and how much is needed, is the account's most guarded setting.
func setOptionsLevel(op xdr.Operation) level {
	p := op.Body.SetOptionsOp
	if p.MasterWeight != nil || p.LowThreshold != nil || p.MedThreshold != nil || p.HighThreshold != nil || p.Signer != nil {
		return levelHigh
	}
	return levelMedium
}

func optionsResult(code xdr.SetOptionsResultCode) xdr.SetOptionsResult {
	return xdr.SetOptionsResult{Code: code}
}

func value(n *xdr.Uint32) xdr.Uint32 {
	if n == nil {
		return 0
	}
	return *n
}

func checkSetOptions(o operation) any {
	p := o.op.Body.SetOptionsOp
	set, clear := value(p.SetFlags), value(p.ClearFlags)
	if (set|clear)&^allAccountFlags != 0 {
		return optionsResult(xdr.SetOptionsResultCodeSetOptionsUnknownFlag)
	}
	if set&clear != 0 {
		return optionsResult(xdr.SetOptionsResultCodeSetOptionsBadFlags)
	}
	for _, n := range []*xdr.Uint32{p.MasterWeight, p.LowThreshold, p.MedThreshold, p.HighThreshold} {
		if value(n) > 255 {
			return optionsResult(xdr.SetOptionsResultCodeSetOptionsThresholdOutOfRange)
		}
	}
	if p.Signer != nil && badSigner(*p.Signer, o.source) {
		return optionsResult(xdr.SetOptionsResultCodeSetOptionsBadSigner)
	}
	if p.HomeDomain != nil && !printable(string(*p.HomeDomain)) {
		return optionsResult(xdr.SetOptionsResultCodeSetOptionsInvalidHomeDomain)
	}
	return nil
}

func badSigner(s xdr.Signer, self xdr.AccountId) bool {
	own := masterSigner(self, 0).Key
	empty := s.Key.Type == xdr.SignerKeyTypeSignerKeyTypeEd25519SignedPayload && len(s.Key.Ed25519SignedPayload.Payload) == 0
	return s.Key.Equals(own) || s.Weight > 255 || empty
}

func applySetOptions(o operation) any {
	p := o.op.Body.SetOptionsOp
	a := o.account(o.source)
	if p.InflationDest != nil {
		if !p.InflationDest.Equals(o.source) && o.account(*p.InflationDest) == nil {
			return optionsResult(xdr.SetOptionsResultCodeSetOptionsInvalidInflation)
		}
		a.InflationDest = p.InflationDest
	}
	if refusal := setFlags(a, value(p.SetFlags), value(p.ClearFlags)); refusal != nil {
		return refusal
	}
	if p.HomeDomain != nil {
		a.HomeDomain = *p.HomeDomain
	}
	for i, n := range []*xdr.Uint32{p.MasterWeight, p.LowThreshold, p.MedThreshold, p.HighThreshold} {
		if n != nil {
			a.Thresholds[i] = byte(*n)
		}
	}
	if p.Signer != nil {
		if refusal := setSigner(a, *p.Signer); refusal != nil {
			return refusal
		}
	}
	o.putAccount(a)
	return optionsResult(xdr.SetOptionsResultCodeSetOptionsSuccess)
}

func setFlags(a *xdr.AccountEntry, set, clear xdr.Uint32) any {
	if set|clear == 0 {
		return nil
	}
	if xdr.AccountFlags(a.Flags).IsAuthImmutable() {
		return optionsResult(xdr.SetOptionsResultCodeSetOptionsCantChange)
	}
	a.Flags = a.Flags&^clear | set
	if flags := xdr.AccountFlags(a.Flags); flags.IsAuthClawbackEnabled() && !flags.IsAuthRevocable() {
		return optionsResult(xdr.SetOptionsResultCodeSetOptionsAuthRevocableRequired)
	}
	return nil
}

// setSigner adds, changes or (with weight 0) removes a signer. Signers are kept in key order.
func setSigner(a *xdr.AccountEntry, s xdr.Signer) any {
	at, found := slices.BinarySearchFunc(a.Signers, s.Key, compareSigner)
	switch {
	case found && s.Weight == 0:
		setSigners(a, slices.Delete(slices.Clone(a.Signers), at, at+1))
	case found:
		a.Signers[at].Weight = s.Weight
	case s.Weight == 0:
	case len(a.Signers) == maxSigners:
		return optionsResult(xdr.SetOptionsResultCodeSetOptionsTooManySigners)
	case a.NumSubEntries >= maxSubentries:
		return xdr.OperationResultCodeOpTooManySubentries
	case !reserveFor(a, 1):
		return optionsResult(xdr.SetOptionsResultCodeSetOptionsLowReserve)
	default:
		setSigners(a, slices.Insert(slices.Clone(a.Signers), at, s))
	}
	return nil
}

func compareSigner(s xdr.Signer, k xdr.SignerKey) int {
	return slices.Compare(signerBytes(s.Key), signerBytes(k))
}

func signerBytes(k xdr.SignerKey) []byte {
	b, err := k.MarshalBinary()
	if err != nil {
		panic(err) // it was decoded from XDR, so it encodes
	}
	return b
}
