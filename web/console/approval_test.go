package console_test

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"kula/protocol"
	"kula/web/console/office"
)

func parse(t testing.TB, hex string) (id protocol.PurseID) {
	ok(t, id.UnmarshalText([]byte(hex)))
	return id
}

// dump is all that a table holds, as text.
func dump(t testing.TB, db *sql.DB, table string) string {
	rows, err := db.QueryContext(t.Context(), "SELECT * FROM "+table) //nolint:gosec // the test's own names
	ok(t, err)
	defer rows.Close() //nolint:errcheck // only read
	columns, err := rows.Columns()
	ok(t, err)
	var out strings.Builder
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(sql.RawBytes)
		}
		ok(t, rows.Scan(values...))
		for _, v := range values {
			fmt.Fprintf(&out, "%s|", *v.(*sql.RawBytes))
		}
	}
	ok(t, rows.Err())
	return out.String()
}

// frozen is a world with a frozen purse.
func frozen(t testing.TB) (*world, protocol.PurseID) {
	w := newWorld(t)
	purse := w.purse("ana", "ana")
	ok(t, w.bank.Freeze(t.Context(), purse))
	return w, purse
}

func (b *browser) ask(kind string, fields ...string) (path string) {
	b.w.t.Helper()
	a := b.act(kind, fields...)
	if a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/requests/") {
		b.w.t.Fatal(a)
	}
	return a.to
}

func TestFreezeAtOnceUnfreezeByTwo(t *testing.T) {
	w := newWorld(t)
	purse := w.purse("ana", "ana")
	mere, tomasi := w.hire("mere", office.Operate|office.Approve), w.hire("tomasi", office.Approve)
	if a := mere.act("freeze", "purse", purse.String(), "document", "slip 7"); a.status != http.StatusSeeOther || w.state(purse) != "frozen" {
		t.Fatal(a)
	}
	if line := w.lastLine(); line != "mere freeze "+purse.String()+" done" {
		t.Error(line)
	}
	request := mere.ask("unfreeze", "purse", purse.String())
	if w.state(purse) != "frozen" {
		t.Fatal("asking was enough")
	}
	if a := mere.approve(request); a.status != http.StatusForbidden || w.state(purse) != "frozen" {
		t.Fatal("somebody approved what they asked for:", a.status)
	}
	if line := w.lastLine(); !strings.Contains(line, "refused: Somebody else") {
		t.Error("the trail does not say so:", line)
	}
	if a := tomasi.get(request); !strings.Contains(a.body, "unfreeze the purse of ana") || !strings.Contains(a.body, "Approve") {
		t.Error("the request does not say what it is about:", a.body)
	}
	if a := tomasi.approve(request); a.status != http.StatusSeeOther || w.state(purse) != "open" {
		t.Fatal(a)
	}
	if line := w.lastLine(); line != "tomasi unfreeze "+purse.String()+" done" {
		t.Error(line)
	}
	ok(t, w.bank.Freeze(t.Context(), purse))
	if a := tomasi.approve(request); a.status != http.StatusConflict || w.state(purse) != "frozen" {
		t.Error("an approval was used twice:", a.status)
	}
}

// TestApprovalRace: many approve at the same moment; it is done once, by one of them.
func TestApprovalRace(t *testing.T) {
	w, purse := frozen(t)
	mere := w.hire("mere", office.Operate)
	var staff []*browser
	for i := range 6 {
		staff = append(staff, w.hire(fmt.Sprint("approver", i), office.Approve))
	}
	request := mere.ask("unfreeze", "purse", purse.String())
	statuses := make([]int, len(staff))
	tokens := make([]string, len(staff))
	for i, b := range staff {
		tokens[i] = b.csrf()
	}
	seen := url.QueryEscape(staff[0].seen(request))
	var wait sync.WaitGroup
	for i, b := range staff {
		wait.Go(func() {
			statuses[i] = b.do(http.MethodPost, request+"/approve", formHeader(w.url), "csrf="+tokens[i]+"&seen="+seen).status
		})
	}
	wait.Wait()
	done, late := 0, 0
	for _, s := range statuses {
		switch s {
		case http.StatusSeeOther:
			done++
		case http.StatusConflict:
			late++
		}
	}
	if done != 1 || late != len(staff)-1 {
		t.Fatal("not one alone did it:", statuses)
	}
	lines := 0
	for _, line := range w.trail() {
		if strings.HasSuffix(line, "unfreeze "+purse.String()+" done") {
			lines++
		}
	}
	if lines != 1 || w.state(purse) != "open" {
		t.Fatal(lines, w.state(purse))
	}
}

