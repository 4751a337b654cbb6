package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"kula/web/console/office"
)

// TestRequestIsVoidAfterAnotherAct: a purse was unfrozen and frozen again since somebody asked; the old request does
// not undo the new freezing.
func TestRequestIsVoidAfterAnotherAct(t *testing.T) {
	w, purse := frozen(t)
	mere, tomasi := w.hire("mere", office.Operate), w.hire("tomasi", office.Approve)
	old, first := mere.ask("unfreeze", "purse", purse.String()), mere.ask("unfreeze", "purse", purse.String())
	if a := tomasi.approve(first); a.status != http.StatusSeeOther || w.state(purse) != "open" {
		t.Fatal(a)
	}
	if a := mere.act("freeze", "purse", purse.String()); a.status != http.StatusSeeOther {
		t.Fatal(a)
	}
	if a := tomasi.approve(old); a.status != http.StatusConflict || !strings.Contains(a.body, "ask anew") || w.state(purse) != "frozen" {
		t.Fatal("an old approval undid a new freezing:", a.status, w.state(purse))
	}
	if line := w.lastLine(); !strings.Contains(line, "refused: Something else was done") {
		t.Error(line)
	}
	if a := tomasi.approve(mere.ask("unfreeze", "purse", purse.String())); a.status != http.StatusSeeOther || w.state(purse) != "open" {
		t.Fatal("asked anew, it is not done:", a)
	}
}

// TestApproveWhatWasSeen: when the amount moved between the look and the click, nothing is done.
func TestApproveWhatWasSeen(t *testing.T) {
	w := newWorld(t)
	purse := w.purse("ana", "ana")
	w.load(purse, 700)
	mere, tomasi := w.hire("mere", office.Operate), w.hire("tomasi", office.Approve)
	request := mere.ask("close", "purse", purse.String(), "destination", account("heir").String(), "document", "court order 7")
	seen := tomasi.seen(request)
	w.load(purse, 900)
	if a := tomasi.post(request+"/approve", "seen", seen); a.status != http.StatusConflict || w.state(purse) != "open" {
		t.Fatal("something was approved that nobody saw:", a.status)
	}
	if a := tomasi.get(request); !strings.Contains(a.body, "As things stand now") {
		t.Error("the page does not say what moved:", a.body)
	}
	if a := tomasi.approve(request); a.status != http.StatusSeeOther || w.state(purse) != "revoked" {
		t.Fatal(a)
	}
}

// TestAskerWhoLeft: what somebody asked for who was removed, or has the role no more, is not done.
func TestAskerWhoLeft(t *testing.T) {
	w, purse := frozen(t)
	mere, sione, tomasi := w.hire("mere", office.Operate), w.hire("sione", office.Operate), w.hire("tomasi", office.Approve)
	gone, other := mere.ask("unfreeze", "purse", purse.String()), sione.ask("unfreeze", "purse", purse.String())
	ok(t, w.office.Remove(t.Context(), office.Console(), "mere"))
	ok(t, w.office.SetRoles(t.Context(), office.Console(), "sione", office.View))
	for _, request := range []string{gone, other} {
		if a := tomasi.approve(request); a.status != http.StatusUnprocessableEntity || w.state(purse) != "frozen" {
			t.Error("it was done for who may not ask any more:", a.status)
		}
	}
}

// TestSameDeskIsNoted: two names at one browser may be one person; whoever supervises can see it.
func TestSameDeskIsNoted(t *testing.T) {
	w, purse := frozen(t)
	mere, tomasi := w.hire("mere", office.Operate), w.hire("tomasi", office.Approve)
	newest := func() *office.Record {
		lines, err := w.office.TrailOf(t.Context(), purse.String(), 1)
		ok(t, err)
		return lines[0]
	}
	if a := tomasi.approve(mere.ask("unfreeze", "purse", purse.String())); a.status != http.StatusSeeOther || strings.Contains(newest().Detail, "same desk") {
		t.Fatal(a, newest())
	}
	ok(t, w.bank.Freeze(t.Context(), purse))
	request := mere.ask("unfreeze", "purse", purse.String())
	if a := mere.post("/enter", "token", w.link("tomasi")); a.status != http.StatusSeeOther {
		t.Fatal(a)
	}
	if a := mere.approve(request); a.status != http.StatusSeeOther || !strings.HasSuffix(newest().Detail, "asked for by mere, at the same desk") {
		t.Fatal(a, newest())
	}
}

// TestSuspenseIsPlacedByTwo: money of nobody's is not one officer's to give.
func TestSuspenseIsPlacedByTwo(t *testing.T) {
	s := newStory(t)
	mere, tomasi := s.hire("mere", office.Operate), s.hire("tomasi", office.Approve)
	request := mere.ask("suspense-place", "operation", fmt.Sprint(s.operation), "purse", s.sam.id.String())
	mere.says("/suspense", "4000 VUV")
	tomasi.says(request, "place 4000 VUV from "+account("sender").String()+" in the purse of Sam Naupa, account "+account("Sam Naupa").String())
	if a := mere.act("suspense-return", "operation", fmt.Sprint(s.operation)); a.status != http.StatusSeeOther {
		t.Fatal(a)
	}
	tomasi.says(request, "It cannot be done any more")
	if a := tomasi.approve(request); a.status != http.StatusUnprocessableEntity {
		t.Error("what had gone back was placed:", a.status)
	}
}
