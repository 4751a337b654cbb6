package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"kula/httpapi/api"
)

// maxAnswer bounds an answer of any kind; a bundle has the same bound.
const maxAnswer = api.MaxBundle

// maxWait bounds what a Retry-After header can make a wallet wait.
const maxWait = time.Hour

type request struct {
	method, path string
	mediaType    string // of the body
	body         []byte
	authority    string // the Authorization header
	want         string // media type of a good answer
}

type answer struct {
	header http.Header
	body   []byte
}

// do sends a request, and again when the anchor said "wait a little" and did nothing, as long as the
// patience lasts.
func (c *Client) do(ctx context.Context, ask request) (*answer, error) {
	for left := c.patience; ; {
		got, err := c.once(ctx, ask)
		var busy *Refused
		if !errors.As(err, &busy) || busy.Status != http.StatusTooManyRequests || busy.RetryAfter <= 0 || busy.RetryAfter > left {
			return got, err
		}
		left -= busy.RetryAfter
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(busy.RetryAfter):
		}
	}
}

// once sends a request once and says exactly what became of it.
func (c *Client) once(ctx context.Context, ask request) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var sent atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaderField: func(string, []string) { sent.Store(true) }})
	r, err := http.NewRequestWithContext(ctx, ask.method, c.base+ask.path, bytes.NewReader(ask.body))
	if err != nil {
		return nil, fmt.Errorf("ask the bank: %w", err)
	}
	r.Header.Set("Accept", ask.want+", "+api.ProblemType)
	if ask.mediaType != "" {
		r.Header.Set("Content-Type", ask.mediaType)
	}
	if ask.authority != "" {
		r.Header.Set("Authorization", ask.authority)
	}
	response, err := c.http.Do(r)
	if err != nil {
		return nil, lost(sent.Load(), err)
	}
	defer response.Body.Close()
	return read(response, ask.want)
}

// lost sorts a request without an answer. Once a header was written, the anchor may have acted on it.
func lost(sent bool, err error) error {
	if sent {
		return fmt.Errorf("%w (%w)", ErrUnknown, err)
	}
	return fmt.Errorf("%w (%w)", ErrOffline, err)
}

func read(r *http.Response, want string) (*answer, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrUnknown, err)
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("%w (an answer of more than %d bytes)", ErrUnknown, maxAnswer)
	}
	got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && got == api.ProblemType:
		return nil, refusal(r, body)
	case err == nil && got == want && r.StatusCode == http.StatusOK:
		return &answer{r.Header, body}, nil
	}
	// Not the anchor's voice: a captive portal, a proxy on the way, a redirect to elsewhere.
	return nil, fmt.Errorf("%w (status %d of type %q from somebody on the way)", ErrUnknown, r.StatusCode, got)
}

// refusal reads a problem. A 5xx is no refusal: the anchor may have got some way before it failed.
func refusal(r *http.Response, body []byte) error {
	var p api.Problem
	if err := json.Unmarshal(body, &p); err != nil || p.Code == "" {
		return fmt.Errorf("%w (status %d with a problem that cannot be read)", ErrUnknown, r.StatusCode)
	}
	if r.StatusCode >= http.StatusInternalServerError {
		return fmt.Errorf("%w (%s)", ErrUnknown, printable(p.Detail))
	}
	return &Refused{Status: r.StatusCode, Code: printable(p.Code), Detail: printable(p.Detail), RetryAfter: retryAfter(r)}
}

func retryAfter(r *http.Response) time.Duration {
	seconds, err := strconv.ParseUint(r.Header.Get("Retry-After"), 10, 31)
	if err != nil {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, maxWait)
}

// maxText is the longest text of the anchor's that is shown.
const maxText = 500

// printable keeps what a terminal would obey out of what it shows.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	return strings.ToValidUTF8(s[:min(len(s), maxText)], "")
}

// stay follows a redirect within the anchor's own address only, and never one that would turn a
// request into another or send its secrets elsewhere.
func stay(next *http.Request, via []*http.Request) error {
	first := via[0].URL
	if next.URL.Host != first.Host || next.URL.Scheme != first.Scheme || next.Method != via[0].Method || len(via) > 3 {
		return http.ErrUseLastResponse
	}
	return nil
}

var errInsecure = errors.New("the bank's address must begin with https:// (http:// is for this machine alone)")
