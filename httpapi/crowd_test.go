package httpapi_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	"kula/httpapi"
	"kula/httpapi/api"
)

// TestAttackSlowBodiesFromOneAddress: one address holds as many requests open as it can, each sending
// its body drop by drop. Others still get in.
func TestAttackSlowBodiesFromOneAddress(t *testing.T) {
	f := start(t, func(c *httpapi.Config) { c.Limits.AtOnce, c.Limits.Body = 8, 20*time.Second })
	var writers []*io.PipeWriter
	done := make(chan error, 8)
	for range 8 {
		body, w := io.Pipe()
		writers = append(writers, w)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.url+"/v1/sync", body)
		ok(t, err)
		r.Close = true // or net/http waits for the body of a request that was refused
		r.Header.Set("Content-Type", api.BundleType)
		r.Header.Set("X-Forwarded-For", "203.0.113.1")
		go func() {
			response, err := http.DefaultTransport.RoundTrip(r)
			if err == nil {
				err = response.Body.Close()
			}
			done <- err
		}()
	}
	refused := 0
	for refused < 6 { // those that were not let in are answered; the others wait for their bodies
		if err := <-done; err != nil {
			t.Error(err)
		}
		refused++
	}
	response, text := ask(t, http.MethodGet, f.url+"/v1/charter", "", nil, "X-Forwarded-For", "203.0.113.2")
	if response.StatusCode != http.StatusOK {
		t.Fatal(response.StatusCode, text)
	}
	for _, w := range writers {
		_ = w.CloseWithError(io.ErrUnexpectedEOF)
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Log(err) // answered, or broken off: either way they have ended
		}
	}
}
