package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kula/protocol"
	"kula/web/console"
	"kula/web/console/office"
)

// TestOneOfficerTurnsNoRecoveryAway: what two officers gave to a new account, one of them alone cannot turn back to a
// purse that a thief with the old words has opened.
func TestOneOfficerTurnsNoRecoveryAway(t *testing.T) {
	w := newWorld(t)
	lost, right, thief := w.purse("ana", "ana"), w.purse("ana anew", "ana anew"), w.purse("thief", "ana")
	mere, tomasi := w.hire("mere", office.Operate), w.hire("tomasi", office.Approve)
	if a := tomasi.approve(mere.ask("recover", "purse", lost.String(), "successor", right.String(), "document", "passport, folder 3")); a.status != http.StatusSeeOther {
		t.Fatal(a)
	}
	a := mere.act("revoke", "purse", lost.String(), "successor", thief.String())
	v, err := w.bank.Purse(t.Context(), lost)
	ok(t, err)
	if a.status != http.StatusUnprocessableEntity || v.Successor == nil || *v.Successor != right {
		t.Fatal("one officer turned a recovery away:", a.status, v.Successor)
	}
	if a := mere.act("revoke", "purse", lost.String(), "successor", right.String()); a.status == http.StatusInternalServerError {
		t.Error(a)
	}
}

// TestCashSentTwiceIsOneLine: the trail does not say that cash moved twice when it moved once.
func TestCashSentTwiceIsOneLine(t *testing.T) {
	w := newWorld(t)
	purse := w.purse("ana", "ana")
	mere := w.hire("mere", office.Teller)
	form := []string{"key", strings.Repeat("K", 26), "purse", purse.String(), "amount", "500"}
	for range 3 {
		if a := mere.act("teller-in", form...); a.status != http.StatusSeeOther {
			t.Fatal(a)
		}
	}
	report, err := w.bank.Drawer(t.Context(), "mere")
	ok(t, err)
	done := 0
	for _, line := range w.trail() {
		if line == "mere teller-in "+purse.String()+" done" {
			done++
		}
	}
	lines, err := w.office.TrailOf(t.Context(), purse.String(), 5)
	ok(t, err)
	for _, line := range lines {
		if !strings.Contains(line.Detail, "slip "+report.Slips[0].Key) {
			t.Error("the line and the slip do not find each other:", line.Detail)
		}
	}
	if len(report.Slips) != 1 || done != 1 {
		t.Errorf("%d slips, and the trail has %d", len(report.Slips), done)
	}
}

// TestNobodyTakesAPhonesComplaint: an officer who writes a complaint down cannot take the place of the one that the
// holder's phone will bring.
func TestNobodyTakesAPhonesComplaint(t *testing.T) {
	s := newStory(t)
	mere := s.hire("mere", office.Teller|office.Operate)
	c := office.FromPhone{Purse: s.tom.id.String(), Account: account("Tom Kalo"), Who: "Tom Kalo", About: "refused", Subject: s.rent.String(), File: []byte("KB file")}
	mere.post("/complaints", "key", "phone "+c.Purse+" "+c.Subject, "who", "nobody", "about", "nothing")
	mere.post("/complaints/1/close", "outcome", "nothing")
	opened, err := s.office.ComplainFromPhone(t.Context(), c)
	ok(t, err)
	if opened.OpenedBy != office.ThePhone || opened.ClosedAt != 0 {
		t.Fatal("an officer took the place of a holder's complaint:", opened)
	}
	if _, err := s.office.ComplaintFile(t.Context(), opened.Number); err != nil {
		t.Fatal(err)
	}
}

