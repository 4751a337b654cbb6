package console_test

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"kula/web/console/office"
)

// TestTamperingIsSeen: whoever has the file in hand can change it, but not so that nobody sees.
func TestTamperingIsSeen(t *testing.T) {
	for name, statements := range map[string][]string{
		"changed":       {"DROP TRIGGER audit_never_changes", "UPDATE audit SET officer = 'tomasi' WHERE number = 2"},
		"outcome":       {"DROP TRIGGER audit_never_changes", "UPDATE audit SET outcome = 'refused' WHERE number = 4"},
		"moved":         {"DROP TRIGGER audit_never_changes", "UPDATE audit SET detail = '', document = detail WHERE number = 2"},
		"taken out":     {"DROP TRIGGER audit_never_shrinks", "DELETE FROM audit WHERE number = 2"},
		"first":         {"DROP TRIGGER audit_never_shrinks", "DELETE FROM audit WHERE number = 1"},
		"put in":        {"INSERT INTO audit SELECT 99, at, officer, roles, act, object, detail, document, origin, outcome, hash FROM audit WHERE number = 1"},
		"hash":          {"DROP TRIGGER audit_never_changes", "UPDATE audit SET hash = x'00' WHERE number = 3"},
		"cut off":       {"DROP TRIGGER audit_never_shrinks", "DELETE FROM audit WHERE number >= 4"},
		"all taken out": {"DROP TRIGGER audit_never_shrinks", "DELETE FROM audit"},
	} {
		w := newWorld(t)
		for _, officer := range []string{"mere", "sione", "ana", "ben", "tomasi"} {
			_, err := w.office.Add(t.Context(), office.Console(), officer, office.View)
			ok(t, err)
		}
		v, err := w.office.Verify(t.Context(), "")
		ok(t, err)
		if v.Records != 5 {
			t.Fatal(v)
		}
		for _, statement := range statements {
			_, err := w.db().ExecContext(t.Context(), statement)
			ok(t, err)
		}
		if _, err := w.office.Verify(t.Context(), v.Head); !errors.Is(err, office.ErrBroken) {
			t.Errorf("%s: not seen: %v", name, err)
		}
	}
}

func TestTrailIsAppendOnly(t *testing.T) {
	w := newWorld(t)
	supervisor, mere := w.hire("vaea", office.Supervisor), w.hire("mere", office.Teller)
	for _, statement := range []string{"UPDATE audit SET officer = ''", "DELETE FROM audit"} {
		if _, err := w.db().ExecContext(t.Context(), statement); err == nil {
			t.Errorf("%s went through", statement)
		}
	}
	v, err := w.office.Verify(t.Context(), "")
	ok(t, err)
	_, err = w.office.Add(t.Context(), office.Console(), "ben", office.View)
	ok(t, err)
	later, err := w.office.Verify(t.Context(), v.Head)
	if err != nil || later.Records != v.Records+1 {
		t.Fatal("what was noted down is not found:", err)
	}
	if a := supervisor.get("/audit"); a.status != http.StatusOK || !strings.Contains(a.body, later.Head) || !strings.Contains(a.body, "sign-in.link") {
		t.Error(a)
	}
	if a := mere.get("/audit"); !forbidden(a) {
		t.Error("a teller reads the trail:", a.status)
	}
	if a := supervisor.act("freeze", "purse", w.purse("ana", "ana").String()); !forbidden(a) || !strings.Contains(w.lastLine(), "forbidden") {
		t.Error("a supervisor did something, or the trail does not say that they tried:", a.status, w.lastLine())
	}
	if _, err := w.office.Add(t.Context(), office.Console(), "both", office.Supervisor|office.Approve); !errors.Is(err, office.ErrBadRequest) {
		t.Error("somebody supervises and approves:", err)
	}
}

var markOf = regexp.MustCompile(`\d+: [0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4}`)

// TestMarksLeaveTheBank: a slip, an export and the log each carry the newest line's mark, and a trail that was cut off
// before such a line is caught by it.
func TestMarksLeaveTheBank(t *testing.T) {
	for _, from := range []string{"slip", "export", "log"} {
		w := newWorld(t)
		eye, mere := w.hire("vaea", office.Supervisor), w.hire("mere", office.Teller)
		purse := w.purse("ana", "ana").String()
		mark := ""
		switch from {
		case "slip":
			if a := mere.act("teller-in", "purse", purse, "amount", "500", "key", strings.Repeat("k", 26)); a.status != http.StatusSeeOther {
				t.Fatal(a)
			}
			mark = markOf.FindString(mere.get("/slips/" + strings.Repeat("k", 26)).body)
		case "export":
			mark = markOf.FindString(eye.get("/exports/large?from=2026-01-01&until=2027-01-01&least=1&format=CSV").body)
		case "log":
			if a := mere.act("freeze", "purse", purse); a.status != http.StatusSeeOther {
				t.Fatal(a)
			}
			all := markOf.FindAllString(w.log.String(), -1)
			mark = all[len(all)-1]
		}
		page := func() answer { return eye.get("/audit?noted=" + url.QueryEscape(mark)) }
		number, _, found := strings.Cut(mark, ":")
		if a := page(); !found || !strings.Contains(a.body, "that of line "+number+";") {
			t.Fatalf("%s: the mark %q is not found: %s", from, mark, a.body)
		}
		for _, statement := range []string{"DROP TRIGGER audit_never_shrinks", "DELETE FROM audit WHERE number >= " + number} {
			_, err := w.db().ExecContext(t.Context(), statement)
			ok(t, err)
		}
		if a := page(); !strings.Contains(a.body, "tampered") {
			t.Errorf("%s: a trail that was cut off is whole: %s", from, a.body)
		}
		if a := eye.get("/audit?noted=abc"); a.status != http.StatusUnprocessableEntity {
			t.Error("three letters are a mark:", a.status)
		}
	}
}

// TestTrailIsSearched: by anybody and anything that stands in it, and as CSV.
func TestTrailIsSearched(t *testing.T) {
	w := newWorld(t)
	eye, mere := w.hire("vaea", office.Supervisor), w.hire("mere", office.Operate)
	ana, ben := w.purse("ana", "ana").String(), w.purse("ben", "ben").String()
	for purse, document := range map[string]string{ana: "letter 7", ben: "letter 8"} {
		if a := mere.act("freeze", "purse", purse, "document", document); a.status != http.StatusSeeOther {
			t.Fatal(a)
		}
	}
	for q, want := range map[string][2]string{ana: {"letter 7", "letter 8"}, "LETTER 8": {"letter 8", "letter 7"}, "officer.add": {"vaea", "letter"}} {
		eye.says("/audit?q="+escape(q), want[0])
		csv := eye.get("/audit?csv=trail&q=" + escape(q)).body
		if !strings.Contains(csv, want[0]) || strings.Contains(csv, want[1]) {
			t.Errorf("%s: %s", q, csv)
		}
	}
	eye.says("/audit?q=nothing-like-it", "No line is found")
}

// TestTheListOfOfficers: who may do what, and how each last came in.
func TestTheListOfOfficers(t *testing.T) {
	w := newWorld(t)
	eye := w.hire("vaea", office.Supervisor)
	_, err := w.office.Add(t.Context(), office.Console(), "mere", office.Teller|office.Operate)
	ok(t, err)
	eye.says("/officers", "mere teller, operate 0", "never", "vaea supervisor 0", "link")
}
