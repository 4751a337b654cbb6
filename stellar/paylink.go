package stellar

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/stellar/go-stellar-sdk/network"

	"kula/money"
	"kula/protocol"
)

// PayLink is a request for a payment that a Stellar wallet opens (SEP-7).
type PayLink struct {
	Destination string
	Asset       money.Asset
	Amount      money.Amount // zero: the person says
	MemoID      *uint64
	Message     string // shown by the wallet, at most 300 characters
	Passphrase  string // of the network
}

// String writes the link: web+stellar:pay?…
func (p PayLink) String() string {
	query := url.Values{"destination": {p.Destination}}
	if !p.Asset.Native() {
		query.Set("asset_code", p.Asset.CodeString())
		query.Set("asset_issuer", protocol.AccountID(p.Asset.Issuer).String())
	}
	if p.Amount > 0 {
		query.Set("amount", p.Amount.String())
	}
	if p.MemoID != nil {
		query.Set("memo", strconv.FormatUint(*p.MemoID, 10))
		query.Set("memo_type", "MEMO_ID")
	}
	if p.Message != "" {
		query.Set("msg", p.Message)
	}
	if p.Passphrase != network.PublicNetworkPassphrase {
		query.Set("network_passphrase", p.Passphrase)
	}
	return "web+stellar:pay?" + strings.ReplaceAll(query.Encode(), "+", "%20")
}
