package lan

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"kula/nearby"
	"kula/protocol"
)

// Limits bound what strangers can take of this machine. Zero fields mean the defaults.
type Limits struct {
	Handshake time.Duration // how long until a connection must be secure; also for dialling
	Sessions  int           // at once
	PerHost   int           // at once from one address (IPv6: one /64)
}

// Defaults of Limits.
const (
	DefaultHandshake = 5 * time.Second
	DefaultSessions  = 32
	DefaultPerHost   = 8
)

func (l Limits) orDefault() Limits {
	return Limits{cmp.Or(l.Handshake, DefaultHandshake), cmp.Or(l.Sessions, DefaultSessions), cmp.Or(l.PerHost, DefaultPerHost)}
}

// Dial connects to a payee at host:port.
func Dial(ctx context.Context, address string, limits Limits) (*Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, limits.orDefault().Handshake)
	defer cancel()
	var d net.Dialer
	raw, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, &nearby.Error{Code: protocol.CodeUnreachable, Where: address, Cause: err}
	}
	c, err := secure(ctx, raw, true)
	if err != nil {
		raw.Close()
		return nil, err
	}
	return c, nil
}

// Listener is a payee waiting.
type Listener struct {
	tcp    net.Listener
	limits Limits

	mu      sync.Mutex
	serving int
	perHost map[netip.Addr]int
}

// Listen opens the port; Serve answers on it. Use a loopback address unless the person wants to be
// found by others.
func Listen(ctx context.Context, address string, limits Limits) (*Listener, error) {
	var config net.ListenConfig
	tcp, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &Listener{tcp: tcp, limits: limits.orDefault(), perHost: map[netip.Addr]int{}}, nil
}

// Addr is where it listens.
func (l *Listener) Addr() net.Addr { return l.tcp.Addr() }

// Close stops listening. Sessions that are running go on until their own end.
func (l *Listener) Close() error { return l.tcp.Close() }

// Serve runs handle for each wallet that connects, at the same time for several, and closes the
// connection after it. It returns when the context is done or the listener closed, and all have ended.
func (l *Listener) Serve(ctx context.Context, handle func(context.Context, *Conn)) error {
	var sessions sync.WaitGroup
	defer sessions.Wait()
	defer context.AfterFunc(ctx, func() { l.tcp.Close() })()
	for {
		raw, err := l.tcp.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return nil
		case err != nil:
			// Out of descriptors, or a caller who has gone already: the next one may do better.
			pause(ctx)
			continue
		}
		host := hostOf(raw.RemoteAddr())
		if !l.admit(host) {
			raw.Close()
			continue
		}
		sessions.Go(func() {
			defer l.release(host)
			defer raw.Close()
			l.serve(ctx, raw, handle)
		})
	}
}

func (l *Listener) serve(ctx context.Context, raw net.Conn, handle func(context.Context, *Conn)) {
	soon, cancel := context.WithTimeout(ctx, l.limits.Handshake)
	defer cancel()
	c, err := secure(soon, raw, false)
	if err != nil {
		return // somebody who does not speak Kula: nothing came of it, and there is nobody to tell
	}
	handle(ctx, c)
}

func pause(ctx context.Context) {
	t := time.NewTimer(50 * time.Millisecond)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

func (l *Listener) admit(host netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.serving >= l.limits.Sessions || l.perHost[host] >= l.limits.PerHost {
		return false
	}
	l.serving++
	l.perHost[host]++
	return true
}

func (l *Listener) release(host netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.serving--
	if l.perHost[host]--; l.perHost[host] == 0 {
		delete(l.perHost, host)
	}
}

// hostOf is who is counted as one: an address, or of a routed IPv6 network the /64 that one phone may
// choose its addresses from.
func hostOf(a net.Addr) netip.Addr {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	ip := tcp.AddrPort().Addr().Unmap()
	if ip.Is4() || ip.IsLinkLocalUnicast() || ip.IsLoopback() {
		return ip
	}
	p, err := ip.Prefix(64)
	if err != nil {
		return ip
	}
	return p.Addr()
}
