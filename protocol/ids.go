package protocol

import "crypto/sha256"

// Hash is a SHA-256 value; a document's id is the hash of its body. Its text is lower-case hex.
type Hash [32]byte

// PurseID names a purse: it is the hash of its Enrolment.
type PurseID Hash

// AccountID is a Stellar account: the raw Ed25519 key behind a "G…" address, which is its text.
type AccountID [32]byte

// Key is an Ed25519 public key of a device or an anchor's issuing key. Its text is a "G…" address too.
type Key [32]byte

// IsZero reports whether the hash is all zero: "none" wherever a document allows that.
func (h Hash) IsZero() bool { return h == Hash{} }

func (h Hash) String() string      { return hexEncode(h[:]) }
func (p PurseID) String() string   { return hexEncode(p[:]) }
func (a AccountID) String() string { return encodeStrkey(strkeyAccount, a[:]) }
func (k Key) String() string       { return encodeStrkey(strkeyAccount, k[:]) }

// MarshalText writes lower-case hex.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// MarshalText writes lower-case hex.
func (p PurseID) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// MarshalText writes the "G…" address.
func (a AccountID) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// MarshalText writes the "G…" address.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads 64 lower-case hex digits.
func (h *Hash) UnmarshalText(text []byte) error { return parseHex(text, (*[32]byte)(h)) }

// UnmarshalText reads 64 lower-case hex digits.
func (p *PurseID) UnmarshalText(text []byte) error { return parseHex(text, (*[32]byte)(p)) }

// UnmarshalText reads a "G…" address.
func (a *AccountID) UnmarshalText(text []byte) error {
	return decodeStrkey(strkeyAccount, string(text), a[:])
}

// UnmarshalText reads a "G…" address.
func (k *Key) UnmarshalText(text []byte) error {
	return decodeStrkey(strkeyAccount, string(text), k[:])
}

// ParseHash reads 64 lower-case hex digits.
func ParseHash(s string) (h Hash, err error) { return h, h.UnmarshalText([]byte(s)) }

// ParseAccount reads a "G…" address. It does not say whether the key is one that may sign: see CheckKey.
func ParseAccount(s string) (a AccountID, err error) { return a, a.UnmarshalText([]byte(s)) }

const hexDigits = "0123456789abcdef"

func hexEncode(b []byte) string {
	out := make([]byte, 0, 2*len(b))
	for _, c := range b {
		out = append(out, hexDigits[c>>4], hexDigits[c&15])
	}
	return string(out)
}

func parseHex(text []byte, into *[32]byte) error {
	if len(text) != 64 {
		return CodeBadText
	}
	var out [32]byte
	for i, c := range text {
		var v byte
		switch {
		case c >= '0' && c <= '9':
			v = c - '0'
		case c >= 'a' && c <= 'f':
			v = c - 'a' + 10
		default:
			return CodeBadText
		}
		out[i/2] = out[i/2]<<4 | v
	}
	*into = out
	return nil
}

// Network separates everything signed for one Stellar network from every other.
type Network struct{ ID Hash }

// NewNetwork is the network with the given passphrase; its ID is the one Stellar itself uses.
func NewNetwork(passphrase string) Network { return Network{ID: sha256.Sum256([]byte(passphrase))} }

// domain opens everything that is hashed, after the network id.
const domain = "kula/1"

// Hash is the id of a document: SHA-256(network id ‖ "kula/1" ‖ uint32 type ‖ XDR body).
// Signatures are not part of it, and sign it.
func (n Network) Hash(d Document) Hash {
	w := newXDR()
	defer w.done()
	w.buf = append(w.buf, n.ID[:]...)
	w.buf = append(w.buf, domain...)
	kind := uint32(d.Type())
	w.u32(&kind)
	d.body(w)
	return sha256.Sum256(w.buf)
}
