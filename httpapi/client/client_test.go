package client_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kula/httpapi/api"
	"kula/httpapi/client"
	"kula/protocol"
)

var network = protocol.NewNetwork("client test")

func dial(t *testing.T, url string) *client.Client {
	t.Helper()
	c, err := client.New(url, network, client.Options{Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func serve(t *testing.T, h http.HandlerFunc) *client.Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return dial(t, server.URL)
}

func sync(c *client.Client) error {
	_, err := c.Sync(context.Background(), protocol.NewBundle(network).Encode(), 0, nil)
	return err
}

func TestAddresses(t *testing.T) {
	for url, good := range map[string]bool{
		"https://bank.example": true, "https://bank.example/kula/": true, "http://127.0.0.1:8000": true, "http://localhost:1": true, "http://[::1]:1": true,
		"http://bank.example": false, "http://10.0.0.1": false, "http://127.0.0.1.example": false, "ftp://bank.example": false, "bank.example": false,
		"https://user:word@bank.example": false, "https://bank.example?x": false, "": false, "https://": false,
	} {
		if _, err := client.New(url, network, client.Options{}); (err == nil) != good {
			t.Errorf("%q: %v", url, err)
		}
	}
	if _, err := client.New("http://10.0.0.1", network, client.Options{Insecure: true}); err != nil {
		t.Error(err)
	}
}

func TestOfflineWhenNothingWasSent(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close() // nobody listens there now
	err = sync(dial(t, "http://"+listener.Addr().String()))
	if !errors.Is(err, client.ErrOffline) || errors.Is(err, client.ErrUnknown) {
		t.Fatal(err)
	}
	if err := sync(dial(t, "https://name.invalid")); !errors.Is(err, client.ErrOffline) {
		t.Fatal(err)
	}
}

func TestUnknownWhenTheAnswerIsLost(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"the connection breaks": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"it takes for ever":     func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body); <-r.Context().Done() },
		"the answer breaks off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "9")
			_, _ = w.Write([]byte("KB"))
		},
		"a gateway gives up": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "bad gateway", http.StatusBadGateway) },
		"a captive portal": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<h1>Hotel"))
		},
		"an answer without end": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", api.BundleType)
			_, _ = w.Write(make([]byte, 2<<20))
		},
		"half a bundle": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", api.BundleType)
			_, _ = w.Write([]byte("KB\x01"))
		},
		"no cursor": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", api.BundleType)
			_, _ = w.Write(protocol.NewBundle(network).Encode())
		},
		"the bank itself failed": problem(500, `{"code":"internal","detail":"x"}`),
		"a problem without code": problem(400, `{"detail":"x"}`),
		"a problem in pieces":    problem(400, `{"detail"`),
	} {
		t.Run(name, func(t *testing.T) {
			if err := sync(serve(t, h)); !errors.Is(err, client.ErrUnknown) || errors.Is(err, client.ErrOffline) || client.CodeOf(err) != "" {
				t.Fatal(err)
			}
		})
	}
}

func problem(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", api.ProblemType)
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func TestRefusedSaysWhy(t *testing.T) {
	err := sync(serve(t, problem(429, `{"code":"rate_limited","detail":"slow\u001b[2J down"}`)))
	var refused *client.Refused
	if !errors.As(err, &refused) || refused.Code != "rate_limited" || refused.RetryAfter != 7*time.Second || refused.Status != 429 {
		t.Fatal(err)
	}
	if strings.ContainsRune(refused.Detail, 0x1b) || errors.Is(err, client.ErrUnknown) || errors.Is(err, client.ErrOffline) {
		t.Fatalf("%q", refused.Detail)
	}
}

func TestAttackRedirectsStayAtTheBank(t *testing.T) {
	stolen := make(chan string, 1)
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { stolen <- r.Header.Get("Authorization") }))
	defer thief.Close()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, thief.URL+"/v1/sync", http.StatusTemporaryRedirect)
	})
	if err := sync(c); !errors.Is(err, client.ErrUnknown) {
		t.Error(err)
	}
	select {
	case <-stolen:
		t.Error("a request was sent to another host")
	default:
	}
	c = serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/sync" {
			http.Redirect(w, r, "/moved", http.StatusPermanentRedirect)
			return
		}
		problem(409, `{"code":"already_paid","detail":"x"}`)(w, r)
	})
	if err := sync(c); client.CodeOf(err) != "already_paid" {
		t.Error(err)
	}
}

// A wallet with patience asks again what the anchor did nothing about; one without is told at once.
func TestPatience(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		if asked > 1 {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"token":"t"}`))
			return
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = w.Write([]byte(`{"code":"rate_limited","detail":"wait a little"}`))
	}))
	defer server.Close()
	for patience, want := range map[time.Duration]int{0: 1, time.Second / 2: 1, 2 * time.Second: 2} {
		asked = 0
		c, err := client.New(server.URL, protocol.NewNetwork("Test"), client.Options{Patience: patience})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = c.SignIn(t.Context(), "x"); asked != want || (err == nil) != (want == 2) {
			t.Errorf("with a patience of %s it asked %d times: %v", patience, asked, err)
		}
	}
}
