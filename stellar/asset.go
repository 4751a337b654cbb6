package stellar

import (
	"fmt"

	"github.com/stellar/go-stellar-sdk/protocols/horizon/base"
	"github.com/stellar/go-stellar-sdk/txnbuild"

	"kula/money"
	"kula/protocol"
)

// parseAsset reads an asset as Horizon writes it. Shares of liquidity pools are not assets.
func parseAsset(a base.Asset) (money.Asset, error) {
	if a.Type == "native" {
		return money.Asset{}, nil
	}
	issuer, err := protocol.ParseAccount(a.Issuer)
	if err != nil {
		return money.Asset{}, fmt.Errorf("stellar: issuer %q of asset %q: %w", a.Issuer, a.Code, err)
	}
	asset, err := money.NewAsset(a.Code, issuer)
	if err != nil {
		return money.Asset{}, fmt.Errorf("stellar: asset %q: %w", a.Code, err)
	}
	return asset, nil
}

// txAsset is the asset as the SDK builds transactions with it.
func txAsset(a money.Asset) txnbuild.Asset {
	if a.Native() {
		return txnbuild.NativeAsset{}
	}
	return txnbuild.CreditAsset{Code: a.CodeString(), Issuer: protocol.AccountID(a.Issuer).String()}
}

// parseAmount reads an amount as Horizon writes it: never negative.
func parseAmount(s string) (money.Amount, error) {
	a, err := money.ParseAmount(s)
	if err == nil && a < 0 {
		err = money.ErrSyntax
	}
	if err != nil {
		return 0, fmt.Errorf("stellar: amount %q: %w", s, err)
	}
	return a, nil
}

// parseAddress reads a G… or M… address. It takes what the ledger takes: a payment to a key that nobody
// can sign with is a person's own affair, and must not hold up those of others.
func parseAddress(s string) (protocol.Address, error) {
	a, err := protocol.ParseAddress(s)
	if err != nil {
		return a, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	return a, nil
}

// parseSigner reads the address of an account that proves something by its signature, and refuses keys
// with which anybody could.
func parseSigner(s string) (protocol.Address, error) {
	a, err := parseAddress(s)
	if err == nil {
		err = protocol.CheckKey(protocol.Key(a.Account))
	}
	if err != nil {
		return a, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	return a, nil
}
