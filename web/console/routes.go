package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"kula/web/console/office"
)

// Handler answers an officer. What it returns is drawn as a page that says what to do.
type Handler func(s *Server, w http.ResponseWriter, a *Ask) error

// Route is one thing that can be asked of the console, and who may ask it.
type Route struct {
	Method string
	Path   string // as http.ServeMux has it
	Roles  office.Roles
	Public bool   // for who has not signed in; Roles is then zero
	Nav    string // what the menu calls it; empty: it is not there
	Serve  Handler
}

// Routes lists them all.
func (s *Server) Routes() []Route { return s.routes }

func get(path, nav string, roles office.Roles, h Handler) Route {
	return Route{Method: http.MethodGet, Path: path, Nav: nav, Roles: roles, Serve: h}
}

func post(path string, roles office.Roles, h Handler) Route {
	return Route{Method: http.MethodPost, Path: path, Roles: roles, Serve: h}
}

func public(method, path string, h Handler) Route {
	return Route{Method: method, Path: path, Public: true, Serve: h}
}

// allRoutes is the one list of what the console serves, in the order of the menu.
func (s *Server) allRoutes() []Route {
	all := []Route{
		public(http.MethodGet, "/static/{file}", (*Server).static),
		public(http.MethodGet, "/enter", (*Server).door),
		public(http.MethodGet, "/enter/{token}", (*Server).linkPage),
		public(http.MethodPost, "/enter", (*Server).enterByLink),
		public(http.MethodPost, "/passkey/begin", (*Server).passkeyBegin),
		public(http.MethodPost, "/passkey/finish", (*Server).passkeyFinish),

		get("/{$}", "Today", office.Everyone, (*Server).today),
	}
	all = append(all, s.pageRoutes()...)
	all = append(all,
		get("/requests", "Approvals", office.Everyone, (*Server).queue),
		get("/requests/{id}", "", office.Everyone, (*Server).request),
		post("/requests/{id}/approve", office.Approve, (*Server).approve),
		post("/requests/{id}/refuse", office.Approve, (*Server).refuse),
		post("/requests/{id}/withdraw", office.Teller|office.Operate|office.Approve, (*Server).withdraw),
		get("/audit", "Audit trail", office.Supervisor, (*Server).audit),
		get("/officers", "Officers", office.Approve|office.Supervisor, (*Server).staff),
		get("/me", "My sign-in", office.Everyone, (*Server).me),
		post("/me/passkeys/begin", office.Everyone, (*Server).enrolBegin),
		post("/me/passkeys/finish", office.Everyone, (*Server).enrolFinish),
		post("/me/passkeys/remove", office.Everyone, (*Server).removePasskey),
		post("/leave", office.Everyone, (*Server).leave),
	)
	for _, act := range s.acts() {
		all = append(all, act.routes()...)
	}
	return all
}

// mux refuses to be made of a route that does not say for whom it is.
func (s *Server) mux() (*http.ServeMux, error) {
	mux := http.NewServeMux()
	for _, route := range s.routes {
		if route.Public == (route.Roles != 0) || route.Serve == nil {
			return nil, fmt.Errorf("console: %s %s does not say for whom it is", route.Method, route.Path)
		}
		mux.HandleFunc(route.Method+" "+route.Path, s.guard(route))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		a, err := s.ask(w, r)
		if err == nil {
			err = office.ErrNoRecord
		}
		s.fail(w, a, err)
	})
	return mux, nil
}

// guard lets a request through to its route: it must come from the console's own pages if it changes anything, from
// somebody who is signed in, and in a role that may.
func (s *Server) guard(route Route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a, err := s.ask(w, r)
		if err == nil && r.Method != http.MethodGet {
			err = s.ownForm(a)
		}
		if err == nil && !route.Public {
			err = s.allowed(a, route)
		}
		if err == nil {
			err = route.Serve(s, w, a)
		}
		s.fail(w, a, err)
		if r.Method != http.MethodGet {
			s.logTrail(r.Context())
		}
	}
}

// logTrail tells the log, which a careful bank keeps on another machine, where the audit trail ends.
func (s *Server) logTrail(ctx context.Context) {
	head, err := s.office.Head(ctx)
	if err == nil && head != nil {
		s.log.Info("audit trail", "mark", head.Mark())
	}
}

// allowed holds an officer to their role. What is refused stands in the trail.
func (s *Server) allowed(a *Ask, route Route) error {
	switch {
	case a.Officer == nil:
		return office.ErrNoSession
	case a.Officer.Roles.Any(route.Roles):
		return nil
	case a.Method == http.MethodGet:
		return office.ErrForbidden
	}
	return errors.Join(office.ErrForbidden, s.office.Note(a.Context(), a.actor(), "forbidden", route.Path, "", "", office.ErrForbidden.Error()))
}
