package stellar

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/txnbuild"

	"kula/anchor"
	"kula/protocol"
)

const (
	challengeLife = 5 * time.Minute
	tokenLife     = time.Hour
	minSecret     = 32
	nonceRandom   = 32 // of the 48 bytes that SEP-10 asks for; the others say that we made it
)

// WebAuthConfig says who signs people in.
type WebAuthConfig struct {
	Horizon    *Horizon
	Key        *keypair.Full // SIGNING_KEY of the stellar.toml
	HomeDomain string        // the domain that serves the stellar.toml
	Endpoint   string        // WEB_AUTH_ENDPOINT: its host is the web auth domain, itself the tokens' issuer
	Secret     []byte        // signs the tokens: at least 32 bytes, kept over restarts
	Now        func() time.Time
	Rand       io.Reader
}

// WebAuth is the server's side of SEP-10: it proves that whoever asks can sign for an account, at the
// account's medium threshold. An account that is not on the ledger signs with its own key.
//
// A challenge is good once. The memory of those that were used ends with the process, and so does the
// key that marks challenges as this process's: after a restart none from before is taken.
type WebAuth struct {
	WebAuthConfig
	domain string
	mark   [32]byte

	mu   sync.Mutex
	used map[protocol.Hash]uint64 // hash of a challenge → the moment from which it is refused anyway
}

// NewWebAuth makes the server's side.
func NewWebAuth(c WebAuthConfig) (*WebAuth, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	u, err := url.Parse(c.Endpoint)
	switch {
	case err != nil || u.Host == "":
		return nil, fmt.Errorf("%w: the web auth endpoint %q is not a URL", ErrConfig, c.Endpoint)
	case c.Horizon == nil || c.Key == nil || c.HomeDomain == "":
		return nil, fmt.Errorf("%w: signing in needs Horizon, a signing key and a home domain", ErrConfig)
	case len(c.Secret) < minSecret:
		return nil, fmt.Errorf("%w: the secret of the tokens is shorter than %d bytes", ErrConfig, minSecret)
	}
	w := &WebAuth{WebAuthConfig: c, domain: u.Host, used: map[protocol.Hash]uint64{}}
	if _, err := io.ReadFull(c.Rand, w.mark[:]); err != nil {
		return nil, fmt.Errorf("stellar: randomness: %w", err)
	}
	return w, nil
}

// Challenge makes a challenge for an account (G… or M…), as base64 XDR, and says for which network.
// An empty home domain is ours.
func (w *WebAuth) Challenge(_ context.Context, account, homeDomain string) (transaction, passphrase string, err error) {
	return w.ChallengeMemo(account, homeDomain, nil)
}

// ChallengeMemo makes a challenge for one user of a shared account, whom the memo names.
func (w *WebAuth) ChallengeMemo(account, homeDomain string, memo *uint64) (transaction, passphrase string, err error) {
	address, err := parseSigner(account)
	switch {
	case err != nil:
		return "", "", refuse("%w", err)
	case homeDomain != "" && homeDomain != w.HomeDomain:
		return "", "", refuse("the home domain here is %s, not %q", w.HomeDomain, homeDomain)
	case address.Muxed && memo != nil:
		return "", "", refuse("an M… address names its user itself and takes no memo")
	}
	nonce, err := w.nonce()
	if err != nil {
		return "", "", err
	}
	now := w.Now().Unix()
	params := txnbuild.TransactionParams{
		SourceAccount: &txnbuild.SimpleAccount{AccountID: w.Key.Address()}, // sequence 0: it can never be submitted
		Operations: []txnbuild.Operation{
			&txnbuild.ManageData{SourceAccount: account, Name: w.HomeDomain + " auth", Value: nonce},
			&txnbuild.ManageData{SourceAccount: w.Key.Address(), Name: "web_auth_domain", Value: []byte(w.domain)},
		},
		BaseFee:       minBaseFee,
		Preconditions: txnbuild.Preconditions{TimeBounds: txnbuild.NewTimebounds(now, now+int64(challengeLife.Seconds()))},
	}
	if memo != nil {
		params.Memo = txnbuild.MemoID(*memo)
	}
	tx, err := signTransaction(w.Horizon.Passphrase, params, []*keypair.Full{w.Key})
	if err != nil {
		return "", "", err
	}
	transaction, err = tx.Base64()
	return transaction, w.Horizon.Passphrase, err
}

// nonce is 48 bytes in base64: random ones, and our mark on them.
func (w *WebAuth) nonce() ([]byte, error) {
	random := make([]byte, nonceRandom)
	if _, err := io.ReadFull(w.Rand, random); err != nil {
		return nil, fmt.Errorf("stellar: randomness: %w", err)
	}
	return []byte(base64.StdEncoding.EncodeToString(w.marked(random))), nil
}

func (w *WebAuth) marked(random []byte) []byte {
	mac := hmac.New(sha256.New, w.mark[:])
	mac.Write(random)
	return mac.Sum(slices.Clip(random))[:48]
}

// Proved is an account that was proved to be the asker's.
type Proved struct {
	Address protocol.Address
	Memo    *uint64 // the user of a shared account
	Auth    anchor.AccountAuth
	Hash    protocol.Hash // of the challenge
}

// subject is the account as SEP-10 writes it into a token.
func (p *Proved) subject() string {
	if p.Memo != nil {
		return p.Address.String() + ":" + strconv.FormatUint(*p.Memo, 10)
	}
	return p.Address.String()
}

