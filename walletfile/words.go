package walletfile

import (
	"crypto/ed25519"
	"errors"
	"strings"

	"github.com/tyler-smith/go-bip39"

	"kula/internal/sep5"
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

// AccountKey derives the Stellar account's key from its words by SEP-5. Words may be in any case and any spacing;
// 12 words made elsewhere are taken too.
func AccountKey(words string) (ed25519.PrivateKey, error) { return derivedAccount(words, "", 0) }

func derivedAccount(words, passphrase string, index uint32) (ed25519.PrivateKey, error) {
	normal := strings.Join(strings.Fields(strings.ToLower(words)), " ")
	seed, err := bip39.NewSeedWithErrorChecking(normal, passphrase)
	if err != nil {
		return nil, ErrWords
	}
	return sep5.Key(seed, index), nil
}
