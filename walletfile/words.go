package walletfile

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"strings"

	"github.com/tyler-smith/go-bip39"
)

// ErrWords says that words are not those of an account.
var ErrWords = errors.New("these are not 24 words of an account: look at each, and at their order")

// NewWords makes 24 words (BIP-39, 256 bits). They are the account: they are shown once, written on paper,
// and never stored.
func NewWords() (string, error) {
	entropy, err := bip39.NewEntropy(256)
	if err != nil {
		return "", err
	}
	return bip39.NewMnemonic(entropy)
}

// AccountKey derives the Stellar account's key from its words by SEP-5: SLIP-0010 for Ed25519 at
// m/44'/148'/0'. Words may be in any case and any spacing; 12 words made elsewhere are taken too.
func AccountKey(words string) (ed25519.PrivateKey, error) { return derivedAccount(words, "", 0) }

func derivedAccount(words, passphrase string, index uint32) (ed25519.PrivateKey, error) {
	normal := strings.Join(strings.Fields(strings.ToLower(words)), " ")
	seed, err := bip39.NewSeedWithErrorChecking(normal, passphrase)
	if err != nil {
		return nil, ErrWords
	}
	return ed25519.NewKeyFromSeed(slip10(seed, 44, 148, index)), nil
}

// slip10 is SLIP-0010 for Ed25519, where every step is hardened.
func slip10(seed []byte, path ...uint32) []byte {
	node := hmacSHA512([]byte("ed25519 seed"), seed)
	for _, i := range path {
		data := append([]byte{0}, node[:32]...)
		node = hmacSHA512(node[32:], binary.BigEndian.AppendUint32(data, i|1<<31))
	}
	return node[:32]
}

func hmacSHA512(key, data []byte) []byte {
	m := hmac.New(sha512.New, key)
	m.Write(data) // never fails
	return m.Sum(nil)
}
