package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kula/web/console/office"
)

func TestLinkSignsInOnce(t *testing.T) {
	w := newWorld(t)
	_, err := w.office.Add(t.Context(), office.Console(), "mere", office.Teller)
	ok(t, err)
	token := w.link("mere")
	b := w.browser()
	if a := b.get("/enter/" + token); a.status != http.StatusOK || b.signedIn() {
		t.Fatal("looking at a link signed in:", a.status)
	}
	if a := b.post("/enter", "token", token); a.status != http.StatusSeeOther || a.to != "/me" || !b.signedIn() {
		t.Fatal(a)
	}
	thief := w.browser()
	if a := thief.post("/enter", "token", token); a.status != http.StatusGone || thief.signedIn() {
		t.Fatal("a link was used twice:", a.status)
	}
	if line := w.lastLine(); !strings.Contains(line, "sign-in.link") || !strings.Contains(line, "used before") {
		t.Error("the trail does not say so:", line)
	}
	old, late := w.link("mere"), w.link("mere")
	if a := thief.post("/enter", "token", old); a.status != http.StatusGone {
		t.Error("a link was used that another had replaced:", a.status)
	}
	w.pass(office.LinkLife * time.Second)
	if a := thief.post("/enter", "token", late); a.status != http.StatusGone || thief.signedIn() {
		t.Error("a link was used after its time:", a.status)
	}
}

func TestRateOfSignIns(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	for range 10 {
		b.post("/enter", "token", "guess")
	}
	if a := b.post("/enter", "token", "guess"); a.status != http.StatusTooManyRequests {
		t.Fatal("guesses are not held up:", a.status)
	}
	forged := formHeader(w.url)
	forged.Set("X-Forwarded-For", "198.51.100.7")
	if a := b.do(http.MethodPost, "/enter", forged, url.Values{"csrf": {b.csrf()}, "token": {"guess"}}.Encode()); a.status != http.StatusTooManyRequests {
		t.Fatal("who says to come from elsewhere guesses on:", a.status)
	}
	w.pass(time.Minute)
	if a := b.post("/enter", "token", "guess"); a.status != http.StatusGone {
		t.Fatal(a.status)
	}
}

