package office

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
)

// Officer is a person who works at the bank.
type Officer struct {
	ID      int64
	Name    string // also the name of the drawer
	Roles   Roles
	Handle  []byte // by which passkeys know the officer
	Added   uint64
	Removed uint64 // zero: still here
}

// Passkey is a WebAuthn credential, as the library that checks it wants it kept.
type Passkey struct {
	ID         int64
	Officer    int64
	Credential []byte // its WebAuthn ID
	Label      string
	Data       json.RawMessage
	Added      uint64
	Used       uint64
}

// Link signs an officer in once.
type Link struct {
	Token   Digest
	Officer int64
	Expires uint64
}

// Session is an officer at one browser.
type Session struct {
	Token   Digest
	Officer int64
	Browser Digest // of what the browser says of itself: a stolen cookie seldom comes with the same
	How     string // "passkey" or "link"
	Since   uint64
	Seen    uint64
}

// secretSize of a link's or session's token.
const secretSize = 32

func newSecret() (token string, digest Digest) {
	raw := make([]byte, secretSize)
	_, _ = rand.Read(raw) // never fails: the program would have ended
	token = base64.RawURLEncoding.EncodeToString(raw)
	return token, DigestOf(token)
}

// DigestOf hashes a secret.
func DigestOf(token string) Digest { return sha256.Sum256([]byte(token)) }
