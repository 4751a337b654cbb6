package console

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"time"

	"kula/internal/callers"
	"kula/web/console/office"

	"github.com/go-webauthn/webauthn/webauthn"
	"golang.org/x/time/rate"
)

// Config is what a Server is made of. What is not marked optional must be there.
type Config struct {
	Bank  Bank
	Store office.Store
	// URL is where officers open the console, such as http://localhost:8424: passkeys and forms hold for it alone.
	URL string
	// Name of the bank.
	Name string
	// TrustedProxies may say in X-Forwarded-For whom they speak for. Nil: those on this machine when URL has https, for
	// then there is one; nobody otherwise, for an officer's own browser is on this machine as well.
	TrustedProxies []netip.Prefix
	// Screener looks whether somebody is on a list; optional: nobody looks.
	Screener Screener
	// Horizon is where transactions can be looked at; optional: they have no links.
	Horizon string
	Now     func() time.Time
	Log     *slog.Logger // optional
}

// Server is the console.
type Server struct {
	cfg      Config
	bank     Bank
	office   *office.Office
	origin   string
	secure   bool
	host     string
	log      *slog.Logger
	pages    pages
	routes   []Route
	keys     *webauthn.WebAuthn
	waiting  *ceremonies
	signIns  *callers.Limiter
	requests *callers.Limiter
	handler  http.Handler
	seen     glances
	coins    coins
}

// How often one address may sign in, and ask anything at all. Officers behind one tunnel share an address.
const (
	signInsASecond = rate.Limit(1.0 / 6)
	signInBurst    = 10
	asksASecond    = 30
	askBurst       = 200
)

// New makes a Server; it starts nothing.
func New(cfg Config) (*Server, error) {
	if cfg.Bank == nil || cfg.Store == nil || cfg.Now == nil {
		return nil, errors.New("console: a bank, a store and a clock are needed")
	}
	at, err := url.Parse(cfg.URL)
	if err != nil || at.Host == "" || (at.Scheme != "http" && at.Scheme != "https") || (at.Path != "" && at.Path != "/") {
		return nil, fmt.Errorf("console: %q is not an address such as http://localhost:8424", cfg.URL)
	}
	if cfg.TrustedProxies == nil && at.Scheme == "https" {
		cfg.TrustedProxies = callers.OnThisMachine()
	}
	s := &Server{
		cfg: cfg, bank: cfg.Bank, office: office.New(cfg.Store, cfg.Now), origin: at.Scheme + "://" + at.Host, secure: at.Scheme == "https", host: at.Host,
		log: cfg.Log, waiting: newCeremonies(cfg.Now),
		signIns:  callers.NewLimiter(signInsASecond, signInBurst, cfg.Now),
		requests: callers.NewLimiter(asksASecond, askBurst, cfg.Now),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.keys, err = relyingParty(at.Hostname(), s.origin, cfg.Name); err != nil {
		return nil, err
	}
	if s.pages, err = parsePages(); err != nil {
		return nil, err
	}
	s.routes = s.allRoutes()
	mux, err := s.mux()
	if err != nil {
		return nil, err
	}
	s.handler = s.observe(s.harden(s.atOurAddress(s.throttle(mux))))
	return s, nil
}

// Office is the staff, for commands and tests.
func (s *Server) Office() *office.Office { return s.office }

// Handler is the console.
func (s *Server) Handler() http.Handler { return s.handler }

// Times of a connection.
const (
	headerTime = 5 * time.Second
	workTime   = 30 * time.Second
	idleTime   = 2 * time.Minute
	maxHeader  = 16 << 10
	maxForm    = 64 << 10
)

// Serve answers until ctx ends, then finishes what it has begun.
func (s *Server) Serve(ctx context.Context, at net.Listener) error {
	server := &http.Server{
		Handler: s.handler, ReadHeaderTimeout: headerTime, ReadTimeout: headerTime + workTime, WriteTimeout: headerTime + 2*workTime,
		IdleTimeout: idleTime, MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(at) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve the console on %s: %w", at.Addr(), err)
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), headerTime+2*workTime)
	defer cancel()
	err := server.Shutdown(ctx)
	if stopped := <-ended; !errors.Is(stopped, http.ErrServerClosed) {
		err = errors.Join(err, stopped)
	}
	return err
}

// from is the address that a request came from.
func (s *Server) from(r *http.Request) netip.Addr { return callers.Of(r, s.cfg.TrustedProxies) }

// recorder remembers the status, for the log.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// observe logs each request by its route: addresses and queries hold names, purses, and sign-in links.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, rec := s.cfg.Now(), &recorder{ResponseWriter: w}
		defer func() {
			if p := recover(); p != nil {
				s.log.Error("panic", "face", "console", "route", r.Pattern, "panic", p, "stack", string(debug.Stack()))
				if rec.status == 0 {
					http.Error(rec, "Something went wrong at the bank, and it is not known how far it got. Look before you do it again.", http.StatusInternalServerError)
				}
			}
			s.log.Info("request", "face", "console", "route", r.Pattern, "status", max(rec.status, http.StatusOK),
				"took", s.cfg.Now().Sub(start), "from", s.from(r).String())
		}()
		next.ServeHTTP(rec, r)
	})
}

// policy lets a page use nothing but what this server gives.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (s *Server) harden(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin") // no-referrer would make browsers send our own forms with "Origin: null"
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Cache-Control", "no-store")
		if s.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// atOurAddress answers at the console's own name only: another name that was made to lead to this machine would make
// the console part of another site. Whoever typed 127.0.0.1 is sent on.
func (s *Server) atOurAddress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host == s.host {
			next.ServeHTTP(w, r)
			return
		}
		host, _, err := net.SplitHostPort(r.Host)
		if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsLoopback() && r.Method == http.MethodGet {
			http.Redirect(w, r, s.origin+r.URL.RequestURI(), http.StatusTemporaryRedirect)
			return
		}
		http.Error(w, "The console is at "+s.origin, http.StatusMisdirectedRequest)
	})
}

func (s *Server) throttle(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d := s.requests.Wait(callers.Key(s.from(r))); d > 0 {
			tooMany(w, d)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), workTime)
		defer cancel()
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func tooMany(w http.ResponseWriter, d time.Duration) {
	w.Header().Set("Retry-After", fmt.Sprint(int(d.Seconds())+1))
	http.Error(w, "Too many requests came from your address. Wait a minute and try again.", http.StatusTooManyRequests)
}
