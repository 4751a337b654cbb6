package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"kula/web/console/office"
)

// everyRoute says, apart from the code, who may use what. "public": who has not signed in; "all": any officer.
var everyRoute = map[string]string{
	"GET /static/{file}":    "public",
	"GET /enter":            "public",
	"GET /enter/{token}":    "public",
	"POST /enter":           "public",
	"POST /passkey/begin":   "public",
	"POST /passkey/finish":  "public",
	"GET /{$}":              "all",
	"GET /me":               "all",
	"POST /leave":           "all",
	"GET /requests":         "all",
	"GET /requests/{id}":    "all",
	"GET /audit":            "supervisor",
	"GET /officers":         "approve,supervisor",
	"GET /acts/teller-in":   "teller",
	"POST /acts/teller-in":  "teller",
	"GET /acts/teller-out":  "teller",
	"POST /acts/teller-out": "teller",
	"GET /acts/freeze":      "teller,operate",
	"POST /acts/freeze":     "teller,operate",

	"POST /me/passkeys/begin":      "all",
	"POST /me/passkeys/finish":     "all",
	"POST /me/passkeys/remove":     "all",
	"POST /requests/{id}/approve":  "approve",
	"POST /requests/{id}/refuse":   "approve",
	"POST /requests/{id}/withdraw": "teller,operate,approve",
	"GET /acts/unfreeze":           "operate",
	"POST /acts/unfreeze":          "operate",
	"GET /acts/tier":               "operate",
	"POST /acts/tier":              "operate",
	"GET /acts/revoke":             "operate",
	"POST /acts/revoke":            "operate",
	"GET /acts/recover":            "operate",
	"POST /acts/recover":           "operate",
	"GET /acts/close":              "operate",
	"POST /acts/close":             "operate",
	"GET /acts/write-off":          "operate",
	"POST /acts/write-off":         "operate",
	"GET /acts/suspense-place":     "operate",
	"POST /acts/suspense-place":    "operate",
	"GET /acts/suspense-return":    "operate",
	"POST /acts/suspense-return":   "operate",
	"GET /acts/payout-retry":       "operate",
	"POST /acts/payout-retry":      "operate",
	"GET /acts/payout-return":      "operate",
	"POST /acts/payout-return":     "operate",
	"GET /acts/extend":             "operate",
	"POST /acts/extend":            "operate",
	"GET /acts/guarantee-lower":    "operate",
	"POST /acts/guarantee-lower":   "operate",
	"GET /acts/guarantee-fund":     "operate",
	"POST /acts/guarantee-fund":    "operate",

	"GET /purses":                     "all",
	"GET /purses/{purse}":             "all",
	"GET /bills":                      "all",
	"GET /bills/{entry}":              "all",
	"GET /bills/{entry}/evidence":     "all",
	"GET /bills/{entry}/chain":        "all",
	"GET /cases":                      "all",
	"GET /cases/{purse}":              "all",
	"GET /cases/{purse}/evidence":     "all",
	"GET /suspense":                   "all",
	"GET /payouts":                    "all",
	"GET /enrolment":                  "all",
	"GET /dormant":                    "all",
	"GET /complaints":                 "all",
	"GET /complaints/{number}":        "all",
	"GET /complaints/{number}/file":   "all",
	"GET /charter":                    "all",
	"GET /charter/next":               "all",
	"GET /charter/next/file":          "operate,approve",
	"GET /charter/paper":              "all",
	"GET /acts/fee":                   "operate",
	"POST /acts/fee":                  "operate",
	"GET /acts/limit":                 "operate",
	"POST /acts/limit":                "operate",
	"GET /slips/{key}":                "all",
	"GET /counter":                    "teller",
	"GET /counter/{purse}":            "teller",
	"GET /counter/{purse}/confirm":    "teller",
	"GET /drawer":                     "teller,operate,supervisor",
	"GET /enrolment/{purse}":          "operate",
	"POST /enrolment/{purse}":         "operate",
	"POST /complaints/{number}/close": "operate",
	"POST /complaints":                "teller,operate",
	"POST /complaints/{number}/note":  "teller,operate",
	"GET /exports":                    "operate,approve,supervisor",
	"GET /exports/large":              "operate,approve,supervisor",
}

// TestEveryRouteHasItsRoles: each role is let in where it may, and nowhere else; nobody is let in without a session.
// A route that is not in the list above fails.
func TestEveryRouteHasItsRoles(t *testing.T) {
	w := newWorld(t)
	staff := map[string]*browser{}
	for _, role := range office.RoleNames() {
		roles, err := office.ParseRoles(role)
		ok(t, err)
		staff[role] = w.hire(role+"-officer", roles)
	}
	seen := map[string]bool{}
	for _, route := range w.server.Routes() {
		name := route.Method + " " + route.Path
		want, known := everyRoute[name]
		if !known {
			t.Errorf("%s: nobody wrote down who may use it", name)
			continue
		}
		seen[name] = true
		if strings.HasPrefix(route.Path, "/static") || route.Path == "/leave" {
			continue
		}
		path := strings.NewReplacer("{$}", "", "{id}", "1", "{token}", "x", "{purse}", strings.Repeat("0", 64)).Replace(route.Path)
		try := func(b *browser) answer {
			w.pass(time.Minute)
			if route.Method == http.MethodGet {
				return b.get(path)
			}
			return b.post(path)
		}
		if a := try(w.browser()); want != "public" && !asksToSignIn(a) || want == "public" && asksToSignIn(a) {
			t.Errorf("%s by nobody: %d", name, a.status)
		}
		for role, b := range staff {
			may := want == "public" || want == "all" || strings.Contains(","+want+",", ","+role+",")
			if a := try(b); may == forbidden(a) {
				t.Errorf("%s by %s: %d, want allowed %t", name, role, a.status, may)
			}
			w.touch(b)
		}
	}
	for name := range everyRoute {
		if !seen[name] {
			t.Errorf("%s is not served", name)
		}
	}
}

// touch keeps a session alive, for the clock of this test runs fast, and renews it after a day's work.
func (w *world) touch(b *browser) {
	w.t.Helper()
	if !b.signedIn() {
		w.t.Fatal("the session ended")
	}
}

func asksToSignIn(a answer) bool {
	return a.status == http.StatusUnauthorized || a.status == http.StatusSeeOther && a.to == "/enter"
}

func forbidden(a answer) bool {
	return a.status == http.StatusForbidden && strings.Contains(a.body, "Your role does not allow this")
}

// TestHardened: every answer carries the headers, and the console answers at its own name only.
func TestHardened(t *testing.T) {
	w := newWorld(t)
	b := w.hire("ana", office.View)
	for _, path := range []string{"/", "/enter", "/static/console.css", "/nowhere"} {
		a := b.get(path)
		if p := a.header.Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'none'") || strings.Contains(p, "unsafe") {
			t.Errorf("%s: %q", path, p)
		}
		if a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("Referrer-Policy") != "same-origin" {
			t.Errorf("%s: %v", path, a.header)
		}
		if strings.Contains(a.body, "<script>") || strings.Contains(a.body, "style=") || strings.Contains(a.body, " onclick=") {
			t.Errorf("%s has a script or a style inside", path)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/enter", nil)
	ok(t, err)
	r.Host = "evil.example:80"
	res, err := b.c.Do(r)
	ok(t, err)
	_ = res.Body.Close()
	if res.StatusCode != http.StatusMisdirectedRequest {
		t.Error("another name leads to the console:", res.StatusCode)
	}
}
