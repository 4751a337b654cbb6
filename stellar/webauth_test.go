package stellar_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/txnbuild"

	"kula/localnet"
	"kula/protocol"
	"kula/stellar"
)

const home = "bank.example"

// door is a bank's sign-in, with a clock of its own.
type door struct {
	*bank
	web   *stellar.WebAuth
	cfg   stellar.WebAuthConfig
	guest *stellar.Service
	now   time.Time
}

func openDoor(t testing.TB) *door {
	t.Helper()
	return openDoorOf(open(t))
}

func openDoorOf(b *bank) *door {
	b.Helper()
	d := &door{bank: b, now: time.Now()}
	d.cfg = stellar.WebAuthConfig{
		Horizon: d.bank.cfg.Horizon, Key: keypair.MustRandom(), HomeDomain: home, Endpoint: "https://auth.bank.example/auth",
		Secret: []byte(strings.Repeat("s", 32)), Now: func() time.Time { return d.now },
	}
	d.guest = &stellar.Service{HomeDomain: home, Endpoint: d.cfg.Endpoint, SigningKey: d.cfg.Key.Address(), Passphrase: d.net.Passphrase()}
	d.reopen()
	return d
}

func (d *door) reopen() {
	d.Helper()
	web, err := stellar.NewWebAuth(d.cfg)
	d.check(err)
	d.web = web
}

func (d *door) challenge(account string) string {
	d.Helper()
	tx, passphrase, err := d.web.Challenge(context.Background(), account, home)
	d.check(err)
	if passphrase != d.net.Passphrase() {
		d.Fatalf("the challenge is for %q", passphrase)
	}
	return tx
}

// signed is a fresh challenge, signed.
func (d *door) signed(account string, keys ...*keypair.Full) string {
	d.Helper()
	tx, err := d.guest.Sign(d.challenge(account), account, keys...)
	d.check(err)
	return tx
}

func (d *door) refused(transaction, why string) {
	d.Helper()
	_, err := d.web.Token(context.Background(), transaction)
	if !errors.Is(err, stellar.ErrSignIn) || !strings.Contains(err.Error(), why) {
		d.Errorf("want a refusal that says %q, got %v", why, err)
	}
}

func TestSignInUnfundedAccountByItsOwnKey(t *testing.T) {
	d := openDoor(t)
	ana := keypair.MustRandom()
	token, err := d.web.Token(t.Context(), d.signed(ana.Address(), ana))
	d.check(err)
	auth, err := d.web.Account(t.Context(), token)
	d.check(err)
	if auth.Account.String() != ana.Address() || auth.MediumThreshold != 1 || len(auth.Signers) != 1 ||
		auth.Signers[0].Key.String() != ana.Address() || auth.Signers[0].Weight != 1 {
		t.Errorf("auth %+v", auth)
	}
	d.refused(d.signed(ana.Address(), keypair.MustRandom()), "did not sign")
	d.refused(d.challenge(ana.Address()), "did not sign")
}

func TestSignInNeedsTheMediumThreshold(t *testing.T) {
	d := openDoor(t)
	ana, ben, eve := d.person(0), keypair.MustRandom(), keypair.MustRandom()
	d.must(ana, nil, &txnbuild.SetOptions{
		MasterWeight: txnbuild.NewThreshold(1), LowThreshold: txnbuild.NewThreshold(1),
		MediumThreshold: txnbuild.NewThreshold(3), HighThreshold: txnbuild.NewThreshold(3),
		Signer: &txnbuild.Signer{Address: ben.Address(), Weight: 2},
	})
	token, err := d.web.Token(t.Context(), d.signed(ana.Address(), ana, ben))
	d.check(err)
	auth, err := d.web.Account(t.Context(), token)
	d.check(err)
	weights := map[string]uint32{}
	for _, s := range auth.Signers {
		weights[s.Key.String()] = s.Weight
	}
	if auth.MediumThreshold != 3 || len(weights) != 2 || weights[ana.Address()] != 1 || weights[ben.Address()] != 2 {
		t.Errorf("auth %+v", auth)
	}
	d.refused(d.signed(ana.Address(), ana), "threshold")
	d.refused(d.signed(ana.Address(), ben), "threshold")
	d.refused(d.signed(ana.Address(), ben, eve), "unrecognized")
	d.refused(d.signed(ana.Address(), ben, ben), "unrecognized")
}

