package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"kula/anchor"
	"kula/httpapi/api"
	"kula/httpapi/static"
	"kula/internal/callers"
	"kula/protocol"
)

// Bank is what wallets ask of the anchor. *anchor.Bank is one.
type Bank interface {
	Charter(ctx context.Context) (*protocol.Charter, *protocol.Notice, error)
	News(ctx context.Context) (*protocol.Bundle, error)
	PursesOf(ctx context.Context, account protocol.AccountID) ([]anchor.PurseView, error)
	RevokeOwn(ctx context.Context, auth anchor.AccountAuth, purse, successor protocol.PurseID) error
	Enrol(ctx context.Context, auth anchor.AccountAuth, e *protocol.Enrolment, name string) (*protocol.Bundle, error)
	Challenge(ctx context.Context, purse protocol.PurseID) (anchor.Challenge, error)
	Enrolment(ctx context.Context, purse protocol.PurseID) (*protocol.Enrolment, error)
	UseChallenge(ctx context.Context, purse protocol.PurseID, nonce protocol.Hash) (*protocol.Enrolment, error)
	Lookup(ctx context.Context) protocol.Lookup
	Sync(ctx context.Context, request anchor.SyncRequest) (*anchor.SyncReply, error)
	Purse(ctx context.Context, id protocol.PurseID) (*anchor.PurseView, error)
	Unload(ctx context.Context, request anchor.UnloadRequest) (*anchor.UnloadOffer, error)
	Receipt(ctx context.Context, entry protocol.Hash) (*protocol.Receipt, *protocol.Payout, error)
	Ready(ctx context.Context) error
}

// ErrSignIn is what Auth's errors wrap when the answer is no; any other error means that there was no
// answer to be had (the ledger did not say who the account's signers are).
var ErrSignIn = errors.New("sign-in refused")

// Auth is SEP-10.
type Auth interface {
	// Challenge makes a challenge transaction for an account ("G…" or "M…"), as base64 XDR, and says for which
	// network. An empty home domain is the anchor's own.
	Challenge(ctx context.Context, account, homeDomain string) (transaction, passphrase string, err error)
	// Token judges a signed challenge and gives a JWT.
	Token(ctx context.Context, transaction string) (string, error)
	// Account judges a JWT and finds the account's signers as they are now.
	Account(ctx context.Context, token string) (anchor.AccountAuth, error)
}

// Config is what a Server is made of. What is not marked optional must be there.
type Config struct {
	Network protocol.Network
	Bank    Bank
	Auth    Auth
	// StellarTOML is the SEP-1 file, complete.
	StellarTOML []byte
	// App is the phone wallet, served beside the API on the wallets' face; optional.
	App *static.Site
	// Complaints takes in what holders complain of on their phones; optional.
	Complaints Complaints
	// Operator and OperatorToken open the operator's face; optional, both or neither.
	Operator      Operator
	OperatorToken string
	// Gauges reports the bank's figures for /metrics; without it, they are made from what the Operator shows.
	Gauges func(context.Context) ([]Gauge, error)
	// Limits; each that is zero is DefaultLimits'.
	Limits Limits
	// TrustedProxies may say in X-Forwarded-For whom they speak for. Nil: those on this machine, where the
	// proxy with TLS usually is; without it every caller would share one address and one rate.
	TrustedProxies []netip.Prefix
	// Now is the clock of the rate limits; optional.
	Now func() time.Time
	// Log takes one line for each request, and errors; optional.
	Log *slog.Logger
}

// minToken is the shortest operator's token: 128 bits in hex.
const minToken = 32

// Validate says what is missing.
func (c *Config) Validate() error {
	switch {
	case c.Network.ID.IsZero():
		return errors.New("httpapi: Config.Network is not set")
	case c.Bank == nil || c.Auth == nil:
		return errors.New("httpapi: Config.Bank and Config.Auth are needed")
	case (c.Operator == nil) != (c.OperatorToken == ""):
		return errors.New("httpapi: Config.Operator and Config.OperatorToken go together")
	case c.OperatorToken != "" && len(c.OperatorToken) < minToken:
		return errors.New("httpapi: the operator's token is shorter than 32 characters")
	}
	return nil
}

// Server is the anchor's HTTP face: one handler for wallets, one for the bank's own staff.
type Server struct {
	cfg       Config
	limits    Limits
	log       *slog.Logger
	metrics   *metrics
	addresses *callers.Limiter
	purses    *callers.Limiter
	crowd     *crowd
	atOnce    chan struct{}
	draining  atomic.Bool
	wallets   http.Handler
	operators http.Handler
}

// New makes a Server; it starts nothing.
func New(cfg Config) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Gauges == nil && cfg.Operator != nil {
		cfg.Gauges = bankFigures(cfg.Operator)
	}
	if cfg.TrustedProxies == nil {
		cfg.TrustedProxies = callers.OnThisMachine()
	}
	limits := cfg.Limits.orDefault()
	s := &Server{
		cfg: cfg, limits: limits, log: cfg.Log, metrics: newMetrics(cfg.Gauges),
		addresses: callers.NewLimiter(limits.PerAddress, limits.AddressBurst, cfg.Now),
		purses:    callers.NewLimiter(limits.PerPurse, limits.PurseBurst, cfg.Now),
		crowd:     newCrowd(limits.AtOnce),
		atOnce:    make(chan struct{}, limits.AtOnce),
	}
	s.wallets = s.walletFace()
	s.operators = s.operatorFace()
	return s, nil
}

// Wallets is the public face.
func (s *Server) Wallets() http.Handler { return s.wallets }

// Operators is the bank's own face, for a listener that only the bank reaches. Without an Operator it
// serves monitoring alone.
func (s *Server) Operators() http.Handler { return s.operators }

// StopReady makes /readyz answer no, so that a load balancer sends nobody here any more.
func (s *Server) StopReady() { s.draining.Store(true) }

func (s *Server) walletFace() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", s.unmatched(mux))
	api.HandlerWithOptions(walletFace{s}, api.StdHTTPServerOptions{
		BaseRouter: mux, Middlewares: []api.MiddlewareFunc{s.bound}, ErrorHandlerFunc: s.badParameter,
	})
	return s.observe("wallet", harden(s.withApp(mux, shareAcrossOrigins(s.throttle(mux)))))
}

// withApp serves the phone wallet's files where the API has no path. They are not counted against the rates: a class
// that installs the app behind one address asks for thirty times fifty of them, and none costs the bank any work.
func (s *Server) withApp(routes *http.ServeMux, next http.Handler) http.Handler {
	app := s.cfg.App
	if app == nil || !app.Built() {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := routes.Handler(r); pattern == "/" && app.Serves(r) {
			r.Pattern = "app"
			app.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// badParameter answers for the generated code, whose own words would quote what was sent.
func (s *Server) badParameter(w http.ResponseWriter, r *http.Request, _ error) {
	s.fail(w, r, refuse(codeBadRequest, "a parameter of the address is missing or not of the form that openapi.yaml gives"))
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	l.PerAddress = fallback(l.PerAddress, d.PerAddress)
	l.AddressBurst = fallback(l.AddressBurst, d.AddressBurst)
	l.PerPurse = fallback(l.PerPurse, d.PerPurse)
	l.PurseBurst = fallback(l.PurseBurst, d.PurseBurst)
	l.AtOnce = fallback(l.AtOnce, d.AtOnce)
	l.Body = fallback(l.Body, d.Body)
	l.Work = fallback(l.Work, d.Work)
	return l
}

func fallback[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
