// Package daemon runs kula's servers: they listen on loopback unless told otherwise, say when they are
// ready, and stop cleanly when asked.
package daemon

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// drain is how long requests that are being answered may take when the server stops.
const drain = 20 * time.Second

// Group runs servers and loops until one fails or the context ends.
type Group struct {
	*errgroup.Group
	ctx context.Context
}

// NewGroup makes a group below ctx.
func NewGroup(ctx context.Context) (*Group, context.Context) {
	g, ctx := errgroup.WithContext(ctx)
	return &Group{g, ctx}, ctx
}

// Loop runs until its context ends; that end is not an error.
func (g *Group) Loop(name string, run func(context.Context) error) {
	g.Go(func() error {
		if err := run(g.ctx); err != nil && !errors.Is(err, context.Canceled) {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
}

// Serve listens on the address and serves until the context ends, then lets running requests finish.
// It returns the URL once connections are accepted.
func (g *Group) Serve(addr string, handler http.Handler) (url string, err error) {
	listener, err := new(net.ListenConfig).Listen(g.ctx, "tcp", addr)
	if err != nil {
		return "", fmt.Errorf("listen on %s: %w", addr, err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute}
	g.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve %s: %w", addr, err)
		}
		return nil
	})
	g.Go(func() error {
		<-g.ctx.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(g.ctx), drain)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			return errors.Join(fmt.Errorf("stop %s: %w", addr, err), server.Close())
		}
		return nil
	})
	return "http://" + listener.Addr().String(), nil
}
