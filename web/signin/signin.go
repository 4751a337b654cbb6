package signin

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"strings"

	"kula/protocol"
)

// drift is how far in the future a challenge may begin: SEP-10's allowance for clocks that differ.
const drift = 5 * 60

// Service is a server to sign in at.
type Service struct {
	HomeDomain string       // whose stellar.toml named it
	Endpoint   string       // WEB_AUTH_ENDPOINT
	Key        protocol.Key // SIGNING_KEY
	Network    protocol.Network
}

// ChallengeURL is where to get a challenge for an account (SEP-10). The answer is JSON with "transaction".
func (s *Service) ChallengeURL(account protocol.AccountID) string {
	mark := "?"
	if strings.Contains(s.Endpoint, "?") {
		mark = "&"
	}
	return s.Endpoint + mark + "account=" + account.String() + "&home_domain=" + s.HomeDomain
}

// Sign checks a challenge as a client must and signs it with the account's own key; the answer goes to the
// endpoint, by POST, as {"transaction": …}. Nothing is signed when anything about it is not as it should be.
func (s *Service) Sign(text string, key ed25519.PrivateKey, now uint64) (string, error) {
	c, err := parse(text)
	if err != nil {
		return "", err
	}
	mine := protocol.PublicKey(key)
	if err := s.check(c, mine, now); err != nil {
		return "", err
	}
	hash := c.hash(s.Network)
	if err := s.checkSignature(c, hash); err != nil {
		return "", err
	}
	return c.with(mine, protocol.Sign(key, hash)), nil
}

// check is everything but the signature.
func (s *Service) check(c *challenge, account protocol.Key, now uint64) error {
	switch {
	case c.source != s.Key:
		return refuse(CodeNotServer, "challenge.source")
	case c.sequence != 0:
		return refuse(CodeCouldSpend, "challenge.sequence")
	case now > c.to, // an end of 0 means none, and is over as well
		c.from > now && c.from-now > drift:
		return refuse(CodeOutOfTime, "challenge.time")
	case len(c.operations) == 0:
		return refuse(CodeChallenge, "challenge.operations")
	case c.operations[0].source != account:
		return refuse(CodeOtherOne, "challenge.account")
	case c.operations[0].name != s.HomeDomain+" auth":
		return refuse(CodeOtherDomain, "challenge.home_domain")
	case !isNonce(c.operations[0].value):
		return refuse(CodeChallenge, "challenge.nonce")
	}
	host, err := hostOf(s.Endpoint)
	if err != nil {
		return err
	}
	for _, o := range c.operations[1:] {
		if o.source != s.Key {
			return refuse(CodeChallenge, "challenge.operation.source")
		}
		if o.name == "web_auth_domain" && string(o.value) != host {
			return refuse(CodeOtherDomain, "challenge.web_auth_domain")
		}
	}
	return nil
}

// isNonce: 48 bytes in base64, in the one way of writing them.
func isNonce(value []byte) bool {
	if len(value) != nonceBase64 {
		return false
	}
	var nonce [48]byte
	n, err := base64.StdEncoding.Decode(nonce[:], value)
	return err == nil && n == len(nonce)
}

// checkSignature: the server's alone. What others have signed is not asked of this account only.
func (s *Service) checkSignature(c *challenge, hash protocol.Hash) error {
	if len(c.signatures) != 1 {
		return refuse(CodeNotServer, "challenge.signatures")
	}
	only := c.signatures[0]
	if len(only.bytes) != len(protocol.Signature{}) || !bytes.Equal(only.hint[:], s.Key[28:]) {
		return refuse(CodeNotServer, "challenge.signature")
	}
	claim := protocol.Claim{Key: s.Key, Hash: hash, Signature: protocol.Signature(only.bytes)}
	if !claim.Verify() {
		return refuse(CodeNotServer, "challenge.signature")
	}
	return nil
}
