package stellar

import (
	"fmt"

	"github.com/stellar/go-stellar-sdk/protocols/horizon/base"
	"github.com/stellar/go-stellar-sdk/strkey"
	"github.com/stellar/go-stellar-sdk/txnbuild"
	"github.com/stellar/go-stellar-sdk/xdr"

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

// Address is a G… or M… address taken apart.
type Address struct {
	Account protocol.AccountID
	Muxed   *uint64 // the id inside an M… address
}

// ParseAddress reads a G… or M… address and refuses keys that nobody, or everybody, can sign for.
func ParseAddress(s string) (Address, error) {
	version, err := strkey.Version(s)
	if err != nil || (version != strkey.VersionByteAccountID && version != strkey.VersionByteMuxedAccount) {
		return Address{}, fmt.Errorf("%w: %q", ErrAddress, s)
	}
	muxed, err := xdr.AddressToMuxedAccount(s)
	if err != nil {
		return Address{}, fmt.Errorf("%w: %q", ErrAddress, s)
	}
	id := muxed.ToAccountId()
	a := Address{Account: protocol.AccountID(*id.Ed25519)}
	if err := protocol.CheckKey(protocol.Key(a.Account)); err != nil {
		return Address{}, fmt.Errorf("%w: %q: %w", ErrAddress, s, err)
	}
	if muxed.Type == xdr.CryptoKeyTypeKeyTypeMuxedEd25519 {
		n := uint64(muxed.Med25519.Id)
		a.Muxed = &n
	}
	return a, nil
}

// String writes the address as it was read: M… when it has an id.
func (a Address) String() string {
	if a.Muxed == nil {
		return a.Account.String()
	}
	text, err := MuxedAddress(a.Account, *a.Muxed)
	if err != nil {
		return a.Account.String()
	}
	return text
}

// MuxedAddress is the M… address of an account and an id.
func MuxedAddress(account protocol.AccountID, id uint64) (string, error) {
	m := strkey.MuxedAccount{}
	m.SetID(id)
	if err := m.SetAccountID(account.String()); err != nil {
		return "", fmt.Errorf("stellar: muxed address: %w", err)
	}
	text, err := m.Address()
	if err != nil {
		return "", fmt.Errorf("stellar: muxed address: %w", err)
	}
	return text, nil
}
