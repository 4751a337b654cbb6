package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kula/anchor"
	"kula/httpapi"
	"kula/httpapi/api"
	"kula/httpapi/client"
	"kula/money"
	"kula/protocol"

	"go.yaml.in/yaml/v3"
	"golang.org/x/time/rate"
)

const operatorToken = "0123456789abcdef0123456789abcdef"

type fixture struct {
	bank   *watched
	mary   *person
	server *httpapi.Server
	url    string
	ops    string
	client *client.Client
	log    *bytes.Buffer
}

func (p *person) device() *client.Device {
	return &client.Device{Purse: p.purse, Sign: func(nonce protocol.Hash) (protocol.Signature, error) {
		return p.sign(testNetwork.DeviceAuthHash(nonce, p.purse)), nil
	}}
}

func config(bank *watched) httpapi.Config {
	return httpapi.Config{Network: testNetwork, Bank: bank, Auth: door{}, StellarTOML: []byte("OFFLINE_PAYMENT_SERVER = \"x\"\n"),
		Operator: bank, OperatorToken: operatorToken, Limits: httpapi.Limits{PerAddress: rate.Inf, PerPurse: rate.Inf, Body: 200 * time.Millisecond}}
}

// start serves a bank at which Mary is enrolled.
func start(t *testing.T, change func(*httpapi.Config)) *fixture {
	t.Helper()
	f := &fixture{bank: openBank(t), log: new(bytes.Buffer)}
	f.mary = newPerson("Mary").enrol(t, f.bank)
	cfg := config(f.bank)
	cfg.Log = slog.New(slog.NewTextHandler(f.log, nil))
	if change != nil {
		change(&cfg)
	}
	var err error
	f.server, err = httpapi.New(cfg)
	ok(t, err)
	wallets, operators := httptest.NewServer(f.server.Wallets()), httptest.NewServer(f.server.Operators())
	t.Cleanup(wallets.Close)
	t.Cleanup(operators.Close)
	f.url, f.ops = wallets.URL, operators.URL
	f.client, err = client.New(f.url, testNetwork, client.Options{})
	ok(t, err)
	return f
}

// ask sends a request as it is and reads the answer.
func ask(t *testing.T, method, url, mediaType string, body io.Reader, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	if mediaType != "" {
		r.Header.Set("Content-Type", mediaType)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(text)
}

// wantProblem checks that an answer is problem+json with this status and code.
func wantProblem(t *testing.T, r *http.Response, body string, status int, code string) {
	t.Helper()
	var p api.Problem
	if err := json.Unmarshal([]byte(body), &p); err != nil || r.Header.Get("Content-Type") != api.ProblemType {
		t.Fatalf("not a problem: %d %q %s", r.StatusCode, r.Header.Get("Content-Type"), body)
	}
	if r.StatusCode != status || p.Status != status || p.Code != code || p.Detail == "" || p.Type != "about:blank" || p.Title != http.StatusText(status) {
		t.Fatalf("got %d %+v, want %d %s", r.StatusCode, p, status, code)
	}
}

func emptyBundle() []byte { return protocol.NewBundle(testNetwork).Encode() }

func TestConformanceEveryRouteIsServedAndInTheSpecification(t *testing.T) {
	f := start(t, nil)
	text, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var spec struct {
		Paths map[string]map[string]struct {
			Tags []string `yaml:"tags"`
		} `yaml:"paths"`
	}
	if err := yaml.Unmarshal(text, &spec); err != nil || len(spec.Paths) < 10 {
		t.Fatal(len(spec.Paths), err)
	}
	fill := strings.NewReplacer("{purse}", f.mary.purse.String(), "{entry}", protocol.Hash{1}.String(), "{id}", "7", "{operation}", "7")
	for path, item := range spec.Paths {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			operation, named := item[strings.ToLower(method)]
			for face, base := range map[string]string{"wallet": f.url, "operator": f.ops} {
				r, body := ask(t, method, base+fill.Replace(path), "", nil, "Authorization", "Bearer "+operatorToken)
				here := named && (slices.Contains(operation.Tags, "monitoring") || (face == "operator") == slices.Contains(operation.Tags, "operator"))
				missing := r.StatusCode == http.StatusMethodNotAllowed || r.StatusCode == http.StatusNotFound && strings.Contains(body, "nothing at this address")
				if here == missing {
					t.Errorf("%s's face, %s %s: in the specification for it: %v, answered %d", face, method, path, here, r.StatusCode)
				}
			}
		}
	}
}

