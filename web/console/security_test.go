package console_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kula/web/console/office"
)

// pathOf fills a route's address in.
func pathOf(pattern string) string {
	return strings.NewReplacer("{$}", "", "{id}", "1", "{token}", "x", "{purse}", strings.Repeat("0", 64), "{entry}", strings.Repeat("0", 64),
		"{number}", "1", "{key}", strings.Repeat("k", 26), "{file}", "console.css").Replace(pattern)
}

// TestEveryFormIsOurOwn: no route that changes anything takes what another site, another program on this machine, or
// another session made, whoever the officer is.
func TestEveryFormIsOurOwn(t *testing.T) {
	w := newWorld(t)
	b := w.hire("all", office.Teller|office.Operate|office.Approve)
	other := w.hire("other", office.View)
	token, foreign := b.csrf(), other.csrf()
	lines := len(w.trail())
	for _, route := range w.server.Routes() {
		if route.Method == http.MethodGet {
			continue
		}
		sibling := formHeader(w.url)
		sibling.Set("Sec-Fetch-Site", "same-site")
		for name, c := range map[string]struct {
			header http.Header
			token  string
		}{
			"no token": {formHeader(w.url), ""}, "another session's": {formHeader(w.url), foreign}, "another site": {formHeader("https://evil.example"), token},
			"another port": {formHeader("http://localhost:8420"), token}, "nowhere": {http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, token},
			"a sibling": {sibling, token},
		} {
			a := b.do(route.Method, pathOf(route.Path), c.header, url.Values{"csrf": {c.token}}.Encode())
			if a.status != http.StatusForbidden || !strings.Contains(a.body, "did not come from a page of the console") {
				t.Errorf("%s %s, from %s: %d", route.Method, route.Path, name, a.status)
			}
			w.pass(time.Second)
			w.touch(b)
		}
	}
	if !b.signedIn() || len(w.trail()) != lines {
		t.Error("a foreign form did something", w.trail()[lines:])
	}
}

// TestEveryAnswerIsHardened: each route, asked by anybody, answers with the headers, and nothing of it is kept by a browser.
func TestEveryAnswerIsHardened(t *testing.T) {
	w := newWorld(t)
	staff := []*browser{w.browser(), w.hire("all", office.Teller|office.Operate|office.Approve), w.hire("eye", office.Supervisor)}
	for _, route := range w.server.Routes() {
		for _, b := range staff {
			if route.Path == "/leave" {
				continue
			}
			w.pass(time.Second)
			a := b.do(route.Method, pathOf(route.Path), formHeader(w.url), "")
			for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
				"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"} {
				if got := a.header.Get(name); got != want {
					t.Errorf("%s %s: %s is %q", route.Method, route.Path, name, got)
				}
			}
			csp := a.header.Get("Content-Security-Policy")
			for _, part := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"} {
				if !strings.Contains(csp, part) {
					t.Errorf("%s %s: %q", route.Method, route.Path, csp)
				}
			}
			if kept := a.header.Get("Cache-Control"); kept != "no-store" && !strings.HasPrefix(route.Path, "/static/") {
				t.Errorf("%s %s may be kept: %q", route.Method, route.Path, kept)
			}
			for _, cookie := range a.header.Values("Set-Cookie") {
				if !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Strict") {
					t.Errorf("%s %s: %s", route.Method, route.Path, cookie)
				}
			}
		}
	}
}

// TestSaidIsOurs: a sentence that another program on this machine put into a cookie is not shown as the console's.
func TestSaidIsOurs(t *testing.T) {
	w := newWorld(t)
	b := w.hire("mere", office.Teller|office.Operate)
	at := &url.URL{Scheme: "http", Host: strings.TrimPrefix(w.url, "http://")}
	lie := base64.RawURLEncoding.EncodeToString([]byte("Approved by everybody"))
	for _, value := range []string{lie, lie + ".", lie + ".AAAA"} {
		b.c.Jar.SetCookies(at, []*http.Cookie{{Name: "kula-said", Value: value}})
		if a := b.get("/purses"); strings.Contains(a.body, "Approved by everybody") {
			t.Error("it was shown:", value)
		}
	}
	if a := b.act("freeze", "purse", w.purse("ana", "ana").String(), "back", "/purses"); a.to != "/purses" || !strings.Contains(b.get("/purses").body, "Frozen.") {
		t.Error("the console's own sentence is not shown")
	}
	fresh := w.browser()
	if a := fresh.post("/enter", "token", w.link("mere")); a.to != "/me" || !strings.Contains(fresh.get("/me").body, "Make a passkey now") {
		t.Error("nor after signing in")
	}
}

// TestBackStaysHere: a form's way back is a page of the console, however it is spelt.
func TestBackStaysHere(t *testing.T) {
	w := newWorld(t)
	purse := w.purse("ana", "ana").String()
	b := w.hire("mere", office.Teller)
	for _, back := range []string{"https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "\t//evil.example", "/\n/evil.example", "evil", ""} {
		if a := b.act("freeze", "purse", purse, "back", back); a.to != "/" {
			t.Errorf("%q leads to %q", back, a.to)
		}
	}
	if a := b.act("freeze", "purse", purse, "back", "/purses/"+purse+"?x=1"); a.to != "/purses/"+purse+"?x=1" {
		t.Error(a.to)
	}
}

// TestPasskeyIsMadeSoon: whoever finds a desk that was left open cannot make themselves a way in.
func TestPasskeyIsMadeSoon(t *testing.T) {
	w := newWorld(t)
	b := w.hire("mere", office.Teller)
	w.pass(8 * time.Minute)
	w.touch(b)
	w.pass(2 * time.Minute)
	if a := b.enrol(w.device()); a.status == http.StatusOK {
		t.Error("a passkey was made long after signing in")
	}
	if a := b.postJSON("/me/passkeys/begin", nil, nil); !strings.Contains(a.body, "within ten minutes") {
		t.Error(a)
	}
	if a := w.enter("mere").enrol(w.device()); a.status != http.StatusOK {
		t.Error("nor soon after:", a)
	}
}

// TestTrailIsNotFlooded: who has not signed in cannot fill the trail faster than they may try to sign in.
func TestTrailIsNotFlooded(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	for range 15 {
		b.postJSON("/passkey/finish", map[string]string{}, nil)
		b.post("/enter", "token", "guess")
		b.postJSON("/passkey/begin", nil, nil)
	}
	if lines := len(w.trail()); lines > 10 {
		t.Error(lines, "lines by somebody at the door")
	}
}
