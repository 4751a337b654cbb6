package localnet

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stellar/go-stellar-sdk/amount"
	"github.com/stellar/go-stellar-sdk/protocols/horizon"
	"github.com/stellar/go-stellar-sdk/protocols/horizon/base"
	"github.com/stellar/go-stellar-sdk/support/render/hal"
	"github.com/stellar/go-stellar-sdk/xdr"
)

func getAccount(r *request) (any, error) {
	r.n.mu.RLock()
	defer r.n.mu.RUnlock()
	id, err := r.accountID()
	if err != nil {
		return nil, err
	}
	e := r.n.state.world.get(accountKey(id))
	if e == nil {
		return nil, notFound()
	}
	return r.account(e), nil
}

func getAccountData(r *request) (any, error) {
	r.n.mu.RLock()
	defer r.n.mu.RUnlock()
	id, err := r.accountID()
	if err != nil {
		return nil, err
	}
	e := r.n.state.world.get(dataKey(id, r.PathValue("key")))
	if e == nil {
		return nil, notFound()
	}
	return horizon.AccountData{Value: base64.StdEncoding.EncodeToString(e.Data.Data.DataValue)}, nil
}

func (r *request) account(e *xdr.LedgerEntry) horizon.Account {
	a := e.Data.Account
	address := a.AccountId.Address()
	flags := xdr.AccountFlags(a.Flags)
	res := horizon.Account{
		ID: address, AccountID: address, PT: address, Sequence: int64(a.SeqNum), SubentryCount: int32(a.NumSubEntries),
		HomeDomain: string(a.HomeDomain), NumSponsoring: uint32(a.NumSponsoring()),
		LastModifiedLedger: uint32(e.LastModifiedLedgerSeq), LastModifiedTime: r.modified(e),
		Thresholds: horizon.AccountThresholds{LowThreshold: a.ThresholdLow(), MedThreshold: a.ThresholdMedium(), HighThreshold: a.ThresholdHigh()},
		Flags: horizon.AccountFlags{
			AuthRequired: flags.IsAuthRequired(), AuthRevocable: flags.IsAuthRevocable(),
			AuthImmutable: flags.IsAuthImmutable(), AuthClawbackEnabled: flags.IsAuthClawbackEnabled(),
		},
		Balances: r.balances(a), Signers: signers(a), Data: r.data(a.AccountId),
	}
	if a.SeqLedger() != 0 {
		res.SequenceLedger, res.SequenceTime = uint32(a.SeqLedger()), fmt.Sprint(a.SeqTime())
	}
	if a.InflationDest != nil {
		res.InflationDestination = a.InflationDest.Address()
	}
	r.accountLinks(&res, "/accounts/"+address)
	return res
}

func (r *request) accountLinks(res *horizon.Account, self string) {
	res.Links.Self = r.link.Link(self)
	res.Links.Transactions = r.link.PagedLink(self, "transactions")
	res.Links.Operations = r.link.PagedLink(self, "operations")
	res.Links.Payments = r.link.PagedLink(self, "payments")
	res.Links.Effects = r.link.PagedLink(self, "effects")
	res.Links.Offers = r.link.PagedLink(self, "offers")
	res.Links.Trades = r.link.PagedLink(self, "trades")
	res.Links.Data = r.link.Link(self, "data/{key}")
	res.Links.Data.PopulateTemplated()
}

// modified is when an entry last changed.
func (r *request) modified(e *xdr.LedgerEntry) *time.Time {
	at := r.n.state.history.ledger(uint32(e.LastModifiedLedgerSeq)).closedAt()
	return &at
}

// balances lists trustlines, and the native balance last.
func (r *request) balances(a *xdr.AccountEntry) []horizon.Balance {
	const none = "0.0000000" // there are no offers, so nothing is promised to one
	var list []horizon.Balance
	for _, e := range r.n.state.world.ownedBy(raw(a.AccountId), kindTrustline) {
		t := e.Data.TrustLine
		full, maintains, clawback := authorized(t), t.Flags&lineAuthFlags != 0, t.Flags&lineClawback != 0
		b := horizon.Balance{
			Balance: amount.String(t.Balance), Limit: amount.String(t.Limit), BuyingLiabilities: none, SellingLiabilities: none,
			LastModifiedLedger: uint32(e.LastModifiedLedgerSeq), IsAuthorized: &full, IsAuthorizedToMaintainLiabilities: &maintains,
			Asset: assetOf(t.Asset.ToAsset()),
		}
		if clawback {
			b.IsClawbackEnabled = &clawback
		}
		list = append(list, b)
	}
	native := base.Asset{Type: "native"}
	return append(list, horizon.Balance{Balance: amount.String(a.Balance), BuyingLiabilities: none, SellingLiabilities: none, Asset: native})
}