func TestConformanceClientServerAndBankAgree(t *testing.T) {
	f := start(t, nil)
	ctx := t.Context()
	john := newPerson("John")
	charter, notice, err := f.client.Charter(ctx)
	if err != nil || charter.Name != "Bank of Tanna" || notice.Epoch != 1 {
		t.Fatal(charter, notice, err)
	}
	transaction, passphrase, err := f.client.SignInChallenge(ctx, john.enrolment.Account)
	if err != nil || passphrase == "" {
		t.Fatal(err)
	}
	token, err := f.client.SignIn(ctx, transaction)
	ok(t, err)
	for range 2 { // idempotent
		b, err := f.client.Enrol(ctx, token, john.enrolment, "John & sons, “Lenakel”")
		if err != nil || protocol.All[*protocol.Card](b)[0].Name != "John & sons, “Lenakel”" {
			t.Fatal(b, err)
		}
	}
	view, err := f.client.Purse(ctx, *john.device())
	if err != nil || view.Purse != john.purse || view.Deposit.Fee.BasisPoints != 10 || view.Limits.PerBill != 1e12 {
		t.Fatal(view, err)
	}
	reply := f.refreshed(t, john)
	if sheets := protocol.All[*protocol.Sheet](reply.Bundle); len(sheets) != 1 || sheets[0].Purse != john.purse {
		t.Fatal(reply.Problems)
	}
	out, err := f.client.Unload(ctx, *john.device(), 3*money.Unit, john.enrolment.Account.String(), "rent")
	if err != nil || out.Fee != money.Unit/2 || out.Bill.Amount != 3*money.Unit || out.Request.Len() != 2 {
		t.Fatal(out, err)
	}
	if _, _, err := f.client.Receipt(ctx, protocol.Hash{7}); client.CodeOf(err) != "not_found" {
		t.Fatal(err)
	}
}

// refreshed gets somebody their sheet, over HTTP.
func (f *fixture) refreshed(t *testing.T, p *person) *client.SyncReply {
	t.Helper()
	challenge, err := f.client.Challenge(t.Context(), p.purse)
	ok(t, err)
	reply, err := f.client.Sync(t.Context(), protocol.NewBundle(testNetwork, p.statement(challenge.Nonce)).Encode(), 0, p.device())
	ok(t, err)
	return reply
}

// loaded puts money into somebody's purse, as the ledger would.
func (f *fixture) loaded(t *testing.T, p *person, amount money.Amount) {
	t.Helper()
	view, err := f.bank.Purse(t.Context(), p.purse)
	ok(t, err)
	reference, err := strconv.ParseUint(view.Deposit.MemoID, 10, 64)
	ok(t, err)
	f.bank.ledger.Pay(anchor.Incoming{Kind: anchor.IncomingPayment, From: p.enrolment.Account.String(), Asset: vatu(), Amount: amount, MemoID: &reference, At: begin})
	_, err = f.bank.Ingest(t.Context())
	ok(t, err)
}

func TestConformanceLoadRefreshPayRedeem(t *testing.T) {
	f := start(t, nil)
	john := newPerson("John").enrol(t, f.bank)
	f.loaded(t, f.mary, 100*money.Unit)
	sheet := protocol.All[*protocol.Sheet](f.refreshed(t, f.mary).Bundle)[0]
	bill := john.bill(7 * money.Unit)
	entry := f.mary.pay(sheet, bill)
	h := testNetwork.Hash(entry)
	encoded := protocol.NewBundle(testNetwork, sheet, bill, entry).Encode(sheet) // the anchor has its own sheet
	for range 3 {
		reply, err := f.client.Sync(t.Context(), encoded, 0, john.device())
		ok(t, err)
		receipts := protocol.All[*protocol.Receipt](reply.Bundle)
		if len(receipts) != 1 || receipts[0].Entry != h || receipts[0].Outcome != protocol.Honoured || len(reply.Problems) != 0 {
			t.Fatal(receipts, reply.Problems)
		}
	}
	receipt, payout, err := f.client.Receipt(t.Context(), h)
	if err != nil || receipt.Amount != 7*money.Unit || payout != nil {
		t.Fatal(receipt, payout, err)
	}
	if view, err := f.client.Purse(t.Context(), *john.device()); err != nil || view.AtBank != 7*money.Unit {
		t.Fatal(view, err)
	}
	_, page := ask(t, "GET", f.ops+"/metrics", "", nil)
	if !strings.Contains(page, `kula_redeem_documents_total{outcome="honoured"} 3`) {
		t.Error("the figures do not count what was honoured")
	}
}

