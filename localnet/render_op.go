package localnet

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"

	"github.com/stellar/go-stellar-sdk/amount"
	"github.com/stellar/go-stellar-sdk/protocols/horizon"
	"github.com/stellar/go-stellar-sdk/protocols/horizon/base"
	"github.com/stellar/go-stellar-sdk/protocols/horizon/operations"
	"github.com/stellar/go-stellar-sdk/support/render/hal"
	"github.com/stellar/go-stellar-sdk/toid"
	"github.com/stellar/go-stellar-sdk/xdr"
)

func getOperation(r *request) (any, error) {
	r.n.mu.RLock()
	defer r.n.mu.RUnlock()
	id, err := strconv.ParseInt(r.PathValue("op"), 10, 64)
	if err != nil || id < 0 {
		return nil, badRequest("id", "id must be a number")
	}
	found := r.n.state.history.between(id, id)
	if len(found) == 0 || toid.Parse(id).LedgerSequence > int32(r.n.visible()) {
		return nil, notFound()
	}
	return found[0].render(r, page{join: r.URL.Query().Get("join") == "transactions"}), nil
}

func (o *opRecord) base(r *request, p page) operations.Base {
	id := strconv.FormatInt(o.pagingID(), 10)
	hash := hex.EncodeToString(o.tx.tx.hash[:])
	kind := o.op().Body.Type
	b := operations.Base{
		ID: id, PT: id, TransactionSuccessful: o.tx.successful(), TransactionHash: hash,
		Type: operations.TypeNames[kind], TypeI: int32(kind), LedgerCloseTime: o.tx.ledger.closedAt(),
	}
	b.SourceAccount, b.SourceAccountMuxed, b.SourceAccountMuxedID = addresses(o.source())
	if p.join {
		tx := o.tx.resource(r)
		b.Transaction = &tx
	}
	self := "/operations/" + id
	b.Links.Self = r.link.Link(self)
	b.Links.Transaction = r.link.Link("/transactions", hash)
	b.Links.Effects = r.link.Link(self, "effects")
	b.Links.Succeeds = r.link.Linkf("/effects?order=desc&cursor=%s", id)
	b.Links.Precedes = r.link.Linkf("/effects?order=asc&cursor=%s", id)
	return b
}

// render is the operation as Horizon shows it. Only supported operations are ever in a ledger.
func (o *opRecord) render(r *request, p page) hal.Pageable {
	b := o.base(r, p)
	switch body := o.op().Body; body.Type {
	case xdr.OperationTypeCreateAccount:
		return o.createAccount(b, body.CreateAccountOp)
	case xdr.OperationTypePayment:
		return o.payOut(b, body.PaymentOp.Destination, body.PaymentOp.Asset, body.PaymentOp.Amount)
	case xdr.OperationTypePathPaymentStrictReceive:
		return o.strictReceive(b, body.PathPaymentStrictReceiveOp)
	case xdr.OperationTypePathPaymentStrictSend:
		return o.strictSend(b, body.PathPaymentStrictSendOp)
	case xdr.OperationTypeAccountMerge:
		return o.merge(b, *body.Destination)
	case xdr.OperationTypeSetOptions:
		return setOptions(b, body.SetOptionsOp)
	case xdr.OperationTypeChangeTrust:
		return o.changeTrust(b, body.ChangeTrustOp)
	case xdr.OperationTypeAllowTrust:
		return o.allowTrust(b, body.AllowTrustOp)
	case xdr.OperationTypeSetTrustLineFlags:
		return setTrustLineFlags(b, body.SetTrustLineFlagsOp)
	case xdr.OperationTypeClawback:
		return clawback(b, body.ClawbackOp)
	case xdr.OperationTypeManageData:
		return manageData(b, body.ManageDataOp)
	case xdr.OperationTypeBumpSequence:
		return operations.BumpSequence{Base: b, BumpTo: strconv.FormatInt(int64(body.BumpSequenceOp.BumpTo), 10)}
	case xdr.OperationTypeCreateClaimableBalance:
		return createClaimable(b, body.CreateClaimableBalanceOp)
	case xdr.OperationTypeClaimClaimableBalance:
		return o.claim(b, body.ClaimClaimableBalanceOp)
	}
	return b
}