// TestNoCellIsAFormula: in whatever way a spreadsheet cuts a line into cells.
func TestNoCellIsAFormula(t *testing.T) {
	w := newWorld(t)
	mere := w.hire("mere", office.Teller|office.Operate)
	for _, text := range []string{"=1+1", "@SUM(A1)", "＝1+1", "Ana;=1+1", "Ana;\"=1+1", "Ana\t@SUM(A1)", "Ana\n=1+1", "Ana; -1+1", " =1+1", "Ana|+1+1", "\u200b=1"} {
		mere.post("/complaints", "key", fmt.Sprintf("c-%x", text), "who", text, "about", text)
	}
	page := mere.get("/complaints?csv=complaints").body
	for _, cut := range []string{",", ";", "\t", "|"} {
		for _, line := range strings.FieldsFunc(page, func(r rune) bool { return r == '\n' || r == '\r' }) {
			for _, cell := range strings.Split(line, cut) {
				cell = strings.TrimLeft(cell, "\" \u200b")
				if cell != "" && strings.ContainsAny(cell[:1], "=@+") || strings.HasPrefix(cell, "＝") || strings.HasPrefix(cell, "-1+") {
					t.Errorf("cut at %q: a formula in %q", cut, line)
				}
			}
		}
	}
}

// TestNoChangeAfterTheCharterIsInstalled: between putting the next charter in its place and starting the bank with it,
// nothing is asked for that would be in no charter at all.
func TestNoChangeAfterTheCharterIsInstalled(t *testing.T) {
	w := newWorld(t)
	mere := w.hire("mere", office.Operate)
	form := []string{"charter", "charter 2", "asset", "VUV:" + account("issuer").String(), "tier", "basic", "what", "hops", "amount", "5", "document", "board"}
	ok(t, w.office.Note(t.Context(), office.Console(), "charter.install", "charter 2", "", "", office.Done))
	if a := mere.act("limit", form...); a.status != http.StatusUnprocessableEntity {
		t.Error("asked for what no charter will hold:", a.status, a.to)
	}
}

// TestNoQueryBreaksAPage: whatever stands in an address.
func TestNoQueryBreaksAPage(t *testing.T) {
	s := newStory(t)
	staff := s.hire("all", office.Teller|office.Operate|office.Approve)
	eye := s.hire("eye", office.Supervisor)
	paths := []string{}
	for _, route := range s.server.Routes() {
		if route.Method == http.MethodGet && !route.Public {
			path := strings.NewReplacer("{$}", "", "{id}", "1", "{purse}", s.tom.id.String(), "{entry}", s.rent.String(), "{number}", "1", "{key}", "k").Replace(route.Path)
			paths = append(paths, path)
		}
	}
	for _, path := range paths {
		for _, value := range []string{"-1", "9223372036854775807", "99999999999999999999", "'; DROP TABLE audit;--", "%\x00\xff", "\u202eabc", strings.Repeat("9", 4000), "*", "\"", "(", "NEAR(", "0/0", "1970-01-01", "9999-99-99"} {
			q := url.Values{}
			for _, name := range []string{"q", "people", "bills", "complaints", "notes", "trail", "slips", "purses", "payouts", "suspense", "sheets", "spends", "income", "loads", "waiting", "cases", "open", "before", "given", "officers",
				"days", "day", "officer", "state", "show", "noted", "from", "until", "least", "amount", "way", "purse", "key", "back", "format", "operation", "payout", "charter"} {
				q.Set(name, value)
			}
			for _, b := range []*browser{staff, eye} {
				s.pass(1e9)
				if a := b.get(path + "?" + q.Encode()); a.status >= 500 {
					t.Errorf("%s with %.20q: %d", path, value, a.status)
				}
			}
		}
		s.touch(staff)
		s.touch(eye)
	}
	if s := s.log.String(); strings.Contains(s, "level=ERROR") {
		t.Error(s[strings.Index(s, "level=ERROR"):])
	}
}

// TestHugeCash: no form of one teller's keeps the cash of all others out of the books.
func TestHugeCash(t *testing.T) {
	w := newWorld(t)
	purse := w.purse("ana", "ana")
	mere, tomasi := w.hire("mere", office.Teller), w.hire("tomasi", office.Teller)
	for _, amount := range []string{"922337203685.4775807", "922337203685", "100000000.0000001", "0", "-1", "1e9", "+5"} {
		if a := mere.act("teller-in", "purse", purse.String(), "amount", amount); a.status != http.StatusUnprocessableEntity {
			t.Error(amount, a.status)
		}
	}
	if a := tomasi.act("teller-in", "purse", purse.String(), "amount", "100000000"); a.status != http.StatusSeeOther {
		t.Error(a)
	}
	books, err := w.bank.Books(t.Context())
	if err != nil || books.Problem != "" {
		t.Error(books, err)
	}
	tomasi.says("/drawer", "100")
}