func TestAttackBodies(t *testing.T) {
	f := start(t, nil)
	account := f.mary.enrolment.Account.String()
	enrolment := protocol.NewBundle(testNetwork)
	enrolment.AddRoot(f.mary.enrolment)
	good := enrolment.Encode()
	other := protocol.NewBundle(protocol.NewNetwork("another")).Encode()
	const bundle, js = api.BundleType, api.JSONType
	for _, c := range []struct {
		name, path, mediaType, body string
		status                      int
		code                        string
	}{
		{"a bundle over the limit", "/v1/sync", bundle, strings.Repeat("x", api.MaxBundle+1), 413, "body_too_large"},
		{"JSON over the limit", "/v1/challenge", js, `{"purse":"` + strings.Repeat("0", api.MaxJSON) + `"}`, 413, "body_too_large"},
		{"no type", "/v1/sync", "", string(emptyBundle()), 415, "unsupported_media_type"},
		{"JSON where a bundle belongs", "/v1/sync", js, "{}", 415, "unsupported_media_type"},
		{"a bundle where JSON belongs", "/v1/challenge", bundle, string(good), 415, "unsupported_media_type"},
		{"an empty body", "/v1/sync", bundle, "", 400, "truncated"},
		{"not a bundle", "/v1/sync", bundle, "PK\x03\x04 something else", 400, "unknown_type"},
		{"another network's bundle", "/v1/sync", bundle, string(other), 400, "wrong_network"},
		{"bytes after the bundle", "/v1/sync", bundle, string(emptyBundle()) + "\x00", 400, "trailing_bytes"},
		{"a negative cursor", "/v1/sync?after=-1", bundle, string(emptyBundle()), 400, "bad_request"},
		{"a cursor that is no number", "/v1/sync?after=x", bundle, string(emptyBundle()), 400, "bad_request"},
		{"an unknown member", "/v1/challenge", js, `{"purse":"` + f.mary.purse.String() + `","x":1}`, 400, "bad_request"},
		{"two values", "/v1/challenge", js, `{"purse":"` + f.mary.purse.String() + `"} {}`, 400, "bad_request"},
		{"half a value", "/v1/challenge", js, `{"purse":`, 400, "bad_request"},
		{"a purse in capitals", "/v1/challenge", js, `{"purse":"` + strings.Repeat("AB", 32) + `"}`, 400, "bad_request"},
		{"a purse that is a number", "/v1/challenge", js, `{"purse":7}`, 400, "bad_request"},
		{"a purse nobody has", "/v1/challenge", js, `{"purse":"` + strings.Repeat("00", 32) + `"}`, 404, "unknown_purse"},
		{"no purse", "/v1/challenge", js, `{}`, 404, "unknown_purse"},
		{"nested a thousand times", "/v1/challenge", js, strings.Repeat("[", 10000), 400, "bad_request"},
		{"a form without the field", "/auth", "application/x-www-form-urlencoded", "x=y", 400, "bad_request"},
		{"somebody else's challenge", "/auth", js, `{"transaction":"BBBB"}`, 401, "unauthenticated"},
		{"an enrolment without a name", "/v1/enrol", bundle, string(good), 400, "bad_request"},
		{"an enrolment without a root", "/v1/enrol?name=M", bundle, string(emptyBundle()), 400, "bad_request"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, body := ask(t, "POST", f.url+c.path, c.mediaType, strings.NewReader(c.body), "Authorization", "Bearer token-"+account)
			if strings.HasPrefix(c.path, "/v1/sync") {
				r, body = ask(t, "POST", f.url+c.path, c.mediaType, strings.NewReader(c.body))
			}
			wantProblem(t, r, body, c.status, c.code)
		})
	}
	for n := range good { // cut at every byte
		if r, body := ask(t, "POST", f.url+"/v1/sync", bundle, bytes.NewReader(good[:n])); r.StatusCode != 400 {
			t.Fatalf("cut after %d bytes: %d %s", n, r.StatusCode, body)
		}
	}
	if len(f.bank.inside) != 0 {
		t.Error("the bank was shown a bundle that is none")
	}
}