func TestSignInMasterKeyThatWasTakenOff(t *testing.T) {
	d := openDoor(t)
	ana, ben := d.person(0), keypair.MustRandom()
	d.must(ana, nil, &txnbuild.SetOptions{MasterWeight: txnbuild.NewThreshold(0), Signer: &txnbuild.Signer{Address: ben.Address(), Weight: 1}})
	d.refused(d.signed(ana.Address(), ana), "did not sign")
	p, err := d.web.Verify(t.Context(), d.signed(ana.Address(), ben))
	d.check(err)
	if len(p.Auth.Signers) != 1 || p.Auth.Signers[0].Key.String() != ben.Address() {
		t.Errorf("auth %+v", p.Auth)
	}
}

func TestAttackChallengeReplayed(t *testing.T) {
	d := openDoor(t)
	ana, ben := d.person(0), keypair.MustRandom()
	d.must(ana, nil, &txnbuild.SetOptions{Signer: &txnbuild.Signer{Address: ben.Address(), Weight: 1}})
	challenge := d.challenge(ana.Address())
	once, err := d.guest.Sign(challenge, ana.Address(), ana)
	d.check(err)
	_, err = d.web.Token(t.Context(), once)
	d.check(err)
	d.refused(once, "used before")
	other, err := d.guest.Sign(challenge, ana.Address(), ben)
	d.check(err)
	d.refused(other, "used before")

	before := d.signed(ana.Address(), ana)
	d.reopen() // what was used is forgotten, so nothing from before is taken
	d.refused(before, "before a restart")
}

func TestAttackChallengeOfTheWrongKind(t *testing.T) {
	d := openDoor(t)
	ana := d.person(0)
	fresh := d.signed(ana.Address(), ana)
	d.now = d.now.Add(6 * time.Minute)
	d.refused(fresh, "expired")
	d.now = d.now.Add(-20 * time.Minute)
	d.refused(d.signedBy(d.cfg, ana), "not a challenge of ours") // its end has passed on the real clock
	d.now = time.Now()

	wrong := map[string]func(*stellar.WebAuthConfig){
		"home domain": func(c *stellar.WebAuthConfig) { c.HomeDomain = "evil.example" },
		"endpoint":    func(c *stellar.WebAuthConfig) { c.Endpoint = "https://evil.example/auth" },
		"signing key": func(c *stellar.WebAuthConfig) { c.Key = keypair.MustRandom() },
		"network": func(c *stellar.WebAuthConfig) {
			c.Horizon = &stellar.Horizon{URL: c.Horizon.URL, Passphrase: "another network"}
		},
	}
	for name, change := range wrong {
		t.Run(name, func(t *testing.T) {
			cfg := d.cfg
			change(&cfg)
			d.refused(d.signedBy(cfg, ana), "not a challenge of ours")
		})
	}
	if _, _, err := d.web.Challenge(t.Context(), ana.Address(), "evil.example"); !errors.Is(err, stellar.ErrSignIn) {
		t.Errorf("a challenge for another home domain: %v", err)
	}
	d.refused(strings.Repeat("A", 13<<10), "too long")
	d.refused("not base64", "not a challenge")
}

// signedBy is a challenge of a server that is set up otherwise, signed as its own client would.
func (d *door) signedBy(cfg stellar.WebAuthConfig, key *keypair.Full) string {
	d.Helper()
	web, err := stellar.NewWebAuth(cfg)
	d.check(err)
	challenge, passphrase, err := web.Challenge(context.Background(), key.Address(), "")
	d.check(err)
	parsed, err := txnbuild.TransactionFromXDR(challenge)
	d.check(err)
	tx, _ := parsed.Transaction()
	tx, err = tx.Sign(passphrase, key)
	d.check(err)
	text, err := tx.Base64()
	d.check(err)
	return text
}

func TestAttackAccountThatAnybodyCanSignFor(t *testing.T) {
	d := openDoor(t)
	identity := protocol.AccountID{1} // the neutral point of the curve
	if _, _, err := d.web.Challenge(t.Context(), identity.String(), ""); !errors.Is(err, stellar.ErrSignIn) {
		t.Errorf("a challenge for a small-order key: %v", err)
	}
}

