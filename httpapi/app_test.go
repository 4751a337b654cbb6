package httpapi_test

import (
	"io"
	"net/http"
	"testing"
	"testing/fstest"

	"kula/httpapi"
	"kula/httpapi/static"

	"golang.org/x/time/rate"
)

// The phone wallet lies beside the API: the API's paths win, and files are not counted against the rates.
func TestAppBesideTheAPI(t *testing.T) {
	site, err := static.New(fstest.MapFS{
		"index.html":    {Data: []byte("<!doctype html>")},
		"v1/charter.js": {Data: []byte("1")},
		"healthz.js":    {Data: []byte("1")},
	})
	if err != nil {
		t.Fatal(err)
	}
	f := start(t, func(cfg *httpapi.Config) {
		cfg.App = site
		cfg.Limits.PerAddress, cfg.Limits.AddressBurst = rate.Limit(0.001), 2
	})
	get := func(path string) (int, http.Header, string) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, f.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, answer.Header, string(body)
	}
	for range 10 {
		status, header, body := get("/")
		if status != http.StatusOK || body != "<!doctype html>" || header.Get("Access-Control-Allow-Origin") != "" {
			t.Fatalf("the app: %d %v %q", status, header, body)
		}
	}
	if status, header, _ := get("/v1/charter"); status != http.StatusOK || header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("the API: %d %v", status, header)
	}
	if status, _, _ := get("/nothing"); status != http.StatusNotFound {
		t.Errorf("what is nowhere: %d", status)
	}
	if status, _, _ := get("/v1/charter"); status != http.StatusTooManyRequests {
		t.Errorf("the API is not held to its rate: %d", status)
	}
}
