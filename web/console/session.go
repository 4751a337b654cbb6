package console

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"kula/web/console/office"
)

// Ask is a request, and who makes it.
type Ask struct {
	*http.Request
	Officer *office.Officer // nil: nobody has signed in
	Session *office.Session
	CSRF    string // what a form has to carry
	From    string
	token   string // the session's secret, or the door's when nobody has signed in
}

// actor is who goes into the trail.
func (a *Ask) actor() office.Actor { return office.Actor{Officer: a.Officer, From: a.From} }

// csrfHeader carries the token when a script asks.
const csrfHeader = "X-Csrf-Token"

// cookie names are short; with https they are bound to the host.
func (s *Server) cookieName(what string) string {
	if s.secure {
		return "__Host-kula-" + what
	}
	return "kula-" + what
}

const (
	sessionCookie = "officer"
	doorCookie    = "door" // before sign-in: what binds forms and passkey ceremonies to one browser
	saidCookie    = "said" // one sentence for the next page
	deskCookie    = "desk" // stays: by it the trail tells one browser from another
)

func (s *Server) setCookie(w http.ResponseWriter, what, value string) {
	c := &http.Cookie{Name: s.cookieName(what), Value: value, Path: "/", HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteStrictMode}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

func (s *Server) cookie(r *http.Request, what string) string {
	c, err := r.Cookie(s.cookieName(what))
	if err != nil {
		return ""
	}
	return c.Value
}

// ask finds out who asks. Nobody is an answer, too.
func (s *Server) ask(w http.ResponseWriter, r *http.Request) (*Ask, error) {
	a := &Ask{Request: r, From: office.At(s.from(r).String(), s.desk(w, r))}
	if token := s.cookie(r, sessionCookie); token != "" {
		officer, session, err := s.office.Who(r.Context(), token, r.UserAgent(), a.From)
		switch {
		case err == nil:
			a.Officer, a.Session, a.token = officer, session, token
		case errors.Is(err, office.ErrNoSession):
			s.setCookie(w, sessionCookie, "")
		default:
			return a, err
		}
	}
	if a.Officer == nil {
		a.token = s.atDoor(w, r)
	}
	a.CSRF = csrf(a.token)
	return a, nil
}

// deskLife is as long as browsers keep a cookie.
const deskLife = 400 * 24 * 3600

// desk names a browser. It opens nothing: it only stands in the trail, shortened to what cannot be sent as a cookie.
func (s *Server) desk(w http.ResponseWriter, r *http.Request) string {
	known := s.cookie(r, deskCookie)
	if len(known) != len(rand.Text()) {
		known = rand.Text()
		http.SetCookie(w, &http.Cookie{Name: s.cookieName(deskCookie), Value: known, Path: "/", HttpOnly: true, Secure: s.secure,
			SameSite: http.SameSiteStrictMode, MaxAge: deskLife})
	}
	sum := sha256.Sum256([]byte(known))
	return hex.EncodeToString(sum[:4])
}

// atDoor gives a browser where nobody has signed in something to be known by.
func (s *Server) atDoor(w http.ResponseWriter, r *http.Request) string {
	if door := s.cookie(r, doorCookie); len(door) == len(rand.Text()) {
		return door
	}
	door := rand.Text()
	s.setCookie(w, doorCookie, door)
	return door
}

// csrf is made of the session's secret, and tells nothing of it.
func csrf(token string) string { return tagged(token, "kula console form") }

// proves shows that a sentence is the console's own.
func proves(token, said string) string { return tagged(token, "kula console said: "+said) }

func tagged(token, text string) string {
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

var errForeignForm = errors.New("this did not come from a page of the console: go back, load the page again, and repeat it")

// ownForm refuses what another site, or another page on this machine, made the browser send.
func (s *Server) ownForm(a *Ask) error {
	if a.Header.Get("Origin") != s.origin {
		return errForeignForm
	}
	if site := a.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" {
		return errForeignForm
	}
	token := a.Header.Get(csrfHeader)
	if token == "" {
		token = a.PostFormValue("csrf")
	}
	if !hmac.Equal([]byte(token), []byte(a.CSRF)) {
		return errForeignForm
	}
	return nil
}

// signedIn gives the browser its session, and never one that it had before: that one ends.
func (s *Server) signedIn(w http.ResponseWriter, a *Ask, session string) error {
	if a.Officer != nil {
		if err := s.office.Leave(a.Context(), a.actor(), a.token); err != nil {
			return err
		}
	}
	s.setCookie(w, sessionCookie, session)
	s.setCookie(w, doorCookie, "")
	a.token = session
	return nil
}

// goOn answers a form: the browser goes to another page, where a sentence says what was done.
func (s *Server) goOn(w http.ResponseWriter, a *Ask, to, said string) error {
	if said != "" {
		s.setCookie(w, saidCookie, base64.RawURLEncoding.EncodeToString([]byte(said))+"."+proves(a.token, said))
	}
	http.Redirect(w, a.Request, to, http.StatusSeeOther)
	return nil
}

// said is what the page before wanted said. Other programs on this machine can set cookies for it too, so it carries a proof.
func (s *Server) said(w http.ResponseWriter, a *Ask) string {
	coded, proof, _ := strings.Cut(s.cookie(a.Request, saidCookie), ".")
	if coded == "" {
		return ""
	}
	s.setCookie(w, saidCookie, "")
	text, err := base64.RawURLEncoding.DecodeString(coded)
	if err != nil || !hmac.Equal([]byte(proof), []byte(proves(a.token, string(text)))) {
		return ""
	}
	return string(text)
}