// TestForeignForms: a form must come from the console's own page, in this session.
func TestForeignForms(t *testing.T) {
	w := newWorld(t)
	purse := w.purse("ana", "ana").String()
	b, other := w.hire("mere", office.Operate), w.hire("sione", office.Operate)
	form := func(token string) string {
		return url.Values{"csrf": {token}, "purse": {purse}, "reason": {"x"}, "key": {strings.Repeat("k", 20)}}.Encode()
	}
	token := b.csrf()
	crossSite := formHeader(w.url)
	crossSite.Set("Sec-Fetch-Site", "cross-site")
	sameSite := formHeader(w.url) // another port of this machine is the same site to a browser
	sameSite.Set("Sec-Fetch-Site", "same-site")
	for name, c := range map[string]struct {
		header http.Header
		body   string
	}{
		"no token":              {formHeader(w.url), form("")},
		"another session's":     {formHeader(w.url), form(other.csrf())},
		"from another site":     {formHeader("https://evil.example"), form(token)},
		"from another port":     {formHeader("http://localhost:8420"), form(token)},
		"from nowhere":          {http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, form(token)},
		"null origin":           {formHeader("null"), form(token)},
		"the browser says so":   {crossSite, form(token)},
		"the browser says site": {sameSite, form(token)},
	} {
		if a := b.do(http.MethodPost, "/acts/freeze", c.header, c.body); a.status != http.StatusForbidden {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	if w.state(parse(t, purse)) != "open" {
		t.Fatal("a foreign form froze a purse")
	}
	if a := b.do(http.MethodPost, "/acts/freeze", formHeader(w.url), form(token)); a.status != http.StatusSeeOther || w.state(parse(t, purse)) != "frozen" {
		t.Fatal("the console's own form did not:", a.status)
	}
	if a := b.get("/acts/freeze?purse=" + purse); a.status != http.StatusOK || !strings.Contains(a.body, purse) {
		t.Error("a form is not filled in from its address")
	}
}

// TestSessionsEnd: by themselves, by leaving, with the officer, and when another browser comes with the cookie.
func TestSessionsEnd(t *testing.T) {
	w := newWorld(t)
	b := w.hire("mere", office.Teller)
	cookies := b.c.Jar.Cookies(&url.URL{Scheme: "http", Host: strings.TrimPrefix(w.url, "http://")})
	stolen := func(agent string) *browser {
		thief := w.browser()
		thief.agent = agent
		thief.c.Jar.SetCookies(&url.URL{Scheme: "http", Host: strings.TrimPrefix(w.url, "http://")}, cookies)
		return thief
	}
	if stolen("Another/2").signedIn() {
		t.Fatal("another browser came in with the cookie")
	}
	if line := w.lastLine(); !strings.Contains(line, "another browser") {
		t.Error("the trail does not say so:", line)
	}
	if b.signedIn() {
		t.Error("a session that was stolen goes on")
	}

	b = w.enter("mere")
	cookies = b.c.Jar.Cookies(&url.URL{Scheme: "http", Host: strings.TrimPrefix(w.url, "http://")})
	if a := b.post("/leave"); a.status != http.StatusSeeOther || b.signedIn() || stolen(b.agent).signedIn() {
		t.Error("a session went on after its officer left")
	}

	b = w.enter("mere")
	cookies = b.c.Jar.Cookies(&url.URL{Scheme: "http", Host: strings.TrimPrefix(w.url, "http://")})
	_, err := w.office.Add(t.Context(), office.Console(), "sione", office.View)
	ok(t, err)
	if a := b.post("/enter", "token", w.link("sione")); a.status != http.StatusSeeOther || !strings.Contains(b.get("/me").body, "You are sione") {
		t.Error(a)
	}
	if stolen(b.agent).signedIn() {
		t.Error("a session went on after somebody else signed in at its browser")
	}

	b = w.enter("mere")
	w.pass((office.IdleTime - 90) * time.Second)
	if !b.signedIn() {
		t.Fatal("a session ended early")
	}
	w.pass((office.IdleTime - 90) * time.Second)
	if !b.signedIn() {
		t.Fatal("a session that was used ended")
	}
	w.pass(office.IdleTime * time.Second)
	if b.signedIn() {
		t.Error("a session went on without being used")
	}

	b = w.enter("mere")
	for range office.SessionLife/600 + 1 {
		w.pass(600 * time.Second)
		b.get("/me")
	}
	if b.signedIn() {
		t.Error("a session outlasted the working day")
	}

	b = w.enter("mere")
	ok(t, w.office.SetRoles(t.Context(), office.Console(), "mere", office.View))
	if a := b.get("/acts/freeze"); !forbidden(a) {
		t.Error("a role that was taken still counts:", a.status)
	}
	late := w.link("mere")
	ok(t, w.office.Remove(t.Context(), office.Console(), "mere"))
	if b.signedIn() {
		t.Error("somebody who was removed is still in")
	}
	if a := w.browser().post("/enter", "token", late); a.status != http.StatusGone {
		t.Error("somebody who was removed came in by a link:", a.status)
	}
	if _, err := w.office.Add(t.Context(), office.Console(), "mere", office.Teller); err == nil {
		t.Error("the name of somebody who was removed was given to somebody else")
	}
}

// TestNoSecretIsKept: what opens the console stands nowhere in its tables, the trail least of all.
func TestNoSecretIsKept(t *testing.T) {
	w := newWorld(t)
	_, err := w.office.Add(t.Context(), office.Console(), "mere", office.Teller)
	ok(t, err)
	token := w.link("mere")
	used := w.link("mere")
	_, _ = token, used
	b := w.browser()
	if a := b.post("/enter", "token", used); a.status != http.StatusSeeOther {
		t.Fatal(a)
	}
	unused := w.link("mere")
	secrets := []string{used, unused, b.csrf()}
	for _, c := range b.c.Jar.Cookies(&url.URL{Scheme: "http", Host: strings.TrimPrefix(w.url, "http://")}) {
		secrets = append(secrets, c.Value)
	}
	db := w.db()
	for _, table := range []string{"audit", "sign_in_link", "officer_session", "officer", "passkey"} {
		all := dump(t, db, table)
		for _, secret := range secrets {
			if strings.Contains(all, secret) {
				t.Errorf("%s holds a secret", table)
			}
		}
	}
}
