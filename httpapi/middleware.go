package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"kula/httpapi/api"
	"kula/internal/callers"
)

// recorder remembers what was answered, for the log and the metrics.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int
	code   string // of the problem, if it was one
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func noteCode(w http.ResponseWriter, code string) {
	if rec, ok := w.(*recorder); ok {
		rec.code = code
	}
}

// observe logs and counts every request, and turns a panic into an answer. The log names the route
// only: paths, queries and headers hold names, purses and proofs of who somebody is.
func (s *Server) observe(face string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		rec := &recorder{ResponseWriter: w}
		s.metrics.underWay.Inc()
		defer func() {
			if p := recover(); p != nil {
				s.panicked(rec, r, p)
			}
			s.metrics.underWay.Dec()
			s.metrics.request(face, r, rec, time.Since(start))
			s.log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("face", face), slog.String("method", method(r)),
				slog.String("route", route(r)), slog.Int("status", rec.status), slog.String("code", rec.code), slog.Int("bytes", rec.bytes),
				slog.Duration("took", time.Since(start)), slog.String("from", callers.Of(r, s.cfg.TrustedProxies).String()))
		}()
		next.ServeHTTP(rec, r)
	})
}

func (s *Server) panicked(rec *recorder, r *http.Request, p any) {
	if p == http.ErrAbortHandler { //nolint:errorlint,err113 // a panic value, compared as net/http does
		panic(p)
	}
	s.log.LogAttrs(r.Context(), slog.LevelError, "panic", slog.String("route", r.Pattern), slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
	if rec.status == 0 {
		s.fail(rec, r, refuse(codeInternal, "something went wrong at the bank, and it is not known how far it got: try again"))
	}
}

// route is the pattern that matched, without its method: few values, none of them personal.
func route(r *http.Request) string {
	if r.Pattern == "" || r.Pattern == "/" {
		return "none"
	}
	return r.Pattern
}

// method keeps invented methods out of log and metrics.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions:
		return r.Method
	}
	return "other"
}

// harden sets the headers that keep browsers from doing anything clever with an answer.
func harden(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		if r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// shareAcrossOrigins lets web wallets from anywhere in, as SEP-1 and SEP-10 ask. No answer depends on a
// cookie, so there is nothing that another origin could ride on.
func shareAcrossOrigins(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", api.CursorHeader+", "+api.MoreHeader+", "+api.ProblemsHeader+", "+api.FeeHeader+", Retry-After")
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			h.Set("Access-Control-Allow-Methods", "GET, POST")
			h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
			h.Set("Access-Control-Max-Age", "86400")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// throttle holds each address to its rate and its share of AtOnce, and everybody to AtOnce. Monitoring is not held up by either.
func (s *Server) throttle(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/healthz", "/readyz", "/metrics":
			next.ServeHTTP(w, r)
			return
		}
		address := callers.Key(callers.Of(r, s.cfg.TrustedProxies))
		if d := s.addresses.Wait(address); d > 0 {
			s.fail(w, r, tooMany("from your address", d))
			return
		}
		select {
		case s.atOnce <- struct{}{}:
			defer func() { <-s.atOnce }()
		default:
			s.fail(w, r, &refusal{code: codeUnavailable, detail: "the bank is busy: try again in a moment", retry: time.Second})
			return
		}
		if !s.crowd.enter(address) {
			s.fail(w, r, tooMany("at the same time from your address", time.Second))
			return
		}
		defer s.crowd.leave(address)
		next.ServeHTTP(w, r)
	})
}

// bound gives a route the time it may work.
func (s *Server) bound(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), s.limits.Work)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// unmatched answers where no route is: with 405 where another method is served, else with 404.
func (s *Server) unmatched(mux *http.ServeMux) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		allowed := ""
		for _, m := range []string{http.MethodGet, http.MethodPost} {
			probe := &http.Request{Method: m, URL: r.URL, Host: r.Host}
			if _, pattern := mux.Handler(probe); pattern != "/" && pattern != "" {
				allowed += ", " + m
			}
		}
		if allowed == "" {
			s.fail(w, r, refuse(codeNotFound, "there is nothing at this address: look at the bank's URL"))
			return
		}
		w.Header().Set("Allow", allowed[2:])
		s.fail(w, r, refuse(codeMethod, "this address does not take that method"))
	}
}