// TestActAndTrailAreOne: when the line cannot be written the act did not happen, and the other way round.
func TestActAndTrailAreOne(t *testing.T) {
	w, purse := frozen(t)
	mere, tomasi := w.hire("mere", office.Operate), w.hire("tomasi", office.Approve)
	request := mere.ask("unfreeze", "purse", purse.String())
	db := w.db()
	_, err := db.ExecContext(t.Context(), "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE (ABORT, 'disk full'); END")
	ok(t, err)
	if a := tomasi.approve(request); a.status != http.StatusInternalServerError || w.state(purse) != "frozen" {
		t.Fatal("it was done without a line in the trail:", a.status, w.state(purse))
	}
	other := w.purse("ben", "ben")
	if a := mere.act("freeze", "purse", other.String()); a.status != http.StatusInternalServerError || w.state(other) != "open" {
		t.Fatal("frozen without a line in the trail:", a.status)
	}
	_, err = db.ExecContext(t.Context(), "DROP TRIGGER full")
	ok(t, err)
	if a := tomasi.approve(request); a.status != http.StatusSeeOther || w.state(purse) != "open" {
		t.Fatal("the request did not stay open:", a.status)
	}
	before := len(w.trail())
	if a := mere.act("tier", "purse", purse.String(), "tier", "no-such"); a.status != http.StatusUnprocessableEntity {
		t.Fatal(a.status)
	}
	if line := w.lastLine(); len(w.trail()) != before+1 || !strings.Contains(line, "refused") {
		t.Error("what was refused is not in the trail:", line)
	}
}

func TestRequestsEnd(t *testing.T) {
	w, purse := frozen(t)
	mere, tomasi := w.hire("mere", office.Operate), w.hire("tomasi", office.Approve)
	refused := mere.ask("unfreeze", "purse", purse.String())
	if a := tomasi.post(refused + "/refuse"); a.status != http.StatusUnprocessableEntity {
		t.Error("refused without a reason:", a.status)
	}
	if a := mere.post(refused + "/refuse"); !forbidden(a) {
		t.Error(a.status)
	}
	if a := tomasi.post(refused+"/refuse", "why", "ask her to come in"); a.status != http.StatusSeeOther {
		t.Fatal(a)
	}
	withdrawn := mere.ask("unfreeze", "purse", purse.String())
	if a := tomasi.post(withdrawn + "/withdraw"); !forbidden(a) {
		t.Error("somebody else withdrew a request:", a.status)
	}
	if a := mere.post(withdrawn + "/withdraw"); a.status != http.StatusSeeOther {
		t.Fatal(a)
	}
	old := mere.ask("unfreeze", "purse", purse.String())
	w.pass(office.RequestLife * time.Second)
	mere, tomasi = w.enter("mere"), w.enter("tomasi")
	for name, request := range map[string]string{"refused": refused, "withdrawn": withdrawn, "old": old} {
		if a := tomasi.approve(request); a.status != http.StatusConflict || w.state(purse) != "frozen" {
			t.Errorf("a request that was %s was approved: %d", name, a.status)
		}
	}
	if a := tomasi.get("/requests"); !strings.Contains(a.body, "expired") || !strings.Contains(a.body, "Nothing waits") {
		t.Error(a.body)
	}
	fresh := mere.ask("unfreeze", "purse", purse.String())
	before := office.Actor{Officer: &office.Officer{ID: 2, Name: "tomasi", Roles: office.Approve}} // as a page saw him
	ok(t, w.office.SetRoles(t.Context(), office.Console(), "tomasi", office.Operate))
	if a := tomasi.approve(fresh); !forbidden(a) {
		t.Error("approved without the role:", a.status)
	}
	if err := w.office.Refuse(t.Context(), before, 4, "too late"); !errors.Is(err, office.ErrForbidden) {
		t.Error("a role that was taken meanwhile counted:", err)
	}
}