// assetOf is an asset in Horizon's three fields.
func assetOf(a xdr.Asset) (out base.Asset) {
	a.MustExtract(&out.Type, &out.Code, &out.Issuer)
	return out
}

func (o *opRecord) createAccount(b operations.Base, p *xdr.CreateAccountOp) hal.Pageable {
	res := operations.CreateAccount{Base: b, StartingBalance: amount.String(p.StartingBalance), Account: p.Destination.Address()}
	res.Funder, res.FunderMuxed, res.FunderMuxedID = addresses(o.source())
	return res
}

func (o *opRecord) payOut(b operations.Base, to xdr.MuxedAccount, asset xdr.Asset, sum xdr.Int64) operations.Payment {
	res := operations.Payment{Base: b, Asset: assetOf(asset), Amount: amount.String(sum)}
	res.From, res.FromMuxed, res.FromMuxedID = addresses(o.source())
	res.To, res.ToMuxed, res.ToMuxedID = addresses(to)
	return res
}

// moved is what a path payment moved: nothing, if its transaction failed.
func (o *opRecord) moved(sum xdr.Int64) xdr.Int64 {
	if !o.tx.successful() {
		return 0
	}
	return sum
}

func (o *opRecord) strictReceive(b operations.Base, p *xdr.PathPaymentStrictReceiveOp) hal.Pageable {
	sent := assetOf(p.SendAsset)
	return operations.PathPayment{
		Payment: o.payOut(b, p.Destination, p.DestAsset, p.DestAmount), Path: pathOf(p.Path),
		SourceAmount: amount.String(o.moved(p.DestAmount)), SourceMax: amount.String(p.SendMax),
		SourceAssetType: sent.Type, SourceAssetCode: sent.Code, SourceAssetIssuer: sent.Issuer,
	}
}

func (o *opRecord) strictSend(b operations.Base, p *xdr.PathPaymentStrictSendOp) hal.Pageable {
	sent := assetOf(p.SendAsset)
	return operations.PathPaymentStrictSend{
		Payment: o.payOut(b, p.Destination, p.DestAsset, o.moved(p.SendAmount)), Path: pathOf(p.Path),
		SourceAmount: amount.String(p.SendAmount), DestinationMin: amount.String(p.DestMin),
		SourceAssetType: sent.Type, SourceAssetCode: sent.Code, SourceAssetIssuer: sent.Issuer,
	}
}

func pathOf(path []xdr.Asset) []base.Asset {
	out := make([]base.Asset, len(path))
	for i, a := range path {
		out[i] = assetOf(a)
	}
	return out
}

func (o *opRecord) merge(b operations.Base, into xdr.MuxedAccount) hal.Pageable {
	res := operations.AccountMerge{Base: b}
	res.Account, res.AccountMuxed, res.AccountMuxedID = addresses(o.source())
	res.Into, res.IntoMuxed, res.IntoMuxedID = addresses(into)
	return res
}

var accountFlagNames = []string{"auth_required", "auth_revocable", "auth_immutable", "auth_clawback_enabled"}

var lineFlagNames = []string{"authorized", "authorized_to_maintain_liabilites", "clawback_enabled"}

// flagsOf are the bits that are set, as numbers and as Horizon's names.
func flagsOf(bits xdr.Uint32, names []string) (numbers []int, texts []string) {
	for i, name := range names {
		if bit := xdr.Uint32(1) << i; bits&bit != 0 {
			numbers, texts = append(numbers, int(bit)), append(texts, name)
		}
	}
	return numbers, texts
}

func setOptions(b operations.Base, p *xdr.SetOptionsOp) hal.Pageable {
	res := operations.SetOptions{
		Base: b, MasterKeyWeight: number(p.MasterWeight),
		LowThreshold: number(p.LowThreshold), MedThreshold: number(p.MedThreshold), HighThreshold: number(p.HighThreshold),
	}
	res.SetFlags, res.SetFlagsS = flagsOf(value(p.SetFlags), accountFlagNames)
	res.ClearFlags, res.ClearFlagsS = flagsOf(value(p.ClearFlags), accountFlagNames)
	if p.HomeDomain != nil {
		res.HomeDomain = string(*p.HomeDomain)
	}
	if p.InflationDest != nil {
		res.InflationDest = p.InflationDest.Address()
	}
	if p.Signer != nil {
		res.SignerKey, res.SignerWeight = p.Signer.Key.Address(), number(&p.Signer.Weight)
	}
	return res
}