// TestTheNameOnThePapersIsScreened: a phone calls itself what it likes; who is on a list is found by their papers.
func TestTheNameOnThePapersIsScreened(t *testing.T) {
	w := newWorld(t)
	id := w.purse("Sunshine Store", "mere")
	list := filepath.Join(t.TempDir(), "list.txt")
	ok(t, os.WriteFile(list, []byte("TAVO, Mere; born 1970\n"), 0o600))
	w.screen(console.FileList(list))
	b := w.hire("sina", office.Operate|office.Teller)
	form := []string{"key", "k-0000000000000001", "name", "Mere Ann Tavo", "evidence", "passport, folder 12", "tier", "basic"}
	if a := b.post("/enrolment/"+id.String(), form...); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "born 1970") {
		t.Fatal("somebody on a list was identified by another name:", a.status)
	}
	if a := b.post("/enrolment/"+id.String(), "key", "k-0000000000000002", "evidence", "passport", "tier", "basic"); a.status != http.StatusUnprocessableEntity {
		t.Fatal("papers of nobody:", a.status)
	}
	for _, bad := range [][]string{{"answer", strings.Repeat("x", 2001)}, {"answer", "born 1999", "tier", "gold"}} {
		if a := b.post("/enrolment/"+id.String(), append(slices.Clone(form), bad...)...); a.status != http.StatusUnprocessableEntity {
			t.Error(bad[0], a.status)
		}
	}
	if a := b.post("/enrolment/"+id.String(), append(form, "answer", "born 1999")...); a.status != http.StatusSeeOther {
		t.Fatal(a)
	}
	b.says(b.ask("tier", "purse", id.String(), "tier", "shop"), "in the name of Mere Ann Tavo", "born 1999")
	other := w.purse("Moonshine Store", "tom")
	if a := b.post("/enrolment/"+other.String(), "key", "k-0000000000000003", "name", "Tom Kalo", "evidence", "passport", "tier", "basic"); a.status != http.StatusSeeOther {
		t.Fatal(a)
	}
	ok(t, os.WriteFile(list, []byte("Kalo, Tom\n"), 0o600))
	b.says("/counter/"+other.String(), "The name is on a list: Kalo, Tom")
}

// TestNoCashIntoAnEndedPurse: cash taken for a phone that was replaced would be out of everybody's reach.
func TestNoCashIntoAnEndedPurse(t *testing.T) {
	w := newWorld(t)
	lost := w.purse("ana", "ana")
	mere := w.hire("mere", office.Teller)
	form := []string{"key", strings.Repeat("K", 26), "purse", lost.String(), "amount", "500"}
	if a := mere.act("teller-in", form...); a.status != http.StatusSeeOther {
		t.Fatal(a)
	}
	ok(t, w.bank.Revoke(t.Context(), lost, protocol.PurseID{}))
	if a := mere.act("teller-in", form...); a.status != http.StatusSeeOther {
		t.Error("a form that was sent before is not the same any more:", a.status)
	}
	if a := mere.act("teller-in", "purse", lost.String(), "amount", "500"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "replaced by another") {
		t.Error(a.status)
	}
}

// TestRefusalsVoidNoRequest: a teller who sends a purse nonsense all day does not keep two others from deciding on it.
func TestRefusalsVoidNoRequest(t *testing.T) {
	w, purse := frozen(t)
	mere, tomasi := w.hire("mere", office.Operate), w.hire("tomasi", office.Approve)
	request := mere.ask("unfreeze", "purse", purse.String())
	for range 300 {
		ok(t, w.office.Note(t.Context(), office.Console(), "teller-in", purse.String(), "", "", "refused: no"))
	}
	if a := tomasi.approve(request); a.status != http.StatusSeeOther || w.state(purse) != "open" {
		t.Fatal(a.status)
	}
}
