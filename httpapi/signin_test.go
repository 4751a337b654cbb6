package httpapi_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kula/anchor"
	"kula/httpapi"
	"kula/httpapi/api"
	"kula/httpapi/client"
	"kula/localnet"
	"kula/localnet/localnettest"
	"kula/protocol"
	"kula/stellar"

	"github.com/stellar/go-stellar-sdk/keypair"
)

const passphrase = "Kula HTTP test network"

// sep10 is the real sign-in, in httpapi's words.
type sep10 struct{ *stellar.WebAuth }

func mapped(err error) error {
	if errors.Is(err, stellar.ErrSignIn) {
		return fmt.Errorf("%w: %w", httpapi.ErrSignIn, err)
	}
	return err
}

func (s sep10) Challenge(ctx context.Context, account, domain string) (string, string, error) {
	transaction, passphrase, err := s.WebAuth.Challenge(ctx, account, domain)
	return transaction, passphrase, mapped(err)
}

func (s sep10) Token(ctx context.Context, transaction string) (string, error) {
	token, err := s.WebAuth.Token(ctx, transaction)
	return token, mapped(err)
}

func (s sep10) Account(ctx context.Context, token string) (anchor.AccountAuth, error) {
	auth, err := s.WebAuth.Account(ctx, token)
	return auth, mapped(err)
}

func pair(t *testing.T, name string) *keypair.Full {
	t.Helper()
	k, err := keypair.FromRawSeed([32]byte(key(name).Seed()))
	ok(t, err)
	return k
}

// doorstep is a bank with the real sign-in, over a ledger that can be taken away.
type doorstep struct {
	*fixture
	service stellar.Service
	clock   atomic.Int64
	ledger  *httptest.Server
}

func openDoor(t *testing.T) *doorstep {
	t.Helper()
	_, network := localnettest.StartWith(t, localnet.Config{Passphrase: passphrase})
	d := &doorstep{ledger: httptest.NewServer(network.Handler())}
	t.Cleanup(d.ledger.Close)
	d.clock.Store(time.Now().Unix())
	horizon := &stellar.Horizon{URL: d.ledger.URL, Passphrase: passphrase}
	auth, err := stellar.NewWebAuth(stellar.WebAuthConfig{Horizon: horizon, Key: pair(t, "sign-in"), HomeDomain: "bank.example", Endpoint: "https://bank.example/auth",
		Secret: bytes.Repeat([]byte("s"), 32), Now: func() time.Time { return time.Unix(d.clock.Load(), 0) }})
	ok(t, err)
	d.fixture = start(t, func(c *httpapi.Config) { c.Auth = sep10{auth} })
	d.service = stellar.Service{HomeDomain: "bank.example", Endpoint: "https://bank.example/auth", SigningKey: pair(t, "sign-in").Address(), Passphrase: passphrase}
	return d
}

// signed asks for a challenge and signs it.
func (d *doorstep) signed(t *testing.T, name string, signer string) string {
	t.Helper()
	challenge, _, err := d.client.SignInChallenge(t.Context(), account(name))
	ok(t, err)
	transaction, err := d.service.Sign(challenge, account(name).String(), pair(t, signer))
	ok(t, err)
	return transaction
}

func TestConformanceSignInAndEnrol(t *testing.T) {
	d := openDoor(t)
	john := newPerson("John")
	token, err := d.client.SignIn(t.Context(), d.signed(t, "John", "John"))
	ok(t, err)
	_, err = d.client.Enrol(t.Context(), token, john.enrolment, "John")
	ok(t, err)
	if view, err := d.client.Purse(t.Context(), *john.device()); err != nil || view.Name != "John" {
		t.Fatal(view, err)
	}
}

func TestAttackSignIn(t *testing.T) {
	d := openDoor(t)
	refused := func(name, transaction string) {
		t.Helper()
		if _, err := d.client.SignIn(t.Context(), transaction); client.CodeOf(err) != "unauthenticated" {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := d.signed(t, "John", "John")
	refused("signed by somebody else", d.signed(t, "John", "Mary"))
	refused("not base64", "%%%")
	refused("not a transaction", base64.StdEncoding.EncodeToString([]byte("hello")))
	refused("cut", good[:len(good)/2])
	_, err := d.client.SignIn(t.Context(), good)
	ok(t, err)
	refused("replayed", good)
	late := d.signed(t, "John", "John")
	d.clock.Add(3600)
	refused("too old", late)
	r, body := ask(t, "GET", d.url+"/auth?account=nonsense", "", nil)
	wantProblem(t, r, body, 400, "bad_request")
	r, body = ask(t, "GET", d.url+"/auth", "", nil)
	wantProblem(t, r, body, 400, "bad_request")
}

func TestAttackTokens(t *testing.T) {
	d := openDoor(t)
	token, err := d.client.SignIn(t.Context(), d.signed(t, "John", "John"))
	ok(t, err)
	parts := strings.Split(token, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))
	claims := base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"` + account("John").String() + `","exp":99999999999}`))
	b := protocol.NewBundle(testNetwork)
	b.AddRoot(newPerson("John").enrolment)
	enrol := func(token string, status int, code string) {
		t.Helper()
		r, body := ask(t, "POST", d.url+"/v1/enrol?name=John", api.BundleType, bytes.NewReader(b.Encode()), "Authorization", "Bearer "+token)
		wantProblem(t, r, body, status, code)
	}
	for _, bad := range []string{"x", "a.b", "a.b.c", "...", token + "x", token[:len(token)-2], none + "." + parts[1] + ".", none + "." + claims + ".",
		parts[0] + "." + claims + "." + parts[2], strings.Repeat("A", 8000)} {
		enrol(bad, 401, "unauthenticated")
	}
	d.ledger.Close()
	enrol(token, 503, "unavailable")
	d.clock.Add(30 * 24 * 3600)
	enrol(token, 401, "unauthenticated")
}
