package console_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"html"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kula/anchor"
	"kula/anchor/anchortest"
	"kula/money"
	"kula/protocol"
	"kula/store/sqlite"
	"kula/store/sqlite/sqlitetest"
	"kula/web/console"
	"kula/web/console/office"
)

var network = protocol.NewNetwork("Kula console test")

func key(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func account(name string) protocol.AccountID {
	return protocol.AccountID(protocol.PublicKey(key(name)))
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// world is a real bank on a real file, and its console behind a real listener.
type world struct {
	t      testing.TB
	clock  atomic.Int64
	path   string
	store  *sqlite.Store
	rail   *anchortest.Ledger
	bank   *anchor.Bank
	asset  money.Asset
	server *console.Server
	office *office.Office
	url    string

	log      lockedBuffer
	screener console.Screener
}

// lockedBuffer is what the console logs.
type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newWorld(t testing.TB) *world {
	w := &world{t: t, path: sqlitetest.Path(t)}
	w.clock.Store(time.Now().Unix())
	var err error
	w.asset, err = money.NewAsset("VUV", protocol.PublicKey(key("issuer")))
	ok(t, err)
	w.store, err = sqlite.Open(t.Context(), w.path)
	ok(t, err)
	t.Cleanup(func() { _ = w.store.Close() })
	w.rail = anchortest.New(account("deposit"), 300, func() uint64 { return uint64(w.clock.Load()) })
	w.rail.Fund(w.asset, 1_000_000*money.Unit)
	w.open(w.charter())
	w.serve(w.timeNow)
	return w
}

func (w *world) timeNow() time.Time { return time.Unix(w.clock.Load(), 0) }

func (w *world) open(c *protocol.Charter) {
	var err error
	w.bank, err = anchor.New(w.t.Context(), anchor.Config{Network: network, Charter: c, Signer: anchor.NewSigner(1, key("issuing")),
		Store: w.store, Rail: w.rail, Treasury: account("treasury"), Rand: rand.Reader, Now: w.timeNow})
	ok(w.t, err)
}

func (w *world) serve(now func() time.Time) {
	listener, err := new(net.ListenConfig).Listen(w.t.Context(), "tcp", "127.0.0.1:0")
	ok(w.t, err)
	_, port, err := net.SplitHostPort(listener.Addr().String())
	ok(w.t, err)
	w.url = "http://localhost:" + port
	w.server, err = console.New(console.Config{Bank: w.bank, Store: w.store, URL: w.url, Name: "Bank of Tanna", Screener: w.screener, Now: now,
		Log: slog.New(slog.NewTextHandler(&w.log, nil))})
	ok(w.t, err)
	w.office = w.server.Office()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	server := w.server // a test may put another in its place
	go func() { ended <- server.Serve(ctx, listener) }()
	w.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			w.t.Error(err)
		}
	})
}

func (w *world) charter() *protocol.Charter {
	limits := protocol.Limits{PerBill: 1e12, MaxSpend: 1e13, MaxHolding: 1e13, MaxDepth: 8}
	c := &protocol.Charter{
		Anchor: account("anchor"), Serial: 1, Name: "Bank of Tanna", Network: network.ID, IssuedAt: uint64(w.clock.Load()),
		Keys:    []protocol.IssuingKey{{ID: 1, Key: protocol.PublicKey(key("issuing")), NotBefore: 0, NotAfter: 1 << 40}},
		Deposit: account("deposit"), Lifetimes: protocol.DefaultLifetimes(), Endpoint: "http://127.0.0.1",
		Assets: []protocol.AssetTerms{{Asset: w.asset, Decimals: 0, Step: 1, Tiers: []protocol.Tier{{Name: "basic", Limits: limits}, {Name: "shop", Limits: limits}}}},
	}
	c.Signature = protocol.Sign(key("anchor"), network.Hash(c))
	return c
}

func (w *world) pass(d time.Duration) { w.clock.Add(int64(d / time.Second)) }

// purse enrols a phone.
func (w *world) purse(name, of string) protocol.PurseID {
	device := key(name + "'s phone")
	e := &protocol.Enrolment{
		Anchor: account("anchor"), Account: account(of), Asset: w.asset, Kind: protocol.Circulating,
		Quorum: protocol.Quorum{Signers: []protocol.Signer{{Key: protocol.PublicKey(device), Weight: 1}}, Threshold: 1},
	}
	h := network.Hash(e)
	e.DeviceSignatures = []protocol.DeviceSignature{{Index: 0, Signature: protocol.Sign(device, h)}}
	e.AccountSignatures = []protocol.AccountSignature{{Key: protocol.PublicKey(key(of)), Signature: protocol.Sign(key(of), h)}}
	auth := anchor.AccountAuth{Account: account(of), Signers: []anchor.AccountSigner{{Key: protocol.Key(account(of)), Weight: 1}}, MediumThreshold: 1}
	_, err := w.bank.Enrol(w.t.Context(), auth, e, name)
	ok(w.t, err)
	return protocol.PurseID(h)
}