func signers(a *xdr.AccountEntry) []horizon.Signer {
	var list []horizon.Signer
	for _, s := range append(slices.Clone(a.Signers), masterSigner(a.AccountId, xdr.Uint32(a.Thresholds[0]))) {
		key := s.Key.Address()
		list = append(list, horizon.Signer{Key: key, Weight: int32(s.Weight), Type: horizon.MustKeyTypeFromAddress(key)})
	}
	return list
}

func (r *request) data(id xdr.AccountId) map[string]string {
	data := map[string]string{}
	for _, e := range r.n.state.world.ownedBy(raw(id), kindData) {
		data[string(e.Data.Data.DataName)] = base64.StdEncoding.EncodeToString(e.Data.Data.DataValue)
	}
	return data
}

// listAccounts finds accounts by a signer or by an asset that they hold, in the order of their addresses.
func listAccounts(r *request) (any, error) {
	r.n.mu.RLock()
	defer r.n.mu.RUnlock()
	q := r.URL.Query()
	signer, asset := q.Get("signer"), q.Get("asset")
	if (signer == "") == (asset == "") {
		return nil, badRequest("signer", "exactly one of signer and asset is needed here")
	}
	var records []hal.Pageable
	for k, e := range r.n.state.world.all {
		if !strings.HasPrefix(string(k), kindAccount) {
			continue
		}
		a := r.account(e)
		if (signer != "" && a.SignerSummary()[signer] > 0) || (asset != "" && holdsAsset(a, asset)) {
			records = append(records, a)
		}
	}
	return r.textPage(records)
}

func holdsAsset(a horizon.Account, asset string) bool {
	return slices.ContainsFunc(a.Balances, func(b horizon.Balance) bool { return b.Code+":"+b.Issuer == asset })
}

// textPage cuts a page from records whose paging tokens are compared as text.
func (r *request) textPage(records []hal.Pageable) (any, error) {
	q := r.URL.Query()
	cursor := q.Get("cursor")
	q.Del("cursor")
	bare := r.Clone(r.Context())
	bare.URL.RawQuery = q.Encode()
	p, err := (&request{Request: bare, n: r.n}).page(0)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(records, func(a, b hal.Pageable) int {
		order := strings.Compare(a.PagingToken(), b.PagingToken())
		if p.desc {
			return -order
		}
		return order
	})
	records = slices.DeleteFunc(records, func(rec hal.Pageable) bool {
		beyond := rec.PagingToken() > cursor
		if p.desc {
			beyond = rec.PagingToken() < cursor
		}
		return cursor != "" && !beyond
	})
	return r.halPage(records[:min(len(records), p.limit)], p), nil
}

func (r *request) claimable(e *xdr.LedgerEntry) horizon.ClaimableBalance {
	c := e.Data.ClaimableBalance
	id := balanceHex(c.BalanceId)
	res := horizon.ClaimableBalance{
		BalanceID: id, Asset: c.Asset.StringCanonical(), Amount: amount.String(c.Amount), Sponsor: e.SponsoringID().Address(),
		LastModifiedLedger: uint32(e.LastModifiedLedgerSeq), LastModifiedTime: r.modified(e),
		Claimants: claimantsOf(c.Claimants), PT: fmt.Sprintf("%d-%s", e.LastModifiedLedgerSeq, id),
	}
	res.Flags.ClawbackEnabled = c.Ext.V1 != nil && c.Ext.V1.Flags != 0
	self := "/claimable_balances/" + id
	res.Links.Self = r.link.Link(self)
	res.Links.Transactions = r.link.PagedLink(self, "transactions")
	res.Links.Operations = r.link.PagedLink(self, "operations")
	return res
}

func getClaimableBalance(r *request) (any, error) {
	r.n.mu.RLock()
	defer r.n.mu.RUnlock()
	id, err := r.balanceID()
	if err != nil {
		return nil, err
	}
	e := r.n.state.world.get(key(kindClaimable + id))
	if e == nil {
		return nil, notFound()
	}
	return r.claimable(e), nil
}

func listClaimableBalances(r *request) (any, error) {
	r.n.mu.RLock()
	defer r.n.mu.RUnlock()
	q := r.URL.Query()
	claimant, sponsor, asset := q.Get("claimant"), q.Get("sponsor"), q.Get("asset")
	var records []hal.Pageable
	for _, e := range r.n.state.world.ownedBy("", kindClaimable) {
		c := r.claimable(e)
		forClaimant := slices.ContainsFunc(c.Claimants, func(x horizon.Claimant) bool { return x.Destination == claimant })
		if (claimant == "" || forClaimant) && (sponsor == "" || c.Sponsor == sponsor) && (asset == "" || c.Asset == asset) {
			records = append(records, c)
		}
	}
	return r.textPage(records)
}