func number(n *xdr.Uint32) *int {
	if n == nil {
		return nil
	}
	i := int(*n)
	return &i
}

func (o *opRecord) changeTrust(b operations.Base, p *xdr.ChangeTrustOp) hal.Pageable {
	asset := assetOf(p.Line.ToAsset())
	res := operations.ChangeTrust{
		Base: b, LiquidityPoolOrAsset: base.LiquidityPoolOrAsset{Asset: asset},
		Limit: amount.String(p.Limit), Trustee: asset.Issuer,
	}
	res.Trustor, res.TrustorMuxed, res.TrustorMuxedID = addresses(o.source())
	return res
}

func (o *opRecord) allowTrust(b operations.Base, p *xdr.AllowTrustOp) hal.Pageable {
	source := o.source()
	flags := xdr.TrustLineFlags(p.Authorize)
	res := operations.AllowTrust{ //nolint:staticcheck // deprecated, and still on the network
		Base: b, Asset: assetOf(p.Asset.ToAsset(source.ToAccountId())), Trustor: p.Trustor.Address(),
		Authorize: flags.IsAuthorized(), AuthorizeToMaintainLiabilities: flags != 0,
	}
	res.Trustee, res.TrusteeMuxed, res.TrusteeMuxedID = addresses(source)
	return res
}

func setTrustLineFlags(b operations.Base, p *xdr.SetTrustLineFlagsOp) hal.Pageable {
	res := operations.SetTrustLineFlags{Base: b, Asset: assetOf(p.Asset), Trustor: p.Trustor.Address()}
	res.SetFlags, res.SetFlagsS = flagsOf(p.SetFlags, lineFlagNames)
	res.ClearFlags, res.ClearFlagsS = flagsOf(p.ClearFlags, lineFlagNames)
	return res
}

func clawback(b operations.Base, p *xdr.ClawbackOp) hal.Pageable {
	res := operations.Clawback{Base: b, Asset: assetOf(p.Asset), Amount: amount.String(p.Amount)}
	res.From, res.FromMuxed, res.FromMuxedID = addresses(p.From)
	return res
}

func manageData(b operations.Base, p *xdr.ManageDataOp) hal.Pageable {
	res := operations.ManageData{Base: b, Name: string(p.DataName)}
	if p.DataValue != nil {
		res.Value = base64.StdEncoding.EncodeToString(*p.DataValue)
	}
	return res
}

func createClaimable(b operations.Base, p *xdr.CreateClaimableBalanceOp) hal.Pageable {
	return operations.CreateClaimableBalance{
		Base: b, Asset: p.Asset.StringCanonical(), Amount: amount.String(p.Amount), Claimants: claimantsOf(p.Claimants),
	}
}

func claimantsOf(list []xdr.Claimant) []horizon.Claimant {
	out := make([]horizon.Claimant, len(list))
	for i, c := range list {
		out[i] = horizon.Claimant{Destination: c.V0.Destination.Address(), Predicate: c.V0.Predicate}
	}
	return out
}

func (o *opRecord) claim(b operations.Base, p *xdr.ClaimClaimableBalanceOp) hal.Pageable {
	res := operations.ClaimClaimableBalance{Base: b, BalanceID: balanceHex(p.BalanceId)}
	res.Claimant, res.ClaimantMuxed, res.ClaimantMuxedID = addresses(o.source())
	return res
}

// balanceHex is a claimable balance's id as Horizon writes it: its XDR in hex.
func balanceHex(id xdr.ClaimableBalanceId) string {
	text, err := xdr.MarshalHex(id)
	if err != nil {
		panic(err) // it was decoded from XDR, so it encodes
	}
	return text
}
