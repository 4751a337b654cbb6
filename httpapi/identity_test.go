package httpapi_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"kula/httpapi/api"
	"kula/protocol"
)

// proof is a header that shows the device, with a fresh nonce.
func (f *fixture) proof(t *testing.T, p *person) api.DeviceAuth {
	t.Helper()
	challenge, err := f.client.Challenge(t.Context(), p.purse)
	ok(t, err)
	return api.DeviceAuth{Purse: p.purse, Nonce: challenge.Nonce, Signature: p.sign(testNetwork.DeviceAuthHash(challenge.Nonce, p.purse))}
}

func (f *fixture) syncAs(t *testing.T, header string) (*http.Response, string) {
	t.Helper()
	return ask(t, "POST", f.url+"/v1/sync", api.BundleType, bytes.NewReader(emptyBundle()), "Authorization", header)
}

func TestAttackDeviceAuth(t *testing.T) {
	f := start(t, nil)
	john := newPerson("John").enrol(t, f.bank)
	good := f.proof(t, f.mary)

	for name, spoil := range map[string]func(*api.DeviceAuth){
		"another purse's name":       func(a *api.DeviceAuth) { a.Purse = john.purse },
		"a purse nobody has":         func(a *api.DeviceAuth) { a.Purse[0] ^= 1 },
		"another nonce":              func(a *api.DeviceAuth) { a.Nonce[0] ^= 1 },
		"one bit of the signature":   func(a *api.DeviceAuth) { a.Signature[40] ^= 1 },
		"another device's signature": func(a *api.DeviceAuth) { a.Signature = john.sign(testNetwork.DeviceAuthHash(a.Nonce, a.Purse)) },
		"another network's signature": func(a *api.DeviceAuth) {
			a.Signature = f.mary.sign(protocol.NewNetwork("x").DeviceAuthHash(a.Nonce, a.Purse))
		},
		"the nonce of somebody else": func(a *api.DeviceAuth) {
			*a = f.proof(t, john)
			a.Purse = f.mary.purse
			a.Signature = f.mary.sign(testNetwork.DeviceAuthHash(a.Nonce, a.Purse))
		},
		"a nonce that was never given": func(a *api.DeviceAuth) {
			a.Nonce = protocol.Hash{9}
			a.Signature = f.mary.sign(testNetwork.DeviceAuthHash(a.Nonce, a.Purse))
		},
		"a document's signature instead": func(a *api.DeviceAuth) { a.Signature = f.mary.enrolment.DeviceSignatures[0].Signature },
	} {
		a := good
		spoil(&a)
		r, body := f.syncAs(t, a.Header())
		if r.StatusCode != http.StatusUnauthorized || r.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %d %s", name, r.StatusCode, body)
		}
	}
	// None of that used up the nonce.
	if r, body := f.syncAs(t, good.Header()); r.StatusCode != 200 {
		t.Fatal(r.StatusCode, body)
	}
	r, body := f.syncAs(t, good.Header())
	wantProblem(t, r, body, 401, "bad_challenge")
	for _, header := range []string{"Kula", "Kula x.y.z", "Bearer token-x", good.Header() + "="} {
		r, body := f.syncAs(t, header)
		wantProblem(t, r, body, 401, "unauthenticated")
	}
	// A good proof opens its own purse only.
	r, body = ask(t, "GET", f.url+"/v1/purses/"+john.purse.String(), "", nil, "Authorization", f.proof(t, f.mary).Header())
	wantProblem(t, r, body, 403, "forbidden")
	r, body = ask(t, "GET", f.url+"/v1/purses/"+john.purse.String(), "", nil)
	wantProblem(t, r, body, 401, "unauthenticated")
	r, body = ask(t, "POST", f.url+"/v1/unload", api.JSONType, strings.NewReader(`{"amount":"1","destination":"teller"}`))
	wantProblem(t, r, body, 401, "unauthenticated")
}

func TestAttackOneProofAtOnceOpensOnce(t *testing.T) {
	f := start(t, nil)
	header := f.proof(t, f.mary).Header()
	var mu sync.Mutex
	var wg sync.WaitGroup
	opened := 0
	for range 16 {
		wg.Go(func() {
			if r, _ := f.syncAs(t, header); r.StatusCode == 200 {
				mu.Lock()
				opened++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if opened != 1 {
		t.Errorf("one nonce opened %d times", opened)
	}
}

func TestAttackABrokenBodyKeepsTheNonce(t *testing.T) {
	f := start(t, nil)
	header := f.proof(t, f.mary).Header()
	r, body := ask(t, "POST", f.url+"/v1/sync", api.BundleType, strings.NewReader("KB"), "Authorization", header)
	wantProblem(t, r, body, 400, "truncated")
	if r, body := f.syncAs(t, header); r.StatusCode != 200 {
		t.Error(r.StatusCode, body)
	}
}

func TestAttackTokensOfSignIn(t *testing.T) {
	f := start(t, nil)
	b := protocol.NewBundle(testNetwork)
	b.AddRoot(newPerson("John").enrolment)
	for _, header := range []string{"", "Bearer", "Bearer ", "Bearer a.b.c", "Bearer token-G", "Kula " + strings.Repeat("A", 300), "Basic dG9rZW4="} {
		r, body := ask(t, "POST", f.url+"/v1/enrol?name=John", api.BundleType, bytes.NewReader(b.Encode()), "Authorization", header)
		wantProblem(t, r, body, 401, "unauthenticated")
	}
	// Mary's token does not open a purse for John's account.
	r, body := ask(t, "POST", f.url+"/v1/enrol?name=John", api.BundleType, bytes.NewReader(b.Encode()), "Authorization", "Bearer token-"+f.mary.enrolment.Account.String())
	wantProblem(t, r, body, 403, "bad_account")
	if _, err := f.bank.Purse(context.Background(), newPerson("John").purse); err == nil {
		t.Error("John was enrolled")
	}
}
