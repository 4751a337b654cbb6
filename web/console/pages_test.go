package console_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"kula/money"
	"kula/nearby/text"
	"kula/protocol"
	"kula/wallet"
	"kula/web/console"
	"kula/web/console/office"
)

var tags = regexp.MustCompile(`(?s)<style.*?</style>|<[^>]*>`)

// read is what a person reads on a page.
func (b *browser) read(path string) string {
	b.w.t.Helper()
	a := b.get(path)
	if a.status != http.StatusOK {
		b.w.t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	text := html.UnescapeString(tags.ReplaceAllString(a.body, " "))
	text = strings.NewReplacer("\u202f", "", "\u00a0", " ").Replace(text)
	return strings.Join(strings.Fields(text), " ")
}

func (b *browser) says(path string, all ...string) {
	b.w.t.Helper()
	page := b.read(path)
	for _, want := range all {
		if !strings.Contains(page, want) {
			b.w.t.Errorf("%s does not say %q:\n%s", path, want, page)
		}
	}
}

func (b *browser) saysNot(path string, all ...string) {
	b.w.t.Helper()
	page := b.read(path)
	for _, word := range all {
		if strings.Contains(page, word) {
			b.w.t.Errorf("%s says %q:\n%s", path, word, page)
		}
	}
}

func TestTodaysFiguresAreTheBooks(t *testing.T) {
	s := newStory(t)
	b := s.hire("mere", office.View)
	s.pass(time.Minute)
	books, err := s.bank.Books(t.Context())
	ok(t, err)
	owed := map[string]money.Amount{}
	for _, l := range books.Lines {
		owed[l.Account.Class().String()] -= l.Balance
	}
	vuv := func(a money.Amount) string { return a.String() + " VUV" }
	b.says("/", "Reserve "+vuv(books.Reserve[0].Books), "Owed "+vuv(owed["purse"]+owed["payout"]+owed["suspense"]), "customers "+vuv(owed["purse"]),
		"payouts under way "+vuv(owed["payout"]), "owners not known "+vuv(4000*money.Unit), "reserve on the ledger "+vuv(books.Reserve[0].Ledger),
		"Suspense 1 item", "Parked payouts 1 payout", "Failing purses 1 purse", "Bills that wait 2 bills", "3 things below need somebody", "13 bills in the last 24 hours")
	s.pass(40 * time.Second)
	s.rail.SetDown(true)
	b.says("/", "The ledger does not answer", "Ledger no answer", "Reserve "+vuv(books.Reserve[0].Books))
	s.rail.SetDown(false)
}

func TestAQuietBankSaysThatAllIsWell(t *testing.T) {
	w := newWorld(t)
	b := w.hire("mere", office.Operate|office.Teller)
	b.says("/", "All is well", "Reserve 0 VUV", "0 bills in the last 24 hours")
	for path, want := range map[string]string{
		"/purses": "Nobody has enrolled", "/purses?q=x": "Nobody is found", "/bills": "No bill waits", "/bills?q=xyz": "No bill is found", "/cases": "No purse contradicts itself",
		"/suspense": "Nothing is in suspense", "/payouts": "No payout needs a person", "/payouts?state=settled": "Nothing was paid out yet", "/enrolment": "Nobody here waits",
		"/dormant": "No purse with money has been silent", "/complaints": "No complaint is open", "/exports": "Nothing was exported", "/counter": "Who is before you?",
		"/counter?q=x": "Nobody is found", "/drawer": "No slip on that day", "/charter": "Payments between people are free",
	} {
		b.says(path, want)
	}
}

func TestPeopleAndTheirPages(t *testing.T) {
	s := newStory(t)
	b := s.hire("mere", office.Operate)
	b.says("/purses?q=tavo", "Mere Tavo", "Lina Tavo")
	b.saysNot("/purses?q=tavo", "Tom Kalo")
	shown := text.Encode(protocol.NewBundle(network, s.lina.bill(5, nil)).Encode())
	b.says("/purses?q="+escape(shown), "Lina Tavo")
	b.says("/purses?q="+escape(shown[:40]), "Nobody is found")
	b.says("/purses/"+s.mere.id.String(), "At the bank 37300 VUV", "Rent of the boat", "needs a person", "Freeze at once", "50000 VUV", "No officer did anything")
	b.says("/purses/"+s.joe.id.String(), "payments that contradict each other", "The proof")
	if a := b.act("freeze", "purse", s.tom.id.String(), "back", "/purses/"+s.tom.id.String()); a.to != "/purses/"+s.tom.id.String() {
		t.Fatal(a)
	}
	b.says("/purses/"+s.tom.id.String(), "Frozen.", "This purse is frozen", "Ask to unfreeze", "at the holder's word")
	for _, wrong := range []string{"/purses/xyz", "/purses/" + strings.Repeat("0", 64), "/bills/" + strings.Repeat("0", 64), "/bills/x", "/cases/" + s.tom.id.String(), "/complaints/7", "/slips/none"} {
		if a := b.get(wrong); a.status != http.StatusNotFound && a.status != http.StatusUnprocessableEntity {
			t.Error(wrong, a.status)
		}
	}
}

func escape(s string) string {
	return strings.NewReplacer("%", "%25", "+", "%2B", " ", "%20").Replace(s)
}

func TestABillIsFoundAndExplained(t *testing.T) {
	s := newStory(t)
	b := s.hire("mere", office.Operate)
	for _, q := range []string{s.rent.String(), s.rent.String()[:8], s.bill.String(), "rent%20of"} {
		b.says("/bills?q="+q, "Mere Tavo Lina Tavo 12000 VUV Rent of the boat paid")
	}
	b.says("/bills?q="+account("Lina Tavo").String(), "Bills paid, and statements: Lina Tavo", "Rent of the boat", "Copra")
	b.says("/bills?q=lin", "Bills paid, and statements: Lina Tavo", "Copra")
	b.says("/bills?q=tav", "People of that name", "Lina Tavo", "Mere Tavo")
	if page := b.get("/bills?q=tav").body; !strings.Contains(page, "/bills?q="+s.lina.id.String()) {
		t.Error("a name does not lead to its bills")
	}
	b.says("/bills/"+s.rent.String(), "Number on the phones "+wallet.Digits(s.rent))
	b.says("/bills", "waits for the payer's money", "Sam Naupa", "1500 VUV", "Joe Bule")
	b.says("/bills/"+s.rent.String(), "State paid", "For Rent of the boat", "paid in on Stellar", "It was paid once")
	b.says("/bills/"+s.parked.String(), "Payout needs a person", "Goes to "+account("closed").String())
	b.saysNot("/bills/"+s.rent.String(), "contradict each other")
	found := regexp.MustCompile(`/bills/[0-9a-f]{64}`).FindString(b.get("/bills?q=" + s.joe.id.String()).body)
	b.says(found, "The payer signed payments that contradict each other", "The proof against the payer")
	proof := b.get("/bills/" + s.rent.String() + "/evidence")
	bundle, err := protocol.DecodeBundle(network, []byte(proof.body), protocol.NoContext, protocol.MailBounds)
	ok(t, err)
	if len(protocol.All[*protocol.Receipt](bundle)) != 1 || len(protocol.All[*protocol.Entry](bundle)) != 1 {
		t.Error(bundle)
	}
	if line := s.lastLine(); line != "mere download "+s.rent.String()+" done" {
		t.Error(line)
	}
	var chain console.Export
	ok(t, json.Unmarshal([]byte(b.get("/bills/"+s.rent.String()+"/chain").body), &chain))
	if chain.Count != 2 || chain.Rows[1][1] != "load" || chain.Digest != digestOf(t, chain.Rows) {
		t.Errorf("%+v", chain)
	}
}

func TestAFraudCaseHasItsProof(t *testing.T) {
	s := newStory(t)
	b := s.hire("mere", office.View)
	b.says("/cases", "Joe Bule", "1000 VUV")
	b.says("/cases/"+s.joe.id.String(), "two different payments under one number, 2", "Tom Kalo", "Lina Tavo", "2500 VUV")
	evidence := b.get("/cases/" + s.joe.id.String() + "/evidence")
	bundle, err := protocol.DecodeBundle(network, []byte(evidence.body), protocol.NoContext, protocol.MailBounds)
	ok(t, err)
	proofs := protocol.All[*protocol.FraudProof](bundle)
	charters := protocol.All[*protocol.Charter](bundle)
	if len(proofs) != 1 || len(charters) != 1 || !strings.HasSuffix(evidence.header.Get("Content-Disposition"), `.kula"`) {
		t.Fatal(proofs, charters, evidence.header)
	}
	if complete, err := protocol.VerifyFraud(bundle, charters[0], proofs[0]); err != nil || !complete {
		t.Error(complete, err)
	}
}

func TestSuspenseAndPayoutsAreDisposedOf(t *testing.T) {
	s := newStory(t)
	b := s.hire("mere", office.Operate)
	b.says("/suspense", "4000 VUV", "Ask to place", "Send back")
	s.hire("eye", office.Supervisor).saysNot("/suspense", "Send back")
	request := b.ask("suspense-place", "operation", fmt.Sprint(s.operation), "purse", s.sam.id.String())
	if a := s.hire("tomasi", office.Approve).approve(request); a.status != http.StatusSeeOther {
		t.Fatal(a)
	}
	b.says("/suspense", "Nothing is in suspense")
	b.says("/bills/"+s.over.String(), "State paid") // Sam's money has come
	b.says("/payouts", "op_no_issuer", "Try again", "Give back", "700 VUV", "Mere Tavo")
	if a := b.act("payout-return", "payout", "1"); a.status != http.StatusSeeOther {
		t.Fatal(a)
	}
	b.says("/payouts", "No payout needs a person")
	b.says("/payouts?state=returned", "700 VUV", "given back")
	b.says("/payouts?state=settled", "900 VUV", "on the ledger")
}

func TestTheCounter(t *testing.T) {
	s := newStory(t)
	b := s.hire("mere", office.Teller)
	b.says("/counter?q=kalo", "Tom Kalo")
	at := "/counter/" + s.tom.id.String()
	b.says(at, "Cash in", "900 VUV was paid to the counter")
	b.says("/counter/"+s.lina.id.String(), "Nothing was paid to the counter yet")
	b.says(at+"/confirm?way=in&amount=2500", "Cash in: 2500 VUV", "Tom Kalo", "Book 2500 VUV in")
	for _, wrong := range []string{"0", "-5", "x", ""} {
		if a := b.get(at + "/confirm?way=in&amount=" + wrong); a.status != http.StatusUnprocessableEntity {
			t.Error(wrong, a.status)
		}
	}
	fields := regexp.MustCompile(`name="(key|back|reason|amount|purse)" value="([^"]*)"`).FindAllStringSubmatch(b.get(at+"/confirm?way=in&amount=2500").body, -1)
	var form []string
	for _, f := range fields {
		form = append(form, f[1], f[2])
	}
	first, second := b.post("/acts/teller-in", form...), b.post("/acts/teller-in", form...)
	if first.status != http.StatusSeeOther || second.status != http.StatusSeeOther || first.to != second.to {
		t.Fatal(first, second)
	}
	b.says(first.to, "Cash received from Tom Kalo", "2500 VUV", "Officer: mere")
	b.says("/drawer", "In the drawer 2500 VUV", "Taken in that day 2500 VUV 1 slip")
	s.pass(48 * time.Hour)
	b = s.enter("mere")
	b.says("/drawer", "In the drawer 2500 VUV", "No slip on that day")
	other := s.hire("tomasi", office.Teller)
	other.says("/drawer?officer=mere", "The drawer of tomasi", "0 VUV")
	s.hire("eye", office.Supervisor).says("/drawer?officer=mere", "The drawer of mere", "2500 VUV")
}

func TestEnrolmentIsWrittenDownAndScreened(t *testing.T) {
	w := newWorld(t)
	id := w.purse("Mere Ann Tavo", "mere")
	clean := w.purse("Tom Kalo", "tom")
	list := filepath.Join(t.TempDir(), "list.txt")
	ok(t, os.WriteFile(list, []byte("# wanted\nTAVO, Mere; born 1970\nSomebody Else\n"), 0o600))
	w.screen(console.FileList(list))
	b := w.hire("mere", office.Operate)
	b.says("/enrolment", "Mere Ann Tavo", "Tom Kalo")
	b.says("/enrolment/"+id.String(), "On a list: TAVO, Mere; born 1970", "Why it is somebody else")
	b.saysNot("/enrolment/"+clean.String(), "On a list")
	teller := w.hire("sina", office.Teller)
	for _, page := range []string{"/purses/", "/counter/"} {
		teller.says(page+id.String(), "The name is on a list: TAVO, Mere; born 1970. Nobody has written down")
		teller.saysNot(page+clean.String(), "on a list")
	}
	if a := b.post("/enrolment/"+id.String(), "key", "k-0000000000000001", "name", "Mere Ann Tavo", "evidence", "passport, folder 12", "tier", "basic"); a.status != http.StatusUnprocessableEntity {
		t.Fatal("somebody on a list was identified without a word:", a.status)
	}
	for range 2 { // sent twice
		if a := b.post("/enrolment/"+id.String(), "key", "k-0000000000000002", "name", "Mere Ann Tavo", "evidence", "passport, folder 12", "tier", "basic", "answer", "born 1999"); a.status != http.StatusSeeOther {
			t.Fatal(a)
		}
	}
	b.saysNot("/enrolment", "Mere Ann Tavo")
	b.says("/enrolment?show=all", "passport, folder 12")
	b.says("/purses/"+id.String(), "for tier basic, passport, folder 12 (mere,")
	teller.saysNot("/counter/"+id.String(), "on a list")
	b.says(b.ask("tier", "purse", id.String(), "tier", "shop"), "papers: passport, folder 12, in the name of Mere Ann Tavo, good for “basic”, seen by mere; lists: on list.txt", "born 1999")
	b.says(b.ask("tier", "purse", clean.String(), "tier", "shop"), "no papers were written down")
	if a := b.post("/enrolment/"+clean.String(), "key", "k-0000000000000003", "name", "Tom Kalo", "evidence", "letter of the chief", "tier", "shop"); !strings.HasPrefix(a.to, "/acts/tier?") {
		t.Fatal(a)
	}
	lines := 0
	for _, l := range w.trail() {
		if strings.Contains(l, " identify ") {
			lines++
		}
	}
	if lines != 2 {
		t.Error(lines, w.trail())
	}
	ok(t, os.Remove(list))
	teller.says("/counter/"+clean.String(), "The screening list cannot be read")
	if a := b.get("/enrolment/" + clean.String()); a.status != http.StatusInternalServerError {
		t.Error("without its list, a screening passed:", a.status)
	}
}

func TestComplaintsAreKept(t *testing.T) {
	s := newStory(t)
	b := s.hire("mere", office.Teller|office.Operate)
	a := b.post("/complaints", "key", "c-1", "who", "Tom Kalo", "about", "My money <b>did not</b> come", "purse", s.tom.id.String())
	again := b.post("/complaints", "key", "c-1", "who", "Tom Kalo", "about", "My money <b>did not</b> come", "purse", s.tom.id.String())
	if a.to != "/complaints/1" || again.to != a.to {
		t.Fatal(a, again)
	}
	for range 2 {
		b.post("/complaints/1/note", "key", "n-1", "text", "Rang him")
	}
	if page := b.get("/complaints/1").body; strings.Contains(page, "<b>did") || strings.Count(page, "Rang him") != 1 {
		t.Error(page)
	}
	b.says("/", "1 open one")
	b.says("/purses/"+s.tom.id.String(), "did not")
	if a := s.hire("tina", office.Teller).post("/complaints/1/close", "outcome", "x"); a.status != http.StatusForbidden {
		t.Error(a.status)
	}
	b.post("/complaints/1/close", "outcome", "It came the next day")
	if a := b.post("/complaints/1/close", "outcome", "again"); a.status != http.StatusConflict {
		t.Error(a.status)
	}
	b.says("/complaints", "No complaint is open")
	b.says("/complaints?show=all", "It came the next day")
}

func digestOf(t *testing.T, rows [][]string) string {
	var lines bytes.Buffer
	ok(t, csv.NewWriter(&lines).WriteAll(rows))
	sum := sha256.Sum256(lines.Bytes())
	return hex.EncodeToString(sum[:])
}

func TestTheRegulatorsFile(t *testing.T) {
	s := newStory(t)
	b := s.hire("eye", office.Supervisor)
	day := func(d int) string { return time.Unix(s.clock.Load(), 0).UTC().AddDate(0, 0, d).Format(time.DateOnly) }
	path := "/exports/large?from=" + day(-2) + "&until=" + day(0) + "&least=2000"
	var e console.Export
	ok(t, json.Unmarshal([]byte(b.get(path).body), &e))
	kinds := map[string]int{}
	for _, row := range e.Rows {
		kinds[row[0]]++
	}
	if kinds["payment"] != 4 || kinds["load"] != 4 || kinds["cash"] != 0 || kinds["payout"] != 0 || e.Count != 8 || len(e.LeftOut) != 3 || e.Digest != digestOf(t, e.Rows) {
		t.Errorf("%v %+v", kinds, e)
	}
	file := b.get(path + "&format=CSV").body
	if !strings.Contains(file, "# sha256 of the rows below the column names,"+e.Digest) || !strings.Contains(file, "# left out,") {
		t.Error(file)
	}
	_, rows, _ := strings.Cut(file, strings.Join(e.Columns, ",")+"\n")
	if sum := sha256.Sum256([]byte(rows)); hex.EncodeToString(sum[:]) != e.Digest {
		t.Error("the digest is not of the rows as they stand in the file")
	}
	b.says("/exports", e.Digest)
	for _, wrong := range []string{"from=x&until=y&least=1", "from=" + day(0) + "&until=" + day(-3) + "&least=1", "from=" + day(-1) + "&until=" + day(0) + "&least=0"} {
		if a := b.get("/exports/large?" + wrong); a.status != http.StatusUnprocessableEntity {
			t.Error(wrong, a.status)
		}
	}
	if a := s.hire("tina", office.Teller).get(path); a.status != http.StatusForbidden {
		t.Error(a.status)
	}
}

func TestListsHavePagesAndCSV(t *testing.T) {
	w := newWorld(t)
	for i := range 60 {
		w.purse(fmt.Sprintf("=Person%02d Island", i), fmt.Sprint("p", i))
	}
	b := w.hire("mere", office.View)
	seen := map[string]bool{}
	more := regexp.MustCompile(`href="([^"]+)">More</a>`)
	for path, pages := "/purses?q=island", 0; path != "" && pages < 5; pages++ {
		body := b.get(path).body
		for _, m := range regexp.MustCompile(`=Person(\d\d)`).FindAllStringSubmatch(body, -1) {
			seen[m[1]] = true
		}
		path = ""
		if m := more.FindStringSubmatch(body); m != nil {
			path = html.UnescapeString(m[1])
		}
	}
	if len(seen) != 60 {
		t.Error(len(seen))
	}
	a := b.get("/purses?q=island&csv=people")
	rows, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
	ok(t, err)
	if len(rows) != 61 || !strings.HasPrefix(rows[1][0], "'=Person") || !strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") {
		t.Error(len(rows), rows[:2], a.header)
	}
}

func TestDormantMoneyIsListed(t *testing.T) {
	s := newStory(t)
	s.pass(200 * 24 * time.Hour)
	b := s.hire("mere", office.View)
	b.says("/dormant", "Mere Tavo", "for 180 days")
	b.says("/dormant?days=300", "No purse with money has been silent")
}
