package console_test

import (
	"errors"
	"net/http"
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
