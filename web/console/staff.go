package console

import (
	"errors"
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
	if err := s.office.DropKey(a.Context(), a.actor(), id); err != nil {
		return err
	}
	return s.goOn(w, a, "/me", "That passkey does not open the console any more.")
}

// auditPage is what audit.html draws.
type auditPage struct {
	Records []*office.Record
	Next    int64 // go on before this one; zero: that was all
	Verdict office.Verdict
	Broken  string
}

// linesOfTrail is how many lines a page of the trail has.
const linesOfTrail = 100

// audit shows the trail; whoever supervises sees at once whether it holds together.
func (s *Server) audit(w http.ResponseWriter, a *Ask) error {
	before, _ := strconv.ParseInt(a.FormValue("before"), 10, 64)
	var p auditPage
	var err error
	if p.Records, err = s.office.Trail(a.Context(), max(0, before), linesOfTrail); err != nil {
		return err
	}
	if len(p.Records) == linesOfTrail {
		p.Next = p.Records[linesOfTrail-1].Number
	}
	if p.Verdict, err = s.office.Verify(a.Context(), ""); err != nil {
		if !errors.Is(err, office.ErrBroken) {
			return err
		}
		p.Broken = err.Error()
	}
	return s.draw(w, a, "audit.html", p)
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
