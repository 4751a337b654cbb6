package console

import (
	"net/http"
	"path"
	"strconv"

	"kula/internal/callers"
	"kula/web/console/office"
)

// The door: signing in by a one-time link, and out.

func (s *Server) door(w http.ResponseWriter, a *Ask) error {
	if a.Officer != nil {
		return s.goOn(w, a, "/", "")
	}
	return s.draw(w, a, "enter.html", nil)
}

// linkPage only shows a button: what previews links must not use them up.
func (s *Server) linkPage(w http.ResponseWriter, a *Ask) error {
	return s.draw(w, a, "link.html", a.PathValue("token"))
}

// mayTry holds an address to its rate of sign-ins, whether they succeed or not.
func (s *Server) mayTry(w http.ResponseWriter, a *Ask) bool {
	d := s.signIns.Wait(callers.Key(s.from(a.Request)))
	if d > 0 {
		tooMany(w, d)
	}
	return d == 0
}

func (s *Server) enterByLink(w http.ResponseWriter, a *Ask) error {
	if !s.mayTry(w, a) {
		return nil
	}
	session, officer, err := s.office.Enter(a.Context(), a.PostFormValue("token"), a.UserAgent(), a.From)
	if err != nil {
		return err
	}
	if err := s.signedIn(w, a, session); err != nil {
		return err
	}
	keys, err := s.office.Keys(a.Context(), officer.ID)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		return s.goOn(w, a, "/me", "You are signed in, this once. Make a passkey now: the link does not work again.")
	}
	return s.goOn(w, a, "/", "")
}

func (s *Server) leave(w http.ResponseWriter, a *Ask) error {
	if err := s.office.Leave(a.Context(), a.actor(), a.token); err != nil {
		return err
	}
	s.setCookie(w, sessionCookie, "")
	return s.goOn(w, a, "/enter", "")
}

// mePage is what me.html draws.
type mePage struct {
	Keys    []*office.Passkey
	Session *office.Session
}

func (s *Server) me(w http.ResponseWriter, a *Ask) error {
	keys, err := s.office.Keys(a.Context(), a.Officer.ID)
	if err != nil {
		return err
	}
	return s.draw(w, a, "me.html", mePage{keys, a.Session})
}

func (s *Server) removePasskey(w http.ResponseWriter, a *Ask) error {
	id, err := strconv.ParseInt(a.PostFormValue("id"), 10, 64)
	if err != nil {
		return office.ErrNoRecord
	}
	if err := s.office.DropKey(a.Context(), a.actor(), a.Session.Token, id); err != nil {
		return err
	}
	return s.goOn(w, a, "/me", "That passkey does not open the console any more. Wherever else you were signed in, you are not any more.")
}

// types of the files in static/.
var types = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

func (s *Server) static(w http.ResponseWriter, a *Ask) error {
	name := path.Base(a.PathValue("file"))
	data, err := files.ReadFile("static/" + name)
	if err != nil || types[path.Ext(name)] == "" {
		return office.ErrNoRecord
	}
	w.Header().Set("Content-Type", types[path.Ext(name)])
	w.Header().Set("Cache-Control", "no-cache")
	_, err = w.Write(data)
	return err
}
