package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Times of a connection. Bodies and work have shorter ones of their own (Limits); these catch the rest.
const (
	headerTime = 5 * time.Second
	idleTime   = 2 * time.Minute
	drainTime  = 45 * time.Second // longer than any request may take
	maxHeader  = 16 << 10
)

// Serve answers on both listeners until ctx ends, then shuts down: it says so on /readyz, accepts
// nothing new, answers every request that was accepted, and returns. Requests do not end with ctx: what
// the bank has begun it finishes, and whoever asked hears of it. operators may be nil.
func (s *Server) Serve(ctx context.Context, wallets, operators net.Listener) error {
	faces := []face{{"wallet", wallets, s.httpServer(s.wallets)}}
	if operators != nil {
		faces = append(faces, face{"operator", operators, s.httpServer(s.operators)})
	}
	ended := make(chan error, len(faces))
	for _, f := range faces {
		go func() { ended <- f.serve() }()
	}
	var failed error
	running := len(faces)
	select {
	case <-ctx.Done():
	case failed = <-ended: // a listener broke: the other must not go on alone
		running--
	}
	s.StopReady()
	for _, f := range faces {
		failed = errors.Join(failed, f.shutdown(ctx))
	}
	for range running {
		failed = errors.Join(failed, <-ended)
	}
	return failed
}

func (s *Server) httpServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: headerTime, ReadTimeout: headerTime + s.limits.Body + s.limits.Work,
		WriteTimeout: headerTime + s.limits.Body + 2*s.limits.Work, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
}

type face struct {
	name     string
	listener net.Listener
	server   *http.Server
}

func (f face) serve() error {
	if err := f.server.Serve(f.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the %s's face on %s: %w", f.name, f.listener.Addr(), err)
	}
	return nil
}

// shutdown waits for what was accepted; what takes longer than any request may is cut off.
func (f face) shutdown(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if err := f.server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("stop the %s's face: %w", f.name, err), f.server.Close())
	}
	return nil
}
