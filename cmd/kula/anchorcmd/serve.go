package anchorcmd

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"kula/anchor"
	"kula/cmd/kula/daemon"
	"kula/cmd/kula/say"
	"kula/httpapi"
	"kula/httpapi/static"
	"kula/protocol"
	"kula/stellar"
	"kula/store/sqlite"
	"kula/web/app"
	"kula/web/console"
	"kula/web/console/office"

	"github.com/stellar/go-stellar-sdk/keypair"
	"golang.org/x/sync/errgroup"
)

// Serve is `kula anchor serve`.
type Serve struct {
	Place
	Listen         string `help:"Where wallets reach the anchor. Put a proxy with TLS before it." default:"127.0.0.1:8420"`
	OperatorListen string `help:"Where the bank's own staff reach it." default:"127.0.0.1:8422"`
	ConsoleListen  string `help:"Where the bank's console is: this machine only." default:"127.0.0.1:8424"`
	ConsoleURL     string `help:"Where officers open the console, if not at http://localhost: and its port. Behind a proxy with TLS, its https:// address."`
	ScreeningList  string `help:"Names that are looked up when somebody is identified at the console: one a line." type:"existingfile"`
	LogLevel       string `help:"How much is logged: debug, info, warn, error." enum:"debug,info,warn,error" default:"info"`

	// FirstOfficer and Approver are taken on when nobody works there, and get sign-in links at each start: on a bank to play with.
	FirstOfficer string `kong:"-"` // teller and operate
	Approver     string `kong:"-"` // approve: who asks and who approves are two people
}

// Help shows examples.
func (Serve) Help() string {
	return `Runs the bank until Ctrl-C; requests that are being answered are finished first.

Examples:
  kula anchor serve --home ./bank --passphrase-file secret`
}

// Ready is what serve says in JSON once it accepts connections.
type Ready struct {
	Ready    bool               `json:"ready"`
	URL      string             `json:"url"`
	Operator string             `json:"operator"`
	Console  string             `json:"console"`
	Link     string             `json:"console_link,omitempty"`  // signs FirstOfficer in, once
	Second   string             `json:"approver_link,omitempty"` // signs Approver in, once
	Anchor   protocol.AccountID `json:"anchor"`
	Name     string             `json:"name"`
	App      string             `json:"app,omitempty"` // the phone wallet's address; empty: kula was built without it
}

// Run serves.
func (c *Serve) Run(ctx context.Context, voice *say.Voice) error {
	passphrase, err := c.passphrase(voice)
	if err != nil {
		return err
	}
	group, ctx := daemon.NewGroup(ctx)
	ready, err := c.Start(ctx, group, passphrase)
	if err != nil {
		return err
	}
	if err := voice.Result(ready, func() {
		voice.Line("%s is open at %s", ready.Name, ready.URL)
		if ready.App != "" {
			voice.Line("phone wallet  %s", ready.App)
		}
		voice.Line("Its staff's address is %s. Its console is at %s (who may enter: kula anchor officer).", ready.Operator, ready.Console)
		voice.Line("Stop it with Ctrl-C.")
	}); err != nil {
		return err
	}
	return group.Wait()
}

// Start runs the anchor in a group.
func (c *Serve) Start(ctx context.Context, group *daemon.Group, passphrase string) (*Ready, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	parts, err := c.assemble(ctx, passphrase, log)
	if err != nil {
		return nil, err
	}
	doors, err := c.open(ctx)
	if err != nil {
		return nil, errors.Join(err, parts.store.Close())
	}
	if err := c.guarded(doors.console); err != nil {
		return nil, errors.Join(err, doors.close(), parts.store.Close())
	}
	ready := &Ready{Ready: true, URL: "http://" + doors.wallets.Addr().String(), Operator: "http://" + doors.operators.Addr().String(),
		Console: c.consoleURL(doors.console), Anchor: parts.charter.Anchor, Name: parts.charter.Name, App: parts.appURL(doors.wallets)}
	desk := console.Config{Bank: parts.bank, Store: parts.store, URL: ready.Console, Name: ready.Name, Horizon: parts.horizon, Now: time.Now, Log: log}
	if c.ScreeningList != "" {
		desk.Screener = console.FileList(c.ScreeningList)
	}
	parts.console, err = console.New(desk)
	if err == nil && c.FirstOfficer != "" {
		err = c.firstLinks(ctx, parts.console.Office(), ready)
	}
	if err != nil {
		return nil, errors.Join(err, doors.close(), parts.store.Close())
	}
	group.Go(func() error { return parts.run(ctx, doors) })
	return ready, nil
}

// doors are where the anchor is reached.
type doors struct{ wallets, operators, console net.Listener }