// TestFormSentTwice: the same form is the same request, and the same cash.
func TestFormSentTwice(t *testing.T) {
	w, purse := frozen(t)
	mere := w.hire("mere", office.Operate|office.Teller)
	send := func(kind string, more ...string) answer {
		return mere.post("/acts/"+kind, append([]string{"key", strings.Repeat("k", 26), "reason", "r", "purse", purse.String()}, more...)...)
	}
	first, second := send("unfreeze"), send("unfreeze")
	if first.to != second.to || first.status != http.StatusSeeOther {
		t.Error("one form made two requests:", first.to, second.to)
	}
	if a := mere.post("/acts/unfreeze", "key", strings.Repeat("k", 26), "reason", "r", "purse", w.purse("ben", "ben").String()); a.status != http.StatusUnprocessableEntity {
		t.Error("a form was sent again with another purse:", a.status)
	}
	for range 2 {
		if a := send("teller-in", "amount", "500"); a.status != http.StatusSeeOther {
			t.Fatal(a)
		}
	}
	drawer, err := w.bank.Drawer(t.Context(), "mere")
	ok(t, err)
	if len(drawer.Slips) != 1 || drawer.Cash[0].Amount.String() != "500" {
		t.Errorf("%+v", drawer)
	}
}

// TestRecoveryNeedsTwo: one officer alone cannot turn a purse's money to another account.
func TestRecoveryNeedsTwo(t *testing.T) {
	w := newWorld(t)
	lost, own, other := w.purse("ana", "ana"), w.purse("ana again", "ana"), w.purse("somebody", "somebody")
	mere, tomasi := w.hire("mere", office.Operate), w.hire("tomasi", office.Approve)
	if a := mere.act("revoke", "purse", lost.String(), "successor", other.String()); a.status != http.StatusUnprocessableEntity || w.state(lost) != "open" {
		t.Fatal("one officer gave a purse to another account:", a.status)
	}
	if a := mere.act("recover", "purse", lost.String(), "successor", other.String()); a.status != http.StatusUnprocessableEntity {
		t.Fatal("a recovery without a document:", a.status)
	}
	request := mere.ask("recover", "purse", lost.String(), "successor", other.String(), "document", "court order 12/2026")
	if a := tomasi.approve(request); a.status != http.StatusSeeOther {
		t.Fatal(a)
	}
	v, err := w.bank.Purse(t.Context(), lost)
	ok(t, err)
	if v.State != "revoked" || v.Successor == nil || *v.Successor != other {
		t.Errorf("%+v", v)
	}
	if a := mere.act("revoke", "purse", own.String()); a.status != http.StatusSeeOther || w.state(own) != "revoked" {
		t.Error(a)
	}
	records, err := w.office.TrailOf(t.Context(), lost.String(), 10)
	ok(t, err)
	if records[0].Document != "court order 12/2026" {
		t.Errorf("%+v", records[0])
	}
}

// TestClosingByTwo: a court closes a purse; what is left goes where the document says, and nowhere else.
func TestClosingByTwo(t *testing.T) {
	w := newWorld(t)
	purse, heir := w.purse("ana", "ana"), account("heir").String()
	w.load(purse, 700)
	mere, tomasi := w.hire("mere", office.Operate), w.hire("tomasi", office.Approve)
	if a := mere.act("close", "purse", purse.String(), "destination", "GNONSENSE", "document", "court order 7"); a.status != http.StatusUnprocessableEntity {
		t.Error(a.status)
	}
	request := mere.ask("close", "purse", purse.String(), "destination", heir, "document", "court order 7")
	if a := tomasi.get(request); !strings.Contains(a.body, heir) || !strings.Contains(a.body, "court order 7") {
		t.Error(a.body)
	}
	if a := tomasi.approve(request); a.status != http.StatusSeeOther || w.state(purse) != "revoked" {
		t.Fatal(a)
	}
	w.pass(200 * 24 * time.Hour)
	ok(t, w.bank.Tend(t.Context()))
	for more := true; more; {
		var err error
		more, err = w.bank.Settle(t.Context())
		ok(t, err)
	}
	if paid := w.rail.Paid(heir, w.asset); paid != 700 {
		t.Error("the heir has", paid)
	}
}
