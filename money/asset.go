package money

import "errors"

// MaxCode is the longest asset code that Stellar knows.
const MaxCode = 12

// ErrAsset says that a code or an issuer is not one.
var ErrAsset = errors.New("money: not an asset: a code is 1 to 12 letters or digits, and only XLM has no issuer")

// Asset is a Stellar asset: a code and the raw Ed25519 key of its issuer. The zero Asset is the
// network's native one. Codes are padded with zero bytes, so that assets compare with ==.
type Asset struct {
	Code   [MaxCode]byte
	Issuer [32]byte
}

// NewAsset makes a credit asset. It fails with ErrAsset when the code is empty, too long or not alphanumeric.
func NewAsset(code string, issuer [32]byte) (Asset, error) {
	var a Asset
	if len(code) == 0 || len(code) > MaxCode || issuer == [32]byte{} {
		return Asset{}, ErrAsset
	}
	copy(a.Code[:], code)
	a.Issuer = issuer
	return a, a.Check()
}

// Native reports whether the asset is the network's own (XLM).
func (a Asset) Native() bool { return a == Asset{} }

// CodeString is the code without its padding; "XLM" for the native asset.
func (a Asset) CodeString() string {
	if a.Native() {
		return "XLM"
	}
	return string(a.Code[:a.codeLen()])
}

func (a Asset) codeLen() int {
	n := 0
	for n < MaxCode && a.Code[n] != 0 {
		n++
	}
	return n
}

// Check reports ErrAsset unless the asset is native or has a well-formed code and an issuer.
func (a Asset) Check() error {
	if a.Native() {
		return nil
	}
	n := a.codeLen()
	if n == 0 || a.Issuer == [32]byte{} {
		return ErrAsset
	}
	for i, c := range a.Code {
		alnum := (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
		if (i < n && !alnum) || (i >= n && c != 0) {
			return ErrAsset
		}
	}
	return nil
}
