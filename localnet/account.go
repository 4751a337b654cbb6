package localnet

import (
	"math"
	"slices"

	"github.com/stellar/go-stellar-sdk/xdr"
)

const (
	baseReserve   = 5_000_000 // stroops for each entry an account holds, and twice for the account itself
	maxSubentries = 1000
	maxSigners    = 20
)

// account returns a copy of an account that may be changed and stored with putAccount, or nil.
func (l *layer) account(id xdr.AccountId) *xdr.AccountEntry {
	return accountIn(l, id)
}

func accountIn(from entries, id xdr.AccountId) *xdr.AccountEntry {
	e := from.get(accountKey(id))
	if e == nil {
		return nil
	}
	a := *e.Data.Account
	a.Signers = slices.Clone(a.Signers)
	return &a
}

func (l *layer) putAccount(a *xdr.AccountEntry) {
	l.store(accountKey(a.AccountId), xdr.LedgerEntryData{Type: xdr.LedgerEntryTypeAccount, Account: a}, nil)
}

// extend writes an account's later fields, which live in nested extensions. The chain is built anew
// each time, because stored entries share it.
func extend(a *xdr.AccountEntry, sponsoring, seqLedger xdr.Uint32, seqTime xdr.TimePoint) {
	v3 := &xdr.AccountEntryExtensionV3{SeqLedger: seqLedger, SeqTime: seqTime}
	v2 := &xdr.AccountEntryExtensionV2{
		NumSponsoring:       sponsoring,
		SignerSponsoringIDs: make([]xdr.SponsorshipDescriptor, len(a.Signers)),
		Ext:                 xdr.AccountEntryExtensionV2Ext{V: 3, V3: v3},
	}
	v1 := &xdr.AccountEntryExtensionV1{Ext: xdr.AccountEntryExtensionV1Ext{V: 2, V2: v2}}
	a.Ext = xdr.AccountEntryExt{V: 1, V1: v1}
}

// setSigners replaces the signers and keeps the extension's list of their sponsors as long.
func setSigners(a *xdr.AccountEntry, signers []xdr.Signer) {
	a.NumSubEntries = xdr.Uint32(int(a.NumSubEntries) + len(signers) - len(a.Signers))
	a.Signers = signers
	if a.Ext.V != 0 {
		extend(a, a.NumSponsoring(), a.SeqLedger(), a.SeqTime())
	}
}

// sponsor adds n (perhaps negative) to the entries an account pays the reserve of for others.
func sponsor(a *xdr.AccountEntry, n int) {
	extend(a, xdr.Uint32(int(a.NumSponsoring())+n), a.SeqLedger(), a.SeqTime())
}

// setSequence uses up a sequence number in the ledger that is being closed.
func (l *layer) setSequence(a *xdr.AccountEntry, seq xdr.SequenceNumber) {
	a.SeqNum = seq
	extend(a, a.NumSponsoring(), l.seq, l.time)
}

func minBalance(a *xdr.AccountEntry, more int) xdr.Int64 {
	return xdr.Int64(2+int(a.NumSubEntries)+int(a.NumSponsoring())+more) * baseReserve
}

// available is what an account can spend without falling below its reserve; it may be negative.
func available(a *xdr.AccountEntry) xdr.Int64 { return a.Balance - minBalance(a, 0) }

// credit adds to a balance, and reports false when it would overflow.
func credit(balance *xdr.Int64, amount, limit xdr.Int64) bool {
	if amount > limit-*balance {
		return false
	}
	*balance += amount
	return true
}

// reserveFor says whether an account's balance is enough for n more entries.
func reserveFor(a *xdr.AccountEntry, n int) bool { return a.Balance >= minBalance(a, n) }

// addSubentry makes an account own one more entry, and returns the refusal as a result: low where
// its reserve is too small, the network's general code where it owns too many.
func (l *layer) addSubentry(id xdr.AccountId, low any) any {
	a := l.account(id)
	if a.NumSubEntries >= maxSubentries {
		return xdr.OperationResultCodeOpTooManySubentries
	}
	if !reserveFor(a, 1) {
		return low
	}
	a.NumSubEntries++
	l.putAccount(a)
	return nil
}

func (l *layer) dropSubentry(id xdr.AccountId) {
	a := l.account(id)
	a.NumSubEntries--
	l.putAccount(a)
}

// startingSequence is the first sequence number of an account created in a ledger, so that an
// account created anew can never repeat a number that its predecessor used.
func startingSequence(ledger xdr.Uint32) xdr.SequenceNumber {
	return xdr.SequenceNumber(int64(ledger) << 32)
}