func (c *Serve) open(ctx context.Context) (*doors, error) {
	d := &doors{}
	for _, door := range []struct {
		addr string
		into *net.Listener
	}{{c.Listen, &d.wallets}, {c.OperatorListen, &d.operators}, {c.ConsoleListen, &d.console}} {
		var err error
		if *door.into, err = listen(ctx, door.addr); err != nil {
			return nil, errors.Join(err, d.close())
		}
	}
	return d, nil
}

// guarded refuses a console that others on the network could listen in on.
func (c *Serve) guarded(console net.Listener) error {
	at, ok := console.Addr().(*net.TCPAddr)
	if ok && at.IP.IsLoopback() || strings.HasPrefix(c.ConsoleURL, "https://") {
		return nil
	}
	return &say.Problem{Exit: say.Misused, Code: "console_in_the_open", What: "the console would be on the network without TLS, at " + console.Addr().String(),
		Next: "let it listen on 127.0.0.1, or put a proxy with TLS before it and say so with --console-url https://…"}
}

func (d *doors) close() error {
	var all []error
	for _, l := range []net.Listener{d.wallets, d.operators, d.console} {
		if l != nil {
			all = append(all, l.Close())
		}
	}
	return errors.Join(all...)
}

// consoleURL is the name localhost, at which browsers allow passkeys without TLS.
func (c *Serve) consoleURL(at net.Listener) string {
	if c.ConsoleURL != "" {
		return strings.TrimRight(c.ConsoleURL, "/")
	}
	_, port, err := net.SplitHostPort(at.Addr().String())
	if err != nil {
		return "http://" + at.Addr().String()
	}
	return "http://localhost:" + port
}

// firstLinks takes the first officers on, unless there are some, and makes sign-in links.
func (c *Serve) firstLinks(ctx context.Context, o *office.Office, ready *Ready) error {
	staff, err := o.Staff(ctx)
	if err != nil {
		return err
	}
	for _, one := range []struct {
		name  string
		roles office.Roles
		link  *string
	}{{c.FirstOfficer, office.Teller | office.Operate, &ready.Link}, {c.Approver, office.Approve, &ready.Second}} {
		if len(staff) == 0 {
			if _, err := o.Add(ctx, office.Console(), one.name, one.roles); err != nil {
				return err
			}
		}
		token, err := o.NewLink(ctx, office.Console(), one.name, false)
		switch {
		case errors.Is(err, office.ErrNoRecord): // removed since, or never here: nobody is let in by the back door
		case err != nil:
			return err
		default:
			*one.link = linkAt(ready.Console, token)
		}
	}
	return nil
}

// appURL is where people open the phone wallet: at the bank's address, or on this machine at localhost, the one name
// that browsers trust without a certificate.
func (p *parts) appURL(wallets net.Listener) string {
	endpoint, err := url.Parse(p.charter.Endpoint)
	switch {
	case !p.phone.Built() || err != nil:
		return ""
	case endpoint.Scheme == "https":
		return "https://" + endpoint.Host + "/"
	}
	_, port, err := net.SplitHostPort(wallets.Addr().String())
	if err != nil {
		return ""
	}
	return "http://localhost:" + port + "/"
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, &say.Problem{Exit: say.Failed, Code: "address_in_use", What: "cannot listen on " + addr + ": " + err.Error(),
			Next: "stop what listens there, or choose another address", Err: err}
	}
	return l, nil
}

// parts is an anchor, assembled.
type parts struct {
	store   *sqlite.Store
	bank    *anchor.Bank
	server  *httpapi.Server
	console *console.Server
	charter *protocol.Charter
	phone   *static.Site
	horizon string
}

func (c *Serve) assemble(ctx context.Context, passphrase string, log *slog.Logger) (*parts, error) {
	vault, err := openVault(c.Home, passphrase)
	if err != nil {
		return nil, err
	}
	terms, err := c.Home.terms()
	if err != nil {
		return nil, err
	}
	charter, err := c.Home.charter()
	if err != nil {
		return nil, err
	}
	cfg, err := railConfig(terms, vault)
	if err != nil {
		return nil, err
	}
	rail, err := stellar.New(cfg)
	if err != nil {
		return nil, err
	}
	signer, err := vault.signer(charter)
	if err != nil {
		return nil, err
	}
	p := &parts{charter: charter, horizon: terms.Horizon}
	if p.store, err = sqlite.Open(ctx, c.Home.Database()); err != nil {
		return nil, err
	}
	p.bank, err = anchor.New(ctx, anchor.Config{Network: protocol.NewNetwork(terms.Network), Charter: charter, Signer: signer, Store: p.store, Rail: rail,
		Treasury: mustAccount(cfg.Treasury), Now: time.Now, Rand: rand.Reader, Log: log})
	if err == nil {
		p.server, err = c.httpServer(p, terms, vault, cfg.Horizon, log)
	}
	if err != nil {
		return nil, errors.Join(err, p.store.Close())
	}
	return p, nil
}