// Verify judges a signed challenge and uses it up.
func (w *WebAuth) Verify(ctx context.Context, transaction string) (*Proved, error) {
	tx, p, err := w.read(transaction)
	if err != nil {
		return nil, err
	}
	p.Auth, err = w.Horizon.AccountAuth(ctx, p.Address.Account)
	if err != nil {
		return nil, err
	}
	summary := txnbuild.SignerSummary{}
	for _, s := range p.Auth.Signers {
		summary[s.Key.String()] = int32(s.Weight)
	}
	_, err = txnbuild.VerifyChallengeTxThreshold(transaction, w.Key.Address(), w.Horizon.Passphrase, w.domain,
		[]string{w.HomeDomain}, txnbuild.Threshold(p.Auth.MediumThreshold), summary)
	if err != nil {
		return nil, refuse("the account's signers did not sign the challenge: %w", err)
	}
	if !w.use(p.Hash, uint64(tx.Timebounds().MaxTime)) {
		return nil, refuse("this challenge was used before: ask for a new one")
	}
	return p, nil
}

// read checks everything about a challenge except the client's signatures.
func (w *WebAuth) read(transaction string) (*txnbuild.Transaction, *Proved, error) {
	if len(transaction) > maxChallenge {
		return nil, nil, refuse("the challenge is too long")
	}
	tx, account, _, memo, err := txnbuild.ReadChallengeTx(transaction, w.Key.Address(), w.Horizon.Passphrase, w.domain, []string{w.HomeDomain})
	if err != nil {
		return nil, nil, refuse("not a challenge of ours: %w", err)
	}
	if w.Now().Unix() > tx.Timebounds().MaxTime {
		return nil, nil, refuse("the challenge has expired: ask for a new one")
	}
	if !w.ours(tx) {
		return nil, nil, refuse("the challenge is from before a restart: ask for a new one")
	}
	p := &Proved{}
	if p.Address, err = parseSigner(account); err != nil {
		return nil, nil, refuse("%w", err)
	}
	if memo != nil {
		id := uint64(*memo)
		p.Memo = &id
	}
	p.Hash, err = tx.Hash(w.Horizon.Passphrase)
	return tx, p, err
}

func (w *WebAuth) ours(tx *txnbuild.Transaction) bool {
	op, ok := tx.Operations()[0].(*txnbuild.ManageData)
	if !ok {
		return false
	}
	nonce, err := base64.StdEncoding.DecodeString(string(op.Value))
	return err == nil && len(nonce) > nonceRandom && hmac.Equal(nonce, w.marked(nonce[:nonceRandom]))
}

// use says whether a challenge is used for the first time, and forgets those that are refused anyway.
func (w *WebAuth) use(hash protocol.Hash, until uint64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := uint64(w.Now().Unix())
	for h, end := range w.used {
		if end < now {
			delete(w.used, h)
		}
	}
	if _, again := w.used[hash]; again {
		return false
	}
	w.used[hash] = until
	return true
}

// AccountAuth is who signs for an account now, as the ledger says.
func (h *Horizon) AccountAuth(ctx context.Context, id protocol.AccountID) (anchor.AccountAuth, error) {
	acc, err := h.account(ctx, id.String())
	if err != nil {
		return anchor.AccountAuth{}, err
	}
	auth := anchor.AccountAuth{Account: id, MediumThreshold: 1}
	if acc == nil {
		auth.Signers = []anchor.AccountSigner{{Key: protocol.Key(id), Weight: 1}}
		return auth, nil
	}
	auth.MediumThreshold = max(1, uint32(acc.Thresholds.MedThreshold))
	for _, s := range acc.Signers {
		var key protocol.Key
		if s.Type != "ed25519_public_key" || s.Weight <= 0 || key.UnmarshalText([]byte(s.Key)) != nil || protocol.CheckKey(key) != nil {
			continue // hashes and pre-authorized transactions sign no challenge; some keys anybody can sign for
		}
		auth.Signers = append(auth.Signers, anchor.AccountSigner{Key: key, Weight: uint32(s.Weight)})
	}
	return auth, nil
}

// Token judges a signed challenge and gives a token (JWT) that shows it.
func (w *WebAuth) Token(ctx context.Context, transaction string) (string, error) {
	p, err := w.Verify(ctx, transaction)
	if err != nil {
		return "", err
	}
	now := w.Now()
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.RegisteredClaims{
		Issuer: w.Endpoint, Subject: p.subject(), ID: p.Hash.String(),
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(tokenLife)),
	}).SignedString(w.Secret)
	if err != nil {
		return "", fmt.Errorf("stellar: token: %w", err)
	}
	return token, nil
}

// Subject judges a token and says whom it is for: "G…", "M…" or "G…:memo".
func (w *WebAuth) Subject(token string) (string, error) {
	var claims jwt.RegisteredClaims
	_, err := jwt.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return w.Secret, nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithIssuer(w.Endpoint), jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithTimeFunc(w.Now))
	if err != nil {
		return "", refuse("the token is not good (any more), sign in again: %w", err)
	}
	return claims.Subject, nil
}

// Account judges a token and finds the account's signers as they are now. A purse belongs to a whole
// account: a token for one user of a shared account is refused.
func (w *WebAuth) Account(ctx context.Context, token string) (anchor.AccountAuth, error) {
	subject, err := w.Subject(token)
	if err != nil {
		return anchor.AccountAuth{}, err
	}
	address, err := parseSigner(subject)
	if err != nil || address.Muxed || strings.Contains(subject, ":") {
		return anchor.AccountAuth{}, refuse("%s is one user of a shared account: sign in with an account of your own", subject)
	}
	return w.Horizon.AccountAuth(ctx, address.Account)
}
