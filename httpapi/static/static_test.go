package static_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"kula/httpapi/static"
)

func built() fstest.MapFS {
	return fstest.MapFS{
		".keep":                    {},
		"index.html":               {Data: []byte("<!doctype html>")},
		"sw.js":                    {Data: []byte("self")},
		"manifest.webmanifest":     {Data: []byte("{}")},
		"assets/kula-1a2b.wasm":    {Data: []byte("wasm, not compressed")},
		"assets/kula-1a2b.wasm.br": {Data: []byte("wasm, br")},
		"assets/a-3c.js":           {Data: []byte("1")},
	}
}

func site(t *testing.T, connect ...string) *static.Site {
	t.Helper()
	s, err := static.New(built(), connect...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func get(s http.Handler, path string, headers ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func TestFilesHaveTheirTypesAndKeep(t *testing.T) {
	const forever, ask = "public, max-age=31536000, immutable", "no-cache"
	for path, want := range map[string][2]string{
		"/":                      {"text/html; charset=utf-8", ask},
		"/index.html":            {"text/html; charset=utf-8", ask},
		"/sw.js":                 {"text/javascript; charset=utf-8", ask},
		"/manifest.webmanifest":  {"application/manifest+json", ask},
		"/assets/kula-1a2b.wasm": {"application/wasm", forever},
		"/assets/a-3c.js":        {"text/javascript; charset=utf-8", forever},
	} {
		r := get(site(t), path)
		if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != want[0] || r.Header.Get("Cache-Control") != want[1] {
			t.Errorf("%s: %d %v, want %q", path, r.StatusCode, r.Header, want)
		}
	}
}

func TestNothingFromElsewhere(t *testing.T) {
	h := get(site(t, "https://bank.example/kula"), "/").Header
	csp := h.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self' 'wasm-unsafe-eval';", "connect-src 'self' https://bank.example;", "frame-ancestors 'none'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("the policy lacks %q: %s", want, csp)
		}
	}
	if strings.Contains(csp, "unsafe-inline") || strings.Contains(csp, "'unsafe-eval'") || strings.Contains(csp, "*") {
		t.Errorf("the policy is open: %s", csp)
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Access-Control-Allow-Origin": ""} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if !strings.HasPrefix(h.Get("Permissions-Policy"), "camera=(self)") {
		t.Errorf("Permissions-Policy: %s", h.Get("Permissions-Policy"))
	}
	for _, bad := range []string{"bank.example", "javascript:alert(1)", "https://a b", "https://a;script-src *"} {
		if _, err := static.New(built(), bad); err == nil {
			t.Errorf("%q got into the policy", bad)
		}
	}
}

func TestBrotliForWhoTakesIt(t *testing.T) {
	s := site(t)
	for accepts, want := range map[string]string{"gzip, br": "wasm, br", "br;q=1.0": "wasm, br", "": "wasm, not compressed",
		"gzip": "wasm, not compressed", "br;q=0": "wasm, not compressed", "br; q=0.0": "wasm, not compressed"} {
		r := get(s, "/assets/kula-1a2b.wasm", "Accept-Encoding", accepts)
		body, err := io.ReadAll(r.Body)
		if err != nil || string(body) != want || (r.Header.Get("Content-Encoding") == "br") != (want == "wasm, br") {
			t.Errorf("%q: %q %v %v", accepts, body, r.Header, err)
		}
		if r.Header.Get("Vary") != "Accept-Encoding" || r.ContentLength != int64(len(want)) {
			t.Errorf("%q: %v", accepts, r.Header)
		}
		again := get(s, "/assets/kula-1a2b.wasm", "Accept-Encoding", accepts, "If-None-Match", r.Header.Get("ETag"))
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("%q again: %d", accepts, again.StatusCode)
		}
	}
}

func TestOnlyItsOwnFiles(t *testing.T) {
	s := site(t)
	for _, path := range []string{"/.keep", "/.vite/manifest.json", "/assets/kula-1a2b.wasm.br", "/assets/", "/v1/charter", "/../secret", "/share"} {
		if r := get(s, path); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/share", nil))
	if w.Code != http.StatusSeeOther {
		t.Errorf("a share without a service worker: %d", w.Code)
	}
	empty, err := static.New(fstest.MapFS{".keep": {}})
	if err != nil || empty.Built() || empty.Serves(httptest.NewRequest(http.MethodGet, "/", nil)) {
		t.Errorf("an app that was not built is served: %v", err)
	}
	if _, err := static.New(fstest.MapFS{"readme.md": {}}); err == nil {
		t.Error("a file of no known type is taken")
	}
}