func TestAttackCompressedBodyIsRefused(t *testing.T) {
	f := start(t, nil)
	r, body := ask(t, "POST", f.url+"/v1/sync", api.BundleType, bytes.NewReader(emptyBundle()), "Content-Encoding", "gzip")
	wantProblem(t, r, body, 415, "unsupported_media_type")
}

func TestTornBodyReachesNobody(t *testing.T) {
	f := start(t, nil)
	whole := emptyBundle()
	for n := range whole {
		conn, err := net.Dial("tcp", strings.TrimPrefix(f.url, "http://"))
		ok(t, err)
		_, err = fmt.Fprintf(conn, "POST /v1/sync HTTP/1.1\r\nHost: bank\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", api.BundleType, len(whole), whole[:n])
		ok(t, err)
		ok(t, conn.(*net.TCPConn).CloseWrite())
		answer, err := io.ReadAll(conn) // the server hangs up
		ok(t, err)
		conn.Close()
		if !strings.Contains(string(answer), "400 Bad Request") {
			t.Errorf("cut after %d bytes: %s", n, answer)
		}
	}
	if len(f.bank.inside) > 0 {
		t.Error("the bank was shown a torn bundle")
	}
}

func TestAttackSlowBodyIsCutOff(t *testing.T) {
	f := start(t, nil)
	reader, writer := io.Pipe()
	defer writer.Close()
	go func() { _, _ = writer.Write(emptyBundle()[:3]) }()
	r, body := ask(t, "POST", f.url+"/v1/sync", api.BundleType, reader)
	wantProblem(t, r, body, http.StatusRequestTimeout, "request_timeout")
}

// The time that a body may take must not cut short what the bank does with it, nor the next request.
func TestWorkMayTakeLongerThanTheBody(t *testing.T) {
	f := start(t, nil)
	f.bank.slow = 400 * time.Millisecond
	for range 2 {
		if _, err := f.client.Sync(t.Context(), emptyBundle(), 0, nil); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWorkIsBounded(t *testing.T) {
	f := start(t, func(c *httpapi.Config) { c.Limits.Work = 50 * time.Millisecond })
	f.bank.slow = time.Minute
	r, body := ask(t, "POST", f.url+"/v1/sync", api.BundleType, bytes.NewReader(emptyBundle()))
	wantProblem(t, r, body, 503, "unavailable")
}

func TestAttackTooManyAtOnce(t *testing.T) {
	f := start(t, func(c *httpapi.Config) { c.Limits.AtOnce = 1 })
	f.bank.hold = make(chan struct{})
	first := make(chan error, 1)
	go func() {
		_, err := f.client.Sync(context.Background(), emptyBundle(), 0, nil)
		first <- err
	}()
	<-f.bank.inside
	r, body := ask(t, "GET", f.url+"/v1/charter", "", nil)
	wantProblem(t, r, body, 503, "unavailable")
	if r.Header.Get("Retry-After") != "1" {
		t.Error(r.Header)
	}
	close(f.bank.hold)
	ok(t, <-first)
	if r, body := ask(t, "GET", f.url+"/v1/charter", "", nil); r.StatusCode != 200 {
		t.Error(body)
	}
}

func TestUnknownRoutesAndMethods(t *testing.T) {
	f := start(t, nil)
	for _, path := range []string{"/", "/v2/sync", "/v1", "/v1/purses", "/operator/books", "/v1/receipts/" + strings.Repeat("0", 64) + "/x"} {
		r, body := ask(t, "GET", f.url+path, "", nil)
		wantProblem(t, r, body, 404, "not_found")
	}
	r, body := ask(t, "DELETE", f.url+"/v1/charter", "", nil)
	wantProblem(t, r, body, 405, "method_not_allowed")
	if r.Header.Get("Allow") != "GET" {
		t.Errorf("Allow is %q", r.Header.Get("Allow"))
	}
	if r, body = ask(t, "GET", f.url+"/v1/receipts/xyz", "", nil); !strings.Contains(body, "bad_request") || strings.Contains(body, "xyz") {
		t.Errorf("%d %s", r.StatusCode, body)
	}
}

func TestFailuresTellTheCallerNothing(t *testing.T) {
	f := start(t, nil)
	r, body := ask(t, "GET", f.url+"/v1/receipts/"+protocol.Hash{2}.String(), "", nil)
	wantProblem(t, r, body, 500, "internal")
	if strings.Contains(body, "fire") || !strings.Contains(f.log.String(), "fire") {
		t.Errorf("the caller was told %s, the log says %s", body, f.log)
	}
	r, body = ask(t, "GET", f.url+"/v1/receipts/"+protocol.Hash{3}.String(), "", nil)
	wantProblem(t, r, body, 500, "internal")
	if !strings.Contains(f.log.String(), "a bug") {
		t.Error("a panic left no trace in the log")
	}
	down := start(t, func(c *httpapi.Config) { c.Auth = door{down: true} })
	r, body = ask(t, "POST", down.url+"/auth", api.JSONType, strings.NewReader(`{"transaction":"AAAA"}`))
	wantProblem(t, r, body, 503, "unavailable")
	if strings.Contains(body, "10.0.0.9") || r.Header.Get("Retry-After") == "" {
		t.Error(body, r.Header)
	}
}

func TestHeadersForBrowsers(t *testing.T) {
	f := start(t, nil)
	for _, path := range []string{"/.well-known/stellar.toml", "/auth?account=" + f.mary.enrolment.Account.String(), "/v1/charter"} {
		r, body := ask(t, "GET", f.url+path, "", nil, "Origin", "https://wallet.example")
		h := r.Header
		if r.StatusCode != 200 || h.Get("Access-Control-Allow-Origin") != "*" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v %s", path, r.StatusCode, h, body)
		}
	}
	r, _ := ask(t, "OPTIONS", f.url+"/v1/sync", "", nil, "Origin", "https://wallet.example", "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization")
	if r.StatusCode != 204 || !strings.Contains(r.Header.Get("Access-Control-Allow-Headers"), "Authorization") || r.Header.Get("Access-Control-Allow-Methods") == "" {
		t.Errorf("preflight: %d %v", r.StatusCode, r.Header)
	}
	if r, _ := ask(t, "GET", f.ops+"/healthz", "", nil); r.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("the operator's face is open to other origins")
	}
}

