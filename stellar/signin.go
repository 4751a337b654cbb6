package stellar

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/txnbuild"
)

// ErrChallenge says that a server asked for a signature that must not be given.
var ErrChallenge = errors.New("stellar: the server's challenge is not one to sign")

// ErrSignIn is what errors of signing in wrap when the answer is no. Any other error means that there
// was no answer: on the server's side, that the ledger did not say who the account's signers are.
var ErrSignIn = errors.New("sign-in refused")

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrSignIn, fmt.Errorf(format, args...))
}

// maxChallenge bounds a challenge in base64, with the most signatures that a transaction can carry.
const maxChallenge = 12 << 10

// Service is a server that one signs in at, as its stellar.toml describes it.
type Service struct {
	HomeDomain string // the domain whose stellar.toml was read
	Endpoint   string // WEB_AUTH_ENDPOINT
	SigningKey string // SIGNING_KEY
	Passphrase string // of the network that the wallet is on, not what the server says
	HTTP       *http.Client
}

// Sign checks a challenge as a client must (SEP-10) and signs it: it is the server's own, for this
// account, home domain and network, in time, and can never do anything on the ledger.
func (s *Service) Sign(challenge, account string, keys ...*keypair.Full) (string, error) {
	endpoint, err := url.Parse(s.Endpoint)
	if err != nil || endpoint.Host == "" {
		return "", fmt.Errorf("%w: the web auth endpoint %q is not a URL", ErrChallenge, s.Endpoint)
	}
	if len(challenge) > maxChallenge {
		return "", fmt.Errorf("%w: it is too long", ErrChallenge)
	}
	tx, client, _, memo, err := txnbuild.ReadChallengeTx(challenge, s.SigningKey, s.Passphrase, endpoint.Host, []string{s.HomeDomain})
	switch {
	case err != nil:
		return "", fmt.Errorf("%w: %w", ErrChallenge, err)
	case client != account || memo != nil:
		return "", fmt.Errorf("%w: it is for %s", ErrChallenge, client)
	case len(tx.Signatures()) != 1:
		return "", fmt.Errorf("%w: others have signed it", ErrChallenge)
	}
	if tx, err = tx.Sign(s.Passphrase, keys...); err != nil {
		return "", fmt.Errorf("stellar: sign the challenge: %w", err)
	}
	return tx.Base64()
}

// SignIn gets a challenge, signs it and gets a token for it.
func (s *Service) SignIn(ctx context.Context, account string, keys ...*keypair.Full) (token string, err error) {
	endpoint, err := url.Parse(s.Endpoint)
	if err != nil {
		return "", fmt.Errorf("%w: the web auth endpoint %q is not a URL", ErrChallenge, s.Endpoint)
	}
	query := endpoint.Query()
	query.Set("account", account)
	query.Set("home_domain", s.HomeDomain)
	endpoint.RawQuery = query.Encode()
	var asked struct {
		Transaction string `json:"transaction"`
		Passphrase  string `json:"network_passphrase"`
	}
	if err := s.call(ctx, http.MethodGet, endpoint.String(), nil, &asked); err != nil {
		return "", err
	}
	if asked.Passphrase != "" && asked.Passphrase != s.Passphrase {
		return "", fmt.Errorf("%w: it is for the network %q", ErrChallenge, asked.Passphrase)
	}
	answer, err := s.Sign(asked.Transaction, account, keys...)
	if err != nil {
		return "", err
	}
	var given struct {
		Token string `json:"token"`
	}
	if err := s.call(ctx, http.MethodPost, s.Endpoint, map[string]string{"transaction": answer}, &given); err != nil {
		return "", err
	}
	return given.Token, nil
}

// call speaks JSON with the server; what it answers is bounded.
func (s *Service) call(ctx context.Context, method, address string, body, into any) error {
	var content io.Reader = http.NoBody
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("stellar: sign in: %w", err)
		}
		content = bytes.NewReader(encoded)
	}
	req, err := http.NewRequestWithContext(ctx, method, address, content)
	if err != nil {
		return fmt.Errorf("stellar: sign in: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	answer, status, err := fetch(s.HTTP, req, 4*maxChallenge)
	if err != nil {
		return fmt.Errorf("stellar: sign in: %w", err)
	}
	if status != http.StatusOK {
		return refuse("%s", said(answer, status))
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("stellar: sign in: the server's answer: %w", err)
	}
	return nil
}

// said is what a server gave as its reason: SEP-10's "error", or a problem's "detail".
func said(answer []byte, status int) string {
	var reason struct{ Error, Detail string }
	if json.Unmarshal(answer, &reason) == nil && reason.Error+reason.Detail != "" {
		return reason.Error + reason.Detail
	}
	return fmt.Sprintf("the server answered with status %d", status)
}

// fetch reads an answer of at most limit bytes.
func fetch(hc *http.Client, req *http.Request, limit int64) (body []byte, status int, err error) {
	if hc == nil {
		hc = http.DefaultClient
	}
	resp, err := hc.Do(req)
	if err != nil {
		return nil, 0, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err == nil && int64(len(body)) > limit {
		err = fmt.Errorf("the answer is longer than %d bytes", limit)
	}
	return body, resp.StatusCode, err
}
