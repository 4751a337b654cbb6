package console

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"kula/web/console/office"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// relyingParty is who passkeys are made for: the console at its own address, and a person whom the device has
// checked (finger, face or PIN), never only somebody who holds it.
func relyingParty(host, origin, name string) (*webauthn.WebAuthn, error) {
	if name == "" {
		name = "Kula"
	}
	within := webauthn.TimeoutConfig{Enforce: true, Timeout: ceremonyTime, TimeoutUVD: ceremonyTime}
	return webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: name, RPOrigins: []string{origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{Login: within, Registration: within},
	})
}

const (
	ceremonyTime  = 5 * time.Minute
	maxCeremonies = 1000
)

// ceremonies are the challenges that browsers are answering. They are short and worth nothing to others: a server that
// starts again forgets them.
type ceremonies struct {
	now func() time.Time

	mu  sync.Mutex
	all map[string]ceremony
}

type ceremony struct {
	webauthn.SessionData
	until time.Time
}

func newCeremonies(now func() time.Time) *ceremonies {
	return &ceremonies{now: now, all: map[string]ceremony{}}
}

// begin keeps what a browser was asked; what it was asked before does not count any more.
func (c *ceremonies) begin(browser string, asked *webauthn.SessionData) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, s := range c.all {
		if c.now().After(s.until) {
			delete(c.all, key)
		}
	}
	if len(c.all) >= maxCeremonies { // somebody floods the door: memory stays bounded, officers try again
		clear(c.all)
	}
	c.all[browser] = ceremony{*asked, c.now().Add(ceremonyTime)}
}

// end gives it back, once.
func (c *ceremonies) end(browser string) (webauthn.SessionData, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.all[browser]
	delete(c.all, browser)
	if !ok || c.now().After(s.until) {
		return webauthn.SessionData{}, errCeremony
	}
	return s.SessionData, nil
}

var (
	errCeremony = office.Refuse("that took too long, or was done already: try again")
	errNotFresh = office.Refuse("a passkey is made within ten minutes of signing in: sign out, sign in again, and make it then")
	errPasskey  = office.Refuse("this passkey does not open the console: ask for a sign-in link")
)

// keyholder is an officer as the library wants to see one.
type keyholder struct {
	*office.Officer
	keys []*office.Passkey
}

func (k keyholder) WebAuthnID() []byte          { return k.Handle }
func (k keyholder) WebAuthnName() string        { return k.Name }
func (k keyholder) WebAuthnDisplayName() string { return k.Name }

func (k keyholder) WebAuthnCredentials() (list []webauthn.Credential) {
	for _, key := range k.keys {
		var c webauthn.Credential
		if json.Unmarshal(key.Data, &c) == nil { // one that cannot be read opens nothing
			list = append(list, c)
		}
	}
	return list
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the browser went away
}

// passkeyBegin asks the browser for any passkey of the console's.
func (s *Server) passkeyBegin(w http.ResponseWriter, a *Ask) error {
	if !s.mayTry(w, a) {
		return nil
	}
	options, asked, err := s.keys.BeginDiscoverableLogin()
	if err != nil {
		return err
	}
	s.waiting.begin(a.token, asked)
	writeJSON(w, http.StatusOK, options)
	return nil
}

// passkeyFinish lets the officer in to whom the passkey belongs.
func (s *Server) passkeyFinish(w http.ResponseWriter, a *Ask) error {
	session, err := s.enterByPasskey(a)
	if errors.Is(err, errCeremony) {
		return err // nobody asked for one: it would fill the trail, as often as somebody likes
	}
	if err != nil {
		s.log.Info("a passkey was refused", "error", err)
		return errors.Join(errPasskey, s.office.Note(a.Context(), a.actor(), "sign-in.passkey", "", "", "", "refused"))
	}
	if err := s.signedIn(w, a, session); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]string{"to": "/"})
	return nil
}

func (s *Server) enterByPasskey(a *Ask) (string, error) {
	asked, err := s.waiting.end(a.token)
	if err != nil {
		return "", err
	}
	var who keyholder
	find := func(_, handle []byte) (webauthn.User, error) {
		who.Officer, who.keys, err = s.office.ByHandle(a.Context(), handle)
		return who, err
	}
	_, credential, err := s.keys.FinishPasskeyLogin(find, asked, a.Request)
	if err != nil {
		return "", err
	}
	if credential.Authenticator.CloneWarning {
		return "", errors.New("the passkey counts backwards: there is a copy of it")
	}
	for _, key := range who.keys {
		if string(key.Credential) == string(credential.ID) {
			if key.Data, err = json.Marshal(credential); err != nil {
				return "", err
			}
			return s.office.EnterByKey(a.Context(), who.Officer, key, a.UserAgent(), a.From)
		}
	}
	return "", errPasskey
}

// freshTime is how long after signing in somebody can make a passkey: who finds a desk that was left open cannot stay.
const freshTime = 10 * 60

// enrolBegin asks the browser to make a passkey for the officer who is signed in.
func (s *Server) enrolBegin(w http.ResponseWriter, a *Ask) error {
	if s.office.Now() >= a.Session.Since+freshTime {
		return errNotFresh
	}
	keys, err := s.office.Keys(a.Context(), a.Officer.ID)
	if err != nil {
		return err
	}
	who := keyholder{a.Officer, keys}
	options, asked, err := s.keys.BeginRegistration(who, webauthn.WithExclusions(webauthn.Credentials(who.WebAuthnCredentials()).CredentialDescriptors()))
	if err != nil {
		return err
	}
	s.waiting.begin(a.token, asked)
	writeJSON(w, http.StatusOK, options)
	return nil
}

// labelHeader names a new passkey; the body is the browser's own.
const labelHeader = "X-Passkey-Label"

func (s *Server) enrolFinish(w http.ResponseWriter, a *Ask) error {
	asked, err := s.waiting.end(a.token)
	if err != nil {
		return err
	}
	credential, err := s.keys.FinishRegistration(keyholder{a.Officer, nil}, asked, a.Request)
	if err != nil {
		s.log.Info("a new passkey was refused", "error", err)
		return errors.Join(errPasskey, s.office.Note(a.Context(), a.actor(), "passkey.add", a.Officer.Name, "", "", "refused"))
	}
	data, err := json.Marshal(credential)
	if err != nil {
		return err
	}
	label := strings.TrimSpace(a.Header.Get(labelHeader))
	if label == "" || len(label) > 60 {
		label = "passkey"
	}
	if err := s.office.AddKey(a.Context(), a.actor(), label, credential.ID, data); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]string{"to": "/me"})
	return nil
}