func TestMonitoring(t *testing.T) {
	f := start(t, func(c *httpapi.Config) {
		c.Gauges = func(context.Context) ([]httpapi.Gauge, error) {
			return []httpapi.Gauge{{Name: "kula_reserve_difference", Help: "x", Labels: map[string]string{"asset": "VUV"}, Value: 3}}, nil
		}
	})
	if _, err := f.client.Sync(t.Context(), protocol.NewBundle(testNetwork, newPerson("Nobody").statement(protocol.Hash{})).Encode(), 0, nil); err != nil {
		t.Fatal(err)
	}
	for _, base := range []string{f.url, f.ops} {
		for _, path := range []string{"/healthz", "/readyz"} {
			if r, body := ask(t, "GET", base+path, "", nil); r.StatusCode != 200 {
				t.Error(path, r.StatusCode, body)
			}
		}
		_, page := ask(t, "GET", base+"/metrics", "", nil)
		for _, want := range []string{`kula_http_requests_total{code="",face="wallet",method="POST",route="POST /v1/sync",status="200"} 1`,
			`kula_redeem_documents_total{outcome="unknown_sheet"} 1`, `kula_reserve_difference{asset="VUV"} 3`, "kula_http_request_seconds_bucket"} {
			if !strings.Contains(page, want) {
				t.Errorf("no %s in the figures", want)
			}
		}
	}
	r, body := ask(t, "GET", f.url+"/metrics", "", nil, "X-Forwarded-For", "203.0.113.9")
	wantProblem(t, r, body, 403, "forbidden")
	f.server.StopReady()
	r, body = ask(t, "GET", f.url+"/readyz", "", nil)
	wantProblem(t, r, body, 503, "unavailable")
}

func TestFiguresOfTheBank(t *testing.T) {
	f := start(t, nil)
	f.bank.ledger.Pay(anchor.Incoming{Kind: anchor.IncomingPayment, From: account("sender").String(), Asset: vatu(), Amount: 10 * money.Unit, At: begin})
	_, err := f.bank.Ingest(t.Context())
	ok(t, err)
	figures := func(want ...string) {
		t.Helper()
		_, page := ask(t, "GET", f.ops+"/metrics", "", nil)
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("no %q in the figures", w)
			}
		}
	}
	asset := `{asset="VUV:` + account("issuer").String() + `"} `
	figures("kula_suspense_items 1", `kula_payouts{state="parked"} 0`, "kula_guarantee_fund"+asset+"0", "kula_guarantee_claims"+asset+"0", "kula_books_balance 1", "kula_reserve_agrees"+asset+"1", "kula_reserve_books"+asset+"10", "kula_reserve_ledger"+asset+"10")
	f.bank.ledger.SetDown(true)
	figures("kula_suspense_items 1", "kula_ledger_answers 0")
}

