// Package sep5 derives the key of a Stellar account from a seed, as SEP-5 has it: SLIP-0010 for Ed25519
// at m/44'/148'/index'. Where the seed comes from (BIP-39 words, on paper) is another matter: a terminal
// asks for the words, a phone's page turns them into a seed before anything in Go sees them.
package sep5

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha512"
	"encoding/binary"
)

// SeedSize is that of a BIP-39 seed.
const SeedSize = 64

// Key is the account's key. The first account of a seed has index 0, and people have no other.
func Key(seed []byte, index uint32) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(slip10(seed, 44, 148, index))
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