func TestSignInOneUserOfASharedAccount(t *testing.T) {
	d := openDoor(t)
	ana := keypair.MustRandom()
	muxed := d.muxed(ana, 7)
	token, err := d.web.Token(t.Context(), d.signed(muxed, ana))
	d.check(err)
	if subject, err := d.web.Subject(token); err != nil || subject != muxed {
		t.Errorf("subject %q, %v", subject, err)
	}
	if _, err := d.web.Account(t.Context(), token); !errors.Is(err, stellar.ErrSignIn) {
		t.Errorf("one user of a shared account got the whole of it: %v", err)
	}

	seven := uint64(7)
	challenge, passphrase, err := d.web.ChallengeMemo(ana.Address(), "", &seven)
	d.check(err)
	parsed, err := txnbuild.TransactionFromXDR(challenge)
	d.check(err)
	tx, _ := parsed.Transaction()
	tx, err = tx.Sign(passphrase, ana)
	d.check(err)
	text, err := tx.Base64()
	d.check(err)
	token, err = d.web.Token(t.Context(), text)
	d.check(err)
	if subject, err := d.web.Subject(token); err != nil || subject != ana.Address()+":7" {
		t.Errorf("subject %q, %v", subject, err)
	}
	if _, err := d.web.Account(t.Context(), token); !errors.Is(err, stellar.ErrSignIn) {
		t.Errorf("one user of a shared account got the whole of it: %v", err)
	}
	if _, _, err := d.web.ChallengeMemo(muxed, "", &seven); !errors.Is(err, stellar.ErrSignIn) {
		t.Errorf("a memo beside an M… address: %v", err)
	}
}

