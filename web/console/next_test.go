package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"kula/money"
	"kula/protocol"
	"kula/web/console"
	"kula/web/console/office"
)

// TestNextCharter: fees and limits change by two officers, in a charter that only the root key can put in force.
func TestNextCharter(t *testing.T) {
	w := newWorld(t)
	held := w.charter()
	asset := "VUV:" + account("issuer").String()
	mere, tomasi := w.hire("mere", office.Operate), w.hire("tomasi", office.Approve)
	mere.says("/charter", "Change", "Ask")
	if a := mere.get("/charter/next/file"); a.status != http.StatusNotFound {
		t.Error("there is a charter to sign before anything was approved:", a.status)
	}
	fee := mere.ask("fee", "charter", "charter 2", "asset", asset, "what", "taking out", "flat", "10", "percent", "0.75", "document", "board, 3 November")
	limit := mere.ask("limit", "charter", "charter 2", "asset", asset, "tier", "shop", "what", "a bill", "amount", "250000", "document", "board, 3 November")
	tomasi.says(fee, "in charter 2, fee, VUV, taking out: from 0 and 0.00 % to 10 and 0.75 %")
	for _, request := range []string{fee, limit} {
		if a := tomasi.approve(request); a.status != http.StatusSeeOther {
			t.Fatal(a)
		}
	}
	now, _, err := w.bank.Charter(t.Context())
	ok(t, err)
	if now.Serial != 1 || now.Assets[0].Unload != (protocol.Fee{}) {
		t.Fatal("a charter changed without the root key:", now)
	}
	next, err := console.NextCharter(t.Context(), w.office, now)
	ok(t, err)
	tomasi.says("/charter/next", "from 0 and 0.00 % to 10 and 0.75 %", "tier shop, a bill: from 100000 to 250000", "board, 3 November", next.Digest().String()[:4])
	tomasi.says("/", "Next charter 2 changes")
	file := tomasi.get("/charter/next/file")
	made, err := protocol.DecodeAs[*protocol.Charter]([]byte(file.body))
	ok(t, err)
	want := w.charter()
	want.Serial, want.IssuedAt, want.Signature = 2, made.IssuedAt, protocol.Signature{}
	want.Assets[0].Unload = protocol.Fee{Flat: 10 * money.Unit, BasisPoints: 75}
	want.Assets[0].Tiers[1].Limits.PerBill = 250_000 * money.Unit
	if string(protocol.Encode(made)) != string(protocol.Encode(want)) || made.IssuedAt < held.IssuedAt {
		t.Errorf("%+v", made)
	}
	if w.trail()[len(w.trail())-1] != "tomasi download charter 2 done" {
		t.Error(w.lastLine())
	}
}

// TestBadTermsAreRefused: what would not be a charter cannot even be asked for.
func TestBadTermsAreRefused(t *testing.T) {
	w := newWorld(t)
	asset := "VUV:" + account("issuer").String()
	mere, tomasi := w.hire("mere", office.Operate), w.hire("tomasi", office.Approve)
	for name, fields := range map[string][]string{
		"another charter": {"limit", "charter", "charter 3", "tier", "shop", "what", "a bill", "amount", "5"},
		"no document":     {"limit", "charter", "charter 2", "tier", "shop", "what", "a bill", "amount", "5", "document", ""},
		"no such limit":   {"limit", "charter", "charter 2", "tier", "shop", "what", "colour", "amount", "5"},
		"no such tier":    {"limit", "charter", "charter 2", "tier", "gold", "what", "a bill", "amount", "5"},
		"of no tier":      {"limit", "charter", "charter 2", "what", "a bill", "amount", "5"},
		"of any tier":     {"limit", "charter", "charter 2", "tier", "shop", "what", "credit line of a purse", "amount", "5"},
		"half a hop":      {"limit", "charter", "charter 2", "tier", "shop", "what", "hops", "amount", "2.5"},
		"below nothing":   {"limit", "charter", "charter 2", "tier", "shop", "what", "a bill", "amount", "-5"},
		"too fine":        {"fee", "charter", "charter 2", "what", "taking out", "flat", "0", "percent", "0.755"},
		"more than all":   {"fee", "charter", "charter 2", "what", "taking out", "flat", "0", "percent", "101"},
		"no such fee":     {"fee", "charter", "charter 2", "what", "breathing", "flat", "0", "percent", "1"},
		"no currency":     {"fee", "charter", "charter 2", "asset", "EUR:G", "what", "taking out", "flat", "0", "percent", "1"},
	} {
		form := append([]string{"asset", asset, "document", "board"}, fields[1:]...)
		if a := mere.act(fields[0], form...); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, a.status, a.to)
		}
	}
	line := mere.ask("limit", "charter", "charter 2", "asset", asset, "what", "credit line of a purse", "amount", "5", "document", "board")
	again := mere.ask("limit", "charter", "charter 2", "asset", asset, "what", "credit line of a purse", "amount", "7", "document", "board")
	if a := tomasi.approve(line); a.status != http.StatusSeeOther {
		t.Fatal(a)
	}
	tomasi.says(again, "from 5 to 7")
	ok(t, w.office.Note(t.Context(), office.Console(), console.InstallCharter, "charter 2", "", "", office.Done))
	if a := tomasi.approve(again); a.status != http.StatusUnprocessableEntity {
		t.Error("a charter that was signed was changed:", a.status)
	}
}

// TestInForce: with the next charter in force, what was approved for it is history.
func TestInForce(t *testing.T) {
	w := newWorld(t)
	mere, tomasi := w.hire("mere", office.Operate), w.hire("tomasi", office.Approve)
	request := mere.ask("limit", "charter", "charter 2", "asset", "VUV:"+account("issuer").String(), "tier", "basic", "what", "hops", "amount", "5", "document", "board")
	if a := tomasi.approve(request); a.status != http.StatusSeeOther {
		t.Fatal(a)
	}
	now, _, err := w.bank.Charter(t.Context())
	ok(t, err)
	next, err := console.NextCharter(t.Context(), w.office, now)
	ok(t, err)
	next.Charter.Signature = protocol.Sign(key("anchor"), network.Hash(next.Charter))
	w.restart(next.Charter)
	mere = w.enter("mere")
	mere.says("/charter", "Charter 2")
	if page := mere.get("/charter/next"); !strings.Contains(page.body, "Nothing was approved") {
		t.Error(page.body)
	}
	if c, _, err := w.bank.Charter(t.Context()); err != nil || c.Assets[0].Tiers[0].Limits.MaxDepth != 5 {
		t.Error(fmt.Sprint(c.Assets), err)
	}
}

// restart opens the bank anew, with another charter.
func (w *world) restart(c *protocol.Charter) {
	w.open(c)
	w.serve(w.timeNow)
}

// TestKeyThatEnds: a bank whose issuing key ends within half a year hears of it each morning.
func TestKeyThatEnds(t *testing.T) {
	w := newWorld(t)
	w.hire("ana", office.View).saysNot("/", "Issuing key")
	c := w.charter()
	c.Serial, c.Keys[0].NotAfter = 2, uint64(w.clock.Load())+100*24*3600
	c.Signature = protocol.Sign(key("anchor"), network.Hash(c))
	w.restart(c)
	w.enter("ana").says("/", "Issuing key in 99 days")
}

// TestPaper: what people compare with their phones.
func TestPaper(t *testing.T) {
	w := newWorld(t)
	id := account("anchor").String()
	w.hire("eye", office.Supervisor).says("/charter/paper", "Bank of Tanna", id[:4], id[52:])
}
