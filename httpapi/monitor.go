package httpapi

import (
	"net/http"
	"time"

	"kula/httpapi/api"
)

// GetHealth says that the process answers.
func (s *Server) GetHealth(w http.ResponseWriter, r *http.Request) {
	s.writeJSON(w, r, api.JSONType, http.StatusOK, api.Health{Status: "ok"})
}

// GetReady says whether it is worth sending requests here.
func (s *Server) GetReady(w http.ResponseWriter, r *http.Request) {
	if s.draining.Load() {
		s.fail(w, r, &refusal{code: codeUnavailable, detail: "the bank's server is shutting down", retry: time.Second})
		return
	}
	if err := s.cfg.Bank.Ready(r.Context()); err != nil {
		s.fail(w, r, &refusal{code: codeUnavailable, detail: "the bank's books do not answer", retry: time.Second, cause: err})
		return
	}
	s.writeJSON(w, r, api.JSONType, http.StatusOK, api.Health{Status: "ok"})
}