func mustAccount(k *keypair.Full) protocol.AccountID {
	id, err := protocol.ParseAccount(k.Address())
	if err != nil {
		panic(err) // a keypair's address is one
	}
	return id
}

// signer is the newest issuing key that the charter names.
func (v *Vault) signer(charter *protocol.Charter) (anchor.Signer, error) {
	for i := len(charter.Keys) - 1; i >= 0; i-- {
		id := charter.Keys[i].ID
		if seed, ok := v.Issuing[id]; ok && charter.Keys[i].RevokedAt == 0 {
			key, err := privateKey(seed)
			if err != nil {
				return nil, err
			}
			return anchor.NewSigner(id, key), nil
		}
	}
	return nil, &say.Problem{Exit: say.Failed, Code: "no_issuing_key", What: "none of the charter's issuing keys is in the vault", Next: "sign a new charter with: kula anchor charter --new-key"}
}

func (c *Serve) httpServer(p *parts, terms *Terms, vault *Vault, horizon *stellar.Horizon, log *slog.Logger) (*httpapi.Server, error) {
	site, err := url.Parse(terms.Endpoint)
	if err != nil {
		return nil, badTerms("endpoint: " + err.Error())
	}
	signIn, err := keypair.ParseFull(vault.SignIn)
	if err != nil {
		return nil, fmt.Errorf("the sign-in key: %w", err)
	}
	endpoint := strings.TrimRight(terms.Endpoint, "/")
	auth, err := stellar.NewWebAuth(stellar.WebAuthConfig{Horizon: horizon, Key: signIn, HomeDomain: site.Host, Endpoint: endpoint + "/auth",
		Secret: vault.Token, Now: time.Now, Rand: rand.Reader})
	if err != nil {
		return nil, err
	}
	info, err := stellarTOML(p.charter, terms, endpoint, signIn.Address())
	if err != nil {
		return nil, err
	}
	token, err := say.SecretFile(c.Home.Token())
	if err != nil {
		return nil, err
	}
	if p.phone, err = static.New(app.Files(), endpoint); err != nil {
		return nil, err
	}
	return httpapi.New(httpapi.Config{Network: protocol.NewNetwork(terms.Network), Bank: p.bank, Auth: webAuth{auth}, StellarTOML: info,
		Operator: p.bank, OperatorToken: token, App: p.phone, Complaints: book{office.New(p.store, time.Now)}, Log: log})
}

func stellarTOML(charter *protocol.Charter, terms *Terms, endpoint, signingKey string) ([]byte, error) {
	info := stellar.Info{Version: "2.7.0", NetworkPassphrase: terms.Network, Accounts: []string{charter.Anchor.String(), charter.Deposit.String()},
		SigningKey: signingKey, WebAuthEndpoint: endpoint + "/auth", OfflinePaymentServer: endpoint,
		Documentation: stellar.OrgInfo{Name: charter.Name, URL: endpoint}}
	for _, a := range charter.Assets {
		currency := stellar.Currency{Code: a.Asset.CodeString(), DisplayDecimals: int(a.Decimals)}
		if !a.Asset.Native() {
			currency.Issuer = protocol.AccountID(a.Asset.Issuer).String()
		}
		info.Currencies = append(info.Currencies, currency)
	}
	return info.Encode()
}

// webAuth tells httpapi, in its own words, that a sign-in was refused.
type webAuth struct{ *stellar.WebAuth }

func (w webAuth) Challenge(ctx context.Context, account, homeDomain string) (string, string, error) {
	transaction, passphrase, err := w.WebAuth.Challenge(ctx, account, homeDomain)
	return transaction, passphrase, refused(err)
}

func (w webAuth) Token(ctx context.Context, transaction string) (string, error) {
	token, err := w.WebAuth.Token(ctx, transaction)
	return token, refused(err)
}

func (w webAuth) Account(ctx context.Context, token string) (anchor.AccountAuth, error) {
	auth, err := w.WebAuth.Account(ctx, token)
	return auth, refused(err)
}

func refused(err error) error {
	if errors.Is(err, stellar.ErrSignIn) {
		return fmt.Errorf("%w: %w", httpapi.ErrSignIn, err)
	}
	return err
}

// run answers until ctx ends. The bank's own loops end after the last request was answered, and the
// books are closed after both.
func (p *parts) run(ctx context.Context, d *doors) error {
	loops, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- p.bank.Run(loops) }()
	faces, ctx := errgroup.WithContext(ctx) // when one breaks, the others must not go on alone
	faces.Go(func() error { return p.server.Serve(ctx, d.wallets, d.operators) })
	faces.Go(func() error { return p.console.Serve(ctx, d.console) })
	err := faces.Wait()
	stop()
	return errors.Join(err, <-ended, p.store.Close())
}