func newAccount(id xdr.AccountId, balance xdr.Int64, seq xdr.SequenceNumber) *xdr.AccountEntry {
	return &xdr.AccountEntry{AccountId: id, Balance: balance, SeqNum: seq, Thresholds: xdr.Thresholds{1, 0, 0, 0}}
}

// trustline returns a copy that may be changed and stored with putTrustline, or nil.
func (l *layer) trustline(id xdr.AccountId, asset xdr.Asset) *xdr.TrustLineEntry {
	e := l.get(trustlineKey(id, asset))
	if e == nil {
		return nil
	}
	t := *e.Data.TrustLine
	return &t
}

func (l *layer) putTrustline(asset xdr.Asset, t *xdr.TrustLineEntry) {
	l.store(trustlineKey(t.AccountId, asset), xdr.LedgerEntryData{Type: xdr.LedgerEntryTypeTrustline, TrustLine: t}, nil)
}

func authorized(t *xdr.TrustLineEntry) bool { return xdr.TrustLineFlags(t.Flags).IsAuthorized() }

func issuedBy(asset xdr.Asset, id xdr.AccountId) bool {
	if asset.Type == xdr.AssetTypeAssetTypeNative {
		return false
	}
	issuer := issuerOf(asset)
	return issuer.Equals(id)
}

// issuerOf is the issuer of an asset that is not native.
func issuerOf(asset xdr.Asset) xdr.AccountId {
	if asset.Type == xdr.AssetTypeAssetTypeCreditAlphanum4 {
		return asset.AlphaNum4.Issuer
	}
	return asset.AlphaNum12.Issuer
}

// moved is why a balance could not be changed; each operation has its own code for each.
type moved int

const (
	movedOK moved = iota
	movedNoLine
	movedUnauthorized
	movedShort // too little to take, or no room to add
)

// take removes an amount from an account's balance in an asset. An issuer has no balance in its own.
func (l *layer) take(id xdr.AccountId, asset xdr.Asset, amount xdr.Int64) moved {
	if asset.Type == xdr.AssetTypeAssetTypeNative {
		a := l.account(id)
		if available(a) < amount {
			return movedShort
		}
		a.Balance -= amount
		l.putAccount(a)
		return movedOK
	}
	if issuedBy(asset, id) {
		return movedOK
	}
	t := l.trustline(id, asset)
	if why := usable(t); why != movedOK {
		return why
	}
	if t.Balance < amount {
		return movedShort
	}
	t.Balance -= amount
	l.putTrustline(asset, t)
	return movedOK
}

// give adds an amount to an account's balance in an asset.
func (l *layer) give(id xdr.AccountId, asset xdr.Asset, amount xdr.Int64) moved {
	if asset.Type == xdr.AssetTypeAssetTypeNative {
		a := l.account(id)
		if !credit(&a.Balance, amount, math.MaxInt64) {
			return movedShort
		}
		l.putAccount(a)
		return movedOK
	}
	if issuedBy(asset, id) {
		return movedOK
	}
	t := l.trustline(id, asset)
	if why := usable(t); why != movedOK {
		return why
	}
	if !credit(&t.Balance, amount, t.Limit) {
		return movedShort
	}
	l.putTrustline(asset, t)
	return movedOK
}

func usable(t *xdr.TrustLineEntry) moved {
	switch {
	case t == nil:
		return movedNoLine
	case !authorized(t):
		return movedUnauthorized
	}
	return movedOK
}

// assetValid is the network's rule for an asset in an operation.
func assetValid(asset xdr.Asset) bool {
	var code []byte
	switch asset.Type {
	case xdr.AssetTypeAssetTypeNative:
		return true
	case xdr.AssetTypeAssetTypeCreditAlphanum4:
		code = asset.AlphaNum4.AssetCode[:]
	case xdr.AssetTypeAssetTypeCreditAlphanum12:
		code = asset.AlphaNum12.AssetCode[:]
	default:
		return false
	}
	n := codeLength(code)
	return n > 0 && (asset.Type == xdr.AssetTypeAssetTypeCreditAlphanum4 || n > 4)
}

// codeLength is the length of a zero-padded alphanumeric code, or 0 when it is not one.
func codeLength(code []byte) int {
	n := 0
	for n < len(code) && code[n] != 0 {
		c := code[n]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return 0
		}
		n++
	}
	for _, c := range code[n:] {
		if c != 0 {
			return 0
		}
	}
	return n
}

// printable is the network's rule for home domains and data names: ASCII without control characters.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}