func (w *world) load(id protocol.PurseID, amount money.Amount) {
	v, err := w.bank.Purse(w.t.Context(), id)
	ok(w.t, err)
	n, err := strconv.ParseUint(v.Deposit.MemoID, 10, 64)
	ok(w.t, err)
	w.rail.Pay(anchor.Incoming{From: account("sender").String(), Asset: w.asset, Amount: amount, MemoID: &n})
	_, err = w.bank.Ingest(w.t.Context())
	ok(w.t, err)
}

func (w *world) state(id protocol.PurseID) string {
	v, err := w.bank.Purse(w.t.Context(), id)
	ok(w.t, err)
	return v.State
}

// trail is the audit trail, oldest first, as "who act object outcome".
func (w *world) trail() (lines []string) {
	records, err := w.office.Trail(w.t.Context(), 0, 1000)
	ok(w.t, err)
	for i := len(records) - 1; i >= 0; i-- {
		r := records[i]
		lines = append(lines, strings.Join([]string{r.Officer, r.Act, r.Object, r.Outcome}, " "))
	}
	return lines
}

func (w *world) lastLine() string {
	lines := w.trail()
	return lines[len(lines)-1]
}

// db opens the bank's file beside the bank, as somebody with the machine in hand could.
func (w *world) db() *sql.DB {
	db, err := sql.Open("sqlite", w.path)
	ok(w.t, err)
	w.t.Cleanup(func() { _ = db.Close() })
	return db
}

// browser is an officer's.
type browser struct {
	w     *world
	c     *http.Client
	agent string
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	ok(w.t, err)
	c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Timeout: time.Minute}
	w.t.Cleanup(c.CloseIdleConnections)
	return &browser{w, c, "Browser/1"}
}

// answer is what a page said.
type answer struct {
	status int
	to     string
	body   string
	header http.Header
}

var csrfOf = regexp.MustCompile(`name="csrf" (?:content|value)="([^"]+)"`)

func (b *browser) do(method, path string, header http.Header, body string) answer {
	b.w.t.Helper()
	r, err := http.NewRequestWithContext(b.w.t.Context(), method, b.w.url+path, strings.NewReader(body))
	ok(b.w.t, err)
	for k, v := range header {
		r.Header[k] = v
	}
	r.Header.Set("User-Agent", b.agent)
	res, err := b.c.Do(r)
	ok(b.w.t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	ok(b.w.t, err)
	return answer{res.StatusCode, res.Header.Get("Location"), string(data), res.Header}
}

func (b *browser) get(path string) answer { return b.do(http.MethodGet, path, nil, "") }

// csrf is the token that the pages of this browser carry.
func (b *browser) csrf() string {
	b.w.t.Helper()
	for _, path := range []string{"/me", "/enter"} {
		if found := csrfOf.FindStringSubmatch(b.get(path).body); found != nil {
			return found[1]
		}
	}
	b.w.t.Fatal("no page carries a token")
	return ""
}

func formHeader(origin string) http.Header {
	return http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Origin": {origin}}
}

// post sends a form of the console's own.
func (b *browser) post(path string, fields ...string) answer {
	b.w.t.Helper()
	form := url.Values{"csrf": {b.csrf()}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return b.do(http.MethodPost, path, formHeader(b.w.url), form.Encode())
}

var seenOf = regexp.MustCompile(`name="seen" value="([^"]*)"`)

// approve looks at a request and approves what the page shows; who may not sees no form, and tries all the same.
func (b *browser) approve(request string) answer {
	b.w.t.Helper()
	return b.post(request+"/approve", "seen", b.seen(request))
}

func (b *browser) seen(request string) string {
	if found := seenOf.FindStringSubmatch(b.get(request).body); found != nil {
		return html.UnescapeString(found[1])
	}
	return ""
}

// postJSON sends what a script sends.
func (b *browser) postJSON(path string, body, into any) answer {
	b.w.t.Helper()
	data, err := json.Marshal(body)
	ok(b.w.t, err)
	a := b.do(http.MethodPost, path, http.Header{
		"Content-Type": {"application/json"}, "Accept": {"application/json"}, "Origin": {b.w.url}, "X-Csrf-Token": {b.csrf()},
	}, string(data))
	if into != nil && a.status == http.StatusOK {
		ok(b.w.t, json.Unmarshal([]byte(a.body), into))
	}
	return a
}

func (b *browser) act(kind string, fields ...string) answer {
	b.w.t.Helper()
	return b.post("/acts/"+kind, append([]string{"key", rand.Text(), "reason", "at the holder's word"}, fields...)...)
}

// hire takes somebody on and signs them in.
func (w *world) hire(name string, roles office.Roles) *browser {
	w.t.Helper()
	_, err := w.office.Add(w.t.Context(), office.Console(), name, roles)
	ok(w.t, err)
	return w.enter(name)
}

func (w *world) link(name string) string {
	token, err := w.office.NewLink(w.t.Context(), office.Console(), name, false)
	ok(w.t, err)
	return token
}

func (w *world) enter(name string) *browser {
	w.t.Helper()
	b := w.browser()
	if a := b.post("/enter", "token", w.link(name)); a.status != http.StatusSeeOther {
		w.t.Fatal(a)
	}
	w.pass(time.Minute) // tests enter more often than the door lets one address
	return b
}

// signedIn reports whether the browser is let in.
func (b *browser) signedIn() bool { return b.get("/me").status == http.StatusOK }
