// Package appcmd is `kula app`: the phone wallet's files, served where there is no bank's server.
package appcmd

import (
	"context"
	"crypto/tls"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"time"

	"kula/cmd/kula/daemon"
	"kula/cmd/kula/say"
	"kula/httpapi/static"
	"kula/web/app"
)

// Command is `kula app`.
type Command struct {
	Serve Serve `cmd:"" help:"Serve the phone wallet's files, for instance from a shop's computer over its own hotspot."`
}

// Serve is `kula app serve`.
type Serve struct {
	Listen   string `help:"Where phones reach this computer." default:"127.0.0.1:8425"`
	Cert     string `help:"The certificate of the name under which phones know the app, with its chain." type:"existingfile"`
	Key      string `help:"Its key." type:"existingfile"`
	Endpoint string `help:"The bank's address, where it differs from the app's."`

	files fs.FS // instead of the built app, in tests
}

// Help shows examples.
func (Serve) Help() string {
	return `Serves the files and nothing else: no bank, no network behind it. Phones install the app from it, or a newer one.
They must find it under the name that the app always has, with that name's certificate; without one, only this
computer is served.

Examples:
  kula app serve --listen 0.0.0.0:443 --cert app.pem --key app.key --endpoint https://bank.example
  kula app serve`
}

// Ready is what serve says in JSON once it accepts connections.
type Ready struct {
	Ready bool   `json:"ready"`
	URL   string `json:"url"`
}

// Run serves until Ctrl-C.
func (c *Serve) Run(ctx context.Context, voice *say.Voice) error {
	if err := c.check(); err != nil {
		return err
	}
	group, ctx := daemon.NewGroup(ctx)
	url, err := c.start(ctx, group)
	if err != nil {
		return err
	}
	if err := voice.Result(Ready{true, url}, func() { voice.Line("phone wallet  %s", url) }); err != nil {
		return err
	}
	return group.Wait()
}

// check refuses what browsers would refuse, before anybody wonders why.
func (c *Serve) check() error {
	if (c.Cert == "") != (c.Key == "") {
		return &say.Problem{Exit: say.Misused, Code: "usage", What: "--cert and --key go together"}
	}
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return &say.Problem{Exit: say.Misused, Code: "usage", What: "--listen: " + err.Error(), Err: err}
	}
	addr, err := netip.ParseAddr(host)
	here := host == "localhost" || err == nil && addr.IsLoopback()
	if c.Cert == "" && !here {
		return &say.Problem{Exit: say.Misused, Code: "needs_certificate", What: "phones do not take the app without a certificate",
			Next: "give --cert and --key, or listen on this computer alone: --listen 127.0.0.1:8425"}
	}
	return nil
}

func (c *Serve) start(ctx context.Context, group *daemon.Group) (string, error) {
	site, err := c.site()
	if err != nil {
		return "", err
	}
	if c.Cert == "" {
		return group.Serve(c.Listen, site)
	}
	pair, err := tls.LoadX509KeyPair(c.Cert, c.Key)
	if err != nil {
		return "", &say.Problem{Exit: say.Failed, Code: "bad_certificate", What: "the certificate and its key: " + err.Error(), Err: err}
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return "", &say.Problem{Exit: say.Failed, Code: "address_in_use", What: "cannot listen on " + c.Listen + ": " + err.Error(),
			Next: "stop what listens there, or choose another address", Err: err}
	}
	server := &http.Server{Handler: site, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}}
	group.Go(func() error {
		if err := server.ServeTLS(listener, "", ""); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		return server.Close() // files: whoever was cut off asks again
	})
	return "https://" + listener.Addr().String(), nil
}

func (c *Serve) site() (*static.Site, error) {
	var connect []string
	if c.Endpoint != "" {
		connect = append(connect, c.Endpoint)
	}
	files := c.files
	if files == nil {
		files = app.Files()
	}
	site, err := static.New(files, connect...)
	if err != nil {
		return nil, &say.Problem{Exit: say.Misused, Code: "usage", What: err.Error(), Err: err}
	}
	if !site.Built() {
		return nil, &say.Problem{Exit: say.Failed, Code: "not_built", What: "this kula was built without the phone wallet", Next: "build it with: make build"}
	}
	return site, nil
}