func TestAttackSecretsStayOutOfTheLog(t *testing.T) {
	f := start(t, nil)
	if _, err := f.client.Sync(t.Context(), emptyBundle(), 0, f.mary.device()); err != nil {
		t.Fatal(err)
	}
	if _, err := f.client.Enrol(t.Context(), "token-"+f.mary.enrolment.Account.String(), f.mary.enrolment, "Mary Kalo"); err != nil {
		t.Fatal(err)
	}
	ask(t, "GET", f.ops+"/operator/books", "", nil, "Authorization", "Bearer "+operatorToken)
	for _, secret := range []string{"token-", "Mary", f.mary.purse.String(), operatorToken, "Kula "} {
		if strings.Contains(f.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	if !strings.Contains(f.log.String(), "POST /v1/sync") {
		t.Error("the log does not say what was asked")
	}
}

func TestAttackOperatorToken(t *testing.T) {
	f := start(t, nil)
	for _, header := range []string{"", "Bearer", "Bearer ", "Bearer " + operatorToken[1:], "Bearer " + operatorToken + "x", "Basic " + operatorToken, operatorToken} {
		r, body := ask(t, "GET", f.ops+"/operator/books", "", nil, "Authorization", header)
		wantProblem(t, r, body, 401, "unauthenticated")
	}
	closed := start(t, func(c *httpapi.Config) { c.Operator, c.OperatorToken = nil, "" })
	r, body := ask(t, "GET", closed.ops+"/operator/books", "", nil, "Authorization", "Bearer ")
	wantProblem(t, r, body, 401, "unauthenticated")
}

func TestConfigIsChecked(t *testing.T) {
	bank := openBank(t)
	for name, spoil := range map[string]func(*httpapi.Config){
		"no network":             func(c *httpapi.Config) { c.Network = protocol.Network{} },
		"no bank":                func(c *httpapi.Config) { c.Bank = nil },
		"no sign-in":             func(c *httpapi.Config) { c.Auth = nil },
		"operator, no token":     func(c *httpapi.Config) { c.OperatorToken = "" },
		"a token easily guessed": func(c *httpapi.Config) { c.OperatorToken = "secret" },
	} {
		cfg := config(bank)
		spoil(&cfg)
		if _, err := httpapi.New(cfg); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestAttackRates(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	f := start(t, func(c *httpapi.Config) {
		c.Limits.PerAddress, c.Limits.AddressBurst, c.Now = 1, 3, func() time.Time { return now }
	})
	for range 3 {
		if _, _, err := f.client.Charter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	another, err := client.New(f.url, testNetwork, client.Options{}) // over another connection
	ok(t, err)
	_, _, err = another.Charter(t.Context())
	var refused *client.Refused
	if !errors.As(err, &refused) || refused.Code != "rate_limited" || refused.RetryAfter != time.Second {
		t.Fatal(err)
	}
	if r, _ := ask(t, "GET", f.url+"/healthz", "", nil); r.StatusCode != 200 {
		t.Error("monitoring is held up by the rate")
	}
	if r, body := ask(t, "GET", f.url+"/v1/charter", "", nil, "X-Forwarded-For", "203.0.113.9"); r.StatusCode != 200 {
		t.Error("whom the proxy on this machine speaks for is counted as the proxy:", body)
	}
	now = now.Add(time.Second)
	if _, _, err := f.client.Charter(t.Context()); err != nil {
		t.Fatal(err)
	}

	f = start(t, func(c *httpapi.Config) {
		c.Limits.PerPurse, c.Limits.PurseBurst, c.Now = 1, 1, func() time.Time { return now }
	})
	if _, err := f.client.Sync(t.Context(), emptyBundle(), 0, f.mary.device()); err != nil {
		t.Fatal(err)
	}
	if _, err := f.client.Sync(t.Context(), emptyBundle(), 0, f.mary.device()); client.CodeOf(err) != "rate_limited" {
		t.Fatal(err)
	}
}