func TestTokens(t *testing.T) {
	d := openDoor(t)
	ana := keypair.MustRandom()
	token, err := d.web.Token(t.Context(), d.signed(ana.Address(), ana))
	d.check(err)
	d.reopen()
	if _, err := d.web.Account(t.Context(), token); err != nil {
		t.Errorf("a token must outlive a restart: %v", err)
	}
	d.now = d.now.Add(2 * time.Hour)
	if _, err := d.web.Account(t.Context(), token); !errors.Is(err, stellar.ErrSignIn) {
		t.Errorf("an expired token: %v", err)
	}
	d.now = time.Now()
	parts := strings.Split(token, ".")
	none := "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0" // {"alg":"none","typ":"JWT"}
	for name, bad := range map[string]string{
		"algorithm none": none + "." + parts[1] + ".", "no signature": parts[0] + "." + parts[1] + ".", "empty": "", "cut": token[:len(token)-2],
	} {
		if _, err := d.web.Account(t.Context(), bad); !errors.Is(err, stellar.ErrSignIn) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, change := range map[string]func(*stellar.WebAuthConfig){
		"another secret":   func(c *stellar.WebAuthConfig) { c.Secret = []byte(strings.Repeat("x", 32)) },
		"another endpoint": func(c *stellar.WebAuthConfig) { c.Endpoint = "https://other.example/auth" },
	} {
		cfg := d.cfg
		change(&cfg)
		other, err := stellar.NewWebAuth(cfg)
		d.check(err)
		if _, err := other.Account(t.Context(), token); !errors.Is(err, stellar.ErrSignIn) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSignInWhileHorizonIsDownIsNoRefusal(t *testing.T) {
	d := openDoor(t)
	ana := keypair.MustRandom()
	signed := d.signed(ana.Address(), ana)
	d.fault(localnet.Fault{Kind: localnet.FaultDown, Status: 503})
	if _, err := d.web.Token(t.Context(), signed); err == nil || errors.Is(err, stellar.ErrSignIn) {
		t.Errorf("horizon is down: %v", err)
	}
	if _, err := d.web.Token(t.Context(), signed); err != nil { // it was not used up
		t.Errorf("horizon is up again: %v", err)
	}
}

func TestAttackClientRefusesWhatItMustNotSign(t *testing.T) {
	d := openDoor(t)
	ana := keypair.MustRandom()
	refuses := func(name, challenge string, guest stellar.Service) {
		t.Helper()
		if _, err := guest.Sign(challenge, ana.Address(), ana); !errors.Is(err, stellar.ErrChallenge) {
			t.Errorf("%s: signed, or %v", name, err)
		}
	}
	good := d.challenge(ana.Address())
	other := *d.guest
	other.HomeDomain = "else.example"
	refuses("another home domain", good, other)
	other = *d.guest
	other.Endpoint = "https://else.example/auth"
	refuses("another web auth domain", good, other)
	other = *d.guest
	other.Passphrase = "another network"
	refuses("another network", good, other)
	other = *d.guest
	other.SigningKey = keypair.MustRandom().Address()
	refuses("not signed by the server", good, other)
	refuses("another account's", d.challenge(keypair.MustRandom().Address()), *d.guest)
	refuses("signed by others too", d.signed(ana.Address(), ana), *d.guest)
	d.now = d.now.Add(-10 * time.Minute)
	refuses("expired", d.challenge(ana.Address()), *d.guest)

	for name, tx := range d.hostile(ana) {
		refuses(name, tx, *d.guest)
	}
}

// hostile are transactions that a server signs and passes off as challenges.
func (d *door) hostile(victim *keypair.Full) map[string]string {
	nonce := []byte(strings.Repeat("A", 64))
	greet := &txnbuild.ManageData{SourceAccount: victim.Address(), Name: home + " auth", Value: nonce}
	steal := &txnbuild.Payment{SourceAccount: victim.Address(), Destination: d.cfg.Key.Address(), Asset: txnbuild.NativeAsset{}, Amount: "1"}
	write := &txnbuild.ManageData{SourceAccount: victim.Address(), Name: "config.memo_required", Value: []byte("1")}
	build := func(source string, sequence int64, bounds txnbuild.TimeBounds, ops ...txnbuild.Operation) string {
		tx, err := txnbuild.NewTransaction(txnbuild.TransactionParams{
			SourceAccount: &txnbuild.SimpleAccount{AccountID: source, Sequence: sequence}, BaseFee: 100,
			Operations: ops, Preconditions: txnbuild.Preconditions{TimeBounds: bounds},
		})
		d.check(err)
		tx, err = tx.Sign(d.net.Passphrase(), d.cfg.Key)
		d.check(err)
		text, err := tx.Base64()
		d.check(err)
		return text
	}
	now, server := time.Now().Unix(), d.cfg.Key.Address()
	soon := txnbuild.NewTimebounds(now, now+60)
	return map[string]string{
		"a payment":               build(server, 0, soon, greet, steal),
		"only a payment":          build(server, 0, soon, steal),
		"the client's own entry":  build(server, 0, soon, greet, write),
		"a sequence number":       build(server, 1, soon, greet),
		"the client as source":    build(victim.Address(), 0, soon, greet),
		"no end":                  build(server, 0, txnbuild.NewInfiniteTimeout(), greet),
		"the entry without nonce": build(server, 0, soon, &txnbuild.ManageData{SourceAccount: victim.Address(), Name: home + " auth", Value: []byte("1")}),
	}
}

func TestSignInOverHTTP(t *testing.T) {
	d := openDoor(t)
	ana := keypair.MustRandom()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var answer any
		if r.Method == http.MethodGet {
			tx, passphrase, err := d.web.Challenge(r.Context(), r.FormValue("account"), r.FormValue("home_domain"))
			if err != nil {
				t.Error(err)
			}
			answer = map[string]string{"transaction": tx, "network_passphrase": passphrase}
		} else {
			var body struct{ Transaction string }
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
				t.Error(err)
			}
			token, err := d.web.Token(r.Context(), body.Transaction)
			if err != nil {
				w.WriteHeader(http.StatusUnauthorized)
				token = err.Error()
				answer = map[string]string{"error": token}
			} else {
				answer = map[string]string{"token": token}
			}
		}
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	d.cfg.Endpoint = server.URL
	d.guest.Endpoint = server.URL
	d.reopen()
	token, err := d.guest.SignIn(t.Context(), ana.Address(), ana)
	d.check(err)
	if auth, err := d.web.Account(t.Context(), token); err != nil || auth.Account.String() != ana.Address() {
		t.Errorf("%+v, %v", auth, err)
	}
	if _, err := d.guest.SignIn(t.Context(), ana.Address(), keypair.MustRandom()); !errors.Is(err, stellar.ErrSignIn) || !strings.Contains(err.Error(), "did not sign") {
		t.Errorf("another key: %v", err)
	}
}
